"""The speed chapter on hand-made facts: what it measures, when it names anything, and what it says."""

from __future__ import annotations

import json
import math
from typing import Any

import numpy as np
import pandas as pd
import pytest
from handmade import BEFORE, client, facts_of, outcomes, speed

from helpers.chapters.shares import Share
from helpers.chapters.speed import Speed
from helpers.chapters.speed_hours import Cell, slow_hours
from helpers.chapters.speed_worth import late_factor
from helpers.client import Span
from helpers.facts.waits import Clock
from helpers.language import language
from helpers.report.model import Exhibit

QUICK = [{"minutes": 30, "leads": 60}, {"minutes": 90, "leads": 30}, {"minutes": 5000, "leads": 10, "answered": False}]


def chapter(found: Any, lang: str = "en", has: frozenset[str] = frozenset(), **more: Any) -> Speed:
    rest = {name: more.pop(name) for name in ("outcomes", "ages", "compare", "conversations", "as_of") if name in more}
    return Speed.measure(facts_of(speed=found, has=has, **rest), client(**more), language(lang))


def exhibits(chapter: Speed) -> dict[str, Any]:
    """Exhibits by key, without no-break spaces."""
    found = [
        Exhibit.model_validate_json(x.model_dump_json().replace("\u00a0", " ")) for x in chapter.section().exhibits
    ]
    drawn = {x.key: x.figure is None or bool(x.figure.svg) for x in chapter.section().exhibits}
    assert all(drawn.values())
    return {exhibit.key: exhibit for exhibit in found}


def test_the_curve_and_its_title() -> None:
    made = chapter(speed(QUICK))
    assert made.measured.all.kept.share == pytest.approx(0.6)
    assert (made.measured.all.curve.median, made.measured.all.silent) == (30, pytest.approx(0.1))
    assert exhibits(made)["speed-curve"].title == "60% of leads are answered within 1 h; half wait for 30 min or longer"
    assert made.section().lead[1] == "10 leads (10%) have no answer recorded so far."
    figures = made.figures()["speed"]
    assert (figures["within_limit"], figures["median_min"], figures["p90_min"]) == (0.6, 30, 90)
    json.dumps(figures)


def test_the_limit_is_the_clients() -> None:
    made = chapter(speed(QUICK), limits={"first_answer_min": 15})
    assert made.measured.all.kept.share == 0
    assert "within 15 min" in exhibits(made)["speed-curve"].title


@pytest.mark.parametrize(
    ("waits", "said"),
    [
        ([{"minutes": 10, "leads": 100}], "100% of leads are answered within 1 h; half wait for 10 min or longer"),
        (
            [{"minutes": 5000, "leads": 100, "answered": False}, {"minutes": 20, "leads": 30}],
            "23% of leads are answered within 1 h, and more than half have no answer so far",
        ),
        ([{"minutes": 10, "leads": 29}], "Time to the first answer: too few leads to judge"),
    ],
)
def test_all_nearly_none_and_too_few_answered(waits: list[dict[str, Any]], said: str) -> None:
    assert exhibits(chapter(speed(waits)))["speed-curve"].title == said


def test_no_answer_is_known_at_all() -> None:
    made = chapter(speed([{"minutes": 5000, "leads": 100, "answered": False}], clock=Clock()))
    section = made.section()
    assert section.exhibits == ()
    assert section.boxes[0].tone == "missing"
    assert "first answer by a person" in section.boxes[0].text[0]
    assert made.findings() == ()


def test_no_leads_at_all() -> None:
    made = chapter(speed([]))
    assert made.section().lead == ("No lead was created in the period (January–June 2024).",)
    assert made.figures()["speed"]["leads"] == 0
    json.dumps(made.figures())


@pytest.mark.parametrize(
    ("before", "said"), [(60, "no change beyond chance"), (10, "it has become quicker"), (95, "it has become slower")]
)
def test_the_period_before(before: int, said: str) -> None:
    earlier = [
        {"span": "before", "minutes": 30, "leads": before, "month": "2023-07-01"},
        {"span": "before", "minutes": 900, "leads": 100 - before, "month": "2023-07-01"},
    ]
    made = chapter(speed([*QUICK, *earlier]), compare=Span.model_validate(BEFORE))
    assert any(said in line for line in exhibits(made)["speed-curve"].reading)


def test_one_manager_is_shown_and_not_compared() -> None:
    made = chapter(speed(QUICK))
    groups = exhibits(made)["speed-groups"]
    assert groups.title == "Time to the first answer by channel: too few leads to compare"
    assert [row[0] for row in groups.table.rows] == ["ads", "Ann"]


