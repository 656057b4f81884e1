"""The texts of single criteria: what a fact says, what is missing, which rule bears on it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from helpers.chapters.claims import Claim
    from helpers.client import Client
    from helpers.language import Language


def fact_text(claim: Claim, client: Client, say: Language) -> str:
    """What the data show, as the second half of a sentence: "4 % of enquiries are answered within an hour"."""
    from helpers.chapters.claims_words import value_text

    value = value_text(claim, say)
    if claim.rule in ("no_marketing_plan", "fixed_pay", "no_referral"):
        return {
            "no_marketing_plan": say("the plan holds no target for marketing at all"),
            "fixed_pay": say("nobody is paid for leads that sales accepted"),
            "no_referral": say("recommendations are not among the sources of leads"),
        }[claim.rule]
    texts = {
        "A1": lambda: say("the plans of the two departments are {value} apart", value=value),
        "A2": lambda: say("{value} of advertising spend has a goal in money noted beforehand", value=value),
        "A3": lambda: say("{value} of last quarter's bonus was paid for leads that sales accepted", value=value),
        "A4": lambda: say("{value} of the joints have a common indicator, two owners and a fresh value", value=value),
        "B1": lambda: say("sales accepted {value} of the leads handed over", value=value),
        "B2": lambda: _in_time(value, client, say),
        "B3": lambda: say(
            "{value} of leads older than two weeks have an owner, an answer and a next step", value=value
        ),
        "B4": lambda: say("{value} of rejected leads get a clear reason within five working days", value=value),
        "C1": lambda: say(
            "in {value} of the last twelve weeks both departments met and decided something with a name and a date",
            value=value,
        ),
        "C2": lambda: say("sales knew of {value} of promotions three working days ahead", value=value),
        "C3": lambda: say(
            "{value} of contacts from events stood in the CRM, with source and owner, two working days later",
            value=value,
        ),
        "C4": lambda: say("conversations scored per manager and month: {value}", value=value),
        "D1": lambda: say("{value} of revenue can be traced to a source", value=value),
        "D2": lambda: say("the departments' own figures differ by {value}", value=value),
        "D3": lambda: say(
            "in {value} of the last twelve weeks all five figures were written down and right", value=value
        ),
        "D4": lambda: say("for {value} of spend the exports give the cost of a customer", value=value),
        "E1": lambda: say(
            "{value} of the stages on the map have one owner, an indicator and a fresh value", value=value
        ),
        "E2": lambda: say("{value} of respondents name the step where most leads are lost", value=value),
        "E3": lambda: say(
            "quarters of the last four with a figure of repeat purchases or recommendations: {value}", value=value
        ),
        "E4": lambda: say(
            "{value} of customers were asked for a review or a recommendation within 90 days", value=value
        ),
    }  # fmt: skip
    return texts[claim.criterion]()


def _in_time(value: str, client: Client, say: Language) -> str:
    limit = say.minutes(client.limits.first_answer_min)
    if client.working_hours:
        return say("{value} of enquiries get an answer within {limit} of working time", value=value, limit=limit)
    # No hours are known, so nights and weekends count.
    return say("{value} of enquiries get an answer within {limit}, around the clock", value=value, limit=limit)


def rule_text(claim: Claim, name: str, say: Language) -> str:
    """A rule of the criterion that bears on its level; empty where none does."""
    return {
        "rubber_stamp": say(
            "“{name}”: nearly all leads are accepted, but they become customers less often than before. Sales may be "
            "accepting without looking, so the answer is not confirmed.",
            name=name,
        ),
        "no_decisions": say(
            "“{name}”: no list of decisions with owner and date was given, so the level is 3 at most.", name=name
        ),
        "no_access": say(
            "“{name}”: one department sees no stage of the other's work, so the level is 2 at most.", name=name
        ),
        "falling": say(
            "“{name}”: customers come back less often from quarter to quarter, and no decision about it is recorded, "
            "so the level is 3 at most.",
            name=name,
        ),
        "no_rejects": say(
            "“{name}”: not one lead was rejected. Either rejected leads are not marked, or everything is accepted.",
            name=name,
        ),
        "adverts_only": say(
            "“{name}”: the exports hold what advertising costs, but not salaries, nor whether the budget follows; so "
            "the level is 3 at most.",
            name=name,
        ),
        "next_unknown": say(
            "“{name}”: the data do not tell what comes next for open leads; they are left out of the count.", name=name
        ),
    }.get(claim.rule, "")


def missing_text(what: str, say: Language) -> str:
    """What to collect, as a noun: table or column, with its columns in words."""
    return {
        "plan": say("the plan by month: revenue for sales, qualified leads for marketing (plan in client.yml)"),
        "journey": say("the customer journey by stages, with owner, indicator, value and date (journey in client.yml)"),
        "journey.joint": say("the joints between teams on the journey map (joint in client.yml)"),
        "goals": say("goals of campaigns in money: campaign, sum, day it was written down (table goals)"),
        "pay": say("what was paid for leads: month, what for, number of leads, sum (table pay)"),
        "spend": say("advertising spend by campaign and day (table spend)"),
        "leads": say("leads of the CRM with the day of creation (table leads)"),
        "deals": say("deals with outcome and amount (table deals)"),
        "deals.amount": say("amounts of won deals (deals.amount)"),
        "deals.closed_at": say("the day a deal was won (deals.closed_at)"),
        "leads.person": say("phone or e-mail of the customer, which the audit turns into a code (leads.person)"),
        "leads.qualified": say("a mark of qualified leads, or the four BANT marks (leads.qualified)"),
        "leads.accepted": say("a mark of sales: lead accepted or rejected (leads.accepted)"),
        "leads.first_answer_at": say("when a person first answered (leads.first_answer_at), or the log of calls"),
        "leads.manager": say("the salesperson in charge of each lead (leads.manager)"),
        "leads.closed_at": say("the day a lead was closed (leads.closed_at)"),
        "leads.source": say("source of each lead: UTM tags or the CRM's source (leads.source)"),
        "touches": say("the log of calls and messages with the number of the lead (table touches)"),
        "touches.checklist": say("checklist scores of conversations and who gave them (touches.checklist)"),
        "touches.kind": say(
            "a mark in the log of calls where a customer was asked for a review (touches.kind: review)"
        ),
        "meetings": say("the log of joint meetings: date, who was present, decisions (table meetings)"),
        "meetings.present": say("which departments were present at the meetings (meetings.present)"),
        "promotions": say("promotions with their first day and the day sales was told (table promotions)"),
        "promotions.brief_at": say("the day sales was told of each promotion (promotions.brief_at)"),
        "events": say("contacts from events: event, day, number of the lead, when entered (table events)"),
        "events.lead_id": say("the number of the lead for each contact from an event (events.lead_id)"),
        "events.noted_at": say("when each contact from an event was entered in the CRM (events.noted_at)"),
        "figures": say("what each department itself reports by month: leads, qualified, customers (table figures)"),
        "kpis": say("weekly values of the common figures: week, figure, value (table kpis)"),
        "kpis.retention": say("a figure of repeat purchases or recommendations, at least each quarter (table kpis)"),
        "stage_events": say("the history of stages: lead, stage, when it was entered (table stage_events)"),
    }[what]


def further_text(key: str, client: Client, say: Language) -> str:
    """Name of a further figure."""
    working = bool(client.working_hours)
    return {
        "bant": say("leads handed over with at least three of the four BANT marks filled in"),
        "kappa": say("agreement of two people who sorted the same leads blindly (Cohen's kappa, 1 is full)"),
        "median_min": say("working time within which half of enquiries are answered")
        if working
        else say("time, around the clock, within which half of enquiries are answered"),
        "p90_min": say("working time within which nine of ten enquiries are answered")
        if working
        else say("time, around the clock, within which nine of ten enquiries are answered"),
        "never_answered": say("enquiries never answered"),
        "owned": say("leads with an owner"),
        "taken": say("leads answered, or called at least three times"),
        "specific": say("rejected leads with a clear reason, however late"),
        "in_time": say("decisions carried out on time"),
        "mean_score": say("mean checklist score of a conversation"),
        "leads_traced": say("new leads with a named source; “direct” and tests are none"),
        "seen_marketing": say("people of marketing who see figures of a stage, mean over the stages"),
        "seen_sales": say("people of sales who see figures of a stage, mean over the stages"),
        "run_rate": say("weeks with the right forecast at the current pace"),
        "pipeline": say("weeks with the right sum of deals in work"),
        "manager_conversion": say("weeks with the right best and worst conversion of managers"),
        "qualified_share": say("weeks with the right share of qualified leads"),
        "cac": say("weeks with the right cost of a customer"),
        "no_customers": say("spend in channels that brought no customer"),
        "again": say("customers who bought again"),
        "by_referral": say("new customers who came by recommendation"),
    }[key]
