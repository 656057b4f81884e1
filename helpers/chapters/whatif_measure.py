"""What profit would be with other figures: the identity of the drivers chapter, turned by hand (METHOD.md "Drivers").

Profit a month = Σ over channels of spend · leads/spend · qualified/leads · won/qualified · gross profit/won - spend.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Literal

import numpy as np

from helpers.chapters.actions_base import DAYS_A_MONTH, Base, measure_base
from helpers.chapters.actions_stakes import risk_difference
from helpers.chapters.common_age import CommonAge, common_age
from helpers.chapters.drivers_measure import channel_counts
from helpers.chapters.drivers_split import Side, drawn
from helpers.stats.shares import MINIMUM

if TYPE_CHECKING:
    import pandas as pd

    from helpers.client import Client
    from helpers.facts import Facts

DRAWS = 2000
SEED = 20260105
LINES = 30
"""Channels told apart; the others, which are small, are one."""
TWICE = 2.0
"""A figure may be turned up to twice of what it is today; a share to 1 at most."""
Missing = Literal["", "no_leads", "too_young", "no_sales", "too_few"]


@dataclass(frozen=True)
class Dials:
    """The figures that can be turned, per month; nan: not known, cannot be turned."""

    kept: float
    """Share of first answers within the agreed limit, 0-1."""
    qualified: float
    """Share of qualified leads, 0-1."""
    win_rate: float
    """Customers of qualified leads (of leads where none are marked), 0-1."""
    deal: float
    """Revenue of a sale."""
    spend: float

    def known(self) -> tuple[str, ...]:
        """Names of the figures that can be turned."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        # Nothing can be turned relative to nought; answers in time are counted themselves.
        return tuple(name for name, value in values.items() if value > 0 or (name == "kept" and value == 0))

    def limits(self, name: str) -> tuple[float, float]:
        """From where to where a figure can be turned."""
        value = float(getattr(self, name))
        if name == "kept":
            return 0.0, 1.0
        top = TWICE * value
        return 0.0, min(1.0, top) if name in ("qualified", "win_rate") else top


@dataclass(frozen=True)
class Outcome:
    """Profit a month with some figures, and its change against today; 95 % of each."""

    profit: float
    low: float
    high: float
    change: float
    change_low: float
    change_high: float


@dataclass(frozen=True)
class Measured:
    """Today's figures, and what is drawn for each channel."""

    missing: Missing
    """Why nothing can be said; empty: it can."""
    today: Dials
    age: CommonAge
    marked: bool
    """Leads are marked as qualified; False: ``win_rate`` is of all leads."""
    effect: float
    """Customers more of 100 leads answered within the limit than of leads answered later, within the same channel; as a
    share. nan: not known. Below nought it counts as nought."""
    effect_low: float
    effect_high: float
    side: Side
    paid: np.ndarray
    gross: np.ndarray
    """Draws of gross profit a month, one row per channel."""
    quality: np.ndarray
    closing: np.ndarray
    """Draws of the shares of each channel."""
    gain: np.ndarray
    """Draws of what a quick answer adds to the chance of a sale, as a part of the chance."""

    def outcome(self, dials: Dials) -> Outcome:
        """Profit with these figures: each is turned in all channels alike, relative to today.

        Spend moves the leads of paid channels only, at today's price of a lead; a share of a channel never passes 1.
        The time of answers moves no more than what goes with it in the client's own data.
        """
        was, now = self._draws(self.today), self._draws(dials)
        center = self._center(dials)
        low, high = np.quantile(now, [0.025, 0.975])
        change_low, change_high = np.quantile(now - was, [0.025, 0.975])
        return Outcome(
            center, float(low), float(high), center - self._center(self.today), float(change_low), float(change_high)
        )

    def _draws(self, dials: Dials) -> np.ndarray:
        quick = 1 + self._turned(dials) * self.gain
        gross = (self.gross * self._factor(dials, self.quality, self.closing)).sum(axis=0) * np.maximum(quick, 0)
        return np.asarray(gross - self._spend(dials))

    def _center(self, dials: Dials) -> float:
        side = self.side
        through = side.qualified if self.marked else side.leads
        quality, closing = (
            np.divide(a, b, out=np.zeros_like(a), where=b > 0)
            for a, b in ((side.qualified, side.leads), (side.won, through))
        )
        factor = self._factor(dials, quality[:, None], closing[:, None])[:, 0]
        quick = max(0.0, 1 + self._turned(dials) * float(np.median(self.gain)))
        return float((side.gross * factor).sum() / side.months * quick - self._spend(dials))

    def _factor(self, dials: Dials, quality: np.ndarray, closing: np.ndarray) -> np.ndarray:
        """How many times today's gross profit each channel brings."""
        flow = np.where(self.paid, _ratio(dials.spend, self.today.spend), 1.0)[:, None]
        out = flow * _ratio(dials.deal, self.today.deal)
        for share, name in ((quality, "qualified"), (closing, "win_rate")):
            if name == "qualified" and not self.marked:
                continue
            most = np.divide(1.0, share, out=np.ones_like(share), where=share > 0)
            out = out * np.minimum(_ratio(getattr(dials, name), getattr(self.today, name)), np.maximum(most, 1.0))
        return np.asarray(out)

    def _turned(self, dials: Dials) -> float:
        """Share of leads that are answered in time and were not."""
        moved = dials.kept - self.today.kept
        return moved if moved == moved else 0.0

    def _spend(self, dials: Dials) -> float:
        return dials.spend if self.today.spend > 0 else 0.0


