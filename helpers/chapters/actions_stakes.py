"""Money at stake: profit a month if one figure rose to the company's own best quarter, or to its own aim.

Every stake is a draw-by-draw difference of true values, so its interval holds the luck of the best quarter, of the
present one and of everything it is multiplied by. 0 is a possible answer. METHOD.md "Actions".
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from helpers.chapters.actions_base import Base
from helpers.chapters.actions_losing import Losing
from helpers.stats.best import Truths, mean_truths, rate_truths
from helpers.stats.shares import MINIMUM

if TYPE_CHECKING:
    from helpers.client import Aims

DRAWS = 4000
SEED = 20260102

Driver = Literal["answer", "untouched", "qualified", "win_rate", "conversion", "deal", "lead_cost", "losing"]
DRIVERS: tuple[Driver, ...] = (
    "answer", "untouched", "qualified", "win_rate", "conversion", "deal", "lead_cost", "losing",
)  # fmt: skip
LOWER_IS_BETTER = frozenset({"untouched", "lead_cost"})
EVEN = 1e-9
"""Money below this is nothing: rounding of the draws."""

State = Literal["told", "chance", "reached", "no_effect", "too_few", "one_quarter", "young", "no_data", "no_money"]
"""told: the whole interval is above nought; chance: it touches nought; reached: the aim is met already; no_effect:
the figure could rise, but nothing shows that sales would (quick answers do not sell more here); too_few: under 30;
one_quarter: nothing to compare with; young: the period is too young; no_data; no_money: no amounts of sales."""


@dataclass(frozen=True)
class Stake:
    """What one figure could bring a month."""

    driver: Driver
    state: State
    now: float = np.nan
    """The figure in the period (ripe leads): a share 0-1 or money."""
    target: float = np.nan
    """What it is compared with: the aim, or the true value of the best quarter as far as it can be known."""
    aim: bool = False
    """The target is the client's own aim."""
    when: dt.date | None = None
    """First day of the best quarter."""
    low: float = np.nan
    middle: float = np.nan
    high: float = np.nan
    """Profit a month: 95 % and median."""

    @property
    def known(self) -> bool:
        """Whether money can be said at all, be it nought."""
        return not np.isnan(self.middle)


@dataclass(frozen=True)
class _Rate:
    """A figure by quarter: draws of its true values, and which quarters can be the best."""

    truths: Truths
    weights: np.ndarray
    """Of the groups that make up the present figure; nought: not of the period."""
    fit: np.ndarray
    """Groups of at least 30."""
    quarters: tuple[dt.date, ...]
    seen: float

    @property
    def now(self) -> np.ndarray:
        return self.truths.pooled(self.weights)


def measure_stakes(base: Base, aims: Aims, losing: Losing, draws: int = DRAWS, seed: int = SEED) -> list[Stake]:
    """A stake for each driver that applies, in the order of DRIVERS.

    ``losing``: what `losing_campaigns` found.

    Source: METHOD.md "Actions". In simulation the 95 % intervals cover the true stake in 93-97 % of clients
    (tests/unit/test_stakes_simulation.py).
    """
    return _Stakes(base, aims, draws, np.random.default_rng(seed)).all(losing)


