"""The measure of the conversations chapter: who was reached, what was missed, how talks went (METHOD.md)."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from helpers.chapters.common_age import CommonAge, common_age
from helpers.chapters.shares import Share
from helpers.facts.conversations import TALK_SUMS, THIRDS
from helpers.stats.shares import MINIMUM

if TYPE_CHECKING:
    from helpers.client import Client
    from helpers.facts import Facts


@dataclass(frozen=True)
class Score:
    """Mean checklist score of a group, 0-100."""

    n: int
    mean: float
    low: float
    """95 % range of the mean, by Student's t; nan under two scores."""
    high: float

    @property
    def enough(self) -> bool:
        """Two scores or more: a range can be told."""
        return self.n >= 2 and not math.isnan(self.low)


@dataclass(frozen=True)
class Talker:
    """Calls and messages of one manager, or one team."""

    name: str
    """As shown; "" where the data name nobody."""
    team: str
    touches: int
    calls: int
    messages: int
    reached: Share
    """Somebody picked up, of the calls made that say so."""
    missed: Share
    """Nobody picked up, of the incoming calls."""
    talks: int
    """Calls with talk time."""
    seconds: float
    score: Score

    @property
    def length(self) -> float:
        """Mean length of a call with talk time, seconds; nan without one."""
        return self.seconds / self.talks if self.talks else math.nan


@dataclass(frozen=True)
class Tries:
    """Leads that were called or written to so many times."""

    number: int
    """The last one counts so many and more."""
    reached: int
    silent: int
    """Nobody ever spoke with them."""


@dataclass(frozen=True)
class Third:
    """Conversion of the leads in one third."""

    key: str
    """low, middle, high."""
    won: Share


@dataclass(frozen=True)
class MeasuredTalks:
    """All numbers of the chapter; touches by their own day, leads by the day they came."""

    touches: int
    unlinked: int
    """Touches that name no lead the audit knows."""
    all: Talker
    before: Talker | None
    managers: tuple[Talker, ...]
    """Those with most calls and messages first."""
    teams: tuple[Talker, ...]
    """Empty where fewer than two teams are named."""
    missed: int
    missed_linked: int
    """Missed calls of a known lead."""
    missed_for_good: int
    """Of these, no call or message followed."""
    tries: tuple[Tries, ...]
    leads: int
    reached_leads: Share
    """Leads that anybody ever spoke with."""
    scores: tuple[Third, ...]
    score_cuts: tuple[float, float]
    lengths: tuple[Third, ...]
    length_cuts: tuple[float, float]
    age: CommonAge

    @property
    def linked(self) -> bool:
        """Enough touches name their lead to speak of leads."""
        return self.touches > 0 and self.unlinked <= 0.5 * self.touches


def measure_talks(facts: Facts, client: Client) -> MeasuredTalks:
    """Conversations of the audited period."""
    talks = facts.conversations.talks
    now, before = talks[talks["span"].eq("now")], talks[talks["span"].eq("before")]
    contacts = facts.conversations.contacts
    own = contacts[contacts["span"].eq("now")]
    spoken = own["reached"].astype(bool)
    spans = ("now", "before") if facts.compare is not None else ("now",)
    age = common_age(facts, client, *spans)
    teams = [talker for talker in _talkers(now, "team") if talker.name]
    every = _talker("", "", now[TALK_SUMS].sum())
    return MeasuredTalks(
        touches=every.touches,
        unlinked=int(now["touches"].sum() - now["linked"].sum()),
        all=every,
        before=_talker("", "", before[TALK_SUMS].sum()) if len(before) else None,
        managers=_talkers(now, "manager"),
        teams=tuple(teams) if len(teams) > 1 else (),
        missed=int(now["missed"].sum()),
        missed_linked=int(now["missed_linked"].sum()),
        missed_for_good=int(now["missed_for_good"].sum()),
        tries=_tries(own),
        leads=int(own["leads"].sum()),
        reached_leads=Share.of("", own.loc[spoken, "leads"].sum(), own["leads"].sum()),
        scores=_thirds(facts.conversations.scores, age, spans),
        score_cuts=facts.conversations.score_cuts,
        lengths=_thirds(facts.conversations.lengths, age, spans),
        length_cuts=facts.conversations.length_cuts,
        age=age,
    )


def _tries(contacts: pd.DataFrame) -> tuple[Tries, ...]:
    reached = contacts["reached"].astype(bool)
    sums = contacts.assign(reached=contacts["leads"].where(reached, 0), silent=contacts["leads"].where(~reached, 0))
    by_number = sums.groupby("tries", sort=True)[["reached", "silent"]].sum().reset_index()
    return tuple(Tries(int(n), int(a), int(b)) for n, a, b in by_number.itertuples(index=False))


def _talkers(talks: pd.DataFrame, column: str) -> tuple[Talker, ...]:
    out = []
    for name, rows in talks.groupby(column, sort=True):
        team = "" if column == "team" else str(rows["team"].iloc[0])
        out.append(_talker(str(name), team, rows[TALK_SUMS].sum()))
    return tuple(sorted(out, key=lambda talker: (-talker.touches, talker.name)))


def _talker(name: str, team: str, sums: pd.Series) -> Talker:
    return Talker(
        name=name,
        team=team,
        touches=int(sums["touches"]),
        calls=int(sums["calls"]),
        messages=int(sums["messages"]),
        reached=Share.of(name, sums["reached"], sums["out_known"]),
        missed=Share.of(name, sums["missed"], sums["incoming"]),
        talks=int(sums["talks"]),
        seconds=float(sums["seconds"]),
        score=mean_score(sums["scored"], sums["score"], sums["score_sq"]),
    )


def mean_score(n: float, total: float, squares: float) -> Score:
    """Mean of so many scores with Student's interval, from their sum and the sum of their squares."""
    from scipy.stats import t

    n = int(n)
    if not n:
        return Score(0, math.nan, math.nan, math.nan)
    mean = float(total) / n
    if n < 2:
        return Score(n, mean, math.nan, math.nan)
    variance = max(0.0, float(squares) - n * mean**2) / (n - 1)
    half = float(t.ppf(0.975, n - 1)) * math.sqrt(variance / n)
    return Score(n, mean, max(0.0, mean - half), min(100.0, mean + half))


def _thirds(table: pd.DataFrame, age: CommonAge, spans: tuple[str, ...]) -> tuple[Third, ...]:
    """Won within the common age by third; empty where fewer than 30 leads have a value."""
    ripe = pd.concat([age.of(table, span) for span in spans])
    if ripe["leads"].sum() < MINIMUM:
        return ()
    ripe = ripe.assign(won=ripe["leads"].where(age.won(ripe), 0))
    sums = ripe.groupby("third")[["won", "leads"]].sum().reindex(list(THIRDS), fill_value=0)
    won, leads = sums["won"].to_dict(), sums["leads"].to_dict()
    return tuple(Third(key, Share.of(key, won[key], leads[key])) for key in THIRDS)
