"""The drivers chapter: the change of profit, split exactly, by owner, with intervals, in words for both departments."""

from __future__ import annotations

import datetime as dt
import json
import math

import numpy as np
import pytest
from cohort_facts import BEFORE, HAS, cell, make_client, make_facts, spent
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.chapters.drivers import Drivers
from helpers.chapters.drivers_measure import DAYS_A_MONTH, OTHERS, channel_counts, lines_of, measure_drivers
from helpers.chapters.drivers_split import FACTORS, Side, contributions
from helpers.facts import Facts
from helpers.language import LANGUAGES, language


def two(*cells: list[dict], **more: object) -> Facts:
    """Facts with a comparison period."""
    return make_facts(*cells, compare=BEFORE, **more)


def was(leads: int, won: int, **more: object) -> list[dict]:
    return cell(leads, won, span="before", month="2025-07-01", **more)


def chapter(facts: Facts, lang: str = "en", **client: object) -> Drivers:
    return Drivers.measure(facts, make_client(**client), language(lang))


def parts(facts: Facts, **client: object) -> dict[str, float]:
    return {part.factor: part.value for part in measure_drivers(facts, make_client(**client)).parts}


def money(channel: str = "ads", before: float = 100_000.0, now: float = 100_000.0) -> list[dict]:
    return [spent(before, channel, "before", "2025-07-01"), spent(now, channel)]


# The split -----------------------------------------------------------------------------------------------------------


def test_only_the_closing_changed() -> None:
    facts = two(was(400, 80, qualified=200), cell(400, 40, qualified=200), spend=money())
    measured = measure_drivers(facts, make_client())
    found = {part.factor: part for part in measured.parts}
    months = {"before": 184 / DAYS_A_MONTH, "now": 181 / DAYS_A_MONTH}
    # The two half-years differ by three days: per month there is a little more of everything now.
    assert measured.before == pytest.approx((80_000 - 100_000) / months["before"])
    assert measured.after == pytest.approx((40_000 - 100_000) / months["now"])
    assert found["closing"].owner == "sales"
    assert (found["closing"].was, found["closing"].now) == (0.4, 0.2)
    weight = (40_000 / months["now"] - 80_000 / months["before"]) / math.log(
        40_000 / months["now"] / (80_000 / months["before"])
    )
    assert found["closing"].value == pytest.approx(weight * math.log(0.5))
    # Exactly the same mail: nothing of quality, of price, of the average deal.
    assert {name: found[name].value for name in ("quality", "price", "deal")} == {"quality": 0, "price": 0, "deal": 0}
    assert math.fsum(part.value for part in measured.parts) == pytest.approx(measured.change, rel=1e-12)
    assert measured.named()[0].factor == "closing"
    assert found["closing"].sure


MONEY = st.one_of(st.just(0.0), st.floats(0.01, 1e6))
SUMS = st.tuples(MONEY, st.integers(0, 500), st.floats(0, 1), st.floats(0, 1), st.integers(0, 3), MONEY)


def side(lines: list[tuple], months: float) -> Side:
    spend, leads, quality, closing, more, amount = (
        np.array(values, dtype=float) for values in zip(*lines, strict=True)
    )
    qualified = np.floor(leads * quality)
    won = np.floor(qualified * closing)
    sales = won + more * (won > 0)
    return Side(spend, leads, qualified, won, sales, sales * amount, months)


@settings(deadline=None)
@given(st.lists(st.tuples(SUMS, SUMS, st.booleans()), min_size=1, max_size=6), st.booleans())
def test_parts_add_up_to_the_change_of_profit(lines: list[tuple], marked: bool) -> None:
    paid = np.array([way for _, _, way in lines])
    before = side([a if way else (0.0, *a[1:]) for a, _, way in lines], 6.0)
    after = side([b if way else (0.0, *b[1:]) for _, b, way in lines], 5.5)
    # A line is paid for in both periods or in neither; where it is paid for, no spend means no leads.
    for one in (before, after):
        nothing = paid & (one.spend == 0)
        for name in ("leads", "qualified", "won", "sales", "gross"):
            getattr(one, name)[nothing] = 0.0
    found = contributions(before, after, paid, marked)
    assert found.shape == (len(FACTORS), len(lines))
    change = after.profit - before.profit
    # Relative to the largest number that is added up: parts of opposite signs can be far larger than their sum.
    scale = max(
        abs(change), np.abs(found).max(), *(np.abs(one.gross).max() + one.spend.max() for one in (before, after))
    )
    assert abs(found.sum() - change) <= 1e-9 * max(scale, 1e-9)


