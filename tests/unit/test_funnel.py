"""The funnel: what is exact, what is a bound, what is unknown - and that nothing unknown becomes a conversion."""

from __future__ import annotations

import itertools

import pandas as pd
import pytest
from funnel_facts import (
    HAS,
    STAGES,
    conversions,
    full,
    lead,
    make_client,
    make_facts,
    make_funnel,
    snapshot,
)
from scipy.stats import binomtest

from helpers.chapters.funnel_chart import money_text, share_text
from helpers.chapters.funnel_counts import count_stages, recorded_stages
from helpers.chapters.funnel_measure import Ratio
from helpers.language import language

# Counts --------------------------------------------------------------------------------------------------------------


def test_exact_counts_of_a_known_way() -> None:
    funnel = make_funnel(full())
    assert {step.stage: step.count for step in funnel.funnel.steps} == {
        "impressions": 100_000,
        "clicks": 2_000,
        "leads": 400,
        "contacted": 300,
        "qualified": 150,
        "proposal": 80,
        "won": 40,
        "repeat": None,
    }
    assert conversions(funnel) == {
        "impressions": None,
        "clicks": 0.02,
        "leads": 0.2,
        "contacted": 0.75,
        "qualified": 0.5,
        "proposal": pytest.approx(80 / 150),
        "won": 0.5,
        "repeat": None,
    }
    assert funnel.funnel["won"].of_leads == Ratio(40, 400)
    assert funnel.funnel["won"].of_first == Ratio(40, 100_000)


def test_wilson_interval_and_cost() -> None:
    funnel = make_funnel(full())
    won = funnel.funnel["won"]
    reference = binomtest(40, 80).proportion_ci(method="wilson")
    assert won.of_previous is not None
    assert won.of_previous.interval == pytest.approx((reference.low, reference.high), abs=1e-12)
    assert funnel.figures()["funnel"][6]["interval"] == list(won.of_previous.interval)
    assert won.cost == 250.0


def test_an_answered_lead_is_contacted_wherever_it_stands_and_a_later_stage_implies_an_answer() -> None:
    rows = [lead(100, answered=40), lead(50, "won", "won", answered=10)]
    assert make_funnel(rows).funnel["contacted"].count == 90


def test_without_answers_contacted_is_counted_by_stage() -> None:
    rows = [lead(60, answered=0), lead(40, "contacted", answered=0)]
    assert make_funnel(rows, has=HAS - {"leads.first_answer_min"}).funnel["contacted"].count == 40


def test_marks_of_nearly_all_leads_count_the_qualified() -> None:
    rows = [lead(96, qualified=30, marked=96), lead(4, "won", "won", qualified=0, marked=0)]
    funnel = make_funnel(rows)
    assert funnel.funnel["qualified"].count == 34
    assert funnel.funnel.unmarked_beyond == 4
    assert "4 leads went further without the mark" in funnel.section().exhibits[0].note


def test_marks_of_a_part_of_the_leads_are_a_lower_bound() -> None:
    rows = [lead(100, exact=False, qualified=30, marked=60), lead(10, "won", "won")]
    step = make_funnel(rows).funnel["qualified"]
    assert (step.count, step.at_least, step.step) == (None, 40, None)


def test_the_other_spans_are_not_counted() -> None:
    rows = [*full(), lead(1000, "won", "won", span="before")]
    assert make_funnel(rows).funnel["won"].count == 40


# One snapshot --------------------------------------------------------------------------------------------------------


def test_middle_stages_of_a_snapshot_are_lower_bounds_and_never_conversions() -> None:
    funnel = make_funnel(snapshot())
    steps = {step.stage: step for step in funnel.funnel.steps}
    assert (steps["contacted"].count, steps["contacted"].at_least) == (180, None)
    assert (steps["proposal"].count, steps["proposal"].at_least) == (None, 80)
    assert (steps["qualified"].count, steps["qualified"].at_least) == (None, None)
    assert steps["won"].count == 30
    assert conversions(funnel)["proposal"] is None
    assert conversions(funnel)["won"] is None
    assert (steps["won"].skipped, steps["won"].step) == (2, Ratio(30, 180))
    figures = {entry["stage"]: entry for entry in funnel.figures()["funnel"]}
    assert figures["proposal"] == {
        "stage": "proposal", "count": None, "of_previous": None, "of_first": None, "interval": None, "at_least": 80
    }  # fmt: skip
    assert "at_least" not in figures["won"]


def test_a_snapshot_says_that_nobody_knows_where_leads_were_lost() -> None:
    rows = snapshot()
    rows[0]["answered"] = 200
    funnel = make_funnel(rows)
    (finding,) = funnel.findings()
    # 100 were lost before anybody answered; of the others nobody knows.
    assert finding.text == "Nobody knows at which stage 200 of 300 lost leads were lost"
    # 1 % of 400 leads, each customer 100.
    assert finding.money == pytest.approx(400.0)
    missing = " ".join(next(box for box in funnel.section().boxes if box.tone == "missing").text)
    assert "300 lost leads" in missing
    # It is a stage of the CRM already; what is missing is the way to it.
    assert "Proposal: keep it as a stage" not in missing


