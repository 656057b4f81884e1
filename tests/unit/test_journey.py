"""The journey: each rule of the map broken alone, customers who come back, recommendations."""

import datetime as dt
from types import SimpleNamespace

import pandas as pd
import pytest
from facts_builder import campaign, client_of, facts_of
from lifelines import KaplanMeierFitter
from textboxes import faults

from helpers.chapters.journey import Journey
from helpers.chapters.journey_keeping import measure_referred, measure_retained, one_off
from helpers.chapters.journey_measure import measure_map
from helpers.language import language

TODAY = dt.date(2026, 7, 15)
LONG_AGO = dt.date(2026, 5, 31)
NOBODY = pd.DataFrame(columns=["kpi", "last", "value"])
CUSTOMERS = ["cohort", "months", "again", "customers"]


def stage(name, owner="marketing", kpi="cac", value=100.0, on=TODAY, **more):
    return {"stage": name, "owner": owner, "kpi": kpi, "value": value, "on": on, **more}


def joint(kpi="qualified_share", owners=("marketing", "sales"), value=0.4, on=TODAY, when="the budget is known"):
    return {"joint": ["marketing", "sales"], "kpi": kpi, "owners": list(owners), "value": value, "on": on, "when": when}


def whole():
    """A map in which every rule is kept."""
    return [stage("clicks"), joint(), stage("meeting", "sales", "win_rate", 0.2)]


def counted(customers=(), leads=(), reviewed=NOBODY, **more):
    facts = facts_of(*leads, as_of=TODAY, **more)
    facts.evidence = SimpleNamespace(records=SimpleNamespace(reviewed=reviewed))
    rows = pd.DataFrame(list(customers), columns=CUSTOMERS)
    facts.retention = SimpleNamespace(customers=rows.assign(cohort=pd.to_datetime(rows["cohort"])), unnamed=0)
    return facts


def broken(journey, **more):
    found = measure_map(counted(**more), client_of(journey=journey))
    return {(one.rule, one.place) for one in found.broken}


def test_a_whole_map_breaks_no_rule():
    assert broken(whole()) == set()


@pytest.mark.parametrize(
    ("line", "change", "rule", "place"),
    [
        (0, {"owner": None, "owners": ["marketing", "sales"]}, "two_owners", 0),
        (2, {"kpi": None}, "no_kpi", 1),
        (2, {"value": None, "on": None}, "no_value", 1),
        (2, {"on": LONG_AGO}, "stale", 1),
        (1, {"kpi": None}, "joint_kpi", 0),
        (1, {"owners": ["sales"]}, "joint_owners", 0),
        (1, {"value": None, "on": None}, "joint_value", 0),
        (1, {"on": LONG_AGO}, "joint_stale", 0),
        (1, {"when": ""}, "joint_rule", 0),
    ],
)
def test_each_rule_is_found_broken_alone(line, change, rule, place):
    journey = whole()
    journey[line] = {key: value for key, value in (journey[line] | change).items() if value is not None}
    found = broken(journey)
    assert (rule, place) in found
    # Two owners of a stage meet there, which is a joint of its own place only when nothing is written.
    assert {one for one in found if one != (rule, place)} == set()


def test_a_stage_of_nobody_and_a_joint_that_nobody_wrote():
    unowned = {"stage": "Hears of us", "kpi": "reach", "value": 9, "on": TODAY}
    assert broken([unowned, *whole()]) == {("no_owner", 0)}
    assert broken([whole()[0], whole()[2]]) == {("joint_kpi", 0), ("joint_rule", 0)}


def test_a_newer_value_of_the_weekly_figures_counts():
    journey = whole()
    journey[0] |= {"on": LONG_AGO}
    assert broken(journey) == {("stale", 0)}
    weekly = pd.DataFrame({"kpi": ["CAC"], "last": [pd.Timestamp("2026-07-10")], "value": [90.0]})
    assert broken(journey, reviewed=weekly) == set()
    (first, *_) = measure_map(counted(reviewed=weekly), client_of(journey=journey)).stages
    assert (first.kpis[0].value, first.kpis[0].on) == (90.0, dt.date(2026, 7, 10))


