"""Refusals, reasons, people, own figures, pay, sorting, calls and messages, counted from files by hand."""

from __future__ import annotations

import math

import pandas as pd
import pytest
from small_firm import SOURCES, firm

from helpers.facts import Facts

LEADS = """\
Id,Created,Answer,Source,Owner,Stage,Closed,Mail,Taken,Reason,Money,Need
1,2026-03-02 10:00,2026-03-02 10:20,ads,Ann,Sold,2026-03-20,a@x.example,yes,,yes,yes
2,2026-03-02 22:00,2026-03-03 09:05,ads,Ann,Gone,2026-03-20,b@x.example,yes,,yes,no
3,2026-03-06 17:30,2026-03-09 10:00,Ads,Bob,Gone,2026-03-12,c@x.example,no,Spam,no,yes
4,2026-04-02 17:00,2026-04-07 09:30,seo,Bob,Gone,2026-04-10,c@x.example,no,  spam ,no,no
5,2026-03-10 12:00,,seo,Ann,Gone,2026-03-12,d@x.example,no,,,
6,2026-03-11 12:00,,seo,Ann,New,,,,,,
"""
DEALS = """\
Id,Lead,Opened,Closed,Stage,Amount,Reason
d1,1,2026-03-05,2026-03-20,Sold,1000,
d2,2,2026-03-05,2026-03-20,Gone,500,dear
"""
TOUCHES = """\
Lead,At,Kind,Way,Seconds,Taken,Who,Score
1,2026-03-02 10:20,Call,out,120,yes,Ann,80
d1,2026-03-04 10:00,call,Outgoing,300,,Ann,60
2,2026-03-03 09:05,call,out,0,no,Ann,
2,2026-03-03 12:00,SMS,out,,,Ann,
3,2026-03-09 10:00,call,in,0,no,,
3,2026-03-09 11:00,call,out,40,yes,Bob,
4,2026-04-07 09:30,call,in,0,no,,
6,2026-03-11 12:05,Autoreply message,out,,,Ann,
6,2026-03-11 13:00,call,in,0,no,,
404,2026-03-12 10:00,call,in,15,yes,Bob,
,2026-03-12 11:00,call,in,0,no,,
1,2026-06-01 10:00,call,out,60,yes,Ann,
"""
PEOPLE = "Name,Team,Alias\nAnn,sales,Manager 1\nBob,call_centre,\nMary,marketing,Marketer\n"
PAY = """\
Month,Who,For,Leads,Money
2026-03-01,Mary,per_lead,100,1000
2026-03-15,Mary,per_lead,30,300
2026-03-01,Mary,fixed,,500
2026-03-01,Ann,per_won,,70
"""
FIGURES = "Month,Side,Leads,Good,Sold\n2026-03-01,Marketing,6,2,1\n2026-03-01,sales,5,,1\n"
SORTING = "Lead,Who,Good\n" + "".join(
    f"{lead},{who},{good}\n"
    for who, marks in (("A", "yynn"), ("B", "ynyn"), ("C", "yyyy"))
    for lead, good in zip("1234", ("yes" if mark == "y" else "no" for mark in marks), strict=True)
)


@pytest.fixture(scope="module")
def facts(tmp_path_factory: pytest.TempPathFactory) -> Facts:
    return firm(
        tmp_path_factory.mktemp("handover"), leads=LEADS, deals=DEALS, touches=TOUCHES, people=PEOPLE, pay=PAY,
        figures=FIGURES, sorting=SORTING,
    )  # fmt: skip


def rows(table: pd.DataFrame, *columns: str) -> list[list[object]]:
    return table[list(columns)].to_numpy(dtype=object).tolist()


def test_marks_that_are_filled_in(facts: Facts) -> None:
    marks = facts.handover.marks
    assert rows(marks, "span", "mark", "yes", "no", "unknown") == [
        ["now", "budget", 2, 2, 2],
        ["now", "need", 2, 2, 2],
    ]


def test_reasons_of_refusals_and_of_losses_are_two_lists(facts: Facts) -> None:
    # Two spellings are one reason; a refused lead without a reason is counted; the reason of a lost deal is its lead's.
    assert rows(facts.handover.reasons, "kind", "reason", "leads") == [
        ["lost", "dear", 1],
        ["rejected", "", 1],
        ["rejected", "Spam", 2],
    ]


