"""Facts that lie in the client's other records: A2-A4, C1-C4, D2, E1 (METHOD.md "Claims", criteria.yml)."""

from __future__ import annotations

import datetime as dt
import math
import re
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from helpers.chapters.campaigns import KEY, join_keys, plain
from helpers.chapters.claims_fact import Fact, Further, capped, counted, lacking, resampled, share, too_few
from helpers.facts.records import MARKETING, SALES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from helpers.client import Client, JourneyItem
    from helpers.facts import Facts
    from helpers.survey.result import Score

WEEKS = 12
"""Weeks of meetings and of weekly figures that are looked at."""
RECENT_DAYS = 31
"""A value of the last month is not older than this on ``as_of``."""
FIXED = re.compile("fix|salary|оклад|фикс|фікс|ставк")
ACCEPTED = re.compile("accept|qualif|приня|прийня|квалиф|кваліф|целев|цільов|якісн")
OF_SALES = re.compile("won|sale|deal|продаж|сделк|угод|оплат")
OTHER_SIDE = {"marketing": "sales", "sales": "marketing"}


def a2_goals(facts: Facts, client: Client, need: Mapping[str, int]) -> Fact:
    """Share of spend of campaigns with a goal in money noted before the launch or the month, and with a result.

    A goal holds until its last day (where none is given: for three months); a campaign has a result when leads name it.
    """
    goals, months = facts.evidence.records.goals, facts.evidence.launches
    if "goals.campaign" not in facts.has:
        return lacking("goals")
    if months.empty:
        return lacking("spend")
    rows = _keys(months)
    leads = facts.leads[facts.leads["span"] == "now"]
    joined = join_keys(rows, _keys(leads))
    with_leads = set(joined.leads.values())
    born = dict(zip(_keys(facts.evidence.opened), facts.evidence.opened["first"], strict=True))
    by_name: dict[str, list[tuple[pd.Timestamp, pd.Timestamp]]] = {}
    for campaign, noted, until in goals[["campaign", "noted_at", "until"]].itertuples(index=False):
        last = noted + pd.DateOffset(months=3) if pd.isna(until) else until
        by_name.setdefault(plain(campaign), []).append((noted, last))
    noted_before = []
    for key, month, first in zip(rows, months["month"], months["first"], strict=True):
        launched = pd.Timestamp(born[key]) >= month
        start = first if launched else month
        ahead = any(noted <= start <= last for noted, last in by_name.get(plain(key[2]), []))
        noted_before.append(ahead and joined.spend[key] in with_leads)
    table = pd.DataFrame({"campaign": [joined.spend[key] for key in rows], "spend": months["spend"].to_numpy()})
    table["told"] = table["spend"] * noted_before
    each = table.groupby("campaign")[["told", "spend"]].sum()
    if len(each) < need["campaigns"]:
        return too_few(len(each), need["campaigns"])
    told, spend = each["told"].to_numpy(float), each["spend"].to_numpy(float)
    low, high = resampled(lambda at: 100 * told[at].sum(axis=1) / spend[at].sum(axis=1), len(each))
    return Fact(100 * told.sum() / spend.sum(), low, high, len(each), need["campaigns"])


def _keys(table: pd.DataFrame) -> list[tuple[str, str, str]]:
    return [(str(a), str(b), str(c)) for a, b, c in table[KEY].itertuples(index=False)]


def a3_pay(facts: Facts, client: Client, need: Mapping[str, int]) -> Fact:
    """Share of the last quarter's bonus money for bringing leads that was paid for leads accepted by sales."""
    pay = facts.handover.pay
    pay = pay[(pay["month"] <= pd.Timestamp(facts.as_of)) & ~_matches(pay["team"], re.compile(SALES))]
    if pay.empty:
        return lacking("pay")
    months = sorted(pay["month"].unique())[-3:]
    quarter = pay[pay["month"].isin(months)]
    if len(months) < 3 * need["quarters"]:
        return too_few(len(months), 3 * need["quarters"])
    accepted = _matches(quarter["kind"], ACCEPTED)
    bonus = quarter[~_matches(quarter["kind"], FIXED) & (accepted | ~_matches(quarter["kind"], OF_SALES))]
    money = bonus["amount"].sum()
    if money <= 0:
        return Fact(0.0, 0.0, 0.0, len(months), 3 * need["quarters"], rule="fixed_pay", level=1.0)
    paid = bonus["leads"].sum()
    return counted(100 * bonus.loc[accepted, "amount"].sum() / money, paid, need["paid_leads"])


