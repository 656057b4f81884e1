from __future__ import annotations

import datetime as dt

from cohort_facts import BEFORE, cell, make_client, make_facts

from helpers.chapters.common_age import YOUNGEST, common_age


def won_after(weeks: int) -> list[dict]:
    return cell(100, 20, weeks=weeks)


def test_months_younger_than_the_cycle_are_left_out() -> None:
    facts = make_facts(won_after(5), as_of=dt.date(2026, 7, 15))
    age = common_age(facts, make_client(), "now")
    assert age.cycle == 35
    # May ended 45 days before the audit, June 15: June is too young, the others have all seen 42 whole days.
    assert [month.month for month in age.months["now"]] == [1, 2, 3, 4, 5]
    assert (age.days, age.counted["now"], age.until["now"]) == (42, 151, dt.date(2026, 5, 31))
    assert age.ripe
    assert not age.short
    assert not age.whole


def test_never_more_than_half_of_the_period_is_left_out() -> None:
    """With a cycle of 200 days nothing would be ripe: the age becomes shorter instead."""
    facts = make_facts(won_after(2), as_of=dt.date(2026, 7, 15))
    age = common_age(facts, make_client(cycle_days=200), "now")
    assert [month.month for month in age.months["now"]] == [1, 2, 3, 4]
    assert age.days == 70
    assert age.short


def test_two_spans_share_one_age() -> None:
    facts = make_facts(won_after(5), compare=BEFORE, as_of=dt.date(2026, 7, 15))
    age = common_age(facts, make_client(), "now", "before")
    assert age.days == 42
    assert len(age.months["before"]) == 6
    assert age.counted == {"now": 151, "before": 184}


def test_an_old_period_is_seen_whole() -> None:
    age = common_age(make_facts(won_after(5)), make_client(), "now")
    assert age.whole
    assert age.days == 7 * ((dt.date(2026, 12, 31) - dt.date(2026, 6, 30)).days // 7)


def test_all_leads_too_young() -> None:
    period = (dt.date(2026, 7, 1), dt.date(2026, 7, 14))
    age = common_age(make_facts(period=period, as_of=dt.date(2026, 7, 15)), make_client(cycle_days=30), "now")
    assert not age.ripe
    assert age.ready == dt.date(2026, 8, 13)
    assert YOUNGEST == 14


def test_no_sale_no_cycle() -> None:
    age = common_age(make_facts(cell(100, 0), as_of=dt.date(2026, 7, 15)), make_client(), "now")
    assert age.cycle is None
    assert age.ripe
    assert not age.short


def test_months_of_one_day() -> None:
    """31 January to 1 March of a year: January and March are a day each."""
    period = (dt.date(2026, 1, 31), dt.date(2026, 3, 1))
    age = common_age(make_facts(period=period, as_of=dt.date(2026, 5, 1)), make_client(cycle_days=20), "now")
    assert [month.month for month in age.months["now"]] == [1, 2, 3]
    assert age.counted["now"] == 30
    assert age.until["now"] == dt.date(2026, 3, 1)


def test_a_leap_day_counts() -> None:
    period = (dt.date(2024, 2, 1), dt.date(2024, 2, 29))
    age = common_age(make_facts(period=period, as_of=dt.date(2024, 6, 1)), make_client(), "now")
    assert age.counted["now"] == 29
    assert age.until["now"] == dt.date(2024, 2, 29)
    one_day = (dt.date(2024, 2, 29), dt.date(2024, 2, 29))
    assert common_age(make_facts(period=one_day, as_of=dt.date(2024, 6, 1)), make_client(), "now").counted["now"] == 1


def test_sales_after_the_age_do_not_count() -> None:
    facts = make_facts(cell(100, 10, weeks=6), cell(100, 10, weeks=7), as_of=dt.date(2026, 7, 15))
    age = common_age(facts, make_client(cycle_days=35), "now")
    compared = age.of(facts.outcomes.leads, "now")
    assert compared["leads"].sum() == 200
    assert compared.loc[age.won(compared), "leads"].sum() == 10
