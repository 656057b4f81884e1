"""What an audit of a sample company must find, counted from its world and never from the exported files."""

from __future__ import annotations

import datetime as dt
import statistics
from collections import defaultdict
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from data_samples.make.model import STEPS, Lead, Source, Spend, Story
from data_samples.make.world import World

Cost = Callable[[Spend], Decimal]
CENT = Decimal("0.01")


def plain_cost(row: Spend) -> Decimal:
    """Cost of a row in the company's currency, where the export already has it so."""
    return Decimal(str(row.cost))


def truth(
    world: World | Story,
    survey: dict[str, Any],
    traps: dict[str, Any],
    cost: Cost = plain_cost,
    extra: dict[int, int] | None = None,
    **more: Any,
) -> dict[str, Any]:
    """The whole truth of one company. ``extra``: amounts of further sales by number of the lead."""
    company = world.company
    far = (company.first_day, company.as_of)
    return {
        "slug": company.slug,
        "currency": company.currency,
        "margin": company.margin,
        "period": [str(day) for day in company.period],
        "compare_with": [str(day) for day in company.compare],
        "as_of": str(company.as_of),
        "first_day": str(company.first_day),
        "spans": {
            name: span(world, ends, cost, extra or {})
            for name, ends in (("now", company.period), ("before", company.compare), ("all", far))
        },
        "managers": _managers(world),
        "sources": [
            {"channel": s.channel, "campaign": s.campaign, "campaign_id": s.campaign_id, "p_win": s.p_win}
            | {"amount": s.amount, "rating": s.rating, "quality": s.quality}
            for s in company.sources
        ],
        "habits": {
            "answer_median_min": company.answer_min,
            "never_answered": company.never_answered,
            "cycle_median_days": company.cycle_days,
            "cycle_sigma": company.cycle_sigma,
            "quick_gain": company.quick_gain,
        },
        "survey": survey,
        "traps": {
            "tests": sum(lead.test for lead in world.leads),
            "double_submissions": sum(lead.double for lead in world.leads),
            "macro_unfilled": sum(lead.untagged for lead in world.leads),
            "zero_spend_rows": sum(row.cost == 0 for row in world.spend),
        }
        | traps,
        **more,
    }


def _inside(day: dt.date, ends: tuple[dt.date, dt.date]) -> bool:
    return ends[0] <= day <= ends[1]


def span(world: World | Story, ends: tuple[dt.date, dt.date], cost: Cost, extra: dict[int, int]) -> dict[str, Any]:
    """Figures of the leads created, and the money spent, on the days ``ends``."""
    leads = [lead for lead in world.leads if _inside(lead.created.date(), ends)]
    spend = [row for row in world.spend if _inside(row.day, ends)]
    campaigns = _campaigns(world, leads, spend, cost, extra)
    both = [c for c in campaigns if c["leads"] and Decimal(c["spend"])]
    people = len({lead.person for lead in leads})
    waits = sorted((lead.answered - lead.created).total_seconds() / 60 for lead in leads if lead.answered)
    return counts(leads, extra) | {
        "at": {step: sum(_open(x) and x.step_on(world.now) == step for x in leads) for step in ("leads", *STEPS)},
        "reached": {step: sum(x.won or _reached(x, step) for x in leads) for step in STEPS},
        "without_campaign": sum(not campaign_of(lead)[0] for lead in leads),
        "without_manager": sum(not lead.seller for lead in leads),
        "won_empty_amount": sum(lead.won and lead.amount is None for lead in leads),
        "won_zero_amount": sum(lead.won and lead.amount == 0 for lead in leads),
        "people": people,
        "repeats": len(leads) - people,
        "answer_median_min": round(statistics.median(waits), 1) if waits else None,
        "answered_within_60_min": sum(wait <= 60 for wait in waits),
        "spend": str(sum((cost(row) for row in spend), Decimal()).quantize(CENT)),
        "impressions": sum(row.impressions for row in spend),
        "clicks": sum(row.clicks for row in spend),
        "spend_matched": str(sum((Decimal(c["spend"]) for c in both), Decimal()).quantize(CENT)),
        "spend_only": str(sum((Decimal(c["spend"]) for c in campaigns if not c["leads"]), Decimal()).quantize(CENT)),
        "channels": _channels(leads, spend, cost, extra),
        "campaigns": campaigns,
    }


