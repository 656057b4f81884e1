"""The measure of the managers chapter: conversion of each, and what the others reach with the same leads."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from helpers.chapters.common_age import CommonAge, common_age
from helpers.sources.rawfiles import normal
from helpers.stats.limits import ALARM, WARNING, critical, limits
from helpers.stats.peers import compare
from helpers.stats.shares import MINIMUM, wilson
from helpers.stats.shrink import JEFFREYS, Prior, fit_beta

if TYPE_CHECKING:
    from helpers.client import Client
    from helpers.facts import Facts

FILLED = 0.9
"""The product tells work apart only where so many leads name it: often it is filled in when something was sold."""
CHANNELS, PRODUCTS = 20, 12
"""So many of the largest are told apart, the rest are one."""
NOBODY = {"", "-", "false", "true", "none", "null", "nan", "n/a", "na", "no", "нет", "немає", "?", "unknown"}
QUEUE = re.compile(
    r"call[\W_]*cent|contact[\W_]*cent|кол+[\W_]*цент|контакт[\W_]*цент|queue|очеред|черга|unassigned|not assigned|"
    r"не назнач|не призначен|без ответств|без відповід|без менеджер|sales team|sales dep|отдел продаж|відділ продаж|"
    r"(^|\W)(bot|бот|robot|робот|admin|админ|адмін|administrator|администратор|адміністратор|system|система)(\W|$)"
)
"""Names of owners in a CRM that are no person."""

COLUMNS = [
    "manager", "kind", "last_day", "all_leads", "leads", "won", "rate", "low", "high", "shrunk", "expected",
    "deviation", "inner_low", "inner_high", "outer_low", "outer_high", "verdict",
]  # fmt: skip


@dataclass(frozen=True)
class MeasuredManagers:
    """All numbers of the chapter."""

    table: pd.DataFrame
    """COLUMNS, highest conversion first, who cannot be judged last. ``kind``: person, nobody (no owner, a queue), other
    (of another team). ``all_leads`` of the period; ``leads`` compared, ``won`` of them within the common age; ``rate``
    with 95 % ``low``, ``high``; ``shrunk`` rate; ``expected`` sales at the others' rate in the same leads; limits (as
    rates) that luck explains: inner 95 %, outer 99.8 %; ``verdict``: higher, lower, perhaps_higher, perhaps_lower,
    usual, too_few, alone (nobody to compare with), no_sales, nobody. nan: cannot be said."""
    age: CommonAge
    prior: Prior
    """Prior of the shrunken rates."""
    spread: float
    """How many times the differences between managers exceed luck (variance), the farthest one apart; 1 where they do
    not, or it cannot be told."""
    product: bool
    """Leads of different products are told apart."""
    undated: int
    """Won leads whose day of winning is not known."""

    @property
    def people(self) -> pd.DataFrame:
        """Salespeople with enough leads for a rate, highest conversion first."""
        return self.table[(self.table["kind"] == "person") & (self.table["leads"] >= MINIMUM)]

    @property
    def differing(self) -> pd.DataFrame:
        """Managers outside the 99.8 % limits."""
        return self.table[self.table["verdict"].isin(["higher", "lower"])]


def kind_of(name: str, team: str) -> str:
    """person, nobody (no owner or a queue), other (a person of another team than sales)."""
    plain = normal(name)
    if plain in NOBODY or QUEUE.search(plain):
        return "nobody"
    return "other" if team not in ("", "sales") else "person"


def measure_managers(facts: Facts, client: Client) -> MeasuredManagers:
    """Managers of the audited period (METHOD.md "Managers")."""
    outcomes, age = facts.outcomes, common_age(facts, client, "now")
    now = outcomes.leads[outcomes.leads["span"] == "now"]
    staff = outcomes.staff.set_index("manager")
    compared = age.of(outcomes.leads, "now")
    table = pd.DataFrame({"all_leads": now.groupby("manager")["leads"].sum()})
    table["leads"] = compared.groupby("manager")["leads"].sum()
    table["won"] = compared[age.won(compared)].groupby("manager")["leads"].sum()
    table = table.fillna(0.0).astype(float).rename_axis("manager").reset_index()
    table["kind"] = [kind_of(name, str(staff["team"].get(name, ""))) for name in table["manager"]]
    left = staff["last_day"].where(staff["last_day"] <= pd.Timestamp(facts.as_of))
    table["last_day"] = left.reindex(table["manager"]).to_numpy()
    table["rate"] = (table["won"] / table["leads"]).where(table["leads"] > 0)
    table["low"], table["high"] = wilson(table["won"].to_numpy(), table["leads"].to_numpy())
    person = (table["kind"] == "person") & (table["leads"] > 0)
    prior = fit_beta(table.loc[person, "won"], table.loc[person, "leads"]) if person.any() else JEFFREYS
    table["shrunk"] = prior.rate(table["won"], table["leads"])
    table.loc[~person, "shrunk"] = np.nan
    product = _names_products(compared, table.loc[person, "manager"])
    table, spread = _judged(table, compared, age, product)
    order = table.assign(last=(table["kind"] != "person") | (table["leads"] < MINIMUM))
    # Of equal conversions the one that more leads bear out stands farther out: none of 400 is below none of 40.
    order = order.assign(sure=order["low"] + order["high"])
    order = order.sort_values(["last", "rate", "sure", "manager"], ascending=[True, False, False, True])
    return MeasuredManagers(order[COLUMNS].reset_index(drop=True), age, prior, spread, product, outcomes.undated)


def _names_products(leads: pd.DataFrame, people: pd.Series) -> bool:
    own = leads[leads["manager"].isin(people)]
    named = own.loc[own["product"] != "", "leads"].sum()
    return bool(own["leads"].sum() > 0 and named >= FILLED * own["leads"].sum() and len(set(own["product"])) > 1)


def _judged(table: pd.DataFrame, leads: pd.DataFrame, age: CommonAge, product: bool) -> tuple[pd.DataFrame, float]:
    """The table with what the others would have reached, the limits and the verdict."""
    out = table.assign(expected=np.nan, deviation=np.nan, verdict="")
    bands = np.full((len(table), 4), np.nan)
    people = out.index[(out["kind"] == "person") & (out["leads"] > 0)]
    spread = 1.0
    if len(people):
        keys, trials, successes = _cells(leads, age, out.loc[people, "manager"], product)
        found = compare(keys, trials, successes)
        out.loc[people, "expected"], out.loc[people, "deviation"] = found.expected, found.deviation
        far = np.where(found.trials >= MINIMUM, np.nan_to_num(np.abs(found.z)), 0.0)
        # Without the farthest one: who stands out must not make the others look different from each other.
        spread = float(found.dispersion[int(far.argmax())])
        for row, n, rate, widen in zip(people, found.trials, found.rate, found.widen, strict=True):
            bands[out.index.get_loc(row)] = (*limits(n, rate, WARNING, widen), *limits(n, rate, ALARM, widen))
    out[["inner_low", "inner_high", "outer_low", "outer_high"]] = bands
    sold = out.loc[people, "won"].sum() > 0
    out["verdict"] = [_verdict(*row, sold) for row in zip(out["kind"], out["leads"], out["deviation"], strict=True)]
    return out, spread


def _verdict(kind: str, leads: float, deviation: float, sold: bool) -> str:
    if kind != "person":
        return "nobody"
    if leads < MINIMUM:
        return "too_few"
    if not sold:
        return "no_sales"
    if not np.isfinite(deviation):
        return "alone"
    side = "higher" if deviation > 0 else "lower"
    far = abs(deviation)
    return side if far > critical(ALARM) else f"perhaps_{side}" if far > critical(WARNING) else "usual"


def _cells(
    leads: pd.DataFrame, age: CommonAge, people: pd.Series, product: bool
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Cells (channel, product, month) in order, and leads and sales of each person (rows) in each cell (columns)."""
    own = leads[leads["manager"].isin(people)]
    made = pd.DataFrame(
        {
            "channel": _largest(own["channel"], own["leads"], CHANNELS),
            "product": _largest(own["product"], own["leads"], PRODUCTS) if product else 0,
            "month": own["month"].rank(method="dense").astype(int),
            "manager": own["manager"].map({name: i for i, name in enumerate(people)}),
            "leads": own["leads"].astype(float),
            "won": own["leads"].where(age.won(own), 0).astype(float),
        }
    )
    names = ["channel", "product", "month"]
    sums = made.pivot_table(["leads", "won"], names, "manager", aggfunc="sum", fill_value=0.0).sort_index()
    return np.array(sums.index.tolist()), sums["leads"].to_numpy().T, sums["won"].to_numpy().T


def _largest(names: pd.Series, weights: pd.Series, most: int) -> pd.Series:
    """Number of each name, the largest first; all others share one."""
    sizes = weights.groupby(names).sum().sort_values(ascending=False, kind="stable")
    numbers = {name: min(i, most) for i, name in enumerate(sizes.index)}
    return names.map(numbers).astype(int)
