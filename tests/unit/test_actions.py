from __future__ import annotations

import datetime as dt
import json
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest
from actions_facts import client_of, facts_of, month

from helpers.chapters.actions import Actions
from helpers.chapters.actions_dates import after_working_days, next_audit
from helpers.chapters.claims import Claims
from helpers.client import Client
from helpers.facts import Facts
from helpers.language import language
from helpers.report.model import Report, ScoreCard, Section
from helpers.survey.answers import Answers
from helpers.survey.criteria import questionnaire
from helpers.survey.score import score

MONTHS = [*(f"2025-{n:02}-01" for n in range(7, 13)), *(f"2026-0{n}-01" for n in range(1, 7))]
BETTER = {"leads": 4000, "qualified": 2000, "won": 500, "within": 1000, "late": 2600, "silent": 400, "spend": 2e6}
WORSE = BETTER | {"qualified": 1600, "won": 400}


def falling(**more: Any) -> Facts:
    """Two quarters of half qualified leads, then two of 40 %."""
    return facts_of(*[month(day, **((BETTER if n < 6 else WORSE) | more)) for n, day in enumerate(MONTHS)])


def actions_of(facts: Facts, lang: str = "en", score: Any = None, claims: Any = None, **client: Any) -> Actions:
    return Actions.measure(facts, client_of(**client), language(lang), score, claims=claims)


def claims(**verdicts: tuple[float, str]) -> Any:
    made = [SimpleNamespace(criterion=id, level=level, verdict=v) for id, (level, v) in verdicts.items()]
    facts = {one.criterion: f"The data tell of {one.criterion}." for one in made}
    return SimpleNamespace(claims=tuple(made), facts=lambda: facts)


def texts(actions: Actions) -> str:
    parts = [*actions.actions(), *actions.days(), *actions.handouts(), actions.section()]
    return "\n".join([actions.headline(), actions.next_audit(), *(part.model_dump_json() for part in parts)])


# The headline ---------------------------------------------------------------------------------------------------------


def test_the_headline_says_what_is_lost_a_month_and_where() -> None:
    found = actions_of(falling())
    stake = next(one for one in found.stakes if one.driver == "qualified")
    assert stake.state == "told"
    assert 0.85e6 < stake.low < 0.95e6
    assert 1.05e6 < stake.high < 1.15e6
    assert found.headline() == (
        "Beyond chance most is lost on the way to a qualified lead: about "
        f"₽{round(stake.low, -4) / 1e3:.0f}K–₽1.1M a month"
    )


def test_money_is_written_with_two_figures() -> None:
    words = actions_of(falling()).words
    assert [words.money(value) for value in (0, 123_456, 98_765_432, 1_049, 7.4)] == [
        "₽0", "₽120K", "₽99M", "₽1,000", "₽7.4",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        (facts_of(), "cannot be counted: the data hold no leads of the period"),
        (facts_of(month("2026-06-01", **WORSE), as_of=dt.date(2026, 7, 3)), "the leads of the period are too young"),
        (facts_of(*[month(day, 400, 160, 1) for day in MONTHS]), "too few sales with an amount"),
        (facts_of(*[month(day, 400, 160, 0, spend=1e5) for day in MONTHS]), "too few sales with an amount"),
        (facts_of(*[month(day, 400, 160, 40) for day in MONTHS]), "cannot be told from chance; at most ₽"),
    ],
)
def test_what_cannot_be_said_is_not_said(facts: Facts, said: str) -> None:
    found = actions_of(facts)
    assert said in found.headline()
    assert all(action.money is None for action in found.actions())
    texts(found)


# The first three ------------------------------------------------------------------------------------------------------


def test_an_action_has_all_that_an_owner_needs() -> None:
    found = actions_of(falling(), heads={"marketing": "Ann Brook", "sales": "Bill Stone"})
    first = found.actions()[0]
    assert first.title == "Raise the share of qualified leads"
    assert first.owner == "Heads of marketing and sales: Ann Brook and Bill Stone"
    assert "now 40.0%; in the best quarter (July–September 2025)" in first.why or "October–December 2025" in first.why
    assert first.effort == "about 3 hours: both heads together"
    assert first.watch.startswith("Share of qualified leads: from 40.0% to 50")
    assert first.money == pytest.approx(found.stakes[2].middle)
    assert first.amount.startswith("about ₽")
    # 15 working days (Monday to Friday) after Wednesday, 30 September.
    assert first.look_again == "October 21, 2026"
    assert all(getattr(first, name) for name in ("why", "first_step", "effort", "watch", "look_again", "section"))


