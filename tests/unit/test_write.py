"""The last cell of a notebook: report and key figures appear together or not at all."""

import datetime as dt
import json
import logging

import pytest

from helpers.batch.wishes import FORMATS
from helpers.errors import ReportError
from helpers.report.model import Report, ScoreCard
from helpers.report.save import WRITERS
from helpers.report.write import write_report

FIGURES = {"schema": 1, "slug": "окна", "period": ["2026-01-01", "2026-06-30"], "lang": "en", "leads": 3}


def report(lang: str = "en") -> Report:
    period = (dt.date(2026, 1, 1), dt.date(2026, 6, 30))
    return Report(
        lang=lang, title="Audit", client="Окна", currency="RUB", period=period, as_of=period[1], score=ScoreCard()
    )


def test_the_folder_holds_the_report_the_model_and_the_figures(tmp_path):
    folder = write_report(report(), FIGURES, tmp_path)
    assert folder == tmp_path / "окна" / "2026-01-01_2026-06-30" / "en"
    assert {path.name for path in folder.iterdir()} == {"report.html", "report.json", "figures"}
    text = (folder.parent / "audit.json").read_text(encoding="utf-8")
    assert json.loads(text) == FIGURES
    assert "окна" in text


def test_languages_of_one_audit_stand_side_by_side(tmp_path, caplog):
    write_report(report("en"), FIGURES, tmp_path)
    folder = write_report(report("uk"), FIGURES | {"lang": "uk"}, str(tmp_path))
    assert sorted(path.name for path in folder.parent.iterdir()) == ["audit.json", "en", "uk"]
    assert caplog.text == ""


def test_a_language_with_older_figures_is_dropped_aloud(tmp_path, caplog):
    write_report(report("en"), FIGURES, tmp_path)
    with caplog.at_level(logging.WARNING):
        folder = write_report(report("uk"), FIGURES | {"leads": 4}, tmp_path)
    assert not (folder.parent / "en").exists()
    assert "the older report in en held other figures" in caplog.text


@pytest.mark.parametrize("bad", [{"leads": float("nan")}, {"leads": dt.date(2026, 1, 1)}])
def test_figures_that_are_no_json_change_nothing(tmp_path, bad):
    write_report(report(), FIGURES, tmp_path)
    with pytest.raises(ReportError, match=r"audit\.json"):
        write_report(report(), FIGURES | bad, tmp_path)
    audit = tmp_path / "окна" / "2026-01-01_2026-06-30" / "audit.json"
    assert json.loads(audit.read_text(encoding="utf-8")) == FIGURES


def test_the_command_offers_the_formats_that_can_be_written():
    assert set(FORMATS) == set(WRITERS)
