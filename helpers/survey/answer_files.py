"""Answer files as plain dictionaries: JSON (one respondent or a list), CSV (one row per respondent), workbooks, and
codes.txt (one short code a line).

Nothing is judged here but the form of the file; what an answer may be stands in answers.py.
"""

from __future__ import annotations

import csv
import io
import json
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from helpers.errors import AnswersError, Problem

LARGEST_FILE = 1_000_000
"""Bytes. A respondent's form is under 20 kB; whatever is larger is some other file."""

WORKBOOKS = (".xlsx", ".xlsm")
CODES = "codes.txt"
STAGES = "# stages:"
"""Begins the line of codes.txt that names the stages the form showed, where they are not the usual ones."""

CSV_COLUMNS = (
    *("respondent", "department", "role", "sees", "loses_at", "seconds"),
    *("mode", "threshold", "criteria_version", "lang", "submitted", "revision"),
)


@dataclass(frozen=True)
class Record:
    """One respondent as found: where it stands and its keys."""

    file: str
    row: int | None
    data: dict[str, Any]
    total: str | None = None
    """The total that a workbook shows, '' for none; None where the file shows no result."""


def read_file(path: Path, name: str, criteria: tuple[str, ...]) -> tuple[list[Record], list[Problem]]:
    """Records of one file and what is wrong with its form; ``name`` is how problems call the file."""
    try:
        if path.stat().st_size > LARGEST_FILE:
            return [], [Problem("the file is larger than 1 MB, it was not read", "a form is under 20 kB", name)]
        raw = path.read_bytes()
    except OSError as error:
        return [], [Problem(f"the file cannot be opened ({error.strerror})", "check its rights", name)]
    if not raw.strip():
        return [], [Problem("the file is empty", "ask the respondent to send it again", name)]
    suffix = path.suffix.lower()
    if suffix in WORKBOOKS:
        from helpers.survey.workbook_read import read_workbook

        return read_workbook(raw, name, criteria)
    if suffix == ".txt":
        return _codes(raw, name)
    return _json(raw, name) if suffix == ".json" else _csv(raw, name, criteria)


def _json(raw: bytes, name: str) -> tuple[list[Record], list[Problem]]:
    problems: list[Problem] = []

    def pairs(found: list[tuple[str, Any]]) -> dict[str, Any]:
        keys = [key for key, _ in found]
        for key in sorted({key for key in keys if keys.count(key) > 1}):
            problems.append(Problem("the key stands twice, the last one was taken", "keep one", name, key=key))
        return dict(found)

    try:
        # json knows UTF-8, UTF-16 and UTF-32 by their first bytes, but not the BOM that Windows puts before UTF-8.
        text = raw.decode("utf-8-sig" if raw.startswith(b"\xef\xbb\xbf") else json.detect_encoding(raw))
        data = json.loads(text, object_pairs_hook=pairs)
    except UnicodeDecodeError:
        return [], [Problem("the file is not in UTF-8", "send the file as the form saved it", name)]
    except json.JSONDecodeError as error:
        found = Problem(
            f"not JSON: {error.msg.removesuffix(' at')}", "send the file as the form saved it", name, error.lineno
        )
        return [], [found]
    except (ValueError, RecursionError):
        return [], [Problem("not JSON that can be read", "send the file as the form saved it", name)]
    listed = isinstance(data, list)
    records = []
    for number, item in enumerate(data if listed else [data], start=1):
        row = number if listed else None
        if isinstance(item, dict):
            records.append(Record(name, row, item))
        else:
            problems.append(Problem(f"found {shown(item)}", "one respondent is {...}", name, row=row))
    if listed and not data:
        problems.append(Problem("the list holds no respondent", "ask for the file again", name))
    return records, problems