def test_at_most_three_actions() -> None:
    everything = claims(**dict.fromkeys(questionnaire().ids, (1.0, "no_data")))
    found = actions_of(falling(), claims=everything)
    assert len(found.actions()) == 3
    assert len(found.steps) > 10


def test_an_overclaimed_root_comes_before_what_rests_on_it() -> None:
    weak = claims(B1=(1.5, "overclaimed"))
    found = actions_of(falling(), claims=weak)
    assert [step.key for step in found.steps[:2]] == ["B1", "qualified"]
    why = found.actions()[0].why
    assert "The data tell of B1. The data show a level of 1.5 of 5." in why
    assert "other steps rest on it: “Rejected leads come back with a reason”" in why
    figure = found.section().exhibits[0].figure
    assert figure is not None
    assert "Share of qualified leads: ₽" in figure.alt


def test_a_criterion_speaks_with_the_text_of_the_questionnaire() -> None:
    found = actions_of(facts_of(), claims=claims(C1=(2.0, "no_data")), lang="ru")
    criterion = questionnaire().criterion("C1")
    action = found.actions()[0]
    assert action.first_step == criterion.action["ru"]
    assert action.watch == criterion.fact["ru"]


def test_nothing_to_repair() -> None:
    good = claims(**dict.fromkeys(questionnaire().ids, (5.0, "confirmed")))
    found = actions_of(facts_of(*[month(day, **WORSE) for day in MONTHS]), claims=good)
    assert [action.title for action in found.actions()] == []
    assert "No step stands out" in " ".join(found.section().lead)
    assert len(found.days()) == 3


def test_answers_only() -> None:
    nobody = score(Answers((), ()), questionnaire())
    found = actions_of(facts_of(), score=nobody)
    assert found.section().exhibits[-1].key == "actions-steps"
    assert [exhibit.key for exhibit in found.section().exhibits] == ["actions-steps"]
    assert found.actions()[0].why == "Nothing in the data tells how this stands today."


# The section ----------------------------------------------------------------------------------------------------------


def test_the_chart_shows_every_figure_known_or_not() -> None:
    found = actions_of(facts_of(*[month(day, **BETTER | {"within": 0, "late": 0, "silent": 0}) for day in MONTHS]))
    exhibit = found.section().exhibits[0]
    assert exhibit.figure is not None
    assert "First answer within 1\N{NO-BREAK SPACE}h: ? no data" in exhibit.figure.alt
    assert exhibit.figure.svg.count("<title>") == 1
    assert len(exhibit.table.rows) == len([one for one in found.stakes if one.driver != "losing"])  # type: ignore[union-attr]


def test_a_missing_margin_is_said_where_money_stands() -> None:
    boxes = [box.title for box in actions_of(falling()).section().boxes]
    assert "Profit without the cost of goods" not in boxes
    client = Client.model_validate({"client": "A", "currency": "EUR", "cycle_days": 20})
    found = Actions.measure(falling(), client, language("en"))
    assert "Profit without the cost of goods" in [box.title for box in found.section().boxes]


@pytest.mark.parametrize("lang", ["en", "ru", "uk"])
def test_every_language_says_everything(lang: str) -> None:
    weak = claims(B1=(1.5, "overclaimed"), D1=(2.0, "no_data"))
    written = texts(actions_of(falling(), lang, claims=weak))
    assert "nan" not in written
    assert "None" not in written
    if lang != "en":
        for english in (" the ", " and ", "a month"):
            assert english not in written.replace("client.yml", ""), english


def test_figures_are_json_and_free_of_language() -> None:
    found = actions_of(falling())
    figures = found.figures()
    assert json.loads(json.dumps(figures, allow_nan=False)) == figures
    assert figures == actions_of(falling(), "ru").figures()
    stake = figures["actions"]["stakes"]["qualified"]
    assert stake["state"] == "told"
    assert stake["interval"][0] < stake["money"] < stake["interval"][1]
    assert figures["actions"]["first"] == [step.key for step in found.steps[:3]]


def test_huge_and_negative_money() -> None:
    huge = actions_of(falling(amount=1e12))
    assert "B" in huge.headline()
    refunds = actions_of(falling(amount=-500.0))
    assert "too few sales with an amount" in refunds.headline() or "cannot" in refunds.headline()
    texts(refunds)


# Dates ----------------------------------------------------------------------------------------------------------------


