"""The plan chapter: where the month ends, what open deals may bring, which lie still, how long a deal takes."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from cohort_facts import days_of, make_client, make_facts

from helpers.chapters.plan import Plan
from helpers.chapters.plan_chart import _heights
from helpers.chapters.plan_measure import free_days, measure_cycle
from helpers.chapters.plan_pipeline import AGE_BANDS, weigh
from helpers.facts import Facts
from helpers.facts.pipeline import Pipeline
from helpers.language import LANGUAGES, language
from helpers.report import theme

AS_OF = dt.date(2026, 7, 15)
PLAN = {"2026-07": {"qualified": 100, "revenue": 300_000}}


def steady(qualified: float = 4.0, revenue: float = 12_000.0, until: dt.date = AS_OF, days: int = 120) -> Facts:
    """The same on each working day (Monday to Friday), nothing on weekends."""
    values = {}
    for number in range(days):
        day = until - dt.timedelta(days=number)
        if day.weekday() < 5:
            values[day] = {"qualified": qualified, "won": 1.0, "revenue": revenue}
    return make_facts(as_of=until, days=days_of(values), period=(dt.date(2026, 4, 1), dt.date(2026, 6, 30)))


def chapter(facts: Facts, lang: str = "en", **client: object) -> Plan:
    return Plan.measure(facts, make_client(**client), language(lang))


def deals(
    still_open: list[tuple], past: list[tuple] = (), ages: list[tuple] = (), won: list[tuple] = (), **more: object
) -> Pipeline:
    """open: (stage, age_days, deals, priced, amount); past: (landmark, stage, outcome, after_days, deals)."""
    squares = [(*row, (row[4] / row[3]) ** 2 * row[3] if row[3] else 0.0) for row in still_open]
    recent = {"recent": bool}
    of_ages = pd.DataFrame([(True, *row) for row in ages], columns=["recent", "outcome", "age_days", "deals"])
    columns = ["recent", "landmark", "stage", "outcome", "after_days", "deals"]
    return Pipeline(
        open=pd.DataFrame(squares, columns=["stage", "age_days", "deals", "priced", "amount", "amount_sq"]),
        ages=of_ages.astype(recent),
        past=pd.DataFrame([(True, *row) for row in past], columns=columns).astype(recent),
        won=pd.DataFrame(won, columns=["month", "age_days", "deals", "revenue"]),
        **{
            "stale": Pipeline.empty().stale, "stale_deals": 0, "stale_amount": 0.0, "quiet_after": 40, **more,
        },
    )  # fmt: skip


SOLD = [(pd.Timestamp("2026-06-01"), 20, 50, 5_000_000.0)]
"""Fifty deals of 100 000 each."""


# Pace ----------------------------------------------------------------------------------------------------------------


def test_the_month_ends_where_such_days_lead() -> None:
    """Eleven working days of July have passed, twelve are to come; each brings the same."""
    plan = chapter(steady(), plan=PLAN)
    measured = plan.measured
    assert (measured.days_left, measured.working_left) == (16, 12)
    assert measured.qualified.pace.fact == 44
    assert (measured.qualified.pace.expected, measured.qualified.pace.interval) == (92, (92, 92))
    assert measured.qualified.chance == 0.0
    assert measured.revenue.pace.expected == 276_000
    assert measured.revenue.missing == 300_000 - 132_000
    assert plan.words.pace_title() == (
        "At the present pace July 2026 ends with 92 qualified leads (92% of the plan) and ₽276K of revenue "
        "(92% of the plan)"
    )


def test_holidays_are_no_working_days() -> None:
    client = make_client(country="RU", timezone="Europe/Moscow", working_hours={"mon-sat": "09:00-18:00"})
    free = free_days(client, dt.date(2026, 6, 8), dt.date(2026, 6, 14))
    # 12 June is Russia Day, the 14th a Sunday.
    assert free == {dt.date(2026, 6, 12), dt.date(2026, 6, 14)}


def test_both_paces_are_read_together() -> None:
    rng = np.random.default_rng(1)
    values = {}
    for number in range(120):
        day = AS_OF - dt.timedelta(days=number)
        values[day] = {"qualified": rng.poisson(6), "won": 1, "revenue": rng.normal(10_000, 2_000)}
    facts = make_facts(as_of=AS_OF, days=days_of(values))
    plan = chapter(facts, plan={"2026-07": {"qualified": 150, "revenue": 600_000}})
    assert plan.measured.qualified.chance > 0.9
    assert plan.measured.revenue.chance < 0.01
    text = " ".join(plan.words.pace_reading())
    assert "look together at the way from a qualified lead to the sale" in text
    assert "under 1%" in text
    assert plan.findings()[0].text.startswith("At the present pace July 2026 ends ₽")
    other = chapter(facts, plan={"2026-07": {"qualified": 400, "revenue": 100_000}})
    assert "qualified leads run short" in " ".join(other.words.pace_reading())
    assert other.findings() == ()


def test_plan_missing_says_what_to_write_and_still_shows_the_pace() -> None:
    plan = chapter(steady())
    section = plan.section()
    assert (
        section.boxes[0]
        .text[0]
        .startswith("Write the plan of each month into client.yml: plan: {2026-07: {qualified: …, revenue: …}}.")
    )
    assert section.exhibits[0].key == "plan-pace"
    assert plan.measured.revenue.chance is None
    assert plan.figures()["plan"]["revenue"]["expected"] == 276_000


def test_a_plan_of_one_figure_is_not_called_no_plan() -> None:
    for given, missing, title in (
        ({"revenue": 300_000}, "qualified", "No plan of qualified leads for this month"),
        ({"qualified": 80}, "revenue", "No plan of revenue for this month"),
    ):
        box = chapter(steady(), plan={"2026-07": given}).section().boxes[0]
        assert box.title == title
        assert f"plan: {{2026-07: {{{missing}: …}}}}." in box.text[0]
    assert chapter(steady()).section().boxes[0].title == "No plan of this month"
    whole = chapter(steady(), plan={"2026-07": {"qualified": 80, "revenue": 300_000}}).section()
    assert not any(box.title.startswith("No plan") for box in whole.boxes)


def test_a_month_that_is_over() -> None:
    plan = chapter(steady(until=dt.date(2026, 6, 30)), plan={"2026-06": {"qualified": 80, "revenue": 300_000}})
    assert plan.measured.days_left == 0
    assert plan.measured.qualified.pace.interval == (88, 88)
    assert plan.measured.qualified.chance == 1.0
    assert plan.words.pace_title().startswith("June 2026 ended with 88 qualified leads")


def test_a_leap_february() -> None:
    plan = chapter(steady(until=dt.date(2024, 2, 28)))
    assert (plan.measured.last, plan.measured.days_left, plan.measured.working_left) == (dt.date(2024, 2, 29), 1, 1)


def test_under_thirty_cases_no_chance_is_told() -> None:
    values = {
        AS_OF - dt.timedelta(days=5 * number): {"won": 1, "revenue": 50_000, "qualified": 2} for number in range(20)
    }
    facts = make_facts(as_of=AS_OF, days=days_of(values))
    plan = chapter(facts, plan=PLAN)
    assert plan.measured.revenue.events < 30
    assert plan.measured.revenue.chance is None
    assert plan.figures()["plan"]["revenue"]["interval"] is None
    assert "too few to say how sure the pace is" in " ".join(plan.words.pace_reading())


def test_history_is_no_longer_than_the_data() -> None:
    """Two weeks of data are no history to draw from, although the table of days could be filled with nothing."""
    facts = replace(steady(days=15), dates={"leads": (dt.date(2026, 7, 1), AS_OF)})
    assert not chapter(facts).measured.qualified.pace.known
    assert chapter(facts).section().exhibits[0].figure is not None


def test_qualified_leads_without_a_day_of_their_own() -> None:
    facts = steady()
    facts = replace(facts, days=replace(facts.days, dated=0.4))
    assert "60% have no day of their own" in " ".join(chapter(facts).words.pace_reading())


@pytest.mark.parametrize(("top", "shown"), [(0.0, [0]), (10.0, [0, 5, 10])])
def test_an_axis_of_nothing_says_zero_once(top: float, shown: list[int]) -> None:
    _, ax = theme.figure()
    theme.count_axis(ax.yaxis, language("uk"), ticks=3)
    _heights(ax, top)
    low, high = ax.get_ylim()
    assert [tick for tick in ax.get_yticks() if low <= tick <= high] == shown


def test_revenue_without_a_day_is_told_beside_the_pace() -> None:
    facts = steady()
    late = replace(facts, days=replace(facts.days, undated_revenue=48_500.0))
    note = chapter(late, plan=PLAN).section().exhibits[0].note
    assert "Won deals without a day, ₽48,500 in all, are in no pace." in note
    assert "without a day" not in chapter(facts, plan=PLAN).section().exhibits[0].note


def test_nothing_counted_says_what_to_collect() -> None:
    section = chapter(make_facts(as_of=AS_OF)).section()
    assert not section.exhibits
    assert [box.title for box in section.boxes] == ["No qualified leads in the data", "No dated sales in the data"]


def test_past_months_against_their_plans() -> None:
    wanted = {"2026-04": (80, 200_000), "2026-05": (90, 300_000), "2026-01": (1, 1)}
    written = {month: {"qualified": leads, "revenue": money} for month, (leads, money) in wanted.items()}
    plan = chapter(steady(), plan=written)
    # April had 22 working days, May 21; January lies before the period.
    assert plan.measured.past["qualified"].tolist() == [88, 84]
    assert plan.words.months_title() == "Months in which the plan was met: revenue 1 of 2, qualified leads 1 of 2"


# Open deals ----------------------------------------------------------------------------------------------------------


def test_chance_by_stage_and_age() -> None:
    """Of 40 deals that stood at proposal after a week 30 were won within three weeks more; of 100 leads 5."""
    past = [(7, "proposal", "won", 14, 30), (7, "proposal", "lost", 14, 10), (7, "leads", "won", 14, 5),
            (7, "leads", "lost", 14, 95)]  # fmt: skip
    pipeline = deals(
        [("proposal", 7, 4, 4, 400_000.0), ("leads", 7, 10, 0, 0.0)],
        past, [("won", 21, 35), ("lost", 21, 105)], SOLD,
    )  # fmt: skip
    found = weigh(pipeline, days_left=20)
    groups = found.groups.set_index("stage")
    assert groups.loc["proposal", "chance"] == pytest.approx(0.75)
    assert groups.loc["proposal", "expected"] == pytest.approx(300_000)
    # Leads without an amount count with the average sale.
    assert groups.loc["leads", "guessed"] == pytest.approx(10 * 0.05 * 100_000)
    assert found.expected == pytest.approx(350_000)
    assert found.due == pytest.approx(350_000)
    assert found.by_stage
    assert found.low < 350_000 < found.high
    # All of it comes 14 days after that week; three days into it 10 days are too few.
    assert weigh(pipeline, days_left=10).due == 0


def test_without_a_history_of_stages_the_age_decides() -> None:
    ages = [("won", 10, 40), ("lost", 10, 40), ("lost", 60, 20)]
    found = weigh(deals([("proposal", 0, 2, 2, 200_000.0), ("leads", 56, 1, 1, 90_000.0)], ages=ages, won=SOLD), 30)
    assert not found.by_stage
    groups = found.groups.set_index("from_days")
    assert set(groups.index) <= set(AGE_BANDS)
    assert groups.loc[0, "expected"] == pytest.approx(200_000 * 0.4)
    # Nobody was won after day 10: an old deal is worth nothing, whatever stands in the CRM.
    assert groups.loc[56, "expected"] == 0


def test_few_deals_of_a_stage_fall_back_on_the_age() -> None:
    past = [(0, "proposal", "won", 7, 3)]
    ages = [("won", 10, 20), ("lost", 10, 80)]
    found = weigh(deals([("proposal", 0, 1, 1, 100_000.0)], past, ages, SOLD), 30)
    assert found.expected == pytest.approx(20_000)


def test_no_won_deal_no_expectation() -> None:
    assert weigh(deals([("leads", 0, 5, 5, 500.0)], ages=[("lost", 5, 50)]), 10) is None
    assert weigh(deals([], won=SOLD), 10) is None


def test_range_of_what_open_deals_bring() -> None:
    """By simulation: 60 deals of different amounts, chance learnt from 400 such deals."""
    rng = np.random.default_rng(4)
    inside = 0
    for _ in range(300):
        chance = rng.uniform(0.1, 0.5)
        seen = rng.binomial(400, chance)
        amounts = rng.lognormal(11, 0.7, 60)
        ages = [("won", 10, seen), ("lost", 10, 400 - seen)]
        pipeline = deals([("proposal", 0, 60, 60, amounts.sum())], ages=ages, won=SOLD)
        pipeline = replace(pipeline, open=pipeline.open.assign(amount_sq=(amounts**2).sum()))
        found = weigh(pipeline, 30)
        inside += found.low <= amounts[rng.random(60) < chance].sum() <= found.high
    assert 0.91 <= inside / 300 <= 0.985


def test_coverage_is_what_may_come_over_what_is_missing() -> None:
    ages = [("won", 10, 40), ("lost", 10, 60)]
    facts = replace(steady(), pipeline=deals([("proposal", 0, 6, 6, 630_000.0)], ages=ages, won=SOLD))
    plan = chapter(facts, plan=PLAN)
    assert plan.measured.coverage == pytest.approx(630_000 * 0.4 / 168_000)
    assert "150% of what is still missing from the plan" in plan.deals.pipeline_title()
    assert chapter(facts).measured.coverage is None
    done = chapter(facts, plan={"2026-07": {"revenue": 1000}})
    assert done.measured.coverage is None
    assert "is already made" in " ".join(done.deals.pipeline_reading())


def test_deals_that_lie_still_are_listed() -> None:
    rows = [(f"{i}", "Анна", "proposal", pd.Timestamp("2026-01-10"), pd.Timestamp("2026-02-01"), pd.NaT, 164, False,
             1000.0 - i, 186) for i in range(60)]  # fmt: skip
    columns = [
        "deal_id",
        "manager",
        "stage",
        "opened",
        "moved",
        "expected",
        "quiet_days",
        "overdue",
        "amount",
        "age_days",
    ]
    pipeline = deals(
        [("proposal", 180, 90, 60, 60_000.0)], ages=[("won", 10, 40)], won=SOLD,
        stale=pd.DataFrame(rows, columns=columns), stale_deals=75, stale_amount=61_000.0,
    )  # fmt: skip
    plan = chapter(replace(steady(), pipeline=pipeline))
    exhibit = next(x for x in plan.section().exhibits if x.key == "plan-stale")
    assert exhibit.title == "75 of 90 open deals have stalled; amounts written in them: ₽61K"
    assert "more than 40\N{NO-BREAK SPACE}days" in exhibit.reading[0]
    assert exhibit.table.rows[0][:6] == ("0", "Анна", "Proposal", "2026-01-10", "2026-02-01", 164)
    assert len(exhibit.table.rows) == 50
    assert exhibit.table.note == "25 more deals have stalled."
    assert any(finding.text == exhibit.title for finding in plan.findings())


# Cycle ---------------------------------------------------------------------------------------------------------------


def sold(medians: list[int], each: int = 40) -> Facts:
    rng = np.random.default_rng(3)
    rows = []
    for number, median in enumerate(medians):
        month = pd.Timestamp("2025-10-01") + pd.DateOffset(months=number)
        at, n = np.unique(np.maximum(rng.normal(median, 6, each).astype(int), 0), return_counts=True)
        rows += [(month, int(age), int(many), 1000.0 * many) for age, many in zip(at, n, strict=True)]
    return make_facts(as_of=AS_OF, pipeline=deals([], won=rows))


def test_a_cycle_that_grows_longer() -> None:
    facts = sold([20, 22, 25, 28, 30, 33, 36, 38, 41])
    cycle = measure_cycle(facts)
    assert len(cycle.months) == 9
    assert cycle.change[1] > 0
    assert cycle.change[0] == pytest.approx(21, abs=3)
    assert "the cycle grows longer: by" in chapter(facts).deals.cycle_title()
    assert "the cycle grows shorter: by" in chapter(sold([40, 36, 33, 30, 28, 24, 22, 20, 18])).deals.cycle_title()
    assert "No trend is sure" in " ".join(chapter(sold([30] * 9)).deals.cycle_reading())


def test_the_first_months_of_the_data_are_left_out() -> None:
    """Deals opened since 1 November cannot yet be won slowly in November: quiet_after is 40 days."""
    facts = replace(sold([20] * 9), dates={"deals": (dt.date(2025, 11, 1), AS_OF)})
    assert measure_cycle(facts).months["month"].min() == pd.Timestamp("2026-01-01")


def test_few_sales_have_no_cycle() -> None:
    facts = sold([20, 20], each=5)
    assert np.isnan(measure_cycle(facts).median)
    assert not [x for x in chapter(facts).section().exhibits if x.key == "plan-cycle"]


# Words ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_section_is_complete_in_every_language(lang: str) -> None:
    past = [(7, "proposal", "won", 14, 30), (7, "proposal", "lost", 14, 10)]
    facts = replace(
        steady(),
        pipeline=replace(
            sold([20] * 9).pipeline,
            open=deals([("proposal", 7, 4, 4, 400_000.0), ("leads", 14, 3, 0, 0.0)]).open,
            ages=deals([], ages=[("won", 21, 35), ("lost", 21, 105)]).ages,
            past=deals([], past).past,
        ),
    )
    plan = chapter(facts, lang, plan={**PLAN, "2026-05": {"qualified": 90, "revenue": 300_000}})
    section = plan.section()
    assert [x.key for x in section.exhibits] == ["plan-pace", "plan-months", "plan-pipeline", "plan-cycle"]
    assert all(x.figure is not None and x.figure.alt for x in section.exhibits)
    json.dumps(plan.figures())
    again = chapter(facts, lang, plan={**PLAN, "2026-05": {"qualified": 90, "revenue": 300_000}}).section()
    assert [x.figure.svg for x in section.exhibits] == [x.figure.svg for x in again.exhibits]