def test_more_spend_at_the_same_results_earns_its_profit() -> None:
    facts = two(
        was(184, 46, amount=10_000.0), cell(362, 90, amount=10_000.0), spend=money(now=200_000 * 181 / 184)
    )  # fmt: skip
    found = parts(facts)
    # Twice the money, twice the leads and sales: all of the change is the spend's, its own cost taken off.
    assert found["spend"] > 0
    rest = [abs(value) for name, value in found.items() if name != "spend"]
    assert max(rest) < 0.1 * found["spend"]


def test_money_moved_to_the_better_channel_is_the_mix() -> None:
    """Search returns 4 per unit spent, banners 1; the same money moves from banners to search."""

    def cells(span: str, month: str, search: int, banners: int) -> list[list[dict]]:
        keys = {"span": span, "month": month}
        return [
            cell(search * 10, search * 4, channel="search", **keys),
            cell(banners * 10, banners, channel="banners", **keys),
        ]

    rows = [*cells("before", "2025-07-01", 10, 30), *cells("now", "2026-01-01", 30, 10)]
    spend = [spent(10_000, "search", "before", "2025-07-01"), spent(30_000, "banners", "before", "2025-07-01"),
             spent(30_000, "search"), spent(10_000, "banners")]  # fmt: skip
    measured = measure_drivers(two(*rows, spend=spend), make_client())
    found = {part.factor: part.value for part in measured.parts}
    gain = (30 * 4 + 10 - 10 * 4 - 30) * 1000 / (181 / DAYS_A_MONTH)
    assert found["mix"] == pytest.approx(gain, rel=0.03)
    assert abs(found["price"]) + abs(found["quality"]) + abs(found["closing"]) < 0.05 * gain


def test_a_channel_that_appears_is_mix_and_amount_not_conversion() -> None:
    facts = two(was(300, 60), cell(300, 60), cell(200, 60, channel="new"), spend=[*money(), spent(50_000, "new")])
    measured = measure_drivers(facts, make_client())
    table = measured.channels.set_index("channel")
    assert table.loc["new", ["price", "quality", "closing", "repeat", "deal"]].abs().sum() == 0
    assert table.loc["new", "spend"] + table.loc["new", "mix"] == pytest.approx(table.loc["new", "after"])


def test_a_channel_that_begins_to_be_paid_for_is_two_lines() -> None:
    facts = two(was(300, 60), cell(300, 60), spend=[spent(40_000)])
    measured = measure_drivers(facts, make_client())
    assert sorted(measured.channels["paid"]) == [False, True]
    assert {Drivers.words.fget(chapter(facts)).channel(row) for row in measured.channels.itertuples()} == {
        "ads, with spend", "ads, without spend",
    }  # fmt: skip
    assert math.fsum(part.value for part in measured.parts) == pytest.approx(measured.change)


def test_repeat_sales_and_average_deal_are_told_apart() -> None:
    facts = two(was(300, 60, sales=60, amount=1000), cell(300, 60, sales=90, amount=1500), spend=money())
    found = parts(facts)
    # Half more sales per customer at the same gross profit of a sale.
    assert found["repeat"] > 0
    assert found["deal"] == pytest.approx(0, abs=1e-6)


def test_without_marks_of_qualified_leads_the_chain_is_shorter() -> None:
    facts = two(was(400, 80), cell(400, 40), spend=money(), has=HAS - {"leads.qualified"})
    found = {part.factor: part for part in measure_drivers(facts, make_client()).parts}
    assert "quality" not in found
    assert "closing" not in found
    assert found["conversion"].owner == "joint"
    assert (found["conversion"].was, found["conversion"].now) == (0.2, 0.1)


# Edges ---------------------------------------------------------------------------------------------------------------


def test_zero_deals_in_one_of_the_periods() -> None:
    for cells in ([was(300, 0), cell(300, 60)], [was(300, 60), cell(300, 0)]):
        measured = measure_drivers(two(*cells, spend=money()), make_client())
        assert math.fsum(part.value for part in measured.parts) == pytest.approx(measured.change)
        assert np.isfinite([measured.low, measured.high]).all()


