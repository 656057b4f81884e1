from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pandas as pd
import pytest
from actions_facts import client_of, facts_of, month

from helpers.chapters.actions_base import measure_base
from helpers.chapters.actions_losing import Losing, losing_campaigns
from helpers.chapters.actions_stakes import Stake, losing_stake, measure_stakes, risk_difference
from helpers.client import Aims
from helpers.facts import Facts

NOTHING = Losing(pd.DataFrame(), 0.0, np.empty(0))
DAYS_A_MONTH = 365.25 / 12
MONTHS = 181 / DAYS_A_MONTH
"""Of the period January-June 2026."""
HALF_YEAR = [f"2026-0{n}-01" for n in range(1, 7)]
YEAR_BEFORE = [f"2025-{n:02}-01" for n in range(1, 13)]


def stakes_of(facts: Facts, aims: Aims | None = None, **client: Any) -> dict[str, Stake]:
    found = measure_stakes(measure_base(facts, client_of(**client)), aims or Aims(), NOTHING)
    return {stake.driver: stake for stake in found}


def steady(days: list[str] | None = None, **more: Any) -> list[dict[str, Any]]:
    """Equal months: 4,000 leads, 40 % qualified, a quarter of these buys for 10,000."""
    usual = {"leads": 4000, "qualified": 1600, "won": 400, "within": 1000, "late": 2600, "silent": 400, "spend": 2e6}
    return [month(day, **(usual | more)) for day in days or HALF_YEAR]


# What one more is worth -----------------------------------------------------------------------------------------------


def test_an_aim_is_worth_what_arithmetic_says() -> None:
    # 24,000 leads in 5.95 months; 10 points more of them qualified, of which 25 % buy for 10,000 and keep all of it.
    found = stakes_of(facts_of(*steady()), Aims(qualified_share=0.5))["qualified"]
    worth = 24_000 / MONTHS * 0.1 * 0.25 * 10_000
    assert found.state == "told"
    assert found.middle == pytest.approx(worth, rel=0.03)
    assert found.low < worth < found.high
    assert (found.now, found.target, found.aim) == (pytest.approx(0.4), 0.5, True)


def test_the_other_figures_of_the_same_identity() -> None:
    aims = Aims(win_rate=0.3, average_deal=11_000, cost_per_lead=400)
    found = stakes_of(facts_of(*steady()), aims)
    leads = 24_000 / MONTHS
    assert found["win_rate"].middle == pytest.approx(leads * 0.4 * 0.05 * 10_000, rel=0.06)
    assert found["deal"].middle == pytest.approx(leads * 0.1 * 1000, rel=0.06)
    assert found["lead_cost"].now == 500
    assert found["lead_cost"].middle == pytest.approx(12e6 / MONTHS * 0.2, rel=0.03)


def test_only_gross_profit_counts() -> None:
    whole = stakes_of(facts_of(*steady()), Aims(qualified_share=0.5))["qualified"]
    third = stakes_of(facts_of(*steady(margin=0.35)), Aims(qualified_share=0.5))["qualified"]
    assert third.middle == pytest.approx(0.35 * whole.middle, rel=0.01)
    nothing = stakes_of(facts_of(*steady(margin=0.0)), Aims(qualified_share=0.5))["qualified"]
    assert (nothing.middle, nothing.state) == (0, "chance")


def test_an_aim_that_is_met_is_worth_nothing() -> None:
    found = stakes_of(facts_of(*steady()), Aims(qualified_share=0.3, cost_per_lead=600))
    for driver in ("qualified", "lead_cost"):
        assert (found[driver].state, found[driver].high) == ("reached", 0)


# The best quarter -----------------------------------------------------------------------------------------------------


def test_equal_quarters_have_nothing_at_stake() -> None:
    rng = np.random.default_rng(1)
    months = [
        month(day, 1000, int(q), int(rng.binomial(q, 0.2)), within=300, late=600, silent=100, spend=1e5)
        for day, q in zip([*YEAR_BEFORE, *HALF_YEAR], rng.binomial(1000, 0.4, 18), strict=True)
    ]
    for driver, stake in stakes_of(facts_of(*months)).items():
        assert stake.state in ("chance", "no_effect", "no_data"), driver
        assert not stake.known or stake.low == 0, driver