def test_channels_that_differ_and_that_do_not() -> None:
    def two(share: int) -> Speed:
        rows = [{"minutes": 30, "leads": n, "channel": name} for name, n in (("ads", 60), ("seo", share))]
        rows += [{"minutes": 900, "leads": 100 - n, "channel": name} for name, n in (("ads", 60), ("seo", share))]
        return chapter(speed(rows))

    assert exhibits(two(50))["speed-groups"].title == (
        "Channels do not differ in the speed of the first answer beyond chance"
    )
    assert exhibits(two(20))["speed-groups"].title == ("Answered within 1 h: 60% of leads from “ads”, 20% from “seo”")


# Hours ----------------------------------------------------------------------------------------------------------------


def week(slow: float = 0.6, leads: int = 40) -> list[tuple[int, int, float, int, int]]:
    """Each even hour of office time has so many leads, six tenths answered in time; Monday morning: ``slow``."""
    return [
        (day, hour, 60.0, round(leads * (slow if day == 0 and hour < 12 else 0.6)),
         leads - round(leads * (slow if day == 0 and hour < 12 else 0.6)))
        for day in range(7)
        for hour in range(8, 20, 2)
    ]  # fmt: skip


def test_a_slow_morning_is_found_and_said() -> None:
    made = chapter(speed(QUICK, cells=week(slow=0.2)), working_hours={"mon-fri": "09:00-18:00"})
    (slow,) = made.measured.slow_hours
    assert (slow.weekday, slow.first, slow.last) == (0, 8, 12)
    assert (slow.kept.share, slow.kept.whole, slow.others.share) == (pytest.approx(0.2), 80, pytest.approx(0.6))
    exhibit = exhibits(made)["speed-hours"]
    assert exhibit.title == (
        "Slowest hours: Monday 8:00–12:00; 20% of these leads are answered within 1 h, of the others 60%"
    )
    assert len(exhibit.table.rows) == 42


def test_equal_hours_are_called_slow_in_fewer_than_one_week_of_fifty() -> None:
    rng, named = np.random.default_rng(1), 0
    for _ in range(600):
        kept = rng.binomial(40, 0.5, (7, 12))
        cells = [Cell(d, 2 * h, 2 * h + 2, Share.of("", kept[d, h], 40)) for d in range(7) for h in range(12)]
        named += bool(slow_hours(cells))
    assert named / 600 < 0.02


def test_without_working_hours_the_night_is_one_finding_not_seven() -> None:
    cells = [(day, hour, 60.0, 0 if hour < 8 or hour >= 20 else 30, 40 if hour < 8 or hour >= 20 else 10)
             for day in range(7) for hour in range(0, 24, 2)]  # fmt: skip
    made = chapter(speed(QUICK, cells=cells, clock=Clock("recorded", clocked=True)))
    (slow,) = made.measured.slow_hours
    assert (slow.weekday, slow.first, slow.last) == (None, 20, 8)
    assert exhibits(made)["speed-hours"].title.startswith("Leads that come at 20:00–8:00 wait longest: 0% answered")
    assert any("No working hours are given" in line for line in made.section().lead)


def test_hours_are_told_apart_at_a_time_that_tells_them_apart() -> None:
    # Hardly anybody is answered within the hour: the map shows eight hours instead, and says so.
    cells = [(day, hour, edge, n, 0) for day in range(7) for hour in range(8, 20, 2)
             for edge, n in ((60.0, 1), (480.0, 10 if day else 2), (1440.0, 29 if day else 37))]  # fmt: skip
    made = chapter(speed([{"minutes": 40, "leads": 3}, {"minutes": 600, "leads": 97}], cells=cells))
    assert made.measured.within == 480
    assert made.measured.slow_hours[0].weekday == 0
    assert any(
        "Within the agreed 1 h the hours cannot be told apart" in x for x in exhibits(made)["speed-hours"].reading
    )


def test_few_leads_make_larger_cells_and_too_few_no_map() -> None:
    made = chapter(speed(QUICK, cells=week(leads=11)))
    assert {cell.last - cell.first for cell in made.measured.cells} == {6}
    sparse = chapter(speed(QUICK, cells=week(leads=2)))
    assert not any(cell.kept.enough for cell in sparse.measured.cells)
    # A map of nothing but hatched cells shows nothing.
    told = exhibits(sparse)["speed-hours"]
    assert (told.figure, told.table) == (None, None)
    assert told.title == "By hours of the week: too few leads to judge"


# Conversion -----------------------------------------------------------------------------------------------------------