def _matches(texts: pd.Series, pattern: re.Pattern[str]) -> pd.Series:
    return texts.map(lambda text: bool(pattern.search(str(text).casefold()))).astype(bool)


def a4_joints(facts: Facts, client: Client, need: Mapping[str, int]) -> Fact:
    """Share of the joints of the journey map with an indicator, two owners and a value of the last month."""
    if not client.journey:
        return lacking("journey")
    joints = [item for item in client.journey if item.joint is not None]
    if not joints:
        return lacking("journey.joint")
    whole = [item for item in joints if len({*item.owners}) >= 2 and item.kpi and _recent(item, facts)]
    return counted(100 * len(whole) / len(joints), len(joints), need["joints"])


def e1_journey(facts: Facts, client: Client, need: Mapping[str, int]) -> Fact:
    """Share of the stages of the journey map with exactly one owner, an indicator and a value of the last month."""
    if not client.journey:
        return lacking("journey")
    stages = [item for item in client.journey if item.stage is not None]
    whole = [item for item in stages if len(_owners(item)) == 1 and item.kpi and _recent(item, facts)]
    return counted(100 * len(whole) / len(stages) if stages else 0.0, len(stages), need["stages"])


def _owners(item: JourneyItem) -> set[str]:
    return {*item.owners, *((item.owner,) if item.owner else ())}


def _recent(item: JourneyItem, facts: Facts) -> bool:
    """A value of the last month, on the map itself or among the weekly figures."""
    since = facts.as_of - dt.timedelta(days=RECENT_DAYS)
    if item.value is not None and item.on is not None and since <= item.on <= facts.as_of:
        return True
    reviewed = facts.evidence.records.reviewed
    named = reviewed[reviewed["kpi"].map(plain) == plain(item.kpi or "")]
    return bool((named["last"] >= pd.Timestamp(since)).any())


def c1_meetings(facts: Facts, client: Client, need: Mapping[str, int]) -> Fact:
    """Share of the last twelve weeks with a meeting of both sides and a decision with owner and date."""
    if "meetings.date" not in facts.has:
        return lacking("meetings")
    if "meetings.present" not in facts.has:
        return lacking("meetings.present")
    weeks = facts.evidence.records.weeks
    last, begun = last_weeks(facts.as_of), weeks["week"].min()
    further: tuple[Further, ...] = ()
    kept_for = sum(pd.Timestamp(week) >= begun for week in last)
    if kept_for < need["weeks"]:
        return too_few(kept_for, need["weeks"])
    seen = weeks[weeks["week"].isin(last)]
    if weeks["due"].sum():
        due = int(weeks["due"].sum())
        further = (Further("in_time", 100 * weeks["in_time"].sum() / due, "%", due),)
    with_tasks = "tasks.date" in facts.has
    decided = seen["decisions"] > 0 if with_tasks else seen["told"] > 0
    found = share(float(((seen["joint"] > 0) & decided).sum()), WEEKS, need["weeks"], further)
    return found if with_tasks else capped(found, "no_decisions", 3.0)


def last_weeks(as_of: dt.date) -> list[pd.Timestamp]:
    """Mondays of the last twelve whole weeks before ``as_of``."""
    monday = as_of - dt.timedelta(days=as_of.weekday())
    # A week that ends on the very day of the audit is whole.
    monday += dt.timedelta(days=7 if as_of.weekday() == 6 else 0)
    return [pd.Timestamp(monday - dt.timedelta(days=7 * back)) for back in range(WEEKS, 0, -1)]


def c2_promotions(facts: Facts, client: Client, need: Mapping[str, int]) -> Fact:
    """Share of promotions of which sales knew three working days before the start."""
    if "promotions.starts" not in facts.has:
        return lacking("promotions")
    if "promotions.brief_at" not in facts.has:
        return lacking("promotions.brief_at")
    found = facts.evidence.records.promotions
    found = found[found["span"] == "now"]
    return share(found["ahead"].sum(), found["promotions"].sum(), need["promotions"])


