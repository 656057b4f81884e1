"""The workbook's formulas, counted by LibreOffice, give what the Python score gives: every cell of every sheet."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from needs import needs
from office import cells, convert, same
from python_calamine import CalamineWorkbook
from workbooks import DATA, delete_rows, edit, form, levels, without_values

from helpers.language import LANGUAGES
from helpers.survey.answers import Respondent
from helpers.survey.bands import band_of, gated
from helpers.survey.criteria import questionnaire
from helpers.survey.people import applying, left_out, person
from helpers.survey.workbook import write_workbook
from helpers.survey.workbook_words import words

pytestmark = needs("libreoffice")

FORMS: dict[str, str] = {
    "all fours": "4444 4444 4444 4444 4444",
    "all threes": "3333 3333 3333 3333 3333",
    "all ones": "1111 1111 1111 1111 1111",
    "all fives": "5555 5555 5555 5555 5555",
    "mixed": "1234 5123 4512 3451 2345",
    "does not know some": "54d3 5d43 2343 d555 145d",
    "not applicable": "54n3 5443 23n3 5555 1454",
    "not applicable and too few there": "54nd 5443 2343 5555 1454",
    "sixteen answers": "543- 543d 543- 543d 5434",
    "fifteen answers": "543- 543d 543- 543d 543-",
    "fifteen of eighteen": "54n- 5443 23n3 53d4 145-",
    "fifteen of eighteen, three of three": "54n3 -443 23n3 53d4 145-",
    "an area without enough": "5555 55d- 5555 5555 5555",
    "nothing known": "dddd dddd dddd dddd dddd",
    "nothing at all": "---- ---- ---- ---- ----",
    "one answer": "---- ---- --2- ---- ----",
    "39": "2222 2222 2222 2222 2221",
    "39 and two thirds": "2222 2221 2221 332d 2221",
    "40": "2222 2222 2222 2222 2222",
    "59 and two thirds": "3333 3333 3334 332d 3333",
    "60": "2433 4332 2343 5133 4233",
    "79 and two thirds": "4444 4444 4444 443d 4445",
    "80": "4444 5434 3544 4444 5443",
    "80 held back by one area": "5555 5555 3333 4433 4433",
    "60 held back by two areas": "5555 4444 1222 2221 3322",
    "many low": "1212 1333 4455 2555 1515",
}


def data(path: Path) -> dict[str, object]:
    rows = CalamineWorkbook.from_path(str(path)).get_sheet_by_name("audit").to_python(skip_empty_area=False)
    return {str(row[0]): row[1] for row in rows if row[0]}


@pytest.fixture(scope="module")
def counted(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Folders of the workbooks as written and as LibreOffice counted them, one for each form and language."""
    folder = tmp_path_factory.mktemp("workbooks")
    (folder / "in").mkdir()
    (folder / "bare").mkdir()
    for number, answers in enumerate(FORMS.values()):
        lang = LANGUAGES[number % 3]
        for where in ("in", "bare"):
            write_workbook(folder / where / f"{number}.xlsx", lang, filled=form(levels(answers)))
        without_values(folder / "bare" / f"{number}.xlsx")
    convert(folder, "xlsx", *sorted((folder / "bare").iterdir()))
    return folder / "in", folder / "xlsx"


@pytest.mark.parametrize("name", FORMS)
def test_every_cell_is_what_python_counts(counted: tuple[Path, Path], name: str) -> None:
    number = [*FORMS].index(name)
    written, recounted = (cells(folder / f"{number}.xlsx") for folder in counted)
    assert len(written) > 300
    assert same(written, recounted) == []


@pytest.mark.parametrize("name", FORMS)
def test_the_result_is_the_score_of_one_person(counted: tuple[Path, Path], name: str) -> None:
    number = [*FORMS].index(name)
    lang, filled = LANGUAGES[number % 3], form(levels(FORMS[name]))
    rows = CalamineWorkbook.from_path(str(counted[1] / f"{number}.xlsx")).get_sheet_by_index(1).to_python(
        skip_empty_area=False
    )  # fmt: skip
    total, label, means = _expected(filled, lang)
    flat = [[cell for cell in row if cell != ""] for row in rows]
    points = next(row for row in flat if row and row[0] == words(lang)["points"])
    assert points[1:] == ([pytest.approx(total, abs=1e-9), label] if total is not None else ["?"])
    at = next(n for n, row in enumerate(flat) if row and row[0] == words(lang)["area"])
    shown = [row[1] for row in flat[at + 1 : at + 6]]
    assert shown == [pytest.approx(mean, abs=1e-9) if mean is not None else "?" for mean in means]


