import json
import math
import shutil

import pytest
from demo_report import demo_report

from helpers.errors import ReportError
from helpers.report import model
from helpers.report.save import load_report, save_report

FORMATS = ("html", "pdf", "docx", "pptx", "xlsx")


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    report, folder = demo_report("ru", nasty=True), tmp_path_factory.mktemp("saved") / "ru"
    save_report(report, folder, FORMATS)
    return report, folder


def test_what_is_saved_comes_back(saved):
    report, folder = saved
    again = load_report(folder)
    assert again == report
    assert [figure.svg for figure in again.figures()] == [figure.svg for figure in report.figures()]
    assert all(figure.svg for figure in again.figures())


def test_the_same_report_is_the_same_bytes(saved, tmp_path):
    _, folder = saved
    save_report(load_report(folder), tmp_path / "again", FORMATS)
    files = sorted(path.relative_to(folder) for path in folder.rglob("*") if path.is_file())
    assert [str(name) for name in files] == [
        "figures/funnel-months.svg",
        "figures/money-profit.svg",
        "handouts/meeting.docx",
        "handouts/sign-off.docx",
        *sorted(["report.json", *(f"report.{name}" for name in FORMATS)]),
    ]
    assert all((tmp_path / "again" / name).read_bytes() == (folder / name).read_bytes() for name in files)


def test_the_model_is_readable_json(saved):
    _, folder = saved
    text = (folder / "report.json").read_text(encoding="utf-8")
    assert text.endswith("}\n")
    assert "Деньги по кампаниям" in text
    assert "svg" not in json.loads(text)["sections"][0]["exhibits"][0]["figure"]


def test_a_number_that_is_none_is_null(tmp_path):
    table = model.Table(columns=(model.Column(label="x", kind="number"),), rows=((math.nan,), (1.5,)))
    section = model.Section(key="a", title="A", exhibits=(model.Exhibit(key="a", title="A", table=table),))
    save_report(demo_report("en").model_copy(update={"sections": (section,)}), tmp_path, ())
    assert load_report(tmp_path).sections[0].exhibits[0].table.rows == ((None,), (1.5,))


def test_an_unknown_format_is_named_and_nothing_written(tmp_path):
    with pytest.raises(ReportError, match="unknown report format 'odt' - possible: docx, html, pdf, pptx, xlsx"):
        save_report(demo_report("en"), tmp_path / "x", ("html", "odt"))
    assert not (tmp_path / "x").exists()


def test_two_pictures_of_one_name_are_refused(tmp_path):
    report = demo_report("en")
    with pytest.raises(ReportError, match="'funnel-months'"):
        save_report(report.model_copy(update={"sections": (*report.sections, report.sections[0])}), tmp_path)


def test_two_working_documents_of_one_name_are_refused(tmp_path):
    report = demo_report("en")
    with pytest.raises(ReportError, match="'sign-off'"):
        save_report(report.model_copy(update={"handouts": (*report.handouts, report.handouts[0])}), tmp_path)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda folder: (folder / "report.json").unlink(), "report.json: cannot be read"),
        (lambda folder: (folder / "report.json").write_text("{"), "report.json: is damaged"),
        (lambda folder: (folder / "report.json").write_text("[]"), "has schema None"),
        (
            lambda folder: (folder / "report.json").write_text('{"schema_version": 99}'),
            "has schema 99, this version reads 1",
        ),
        (lambda folder: (folder / "report.json").write_text('{"schema_version": 1}'), "lang is not as it was written"),
        (
            lambda folder: (folder / "figures" / "money-profit.svg").unlink(),
            r"figures/money-profit\.svg: cannot be read",
        ),
    ],
)
def test_a_damaged_report_is_one_line(saved, tmp_path, change, message):
    folder = shutil.copytree(saved[1], tmp_path / "ru")
    change(folder)
    with pytest.raises(ReportError, match=message) as caught:
        load_report(folder)
    assert "\n" not in str(caught.value)
    assert str(folder) not in str(caught.value)


def test_a_folder_that_cannot_be_made_is_one_line(tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(ReportError, match="cannot be written"):
        save_report(demo_report("en"), tmp_path / "file" / "en")
