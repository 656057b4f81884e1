"""What the counted tables of outcomes, days and deals hold, counted by hand from a small client."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pandas as pd
import pytest
from folders import make_folder

from helpers.client import read_client
from helpers.facts import Facts, count
from helpers.facts.pipeline import FEWEST_WON
from helpers.sources import load

CLIENT = """\
client: Test firm
lang: en
currency: EUR
margin: 0.5
as_of: 2026-07-15
period: {from: 2026-01-01, to: 2026-06-30}
compare_with: {from: 2025-07-01, to: 2025-12-31}
qualified: {mark: qualified}
sources:
  - table: leads
    file: exports/leads.csv
    columns: {lead_id: Id, created_at: Created, channel: Source, product: Product, manager: Owner, stage: Stage,
              closed_at: Closed, qualified: Good, accepted: Taken, accepted_at: When}
    values: {qualified: {"yes": true, "no": false}, accepted: {"yes": true, "no": false}}
  - table: deals
    file: exports/deals.csv
    columns: {deal_id: Deal, lead_id: Lead, opened_at: Opened, closed_at: Closed, stage: Stage, amount: Amount,
              manager: Owner, expected_at: Expected}
  - table: stage_events
    file: exports/events.csv
    columns: {deal_id: Deal, stage: Stage, entered_at: Entered}
  - table: touches
    file: exports/touches.csv
    columns: {lead_id: Lead, at: At, kind: Kind, direction: Way}
  - table: people
    file: exports/people.csv
    columns: {manager: Name, team: Team, alias: Alias, from: From, to: To}
outcomes:
  "*":
    New: {stage: leads}
    Good: {stage: qualified}
    Offer: {stage: proposal}
    Sold: {outcome: won}
    Gone: {outcome: lost}
