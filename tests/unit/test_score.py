import itertools
import json
import math
import statistics
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from helpers.survey.agreement import gap_interval, hedges_g, r_wg
from helpers.survey.answers import Answers, Respondent
from helpers.survey.bands import BANDS, EDGES, gated, probabilities
from helpers.survey.careless import careless_flags, longest_run
from helpers.survey.criteria import questionnaire
from helpers.survey.means import TOTAL_ROUNDING, company_mean, difference, role_mean, role_weights
from helpers.survey.people import applying, left_out, person
from helpers.survey.result import Score
from helpers.survey.score import score

Q = questionnaire()
IDS = Q.ids
ALL = applying(Q, frozenset())
NUMBER = itertools.count()


def one(
    department: str, answers: int | Sequence[Any] | Mapping[str, Any] = 3, role: str = "staff", **more: Any
) -> Respondent:
    if isinstance(answers, int):
        answers = [answers] * 20
    if not isinstance(answers, Mapping):
        answers = dict(zip(IDS, answers, strict=True))
    more = {"respondent": f"{department}{next(NUMBER)}", **more}
    return Respondent.model_validate({"department": department, "role": role, "answers": answers, **more})


def with_sum(total: int) -> list[int]:
    """Twenty answers with this sum, as even as can be."""
    return [total // 20 + (place < total % 20) for place in range(20)]


def sides(marketing: Sequence[Any], sales: Sequence[Any], **more: Any) -> Score:
    forms = [one("marketing", x) for x in marketing] + [one("sales", x) for x in sales]
    return score(Answers(tuple(forms)), Q, **more)


def scored(*forms: Respondent, **more: Any) -> Score:
    return score(Answers(forms), Q, **more)


# People --------------------------------------------------------------------------------------------------------------


def test_the_total_of_a_whole_form_is_the_sum_of_its_answers() -> None:
    assert person(one("sales", with_sum(67)), ALL).total == pytest.approx(67)


def test_three_of_four_and_sixteen_of_twenty() -> None:
    holes = dict.fromkeys(IDS, 4)
    for dimension in "ABCD":
        holes[f"{dimension}1"] = "dk"
    assert person(one("sales", holes), ALL).total == pytest.approx(80)
    assert person(one("sales", {**holes, "E1": None}), ALL).total is None
    assert person(one("sales", {**dict.fromkeys(IDS, 4), "A1": "dk", "A2": "dk"}), ALL).total is None


def test_a_whole_dimension_missing_leaves_no_total() -> None:
    answers = {key: 4 for key in IDS if not key.startswith("C")}
    found = person(one("sales", answers), ALL)
    assert len(answers) == 16
    assert found.total is None
    assert set(found.dimensions) == set("ABDE")


def test_missing_answers_are_taken_from_their_own_dimension() -> None:
    # A: (5 + 5 + 2) / 3 = 4; the other dimensions 3: 20 × (4 + 12) / 5 = 64.
    answers = {**dict.fromkeys(IDS, 3), "A1": 5, "A2": 5, "A3": 2, "A4": "dk"}
    assert person(one("sales", answers), ALL).total == pytest.approx(64)


def test_not_applicable_leaves_the_denominator() -> None:
    forms = [one("sales", {**dict.fromkeys(IDS, 3), "A3": "na", "C3": "na", "A1": 5}) for _ in range(3)]
    without = left_out(forms, Q)
    assert without == {"A3", "C3"}
    # A: (5 + 3 + 3) / 3 = 11/3; total = 20 × (11/3 + 12) / 5.
    assert person(forms[0], applying(Q, without)).total == pytest.approx(4 * (11 / 3 + 12))


def test_with_three_criteria_all_three_are_needed_and_fifteen_of_eighteen() -> None:
    criteria = applying(Q, frozenset({"A3", "C3"}))
    full = {key: 3 for ids in criteria.values() for key in ids}
    assert person(one("sales", {**full, "A1": None}), criteria).total is None
    three_less = {**full, "B1": None, "D1": None, "E1": None}
    assert person(one("sales", three_less), criteria).total == pytest.approx(60)


@pytest.mark.parametrize(
    ("given", "out"),
    [(["na", "na", 3], True), (["na", 3], False), (["na", "dk", None], True), (["na", 3, 3], False), (["dk"], False)],
)
def test_not_applicable_is_decided_by_most_of_those_who_judged(given: list[Any], out: bool) -> None:
    forms = [one("sales", {**dict.fromkeys(IDS, 3), "A3": answer}) for answer in given]
    assert ("A3" in left_out(forms, Q)) is out


def test_one_who_disagrees_with_the_companys_not_applicable_is_not_counted_there() -> None:
    forms = [one("marketing", {**dict.fromkeys(IDS, 4), "A3": "na"}) for _ in range(3)]
    forms += [one("sales", {**dict.fromkeys(IDS, 4), "A3": answer}) for answer in ("na", "na", 1)]
    found = scored(*forms)
    assert found.total is not None
    assert found.total.value == pytest.approx(80)
    criterion = next(x for x in found.criteria if x.id == "A3")
    assert (criterion.applies, criterion.score, criterion.cells["sales"].answered) == (False, None, 0)
    assert [notice.subject for notice in found.notices if notice.code == "not_applicable"] == ["A3"]


# Departments and company ---------------------------------------------------------------------------------------------


def test_roles_then_departments_then_company() -> None:
    # Marketing: leader 80, staff (50 + 60) / 2 = 55 → 67.5; sales: staff only (40 + 50 + 60) / 3 = 50 → 58.75.
    forms = [one("marketing", with_sum(80), "leader"), one("marketing", with_sum(50)), one("marketing", with_sum(60))]
    forms += [one("sales", with_sum(total)) for total in (40, 50, 60)]
    found = scored(*forms)
    assert found.departments["marketing"].total is not None
    assert found.departments["marketing"].total.value == pytest.approx(67.5)
    assert found.total is not None
    assert found.total.value == pytest.approx(58.75)
    assert found.by_person == pytest.approx((80 + 50 + 60 + 40 + 50 + 60) / 6)
    assert {role: x.value for role, x in found.departments["marketing"].roles.items()} == pytest.approx(
        {"leader": 80, "staff": 55}
    )


def test_the_total_is_twenty_times_the_mean_of_the_dimensions() -> None:
    rng = np.random.default_rng(3)
    found = sides(rng.integers(1, 6, (4, 20)).tolist(), rng.integers(1, 6, (7, 20)).tolist())
    assert found.total is not None
    assert found.total.value == pytest.approx(20 * statistics.fmean(x.value for x in found.dimensions.values()))


def test_other_departments_stand_beside() -> None:
    found = scored(
        *[one("marketing", 2)] * 3, *[one("sales", 4)] * 3, one("management", 5, "leader"), one("support", 1)
    )
    assert found.total is not None
    assert found.total.value == pytest.approx(60)
    assert found.departments["management"].total is not None
    assert found.departments["management"].total.value == pytest.approx(100)
    assert found.criteria[0].of("support") == 1
    assert found.criteria[0].score == 3


def test_all_threes_are_sixty_with_a_flat_profile() -> None:
    found = sides([3] * 3, [3] * 3)
    assert found.total is not None
    assert found.total.value == 60
    assert found.ungated == found.band == "in_step"
    assert {x.value for x in found.dimensions.values()} == {3}
    # Six equal forms are all questionable and do not make a certain score.
    assert found.flags == {"flat": 6}
    assert found.total.interval is not None
    assert found.total.interval[0] < 60 < found.total.interval[1]


def test_all_fives_by_one_leader_is_halo_and_no_band() -> None:
    found = scored(one("marketing", 5, "leader", seconds=100))
    assert found.departments["marketing"].total is not None
    assert found.departments["marketing"].total.value == 100
    assert found.departments["marketing"].total.interval is None
    assert found.flags == {"halo": 1}
    assert (found.total, found.band, found.bands, found.missing) == (None, None, None, "one_sided")


def test_bands_are_those_of_the_questionnaire() -> None:
    assert [(band.key, band.low, band.high) for band in Q.bands] == [
        (band, EDGES[i], EDGES[i + 1]) for i, band in enumerate(BANDS)
    ]


@pytest.mark.parametrize(("sums", "total", "band"), [((39, 40), 39.5, "apart"), ((79, 80), 79.5, "in_step")])
def test_a_total_between_two_whole_points(sums: tuple[int, int], total: float, band: str) -> None:
    found = sides([with_sum(sums[0])] * 3, [with_sum(sums[1])] * 3)
    assert found.total is not None
    assert found.total.value == pytest.approx(total)
    assert found.ungated == band


def test_dust_of_floating_point_does_not_lower_a_band() -> None:
    # Thirds that add up to exactly 60.
    totals = [with_sum(59), with_sum(60), with_sum(61)]
    found = sides(totals, totals * 3)
    assert found.ungated == "in_step"


def test_no_answers() -> None:
    found = scored()
    assert (found.total, found.missing, found.forms, found.bands) == (None, "no_answers", 0, None)
    assert found.as_figures()["criteria"]["A1"] == dict.fromkeys(["score", "marketing", "sales", "gap", "dont_know"])


def test_two_answers_are_below_the_minimum() -> None:
    found = sides([4, 4], [3] * 20)
    assert (found.total, found.missing, found.preliminary) == (None, "few", 70)
    assert found.departments["marketing"].state == "few"
    assert found.bands is None


def test_two_who_are_all_marketers_are_complete() -> None:
    found = sides([4, 4], [3] * 20, headcount={"marketing": 2})
    assert found.total is not None
    assert found.total.value == 70
    assert found.by_person == pytest.approx((2 * 80 + 20 * 60) / 22)
    assert (found.small, found.total.interval, found.bands, found.band) == (True, None, None, "in_step")


def test_one_person_a_side_is_one_persons_view() -> None:
    found = sides([with_sum(45)], [with_sum(50)], headcount={"marketing": 1, "sales": 1})
    assert found.total is not None
    assert (found.total.value, found.band, found.bands, found.small) == (47.5, "agreed", None, True)


def test_half_of_the_people_are_needed_when_they_are_counted() -> None:
    assert sides([4] * 3, [4] * 4, headcount={"sales": 9}).missing == "half"
    assert sides([4] * 3, [4] * 4, headcount={"sales": 8}).missing == ""
    assert sides([4] * 3, [4] * 4).missing == ""


def test_a_headcount_below_the_forms_is_not_believed() -> None:
    found = sides([with_sum(x) for x in (50, 60, 70, 80)], [3] * 3, headcount={"marketing": 3})
    assert [(x.code, x.subject, x.people) for x in found.notices] == [("headcount", "marketing", 4)]
    assert found.departments["marketing"].headcount is None
    assert found.total is not None
    assert found.total.interval is not None


def test_unfinished_forms_stay_in_the_criteria() -> None:
    short = {"A1": 5}
    forms = [*[one("marketing", 3)] * 3, one("marketing", short), *[one("sales", 3)] * 3]
    found = scored(*forms)
    assert found.departments["marketing"].counted == 3
    assert found.criteria[0].of("marketing") == pytest.approx(3.5)
    assert found.total is not None
    assert found.total.value == 60
    assert [(x.code, x.subject, x.people) for x in found.notices] == [("unfinished", "marketing", 1)]
    assert scored(one("marketing", short), *[one("sales", 3)] * 3).missing == "unfinished"


# Interval and bands --------------------------------------------------------------------------------------------------


def test_role_weights() -> None:
    assert role_weights(["leader", "staff", "staff"]) == [0.5, 0.25, 0.25]
    assert sum(role_weights(["staff"] * 7)) == pytest.approx(1)


def test_without_roles_the_interval_is_the_usual_t_interval() -> None:
    values = [52.0, 60, 71, 66, 58]
    mean = role_mean(values, ["staff"] * 5, None)
    assert mean is not None
    low, high = stats.t.interval(0.95, 4, np.mean(values), stats.sem(values))
    assert mean.interval(20, 100) == pytest.approx((low, high))


def test_role_weighted_error_by_hand() -> None:
    # Leaders 80, 70 (centre 75); staff 50, 60, 40 (centre 50). Squares 25+25+0+100+100 = 250, df 3.
    mean = role_mean([80, 70, 50, 60, 40], ["leader", "leader", "staff", "staff", "staff"], None)
    assert mean is not None
    assert (mean.value, mean.df) == (62.5, 3)
    assert mean.se == pytest.approx(math.sqrt(250 / 3 * (1 / 2 + 1 / 3) / 4))


def test_three_people_in_two_roles_are_pooled() -> None:
    mean = role_mean([80, 50, 60], ["leader", "staff", "staff"], None)
    assert mean is not None
    assert mean.df == 2
    assert mean.se == pytest.approx(statistics.stdev([80, 50, 60]) * math.sqrt(1 / 4 + 2 / 16))


def test_the_finite_population_factor() -> None:
    values, roles = [50.0, 60, 70, 64], ["staff"] * 4
    free, part, whole = (role_mean(values, roles, n) for n in (None, 8, 4))
    assert free is not None
    assert part is not None
    assert whole is not None
    assert free.se is not None
    assert part.se == pytest.approx(free.se * math.sqrt(1 - 4 / 8))
    assert whole.interval(20, 100) == (61, 61)


def test_below_three_people_there_is_no_interval() -> None:
    mean = role_mean([50.0, 70], ["staff"] * 2, 2)
    assert mean is not None
    assert (mean.se, mean.interval(20, 100)) == (None, None)


def test_satterthwaite_is_that_of_scipy() -> None:
    a, b = [52.0, 60, 71, 66, 58], [40.0, 44, 61, 58, 49, 47, 70, 33]
    first, second = (role_mean(x, ["staff"] * len(x), None) for x in (a, b))
    assert first is not None
    assert second is not None
    welch = stats.ttest_ind(a, b, equal_var=False)
    se, df = difference(first, second)
    assert df == pytest.approx(welch.df)
    assert (first.value - second.value) / se == pytest.approx(welch.statistic)
    whole = company_mean(first, second)
    assert whole is not None
    assert whole.se == pytest.approx(0.5 * math.hypot(stats.sem(a), stats.sem(b)))


def test_the_company_interval_by_hand() -> None:
    a, b = [52, 60, 71, 66, 58], [40, 44, 61, 58, 49]
    found = sides([with_sum(x) for x in a], [with_sum(x) for x in b])
    va, vb = statistics.variance(a) / 5, statistics.variance(b) / 5
    half = stats.t.ppf(0.975, (va + vb) ** 2 / (va**2 / 4 + vb**2 / 4)) * math.sqrt(va + vb) / 2
    centre = (statistics.fmean(a) + statistics.fmean(b)) / 2
    assert found.total is not None
    assert found.total.interval == pytest.approx((centre - half, centre + half))


def test_equal_forms_have_the_error_of_rounding() -> None:
    found = role_mean([60.0] * 4, ["staff"] * 4, None, TOTAL_ROUNDING)
    assert found is not None
    assert found.se == pytest.approx(math.sqrt(20 / 12 / 4))


def test_probabilities_are_those_of_a_cut_t() -> None:
    found = probabilities(58, 7, 6)
    assert sum(found.values()) == pytest.approx(1)
    rng = np.random.default_rng(5)
    drawn = 58 + 7 * rng.standard_t(6, 400_000)
    drawn = drawn[(drawn >= 20) & (drawn <= 100)]
    for i, band in enumerate(BANDS):
        assert found[band] == pytest.approx(np.mean((drawn >= EDGES[i]) & (drawn < EDGES[i + 1])), abs=0.004)
    assert probabilities(60, 0, 5) == {"apart": 0, "agreed": 0, "in_step": 1, "one_team": 0}


@pytest.mark.parametrize(
    ("band", "dimensions", "contradicted", "expected"),
    [
        ("one_team", (4, 4, 4, 4, 4), (), ("one_team", ())),
        ("one_team", (5, 5, 5, 5, 3.5), (), ("one_team", ())),
        ("one_team", (5, 5, 5, 5, 3.4), (), ("in_step", ("E",))),
        ("one_team", (4, 4, 4, 4, 4), ("B1",), ("in_step", ("B1",))),
        ("one_team", (5, 5, 5, 5, 2.4), (), ("agreed", ("E",))),
        ("in_step", (3, 3, 3, 4, 2.5), (), ("in_step", ())),
        ("in_step", (4, 4, 4, 2, 2.49), (), ("agreed", ("D", "E"))),
        ("agreed", (1, 1, 4, 4, 4), ("B1",), ("agreed", ())),
    ],
)
def test_gates(band: Any, dimensions: tuple[float, ...], contradicted: tuple[str, ...], expected: Any) -> None:
    assert gated(band, dict(zip("ABCDE", dimensions, strict=True)), contradicted) == expected


def test_a_gated_score_keeps_its_ungated_band() -> None:
    low_e = [5] * 16 + [2] * 4
    found = sides([low_e] * 3, [low_e] * 3)
    assert found.total is not None
    assert (found.total.value, found.ungated, found.band, found.held_by) == (88, "one_team", "agreed", ("E",))


def test_an_interval_over_a_border_names_both_bands() -> None:
    found = sides([with_sum(x) for x in (50, 58, 66)], [with_sum(x) for x in (52, 60, 64)])
    assert found.likely == ("agreed", "in_step")


# Gaps and agreement --------------------------------------------------------------------------------------------------


def test_hedges_g_against_its_definition() -> None:
    a, b = [4.0, 5, 3, 4, 4], [2.0, 3, 1, 2, 4, 2]
    pooled = math.sqrt((4 * statistics.variance(a) + 5 * statistics.variance(b)) / 9)
    exact = math.gamma(9 / 2) / (math.sqrt(9 / 2) * math.gamma(8 / 2))
    found = hedges_g(a, b)
    assert found is not None
    assert found[0] == pytest.approx(exact * (statistics.fmean(a) - statistics.fmean(b)) / pooled, rel=0.001)
    half = 1.959964 * math.sqrt(1 / 5 + 1 / 6 + found[0] ** 2 / 22)
    assert found[1:] == pytest.approx((found[0] - half, found[0] + half))


def test_hedges_g_needs_three_a_side_and_some_spread() -> None:
    assert hedges_g([1, 2], [3, 4, 5]) is None
    assert hedges_g([2, 2, 2], [4, 4, 4]) is None


def test_the_gap_interval_is_welchs() -> None:
    a, b = [4.0, 5, 3, 4, 4], [2.0, 3, 1, 2, 4, 2]
    welch = stats.ttest_ind(a, b, equal_var=False).confidence_interval()
    assert gap_interval(a, ["staff"] * 5, b, ["staff"] * 6) == pytest.approx((welch.low, welch.high))


@pytest.mark.parametrize(
    ("values", "expected"),
    [([4, 4, 4], 1.0), ([3, 4, 5], 0.5), ([1, 5, 1, 5], 0.0), ([2, 3, 3, 4], 1 - (2 / 3) / 2), ([4, 4], None)],
)
def test_r_wg(values: list[float], expected: float | None) -> None:
    found = r_wg(values)
    assert found == (None if expected is None else pytest.approx(expected))


def test_a_gap_of_a_point_with_three_a_side_is_flagged() -> None:
    found = sides([3, 3, 3], [4, 4, 4])
    assert found.criteria[0].gap == -1
    assert all(criterion.differs for criterion in found.criteria)
    assert not any(criterion.differs for criterion in sides([3, 3], [5, 5, 5]).criteria)
    two_thirds = sides([[3] * 20, [3] * 20, [4] * 20], [4] * 3)
    assert two_thirds.criteria[0].gap == pytest.approx(-2 / 3)
    assert not two_thirds.criteria[0].differs


def test_gaps_are_sorted_by_size() -> None:
    base = dict.fromkeys(IDS, 3)
    found = sides([{**base, "B2": 5, "D1": 4}] * 3, [{**base, "A1": 4, "D1": 1}] * 3)
    assert [x.id for x in found.gaps[:3]] == ["D1", "B2", "A1"]


def test_dont_know_is_counted_and_not_visible_is_flagged() -> None:
    base = dict.fromkeys(IDS, 3)
    found = sides([base] * 3, [{**base, "C2": "dk"}] * 3)
    criterion = next(x for x in found.criteria if x.id == "C2")
    assert (criterion.of("marketing"), criterion.of("sales"), criterion.score, criterion.gap) == (3, None, None, None)
    assert (criterion.not_visible, criterion.dont_know) == (("sales",), 0.5)
    assert found.total is not None
    assert found.total.value == 60


def test_forty_per_cent_of_the_receivers() -> None:
    base = dict.fromkeys(IDS, 3)
    two_of_five = sides([3] * 3, [{**base, "C2": "dk"}] * 2 + [base] * 3)
    one_of_three = sides([{**base, "B2": "dk"}, base, base], [3] * 3)
    giver = sides([{**base, "C2": "dk"}] * 3, [base] * 3)
    assert next(x for x in two_of_five.criteria if x.id == "C2").not_visible == ("sales",)
    assert next(x for x in one_of_three.criteria if x.id == "B2").not_visible == ()
    assert next(x for x in giver.criteria if x.id == "C2").not_visible == ()


def test_targets_are_kept() -> None:
    found = sides([3] * 3, [3] * 3, targets={"B2": 5})
    assert {x.id: x.target for x in found.criteria if x.target != 4} == {"B2": 5}


# Careless answers ----------------------------------------------------------------------------------------------------

MIXED = [1 + place * 2 % 5 for place in range(20)]


@pytest.mark.parametrize(
    ("answers", "more", "flags"),
    [
        (MIXED, {"seconds": 40}, ()),
        (MIXED, {"seconds": 39.9}, ("fast",)),
        (MIXED, {"seconds": 20}, ("fast",)),
        (MIXED, {"seconds": 19}, ("very_fast",)),
        (3, {}, ("flat",)),
        (5, {"role": "leader"}, ("halo",)),
        (5, {}, ("flat",)),
        (4, {"role": "leader"}, ("flat",)),
        ([3] * 10 + [4] * 10, {}, ("long_run",)),
        ([3] * 9 + [4] * 9 + [3, 4], {}, ()),
        ([3] * 5 + ["dk"] + [3] * 9 + [4] * 5, {}, ()),
        ({"A1": 3}, {}, ()),
    ],
)
def test_careless_flags(answers: Any, more: dict[str, Any], flags: tuple[str, ...]) -> None:
    form = one("sales", answers, **more)
    assert tuple(flag for flag in careless_flags(form, Q) if flag != "pairs") == flags


@pytest.mark.parametrize(
    ("changes", "odd"),
    [
        ({"D3": 4, "D1": 1}, True),
        ({"D3": 5, "D2": 1}, True),
        ({"B4": 4, "B1": 1}, True),
        ({"A4": 4, "E1": 1}, True),
        ({"D4": 4, "D1": 1}, True),
        ({"D4": 3, "D1": 1}, False),
        ({"D1": 4, "D4": 1}, False),
        ({"D3": 4}, False),
    ],
)
def test_logical_pairs(changes: dict[str, int], odd: bool) -> None:
    form = one("sales", {**dict(zip(IDS, [2, 3] * 10, strict=True)), **changes})
    assert ("pairs" in careless_flags(form, Q)) is odd


def test_a_run_ends_at_a_missing_answer() -> None:
    assert longest_run([3, 3, None, 3, 3, 3, 2]) == 3
    assert longest_run([]) == 0


def test_the_score_without_flagged_forms_stands_beside() -> None:
    quick = one("sales", 5, seconds=10, respondent="s9")
    fair = [2, 3] * 10
    found = scored(*[one("marketing", fair)] * 3, *[one("sales", fair)] * 3, quick)
    assert found.flagged == 1
    assert found.flagged_forms == (("s9", ("very_fast", "flat")),)
    assert found.without_flagged == pytest.approx(50)
    assert found.total is not None
    assert found.total.value == pytest.approx((50 + (150 + 100) / 4) / 2)
    assert sides([fair] * 3, [fair] * 3).without_flagged is None


# What people see -----------------------------------------------------------------------------------------------------


def test_what_departments_see_and_where_they_lose() -> None:
    found = scored(
        one("marketing", sees=["leads"], loses_at="won"),
        one("marketing", sees=["leads", "won"], loses_at="won"),
        one("marketing"),
        one("sales", sees=[], loses_at="leads"),
    )
    assert found.sees() == {"marketing": {"leads": 1.0, "won": 0.5}}
    assert (found.departments["marketing"].seen_asked, found.departments["sales"].seen_asked) == (2, 1)
    assert found.loses_at == {"leads": 1, "won": 2}


# Anonymity -----------------------------------------------------------------------------------------------------------


def varied(count: int, start: int = 0) -> list[list[int]]:
    return [
        [1 + (person * 3 + place * (person + 1)) % 5 for place in range(20)] for person in range(start, start + count)
    ]


def test_a_small_department_hides_both() -> None:
    found = sides(varied(4), varied(20), mode="anonymous")
    assert found.total is not None
    assert found.total.interval is not None
    for key in ("marketing", "sales"):
        assert (found.departments[key].total, found.departments[key].dimensions, found.departments[key].hidden) == (
            None,
            {},
            True,
        )
    # Together with the total the person-weighted figure would give both departments.
    assert found.by_person is None
    assert all(x.of("marketing") is x.of("sales") is x.gap is None and x.score is not None for x in found.criteria)


def test_two_marketers_of_two_leave_only_the_total() -> None:
    found = sides(varied(2), varied(20), mode="anonymous", headcount={"marketing": 2})
    figures = found.as_figures()
    assert figures["total"] is not None
    assert figures["departments"] == {"marketing": None, "sales": None}
    assert figures["by_person"] is None


def test_below_the_threshold_nothing_is_left() -> None:
    found = sides([4], [3], mode="anonymous", headcount={"marketing": 1, "sales": 1})
    figures = found.as_figures()
    assert found.missing == "hidden"
    assert (figures["total"], figures["interval"], set(figures["dimensions"].values())) == (None, None, {None})
    assert all(value is None for row in figures["criteria"].values() for value in row.values())
    assert figures["departments"] == {"marketing": None, "sales": None}
    assert (found.preliminary, found.band, found.bands) == (None, None, None)


def test_a_single_person_cannot_subtract_himself_from_a_small_group() -> None:
    found = sides(varied(1), varied(4), mode="anonymous", headcount={"marketing": 1, "sales": 4})
    assert (found.total, found.missing) == (None, "hidden")


def test_the_threshold_is_counted_per_item_with_the_next_smallest_hidden_too() -> None:
    marketing = [dict(zip(IDS, x, strict=True)) for x in varied(6)]
    marketing[0]["A2"] = marketing[1]["A2"] = "dk"  # four answers left
    marketing[2]["A4"] = "dk"  # five: the next smallest of the dimension
    found = {x.id: x for x in sides(marketing, varied(8), mode="anonymous").criteria}
    assert found["A2"].of("marketing") is None
    assert found["A2"].cells["marketing"].hidden
    assert found["A2"].of("sales") is None
    assert found["A4"].of("marketing") is None
    assert found["A4"].gap is None
    assert found["A1"].of("marketing") is not None
    assert found["A3"].gap is not None
    assert found["A2"].cells["marketing"].dont_know == 2


def test_distributions_from_eight_answers() -> None:
    found = sides(varied(7), varied(8), mode="anonymous")
    cells = found.criteria[0].cells
    assert (cells["marketing"].counts, cells["marketing"].agreement) == (None, None)
    assert cells["marketing"].score is not None
    assert cells["sales"].counts is not None
    assert cells["sales"].agreement is not None


def test_a_small_role_hides_the_other_role() -> None:
    forms = [one("marketing", x, "leader" if i == 0 else "staff") for i, x in enumerate(varied(8))]
    forms += [one("sales", x) for x in varied(8)]
    found = scored(*forms, mode="anonymous")
    assert found.departments["marketing"].total is not None
    assert found.departments["marketing"].roles == {}
    assert set(found.departments["sales"].roles) == {"staff"}


def test_comments_from_ten_people() -> None:
    forms = [one("marketing", x, comments={"A1": "m"}) for x in varied(9)]
    forms += [one("sales", x, comments={"A1": "s"}) for x in varied(10)]
    found = scored(*forms, mode="anonymous").criteria[0]
    assert {comment.text for comment in found.comments} == {"s"}
    assert len(scored(*forms).criteria[0].comments) == 19


def test_a_few_flagged_forms_cannot_be_subtracted() -> None:
    forms = [one("marketing", x) for x in varied(8)] + [one("sales", x) for x in varied(8)]
    forms.append(one("sales", 3, seconds=5))
    found = scored(*forms, mode="anonymous")
    assert found.flagged >= 1
    assert found.flagged_forms == ()
    assert found.without_flagged is None or found.flagged >= 5


def test_what_few_people_see_is_hidden() -> None:
    forms = [one("marketing", x, sees=["leads"], loses_at="won") for x in varied(4)]
    forms += [one("sales", x, sees=["won"]) for x in varied(6)]
    found = scored(*forms, mode="anonymous")
    assert found.sees() == {"sales": {"won": 1.0}}
    assert found.loses_at == {}


def test_a_promise_of_anonymity_is_kept() -> None:
    forms = [one("marketing", x) for x in varied(6)] + [one("sales", x) for x in varied(6)]
    forms.append(one("sales", MIXED, mode="anonymous", threshold=7))
    found = scored(*forms, mode="open", threshold=3)
    assert (found.mode, found.threshold) == ("anonymous", 7)
    assert [notice.code for notice in found.notices] == ["mode", "threshold"]
    assert found.departments["marketing"].total is None


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 9), st.integers(0, 9), st.integers(0, 2**32 - 1))
def test_hidden_figures_cannot_be_computed_from_shown_ones(m: int, s: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    levels = [1, 2, 3, 4, 5, "dk"]
    forms = [
        one(key, {x: levels[i] for x, i in zip(IDS, rng.choice(6, 20, p=[0.19] * 5 + [0.05]), strict=True)})
        for key, count in (("marketing", m), ("sales", s))
        for _ in range(count)
    ]
    found = score(Answers(tuple(forms)), Q, mode="anonymous", threshold=5)
    shown = [found.departments[key].total is not None for key in ("marketing", "sales")]
    assert shown[0] == shown[1] or found.total is None
    for key in ("marketing", "sales"):
        assert found.departments[key].total is None or found.departments[key].counted >= 5
    for criterion in found.criteria:
        marketing, sales = (criterion.cells[key] for key in ("marketing", "sales"))
        assert all(cell.score is None or cell.answered >= 5 for cell in (marketing, sales))
        assert criterion.score is None or (marketing.score is None) == (sales.score is None)
        assert criterion.score is None or marketing.answered + sales.answered >= 5


def test_the_figures_are_plain_json_by_the_schema() -> None:
    found = sides(varied(5), varied(6)).as_figures()
    assert json.loads(json.dumps(found, allow_nan=False)) == found
    assert set(found) >= {"total", "interval", "band", "bands", "departments", "dimensions", "criteria"}
    assert list(found["bands"]) == list(BANDS)
    assert list(found["dimensions"]) == list("ABCDE")
    assert list(found["criteria"]) == list(IDS)
    assert sum(found["bands"].values()) == pytest.approx(1, abs=1e-5)


def test_the_same_answers_in_another_order_give_the_same_score() -> None:
    forms = [one("marketing", x) for x in varied(5)] + [one("sales", x) for x in varied(6)]
    assert scored(*forms).as_figures() == scored(*reversed(forms)).as_figures()
