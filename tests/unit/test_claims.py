"""Claims against facts: levels, verdicts, what is said and drawn; nothing missing is held against anybody."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import math
import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from facts_builder import client_of
from hypothesis import given
from hypothesis import strategies as st

from helpers.chapters import claims_words as words
from helpers.chapters.claims import Claim, Claims, claim_of
from helpers.chapters.claims_chart import draw_claims
from helpers.chapters.claims_fact import Fact, counted, resampled, share
from helpers.chapters.claims_level import VERDICTS, level_of, levels_of, verdict_of
from helpers.chapters.claims_texts import further_text, missing_text, rule_text
from helpers.client import Client
from helpers.errors import ClientFileError
from helpers.language import language
from helpers.survey.criteria import questionnaire
from helpers.survey.result import Cell, CriterionScore

SAY = language("en")
RISING, FALLING = (20.0, 50.0, 85.0), (30.0, 12.0, 3.0)


@pytest.mark.parametrize(
    ("value", "anchors", "level"),
    [
        (0, RISING, 1), (20, RISING, 1), (35, RISING, 2), (50, RISING, 3), (67.5, RISING, 4), (85, RISING, 5),
        (100, RISING, 5), (40, FALLING, 1), (30, FALLING, 1), (21, FALLING, 2), (12, FALLING, 3), (7.5, FALLING, 4),
        (3, FALLING, 5), (0, FALLING, 5),
    ],
)  # fmt: skip
def test_level_lies_on_straight_lines_between_the_anchors(value: float, anchors: Any, level: float) -> None:
    assert level_of(value, anchors) == pytest.approx(level)


@given(st.floats(-50, 150), st.floats(-50, 150))
def test_a_better_value_is_never_a_lower_level(one: float, other: float) -> None:
    low, high = sorted((one, other))
    assert level_of(low, RISING) <= level_of(high, RISING)
    assert level_of(low, FALLING) >= level_of(high, FALLING)


def test_interval_of_a_figure_that_should_be_low_is_turned_round() -> None:
    assert levels_of(3, 12, FALLING) == (3, 5)
    assert levels_of(20, 50, RISING) == (1, 3)


@pytest.mark.parametrize(
    ("claimed", "level", "low", "high", "verdict"),
    [
        (3.0, 3.0, 1.0, 5.0, "confirmed"),
        (3.99, 3.0, 2.9, 3.1, "confirmed"),
        (4.0, 3.0, 2.9, 3.1, "unclear"),  # exactly one level apart
        (4.49, 3.0, 2.9, 3.1, "unclear"),
        (4.5, 3.0, 2.9, 3.5, "overclaimed"),  # one and a half, and the near end one level away
        (4.5, 3.0, 2.9, 3.6, "unclear"),  # the near end is too near
        (5.0, 1.0, 1.0, 4.1, "unclear"),
        (1.5, 3.0, 2.5, 3.1, "hidden_strength"),
        (1.5, 3.0, 2.4, 5.0, "unclear"),
        (2.0, 3.0, 2.9, 3.1, "unclear"),
        (None, 3.0, 2.9, 3.1, "no_data"),
        (4.0, None, math.nan, math.nan, "no_data"),
    ],
)
def test_verdicts(claimed: float | None, level: float | None, low: float, high: float, verdict: str) -> None:
    assert verdict_of(claimed, level, low, high) == verdict


@given(st.floats(1, 5), st.floats(1, 5), st.floats(0, 2), st.floats(0, 2))
def test_verdicts_are_the_same_in_both_directions(claimed: float, level: float, below: float, above: float) -> None:
    turned = {"overclaimed": "hidden_strength", "hidden_strength": "overclaimed"}
    found = verdict_of(claimed, level, level - below, level + above)
    assert verdict_of(6 - claimed, 6 - level, 6 - level - above, 6 - level + below) == turned.get(found, found)


def answer(criterion: str, marketing: float | None, sales: float | None, **more: Any) -> CriterionScore:
    cells = {
        side: Cell(asked=3, answered=0 if value is None else 3, dont_know=0, score=value)
        for side, value in (("marketing", marketing), ("sales", sales))
    }
    known = [value for value in (marketing, sales) if value is not None]
    both = sum(known) / 2 if len(known) == 2 else None
    return CriterionScore(criterion, criterion[0], more.pop("applies", True), cells, both, 0.0, 4.0, **more)


def compared(criterion: str, marketing: float | None, sales: float | None, fact: Fact, **more: Any) -> Claim:
    found = questionnaire().criterion(criterion)
    return claim_of(found, answer(criterion, marketing, sales, **more), fact, found.cut_points)


def test_answer_of_the_receiver_leads() -> None:
    fact = share(50, 100, 30)
    assert compared("B2", 2.0, 4.0, fact).claimed == 2.0  # marketing waits for the answer of sales
    assert compared("C2", 4.0, 2.0, fact).claimed == 2.0  # sales waits for the brief of marketing
    assert compared("B1", 4.0, 2.0, fact).claimed == 3.0
    assert compared("B2", None, 4.0, fact).claimed == 4.0
    assert compared("B1", 4.0, None, fact).claimed == 4.0


def test_fact_never_changes_an_answer() -> None:
    claim = compared("B2", 4.8, 4.7, share(4, 100, 30))
    assert (claim.marketing, claim.sales, claim.claimed, claim.verdict) == (4.8, 4.7, 4.8, "overclaimed")
    assert claim.level == 1.0


def test_under_the_minimum_there_is_no_level_and_no_verdict() -> None:
    claim = compared("B2", 4.8, 4.7, share(0, 29, 30))
    assert (claim.verdict, claim.why, claim.level, claim.fact_value, claim.n, claim.need) == (
        "no_data", "few", None, None, 29, 30,
    )  # fmt: skip
    assert compared("B2", 4.8, 4.7, share(0, 30, 30)).verdict == "overclaimed"


def test_what_does_not_apply_or_was_not_answered_is_not_judged() -> None:
    bad = counted(0.0, 100, 1)
    assert compared("C3", None, None, bad, applies=False).why == "not_applicable"
    silent = compared("B2", None, None, bad)
    assert (silent.why, silent.verdict, silent.level) == ("no_answers", "no_data", 1.0)


def test_cap_holds_the_level_and_its_interval() -> None:
    capped = dataclasses.replace(counted(95.0, 12, 12), cap=3.0, rule="no_decisions")
    claim = compared("C1", 4.8, 4.8, capped)
    assert (claim.level, claim.level_low, claim.level_high, claim.verdict) == (3.0, 3.0, 3.0, "overclaimed")


def test_level_by_rule() -> None:
    claim = compared("E4", 1.5, 1.5, Fact(None, n=40, rule="no_referral", level=1.0))
    assert (claim.level, claim.verdict) == (1.0, "confirmed")


def test_rubber_stamp_is_never_confirmed() -> None:
    fact = share(99, 100, 30, rule="rubber_stamp")
    assert compared("B1", 5.0, 5.0, fact).verdict == "unclear"
    assert compared("B1", 2.0, 2.0, fact).verdict == "unclear"
    assert compared("B1", 5.0, 5.0, share(99, 100, 30)).verdict == "confirmed"


def test_sales_who_do_not_know_contradict_a_high_mark_of_marketing() -> None:
    missing = Fact(why="missing", missing=("promotions",))
    claim = compared("C2", 4.2, None, missing, not_visible=("sales",))
    assert (claim.verdict, claim.rule, claim.claimed) == ("overclaimed", "not_visible", 4.2)
    assert compared("C2", 3.9, None, missing, not_visible=("sales",)).verdict == "no_data"
    assert compared("C2", 4.2, None, missing).verdict == "no_data"
    # A measured fact speaks for itself.
    assert compared("C2", 4.2, None, share(19, 20, 5), not_visible=("sales",)).rule == ""
    # The rule is that of promotions: elsewhere a don't-know is a don't-know.
    assert compared("B2", None, 4.5, missing, not_visible=("marketing",)).verdict == "no_data"


def test_bootstrap_is_seeded_and_covers_the_mean() -> None:
    import numpy as np

    values = np.arange(40, dtype=float)
    one, other = (resampled(lambda at: values[at].mean(axis=1), 40) for _ in range(2))
    assert one == other
    # Standard error of the mean of 0..39 is 1.83.
    assert one == pytest.approx((19.5 - 1.96 * 1.825, 19.5 + 1.96 * 1.825), abs=0.3)


def chapter(lang: str, *claims: Claim, **more: Any) -> Claims:
    given = {claim.criterion: claim for claim in claims}
    nothing = Fact(why="missing", missing=("goals",))
    every = tuple(given.get(one, compared(one, 3.0, 3.0, nothing)) for one in questionnaire().ids)
    return Claims(language(lang), client_of(**more), every, "Note.")


def all_verdicts(lang: str = "en") -> Claims:
    return chapter(
        lang,
        compared("B2", 4.8, 4.7, share(4, 100, 30)),
        compared("D2", 2.0, 2.0, counted(2.0, 6, 3)),
        compared("B3", 3.0, 3.0, share(80, 100, 30)),
        compared("A2", 3.5, 3.5, Fact(20.0, 0.0, 60.0, 8, 5)),
        compared("B4", 3.0, 3.0, share(1, 5, 20)),
        compared("C3", None, None, Fact(why="nothing"), applies=False),
    )


def test_verdicts_are_ordered_and_counted() -> None:
    made = all_verdicts()
    order = [VERDICTS.index(claim.verdict) for claim in made.ordered]
    assert order == sorted(order)
    assert made.overclaimed == ("B2",)
    assert made.figures()["claims"]["verdicts"] == {
        "overclaimed": 1, "hidden_strength": 1, "confirmed": 1, "unclear": 1, "no_data": 16,
    }  # fmt: skip
    json.dumps(made.figures(), allow_nan=False)


def test_largest_contradiction_is_the_title_and_the_finding() -> None:
    made = all_verdicts()
    section = made.section()
    assert section.exhibits[0].title == (
        "“The first answer comes fast”: people give 4.8 of 5, but 4% of enquiries get an answer within 1\xa0h, around "
        "the clock"
    )
    first, second = made.findings()
    assert first.text == section.exhibits[0].title
    assert "works better than people think" in second.text
    reading = " ".join(section.exhibits[0].reading)
    assert "4 of 20 questions" in reading
    assert "counts against nobody" in reading
    assert questionnaire().criterion("B2").action["en"] in reading


def test_working_time_is_said_where_hours_are_given() -> None:
    made = all_verdicts()
    hours = made.client.model_copy(update={"working_hours": {"mon-fri": "09:00-18:00"}})
    assert "within 1\xa0h of working time" in words.headline(made["B2"], hours, SAY)
    for client, wanted in ((hours, "working time"), (made.client, "around the clock")):
        assert all(wanted in further_text(key, client, SAY) for key in ("median_min", "p90_min"))


def test_no_contradiction_is_said_as_such() -> None:
    made = chapter("en", compared("B3", 3.0, 3.0, share(80, 100, 30)))
    assert words.title(made.ordered, made.client, SAY) == "The data contradict no answer: 1 question compared"
    assert made.findings() == ()
    assert made.overclaimed == ()


def test_where_nobody_has_answered_the_data_speak_alone() -> None:
    made = chapter("en", compared("B2", None, None, share(16, 100, 30)), compared("B3", None, None, share(90, 100, 30)))
    assert words.title(made.ordered, made.client, SAY) == (
        "The data speak for 2 questions; nobody has answered the questionnaire yet"
    )
    assert [words.group(claim) for claim in made.ordered[:3]] == ["no_answers", "no_answers", "no_data"]
    assert made["B2"].verdict == "no_data"
    assert made.overclaimed is None
    told = words.reading(made.ordered, made.client, SAY)
    assert told[1].startswith("16% of enquiries get an answer")


@pytest.mark.parametrize(
    ("value", "text"), [(0.0, "0%"), (2.0, "2%"), (4.49, "4.5%"), (53.3, "53%"), (99.75, "99.8%"), (100.0, "100%")]
)
def test_per_cent_near_an_end_keeps_its_digit(value: float, text: str) -> None:
    assert words.percent_text(value, SAY) == text


def test_client_without_any_table_gets_a_list_of_what_to_collect() -> None:
    made = chapter("en")
    section = made.section()
    assert made.overclaimed is None
    assert section.exhibits[0].title == "The answers cannot be compared with data yet"
    last = section.exhibits[-1]
    assert len(section.exhibits) == 2
    assert last.title == "What to collect for the next audit: 20 questions cannot be compared with data yet"
    # A table goes on over pages where a frame would leave its last line alone.
    assert last.table is not None
    assert last.table_open
    assert [str(row[0])[:2] for row in last.table.rows] == list(questionnaire().ids)
    assert all("oals of campaigns in money" in str(row[1]) for row in last.table.rows)


def test_too_few_and_nothing_are_told_apart() -> None:
    table = words.to_collect(all_verdicts().of("no_data"), SAY)
    assert table is not None
    told = {str(row[0]): row[1] for row in table.rows}
    assert told["B4 Rejected leads come back with a reason"] == "Too few to judge; needed: 20 rejected leads"
    assert not any("Event contacts" in name for name in told)  # does not apply: nothing to collect


def test_table_holds_all_twenty() -> None:
    table = words.table(all_verdicts().ordered, client_of(), SAY)
    assert {str(row[0])[:2] for row in table.rows} == set(questionnaire().ids)
    row = next(row for row in table.rows if str(row[0]).startswith("B4"))
    assert row[4] == "too few to judge: 5 of 20"


@pytest.mark.parametrize("lang", ["en", "ru", "uk"])
def test_everything_can_be_said_in_each_language(lang: str) -> None:
    say = language(lang)
    english = ("the plans of the two departments", "conversations scored per manager")
    for criterion in questionnaire().criteria:
        made = chapter(lang, compared(criterion.id, 5.0, 5.0, counted(criterion.cut_points[0], 500, 1)))
        assert made[criterion.id].verdict == "overclaimed"
        said = words.title(made.ordered, made.client, say) + " ".join(words.reading(made.ordered, made.client, say))
        assert criterion.title[lang] in said
        assert "{" not in said
        if lang != "en":
            assert not any(text in said for text in english)
    for claim in all_verdicts(lang).claims:
        assert missing_text("goals", say)
        assert isinstance(rule_text(claim, "x", say), str)


@pytest.mark.parametrize("lang", ["ru", "uk"])
def test_rules_and_missing_tables_are_translated(lang: str) -> None:
    rules = ("rubber_stamp", "no_decisions", "no_access", "falling", "no_rejects", "adverts_only", "next_unknown")
    say = language(lang)
    for rule in rules:
        claim: Any = SimpleNamespace(rule=rule)
        text = rule_text(claim, "Имя", say)
        assert text != rule_text(claim, "Имя", SAY)
        assert re.search("[а-яі]", text)
    from helpers.chapters import claims_texts

    for name in re.findall(
        r'^        "([a-z_.]+)": say\(', Path(claims_texts.__file__).read_text("utf-8"), re.MULTILINE
    ):
        if "." in name or name in ("plan", "journey", "goals", "pay", "figures", "kpis"):
            assert missing_text(name, say) != missing_text(name, SAY), name


def test_picture_repeats_and_names_every_question() -> None:
    made = all_verdicts("ru")
    one, other = (made.section().exhibits[0].figure for _ in range(2))
    assert one is not None
    assert other is not None
    assert one.svg == other.svg
    assert all(questionnaire().criterion(id).title["ru"] in one.alt for id in questionnaire().ids)


def test_picture_of_twenty_unknown_is_drawn() -> None:
    made = chapter("uk")
    assert draw_claims(made.ordered, made.client, made.say, "alt").svg.count("<path") > 40


# client.yml ----------------------------------------------------------------------------------------------------------


def test_anchors_of_the_client_replace_the_usual_ones() -> None:
    criterion, fact = questionnaire().criterion("B2"), share(60, 100, 30)
    usual = claim_of(criterion, answer("B2", 4.0, 4.0), fact, criterion.cut_points)
    own = claim_of(criterion, answer("B2", 4.0, 4.0), fact, client_of(anchors={"B2": [10, 30, 60]}).anchors["B2"])
    assert usual.level == pytest.approx(3 + 2 * 10 / 35)
    assert own.level == 5


@pytest.mark.parametrize("wrong", [{"B2": [85, 50, 20]}, {"D2": [3, 12, 30]}, {"B2": [20, 20, 85]}, {"F1": [1, 2, 3]}])
def test_anchors_that_run_the_wrong_way_are_refused(wrong: dict[str, list[float]]) -> None:
    with pytest.raises(ValueError, match="anchors"):
        client_of(anchors=wrong)


def test_anchors_are_read_from_client_yml(tmp_path: Path) -> None:
    from helpers.client import read_client

    text = "client: X\ncurrency: RUB\nanchors: {B2: [10, 30, 60]}\n"
    (tmp_path / "client.yml").write_text(text, encoding="utf-8")
    assert read_client(tmp_path).anchors == {"B2": (10, 30, 60)}
    (tmp_path / "client.yml").write_text(text.replace("[10, 30, 60]", "[60, 30, 10]"), encoding="utf-8")
    with pytest.raises(ClientFileError, match="must rise"):
        read_client(tmp_path)


def test_measure_of_a_client_without_exports(tmp_path: Path) -> None:
    from claims_client import write_answers

    import helpers as audit

    (tmp_path / "client.yml").write_text(
        "client: X\ncurrency: RUB\nperiod: {from: 2026-01-01, to: 2026-06-30}\nas_of: 2026-07-01\n", encoding="utf-8"
    )
    write_answers(tmp_path / "answers")
    client: Client = audit.brief(
        {"client": str(tmp_path), "out": "reports", "lang": "ru", "period": "", "formats": "html"}
    ).client
    facts = audit.count(audit.load(client))
    score = audit.ScoreChapter.measure(audit.read_answers(tmp_path / "answers"), client, language("ru")).score
    made = Claims.measure(facts, client, language("ru"), score)
    assert {claim.verdict for claim in made.claims} == {"no_data"}
    assert {claim.why for claim in made.claims} <= {"missing", "few"}
    assert facts.as_of == dt.date(2026, 7, 1)
    made.section()
