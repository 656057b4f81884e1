"""What stands behind the answers of the questionnaire: the counted tables of METHOD.md "Claims" that no chapter has.

Leads, deals and touches are counted here, the other records of the client in ``records.py``. What a criterion's fact is
stands in ``survey/criteria.yml``; how it is made from these counts, in ``chapters/claims_facts.py``.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import ibis
import pandas as pd

from helpers.facts.evidence_days import (
    CAMPAIGN,
    DAY_SUMS,
    count_days,
    count_launches,
    count_opened,
    count_sellers,
    count_spans,
    no_spans,
)
from helpers.facts.exact import marks, squares, total
from helpers.facts.ground import Ground, empty, fetched, span_of
from helpers.facts.handover import BANT
from helpers.facts.records import MARKETING, SALES, Records, count_records
from helpers.facts.touches import ids_of_leads
from helpers.facts.workdays import Workdays
from helpers.sources.asking import asked_row, together

if TYPE_CHECKING:
    import ibis.expr.types as ir

LYING_DAYS = 14
"""Days after which a lead must have been taken up (criterion "No lead is left lying")."""
ATTEMPTS = 3
"""Calls and messages that count as enough where nobody answered."""
REASON_DAYS = 5
"""Working days within which the reason of a rejection must stand in the CRM."""
CONTACT_DAYS = 2
"""Working days within which the contact of an event must stand in the CRM."""
ASK_DAYS = 90
"""Days after a sale within which a customer is asked for a review."""
OTHER_REASONS = r"^(other|others|misc|miscellaneous|none|другое|другие|прочее|иное|інше|інші|-+|\?+)$"
REVIEW_KINDS = r"review|отзыв|відгук|рекоменд|referral|кейс|(^|[^a-z])case"

HANDED = ["span", "marked", "accepted", "outcome"]
LYING = ["span", "leads", "owned", "taken", "settled", "told", "kept"]
TALKS = ["talks", "scored", "weight", "score_sum"]


@dataclass(frozen=True)
class Evidence:
    """Counted tables; ``span`` is that of the lead's creation, money is in the client's currency."""

    handed: pd.DataFrame
    """HANDED | leads, filled (three or four BANT marks known). Leads that sales accepted or refused; ``marked``: "yes",
    "no" or "" as the lead is qualified."""
    lying: pd.DataFrame
    """span | leads (older than LYING_DAYS at ``as_of``), owned, taken (answered, or ATTEMPTS tries), settled (closed,
    or something is known to come), told (it can be told at all), kept (all three)."""
    refused: pd.DataFrame
    """span | leads (refused by sales), specific (with a reason that says something), dated (day of closing known),
    kept (specific and closed within REASON_DAYS working days)."""
    sold: pd.DataFrame
    """channel, weeks_ago (whole weeks from the sale to ``as_of``) | won, revenue, revenue_sq."""
    contacts: pd.DataFrame
    """event, span of its day | contacts, linked (a lead is named), kept (with source, owner and entry within
    CONTACT_DAYS working days)."""
    talks: pd.DataFrame
    """manager, month | talks, scored, weight (scored; half where sales scored alone), score_sum. Of the period."""
    asked: pd.DataFrame
    """span | customers (bought ASK_DAYS and more before ``as_of``), asked. Empty where no touch asks for a review."""
    launches: pd.DataFrame
    """channel, campaign_id, campaign, month | first (day of the first money of the month), spend. Of the period."""
    opened: pd.DataFrame
    """channel, campaign_id, campaign | first: the first day of money in all the data."""
    days: pd.DataFrame
    """day | leads, qualified (by day of creation), won, revenue (by day of the sale), spend (by the first day of its
    row), opened, ended (amounts of deals by day of opening and of closing)."""
    spans: pd.DataFrame
    """day, end | rows: spend of several days at once, which no window may cut in two (`helpers.chapters.spans`)."""
    sellers: pd.DataFrame
    """manager, week (Monday of the lead's creation), won_week (NaT: not won) | leads. Of the last half-year."""
    records: Records

    @classmethod
    def empty(cls) -> Evidence:
        """A client without exports."""
        return cls(
            handed=empty(HANDED, ["leads", "filled"]),
            lying=empty(LYING[:1], LYING[1:]),
            refused=empty(["span"], ["leads", "specific", "dated", "kept"]),
            sold=empty(["channel", "weeks_ago"], ["won", "revenue", "revenue_sq"]),
            contacts=empty(["event", "span"], ["contacts", "linked", "kept"]),
            talks=empty(["manager", "month"], TALKS),
            asked=empty(["span"], ["customers", "asked"]),
            launches=empty([*CAMPAIGN, "month"], ["first", "spend"]).astype({"first": "datetime64[us]"}),
            opened=empty(CAMPAIGN, ["first"]).astype({"first": "datetime64[us]"}),
            days=empty(["day"], DAY_SUMS),
            spans=no_spans(),
            sellers=empty(["manager", "week", "won_week"], ["leads"]),
            records=Records.empty(),
        )


async def count_evidence(ground: Ground) -> Evidence:
    """Count what the twenty facts need; what a client does not have stays empty."""
    nothing = Evidence.empty()
    workdays = Workdays.of(ground)
    leads = ground.leads
    asking = {
        "contacts": _contacts(ground, workdays),
        "talks": _talks(ground),
        "launches": count_launches(ground),
        "opened": count_opened(ground),
        "days": count_days(ground),
        "spans": count_spans(ground),
        "records": count_records(ground, workdays),
    }
    if leads is not None:
        asking |= {
            "handed": _handed(leads),
            "lying": _lying(ground, leads),
            "refused": _refused(ground, leads, workdays),
            "sold": _sold(ground, leads),
            "asked": _asked(ground, leads),
            "sellers": count_sellers(ground, leads),
        }
    found = await together(*asking.values())
    return replace(nothing, **dict(zip(asking, found, strict=True)))


async def _handed(leads: ir.Table) -> pd.DataFrame:
    decided = leads.filter(leads.accepted.notnull())
    decided = decided.mutate(
        marked=ibis.cases((decided.qualified, "yes"), (~decided.qualified, "no"), else_=""),
        bant=sum((decided[name].notnull().cast("int32") for name in BANT), ibis.literal(0)),
    )
    enough = (decided.bant >= 3).sum()
    return await fetched(decided.group_by(HANDED).agg(leads=decided.count(), filled=enough), HANDED)


async def _lying(ground: Ground, leads: ir.Table) -> pd.DataFrame:
    """Leads old enough to have been taken up: by whom, by what, and what comes next."""
    data = ground.data
    today = ibis.literal(data.as_of)
    recently = ibis.literal(data.as_of - dt.timedelta(days=LYING_DAYS))
    old = leads.filter((leads.created_at.cast("date") < recently) & leads.fate.notnull())
    tells_next, promised = False, None
    if ground.touches is not None:
        own = ground.touches.filter(ground.touches.lead.notnull())
        tried = own.group_by("lead").agg(tries=(own.direction == "out").sum(), spoken=own["at"].max().cast("date"))
        old = old.left_join(tried, [("lead_id", "lead")]).drop("lead")
        tells_next = True
    else:
        old = old.mutate(tries=ibis.null("int64"), spoken=ibis.null("date"))
    if ground.deals is not None:
        due = ground.deals.filter(ground.deals.to_lead.notnull())
        due = due.group_by("to_lead").agg(due=due.expected_at.max())
        old = old.left_join(due, [("lead_id", "to_lead")]).drop("to_lead")
        promised = ground.deals.aggregate(n=ground.deals.expected_at.count())
    else:
        old = old.mutate(due=ibis.null("date"))
    events = data.tables.get("stage_events")
    if events is not None:
        moved = events.group_by(of=ibis.coalesce(events.lead_id, events.deal_id)).agg(
            moved=events.entered_at.max().cast("date")
        )
        old = old.left_join(moved, [("lead_id", "of")]).drop("of")
        tells_next = True
    else:
        old = old.mutate(moved=ibis.null("date"))
    closed = old.outcome != "open"
    live = ibis.or_(old.due >= today, old.spoken >= recently, old.moved >= recently).fill_null(False)
    old = old.mutate(
        is_owned=old.manager != "",
        is_taken=(old.fate != "silent") | old.accepted.notnull() | (old.tries.fill_null(0) >= ATTEMPTS),
        is_settled=closed | live,
        is_closed=closed,
    )
    kept = old.is_owned & old.is_taken & old.is_settled
    table = old.group_by("span").agg(
        leads=old.count(),
        owned=old.is_owned.sum(),
        taken=old.is_taken.sum(),
        settled=old.is_settled.sum(),
        closed=old.is_closed.sum(),
        kept=kept.sum(),
        kept_closed=(kept & old.is_closed).sum(),
    )
    frame, dated = await together(fetched(table, ["span"]), _asked_of(promised))
    # Where nothing in the data tells what comes next, it can be told of closed leads alone.
    tells = tells_next or bool(dated)
    told, of_these = ("leads", "kept") if tells else ("closed", "kept_closed")
    kept_leads: pd.DataFrame = frame.assign(told=frame[told], kept=frame[of_these])[LYING]
    return kept_leads


async def _asked_of(question: ir.Table | None) -> int:
    return 0 if question is None else int((await asked_row(question))["n"] or 0)


async def _refused(ground: Ground, leads: ir.Table, workdays: Workdays) -> pd.DataFrame:
    refused = leads.filter((~leads.accepted).fill_null(False))
    refused = workdays.numbered(workdays.numbered(refused, "created_at", "n_from"), "closed_at", "n_to")
    reason = ground.engine.stripped(refused.reason).lower()
    said = (reason != "") & ~reason.re_search(OTHER_REASONS)
    quick = ((refused.n_to - refused.n_from) <= REASON_DAYS).fill_null(False)
    table = refused.group_by("span").agg(
        leads=refused.count(), specific=said.sum(), dated=refused.closed_at.notnull().sum(), kept=(said & quick).sum()
    )
    return await fetched(table, ["span"])


async def _sold(ground: Ground, leads: ir.Table) -> pd.DataFrame:
    keys = ["channel", "weeks_ago"]
    ago = (ground.data.as_of - dt.date(1970, 1, 1)).days - leads.closed_at.cast("date").epoch_days()
    won = leads.mutate(weeks_ago=(ago / 7).floor().cast("int64"))
    won = won.filter((won.outcome == "won") & (won.weeks_ago >= 0))
    table = won.group_by(keys).agg(
        won=won.count(),
        revenue=total(won.revenue),
        revenue_sq=squares(won.revenue),
    )
    return ground.one_spelling(await fetched(table, keys), ["won", "revenue", "revenue_sq"])


async def _contacts(ground: Ground, workdays: Workdays) -> pd.DataFrame:
    keys = ["event", "span"]
    events = ground.table("events")
    if events is None:
        return Evidence.empty().contacts
    made = events.filter(events.date <= ibis.literal(ground.data.as_of))
    made = made.mutate(span=span_of(made.date, ground.data))
    made = workdays.numbered(workdays.numbered(made, "date", "n_from"), "noted_at", "n_to")
    if ground.leads is not None:
        known = ground.leads.select(of="lead_id", found=ibis._.lead_id, channel="channel", owner="manager")
        ids = ids_of_leads(ground.leads, ground.deals).select(key="id", to="lead")
        made = made.left_join(ids, [("lead_id", "key")]).drop("key").left_join(known, [("to", "of")]).drop("of")
    else:
        none = ibis.null("string")
        made = made.mutate(found=none, channel=none, owner=none)
    entered = (made.noted_at.cast("date") >= made.date) & ((made.n_to - made.n_from) <= CONTACT_DAYS)
    full = (made.channel.fill_null("") != "") & (made.owner.fill_null("") != "")
    table = made.group_by(keys).agg(
        contacts=made.count(), linked=made.found.notnull().sum(), kept=(entered & full).fill_null(False).sum()
    )
    return await fetched(table, keys)


async def _talks(ground: Ground) -> pd.DataFrame:
    touches = ground.table("touches")
    if touches is None:
        return Evidence.empty().talks
    keys = ["manager", "month"]
    period = ground.data.period
    days = touches["at"].cast("date")
    last = min(period.to, ground.data.as_of)
    inside = touches.filter(days.between(ibis.literal(period.from_), ibis.literal(last)) & touches.manager.notnull())
    spoken = ((inside.seconds > 0) | inside.answered).fill_null(False) | inside.checklist.notnull()
    inside = inside.filter(spoken).mutate(month=inside["at"].cast("date").truncate("M"))
    by = inside.reviewed_by.fill_null("").lower()
    alone = by.re_search(SALES) & ~by.re_search(MARKETING)
    people = ground.table("people")
    if people is not None:
        engine = ground.engine
        team = people.select(who=people.manager.lower(), team=engine.ordered(people.team.fill_null("").lower()))
        team = team.group_by("who").agg(team=engine.restored(team.team.min()))
        inside = inside.mutate(by=by).left_join(team, [("by", "who")])
        by = inside.by.concat(" ", inside.team.fill_null(""))
        alone = by.re_search(SALES) & ~by.re_search(MARKETING)
    scored = inside.checklist.notnull()
    table = inside.group_by(keys).agg(
        talks=inside.count(),
        scored=scored.sum(),
        weight=ibis.ifelse(scored, ibis.ifelse(alone, 0.5, 1.0), 0.0).sum(),
        score_sum=marks(inside.checklist).fill_null(0),
    )
    return ground.one_spelling(await fetched(table, keys), TALKS)


async def _asked(ground: Ground, leads: ir.Table) -> pd.DataFrame:
    touches = ground.table("touches")
    nothing = Evidence.empty().asked
    if touches is None:
        return nothing
    asking = touches.filter(touches.kind.fill_null("").lower().re_search(REVIEW_KINDS))
    every = asking.aggregate(n=asking.count())
    ids = ids_of_leads(leads, ground.deals).select(key="id", to="lead")
    asking = asking.select(of="lead_id", asked_at="at").inner_join(ids, [("of", "key")]).select("to", "asked_at")
    ripe = ibis.literal(ground.data.as_of - dt.timedelta(days=ASK_DAYS))
    bought = leads.filter((leads.outcome == "won") & (leads.closed_at.cast("date") <= ripe))
    bought = bought.select("lead_id", "span", sold="closed_at")
    pairs = bought.inner_join(asking, [("lead_id", "to")])
    after = pairs.asked_at.cast("date").epoch_days() - pairs.sold.cast("date").epoch_days()
    done = pairs.filter(after.between(0, ASK_DAYS)).select(done="lead_id").distinct()
    joined = bought.left_join(done, [("lead_id", "done")])
    table = joined.group_by("span").agg(customers=joined.count(), asked=joined.done.count())
    frame, n = await together(fetched(table, ["span"]), _asked_of(every))
    return frame if n else nothing
