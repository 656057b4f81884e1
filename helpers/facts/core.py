"""Clean tables → small counted tables. The last place that sees a row; everything after reads only ``Facts``.

Each table is one aggregate expression of Ibis over a clean table, so the same code runs on DuckDB and wherever else
Ibis reaches. Names of channels and managers are brought to one spelling on the counted tables, where they are few.
"""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING

import ibis
import numpy as np
import pandas as pd

from helpers.client import Span
from helpers.facts.conversations import Conversations, count_conversations
from helpers.facts.days import Days, count_days
from helpers.facts.evidence import Evidence, count_evidence
from helpers.facts.exact import marks, marks_squared, squares, total
from helpers.facts.ground import Ground, Names, empty, fetched, span_of, spellings
from helpers.facts.handover import BANT, Handover, count_handover
from helpers.facts.outcomes import Outcomes, count_outcomes
from helpers.facts.pipeline import Pipeline, count_pipeline
from helpers.facts.quality import Quality, count_quality
from helpers.facts.quarters import Quarters, count_quarters
from helpers.facts.retention import Retention, count_retention
from helpers.facts.speed import Speed, count_speed
from helpers.facts.staff import managers_found, shown_managers
from helpers.facts.steps import Steps, count_steps, events_of_leads
from helpers.facts.touches import linked_touches
from helpers.facts.waits import Clock, Waits, with_waits
from helpers.facts.weeks import Weeks, count_weeks
from helpers.sources.asking import answered, asked, asked_row, together
from helpers.sources.names import key, usual_channels
from helpers.sources.tables import TABLES
from helpers.sources.values import MONEY

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from helpers.sources.loading import Data

LEAD_KEYS = ["span", "month", "channel", "campaign_id", "campaign", "manager", "product", "stage", "exact", "outcome"]
LEAD_SUMS = [
    "leads", "answered", "qualified", "marked", "accepted", "rejected", "rated", "rating_sum", "rating_sq",
    "priced", "revenue", "revenue_sq", "gross", "gross_sq",
]  # fmt: skip


@dataclass(frozen=True)
class Facts:
    """Counted tables of one client; money in units of the client's currency, shares nowhere, names in one spelling.

    ``span`` is "now" (the period), "before" (compare_with) or "other". ``month`` is the first day of the month in
    which the lead was created or the money was spent (cohort view).
    """

    leads: pd.DataFrame
    """LEAD_KEYS | LEAD_SUMS. ``stage`` furthest stage known to be reached, ``exact`` whether the way to it is known."""
    spend: pd.DataFrame
    """span, month, until, channel, campaign_id, campaign | spend, impressions, clicks (NaN: not in the export), rows.
    ``until``: month in which the rows end; those of several months belong to no one month (`of_several_months`)."""
    ages: pd.DataFrame
    """span, month, outcome, age_days | leads. Age at the outcome, or at ``as_of`` for open leads."""
    open_ages: pd.DataFrame
    """span, channel, campaign_id, campaign, age_days (whole weeks) | leads, open ones only."""
    reasons: pd.DataFrame
    """span, outcome, reason | leads."""
    people: pd.DataFrame
    """span | leads, people, repeats; NaN where the export holds no person."""
    buyers: pd.DataFrame
    """One row: buyers, repeat_buyers; NaN where the export holds no person."""
    loose: pd.DataFrame
    """span | deals, won, revenue of deals that belong to no lead."""
    stages: tuple[str, ...]
    period: Span
    compare: Span | None
    as_of: dt.date
    snapshot: bool
    has: frozenset[str]
    """Clean columns that hold at least one value, as "table.column"."""
    dates: dict[str, tuple[dt.date, dt.date]]
    """First and last day of leads, deals and spend."""
    evidence: Evidence = field(default_factory=Evidence.empty)
    quarters: Quarters = field(default_factory=Quarters.empty)
    steps: Steps = field(default_factory=Steps.empty)
    retention: Retention = field(default_factory=Retention.empty)
    speed: Speed = field(default_factory=Speed.empty)
    handover: Handover = field(default_factory=Handover.empty)
    conversations: Conversations = field(default_factory=Conversations.empty)
    outcomes: Outcomes = field(default_factory=Outcomes.empty)
    days: Days = field(default_factory=Days.empty)
    pipeline: Pipeline = field(default_factory=Pipeline.empty)
    quality: Quality = field(default_factory=Quality.empty)
    weeks: Weeks = field(default_factory=Weeks.empty)

    def __repr__(self) -> str:
        sizes = ", ".join(f"{f.name}: {len(getattr(self, f.name))}" for f in fields(self) if f.type == "pd.DataFrame")
        return f"Facts({self.period}, as_of={self.as_of}, rows {sizes})"


