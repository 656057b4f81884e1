from __future__ import annotations

import json
import math
import re
from typing import Any

import numpy as np
import pandas as pd
import pytest
from facts_builder import Facts, campaign, client_of, facts_of
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.chapters.campaigns import KEY, count_campaigns, join_keys
from helpers.chapters.data import unmatched_campaigns
from helpers.chapters.money import Money
from helpers.chapters.money_measure import SHOWN, judged, priced, reconcile
from helpers.language import language

LIKED = campaign("Liked", spend=40_000, won=3, lost=47, rating=4.5, qualified=30)
RUBBISH = campaign("Rubbish", spend=40_000, won=10, lost=50, rating=1.5, qualified=12)


def money_of(facts: Facts, lang: str = "en", **client: Any) -> Money:
    return Money.measure(facts, client_of(**client), language(lang))


@pytest.fixture(scope="module")
def huge() -> Money:
    rng = np.random.default_rng(1)
    counts = zip(rng.integers(0, 20, 3000), rng.integers(20, 200, 3000), strict=True)
    parts = (
        campaign(f"C{i}", spend=rng.uniform(5e3, 2e5), won=int(won), lost=int(lost), rating=rng.uniform(1, 5))
        for i, (won, lost) in enumerate(counts)
    )
    return money_of(facts_of(*parts))


def row(money: Money, name: str) -> Any:
    found = money.measured.campaigns
    return next(found[found["campaign"] == name].itertuples())


def texts(money: Money) -> str:
    return money.section().model_dump_json() + "".join(finding.text for finding in money.findings())


# The two worked campaigns of the product ------------------------------------------------------------------------------


def test_two_worked_campaigns_to_the_rouble() -> None:
    money = money_of(facts_of(LIKED, RUBBISH))
    liked, rubbish = row(money, "Liked"), row(money, "Rubbish")
    assert (liked.revenue, liked.profit) == (30_000, -10_000)
    assert (rubbish.revenue, rubbish.profit) == (100_000, 60_000)
    assert (liked.cpl, liked.cac, liked.romi) == (800, pytest.approx(40_000 / 3), -0.25)
    assert (rubbish.cac, rubbish.romi, rubbish.per_100) == (4000, 1.5, 250)
    assert (liked.cost_per_qualified, rubbish.cost_per_qualified) == (
        pytest.approx(40_000 / 30),
        pytest.approx(40_000 / 12),
    )
    assert rubbish.conversion == pytest.approx(1 / 6)
    assert money.measured.sums.profit == 50_000


def test_feeling_contradicts_money() -> None:
    money = money_of(facts_of(LIKED, RUBBISH))
    table = money.feeling.campaigns.set_index("campaign")
    assert table["quadrant"].to_dict() == {"Liked": "liked_losing", "Rubbish": "disliked_earning"}
    exhibit = next(x for x in money.section().exhibits if x.key == "money-feeling")
    assert exhibit.title == (
        "Sales do not like “ads: Rubbish”, and it has earned ₽60K; “ads: Liked”, which they like, is ₽10K short so "
        "far: too early to judge"
    )
    assert any("Too few campaigns (2 of at least 6)" in text for text in exhibit.reading)
    assert math.isnan(money.feeling.spearman)
    found = {finding.text: finding.money for finding in money.findings()}
    assert found == {"Sales do not like “ads: Rubbish” (rated 1.5 of 5), and it has earned ₽60K": 60_000}


def test_verdicts_of_the_worked_campaigns() -> None:
    money = money_of(facts_of(LIKED, RUBBISH))
    liked, rubbish = row(money, "Liked"), row(money, "Rubbish")
    assert (rubbish.verdict, rubbish.action) == ("earns", "scale")
    assert (liked.verdict, liked.action) == ("too_early", "wait")
    assert liked.low < -10_000 < liked.high
    # Leads are worth won / leads x 10 000: of 50 leads 3 bring 30 000, so a lead may cost about 600.
    assert liked.worth == pytest.approx(600, rel=0.15)


def test_margin_and_aim() -> None:
    facts = facts_of(
        *(campaign(name, spend=40_000, won=won, lost=40, margin=0.5) for name, won in (("A", 3), ("B", 30)))
    )
    money = money_of(facts, margin=0.5, earn_per_100=500)
    assert row(money, "B").profit == 30 * 10_000 * 0.5 - 40_000
    assert money.measured.sums.profit == 33 * 5000 - 80_000
    aim = next(x for x in money.section().exhibits if x.key == "money-aim")
    assert aim.title == "1 campaign of 2 brings in ₽500 or more of revenue per ₽100 of spend so far"
    assert aim.figure is not None
    assert row(money, "B").action == "scale"
    assert row(money_of(facts, margin=0.5, earn_per_100=5000), "B").action == "hold"


