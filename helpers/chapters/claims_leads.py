"""Facts that lie in leads, deals and spend: A1, B1-B4, D1, D4, E2, E4 (METHOD.md "Claims", criteria.yml)."""

from __future__ import annotations

import datetime as dt
import math
import re
from typing import TYPE_CHECKING

import pandas as pd

from helpers.chapters.claims_fact import Fact, Further, capped, counted, lacking, share, too_few
from helpers.chapters.common_age import common_age
from helpers.chapters.funnel_counts import recorded_stages
from helpers.chapters.funnel_losses import Losses
from helpers.chapters.funnel_measure import measure_funnel
from helpers.chapters.spans import with_each_month
from helpers.facts.handover import CELLS
from helpers.stats.kappa import cohen_kappa
from helpers.stats.shares import MINIMUM, wilson

if TYPE_CHECKING:
    from collections.abc import Mapping

    from helpers.client import Client
    from helpers.facts import Facts
    from helpers.language import Language
    from helpers.survey.result import Score

NO_SOURCE = re.compile(
    r"\(?(direct|none|not set|other|unknown|n/?a|tests?|тест|прям\w*( заход)?|друг\w+|проч\w+|інш\w+|ин(ое|ые)|"
    r"неизвестн\w*|невідом\w*|не указан\w*|не вказан\w*)?\)?"
)
"""Not a source: empty, direct, other, unknown, test."""
REFERRAL = re.compile(r"referr|refer a|рекоменд|реферал|сарафан|word of mouth|знаком|знайом")
STAMPED = 0.98
"""Share of accepted leads from which sales may be accepting without looking."""
FEW_CUSTOMERS = 5
"""Customers of a channel under which its cost per customer is luck."""
USUAL_WEEKS = 26
"""Weeks of sales that are traced where the length of the sales cycle is not known."""


def a1_plan(facts: Facts, client: Client, need: Mapping[str, int]) -> Fact:
    """How far the plan of marketing is from the plan of sales, at the company's own conversion and average deal."""
    first, last = facts.period.from_.replace(day=1), facts.period.to
    planned = [plan for month, plan in client.plan.items() if first <= _first_day(month) <= last]
    planned = [plan for plan in planned if plan.revenue]
    if not planned:
        return lacking("plan")
    by_qualified = any(plan.qualified for plan in planned)
    target = "qualified" if by_qualified else "leads"
    both = [plan for plan in planned if getattr(plan, target)]
    if not both:
        return Fact(1.0, 1.0, 1.0, len(planned), need["plan_periods"], rule="no_marketing_plan", level=1.0)
    if by_qualified and "leads.qualified" not in facts.has and not facts.leads["qualified"].sum():
        return lacking("leads.qualified")
    ripe = common_age(facts, client, "now").of(facts.leads, "now")
    won, base = ripe.loc[ripe["outcome"] == "won", "leads"].sum(), ripe[target].sum()
    leads, priced = ripe["leads"].sum(), ripe["priced"].sum()
    if leads < need["leads"]:
        return too_few(leads, need["leads"])
    if not priced or not base:
        return lacking("deals.amount") if won else too_few(0, MINIMUM)
    rate, deal = min(1.0, won / base), ripe["revenue"].sum() / priced
    spread = max(0.0, ripe["revenue_sq"].sum() / priced / deal**2 - 1)
    error = math.sqrt((1 - rate) / won + spread / priced)
    asked = sum(getattr(plan, target) for plan in both)
    ratio = asked * rate * deal / sum(plan.revenue or 0 for plan in both)
    ends = [ratio * math.exp(-1.96 * error), ratio * math.exp(1.96 * error)]
    gaps = sorted(abs(1 - end) for end in ends)
    return Fact(abs(1 - ratio), 0.0 if ends[0] <= 1 <= ends[1] else gaps[0], gaps[1], int(leads), need["leads"])


def _first_day(month: str) -> dt.date:
    return dt.date.fromisoformat(f"{month}-01")


def b1_accepted(facts: Facts, client: Client, need: Mapping[str, int]) -> Fact:
    """Share of the leads handed over that sales accepted.

    Handed over are qualified leads; where nobody but sales marks leads (no qualified lead was ever refused), all that
    sales accepted or refused.
    """
    if "leads.accepted" not in facts.has:
        return lacking("leads.accepted")
    handed = facts.evidence.handed
    refused = handed[(handed["marked"] == "yes") & ~handed["accepted"].astype(bool)]
    if refused["leads"].sum():
        handed = handed[handed["marked"] == "yes"]
    now = handed[handed["span"] == "now"]
    taken = now[now["accepted"].astype(bool)]
    part, whole = taken["leads"].sum(), now["leads"].sum()
    further = []
    if now["filled"].sum() and whole >= MINIMUM:
        further.append(Further("bant", 100 * now["filled"].sum() / whole, "%", int(whole)))
    further += _kappa(facts, need["handed_over"])
    stamped = whole >= need["handed_over"] and part > STAMPED * whole and _converts_worse(handed)
    return share(part, whole, need["handed_over"], tuple(further), "rubber_stamp" if stamped else "")


