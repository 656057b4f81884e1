"""The score for the first page: total, band, the four readings in their order, the four states."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from helpers.chapters import score_words as words
from helpers.report.model import Reading, ScoreCard, State
from helpers.survey.agreement import NO_CONSENSUS
from helpers.survey.result import SIDES

if TYPE_CHECKING:
    from helpers.language import Language
    from helpers.survey.criteria import Questionnaire
    from helpers.survey.result import Score

MUCH_UNKNOWN = 0.2
"""Share of "don't know" from which it is a caution."""
MANY_GAPS = 3
"""Criteria on which the departments differ by a point, from which the talk comes before any action."""
ROOTS = ("B1", "D1", "A1")
"""Criteria on which the others rest."""


def score_card(
    score: Score,
    questionnaire: Questionnaire,
    say: Language,
    overclaimed: Sequence[str] | None = None,
    compared: int = 0,
) -> ScoreCard:
    """The card; ``overclaimed``: criteria whose answers the data contradict, None: nothing was compared with data.

    ``compared``: how many criteria were; 0 where that is not known.
    """
    total = score.total
    sides = [score.departments[key].total for key in SIDES]
    by_opinion = bool(set(overclaimed or ()) & set(ROOTS))
    band = "" if score.band is None else words.label(score.band, questionnaire, say)
    return ScoreCard(
        total=None if total is None else total.value,
        total_text="" if total is None else words.points(total.value, say),
        interval=None if total is None else total.interval,
        band=say("{band} (by opinion)", band=band) if band and by_opinion else band,
        headline=words.headline(score, questionnaire, say),
        likelihood=words.likelihood(score, questionnaire, say),
        missing=words.missing(score, say),
        marketing=None if sides[0] is None else sides[0].value,
        sales=None if sides[1] is None else sides[1].value,
        # Before anybody has answered there is nothing to read.
        readings=()
        if not score.forms
        else (
            _who(score, questionnaire, say),
            _spread(score, questionnaire, say),
            _gap(score, questionnaire, say),
            _data(score, questionnaire, say, overclaimed, compared),
        ),
        states=_states(score, questionnaire, say) if score.forms else (),
    )


def _states(score: Score, questionnaire: Questionnaire, say: Language) -> tuple[State, ...]:
    last = questionnaire.bands[-1]
    return tuple(
        State(
            key=band.key,
            label=band.label[say.code],
            range=say("from {low} to {high}", low=say.count(band.low), high=say.count(band.high))
            if band is last
            else say("from {low}, below {high}", low=say.count(band.low), high=say.count(band.high)),
            meaning=band.meaning[say.code],
            next_step=band.next_step[say.code],
            move_on=band.move_on[say.code],
            stay=band.stay[say.code],
            current=band.key == score.band,
        )
        for band in questionnaire.bands
    )


def _who(score: Score, questionnaire: Questionnaire, say: Language) -> Reading:
    """First reading: whose opinion this is."""
    marketing, sales = (score.departments[key] for key in SIDES)
    if not score.forms:
        return Reading(title=say("Who answered"), text=say("Nobody has answered yet."), tone="caution")
    parts = [
        say(
            "Counted - marketing: {marketing}, sales: {sales}.",
            marketing=words.people_of(marketing.counted, marketing.headcount, say),
            sales=words.people_of(sales.counted, sales.headcount, say),
        )
    ]
    caution = bool(score.missing) or score.small
    if score.mode == "anonymous":
        parts.append(
            say(
                "The survey was anonymous: groups under {n} people are not shown, nor anything they could be computed "
                "from.",
                n=score.threshold,
            )
        )
    else:
        parts.append(say("The survey was open: people knew that their answers can be told apart."))
    if score.small:
        parts.append(say("A department of one or two people answered in full: its figure is a personal view."))
    if words.leaders_only(score):
        parts.append(say("Only leaders answered; they usually see things brighter than their people."))
        caution = True
    unknown = _unknown_share(score)
    if unknown:
        parts.append(say('"Don\'t know" makes up {share} of the answers.', share=say.share(unknown)))
        caution = caution or unknown >= MUCH_UNKNOWN
    for notice in score.notices:
        if notice.code == "not_applicable":
            name = questionnaire.criterion(notice.subject).title[say.code]
            parts.append(say("Left out as not applicable by most: {criterion}.", criterion=name))
    if left := words.unfinished(score, say):
        parts.append(left)
    if score.flagged:
        parts.append(_flagged(score, say))
        caution = True
    return Reading(title=say("Who answered"), text=" ".join(parts), tone="caution" if caution else "good")


def _flagged(score: Score, say: Language) -> str:
    text = say.plural(
        "{n} form raises a question (answered very fast, the same answer in a row, or answers that contradict each "
        "other); it was not taken out.",
        "{n} forms raise a question (answered very fast, the same answer in a row, or answers that contradict each "
        "other); they were not taken out.",
        score.flagged,
    )
    if score.without_flagged is not None:
        text += " " + say("Without them the total would be {total}.", total=words.points(score.without_flagged, say))
    if score.flags.get("halo"):
        text += " " + say.plural(
            "{n} leader gave 5 everywhere: more often a wish to look good than carelessness.",
            "{n} leaders gave 5 everywhere: more often a wish to look good than carelessness.",
            score.flags["halo"],
        )
    return text


def _unknown_share(score: Score) -> float | None:
    """Share of "don't know" among all answers of both sides; None where it is hidden."""
    cells = [criterion.cells[key] for criterion in score.criteria for key in SIDES]
    if any(cell.dont_know is None for cell in cells if cell.asked and cell.answered):
        return None
    unknown = sum(cell.dont_know or 0 for cell in cells)
    judged = unknown + sum(cell.answered for cell in cells)
    return unknown / judged if judged else None


def _spread(score: Score, questionnaire: Questionnaire, say: Language) -> Reading:
    """Second reading: how far the number could be off, and whether people agree at all."""
    parts = []
    caution = False
    if score.total is None:
        parts.append(say("No total, so no interval."))
    elif score.total.interval is None:
        parts.append(say("With one or two people in a department no interval can be given."))
        caution = True
    elif score.total.interval[0] == score.total.interval[1]:
        parts.append(say("All people have answered: there is no uncertainty of sampling, only that of opinion."))
    else:
        low, high = score.total.interval
        parts.append(say("Interval of the total (95 %): {range}.", range=say.interval(low, high, say.count)))
        if len(score.likely) > 1:
            names = [words.label(band, questionnaire, say) for band in score.likely]
            parts.append(say("That covers more than one state: {bands}.", bands=say.quoted(names)))
            caution = True
        else:
            parts.append(say("That stays within one state."))
    for key in SIDES:
        judged = [c.cells[key].agreement for c in score.criteria if c.cells[key].agreement is not None]
        apart = sum(found < NO_CONSENSUS for found in judged if found is not None)
        if apart:
            parts.append(
                say(
                    "{department}: people of the department disagree among themselves on {n} of {m} criteria; there "
                    "the mean speaks for nobody.",
                    department=words.department(key, say),
                    n=apart,
                    m=len(judged),
                )
            )
            caution = caution or 2 * apart >= len(judged)
    return Reading(title=say("Spread"), text=" ".join(parts), tone="caution" if caution else "neutral")


def _gap(score: Score, questionnaire: Questionnaire, say: Language) -> Reading:
    """Third reading: whether the two sides describe the same company."""
    heading = say("Gap between the departments")
    known = score.gaps
    if not known:
        return Reading(title=heading, text=say("The answers do not allow to compare the departments."))
    different = tuple(criterion for criterion in known if criterion.differs)
    if not different:
        text = say("The departments do not differ by a point or more on any criterion that can be compared.")
        if not any(min(c.cells[key].answered for key in SIDES) >= 3 for c in known):
            text = say("With fewer than three answers on a side, differences of single people cannot be told apart.")
            return Reading(title=heading, text=text)
        return Reading(title=heading, text=text, tone="good")
    text = say.plural(
        "The departments differ by a point or more on {n} criterion: {criteria}.",
        "The departments differ by a point or more on {n} criteria, most on: {criteria}.",
        len(different),
        criteria=words.titles(different, questionnaire, say),
    )
    if len(different) >= MANY_GAPS:
        text += " " + say(
            "Begin with a talk about these, not with actions: the two sides describe different companies."
        )
    return Reading(title=heading, text=text, tone="caution" if len(different) >= MANY_GAPS else "neutral")


def _data(
    score: Score, questionnaire: Questionnaire, say: Language, overclaimed: Sequence[str] | None, compared: int
) -> Reading:
    """Fourth reading: what the data say about the opinion."""
    heading = say("Data")
    if not score.forms:
        return Reading(title=heading, text=say("There are no answers to compare with the data."))
    roots = "; ".join(questionnaire.criterion(x).title[say.code] for x in ROOTS)
    if overclaimed is None:
        text = say(
            "The answers have not been compared with the data in this report: the score is by opinion. Check first: "
            "{criteria}.",
            criteria=roots,
        )
        return Reading(title=heading, text=text, tone="caution" if score.total is not None else "neutral")
    scope = (
        say("Compared with data: {n} of {m} criteria.", n=compared, m=len(questionnaire.criteria)) if compared else ""
    )
    if not overclaimed:
        text = say("No answer is contradicted by the data.")
        return Reading(title=heading, text=f"{text} {scope}".strip(), tone="good")
    names = "; ".join(questionnaire.criterion(x).title[say.code] for x in overclaimed)
    text = say("The data contradict what was answered on: {criteria}.", criteria=names)
    if set(overclaimed) & set(ROOTS):
        text += " " + say("Others rest on these, so read the state as an opinion.")
    return Reading(title=heading, text=f"{text} {scope}".strip(), tone="caution")
