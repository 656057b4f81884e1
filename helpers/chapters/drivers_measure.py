"""The measure of the drivers chapter: two periods at one age, the change of profit split exactly, with intervals."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from helpers.chapters.common_age import CommonAge, common_age
from helpers.chapters.drivers_split import FACTORS, OWNERS, Side, contributions, drawn
from helpers.stats.shares import MINIMUM

if TYPE_CHECKING:
    from helpers.client import Client
    from helpers.facts import Facts

DRAWS = 2000
SEED = 20260104
DAYS_A_MONTH = 365.25 / 12
LINES = 30
"""Channels that are lines of their own; smaller ones are one."""
OTHERS = "\x00others"
"""Name of the line of all small channels: no export can hold it."""
COUNTS = ["spend", "leads", "qualified", "won", "sales", "gross", "gross_sq"]
SURE = 0.95


@dataclass(frozen=True)
class Part:
    """What one factor added to profit a month; ``was`` and ``now``: the factor itself in both periods."""

    factor: str
    owner: str
    value: float
    low: float
    high: float
    was: float
    now: float

    @property
    def sure(self) -> bool:
        """The whole interval is on one side of nought."""
        return self.low > 0 or self.high < 0


@dataclass(frozen=True)
class MeasuredDrivers:
    """All numbers of the chapter; money is profit per month."""

    basis: str
    """"before": against the comparison period; "plan": against the plan; "": nothing to compare with."""
    before: float
    after: float
    low: float
    high: float
    """95 % of the change."""
    parts: tuple[Part, ...]
    """In the order of the chain; their values add up to the change."""
    owners: dict[str, tuple[float, float, float]]
    """Owner → sum of its parts, low, high."""
    channels: pd.DataFrame
    """channel, paid | before, after (profit a month), and a column per factor."""
    age: CommonAge
    first: dict[str, dt.date]
    """Span → first day that is compared."""
    marked: bool
    spent: bool
    """Spend is known: profit is gross profit less spend."""
    enough: bool = True
    """Both periods hold 30 leads to compare; else nothing is called sure."""

    @property
    def change(self) -> float:
        """Profit a month now less before (or plan)."""
        return self.after - self.before

    @property
    def sure(self) -> bool:
        """Whether profit has surely changed."""
        return self.enough and (self.low > 0 or self.high < 0)

    def named(self) -> list[Part]:
        """Parts that are sure and not tiny, the largest first."""
        if not self.enough:
            return []
        least = 0.02 * max((abs(part.value) for part in self.parts), default=0.0)
        return sorted(
            (part for part in self.parts if part.sure and abs(part.value) > least), key=lambda part: -abs(part.value)
        )


def measure_drivers(facts: Facts, client: Client) -> MeasuredDrivers:
    """Change of profit between the two periods; without a second one, against the plan (METHOD.md "Drivers")."""
    from helpers.chapters.drivers_plan import against_plan

    leads, spend = facts.outcomes.leads, facts.spend
    known = [bool(table["span"].eq("before").any()) for table in (leads, spend)]
    if facts.compare is not None and any(known):
        age = common_age(facts, client, "now", "before")
        return _between(facts, age) if age.ripe else nothing(age)
    age = common_age(facts, client, "now")
    return against_plan(facts, client, age) if age.ripe else nothing(age)


def nothing(age: CommonAge) -> MeasuredDrivers:
    """Nothing can be compared."""
    nan = float("nan")
    return MeasuredDrivers("", nan, nan, nan, nan, (), {}, pd.DataFrame(), age, {}, False, False)


def _between(facts: Facts, age: CommonAge) -> MeasuredDrivers:
    counts = {span: channel_counts(facts, age, span) for span in ("before", "now")}
    marked = bool("leads.qualified" in facts.has)
    table = lines_of(counts["before"], counts["now"])
    sides, squares = {}, {}
    for span in ("before", "now"):
        arrays = {name: table[f"{name}_{span}"].to_numpy(dtype=float) for name in COUNTS}
        squares[span] = arrays.pop("gross_sq")
        sides[span] = Side(**arrays, months=age.counted[span] / DAYS_A_MONTH)
    paid = table["paid"].to_numpy(dtype=bool)
    before, after = sides["before"], sides["now"]
    found = contributions(before, after, paid, marked)
    repeats = bool(np.any(before.sales > before.won) or np.any(after.sales > after.won))
    rng = np.random.default_rng(SEED)
    draws = contributions(
        drawn(before, squares["before"], marked, repeats, DRAWS, rng),
        drawn(after, squares["now"], marked, repeats, DRAWS, rng),
        paid,
        marked,
    ).sum(axis=1)
    names = ["conversion" if factor == "closing" and not marked else factor for factor in FACTORS]
    values = found.sum(axis=1)
    was, now = _figures(before, paid, marked), _figures(after, paid, marked)
    parts = [
        Part(name, OWNERS[name], float(values[i]), *interval(draws[i]), was[i], now[i])
        for i, name in enumerate(names)
        if np.any(found[i] != 0) or np.any(draws[i] != 0)
    ]
    channels = table[["channel", "paid"]].assign(
        before=(before.gross - before.spend) / before.months, after=(after.gross - after.spend) / after.months
    )
    channels = channels.assign(**{name: found[i] for i, name in enumerate(names)})
    low, high = interval(draws.sum(axis=0))
    return MeasuredDrivers(
        basis="before",
        before=float(before.profit),
        after=float(after.profit),
        low=low,
        high=high,
        parts=tuple(parts),
        owners=_by_owner(parts, names, draws),
        channels=channels,
        age=age,
        first={"now": _first(facts, age, "now"), "before": _first(facts, age, "before")},
        marked=marked,
        spent=bool(before.spend.any() or after.spend.any()),
        enough=bool(min(before.leads.sum(), after.leads.sum()) >= MINIMUM),
    )


def interval(draws: np.ndarray) -> tuple[float, float]:
    """95 % of draws."""
    low, high = np.quantile(draws, [(1 - SURE) / 2, (1 + SURE) / 2])
    return float(low), float(high)


def _first(facts: Facts, age: CommonAge, span: str) -> dt.date:
    begins = facts.period.from_ if span == "now" or facts.compare is None else facts.compare.from_
    return max(begins, age.months[span][0])


def channel_counts(facts: Facts, age: CommonAge | None, span: str) -> pd.DataFrame:
    """COUNTS per channel of the compared months; sales count within the common age (``age`` None: up to ``as_of``)."""
    leads = facts.outcomes.leads
    own = leads[leads["span"].eq(span)] if age is None else age.of(leads, span)
    won = own[own["outcome"].eq("won") if age is None else age.won(own)]
    spend = facts.spend[facts.spend["span"].eq(span)] if age is None else age.of(facts.spend, span)
    table = pd.DataFrame({"spend": spend.groupby("channel")["spend"].sum()})
    sums = own.groupby("channel")[["leads", "qualified"]].sum()
    of_won = won.groupby("channel")[["leads", "sales", "gross", "gross_sq"]].sum().rename(columns={"leads": "won"})
    table = pd.concat([table, sums, of_won], axis=1).reindex(columns=COUNTS).astype(float).fillna(0.0)
    # Won later than the common age is not won here, but it was qualified all the same.
    return table.rename_axis("channel").sort_index()


def lines_of(before: pd.DataFrame, now: pd.DataFrame) -> pd.DataFrame:
    """One line per channel and way of paying: ``channel``, ``paid``, and COUNTS with the suffixes _before and _now.

    A channel with spend in one period only is two lines: one that is paid for and one that is not. Channels under 30
    leads in both periods together, and those beyond the `LINES` largest, are one line for each way.
    """
    both = before.add_suffix("_before").join(now.add_suffix("_now"), how="outer").fillna(0.0)
    rows = []
    for span in ("before", "now"):
        mine = [f"{name}_{span}" for name in COUNTS]
        part = both[mine].assign(paid=both[f"spend_{span}"] > 0).set_index("paid", append=True)
        rows.append(part[(part != 0).any(axis=1)])
    table = rows[0].join(rows[1], how="outer").fillna(0.0).reset_index()
    leads = table["leads_before"] + table["leads_now"]
    money = table["spend_before"].abs() + table["spend_now"].abs()
    weight = (leads / max(leads.sum(), 1.0) + money / max(money.sum(), 1e-9)).rank(ascending=False, method="first")
    small = ((leads < MINIMUM) & (money < 0.02 * max(money.sum(), 1e-9))) | (weight > LINES)
    if small.sum() > 1:
        table["channel"] = table["channel"].astype(object).where(~small, OTHERS)
    summed: pd.DataFrame = table.groupby(["channel", "paid"], as_index=False).sum()
    return summed


def _figures(side: Side, paid: np.ndarray, marked: bool) -> list[float]:
    """The factors of all lines together, as a reader knows them; in the order of FACTORS."""

    def ratio(part: float, whole: float) -> float:
        return part / whole if whole > 0 else math.nan

    spend, leads = float(side.spend.sum()), float(side.leads.sum())
    qualified, won = float(side.qualified.sum()), float(side.won.sum())
    return [
        spend / side.months,
        float(side.leads[~paid].sum()) / side.months,
        math.nan,
        ratio(float(side.spend[paid].sum()), float(side.leads[paid].sum())),
        ratio(qualified, leads),
        ratio(won, qualified if marked else leads),
        ratio(float(side.sales.sum()), won),
        ratio(float(side.gross.sum()), float(side.sales.sum())),
    ]


def _by_owner(parts: list[Part], names: list[str], draws: np.ndarray) -> dict[str, tuple[float, float, float]]:
    out = {}
    for owner in dict.fromkeys(part.owner for part in parts):
        own = [part for part in parts if part.owner == owner]
        of = draws[[names.index(part.factor) for part in own]].sum(axis=0)
        out[owner] = (math.fsum(part.value for part in own), *interval(of))
    return out
