"""What is wrong with the data, what cannot be judged because of it, what to repair: the widest gap first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from helpers.chapters.base import inside
from helpers.report.model import Column, Exhibit, Table
from helpers.sources.notices import Code, Notice

if TYPE_CHECKING:
    import pandas as pd

    from helpers.chapters.data_tracking import Tracking
    from helpers.facts import Facts
    from helpers.language import Language

GOOD = 0.9
"""A field filled in for nine leads of ten can carry a figure; under half it cannot."""
POOR = 0.5
SHOWN = 10
FIELDS = {
    "channel": "leads.channel",
    "campaign": "leads.campaign",
    "manager": "leads.manager",
    "answered": "leads.first_answer_min",
    "rated": "leads.rating",
    "marked": "leads.qualified",
    "decided": "leads.accepted",
    "priced": "deals.amount",
}
"""Field → the clean column that holds it."""


@dataclass(frozen=True)
class Gap:
    """One thing to repair."""

    key: str
    what: str
    size: str
    unjudged: str
    todo: str
    weight: float
    """Share of leads or of money it touches, 0-1: the order of repair."""


def gaps(
    facts: Facts,
    notices: Sequence[Notice],
    filled: pd.DataFrame,
    tracking: Tracking | None,
    currency: str,
    say: Language,
) -> list[Gap]:
    """Everything worth repairing, the widest first."""
    found = [*_sources(notices, say), *_fields(facts, filled, tracking is not None, say), *_tags(tracking, say)]
    found += _money(facts, notices, currency, say)
    found += _leads(facts, notices, say)
    found += _unsaid(notices, say)
    return sorted(found, key=lambda gap: -gap.weight)


def fix_exhibit(found: Sequence[Gap], say: Language) -> Exhibit:
    """The list of repairs."""
    if not found:
        return Exhibit(
            key="data-fix",
            title=say("Nothing in the data stands in the way of the figures"),
            reading=(say("All fields that the chapters rest on are there and filled in."),),
        )
    title = say.plural(
        "{n} thing to repair in the data; first: {what}", "{n} things to repair in the data; first: {what}", len(found),
        what=inside(found[0].what),
    )  # fmt: skip
    return Exhibit(
        key="data-fix",
        title=title,
        reading=(
            say(
                "The order is by the share of leads or money that a gap touches. Until a gap is closed, the figures "
                "named beside it are missing or rest on a part of the data only."
            ),
        ),
        table=Table(
            columns=(
                Column(label=say("What is wrong")),
                Column(label=say("How much")),
                Column(label=say("What cannot be judged")),
                Column(label=say("What to do")),
            ),
            rows=tuple((gap.what, gap.size, gap.unjudged, gap.todo) for gap in found[:SHOWN]),
        ),
        table_open=True,
    )


def _sources(notices: Sequence[Notice], say: Language) -> list[Gap]:
    named = {
        "spend": (
            say("No advertising spend"),
            say("Price of a lead and of a customer, return on marketing"),
            say("Export spend by campaign and day from each advertising account."),
        ),
        "leads": (
            say("No leads"),
            say("Nearly everything: the funnel, qualification, speed, managers"),
            say("Export the leads or deals of the CRM with their creation date and stage."),
        ),
        "deals": (
            say("No deals"),
            say("Revenue, profit, average deal, plan"),
            say("Export the deals of the CRM with their amounts."),
        ),
    }
    lacking = [notice.table for notice in notices if notice.code is Code.NO_SOURCE and notice.table in named]
    return [
        Gap(f"source-{table}", named[table][0], say("the whole table"), *named[table][1:], weight=2.0)
        for table in lacking
    ]


def _fields(facts: Facts, filled: pd.DataFrame, tracked: bool, say: Language) -> list[Gap]:
    told = {
        "channel": (
            say("Leads without a channel"),
            say("What each channel costs and brings"),
            say("Make the source an obligatory field of the CRM."),
        ),
        "campaign": (
            say("Leads without a campaign"),
            say("Money by campaign"),
            say("Tag all advertisements by one page of UTM rules."),
        ),
        "manager": (
            say("Leads without a manager"),
            say("Conversion of managers"),
            say("Put a manager in charge of every lead."),
        ),
        "answered": (
            say("Time of the first answer is not known"),
            say("Speed of answers, leads lost by waiting"),
            say("Export the time of the first answer, or calls and messages with the lead's number."),
        ),
        "rated": (
            say("Leads without a rating by sales"),
            say("Felt quality against money"),
            say("Let sales rate leads from 1 to 5."),
        ),
        "marked": (
            say("Leads not marked as qualified or not"),
            say("Share and cost of qualified leads, pay for them"),
            say("Agree on the definition and mark every lead by it."),
        ),
        "decided": (
            say("Not known whether sales took the lead"),
            say("Rejected leads and their reasons"),
            say("Record for each lead whether it was accepted, and if not, why."),
        ),
        "priced": (
            say("Won deals without an amount"),
            say("Revenue, profit, average deal"),
            say("Enter the amount when a deal is won."),
        ),
    }
    found = []
    known = {row["field"]: row for row in filled.to_dict("records")}
    any_leads = bool(len(facts.leads[facts.leads["span"] == "now"]))
    for field, (what, unjudged, todo) in told.items():
        row = known.get(field)
        if row is None:
            if any_leads and FIELDS[field] not in facts.has:
                found.append(Gap(field, what, say("not in the exports"), unjudged, todo, 1.0))
            continue
        # Who came by himself has no campaign: paid channels are looked at apart.
        if row["share"] >= GOOD or (field == "campaign" and tracked):
            continue
        lacking = row["leads"] - row["known"]
        size = say("{n} of {m} ({share})", n=say.count(lacking), m=say.count(row["leads"]),
                   share=say.share(lacking / row["leads"]))  # fmt: skip
        found.append(Gap(field, what, size, unjudged, todo, 1 - row["share"]))
    return found


def _tags(tracking: Tracking | None, say: Language) -> list[Gap]:
    if tracking is None or not tracking.total:
        return []
    found = []
    if tracking.leads["unfilled"]:
        channels = tracking.channels[tracking.channels["unfilled"] > 0]
        names = [str(name) for name in channels.sort_values("unfilled", ascending=False)["channel"] if name][:3]
        found.append(
            Gap(
                "unfilled",
                say("Templates of advertising systems left unfilled"),
                say.plural("{n} lead", "{n} leads", tracking.leads["unfilled"]),
                say("Which campaign these leads came from"),
                say("Correct the tracking template of the advertisements: {channels}.", channels=say.list(names))
                if names
                else say("Correct the tracking template of the advertisements."),
                tracking.share("unfilled"),
            )
        )
    if tracking.untagged:
        n = sum(tracking.untagged.values())
        found.append(
            Gap(
                "untagged",
                say("Paid channels with leads that name no campaign"),
                say.plural("{n} lead", "{n} leads", n),
                say("Money by campaign in these channels"),
                say("Add campaign tags: {channels}.", channels=say.list(list(tracking.untagged)[:3])),
                n / tracking.total,
            )
        )
    return found


def _money(facts: Facts, notices: Sequence[Notice], currency: str, say: Language) -> list[Gap]:
    spend = float(facts.spend[facts.spend["span"] == "now"]["spend"].sum())
    told = {
        Code.SPEND_TWICE: (
            say("Perhaps the same spend in two files"),
            say("All prices and returns: they may rest on doubled spend"),
            say("Compare the two files; take the copy out of exports."),
        ),
        Code.CAMPAIGN_WITHOUT_LEADS: (
            say("Spend of campaigns that no lead of any channel names"),
            say("What this money brought"),
            say("Check the tags of these campaigns; confirm renamed ones under aliases."),
        ),
        Code.DUPLICATE_ROW_KEPT: (
            say("Rows of spend repeated word for word, with money"),
            say("Whether this money was spent twice"),
            say("Look at these rows in the file and leave one of each if they are copies."),
        ),
        Code.SAME_KEY_OTHER_AMOUNT: (
            say("Two amounts for one campaign and day"),
            say("Which of the two is right"),
            say("Look whether one row corrects the other."),
        ),
        Code.TOTAL_DIFFERS: (
            say("The report's own total differs from its rows"),
            say("Spend as a whole: the file is filtered or cut"),
            say("Export it again without filters."),
        ),
        Code.PARTIAL_REPORT: (
            say("A report that may hold a part of the money"),
            say("Spend as a whole"),
            say("Export the report by campaigns."),
        ),
        Code.DEAL_WITHOUT_LEAD: (
            say("Deals that belong to no lead"),
            say("Which channel this revenue came from"),
            say("Link deals with their leads in the CRM, or export the lead's number."),
        ),
    }
    earned = float(facts.leads[facts.leads["span"] == "now"]["revenue"].sum()) + float(
        facts.loose[facts.loose["span"] == "now"]["revenue"].sum()
    )
    found = []
    for code, (what, unjudged, todo) in told.items():
        some = [notice for notice in notices if notice.code is code]
        if not some:
            continue
        amount = float(sum(abs(notice.money) for notice in some if notice.money is not None))
        rows = sum(notice.rows or 0 for notice in some)
        whole = earned if code is Code.DEAL_WITHOUT_LEAD else spend
        size = say.money(amount, currency) if amount else say.plural("{n} row", "{n} rows", rows) if rows else "–"
        found.append(
            Gap(code.value.lower(), what, size, unjudged, todo, min(amount / whole, 1.0) if whole > 0 else 0.0)
        )
    return found


def _leads(facts: Facts, notices: Sequence[Notice], say: Language) -> list[Gap]:
    told = {
        Code.TEST_LIKE: (
            say("Leads that look like tests"),
            say("The number of leads"),
            say("Look through them and write “tests: true” under left_out in client.yml."),
        ),
        Code.VANISHED: (
            say("Leads of an older export that a newer one no longer holds"),
            say("The number of leads"),
            say("Ask what was merged or deleted; then write “vanished: true” under left_out."),
        ),
    }
    table = facts.leads
    whole = float(table["leads"].sum())
    found = []
    for code, (what, unjudged, todo) in told.items():
        rows = sum(notice.rows or 0 for notice in notices if notice.code is code and notice.table == "leads")
        if rows:
            # Beside it stand counts of the period.
            size = say.plural("{n} lead of all that were read", "{n} leads of all that were read", rows)
            found.append(Gap(code.value.lower(), what, size, unjudged, todo, rows / whole if whole else 0.0))
    return found


def _unsaid(notices: Sequence[Notice], say: Language) -> list[Gap]:
    """What only the client can say: one line each, after what is measured."""
    told = {
        Code.MARGIN_ASSUMED: (
            say("The margin is not given"),
            say("Profit and return: all revenue counts as profit"),
            say("Write margin into client.yml."),
            0.95,
        ),
        Code.VAT_ASSUMED: (
            say("Not said whether spend includes VAT"),
            say("Prices and returns, by the rate of VAT"),
            say("Ask, and write vat under the source: included or excluded."),
            0.2,
        ),
        Code.STAGE_GUESSED: (
            say("Stages whose meaning is a guess"),
            say("The funnel and outcomes"),
            say("Confirm them under outcomes in client.yml."),
            0.3,
        ),
        Code.HEADER_GUESSED: (
            say("A file recognised by guessed column names"),
            say("Whether its columns are what they were taken for"),
            say("Look at the file's first rows and name its columns under sources."),
            0.3,
        ),
        Code.DATES_ASSUMED: (
            say("Some dates could be read in two ways: the order of day and month is assumed"),
            say("Every figure by month"),
            say("Write dates under the source: dmy or mdy."),
            0.1,
        ),
    }
    found = []
    for code, (what, unjudged, todo, weight) in told.items():
        files = {notice.file for notice in notices if notice.code is code}
        if files:
            size = "–" if code is Code.MARGIN_ASSUMED else say.plural("{n} file", "{n} files", len(files))
            found.append(Gap(code.value.lower(), what, size, unjudged, todo, weight))
    return found
