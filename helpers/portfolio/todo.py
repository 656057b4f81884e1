"""What the consultant has to do: imports that failed, files that are damaged, scores that lack answers, late audits."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

import pandas as pd

from helpers.portfolio.common import Measured
from helpers.report.model import Column, Exhibit, Finding, Section, Table

if TYPE_CHECKING:
    from helpers.language import Language


class Task(NamedTuple):
    """One thing to do: with whom, what was found, what to do about it."""

    client: str
    what: str
    todo: str


def todo_section(measured: Measured, say: Language) -> Section:
    """All tasks in one table; files that could not be used in another."""
    tasks = list(_tasks(measured, say))
    exhibits = [
        Exhibit(
            key="todo-clients",
            title=_title(tasks, say),
            reading=(say("Late is counted from {day}, the newest day in the audits unless another is given.",
                         day=say.date(measured.as_of)),),
            table=Table(
                columns=tuple(
                    Column(label=label) for label in (say("Client"), say("What was found"), say("What to do"))
                ),
                rows=tuple(tuple(task) for task in tasks),
            )
            if tasks
            else None,
            table_open=True,
        )
    ]  # fmt: skip
    if measured.unusable:
        exhibits.append(_files(measured, say))
    return Section(key="todo", title=say("To do"), exhibits=tuple(exhibits))


def findings(measured: Measured, say: Language) -> tuple[Finding, ...]:
    """For the first page: how many clients need something."""
    tasks = list(_tasks(measured, say))
    counts = pd.Series([task.what for task in _kinds(measured, say)]).value_counts() if tasks else None
    detail = (
        "" if counts is None else "; ".join(f"{what} – {say.count(int(many))}" for what, many in sorted(counts.items()))
    )
    return (Finding(text=_title(tasks, say), detail=detail, section="todo"),)


def _title(tasks: list[Task], say: Language) -> str:
    clients = len({task.client for task in tasks})
    if not clients:
        return say("No client is waiting for anything")
    return say.plural("{n} client needs something done", "{n} clients need something done", clients)


def _kinds(measured: Measured, say: Language) -> Iterator[Task]:
    """The tasks with what was found as a kind, to be counted."""
    for one in measured.failed:
        yield Task(one.slug, say("import failed"), "")
    for row in measured.ordered():
        slug = str(row["slug"])
        if pd.isna(row["total"]):
            yield Task(slug, say("answers missing"), "")
        if _late(row["next_audit"], measured):
            yield Task(slug, say("audit late"), "")
        if _older(row, measured):
            yield Task(slug, say("older questionnaire"), "")


def _late(next_audit: object, measured: Measured) -> bool:
    return not pd.isna(next_audit) and next_audit < measured.as_of  # type: ignore[operator,call-overload]


def _older(row: dict[str, object], measured: Measured) -> bool:
    return not pd.isna(row["total"]) and row["version"] != measured.newest  # type: ignore[call-overload]


def _tasks(measured: Measured, say: Language) -> Iterator[Task]:
    """Failed imports first: nothing is known of these clients; then by client."""
    for one in measured.failed:
        yield Task(
            measured.names.get(one.slug, one.slug),
            say("The last run failed: “{error}”", error=one.reason)
            if one.reason
            else say("The last run failed; its notebook lies beside the reports"),
            say("Mend the data and run the audit again; `audit check` says what is wrong."),
        )
    for row in measured.ordered():
        name = measured.names[str(row["slug"])]
        if pd.isna(row["total"]):
            yield Task(name, *_missing(str(row["missing"] or ""), say))
        if _late(row["next_audit"], measured):
            days = (measured.as_of - row["next_audit"]).days
            yield Task(
                name,
                say(
                    "The next audit was due on {day}: {late} late", day=say.date(row["next_audit"]), late=say.days(days)
                ),
                say("Ask for new exports and answers."),
            )
        if _older(row, measured):
            yield Task(
                name,
                say("Answered version {old} of the questionnaire; the newest is {new}",
                    old=str(row["version"]), new=measured.newest),
                say("Ask by the newest form at the next audit, so that scores can be compared."),
            )  # fmt: skip


def _missing(code: str, say: Language) -> tuple[str, str]:
    """Why there is no score, and what to do."""
    ask = say("Send the questionnaire again to those who are missing.")
    return {
        "no_answers": (say("No score: nobody has answered the questionnaire"), say("Send the questionnaire.")),
        "one_sided": (say("No score: only one of the two departments has answered"), ask),
        "few": (say("No score: too few answers in a department"), ask),
        "half": (say("No score: under half of a department has answered"), ask),
        "unfinished": (
            say("No score: forms of a department are unfinished"),
            say("Ask for the rest of the answers: 16 of 20, three in each area."),
        ),
        "hidden": (say("No score: it would show what single people of an anonymous survey said"), ask),
    }.get(code, (say("No score"), ask))


def _files(measured: Measured, say: Language) -> Exhibit:
    left_out = sum(one.left_out for one in measured.unusable)
    if left_out:
        title = say.plural("{n} file could not be used", "{n} files could not be used", left_out)
    else:
        title = say.plural(
            "{n} file is of an older toolkit and lacks some figures",
            "{n} files are of an older toolkit and lack some figures",
            len(measured.unusable),
        )
    return Exhibit(
        key="todo-files",
        title=title,
        reading=(say("The other audits are not touched by it. Running the audit again writes the file anew."),),
        table=Table(
            columns=(Column(label=say("File")), Column(label=say("What was found"))),
            rows=tuple((one.file, one.said(say)) for one in measured.unusable),
        ),
        table_open=True,
    )