def _expected(filled: Respondent, lang: str) -> tuple[float | None, str, list[float | None]]:
    """Total, label of the band and means, straight from the functions that the company's score uses."""
    criteria = applying(questionnaire(), left_out([filled], questionnaire()))
    one = person(filled, criteria)
    label = ""
    if one.total is not None:
        band, _ = gated(band_of(round(one.total, 9)), {key: round(x, 9) for key, x in one.dimensions.items()})
        label = questionnaire().band(band).label[lang]
    return one.total, label, [one.dimensions.get(key) for key in "ABCDE"]


def test_the_forms_reach_what_they_are_named_after() -> None:
    totals = {name: _expected(form(levels(answers)), "en")[:2] for name, answers in FORMS.items()}
    wanted = {"39": 39, "39 and two thirds": 39 + 2 / 3, "40": 40, "59 and two thirds": 59 + 2 / 3, "60": 60}
    wanted |= {"79 and two thirds": 79 + 2 / 3, "80": 80, "80 held back by one area": 80}
    wanted |= {"60 held back by two areas": 60}
    assert {name: totals[name][0] for name in wanted} == pytest.approx(wanted)
    labels = ["Apart", "Apart", "Agreed", "Agreed", "In step", "In step", "One team", "In step", "Agreed"]
    assert [totals[name][1] for name in wanted] == labels
    none = {name for name, (total, _) in totals.items() if total is None}
    assert none == {"fifteen answers", "an area without enough", "nothing known", "nothing at all", "one answer",
                    "not applicable and too few there", "fifteen of eighteen"}  # fmt: skip


BORDERS = (20.0, 39.5, 39.95, 39.99999, 40.0, 59.99, 60.0 - 1e-12, 60.0, 79.5, 79.99, 80.0, 100.0)


def test_borders_are_half_open_on_the_unrounded_total(tmp_path: Path) -> None:
    """No single form gives 39.95: the total is put into its cell, all formulas behind it are the workbook's own."""
    (tmp_path / "in").mkdir()
    for number, total in enumerate(BORDERS):
        path = tmp_path / "in" / f"{number}.xlsx"
        write_workbook(path, "en", filled=form(levels("4545 4545 4545 4545 4545")))
        cell = re.compile(r"<f>[^<]*20\*SUM[^<]*</f><v>[^<]*</v>")
        without_values(edit(path, DATA, lambda sheet, c=cell, t=total: c.sub(f"<v>{t!r}</v>", sheet)))
    out = convert(tmp_path, "xlsx", *sorted((tmp_path / "in").iterdir()))
    bands = [band.key for band in questionnaire().bands]
    found = [data(out / f"{number}.xlsx") for number in range(len(BORDERS))]
    assert [one["total"] for one in found] == pytest.approx(BORDERS)
    assert [bands[int(str(one["band"])[0]) - 1] for one in found] == [band_of(round(total, 9)) for total in BORDERS]


def test_what_cannot_be_read_is_counted_apart(tmp_path: Path) -> None:
    path = tmp_path / "q.xlsx"
    filled = {"department": "Sales", "A1": 0, "A2": 6, "A3": "Not applicable", "A4": "4", "B1": "not applicable",
              "B2": " I DON'T KNOW ", "B3": "?", "B4": 4.5, "C1": "five"}  # fmt: skip
    write_workbook(path, "en", filled=filled)
    written = cells(path)
    delete_rows(path, "E4")
    found = data(convert(tmp_path, "xlsx", without_values(path)) / "q.xlsx")
    counts = {key: found[key] for key in ("given", "dk", "na", "bad", "blank", "done", "chosen")}
    # E4 was empty and is gone now: its row cannot be read either.
    assert counts == {"given": 1, "dk": 1, "na": 1, "bad": 7, "blank": 10, "done": 3, "chosen": 0}
    assert found["status"] == "cannot be read: No. 1" == written["Questionnaire", 0, 6]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_it_prints_on_four_pages(tmp_path: Path, lang: str) -> None:
    path = tmp_path / "q.xlsx"
    write_workbook(path, lang, filled=form(levels("54n3 5d43 2343 5555 1454"), comments={"A1": "x" * 60}))
    made = convert(tmp_path, "pdf", path) / "q.pdf"
    assert len(re.findall(rb"/Type\s*/Page\b(?!s)", made.read_bytes())) == 4
