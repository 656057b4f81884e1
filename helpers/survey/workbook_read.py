"""Filled workbooks as plain dictionaries, whatever their language and the order of their rows."""

from __future__ import annotations

import io
import re
import zipfile
from typing import Any

from helpers.errors import Problem
from helpers.survey import workbook_cells as at
from helpers.survey.answer_files import Record, number_of, shown

LARGEST_UNPACKED = 20_000_000
"""Bytes of all parts of the file; the questionnaire has under 400 kB."""
MOST_ROWS, MOST_COLUMNS = 5_000, 200
"""calamine makes a full rectangle of a sheet: one cell in its last corner would take gigabytes."""
AGAIN = "fill in the questionnaire again in a fresh copy of the workbook"
_CELL = re.compile(rb"<(?:\w+:)?c\b([^>]*[^/])?>")
_PLACE = re.compile(rb"\br\s*=\s*[\"']([A-Z]{1,3})(\d{1,7})[\"']")


def code_of(value: Any, may_skip: bool) -> Any:
    """A typed answer as 1-5, "dk", "na", "" (empty) or "bad", by the rules of the workbook's own formulas."""
    if isinstance(value, bool):
        return "bad"
    answer = answer_of(value)
    if answer == "na" and not may_skip:
        return "bad"
    return answer if answer in ("", "dk", "na") or (isinstance(answer, int) and 1 <= answer <= 5) else "bad"


def answer_of(value: Any) -> Any:
    """A typed answer as a number, "dk", "na" or, where it is neither, as it is."""
    if isinstance(value, bool):
        return value
    return at.vocabulary("answer").get(at.folded(value), number_of(at.clean(value)))


def read_workbook(raw: bytes, name: str, criteria: tuple[str, ...]) -> tuple[list[Record], list[Problem]]:
    """One record per filled sheet of the workbook, and what is wrong with its form."""
    from python_calamine import CalamineError, CalamineWorkbook, PasswordError

    if raw.startswith(b"\xd0\xcf\x11\xe0"):
        # Excel packs a locked .xlsx into the container of old .xls files.
        return [], [Problem("an old or locked workbook", "save it as .xlsx without a password to open it", name)]
    if why := _too_large(raw):
        return [], [Problem(why, AGAIN, name)]
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(raw))
        sheets = {title: book.get_sheet_by_name(title).to_python(skip_empty_area=False) for title in book.sheet_names}
    except PasswordError:
        return [], [Problem("protected by a password", "save it without one", name)]
    except (CalamineError, OSError, ValueError):
        return [], [Problem("not a workbook that can be read", AGAIN, name)]
    except BaseException as error:
        # What a broken file makes Rust panic about is no Exception; one file must not end a batch.
        if type(error).__name__ != "PanicException":
            raise
        return [], [Problem("not a workbook that can be read", AGAIN, name)]
    found = {title: place for title, rows in sheets.items() if (place := _marker(rows)) is not None}
    if not found:
        todo = "only the workbook of this questionnaire can be read; send other tables as CSV"
        return [], [Problem("no sheet of the questionnaire in it", todo, name)]
    records: list[Record] = []
    problems: list[Problem] = []
    for title, (row, column) in found.items():
        own = name if len(found) == 1 else f"{name} [{title}]"
        total = _shown_total(sheets) if len(found) == 1 else None
        record, wrong = _record(sheets[title], row, column, own, criteria, total)
        problems += wrong
        records += [record] if record is not None else []
    return records, problems


def _too_large(raw: bytes) -> str:
    """Why the file must not be unpacked into a table; '' where it may."""
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as parts:
            if sum(part.file_size for part in parts.infolist()) > LARGEST_UNPACKED:
                return "the workbook is far larger than the questionnaire, it was not read"
            for part in parts.namelist():
                if part.startswith("xl/worksheets/") and part.endswith(".xml") and not _fits(parts.read(part)):
                    return "a sheet is far larger than the questionnaire, it was not read"
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, EOFError, ValueError):
        return "not a workbook that can be read"
    except Exception as error:  # zlib.error and what else a broken archive may raise
        return f"not a workbook that can be read ({type(error).__name__})"
    return ""


