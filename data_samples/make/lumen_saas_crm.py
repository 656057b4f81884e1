"""Lumen's CRM exports: contacts, deals and the full history of stages."""

from __future__ import annotations

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np

from data_samples.make.exports import email, headers, mark, row_of, variant, ymd
from data_samples.make.model import STEPS, Lead
from data_samples.make.world import World

STAGES = {
    "Sales-led": {"meeting": "Demo Scheduled", "proposal": "Proposal Sent"},
    "Self-serve": {"meeting": "Trial Started", "proposal": "Checkout"},
}
STATUS = {"leads": "New", "contacted": "Connected", "qualified": "Qualified", "meeting": "Open Deal"}
STATUS |= {"proposal": "Open Deal"}
CYCLE = {"New": "Lead", "Connected": "Lead", "Qualified": "Sales Qualified Lead", "Open Deal": "Opportunity"}
CYCLE |= {"Customer": "Customer", "Lost Deal": "Opportunity"}
ORIGINS = {"google": "Paid Search", "meta": "Paid Social", "linkedin": "Organic Social", "organic": "Organic Search"}
ORIGINS |= {"referral": "Referrals", "direct": "Direct Traffic"}
CONTACT_HEAD = headers(
    "Record ID|First Name|Last Name|Email|Phone Number|Create Date|Company Name|Job Title|Lifecycle Stage|Lead Status|"
    "Contact owner|Original Source|utm_source|utm_medium|utm_campaign|hsa_cam|Product Interest|"
    "Lead Rating|Budget confirmed|Decision maker|Need confirmed|Timeline known|Sales accepted|Sales accepted date|"
    "Unqualified or lost reason|Date unqualified|Time to first response (min)|Number of Associated Deals"
)
DEAL_HEAD = headers(
    "Record ID|Deal Name|Pipeline|Deal Stage|Create Date|Close Date|Forecast close date|Deal owner|Amount|Currency|"
    "Closed Lost Reason|Associated Contact IDs|Associated Company"
)
BANT = ("Budget confirmed", "Decision maker", "Need confirmed", "Timeline known")
RATINGS = {5: "A - High", 4: "B - Medium", 3: "C - Low", 2: "D - Non Target", 1: "E - Non Qualified"}


HOME = ZoneInfo("America/Chicago")


def _utc(moment: dt.datetime | None) -> str:
    """'2026-03-22 13:32' in UTC, the zone of this account's exports."""
    return ymd(moment.replace(tzinfo=HOME).astimezone(dt.UTC)) if moment else ""


def contact_id(lead: Lead) -> str:
    """Id of a lead's contact."""
    return str(60_100_000_000 + lead.number * 37)


def _pipeline(lead: Lead) -> str:
    return "Self-serve" if lead.product == "Lumen Solo" else "Sales-led"


def _status(lead: Lead, now: dt.datetime) -> str:
    if lead.won:
        return "Customer"
    if lead.lost:
        return "Lost Deal" if "meeting" in lead.steps else "Unqualified" if lead.rejected else "Closed - no interest"
    return STATUS[lead.step_on(now)]


def contacts(world: World) -> list[list[Any]]:
    """The contacts export, a row per lead."""
    rows: list[list[Any]] = [CONTACT_HEAD]
    for lead in world.leads:
        status = _status(lead, world.now)
        signs = lead.bant or (None,) * 4
        waited = "" if lead.answered is None else round((lead.answered - lead.created).total_seconds() / 60, 2)
        accepted = True if "qualified" in lead.steps else False if lead.rejected else None
        cells = {
            "Record ID": contact_id(lead),
            "First Name": "Sample",
            "Last Name": f"Person {lead.person}",
            "Email": _spelled(lead),
            "Phone Number": f"+1 (000) 000-{lead.person:04d}",
            "Create Date": _utc(lead.created),
            "Company Name": f"Example Company {lead.person}",
            "Job Title": variant(lead.person, "Owner", ("CFO", 4), ("Accountant", 5)),
            "Lifecycle Stage": CYCLE.get(status, "Lead"),
            "Lead Status": status,
            "Contact owner": lead.seller,
            "Original Source": ORIGINS[lead.source.channel],
            "Product Interest": lead.product,
            "Lead Rating": RATINGS.get(lead.rating or 0, ""),
            "Sales accepted": mark(accepted, "Accepted", "Rejected"),
            "Sales accepted date": _utc(lead.steps.get("qualified")),
            "Unqualified or lost reason": "" if "meeting" in lead.steps else lead.reason,
            "Date unqualified": _utc(lead.closed) if lead.lost and "meeting" not in lead.steps else "",
            "Time to first response (min)": waited,
            "Number of Associated Deals": int("meeting" in lead.steps),
        }
        cells |= {name: mark(sign, "Yes", "No") for name, sign in zip(BANT, signs, strict=True)}
        cells |= dict(zip(("utm_source", "utm_medium", "utm_campaign", "hsa_cam"), _tags(lead), strict=True))
        rows.append(row_of(CONTACT_HEAD, cells))
    return rows


def _spelled(lead: Lead) -> str:
    text = email(lead, "person")
    return text.title() if lead.number % 13 == 0 else text


