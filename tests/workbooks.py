"""Filled and spoilt workbooks for tests: their parts are changed as a person (or a thief) would change them."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

from helpers.survey.answers import Respondent
from helpers.survey.criteria import questionnaire

FORM, RESULT, DATA = (f"xl/worksheets/sheet{number}.xml" for number in (1, 2, 3))
STRINGS = "xl/sharedStrings.xml"
IDS = questionnaire().ids


def form(answers: dict[str, object] | None = None, **changes: object) -> Respondent:
    """A whole form; ``answers`` over twenty fours."""
    given = {**dict.fromkeys(IDS, 4), **(answers or {})}
    return Respondent.model_validate(
        {"respondent": "m1", "department": "marketing", "role": "leader", "answers": given, **changes}
    )


def levels(numbers: str) -> dict[str, object]:
    """'5342 ...' → answers in order; d don't know, n not applicable, - none."""
    codes: dict[str, object] = {"d": "dk", "n": "na", "-": None}
    found = [codes.get(letter, letter) for letter in numbers if letter != " "]
    return {id: int(x) if isinstance(x, str) and x.isdigit() else x for id, x in zip(IDS, found, strict=True)}


def parts(path: Path) -> dict[str, str]:
    """Name → XML of every part."""
    with zipfile.ZipFile(path) as book:
        return {name: book.read(name).decode() for name in book.namelist()}


def edit(path: Path, part: str, change: Callable[[str], str]) -> Path:
    """The workbook with one part changed; a change that changes nothing is a mistake of the test."""
    made = io.BytesIO()
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            content = old.read(name)
            if name == part:
                changed = change(content.decode()).encode()
                assert changed != content
                content = changed
            new.writestr(name, content)
    path.write_bytes(made.getvalue())
    return path


def row_of(path: Path, key: str) -> int:
    """Row of a key on the sheet to fill in, from 1."""
    from python_calamine import CalamineWorkbook

    rows = CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python(skip_empty_area=False)
    return next(number for number, row in enumerate(rows, start=1) if row[0] == key)


def row_xml(sheet: str, number: int) -> str:
    """The XML of one row."""
    found = re.search(rf'<row r="{number}".*?</row>', sheet)
    assert found
    return found[0]


def delete_rows(path: Path, *keys: str) -> Path:
    """The workbook without the rows of these keys."""
    for key in keys:
        number = row_of(path, key)
        edit(path, FORM, lambda sheet, number=number: sheet.replace(row_xml(sheet, number), ""))
    return path


def without_values(path: Path) -> Path:
    """The workbook with every formula uncounted: a program that does not recalculate finds nothing."""
    for part in (FORM, RESULT, DATA):
        edit(path, part, lambda sheet: re.sub(r"(</f>)<v>[^<]*</v>", r"\1", sheet))
    return path
