"""The funnel's chapter: where leads are lost, young leads, who sees what, words and pictures."""

from __future__ import annotations

import datetime as dt
import re
from types import SimpleNamespace
from typing import Any

import pytest
from funnel_facts import (
    STAGES,
    aged,
    full,
    lead,
    make_client,
    make_facts,
    make_funnel,
    snapshot,
    survey,
)
from scipy.stats import binomtest

from helpers.chapters.funnel import Funnel
from helpers.chapters.funnel_counts import recorded_stages
from helpers.chapters.funnel_measure import Ratio, measure_funnel
from helpers.chapters.funnel_visibility import measure_visibility, said
from helpers.client import Client
from helpers.language import language
from helpers.survey.answers import Answers, Respondent
from helpers.survey.criteria import questionnaire
from helpers.survey.score import score

# Losses --------------------------------------------------------------------------------------------------------------


def test_the_largest_known_loss_and_its_money() -> None:
    funnel = make_funnel(full())
    worst = funnel.losses.worst
    assert worst is not None
    assert (worst.before, worst.after, worst.reached, worst.passed, worst.lost) == (
        "contacted", "qualified", 300, 150, 150
    )  # fmt: skip
    first = funnel.funnel.losses[0]
    assert (first.lost, first.open) == (80, 20)
    # 1 % of 300 is 3 more qualified; 40 of 150 qualified buy for 100 each.
    (finding,) = funnel.findings()
    assert finding.money == pytest.approx(3 * 40 / 150 * 100)
    assert "Most leads are lost between “First answer given” and “Qualified”: 150 of 300" in finding.text
    assert "of revenue" in finding.detail


def test_money_is_profit_where_the_margin_is_known_and_absent_without_amounts() -> None:
    profit = make_funnel(full(), client=make_client(margin=0.4))
    assert "of gross profit" in profit.findings()[0].detail
    free = [{**row, "gross": 0.0, "revenue": 0.0, "priced": 0} for row in full()]
    (finding,) = make_funnel(free).findings()
    assert (finding.money, finding.amount, finding.detail) == (None, "", "")


# Young leads ---------------------------------------------------------------------------------------------------------


def test_young_leads_are_expected_by_age_not_lost() -> None:
    made = aged()
    funnel = make_funnel(made["leads"], ages=made["ages"], days=made["days"])
    january, june = funnel.maturity.months
    assert funnel.maturity.cycle_days == 20
    assert (january.ripe, june.ripe) == (True, False)
    assert (january.so_far.share, june.so_far.share) == (0.4, 0.2)
    # One in five is won by day 10, when half of January's wins are in: about as many are to come.
    assert june.more == pytest.approx(20.0, rel=0.15)
    assert june.expected == pytest.approx(0.4, abs=0.03)
    assert june.final_range is not None
    low, high = june.final_range
    assert low < 0.33 < 0.4 < 0.47 < high
    assert january.more == 0
    assert january.final_range == (0.4, 0.4)
    assert funnel.maturity.final == pytest.approx(0.4, abs=0.02)
    assert funnel.maturity.seen == pytest.approx(0.75, abs=0.03)
    assert funnel.maturity.young == 80
    exhibit = next(x for x in funnel.section().exhibits if x.key == "funnel-months")
    assert re.fullmatch(
        r"30% of leads have become customers so far; 3\d–4\d% are to be expected in the end", exhibit.title
    )
    assert exhibit.table is not None
    assert [row[-1] for row in exhibit.table.rows] == ["final", "not final yet"]
    ripening = next(x for x in funnel.section().exhibits if x.key == "funnel-ripening")
    assert re.fullmatch(
        r"June 2024: 20% of leads bought so far, \d\d–\d\d% are to be expected in the end", ripening.title
    )
    assert ripening.table is not None
    assert [(row[0], row[-1]) for row in ripening.table.rows] == [
        ("January 2024", "ripe"),
        ("June 2024", "not ripe yet"),
    ]
    # Both at the age of 15 days, which all leads of June have reached: one in five of either month.
    assert [row[2] for row in ripening.table.rows] == [pytest.approx(0.2), pytest.approx(0.2)]


def test_only_the_end_of_a_ripe_line_is_called_a_result(monkeypatch) -> None:
    from helpers.report import theme

    said: list[str] = []
    drawn = theme.label_lines
    monkeypatch.setattr(
        theme, "label_lines", lambda ax, ends, labels, colours: (said.extend(labels), drawn(ax, ends, labels, colours))
    )
    made = aged()
    make_funnel(made["leads"], ages=made["ages"]).section()
    assert said == ["Jan 40%", "Jun"]


