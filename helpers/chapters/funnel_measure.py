"""How many reached each stage, how sure that is, and where leads are lost (METHOD.md, "Funnel").

A count is exact, a lower bound ("at least") or unknown; nothing is divided by the last two.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from helpers.chapters.funnel_counts import (
    ADVERTISING,
    AFTERWARDS,
    NEARLY_ALL,
    Advertising,
    Counts,
    Source,
    advertised,
    count_stages,
)
from helpers.stats.shares import MINIMUM, wilson

if TYPE_CHECKING:
    import pandas as pd

    from helpers.facts import Facts


@dataclass(frozen=True)
class Ratio:
    """``part`` of ``whole``, with its rate and Wilson interval from 30 in the whole on."""

    part: int
    whole: int

    @property
    def enough(self) -> bool:
        """At least 30 in the denominator."""
        return self.whole >= MINIMUM

    @property
    def possible(self) -> bool:
        """The part is not larger than the whole: the two really are parts of one count."""
        return self.part <= self.whole

    @property
    def share(self) -> float | None:
        """0-1, or None: too few, or not a part of the whole."""
        return self.part / self.whole if self.enough and self.possible else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """Wilson 95 % interval, 0-1, or None where there is no share."""
        if self.share is None:
            return None
        low, high = wilson(self.part, self.whole)
        return float(low), float(high)


@dataclass(frozen=True)
class Step:
    """One stage of the funnel."""

    stage: str
    count: int | None
    """Exact number that reached the stage; None: unknown or only a lower bound."""
    at_least: int | None = None
    """Lower bound where there is no exact count; None: nothing is known."""
    previous: str | None = None
    """The nearest earlier stage with an exact count."""
    skipped: int = 0
    """Unknown stages (lower bounds too) between ``previous`` and this one."""
    step: Ratio | None = None
    """From ``previous`` to here, over ``skipped`` unknown stages."""
    of_leads: Ratio | None = None
    of_first: Ratio | None = None
    """Of the very first stage with an exact count."""
    cost: float | None = None
    """Spend per one who reached the stage, or at most that much where the count is a lower bound."""

    @property
    def of_previous(self) -> Ratio | None:
        """The conversion from the stage just before; None at the start and next to an unknown stage."""
        return self.step if self.skipped == 0 else None


@dataclass(frozen=True)
class Loss:
    """Where leads stop between two neighbouring stages that are both known."""

    before: str
    after: str
    reached: int
    """Leads that reached ``before``."""
    passed: int
    """Of them, reached ``after``."""
    lost: int
    """Of those who did not pass: already lost."""
    open: int
    """Of those who did not pass: still open, may yet go on."""


@dataclass(frozen=True)
class MeasuredFunnel:
    """The measured funnel: steps in the client's order, losses, and what the notes have to say."""

    steps: tuple[Step, ...]
    losses: tuple[Loss, ...]
    source: Mapping[str, Source]
    """What each stage from leads on is counted by; a stage that is absent was never recorded."""
    leads: int
    won: int
    lost: int
    open: int
    way_unknown: int
    """Lost leads of a one-snapshot export: the stage they reached is not known."""
    unmarked_beyond: int
    """Leads that went past ``qualified`` without the mark and are counted as qualified."""
    clicked: Ratio | None
    """Leads of the channels with counted clicks, of these clicks."""
    by_person: bool
    """Repeat purchases are counted in people."""
    without_channel: int
    """Leads whose channel is not known."""
    gross_per_won: float | None
    """Gross profit (revenue where no margin is known) per won lead."""
    spend: float | None

    def __getitem__(self, stage: str) -> Step:
        return next(step for step in self.steps if step.stage == stage)


@dataclass(frozen=True)
class _People:
    """Persons with a won lead, and of them those with at least two."""

    buyers: int
    again: int
    complete: bool
    """Nearly all leads name a person; otherwise more may have bought again."""


@dataclass(frozen=True)
class _Tables:
    """What one span's funnel is read from."""

    facts: Facts
    leads: pd.DataFrame
    counts: Counts
    ads: Mapping[str, Advertising]
    people: _People | None
    """Who bought, and who bought again; None where the data hold no person."""

    def known(self, stage: str) -> tuple[int | None, int | None]:
        """Exact count, or None and the lower bound, if there is one."""
        if stage in self.ads:
            return self.ads[stage].count, self.ads[stage].at_least
        if stage == "repeat" and self.people is not None:
            return (self.people.again, None) if self.people.complete else (None, self.people.again or None)
        if not len(self.leads) and not any(column.startswith("leads.") for column in self.facts.has):
            return None, None
        if self.counts.exact(stage):
            return self.counts.at(stage)[0], None
        # Wins alone bound every stage before them: that is not knowledge of the stage.
        own = stage in self.counts.source or (stage == "qualified" and self.leads["qualified"].sum() > 0)
        return None, (self.counts.at(stage)[0] or None) if own else None

    def ratio(self, stage: str, base: str | None, steps: Sequence[Step]) -> Ratio | None:
        """``stage`` of ``base``; from advertising to leads only leads of the channels that advertise are counted."""
        count, _ = self.known(stage)
        whole = next((step.count for step in steps if step.stage == base), None)
        if base is None or count is None or whole is None:
            return None
        if stage == "repeat" and self.people is not None:
            return Ratio(self.people.again, self.people.buyers) if base == "won" else None
        if base == "repeat" and self.people is not None:
            # People who bought again, and leads: not parts of one count.
            return None
        if base in ADVERTISING and stage not in ADVERTISING:
            return self.from_advertising(stage, base)
        return None if stage in ADVERTISING and base not in ADVERTISING else Ratio(count, whole)

    def from_advertising(self, stage: str, base: str) -> Ratio | None:
        """Leads of the channels that count ``base``; None where no lead names such a channel.

        Then the two exports do not meet, which is not a conversion of zero.
        """
        rows = self.leads["channel"].isin(self.ads[base].channels).to_numpy(bool)
        return Ratio(self.counts.at(stage, rows)[0], self.ads[base].in_channels) if rows.any() else None


