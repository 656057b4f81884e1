"""What the optional tables of a company hold, counted from the model: planted things, sizes, facts behind the claims.

The facts follow METHOD.md "Claims" on lists of Python objects, slowly and plainly; the toolkit counts them otherwise.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from data_samples.make.model import Company, Lead
from data_samples.make.records import FIVE, Meeting, Touch, Weekly
from data_samples.make.truth import plain_cost
from data_samples.make.world import DAY, World

Records = dict[str, Any]
STALE_DAYS = 60


def working_minutes(company: Company, start: dt.datetime, end: dt.datetime) -> float:
    """Minutes of open hours from ``start`` to ``end``, day by day."""
    total, day = 0.0, start.date()
    while day <= end.date():
        hours = None if day in company.closed else company.open_hours.get(day.weekday())
        if hours:
            opens = dt.datetime.combine(day, dt.time(hours[0]))
            closes = dt.datetime.combine(day, dt.time()) + dt.timedelta(hours=hours[1])
            total += max(0.0, (min(end, closes) - max(start, opens)).total_seconds() / 60)
        day += DAY
    return total


def working_days(company: Company, first: dt.date, last: dt.date) -> int:
    """Working days after ``first`` up to ``last``."""
    days = [first + i * DAY for i in range(1, (last - first).days + 1)]
    return sum(day not in company.closed and day.weekday() in company.open_hours for day in days)


def inside(day: dt.date, span: tuple[dt.date, dt.date]) -> bool:
    """Whether the day lies in the span, both ends included."""
    return span[0] <= day <= span[1]


def planted(world: World) -> dict[str, Any]:
    """What was put into the world on purpose and an audit should find."""
    company = world.company
    now = [lead for lead in world.leads if inside(lead.created.date(), company.period)]
    odd = [seller.name for seller in company.sellers if seller.skill != 1]
    still = [lead for lead in world.leads if not (lead.won or lead.lost)]
    stale = [lead for lead in still if (company.as_of - _last_step(lead).date()).days > STALE_DAYS]
    untouched = [lead for lead in still if lead.answered is None]
    waits: dict[bool, list[float]] = {True: [], False: []}
    for lead in now:
        if lead.answered is not None:
            waits[_is_slow(company, lead)].append(working_minutes(company, lead.created, lead.answered))
    found: dict[str, Any] = {
        "manager": odd[0] if len(odd) == 1 else None,
        "stale_days": STALE_DAYS,
        "stale": {"deals": len(stale), "amount": sum(lead.amount or 0 for lead in stale)},
        "untouched": {"all": len(untouched), "now": sum(lead in untouched for lead in now)},
        "rejected_without_reason": sum(lead.rejected and not lead.reason for lead in now),
    }
    if company.closing_until is not None:
        found["driver"] = {"factor": "closing", "owner": "sales", "ratio": round(1 / company.closing_before, 4)}
    if company.slow:
        found["slow"] = {
            "hours": {str(day): [first, last] for day, (first, last, _) in company.slow.items()},
            "median_min": {name: _median(waits[is_slow]) for name, is_slow in (("slow", True), ("other", False))},
        }
    return found


def _last_step(lead: Lead) -> dt.datetime:
    return max([lead.created, *lead.steps.values()])


def _is_slow(company: Company, lead: Lead) -> bool:
    first, last, _ = company.slow.get(lead.created.weekday(), (0, 0, 1.0))
    return first <= lead.created.hour < last


def _median(values: list[float]) -> float | None:
    ordered = sorted(values)
    middle = len(ordered) // 2
    if not ordered:
        return None
    return round(ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) / 2, 1)


def table_truth(world: World, records: Records) -> dict[str, Any]:
    """Rows that the clean tables must hold."""
    talks: Sequence[Touch] = records.get("talks", ())
    found: dict[str, Any] = {}
    if talks:
        found["touches"] = {
            "rows": len(talks),
            "missed_incoming": sum(x.incoming and not x.answered for x in talks),
            "seconds": sum(x.seconds for x in talks),
            "scored": sum(x.score is not None for x in talks),
        }
    if "meetings" in records:
        found["meetings"] = len(records["meetings"])
        found["tasks"] = sum(len(x.tasks) for x in records["meetings"])
    if "repeated_events" in records:
        found["stage_events"] = sum(1 + len(lead.steps) + (lead.closed is not None) for lead in world.leads)
    if "sorting" in records:
        found["sorting"] = {
            "leads": len(records["sorting"]),
            "agree": sum(first == second for _, first, second in records["sorting"]),
        }
    if "pay" in records:
        found["pay"] = {"rows": len(records["pay"]), "amount": sum(amount for *_, amount in records["pay"])}
    return found


def fact_truth(
    world: World, records: Records, goals: Sequence[Any], promotions: Sequence[Any], limit: float
) -> dict[str, Any]:
    """Criterion → value and n of the fact, for the facts that lie in the model."""
    company = world.company
    now = [lead for lead in world.leads if inside(lead.created.date(), company.period)]
    found = _lead_facts(company, now, limit)
    if "meetings" in records:
        found["C1"] = _meeting_weeks(company.as_of, records["meetings"])
        tasks = [task for meeting in records["meetings"] for task in meeting.tasks if task.due]
        tasks = [task for task in tasks if task.due <= company.as_of]
        in_time = sum(bool(task.done and task.done <= task.due) for task in tasks)
        found["C1_in_time"] = {"value": _percent(in_time, len(tasks)), "n": len(tasks)}
    if promotions:
        told = [(dt.date(*starts), dt.date(*brief) if brief else None) for _, starts, _, brief in promotions]
        told = [(starts, brief) for starts, brief in told if inside(starts, company.period)]
        # Of a promotion that starts on a Monday sales hears on Wednesday at the latest.
        ahead = sum(bool(brief and working_days(company, brief - DAY, starts - DAY) >= 3) for starts, brief in told)
        found["C2"] = {"value": _percent(ahead, len(told)), "n": len(told)}
    if goals:
        found["A2"] = _goal_share(world, goals)
    if "pay" in records:
        quarter = [row for row in records["pay"] if row[2] is not None and row[0] >= dt.date(2026, 4, 1)]
        accepted = sum(row[3] for row in quarter if "приня" in row[1].lower())
        n = sum(row[2] for row in quarter)
        found["A3"] = {"value": _percent(accepted, sum(row[3] for row in quarter)), "n": n}
    if "events" in records:
        rows = records["events"]
        quick = sum(noted >= day and working_days(company, day, noted) <= 2 for _, day, noted, _ in rows)
        found["C3"] = {"value": _percent(quick, len(rows)), "n": len(rows)}
    if "talks" in records:
        found["C4"] = _scored(company, records["talks"])
        if any(touch.kind == "review_request" for touch in records["talks"]):
            found["E4"] = _asked(company, world.leads, records["talks"])
    if "figures" in records:
        found["D2"] = _difference(records["figures"])
    if "weeks" in records:
        weeks: Sequence[Weekly] = records["weeks"]
        monday = company.as_of - dt.timedelta(days=company.as_of.weekday())
        last = [week for week in weeks if week.monday >= monday - 84 * DAY]
        right = sum(week.right and len(week.values) == len(FIVE) for week in last)
        found["D3"] = {"value": _percent(right, 12), "n": len(last)}
    return found


def _percent(part: float, whole: float) -> float | None:
    return round(100 * part / whole, 4) if whole else None


def _lead_facts(company: Company, now: list[Lead], limit: float) -> dict[str, Any]:
    decided = [lead for lead in now if "qualified" in lead.steps or lead.rejected]
    kept = [x for x in now if x.answered and working_minutes(company, x.created, x.answered) <= limit]
    rejected = [lead for lead in now if lead.rejected]
    told = [
        lead
        for lead in rejected
        if lead.reason and lead.closed and working_days(company, lead.created.date(), lead.closed.date()) <= 5
    ]
    won = [lead for lead in now if lead.won]
    money = sum(lead.amount or 0 for lead in won)
    traced = sum(lead.amount or 0 for lead in won if lead.source.channel not in ("", "direct"))
    return {
        "B1": {"value": _percent(sum("qualified" in lead.steps for lead in decided), len(decided)), "n": len(decided)},
        "B2": {"value": _percent(len(kept), len(now)), "n": len(now)},
        "B2_never": {"value": _percent(sum(lead.answered is None for lead in now), len(now)), "n": len(now)},
        "B4": {"value": _percent(len(told), len(rejected)), "n": len(rejected)},
        "D1_period": {"value": _percent(traced, money), "n": len(won)},
    }


def _meeting_weeks(as_of: dt.date, held: Sequence[Meeting]) -> dict[str, Any]:
    monday = as_of - dt.timedelta(days=as_of.weekday())
    good = 0
    for back in range(12):
        start = monday - (back + 1) * 7 * DAY
        week = [x for x in held if start <= x.date < start + 7 * DAY]
        good += any(len(x.present) == 2 and any(task.due for task in x.tasks) for x in week)
    return {"value": _percent(good, 12), "n": 12}


def _goal_share(world: World, goals: Sequence[Any]) -> dict[str, Any]:
    """Spend of the months before whose first day a goal was noted that reaches to the end of the month."""
    total = covered = 0.0
    campaigns = set()
    with_leads = {x.source.campaign for x in world.leads if inside(x.created.date(), world.company.period)}
    for row in world.spend:
        if not inside(row.day, world.company.period):
            continue
        cost, month = float(plain_cost(row)), row.day.replace(day=1)
        campaigns.add(row.source.campaign)
        total += cost
        for name, noted, _, until in goals:
            if name == row.source.campaign and name in with_leads and dt.date(*noted) <= month <= dt.date(*until):
                covered += cost
                break
    return {"value": _percent(covered, total), "n": len(campaigns)}


def _scored(company: Company, talks: Sequence[Touch]) -> dict[str, Any]:
    """Scored conversations per seller and month; those that sales scored alone count half."""
    scored = [x for x in talks if x.score is not None and inside(x.at.date(), company.period)]
    weight = sum(1.0 if x.reviewers == "both" else 0.5 for x in scored)
    months = (company.period[1].year - company.period[0].year) * 12 + company.period[1].month - company.period[0].month
    mean = sum(x.score or 0 for x in scored) / len(scored)
    sellers = {x.seller for x in talks if inside(x.at.date(), company.period) and x.seller}
    return {"value": round(weight / (months + 1) / len(sellers), 4), "n": len(scored), "mean_score": round(mean, 4)}


def _asked(company: Company, leads: Sequence[Lead], talks: Sequence[Touch]) -> dict[str, Any]:
    """Customers of the period asked for a review within 90 days of the sale."""
    asked: dict[int, list[dt.datetime]] = defaultdict(list)
    for touch in talks:
        if touch.kind == "review_request" and touch.lead:
            asked[touch.lead.number].append(touch.at)
    customers = [x for x in leads if x.won and x.closed and inside(x.created.date(), company.period)]
    ripe = [x for x in customers if x.closed and (company.as_of - x.closed.date()).days >= 90]
    done = [x for x in ripe if any(0 <= (at - x.closed).days <= 90 for at in asked[x.number] if x.closed)]
    return {"value": _percent(len(done), len(ripe)), "n": len(ripe)}


def _difference(figures: Sequence[tuple[dt.date, str, int, int, int]]) -> dict[str, Any]:
    """Mean over months and the three figures of |marketing - sales| / their mean, in percent."""
    by_month: dict[dt.date, dict[str, tuple[int, ...]]] = defaultdict(dict)
    for month, side, *numbers in figures:
        by_month[month][side] = tuple(numbers)
    parts = [
        200 * abs(mine - theirs) / (mine + theirs)
        for sides in by_month.values()
        for mine, theirs in zip(sides["marketing"], sides["sales"], strict=True)
        if mine + theirs
    ]
    return {"value": round(sum(parts) / len(parts), 4), "n": len(by_month)}
