"""Sentences about claims and facts: what the data show, what it means for whom, what to collect."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from helpers.chapters.claims_level import CLEAR, FAR, NEAR, VERDICTS, Verdict
from helpers.chapters.claims_texts import fact_text, further_text, missing_text, rule_text
from helpers.chapters.speed_chart import time_text
from helpers.report.model import Box, Column, Kind, Quantity, Table
from helpers.survey.criteria import questionnaire

if TYPE_CHECKING:
    from collections.abc import Sequence

    from helpers.chapters.claims import Claim
    from helpers.chapters.claims_fact import Further
    from helpers.client import Client
    from helpers.language import Language

TOLD = {"overclaimed": 4, "hidden_strength": 3}
"""How many of a verdict are told in the reading; the chart and the table show all."""
ALONE = 3
"""How many facts are told where nobody has answered, the lowest level first."""


def name(claim: Claim, say: Language) -> str:
    """The criterion's title."""
    return questionnaire().criterion(claim.criterion).title[say.code]


def verdict_text(verdict: Verdict, say: Language) -> str:
    """A verdict as a label."""
    return {
        "overclaimed": say("overrated"),
        "hidden_strength": say("better than people think"),
        "confirmed": say("confirmed by the data"),
        "unclear": say("unclear"),
        "no_data": say("no data"),
    }[verdict]


GROUPS = ("overclaimed", "hidden_strength", "confirmed", "unclear", "no_answers", "no_data")
"""Groups of the chart and the table, in order: the verdicts, and facts beside which nobody has answered."""


def group(claim: Claim) -> str:
    """The claim's group."""
    alone = claim.verdict == "no_data" and claim.why == "no_answers" and claim.level is not None
    return "no_answers" if alone else claim.verdict


def group_text(group: str, say: Language) -> str:
    """A group as a label."""
    return say("no answers, the data alone") if group == "no_answers" else verdict_text(group, say)  # type: ignore[arg-type]


def value_text(claim: Claim, say: Language) -> str:
    """The fact's value; "?" where it is not known."""
    return written(claim.fact_value, claim, say)


def written(value: float | None, claim: Claim, say: Language) -> str:
    """A value of the fact in its unit."""
    if value is None or math.isnan(value):
        return "?"
    if claim.unit == "count":
        return say.number(value, 0 if value == round(value) else 1)
    return percent_text(100 * value if claim.unit == "ratio" else value, say)


def percent_text(value: float, say: Language) -> str:
    """Per cent, with a digit where it is near one of the ends and needs one."""
    return say.percent(value, 1 if not 10 <= value <= 99 and round(value, 1) != round(value) else 0)


def range_text(claim: Claim, say: Language) -> str:
    """The fact's interval; empty where everything was counted and nothing sampled."""
    if claim.fact_value is None or math.isnan(claim.fact_low) or claim.fact_low == claim.fact_high:
        return ""
    return say.interval(claim.fact_low, claim.fact_high, lambda value: written(value, claim, say))


def level_text(value: float | None, say: Language) -> str:
    """A level or a mark, 1-5."""
    return "?" if value is None or math.isnan(value) else say.number(value, 1)


def headline(claim: Claim, client: Client, say: Language) -> str:
    """The difference in one sentence, with its numbers."""
    values = {"name": name(claim, say), "claim": level_text(claim.claimed, say)}
    if claim.rule == "not_visible":
        return say("“{name}”: marketing gives {claim} of 5, but many in sales say that they do not know", **values)
    fact = fact_text(claim, client, say)
    if claim.verdict == "hidden_strength":
        return say("“{name}” works better than people think: they give {claim} of 5, yet {fact}", **values, fact=fact)
    return say("“{name}”: people give {claim} of 5, but {fact}", **values, fact=fact)


def fact_sentence(claim: Claim, client: Client, say: Language) -> str:
    """What the data show, standing by itself."""
    return _capital(f"{fact_text(claim, client, say)}.")


