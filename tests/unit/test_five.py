from __future__ import annotations

import pytest

from helpers.chapters.five import FIVE, five

FIGURES = {
    "plan": {"revenue": {"expected": 4_150_000.0}, "pipeline": {"expected": 900_000.5}},
    "managers": {"max": {"manager": "A", "conversion": 0.21}, "min": {"manager": "B", "conversion": 0.04}},
    "leads": {"qualified_share": {"share": 0.38, "interval": [0.36, 0.4], "of": 2500}},
    "money": {
        "spend_matched": 60_000.0,
        "campaigns": [
            {"spend": 40_000.0, "leads": 50, "won": 3},
            {"spend": 20_000.0, "leads": 20, "won": 0},
            {"spend": 0.0, "leads": 90, "won": 8},
            {"spend": 5_000.0, "leads": 0, "won": 0},
        ],
    },
}


def test_the_five_figures_of_a_client() -> None:
    assert five(FIGURES) == {
        "run_rate": 4_150_000.0,
        "pipeline": 900_000.5,
        "manager_max": 0.21,
        "manager_min": 0.04,
        "qualified_share": 0.38,
        # Three customers from 60,000 of spend; those without spend do not make it cheaper.
        "cac": 20_000.0,
    }


@pytest.mark.parametrize("without", ["plan", "managers", "leads", "money"])
def test_a_missing_chapter_leaves_its_figures_unknown(without: str) -> None:
    found = five({name: figures for name, figures in FIGURES.items() if name != without})
    known = {name for name, value in found.items() if value is not None}
    of = {"plan": {"run_rate", "pipeline"}, "managers": {"manager_max", "manager_min"}, "leads": {"qualified_share"},
          "money": {"cac"}}  # fmt: skip
    assert set(found) == set(FIVE)
    assert known == set(FIVE) - of[without]


def test_what_chapters_do_not_know_is_unknown() -> None:
    figures = {
        "plan": {"revenue": None, "pipeline": None},
        "managers": {"max": None, "min": {"manager": "B", "conversion": None}},
        "leads": {"qualified_share": None},
        "money": {"spend_matched": 100.0, "campaigns": [{"spend": 100.0, "leads": 5, "won": 0}]},
    }
    assert set(five(figures).values()) == {None}
    assert set(five({}).values()) == {None}