def test_no_wins_at_all() -> None:
    facts = two(was(300, 0), cell(300, 0), spend=money(now=150_000))
    measured = measure_drivers(facts, make_client())
    assert {part.factor for part in measured.parts} == {"spend"}
    assert measured.change == pytest.approx(-150_000 / (181 / DAYS_A_MONTH) + 100_000 / (184 / DAYS_A_MONTH))
    assert chapter(facts).section().exhibits[0].figure is not None


def test_amounts_of_zero() -> None:
    facts = two(was(300, 60, amount=0.0), cell(300, 60, amount=0.0), spend=money())
    measured = measure_drivers(facts, make_client())
    assert math.fsum(part.value for part in measured.parts) == pytest.approx(measured.change)
    chapter(facts).section()


def test_negative_profit_everywhere() -> None:
    facts = two(was(300, 6, spread=300.0), cell(300, 3, spread=300.0), spend=money())
    drivers = chapter(facts)
    assert drivers.measured.before < 0
    assert drivers.measured.after < 0
    assert drivers.section().exhibits[0].figure is not None


def test_one_channel_has_no_table_of_channels() -> None:
    section = chapter(two(was(300, 60), cell(300, 30), spend=money())).section()
    assert [exhibit.key for exhibit in section.exhibits] == ["drivers-waterfall"]


def test_channels_stand_side_by_side_and_add_up() -> None:
    names = [f"канал {i}" for i in range(9)]
    cells = [made for i, name in enumerate(names)
             for made in (was(300, 60 + i, channel=name), cell(300, 30 - i, channel=name))]  # fmt: skip
    test_lead = [was(40, 0, channel="test"), cell(40, 0, channel="test")]
    drivers = chapter(two(*cells, *test_lead, spend=[row for name in names for row in money(name)]))
    table = drivers.section().exhibits[1].table
    assert [column.label for column in table.columns] == ["Part", *reversed(names[2:]), "2 more channels"]
    before, now, change, *found = (row[1:] for row in table.rows)
    assert [b - a for a, b in zip(before, now, strict=True)] == pytest.approx(list(change))
    assert [math.fsum(column) for column in zip(*found, strict=True)] == pytest.approx(list(change))
    assert [math.fsum(row) for row in found] == pytest.approx([part.value for part in drivers.measured.parts])


def test_small_channels_are_one_line_and_three_thousand_fit() -> None:
    many = [cell(3 + i % 2, 1, channel=f"канал {i}", span=span, month=month)
            for i in range(1500) for span, month in (("now", "2026-01-01"), ("before", "2025-07-01"))]  # fmt: skip
    facts = two(was(300, 60), cell(300, 60), *many, spend=money())
    counts = [channel_counts(facts, measure_drivers(facts, make_client()).age, span) for span in ("before", "now")]
    table = lines_of(*counts)
    assert set(table["channel"]) == {"ads", OTHERS}
    assert table[["leads_before", "leads_now"]].to_numpy().sum() == sum(part["leads"].sum() for part in counts)
    assert "small channels without spend" in str(chapter(facts).section().exhibits[1].table)


def test_all_leads_too_young() -> None:
    facts = make_facts(
        cell(300, 3, month="2026-07-01"), cell(300, 9, span="before", month="2026-06-01"),
        period=(dt.date(2026, 7, 1), dt.date(2026, 7, 10)), compare=(dt.date(2026, 6, 20), dt.date(2026, 6, 30)),
        as_of=dt.date(2026, 7, 12),
    )  # fmt: skip
    section = chapter(facts, cycle_days=30).section()
    assert section.boxes[0].title == "Too early to compare periods"
    assert not section.exhibits


# Against the plan ----------------------------------------------------------------------------------------------------

PLAN = {"2026-01": {"leads": 500, "qualified": 200, "won": 60, "revenue": 120_000, "spend": 80_000}}


