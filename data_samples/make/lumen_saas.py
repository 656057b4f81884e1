"""Lumen: billing software for firms, dollars; two-entity CRM in the manner of HubSpot, Google Ads and Meta."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from data_samples.make.exports import Folders
from data_samples.make.lumen_saas_crm import contacts, deals, history
from data_samples.make.lumen_saas_people import OPINION, OVERCLAIMS, PEOPLE
from data_samples.make.model import Company, Lead, Seller, Spend, sources_of
from data_samples.make.survey import answers_of, survey_truth, write_sheet
from data_samples.make.truth import truth
from data_samples.make.world import World
from data_samples.make.writers import write_csv, write_parquet

TEAM = (("Lumen Team", 0.6), ("Lumen Solo", 0.4))
SMALL = (("Lumen Solo", 0.8), ("Lumen Team", 0.2))
LARGE = (("Lumen Enterprise", 0.7), ("Lumen Team", 0.3))

# Sales likes "enterprise": big names; it loses money. Sales calls "template" rubbish; it earns. "awareness" brings no
# lead. The founder's posts cost no advertising money, so no spend export knows them.
SOURCES = sources_of(
    """
    key        | channel  | per_day | p_win | amount | quality | rating | untagged | products
    billing    | google   | 2.4     | 0.055 | 5200   | 0.45    | 3.6    | -        | team
    enterprise | google   | 1.3     | 0.065 | 8600   | 0.55    | 4.5    | -        | large
    template   | google   | 2.6     | 0.04  | 3600   | 0.2     | 1.8    | 0.03     | small
    pmax       | google   | 1.8     | 0.03  | 4200   | 0.28    | 2.7    | -        | small
    awareness  | google   | 0       | 0     | 1      | -       | -      | -        | -
    lookalike  | meta     | 1.6     | 0.045 | 4400   | 0.32    | 2.9    | 0.03     | team
    again      | meta     | 0.9     | 0.08  | 4600   | 0.42    | 3.5    | -        | team
    founder    | linkedin | 0.4     | 0.06  | 6000   | 0.45    | 3.7    | -        | team
    organic    | organic  | 1.8     | 0.065 | 5000   | 0.42    | 3.5    | -        | team
    referral   | referral | 0.5     | 0.20  | 6400   | 0.62    | 4.6    | -        | team
    direct     | direct   | 0.7     | 0.06  | 5000   | 0.4     | 3.3    | -        | team
    """,
    """
    key        | cpl | daily | cpc | ctr   | campaign_id        | campaign
    billing    | 150 | -     | 6.4 | 0.05  | 18822041733        | Search, Billing software
    enterprise | 880 | -     | 24  | 0.04  | 18822041790        | Search, Enterprise invoicing
    template   | 22  | -     | 0.9 | 0.06  | 18830022104        | Search, Free invoice template
    pmax       | 125 | -     | 2.2 | 0.012 | 18911007545        | Performance Max, SMB
    awareness  | -   | 75    | 0.6 | 0.004 | 18955120077        | Display, Awareness
    lookalike  | 84  | -     | 2.1 | 0.009 | 120208841122330011 | Lookalike, Demo request
    again      | 95  | -     | 1.7 | 0.011 | 120208841122330022 | Retargeting, Trial
    founder    | -   | -     | -   | -     | founder_posts      | founder_posts
    """,
    {"team": TEAM, "small": SMALL, "large": LARGE},
)
COMPANY = Company(
    slug="lumen-saas",
    seed=116,
    currency="USD",
    first_day=dt.date(2025, 5, 1),
    as_of=dt.date(2026, 7, 15),
    period=(dt.date(2026, 1, 1), dt.date(2026, 6, 30)),
    compare=(dt.date(2025, 7, 1), dt.date(2025, 12, 31)),
    margin=0.8,
    sources=SOURCES,
    sellers=(
        Seller("Ada Lantern"),
        Seller("Bo Filament"),
        Seller("Cy Candela"),
        # The only one who really differs.
        Seller("Di Dimmer", skill=0.15),
        Seller("Ed Wick", weight=0.8, prefers=("referral",)),
        Seller("Flo Torch"),
    ),
    season=(1.15, 1.1, 1.15, 1.05, 1.0, 0.95, 0.8, 0.8, 1.1, 1.15, 1.05, 0.7),
    weekdays=(1.3, 1.35, 1.3, 1.2, 1.0, 0.4, 0.45),
    hours=(0.4, 0, 0, 0, 0.3, 0.6, 1.5, 3, 5, 7, 8, 8, 7, 7, 7.5, 7, 6, 5, 4, 3, 3, 2.5, 2, 1),
    open_hours=dict.fromkeys(range(5), (9, 18)),
    answer_min=15,
    answer_sigma=0.95,
    never_answered=0.02,
    cycle_days=34,
    reject_reasons=(("Student or private person", 3), ("Company too small", 3), ("Wrong country", 1), ("No budget", 2)),
    lost_reasons=(("Chose a competitor", 3), ("Too expensive", 3), ("Bad timing", 3), ("Missing feature", 2)),
    # Planted: everybody believes that rejections come back with a reason.
    reason_share=0.24,
    reject_share=0.75,
    double_reason="Duplicate",
    test_reason="Test",
    empty_amounts=(3, 4),
)


def make(folders: Folders) -> None:
    """Write the exports, the answers and the truth."""
    world = World(COMPANY)
    rows, extra, loose = deals(world)
    write_csv(folders.exports / "hubspot-crm-exports-all-contacts-2026-07-15.csv", contacts(world))
    write_csv(folders.exports / "hubspot-crm-exports-all-deals-2026-07-15.csv", rows)
    write_parquet(folders.exports / "stage_history.parquet", history(world))
    google = [x for x in world.spend if x.source.channel == "google"]
    repeated, credit = _google(folders, google)
    _meta(folders, [x for x in world.spend if x.source.channel == "meta"])
    answers = answers_of(PEOPLE, OPINION, COMPANY.seed)
    write_sheet(folders.answers / "survey.csv", PEOPLE, answers, "anonymous", 3)
    world.spend.append(credit)
    traps = {
        "duplicate_zero_spend_rows": repeated,
        "negative_spend_rows": 1,
        "expansion_deals": len(extra),
        "personal": ["Sample", "Person", "@example.com", "000) "],
        "contradiction": {"liked_and_loses": "18822041790", "disliked_and_earns": "18830022104"},
    }
    found = truth(world, survey_truth(PEOPLE, answers, OVERCLAIMS), traps, extra=extra, loose=loose, hidden=["B2"])
    for name, ends in (("now", COMPANY.period), ("before", COMPANY.compare), ("all", None)):
        leads = [x for x in world.leads if ends is None or ends[0] <= x.created.date() <= ends[1]]
        found["spans"][name]["repeat_buyers"] = _repeat_buyers(leads, extra)
    folders.write_truth(found)


def _repeat_buyers(leads: list[Lead], extra: dict[int, int]) -> int:
    sales: dict[int, int] = {}
    for lead in leads:
        if lead.won:
            sales[lead.person] = sales.get(lead.person, 0) + 1 + (lead.number in extra)
    return sum(count > 1 for count in sales.values())


def _google(folders: Folders, spend: list[Spend]) -> tuple[int, Spend]:
    """The daily campaign report; returns how many all-zero rows stand in it twice, and a credit of Google's."""
    credit = Spend(dt.date(2026, 3, 31), spend[0].source, -35.2, 0, 0)
    head = ["Day", "Campaign", "Campaign ID", "Campaign status", "Currency code", "Cost", "Impr.", "Clicks", "CTR"]
    rows: list[list[Any]] = []
    repeated = 0
    for one in sorted([*spend, credit], key=lambda x: (x.day, x.source.campaign_id)):
        rate = f"{one.clicks / one.impressions:.2%}" if one.impressions else " --"
        row = [str(one.day), one.source.campaign, one.source.campaign_id, "Enabled", "USD", f"{one.cost:,.2f}"]
        row += [f"{one.impressions:,}", f"{one.clicks:,}", rate]
        rows.append(row)
        if one.cost == 0:
            rows.append(row)
            repeated += 1
    cost = sum((Decimal(str(one.cost)) for one in [*spend, credit]), Decimal())
    shown, clicks = sum(one.impressions for one in spend), sum(one.clicks for one in spend)
    below = [
        f'Total: {name}, --, --, --,USD,"{cost:,.2f}","{shown:,}","{clicks:,}",{clicks / shown:.2%}'
        for name in ("Campaigns", "Account")
    ]
    above = ["Campaign report", '"May 1, 2025 - July 15, 2026"']
    write_csv(folders.exports / "Campaign report.csv", [head, *rows], above=above, below=below)
    return repeated, credit


def _meta(folders: Folders, spend: list[Spend]) -> None:
    """Ads Manager by month: a row covers its whole month, the last one half of July."""
    head = ["Reporting starts", "Reporting ends", "Campaign name", "Campaign ID", "Campaign delivery", "Reach"]
    head += ["Impressions", "Link clicks", "Amount spent (USD)"]
    months: dict[tuple[str, str], list[Spend]] = {}
    for one in spend:
        months.setdefault((one.day.strftime("%Y-%m"), one.source.key), []).append(one)
    rows: list[list[Any]] = [head]
    for days in months.values():
        source, first, last = days[0].source, days[0].day, days[-1].day
        shown, clicks = sum(x.impressions for x in days), sum(x.clicks for x in days)
        cost = sum((Decimal(str(x.cost)) for x in days), Decimal())
        row = [str(first), str(last), source.campaign, source.campaign_id, "active", round(shown * 0.7)]
        rows.append([*row, shown, clicks, cost])
    write_csv(folders.exports / "Lumen-Campaigns-May-1-2025-Jul-15-2026.csv", rows, encoding="utf-8-sig")