TO_THREE = {(0, 0), (0, 1), (0, 2)}

# Matching -------------------------------------------------------------------------------------------------------------


def joined(spend: list[tuple[str, str, str]], leads: list[tuple[str, str, str]]) -> set[tuple[int, int]]:
    """Pairs (spend, leads) of places in the lists that share a row."""
    found = join_keys(spend, leads)
    return {(i, j) for i, s in enumerate(spend) for j, k in enumerate(leads) if found.spend[s] == found.leads[k]}


@pytest.mark.parametrize(
    ("spend", "leads", "pairs"),
    [
        ([("ya", "7", "Brand")], [("ya", "7", "other name")], {(0, 0)}),
        ([("ya", "7", "Brand")], [("vk", "7", "")], {(0, 0)}),
        ([("ya", "7", "Brand")], [("ya", "8", "Brand")], set()),
        ([("ya", "7", "Brand")], [("ya", "", "  brand ")], {(0, 0)}),
        ([("ya", "", "Brand")], [("ya", "8", "ＢＲＡＮＤ")], {(0, 0)}),
        ([("ya", "", "Brand")], [("vk", "", "Brand")], set()),
        ([("ya", "7", "Brand"), ("ya", "8", "Brand")], [("ya", "", "Brand")], {(0, 0), (1, 0)}),
        ([("ya", "7", "Brand"), ("ya", "8", "Brand")], [("ya", "", "Brand"), ("ya", "7", "Brand")], {(0, 1)}),
        ([("ya", "7", "Brand")], [("ya", "", "Brand"), ("ya", "9", "Brand")], {(0, 0)}),
        ([("ya", "7", "Brand"), ("ya", "", "Brand")], [("ya", "7", "Brand")], {(0, 0), (1, 0)}),
        ([("ya", "1", "A"), ("vk", "1", "B")], [("ya", "1", "A"), ("vk", "1", "B"), ("", "1", "A")], {(0, 0), (1, 1)}),
        ([("ya", "", ""), ("ya", "", "A")], [("ya", "", "")], set()),
        ([("tg", "", "")], [("tg", "", ""), ("tg", "", "p"), ("tg", "5", ""), ("ya", "", "")], TO_THREE),
        ([("", "", "")], [("", "", "")], set()),
    ],
    ids=[
        "by id, whatever the name", "by id, whatever the channel", "never by name where both have ids",
        "by name, one side without id", "by name, the other side without id", "another channel",
        "one name, two ids, no id on leads", "ambiguous: leads without id stay apart", "leads of another id stay apart",
        "spend partly without id", "one id in two channels", "spend without campaign stays apart",
        "a channel that never names a campaign", "nothing known",
    ],
)  # fmt: skip
def test_join(
    spend: list[tuple[str, str, str]], leads: list[tuple[str, str, str]], pairs: set[tuple[int, int]]
) -> None:
    assert joined(spend, leads) == pairs


keys = st.tuples(
    st.sampled_from(["", "ya", "vk"]), st.sampled_from(["", "1", "2", "3"]), st.sampled_from(["", "A", "a ", "B"])
)
kopecks = st.integers(-10_000_000, 100_000_000).map(lambda value: value / 100)


@settings(max_examples=120, deadline=None)
@given(st.lists(st.tuples(keys, kopecks), max_size=12), st.lists(st.tuples(keys, kopecks), max_size=12), kopecks)
def test_no_money_is_lost_or_counted_twice(spend: list, leads: list, loose: float) -> None:
    def of(key: tuple[str, str, str], **more: Any) -> dict:
        return campaign(key[2], channel=key[0], campaign_id=key[1], **more)

    facts = facts_of(
        *(of(key, spend=money) for key, money in spend),
        *(of(key, won=1, lost=2, revenue=money) for key, money in leads),
        loose=loose,
    )
    join = join_keys((key for key, _ in spend), (key for key, _ in leads))
    table = count_campaigns(facts.leads, facts.spend, join)
    assert table["leads"].sum() == 3 * len(leads)
    sums = reconcile(table, loose, 0.5)
    assert sums.spend == round(math.fsum(money for _, money in spend), 2)
    assert sums.revenue == round(math.fsum([loose, *(money for _, money in leads)]), 2)
    assert round(sums.spend_matched + sums.spend_only, 2) == sums.spend
    assert round(sums.revenue_matched + sums.revenue_leads_only + sums.revenue_loose, 2) == sums.revenue
    # Where both sides have ids, they are equal.
    ids: dict[int, tuple[set[str], set[str]]] = {}
    for side, found in enumerate((join.spend, join.leads)):
        for key, number in found.items():
            if key[1] and key[0] not in join.whole_channels:
                ids.setdefault(number, (set(), set()))[side].add(key[1])
    assert all(not spent or not led or spent == led for spent, led in ids.values())


