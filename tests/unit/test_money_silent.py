"""Spend in months without a lead while leads without spend come in the same channel: no loss is told of it."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest
from facts_builder import Facts, campaign, client_of, facts_of

from helpers.chapters.actions_losing import losing_campaigns
from helpers.chapters.money import Money
from helpers.chapters.money_measure import judged
from helpers.language import language

MONTHS = [f"2026-0{n}-01" for n in range(1, 7)]
GOOD = campaign("Good", spend=40_000, won=40, lost=200, rating=3.0)


def monthly(spend: list[float], leads: list[int], name: str = "New name", **more: Any) -> list[dict[str, Any]]:
    """One campaign by month: what it spent and how many leads came, all lost."""
    out = []
    for month, money, came in zip(MONTHS, spend, leads, strict=True):
        one = campaign(name, spend=money or None, lost=came, **more)
        for row in (*one["leads"], *one["spend"]):
            row["month"] = pd.Timestamp(month)
        out.append(one)
    return out


def money_of(*parts: dict[str, Any], lang: str = "en") -> tuple[Money, Facts]:
    facts = facts_of(GOOD, *parts)
    return Money.measure(facts, client_of(), language(lang)), facts


def row(money: Money, name: str) -> Any:
    found = money.measured.campaigns
    return next(found[found["campaign"] == name].itertuples())


RENAMED = monthly([50_000] * 6, [0, 0, 0, 0, 20, 20])
OLD_NAME = monthly([0] * 6, [30, 30, 30, 30, 0, 0], "Old name")


def test_a_renamed_campaign_is_not_told_to_lose() -> None:
    money, facts = money_of(*RENAMED, *OLD_NAME)
    one = row(money, "New name")
    assert (one.verdict, one.action) == ("untied", "fix")
    assert pd.isna(one.p_profit)
    assert pd.isna(one.expected)
    silent = money.measured.untied[one.row]
    assert (silent.months, silent.spend, silent.leads, silent.names) == (4, 200_000, 120, (("Old name", 120),))
    assert losing_campaigns(money.measured, facts).campaigns.empty
    assert "New name" not in set(judged(money.measured)["campaign"])


def test_the_report_says_which_names_to_compare() -> None:
    money, _ = money_of(*RENAMED, *OLD_NAME)
    assert [finding.text for finding in money.findings()] == [
        "₽200K of spend and its leads seem to carry different campaign names"
    ]
    told = " ".join(money.section().exhibits[0].reading)
    assert "“ads: New name” spent ₽200K in 4 months without one lead of its own" in told
    assert "most often: “Old name” (120). If one of these is the same campaign, write it under aliases" in told
    profit = next(x for x in money.section().exhibits if x.key == "money-profit")
    assert profit.table is not None
    line = next(line for line in profit.table.rows if line[0] == "ads: New name")
    assert line[-4:] == (None, None, "leads under another name?", "fix")
    assert money.figures()["money"]["campaigns"][-1]["verdict"] == "untied"


def test_leads_that_name_no_campaign_may_be_its_leads_too() -> None:
    money, _ = money_of(*RENAMED, *monthly([0] * 6, [30] * 6, ""))
    assert row(money, "New name").verdict == "untied"
    assert "They name no campaign" in " ".join(money.section().exhibits[0].reading)


@pytest.mark.parametrize(
    "others",
    [
        pytest.param([], id="no leads without spend"),
        pytest.param(monthly([0] * 6, [7, 7, 7, 7, 90, 90], "Old name"), id="too few of them in these months"),
        pytest.param(monthly([0] * 6, [30] * 6, "Old name", channel="mail"), id="they came in another channel"),
    ],
)
def test_a_campaign_that_loses_still_loses(others: list[dict[str, Any]]) -> None:
    money, facts = money_of(*RENAMED, *others)
    assert row(money, "New name").verdict == "loses"
    assert len(losing_campaigns(money.measured, facts).campaigns) == 1


def test_less_than_half_of_the_money_in_silent_months_says_nothing() -> None:
    some = monthly([50_000] * 6, [0, 0, 15, 15, 15, 15])
    assert row(money_of(*some, *OLD_NAME)[0], "New name").verdict == "loses"


def test_a_campaign_that_earns_all_the_same_earns() -> None:
    rich = campaign("New name", won=60, lost=20)
    for line in rich["leads"]:
        line["month"] = pd.Timestamp(MONTHS[5])
    money, _ = money_of(*monthly([5_000] * 6, [0] * 6), rich, *OLD_NAME)
    assert row(money, "New name").verdict == "earns"
    assert money.measured.untied == {}
