"""Filled workbooks read back: any language, any order, and everything people do to a workbook."""

from __future__ import annotations

import random
import re
import zipfile
from pathlib import Path

import pytest
from workbooks import DATA, FORM, IDS, STRINGS, delete_rows, edit, form, levels, row_of, row_xml

from helpers.language import LANGUAGES
from helpers.survey.answers import Answers, read_answers
from helpers.survey.workbook import write_workbook
from helpers.survey.workbook_cells import typed
from helpers.survey.workbook_words import words


@pytest.fixture
def answers(tmp_path: Path) -> Path:
    folder = tmp_path / "answers"
    folder.mkdir()
    return folder


def book(folder: Path, lang: str = "ru", name: str = "q.xlsx", **cells: object) -> Path:
    """A whole form with some cells typed over."""
    path = folder / name
    write_workbook(path, lang, filled={**typed(form(), lang), **cells})
    return path


def said(found: Answers) -> list[str]:
    return [str(problem) for problem in (*found.problems, *found.notices)]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_form_comes_back_as_it_was(answers: Path, lang: str) -> None:
    filled = form(
        levels("54n3 5d43 -343 5555 1454"),
        department="call_centre", role="staff", comments={"A1": "=1+1", "B4": "Привет"},
        sees=("leads", "won"), loses_at="qualified",
    )  # fmt: skip
    write_workbook(answers / "q.xlsx", lang, filled=filled)
    found = read_answers(answers)
    assert said(found) == []
    (one,) = found.respondents
    told = {"lang": lang, "mode": "open", "threshold": 5, "criteria_version": "1.0", "file": "answers/q.xlsx"}
    given = {key: answer for key, answer in filled.answers.items() if answer is not None}
    assert one == filled.model_copy(update={**told, "answers": given})


def test_seeing_no_stage_is_told_from_saying_nothing(answers: Path) -> None:
    write_workbook(answers / "none.xlsx", "uk", filled=form(respondent="a", sees=()))
    write_workbook(answers / "silent.xlsx", "uk", filled=form(respondent="b"))
    assert [one.sees for one in read_answers(answers).respondents] == [(), None]


def test_three_languages_in_one_folder(answers: Path) -> None:
    for lang in LANGUAGES:
        book(answers, lang, f"{lang}.xlsx", respondent="", A3=words(lang)["na"], B1=words(lang)["dk"].upper())
    found = read_answers(answers)
    assert said(found) == []
    assert [(one.lang, one.answers["A3"], one.answers["B1"]) for one in found.respondents] == [
        (lang, "na", "dk") for lang in LANGUAGES
    ]


def test_words_of_another_language_are_understood(answers: Path) -> None:
    book(answers, "ru", department="Sales", role="Співробітник", A1="I don’t know", C3="не застосовується")
    found = read_answers(answers)
    assert said(found) == []
    (one,) = found.respondents
    assert (one.department, one.role, one.answers["A1"], one.answers["C3"]) == ("sales", "staff", "dk", "na")


@pytest.mark.parametrize(("cell", "number"), [("4", 4), (" 2 ", 2), (3.0, 3), ("5.0", 5), ("1,0", 1)])
def test_numbers_as_text_are_numbers(answers: Path, cell: object, number: int) -> None:
    book(answers, C2=cell)
    found = read_answers(answers)
    assert found.problems == ()
    assert found.respondents[0].number("C2") == number


@pytest.mark.parametrize("bad", [0, 6, -1, 4.5, "maybe", "?", True, "не зн", "#REF!", "5 из 5", "<b>5</b>", "=5"])
def test_a_bad_answer_is_left_out_and_named(answers: Path, bad: object) -> None:
    book(answers, C2=bad)
    found = read_answers(answers)
    (problem,) = found.problems
    assert (problem.file, problem.key) == ("answers/q.xlsx", "answers.C2")
    assert "the answer was left out" in problem.what
    assert found.respondents[0].number("C2") is None
    assert len(found.respondents[0].answers) == 19


def test_not_applicable_only_where_it_is_offered(answers: Path) -> None:
    book(answers, B1="Не применимо", A3="Не применимо")
    found = read_answers(answers)
    assert [problem.key for problem in found.problems] == ["answers.B1"]
    assert found.respondents[0].answers["A3"] == "na"


@pytest.mark.parametrize(("key", "value"), [("department", ""), ("department", "Дизайн"), ("role", ""), ("role", 7)])
def test_a_form_without_department_or_role_is_left_out(answers: Path, key: str, value: object) -> None:
    book(answers, **{key: value})
    book(answers, name="good.xlsx")
    found = read_answers(answers)
    assert [one.file for one in found.respondents] == ["answers/good.xlsx"]
    (problem,) = found.problems
    assert (problem.file, problem.key) == ("answers/q.xlsx", key)
    assert "the form was left out" in problem.what


