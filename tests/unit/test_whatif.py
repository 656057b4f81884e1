"""What if: the sliders' profit against sums taken from the leads themselves, and the sliders as they are moved."""

from __future__ import annotations

import datetime as dt
import itertools
import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from cohort_facts import cell, make_facts
from cohort_facts import make_client as client_of
from what_if_client import MONTHS, SPEND, leads, make_client

import helpers as audit
from helpers.chapters.actions_base import DAYS_A_MONTH
from helpers.chapters.whatif import Sliders, WhatIf
from helpers.chapters.whatif_measure import turned
from helpers.language import LANGUAGES, language

LEADS = leads()
PERIOD = 181 / DAYS_A_MONTH
"""Months of the audited half-year."""
SPENT = MONTHS * SPEND / PERIOD
DIALS = ("kept", "qualified", "win_rate", "deal", "spend")


def gross(channel: str = "") -> float:
    """Gross profit a month: half of the revenue."""
    return sum(one.amount for one in LEADS if channel in ("", one.channel)) / 2 / PERIOD


def share(part: Any, whole: Any = lambda one: True) -> float:
    of = [one for one in LEADS if whole(one)]
    return sum(map(part, of)) / len(of)


@pytest.fixture(scope="module")
def firm(tmp_path_factory: pytest.TempPathFactory) -> WhatIf:
    folder = make_client(tmp_path_factory.mktemp("what-if") / "firm")
    brief = audit.brief({"client": str(folder), "out": "reports", "lang": "en", "period": "", "formats": "html"})
    return audit.WhatIf.measure(audit.count(audit.load(brief.client)), brief.client, brief.say)


def profit(firm: WhatIf, name: str, value: float) -> float:
    return firm.measured.outcome(turned(firm.measured.today, name, value)).profit


# The figures ---------------------------------------------------------------------------------------------------------


def test_todays_figures_are_those_of_the_leads(firm: WhatIf) -> None:
    today = firm.measured.today
    assert today.known() == DIALS
    assert today.kept == share(lambda one: one.quick)
    assert today.qualified == share(lambda one: one.good)
    assert today.win_rate == pytest.approx(share(lambda one: one.amount > 0, lambda one: one.good))
    sales = [one.amount for one in LEADS if one.amount]
    assert today.deal == pytest.approx(sum(sales) / len(sales))
    assert today.spend == pytest.approx(SPENT)


def test_nothing_turned_is_the_profit_of_today(firm: WhatIf) -> None:
    found = firm.measured.outcome(firm.measured.today)
    assert found.profit == pytest.approx(gross() - SPENT)
    assert found.low < found.profit < found.high
    assert (found.change, found.change_low, found.change_high) == (0, 0, 0)


@pytest.mark.parametrize("name", ["qualified", "win_rate", "deal"])
def test_a_share_and_the_average_deal_move_gross_profit_in_proportion(firm: WhatIf, name: str) -> None:
    value = getattr(firm.measured.today, name)
    for times in (0.5, 1.2):
        assert profit(firm, name, times * value) == pytest.approx(times * gross() - SPENT)


def test_spend_moves_only_what_it_pays_for(firm: WhatIf) -> None:
    assert profit(firm, "spend", 2 * SPENT) == pytest.approx(2 * gross("google") + gross("direct") - 2 * SPENT)
    assert profit(firm, "spend", 0.0) == pytest.approx(gross("direct"))


def test_answers_in_time_bring_what_goes_with_them_within_a_channel(firm: WhatIf) -> None:
    """Mantel and Haenszel (1959), by hand: both channels weigh by n1 n0 / n."""
    above, below = 0.0, 0.0
    for channel in ("google", "direct"):
        quick, late = ([one for one in LEADS if one.channel == channel and one.quick is way] for way in (True, False))
        weight = len(quick) * len(late) / (len(quick) + len(late))
        rates = [sum(one.amount > 0 for one in part) / len(part) for part in (quick, late)]
        above, below = above + weight * (rates[0] - rates[1]), below + weight
    effect = above / below
    assert firm.measured.effect == pytest.approx(effect)
    assert firm.measured.effect_low > 0
    more = 0.25 * effect / share(lambda one: one.amount > 0)
    wanted = gross() * (1 + more) - SPENT
    assert profit(firm, "kept", firm.measured.today.kept + 0.25) == pytest.approx(wanted, rel=0.02)


def test_no_share_passes_one(firm: WhatIf) -> None:
    today = firm.measured.today
    assert profit(firm, "win_rate", 5.0) == profit(firm, "win_rate", min(1.0, 2 * today.win_rate))
    with pytest.raises(ValueError, match="name must be one of kept, qualified"):
        turned(today, "luck", 1.0)


def test_the_interval_is_that_of_counts_and_amounts(firm: WhatIf) -> None:
    """By the delta method: leads (Poisson), two shares, the mean of amounts, channel by channel."""
    variance = 0.0
    for channel in ("google", "direct"):
        own = [one for one in LEADS if one.channel == channel]
        good, amounts = [one for one in own if one.good], [one.amount for one in own if one.amount]
        relative = 1 / len(own) + (1 - len(good) / len(own)) / len(good)
        relative += (1 - len(amounts) / len(good)) / len(amounts)
        relative += np.var(amounts, ddof=1) / np.mean(amounts) ** 2 / len(amounts)
        variance += gross(channel) ** 2 * relative
    found = firm.measured.outcome(firm.measured.today)
    # Shares and amounts of the two channels lean on each other, so the range may be narrower, never much wider.
    assert 0.7 < (found.high - found.low) / (2 * 1.96 * math.sqrt(variance)) < 1.15


