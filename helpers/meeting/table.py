"""A table that people keep by hand, added to without changing its form: encoding, delimiter, columns, dates stay.

Where client.yml names a CSV file for the table, that file is
kept on; else ``<table>.csv`` in the client's folder, headed by the clean names.
"""

from __future__ import annotations

import codecs
import csv
import datetime as dt
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from helpers.errors import DataError, Problem
from helpers.sources.delimiter import splits
from helpers.sources.encoding import BOMS, encoding_of
from helpers.sources.rawfiles import normal
from helpers.sources.tables import TABLES

if TYPE_CHECKING:
    from helpers.client import Client, Source

TEXT_FILES = (".csv", ".tsv", ".txt")
DATES = {"dmy": "%d.%m.%Y", "mdy": "%m/%d/%Y", "ymd": "%Y-%m-%d"}
_SHAPES = (
    (re.compile(r"\d{4}-\d\d-\d\d"), "%Y-%m-%d"),
    (re.compile(r"\d\d\.\d\d\.\d{4}"), "%d.%m.%Y"),
    (re.compile(r"\d\d\.\d\d\.\d\d"), "%d.%m.%y"),
)
LONGEST = 500
"""Letters of a cell: a decision is a sentence."""

Value = str | dt.date | Decimal | None


@dataclass(frozen=True)
class Form:
    """How a file writes its table."""

    path: Path
    name: str
    """Relative to the client's folder."""
    encoding: str
    delimiter: str
    newline: str
    header: tuple[str, ...]
    head_lines: int
    """Lines down to the header and with it."""
    columns: Mapping[str, int]
    """Clean name → place in a row."""
    dates: str
    decimal: str
    values: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """Of client.yml: clean name → {as written: as read}."""

    def written(self, column: str, value: Value) -> str:
        """A value as this file writes it."""
        if value is None:
            return ""
        if isinstance(value, dt.date):
            return value.strftime(self.dates)
        if isinstance(value, Decimal):
            return format(value, "f").replace(".", self.decimal)
        for text, meaning in self.values.get(column, {}).items():
            if str(meaning) == value:
                return str(text)
        return plain(value)


def plain(text: str) -> str:
    """One line that a spreadsheet takes for text: no line breaks, no control characters, no formula.

    "=", "+" and "@" at the beginning get an apostrophe, which is taken off when it is read again (facts/weeks.py);
    a hyphen there becomes a dash.
    """
    one_line = " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())[:LONGEST]
    if one_line[:1] in ("=", "+", "@"):
        return f"'{one_line}"
    return f"–{one_line[1:]}" if one_line.startswith("-") else one_line


def form_of(client: Client, table: str) -> Form:
    """The file that holds the table, or the one that will."""
    for source in reversed(client.sources):
        if source.table == table and not source.preset:
            found = _named(client, source)
            if found is not None:
                return found
    return own_form(client, table)


def own_form(client: Client, table: str) -> Form:
    """``<table>.csv`` in the client's folder."""
    path = client.folder / f"{table}.csv"
    if path.is_file():
        found = _read(path, path.name, {name: (name,) for name in TABLES[table].names}, None, table)
        if found is not None:
            return found
        raise DataError([Problem("is no table of this kind", f"its header must hold {_needed(table)}", path.name)])
    names = TABLES[table].names
    places = {name: at for at, name in enumerate(names)}
    # A spreadsheet of these languages takes a semicolon for the end of a cell.
    delimiter = "," if client.lang == "en" else ";"
    return Form(path, path.name, "utf-8-sig", delimiter, "\r\n", names, 0, places, DATES["ymd"], ".")


def _needed(table: str) -> str:
    return ", ".join(column.name for column in TABLES[table].columns if column.required)


def _named(client: Client, source: Source) -> Form | None:
    """The last of a source's files, where it is text with the mapped header; None: no row can be added to it."""
    paths = sorted(path for path in client.folder.glob(source.file) if path.is_file())
    plain_path = client.folder / source.file
    path = plain_path if plain_path.is_file() else paths[-1] if paths else None
    if path is None or path.suffix.lower() not in TEXT_FILES:
        return None
    return _read(path, path.relative_to(client.folder).as_posix(), source.columns, source, source.table)