def count(data: Data) -> Facts:
    """Count the clean tables of a client.

    Raises:
        DataError: the client's database failed.
    """
    facts = answered(data.engine, _count(data))
    data.engine.rest()
    return facts


async def _count(data: Data) -> Facts:
    client, engine = data.client, data.engine
    deals = _deals(data)
    if deals is not None:
        deals = engine.keep("counted_deals", deals)
    touches = linked_touches(data, deals)
    if touches is not None:
        touches = engine.keep("counted_touches", touches)
    leads, waits = _leads(data, deals), None
    if leads is not None:
        waits = with_waits(data, leads, touches)
        # Many counted tables read it: joined and typed once, it is scanned once more for each, not joined again.
        leads = engine.keep("counted_leads", waits.leads)
    ground = Ground(data=data, leads=leads, deals=deals, touches=touches)
    # All questions are one round: what one answer decides about another is decided in the questions themselves, or
    # when the answers have come; those of names come first.
    (
        (lead_counts, spend), (has, dates), _,
        ages, open_ages, reasons, people, buyers, loose, evidence, quarters, steps, retention, speed, handover,
        conversations, outcomes, days, pipeline, quality, weeks,
    ) = await together(
        _named(ground, waits), _found(data.tables), data.settled(),
        _ages(leads), _open_ages(leads), _reasons(leads), _people(leads), _buyers(leads), _loose(data, deals),
        count_evidence(ground), count_quarters(ground), count_steps(ground), count_retention(ground),
        count_speed(ground), count_handover(ground), count_conversations(ground), count_outcomes(ground),
        count_days(ground), count_pipeline(ground), count_quality(ground), count_weeks(ground),
    )  # fmt: skip
    lead_counts = ground.one_spelling(lead_counts, LEAD_SUMS)
    spend = ground.one_spelling(spend, ["spend", "impressions", "clicks", "rows"])
    open_ages = ground.one_spelling(open_ages, ["leads"])
    lead_counts["stage"] = lead_counts["stage"].map(dict(enumerate(client.stage_keys)))
    return Facts(
        leads=lead_counts,
        spend=spend,
        ages=ages,
        open_ages=open_ages,
        reasons=reasons,
        people=people,
        buyers=buyers,
        loose=loose,
        stages=client.stage_keys,
        period=data.period,
        compare=data.compare,
        as_of=data.as_of,
        snapshot=data.snapshot,
        has=has,
        dates=dates,
        evidence=evidence,
        quarters=quarters,
        steps=steps,
        retention=retention,
        speed=speed,
        handover=handover,
        conversations=conversations,
        outcomes=outcomes,
        days=days,
        pipeline=pipeline,
        quality=quality,
        weeks=weeks,
    )