def certainty(claim: Claim, say: Language) -> str:
    """How sure the fact is."""
    between = range_text(claim, say)
    if claim.level is None:
        return ""
    if between:
        return say(
            "By the data {level} of 5; range of the figure (95 %): {range}.",
            level=level_text(claim.level, say), range=between,
        )  # fmt: skip
    return say("By the data {level} of 5.", level=level_text(claim.level, say))


def title(claims: Sequence[Claim], client: Client, say: Language) -> str:
    """The finding: the largest contradiction, else the strength nobody sees, else that there is none."""
    first = claims[0]
    if first.verdict in ("overclaimed", "hidden_strength"):
        return headline(first, client, say)
    compared = sum(claim.verdict != "no_data" for claim in claims)
    alone = sum(group(claim) == "no_answers" for claim in claims)
    if not compared and alone:
        return say.plural(
            "The data speak for {n} question; nobody has answered the questionnaire yet",
            "The data speak for {n} questions; nobody has answered the questionnaire yet",
            alone,
        )
    if not compared:
        return say("The answers cannot be compared with data yet")
    return say.plural(
        "The data contradict no answer: {n} question compared", "The data contradict no answer: {n} questions compared",
        compared,
    )  # fmt: skip


def reading(claims: Sequence[Claim], client: Client, say: Language) -> tuple[str, ...]:
    """How many are confirmed, the contradictions one by one, the rules that bear on them."""
    counts = {verdict: sum(claim.verdict == verdict for claim in claims) for verdict in VERDICTS}
    compared = len(claims) - counts["no_data"]
    out = []
    if compared:
        parts = [
            f"{verdict_text(verdict, say)} - {say.count(counts[verdict])}"
            for verdict in VERDICTS
            if counts[verdict] and verdict != "no_data"
        ]
        out.append(
            say(
                "Compared with data: {n} of {all} questions. {list}.",
                n=say.count(compared), all=say.count(len(claims)), list=_capital("; ".join(parts)),
            )
        )  # fmt: skip
    if any(group(claim) == "no_data" for claim in claims):
        out.append(say("Where there is no data, it counts against nobody."))
    for verdict, most in TOLD.items():
        for place, claim in enumerate([one for one in claims if one.verdict == verdict][:most]):
            # The first one is told by the title.
            told = certainty(claim, say)
            if place or claim is not claims[0]:
                told = f"{headline(claim, client, say)}. {told}".strip()
            if told:
                out.append(told)
        if verdict == claims[0].verdict == "overclaimed":
            criterion = questionnaire().criterion(claims[0].criterion)
            values = {"name": criterion.title[say.code], "action": criterion.action[say.code]}
            out.append(say("Where to begin with “{name}”. {action}", **values))
    alone = sorted((one for one in claims if group(one) == "no_answers"), key=lambda one: (one.level, one.criterion))
    out += [f"{fact_sentence(claim, client, say)} {certainty(claim, say)}".strip() for claim in alone[:ALONE]]
    ruled = [claim for claim in claims if claim.verdict != "no_data" or claim.rule == "no_rejects"]
    out += [text for claim in ruled if (text := rule_text(claim, name(claim, say), say))]
    return tuple(out)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def how_to_read(say: Language) -> Box:
    """What is compared with what, and when it is called a contradiction."""
    return Box(
        title=say("How answers and data are compared"),
        text=(
            say("The answer of the department that receives the work leads: whoever waits for the first answer knows "
                "how long it takes. Where both are concerned, it is the mean of both."),
            say("A figure of the company becomes a level from 1 to 5 by straight lines between three cut points. They "
                "are conventions of this audit, not research; the company may set its own (anchors in client.yml)."),
            say("Confirmed: the two are less than {near} apart. Overrated or better than people think: {far} apart and "
                "more, and even the nearer end of the range is {clear} away. In between it is unclear.",
                near=say.number(NEAR, 0), far=say.number(FAR, 1), clear=say.number(CLEAR, 0)),
        ),
    )  # fmt: skip