# Parts that are missing -----------------------------------------------------------------------------------------------


def test_opens_with_three_sums() -> None:
    facts = facts_of(
        LIKED,
        campaign("No leads", spend=1000.10),
        campaign("", spend=500.05),
        campaign("", channel="organic", won=2, lost=8),
        loose=7000.25,
    )
    money = money_of(facts)
    assert money.section().lead == (
        "Spend ₽41,500.15 = followed to leads ₽40,000 + without leads ₽1,500.15.",
        "Revenue ₽57,000.25 = of leads from campaigns with spend ₽30,000 + of leads without spend ₽20,000 + of deals "
        "without a lead ₽7,000.25.",
        "Profit ₽15,500.10 = gross profit ₽57,000.25 less spend ₽41,500.15.",
    )
    table = money.section().exhibits[0].table
    assert table is not None
    assert ("Spend that names no campaign", 500.05) in {line[:2] for line in table.rows}
    kinds = money.measured.campaigns.set_index("campaign")["kind"]
    assert kinds["No leads"] == "spend_only"
    assert row(money, "No leads").action == "fix"
    assert np.isnan(row(money, "No leads").cpl)
    assert any(finding.money == 1500.15 for finding in money.findings())


def test_spend_whose_leads_stand_under_another_channel_is_told_from_spend_nobody_names() -> None:
    """Money by campaign is joined within a channel; the chapter on the data looks for the name everywhere."""
    facts = facts_of(
        campaign("Autumn", channel="meta", spend=1073),
        campaign("autumn", channel="phone", won=1, lost=40),
        campaign("Lost", channel="meta", spend=2119),
        campaign(channel="radio", spend=300),
        campaign(channel="meta", spend=500),
        LIKED,
    )
    sums = money_of(facts).measured.sums
    assert (sums.spend_only, sums.spend_unnamed, sums.spend_elsewhere) == (3992, 500, 1373)
    (alone,) = unmatched_campaigns(facts)
    assert float(alone.money) == 2119 == sums.spend_only - sums.spend_unnamed - sums.spend_elsewhere
    said = " ".join(money_of(facts).section().exhibits[0].reading)
    assert all(text in said for text in ("₽3,492", "₽1,373", "₽2,119"))
    assert "Campaigns without leads cost" not in texts(money_of(facts_of(LIKED, campaign("Lost", spend=5))))


def test_leads_without_spend_have_no_price() -> None:
    money = money_of(facts_of(campaign("Friends", channel="referral", won=5, lost=40)))
    friends = row(money, "Friends")
    assert (friends.kind, friends.action, friends.profit) == ("leads_only", "hold", 50_000)
    assert np.isnan([friends.cpl, friends.cac, friends.romi, friends.expected]).all()
    assert [box.title for box in money.section().boxes] == [
        "Profit without the cost of goods", "No spend in the data", "No ratings of leads",
    ]  # fmt: skip
    assert len(money.section().exhibits) == 1


def test_spend_only() -> None:
    money = money_of(facts_of(campaign("A", spend=100.0)))
    assert money.section().exhibits[0].title == "₽100 was spent, and none of it can be followed to leads"
    assert "No lead can be tied to spend" in [box.title for box in money.section().boxes]


def test_nothing_at_all() -> None:
    money = money_of(facts_of())
    assert money.section().exhibits[0].figure is None
    assert money.findings() == ()
    assert money.figures()["money"]["campaigns"] == []


def test_no_wins() -> None:
    money = money_of(
        facts_of(campaign("A", spend=9000, lost=80, still_open=20, rating=3.0), campaign("B", spend=10, lost=40))
    )
    assert row(money, "A").profit == -9000
    assert np.isnan(row(money, "A").expected)
    assert row(money, "A").verdict == "too_early"
    assert "No lead has been won yet" in texts(money)
    figures = money.figures()["money"]["campaigns"][-1]
    assert (figures["interval"], figures["p_profit"], figures["cac"]) == (None, None, None)