def _kappa(facts: Facts, least: int) -> list[Further]:
    """Agreement of the two people who sorted most leads in common."""
    found = [cohen_kappa(*(int(cell) for cell in row)) for row in facts.handover.sorting[CELLS].to_numpy(int)]
    most = max(found, key=lambda one: one.n, default=None)
    known = most is not None and most.n >= least and not math.isnan(most.kappa)
    return [Further("kappa", most.kappa, "ratio", most.n)] if known and most is not None else []


def _converts_worse(handed: pd.DataFrame) -> bool:
    """Accepted leads become customers more rarely than in the period before, beyond chance."""
    taken = handed[handed["accepted"].astype(bool) & (handed["outcome"] != "open")]
    counts = {span: taken[taken["span"] == span] for span in ("now", "before")}
    n = {span: found["leads"].sum() for span, found in counts.items()}
    won = {span: found.loc[found["outcome"] == "won", "leads"].sum() for span, found in counts.items()}
    if min(n.values()) < MINIMUM:
        return False
    return bool(wilson(won["now"], n["now"])[1] < wilson(won["before"], n["before"])[0])


def b2_first_answer(facts: Facts, client: Client, need: Mapping[str, int]) -> Fact:
    """Share of enquiries answered by a person within the agreed limit, in working minutes; unanswered ones count."""
    if not facts.speed.clock.source:
        return lacking("leads.first_answer_at")
    limit = client.limits.first_answer_min
    waits = facts.speed.months[facts.speed.months["span"] == "now"]
    answered = waits["answered"].astype(bool)
    # Who has not waited for as long as the limit yet cannot have been answered late.
    judged = waits[answered | (waits["minutes"] > limit)]
    kept = judged.loc[judged["answered"].astype(bool) & (judged["minutes"] <= limit), "leads"].sum()
    never, n = judged.loc[~judged["answered"].astype(bool), "leads"].sum(), judged["leads"].sum()
    further = []
    if n >= need["leads"]:
        told = judged[judged["answered"].astype(bool)].sort_values("minutes")
        for name, part in (("median_min", 0.5), ("p90_min", 0.9)):
            reached = told[told["leads"].cumsum() >= part * n]
            further += [Further(name, float(reached["minutes"].iloc[0]), "minutes", int(n))] if len(reached) else []
        further.append(Further("never_answered", 100 * never / n, "%", int(n)))
    return share(kept, n, need["leads"], tuple(further))


def b3_lying(facts: Facts, client: Client, need: Mapping[str, int]) -> Fact:
    """Share of leads older than two weeks with an owner, an answer (or three tries) and an end or a next step."""
    if not facts.speed.clock.source and not any(name.startswith("touches.") for name in facts.has):
        return lacking("leads.first_answer_at", "touches")
    if "leads.manager" not in facts.has:
        return lacking("leads.manager")
    found = _now(facts.evidence.lying)
    n = found["told"].sum()
    unknown = found["leads"].sum() > n
    further: tuple[Further, ...] = ()
    if n >= need["leads"]:
        further = tuple(
            Further(name, 100 * found[name].sum() / found["leads"].sum(), "%", int(found["leads"].sum()))
            for name in ("owned", "taken")
        )
    return share(found["kept"].sum(), n, need["leads"], further, "next_unknown" if unknown else "")


def b4_reasons(facts: Facts, client: Client, need: Mapping[str, int]) -> Fact:
    """Share of refused leads with a reason that says something, closed within five working days of the enquiry."""
    if "leads.accepted" not in facts.has:
        return lacking("leads.accepted")
    found = _now(facts.evidence.refused)
    n = found["leads"].sum()
    if n >= need["rejected"] and not found["dated"].sum():
        return lacking("leads.closed_at")
    leads = _now(facts.leads)["leads"].sum()
    further = (Further("specific", 100 * found["specific"].sum() / n, "%", int(n)),) if n >= need["rejected"] else ()
    return share(found["kept"].sum(), n, need["rejected"], further, "no_rejects" if not n and leads >= 100 else "")


def d1_traced(facts: Facts, client: Client, need: Mapping[str, int]) -> Fact:
    """Share of the revenue of the last two sales cycles whose lead has a valid source."""
    if not {"leads.source", "leads.channel"} & facts.has or not any(facts.leads["channel"] != ""):
        return lacking("leads.source")
    cycle = common_age(facts, client, "now").cycle
    weeks = USUAL_WEEKS if cycle is None else math.ceil(2 * cycle / 7)
    sold = facts.evidence.sold[facts.evidence.sold["weeks_ago"] < weeks]
    won, revenue = sold["won"].sum(), sold["revenue"].sum()
    leads = _now(facts.leads)
    further: tuple[Further, ...] = ()
    if leads["leads"].sum() >= MINIMUM:
        valid = leads.loc[valid_source(leads["channel"]), "leads"].sum()
        further = (Further("leads_traced", 100 * valid / leads["leads"].sum(), "%", int(leads["leads"].sum())),)
    if won < need["won"]:
        return too_few(won, need["won"], further)
    if revenue <= 0:
        return lacking("deals.amount")
    part = sold.loc[valid_source(sold["channel"]), "revenue"].sum() / revenue
    # Sales of unlike amounts tell less than as many equal ones: Kish's effective number.
    worth = revenue**2 / sold["revenue_sq"].sum()
    low, high = wilson(min(part, 1.0) * worth, worth)
    return Fact(100 * part, 100 * low, 100 * high, int(won), need["won"], further=further)


