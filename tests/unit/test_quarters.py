from __future__ import annotations

from dataclasses import replace

import pytest
from folders import client_yml, make_folder

import helpers as audit
from helpers.chapters.actions_base import measure_base
from helpers.facts import Facts
from helpers.facts.quarters import Quarters

LEADS = """\
  - table: leads
    file: exports/leads.csv
    columns: {lead_id: Id, created_at: Created, channel: Source, source: Tag, medium: Medium, campaign: Campaign,
              stage: Stage, closed_at: Closed, qualified: Fits, first_answer_at: Answered, reason: Why}
    values: {qualified: {"yes": true, "no": false}}
"""
DEALS = """\
  - table: deals
    file: exports/deals.csv
    columns: {deal_id: Id, lead_id: Lead, opened_at: Opened, closed_at: Closed, stage: Stage, amount: Amount}
"""
FILES = {
    "exports/leads.csv": """\
        Id;Created;Source;Tag;Medium;Campaign;Stage;Closed;Fits;Answered;Why
        1;2026-01-05 10:00;Ads;ads;cpc;A;Sold;2026-01-20 10:00;yes;2026-01-05 10:30;
        2;2026-01-06 10:00;ads;Ads;cpc;A;Sold;2026-03-30 10:00;yes;2026-01-06 14:00;
        3;2026-01-07 10:00;ads;ads;cpc;A;Gone;2026-01-09 10:00;no;2026-01-07 12:00;Too far
        4;2026-01-08 10:00;ads;ads;cpc;;Gone;2026-01-12 10:00;no;;Wrong number
        5;2026-01-09 10:00;ads;ads;cpc;;New;;;;
        6;2026-02-10 10:00;direct;;;;Sold;2026-02-20 10:00;;2026-02-10 10:05;
        7;2025-11-03 10:00;direct;;;;Talk;;yes;;
    """,
    "exports/deals.csv": """\
        Id;Lead;Opened;Closed;Stage;Amount
        d1;1;2026-01-05;2026-01-20;Sold;1000
        d2;2;2026-01-06;2026-03-30;Sold;3000
        d6;6;2026-02-10;2026-02-20;Sold;
    """,
}
HEAD = """\
client: Test firm
lang: en
currency: EUR
margin: 0.5
as_of: 2026-04-30
period: {from: 2026-01-01, to: 2026-03-31}
cycle_days: 30
"""


@pytest.fixture(scope="module")
def counted(tmp_path_factory: pytest.TempPathFactory) -> tuple[Facts, audit.Client]:  # type: ignore[name-defined]
    folder = make_folder(
        tmp_path_factory.mktemp("quarters") / "firm", {"client.yml": client_yml(LEADS, DEALS, head=HEAD), **FILES}
    )
    client = audit.read_client(folder)
    return audit.count(audit.load(client)), client


def test_leads_by_month_mark_and_first_answer(counted: tuple[Facts, object]) -> None:
    leads = counted[0].quarters.leads.astype({"month": str}).drop(columns="shut_days")
    found = {tuple(row) for row in leads.to_numpy().tolist()}
    january = "2026-01-01"
    assert found == {
        ("now", january, "ads", "yes", "in", 1),
        ("now", january, "ads", "yes", "late", 1),
        ("now", january, "ads", "no", "late", 1),
        # Closed with a reason without a recorded answer: somebody looked at it, it was not left lying.
        ("now", january, "ads", "no", "shut", 1),
        ("now", january, "ads", "", "none", 1),
        ("now", "2026-02-01", "direct", "", "in", 1),
        ("other", "2025-11-01", "direct", "yes", "", 1),
    }


def test_a_silent_lead_that_was_closed_late_was_left_lying_until_then(counted: tuple[Facts, object]) -> None:
    facts, client = counted
    leads = facts.quarters.leads
    shut = leads["reply"] == "shut"
    assert leads.loc[shut, "shut_days"].tolist() == [0]
    assert set(leads.loc[~shut, "shut_days"]) == {-1}
    later = leads.assign(shut_days=leads["shut_days"].mask(shut, 28))
    late = replace(facts, quarters=replace(facts.quarters, leads=later))
    for one, silent in ((facts, 1), (late, 2)):
        quarters = measure_base(one, client).quarters  # type: ignore[arg-type]
        assert quarters.loc[quarters["now"], "none"].tolist() == [silent]


def test_sales_by_age_in_whole_weeks(counted: tuple[Facts, object]) -> None:
    wins = counted[0].quarters.wins
    by_age = wins.set_index("age_days")
    assert sorted(by_age.index) == [7, 14, 77]
    assert by_age.loc[14, ["won", "priced", "revenue", "revenue_sq", "gross"]].tolist() == [1, 1, 1000, 1e6, 500]
    assert by_age.loc[7, ["won", "priced", "revenue"]].tolist() == [1, 0, 0]


def test_tags_as_they_are_spelled(counted: tuple[Facts, object]) -> None:
    tags = counted[0].quarters.tags
    now = tags[tags["span"] == "now"].set_index(["channel", "source"])[["leads", "named"]]
    assert now.to_dict("index") == {
        ("ads", "Ads"): {"leads": 1, "named": 1},
        ("ads", "ads"): {"leads": 4, "named": 2},
        ("direct", ""): {"leads": 1, "named": 0},
    }


def test_quarters_are_counted_at_one_age(counted: tuple[Facts, object]) -> None:
    facts, client = counted
    base = measure_base(facts, client)  # type: ignore[arg-type]
    # 30 days are seen by leads of January to March; the sale of lead 2 came after 83 and does not count.
    assert (base.age, base.short, base.ripe) == (28, True, True)
    now = base.quarters[base.quarters["now"]].iloc[0]
    assert now[["leads", "qualified", "won_qualified", "won", "priced", "revenue", "gross"]].tolist() == [
        6, 2, 1, 2, 1, 1000, 500,
    ]  # fmt: skip
    assert now[["in", "late", "none", "told"]].tolist() == [2, 2, 1, 5]
    assert base.leads == pytest.approx(6 / (90 / (365.25 / 12)))
    assert base.quarters.loc[~base.quarters["now"], "leads"].tolist() == [1]


def test_without_leads_nothing_is_counted() -> None:
    empty = Quarters.empty()
    assert all(len(getattr(empty, name)) == 0 for name in ("leads", "wins", "tags"))