def counts(leads: list[Lead], extra: dict[int, int]) -> dict[str, Any]:
    """Counted leads: outcomes, money, sales' marks."""
    return {
        "leads": len(leads),
        "won": sum(lead.won for lead in leads),
        "lost": sum(lead.lost for lead in leads),
        "open": sum(_open(lead) for lead in leads),
        "revenue": sum((lead.amount or 0) + extra.get(lead.number, 0) for lead in leads if lead.won),
        "priced": sum(lead.won and (lead.amount or 0) + extra.get(lead.number, 0) > 0 for lead in leads),
        "answered": sum(lead.answered is not None for lead in leads),
        "qualified": sum(lead.bant is not None and sum(lead.bant) >= 3 for lead in leads),
        "marked": sum(lead.bant is not None for lead in leads),
        "accepted": sum("qualified" in lead.steps for lead in leads),
        "rejected": sum(lead.rejected for lead in leads),
        "rejected_with_reason": sum(lead.rejected and bool(lead.reason) for lead in leads),
        "rated": sum(lead.rating is not None for lead in leads),
        "rating_sum": sum(lead.rating or 0 for lead in leads),
    }


def campaign_of(lead: Lead) -> tuple[str, str]:
    """Campaign and its id as an export can show them: none where the macro stayed unfilled."""
    return ("", "") if lead.untagged else (lead.source.campaign, lead.source.campaign_id)


def _open(lead: Lead) -> bool:
    return not (lead.won or lead.lost)


def _reached(lead: Lead, step: str) -> bool:
    return any(later in lead.steps for later in STEPS[STEPS.index(step) :])


def _campaigns(
    world: World | Story, leads: list[Lead], spend: list[Spend], cost: Cost, extra: dict[int, int]
) -> list[dict[str, Any]]:
    margin = Decimal(str(world.company.margin))
    result = []
    for source in world.company.sources:
        if not source.campaign:
            continue
        own = [lead for lead in leads if lead.source is source and not lead.untagged]
        money = sum((cost(row) for row in spend if row.source is source), Decimal()).quantize(CENT)
        count = counts(own, extra)
        expected = sum(lead.p_win for lead in own)
        result.append(
            {"channel": source.channel, "campaign": source.campaign, "campaign_id": source.campaign_id}
            | {"spend": str(money)}
            | count
            | {
                "profit": str((Decimal(count["revenue"]) * margin - money).quantize(CENT)),
                "expected_won": round(expected, 2),
                "expected_profit": round(expected * source.amount * world.company.margin - float(money)),
                "verdict": _verdict(source, money, len(own), world),
            }
        )
    return result


def _verdict(source: Source, money: Decimal, leads: int, world: World | Story) -> str:
    """What the campaign truly does, by its own chances: earns, loses; empty where it has no leads or no spend."""
    if not leads or not money:
        return ""
    return "earns" if leads * source.p_win * source.amount * world.company.margin > float(money) else "loses"


def _channels(leads: list[Lead], spend: list[Spend], cost: Cost, extra: dict[int, int]) -> dict[str, dict[str, Any]]:
    names = dict.fromkeys([x.source.channel for x in leads if not x.test] + [row.source.channel for row in spend])
    groups: dict[str, list[Lead]] = defaultdict(list)
    for lead in leads:
        groups["test" if lead.test else lead.source.channel].append(lead)
    result = {}
    for name in sorted({*names, *groups}):
        count = counts(groups[name], extra)
        money = sum((cost(row) for row in spend if row.source.channel == name), Decimal()).quantize(CENT)
        result[name] = {key: count[key] for key in ("leads", "won", "lost", "revenue")} | {"spend": str(money)}
    return result


def _managers(world: World | Story) -> list[dict[str, Any]]:
    result = []
    for seller in world.company.sellers:
        own = [x for x in world.leads if x.seller == seller.name and _inside(x.created.date(), world.company.period)]
        result.append(
            {"manager": seller.name, "skill": seller.skill, "leads": len(own)}
            | {"won": sum(x.won for x in own), "expected_won": round(sum(x.p_win for x in own), 2)}
        )
    return result
