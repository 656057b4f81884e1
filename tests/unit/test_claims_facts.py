"""Each of the twenty facts against a value counted by hand, and what each says when something is missing."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import Any

import pandas as pd
import pytest
from claims_client import write_client

import helpers as audit
from helpers.chapters import claims_leads, claims_records
from helpers.chapters.claims_fact import Fact
from helpers.chapters.claims_facts import FACTS, all_facts
from helpers.client import Client
from helpers.facts import Facts
from helpers.language import language
from helpers.survey.criteria import questionnaire
from helpers.survey.result import Score

BY_HAND = {
    # criterion: (value, n, how)
    "A1": (0.375, 120),  # 50 planned x 20/40 x 1 000 = 25 000 of 40 000
    "A2": (
        36.0,
        6,
    ),  # c1 1 800, c2 600 (May), c3 600 (March), c4 600 (launched on the 16th); c5 has no leads; of 10 000
    "A3": (40.0, 90),  # 1 200 of 3 000 from April to June; salary and pay for sales are neither
    "A4": (50.0, 2),
    "B1": (50.0, 80),
    "B2": (100 * 50 / 120, 120),
    "B3": (75.0, 120),  # W, Q, R and the ten open ones with a date
    "B4": (60.0, 40),
    "C1": (50.0, 12),
    "C2": (60.0, 5),
    "C3": (60.0, 30),
    "C4": (3.5 / 2 / 3, 4),  # three talks scored together, one by sales alone; two people, March to May
    "D1": (75.0, 20),
    "D2": (200 * 10 / 210 / 3, 3),
    "D3": (25.0, 12),
    "D4": (90.0, 20),
    "E1": (60.0, 5),
    "E2": (60.0, 5),
    "E3": (1.0, 20),
    "E4": (25.0, 20),
}


@dataclasses.dataclass(frozen=True)
class Whole:
    client: Client
    facts: Facts
    score: Score
    found: dict[str, Fact]

    def again(self, criterion: str, facts: Facts | None = None, client: Client | None = None) -> Fact:
        need = questionnaire().criterion(criterion).min_n
        return FACTS[criterion](facts or self.facts, client or self.client, need)

    def with_records(self, **tables: Any) -> Facts:
        records = dataclasses.replace(self.facts.evidence.records, **tables)
        return self.with_evidence(records=records)

    def with_evidence(self, **tables: Any) -> Facts:
        return dataclasses.replace(self.facts, evidence=dataclasses.replace(self.facts.evidence, **tables))

    def without(self, *columns: str) -> Facts:
        """Facts of a client whose export lacks these tables or columns."""
        gone = {
            name for name in self.facts.has for column in columns if name == column or name.startswith(f"{column}.")
        }
        assert gone
        return dataclasses.replace(self.facts, has=self.facts.has - gone)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Whole:
    folder = write_client(tmp_path_factory.mktemp("claims") / "malyi")
    brief = audit.brief({"client": str(folder), "out": "reports", "lang": "", "period": "", "formats": "html"})
    facts = audit.count(audit.load(brief.client))
    answers = audit.read_answers(folder / "answers")
    score = audit.ScoreChapter.measure(answers, brief.client, brief.say).score
    return Whole(brief.client, facts, score, all_facts(facts, brief.client, score, questionnaire(), brief.say))


def test_every_criterion_has_its_fact() -> None:
    assert set(BY_HAND) == set(questionnaire().ids) == {*FACTS, "D2", "E2"}


@pytest.mark.parametrize("criterion", BY_HAND)
def test_fact_is_what_a_hand_counts(whole: Whole, criterion: str) -> None:
    found = whole.found[criterion]
    value, n = BY_HAND[criterion]
    assert found.known
    assert found.value == pytest.approx(value)
    assert found.n == n
    assert found.low <= found.value <= found.high  # type: ignore[operator]


def test_shares_have_wilson_intervals(whole: Whole) -> None:
    # 60 of 100 per cent over 40: Wilson by the closed formula.
    assert (whole.found["B4"].low, whole.found["B4"].high) == pytest.approx((44.5959, 73.6517), abs=1e-3)
    # Twenty equal sales: the effective number is twenty.
    assert (whole.found["D1"].low, whole.found["D1"].high) == pytest.approx((53.1299, 88.8138), abs=1e-3)
    # All there is was counted: nothing sampled.
    assert whole.found["E1"].low == whole.found["E1"].high == 60


def test_further_figures(whole: Whole) -> None:
    further = {one.key: one.value for fact in whole.found.values() for one in fact.further}
    assert further["bant"] == pytest.approx(50)
    assert further["kappa"] == pytest.approx(0.5)
    assert further["never_answered"] == pytest.approx(25)
    assert further["median_min"] == 180
    assert further["mean_score"] == pytest.approx(65)
    assert further["in_time"] == pytest.approx(100 * 3 / 7)
    assert further["no_customers"] == pytest.approx(10)
    assert further["seen_marketing"] == pytest.approx(100 / 3)
    assert further["specific"] == pytest.approx(70)


# A. Goals and money --------------------------------------------------------------------------------------------------


def test_plan_without_a_target_for_marketing_is_level_one(whole: Whole) -> None:
    client = whole.client.model_copy(update={"plan": _plan(revenue=40_000)})
    found = whole.again("A1", client=client)
    assert (found.rule, found.level, found.known) == ("no_marketing_plan", 1.0, True)


def test_plan_of_leads_is_taken_through_the_whole_funnel(whole: Whole) -> None:
    client = whole.client.model_copy(update={"plan": _plan(leads=120, revenue=20_000)})
    assert whole.again("A1", client=client).value == pytest.approx(0)


def test_no_plan_is_no_data(whole: Whole) -> None:
    for plan in ({}, _plan(qualified=50)):
        found = whole.again("A1", client=whole.client.model_copy(update={"plan": plan}))
        assert (found.known, found.missing) == (False, ("plan",))


def _plan(**values: float) -> dict[str, Any]:
    return {
        "2026-03": Client.model_validate({"client": "x", "currency": "RUB", "plan": {"2026-03": values}}).plan[
            "2026-03"
        ]
    }


def test_conversion_of_too_few_leads_is_not_planned_with(whole: Whole) -> None:
    leads = whole.facts.leads
    few = dataclasses.replace(whole.facts, leads=leads[leads["outcome"] == "won"])
    assert (whole.again("A1", few).why, whole.again("A1", few).n) == ("few", 20)


def test_goal_of_a_campaign_that_always_runs_must_come_before_the_month(whole: Whole) -> None:
    goals = whole.facts.evidence.records.goals
    late = goals.assign(noted_at=pd.Timestamp("2026-03-02"))
    # Noted on 2 March: April and May still count (c1: 1 200, c2 1 200); c3 ends in March; c4 was launched on the 16th.
    assert whole.again("A2", whole.with_records(goals=late)).value == pytest.approx(100 * (1200 + 1200 + 600) / 10_000)


def test_goal_without_an_end_holds_for_three_months(whole: Whole) -> None:
    goals = whole.facts.evidence.records.goals
    open_end = goals[goals["campaign"] == "c1"].assign(until=pd.NaT, noted_at=pd.Timestamp("2026-01-15"))
    assert whole.again("A2", whole.with_records(goals=open_end)).value == pytest.approx(100 * 1200 / 10_000)


def test_fixed_pay_is_level_one_and_no_pay_is_no_data(whole: Whole) -> None:
    pay = whole.facts.handover.pay
    fixed = dataclasses.replace(whole.facts.handover, pay=pay[pay["kind"] == "оклад"])
    found = whole.again("A3", dataclasses.replace(whole.facts, handover=fixed))
    assert (found.rule, found.level) == ("fixed_pay", 1.0)
    none = dataclasses.replace(whole.facts.handover, pay=pay[pay["kind"] == "?"])
    assert whole.again("A3", dataclasses.replace(whole.facts, handover=none)).missing == ("pay",)


def test_pay_of_two_months_is_not_a_quarter(whole: Whole) -> None:
    pay = whole.facts.handover.pay
    two = dataclasses.replace(whole.facts.handover, pay=pay[pay["month"] >= "2026-05-01"])
    assert whole.again("A3", dataclasses.replace(whole.facts, handover=two)).why == "few"


def test_map_without_joints_is_no_data_for_the_joints_only(whole: Whole) -> None:
    stages = tuple(item for item in whole.client.journey if item.stage)
    client = whole.client.model_copy(update={"journey": stages})
    assert whole.again("A4", client=client).missing == ("journey.joint",)
    assert whole.again("E1", client=client).value == 60
    assert whole.again("E1", client=whole.client.model_copy(update={"journey": stages[:4]})).why == "few"
    assert whole.again("E1", client=whole.client.model_copy(update={"journey": ()})).missing == ("journey",)


# B. Leads ------------------------------------------------------------------------------------------------------------


def test_leads_handed_over_are_the_qualified_ones_where_marketing_marks_them(whole: Whole) -> None:
    handed = whole.facts.evidence.handed.copy()
    extra = handed[~handed["accepted"].astype(bool)].assign(marked="yes", leads=10)
    found = whole.again("B1", whole.with_evidence(handed=pd.concat([handed, extra])))
    # Ten refused leads carry marketing's mark: 40 of 50 marked ones were accepted.
    assert (found.value, found.n) == (pytest.approx(80), 50)


def test_accepting_everything_while_fewer_buy_is_a_rubber_stamp(whole: Whole) -> None:
    def handed(now_won: int) -> pd.DataFrame:
        rows = [("now", "won", now_won), ("now", "lost", 100 - now_won), ("before", "won", 50), ("before", "lost", 50)]
        return pd.DataFrame(
            [
                {"span": span, "marked": "yes", "accepted": True, "outcome": outcome, "leads": n, "filled": 0}
                for span, outcome, n in rows
            ]
        )

    assert whole.again("B1", whole.with_evidence(handed=handed(20))).rule == "rubber_stamp"
    assert whole.again("B1", whole.with_evidence(handed=handed(45))).rule == ""


def test_lead_that_still_may_be_answered_in_time_is_not_counted(whole: Whole) -> None:
    months = whole.facts.speed.months
    young = months.iloc[:1].assign(minutes=30.0, answered=False, leads=1000)
    speed = dataclasses.replace(whole.facts.speed, months=pd.concat([months, young]))
    assert whole.again("B2", dataclasses.replace(whole.facts, speed=speed)).n == 120


def test_reasons_need_dates(whole: Whole) -> None:
    undated = whole.facts.evidence.refused.assign(dated=0)
    assert whole.again("B4", whole.with_evidence(refused=undated)).missing == ("leads.closed_at",)
    nobody = whole.facts.evidence.refused.iloc[:0]
    found = whole.again("B4", whole.with_evidence(refused=nobody))
    assert (found.why, found.rule) == ("few", "no_rejects")


@pytest.mark.parametrize(
    ("criterion", "gone", "asked"),
    [
        ("A2", "goals", "goals"),
        ("B1", "leads.accepted", "leads.accepted"),
        ("B3", "leads.manager", "leads.manager"),
        ("B4", "leads.accepted", "leads.accepted"),
        ("C1", "meetings", "meetings"),
        ("C1", "meetings.present", "meetings.present"),
        ("C2", "promotions", "promotions"),
        ("C2", "promotions.brief_at", "promotions.brief_at"),
        ("C3", "events", "events"),
        ("C4", "touches", "touches"),
        ("C4", "touches.checklist", "touches.checklist"),
        ("D3", "kpis", "kpis"),
    ],
)
def test_what_is_not_there_is_asked_for_and_held_against_nobody(
    whole: Whole, criterion: str, gone: str, asked: str
) -> None:
    found = whole.again(criterion, whole.without(gone))
    assert (found.known, found.why, found.missing, found.level) == (False, "missing", (asked,), None)


# C. Meetings ---------------------------------------------------------------------------------------------------------


def test_meetings_without_a_list_of_decisions_are_level_three_at_most(whole: Whole) -> None:
    found = whole.again("C1", whole.without("tasks"))
    # Both sides and a text of decisions: eight of the nine meetings.
    assert (found.value, found.cap, found.rule) == (pytest.approx(100 * 8 / 12), 3.0, "no_decisions")


def test_log_of_eleven_weeks_is_too_short(whole: Whole) -> None:
    weeks = whole.facts.evidence.records.weeks
    young = whole.with_records(weeks=weeks[weeks["week"] > weeks["week"].min()])
    assert (whole.again("C1", young).why, whole.again("C1", young).n) == ("few", 11)


@pytest.mark.parametrize(
    ("as_of", "last"), [("2026-07-15", "2026-07-06"), ("2026-07-12", "2026-07-06"), ("2026-07-13", "2026-07-06")]
)
def test_whole_weeks_before_the_audit(as_of: str, last: str) -> None:
    weeks = claims_records.last_weeks(dt.date.fromisoformat(as_of))
    assert len(weeks) == 12
    assert weeks[-1] == pd.Timestamp(last)


def test_period_without_events_is_not_a_failure(whole: Whole) -> None:
    found = whole.again("C3", whole.with_evidence(contacts=whole.facts.evidence.contacts.assign(span="other")))
    assert (found.known, found.why) == (False, "nothing")
    alien = whole.facts.evidence.contacts.assign(linked=0)
    assert whole.again("C3", whole.with_evidence(contacts=alien)).missing == ("events.lead_id",)


# D. Numbers ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", ["", "direct", "(direct)", "Прямой заход", "другое", "unknown", "(not set)", "Тест", "n/a"]
)
def test_not_a_source(name: str) -> None:
    assert not claims_leads.valid_source(pd.Series([name])).iloc[0]


@pytest.mark.parametrize(
    "name", ["yandex", "Прямая рассылка-2", "directory.ru", "test-drive", "рекомендация", "other people"]
)
def test_a_source(name: str) -> None:
    assert claims_leads.valid_source(pd.Series([name])).iloc[0]


def test_figures_of_one_department_alone_cannot_differ(whole: Whole) -> None:
    told = whole.facts.handover.reported
    alone = dataclasses.replace(whole.facts.handover, reported=told[told["department"] == "маркетинг"])
    facts = dataclasses.replace(whole.facts, handover=alone)
    found = claims_records.d2_figures(facts, whole.client, {"months": 3}, whole.score)
    assert (found.why, found.n) == ("few", 0)
    none = dataclasses.replace(alone, reported=told.iloc[:0])
    found = claims_records.d2_figures(
        dataclasses.replace(facts, handover=none), whole.client, {"months": 3}, whole.score
    )
    assert found.missing == ("figures",)
    assert {one.key for one in found.further} == {"seen_marketing", "seen_sales"}


def test_department_that_sees_nothing_of_the_other_caps_the_level(whole: Whole) -> None:
    # Marketing sees "leads" only, which is its own stage.
    assert (whole.found["D2"].rule, whole.found["D2"].cap) == ("no_access", 2.0)


def test_cost_of_a_customer_known_from_adverts_alone_is_level_three_at_most(whole: Whole) -> None:
    assert (whole.found["D4"].cap, whole.found["D4"].rule) == (3.0, "adverts_only")


# E. The journey ------------------------------------------------------------------------------------------------------


def test_weakest_step_needs_the_way_of_lost_leads(whole: Whole) -> None:
    lost = whole.facts.leads["outcome"] == "lost"
    stage = whole.facts.leads["stage"].where(~lost, "leads")
    unmarked = dict.fromkeys(("answered", "qualified", "marked", "accepted", "rejected"), 0)
    leads = whole.facts.leads.assign(exact=~lost, stage=stage, **unmarked)
    bare = whole.without("stage_events", "leads.first_answer_at", "leads.first_answer_min", "leads.qualified")
    snapshot = dataclasses.replace(bare, leads=leads, snapshot=True)
    need = questionnaire().criterion("E2").min_n
    found = claims_leads.e2_weakest(snapshot, whole.client, need, whole.score, language("en"))
    assert found.missing == ("stage_events",)


def test_falling_retention_without_a_decision_caps_the_level(whole: Whole) -> None:
    rows = []
    for month, again in (("2025-07-01", 60), ("2025-10-01", 40), ("2026-01-01", 20), ("2026-04-01", 0)):
        for came, n in ((True, again), (False, 100 - again)):
            rows.append({"cohort": pd.Timestamp(month), "again": came, "months": 1 if came else 9, "customers": n})
    retention = dataclasses.replace(whole.facts.retention, customers=pd.DataFrame(rows))
    facts = dataclasses.replace(whole.facts, retention=retention)
    assert (whole.again("E3", facts).rule, whole.again("E3", facts).cap) == ("falling", 3.0)
    level = pd.DataFrame(rows).assign(customers=50)
    steady = dataclasses.replace(facts, retention=dataclasses.replace(retention, customers=level))
    assert whole.again("E3", steady).rule == ""
    decided = dataclasses.replace(
        facts,
        evidence=dataclasses.replace(
            facts.evidence, records=dataclasses.replace(facts.evidence.records, kept_clients=1)
        ),
    )
    assert whole.again("E3", decided).rule == ""


def test_no_referral_among_the_sources_is_level_one(whole: Whole) -> None:
    leads = whole.facts.leads
    plain = dataclasses.replace(
        whole.facts, leads=leads.assign(channel=leads["channel"].replace("рекомендация", "ads"))
    )
    found = whole.again("E4", plain)
    assert (found.rule, found.level, found.value) == ("no_referral", 1.0, pytest.approx(25))


def test_log_that_never_asks_for_a_review_is_no_data(whole: Whole) -> None:
    asked = whole.facts.evidence.asked
    assert whole.again("E4", whole.with_evidence(asked=asked.iloc[:0])).missing == ("touches.kind",)
