"""Profit as a product of factors per channel, and a change of it split among them (METHOD.md "Drivers").

Profit a month = Σ over channels of spend · share of the channel · leads/spend · qualified/leads · won/qualified ·
sales/won · gross profit/sale - spend. A channel without spend begins with its leads: leads · share · qualified/leads …
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from helpers.stats.amounts import fit_amounts
from helpers.stats.lmdi import split
from helpers.stats.shrink import plausible_priors

FACTORS = ("spend", "free", "mix", "price", "quality", "closing", "repeat", "deal")
"""Order of the factors; ``free``: leads without spend. Where no lead is marked as qualified, ``quality`` is 1 and
``closing`` is won/leads."""
OWNERS = {
    "spend": "marketing", "free": "marketing", "mix": "marketing", "price": "marketing", "quality": "joint",
    "closing": "sales", "conversion": "joint", "repeat": "success", "deal": "product",
}  # fmt: skip
"""Who answers for a factor; ``conversion`` is what ``closing`` is called where it begins with all leads."""


LEAN = 100.0
"""Customers that all lines together weigh in the number of sales per customer of each."""


@dataclass(frozen=True)
class Side:
    """Counts of one period, one entry per line (a channel with spend or without); more axes behind are draws."""

    spend: np.ndarray
    leads: np.ndarray
    qualified: np.ndarray
    won: np.ndarray
    sales: np.ndarray
    gross: np.ndarray
    months: float
    """Length of the period; all results are per month."""

    @property
    def profit(self) -> Any:
        """Gross profit less spend, per month."""
        return (self.gross.sum(axis=0) - self.spend.sum(axis=0)) / self.months


def factors(side: Side, paid: np.ndarray, marked: bool) -> np.ndarray:
    """The factors of every line, FACTORS first; nan where there is nothing to divide by."""
    one = np.ones(side.leads.shape)
    begins = paid.reshape(-1, *(1,) * (one.ndim - 1)) & (one > 0)
    spend, leads = np.where(begins, side.spend, 0.0), np.where(begins, 0.0, side.leads)
    all_spend, all_leads = spend.sum(axis=0) / side.months * one, leads.sum(axis=0) / side.months * one
    share = np.where(begins, _ratio(spend / side.months, all_spend), _ratio(leads / side.months, all_leads))
    through = side.qualified if marked else side.leads
    return np.stack(
        [
            np.where(begins, all_spend, 1.0),
            np.where(begins, 1.0, all_leads),
            share,
            np.where(begins, _ratio(side.leads, spend), 1.0),
            _ratio(side.qualified, side.leads) if marked else one,
            _ratio(side.won, through),
            _ratio(side.sales, side.won),
            _ratio(side.gross, side.sales),
        ]
    )


def _ratio(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    return np.asarray(part / np.where(whole > 0, whole, np.nan))


def contributions(before: Side, after: Side, paid: np.ndarray, marked: bool) -> np.ndarray:
    """What each factor (first axis) added to the profit of each line (second axis); they add up to the change.

    What a line spent more is taken off what the spending brought: it stands in ``spend``.
    """
    out = split(factors(before, paid, marked), factors(after, paid, marked))
    out[0] -= after.spend / after.months - before.spend / before.months
    return np.asarray(out)


def drawn(side: Side, squares: np.ndarray, marked: bool, repeats: bool, size: int, rng: np.random.Generator) -> Side:
    """Draws of what the counts could as well have been: ``size`` periods of the same true rates and amounts.

    Leads by the gamma distribution of a Poisson mean; shares by the beta posterior with a prior drawn in proportion to
    how well it explains the client's lines; gross profit of a customer by its shrunken mean and variance (``squares``:
    sums of squares of gross profit per customer); further sales of a customer (only where there are ``repeats`` at all)
    as a Poisson mean that leans on all lines. Spend is known. Source: METHOD.md "Drivers".
    """
    shape = (len(side.leads), size)
    leads = rng.gamma(np.maximum(side.leads, 1e-12)[:, None], size=shape) * (side.leads > 0)[:, None]
    through = side.qualified if marked else side.leads
    quality = _shares(side.qualified, side.leads, size, rng) if marked else np.ones(shape)
    closing = _shares(side.won, through, size, rng)
    qualified = leads * quality
    won = (qualified if marked else leads) * closing
    often = np.ones(shape)
    if repeats:
        # Further sales are few: what is seen of all lines together tells their luck, each line its own level.
        more = np.clip(side.sales - side.won, 0, None)
        level = (more.sum() + 0.5) / max(side.won.sum(), 1.0)
        luck = rng.gamma(more.sum() + 0.5, size=size) / (more.sum() + 0.5)
        often = 1 + ((more + LEAN * level) / (side.won + LEAN))[:, None] * luck
    amounts = fit_amounts(side.won, side.gross, squares)
    gross = np.zeros(shape)
    if amounts is not None:
        gross = won * amounts.draws(slice(None), amounts.shared(size, rng), rng)
    spend = np.repeat(side.spend[:, None], size, axis=1)
    return replace(side, spend=spend, leads=leads, qualified=qualified, won=won, sales=won * often, gross=gross)


def _shares(part: np.ndarray, whole: np.ndarray, size: int, rng: np.random.Generator) -> np.ndarray:
    part = np.minimum(part, whole)
    a, b = plausible_priors(part, whole, size, rng)
    return np.asarray(rng.beta(a + part[:, None], b + (whole - part)[:, None]))