def measure_whatif(facts: Facts, client: Client) -> Measured:
    """Today's figures from the ripe months of the period, with draws of what they could truly be.

    As in the drivers chapter: leads as a Poisson mean, shares and amounts shrunk towards what the channels have in
    common, sales at one common age. Source: METHOD.md "Drivers".
    """
    age = common_age(facts, client, "now")
    marked = bool("leads.qualified" in facts.has)
    if facts.outcomes.leads.empty or not facts.outcomes.leads["span"].eq("now").any():
        return _nothing("no_leads", age)
    if not age.ripe:
        return _nothing("too_young", age)
    table = _largest(channel_counts(facts, age, "now"))
    if table["leads"].sum() < MINIMUM:
        return _nothing("too_few", age)
    if not table["gross"].sum() > 0:
        return _nothing("no_sales", age)
    arrays = {name: table[name].to_numpy(dtype=float) for name in table.columns}
    squares = arrays.pop("gross_sq")
    side = Side(**arrays, months=age.counted["now"] / DAYS_A_MONTH)
    rng = np.random.default_rng(SEED)
    made = drawn(side, squares, marked, bool(np.any(side.sales > side.won)), DRAWS, rng)
    through = made.qualified if marked else made.leads
    base = measure_base(facts, client)
    effect, error = _effect(base)
    chance = made.won.sum(axis=0) / made.leads.sum(axis=0)
    gain = np.zeros(DRAWS)
    if effect == effect:
        more = np.maximum(effect + error * rng.standard_normal(DRAWS), 0.0)
        gain = np.divide(more, chance, out=np.zeros(DRAWS), where=chance > 0)
    return Measured(
        missing="",
        today=_today(facts, base, age, side, marked),
        age=age,
        marked=marked,
        effect=effect,
        effect_low=effect - 1.96 * error,
        effect_high=effect + 1.96 * error,
        side=side,
        paid=side.spend > 0,
        gross=made.gross / side.months,
        quality=np.divide(made.qualified, made.leads, out=np.zeros_like(made.leads), where=made.leads > 0),
        closing=np.divide(made.won, through, out=np.zeros_like(through), where=through > 0),
        gain=gain,
    )


def _ratio(now: float, was: float) -> float:
    return now / was if was == was and was > 0 and now == now else 1.0


def _largest(table: pd.DataFrame) -> pd.DataFrame:
    """The largest channels, and one line for all others that cost money and one for those that do not."""
    weight = (table["leads"] + table["spend"].abs() / max(float(table["spend"].abs().max()), 1e-9)).rank(
        ascending=False, method="first"
    )
    kept, rest = table[weight <= LINES], table[weight > LINES]
    if rest.empty:
        return kept
    import pandas as pd

    return pd.concat([kept, rest.groupby(rest["spend"] > 0).sum()])


def _today(facts: Facts, base: Base, age: CommonAge, side: Side, marked: bool) -> Dials:
    leads, through = side.leads.sum(), (side.qualified if marked else side.leads).sum()
    own = age.of(facts.outcomes.leads, "now")
    won = own[age.won(own)]
    sales = float(won["sales"].sum())
    nan = float("nan")
    return Dials(
        kept=_kept(base),
        qualified=float(side.qualified.sum() / leads) if marked and leads else nan,
        win_rate=float(side.won.sum() / through) if through else nan,
        deal=float(won["revenue"].sum()) / sales if sales else nan,
        spend=float(side.spend.sum() / side.months),
    )


def _kept(base: Base) -> float:
    """Share of the leads of the period that were answered within the limit, of those of which it is known."""
    now = base.quarters[base.quarters["now"]]
    told = float(now["told"].sum())
    return float(now["in"].sum()) / told if base.answered and told >= MINIMUM else float("nan")


def _effect(base: Base) -> tuple[float, float]:
    """What goes with a quick answer: risk difference within channels, and its standard error; nan under 30 of either.

    Source: `helpers.chapters.actions_stakes.risk_difference` (Mantel-Haenszel).
    """
    table = base.replies
    parts = [table[table["reply"] == reply].set_index("channel")[["leads", "won"]] for reply in ("in", "late")]
    both = parts[0].add_suffix("_a").join(parts[1].add_suffix("_b"), how="inner")
    if both.empty or both["leads_a"].sum() < MINIMUM or both["leads_b"].sum() < MINIMUM:
        return float("nan"), float("nan")
    n1, a, n0, b = (both[name].to_numpy(dtype=float) for name in ("leads_a", "won_a", "leads_b", "won_b"))
    return risk_difference(a, n1, b, n0)


def _nothing(missing: Missing, age: CommonAge) -> Measured:
    nan, none = float("nan"), np.empty((0, DRAWS))
    empty = np.empty(0)
    side = Side(empty, empty, empty, empty, empty, empty, 1.0)
    dials = Dials(nan, nan, nan, nan, nan)
    return Measured(missing, dials, age, False, nan, nan, nan, side, empty, none, none, none, np.zeros(DRAWS))


def turned(dials: Dials, name: str, value: float) -> Dials:
    """The figures with one of them turned, within its limits. ``ValueError`` for an unknown one."""
    if name not in dials.known():
        raise ValueError(f"name must be one of {', '.join(dials.known())}; not {name!r}")
    low, high = dials.limits(name)
    return replace(dials, **{name: min(max(value, low), high)})
