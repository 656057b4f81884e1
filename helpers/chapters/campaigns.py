"""Spend and leads brought together by campaign: a full outer join in which no money is lost or counted twice."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from helpers.sources.names import key as word_of
from helpers.sources.repair import skeleton

if TYPE_CHECKING:
    import pandas as pd

Key = tuple[str, str, str]
"""channel, campaign_id, campaign, as the counted tables hold them."""

KEY = ["channel", "campaign_id", "campaign"]
OF_LEADS = ["leads", "qualified", "marked", "rated", "rating_sum", "rating_sq", "revenue", "gross"]


@dataclass(frozen=True)
class Join:
    """Which row each key of either table belongs to."""

    spend: dict[Key, int]
    leads: dict[Key, int]
    whole_channels: frozenset[str]
    """Channels whose spend never names a campaign: each is one row."""


def plain(name: str) -> str:
    """A name as it is compared: case, kinds of space, width and look-alike letters do not matter."""
    return skeleton(" ".join(unicodedata.normalize("NFKC", name).casefold().split()))


def join_keys(spend: Iterable[Key], leads: Iterable[Key]) -> Join:
    """Keys of spend and of leads, brought together.

    1. Equal campaign ids are one row (with the channel, where spend uses the id in several channels).
    2. Where one side has no id, equal channel and campaign names are one row - unless that would put leads of one id
       beside spend of another: where both sides have ids, names never match.
    3. Spend without any campaign name stays its own row, "leads not told apart"; but a channel whose spend never names
       a campaign is one row with all its leads that have no row by id.

    Source: METHOD.md "Money".
    """
    spend, leads = sorted(set(spend)), sorted(set(leads))
    named = {channel for channel, number, name in spend if number or plain(name)}
    whole = frozenset(channel for channel, _, _ in spend if channel and channel not in named)
    channels_of: dict[str, set[str]] = defaultdict(set)
    for channel, number, _ in spend:
        channels_of[number].add(channel)
    shared = {number for number, channels in channels_of.items() if number and len(channels) > 1}

    rows = _Rows()
    by_name: dict[tuple[str, str], _Names] = defaultdict(_Names)
    spent_ids = {_identity(key, shared) for key in spend if key[1]}
    for side, keys in (("spend", spend), ("leads", leads)):
        for key in keys:
            channel, number, name = key
            identity = _identity(key, shared)
            if channel in whole and identity not in spent_ids:
                rows.put(side, key, ("channel", channel))
            elif number:
                rows.put(side, key, identity, identity)
                if plain(name):
                    by_name[channel, plain(name)].with_id[identity].add(side)
            else:
                rows.put(side, key, ("name", channel, plain(name)) if plain(name) else (side, "unnamed", channel))
                if plain(name):
                    by_name[channel, plain(name)].without_id.add(side)
    for (channel, name), found in sorted(by_name.items()):
        for identity in found.partners():
            rows.unite(("name", channel, name), identity)
    return Join(rows.numbers("spend"), rows.numbers("leads"), whole)


def _identity(key: Key, shared: set[str]) -> tuple[str, ...]:
    return ("id", key[1], key[0]) if key[1] in shared else ("id", key[1])


class _Names:
    """What carries one channel and campaign name: sides with ids, and sides without."""

    def __init__(self) -> None:
        self.with_id: dict[tuple[str, ...], set[str]] = defaultdict(set)
        self.without_id: set[str] = set()

    def partners(self) -> list[tuple[str, ...]]:
        """Ids that the rows without an id join, if it is clear which; else none."""
        if not self.without_id:
            return []
        both = [identity for identity, sides in sorted(self.with_id.items()) if len(sides) == 2]
        only = {
            side: [i for i, sides in sorted(self.with_id.items()) if sides == {side}] for side in ("spend", "leads")
        }
        if both:
            rivals = [i for side in self.without_id for i in only["leads" if side == "spend" else "spend"]]
            return both if len(both) == 1 and not rivals else []
        if "spend" in self.without_id and only["leads"]:
            return only["leads"]
        return only["spend"] if "leads" in self.without_id else []


class _Rows:
    """Disjoint sets of keys; a set never holds leads of one id beside spend of another."""

    def __init__(self) -> None:
        self.parent: dict[tuple[str, ...], tuple[str, ...]] = {}
        self.ids: dict[tuple[str, ...], dict[str, set[tuple[str, ...]]]] = {}
        self.keys: dict[str, dict[Key, tuple[str, ...]]] = {"spend": {}, "leads": {}}

    def put(self, side: str, key: Key, row: tuple[str, ...], identity: tuple[str, ...] | None = None) -> None:
        self.parent.setdefault(row, row)
        self.ids.setdefault(row, {"spend": set(), "leads": set()})
        self.keys[side][key] = row
        if identity is not None:
            self.ids[row][side].add(identity)

    def root(self, row: tuple[str, ...]) -> tuple[str, ...]:
        while self.parent[row] != row:
            row = self.parent[row]
        return row

    def unite(self, one: tuple[str, ...], other: tuple[str, ...]) -> None:
        one, other = self.root(one), self.root(other)
        spend, leads = (self.ids[one][side] | self.ids[other][side] for side in ("spend", "leads"))
        if one == other or (spend and leads and not (spend == leads and len(spend) == 1)):
            return
        self.parent[other] = one
        self.ids[one] = {"spend": spend, "leads": leads}

    def numbers(self, side: str) -> dict[Key, int]:
        number = {root: i for i, root in enumerate(sorted({self.root(row) for row in self.parent}))}
        return {key: number[self.root(row)] for key, row in self.keys[side].items()}


def count_campaigns(leads: pd.DataFrame, spend: pd.DataFrame, join: Join) -> pd.DataFrame:
    """One row per campaign: names, counts and money of its leads (`facts.leads` of one span) and its spend.

    Columns: channel, campaign_id, campaign, ``spend``, leads, ``won``, ``lost``, ``open``, qualified, marked, rated,
    rating_sum, rating_sq, revenue, gross (money), ``revenue_sq``, ``gross_sq``, and ``kind``: "matched", "spend_only",
    "leads_only"; ``unnamed`` (spend or leads that carry no campaign at all), ``whole_channel``. Rows with neither money
    nor leads are left out. The index is the row number of ``join``.
    """
    import pandas as pd

    spent, led = row_numbers(spend, join.spend), row_numbers(leads, join.leads)
    money = spend.groupby(spent)["spend"].sum()
    sums = leads.groupby(led)[[*OF_LEADS, "revenue_sq", "gross_sq"]].sum()
    outcome = leads["outcome"].astype(object)
    for name in ("won", "lost", "open"):
        sums[name] = leads["leads"].where(outcome == name, 0).groupby(led).sum()
    # Counted tables without a line have columns of objects.
    table = pd.concat([money, sums], axis=1).astype(float).fillna(0.0).sort_index()
    table = table[(table["spend"] != 0) | (table["leads"] > 0)]
    names = pd.concat([_names(leads, led, leads["leads"], 1), _names(spend, spent, spend["spend"].abs(), 0)])
    names = names.sort_values(["row", "side", "weight", *KEY], ascending=[True, True, False, True, True, True])
    table = names.drop_duplicates("row").set_index("row")[KEY].join(table, how="right")
    table["whole_channel"] = table["channel"].isin(join.whole_channels) & (table["campaign_id"] == "")
    table.loc[table["whole_channel"], "campaign"] = ""
    table["unnamed"] = (table["campaign"].map(plain) == "") & (table["campaign_id"] == "") & ~table["whole_channel"]
    kinds = np.where(table["leads"] > 0, np.where(table["spend"] != 0, "matched", "leads_only"), "spend_only")
    table["kind"] = pd.Series(kinds, index=table.index, dtype=object)
    return table


def lines(table: pd.DataFrame) -> Iterator[Any]:
    """Lines of a counted table, each with its columns as attributes (and Index)."""
    return iter(table.itertuples())


def named(table: pd.DataFrame) -> pd.Series:
    """Which lines of a counted table carry a campaign at all."""
    return (table["campaign"] != "") | (table["campaign_id"] != "")


def named_among(table: pd.DataFrame, other: pd.DataFrame) -> pd.Series:
    """Which lines carry an id or a name that ``other`` carries, too - in whatever channel."""
    found = {word_of(word) for name in ("campaign", "campaign_id") for word in other[name].unique() if word}
    return table["campaign"].map(word_of).isin(found) | table["campaign_id"].map(word_of).isin(found)


def row_numbers(table: pd.DataFrame, numbers: dict[Key, int]) -> np.ndarray:
    """The row of each line of a counted table."""
    keys = zip(*(table[name].astype(object) for name in KEY), strict=True)
    return np.array([numbers[key] for key in keys], dtype=int)


def _names(table: pd.DataFrame, rows: np.ndarray, weight: pd.Series, side: int) -> pd.DataFrame:
    """Names a row could go by: the ad account's before the CRM's, the weightiest first."""
    out = table[KEY].astype(object).assign(row=rows, side=side, weight=weight.to_numpy(dtype=float))
    summed: pd.DataFrame = out.groupby(["row", "side", *KEY], as_index=False)[["weight"]].sum()
    return summed


def open_by_age(open_ages: pd.DataFrame, join: Join, rows: pd.Index) -> tuple[np.ndarray, np.ndarray]:
    """Open leads of each row by age: (counts, one column per age; ages in days).

    `facts.open_ages` rounds ages down to weeks: the middle of the week stands for it.
    """
    place = {row: i for i, row in enumerate(rows)}
    of = np.array([place.get(row, -1) for row in row_numbers(open_ages, join.leads)], dtype=int)
    ages, column = np.unique(open_ages["age_days"].to_numpy(dtype=float), return_inverse=True)
    counts = np.zeros((len(rows), len(ages)))
    np.add.at(counts, (of[of >= 0], column[of >= 0]), open_ages["leads"].to_numpy(dtype=float)[of >= 0])
    return counts, ages + 3
