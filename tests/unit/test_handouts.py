from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pandas as pd
import pytest
from actions_facts import client_of, facts_of, month

from helpers.chapters.handout_reasons import alike, vague
from helpers.chapters.handouts import Sources, handouts
from helpers.chapters.leads import Leads
from helpers.facts import Facts
from helpers.language import language
from helpers.report.model import Handout

HOSTILE = "<script>alert(1)</script> {0} =1+1"
MONTHS = [f"2026-0{n}-01" for n in range(1, 7)]


def usual() -> Facts:
    facts = facts_of(*[month(day, 200, 80, 20, within=50, late=140, silent=10) for day in MONTHS])
    reasons = pd.DataFrame(
        [("now", "rejected", "No budget", 40), ("now", "rejected", "no budget at all", 9),
         ("now", "rejected", "other", 12), ("now", "rejected", HOSTILE, 3), ("now", "rejected", "", 36),
         ("now", "lost", "Too dear", 70),
         ("before", "rejected", "No budget", 500)],
        columns=["span", "kind", "reason", "leads"],
    )  # fmt: skip
    marks = pd.DataFrame([("now", "budget", 500, 300, 400)], columns=["span", "mark", "yes", "no", "unknown"])
    tags = pd.DataFrame(
        [("now", "google", "google", "cpc", 300, 290), ("now", "google", "Google", "cpc", 70, 70),
         ("now", "google", "adwords", "cpc", 30, 30), ("now", "", "", "", 100, 0), ("now", "test", "test", "", 9, 0),
         ("before", "vk", "vk", "social", 900, 900)],
        columns=["span", "channel", "source", "medium", "leads", "named"],
    )  # fmt: skip
    waits = pd.DataFrame(
        [("now", pd.Timestamp(MONTHS[0]), 45.0, True, 30), ("now", pd.Timestamp(MONTHS[0]), 300.0, True, 60),
         ("now", pd.Timestamp(MONTHS[0]), 9000.0, False, 10)],
        columns=["span", "month", "minutes", "answered", "leads"],
    )  # fmt: skip
    return replace(
        facts,
        handover=replace(facts.handover, reasons=reasons, marks=marks),
        quarters=replace(facts.quarters, tags=tags),
        speed=replace(facts.speed, months=waits),
    )


def facts_with_reasons(facts: Facts, reasons: pd.DataFrame) -> Facts:
    return replace(facts, handover=replace(facts.handover, reasons=reasons))


def pages(facts: Facts, lang: str = "en", **client: Any) -> dict[str, Handout]:
    say, who = language(lang), client_of(**client)
    leads = Leads.measure(facts, who, say)
    return {page.key: page for page in handouts(Sources(facts, who, say, None, [leads]))}


def words(page: Handout) -> str:
    parts = []
    for block in page.blocks:
        parts += [block.text, *block.items]
        if block.table is not None:
            parts += [" | ".join(map(str, row)) for row in block.table.rows]
    return "\n".join(parts)


BANT = {"qualified": {"bant": {"columns": ["budget", "authority", "need", "timing"], "at_least": 3}}}
PAY = {"pay": {"today": {"fixed": 1000, "per_lead": 10}, "proposed": {"fixed": 1000, "per_qualified": 30}},
       "plan": {"2026-01": {"qualified": 100}}}  # fmt: skip


def test_seven_pages_each_with_its_key() -> None:
    assert list(pages(usual())) == [
        "sign-off", "meeting", "qualified-lead", "answer-time", "rejection-reasons", "pay-clause", "utm-rules",
    ]  # fmt: skip


# The sign-off page ----------------------------------------------------------------------------------------------------


def test_the_figures_to_sign_with_their_definitions_and_room_for_two() -> None:
    page = pages(usual(), **BANT, heads={"sales": "Bill Stone"})["sign-off"]
    rows = {row[0]: row[1:] for block in page.blocks if block.table for row in block.table.rows}
    assert str(rows["Leads"][0]) == "1,200"
    assert rows["Qualified leads"][0] == "480 (40%)"
    assert str(rows["Customers"][0]) == "120"
    assert str(rows["Qualified leads"][1]).startswith("at least 3 of 4: has the money")
    # No spend and no money chapter: unknown, not zero.
    assert rows["Spend"][0] == rows["Cost of a customer (CAC)"][0] == "?"
    assert [block.text for block in page.blocks if block.kind == "line"][-3:] == [
        "Head of marketing", "Head of sales (Bill Stone)", "Date",
    ]  # fmt: skip


def test_the_clients_own_words_for_a_qualified_lead_come_first() -> None:
    stages = [{"key": "leads"}, {"key": "qualified", "when": "three of four BANT"}, {"key": "won"}]
    page = pages(usual(), **BANT, stages=stages)["qualified-lead"]
    assert page.blocks[0].text == "A lead is qualified when this holds: “three of four BANT”."


# The meeting ----------------------------------------------------------------------------------------------------------


