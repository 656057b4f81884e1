"""Which step comes first: prerequisites, then money, then the gap to the wanted score (instrument.md 5, METHOD.md)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from helpers.chapters.actions_stakes import Driver, Stake

if TYPE_CHECKING:
    from helpers.survey.criteria import Questionnaire
    from helpers.survey.result import Score

CRITERION_OF: Mapping[Driver, str] = {
    "answer": "B2",
    "untouched": "B3",
    "qualified": "B4",
    "win_rate": "C4",
    "conversion": "C4",
    "deal": "C4",
    "lead_cost": "D4",
    "losing": "D4",
}
"""The practice that a figure stands for: its prerequisites hold for the step that is to raise the figure."""
LOW = 3.0
"""A prerequisite under this level is repaired before what rests on it."""
SMALL = 0.2
"""Money under this part of the largest sum at stake, be that only likely, is not what to begin with; a convention."""
OVERCLAIMED, DIFFERS = 1.0, 0.5
"""What they add to the distance between score and target (instrument.md 5, "Order of actions")."""
DEFAULT_TARGET = 4.0


@dataclass(frozen=True)
class Level:
    """What is known of one criterion."""

    id: str
    score: float | None = None
    """1-5 by the answers; of one department where the other is silent."""
    marketing: float | None = None
    sales: float | None = None
    target: float = DEFAULT_TARGET
    fact: float | None = None
    """1-5 by the data."""
    overclaimed: bool = False
    strength: bool = False
    """The data show it better than people think: nothing to repair, only to be shown."""
    differs: bool = False
    applies: bool = True

    @property
    def known(self) -> float | None:
        """The level to work with: the answers, but no more than the data where they contradict; else the data."""
        if self.score is None or (self.overclaimed and self.fact is not None and self.fact < self.score):
            return self.fact
        return self.score

    @property
    def low(self) -> bool:
        """Too low for anything to be built on it."""
        return self.applies and not self.strength and self.known is not None and self.known < LOW

    @property
    def urgency(self) -> float:
        """(target - level) + 1 if overclaimed + 0.5 if the departments differ; 0: nothing to do or nothing known.

        Where the data contradict the answers, the distance is that of the data: a praised practice that is not there
        is farther from its target than one that people know to be weak.
        """
        if self.known is None or not self.applies or self.strength:
            return 0.0
        return max(0.0, self.target - self.known + OVERCLAIMED * self.overclaimed + DIFFERS * self.differs)


@dataclass(frozen=True)
class Step:
    """One thing that could be done: a practice to put in order, or a figure to raise."""

    criterion: str
    driver: Driver | None = None
    """None: born from the questionnaire or its facts, no figure of its own."""
    stake: Stake | None = None
    level: Level | None = None
    before: tuple[str, ...] = ()
    """Criteria that rest on it and are higher up in the list of wishes."""
    missing: bool = False
    """Nothing tells how it stands: the first step is to find out."""

    @property
    def key(self) -> str:
        """Name of the step: its driver, else its criterion."""
        return self.driver or self.criterion

    @property
    def money(self) -> float | None:
        """Middle of the money at stake a month, where it can be told from chance."""
        return self.stake.middle if self.stake is not None and self.stake.state == "told" else None

    @property
    def likely(self) -> float:
        """Middle of the money at stake a month, 0 where nothing is known."""
        return self.stake.middle if self.stake is not None and self.stake.known else 0.0


def levels(score: Score | None, claims: Iterable[Any], questionnaire: Questionnaire) -> dict[str, Level]:
    """What answers and data say of each criterion; ``claims`` are those of the chapter "Claims against facts"."""
    facts = {claim.criterion: claim for claim in claims}
    by_answers = {one.id: one for one in score.criteria} if score is not None else {}
    out = {}
    for id in questionnaire.ids:
        one, claim = by_answers.get(id), facts.get(id)
        sides = [one.of(side) if one is not None else None for side in ("marketing", "sales")]
        given = [side for side in sides if side is not None]
        mean = sum(given) / len(given) if given else None
        out[id] = Level(
            id,
            score=mean if one is None or one.score is None else one.score,
            marketing=sides[0],
            sales=sides[1],
            target=DEFAULT_TARGET if one is None else one.target,
            fact=None if claim is None else claim.level,
            strength=claim is not None and claim.verdict == "hidden_strength",
            overclaimed=claim is not None and claim.verdict == "overclaimed",
            differs=one is not None and one.differs,
            applies=one is None or one.applies,
        )  # fmt: skip
    return out


def ordered(stakes: Sequence[Stake], known: Mapping[str, Level], questionnaire: Questionnaire) -> tuple[Step, ...]:
    """All steps, the first to be taken first.

    Wishes are ranked by money that can be told from chance and is not small against the rest, then by the urgency of
    the criterion (money that chance may have made breaks ties), then by what nobody could count. Before a wish stand
    its prerequisites that are low, and before these their own.
    """
    rank = {id: number for number, id in enumerate(questionnaire.ids)}
    # The largest sure sum is what the first page opens with: it is never too small to begin with.
    largest = max((stake.middle for stake in stakes if stake.state == "told"), default=0.0)
    least = min(SMALL * max((stake.middle for stake in stakes if stake.known), default=0.0), largest)
    wishes = sorted(_wishes(stakes, known), key=lambda step: (*_worth(step, least), rank[step.criterion], step.key))
    by_criterion: dict[str, list[Step]] = {}
    for step in wishes:
        by_criterion.setdefault(step.criterion, []).append(step)
    out: dict[str, Step] = {}

    def put(step: Step, wanted_by: tuple[str, ...]) -> None:
        if step.key in out:
            first = out[step.key]
            out[step.key] = replace(first, before=tuple(dict.fromkeys((*first.before, *wanted_by))))
            return
        for id in questionnaire.criterion(step.criterion).prerequisites:
            if known[id].low:
                # Of several steps for one practice the foundation is the practice itself.
                own = [one for one in by_criterion.get(id, []) if one.driver is None]
                put(own[0] if own else Step(id, level=known[id]), (step.criterion, *wanted_by))
        out[step.key] = replace(step, before=wanted_by)

    for step in wishes:
        put(step, ())
    return tuple(out.values())


def _wishes(stakes: Sequence[Stake], known: Mapping[str, Level]) -> list[Step]:
    """A step for each figure that could rise, and for each criterion below its target that no figure stands for."""
    out: list[Step] = []
    likely: dict[str, Stake] = {}
    for stake in sorted(stakes, key=lambda one: one.middle if one.known else 0.0):
        criterion = CRITERION_OF[stake.driver]
        if stake.state == "told":
            out.append(Step(criterion, stake.driver, stake, known[criterion]))
        elif stake.state == "chance":
            likely[criterion] = stake
    told = {step.criterion for step in out}
    for id, level in known.items():
        if id in told:
            continue
        if level.urgency > 0:
            out.append(Step(id, stake=likely.pop(id, None), level=level))
    out += [Step(id, stake.driver, stake, known[id]) for id, stake in likely.items() if id not in told and stake.middle]
    taken = {step.criterion for step in out}
    for stake in stakes:
        id = CRITERION_OF[stake.driver]
        if stake.state == "no_data" and stake.driver != "losing" and id not in taken and known[id].known is None:
            out.append(Step(id, level=known[id], missing=True))
            taken.add(id)
    return out


def _worth(step: Step, least: float) -> tuple[int, float, float]:
    """Sorting key: told money of at least so much, then urgency, then likely or small money, then what is not known."""
    if step.money is not None and step.money >= least:
        return 0, -step.money, 0.0
    urgency = step.level.urgency if step.level is not None else 0.0
    if urgency > 0 and (step.driver is None or step.money is not None):
        return 1, -urgency, -step.likely
    return (3 if step.missing else 2), -step.likely, 0.0
