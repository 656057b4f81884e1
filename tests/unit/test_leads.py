"""The leads chapter on hand-made facts: qualification, refusals, reasons, own figures, sorting, pay."""

from __future__ import annotations

import json
import math
from typing import Any

import pandas as pd
import pytest
from facts_builder import SPEND, table
from handmade import client, facts_of, handover

from helpers.chapters.leads import Leads
from helpers.chapters.leads_pay import scheme_pay
from helpers.language import language
from helpers.report.model import Exhibit

JANUARY = "2024-01-01"


def lead(leads: int, qualified: int = 0, **more: Any) -> dict[str, Any]:
    return {"month": JANUARY, "channel": "ads", "leads": leads, "qualified": qualified, "marked": leads, **more}


def chapter(leads: list[dict[str, Any]], lang: str = "en", **more: Any) -> Leads:
    given = {name: more.pop(name) for name in ("handover", "people", "spend", "compare") if name in more}
    return Leads.measure(facts_of(leads, **given), client(**more), language(lang))


def exhibits(chapter: Leads) -> dict[str, Exhibit]:
    """Exhibits by key, without no-break spaces."""
    made = chapter.section().exhibits
    assert all(exhibit.figure is None or exhibit.figure.svg for exhibit in made)
    plain = [Exhibit.model_validate_json(x.model_dump_json().replace("\u00a0", " ")) for x in made]
    return {exhibit.key: exhibit for exhibit in plain}


def missing(chapter: Leads) -> str:
    return " ".join(line for box in chapter.section().boxes if box.tone == "missing" for line in box.text)


NORM = {"limits": {"qualified_share": [0.35, 0.5]}}


# Qualification --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("leads", "verdict", "said"),
    [
        (lead(1000, 420), "within", "42% of leads are qualified, within the norm of 35–50%"),
        (lead(1000, 420, marked=700), "within", "42% of leads are qualified so far, within the norm of 35–50%"),
        (lead(1000, 100), "below", "10% of leads are qualified, below the norm of 35–50%"),
        (lead(1000, 600), "above", "60% of leads are qualified, above the norm of 35–50%"),
        # Of the marked ones half are qualified: too many have no mark to say "below".
        (lead(1000, 300, marked=600), "unclear", "30% of leads are qualified so far; whether that keeps to the norm of "
         "35–50% is not clear"),
        (lead(100, 33), "unclear", "33% of leads are qualified so far; whether that keeps to the norm of 35–50% is not "
         "clear"),
        (lead(29, 10), "too_few", "Qualified leads: too few to judge"),
    ],
)  # fmt: skip
def test_the_share_against_its_norm(leads: dict[str, Any], verdict: str, said: str) -> None:
    made = chapter([leads], **NORM)
    assert made.measured.verdict == verdict
    assert exhibits(made)["leads-qualified"].title == said
    assert made.figures()["leads"]["verdict"] == verdict


def test_without_a_norm_one_is_asked_for() -> None:
    exhibit = exhibits(chapter([lead(1000, 420)]))["leads-qualified"]
    assert exhibit.title == "42% of leads are qualified"
    assert "No norm is set" in exhibit.reading[-1]


def test_experimental_channels_stand_apart() -> None:
    leads = [lead(100, 40), lead(100, 40, channel="seo"), lead(200, 10, channel="TG-Ads ")]
    made = chapter(leads, experimental=["tg-ads"], **NORM)
    assert (made.measured.usual.share, made.measured.usual.whole) == (0.4, 200)
    assert made.measured.experimental.share == 0.05
    assert made.measured.verdict == "within"
    channels = exhibits(made)["leads-channels"]
    assert channels.title == "Channels do not differ in the share of qualified leads beyond chance"
    assert any("(experimental)" in str(row[0]) for row in channels.table.rows)
    assert any("5.0% of 200 leads" in line for line in channels.reading)


def test_months_of_one_day_and_a_leap_day() -> None:
    leads = [lead(40, 20), lead(40, 10, month="2024-02-01"), lead(1, 1, month="2024-03-01")]
    rows = exhibits(chapter(leads))["leads-qualified"].table.rows
    assert [row[0] for row in rows] == ["2024-01-01", "2024-02-01", "2024-03-01"]
    assert [row[4] for row in rows] == [0.5, 0.25, None]


