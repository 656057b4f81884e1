"""The customer journey map and its rules: one owner per stage, a KPI with a fresh value, a shared KPI at each joint."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from helpers.chapters.campaigns import plain
from helpers.chapters.claims_records import RECENT_DAYS

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pandas as pd

    from helpers.client import Client, JourneyItem
    from helpers.client import Stage as ClientStage
    from helpers.facts import Facts

Rule = Literal[
    "no_owner", "two_owners", "no_kpi", "no_value", "stale", "joint_kpi", "joint_owners", "joint_value",
    "joint_stale", "joint_rule",
]  # fmt: skip
FUNNEL_FIRST = ("impressions", "clicks", "leads")
"""Stages that people enter by themselves."""


@dataclass(frozen=True)
class Kpi:
    """An indicator with its last known value."""

    name: str
    value: float | None
    on: dt.date | None
    """Day of the value; None: no value."""
    fresh: bool
    """The value is of the last month before ``as_of``."""


@dataclass(frozen=True)
class MapStage:
    """A stage of the map."""

    name: str
    """As the client calls it, or the key of a usual stage."""
    key: str
    """Key in the client's funnel; empty: the map knows it alone."""
    owners: tuple[str, ...]
    kpis: tuple[Kpi, ...]
    rule: str
    """By which a lead enters it; empty: none is written down."""


@dataclass(frozen=True)
class Joint:
    """Where a client passes from one team to another, before the stage ``before``."""

    teams: tuple[str, str]
    before: int
    """Place of the stage that follows."""
    owners: tuple[str, ...]
    kpis: tuple[Kpi, ...]
    rule: str


@dataclass(frozen=True)
class Broken:
    """A rule that is not kept."""

    rule: Rule
    place: int
    """Of the stage, or of the joint where ``rule`` begins with "joint"."""


@dataclass(frozen=True)
class JourneyMap:
    """The map as the client drew it."""

    stages: tuple[MapStage, ...]
    joints: tuple[Joint, ...]
    broken: tuple[Broken, ...]
    drawn: bool
    """The client gave ``journey``; False: the stages of the funnel stand for it."""

    def whole(self, *, joints: bool) -> int:
        """Stages, or joints, at which every rule is kept."""
        bad = {one.place for one in self.broken if one.rule.startswith("joint") == joints}
        return len(self.joints if joints else self.stages) - len(bad)


def measure_map(facts: Facts, client: Client) -> JourneyMap | None:
    """The map from ``journey`` and ``stages`` of client.yml and the table kpis; None where the client gave neither.

    Rules: exactly one owner per stage, at least one KPI, a value within the last month; at each joint a shared KPI that
    both teams own, with a fresh value, and a rule by which a lead passes on. Source: METHOD.md "Journey".
    """
    named = any(item.stage is not None for item in client.journey)
    if not named and "stages" not in client.model_fields_set:
        return None
    reader = _Reader(facts.as_of, facts.evidence.records.reviewed)
    own = {stage.key: stage for stage in client.stages}
    stages, given = (_named if named else _listed)(client, own, reader)
    joints = _joints(stages, given, reader)
    return JourneyMap(tuple(stages), joints, tuple(_broken(stages, joints)), named)


@dataclass(frozen=True)
class _Reader:
    """Reads KPIs: of the map, or, where it holds no value, of the weekly figures by the same name."""

    as_of: dt.date
    reviewed: pd.DataFrame

    def kpi(self, item: JourneyItem) -> Kpi | None:
        if not item.kpi:
            return None
        value, on = (item.value, item.on) if item.value is not None else (None, None)
        found = self.reviewed[self.reviewed["kpi"].map(plain) == plain(item.kpi)]
        for last, noted in found[["last", "value"]].itertuples(index=False):
            if on is None or last.date() > on:
                value, on = float(noted), last.date()
        fresh = on is not None and dt.timedelta(0) <= self.as_of - on <= dt.timedelta(days=RECENT_DAYS)
        return Kpi(item.kpi, value, on, fresh)

    def kpis(self, items: Iterable[JourneyItem]) -> tuple[Kpi, ...]:
        return tuple(kpi for kpi in map(self.kpi, items) if kpi is not None)


