from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from helpers.chapters.actions_order import CRITERION_OF, Level, levels, ordered
from helpers.chapters.actions_stakes import DRIVERS, Stake
from helpers.survey.criteria import questionnaire

FORM = questionnaire()


def known(**scores: float | Level) -> dict[str, Level]:
    """Levels of all criteria: 4.5 but for those given."""
    made = {id: score if isinstance(score, Level) else Level(id, score) for id, score in scores.items()}
    return {id: made.get(id, Level(id, 4.5)) for id in FORM.ids}


def told(driver: Any, money: float) -> Stake:
    return Stake(driver, "told", 0.1, 0.2, low=money / 2, middle=money, high=2 * money)


def chance(driver: Any, money: float) -> Stake:
    return Stake(driver, "chance", 0.1, 0.2, low=0.0, middle=money, high=2 * money)


def keys(stakes: list[Stake], level: dict[str, Level]) -> list[str]:
    return [step.key for step in ordered(stakes, level, FORM)]


def test_money_that_is_more_than_chance_comes_first_the_largest_first() -> None:
    stakes = [told("answer", 200), told("losing", 900), told("deal", 300)]
    assert keys(stakes, known(E3=2.0)) == ["losing", "deal", "answer", "E3"]


def test_money_that_is_small_against_the_rest_is_not_what_to_begin_with() -> None:
    small = [told("answer", 100), told("losing", 900), told("deal", 300)]
    assert keys(small, known(E3=2.0)) == ["losing", "deal", "E3", "answer"]
    # What people themselves find wanting comes in its turn.
    assert keys(small, known(E3=2.0, B2=1.0)) == ["losing", "deal", "answer", "E3"]
    # A large sum that may be chance makes a sure one no larger.
    likely = [told("lead_cost", 1069), told("losing", 3124), chance("deal", 8188)]
    nobody = {id: Level(id) for id in FORM.ids} | {"B2": Level("B2", fact=1.5), "E4": Level("E4", fact=2.5)}
    assert keys(likely, nobody) == ["losing", "B2", "E4", "deal", "lead_cost"]


def test_the_sum_that_the_first_page_opens_with_is_never_too_small() -> None:
    stakes = [told("lead_cost", 1069), told("answer", 100), chance("deal", 8188)]
    assert keys(stakes, known(E3=2.0)) == ["lead_cost", "E3", "deal", "answer"]


def test_then_the_distance_between_score_and_target() -> None:
    assert keys([], known(C1=3.0, C2=2.0, A2=3.5)) == ["C2", "C1", "A2"]
    assert keys([], known(C1=Level("C1", 4.2, target=5.0), C2=3.5)) == ["C1", "C2"]


def test_departments_that_differ_and_answers_that_the_data_contradict_weigh_more() -> None:
    assert keys([], known(C1=Level("C1", 3.0, differs=True), C2=2.6)) == ["C1", "C2"]
    praised = Level("B2", 4.8, fact=1.5, overclaimed=True)
    assert praised.urgency == pytest.approx(4.0 - 1.5 + 1)
    assert keys([], known(B2=praised, C2=2.0)) == ["B2", "C2"]


def test_a_hidden_strength_is_nothing_to_repair() -> None:
    assert keys([], known(B2=Level("B2", 2.0, fact=4.8, strength=True), C2=3.0)) == ["C2"]


@pytest.mark.parametrize(
    ("low", "first"),
    [
        (("A3", "B1", "B4"), ["B1", "B4", "A3"]),
        (("A4", "A1", "E1"), ["A1", "E1", "A4"]),
        (("D3", "D2", "D1"), ["D1", "D2", "D3"]),
        (("D4", "D1"), ["D1", "D4"]),
        (("E2", "D1"), ["D1", "E2"]),
        (("E4", "E3"), ["E3", "E4"]),
    ],
)
def test_prerequisites_of_the_questionnaire(low: tuple[str, ...], first: list[str]) -> None:
    # The one that rests on the others is the lowest and would come first without the rule.
    scores = {id: 2.5 - 0.5 * (id == low[0]) for id in low}
    assert keys([], known(**scores)) == first


