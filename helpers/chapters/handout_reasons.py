"""Template: the list of rejection reasons - the client's own with counts, what to merge, what is missing."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from helpers.chapters.handout_sources import bullets, heading, line, table, text
from helpers.facts.evidence import OTHER_REASONS
from helpers.report.model import Column, Handout, Table

if TYPE_CHECKING:
    from helpers.chapters.handout_sources import Sources

MOST = 6
"""A list longer than this is not filled in with care."""
RARE = 0.03
ALIKE = 80
"""Similarity of two reasons, 0-100, from which merging is proposed."""
LISTED = 15


def rejection_reasons(sources: Sources) -> Handout:
    """What is in use, what could become one, and the list to agree on."""
    say, reasons = sources.say, sources.reasons()
    total = int(reasons["leads"].sum())
    named = reasons[reasons["reason"] != ""]
    without = total - int(named["leads"].sum())
    names = [str(name) for name in named["reason"]]
    if not total:
        today = [text(say("No rejected lead is recorded in the period. That need not be good news: either everything "
                          "is accepted, or rejects are not written down."))]  # fmt: skip
    else:
        shown = named.head(LISTED)
        rows = [(str(name), int(n), n / total) for name, n in zip(shown["reason"], shown["leads"], strict=True)]
        rest = int(named["leads"].iloc[LISTED:].sum())
        if rest:
            rows.append((say("{n} other reasons", n=len(named) - LISTED), rest, rest / total))
        if without:
            rows.append((say("no reason given"), without, without / total))
        columns = (Column(label=say("Reason")), Column(label=say("Leads"), kind="count"),
                   Column(label=say("Share"), kind="share"))  # fmt: skip
        today = [table(Table(columns=columns, rows=tuple(rows)))]
    advice = _advice(sources, names, [int(n) for n in named["leads"]], total, without)
    proposed = [name for name in names if not vague(name)][: MOST - 1]
    blank = [line(say("Reason {n}", n=number + 1)) for number in range(len(proposed), MOST - 1)]
    return Handout(
        key="rejection-reasons",
        title=say("List of rejection reasons"),
        blocks=(
            heading(say("In use today ({period})",
                        period=say.period(sources.facts.period.from_, sources.facts.period.to))),
            *today,
            *([heading(say("What to tidy up")), bullets(advice)] if advice else []),
            heading(say("The list we agree on: six at most")),
            *([bullets([f"{name} - {_asks(sources)}" for name in proposed])] if proposed else []),
            *blank,
            line(say("Something else, in words (looked through each month; what comes up often gets a line)")),
            heading(say("Rules")),
            bullets((
                say("The reason is an obligatory field: a lead cannot be rejected without one."),
                say("It is entered within five working days; the reason why a client refused a deal is another list."),
                say("Once a month the commonest reason becomes one change: of the audience, the offer or the form."),
            )),
            *sources.signatures(),
        ),
    )  # fmt: skip


def vague(reason: str) -> bool:
    """A reason that says nothing: "other"."""
    return bool(re.search(OTHER_REASONS, reason.strip().lower()))


def alike(names: Sequence[str]) -> list[tuple[str, str]]:
    """Pairs of reasons written so alike that they may be one, commonest first."""
    from rapidfuzz import fuzz

    return [
        (one, other)
        for i, one in enumerate(names)
        for other in names[i + 1 :]
        if fuzz.token_set_ratio(one.casefold(), other.casefold()) >= ALIKE
    ]


def _asks(sources: Sources) -> str:
    return sources.say("what exactly it means: ____________________")


def _advice(sources: Sources, names: list[str], leads: list[int], total: int, without: int) -> list[str]:
    say = sources.say
    out = []
    if without:
        out.append(say("{n} of {total} rejected leads have no reason ({share}).", n=say.count(without),
                       total=say.count(total), share=sources.share(without, total)))  # fmt: skip
    if empty := [name for name in names if vague(name)]:
        out.append(say("Says nothing and hides the others: {names}.", names=say.quoted(empty)))
    for one, other in alike(names)[:3]:
        out.append(say("Perhaps one reason: {names}.", names=say.quoted([one, other])))
    rare = [name for name, n in zip(names, leads, strict=True) if n < RARE * total and not vague(name)]
    if rare and len(names) > MOST:
        out.append(say("Rare, could join a broader one: {names}.", names=say.quoted(rare[:5])))
    return out