def test_the_range_of_the_change_is_that_of_what_was_turned(firm: WhatIf) -> None:
    more = firm.measured.outcome(turned(firm.measured.today, "deal", 1.5 * firm.measured.today.deal))
    today = firm.measured.outcome(firm.measured.today)
    # Half of gross profit more: its range is half of that of gross profit, which is that of profit.
    assert more.change_high - more.change_low == pytest.approx((today.high - today.low) / 2, rel=1e-6)
    assert more.change_low < more.change < more.change_high


# The sliders ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", DIALS)
def test_a_slider_moves_the_profit_and_its_interval_as_it_is_moved(firm: WhatIf, name: str) -> None:
    sliders = Sliders(firm)
    before, slider = sliders.result.value, sliders.sliders[name]
    slider.value = slider.value + 20 * slider.step
    told = sliders.result.value
    assert told != before
    found = firm.measured.outcome(sliders.dials())
    low, high = firm.say.money_short(found.low, "EUR"), firm.say.money_short(found.high, "EUR")
    assert low in told
    assert high in told
    assert firm.say.money_short(found.change, "EUR", signed=True) in told
    sliders.button.click()
    assert sliders.result.value == before


@pytest.mark.parametrize("name", ["kept", "qualified", "win_rate", "deal"])
def test_more_of_a_good_thing_is_more_profit_at_both_ends_of_its_range(firm: WhatIf, name: str) -> None:
    sliders = Sliders(firm)
    slider = sliders.sliders[name]
    found = []
    for value in (slider.min, (slider.min + slider.value) / 2, slider.value, (slider.value + slider.max) / 2):
        slider.value = value
        found.append(firm.measured.outcome(sliders.dials()))
    for one, other in itertools.pairwise(found):
        assert one.profit < other.profit
        assert one.low < other.low
        assert one.high < other.high
    assert [np.sign(one.change) for one in found] == [-1, -1, 0, 1]


def test_more_spend_is_more_profit_as_long_as_it_pays_back_and_a_wider_range(firm: WhatIf) -> None:
    sliders = Sliders(firm)
    before = firm.measured.outcome(sliders.dials())
    sliders.sliders["spend"].value = 1.5 * SPENT
    after = firm.measured.outcome(sliders.dials())
    assert np.sign(after.change) == np.sign(gross("google") - SPENT)
    assert after.high - after.low > before.high - before.low
    # A channel that brings less than it costs: the more is spent there, the more is lost.
    measured = replace(firm.measured, side=replace(firm.measured.side, gross=firm.measured.side.gross / 100))
    today = measured.today
    profits = [measured.outcome(turned(today, "spend", times * SPENT)).profit for times in (0.5, 1.0, 1.5)]
    assert profits == sorted(profits, reverse=True)


def test_several_sliders_act_together(firm: WhatIf) -> None:
    sliders = Sliders(firm)
    today = firm.measured.today
    sliders.sliders["deal"].value = 1.5 * today.deal
    sliders.sliders["win_rate"].value = 1.5 * today.win_rate
    dials = sliders.dials()
    factor = dials.deal / today.deal * dials.win_rate / today.win_rate
    assert firm.measured.outcome(dials).profit == pytest.approx(factor * gross() - SPENT)


def test_where_no_notebook_runs_a_table_stands(firm: WhatIf) -> None:
    shown = firm._repr_mimebundle_()
    assert "application/vnd.jupyter.widget-view+json" in shown
    assert shown["text/html"].count("<tr>") == 1 + len(DIALS)
    assert shown["text/plain"] == repr(firm)
    assert "Profit a month as it is today" in repr(firm)


# The edges -----------------------------------------------------------------------------------------------------------


JUNE = {"period": (dt.date(2026, 6, 1), dt.date(2026, 6, 30)), "as_of": dt.date(2026, 7, 1)}


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        (make_facts(), "no leads"),
        (make_facts(cell(100, 10, month="2026-06-01"), **JUNE), "too young"),
        (make_facts(cell(29, 10)), "fewer than 30"),
        (make_facts(cell(100, 0)), "no sale with an amount"),
        (make_facts(cell(100, 10, amount=0.0)), "no sale with an amount"),
    ],
)
def test_nothing_to_turn_is_one_sentence(facts: Any, said: str) -> None:
    found = WhatIf.measure(facts, client_of(), language("en"))
    assert said in repr(found)
    assert set(found._repr_mimebundle_()) == {"text/html", "text/plain"}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_language_speaks(firm: WhatIf, lang: str) -> None:
    found = WhatIf(language(lang), firm.client, firm.measured, firm.margin_known)
    assert len({found.label(name) for name in DIALS}) == len(DIALS)
    assert found.cautions()
    assert Sliders(found).result.value
