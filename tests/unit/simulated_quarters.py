"""Small simulated clients whose quarters have known true rates, as the counts of `actions_base.Base`."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from helpers.chapters.actions_base import Base
from helpers.chapters.actions_stakes import risk_difference

KINDS = {"equal": 0.3, "different": 0.4, "trend": 0.15, "one bad quarter": 0.15}
REPLIES = ("in", "late", "none")


@dataclass(frozen=True)
class Simulated:
    base: Base
    truth: dict[str, float]
    """Driver -> true stake a month: (true value of the best quarter - true present value) x what it is worth."""
    kind: dict[str, str]
    """Driver -> how its quarters were made."""
    groups: int


def simulate(rng: np.random.Generator) -> Simulated:
    """2-8 quarters of some 900 leads in 1-5 channels; rates differ by quarter, by channel and by the first answer."""
    groups = int(rng.integers(2, 9))
    now = np.zeros(groups, dtype=bool)
    now[-int(rng.integers(1, min(3, groups) + 1)) :] = True
    expected = np.exp(rng.normal(np.log(900), 0.7) + rng.normal(0, 0.2, groups))
    made = {name: _kind(rng) for name in ("qualified", "win_rate", "deal", "lead_cost", "answer", "untouched")}

    def by_quarter(name: str, low: float, high: float) -> np.ndarray:
        middle = np.exp(rng.uniform(np.log(low), np.log(high)))
        return 1 / (1 + np.exp(-(np.log(middle / (1 - middle)) + _moves(made[name], groups, rng))))

    share, win = by_quarter("qualified", 0.15, 0.6), by_quarter("win_rate", 0.04, 0.35)
    quick, none = by_quarter("answer", 0.1, 0.8), by_quarter("untouched", 0.02, 0.2)
    channels = int(rng.integers(1, 6))
    mix = rng.dirichlet(np.full(channels, 3.0))
    hot = np.exp(rng.normal(0, 0.4, channels))
    gain = rng.choice([0.0, rng.uniform(0, 0.6)])
    # cells: quarter, channel, reply, qualified or not
    of_reply = np.stack([(1 - none) * quick, (1 - none) * (1 - quick), none], axis=1)
    of_mark = np.stack([share, 1 - share], axis=1)
    cell = mix[None, :, None, None] * of_reply[:, None, :, None] * of_mark[:, None, None, :]
    speed = np.array([1 + gain, 1.0, 1 - gain])
    sells = win[:, None, None] * hot[None, :, None] * speed[None, None, :]
    chance = np.clip(np.stack([sells, 0.08 * sells], axis=3), 0, 0.95)
    counts = rng.poisson(expected[:, None, None, None] * cell)
    wins = rng.binomial(counts, chance)

    amount = 10_000 * np.exp(_moves(made["deal"], groups, rng))
    skew = np.sqrt(np.log1p(rng.uniform(0.2, 1.2) ** 2))
    won = wins.sum(axis=(1, 2, 3))
    priced = rng.binomial(won, 0.95)
    deals = [a * np.exp(rng.normal(0, skew, n) - skew**2 / 2) for a, n in zip(amount, priced, strict=True)]
    revenue, square = (np.array([float((one**power).sum()) for one in deals]) for power in (1, 2))
    price = 500 * np.exp(_moves(made["lead_cost"], groups, rng))
    spend = price * expected * 0.8
    paid = rng.poisson(spend / price)

    quarters = pd.DataFrame({"quarter": [f"q{i}" for i in range(groups)], "now": now, "leads": counts.sum((1, 2, 3))})
    quarters = quarters.assign(
        qualified=counts[..., 0].sum((1, 2)), won_qualified=wins[..., 0].sum((1, 2)), won=won, priced=priced,
        revenue=revenue, revenue_sq=square, gross=0.35 * revenue,
        told=counts.sum((1, 2, 3)), **{name: counts[:, :, i].sum((1, 2)) for i, name in enumerate(REPLIES)},
    )  # fmt: skip
    replies = pd.DataFrame(
        [
            {"channel": f"c{c}", "reply": name, "leads": counts[:, c, r].sum(), "won": wins[:, c, r].sum()}
            for c in range(channels)
            for r, name in enumerate(REPLIES)
        ]
    )
    months = 3 * int(now.sum())
    leads = float(counts[now].sum()) / months
    base = Base(
        quarters=quarters,
        prices=pd.DataFrame({"quarter": quarters["quarter"], "now": now, "leads": paid, "spend": spend}),
        replies=replies,
        age=42, short=False, leads=leads, spend=float(spend[now].sum()) / months, marked=True, answered=True, sure=True,
    )  # fmt: skip

    # The same figures of true rates instead of counts -------------------------------------------------------------
    mean = expected[:, None, None, None] * cell
    sold = mean * chance
    true_win = sold[..., 0].sum((1, 2)) / mean[..., 0].sum((1, 2))
    other = sold[..., 1].sum() / mean[..., 1].sum()
    n = quarters["leads"].to_numpy(dtype=float)

    def of_now(values: np.ndarray, weights: np.ndarray) -> float:
        return float(np.average(values[now], weights=weights[now])) if weights[now].sum() else np.nan

    q_now, w_now = of_now(share, n), of_now(true_win, quarters["qualified"].to_numpy(dtype=float))
    deal_now = of_now(amount, priced.astype(float))
    sale = deal_now * 0.35 * (priced[now].sum() / won[now].sum() if won[now].sum() else np.nan)
    sales = of_now(sold.sum((1, 2, 3)) / expected, n) * leads

    def effect(better: int, worse: int) -> float:
        m, s = mean.sum(axis=(0, 3)), sold.sum(axis=(0, 3))
        return max(risk_difference(s[:, better], m[:, better], s[:, worse], m[:, worse])[0], 0.0)

    def rise(values: np.ndarray, weights: np.ndarray, fit: np.ndarray, lowest: bool = False) -> float:
        if not fit.any():
            return np.nan
        best = values[fit].min() if lowest else values[fit].max()
        return max(0.0, (of_now(values, weights) - best) if lowest else (best - of_now(values, weights)))

    of_qualified = quarters["qualified"].to_numpy(dtype=float)
    truth = {
        "qualified": rise(share, n, n >= 30) * max(w_now - other, 0) * sale * leads,
        "win_rate": rise(true_win, of_qualified, of_qualified >= 30) * sale * q_now * leads,
        "deal": rise(amount, priced.astype(float), priced >= 30) * 0.35 * sales * sale / (deal_now * 0.35),
        "lead_cost": rise(price, paid.astype(float), paid >= 30, True) / of_now(price, paid.astype(float)) * base.spend,
        "answer": rise(of_reply[:, 0], n, n >= 30) * effect(0, 1) * sale * leads,
        "untouched": rise(of_reply[:, 2], n, n >= 30, True) * effect(1, 2) * sale * leads,
    }
    return Simulated(base, truth, {**made, "win_rate": made["win_rate"]}, groups)


def _kind(rng: np.random.Generator) -> str:
    return str(rng.choice(list(KINDS), p=list(KINDS.values())))


def _moves(kind: str, groups: int, rng: np.random.Generator) -> np.ndarray:
    """How far each quarter lies from the common level (logit of a rate, logarithm of money)."""
    size = rng.uniform(0.05, 0.6)
    if kind == "equal":
        return np.zeros(groups)
    if kind == "trend":
        return np.cumsum(rng.normal(0, size / 2, groups))
    if kind == "one bad quarter":
        return -size * (np.arange(groups) == rng.integers(groups))
    return rng.normal(0, size, groups)
