"""The twenty criteria over all clients: how they are answered, and where opinion and data disagree most often."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from helpers.chapters.claims_words import verdict_text
from helpers.portfolio import criteria_chart as chart
from helpers.portfolio.common import FEW, Measured, described, known
from helpers.portfolio.measure import records
from helpers.report.model import Column, Exhibit, Finding, Section, Table
from helpers.stats.shares import MINIMUM, wilson
from helpers.survey.criteria import questionnaire

if TYPE_CHECKING:
    from helpers.language import Language


def criteria_section(measured: Measured, say: Language) -> Section:
    """Distribution of each criterion; verdicts of the data on it."""
    exhibits = [_scores(measured, say), _verdicts(measured, say)]
    left = len(measured.scored) - int((measured.scored["version"] == measured.version).sum())
    lead = [say("What holds for the clients of this list; it is no sample of companies in general.")]
    if measured.version:
        lead.append(say("Questionnaire of version {version}.", version=measured.version))
    if left:
        lead.append(
            say.plural(
                "{n} client that answered another version is left out here.",
                "{n} clients that answered another version are left out here.",
                left,
            )
        )
    return Section(
        key="criteria",
        title=say("The criteria over all clients"),
        lead=tuple(lead),
        exhibits=tuple(exhibit for exhibit in exhibits if exhibit is not None),
    )


def findings(measured: Measured, say: Language) -> tuple[Finding, ...]:
    """For the first page: the weakest criterion, and where opinion and data disagree most often."""
    found = []
    if len(_rated(measured)) and measured.items["clients"].max() > 1:
        found.append(Finding(text=_scores_title(measured, say), section="criteria"))
    if _disagreeing(measured):
        found.append(Finding(text=_verdicts_title(measured, say), section="criteria"))
    return tuple(found)


def criterion_text(criterion: str, say: Language) -> str:
    """A criterion's title with its id."""
    try:
        return f"{criterion} {questionnaire().criterion(criterion).title[say.code]}"
    except KeyError:
        return criterion


def _name(criterion: str, say: Language) -> str:
    return criterion_text(criterion, say).partition(" ")[2] or criterion


def _rated(measured: Measured) -> list[dict[str, Any]]:
    """Criteria with a score, weakest first."""
    rows = records(measured.items[measured.items["clients"] > 0])
    return sorted(rows, key=lambda row: (row["middle"], row["mean"], row["criterion"]))


def _scores_title(measured: Measured, say: Language) -> str:
    first = _rated(measured)[0]
    return say.plural(
        "Weakest over {n} client: “{criterion}”, {score} of 5 in the middle",
        "Weakest over {n} clients: “{criterion}”, {score} of 5 in the middle",
        int(first["clients"]), criterion=_name(first["criterion"], say), score=say.number(first["middle"], 1),
    )  # fmt: skip


def _scores(measured: Measured, say: Language) -> Exhibit | None:
    rated = _rated(measured)
    if not rated:
        return None
    title = _scores_title(measured, say)
    clients = int(measured.items["clients"].max())
    if clients >= FEW:
        reading = [
            say("Bar: the middle half of the clients; line: the client in the middle. A wide bar: clients differ, so "
                "there is somebody to learn from."),
        ]  # fmt: skip
    else:
        reading = [say("Each dot is a client; too few for more than that.")]
    if clients <= chart.DOTS and clients >= FEW:
        reading.append(say("Dots: the clients."))
    parts = [
        say("{criterion}: {score}", criterion=_name(row["criterion"], say), score=say.number(row["middle"], 1))
        for row in rated
    ]
    columns = (
        Column(label=say("Criterion")),
        Column(label=say("Clients"), kind="count"),
        *(
            Column(label=label, kind="number", digits=1)
            for label in (say("Middle"), say("Lower quartile"), say("Upper quartile"), say("Mean"), say("Spread (SD)"))
        ),
        Column(label=say("Departments a point apart, clients"), kind="count"),
        Column(label=say("Don't know, mean"), kind="share"),
    )
    rows = tuple(
        (
            criterion_text(row["criterion"], say), int(row["clients"]), row["middle"],
            *((row["low"], row["high"]) if row["clients"] >= FEW else (None, None)), row["mean"], known(row["sd"]),
            int(row["apart"]), known(row["dont_know"]),
        )
        for row in rated
    )  # fmt: skip
    return Exhibit(
        key="criteria-scores",
        title=title,
        figure=chart.draw_scores(rated, measured, say, described(title, parts)),
        reading=tuple(reading),
        table=Table(columns=columns, rows=rows),
        note=say("Source: questionnaires of the newest audits, company scores of 1-5; a client counts once."),
    )


def _disagreeing(measured: Measured) -> list[dict[str, Any]]:
    """Criteria that the data could check, those with most disagreement first."""
    items = measured.items
    rows = records(items[items["compared"] > 0])
    return sorted(rows, key=lambda row: (-_apart(row), -row["compared"], row["criterion"]))


def _apart(row: Any) -> int:
    return int(row["overclaimed"] + row["hidden_strength"])


def _verdicts_title(measured: Measured, say: Language) -> str:
    first = _disagreeing(measured)[0]
    if not _apart(first):
        return say("At no client do the answers and the data clearly disagree")
    return say.plural(
        "Opinion and data disagree most often on “{criterion}”: at {many} of {n} client",
        "Opinion and data disagree most often on “{criterion}”: at {many} of {n} clients",
        int(first["compared"]), criterion=_name(first["criterion"], say), many=say.count(_apart(first)),
    )  # fmt: skip


def _verdicts(measured: Measured, say: Language) -> Exhibit | None:
    rows = _disagreeing(measured)
    if not rows:
        return None
    title = _verdicts_title(measured, say)
    reading = [
        say("Counted are clients whose data could check the criterion. An overrated answer is no reproach: people "
            "answer from what they see at their own desk."),
    ]  # fmt: skip
    if max(row["compared"] for row in rows) < MINIMUM:
        reading.append(say("Fewer than {n} clients could be checked: numbers of clients, no shares.", n=MINIMUM))
    parts = [
        say("{criterion}: {many} of {all}", criterion=_name(row["criterion"], say), many=say.count(_apart(row)),
            all=say.count(row["compared"]))
        for row in rows
    ]  # fmt: skip
    return Exhibit(
        key="criteria-verdicts",
        title=title,
        figure=chart.draw_verdicts(rows, say, described(title, parts)),
        reading=tuple(reading),
        table=_verdict_table(rows, say),
        note=say("Source: answers and data of the newest audits; a client counts once."),
    )


def _verdict_table(rows: Sequence[dict[str, Any]], say: Language) -> Table:
    columns = (
        Column(label=say("Criterion")),
        Column(label=say("Clients checked"), kind="count"),
        *(Column(label=_capital(verdict_text(name, say)), kind="count") for name in chart.ORDER),
        Column(label=say("Disagree")),
    )
    return Table(
        columns=columns,
        rows=tuple(
            (
                criterion_text(row["criterion"], say), int(row["compared"]), *(int(row[name]) for name in chart.ORDER),
                _share_text(_apart(row), int(row["compared"]), say),
            )
            for row in rows
        ),
    )  # fmt: skip


def _share_text(part: int, whole: int, say: Language) -> str:
    """The share with its interval; a word where it cannot be judged."""
    if whole < MINIMUM:
        return say("too few to judge")
    low, high = wilson(part, whole)
    return f"{say.share(part / whole)} ({say.interval(low, high, say.share)})"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