def _csv(raw: bytes, name: str, criteria: tuple[str, ...]) -> tuple[list[Record], list[Problem]]:
    text = _decoded(raw)
    if text is None:
        return [], [Problem("neither UTF-8 nor Windows-1251 text", "save the table as CSV UTF-8", name)]
    lines = text.splitlines()
    above = 0
    if lines and lines[0].lower().startswith("sep="):
        # Excel's own hint for itself.
        text, above = text.split("\n", 1)[-1], 1
    head = next((line for line in text.splitlines() if line.strip()), "")
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=max(",;\t", key=head.count), strict=True))
    except csv.Error as error:
        return [], [Problem(f"not CSV: {error}", "save the table as CSV UTF-8 again", name)]
    start = next(number for number, row in enumerate(rows) if any(cell.strip() for cell in row))
    known = {key.casefold(): key for key in (*CSV_COLUMNS, *criteria)}
    columns = [known.get(cell.strip().casefold()) for cell in rows[start]]
    problems = _header_problems(rows[start], columns, criteria, name)
    if any(needed not in columns for needed in ("department", "role")) or not set(columns) & set(criteria):
        return [], problems
    records = []
    for number, row in enumerate(rows[start + 1 :], start=start + 2 + above):
        if not any(cell.strip() for cell in row):
            continue
        if any(cell.strip() for cell in row[len(columns) :]):
            problems.append(
                Problem(f"{len(row)} cells under {len(columns)} columns", "the row was left out", name, row=number)
            )
            continue
        cells = {key: cell.strip() for key, cell in zip(columns, row, strict=False) if key}
        records.append(Record(name, number, _from_cells(cells, criteria)))
    if not records and not problems:
        problems.append(Problem("the table holds no respondent", "one row per respondent", name))
    return records, problems


def _codes(raw: bytes, name: str) -> tuple[list[Record], list[Problem]]:
    """One code a line; what follows a # is a remark."""
    from helpers.survey.code import decode

    text = _decoded(raw)
    if text is None:
        return [], [Problem("neither UTF-8 nor Windows-1251 text", "save the text as UTF-8", name)]
    records: list[Record] = []
    problems: list[Problem] = []
    stages: list[str] | None = None
    for row, line in enumerate(text.splitlines(), start=1):
        if line.lower().startswith(STAGES):
            stages = [key.strip() for key in line[len(STAGES) :].split(",") if key.strip()]
        code = line.partition("#")[0].strip()
        if not code:
            continue
        try:
            records.append(Record(name, row, decode(code, stages)))
        except AnswersError as error:
            problems += [Problem(wrong.what, wrong.todo, name, row=row) for wrong in error.problems]
            continue
        if "sees" not in records[-1].data:
            what = "the code was made with other stages: what the person sees and where clients are lost was left out"
            problems.append(Problem(what, "take the code in with `audit answers`, or ask for the file", name, row=row))
    return records, problems


def _decoded(raw: bytes) -> str | None:
    wide = raw.startswith((b"\xff\xfe", b"\xfe\xff"))
    encodings = ["utf-16"] if wide else ["utf-8-sig", "cp1251"]
    for encoding in encodings:
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return None


def _header_problems(
    header: list[str], columns: list[str | None], criteria: tuple[str, ...], name: str
) -> list[Problem]:
    problems = []
    for cell, column in zip(header, columns, strict=True):
        if column is None and cell.strip():
            todo = "allowed: respondent, department, role, A1-E4, sees, loses_at, seconds, mode, threshold and others"
            problems.append(Problem("the column is not known, it was left out", todo, name, key=cell.strip()[:60]))
    for column in sorted({column for column in columns if column and columns.count(column) > 1}):
        problems.append(Problem("the column stands twice, the last one was taken", "keep one", name, key=column))
    for needed in ("department", "role"):
        if needed not in columns:
            problems.append(Problem(f"the column {needed!r} is missing, the file was left out", "add it", name))
    if not set(columns) & set(criteria):
        problems.append(Problem("no column with answers (A1-E4), the file was left out", "add them", name))
    return problems


def _from_cells(cells: dict[str, str], criteria: tuple[str, ...]) -> dict[str, Any]:
    """CSV knows text only: numbers become numbers here, so that one rule judges both kinds of files."""
    data: dict[str, Any] = {key: value for key, value in cells.items() if value and key not in criteria}
    for key in ("threshold", "revision", "seconds"):
        if key in data:
            data[key] = number_of(data[key])
    if "sees" in data:
        data["sees"] = [stage.strip() for stage in data["sees"].split(";") if stage.strip()]
    for key in ("department", "role", "mode"):
        if key in data:
            data[key] = data[key].lower()
    answers = {key: cells[key] for key in criteria if cells.get(key)}
    data["answers"] = {key: number_of(text.lower()) for key, text in answers.items()}
    return data


def number_of(text: str) -> int | float | str:
    """'4', '4.0' and '4,0' as numbers; any other text as it is."""
    try:
        value = float(text.replace(",", "."))
    except ValueError:
        return text
    if not math.isfinite(value) or "_" in text:
        return text
    return int(value) if value.is_integer() else value


def shown(value: Any) -> str:
    """A found value for a message: short, on one line."""
    text = json.dumps(value, ensure_ascii=False, default=str) if not isinstance(value, float) else repr(value)
    text = " ".join(text.split())
    return text if len(text) <= 40 else f"{text[:39]}…"