def test_people_by_channel(facts: Facts) -> None:
    # c@x.example asked twice, in two channels: two leads, one person in each.
    assert rows(facts.handover.persons, "channel", "leads", "named", "people") == [["ads", 3, 3, 3], ["seo", 3, 2, 2]]


def test_own_figures(facts: Facts) -> None:
    reported = facts.handover.reported.set_index("department")
    assert reported.loc["marketing", ["leads", "qualified", "customers"]].tolist() == [6, 2, 1]
    assert math.isnan(reported.loc["sales", "qualified"])


def test_who_sorted_alike(facts: Facts) -> None:
    assert rows(facts.handover.sorting, "first", "second", "both", "first_only", "second_only", "neither") == [
        ["A", "B", 1, 1, 1, 1],
        ["A", "C", 2, 0, 2, 0],
        ["B", "C", 2, 0, 2, 0],
    ]


def test_pay_by_person_and_kind(facts: Facts) -> None:
    pay = facts.handover.pay
    assert rows(pay, "person", "kind", "team", "amount") == [
        ["Manager 1", "per_won", "sales", 70.0],
        ["Marketer", "fixed", "marketing", 500.0],
        ["Marketer", "per_lead", "marketing", 1300.0],
    ]
    assert pay.loc[pay["kind"] == "per_lead", "leads"].tolist() == [130]
    assert pay.loc[pay["kind"] != "per_lead", "leads"].isna().all()


def test_calls_by_manager(facts: Facts) -> None:
    talks = facts.conversations.talks
    assert (talks["span"] == "now").all()  # what happened after the day of the audit is not known
    one = talks.groupby("manager")[["touches", "linked", "calls", "messages", "out", "out_known", "reached"]].sum()
    # The call to d1 has no mark and three hundred seconds of talk: it was answered. The robot's reply is no touch.
    assert one.loc["Manager 1"].tolist() == [4, 4, 3, 1, 3, 3, 2]
    assert one.loc["Bob"].tolist() == [2, 1, 2, 0, 1, 1, 1]
    assert talks.set_index("manager")["team"].to_dict()["Bob"] == "call_centre"
    sums = talks[["incoming", "missed", "missed_linked", "missed_for_good", "talks", "seconds"]].sum()
    # Missed: leads 3 (called back), 4, 6 (only a robot wrote), and one of nobody knows whom.
    assert sums.tolist() == [5, 4, 3, 2, 4, 475]
    assert talks[["scored", "score", "score_sq"]].sum().tolist() == [2, 140, 80**2 + 60**2]


def test_leads_by_tries(facts: Facts) -> None:
    contacts = facts.conversations.contacts
    assert rows(contacts, "tries", "reached", "answered", "leads", "calls", "messages") == [
        [0, False, False, 3, 0, 0],
        [1, True, True, 1, 1, 0],
        [2, False, True, 1, 1, 1],
        [2, True, True, 1, 2, 0],
    ]


def test_thirds_of_scores_and_lengths(facts: Facts) -> None:
    talks = facts.conversations
    assert talks.score_cuts == (70, 70)
    assert rows(talks.scores, "third", "won_weeks", "leads") == [["low", 3, 1]]
    # First conversations: lead 1 two minutes, lead 3 forty seconds.
    assert talks.length_cuts == pytest.approx((40 + 80 / 3, 40 + 160 / 3))
    assert rows(talks.lengths, "third", "leads") == [["high", 1], ["low", 1]]


def test_touches_without_leads(tmp_path_factory: pytest.TempPathFactory) -> None:
    columns = SOURCES["touches"].replace("lead_id: Lead, ", "")
    spend = "Day,Cost\n2026-03-01,10\n2026-04-30,10\n"
    facts = firm(
        tmp_path_factory.mktemp("alone"), touches=TOUCHES, spend=spend, columns__touches=columns,
        columns__spend="from: Day, cost: Cost",
    )  # fmt: skip
    assert facts.conversations.talks["linked"].sum() == 0
    assert facts.conversations.talks["missed_for_good"].sum() == 0
    assert facts.conversations.contacts.empty
    assert facts.handover.reasons.empty