def test_without_a_map_the_stages_of_client_yml_stand_for_it():
    assert measure_map(counted(), client_of()) is None
    owners = {"clicks": "marketing", "leads": "marketing", "won": "sales"}
    stages = [{"key": key, "owner": owner} for key, owner in owners.items()]
    found = measure_map(counted(), client_of(stages=stages))
    assert not found.drawn
    assert [(one.key, one.owners) for one in found.stages] == [
        ("clicks", ("marketing",)), ("leads", ("marketing",)), ("won", ("sales",)),
    ]  # fmt: skip
    assert [one.before for one in found.joints] == [2]


def test_who_comes_back_is_kaplan_meiers_share():
    rows = [
        ("2025-01-01", 2, True, 8), ("2025-01-01", 5, True, 4), ("2025-01-01", 14, False, 30),
        ("2026-04-01", 1, True, 2), ("2026-04-01", 2, False, 40),
    ]  # fmt: skip
    kept = measure_retained(counted(rows))
    months, again, weights = zip(*[row[1:] for row in rows], strict=True)
    reference = KaplanMeierFitter().fit(months, again, weights=weights)
    assert (kept.customers, kept.again, kept.horizon) == (84, 14, 12)
    assert kept.share == pytest.approx(1 - reference.predict(12))
    low, high = kept.interval
    assert low < kept.share < high
    old, young = kept.cohorts
    assert (old.customers, young.customers) == (42, 42)
    assert old.within(6) == pytest.approx(12 / 42)
    # Nobody of the second quarter has been followed for three months yet.
    assert young.within(3) is None


def test_where_people_buy_once_nobody_is_missed():
    once = client_of(stages=[{"key": "leads", "owner": "marketing"}, {"key": "won", "owner": "sales"}])
    few = counted([("2025-01-01", 12, False, 400), ("2025-01-01", 3, True, 4)])
    assert one_off(few, once)
    assert not one_off(counted([("2025-01-01", 12, False, 400), ("2025-01-01", 3, True, 40)]), once)
    # Whoever has a stage of repeat purchases waits for them.
    assert not one_off(few, client_of())
    assert Journey.measure(few, once, language("en")).retained is None


def test_recommendations_are_known_by_the_name_of_their_channel():
    leads = (
        campaign(channel="Рекомендації", won=9, lost=21), campaign(channel="referral", won=1, lost=9),
        campaign(channel="ads", won=10, lost=150),
    )  # fmt: skip
    came = measure_referred(counted(leads=leads))
    assert came.channels == ("referral", "Рекомендації")
    assert (came.leads.part, came.leads.whole) == (40, 200)
    assert (came.customers.part, came.customers.whole) == (10, 20)
    assert (came.own.share, came.others.share) == (10 / 40, 10 / 160)


def section_of(journey, lang="ru", **more):
    return Journey.measure(counted(**more), client_of(lang=lang, journey=journey), language(lang)).section()


def test_broken_rules_are_findings_with_advice():
    journey = whole()
    journey[1] |= {"owners": ["sales"]}
    section = section_of(journey, "en")
    picture, rules = section.exhibits
    assert picture.title == "2 of 2 stages of the journey have one owner and a fresh KPI; 0 of 1 joints are shared"
    assert rules.title == "1 rule of the journey map is broken"
    assert rules.table.rows == (
        (
            "Marketing → Sales",
            "the common KPI “share of qualified leads” is owned by Sales alone",
            "Make both teams answer for it.",
        ),
    )
    assert [box.title for box in section.boxes] == ["Nobody knows who buys again"]


def test_an_unbroken_map_has_nothing_to_repair():
    section = section_of(whole(), "en")
    assert [one.key for one in section.exhibits] == ["journey-map"]
    assert section.exhibits[0].title == "The journey map is whole: every stage and every joint keeps the rules"


def test_without_anything_the_chapter_says_what_to_collect():
    section = section_of([], "en", leads=(campaign(channel="ads", won=1, lost=9),))
    assert section.exhibits == ()
    assert [box.title for box in section.boxes] == [
        "No map of the journey", "Nobody knows who buys again", "Nobody knows who came by recommendation",
    ]  # fmt: skip


def test_long_names_neither_touch_nor_are_cut():
    name = "Очень длинное название стадии, которое придумали на совещании двух отделов №"
    journey = [stage(f"{name} {number}", ("marketing", "sales")[number % 2]) for number in range(9)]
    (picture, *_) = section_of(journey).exhibits
    assert faults(picture.figure.svg) == []