def test_the_agenda_holds_todays_numbers() -> None:
    page = pages(usual(), limits={"qualified_share": [0.45, 0.6]}, experimental=["ads"])["meeting"]
    agenda = next(block for block in page.blocks if block.kind == "steps")
    assert len(agenda.items) == 10
    assert "Share of qualified leads: 40% in the audited period, outside the norm of 45–60%." in agenda.items
    assert any("ads: 1,200 leads, qualified 40%" in item for item in agenda.items)
    rejected = next(item for item in agenda.items if item.startswith("Rejected leads"))
    assert "No budget (40), other (12), no budget at all (9), no reason given (36)" in rejected


def test_five_figures_stand_under_the_agenda() -> None:
    table = next(block.table for block in pages(usual())["meeting"].blocks if block.table is not None)
    assert [row[0] for row in table.rows] == [
        "Run rate: revenue at the present pace", "Deals in work: expected revenue",
        "Conversion of managers, highest and lowest", "Share of qualified leads", "Cost of a customer (CAC)",
    ]  # fmt: skip
    assert (str(table.rows[3][1]), table.rows[3][1].value) == ("40.0%", 0.4)
    assert (table.rows[0][1], table.rows[2][1]) == ("?", "? / ?")


# The definition -------------------------------------------------------------------------------------------------------


def test_example_and_counter_example_of_bant() -> None:
    text = words(pages(usual(), **BANT)["qualified-lead"])
    assert "has the money: yes" in text
    assert "wants to buy soon: not known" in text
    assert "3 of 4: qualified, although not everything is known." in text
    assert "Only this is known: needs what we sell and wants to buy soon - 2 of 4, one too few." in text
    assert "Rejected by sales: “No budget” (40 leads of the period)." in text
    assert "480 of 1,200 leads of the period are qualified: 40%." in text
    assert "So far 25% of the qualified leads have bought, and 0% of the others." in text
    assert "has the money | 500 | 300 | 400" in text


def test_all_four_marks_leave_no_open_one() -> None:
    text = words(pages(usual(), qualified={"bant": {"at_least": 4}})["qualified-lead"])
    assert "All of it holds: qualified." in text
    assert "not known" not in text
    one = words(pages(usual(), qualified={"bant": {"at_least": 1}})["qualified-lead"])
    assert "one too few" not in one


def test_marks_of_the_crm_in_its_own_words() -> None:
    source = {"table": "leads", "file": "x.csv", "columns": {"lead_id": "Id", "created_at": "At", "qualified": "Q"},
              "values": {"qualified": {"Hot": True, "Cold": False}}}  # fmt: skip
    text = words(pages(usual(), qualified={"mark": "qualified"}, sources=[source])["qualified-lead"])
    assert "In the CRM the lead is marked “Hot”." in text
    assert "In the CRM the lead is marked “Cold”." in text


def test_no_rule_is_no_invented_rule() -> None:
    page = pages(usual())["qualified-lead"]
    assert page.blocks[0].text.startswith("No rule is given yet.")
    assert page.blocks[1].kind == "line"


# The first answer -----------------------------------------------------------------------------------------------------


def test_the_rule_of_the_first_answer_with_todays_speed() -> None:
    page = pages(usual(), limits={"first_answer_min": 45}, working_hours={"mon-fri": "09:00-19:00"})["answer-time"]
    text = words(page).replace("\N{NO-BREAK SPACE}", " ")
    assert "within 45 min of working time." in text
    assert "Mon–Fri | 09:00-19:00" in text
    assert "Half of the leads are answered within 5 h." in text
    assert "Answered within 45 min: 30%." in text
    assert "No answer recorded so far: 10%." in text


def test_without_times_or_a_limit_this_is_said() -> None:
    facts = replace(usual(), speed=facts_of().speed)
    text = words(pages(facts)["answer-time"])
    assert "no limit is agreed yet" in text
    assert "Not measured yet" in text


# Reasons --------------------------------------------------------------------------------------------------------------


def test_reasons_in_use_and_what_to_tidy_up() -> None:
    text = words(pages(usual())["rejection-reasons"])
    assert "No budget | 40 | 0.4" in text
    assert "no reason given | 36 | 0.36" in text
    assert "Too dear" not in text
    assert "36 of 100 rejected leads have no reason (36%)." in text
    assert "Says nothing and hides the others: “other”." in text
    assert "Perhaps one reason: “No budget” and “no budget at all”." in text


def test_where_every_reject_has_its_reason_no_row_says_that_none_is_given() -> None:
    facts = usual()
    reasons = facts.handover.reasons
    named = facts_with_reasons(facts, reasons[reasons["reason"].fillna("") != ""])
    assert len(named.handover.reasons) < len(reasons)
    text = words(pages(named)["rejection-reasons"])
    assert "No budget | 40" in text
    assert "no reason given" not in text


def test_the_list_to_agree_on_is_short_and_says_something() -> None:
    page = pages(usual())["rejection-reasons"]
    proposed = next(
        block.items for block in page.blocks if block.kind == "bullets" and "what exactly" in block.items[0]
    )
    assert len(proposed) == 3
    assert not any(item.startswith("other") for item in proposed)
    assert [block.text for block in page.blocks if block.kind == "line"][:2] == ["Reason 4", "Reason 5"]


