"""Waiting times counted from files, lead by lead by hand."""

from __future__ import annotations

import datetime as dt
import math
from pathlib import Path
from typing import Any

import ibis
import numpy as np
import pandas as pd
import pytest
from small_firm import CLIENT, SOURCES, firm

from helpers.facts import Facts
from helpers.facts.waits import pieces_of, with_clock
from helpers.worktime import parse_hours, work_calendar

# Monday March 2 · the night before Tuesday · Friday evening to Monday · Good Friday and Easter Monday are free ·
# a call from the lead before it was written down · nobody answers: open, lost, went further · answered before it came ·
# nobody answers although the lead calls · refused
LEADS = """\
Id,Created,Answer,Source,Owner,Stage,Closed,Mail,Taken,Reason,Money,Need
1,2026-03-02 10:00,2026-03-02 10:20,ads,Ann,Talk,,a@x.example,yes,,yes,yes
2,2026-03-02 22:00,2026-03-03 09:05,ads,Ann,Sold,2026-03-20,b@x.example,yes,,yes,yes
3,2026-03-06 17:30,2026-03-09 10:00,Ads,Bob,Gone,2026-03-12,c@x.example,no,Spam,no,yes
4,2026-04-02 17:00,2026-04-07 09:30,seo,Bob,Gone,2026-04-10,c@x.example,no,,no,no
5,2026-03-10 12:00,,seo,ann ,New,,d@x.example,yes,,,
6,2026-03-11 12:00,,seo,Ann,New,,e@x.example,,,,
7,2026-03-12 12:00,,seo,Ann,Gone,2026-03-13,f@x.example,,dear,,
8,2026-03-13 12:00,,ads,Ann,Good,,g@x.example,yes,,yes,no
9,2026-03-16 12:00,2026-03-15 12:00,ads,Bob,Talk,,h@x.example,yes,,yes,yes
10,2026-05-11 17:30,,ads,Bob,New,,i@x.example,,,,
11,2026-02-10 12:00,,seo,Bob,New,,j@x.example,,,,
12,2026-03-17 12:00,,seo,Bob,New,,k@x.example,no,Spam,,
13,2025-12-30 12:00,2026-01-05 12:00,seo,Bob,Talk,,l@x.example,yes,,yes,yes
"""
TOUCHES = """\
Lead,At,Kind,Way,Seconds,Taken,Who,Score
5,2026-03-10 11:50,call,in,60,yes,Ann,
6,2026-03-11 12:30,call,in,0,no,,
6,2026-03-11 13:00,auto reply,out,0,,Ann,
8,2026-03-13 15:00,call,out,0,no,Ann,
"""
PEOPLE = "Name,Team,Alias\nAnn,sales,Manager 1\nBob,sales,\n"


@pytest.fixture(scope="module")
def facts(tmp_path_factory: pytest.TempPathFactory) -> Facts:
    return firm(tmp_path_factory.mktemp("speed"), leads=LEADS, touches=TOUCHES, people=PEOPLE)


def waits(table: pd.DataFrame, **only: Any) -> list[tuple[float, bool, int]]:
    for name, value in only.items():
        table = table[table[name] == value]
    summed = table.groupby(["minutes", "answered"], sort=True)["leads"].sum().reset_index()
    return [(float(m), bool(a), int(n)) for m, a, n in summed.itertuples(index=False)]


def test_minutes_by_hand(facts: Facts) -> None:
    # 20 min · the opening + 5 · half an hour of Friday and one of Monday · an hour of Thursday and half of Tuesday ·
    # lead 5 called in itself · lead 8 was called after three hours.
    answered = [row for row in waits(facts.speed.months, span="now") if row[1]]
    assert answered == [(0.0, True, 1), (5.0, True, 1), (20.0, True, 1), (90.0, True, 2), (180.0, True, 1)]


def test_who_waits_still(facts: Facts) -> None:
    fates = facts.speed.fates.set_index("span").astype(int)
    now = fates.loc["now"]
    # 6 had a robot's reply and a call that nobody took; 7 is lost, with a reason; 12 was refused.
    assert (now["leads"], now["timed"], now["early"], now["untimed"], now["silent"]) == (10, 6, 1, 0, 3)
    assert (now["silent_lost"], now["silent_reason"]) == (1, 1)
    assert (fates.loc["before", "silent"], fates.loc["other", "silent"]) == (1, 1)
    # Leads 1, 2, 8, 9 are known to have been talked to.
    assert (now["proven"], now["proven_timed"]) == (4, 3)
    # From March 11, 12:00 to the end of May 11: 41 working days of nine hours, less three of the first morning.
    *_, six = [row for row in waits(facts.speed.managers, span="now", manager="Manager 1") if not row[1]]
    days = np.busday_count("2026-03-11", "2026-05-12", holidays=["2026-04-03", "2026-04-06", "2026-05-01"])
    assert six[0] == 300 * math.ceil((days * 540 - 180) / 300)


def test_only_open_and_unrefused_leads_over_the_limit_are_listed(facts: Facts) -> None:
    speed = facts.speed
    assert speed.worklist["lead_id"].tolist() == ["6"]
    assert speed.worklist["manager"].tolist() == ["Manager 1"]
    # Lead 11 came before the period: counted, not listed. Lead 10 has waited for half an hour only.
    assert speed.untouched.set_index("span")["leads"].to_dict() == {"now": 1, "before": 1}


def test_hours_of_arrival(facts: Facts) -> None:
    arrivals = facts.speed.arrivals[facts.speed.arrivals["span"] == "now"]
    assert arrivals["leads"].sum() == 9
    night = arrivals[~arrivals["working"].astype(bool)]
    assert night[["weekday", "hour", "minutes_to"]].to_numpy().tolist() == [[0, 22, 5.0]]
    friday = arrivals[(arrivals["weekday"] == 4) & (arrivals["hour"] == 17)]
    assert friday["minutes_to"].tolist() == [120.0]