class _Stakes:
    """Draws that several stakes share: the same draw of the win rate prices every lead."""

    def __init__(self, base: Base, aims: Aims, draws: int, rng: np.random.Generator) -> None:
        self.base, self.aims, self.draws, self.rng = base, aims, draws, rng
        q = base.quarters
        self.qualified = self._rate("qualified", "leads") if base.marked else None
        self.win_rate = self._rate("won_qualified", "qualified") if base.marked else None
        self.others = self._others() if base.marked else np.zeros(draws)
        self.conversion = self._rate("won", "leads")
        self.deal = self._deal()
        priced, gross, revenue = (float(q.loc[q["now"], name].sum()) for name in ("priced", "gross", "revenue"))
        won = float(q.loc[q["now"], "won"].sum())
        self.keeps = gross / revenue if revenue > 0 else np.nan
        """Gross profit of a unit of revenue."""
        self.priced = priced / won if won > 0 else np.nan
        """Share of sales with an amount."""

    def all(self, losing: Losing) -> list[Stake]:
        """In the order of DRIVERS; with qualified leads known the plain conversion is left out, else the two parts."""
        whole = [self._conversion()] if not self.base.marked else [self._qualified(), self._win_rate()]
        return [self._answer(), self._untouched(), *whole, self._deal_stake(), self._lead_cost(), losing_stake(losing)]

    # Figures by quarter ----------------------------------------------------------------------------------------------

    def _rate(self, part: str, whole: str) -> _Rate | None:
        q = self.base.quarters
        n, k = q[whole].to_numpy(dtype=float), q[part].to_numpy(dtype=float)
        k = np.minimum(k, n)
        now = q["now"].to_numpy(dtype=bool)
        if not n[now].sum() >= MINIMUM:
            return None
        truths = rate_truths(k, n, self.draws, self.rng)
        return _Rate(truths, np.where(now, n, 0.0), n >= MINIMUM, tuple(q["quarter"]), k[now].sum() / n[now].sum())

    def _others(self) -> np.ndarray:
        """Win rate of leads that are not qualified: of all quarters, it is small and its quarters are not compared."""
        q = self.base.quarters
        won = max(0.0, float((q["won"] - q["won_qualified"]).sum()))
        of = max(won, float((q["leads"] - q["qualified"]).sum()))
        return self.rng.beta(won + 0.5, of - won + 0.5, self.draws)

    def _deal(self) -> _Rate | None:
        """Revenue of a sale with an amount. Errors by the pooled spread of one sale around its quarter's mean."""
        q = self.base.quarters
        n, total, square = (q[name].to_numpy(dtype=float) for name in ("priced", "revenue", "revenue_sq"))
        now = q["now"].to_numpy(dtype=bool)
        if not n[now].sum() >= MINIMUM or not total.sum() > 0:
            return None
        own = np.divide(total, n, out=np.zeros_like(total), where=n > 0)
        common, freedom = float(total.sum() / n.sum()), float(np.clip(n - 1, 0, None).sum())
        within = float(np.clip(square - n * own**2, 0, None).sum())
        # Of groups without a sale nothing is known but the common mean: an error without bounds says so.
        error = np.sqrt(within / freedom / np.maximum(n, 1)) * np.where(n > 0, 1, 1e6) / common
        error = np.maximum(error, 1e-9)
        truths = mean_truths(own / common, error, self.draws, self.rng, freedom)
        values = Truths(np.maximum(truths.values * common, 0.0), truths.equal)
        return _Rate(values, np.where(now, n, 0.0), n >= MINIMUM, tuple(q["quarter"]), total[now].sum() / n[now].sum())

    def _price(self) -> _Rate | None:
        """Price of a lead: leads come by chance (Poisson) for a given spend."""
        p = self.base.prices
        leads, spend = p["leads"].to_numpy(dtype=float), p["spend"].to_numpy(dtype=float)
        now, has = p["now"].to_numpy(dtype=bool), (leads > 0) & (spend > 0)
        if not leads[now & has].sum() >= MINIMUM:
            return None
        p, leads, spend, now = p[has], leads[has], spend[has], now[has]
        logs = mean_truths(np.log(spend / leads), 1 / np.sqrt(leads), self.draws, self.rng)
        truths = Truths(np.exp(logs.values), logs.equal)
        # The present price is spend over leads: each quarter weighs by its leads.
        return _Rate(truths, np.where(now, leads, 0.0), leads >= MINIMUM, tuple(p["quarter"]),
                     spend[now].sum() / leads[now].sum())  # fmt: skip

    # Stakes ----------------------------------------------------------------------------------------------------------

    @property
    def _sale(self) -> np.ndarray | None:
        """Draws of the gross profit of one sale, those without an amount counted as nought."""
        if self.deal is None or np.isnan(self.keeps):
            return None
        return np.asarray(self.deal.now * self.keeps * self.priced)

    def _qualified(self) -> Stake:
        rate, sale, wins = self.qualified, self._sale, self.win_rate
        worth = None if sale is None or wins is None else np.maximum(wins.now - self.others, 0) * sale
        return self._stake("qualified", rate, self.aims.qualified_share, worth, self.base.leads)

    def _win_rate(self) -> Stake:
        share = self.qualified
        volume = None if share is None else share.now * self.base.leads
        return self._stake("win_rate", self.win_rate, self.aims.win_rate, self._sale, volume)

    def _conversion(self) -> Stake:
        return self._stake("conversion", self.conversion, self.aims.win_rate, self._sale, self.base.leads)

    def _deal_stake(self) -> Stake:
        rate = self.conversion
        sales = None if rate is None else rate.now * self.base.leads * self.priced
        return self._stake("deal", self.deal, self.aims.average_deal, None if self.deal is None else self.keeps, sales)

    def _lead_cost(self) -> Stake:
        if not self.base.spend > 0 or self.base.prices.empty:
            return Stake("lead_cost", "no_data")
        rate = self._price()
        # The same leads at a lower price: what is saved, in parts of the spend.
        worth = None if rate is None else 1 / rate.now
        return self._stake("lead_cost", rate, self.aims.cost_per_lead, worth, self.base.spend)

    def _answer(self) -> Stake:
        worth = self._effect("in", "late")
        return self._by_reply("answer", "in", self.aims.answered_in_time, worth)

    def _untouched(self) -> Stake:
        if not self.base.sure:
            return Stake("untouched", "no_data")
        worth = self._effect("late", "none")
        return self._by_reply("untouched", "none", self.aims.untouched, worth)

    def _by_reply(self, driver: Driver, part: str, aim: float | None, worth: np.ndarray | None) -> Stake:
        if not self.base.answered:
            return Stake(driver, "no_data")
        rate = self._rate(part, "told")
        now = self.base.quarters[self.base.quarters["now"]]
        told = float(now["told"].sum() / now["leads"].sum()) if now["leads"].sum() else 0.0
        stake = self._stake(driver, rate, aim, worth, self.base.leads * told)
        if stake.known and worth is not None and np.quantile(worth, 0.5) <= EVEN and stake.state == "chance":
            return Stake(driver, "no_effect", stake.now, stake.target, stake.aim, stake.when, 0.0, 0.0, stake.high)
        return stake

    def _effect(self, better: str, worse: str) -> np.ndarray | None:
        """Draws of what one lead more in ``better`` instead of ``worse`` brings: within a channel, so that a channel of
        hot leads that is also answered first does not pass for speed. Never below nought. None under 30 of either."""
        sale, table = self._sale, self.base.replies
        pairs = [table.loc[table["reply"] == reply, ["channel", "leads", "won"]] for reply in (better, worse)]
        both = pairs[0].merge(pairs[1], on="channel", suffixes=("_a", "_b"))
        if sale is None or both["leads_a"].sum() < MINIMUM or both["leads_b"].sum() < MINIMUM:
            return None
        n1, a, n0, b = (both[name].to_numpy(dtype=float) for name in ("leads_a", "won_a", "leads_b", "won_b"))
        gain, error = risk_difference(a, n1, b, n0)
        return np.asarray(np.maximum(gain + error * self.rng.standard_normal(self.draws), 0.0) * sale)

    def _stake(
        self, driver: Driver, rate: _Rate | None, aim: float | None, worth: np.ndarray | float | None,
        volume: np.ndarray | float | None,
    ) -> Stake:  # fmt: skip
        """(target - now) x worth x volume, draw by draw."""
        if rate is None:
            return Stake(driver, self._why_unknown())
        lower = driver in LOWER_IS_BETTER
        seen, beats = float(rate.seen), min if lower else max
        means = rate.truths.values.mean(axis=0)
        when = None
        if aim is not None:
            target = np.full(self.draws, aim)
        elif rate.fit.sum() < 2 or not rate.fit[rate.weights > 0].any():
            return Stake(driver, "one_quarter", seen)
        else:
            target = rate.truths.best(rate.fit, lowest=lower)
            order = np.where(rate.fit, means if lower else -means, np.inf)
            when = rate.quarters[int(order.argmin())]
        if worth is None or volume is None or np.isnan(np.mean(worth)) or np.isnan(np.mean(volume)):
            return Stake(driver, "no_money", seen, beats(float(target.mean()), seen), aim is not None, when)
        rise = np.maximum((rate.now - target) if lower else (target - rate.now), 0.0)
        low, middle, high = (float(end) for end in np.quantile(rise * worth * volume, [0.025, 0.5, 0.975]))
        state: State = "told" if low > EVEN else "chance"
        if aim is not None and not np.quantile(rise, 0.975) > 0:
            state = "reached"
        # Corrected for chance the best quarter may be no better than what is seen now: then there is nothing to reach.
        shown = aim if aim is not None else beats(float(target.mean()), seen)
        return Stake(driver, state, seen, shown, aim is not None, when, low, middle, high)

    def _why_unknown(self) -> State:
        if not self.base.leads:
            return "no_data"
        return "too_few" if self.base.ripe else "young"