async def _named(ground: Ground, waits: Waits | None) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Counted leads and spend, whose spellings the ground is told."""
    data, aliases = ground.data, ground.client.aliases
    lead_counts, spend, known, clock = await together(
        _lead_counts(ground.leads), _spend(data), managers_found(data), _clock(ground.leads, waits)
    )
    ground.told.append(
        Names(
            channels=spellings(aliases.channel, lead_counts["channel"], spend["channel"], usual=usual_channels()),
            campaigns=_renamed(aliases.campaign, lead_counts["campaign"], spend["campaign"]),
            managers=shown_managers(data, lead_counts["manager"], known),
            clock=clock,
            people=known.people,
        )
    )
    return lead_counts, spend


async def _clock(leads: ir.Table | None, waits: Waits | None) -> Clock:
    return Clock() if leads is None or waits is None else await waits.clock(leads)


def _renamed(aliases: dict[str, tuple[str, ...]], *columns: pd.Series) -> dict[str, str]:
    """Campaign as written → the name it goes by now, only where the client has confirmed it."""
    if not aliases:
        return {}
    names = {key(variant): name for name, variants in aliases.items() for variant in (name, *variants)}
    found = {str(text) for column in columns for text in column.unique()}
    return {text: names[key(text)] for text in found if key(text) in names}


def _leads(data: Data, deals: ir.Table | None) -> ir.Table | None:
    """Leads with what their deals brought."""
    tables, won_at = data.tables, data.client.stage_keys.index("won")
    if "leads" not in tables:
        return None
    leads = tables["leads"]
    events = events_of_leads(data, deals)
    if events is not None:
        furthest = events.group_by("key").agg(event_at=events["at"].max())
        leads = leads.left_join(furthest, [("lead_id", "key")]).drop("key")
    else:
        leads = leads.mutate(event_at=ibis.null("int32"))
    if deals is not None:
        leads = _with_deals(leads, deals)
    else:
        leads = leads.mutate(
            revenue=ibis.null(MONEY),
            gross=ibis.null(MONEY),
            deal_outcome=ibis.null("string"),
            deal_at=ibis.null("int32"),
            deal_closed=ibis.null("timestamp"),
            sales=ibis.null("int64"),
        )
    outcome = ibis.cases(
        ((leads.outcome == "won") | (leads.deal_outcome == "won"), "won"),
        ((leads.outcome == "lost") | (leads.deal_outcome == "lost"), "lost"),
        else_="open",
    )
    at = ibis.greatest(
        leads["at"], leads.event_at.fill_null(0), leads.deal_at.fill_null(0), ibis.ifelse(outcome == "won", won_at, 0)
    )
    # A later stage than "won" (repeat purchase) may be where a deal stands now;
    # a stage never means more than its outcome.
    at = ibis.ifelse((outcome != "won") & (at >= won_at), won_at - 1, at)
    exact = leads.event_at.notnull() | (outcome != "lost")
    created = leads.created_at.cast("date")
    closed = ibis.coalesce(leads.closed_at, leads.deal_closed).cast("date")
    end = ibis.ifelse(outcome == "open", ibis.literal(data.as_of), closed)
    age = end.epoch_days() - created.epoch_days()
    sound = (age >= 0) & (end <= ibis.literal(data.as_of))
    return leads.select(
        span=span_of(created, data),
        lead_id=leads.lead_id,
        created_at=leads.created_at,
        closed_at=ibis.ifelse(
            outcome == "open", ibis.null("timestamp"), ibis.coalesce(leads.closed_at, leads.deal_closed)
        ),
        source=leads.source,
        medium=leads.medium,
        accepted_at=leads.accepted_at,
        first_answer_at=leads.first_answer_at,
        month=created.truncate("M"),
        channel=leads.channel,
        campaign_id=leads.campaign_id,
        campaign=leads.campaign,
        manager=leads.manager,
        product=leads["product"],
        stage=at.cast("int32"),
        exact=exact,
        outcome=outcome,
        person=leads.person,
        reason=leads.reason.fill_null(""),
        qualified=leads.qualified,
        accepted=leads.accepted,
        test=leads.test,
        unfilled=leads.unfilled,
        rating=leads.rating,
        **{name: leads[name] for name in BANT},
        first_answer_min=leads.first_answer_min,
        revenue=ibis.ifelse(outcome == "won", leads.revenue.fill_null(0), 0).cast(MONEY),
        gross=ibis.ifelse(outcome == "won", leads.gross.fill_null(0), 0).cast(MONEY),
        age_days=ibis.ifelse(sound, age, ibis.null("int64")),
        # A lead that the CRM calls won without a deal of its own is one sale.
        sales=ibis.ifelse(outcome == "won", ibis.greatest(leads.sales.fill_null(1), 1), 0).cast("int64"),
    )


def _deals(data: Data) -> ir.Table | None:
    """Deals with the lead they grew from (``to_lead``, NULL for none).

    By id, else by person: the last enquiry of that person before the deal was opened.
    """
    if "deals" not in data.tables:
        return None
    deals = data.tables["deals"]
    if "leads" not in data.tables:
        return deals.mutate(to_lead=ibis.null("string"))
    leads = data.tables["leads"]
    own = deals.left_join(leads.select(own="lead_id"), [("lead_id", "own")])
    rest = own.filter(own.own.isnull() & own.person.notnull()).select("deal_id", "opened_at", who="person")
    people = leads.filter(leads.person.notnull()).select("person", asked="created_at", by_person="lead_id")
    pairs = rest.inner_join(people, [("who", "person")])
    pairs = pairs.filter(pairs.opened_at.isnull() | (pairs.asked.cast("date") <= pairs.opened_at.cast("date")))
    last_first = [ibis.desc("asked"), data.engine.ordered(pairs.by_person)]
    nearest = pairs.mutate(nth=ibis.row_number().over(ibis.window(group_by="deal_id", order_by=last_first)))
    nearest = nearest.filter(nearest.nth == 0).select("by_person", of="deal_id")
    joined = own.left_join(nearest, [("deal_id", "of")])
    return joined.select(*deals.columns, to_lead=ibis.coalesce(joined.own, joined.by_person))


def _with_deals(leads: ir.Table, deals: ir.Table) -> ir.Table:
    joined = deals.filter(deals.to_lead.notnull())
    won = joined.outcome == "won"
    summed = joined.group_by("to_lead").agg(
        revenue=joined.amount.sum(where=won),
        gross=joined.gross.sum(where=won),
        n_won=won.sum(),
        n_lost=(joined.outcome == "lost").sum(),
        n=joined.count(),
        deal_at=joined["at"].max(),
        deal_closed=ibis.coalesce(joined.closed_at.min(where=won), joined.closed_at.max()),
    )
    summed = (
        summed.mutate(
            deal_outcome=ibis.cases((summed.n_won > 0, "won"), (summed.n_lost == summed.n, "lost"), else_="open")
        )
        .drop("n_lost", "n")
        .rename(sales="n_won")
    )
    return leads.left_join(summed, [("lead_id", "to_lead")]).drop("to_lead")


async def _loose(data: Data, deals: ir.Table | None) -> pd.DataFrame:
    if deals is None:
        return empty(["span"], ["deals", "won", "revenue"])
    homeless = deals.filter(deals.to_lead.isnull())
    day = ibis.coalesce(homeless.opened_at, homeless.closed_at).cast("date")
    made = homeless.mutate(span=span_of(day, data).fill_null("other"), is_won=homeless.outcome == "won")
    revenue = total(made.amount, made.is_won).fill_null(0)
    return await fetched(
        made.group_by("span").agg(deals=made.count(), won=made.is_won.sum(), revenue=revenue), ["span"]
    )


async def _lead_counts(leads: ir.Table | None) -> pd.DataFrame:
    if leads is None:
        return empty(LEAD_KEYS, LEAD_SUMS)
    won, keys = leads.outcome == "won", list(LEAD_KEYS)
    table = leads.group_by(keys).agg(
        leads=leads.count(),
        answered=leads.first_answer_min.count(),
        qualified=leads.qualified.fill_null(False).sum(),
        marked=leads.qualified.count(),
        accepted=leads.accepted.fill_null(False).sum(),
        rejected=(~leads.accepted).fill_null(False).sum(),
        rated=leads.rating.count(),
        rating_sum=marks(leads.rating).fill_null(0),
        rating_sq=marks_squared(leads.rating).fill_null(0),
        priced=(won & (leads.revenue > 0)).sum(),
        revenue=total(leads.revenue),
        revenue_sq=squares(leads.revenue),
        gross=total(leads.gross),
        gross_sq=squares(leads.gross),
    )
    return await fetched(table, keys)


async def _spend(data: Data) -> pd.DataFrame:
    keys = ["span", "month", "until", "channel", "campaign_id", "campaign"]
    sums = ["spend", "impressions", "clicks", "rows"]
    if "spend" not in data.tables:
        return empty(keys, sums)
    spend = data.tables["spend"]
    made = spend.mutate(
        span=span_of(spend["from"], data),
        month=spend["from"].truncate("M"),
        until=ibis.coalesce(spend["to"], spend["from"]).truncate("M"),
        channel=spend.channel.fill_null(""),
        campaign_id=spend.campaign_id.fill_null(""),
        campaign=spend.campaign.fill_null(""),
    )
    table = made.group_by(keys).agg(
        spend=total(made.cost),
        impressions=made.impressions.sum(),
        clicks=made.clicks.sum(),
        rows=made.count(),
    )
    frame = await fetched(table, keys)
    # DuckDB's SUM of nothing but NULL is NULL: "not in the export", which is not zero.
    return frame.astype({"impressions": "float64", "clicks": "float64"})


async def _ages(leads: ir.Table | None) -> pd.DataFrame:
    keys = ["span", "month", "outcome", "age_days"]
    if leads is None:
        return empty(keys, ["leads"])
    known = leads.filter(leads.age_days.notnull())
    return await fetched(known.group_by(keys).agg(leads=known.count()), keys)


async def _open_ages(leads: ir.Table | None) -> pd.DataFrame:
    keys = ["span", "channel", "campaign_id", "campaign", "age_days"]
    if leads is None:
        return empty(keys, ["leads"])
    known = leads.filter(leads.age_days.notnull() & (leads.outcome == "open"))
    weeks = known.mutate(age_days=((known.age_days // 7) * 7).cast("int64"))
    return await fetched(weeks.group_by(keys).agg(leads=weeks.count()), keys)


async def _reasons(leads: ir.Table | None) -> pd.DataFrame:
    keys = ["span", "outcome", "reason"]
    if leads is None:
        return empty(keys, ["leads"])
    return await fetched(leads.group_by(keys).agg(leads=leads.count()), keys)


async def _people(leads: ir.Table | None) -> pd.DataFrame:
    if leads is None:
        return empty(["span"], ["leads", "people", "repeats"])
    table = leads.group_by("span").agg(leads=leads.count(), people=leads.person.nunique(), named=leads.person.count())
    frame = (await fetched(table, ["span"])).astype({"people": "float64", "named": "float64"})
    frame["repeats"] = frame["named"] - frame["people"]
    frame.loc[frame["named"] == 0, ["people", "repeats"]] = np.nan
    return frame.drop(columns="named")


async def _buyers(leads: ir.Table | None) -> pd.DataFrame:
    if leads is None:
        return pd.DataFrame({"buyers": [math.nan], "repeat_buyers": [math.nan]})
    won = leads.filter((leads.outcome == "won") & leads.person.notnull() & (leads.span == "now"))
    each = won.group_by("person").agg(n=won.count())
    frame = (await asked(each.aggregate(buyers=each.count(), repeat_buyers=(each.n > 1).sum()))).astype("float64")
    if not frame.loc[0, "buyers"]:
        frame.loc[0] = math.nan
    return frame


async def _found(
    tables: dict[str, ir.Table],
) -> tuple[frozenset[str], dict[str, tuple[dt.date, dt.date]]]:
    """``Facts.has`` and ``Facts.dates``."""
    questions = []
    for name, table in tables.items():
        filled = {f"has:{column}": table[column].count() for column in table.columns}
        if name in ("leads", "deals", "spend"):
            day = table[TABLES[name].date].cast("date")
            filled |= {"first": day.min(), "last": day.max()}
        questions.append(asked_row(table.aggregate(**filled)))
    has: set[str] = set()
    dates: dict[str, tuple[dt.date, dt.date]] = {}
    for name, row in zip(tables, await together(*questions), strict=True):
        has |= {f"{name}.{key.removeprefix('has:')}" for key, n in row.items() if key.startswith("has:") and n}
        if row.get("first") is not None:
            dates[name] = (pd.Timestamp(row["first"]).date(), pd.Timestamp(row["last"]).date())
    return frozenset(has), {name: dates[name] for name in ("leads", "deals", "spend") if name in dates}
