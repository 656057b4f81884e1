"""What each side counts beside what the data hold: totals of three books, definitions, spend by its purpose."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from helpers.facts.quality import MEDIA
from helpers.report.model import Column, Exhibit, Table

if TYPE_CHECKING:
    from helpers.client import Client
    from helpers.facts import Facts
    from helpers.language import Language

SIDES = ("marketing", "sales", "accounting")
FIGURES = ("leads", "qualified", "customers", "revenue", "spend")
MONEY = ("revenue", "spend")
CLOSE = 0.01
"""Figures that differ by no more agree."""


def counted(facts: Facts) -> dict[str, float]:
    """Counts of the period by definition (see `Quality.counts`); what is not known is not there."""
    table = facts.quality.counts
    row = table[table["span"] == "now"]
    found = {str(name): float(value) for name, value in row.drop(columns="span").iloc[0].items()} if len(row) else {}
    return {name: value for name, value in found.items() if not math.isnan(value)}


def in_data(facts: Facts) -> dict[str, float | None]:
    """The five figures of FIGURES as this audit counts them; None where the exports do not hold them.

    Revenue is that of deals won within the period, as accounting counts it; leads are followed by the day they came.
    """
    found, spend = counted(facts), facts.spend[facts.spend["span"] == "now"]["spend"]
    return {
        "leads": found.get("leads"),
        "qualified": found.get("qualified") if "leads.qualified" in facts.has else None,
        "customers": found.get("closed", found.get("won")),
        "revenue": found.get("earned"),
        "spend": float(spend.sum()) if "spend.cost" in facts.has else None,
    }


def totals_exhibit(facts: Facts, client: Client, say: Language) -> Exhibit | None:
    """Three-way reconciliation; None where client.yml gives no totals."""
    if not client.totals:
        return None
    data, rows, apart = in_data(facts), [], []
    names = {
        "leads": say("Leads"), "qualified": say("Qualified leads"), "customers": say("Customers"),
        "revenue": say("Revenue"), "spend": say("Advertising spend"),
    }  # fmt: skip
    for figure in FIGURES:
        said = [_of(client, side, figure) for side in SIDES]
        if all(value is None for value in said):
            continue
        values = [*said, data[figure]]
        known = [value for value in values if value is not None]
        gap = (max(known) - min(known)) / max(known) if max(known) > 0 else 0.0
        if gap > CLOSE:
            apart.append((gap, figure, min(known), max(known)))
        rows.append((names[figure], *(_written(value, figure, client.currency, say) for value in values)))
    if not rows:
        return None
    if apart:
        _, figure, low, high = max(apart)
        title = say(
            "{figure}: from {low} to {high}, depending on whom you ask",
            figure=names[figure],
            low=_written(low, figure, client.currency, say),
            high=_written(high, figure, client.currency, say),
        )
        reading = [
            say(
                "Figures that differ by more than 1 % come from different definitions, days or lists. Settle which one "
                "counts before any figure is used against somebody."
            )
        ]
    else:
        title = say("Marketing, sales, accounting and the exports agree")
        reading = [say("No figure that was given differs from the exports by more than 1 %.")]
    reading.append(
        say("Leads of the exports are those created in the period, customers and revenue those of deals won in it.")
    )
    return Exhibit(
        key="data-totals",
        title=title,
        reading=tuple(reading),
        table=Table(
            columns=(
                Column(label=say("Figure")),
                Column(label=say("Marketing")),
                Column(label=say("Sales")),
                Column(label=say("Accounting")),
                Column(label=say("In the exports")),
            ),
            rows=tuple(rows),
        ),
        table_open=True,
    )


def _of(client: Client, side: str, figure: str) -> float | None:
    given = client.totals.get(side)  # type: ignore[call-overload]
    value = getattr(given, figure) if given is not None else None
    return None if value is None else float(value)


def _written(value: float | None, figure: str, currency: str, say: Language) -> str:
    if value is None:
        return "–"
    return say.money(value, currency, 2) if figure in MONEY else say.count(value)


def terms_exhibit(facts: Facts, client: Client, say: Language) -> Exhibit | None:
    """How much each count depends on the definition, with what the departments mean; None without leads."""
    found = counted(facts)
    if not found.get("leads"):
        return None
    leads = found["leads"]
    lead = [(say("all rows of the CRM"), leads)]
    if found.get("tests"):
        lead.append((say("without tests"), leads - found["tests"]))
    if found.get("duplicates"):
        lead.append((say("without those refused as duplicates"), leads - found["duplicates"]))
    if "people" in found:
        lead.append((say("different people"), found["people"]))
    if "leads.accepted" in facts.has:
        lead.append((say("accepted by sales"), found.get("accepted", 0.0)))
    qualified = []
    if "leads.qualified" in facts.has:
        qualified.append((say("marked as qualified"), found.get("qualified", 0.0)))
    if found.get("reached"):
        at_least = say("by the stage, at least") if facts.snapshot else say("by the stage")
        qualified.append((at_least, found["reached"]))
    customer = [(say("leads that bought"), found.get("won", 0.0))]
    if "deals.deal_id" in facts.has:
        customer.append((say("their won deals"), found.get("sales", 0.0)))
        customer.append((say("of them leads with an amount"), found.get("priced", 0.0)))
        customer.append((say("deals won in the period, whenever their lead came"), found.get("closed", 0.0)))
    groups: list[tuple[str, str, list[tuple[str, float]]]] = [
        ("lead", say("Lead"), lead), ("qualified", say("Qualified lead"), qualified),
        ("customer", say("Customer"), customer),
    ]  # fmt: skip
    if not client.terms and all(len({n for _, n in counts}) < 2 for _, _, counts in groups):
        return None
    rows = tuple((name, how, n) for _, name, counts in groups for how, n in counts)
    least = min(n for _, n in lead)
    if least < leads:
        title = say(
            "There are {low} to {high} leads, depending on what is called one", low=say.count(least),
            high=say.count(leads),
        )  # fmt: skip
    else:
        title = say("The departments' definitions beside the counts")
    reading = []
    for term, name, _ in groups:
        said: dict[Any, str] = client.terms.get(term, {})  # type: ignore[call-overload]
        for side, team in (("marketing", say("marketing")), ("sales", say("sales"))):
            if side in said:
                reading.append(say("{term} for {team}: {text}.", term=name, team=team, text=said[side].rstrip(".")))
    if not reading:
        reading.append(
            say(
                "Ask both departments what they call a lead, a qualified lead and a customer, and write it under terms "
                "in client.yml: most quarrels about numbers end here."
            )
        )
    return Exhibit(
        key="data-terms",
        title=title,
        reading=tuple(reading),
        table=Table(
            columns=(
                Column(label=say("Term")),
                Column(label=say("Counted as")),
                Column(label=say("Number"), kind="count"),
            ),
            rows=rows,
        ),
        table_open=True,
        note=say("In this report a lead is a row of the CRM, a customer a lead that bought."),
    )


def kinds_exhibit(facts: Facts, say: Language, margin: float) -> Exhibit | None:
    """Return on spend with and without what is no media; None where all spend is of one kind."""
    table = facts.quality.kinds
    sums = table[table["span"] == "now"].groupby("kind")["spend"].sum()
    sums = sums[sums != 0].sort_values(ascending=False, kind="stable")
    if len(sums) < 2:
        return None
    now = facts.leads[facts.leads["span"] == "now"]
    loose = facts.loose[facts.loose["span"] == "now"]
    gross = float(now["gross"].sum()) + float(loose["revenue"].sum()) * margin
    whole, media = round(float(sums.sum()), 2), round(float(sums.get(MEDIA, 0.0)), 2)

    def back(spend: float) -> float | None:
        return (gross - spend) / spend if spend > 0 else None

    rows: list[tuple[str, float, float | None]] = [(str(kind), float(spend), None) for kind, spend in sums.items()]
    rows = [(say("media") if name == MEDIA else name, spend, none) for name, spend, none in rows]
    rows += [(say("Media only"), media, back(media)), (say("Everything"), whole, back(whole))]
    return Exhibit(
        key="data-kinds",
        title=say("{share} of the spend is not media", share=say.share(1 - media / whole) if whole > 0 else "–"),
        reading=(
            say(
                "Fees, bloggers and offline placements are spend too: the money chapter counts all of it. The return "
                "without them is shown for comparison with an agency's own figures."
            ),
        ),
        table=Table(
            columns=(
                Column(label=say("Paid for")),
                Column(label=say("Spend"), kind="money", digits=2),
                Column(label=say("Return on marketing (ROMI)"), kind="share"),
            ),
            rows=tuple(rows),
        ),
        table_open=True,
    )