def c3_contacts(facts: Facts, client: Client, need: Mapping[str, int]) -> Fact:
    """Share of contacts of events that stand in the CRM with source, owner and note two working days later."""
    if "events.date" not in facts.has:
        return lacking("events")
    found = facts.evidence.contacts
    found = found[found["span"] == "now"]
    if found.empty:
        return Fact(why="nothing")
    if not found["linked"].sum():
        return lacking("events.lead_id")
    if "events.noted_at" not in facts.has:
        return lacking("events.noted_at")
    return share(found["kept"].sum(), found["contacts"].sum(), need["contacts"])


def c4_reviews(facts: Facts, client: Client, need: Mapping[str, int]) -> Fact:
    """Conversations per manager and month scored by the checklist; those that sales scored alone count half."""
    if not any(name.startswith("touches.") for name in facts.has):
        return lacking("touches")
    if "touches.checklist" not in facts.has:
        return lacking("touches.checklist")
    talks = facts.evidence.talks
    managers, months = talks["manager"].nunique(), talks["month"].nunique()
    scored = talks["scored"].sum()
    if managers < need["managers"] or months < need["months"]:
        return too_few(managers, need["managers"])
    further = (Further("mean_score", talks["score_sum"].sum() / scored, "%", int(scored)),) if scored else ()
    each = talks.groupby("manager")["weight"].sum().to_numpy(float) / months
    low, high = resampled(lambda at: each[at].mean(axis=1), len(each))
    return Fact(float(each.mean()), low, high, int(scored), 0, further=further)


def d2_figures(facts: Facts, client: Client, need: Mapping[str, int], score: Score) -> Fact:
    """Mean difference between what marketing and what sales report for the same month, in per cent of their mean."""
    seen = tuple(_visible(score))
    told = facts.handover.reported
    told = told[told["month"] <= pd.Timestamp(facts.as_of)]
    if told.empty:
        return Fact(why="missing", missing=("figures",), further=seen)
    sides = {
        side: told[_matches(told["department"], re.compile(words))].groupby("month")[FIGURES].sum(min_count=1)
        for side, words in (("marketing", MARKETING), ("sales", SALES))
    }
    months = sorted(set(sides["marketing"].index) & set(sides["sales"].index))[-WEEKS:]
    mine, theirs = (sides[side].loc[months].to_numpy(float) for side in ("marketing", "sales"))
    both = mine + theirs
    apart = np.divide(200 * np.abs(mine - theirs), both, out=np.full(both.shape, math.nan), where=both > 0)
    apart = apart[~np.isnan(apart).all(axis=1)] if len(apart) else apart
    if len(apart) < need["months"]:
        return too_few(len(apart), need["months"], seen)
    low, high = resampled(lambda at: np.nanmean(apart[at].reshape(len(at), -1), axis=1), len(apart))
    found = Fact(float(np.nanmean(apart)), low, high, len(apart), need["months"], further=seen)
    return capped(found, "no_access", 2.0) if _no_access(score, client) else found


FIGURES = ["leads", "qualified", "customers"]


def _visible(score: Score) -> list[Further]:
    """Share of a department's people who see figures of a stage, averaged over the stages that anybody sees."""
    stages = {stage for seen in score.sees().values() for stage in seen}
    found = []
    for side in ("marketing", "sales"):
        department = score.departments[side]
        if department.seen_asked and stages:
            mean = sum(department.sees.get(stage, 0.0) for stage in stages) / len(stages)
            found.append(Further(f"seen_{side}", 100 * mean, "%", department.seen_asked))
    return found


def _no_access(score: Score, client: Client) -> bool:
    """One department sees no stage that the other owns, although it was asked."""
    for side, other in OTHER_SIDE.items():
        owned = {stage.key for stage in client.stages if stage.owner == (other,)}
        department = score.departments[side]
        if department.seen_asked and owned and not any(department.sees.get(stage) for stage in owned):
            return True
    return False