def measure_funnel(facts: Facts, recorded: Collection[str], span: str = "now") -> MeasuredFunnel:
    """The funnel of one span; ``recorded``: stages the data can show (see ``recorded_stages``)."""
    leads = facts.leads[facts.leads["span"].eq(span)].reset_index(drop=True)
    spend = facts.spend[facts.spend["span"].eq(span)]
    counts = count_stages(leads, facts.stages, recorded, facts.has)
    ads = {stage: advertised(spend, stage, facts.has) for stage in ADVERTISING}
    tables = _Tables(facts, leads, counts, ads, _people(facts, span))
    total = float(spend["spend"].sum())
    outcome = leads.groupby("outcome")["leads"].sum()
    won = int(outcome.get("won", 0))
    by_mark = counts.source.get("qualified") == "marks"
    steps = _steps(tables, total)
    return MeasuredFunnel(
        steps=steps,
        losses=_losses(steps, counts, leads),
        source=counts.source,
        leads=int(leads["leads"].sum()),
        won=won,
        lost=int(outcome.get("lost", 0)),
        open=int(outcome.get("open", 0)),
        way_unknown=int(leads.loc[~leads["exact"].astype(bool) & leads["outcome"].ne("won"), "leads"].sum()),
        unmarked_beyond=counts.at("qualified")[0] - int(leads["qualified"].sum()) if by_mark else 0,
        clicked=tables.from_advertising("leads", "clicks"),
        by_person=tables.people is not None,
        without_channel=int(leads.loc[leads["channel"].eq(""), "leads"].sum()),
        gross_per_won=float(leads["gross"].sum()) / won if won >= MINIMUM else None,
        spend=total if total > 0 else None,
    )


def _steps(tables: _Tables, spend: float) -> tuple[Step, ...]:
    stages = tables.facts.stages
    steps: list[Step] = []
    first: str | None = None
    previous: str | None = None
    skipped = 0
    for place, stage in enumerate(stages):
        count, at_least = tables.known(stage)
        by_person = stage == "repeat" and tables.people is not None
        after_leads = place > stages.index("leads") and stage not in ADVERTISING and not by_person
        number = count if count is not None else at_least
        steps.append(
            Step(
                stage=stage,
                count=count,
                at_least=at_least,
                previous=previous,
                skipped=skipped,
                step=tables.ratio(stage, previous, steps),
                of_leads=tables.ratio(stage, "leads", steps) if after_leads else None,
                of_first=None if by_person else tables.ratio(stage, first, steps),
                cost=spend / number if number and spend > 0 else None,
            )
        )
        if count is not None:
            first, previous, skipped = first or stage, stage, 0
        elif previous is not None:
            skipped += 1
    return tuple(steps)


def _people(facts: Facts, span: str) -> _People | None:
    if len(facts.buyers) == 0 or facts.buyers[["buyers", "repeat_buyers"]].isna().any(axis=None):
        return None
    row = facts.buyers.iloc[0]
    named = facts.people[facts.people["span"].eq(span)][["leads", "people", "repeats"]].sum()
    complete = named["people"] + named["repeats"] >= NEARLY_ALL * named["leads"]
    return _People(int(row["buyers"]), int(row["repeat_buyers"]), bool(complete))


def _losses(steps: Sequence[Step], counts: Counts, leads: pd.DataFrame) -> tuple[Loss, ...]:
    """Losses of neighbouring known stages from ``leads`` to ``won``."""
    found = []
    for step in steps:
        before, ratio = step.previous, step.of_previous
        if ratio is None or before is None or step.stage in AFTERWARDS or before not in counts.stages:
            continue
        stopped = {
            outcome: counts.at(before, rows)[0] - counts.at(step.stage, rows)[0]
            for outcome in ("lost", "open")
            for rows in [leads["outcome"].eq(outcome).to_numpy(bool)]
        }
        found.append(Loss(before, step.stage, ratio.whole, ratio.part, stopped["lost"], stopped["open"]))
    return tuple(found)