def test_outcomes_by_bucket(facts: Facts) -> None:
    won = facts.speed.outcomes[facts.speed.outcomes["won_weeks"] >= 0]
    assert won[["span", "minutes_to", "won_weeks", "leads"]].to_numpy().tolist() == [["now", 5.0, 3, 1]]
    assert facts.speed.outcomes["leads"].sum() == 6


def test_names_are_one_and_aliases_stand_for_them(facts: Facts) -> None:
    assert set(facts.leads["manager"]) == {"Manager 1", "Bob"}
    assert set(facts.speed.managers["manager"]) == {"Manager 1", "Bob"}
    assert set(facts.speed.channels["channel"]) == {"ads", "seo"}


def test_what_it_stands_on(facts: Facts) -> None:
    clock = facts.speed.clock
    assert (clock.source, clock.clocked, clock.hours_given, clock.holidays) == ("both", True, True, True)


def test_without_hours_the_duration_itself_is_the_answer(tmp_path: Path) -> None:
    # The clock is moved in the night to March 29: 24 hours of the clock are 23, the export says 24 hours of time.
    client = CLIENT.replace('working_hours: {mon-fri: "09:00-18:00"}\n', "")
    leads = "Id,Created,Wait\n1,2026-03-28 12:00,24:00\n2,2026-03-28 12:00,\n"
    columns = "lead_id: Id, created_at: Created, first_answer_min: Wait"
    facts = firm(tmp_path, client, leads=leads, columns__leads=columns)
    assert waits(facts.speed.months)[0] == (1440.0, True, 1)
    assert not facts.speed.clock.hours_given
    assert facts.speed.clock.holidays is None
    assert facts.speed.clock.source == "recorded"
    # Lead 2 waits from noon of March 28 to the end of May 11, less the hour that was skipped.
    assert waits(facts.speed.months)[1] == (300 * math.ceil((44.5 * 24 - 1) * 60 / 300), False, 1)


def test_leads_without_a_time_of_day(tmp_path: Path) -> None:
    leads = "Id,Created,Answer\n1,2026-03-02,2026-03-03\n2,2026-03-02,\n"
    columns = "lead_id: Id, created_at: Created, first_answer_at: Answer"
    facts = firm(tmp_path, leads=leads, columns__leads=columns)
    fates = facts.speed.fates.iloc[0]
    assert (fates["timed"], fates["untimed"], fates["silent"]) == (0, 1, 1)
    assert not facts.speed.clock.clocked
    assert facts.speed.arrivals.empty


def test_without_a_comparison_and_without_leads(tmp_path: Path) -> None:
    client = CLIENT.replace("compare_with: {from: 2026-01-01, to: 2026-02-28}\n", "")
    facts = firm(tmp_path / "alone", client, leads="\n".join(LEADS.splitlines()[:3]) + "\n")
    assert set(facts.speed.months["span"]) == {"now"}
    deals = "Id,Lead,Opened,Closed,Stage,Amount,Reason\nd1,,2026-03-05,2026-03-20,Sold,1000,\n"
    nothing = firm(tmp_path / "none", client, deals=deals)
    assert nothing.speed.fates.empty
    assert nothing.conversations.talks.empty


def test_the_limit_is_never_crossed_by_rounding(tmp_path: Path) -> None:
    client = CLIENT.replace("margin: 0.5", "margin: 0.5\nlimits: {first_answer_min: 22.5}")
    leads = "Id,Created,Answer\n" + "".join(
        f"{i},2026-03-02 10:00,2026-03-02 10:{22 + i // 60:02d}:{i % 60:02d}\n" for i in (29, 30, 31)
    )
    facts = firm(
        tmp_path, client, leads=leads, columns__leads="lead_id: Id, created_at: Created, first_answer_at: Answer"
    )
    assert waits(facts.speed.months) == [(22.5, True, 2), (23.0, True, 1)]


def test_the_expression_equals_the_calendar() -> None:
    hours = parse_hours({"mon-thu": "09:00-19:00", "fri-sat": "20:00-04:00"})
    first, last = dt.date(2024, 1, 1), dt.date(2024, 12, 31)
    con = ibis.duckdb.connect()
    rng = np.random.default_rng(4)
    moments = pd.Timestamp("2024-01-01") + pd.to_timedelta(rng.integers(0, 365 * 86400, 3000), unit="s")
    near = [pd.Timestamp("2024-03-31") + pd.Timedelta(minutes=m) for m in range(0, 300, 7)]
    near += [pd.Timestamp("2024-10-27") + pd.Timedelta(minutes=m) for m in range(0, 300, 7)]
    table = con.create_table("moments", ibis.memtable(pd.DataFrame({"at": [*moments, *near, pd.NaT]})))
    for given, country in ((hours, "UA"), (hours, None), ({}, None)):
        calendar = work_calendar(given, country, "Europe/Kyiv", first, last)
        found = con.execute(with_clock(table, "at", "clock", pieces_of(calendar)))
        assert len(found) == len(moments) + len(near) + 1
        known = found[found["at"].notna()]
        expected = [calendar.until(moment.to_pydatetime()) for moment in known["at"]]
        assert known["clock"].to_numpy() == pytest.approx(expected, abs=1e-6)
        assert found["clock"].isna().sum() == 1
    con.disconnect()


def test_the_columns_named_here_are_those_of_the_loader() -> None:
    from helpers.sources.tables import TABLES

    for table, columns in SOURCES.items():
        assert {pair.split(":")[0].strip() for pair in columns.split(",")} <= set(TABLES[table].names)