def test_one_campaign() -> None:
    money = money_of(facts_of(RUBBISH))
    assert not money.measured.expected.prior.fitted
    assert money.section().exhibits[1].title == "1 campaign of 1 earns; profit of all so far: ₽60K"


def test_too_few_leads_show_money_but_no_rates() -> None:
    money = money_of(facts_of(campaign("Small", spend=5000, won=4, lost=10), RUBBISH))
    assert row(money, "Small").verdict == "too_few"
    costs = next(x for x in money.section().exhibits if x.key == "money-costs").table
    assert costs is not None
    small = next(line for line in costs.rows if line[0] == "ads: Small")
    # Said once, beside empty cells: as words in columns of numbers it made them too wide for paper.
    assert small == ("ads: Small", 14, *[""] * 7, "too few to judge")
    assert costs.columns[-1].label == "Remark"
    assert len(costs.columns) == len(small)
    profit = money.section().exhibits[1].table
    assert profit is not None
    assert next(line for line in profit.rows if line[0] == "ads: Small")[1:7] == (5000, 14, None, 4, 40_000, 35_000)
    # The file for other programs holds the arithmetic, with the counts beside it.
    assert next(x for x in money.figures()["money"]["campaigns"] if x["campaign"] == "Small")["cpl"] == 357.14


def test_refunds_keep_their_sign() -> None:
    facts = facts_of(campaign("Refunded", spend=1000, won=2, lost=60, revenue=-500.5), RUBBISH)
    money = money_of(facts)
    assert row(money, "Refunded").profit == -1500.5
    assert money.measured.sums.revenue == 99_499.5
    assert row(money, "Refunded").low < row(money, "Refunded").expected < row(money, "Refunded").high


def test_only_the_audited_span_counts() -> None:
    before = campaign("Rubbish", spend=1e6, won=100, span="before")
    assert money_of(facts_of(RUBBISH, before)).measured.sums.revenue == 100_000


def test_open_leads_count_by_age() -> None:
    ripe = [campaign(f"Ripe {i}", spend=30_000, won=6, lost=54) for i in range(6)]
    young = campaign("Young", spend=30_000, won=1, lost=9, still_open=50, age=3)
    old = campaign("Old", spend=30_000, won=1, lost=9, still_open=50, age=300)
    money = money_of(facts_of(*ripe, young, old))
    assert row(money, "Young").profit == row(money, "Old").profit == -20_000
    assert row(money, "Young").expected == pytest.approx(30_000, abs=15_000)
    assert row(money, "Old").expected < 0
    assert "leads are still open" in texts(money)


def test_nothing_loses_while_sales_may_still_come() -> None:
    facts = facts_of(
        *(campaign(f"C{i}", spend=90_000, won=5, lost=5, still_open=90, age=22) for i in range(6)),
    )
    money = money_of(facts)
    assert not money.measured.timing.plateau_known
    assert row(money, "C0").p_profit < 0.1
    assert row(money, "C0").verdict == "too_early"
    assert "lower bound" in texts(money)


def test_losing_campaigns_come_first() -> None:
    many = [campaign(f"Good {i}", spend=30_000, won=12, lost=88) for i in range(6)]
    bad = campaign("Bad", spend=300_000, won=2, lost=198, rating=4.9)
    money = money_of(facts_of(*many, bad))
    assert (row(money, "Bad").verdict, row(money, "Bad").action) == ("loses", "stop")
    assert money.section().exhibits[1].title == "1 campaign of 7 loses money: ₽280K so far"
    moves = next(x for x in money.section().exhibits if x.key == "money-moves")
    assert moves.title.startswith("₽300K of ₽480K spent is in campaigns that lose; ₽90K of it could go to “ads: Good")
    assert money.findings()[0].money == 280_000
    assert money.findings()[0].amount == "₽280,000"
    costs = next(x for x in money.section().exhibits if x.key == "money-costs")
    assert "ads: Bad" in costs.reading[-1]