def test_a_known_step_that_lost_more_than_all_unknown_ones_is_the_worst() -> None:
    worst = make_funnel(snapshot()).losses.worst
    assert worst is not None
    assert (worst.before, worst.after, worst.lost) == ("leads", "contacted", 200)


def test_bounds_that_meet_are_exact() -> None:
    # No lost lead was ever answered, so none of them can have gone further.
    rows = [lead(300, exact=False, answered=0), lead(50, "proposal", "open"), lead(30, "won", "won")]
    assert make_funnel(rows).funnel["proposal"].count == 80


# Unknown stages ------------------------------------------------------------------------------------------------------


def test_a_stage_that_the_data_never_name_is_unknown_although_wins_passed_it() -> None:
    rows = [lead(100), lead(50, "won", "won")]
    funnel = make_funnel(rows)
    assert (funnel.funnel["qualified"].count, funnel.funnel["qualified"].at_least) == (None, None)
    assert conversions(funnel)["won"] is None
    assert funnel.funnel["won"].skipped == 2
    table = funnel.section().exhibits[0].table
    assert table is not None
    assert "over 2 unknown steps: 100% (93–100%)" in [row[-1] for row in table.rows]


@pytest.mark.parametrize(
    ("share", "written"),
    [(0.42, "42%"), (0.1, "10%"), (0.042, "4.2%"), (0.01, "1.0%"), (0.0042, "0.42%"), (0.000106, "0.011%"),
     (1e-9, "0.0000%"), (0.0, "0%"), (1.0, "100%")],
)  # fmt: skip
def test_a_conversion_has_as_many_digits_as_it_needs(share: float, written: str) -> None:
    assert share_text(share, language("en")) == written


@pytest.mark.parametrize(
    ("price", "written"),
    [(1569.4, "€1,569"), (6.924, "€6.92"), (0.63, "€0.63"), (0.00293, "€0.0029"), (0.0, "€0.00")],
)
def test_an_impression_has_its_price_be_it_below_a_cent(price: float, written: str) -> None:
    assert money_text(price, "EUR", language("en")) == written


def test_a_stage_that_is_mapped_and_that_nobody_reached_is_zero() -> None:
    client = make_client(outcomes={"*": {"КП": {"stage": "proposal"}, "Квал": {"stage": "qualified"}}})
    funnel = make_funnel([lead(100)], client=client)
    steps = {step.stage: step for step in funnel.funnel.steps}
    assert (steps["qualified"].count, steps["proposal"].count, steps["won"].count) == (0, 0, 0)
    assert steps["won"].cost is None
    assert conversions(funnel)["proposal"] is None
    assert "too few to judge" in str(funnel.section().exhibits[0].table)


def test_no_conversion_next_to_an_unknown_stage_in_any_part_of_the_chapter() -> None:
    for rows in (full(), snapshot(), [lead(100), lead(50, "won", "won")]):
        for missing in ({"spend.clicks"}, {"spend.impressions"}, {"spend.clicks", "spend.impressions"}, set()):
            funnel = make_funnel(rows, has=HAS - missing)
            entries = funnel.figures()["funnel"]
            for before, after in itertools.pairwise(entries):
                if before["count"] is None or after["count"] is None:
                    assert after["of_previous"] is None
                    assert after["interval"] is None


def test_absent_and_partly_absent_clicks() -> None:
    spend = make_facts([]).spend
    nothing = make_funnel(full(), spend=spend.assign(clicks=float("nan"))).funnel["clicks"]
    assert (nothing.count, nothing.at_least) == (None, None)
    blogger = spend.assign(channel="blogger", clicks=float("nan"))
    partly = make_funnel(full(), spend=pd.concat([spend, blogger]))
    assert (partly.funnel["clicks"].count, partly.funnel["clicks"].at_least) == (None, 2_000)
    assert partly.funnel["leads"].of_previous is None
    assert "400 leads of 2,000 clicks, 20%" in partly.section().exhibits[0].note


def test_leads_from_elsewhere_are_not_made_of_clicks() -> None:
    rows = [*full(), lead(500, channel="referral"), lead(100, channel="")]
    funnel = make_funnel(rows)
    assert funnel.funnel["leads"].count == 1000
    assert funnel.funnel["leads"].of_previous == Ratio(400, 2_000)
    note = funnel.section().exhibits[0].note
    assert "only the 400 leads of channels with counted clicks" in note
    assert "100 leads without a channel" in note
    # Where all come from such channels, there are no others to speak of.
    assert "counted clicks" not in make_funnel(full()).section().exhibits[0].note