def to_collect(claims: Sequence[Claim], say: Language) -> Table | None:
    """What has to be there for the comparison, question by question; None where nothing is missing."""
    rows = []
    for claim in sorted(claims, key=lambda one: one.criterion):
        if claim.why == "missing":
            needs = "; ".join(missing_text(one, say) for one in claim.missing)
        elif claim.why == "few":
            least = questionnaire().criterion(claim.criterion).min_n_text[say.code]
            needs = say("too few to judge; needed: {least}", least=least)
        elif claim.why == "nothing":
            needs = say("nothing of the kind happened in the period")
        else:
            continue
        rows.append((f"{claim.criterion} {name(claim, say)}", _capital(needs)))
    if not rows:
        return None
    return Table(columns=(Column(label=say("Question")), Column(label=say("What to collect"))), rows=tuple(rows))


def table(claims: Sequence[Claim], client: Client, say: Language) -> Table:
    """All twenty: answers, fact, level, verdict."""
    columns = (
        Column(label=say("Question")),
        Column(label=say("Marketing"), kind="number"),
        Column(label=say("Sales"), kind="number"),
        Column(label=say("Compared answer"), kind="number"),
        Column(label=say("What the data show")),
        Column(label=say("Range (95 %)")),
        Column(label=say("Counted over"), kind="count"),
        Column(label=say("Level by the data"), kind="number"),
        Column(label=say("Verdict")),
    )
    rows = tuple(
        (
            f"{claim.criterion} {name(claim, say)}",
            claim.marketing,
            claim.sales,
            claim.claimed,
            _capital(fact_text(claim, client, say)) if claim.level is not None else reason_text(claim, say),
            _range(claim, say),
            claim.n or "",
            claim.level,
            group_text(group(claim), say),
        )
        for claim in claims
    )
    return Table(columns=columns, rows=rows)


def _range(claim: Claim, say: Language) -> Quantity | str:
    text = range_text(claim, say)
    if not text:
        return ""
    kind: Kind = "number" if claim.unit == "count" else "percent"
    times = 100 if claim.unit == "ratio" else 1
    return Quantity(text=text, kind=kind, digits=1, low=times * claim.fact_low, high=times * claim.fact_high)


def reason_text(claim: Claim, say: Language) -> str:
    """Why there is no fact or no verdict, short."""
    if claim.why == "few":
        return say("too few to judge: {n} of {need}", n=say.count(claim.n), need=say.count(claim.need))
    return {
        "missing": say("nothing to count it from"),
        "nothing": say("did not happen in the period"),
        "not_applicable": say("does not apply"),
        "no_answers": say("no answers"),
    }.get(claim.why, "")


def further_table(claims: Sequence[Claim], client: Client, say: Language) -> Table:
    """Figures that stand beside the facts."""
    columns = (
        Column(label=say("Question")),
        Column(label=say("Figure")),
        Column(label=say("Value")),
        Column(label=say("Counted over"), kind="count"),
    )
    rows = []
    for claim in claims:
        for one in claim.further:
            rows.append(
                (f"{claim.criterion} {name(claim, say)}", further_text(one.key, client, say), _further(one, say), one.n)
            )
    return Table(columns=columns, rows=tuple(rows))


def _further(one: Further, say: Language) -> Quantity:
    if one.key == "mean_score":
        return Quantity(text=say("{n} of 100", n=say.count(one.value)), digits=0, value=one.value)
    if one.unit == "%":
        return Quantity(text=percent_text(one.value, say), kind="percent", digits=1, value=one.value)
    if one.unit == "minutes":
        return Quantity(text=time_text(one.value, say), kind="minutes", value=one.value)
    if one.unit == "ratio":
        return Quantity(text=say.number(one.value, 2), digits=2, value=one.value)
    return Quantity(text=say.count(one.value), kind="count", value=one.value)


def alt(claims: Sequence[Claim], client: Client, say: Language) -> str:
    """Group by group, each with its mark and its level."""
    parts = []
    for key in GROUPS:
        found = [claim for claim in claims if group(claim) == key]
        if found:
            lines = "; ".join(
                f"{name(claim, say)}: {level_text(claim.claimed, say)} → {level_text(claim.level, say)}"
                for claim in found
            )
            parts.append(f"{_capital(group_text(key, say))}: {lines}")
    return say("What people answer and what the data show, from 1 to 5. {list}.", list=". ".join(parts))
