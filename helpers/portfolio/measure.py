"""From the ledger to what the portfolio tells: the newest audit of each client, what has changed since its last one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd

from helpers.portfolio.ledger import Ledger
from helpers.stats.change import Range, difference_interval, is_real
from helpers.stats.shares import MINIMUM

Figure = Literal["total", "qualified", "in_time"]
FIGURES: tuple[Figure, ...] = ("total", "qualified", "in_time")
"""What is compared with the last audit: the figures that audit.json gives with their interval."""
State = Literal["real", "chance", "no_range", "other_version", "other_limit"]
Aim = Literal["within", "above", "near", "few", ""]


@dataclass(frozen=True)
class Change:
    """One figure of one client in its last audit and in this one."""

    client: str
    figure: Figure
    until: dt.date
    """Last day of the last audit."""
    then: float
    then_range: Range | None
    now: float
    now_range: Range | None
    interval: Range | None
    """95 % of now - then; None: one of both has no interval, or they are not to be compared."""
    state: State

    @property
    def change(self) -> float | None:
        """Now - then; None where the two do not mean the same."""
        return None if self.state in ("other_version", "other_limit") else self.now - self.then


@dataclass(frozen=True)
class Stake:
    """The largest sum of a client that is more than chance, a month in its currency. Sums overlap: none are added."""

    driver: str
    money: float
    low: float
    high: float


def records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """The rows of a small table, one after another."""
    return [{str(name): value for name, value in row.items()} for row in frame.to_dict("records")]


def client_names(latest: pd.DataFrame) -> dict[str, str]:
    """Slug → the client's name; where two have one name, the folder's name beside it."""
    twice = latest["client"].duplicated(keep=False)
    return {
        str(row.slug): f"{row.client} ({row.slug})" if double else str(row.client)
        for row, double in zip(latest.itertuples(), twice, strict=True)
    }


def main_version(latest: pd.DataFrame) -> str:
    """The version of the questionnaire that most clients answered, of equals the newest; "" without a score."""
    known = latest.loc[latest["total"].notna(), "version"].dropna()
    counts = known.value_counts()
    return max(counts.index, key=lambda version: (counts[version], _number(str(version))), default="")


def _number(version: str) -> tuple[int, ...]:
    return tuple(int(part) if part.isdigit() else 0 for part in version.split("."))


def newest_version(latest: pd.DataFrame) -> str:
    """The newest version of the questionnaire that any client answered; "" without one."""
    return max(latest["version"].dropna(), key=lambda version: _number(str(version)), default="")


def stakes_of(ledger: Ledger, latest: pd.DataFrame) -> dict[str, Stake]:
    """Slug → its largest sum that is more than chance, of the newest audits; clients without one are left out."""
    own = ledger.stakes.merge(latest[["slug", "last"]], on=["slug", "last"])
    told = own[(own["state"] == "told") & own[["money", "low", "high"]].notna().all(axis=1)]
    most = told.sort_values(["money", "driver"], ascending=[False, True]).drop_duplicates("slug")
    return {
        str(row["slug"]): Stake(str(row["driver"]), float(row["money"]), float(row["low"]), float(row["high"]))
        for row in records(most)
    }


def aim_of(cac: float, aim: float, won: float) -> Aim:
    """Cost of a customer against the client's own aim; "" where one of both is not known.

    The number of sales is taken as Poisson (exact interval): spend is known, how many it brings is chance.
    """
    if not (cac > 0 and aim > 0):
        return ""
    if not won >= MINIMUM:
        return "few"
    from scipy.special import gammaincinv

    low, high = float(gammaincinv(won, 0.025)), float(gammaincinv(won + 1, 0.975))
    spend = cac * won
    return "within" if spend / low <= aim else "above" if spend / high > aim else "near"


def measure_changes(pairs: pd.DataFrame, names: Mapping[str, str]) -> tuple[Change, ...]:
    """Every figure that two audits of a client hold, largest real changes of the score first, then the other figures.

    Source: METHOD.md "The portfolio": called real only beyond the interval. Totals of different versions of the
    questionnaire and times against different limits are listed, never compared.
    """
    found = [
        change
        for row in records(pairs)
        for figure in FIGURES
        if (change := _change(row, figure, names[str(row["slug"])])) is not None
    ]
    order = {"real": 0, "chance": 1, "no_range": 2, "other_version": 3, "other_limit": 3}
    return tuple(
        sorted(found, key=lambda one: (FIGURES.index(one.figure), order[one.state], -abs(one.change or 0), one.client))
    )


def _change(row: Mapping[str, Any], figure: Figure, name: str) -> Change | None:
    now, then = row[figure], row[f"{figure}_then"]
    if pd.isna(now) or pd.isna(then):
        return None
    state: State = "no_range"
    interval: Range | None = None
    now_range = then_range = None
    ends = [row[f"{figure}_{end}{when}"] for when in ("", "_then") for end in ("low", "high")]
    if figure == "total" and row["version"] != row["version_then"]:
        state = "other_version"
    elif figure == "in_time" and any(row[key] != row[f"{key}_then"] for key in ("limit_min", "working_hours")):
        state = "other_limit"
    elif not any(pd.isna(end) for end in ends):
        low, high, low_then, high_then = map(float, ends)
        now_range, then_range = (low, high), (low_then, high_then)
        interval = difference_interval(now, now_range, then, then_range)
        state = "real" if is_real(interval) else "chance"
    return Change(name, figure, row["last_then"], float(then), then_range, float(now), now_range, interval, state)


def of_figure(changes: Sequence[Change], figure: Figure) -> list[Change]:
    """The changes of one figure, in their order."""
    return [one for one in changes if one.figure == figure]


def criteria_table(ledger: Ledger, latest: pd.DataFrame, version: str) -> pd.DataFrame:
    """The criteria of the newest audits that asked the questions of ``version``: the ledger's columns."""
    own = latest.loc[latest["version"] == version, ["slug", "last"]]
    return ledger.criteria.merge(own, on=["slug", "last"])


def item_statistics(criteria: pd.DataFrame, ids: Sequence[str]) -> pd.DataFrame:
    """A row per criterion of ``ids``: ``criterion clients mean sd low middle high`` (1-5, quartiles of clients),
    ``apart`` (clients whose departments are a point or more apart) of ``both``, ``dont_know`` (mean share), and clients
    by verdict: ``overclaimed hidden_strength confirmed unclear no_data``, ``compared`` being the first four."""
    rows = []
    groups = dict(list(criteria.groupby("criterion")))
    for criterion in ids:
        own = groups.get(criterion, criteria.iloc[:0])
        scores, gaps = own["score"].dropna(), own["gap"].dropna()
        low, middle, high = np.quantile(scores, (0.25, 0.5, 0.75)) if len(scores) else (np.nan,) * 3
        verdicts = {name: int((own["verdict"] == name).sum()) for name in VERDICTS}
        rows.append(
            {
                "criterion": criterion,
                "clients": len(scores),
                "mean": scores.mean(),
                "sd": scores.std(ddof=1),
                "low": low,
                "middle": middle,
                "high": high,
                # Scores are stored with six digits: a gap of one point must not fall below one.
                "apart": int((gaps.abs() >= 1 - 1e-6).sum()),
                "both": len(gaps),
                "dont_know": own["dont_know"].mean(),
                **verdicts,
                "compared": sum(verdicts[name] for name in VERDICTS[:4]),
            }
        )
    return pd.DataFrame(rows)


VERDICTS = ("overclaimed", "hidden_strength", "unclear", "confirmed", "no_data")