def risk_difference(a: np.ndarray, n1: np.ndarray, b: np.ndarray, n0: np.ndarray) -> tuple[float, float]:
    """Difference of two rates within strata, and its standard error: a of n1 against b of n0 in each.

    Source: Mantel-Haenszel weights; variance of Greenland and Robins (1985), Biometrics 41, 55-68.
    """
    n = n1 + n0
    keep = (n1 > 0) & (n0 > 0)
    a, n1, b, n0, n = a[keep], n1[keep], b[keep], n0[keep], n[keep]
    whole = float(np.sum(n1 * n0 / n))
    gain = float(np.sum((a * n0 - b * n1) / n)) / whole
    spread = np.sum((a * (n1 - a) * n0**3 + b * (n0 - b) * n1**3) / (n1 * n0 * n**2))
    return gain, float(np.sqrt(spread)) / whole


def losing_stake(losing: Losing) -> Stake:
    """What stops being lost a month when losing campaigns stop."""
    if not len(losing.draws):
        return Stake("losing", "no_data")
    low, middle, high = (float(end) for end in np.quantile(losing.draws, [0.025, 0.5, 0.975]))
    # Of campaigns that lose with 90 % each all together may still be even.
    state: State = "told" if low > EVEN else "chance"
    return Stake("losing", state, losing.spend, 0.0, False, None, max(low, 0.0), max(middle, 0.0), high)