def test_prices_are_compared_where_most_is_spent_and_tests_are_no_campaign() -> None:
    parts = [campaign(f"C{n:02}", spend=1_000.0 * n, won=5, lost=45) for n in range(1, 21)]
    cheap = campaign("Cheap", channel="test", spend=1.0, won=5, lost=45)
    money = money_of(facts_of(*parts, cheap))
    assert list(priced(money.measured)["campaign"]) == [f"C{n:02}" for n in range(9, 21)]
    assert len(judged(money.measured)) == 20
    exhibit = next(x for x in money.section().exhibits if x.key == "money-costs")
    assert (
        exhibit.title == "“ads: C09” brings the cheapest leads (₽180); where customers are cheapest is too early to say"
    )
    assert "Compared here: the 12 campaigns with the most spend, of 20 that can be judged." in exhibit.reading
    one_more = money_of(facts_of(*parts[:13]))
    assert len(priced(one_more.measured)) == 13


def test_a_cheap_lead_and_a_dear_customer() -> None:
    cheap = campaign("Cheap", spend=50_000, won=2, lost=198)
    dear = campaign("Dear", spend=100_000, won=40, lost=160)
    costs = next(x for x in money_of(facts_of(cheap, dear)).section().exhibits if x.key == "money-costs")
    assert costs.title == (
        "A cheap lead, an expensive customer: “ads: Cheap” - ₽250 a lead, ₽25K a customer; “ads: Dear” - ₽500 and "
        "₽2,500"
    )
    assert not any("by chance" in text for text in costs.reading)


def test_customers_are_called_cheapest_only_beyond_chance() -> None:
    def title(won: int) -> str:
        parts = (campaign("A", spend=40_000, won=won, lost=8 * won), campaign("B", spend=80_000, won=won, lost=8 * won))
        exhibits = money_of(facts_of(*parts)).section().exhibits
        return next(x for x in exhibits if x.key == "money-costs").title

    assert title(5) == "“ads: A” brings the cheapest leads (₽889); where customers are cheapest is too early to say"
    assert title(100) == "“ads: A” brings the cheapest leads (₽44) and the cheapest customers (₽400)"


# Feeling --------------------------------------------------------------------------------------------------------------

MANY = [campaign(f"Usual {i}", spend=30_000, won=12, lost=88, rating=3.0) for i in range(20)]
SURE_LOSS = campaign("Sure loss", spend=300_000, won=2, lost=198, rating=4.9)
LOSS = campaign("Loss", spend=120_000, won=10, lost=80, rating=4.9)
SURE_PROFIT = campaign("Sure profit", spend=30_000, won=30, lost=170, rating=1.1)
PROFIT = campaign("Profit", spend=40_000, won=6, lost=34, rating=1.1)


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        ((SURE_LOSS,), ("Sales like “ads: Sure loss”, and it has lost ₽280K",)),
        ((LOSS,), ("Sales like “ads: Loss”, which is ₽20K short so far: too early to judge",)),
        ((SURE_PROFIT,), ("Sales do not like “ads: Sure profit”, and it has earned ₽270K",)),
        ((PROFIT,), ("Sales do not like “ads: Profit”, which is ₽20K ahead so far: too early to judge",)),
        ((SURE_LOSS, SURE_PROFIT), ("and it has lost ₽280K", "and it has earned ₽270K")),
        ((SURE_LOSS, PROFIT), ("and it has lost ₽280K", "is ₽20K ahead so far: too early to judge")),
        ((LOSS, SURE_PROFIT), ("and it has earned ₽270K", "is ₽20K short so far: too early to judge")),
        ((LOSS, PROFIT), ("₽20K short so far", "₽20K ahead so far: too early to judge either")),
    ],
)
def test_a_title_calls_a_loss_or_a_profit_one_only_where_the_verdict_does(
    parts: tuple[dict[str, Any], ...], said: tuple[str, ...]
) -> None:
    money = money_of(facts_of(*MANY, *parts))
    title = next(x for x in money.section().exhibits if x.key == "money-feeling").title
    assert all(text in title for text in said), title
    verdicts = [row(money, name.removeprefix("ads: ")).verdict for name in re.findall("“(.*?)”", title)]
    assert ("too early" in title) == ("too_early" in verdicts), (title, verdicts)


@pytest.mark.parametrize(("turn", "said"), [(1, "do earn more"), (-1, "earn less")])
def test_rank_correlation(turn: int, said: str) -> None:
    facts = facts_of(
        *(campaign(f"C{i}", spend=30_000, won=4 + 3 * i, lost=96, rating=3 + turn * (i - 4) / 4) for i in range(9))
    )
    money = money_of(facts)
    assert money.feeling.spearman == pytest.approx(turn)
    assert said in texts(money)