def test_the_period_before() -> None:
    leads = [lead(1000, 420), lead(1000, 600, span="before", month="2023-09-01")]
    assert "it has fallen" in " ".join(exhibits(chapter(leads))["leads-qualified"].reading)


def test_marks_and_what_counts_as_qualified() -> None:
    marks = [{"mark": "budget", "yes": 60, "no": 20, "unknown": 20}, {"mark": "need", "yes": 3, "no": 2, "unknown": 95}]
    made = chapter([lead(100, 40)], handover=handover(marks=marks), qualified={"bant": {"at_least": 3}})
    text = " ".join(made.section().boxes[0].text)
    assert "at least 3 of these hold" in text
    assert "has the money: 75%" in text
    assert "needs it:" not in text  # five leads are too few


# Refusals and reasons -------------------------------------------------------------------------------------------------

REASONS = [
    {"reason": "Spam", "leads": 50}, {"reason": "Region", "leads": 30}, {"reason": "", "leads": 10},
    {"reason": "Price", "leads": 10}, {"reason": "dear", "leads": 40, "kind": "lost"},
]  # fmt: skip


def test_refusals_and_their_reasons() -> None:
    made = chapter([lead(300, 120, accepted=120, rejected=100)], handover=handover(reasons=REASONS))
    shown = exhibits(made)
    assert shown["leads-decided"].title == "Sales accepted 120 leads, refused 100, and has not decided on 80"
    assert shown["leads-rejections"].title == (
        "Why leads are refused: “Spam” and “Region” make up 89% of the reasons given"
    )
    assert (
        shown["leads-rejections"].reading[0]
        == "10 refused leads (10%) have no reason: marketing cannot learn from them."
    )
    assert [row[:2] for row in shown["leads-rejections"].table.rows][-1] == ("no reason given", 10)
    assert shown["leads-losses"].title == "Why leads that were not refused are lost: the only reason given is “dear”"
    assert shown["leads-losses"].figure is None
    texts = [finding.text for finding in made.findings()]
    assert "10 refused leads of 100 have no reason" in texts


def test_where_most_refusals_have_no_reason_the_title_says_so() -> None:
    reasons = [{"reason": "Spam", "leads": 20}, {"reason": "", "leads": 80}]
    made = chapter([lead(300, 120, accepted=120, rejected=100)], handover=handover(reasons=reasons))
    title = exhibits(made)["leads-rejections"].title
    assert title == "80% of refused leads have no reason; of those given most often: “Spam”"


def test_thousands_of_reasons_are_summed_in_the_picture() -> None:
    reasons = [
        {"reason": f"Очень длинная причина отказа номер {i} с подробностями", "leads": 3000 - i} for i in range(3000)
    ]
    made = chapter([lead(9000, 20, rejected=9000)], handover=handover(reasons=reasons))
    exhibit = exhibits(made)["leads-rejections"]
    assert len(exhibit.figure.alt) < 1000
    assert len(exhibit.table.rows) == 3000


def test_where_nobody_marks_refusals_losses_are_one_list() -> None:
    made = chapter([lead(300, 120)], handover=handover(reasons=[REASONS[-1]]))
    shown = exhibits(made)
    assert "leads-decided" not in shown
    assert shown["leads-losses"].title == "Why leads are lost: the only reason given is “dear”"
    assert "Accepted and refused leads" in missing(made)
    assert made.figures()["leads"]["undecided"] is None


# People, own figures, sorting -----------------------------------------------------------------------------------------


def test_leads_people_and_repeats_side_by_side() -> None:
    people = pd.DataFrame({"span": ["now"], "leads": [100], "people": [90.0], "repeats": [10.0]})
    persons = [{"channel": "ads", "leads": 100, "named": 100, "people": 90}]
    made = chapter([lead(100, 40)], people=people, handover=handover(persons=persons))
    assert "They are 90 people: 10 of the leads are repeated" in made.section().lead[0]
    row = exhibits(made)["leads-channels"].table.rows[0]
    assert row[-2:] == (90, 10)


REPORTED = [
    {"department": "marketing", "leads": 130.0, "qualified": 100.0, "customers": 9.0},
    {"department": "sales", "leads": 128.0, "qualified": 60.0, "customers": math.nan},
]