def test_an_empty_workbook_is_said_to_be_empty(answers: Path) -> None:
    write_workbook(answers / "q.xlsx", "uk")
    found = read_answers(answers)
    assert found.respondents == ()
    assert said(found) == ["answers/q.xlsx: nothing is filled in - ask the respondent to send it again"]


def test_deleted_rows_are_named_and_the_rest_counts(answers: Path) -> None:
    delete_rows(book(answers), "B2", "D4")
    found = read_answers(answers)
    assert found.problems[0].what == "rows were deleted, their answers are missing: B2, D4"
    assert set(IDS) - found.respondents[0].answers.keys() == {"B2", "D4"}


def test_all_rows_deleted(answers: Path) -> None:
    delete_rows(book(answers), *IDS)
    found = read_answers(answers)
    assert found.respondents == ()
    assert "the rows of the statements are gone" in found.problems[0].what


def test_rows_in_another_order_are_the_same_answers(answers: Path) -> None:
    path = book(answers, A1=1, E4=5)
    one, two = row_of(path, "A1"), row_of(path, "E4")

    def swapped(sheet: str) -> str:
        a, b = row_xml(sheet, one), row_xml(sheet, two)
        moved = [
            re.sub(rf'r="([A-Z]*){old}"', rf'r="\g<1>{new}"', row) for row, old, new in ((b, two, one), (a, one, two))
        ]
        return sheet.replace(a, "@1").replace(b, "@2").replace("@1", moved[0]).replace("@2", moved[1])

    edit(path, FORM, swapped)
    found = read_answers(answers)
    assert found.problems == ()
    assert (found.respondents[0].number("A1"), found.respondents[0].number("E4")) == (1, 5)


@pytest.mark.parametrize("same", [True, False])
def test_a_row_that_stands_twice(answers: Path, same: bool) -> None:
    path = book(answers, A1=1, A2=1 if same else 5)
    first, second = row_of(path, "A1"), row_of(path, "A2")

    def renamed(sheet: str) -> str:
        key = re.search(rf'<c r="A{first}".*?</c>', sheet)
        assert key
        return re.sub(rf'<c r="A{second}".*?</c>', key[0].replace(f"A{first}", f"A{second}"), sheet)

    edit(path, FORM, renamed)
    found = read_answers(answers)
    assert found.respondents[0].number("A1") == (1 if same else None)
    assert ("the row stands twice" in str(found.problems[0])) is not same
    assert "rows were deleted, their answers are missing: A2" in found.problems[-1].what


def test_an_edited_result_is_noticed_and_the_answers_count(answers: Path) -> None:
    path = book(answers)
    edit(path, DATA, lambda sheet: re.sub(r"(20\*SUM[^/]*/[^/]*</f><v>)80\.0(</v>)", r"\g<1>100\2", sheet))
    found = read_answers(answers)
    assert found.problems == ()
    assert "formulas were changed" in found.notices[0].what
    assert len(found.respondents) == 1


def test_a_workbook_without_its_hidden_sheet_is_read(answers: Path) -> None:
    path = book(answers, loses_at="Лиды")
    edit(path, "xl/workbook.xml", lambda xml: re.sub(r'<sheet name="audit"[^>]*/>', "", xml))
    found = read_answers(answers)
    assert said(found) == []
    assert found.respondents[0].loses_at == "leads"


def test_renamed_sheets_are_read(answers: Path) -> None:
    edit(book(answers), "xl/workbook.xml", lambda xml: xml.replace("Анкета", "Иванов И.").replace("Результат", "2"))
    assert len(read_answers(answers).respondents) == 1


def test_an_older_version_is_refused_with_the_reason(answers: Path) -> None:
    edit(book(answers), STRINGS, lambda xml: xml.replace("version=1.0", "version=0.9"))
    found = read_answers(answers)
    assert found.respondents == ()
    assert 'version "0.9" of the criteria' in found.problems[0].what


def test_without_the_hidden_column_it_is_no_questionnaire(answers: Path) -> None:
    edit(book(answers), FORM, lambda sheet: re.sub(r'<c r="A\d+".*?</c>', "", sheet))
    found = read_answers(answers)
    assert found.respondents == ()
    assert "no sheet of the questionnaire" in found.problems[0].what