def test_no_relation_is_claimed_only_where_it_is_seen(huge: Money) -> None:
    assert "Feeling does not tell what earns" in texts(huge)
    rates = [2, 9, 4, 7, 3, 8]
    facts = facts_of(
        *(campaign(f"C{i}", spend=30_000, won=won, lost=90, rating=2 + i / 4) for i, won in enumerate(rates))
    )
    assert "cannot be told from these" in texts(money_of(facts))


def test_ratings_of_few_leads_are_not_judged() -> None:
    money = money_of(facts_of(campaign("A", spend=40_000, won=10, lost=50, rating=4, rated=29)))
    assert money.feeling.campaigns.empty
    assert money.section().exhibits[-1].title == "Feeling against money: too few rated leads to judge"
    assert money.section().exhibits[-1].figure is None


# Size, safety, form ---------------------------------------------------------------------------------------------------


def test_three_thousand_campaigns(huge: Money) -> None:
    section = huge.section()
    profit = next(x for x in section.exhibits if x.key == "money-profit")
    assert profit.table is not None
    assert len(profit.table.rows) == 52
    total, spend = profit.table.rows[-1], sum(line[1] for line in profit.table.rows[:-1])  # type: ignore[misc]
    assert total[1] == pytest.approx(spend) == pytest.approx(huge.measured.sums.spend)
    assert len(huge.measured.rest) == 3000 - SHOWN
    assert len(huge.figures()["money"]["campaigns"]) == 3000
    assert all(len(x.figure.svg) < 400_000 for x in section.exhibits if x.figure)


def test_figures_are_json_of_the_agreed_form(huge: Money) -> None:
    for money in (huge, money_of(facts_of(LIKED, campaign("x", spend=1.0), campaign("y", won=1)))):
        figures = money.figures()["money"]
        assert json.loads(json.dumps(figures, allow_nan=False)) == figures
        assert list(figures) == [
            "spend", "spend_matched", "spend_only", "leads_only", "revenue", "profit", "sales", "campaigns",
        ]  # fmt: skip
        assert set(figures["campaigns"][0]) == {
            "channel", "campaign", "spend", "leads", "qualified", "won", "revenue", "profit", "cpl",
            "cost_per_qualified", "cac", "romi", "interval", "p_profit", "verdict", "rating",
        }  # fmt: skip


def test_repeatable(huge: Money) -> None:
    one, two = (money_of(facts_of(LIKED, RUBBISH)) for _ in range(2))
    assert one.figures() == two.figures()
    assert [x.figure.svg for x in one.section().exhibits if x.figure] == [
        x.figure.svg for x in two.section().exhibits if x.figure
    ]


@pytest.mark.parametrize("lang", ["en", "ru", "uk"])
def test_names_of_the_client_are_left_as_they_are(lang: str) -> None:
    name = "{spend} $x$ <script>alert(1)</script> \x1b[31m %s \u202e" + "длинно " * 20
    facts = facts_of(
        campaign(name, channel="{n}", spend=40_000, won=10, lost=50, rating=1.5),
        campaign(name, channel="y" * 90, campaign_id="9" * 40, spend=40_000, won=3, lost=50, rating=4.5),
        campaign("", channel="", spend=1.0),
    )
    money = money_of(facts, lang, earn_per_100=500, margin=0.4)
    section = money.section()
    assert name in texts(money).encode().decode() or json.dumps(name, ensure_ascii=False)[1:-1] in texts(money)
    for exhibit in section.exhibits:
        assert exhibit.figure is not None
        assert "<script>" not in exhibit.figure.svg
        assert "\x1b" not in exhibit.figure.svg
        assert "\u202e" not in exhibit.figure.svg


def test_measure_leaves_facts_alone() -> None:
    facts = facts_of(LIKED, RUBBISH)
    before = {name: getattr(facts, name).copy() for name in ("leads", "spend", "ages", "open_ages", "loose")}
    money_of(facts).section()
    for name, table in before.items():
        pd.testing.assert_frame_equal(getattr(facts, name), table)


def test_names_of_a_row_come_from_the_ad_account() -> None:
    facts = facts_of(
        campaign("In ads", campaign_id="1", spend=5.0), campaign("in crm", campaign_id="1", won=1, channel="other")
    )
    assert money_of(facts).measured.campaigns[KEY].iloc[0].tolist() == ["ads", "1", "In ads"]
