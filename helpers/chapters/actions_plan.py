"""The 30-60-90-day page: what starts, what is looked at, what stays."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from helpers.chapters.actions_dates import STRETCH, next_audit
from helpers.chapters.base import inside
from helpers.report.model import Stretch

if TYPE_CHECKING:
    from helpers.chapters.actions_order import Step
    from helpers.chapters.actions_words import Words

EACH = 3
"""Steps that one stretch can carry."""


def stretches(
    steps: Sequence[Step], words: Words, as_of: dt.date, look_again: Callable[[Step], dt.date]
) -> tuple[Stretch, ...]:
    """Three stretches of 30 days from the audited day."""
    say = words.say
    first, second, third = (steps[n * EACH : (n + 1) * EACH] for n in range(3))
    start = [
        say("Both heads sign the page of agreed figures: from then on nobody argues about the numbers."),
        say("The joint meeting takes place every week by its rules, half an hour, decisions with name and date."),
        *[say("{owner} - {step}.", owner=words.owner(step), step=inside(words.title(step))) for step in first],
    ]
    if first:
        days = sorted({look_again(step) for step in first})
        start.append(say("Look again at these figures: {dates}.", dates=say.list([say.date(day) for day in days])))
    middle = [
        say("What the first steps have changed is compared with the figures of this audit: what helped stays, what did "
            "not is dropped."),
        say("The definition of a qualified lead, the rule of the first answer and the list of rejection reasons are in "
            "force; the templates are filled in and signed."),
        *[_next(step, words) for step in second],
    ]  # fmt: skip
    end = [
        *[_next(step, words) for step in third],
        say("The bonus of marketing is counted by qualified leads beside today's scheme, month by month; then it is "
            "decided."),
        say("Both departments fill in the questionnaire again; the next audit is on {date}.",
            date=say.date(next_audit(words.client, as_of))),
    ]  # fmt: skip
    ends = [as_of + dt.timedelta(days=STRETCH * n) for n in (1, 2, 3)]
    titles = [
        say("Days {first}–{last}, until {date}", first=STRETCH * n + 1, last=STRETCH * (n + 1), date=say.date(day))
        for n, day in enumerate(ends)
    ]
    return tuple(Stretch(title=t, items=tuple(items)) for t, items in zip(titles, (start, middle, end), strict=True))


def _next(step: Step, words: Words) -> str:
    owner, title = inside(words.owner(step)), inside(words.title(step))
    return words.say("Next: {owner} - {step}.", owner=owner, step=title)