def test_the_clients_own_cycle_decides_ripeness() -> None:
    made = aged()
    funnel = make_funnel(made["leads"], ages=made["ages"], client=make_client(cycle_days=15))
    # June's last lead is 15 days old on July 15.
    assert [month.ripe for month in funnel.maturity.months] == [True, True]
    later = make_funnel(made["leads"], ages=made["ages"], client=make_client(cycle_days=16))
    assert [month.ripe for month in later.maturity.months] == [True, False]


def test_a_leap_february_ends_on_the_29th() -> None:
    rows = [lead(40, outcome="open", month="2024-02-01"), lead(40, "won", "won", month="2024-02-01")]
    on = {"as_of": dt.date(2024, 3, 10)}
    ripe = make_funnel(rows, client=make_client(cycle_days=10), **on).maturity.months[0]
    unripe = make_funnel(rows, client=make_client(cycle_days=11), **on).maturity.months[0]
    assert (ripe.ripe, unripe.ripe) == (True, False)


def test_a_month_cut_by_the_period_is_as_young_as_its_last_day() -> None:
    rows = [lead(40, outcome="open", month="2024-06-01")]
    period = SimpleNamespace(from_=dt.date(2024, 6, 1), to=dt.date(2024, 6, 10))
    funnel = make_funnel(rows, client=make_client(cycle_days=35), period=period)
    assert [month.ripe for month in funnel.maturity.months] == [True]


def test_closed_leads_are_final_whatever_their_age() -> None:
    rows = [lead(40, month="2024-06-01"), lead(40, "won", "won", month="2024-06-01")]
    funnel = make_funnel(rows, client=make_client(cycle_days=300))
    assert funnel.maturity.months[0].ripe
    months = next(x for x in funnel.section().exhibits if x.key == "funnel-months")
    assert months.reading[-2].startswith("No lead is open any more")


# Visibility ----------------------------------------------------------------------------------------------------------


def test_company_visibility_is_known_transitions_of_all() -> None:
    assert make_funnel(full()).figures()["visibility"] == {"company": 6 / 7, "marketing": None, "sales": None}
    assert make_funnel(snapshot()).figures()["visibility"]["company"] == 3 / 7


def test_visibility_by_the_answers_of_at_least_half() -> None:
    sees = {"impressions": 1.0, "clicks": 1.0, "leads": 0.5, "contacted": 0.49, "repeat": 1.0}
    answers = survey(marketing=(4, sees), sales=(3, {}))
    client = make_client(seen_by={key: ["sales"] for key in STAGES})
    funnel = Funnel.measure(make_facts(full()), client, language("en"), score=answers)
    # Asked and seeing nothing is an answer: client.yml does not speak over it.
    assert funnel.figures()["visibility"] == {"company": 6 / 7, "marketing": 2 / 7, "sales": 0.0}
    seen = funnel.figures()["funnel_seen"]
    assert seen == {"marketing": ["impressions", "clicks", "leads", "repeat"], "sales": []}


def test_visibility_from_the_real_score() -> None:
    forms = [
        Respondent(respondent=f"m{i}", department="marketing", role="staff", answers={}, sees=sees)
        for i, sees in enumerate([("clicks", "leads"), ("clicks",), ("leads",), None])
    ]
    forms.append(Respondent(respondent="s1", department="sales", role="leader", answers={}, sees=()))
    result = score(Answers(tuple(forms), ()), questionnaire())
    # Two of the three who were asked see both ends of clicks → leads.
    assert said(result) == {"marketing": {"clicks": pytest.approx(2 / 3), "leads": pytest.approx(2 / 3)}, "sales": {}}
    funnel = Funnel.measure(make_facts(full()), make_client(), language("en"), score=result)
    assert funnel.figures()["visibility"] == {"company": 6 / 7, "marketing": 1 / 7, "sales": 0.0}


def test_client_yml_speaks_only_for_a_department_that_nobody_of_answered() -> None:
    steps = make_funnel(full()).funnel.steps
    client = make_client(seen_by={"leads": ["sales", "marketing"], "contacted": ["sales"], "won": ["sales"]})
    seen = measure_visibility(steps, client, said(survey(marketing=(3, {"clicks": 1.0, "leads": 1.0}))))
    assert seen.departments["marketing"].told == "answers"
    assert seen.departments["marketing"].share == 1 / 7
    assert (seen.departments["sales"].told, seen.departments["sales"].share) == ("client", 1 / 7)