def test_two_counts_of_one_thing() -> None:
    made = chapter([lead(130, 70)], handover=handover(reported=REPORTED))
    exhibit = exhibits(made)["leads-reported"]
    assert exhibit.title == (
        "Marketing's and sales' own figures differ most in “Qualified” of January 2024: 100 against 60"
    )
    assert [row[1:] for row in exhibit.table.rows] == [
        ("Leads", 130, 128, 130, pytest.approx(2 / 130)),
        ("Qualified", 100, 60, 70, pytest.approx(0.4)),
        ("Customers", 9, None, 0, None),
    ]
    assert made.figures()["leads"]["reported_gap"] == 0.4


def test_counts_that_agree_and_counts_of_one_side() -> None:
    alike = [{**REPORTED[0]}, {**REPORTED[0], "department": "отдел продаж"}]
    made = chapter([lead(130, 70)], handover=handover(reported=alike))
    assert exhibits(made)["leads-reported"].title == "Marketing and sales report the same figures"
    alone = chapter([lead(130, 70)], handover=handover(reported=REPORTED[:1]))
    assert "Only one department" in exhibits(alone)["leads-reported"].reading[0]


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ((20, 5, 10, 15), "Mary and Ann do not mean the same by a qualified lead: they agree on 70% of 50"),
        ((100, 20, 20, 110), "Mary and Ann mostly mean the same by a qualified lead: they agree on 84% of 250"),
        (
            (20, 4, 4, 22),
            "Mary and Ann agree on 84% of 50 leads: whether they mean the same by a qualified lead cannot be told yet",
        ),
        ((25, 1, 0, 24), "Mary and Ann mean the same by a qualified lead: they agree on 98% of 50"),
        ((5, 1, 1, 5), "Mary and Ann sorted 12 leads and agree on 83%: too few to judge"),
        ((40, 0, 0, 0), "Mary and Ann sorted 40 leads and agree on 100%: too few to judge"),
    ],
)
def test_two_people_sorted_blindly(cells: tuple[int, ...], said: str) -> None:
    names = ("both", "first_only", "second_only", "neither")
    sorting = [{"first": "Mary", "second": "Ann", **dict(zip(names, cells, strict=True))}]
    made = chapter([lead(130, 70)], handover=handover(sorting=sorting))
    exhibit = exhibits(made)["leads-sorting"]
    assert exhibit.title == said
    if cells == (20, 5, 10, 15):
        assert exhibit.table.rows[0][4] == pytest.approx(0.4)
        assert str(exhibit.table.rows[0][5]) == "0.15–0.65"


# Pay ------------------------------------------------------------------------------------------------------------------


def test_plan_100_delivered_130_qualified_90_pays_90() -> None:
    made = chapter(
        [lead(130, 90)], pay={"today": {"per_lead": 1}, "proposed": {"per_qualified": 1}},
        plan={"2024-01": {"qualified": 100}},
    )  # fmt: skip
    assert made.pay is not None
    (month,) = made.pay.months
    assert (month.today, month.proposed) == (130, 90)
    assert (month.raw, month.attained) == (1.3, 0.9)
    assert made.pay.wasted == 40
    exhibit = exhibits(made)["leads-pay"]
    assert exhibit.table.rows == (("2024-01-01", 100, 1.3, 0.9, 130, 90, 40, 130, 90, -40),)
    assert exhibit.title == "Pay for bringing leads: ₽130 today, ₽90 if only qualified ones were paid for"
    assert made.findings()[0].money == 40
    # At 130 / 90 for a qualified lead nothing changes in total.
    assert made.pay.neutral == pytest.approx(130 / 90)
    assert made.figures()["leads"]["pay"]["not_qualified"] == 40


def test_without_a_proposal_todays_rate_is_paid_for_qualified_leads() -> None:
    made = chapter([lead(130, 90)], pay={"today": {"fixed": 500, "per_lead": 2}})
    assert made.pay is not None
    assert made.pay.assumed
    assert (made.pay.total("today"), made.pay.total("proposed")) == (760, 680)
    assert any("Compared with the same rate" in line for line in exhibits(made)["leads-pay"].reading)