Given = list[tuple[int | None, "JourneyItem"]]
"""Joints that the client wrote, with the place of the stage they stand before; None: no place is said."""


def _named(client: Client, own: dict[str, ClientStage], reader: _Reader) -> tuple[list[MapStage], Given]:
    """Stages of ``journey`` in their order; several lines of one stage are several KPIs."""
    order: list[str] = []
    items: dict[str, list[JourneyItem]] = {}
    given: Given = []
    for item in client.journey:
        if item.stage is None:
            given.append((len(order), item))
        else:
            if item.stage not in items:
                order.append(item.stage)
            items.setdefault(item.stage, []).append(item)
    stages = []
    for name in order:
        known = own.get(name)
        owners = dict.fromkeys(owner for item in items[name] for owner in _owners(item))
        rule = next((item.when for item in items[name] if item.when), known.when if known else "")
        kept = tuple(owners) or (known.owner if known else ())
        stages.append(MapStage(name, name if known else "", kept, reader.kpis(items[name]), rule))
    return stages, given


def _listed(client: Client, own: dict[str, ClientStage], reader: _Reader) -> tuple[list[MapStage], Given]:
    """Without a map of its own: the stages of the funnel."""
    return [MapStage(key, key, tuple(stage.owner), (), stage.when) for key, stage in own.items()], [
        (None, item) for item in client.journey
    ]


def _owners(item: JourneyItem) -> tuple[str, ...]:
    return (*((item.owner,) if item.owner else ()), *item.owners)


def _joints(stages: list[MapStage], given: Given, reader: _Reader) -> tuple[Joint, ...]:
    """The client's joints where they stand, and one wherever the owner changes without any."""
    found: list[Joint] = []
    waiting = [item for place, item in given if place is None]
    for before in range(1, len(stages)):
        written = [item for place, item in given if place == before]
        teams = _change(stages[before - 1].owners, stages[before].owners, found)
        if not written and teams is not None:
            same = [item for item in waiting if set(item.joint or ()) == set(teams)]
            waiting = [item for item in waiting if item not in same]
            written = same
        pairs = dict.fromkeys(frozenset(item.joint or ()) for item in written)
        for pair in pairs:
            items = [item for item in written if frozenset(item.joint or ()) == pair]
            owners = tuple(dict.fromkeys(owner for item in items for owner in _owners(item)))
            rule = next((item.when for item in items if item.when), stages[before].rule)
            first = items[0].joint
            assert first is not None
            found.append(Joint((first[0], first[1]), before, owners, reader.kpis(items), rule))
        if not written and teams is not None:
            found.append(Joint(teams, before, (), (), stages[before].rule))
    return tuple(found)


def _change(left: tuple[str, ...], right: tuple[str, ...], found: list[Joint]) -> tuple[str, str] | None:
    """The two teams that meet between two stages; None where no team changes."""
    a, b = set(left), set(right)
    if not a or not b or a == b:
        return None
    if a < b or b < a:
        # A stage of two teams is their joint: one side of it is enough.
        both = left if len(a) > len(b) else right
        if found and set(found[-1].teams) == set(both):
            return None
        return both[0], both[1]
    return left[-1], next(team for team in right if team not in a)


def _broken(stages: list[MapStage], joints: tuple[Joint, ...]) -> Iterable[Broken]:
    for place, stage in enumerate(stages):
        if len(stage.owners) != 1:
            yield Broken("two_owners" if stage.owners else "no_owner", place)
        if not stage.kpis:
            yield Broken("no_kpi", place)
        elif not any(kpi.fresh for kpi in stage.kpis):
            yield Broken("stale" if any(kpi.on for kpi in stage.kpis) else "no_value", place)
    for place, joint in enumerate(joints):
        if not joint.kpis:
            yield Broken("joint_kpi", place)
        else:
            if not set(joint.teams) <= set(joint.owners):
                yield Broken("joint_owners", place)
            if not any(kpi.fresh for kpi in joint.kpis):
                yield Broken("joint_stale" if any(kpi.on for kpi in joint.kpis) else "joint_value", place)
        if not joint.rule and stages[joint.before].key not in FUNNEL_FIRST:
            yield Broken("joint_rule", place)
