"""More documents from a report on disk: which are made, that each is put into place as a whole, what stops it."""

import io
import json
import os
import shutil
import subprocess
import sys

import pytest
from demo_report import demo_report
from pptx import Presentation

from helpers import cli
from helpers.errors import ReportError
from helpers.report import model, save
from helpers.report.render import render
from helpers.report.save import WRITERS, documents, load_report, save_report

BRAND = model.Brand(name="Иванова и партнёры", primary="#7a1f3d", pptx=b"", footer="Секрет")


@pytest.fixture(scope="module")
def stored(tmp_path_factory):
    """A period's folder with two languages, as a run leaves it."""
    period = tmp_path_factory.mktemp("reports") / "okna-plus" / "2026-01-01_2026-06-30"
    for lang in ("ru", "en"):
        save_report(demo_report(lang), period / lang, ("html",))
    (period / "audit.json").write_text("{}", encoding="utf-8")
    return period


@pytest.fixture
def period(stored, tmp_path):
    return shutil.copytree(stored, tmp_path / "period")


def files(folder):
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def test_a_languages_folder_gets_the_documents_asked_for(period):
    before = files(period)
    made = render(period / "ru", ("xlsx", "html"))
    assert [path.name for path in made] == ["report.xlsx", "report.html"]
    assert files(period) == sorted([*before, "ru/report.xlsx"])


def test_a_periods_folder_gets_them_in_every_language(period):
    made = render(period, ("xlsx",))
    assert sorted(str(path.relative_to(period)) for path in made) == ["en/report.xlsx", "ru/report.xlsx"]


@pytest.mark.parametrize("format", WRITERS)
def test_what_is_made_later_is_what_a_run_makes(period, format):
    at_once = documents(demo_report("ru"), (format,))
    render(period / "ru", (format,))
    assert {name: (period / "ru" / name).read_bytes() for name in at_once} == at_once


def test_nothing_that_reads_or_counts_is_needed(period):
    """The folder alone, moved to another place; no chapter, no engine and no notebook is even loaded."""
    alone = period.parent / "elsewhere"
    shutil.move(period / "ru", alone)
    code = (
        f"import sys\nfrom helpers.cli import main\nassert main(['render', {str(alone)!r}]) == 0\nprint(*sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    *told, loaded = done.stdout.splitlines()
    assert told == [str(alone / name) for name in documents(demo_report("ru"), tuple(WRITERS))]
    counting = {"duckdb", "ibis", "pandas", "papermill", "nbclient", "scipy", "helpers.sources", "helpers.facts"}
    assert not counting & set(loaded.split())
    assert not [name for name in loaded.split() if name.startswith("helpers.chapters")]


def test_a_brand_stays_with_the_report_and_is_on_all_its_documents(period):
    render(period / "ru", ("xlsx",), BRAND)
    assert load_report(period / "ru").brand == BRAND
    assert "Иванова и партнёры" in (period / "ru" / "report.html").read_text(encoding="utf-8")
    assert load_report(period / "en").brand is None
    later = render(period / "ru", ("html",))
    assert "Иванова и партнёры" in later[0].read_text(encoding="utf-8")


def test_templates_of_a_brand_stay_with_the_report_and_go_with_it(period):
    deck = io.BytesIO()
    Presentation().save(deck)
    folder = period / "ru"
    render(folder, ("xlsx",), BRAND.model_copy(update={"pptx": deck.getvalue()}))
    assert load_report(folder).brand.pptx == deck.getvalue()
    made = render(folder, ("pptx",))
    assert Presentation(str(made[0])).slide_width == 9144000
    render(folder, ("xlsx",), BRAND)
    assert not (folder / "brand.pptx").exists()
    assert Presentation(str(folder / "report.pptx")).slide_width != 9144000


# What stops it -------------------------------------------------------------------------------------------------------


def test_a_document_is_replaced_as_a_whole_or_not_at_all(period, monkeypatch):
    folder = period / "ru"
    before = {name: (folder / name).read_bytes() for name in files(folder)}
    real = os.replace

    def full(source, target):
        if str(target).endswith("report.xlsx"):
            raise OSError(28, "No space left on device", str(target))
        real(source, target)

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(ReportError, match=r"^ru: report\.xlsx cannot be written \(No space left on device\)$"):
        render(folder, ("xlsx",))
    assert {name: (folder / name).read_bytes() for name in files(folder)} == before


def test_a_format_that_fails_leaves_the_others_as_they_were(period, monkeypatch):
    def fails(report):
        raise ReportError("the pdf cannot be made")

    monkeypatch.setitem(save.WRITERS, "pdf", fails)
    before = files(period)
    with pytest.raises(ReportError, match=r"^ru: the pdf cannot be made$"):
        render(period / "ru", ("xlsx", "pdf"), BRAND)
    assert files(period) == before
    assert load_report(period / "ru").brand is None


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda text: "{", "ru: report.json: is damaged - run the audit again"),
        (lambda text: text[: len(text) // 2], "ru: report.json: is damaged - run the audit again"),
        (lambda text: json.dumps({**json.loads(text), "schema_version": 0}), "ru: report.json: has schema 0, this"),
        (lambda text: json.dumps({**json.loads(text), "client": 7}), "ru: report.json: client is not as it was"),
        (lambda text: json.dumps({**json.loads(text), "extra": 7}), "ru: report.json: extra is not as it was"),
    ],
)
def test_a_damaged_or_older_report_is_one_line(period, capsys, spoil, said):
    path = period / "ru" / "report.json"
    path.write_text(spoil(path.read_text(encoding="utf-8")), encoding="utf-8")
    assert cli.main(["render", str(period / "ru")]) == 1
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.startswith(f"error: {said}")
    assert told.err.count("\n") == 1


def test_a_missing_picture_is_one_line(period):
    (period / "ru" / "figures" / "money-profit.svg").unlink()
    with pytest.raises(ReportError, match=r"^ru: figures/money-profit\.svg: cannot be read - run the audit again$"):
        render(period / "ru", ("html",))


def test_a_place_without_a_report_is_one_line(tmp_path):
    with pytest.raises(ReportError, match=r"holds no report\.json - name a report's folder"):
        render(tmp_path, ("html",))
    with pytest.raises(ReportError, match="is no folder - name a report's folder"):
        render(tmp_path / "nowhere", ("html",))


def test_the_command_names_what_it_made_and_tells_what_it_changed(period, tmp_path, capsys):
    (tmp_path / "brand.yml").write_text('name: A\nsecondary: "#ffd400"\n', encoding="utf-8")
    wanted = ["render", str(period / "ru"), "--formats", "xlsx", "--brand", str(tmp_path / "brand.yml")]
    assert cli.main(wanted) == 0
    told = capsys.readouterr()
    assert told.out.splitlines() == [str(period / "ru" / name) for name in ("report.xlsx", "report.html")]
    assert told.err.startswith("note: brand.yml: secondary #ffd400 has a contrast of 1.4:1")