def test_a_few_anonymous_answers_are_neither_shown_nor_replaced() -> None:
    client = make_client(seen_by={key: ["sales"] for key in STAGES})
    answers = survey("anonymous", marketing=(5, dict.fromkeys(STAGES, 1.0)), sales=(4, {}))
    funnel = Funnel.measure(make_facts(full()), client, language("en"), score=answers)
    assert funnel.figures()["visibility"] == {"company": 6 / 7, "marketing": 6 / 7, "sales": None}
    assert "Too few anonymous answers to show what they see: Sales." in funnel.section().lead[1]


def test_an_unknown_stage_is_seen_by_nobody() -> None:
    everything = dict.fromkeys(STAGES, 1.0)
    answers = survey(marketing=(3, everything), sales=(3, everything))
    funnel = Funnel.measure(make_facts(snapshot()), make_client(), language("en"), score=answers)
    assert funnel.figures()["visibility"] == {"company": 3 / 7, "marketing": 3 / 7, "sales": 3 / 7}


# The chapter ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", ["en", "ru", "uk"])
@pytest.mark.parametrize("rows", [full(), snapshot(), [], [lead(5)], aged()["leads"]], ids=range(5))
def test_the_section_is_complete_in_every_language(lang: str, rows: list[dict[str, Any]]) -> None:
    section = make_funnel(rows, lang).section()
    for exhibit in section.exhibits:
        assert exhibit.title
        if exhibit.table is not None:
            assert all(len(row) == len(exhibit.table.columns) for row in exhibit.table.rows)
        if exhibit.figure is not None:
            assert exhibit.figure.svg.startswith("<svg")
            assert "nan" not in exhibit.figure.alt


def test_the_same_facts_give_the_same_pictures() -> None:
    first, second = (make_funnel(full()).section() for _ in range(2))
    assert [exhibit.figure for exhibit in first.exhibits] == [exhibit.figure for exhibit in second.exhibits]


def test_names_from_the_client_stay_text() -> None:
    stages = [
        {"key": "leads", "name": "<script>alert(1)</script>"},
        {"key": "own", "name": "$x^2$ {{ braces }} {0} %s \x1b[31m"},
        {"key": "won", "name": "Очень длинное название этапа продаж с переносом на много строк и ещё немного"},
    ]
    client = Client.model_validate({"client": "x", "currency": "RUB", "stages": stages})
    facts = make_facts([lead(100), lead(60, "own"), lead(40, "won", "won")], stages=("leads", "own", "won"))
    funnel = Funnel.measure(facts, client, language("ru"))
    section = funnel.section()
    assert section.exhibits[0].figure is not None
    assert "<script" not in section.exhibits[0].figure.svg
    assert "\x1b" not in section.exhibits[0].figure.svg
    assert section.exhibits[0].table is not None
    assert section.exhibits[0].table.rows[1][0] == stages[1]["name"]
    assert funnel.losses.worst is not None


def test_stages_in_an_odd_order() -> None:
    order = ("own", "leads", "won", "clicks", "referral")
    facts = make_facts([lead(100), lead(40, "won", "won"), lead(10, "referral", "won")], stages=order)
    funnel = measure_funnel(facts, recorded_stages(facts.leads, []))
    assert [step.count for step in funnel.steps] == [None, 150, 50, 2_000, 10]
    assert funnel["clicks"].step is None
    # Referrals are people after a purchase, whatever stands between the two in client.yml.
    assert funnel["won"].step == Ratio(50, 150)


def test_figures_are_json_of_the_schema() -> None:
    import json

    figures = json.loads(json.dumps(make_funnel(full()).figures(), allow_nan=False))
    assert set(figures) == {"funnel", "visibility", "funnel_seen"}
    assert figures["funnel_seen"] == {"marketing": None, "sales": None}
    for entry in figures["funnel"]:
        assert set(entry) == {"stage", "count", "of_previous", "of_first", "interval"}


def test_ratio_needs_thirty_and_a_part() -> None:
    assert Ratio(10, 29).share is None
    assert Ratio(10, 30).share == pytest.approx(1 / 3)
    assert Ratio(31, 30).share is None
    assert Ratio(0, 30).interval == (0.0, pytest.approx(binomtest(0, 30).proportion_ci(method="wilson").high))


def test_alt_text_holds_the_numbers() -> None:
    figure = make_funnel(full()).section().exhibits[0].figure
    assert figure is not None
    assert re.search(r"Customers: 40 \(50%, 39–61%\)", figure.alt)
    assert "Bought again: ?" in figure.alt