def test_conversion_by_time_with_its_caution() -> None:
    buckets = [(5.0, 20, 6), (15.0, 20, 6), (60.0, 60, 18), (240.0, 100, 10), (math.inf, 100, 10)]
    made = chapter(speed(QUICK, outcomes=buckets))
    exhibit = exhibits(made)["speed-conversion"]
    assert exhibit.title == "Of leads answered within 1 h 30% become customers, of later ones 10%"
    assert "association, not proof" in exhibit.reading[0]
    # Neighbours are joined until thirty stand in each.
    assert [(row[0], row[1]) for row in exhibit.table.rows] == [
        ("up to 15 min", 40), ("15 min to 1 h", 60), ("1 h to 4 h", 100), ("over 4 h", 100),
    ]  # fmt: skip


def test_no_difference_is_called_none() -> None:
    made = chapter(speed(QUICK, outcomes=[(60.0, 100, 12), (math.inf, 100, 10)]))
    assert exhibits(made)["speed-conversion"].title.endswith("no difference beyond chance")


# Leads that wait ------------------------------------------------------------------------------------------------------

SOLD = outcomes(
    {"leads": 400.0},
    {"outcome": "won", "won_weeks": 3, "leads": 100.0, "sales": 100.0, "revenue": 2e6, "gross": 1e6, "gross_sq": 1e10},
)
ROW = {"product": "x", "campaign": "", "manager": "Ann", "waited": 900.0, "channel": "ads"}


def waiting(**more: Any) -> Speed:
    rows = [
        {**ROW, "lead_id": "old", "created_at": pd.Timestamp("2024-09-20 10:00")},
        {**ROW, "lead_id": "older", "created_at": pd.Timestamp("2024-09-19 10:00")},
        {**ROW, "lead_id": "stale", "created_at": pd.Timestamp("2024-05-01 10:00")},
    ]
    left = [("now", "ads", 147, 1), ("other", "ads", 7, 2), ("before", "ads", 300, 5)]
    found = speed(QUICK, untouched=left, worklist=rows, **more)
    return chapter(found, has=frozenset({"deals.margin"}), outcomes=SOLD)


def test_the_worth_of_waiting_leads() -> None:
    left = waiting().measured.untouched
    # A fifth of the channel's leads are sold for 10 000 of gross profit: 2 000 each, and nothing after all sales came.
    assert (left.leads, left.older) == (3, 5)
    assert left.rows["lead_id"].tolist() == ["older", "old", "stale"]
    assert left.rows["worth"].tolist() == pytest.approx([2000, 2000, 0], rel=0.02)
    assert left.worth == pytest.approx(4000, rel=0.02)
    assert left.low < 4000 < left.high
    assert math.isnan(left.late)


def test_leads_answered_late_lower_it() -> None:
    left = waiting(outcomes=[(60.0, 100, 30), (math.inf, 100, 10)]).measured.untouched
    assert left.late == pytest.approx(0.1 / 0.2)
    assert left.worth == pytest.approx(2000, rel=0.05)


def test_the_worklist_and_its_finding() -> None:
    made = waiting()
    exhibit = exhibits(made)["speed-waiting"]
    assert exhibit.title == "3 open leads have no answer recorded; taken up now they may bring about ₽4,012"
    # What is worth nothing any more is not on the list of whom to call.
    assert [row[0] for row in exhibit.table.rows] == ["older", "old"]
    assert any("The list holds the 2 worth most" in text for text in exhibit.reading)
    finding = made.findings()[0]
    assert (finding.money, finding.amount) == (pytest.approx(4012, abs=1), "₽4,012")


def test_money_is_not_claimed_where_answers_are_badly_recorded() -> None:
    made = waiting(proven=100, proven_timed=70)
    assert not made.measured.sure
    assert made.findings()[0].money is None
    assert any(box.tone == "caution" for box in made.section().boxes)


def test_without_any_sale_no_money_is_named() -> None:
    found = speed(QUICK, untouched=[("now", "ads", 7, 2)])
    made = chapter(found)
    assert math.isnan(made.measured.untouched.worth)
    assert exhibits(made)["speed-waiting"].title == "2 open leads have no answer recorded"


def test_late_factor_is_never_above_one() -> None:
    rng = np.random.default_rng(0)
    factor, draws = late_factor(Share.of("", 60, 100), (), 30, 100, rng)
    assert factor == 1
    assert np.max(draws) <= 1


@pytest.mark.parametrize("lang", ["en", "ru", "uk"])
def test_every_language_speaks(lang: str) -> None:
    buckets = [(60.0, 100, 30), (math.inf, 100, 10)]
    found = speed(QUICK, cells=week(slow=0.2), outcomes=buckets, untouched=[("now", "ads", 7, 2)])
    made = chapter(found, lang)
    assert len(exhibits(made)) == 5
    assert len(made.findings()) == 2