def _tags(lead: Lead) -> list[str]:
    """utm_source, utm_medium, utm_campaign, hsa_cam."""
    source = lead.source
    if lead.test:
        return ["test", "", "", ""]
    if source.channel == "google":
        name = variant(lead.number, "google", ("Google", 12), ("adwords", 17))
        return [name, "cpc", "{campaignname}" if lead.untagged else source.campaign, _id(lead, "{campaignid}")]
    if source.channel == "meta":
        name = variant(lead.number, "facebook", ("fb", 6), ("instagram", 4))
        return [name, "paid", "{{campaign.name}}" if lead.untagged else source.campaign, _id(lead, "{{campaign.id}}")]
    if source.channel == "linkedin":
        return ["linkedin", "social", source.campaign, ""]
    return ["", "", "", ""]


def _id(lead: Lead, macro: str) -> str:
    return macro if lead.untagged else lead.source.campaign_id


def deals(world: World) -> tuple[list[list[Any]], dict[int, int], dict[str, dict[str, int]]]:
    """The deals export; amounts of second sales by lead; what the deals without a contact hold."""
    rng = np.random.Generator(np.random.PCG64(world.company.seed + 1))
    rows: list[list[Any]] = [DEAL_HEAD]
    extra: dict[int, int] = {}
    for lead in world.leads:
        if "meeting" not in lead.steps:
            continue
        pipeline = _pipeline(lead)
        stage = "Closed Won" if lead.won else "Closed Lost" if lead.lost else STAGES[pipeline][lead.step_on(world.now)]
        opened = lead.steps["meeting"]
        forecast = opened.date() + dt.timedelta(days=45)
        amount = "" if lead.amount is None else lead.amount
        cells = {
            "Record ID": str(9_100_000_000 + lead.number * 11),
            "Deal Name": f"Deal {lead.number}",
            "Pipeline": pipeline,
            "Deal Stage": stage,
            "Create Date": _utc(opened),
            "Close Date": _utc(lead.closed),
            "Forecast close date": str(forecast),
            "Deal owner": lead.seller,
            "Amount": amount,
            "Currency": "USD",
            "Closed Lost Reason": lead.reason if lead.lost else "",
            "Associated Contact IDs": contact_id(lead),
            "Associated Company": f"Example Company {lead.person}",
        }
        rows.append(row_of(DEAL_HEAD, cells))
        second = (lead.closed or world.now) + dt.timedelta(days=90)
        if lead.won and lead.amount and second < world.now and rng.random() < 0.22:
            extra[lead.number] = int(round(0.3 * lead.amount, -1))
            cells |= {"Record ID": str(9_200_000_000 + lead.number * 11), "Deal Name": f"Expansion {lead.number}"}
            cells |= {"Pipeline": "Sales-led", "Create Date": _utc(second - dt.timedelta(days=14))}
            cells |= {"Close Date": _utc(second), "Forecast close date": "", "Amount": extra[lead.number]}
            rows.append(row_of(DEAL_HEAD, cells))
    loose_rows, loose = _loose(world)
    return rows + loose_rows, extra, loose


def _loose(world: World) -> tuple[list[list[Any]], dict[str, dict[str, int]]]:
    """Deals that partners brought: nobody made a contact for them."""
    rows: list[list[Any]] = []
    spans = {"now": world.company.period, "before": world.company.compare}
    loose = {name: {"deals": 0, "won": 0, "revenue": 0} for name in ("now", "before", "all")}
    for i in range(9):
        opened = dt.datetime(2025, 9, 3, 11, 20) + dt.timedelta(days=33 * i)
        stage = ("Closed Won", "Closed Lost", "Closed Won")[i % 3] if i < 8 else "Demo Scheduled"
        closed = opened + dt.timedelta(days=21) if i < 8 else None
        amount = 2500 + 700 * i
        cells = {
            "Record ID": str(9_300_000_000 + i),
            "Deal Name": f"Partner deal {i + 1}",
            "Pipeline": "Sales-led",
            "Deal Stage": stage,
            "Create Date": _utc(opened),
            "Close Date": _utc(closed),
            "Forecast close date": str(opened.date() + dt.timedelta(days=45)),
            "Deal owner": "Ada Lantern",
            "Amount": amount,
            "Currency": "USD",
            "Closed Lost Reason": "Too expensive" if stage == "Closed Lost" else "",
            "Associated Company": f"Example Partner {i + 1}",
        }
        rows.append(row_of(DEAL_HEAD, cells))
        for name in ("all", *(n for n, ends in spans.items() if ends[0] <= opened.date() <= ends[1])):
            loose[name]["deals"] += 1
            if stage == "Closed Won":
                loose[name]["won"] += 1
                loose[name]["revenue"] += amount
    return rows, loose


def history(world: World) -> dict[str, tuple[str, list[Any]]]:
    """Stage history: each stage a lead ever entered."""
    ids: list[str] = []
    stages: list[str] = []
    moments: list[dt.datetime] = []
    for lead in world.leads:
        names = {"contacted": "Connected", "qualified": "Qualified"} | STAGES[_pipeline(lead)]
        entered = [("New", lead.created), *((names[step], lead.steps[step]) for step in STEPS if step in lead.steps)]
        if lead.closed is not None:
            lost = "Closed Lost" if "meeting" in lead.steps else _status(lead, world.now)
            entered.append(("Closed Won" if lead.won else lost, lead.closed))
        for stage, moment in entered:
            ids.append(contact_id(lead))
            stages.append(stage)
            moments.append(moment.replace(tzinfo=HOME).astimezone(dt.UTC).replace(tzinfo=None))
    return {"contact_id": ("VARCHAR", ids), "stage": ("VARCHAR", stages), "entered_at": ("TIMESTAMP", moments)}