def test_without_a_comparison_period_against_the_plan() -> None:
    facts = make_facts(cell(400, 40, qualified=200, amount=1000.0), spend=[spent(80_000)])
    drivers = chapter(facts, plan=PLAN)
    measured, months = drivers.measured, 31 / DAYS_A_MONTH
    assert measured.basis == "plan"
    assert measured.before == pytest.approx((120_000 * 0.5 - 80_000) / months)
    assert measured.after == pytest.approx((40_000 - 80_000) / months)
    assert [part.factor for part in measured.parts] == ["spend", "price", "quality", "closing", "deal"]
    assert math.fsum(part.value for part in measured.parts) == pytest.approx(measured.change, rel=1e-12)
    found = {part.factor: (part.was, part.now) for part in measured.parts}
    assert found["price"] == (160.0, 200.0)
    assert found["closing"] == (0.3, 0.2)
    assert drivers.section().exhibits[0].title.startswith("Profit a month is ")
    assert "conversion of qualified lead to customer below the plan" in drivers.words.verdict()


def test_figures_that_the_plan_does_not_hold_are_stepped_over() -> None:
    facts = make_facts(cell(400, 40, qualified=200))
    for left_out, names in (
        (("spend",), ["leads", "quality", "closing", "deal"]),
        (("spend", "won"), ["leads", "quality", "per_qualified"]),
        (("spend", "qualified"), ["leads", "conversion", "deal"]),
        (("spend", "qualified", "won"), ["leads", "per_lead"]),
    ):
        plan = {"2026-01": {name: value for name, value in PLAN["2026-01"].items() if name not in left_out}}
        measured = measure_drivers(facts, make_client(plan=plan))
        assert [part.factor for part in measured.parts] == names
        assert math.fsum(part.value for part in measured.parts) == pytest.approx(measured.change, rel=1e-12)


def test_nothing_to_compare_with_says_what_to_do() -> None:
    facts = make_facts(cell(400, 40))
    for client in ({}, {"plan": {"2026-01": {"qualified": 200}}}):
        drivers = chapter(facts, **client)
        assert drivers.figures() == {"drivers": {"basis": None}}
        assert drivers.findings() == ()
        box = drivers.section().boxes[0]
        assert box.tone == "missing"
        assert "write the plan of each month" in box.text[0]


def test_too_few_leads_to_say_why() -> None:
    drivers = chapter(two(was(20, 19), cell(25, 1), spend=money()))
    assert drivers.findings() == ()
    assert "too few leads to say why" in drivers.words.title()
    assert "too few to say what took part" in drivers.words.verdict()


def test_a_comparison_period_without_data_is_none() -> None:
    assert measure_drivers(two(cell(400, 40)), make_client()).basis == ""


# Words ---------------------------------------------------------------------------------------------------------------


def test_the_verdict_is_one_paragraph_for_both() -> None:
    facts = two(
        was(2000, 400, qualified=1000, spread=300.0), cell(2000, 200, qualified=1000, spread=300.0), spend=money()
    )
    drivers = chapter(facts)
    text = drivers.words.verdict()
    assert "qualified leads became customers less often" in text
    assert "not who is to blame" in text
    assert "\n" not in text
    assert drivers.section().lead == (text,)
    finding = drivers.findings()[0]
    assert finding.money == pytest.approx(abs(drivers.measured.change))
    assert "above all because qualified leads became customers less often" in finding.text


def test_a_change_that_luck_explains_is_no_finding() -> None:
    drivers = chapter(two(was(300, 30, spread=900.0), cell(300, 27, spread=900.0), spend=money(before=101_657.0)))
    assert drivers.findings() == ()
    assert drivers.words.title().endswith("no more than luck alone would explain")
    assert "No single part is larger than luck" in drivers.words.verdict()


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_section_is_complete_in_every_language(lang: str) -> None:
    facts = two(
        was(300, 60, spread=300.0), was(200, 30, channel="Поиск"), cell(300, 30, spread=300.0),
        cell(260, 40, channel="Поиск"), spend=[*money(), *money("Поиск")],
    )  # fmt: skip
    drivers = chapter(facts, lang)
    assert [exhibit.key for exhibit in drivers.section().exhibits] == ["drivers-waterfall", "drivers-channels"]
    json.dumps(drivers.figures())
    plan = chapter(make_facts(cell(400, 40, qualified=200), spend=[spent(80_000)]), lang, plan=PLAN)
    assert plan.section().exhibits[0].figure is not None


def test_the_same_facts_give_the_same_numbers_and_pictures() -> None:
    facts = two(was(300, 60, spread=300.0), cell(300, 30, spread=300.0), spend=money())
    one, other = (chapter(facts) for _ in range(2))
    assert one.figures() == other.figures()
    assert one.section().exhibits[0].figure.svg == other.section().exhibits[0].figure.svg