def test_a_prerequisite_comes_before_the_money_that_rests_on_it() -> None:
    steps = ordered([told("losing", 900), told("answer", 500)], known(D1=2.0), FORM)
    assert [step.key for step in steps] == ["D1", "losing", "answer"]
    assert steps[0].before == ("D4",)


def test_a_prerequisite_that_is_not_low_stands_in_nobodys_way() -> None:
    assert keys([told("losing", 900)], known(D1=3.0)) == ["losing", "D1"]
    assert keys([told("losing", 900)], known(D1=4.0)) == ["losing"]
    assert keys([told("losing", 900)], known(D1=Level("D1"))) == ["losing"]


def test_a_prerequisite_by_its_data_where_the_answers_praise_it() -> None:
    assert keys([told("losing", 900)], known(D1=Level("D1", 4.5, fact=2.0, overclaimed=True))) == ["D1", "losing"]


def test_a_figure_stands_for_its_criterion() -> None:
    steps = ordered([told("answer", 100)], known(B2=1.0, B3=1.5), FORM)
    assert [step.key for step in steps] == ["answer", "B3"]
    merged = ordered([chance("answer", 100)], known(B2=2.0), FORM)
    assert [(step.key, step.likely, step.money) for step in merged] == [("B2", 100, None)]


def test_money_that_may_be_chance_breaks_ties_only() -> None:
    stakes = [chance("answer", 100)]
    assert keys(stakes, known(B2=3.0, C2=3.0)) == ["B2", "C2"]
    assert keys(stakes, known(B2=3.0, C2=2.9)) == ["C2", "B2"]
    assert keys(stakes, known()) == ["answer"]
    assert keys([chance("answer", 0)], known()) == []


def test_what_is_not_applicable_or_unknown_is_no_step() -> None:
    level = known(A3=Level("A3", 1.0, applies=False), C1=Level("C1"))
    assert keys([], level) == []


def test_without_answers_the_data_decide_and_gaps_in_the_data_come_last() -> None:
    nobody = {id: Level(id) for id in FORM.ids} | {"C1": Level("C1", fact=2.0)}
    stakes = [told("deal", 10), Stake("answer", "no_data"), Stake("losing", "no_data")]
    steps = ordered(stakes, nobody, FORM)
    assert [step.key for step in steps] == ["deal", "C1", "B2"]
    assert steps[-1].missing


def test_everything_good_and_everything_bad() -> None:
    assert keys([], known()) == []
    everything = keys([told(driver, 10) for driver in DRIVERS], known(**dict.fromkeys(FORM.ids, 1.0)))
    assert len(everything) == len(set(everything))
    place = {key: number for number, key in enumerate(everything)}
    for criterion in FORM.criteria:
        for id in criterion.prerequisites:
            if criterion.id in place and id in place:
                assert place[id] < place[criterion.id]
    assert set(CRITERION_OF) == set(DRIVERS)


def test_levels_of_answers_and_claims() -> None:
    one = SimpleNamespace(id="B2", score=4.0, target=5.0, differs=True, applies=True,
                          of=lambda side: {"marketing": 3.5, "sales": 4.5}[side])  # fmt: skip
    silent = SimpleNamespace(id="C1", score=None, target=4.0, differs=False, applies=True,
                             of=lambda side: {"marketing": 2.5, "sales": None}[side])  # fmt: skip
    claims = [
        SimpleNamespace(criterion="B2", level=1.5, verdict="overclaimed"),
        SimpleNamespace(criterion="D1", level=2.0, verdict="no_data"),
    ]
    found = levels(SimpleNamespace(criteria=(one, silent)), claims, FORM)  # type: ignore[arg-type]
    assert (found["B2"].score, found["B2"].known, found["B2"].low) == (4.0, 1.5, True)
    assert (found["B2"].marketing, found["B2"].sales, found["B2"].target) == (3.5, 4.5, 5.0)
    assert found["C1"].score == 2.5
    assert (found["D1"].score, found["D1"].known) == (None, 2.0)
    assert levels(None, (), FORM)["A1"] == Level("A1")
