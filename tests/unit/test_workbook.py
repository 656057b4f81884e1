"""The workbook as it is written: structure, protection, lists, formulas, bytes."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook
from workbooks import DATA, FORM, IDS, RESULT, form, levels, parts

from helpers.client import Client
from helpers.language import LANGUAGES
from helpers.survey.criteria import questionnaire
from helpers.survey.own import own_result
from helpers.survey.workbook import write_workbook
from helpers.survey.workbook_style import lines
from helpers.survey.workbook_words import words

# What Excel 2007 and LibreOffice both have; anything newer would show #NAME? to somebody.
FUNCTIONS = {"AND", "AVERAGE", "COUNT", "COUNTIF", "IF", "IFERROR", "INDEX", "INT", "ISNUMBER", "MATCH", "MID", "MIN"}
FUNCTIONS |= {"OR", "REPT", "ROUND", "SMALL", "SUM", "TRIM", "VALUE"}


@pytest.fixture
def book(tmp_path: Path) -> Path:
    path = tmp_path / "q.xlsx"
    write_workbook(path, "ru")
    return path


def sheet(path: Path, number: int) -> list[list[object]]:
    return CalamineWorkbook.from_path(str(path)).get_sheet_by_index(number).to_python(skip_empty_area=False)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_same_questionnaire_has_the_same_bytes(tmp_path: Path, lang: str) -> None:
    one, two = tmp_path / "1.xlsx", tmp_path / "2.xlsx"
    for path in (one, two):
        write_workbook(path, lang, filled=form(comments={"A1": "x"}, sees=("won",)))
    assert one.read_bytes() == two.read_bytes()
    assert len(one.read_bytes()) < 60_000


@pytest.mark.parametrize("lang", LANGUAGES)
def test_three_sheets_and_no_macro(tmp_path: Path, lang: str) -> None:
    path = tmp_path / "q.xlsx"
    write_workbook(path, lang)
    texts = words(lang)
    book = CalamineWorkbook.from_path(str(path))
    assert book.sheet_names == [texts["sheet_form"], texts["sheet_result"], "audit"]
    found = parts(path)
    assert 'name="audit" sheetId="3" state="hidden"' in found["xl/workbook.xml"]
    assert not [name for name in found if "vba" in name.lower() or "external" in name.lower() or "hyper" in name]
    assert "http" not in found["xl/sharedStrings.xml"].partition("<si>")[2]


def test_all_sheets_are_protected_without_a_password(book: Path) -> None:
    for part in (FORM, RESULT, DATA):
        found = re.search("<sheetProtection[^>]*>", parts(book)[part])
        assert found
        assert 'sheet="1"' in found[0]
        assert "password" not in found[0]
        assert "hash" not in found[0]


def test_only_answers_and_comments_can_be_changed(book: Path) -> None:
    found = parts(book)
    block = found["xl/styles.xml"].partition("<cellXfs")[2].partition("</cellXfs>")[0]
    styles = re.split(r"(?=<xf )", block)[1:]
    free = "|".join(str(number) for number, style in enumerate(styles) if 'locked="0"' in style)
    # Twenty answers and comments, department, role, a word, ten stages and "none", where most are lost.
    assert len(re.findall(rf'<c [^>]*s="(?:{free})"', found[FORM])) == 20 + 20 + 3 + 11 + 1
    for part in (RESULT, DATA):
        assert not re.findall(rf'<c [^>]*s="(?:{free})"', found[part])


def test_each_answer_is_chosen_from_a_list_that_fits_it(book: Path) -> None:
    lists = re.findall(r"<dataValidation ([^>]*)><formula1>([^<]*)</formula1>", parts(book)[FORM])
    strict = [source for attributes, source in lists if 'showErrorMessage="1"' in attributes]
    with_na = [source for source in strict if source.endswith("$M$7")]
    assert len(strict) == 20 + 2 + 1
    assert len(with_na) == sum(criterion.not_applicable for criterion in questionnaire().criteria) == 2
    data = sheet(book, 2)
    assert [row[12] for row in data[:7]] == [1, 2, 3, 4, 5, "Не знаю", "Не применимо"]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_formulas_are_such_as_any_excel_counts(tmp_path: Path, lang: str) -> None:
    path = tmp_path / "q.xlsx"
    write_workbook(path, lang)
    found = parts(path)
    formulas = [f for part in (FORM, RESULT, DATA) for f in re.findall("<f>(.*?)</f>", found[part])]
    assert len(formulas) > 200
    for formula in formulas:
        plain = formula.replace("&quot;", '"').replace("&amp;", "&")
        texts = re.findall(r'"((?:[^"]|"")*)"', plain)
        assert max(map(len, texts), default=0) <= 255
        assert len(plain) < 8000
        assert set(re.findall(r"([A-Z][A-Z0-9.]+)\(", re.sub(r'"(?:[^"]|"")*"', '""', plain))) <= FUNCTIONS


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_statement_anchor_and_reading_stands_in_it(tmp_path: Path, lang: str) -> None:
    path = tmp_path / "q.xlsx"
    write_workbook(path, lang)
    told = "\n".join(str(cell) for number in range(3) for row in sheet(path, number) for cell in row)
    for criterion in questionnaire().criteria:
        assert criterion.statement[lang] in told
        assert all(anchor[lang] in told for anchor in criterion.anchors.values())
        assert criterion.hint is None or criterion.hint[lang] in told
    for band in questionnaire().bands:
        texts = (band.label, band.name, band.meaning, band.next_step, band.move_on, band.stay)
        assert all(text[lang] in told for text in texts)


def test_the_values_beside_formulas_are_those_of_the_score(tmp_path: Path) -> None:
    path = tmp_path / "q.xlsx"
    filled = form(levels("54n3 5d43 2343 5555 1454"))
    write_workbook(path, "en", filled=filled)
    own = own_result(filled, questionnaire())
    data = {row[0]: row[1] for row in sheet(path, 2) if row[0]}
    assert data["total"] == own.total
    assert [data[name] for name in ("given", "dk", "na", "blank", "asked", "needed")] == [18, 1, 1, 0, 19, 16]
    assert sheet(path, 0)[0][5:7] == ["Answered: 20 of 20", "All answered"]


def test_the_client_gives_stages_and_promise(tmp_path: Path) -> None:
    stages = ({"key": "leads", "name": "=Заявки"}, {"key": "deal", "name": "Сделка"}, {"key": "won", "name": "сделка"})
    told = {"client": "=1+1", "currency": "RUB", "survey": {"mode": "anonymous", "threshold": 7}, "stages": stages}
    path = tmp_path / "q.xlsx"
    write_workbook(path, "ru", Client.model_validate(told))
    rows = sheet(path, 0)
    assert rows[0][0] == "alignment-audit version=1.0 lang=ru mode=anonymous threshold=7"
    assert "7 чел." in str(rows[2])
    boxes = {row[0]: row[2] for row in rows if str(row[0]).startswith("sees:")}
    assert boxes["sees:leads"] == "=Заявки"
    assert (boxes["sees:deal"], boxes["sees:won"]) == ("Сделка (deal)", "сделка (won)")
    assert "=1+1" in sheet(path, 1)[1]
    assert "<f>1+1</f>" not in parts(path)[RESULT]


def test_ids_and_version_do_not_depend_on_the_language(tmp_path: Path) -> None:
    keys = []
    for lang in LANGUAGES:
        write_workbook(tmp_path / "q.xlsx", lang)
        rows = sheet(tmp_path / "q.xlsx", 0)
        keys.append([row[0] for row in rows[1:] if row[0]])
    assert keys[0] == keys[1] == keys[2]
    assert [key for key in keys[0] if key in IDS] == list(IDS)


@pytest.mark.parametrize(
    ("text", "width", "size", "wanted"), [("", 10, 10, 1), ("ab cd ef", 5, 10, 2), ("a\nb", 9, 9, 2)]
)
def test_lines_of_a_cell(text: str, width: float, size: float, wanted: int) -> None:
    assert lines(text, width, size) == wanted