def _fits(sheet: bytes) -> bool:
    for attributes in _CELL.findall(sheet):
        place = _PLACE.search(attributes or b"")
        if place is None:
            # A cell without its place stands anywhere: no program that keeps our formulas writes so.
            return False
        column = 0
        for letter in place[1]:
            column = column * 26 + letter - 64
        if column > MOST_COLUMNS or int(place[2]) > MOST_ROWS:
            return False
    return True


def _marker(rows: list[list[Any]]) -> tuple[int, int] | None:
    """Where the sheet says that it is a questionnaire."""
    for number, row in enumerate(rows):
        for column, value in enumerate(row):
            if isinstance(value, str) and value.startswith(f"{at.MARK} "):
                return number, column
    return None


def _shown_total(sheets: dict[str, list[list[Any]]]) -> str | None:
    """The total as the hidden sheet counted it, None where there is none to be seen."""
    for rows in sheets.values():
        if rows and rows[0] and rows[0][0] == at.MARK:
            return next((at.clean(row[1]) for row in rows if len(row) > 1 and row[0] == "total"), None)
    return None


def _record(
    rows: list[list[Any]], first: int, column: int, name: str, criteria: tuple[str, ...], total: str | None
) -> tuple[Record | None, list[Problem]]:
    data = at.read_marker(rows[first][column])
    problems: list[Problem] = []
    values: dict[str, Any] = {}
    comments: dict[str, str] = {}
    labels: dict[str, str] = {}
    for row in rows[first + 1 :]:
        key = row[column].strip() if column < len(row) and isinstance(row[column], str) else ""
        if not key:
            continue
        value = row[column + at.ANSWER] if column + at.ANSWER < len(row) else ""
        if key in values:
            if at.clean(values[key]) != at.clean(value):
                what = "the row stands twice with different answers, neither was taken"
                problems.append(Problem(what, "keep one row", name, key=key))
                values[key] = ""
            continue
        values[key] = value
        if key in criteria:
            said = at.clean(row[column + at.COMMENT]) if column + at.COMMENT < len(row) else ""
            comments |= {key: said} if said else {}
        elif key.startswith(at.SEES) and key != at.NONE_SEEN:
            labels[at.folded(row[column + at.STATEMENT])] = key.removeprefix(at.SEES)
    gone = [criterion for criterion in criteria if criterion not in values]
    if len(gone) == len(criteria):
        return None, [Problem("the rows of the statements are gone, the workbook was left out", AGAIN, name)]
    if gone:
        what = f"rows were deleted, their answers are missing: {', '.join(gone)}"
        problems.append(Problem(what, AGAIN, name))
    data |= {"comments": comments, "answers": {}}
    for criterion in criteria:
        if at.clean(values.get(criterion)):
            data["answers"][criterion] = answer_of(values[criterion])
    for key in ("department", "role"):
        if text := at.clean(values.get(key)):
            data[key] = at.vocabulary(key).get(at.folded(text), text)
    if text := at.clean(values.get("respondent")):
        data["respondent"] = text
    if not data["answers"] and not problems and "department" not in data and "role" not in data:
        return None, [Problem("nothing is filled in", "ask the respondent to send it again", name)]
    sees, wrong = _seen(values, name)
    problems += wrong
    if sees is not None:
        data["sees"] = sees
    text = at.folded(values.get("loses_at"))
    if text and text not in at.vocabulary("answer"):
        if text in labels or text in labels.values():
            data["loses_at"] = labels.get(text, text)
        else:
            todo = f"allowed: {', '.join(labels)}"
            problems.append(Problem(f"found {shown(text)}, it was left out", todo, name, key="loses_at"))
    return Record(name, None, data, total), problems


def _seen(values: dict[str, Any], name: str) -> tuple[list[str] | None, list[Problem]]:
    """The ticked stages; None where no box says anything."""
    ticked: list[str] = []
    problems: list[Problem] = []
    answered = False
    for key, value in values.items():
        if not key.startswith(at.SEES) or not (text := at.clean(value)):
            continue
        tick = at.marked(text)
        if tick is None:
            problems.append(Problem(f"found {shown(text)}, it was left out", "mark with x", name, key=key))
            continue
        if key != at.NONE_SEEN:
            answered = True
            ticked += [key.removeprefix(at.SEES)] if tick else []
        elif tick:
            answered = True
    return (ticked if answered else None), problems
