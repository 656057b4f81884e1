"""Words of the score: what it is, how sure it is, and why it may be missing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from helpers.survey.bands import band_of
from helpers.survey.result import SIDES

if TYPE_CHECKING:
    from helpers.language import Language
    from helpers.survey.criteria import Questionnaire
    from helpers.survey.result import CriterionScore, Score

PROBABLE = 0.05
"""A band less probable than this is not named."""
MIDDLE = 0.25
"""Points from 3 within which a criterion says neither yes nor no."""


def department(key: str, say: Language) -> str:
    """A department's name as a label."""
    return {
        "marketing": say("Marketing"),
        "sales": say("Sales"),
        "support": say("Support"),
        "call_centre": say("Call centre"),
        "management": say("Management"),
    }[key]


def points(total: float, say: Language) -> str:
    """A total with as many digits as it needs to stay on its side of a border: 59.6 is not written as 60."""
    digits = next((d for d in (0, 1, 2) if band_of(_within(round(total, d))) == band_of(_within(total))), 3)
    return say.number(total, digits)


def _within(total: float) -> float:
    return min(max(round(total, 9), 20.0), 100.0)


def label(band: str, questionnaire: Questionnaire, say: Language) -> str:
    """A band's short label."""
    return questionnaire.band(band).label[say.code]


def title(criterion: CriterionScore, questionnaire: Questionnaire, say: Language) -> str:
    """A criterion's title."""
    return questionnaire.criterion(criterion.id).title[say.code]


def titles(criteria: tuple[CriterionScore, ...], questionnaire: Questionnaire, say: Language, most: int = 3) -> str:
    """'A; B; C' of the first criteria."""
    return "; ".join(title(criterion, questionnaire, say) for criterion in criteria[:most])


def in_the_middle(score: Score) -> bool:
    """Nearly every criterion got a 3: a total of 60 that says neither yes nor no."""
    known = [criterion.score for criterion in score.criteria if criterion.score is not None]
    return bool(known) and sum(abs(found - 3) <= MIDDLE for found in known) >= 0.9 * len(known)


def leaders_only(score: Score) -> bool:
    """All forms of both sides came from leaders."""
    roles = [set(score.departments[key].roles) for key in SIDES]
    return all(found == {"leader"} for found in roles)


def likelihood(score: Score, questionnaire: Questionnaire, say: Language) -> str:
    """Probabilities of the bands in words, most probable first; empty where they are not known."""
    if score.bands is None:
        return ""
    named = sorted(((p, band) for band, p in score.bands.items() if p >= PROBABLE), key=lambda x: (-x[0], x[1]))
    parts = [
        say("{band} {share}", band=label(band, questionnaire, say), share=say.share(min(p, 0.99))) for p, band in named
    ]
    if len(parts) == 1 and score.total is not None and score.total.interval is not None:
        low, high = score.total.interval
        # Everybody has answered: nothing is left to chance.
        if low == high:
            return say("All people have answered: the band is that of the company's people today.")
    return say("How probable each state is: {states}.", states=say.list(parts))


def headline(score: Score, questionnaire: Questionnaire, say: Language) -> str:
    """One line that says how to read the total; empty without one."""
    if score.total is None or score.band is None or score.ungated is None:
        return ""
    if in_the_middle(score):
        return say(
            "Nearly all answers are 3, neither yes nor no. Twenty such answers make 60: the number says little, talk "
            "about single criteria instead."
        )
    if score.small:
        return say("One person's view: a department is represented by one or two people. Use it to start a talk.")
    if score.band != score.ungated:
        names = [area.title[say.code] for area in questionnaire.dimensions if area.id in score.held_by]
        names += [questionnaire.criterion(x).title[say.code] for x in score.held_by if len(x) > 1]
        return say(
            "The points alone would say: {band}. It is held back by: {weak}.",
            band=label(score.ungated, questionnaire, say),
            weak="; ".join(names),
        )
    if len(score.likely) > 1:
        return say(
            "With this number of answers these states are possible: {bands}.",
            bands=say.quoted([label(band, questionnaire, say) for band in score.likely]),
        )
    if say.count(score.total.value) != points(score.total.value, say):
        return say("Exactly {total}: just below the border.", total=points(score.total.value, say))
    return say("{state}.", state=questionnaire.band(score.band).name[say.code])


def missing(score: Score, say: Language) -> str:
    """Why there is no total, and what to do; empty where there is one."""
    marketing, sales = (score.departments[key] for key in SIDES)
    if score.missing == "no_answers":
        return say(
            "Nobody in marketing and sales has answered the questionnaire, so there is no score. The form takes about "
            "two minutes."
        )
    if score.missing == "one_sided":
        only, other = (marketing, sales) if marketing.forms else (sales, marketing)
        text = say(
            "One-sided: only one department answered ({answered}). Without the other ({silent}) there is no score of "
            "the company.",
            answered=department(only.key, say),
            silent=department(other.key, say),
        )
        if only.total is None:
            return text
        return (
            text
            + " "
            + say(
                "{department} alone: {total} of 100, {people}.",
                department=department(only.key, say),
                total=points(only.total.value, say),
                people=say.plural("{n} person", "{n} people", only.counted),
            )
        )
    text = {
        "few": say("Too few answers for a score: each department needs three, or everybody."),
        "half": say("Too few answers for a score: at least half of each department has to answer."),
        "unfinished": say(
            "The forms of a department are unfinished: 16 of the 20 questions are needed, three in each area."
        ),
        "hidden": say(
            "The survey is anonymous, and so few people answered that a score would show what single people said."
        ),
    }.get(score.missing, "")
    if not text:
        return ""
    text += " " + say(
        "Counted so far - marketing: {marketing}, sales: {sales}.",
        marketing=people_of(marketing.counted, marketing.headcount, say),
        sales=people_of(sales.counted, sales.headcount, say),
    )
    if score.missing != "unfinished" and (left := unfinished(score, say)):
        text += " " + left
    if score.missing == "few" and None in (marketing.headcount, sales.headcount):
        text += " " + say("If a department has only one or two people, say so in client.yml (headcount).")
    if score.preliminary is not None:
        text += " " + say(
            "The answers so far lie around {total}; that is a first impression, not a score.",
            total=say.count(score.preliminary),
        )
    return text


def unfinished(score: Score, say: Language) -> str:
    """How many forms were too incomplete for a total; empty where none was."""
    left = sum(notice.people for notice in score.notices if notice.code == "unfinished")
    if not left:
        return ""
    return say.plural(
        "{n} unfinished form counts for single criteria only.",
        "{n} unfinished forms count for single criteria only.",
        left,
    )


def people_of(answered: int, everybody: int | None, say: Language) -> str:
    """'3 of 8 people', or '3 people' where it is not known how many there are."""
    if everybody is None:
        return say.plural("{n} person", "{n} people", answered)
    return say.plural("{answered} of {n} person", "{answered} of {n} people", everybody, answered=say.count(answered))