def test_the_same_word_again_is_a_revision(answers: Path) -> None:
    book(answers, name="1.xlsx", respondent="лис", A1=1)
    book(answers, name="2.xlsx", respondent="Лис", A1=5)
    book(answers, name="3.xlsx", respondent="")
    found = read_answers(answers)
    assert [(one.file, one.number("A1")) for one in found.respondents] == [("answers/2.xlsx", 5), ("answers/3.xlsx", 4)]
    assert "answered again" in found.notices[0].what


@pytest.mark.parametrize(
    ("tick", "sees"), [("x", True), ("Х", True), ("✓", True), (1, True), ("да", True), ("нет", False)]
)
def test_any_usual_tick_is_a_tick(answers: Path, tick: object, sees: bool) -> None:
    book(answers, **{"sees:leads": tick})
    found = read_answers(answers)
    assert said(found) == []
    assert found.respondents[0].sees == (("leads",) if sees else ())


def test_an_unknown_tick_or_stage_is_named(answers: Path) -> None:
    book(answers, loses_at="Где-то", **{"sees:leads": "иногда", "sees:won": "x"})
    found = read_answers(answers)
    assert {problem.key for problem in found.problems} == {"sees:leads", "loses_at"}
    assert (found.respondents[0].sees, found.respondents[0].loses_at) == (("won",), None)


def test_comments_are_plain_short_text(answers: Path) -> None:
    nasty = "<script>x</script> {{ y }} =HYPERLINK(1)"
    book(answers, **{"comment:A1": nasty, "comment:A2": "я" * 30_000, "comment:A3": 5})
    comments = read_answers(answers).respondents[0].comments
    assert (comments["A1"], len(comments["A2"]), comments["A3"]) == (nasty, 1000, "5")


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty"),
        (b"not a workbook", "not a workbook"),
        (b"PK\x03\x04broken", "not a workbook"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"0" * 600, "old or locked"),
        (b"x" * 1_000_001, "larger than 1 MB"),
    ],
)
def test_what_is_no_workbook(answers: Path, content: bytes, reason: str) -> None:
    (answers / "q.xlsx").write_bytes(content)
    book(answers, name="good.xlsx")
    found = read_answers(answers)
    assert len(found.respondents) == 1
    assert reason in found.problems[0].what


def test_another_workbook_is_refused(answers: Path) -> None:
    from xlsxwriter import Workbook

    with Workbook(str(answers / "q.xlsx")) as other:
        other.add_worksheet().write(0, 0, "Отчёт")
    (problem,) = read_answers(answers).problems
    assert "no sheet of the questionnaire" in problem.what


@pytest.mark.parametrize("place", [' r="XFD9"', ' r="B1048576"', ""])
def test_a_cell_at_the_end_of_the_world_takes_no_memory(answers: Path, place: str) -> None:
    cell = f'<row r="1048576"><c{place} t="n"><v>1</v></c></row></sheetData>'
    edit(book(answers), FORM, lambda sheet: sheet.replace("</sheetData>", cell))
    (problem,) = read_answers(answers).problems
    assert "far larger than the questionnaire" in problem.what


def test_a_small_file_that_unpacks_into_a_huge_one_is_not_unpacked(answers: Path) -> None:
    with zipfile.ZipFile(answers / "q.xlsx", "w", zipfile.ZIP_DEFLATED) as bomb:
        bomb.writestr("xl/worksheets/sheet1.xml", b" " * 30_000_000)
    (problem,) = read_answers(answers).problems
    assert "far larger than the questionnaire" in problem.what


def test_no_broken_workbook_ends_a_batch(answers: Path) -> None:
    path = book(answers)
    whole, chance = path.read_bytes(), random.Random(7)
    with zipfile.ZipFile(path) as old:
        content = {name: old.read(name) for name in old.namelist()}
    for turn in range(120):
        if turn % 3 == 0:
            spoilt = bytearray(whole)
            for _ in range(20):
                spoilt[chance.randrange(len(spoilt))] = chance.randrange(256)
            path.write_bytes(bytes(spoilt))
        else:
            name = chance.choice([FORM, DATA, STRINGS, "xl/workbook.xml", "xl/styles.xml", "[Content_Types].xml"])
            raw = bytearray(content[name])
            for _ in range(chance.randrange(1, 30)):
                at = chance.randrange(len(raw))
                raw[at : at + chance.randrange(1, 40)] = chance.randbytes(chance.randrange(3))
            with zipfile.ZipFile(path, "w") as new:
                for part, was in content.items():
                    new.writestr(part, bytes(raw) if part == name else was)
        found = read_answers(answers)
        assert found.respondents or found.problems