def test_pay_by_month_and_person_with_the_sales_side_beside_it() -> None:
    february = lead(100, 20, month="2024-02-01", outcome="won")
    sheet = [
        {"kind": "per_lead", "leads": 130.0, "amount": 1300.0},
        {"kind": "per_lead", "leads": 100.0, "amount": 1000.0, "month": pd.Timestamp("2024-02-01")},
        {"kind": "fixed", "amount": 500.0},
        {"kind": "per_accepted", "leads": 50.0, "amount": 700.0, "person": "N"},
        {"kind": "bonus", "amount": 900.0, "person": "Ann", "team": "sales"},
        {"kind": "per_won", "amount": 300.0, "person": "X"},
    ]
    made = chapter([lead(130, 90), february], handover=handover(pay=sheet), pay={"proposed": {"per_qualified": 10}})
    pay = made.pay
    assert pay is not None
    assert [month.today for month in pay.months] == [2500, 1000]  # no scheme in client.yml: the sheet is today's pay
    assert [month.proposed for month in pay.months] == [900, 200]
    by_kind = {(one.person, one.kind): one for one in pay.persons}
    assert by_kind["M", "per_lead"].proposed == pytest.approx(10 * (90 + 20))
    assert by_kind["M", "fixed"].proposed == by_kind["M", "fixed"].paid == 500
    assert by_kind["N", "per_accepted"].proposed == 700
    assert pay.selling == (("bonus", 900.0), ("per_won", 300.0))
    assert pay.for_good == pytest.approx(700 / 3000)
    people = exhibits(made)["leads-pay-people"]
    assert people.title == "Who is paid for what; sales is paid bonus and for each customer"
    assert ("Sales", "bonus", None, 900, 900) in people.table.rows


def test_leads_of_channels_with_spend_are_counted_where_the_sheet_counts_these() -> None:
    spend = table([{"channel": "ads", "spend": 100.0, "month": pd.Timestamp(JANUARY)}], SPEND)
    sheet = handover(pay=[{"kind": "per_lead", "leads": 132.0, "amount": 1320.0}])
    leads = [lead(130, 90), lead(300, 20, channel="seo")]
    made = chapter(
        leads, handover=sheet, spend=spend, pay={"today": {"per_lead": 10}}, plan={"2024-01": {"qualified": 100}}
    )
    assert made.pay is not None
    assert made.pay.paid_channels
    (month,) = made.pay.months
    assert (month.delivered, month.qualified, month.all_leads) == (130, 90, 430)
    # The plan is the company's: it is kept by all leads.
    assert (month.raw, month.attained) == (4.3, 1.1)
    assert "channels with spend" in exhibits(made)["leads-pay"].note


def test_every_kind_of_pay() -> None:
    scheme = {"fixed": 1000, "per_lead": 1, "per_qualified": 10, "per_won": 100, "per_spend": 0.05}
    assert scheme_pay(scheme, leads=130, qualified=90, won=5, spend=2000) == 1000 + 130 + 900 + 500 + 100


def test_no_pay_is_known() -> None:
    made = chapter([lead(130, 90)])
    assert made.pay is None
    assert "What is paid for bringing leads" in missing(made)
    assert made.figures()["leads"]["pay"] is None


# Edges ----------------------------------------------------------------------------------------------------------------


def test_no_leads_at_all() -> None:
    made = chapter([])
    assert made.section().exhibits == ()
    assert made.section().lead == ("No lead was created in the period (January–June 2024).",)
    assert made.findings() == ()
    json.dumps(made.figures())


def test_nothing_is_marked() -> None:
    made = chapter([lead(500, 0, marked=0)])
    assert exhibits(made) == {}
    assert "mark every lead in the CRM" in missing(made)
    assert made.figures()["leads"]["qualified_share"] is None


@pytest.mark.parametrize("lang", ["en", "ru", "uk"])
def test_every_language_speaks(lang: str) -> None:
    sorting = [{"first": "Mary", "second": "Ann", "both": 20, "first_only": 5, "second_only": 10, "neither": 15}]
    sheet = [{"kind": "per_lead", "leads": 130.0, "amount": 1300.0}, {"kind": "bonus", "amount": 9.0, "team": "sales"}]
    everything = handover(reasons=REASONS, reported=REPORTED, sorting=sorting, pay=sheet)
    leads = [lead(130, 90, accepted=60, rejected=50), lead(40, 10, channel="new")]
    made = chapter(
        leads, lang, handover=everything, experimental=["new"], pay={"today": {"per_lead": 10}},
        plan={"2024-01": {"qualified": 100}}, **NORM,
    )  # fmt: skip
    assert len(exhibits(made)) == 9
    json.dumps(made.figures())