def test_no_rejects_are_no_good_news() -> None:
    assert "That need not be good news" in words(pages(facts_of(month(MONTHS[0], 200, 80, 20)))["rejection-reasons"])


@pytest.mark.parametrize(
    ("reason", "says_nothing"), [("Другое", True), ("other", True), ("-", True), ("Не наш регион", False)]
)
def test_reasons_that_say_nothing(reason: str, says_nothing: bool) -> None:
    assert vague(reason) is says_nothing


def test_reasons_written_alike() -> None:
    assert alike(["Нет денег", "Не наш регион", "нет денег сейчас"]) == [("Нет денег", "нет денег сейчас")]


# Pay ------------------------------------------------------------------------------------------------------------------


def test_the_pay_clause_with_the_worked_example_and_own_months() -> None:
    page = pages(usual(), **PAY)["pay-clause"]
    text = words(page)
    assert "Plan 100, delivered 130, qualified 90: 90 are paid for, the other 40 are not." in text
    assert "kept to 130%, by qualified ones it is kept to 90%. At ₽30 each that is ₽2,700." in text
    assert "Today: fixed ₽1,000 + for each lead ₽10. Proposed: fixed ₽1,000 + for each qualified lead ₽30." in text
    # 200 leads, 80 qualified of 100 planned; 1000 + 200 x 10 against 1000 + 80 x 30.
    assert "2026-01 | 100.0 | 200 | 80 | 0.8 | 3000.0 | 3400.0" in text
    assert "In the audited period 1,200 leads were delivered; 480 of them are qualified" in text
    assert "Today's scheme pays ₽18,000 for it, the proposed one ₽20,400." in text


def test_a_rate_that_nobody_named_is_left_open() -> None:
    page = pages(usual())["pay-clause"]
    assert "____" in words(page)
    table = next(block.table for block in page.blocks if block.table is not None)
    assert [column.label for column in table.columns] == ["Month", "Plan", "Delivered", "Qualified", "Of plan"]
    unmarked = facts_of(month(MONTHS[0], 200, 0, 20, marked=False), has=())
    assert "cannot be counted yet" in words(pages(unmarked)["pay-clause"])


# UTM ------------------------------------------------------------------------------------------------------------------


def test_channels_with_their_wrong_spellings() -> None:
    # Tags of the period before are not those that are lost today.
    tracking = pd.DataFrame(
        [("now", "google", "unfilled", 7, 0.0), ("before", "google", "unfilled", 90, 0.0)],
        columns=["span", "channel", "trace", "leads", "revenue"],
    )
    facts = usual()
    page = pages(replace(facts, quality=replace(facts.quality, tracking=tracking)))["utm-rules"]
    table = next(block.table for block in page.blocks if block.table is not None)
    # Test leads are no channel; the wrong spellings come with their leads.
    assert table.rows == (("google", "cpc", "Google (70), adwords (30)", 400),)
    text = words(page)
    assert "Leads of which nobody knows where they came from: 100 of 509 (20%)." in text
    assert "Leads without a campaign: 119 of 509 (23%)" in text
    assert "7 leads came with the bare placeholder" in text


def test_nothing_is_said_to_be_lost_where_nothing_is() -> None:
    facts = usual()
    tags = pd.DataFrame([("now", "google", "google", "cpc", 300, 300)], columns=facts.quarters.tags.columns)
    text = words(pages(replace(facts, quarters=replace(facts.quarters, tags=tags)))["utm-rules"])
    assert "Every lead has its source and its campaign." in text
    assert "0 of" not in text


# Everything -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", ["en", "ru", "uk"])
@pytest.mark.parametrize(
    "facts", [facts_of(), facts_of(month(MONTHS[0], 3, 1, 1)), usual()], ids=["none", "few", "usual"]
)
def test_every_page_in_every_language(lang: str, facts: Facts) -> None:
    for page in pages(facts, lang, **BANT, **PAY).values():
        written = words(page)
        assert page.title
        assert page.blocks
        assert "nan" not in written
        assert "None |" not in written.replace("| None |", "|")
        for block in page.blocks:
            assert block.table is None or all(len(row) == len(block.table.columns) for row in block.table.rows)
            assert block.kind not in ("bullets", "steps") or block.items
        if lang != "en":
            assert " the " not in written
            assert " leads" not in written


def test_clients_words_stay_words() -> None:
    page = pages(usual())["rejection-reasons"]
    assert any(HOSTILE in str(row[0]) for block in page.blocks if block.table for row in block.table.rows)
    named = pages(usual(), client=HOSTILE)["sign-off"]
    assert f"Company: {HOSTILE}." in named.blocks[0].text


def test_the_day_of_the_audit_is_the_only_day() -> None:
    page = pages(usual())["sign-off"]
    assert "January–June 2026" in page.blocks[0].text
    assert str(dt.date.today().year + 1) not in page.model_dump_json()