def test_days_off_are_left_out() -> None:
    monday_to_friday = client_of()
    assert after_working_days(monday_to_friday, dt.date(2026, 7, 17), 1) == dt.date(2026, 7, 20)
    assert after_working_days(monday_to_friday, dt.date(2026, 7, 18), 0) == dt.date(2026, 7, 20)
    saturdays = client_of(working_hours={"mon-sat": "09:00-18:00"})
    assert after_working_days(saturdays, dt.date(2026, 7, 17), 1) == dt.date(2026, 7, 18)
    # The first days of January are free in Russia.
    russian = client_of(country="RU", working_hours={"mon-fri": "09:00-18:00"})
    assert after_working_days(russian, dt.date(2025, 12, 30), 1) > dt.date(2026, 1, 8)
    one_day = client_of(working_hours={"wed": "09:00-18:00"})
    assert after_working_days(one_day, dt.date(2026, 7, 15), 20) == dt.date(2026, 12, 2)


def test_the_next_audit_is_a_quarter_away_or_a_cycle() -> None:
    assert next_audit(client_of(), dt.date(2026, 7, 15)) == dt.date(2026, 10, 14)
    assert next_audit(client_of(cycle_days=200), dt.date(2026, 7, 15)) == dt.date(2027, 2, 15)


def test_three_stretches_of_thirty_days() -> None:
    days = actions_of(falling()).days()
    assert [one.title for one in days] == [
        "Days 1–30, until October 30, 2026",
        "Days 31–60, until November 29, 2026",
        "Days 61–90, until December 29, 2026",
    ]
    # A step stands inside a sentence.
    assert any(" - raise the share of qualified leads" in item for item in days[0].items)


# Into the report ------------------------------------------------------------------------------------------------------


def test_the_report_is_filled() -> None:
    from helpers.report.assemble import assemble, key_figures

    found = actions_of(falling())
    alone = found.client.model_copy(update={"peers": False})
    brief: Any = SimpleNamespace(say=found.say, client=alone, brand=None)
    data: Any = SimpleNamespace(period=SimpleNamespace(from_=found.period[0], to=found.period[1]), as_of=found.as_of,
                                files=())  # fmt: skip
    card: Any = SimpleNamespace(score_card=ScoreCard)
    report = assemble(brief, data, card, (found,))
    assert isinstance(report, Report)
    assert report.headline == found.headline()
    assert report.next_audit == found.next_audit()
    assert report.days == found.days()
    assert [page.key for page in report.handouts] == [
        "sign-off", "meeting", "qualified-lead", "answer-time", "rejection-reasons", "pay-clause", "utm-rules",
    ]  # fmt: skip
    # The chapter that an action points to may be missing from this report.
    assert {action.section for action in report.actions} == {"actions"}
    assert set(key_figures(brief, data, (found,))["five"].values()) == {None}
    without = assemble(brief, data, card, ())
    assert (without.headline, without.actions, without.handouts) == ("", (), ())


def test_the_score_knows_what_the_data_contradict() -> None:
    from helpers.report.assemble import assemble

    class Compared(Claims):
        overclaimed, compared = ("B1",), 3

        def section(self) -> Section:
            return Section(key="claims", title="claims")

        def findings(self) -> tuple[()]:
            return ()

    found = actions_of(falling())
    alone = found.client.model_copy(update={"peers": False})
    brief: Any = SimpleNamespace(say=found.say, client=alone, brand=None)
    data: Any = SimpleNamespace(period=SimpleNamespace(from_=found.period[0], to=found.period[1]), as_of=found.as_of,
                                files=())  # fmt: skip
    card: Any = SimpleNamespace(score_card=lambda *told: ScoreCard(missing=repr(told)))
    compared = Compared(found.say, found.client, (), "")
    assert assemble(brief, data, card, (compared,)).score == ScoreCard(missing="(('B1',), 3)")
    assert assemble(brief, data, card, ()).score == ScoreCard(missing="()")


def test_losing_campaigns_are_named_without_markup() -> None:
    found = actions_of(falling())
    row = pd.DataFrame({"channel": ["ads"], "campaign": ["{0} <b>"], "campaign_id": [""], "whole_channel": [False],
                        "unnamed": [False], "kind": ["matched"]})  # fmt: skip
    losing = type(found.losing)(row, 1000.0, found.losing.draws)
    words = type(found)(**{**vars(found), "losing": losing}).words
    assert words.losing == ("ads: {0} <b>",)