def test_a_quarter_that_was_better_is_found_and_named() -> None:
    before = [month(day, 4000, 2000, 500, spend=2e6) for day in YEAR_BEFORE[6:9]]
    usual = [month(day, 4000, 1600, 400, spend=2e6) for day in [*YEAR_BEFORE[9:], *HALF_YEAR]]
    found = stakes_of(facts_of(*before, *usual))["qualified"]
    assert (found.state, found.when) == ("told", dt.date(2025, 7, 1))
    assert found.now == pytest.approx(0.4)
    assert found.target == pytest.approx(0.5, abs=0.01)
    assert found.middle == pytest.approx(24_000 / MONTHS * 0.1 * 0.25 * 10_000, rel=0.1)


def test_the_lowest_price_is_the_best() -> None:
    cheap = [month(day, 4000, 1600, 400, spend=1.2e6) for day in YEAR_BEFORE[:3]]
    found = stakes_of(facts_of(*cheap, *steady()))["lead_cost"]
    assert (found.state, found.when) == ("told", dt.date(2025, 1, 1))
    assert found.middle == pytest.approx(12e6 / MONTHS * 0.4, rel=0.05)


def test_a_quarter_of_few_leads_is_never_the_best() -> None:
    lucky = month("2025-12-01", 25, 25, 5)
    found = stakes_of(facts_of(lucky, *steady()))["qualified"]
    assert found.when != dt.date(2025, 10, 1)
    assert found.low == 0


def test_the_target_is_never_worse_than_the_present() -> None:
    months = [month(day, 300, 120, 30, within=200, late=100, silent=0) for day in [*YEAR_BEFORE[6:], *HALF_YEAR]]
    found = stakes_of(facts_of(*months))["untouched"]
    assert found.target <= found.now == 0


# What cannot be said --------------------------------------------------------------------------------------------------


def test_one_quarter_has_nothing_to_be_compared_with() -> None:
    found = stakes_of(facts_of(*[month(day, 4000, 1600, 400, spend=2e6) for day in HALF_YEAR[:3]]))
    assert {found[name].state for name in ("qualified", "win_rate", "deal", "lead_cost")} == {"one_quarter"}
    assert not any(stake.known for stake in found.values())


def test_too_few_leads() -> None:
    found = stakes_of(facts_of(month("2026-01-01", 20, 8, 2), month("2026-04-01", 9, 4, 1)))
    assert {found[name].state for name in ("qualified", "win_rate", "deal")} == {"too_few"}


def test_too_few_sales_leave_the_figure_without_money() -> None:
    months = [month(day, 400, 160, 2) for day in [*YEAR_BEFORE, *HALF_YEAR]]
    found = stakes_of(facts_of(*months))
    assert (found["qualified"].state, found["qualified"].known) == ("no_money", False)
    assert found["qualified"].now == pytest.approx(0.4)


def test_no_sales_at_all() -> None:
    found = stakes_of(facts_of(*[month(day, 400, 160, 0, spend=1e5) for day in [*YEAR_BEFORE, *HALF_YEAR]]))
    assert found["qualified"].state == "no_money"
    assert found["win_rate"].state == "no_money"
    assert found["deal"].state == "too_few"
    assert found["lead_cost"].known


def test_sales_without_amounts_have_no_money() -> None:
    found = stakes_of(facts_of(*steady([*YEAR_BEFORE, *HALF_YEAR], priced=False)))
    assert found["qualified"].state == "no_money"
    assert found["deal"].state == "too_few"


def test_young_leads() -> None:
    found = stakes_of(facts_of(month("2026-06-01", 4000, 1600, 400), as_of=dt.date(2026, 7, 3)))
    assert found["qualified"].state == "young"


def test_no_leads() -> None:
    found = stakes_of(facts_of())
    assert {stake.state for stake in found.values()} == {"no_data"}


def test_without_a_mark_the_whole_way_is_one_figure() -> None:
    found = stakes_of(facts_of(*steady(marked=False), has=()), Aims(win_rate=0.2))
    assert "qualified" not in found
    assert "win_rate" not in found
    assert found["conversion"].middle == pytest.approx(24_000 / MONTHS * 0.1 * 10_000, rel=0.05)


# First answers --------------------------------------------------------------------------------------------------------