"""
LEADS = """\
Id,Created,Source,Product,Owner,Stage,Closed,Good,Taken,When
L1,2026-01-10 10:00,ads,windows,Ann,Sold,2026-01-25,yes,yes,2026-01-12
L2,2026-01-20 10:00,ads,windows,Ann,Gone,2026-02-01,no,,
L3,2026-02-05 10:00,seo,doors,Bob,Sold,2026-02-05,no,,
L4,2026-06-20 10:00,ads,windows,Bob,Good,,yes,yes,2026-07-01
L5,2025-08-01 10:00,ads,windows,ann,Sold,2025-10-10,yes,,
L6,2026-03-01 10:00,ads,doors,Bob,Sold,,yes,,
"""
DEALS = """\
Deal,Lead,Opened,Closed,Stage,Amount,Owner,Expected
D1,L1,2026-01-12,2026-01-25,Sold,1000,Ann,
D2,L1,2026-02-01,2026-02-10,Sold,500,Ann,
D3,L3,2026-02-05,2026-02-05,Sold,200,Bob,
D4,L4,2026-06-25,,Offer,800,Bob,2026-07-10
D5,L5,2025-08-05,2025-10-10,Sold,300,Ann,
D6,,2026-07-01,,New,,Bob,
D7,L4,2026-07-08,,New,50,Bob,2026-09-01
"""
EVENTS = """\
Deal,Stage,Entered
D1,Good,2026-01-13
D1,Offer,2026-01-20
D1,Sold,2026-01-25
D4,Good,2026-06-26
D4,Offer,2026-07-03
"""
TOUCHES = """\
Lead,At,Kind,Way
L4,2026-07-12 09:00,call,out
"""
PEOPLE = """\
Name,Team,Alias,From,To
Ann,sales,Seller 1,2020-01-01,2026-05-31
Bob,sales,,2021-01-01,
"""


@pytest.fixture(scope="module")
def facts(tmp_path_factory: pytest.TempPathFactory) -> Facts:
    folder = make_folder(
        tmp_path_factory.mktemp("deals"),
        {
            "client.yml": CLIENT,
            "exports/leads.csv": LEADS,
            "exports/deals.csv": DEALS,
            "exports/events.csv": EVENTS,
            "exports/touches.csv": TOUCHES,
            "exports/people.csv": PEOPLE,
        },
    )
    return count(load(read_client(folder)))


def test_outcomes_by_the_age_of_winning(facts: Facts) -> None:
    table = facts.outcomes.leads
    assert table["leads"].sum() == 6
    won = table[table["outcome"] == "won"].set_index(["month", "manager"])
    first = won.loc[(pd.Timestamp("2026-01-01"), "Seller 1")]
    # Fifteen days are in the third week; two deals of 1 500 at a margin of a half, squared together.
    assert (first["won_weeks"], first["sales"], first["revenue"], first["gross"], first["gross_sq"]) == (
        3, 2, 1500, 750, 750**2,
    )  # fmt: skip
    assert won.loc[(pd.Timestamp("2026-02-01"), "Bob"), "won_weeks"] == 0
    # Won without a mark is qualified; a lead the CRM calls won without a deal is one sale.
    assert won.loc[(pd.Timestamp("2026-02-01"), "Bob"), "qualified"] == 1
    assert won.loc[(pd.Timestamp("2026-03-01"), "Bob"), "sales"] == 1
    before = won.loc[(pd.Timestamp("2025-08-01"), "Seller 1")]
    assert (before["span"], before["won_weeks"]) == ("before", 10)
    rest = table[table["outcome"] != "won"]
    assert set(rest["won_weeks"]) == {-1}
    assert rest["qualified"].sum() == 1
    assert facts.outcomes.undated == 1


def test_staff_with_alias_and_last_day(facts: Facts) -> None:
    staff = facts.outcomes.staff.set_index("manager")
    assert staff.loc["Seller 1", "last_day"] == pd.Timestamp("2026-05-31")
    assert pd.isna(staff.loc["Bob", "last_day"])
    assert set(staff["team"]) == {"sales"}


def test_days_on_which_it_happened(facts: Facts) -> None:
    days = facts.days.days.set_index("day")
    # August of last year lies before the period, but within reach of the weeks a meeting may look at.
    assert days["leads"].sum() == 6
    days = days.loc["2026-01-01":]
    assert days["leads"].sum() == 5
    assert days["revenue"].sum() == 1700
    assert days.loc["2026-01-25", ["won", "revenue"]].tolist() == [1, 1000]
    # L1 by the history of stages, L4 too; L6 has only the day it came.
    assert days[days["qualified"] > 0].index.strftime("%m-%d").tolist() == ["01-13", "03-01", "06-26"]
    assert facts.days.dated == pytest.approx(2 / 4)


def test_open_deals_by_stage_and_age(facts: Facts) -> None:
    table = facts.pipeline.open.set_index(["stage", "age_days"])
    assert table.loc[("proposal", 14)].tolist() == [1, 1, 800, 640_000]
    assert table.loc[("leads", 14)].tolist() == [1, 0, 0, 0]
    assert table.loc[("leads", 7)].tolist() == [1, 1, 50, 2500]


def test_what_became_of_deals_by_stage_at_an_age(facts: Facts) -> None:
    past = facts.pipeline.past
    at_week = past[past["landmark"] == 7].set_index(["stage", "outcome"])
    # D1 stood at qualified a week after it was opened and was won six days later.
    assert at_week.loc[("qualified", "won"), ["after_days", "deals", "recent"]].tolist() == [0, 1, True]
    # D4 had reached the offer a day later: at a week it was qualified, open for 13 days more.
    assert at_week.loc[("qualified", "open"), ["after_days", "deals"]].tolist() == [7, 1]
    # D5 is of last year: it was opened before the period.
    assert not past[(past["outcome"] == "won") & (past["after_days"] > 14)]["recent"].any()
    # Won on the day it was opened: D3 was never open at any later age.
    assert past[(past["landmark"] == 0) & (past["outcome"] == "won")]["deals"].sum() == 3


def test_ages_and_months_of_winning(facts: Facts) -> None:
    ages = facts.pipeline.ages.set_index(["outcome", "age_days"])["deals"]
    assert ages.sum() == 7
    assert ages["won", 13] == 1
    won = facts.pipeline.won.set_index(["month", "age_days"])
    assert won.loc[(pd.Timestamp("2026-02-01"), 9)].tolist() == [1, 500]


def test_deals_that_lie_still(facts: Facts) -> None:
    """Four won deals say nothing of how long is too long: only what is past its day lies still."""
    assert FEWEST_WON == 10
    pipeline = facts.pipeline
    assert pipeline.quiet_after is None
    assert (pipeline.stale_deals, pipeline.stale_amount) == (1, 800)
    row = pipeline.stale.iloc[0]
    assert (row["deal_id"], row["overdue"], row["stage"], row["manager"]) == ("D4", True, "proposal", "Bob")
    # The call of 12 July was its last movement.
    assert (row["moved"], row["quiet_days"]) == (pd.Timestamp("2026-07-12"), 3)


def test_enough_won_deals_say_how_long_is_too_long(tmp_path: Path) -> None:
    """Ten sales took 1 to 10 days: nine of ten less than 10; what has not moved for longer lies still."""
    rows = ["Deal,Opened,Closed,Stage,Amount"]
    for days in range(1, 11):
        closed = dt.date(2026, 3, 1) + dt.timedelta(days=days)
        rows.append(f"W{days},2026-03-01,{closed},Sold,100")
    rows += ["O1,2026-07-05,,New,70", "O2,2026-07-04,,New,", "O3,2026-06-01,,New,30"]
    client = """\
    client: Test firm
    currency: EUR
    as_of: 2026-07-15
    sources:
      - table: deals
        file: exports/deals.csv
        columns: {deal_id: Deal, opened_at: Opened, closed_at: Closed, stage: Stage, amount: Amount}
    outcomes: {"*": {New: {stage: leads}, Sold: {outcome: won}}}
    """
    folder = make_folder(tmp_path / "still", {"client.yml": client, "exports/deals.csv": "\n".join(rows) + "\n"})
    facts = count(load(read_client(folder)))
    assert facts.pipeline.quiet_after == 9
    assert facts.pipeline.stale["deal_id"].tolist() == ["O1", "O3", "O2"]
    assert facts.pipeline.stale["quiet_days"].tolist() == [10, 44, 11]
    assert (facts.pipeline.stale_deals, facts.pipeline.stale_amount) == (3, 100)
    assert len(facts.pipeline.past) == 0
    assert facts.outcomes.leads.empty
    assert facts.days.days["revenue"].sum() == 1000