def valid_source(channels: pd.Series) -> pd.Series:
    """Which names of channels are sources."""
    return channels.map(lambda text: not NO_SOURCE.fullmatch(" ".join(str(text).casefold().split())))


def d4_customer_cost(facts: Facts, client: Client, need: Mapping[str, int]) -> Fact:
    """Share of spend in channels of which the exports give the cost of a customer and what he brings.

    Salaries and commissions are in no export, and whether the budget follows is not seen: level 3 at most.
    """
    spend, leads = _now(facts.spend), _now(facts.leads)
    if spend["spend"].sum() <= 0:
        return lacking("spend")
    won = leads[leads["outcome"] == "won"].groupby("channel")["leads"].sum()
    if not won.sum():
        return lacking("deals") if "deals.deal_id" not in facts.has else too_few(0, need["customers"])
    months = with_each_month(spend[spend["spend"] > 0])["month"].nunique()
    if months < need["months"]:
        return too_few(months, need["months"])
    by_channel = spend.groupby("channel")["spend"].sum()
    customers = won.reindex(by_channel.index).fillna(0)
    total = by_channel.sum()
    idle = Further("no_customers", 100 * by_channel[customers == 0].sum() / total, "%", int(won.sum()))
    known = by_channel[customers >= FEW_CUSTOMERS].sum()
    found = counted(100 * known / total, won.sum(), need["customers"], (idle,))
    # The exports hold what adverts cost, not what people cost: anchor 3, whatever part of spend they cover.
    return capped(found, "adverts_only", 3.0)


def e2_weakest(facts: Facts, client: Client, need: Mapping[str, int], score: Score, say: Language) -> Fact:
    """Share of respondents who name the step at which most leads are lost, as the funnel counts it.

    A step lies between two stages, and people call it by either: both names are right. "Most lost" is most leads lost
    in number, as the question asks, and not most money.
    """
    mapped = {one.stage for stages in client.outcomes.values() for one in stages.values() if one.stage}
    funnel = measure_funnel(facts, recorded_stages(facts.leads, mapped))
    ended = funnel.won + funnel.lost
    if ended < need["leads"]:
        return too_few(ended, need["leads"])
    period = (facts.period.from_, facts.period.to)
    worst = Losses(funnel, client, period, client.margin_given, say).worst
    if worst is None:
        return lacking("stage_events")
    asked = sum(score.loses_at.values())
    right = score.loses_at.get(worst.before, 0) + score.loses_at.get(worst.after, 0)
    return share(right, asked, need["respondents"])


def e4_asked(facts: Facts, client: Client, need: Mapping[str, int]) -> Fact:
    """Share of customers asked for a review, a case or a recommendation within 90 days of the sale.

    How content a customer is nobody records, so all customers count. Without 'referral' among the sources it is level
    1 by rule.
    """
    leads = _now(facts.leads)
    won = leads[leads["outcome"] == "won"]
    named = leads["channel"] != ""
    referred = leads["channel"].map(lambda text: bool(REFERRAL.search(str(text).casefold())))
    bought = won["leads"].sum()
    further: tuple[Further, ...] = ()
    if referred.any() and bought >= MINIMUM:
        by_word = won.loc[referred[won.index], "leads"].sum()
        further = (Further("by_referral", 100 * by_word / bought, "%", int(bought)),)
    found = _now(facts.evidence.asked)
    customers = found["customers"].sum()
    known = customers >= need["happy_customers"]
    value = 100 * found["asked"].sum() / customers if known else None
    if leads.loc[named, "leads"].sum() >= 100 and not referred.any() and bought >= need["happy_customers"]:
        return Fact(value, math.nan, math.nan, int(bought), need["happy_customers"], rule="no_referral", level=1.0)
    if facts.evidence.asked.empty:
        return Fact(why="missing", missing=("touches.kind",), further=further)
    return share(found["asked"].sum(), customers, need["happy_customers"], further)


def _now(table: pd.DataFrame) -> pd.DataFrame:
    return table[table["span"] == "now"]


__all__ = [
    "a1_plan", "b1_accepted", "b2_first_answer", "b3_lying", "b4_reasons", "d1_traced", "d4_customer_cost",
    "e2_weakest", "e4_asked", "valid_source",
]  # fmt: skip