def test_speed_is_worth_nothing_where_the_quick_do_not_sell_more() -> None:
    # All sales are of leads answered late: more quick answers bring nothing that can be seen.
    found = stakes_of(facts_of(*steady()), Aims(answered_in_time=0.9))["answer"]
    assert (found.state, found.low, found.middle) == ("no_effect", 0, 0)


def test_leads_without_an_answer_count_as_those_answered_late() -> None:
    found = stakes_of(facts_of(*steady()), Aims(untouched=0.0))["untouched"]
    late = 400 / 2600
    assert found.state == "told"
    assert found.middle == pytest.approx(24_000 / MONTHS * 0.1 * late * 10_000, rel=0.06)


def test_silence_is_no_proof_where_answers_are_not_always_written_down() -> None:
    facts = facts_of(*steady())
    facts.speed.fates["proven_timed"] = 50
    assert stakes_of(facts)["untouched"].state == "no_data"


def test_risk_difference_within_strata() -> None:
    # One stratum: the plain difference and its textbook error.
    gain, error = risk_difference(*(np.array([x]) for x in (30.0, 100.0, 20.0, 200.0)))
    assert gain == pytest.approx(0.2)
    assert error == pytest.approx(np.sqrt(0.3 * 0.7 / 100 + 0.1 * 0.9 / 200))
    # Rothman, Greenland, Lash: weights n1 n0 / n, so two strata of 0.1 and 0.3 with weights 50 and 25.
    a, n1, b, n0 = np.array([30.0, 30.0]), np.array([100.0, 50.0]), np.array([20.0, 15.0]), np.array([100.0, 50.0])
    assert risk_difference(a, n1, b, n0)[0] == pytest.approx((50 * 0.1 + 25 * 0.3) / 75)


def test_a_hot_channel_does_not_pass_for_speed() -> None:
    # Within each channel answers make no difference; the hot channel is answered quickly.
    table = [(0.5, 900, 100), (0.05, 100, 900)]
    a, n1, b, n0 = (np.array([column[i] for column in [(p * q, q, p * s, s) for p, q, s in table]]) for i in range(4))
    assert a.sum() / n1.sum() - b.sum() / n0.sum() > 0.3
    assert risk_difference(a, n1, b, n0)[0] == pytest.approx(0, abs=1e-12)


# Losing campaigns -----------------------------------------------------------------------------------------------------


def test_losing_campaigns_are_summed_from_their_draws() -> None:
    draws = np.linspace(-10, 110, 4001)
    found = losing_stake(Losing(pd.DataFrame({"spend": [1.0]}), 300.0, draws))
    assert (found.state, found.now) == ("chance", 300.0)
    assert (found.low, found.middle) == (0.0, pytest.approx(50))
    assert losing_stake(Losing(pd.DataFrame(), 1.0, draws + 50)).state == "told"
    assert losing_stake(NOTHING).state == "no_data"


def test_only_campaigns_that_still_run_can_be_stopped() -> None:
    from facts_builder import campaign
    from facts_builder import client_of as plain
    from facts_builder import facts_of as of_campaigns

    from helpers.chapters.money_measure import measure_money

    def at(day: str, **more: Any) -> dict[str, Any]:
        made = campaign(**more)
        for rows in made.values():
            for row in rows:
                row["month"] = pd.Timestamp(day)
        return made

    facts = of_campaigns(
        at("2026-01-01", name="Over", spend=900_000, won=2, lost=300),
        at("2026-06-01", name="Runs", spend=600_000, won=2, lost=300),
        at("2026-06-01", name="Earns", spend=10_000, won=60, lost=200),
    )
    measured = measure_money(facts, plain())
    losing = set(measured.campaigns.loc[measured.campaigns["verdict"] == "loses", "campaign"])
    assert losing == {"Over", "Runs"}
    found = losing_campaigns(measured, facts)
    assert list(found.campaigns["campaign"]) == ["Runs"]
    assert found.spend == 600_000
    # Two sales of 300 leads bring some 20,000: nearly all of the spend is lost.
    assert 500_000 < np.median(found.draws) < 600_000
    assert len(losing_campaigns(None, facts).draws) == 0


def test_same_input_same_money() -> None:
    one, other = (stakes_of(facts_of(*steady())) for _ in range(2))
    assert one == other
