"""Forms that may have been filled in without reading: questions to the analyst, never a reason to delete."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

from helpers.survey.answers import Respondent

if TYPE_CHECKING:
    from helpers.survey.criteria import Questionnaire

Flag = Literal["very_fast", "fast", "long_run", "flat", "halo", "pairs"]

FAST_SECONDS = 40
VERY_FAST_SECONDS = 20
LONG_RUN = 10
HIGH = 4
"""An answer from here on praises."""


def careless_flags(form: Respondent, questionnaire: Questionnaire) -> tuple[Flag, ...]:
    """Signs in one form, strongest first.

    ``very_fast`` under 20 s and ``fast`` under 40 s for 20 questions; ``flat`` all answers equal (at least ten);
    ``long_run`` ten or more equal answers in a row, in the order of the questionnaire; ``halo`` instead of both where a
    leader gave nothing but 5; ``pairs`` a practice is praised whose foundation is said not to exist.
    """
    flags: list[Flag] = []
    if form.seconds is not None and form.seconds < FAST_SECONDS:
        flags.append("very_fast" if form.seconds < VERY_FAST_SECONDS else "fast")
    answers = [form.number(criterion) for criterion in questionnaire.ids]
    given = [answer for answer in answers if answer is not None]
    if len(given) >= LONG_RUN and len(set(given)) == 1:
        flags.append("halo" if form.role == "leader" and given[0] == 5 else "flat")
    elif longest_run(answers) >= LONG_RUN:
        flags.append("long_run")
    pairs = questionnaire.pairs
    if any((form.number(p.high) or 0) >= HIGH and any(form.number(low) == 1 for low in p.low) for p in pairs):
        flags.append("pairs")
    return tuple(flags)


def longest_run(answers: Sequence[int | None]) -> int:
    """Length of the longest row of equal answers; a missing one ends a row."""
    longest = run = 0
    previous: int | None = None
    for answer in answers:
        run = 0 if answer is None else run + 1 if answer == previous else 1
        previous = answer
        longest = max(longest, run)
    return longest
