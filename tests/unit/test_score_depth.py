"""The score in depth: states, targets, agreement, change since the last audit."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest
from test_score_chapter import Q, chapter, equal, forms, usual

from helpers.chapters.score import ScoreChapter
from helpers.chapters.score_tables import described
from helpers.language import language
from helpers.report.earlier import earlier_figures
from helpers.report.model import Column, Exhibit, Table

HEADCOUNT = {"headcount": {"marketing": 6, "sales": 14}}


def exhibit(made: ScoreChapter, key: str) -> Exhibit | None:
    return next((one for one in made.section().exhibits if one.key == key), None)


def test_the_probabilities_of_the_four_states_are_shown() -> None:
    made = chapter(usual(), **HEADCOUNT)
    found = exhibit(made, "score-bands")
    assert found is not None
    assert found.table is not None
    assert sum(float(row[1]) for row in found.table.rows) == pytest.approx(1)
    assert made.score.bands is not None
    assert [row[1] for row in found.table.rows] == [made.score.bands[band.key] for band in Q.bands]
    made.score.bands.update(dict.fromkeys(made.score.bands, 0.0) | {Q.bands[0].key: 0.999})
    sure = exhibit(made, "score-bands")
    assert sure is not None
    assert sure.figure is not None
    assert "99%" in sure.title
    assert "100%" not in sure.figure.alt


def test_own_targets_are_set_against_the_actual_score() -> None:
    made = chapter(equal(3), targets={"B2": 5, "E4": 2})
    found = exhibit(made, "score-targets")
    assert found is not None
    assert found.table is not None
    b2, e4 = Q.criterion("B2").title["en"], Q.criterion("E4").title["en"]
    rows = {row[0]: row[1:] for row in found.table.rows}
    assert rows[b2] == (3, 5, -2)
    assert rows[e4] == (3, 2, 1)
    assert found.table.rows[0][0] == b2
    assert found.title == f"Farthest from its target: “{b2}”, 2.0 points short"
    assert "reached" in (exhibit(chapter(equal(5)), "score-targets") or found).title


def test_agreement_inside_a_department() -> None:
    quarrel = [{**one.model_dump(), "answers": {**one.answers, "A1": 1 if n % 2 else 5}} for n, one in
               enumerate(forms("marketing", 6, 3, fixed=dict.fromkeys(Q.ids, 3)))]  # fmt: skip
    people = [type(usual()[0]).model_validate(one) for one in quarrel] + forms(
        "sales", 6, 3, fixed=dict.fromkeys(Q.ids, 3)
    )
    found = exhibit(chapter(people), "score-agreement")
    assert found is not None
    assert found.table is not None
    first = found.table.rows[0]
    assert first[0] == Q.criterion("A1").title["en"]
    # r_wg = 1 - variance / 2, not under 0: six answers 1, 5, 1, 5, 1, 5 have a variance of 4.8.
    assert first[1] == 0
    assert all(row[2] == 1 for row in found.table.rows)
    assert found.title == "In 1 case people of one department do not share a view"


def test_three_people_are_needed_for_agreement() -> None:
    assert exhibit(chapter(forms("marketing", 2, 3) + forms("sales", 2, 3)), "score-agreement") is None


def test_a_column_in_which_nothing_is_known_is_left_out() -> None:
    people = forms("marketing", 4, 3) + forms("sales", 4, 3) + forms("management", 1, 3)
    found = exhibit(chapter(people), "score-criteria")
    assert found is not None
    assert found.table is not None
    labels = [column.label for column in found.table.columns]
    assert {"Marketing: agreement", "Sales: agreement", "Management"} <= set(labels)
    assert "Management: agreement" not in labels  # one person
    assert {len(row) for row in found.table.rows} == {len(labels)}
    assert found.table.rows[0][labels.index("Management")] is not None


def test_agreement_is_explained_where_it_is_shown() -> None:
    shown = exhibit(chapter(forms("marketing", 4, 3) + forms("sales", 4, 3)), "score-criteria")
    assert shown is not None
    assert shown.table is not None
    assert "r_wg" in shown.table.note
    unknown = exhibit(chapter(forms("marketing", 2, 3) + forms("sales", 2, 3)), "score-criteria")
    assert unknown is not None
    assert unknown.table is not None
    assert not any("agreement" in column.label for column in unknown.table.columns)
    assert unknown.table.note == ""


def changed(total: float, interval: list[float] | None, version: str = "1.0") -> Exhibit | None:
    made = chapter(usual(), **HEADCOUNT)
    figures: dict[str, Any] = {
        "period": ["2025-07-01", "2025-12-31"],
        "score": {"total": total, "interval": interval, "dimensions": {"A": 3.0}, "criteria_version": version},
    }
    again = ScoreChapter(made.say, made.score, made.questionnaire, (), {}, figures)
    return exhibit(again, "score-change")


def test_a_change_is_real_only_beyond_both_intervals() -> None:
    now = chapter(usual(), **HEADCOUNT).score.total
    assert now is not None
    assert now.interval is not None
    half = (now.interval[1] - now.interval[0]) / 2
    margin = (half**2 + 5**2) ** 0.5
    near, far = now.value - margin + 0.1, now.value - margin - 0.1
    within, real = changed(near, [near - 5, near + 5]), changed(far, [far - 5, far + 5])
    assert within is not None
    assert within.title.endswith("within chance")
    assert real is not None
    assert real.title.endswith("a real change")
    assert real.table is not None
    assert real.table.rows[0][1:] == (far, now.value, pytest.approx(now.value - far))
    unsure = changed(50, None)
    assert unsure is not None
    assert "nobody can say" in unsure.title


def test_another_version_of_the_criteria_is_not_compared() -> None:
    found = changed(50, [45, 55], version="0.9")
    assert found is not None
    assert found.table is None
    assert "not compared" in found.title


def test_without_an_earlier_audit_nothing_is_said() -> None:
    assert exhibit(chapter(usual()), "score-change") is None


@pytest.mark.parametrize("lang", ["ru", "uk"])
def test_other_languages_have_all_exhibits(lang: str) -> None:
    made = chapter(usual(), lang, **HEADCOUNT)
    english = [one.title for one in chapter(usual(), **HEADCOUNT).section().exhibits]
    assert all(one.title not in english for one in made.section().exhibits)
    assert made.say == language(lang)


def test_the_last_audit_before_this_one_is_found(tmp_path: Path) -> None:
    def write(slug: str, first: str, last: str, text: str | None = None) -> None:
        folder = tmp_path / slug / f"{first}_{last}"
        folder.mkdir(parents=True)
        (folder / "audit.json").write_text(text or json.dumps({"period": [first, last]}), encoding="utf-8")

    write("firm", "2025-01-01", "2025-06-30")
    write("firm", "2025-07-01", "2025-12-31")
    write("firm", "2026-01-01", "2026-06-30")
    write("firm", "2024-01-01", "2024-06-30", "{ broken")
    write("other", "2025-07-01", "2025-12-31")
    (tmp_path / ".run-1").mkdir()
    for out in (tmp_path, tmp_path / ".run-1"):
        found = earlier_figures(out, "firm", dt.date(2026, 1, 1))
        assert found == {"period": ["2025-07-01", "2025-12-31"]}
    assert earlier_figures(tmp_path, "firm", dt.date(2024, 1, 1)) is None
    assert earlier_figures(tmp_path, "nobody", dt.date(2026, 1, 1)) is None


def test_alt_texts_do_not_read_out_what_is_not_known() -> None:
    columns = (Column(label="Who"), Column(label="Total", kind="number"), Column(label="95% from", kind="number"))
    table = Table(columns=columns, rows=(("Sales", 60.0, None), ("Support", None, None)))
    assert described("Title", table, language("en")) == "Title. Sales: Total 60.0; Support: –."