def test_clicks_and_leads_that_do_not_meet_are_no_conversion_of_zero() -> None:
    funnel = make_funnel([lead(100, channel="yandex"), lead(40, "won", "won", channel="yandex")])
    assert funnel.funnel["leads"].step is None
    assert conversions(funnel)["leads"] is None
    assert "No lead names a channel that has clicks" in funnel.section().exhibits[0].note


def test_more_leads_than_clicks_is_no_share() -> None:
    spend = make_facts([]).spend.assign(clicks=100.0)
    funnel = make_funnel(full(), spend=spend)
    assert conversions(funnel)["leads"] is None
    assert "no share is shown" in funnel.section().exhibits[0].note


def bought(buyers: int, again: int, leads: int = 400, named: int = 400) -> dict[str, pd.DataFrame]:
    people = {"span": "now", "leads": leads, "people": named - again, "repeats": again}
    return {
        "buyers": pd.DataFrame([{"buyers": buyers, "repeat_buyers": again}]),
        "people": pd.DataFrame([people, {**people, "span": "other", "people": 0}]),
    }


def test_repeat_is_of_buyers() -> None:
    repeat = make_funnel(full(), **bought(50, 10)).funnel["repeat"]
    assert (repeat.count, repeat.step, repeat.cost, repeat.of_leads) == (10, Ratio(10, 50), 1000.0, None)
    assert make_funnel(full()).funnel["repeat"].count is None


def test_repeat_is_a_lower_bound_where_leads_without_a_person_may_have_bought_again() -> None:
    repeat = make_funnel(full(), **bought(50, 10, named=300)).funnel["repeat"]
    assert (repeat.count, repeat.at_least, repeat.step) == (None, 10, None)


def test_referrals_are_not_a_part_of_repeat_buyers() -> None:
    rows = [*full(), lead(35, "referral", "won")]
    stages = (*STAGES, "referral")
    funnel = make_funnel(rows, client=make_client(stages), stages=stages, **bought(70, 40))
    assert (funnel.funnel["referral"].count, funnel.funnel["referral"].step) == (35, None)
    # Counted by stage both are leads, and one is a part of the other.
    funnel = make_funnel([*rows, lead(5, "repeat", "won")], client=make_client(stages), stages=stages)
    assert funnel.funnel["referral"].step == Ratio(35, 40)


# Edges ---------------------------------------------------------------------------------------------------------------


def test_no_leads_at_all() -> None:
    funnel = make_funnel([])
    assert funnel.funnel["leads"].count == 0
    assert funnel.funnel["won"].count == 0
    assert funnel.findings() == ()
    section = funnel.section()
    assert section.exhibits[0].title == "The funnel of the period has no leads"
    keys = [exhibit.key for exhibit in section.exhibits]
    # What was clicked is known without any lead; nobody came to the stages after them.
    assert keys == ["funnel-stages", "funnel-ahead", "funnel-stage-clicks", "funnel-unknown"]


def test_data_without_leads_know_nothing_of_them() -> None:
    funnel = make_funnel([], has=frozenset({"spend.clicks"}))
    assert {step.stage: step.count for step in funnel.funnel.steps} == {
        **dict.fromkeys(STAGES), "clicks": 2_000
    }  # fmt: skip
    assert "The data hold no leads" in funnel.section().lead[0]


def test_no_data_at_all() -> None:
    spend = make_facts([]).spend.iloc[:0]
    funnel = make_funnel([], has=frozenset(), spend=spend)
    assert all(step.count is None and step.cost is None for step in funnel.funnel.steps)
    assert funnel.visibility.company == 0.0
    assert funnel.section().exhibits[0].figure is not None


def test_no_wins_and_all_young() -> None:
    funnel = make_funnel([lead(200, outcome="open")])
    assert funnel.findings() == ()
    assert funnel.maturity.more is None
    assert not funnel.maturity.months[0].ripe
    text = " ".join(funnel.section().exhibits[1].reading)
    assert "200 leads are still open" in text
    assert "too short to say" in text


def test_few_leads_are_too_few_to_judge_but_counted() -> None:
    funnel = make_funnel([lead(19), lead(10, "won", "won")])
    assert funnel.funnel["won"].count == 10
    assert all(share is None for stage, share in conversions(funnel).items() if stage not in ("clicks", "leads"))
    assert funnel.section().exhibits[1].title == "Conversion of lead to customer: too few to judge"
    assert funnel.losses.point is None


def test_a_stage_unknown_to_the_client_counts_as_a_lead() -> None:
    counts = count_stages(make_facts([lead(50, "???")]).leads, STAGES, {"proposal"}, HAS)
    assert counts.at("leads") == (50, 50)
    assert counts.at("proposal") == (0, 0)


def test_recorded_stages_come_from_every_span_and_the_map() -> None:
    table = make_facts([lead(1, "proposal", span="before")]).leads
    assert recorded_stages(table, ["qualified"]) == {"proposal", "qualified"}
