"""Each stage's own panel, the stages nobody knows, the funnel after the three steps, and that of the last audit."""

from __future__ import annotations

import json
from itertools import pairwise
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from funnel_facts import STAGES, full, lead, make_client, make_facts, make_funnel, snapshot, survey
from scipy.stats import binomtest
from textboxes import boxes

from helpers.chapters.actions_stakes import Stake
from helpers.chapters.funnel import Funnel
from helpers.chapters.funnel_ahead import views
from helpers.chapters.funnel_stages import Panel, measure_stages
from helpers.chapters.funnel_then import Change
from helpers.facts.steps import Steps
from helpers.language import language
from helpers.report.model import Exhibit, Figure

DRAWN = ("funnel_stage_chart._draw", "funnel_young._draw", "funnel_ahead._draw", "funnel_then._draw",
         "funnel.draw_funnel", "funnel.draw_months")  # fmt: skip


@pytest.fixture(autouse=True)
def no_pictures(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Words and numbers do not wait for pictures; tests named "drawn" do."""
    if "drawn" not in request.node.name:
        for name in DRAWN:
            monkeypatch.setattr(f"helpers.chapters.{name}", lambda *_: Figure(name="none", alt="none"))


def panel(funnel: Funnel, stage: str) -> Panel:
    return next(one for one in funnel.stages.panels if one.step.stage == stage)


def exhibit(funnel: Funnel, key: str) -> Exhibit:
    return next(one for one in funnel.section().exhibits if one.key == key)


def two_months() -> list[dict[str, Any]]:
    """January: 100 leads of ads, 60 answered; 40 of vk, 30 answered. February: 100 of ads, 50 answered, 40 open."""
    january, february = {"month": "2024-01-01"}, {"month": "2024-02-01"}
    return [
        lead(40, **january),
        lead(60, "contacted", **january),
        lead(10, **january, channel="vk"),
        lead(30, "contacted", **january, channel="vk"),
        lead(40, outcome="open", **february),
        lead(10, **february),
        lead(50, "contacted", **february),
    ]


# Panels --------------------------------------------------------------------------------------------------------------


def test_conversion_by_month_and_channel_with_wilson_interval() -> None:
    found = panel(make_funnel(two_months()), "contacted")
    assert [(part.ratio.part, part.ratio.whole, part.open) for part in found.months] == [(90, 140, 0), (50, 100, 40)]
    assert [(part.channel, part.ratio.part, part.ratio.whole) for part in found.channels] == [
        ("ads", 110, 200), ("vk", 30, 40)
    ]  # fmt: skip
    expected = binomtest(30, 40).proportion_ci(method="wilson")
    assert found.channels[1].ratio.interval == pytest.approx((expected.low, expected.high))
    # Another 40 of 100 may still be answered: far above the range of 50 in 100.
    assert [part.unfinished for part in found.months] == [False, True]
    assert any(
        text.startswith("Hollow") for text in exhibit(make_funnel(two_months()), "funnel-stage-contacted").reading
    )


def test_parts_of_a_panel_add_up_to_its_stage() -> None:
    funnel = make_funnel(full() + two_months())
    for one in funnel.stages.panels:
        assert one.step.step is not None
        if one.step.previous in ("impressions", "clicks"):
            continue  # Their months are those of the spend.
        for parts in (one.months, one.channels):
            whole = (sum(part.ratio.part for part in parts), sum(part.ratio.whole for part in parts))
            assert whole == (one.step.step.part, one.step.step.whole), one.step.stage


def test_clicks_and_leads_are_counted_against_the_channels_that_count_them() -> None:
    rows = [*two_months(), lead(500, channel="organic")]
    funnel = make_funnel(rows)
    clicks, leads = panel(funnel, "clicks"), panel(funnel, "leads")
    assert [(part.ratio.part, part.ratio.whole) for part in clicks.months] == [(2_000, 100_000)]
    # Leads of channels without counted clicks are no part of the clicks.
    assert [(part.channel, part.ratio.part, part.ratio.whole) for part in leads.channels] == [("ads", 200, 2_000)]


def test_differences_are_named_only_beyond_chance() -> None:
    apart = exhibit(make_funnel([*two_months(), lead(95, "contacted", channel="tv"), lead(5, channel="tv")]),
                    "funnel-stage-contacted")  # fmt: skip
    assert "Channels differ by more than chance: from 55% (ads) to 95% (tv)." in apart.reading
    alike = [lead(50, "contacted", channel=name) for name in "abcdef"] + [lead(50, channel=name) for name in "abcdef"]
    same = exhibit(make_funnel(alike), "funnel-stage-contacted")
    assert same.reading[0] == "The channels differ no more than chance would explain."


def test_many_channels_are_summed_and_none_is_lost() -> None:
    rows = [lead(100 - i, "contacted", channel=f"Канал с довольно длинным именем {i}") for i in range(60)]
    found = panel(make_funnel([*rows, lead(50)]), "contacted")
    assert len(found.channels) == 7
    assert found.channels[-1].channel is None
    assert sum(part.ratio.whole for part in found.channels) == sum(100 - i for i in range(60)) + 50


def test_a_stage_over_unknown_ones_says_so() -> None:
    funnel = make_funnel(snapshot())
    won = panel(funnel, "won")
    assert won.step.skipped == 2
    assert "over 2 unknown steps" in exhibit(funnel, "funnel-stage-won").title


def test_unknown_stages_are_bounded_not_guessed() -> None:
    funnel = make_funnel(snapshot())
    known = {one.step.stage: (one.low, one.high) for one in funnel.stages.unknown}
    # 50 in proposal and 30 won for certain; of the 100 answered that were lost any may have been there.
    assert known["qualified"] == (0, 180)
    assert known["proposal"] == (80, 180)
    table = exhibit(funnel, "funnel-unknown").table
    assert table is not None
    assert ("Proposal", 80, 180) in table.rows


def test_too_few_to_judge_has_no_picture() -> None:
    few = exhibit(make_funnel([lead(10), lead(5, "contacted")]), "funnel-stage-contacted")
    assert few.figure is None
    assert few.title == "From “Leads” to “First answer given”: too few to judge"
    assert few.table_open


# Waits ---------------------------------------------------------------------------------------------------------------


def waits(rows: list[tuple[str, str, bool, int, int]], *, by_day: bool = False) -> Steps:
    table = pd.DataFrame(rows, columns=["stage", "after", "passed", "hours", "leads"]).assign(span="now")
    return Steps(table[["span", "stage", "after", "passed", "hours", "leads"]], by_day)


def test_the_median_wait_counts_open_leads() -> None:
    lifelines = pytest.importorskip("lifelines")
    rows = [("contacted", "leads", True, hours, 10) for hours in (1, 5, 9, 30)]
    rows += [("contacted", "leads", False, hours, 15) for hours in (3, 48)]
    facts = make_facts(full(), steps=waits(rows))
    funnel = Funnel.measure(facts, make_client(), language("en"))
    found = panel(funnel, "contacted").wait
    assert found is not None
    assert (found.passed, found.waiting) == (40, 30)
    times = np.repeat([hours for _, _, _, hours, _ in rows], [n for *_, n in rows])
    events = np.repeat([passed for _, _, passed, _, _ in rows], [n for *_, n in rows])
    assert found.hours == lifelines.KaplanMeierFitter().fit(times, events).median_survival_time_ == 9
    # Counted by the hour: 9 means from 9 to 10 hours.
    assert "half of the leads go on within 10\N{NO-BREAK SPACE}h" in " ".join(
        exhibit(funnel, "funnel-stage-contacted").reading
    )


def test_waits_that_are_not_over_and_histories_without_hours() -> None:
    slow = waits([("qualified", "contacted", True, 5, 20), ("qualified", "contacted", False, 400, 40)])
    funnel = Funnel.measure(make_facts(full(), steps=slow), make_client(), language("en"))
    assert panel(funnel, "qualified").wait is not None
    assert panel(funnel, "qualified").wait.hours is None  # type: ignore[union-attr]
    assert "have not gone on yet (20 have, 40 wait)" in " ".join(exhibit(funnel, "funnel-stage-qualified").reading)
    days = waits([("qualified", "contacted", True, 0, 60)], by_day=True)
    funnel = Funnel.measure(make_facts(full(), steps=days), make_client(), language("en"))
    assert exhibit(funnel, "funnel-stage-qualified").title.endswith("half of them within 1\N{NO-BREAK SPACE}day")
    assert panel(make_funnel(full()), "qualified").wait is None


# After the three steps -----------------------------------------------------------------------------------------------


def test_what_becomes_visible_after_each_step() -> None:
    sees = {"impressions": 1.0, "clicks": 1.0, "leads": 1.0}
    answers = survey(marketing=(4, sees), sales=(3, {"leads": 1.0, "contacted": 1.0, "won": 1.0}))
    funnel = Funnel.measure(make_facts(snapshot()), make_client(), language("en"), answers)
    today, pay, meeting, statistics = views(funnel.funnel.steps, funnel.visibility)
    # Known: impressions, clicks, leads, contacted, won; with pay also qualified; with statistics all eight.
    assert [view.share() for view in (today, pay, meeting, statistics)] == [3 / 7, 4 / 7, 4 / 7, 1]
    assert [view.share("marketing") for view in (today, pay, meeting, statistics)] == [2 / 7, 2 / 7, 4 / 7, 1]
    assert [view.share("sales") for view in (today, pay, meeting, statistics)] == [1 / 7, 2 / 7, 4 / 7, 1]
    assert exhibit(funnel, "funnel-ahead").title == (
        "Marketing sees 29% of the funnel and sales 14%; after three steps both see all of it"
    )


def test_a_department_nobody_asked_is_unknown_until_the_meeting() -> None:
    today, pay, meeting, _ = views(make_funnel(full()).funnel.steps, make_funnel(full()).visibility)
    assert (today.share("sales"), pay.share("sales")) == (None, None)
    assert meeting.sees["sales"] == {"leads", "qualified"}


def test_estimates_of_the_actions_stand_beside_the_steps() -> None:
    stakes = [
        Stake("qualified", "told", 0.3, 0.4, low=10_000, middle=20_000, high=30_000),
        Stake("losing", "no_data"),
        Stake("win_rate", "chance", 0.1, 0.1, low=0, middle=0, high=0),
    ]
    funnel = make_funnel(full()).estimated(stakes)
    assert {step: str(worth) for step, worth in funnel.worth.items()} == {"pay": "₽10K–₽30K"}
    table = exhibit(funnel, "funnel-ahead").table
    assert table is not None
    assert [row[-1] and str(row[-1]) for row in table.rows] == [None, "₽10K–₽30K", None, None]
    assert (table.rows[1][-1].low, table.rows[1][-1].high, table.rows[1][-1].kind) == (10_000, 30_000, "money")


# Then and now --------------------------------------------------------------------------------------------------------


def earlier(funnel: Funnel, **changed: dict[str, Any]) -> dict[str, Any]:
    """audit.json of an audit half a year ago, with some stages changed."""
    figures = json.loads(json.dumps(funnel.figures()))
    for entry in figures["funnel"]:
        entry.update(changed.get(entry["stage"], {}))
    return {**figures, "period": ["2023-07-01", "2023-12-31"]}


def test_the_last_audit_beside_this_one() -> None:
    now = make_funnel(full())
    was = earlier(
        now,
        proposal={"count": None, "of_previous": None, "interval": None},
        qualified={"of_previous": 0.7, "interval": [0.65, 0.75]},
    )
    was["funnel_seen"] = {"marketing": ["clicks", "leads"], "sales": None}
    funnel = Funnel.measure(make_facts(full()), make_client(), language("en"), earlier=was)
    assert funnel.then is not None
    assert {change.stage: change.real for change in funnel.then.changes} == {
        "clicks": False, "leads": False, "contacted": False, "qualified": True, "won": False
    }  # fmt: skip
    assert funnel.then.view.share() == 4 / 7
    assert funnel.then.view.share("marketing") == 1 / 7
    shown = exhibit(funnel, "funnel-then")
    assert shown.title == "Since the last audit the conversion into “Qualified” went from 70% to 50%: a real change"
    assert shown.table is not None
    assert any(row[:3] == ("Known steps of the funnel", 4 / 7, 6 / 7) for row in shown.table.rows)


def test_an_earlier_audit_without_a_funnel_is_no_comparison() -> None:
    for was in (None, {}, {"funnel": [], "period": ["2023-07-01", "2023-12-31"]}):
        funnel = Funnel.measure(make_facts(full()), make_client(), language("en"), earlier=was)
        assert funnel.then is None
        assert all(one.key != "funnel-then" for one in funnel.section().exhibits)


def test_the_interval_of_a_change_is_newcombes() -> None:
    # Newcombe (1998), table II, (a): 56 of 70 against 48 of 80, method 10: 0.0524 to 0.3339.
    ends = [binomtest(k, n).proportion_ci(method="wilson") for k, n in ((48, 80), (56, 70))]
    change = Change("x", 48 / 80, (ends[0].low, ends[0].high), 56 / 70, (ends[1].low, ends[1].high))
    assert change.range == pytest.approx((0.0524, 0.3339), abs=5e-5)
    assert change.real


# Edges ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", ["ru", "uk"])
def test_every_exhibit_is_drawn_in_the_languages_of_the_clients(lang: str) -> None:
    was = earlier(make_funnel(snapshot()))
    steps = waits([("contacted", "leads", True, 100, 60)])
    funnel = Funnel.measure(make_facts(snapshot(), steps=steps), make_client(), language(lang), earlier=was)
    for one in funnel.section().exhibits:
        if one.figure is not None:
            assert "nan" not in one.figure.alt
            assert one.figure.svg.count("<svg") == 1


def test_small_shares_are_drawn_beside_each_other() -> None:
    months = [f"2024-0{month}-01" for month in range(1, 7)]
    rows = [one for month in months for one in (lead(10_300, month=month), lead(1, "contacted", month=month))]
    funnel = Funnel.measure(make_facts(rows), make_client(), language("uk"))
    drawn = exhibit(funnel, "funnel-stage-contacted").figure
    assert drawn is not None
    found = sorted(boxes(drawn.svg), key=lambda box: box.left)
    # "0,0097 %" six times: there is room between each and the next.
    lines = [[box for box in found if abs(box.bottom - one.bottom) < 0.5] for one in found]
    row = next(line for line in lines if len(line) == 6 and line[0].right - line[0].left > 25)
    assert all(after.left - before.right > 2 for before, after in pairwise(row))


@pytest.mark.parametrize(
    "rows",
    [
        [lead(100), lead(50, "qualified")],
        [lead(60, outcome="open", month="2024-06-01")],
        [lead(40, "won", "won", revenue=0.0, gross=0.0)],
        [lead(1, month=f"2024-0{1 + i % 6}-01") for i in range(40)],
    ],
    ids=["no wins", "all young", "amounts of zero", "a lead at a time"],
)
def test_thin_data_make_no_panel_fail(rows: list[dict[str, Any]]) -> None:
    funnel = make_funnel(rows)
    assert all(one.ratio.part <= one.ratio.whole for shown in funnel.stages.panels for one in shown.months)
    assert funnel.section().exhibits
    json.dumps(funnel.figures(), allow_nan=False)


def test_months_of_one_day() -> None:
    period = SimpleNamespace(from_=pd.Timestamp("2024-01-31").date(), to=pd.Timestamp("2024-02-01").date())
    rows = [lead(40, month="2024-01-01"), lead(40, "won", "won", month="2024-02-01")]
    funnel = make_funnel(rows, period=period, client=make_client(cycle_days=100))
    assert [month.leads for month in funnel.maturity.months] == [40, 40]
    assert len(panel(funnel, "contacted").months) == 2


def test_a_stage_nobody_reaches_has_no_panel_after_it() -> None:
    facts = make_facts([lead(100)], stages=STAGES)
    client = make_client(outcomes={"*": {"Offer": {"stage": "proposal"}, "Talk": {"stage": "contacted"}}})
    funnel = Funnel.measure(facts, client, language("en"))
    assert {one.step.stage for one in funnel.stages.panels} >= {"clicks", "leads", "contacted"}
    assert all(one.step.step is not None and one.step.step.whole for one in funnel.stages.panels)
    assert measure_stages(facts, funnel.funnel, frozenset()).panels
