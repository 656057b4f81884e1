"""Titles of the score's exhibits: the finding with its number."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from helpers.chapters import score_words as words
from helpers.chapters.score_charts import columns, totals
from helpers.survey.result import SIDES

if TYPE_CHECKING:
    from helpers.language import Language
    from helpers.survey.criteria import Questionnaire
    from helpers.survey.result import Score


def total_title(score: Score, questionnaire: Questionnaire, say: Language) -> str:
    """The total and its state, or that there is none."""
    if score.total is None or score.band is None:
        parts = [
            say("{label} {total}", label=label, total=words.points(total.value, say))
            for _, label, total in totals(score, say)
        ]
        return say("No score of the company: {parts}", parts=", ".join(parts))
    total = words.points(score.total.value, say)
    if score.small:
        return say("{total} of 100, one person's view", total=total)
    names = [words.label(band, questionnaire, say) for band in score.likely]
    if len(names) > 1 and score.band == score.ungated:
        return say("{total} of 100, possible states: {bands}", total=total, bands=say.quoted(names))
    return say("{total} of 100: {band}", total=total, band=words.label(score.band, questionnaire, say))


def dimensions_title(score: Score, questionnaire: Questionnaire, say: Language) -> str:
    """The weakest and the strongest area of the company, or of the side that answered."""
    side = next((key for key in SIDES if score.departments[key].dimensions), "")
    found = score.dimensions or score.departments[side].dimensions
    ranked = sorted(found, key=lambda key: (found[key].value, key))
    names = {dimension.id: dimension.title[say.code] for dimension in questionnaire.dimensions}
    low, high = (say.number(found[key].value, 1) for key in (ranked[0], ranked[-1]))
    if low == high:
        finding = say("All five areas stand at {score} of 5", score=low)
    else:
        finding = say(
            "Lowest rated area: “{low_name}”, {low} of 5; highest: “{high_name}”, {high}",
            low_name=names[ranked[0]],
            low=low,
            high_name=names[ranked[-1]],
            high=high,
        )
    return finding if score.dimensions else _of(side, finding, say)


def _of(key: str, finding: str, say: Language) -> str:
    """A finding about one department only."""
    return say("{department}. {finding}", department=words.department(key, say), finding=finding)


def criteria_title(score: Score, questionnaire: Questionnaire, say: Language) -> str:
    """How many criteria are below their target, and the lowest."""
    known = [(one.score, one) for one in score.criteria if one.score is not None]
    side = ""
    if not known:
        side = next((key for key in columns(score) if key != "company"), "marketing")
        known = [(value, one) for one in score.criteria if (value := one.of(side)) is not None]
    if not known:
        return say("Twenty criteria: no figure can be shown")
    below = sum(round(value, 9) < one.target for value, one in known)
    value, lowest = min(known, key=lambda x: (x[0], x[1].id))
    finding = say(
        "{n} of {m} criteria are below their target; lowest: “{criterion}”, {score} of 5",
        n=below,
        m=len(known),
        criterion=words.title(lowest, questionnaire, say),
        score=say.number(value, 1),
    )
    return _of(side, finding, say) if side else finding


def gaps_title(score: Score, questionnaire: Questionnaire, say: Language) -> str:
    """How many gaps are proven, and the largest."""
    gaps = score.gaps
    different = [one for one in gaps if one.differs]
    largest = different[0] if different else gaps[0]
    if different:
        return say.plural(
            "Marketing and sales differ by a point or more on {n} of {m} criteria, most on “{criterion}” ({gap})",
            "Marketing and sales differ by a point or more on {n} of {m} criteria, most on “{criterion}” ({gap})",
            len(different),
            m=len(gaps),
            criterion=words.title(largest, questionnaire, say),
            gap=say.number(largest.gap or 0.0, 1, signed=True),
        )
    return say(
        "No proven gap of a point or more between marketing and sales on {m} criteria; largest: {gap}",
        m=len(gaps),
        gap=say.number(largest.gap or 0.0, 1, signed=True),
    )


def leak_title(score: Score, stages: Mapping[str, str], say: Language) -> str:
    """Where most people believe clients are lost, or that they do not agree."""
    told = sum(score.loses_at.values())
    stage, most = max(score.loses_at.items(), key=lambda x: (x[1], x[0]))
    if 2 * most > told:
        return say(
            'Most clients are lost at the step "{stage}", say {n} of {m} people',
            stage=stages.get(stage, stage),
            n=most,
            m=told,
        )
    return say("{m} people name {n} different steps where most clients are lost", m=told, n=len(score.loses_at))