def _read(
    path: Path, name: str, columns: Mapping[str, Sequence[str]], source: Source | None, table: str
) -> Form | None:
    encoding = encoding_of(path, name)
    text = _decoded(path.read_bytes(), encoding)
    for split in splits(text, whole=True):
        for row, lines in zip(split.rows, split.lines, strict=True):
            heads = [normal(cell) for cell in row]
            places = {
                clean: next(heads.index(normal(one)) for one in given if normal(one) in heads)
                for clean, given in columns.items()
                if any(normal(one) in heads for one in given)
            }
            needed = {column.name for column in TABLES[table].columns if column.required}
            if not needed <= set(places):
                continue
            below = split.rows[split.rows.index(row) + 1 :]
            return Form(
                path, name, encoding, split.delimiter, "\r\n" if "\r\n" in text else "\n", row, lines, places,
                _dates(below, places, table, source), (source.decimal if source and source.decimal else "."),
                source.values if source else {},
            )  # fmt: skip
    return None


def _dates(rows: Sequence[Sequence[str]], places: Mapping[str, int], table: str, source: Source | None) -> str:
    """How the file writes days: as its last row does, else as client.yml says."""
    at = places.get(TABLES[table].date)
    for row in reversed(rows):
        cell = row[at].strip() if at is not None and at < len(row) else ""
        for shape, style in _SHAPES:
            if shape.fullmatch(cell):
                return style
    return DATES[source.dates] if source is not None and source.dates else DATES["ymd"]


def with_rows(form: Form, rows: Sequence[Mapping[str, Value]], before: bytes | None = None) -> bytes:
    """The file with rows added at its end; what is there stays byte for byte.

    Raises:
        UnicodeEncodeError: a letter has no place in the file's encoding.
    """
    data = before if before is not None else form.path.read_bytes() if form.path.is_file() else b""
    text = _decoded(data, form.encoding) if data else ""
    lines = [] if data else [_line(form, form.header)]
    for row in rows:
        cells = [""] * len(form.header)
        for name, value in row.items():
            if name in form.columns:
                cells[form.columns[name]] = form.written(name, value)
        lines.append(_line(form, cells))
    gap = form.newline if text and not text.endswith(("\n", "\r")) else ""
    added = gap + "".join(lines)
    return data + (_encoded(added, form, data) if data else added.encode(form.encoding))


def with_cell(form: Form, data: bytes, where: Mapping[str, Value], column: str, value: Value) -> bytes | None:
    """The file with one cell filled in the last row that has these values; None: there is no such row, or column.

    All other rows stay as they are.
    """
    if column not in form.columns or not set(where) <= set(form.columns):
        return None
    text = _decoded(data, form.encoding)
    lines = text.splitlines(keepends=True) if "\r" not in text.replace("\r\n", "") else text.split("\r")
    if "".join(lines) != text:
        return None
    wanted = {form.columns[name]: form.written(name, one) for name, one in where.items()}
    found = None
    for first, last, cells in _records(lines, form):
        cell = cells[form.columns[column]].strip() if form.columns[column] < len(cells) else ""
        same = all(at < len(cells) and _alike(cells[at], written) for at, written in wanted.items())
        if same and cell in ("", "-", "–"):
            found = (first, last, cells)
    if found is None:
        return None
    first, last, cells = found
    cells = [*cells, *[""] * (len(form.header) - len(cells))]
    cells[form.columns[column]] = form.written(column, value)
    ending = lines[last - 1][len(lines[last - 1].rstrip("\r\n")) :]
    changed = _line(form, cells).removesuffix(form.newline) + ending
    whole = "".join([*lines[:first], changed, *lines[last:]])
    mark = next((mark for mark, _ in BOMS if data.startswith(mark)), b"")
    return mark + _encoded(whole, form, data)


def _alike(cell: str, written: str) -> bool:
    # What is compared has been through "plain"; the file may hold the text as it was typed.
    return plain(cell) == written or cell.strip() == written


def _records(lines: Sequence[str], form: Form) -> Iterator[tuple[int, int, list[str]]]:
    reader = csv.reader(lines, delimiter=form.delimiter)
    first = 0
    for cells in reader:
        if reader.line_num > form.head_lines:
            yield first, reader.line_num, cells
        first = reader.line_num


def _line(form: Form, cells: Sequence[str]) -> str:
    sink = io.StringIO(newline="")
    csv.writer(sink, delimiter=form.delimiter, lineterminator=form.newline).writerow(cells)
    return sink.getvalue()


def _decoded(data: bytes, encoding: str) -> str:
    return data.decode(encoding)


def _encoded(text: str, form: Form, data: bytes) -> bytes:
    """Text for the middle of a file: without another byte order mark."""
    for mark, inner in ((codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be")):
        if form.encoding == "utf-16" and data.startswith(mark):
            return text.encode(inner)
    return text.encode("utf-8" if form.encoding == "utf-8-sig" else form.encoding)
