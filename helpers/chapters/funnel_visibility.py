"""Which part of the funnel the company knows, and which part each department sees (METHOD.md, "Funnel")."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from helpers.chapters.funnel_measure import Step
    from helpers.client import Client
    from helpers.survey.result import Score

DEPARTMENTS = ("marketing", "sales")
HALF = 0.5
"""A department sees a stage when at least this share of its respondents say so."""

Told = Literal["answers", "client", "hidden", "nobody"]
Said = Mapping[str, Mapping[str, float] | None]
"""Department → stage → share (0-1) of its respondents who see figures for it; None: too few answers to be shown."""


@dataclass(frozen=True)
class Sight:
    """What one department sees."""

    told: Told
    """Who said so: the department's people, client.yml, nobody; hidden: people did, too few to be shown."""
    stages: frozenset[str]
    share: float | None
    """Transitions with both ends known and seen, of all transitions, 0-1; None: it is not known what it sees."""


@dataclass(frozen=True)
class Visibility:
    """Shares of the funnel's transitions."""

    transitions: int
    known: int
    company: float | None
    """Transitions with both ends known, of all, 0-1; None where the funnel has fewer than two stages."""
    departments: Mapping[str, Sight]


def said(score: Score | None) -> Said:
    """What the respondents of each department see; departments that nobody asked are absent."""
    if score is None:
        return {}
    asked = {key: found for key, found in score.departments.items() if found.seen_asked}
    return {
        key: None if score.mode == "anonymous" and found.seen_asked < score.threshold else found.sees
        for key, found in asked.items()
    }


def measure_visibility(steps: Sequence[Step], client: Client, answers: Said | None = None) -> Visibility:
    """Visibility of the funnel; where a department gave no answer, client.yml's ``seen_by`` speaks for it."""
    known = {step.stage for step in steps if step.count is not None}
    pairs = [(a.stage, b.stage) for a, b in itertools.pairwise(steps)]
    seen_pairs = [pair for pair in pairs if known.issuperset(pair)]
    departments: dict[str, Sight] = {}
    for department in DEPARTMENTS:
        told, stages = _sight(department, client, answers or {})
        share = sum(stages.issuperset(pair) for pair in seen_pairs) / len(pairs) if pairs else None
        departments[department] = Sight(told, stages, share if told in ("answers", "client") else None)
    company = len(seen_pairs) / len(pairs) if pairs else None
    return Visibility(len(pairs), len(seen_pairs), company, departments)


def _sight(department: str, client: Client, answers: Said) -> tuple[Told, frozenset[str]]:
    if department in answers:
        shares = answers[department]
        if shares is None:
            return "hidden", frozenset()
        return "answers", frozenset(stage for stage, share in shares.items() if share >= HALF)
    # A client.yml that names no one anywhere says nothing; one that names others says that this department sees none.
    if any(stage.seen_by for stage in client.stages):
        return "client", frozenset(stage.key for stage in client.stages if department in stage.seen_by)
    return "nobody", frozenset()
