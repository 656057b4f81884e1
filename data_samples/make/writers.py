"""Writes tables as files: the same bytes for the same rows, no time stamp, no name of a machine."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import zipfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

Row = Sequence[Any]
EPOCH = dt.date(1899, 12, 30)


def write_csv(
    path: Path,
    rows: Iterable[Row],
    delimiter: str = ",",
    encoding: str = "utf-8",
    above: Sequence[str] = (),
    below: Sequence[str] = (),
) -> None:
    """Rows as CSV; ``above`` and ``below`` are lines that stand around the table as they are."""
    text = io.StringIO()
    for line in above:
        text.write(line + "\n")
    csv.writer(text, delimiter=delimiter, lineterminator="\n").writerows(rows)
    for line in below:
        text.write(line + "\n")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.getvalue().encode(encoding))


def write_json(path: Path, data: Any) -> None:
    """Data as JSON that a person can read."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes((json.dumps(data, ensure_ascii=False, indent=1) + "\n").encode())


def write_parquet(path: Path, columns: dict[str, tuple[str, list[Any]]]) -> None:
    """Columns (name → SQL type, values) as Parquet, through one thread of DuckDB."""
    import duckdb

    path.parent.mkdir(parents=True, exist_ok=True)
    with duckdb.connect(":memory:", config={"threads": 1}) as con:
        fields = ", ".join(f'"{name}" {kind}' for name, (kind, _) in columns.items())
        con.execute(f"CREATE TABLE rows ({fields})")
        lists = ", ".join(f"unnest($values{i}::{kind}[])" for i, (kind, _) in enumerate(columns.values()))
        values = {f"values{i}": list(listed) for i, (_, listed) in enumerate(columns.values())}
        con.execute(f"INSERT INTO rows SELECT {lists}", values)
        con.execute("COPY rows TO '{}' (FORMAT parquet, COMPRESSION zstd)".format(str(path).replace("'", "''")))


def write_xlsx(path: Path, sheets: dict[str, list[Row]]) -> None:
    """Sheets of text, numbers and dates (``datetime.date`` becomes a date cell); strings are shared, as Excel does."""
    strings: dict[str, int] = {}
    parts = {
        "[Content_Types].xml": _types(len(sheets)),
        "_rels/.rels": _relations([("officeDocument", "xl/workbook.xml")]),
        "xl/workbook.xml": _workbook(list(sheets)),
        "xl/_rels/workbook.xml.rels": _relations(
            [("worksheet", f"worksheets/sheet{i}.xml") for i in range(1, len(sheets) + 1)]
            + [("styles", "styles.xml"), ("sharedStrings", "sharedStrings.xml")]
        ),
        "xl/styles.xml": STYLES,
    }
    for i, rows in enumerate(sheets.values(), start=1):
        parts[f"xl/worksheets/sheet{i}.xml"] = _sheet(rows, strings)
    items = "".join(f'<si><t xml:space="preserve">{escape(text)}</t></si>' for text in strings)
    parts["xl/sharedStrings.xml"] = f'{XML}<sst xmlns="{MAIN}" uniqueCount="{len(strings)}">{items}</sst>'
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in parts.items():
            # A fixed date: the file must not remember when it was made.
            info = zipfile.ZipInfo(name, (2026, 7, 15, 0, 0, 0))
            info.external_attr = 0o644 << 16
            archive.writestr(info, text, zipfile.ZIP_DEFLATED, 9)


XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
SHEET_ML = "application/vnd.openxmlformats-officedocument.spreadsheetml"
STYLES = (
    f'{XML}<styleSheet xmlns="{MAIN}"><numFmts count="1"><numFmt numFmtId="164" formatCode="dd\\.mm\\.yyyy"/></numFmts>'
    '<fonts count="1"><font><sz val="11"/><name val="Calibri"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill>'
    '</fills><borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    '<cellXfs count="2"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
    '<xf numFmtId="164" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/></cellXfs></styleSheet>'
)


def _types(sheets: int) -> str:
    sheet = "".join(
        f'<Override PartName="/xl/worksheets/sheet{i}.xml" ContentType="{SHEET_ML}.worksheet+xml"/>'
        for i in range(1, sheets + 1)
    )
    return (
        f'{XML}<Types xmlns="{PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{SHEET_ML}.sheet.main+xml"/>{sheet}'
        f'<Override PartName="/xl/styles.xml" ContentType="{SHEET_ML}.styles+xml"/>'
        f'<Override PartName="/xl/sharedStrings.xml" ContentType="{SHEET_ML}.sharedStrings+xml"/></Types>'
    )


def _relations(targets: list[tuple[str, str]]) -> str:
    items = "".join(
        f'<Relationship Id="rId{i}" Type="{OFFICE}/{kind}" Target="{target}"/>'
        for i, (kind, target) in enumerate(targets, start=1)
    )
    return f'{XML}<Relationships xmlns="{PACKAGE}/relationships">{items}</Relationships>'


def _workbook(names: list[str]) -> str:
    items = "".join(
        f'<sheet name="{escape(name)}" sheetId="{i}" r:id="rId{i}"/>' for i, name in enumerate(names, start=1)
    )
    return f'{XML}<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>{items}</sheets></workbook>'


def _sheet(rows: list[Row], strings: dict[str, int]) -> str:
    lines = []
    for number, row in enumerate(rows, start=1):
        cells = "".join(_cell(value, f"{_letters(i)}{number}", strings) for i, value in enumerate(row))
        lines.append(f'<row r="{number}">{cells}</row>')
    return f'{XML}<worksheet xmlns="{MAIN}"><sheetData>{"".join(lines)}</sheetData></worksheet>'


def _cell(value: Any, place: str, strings: dict[str, int]) -> str:
    if value is None or value == "":
        return ""
    if isinstance(value, dt.date):
        return f'<c r="{place}" s="1"><v>{(value - EPOCH).days}</v></c>'
    if isinstance(value, int | float):
        return f'<c r="{place}"><v>{value!r}</v></c>'
    return f'<c r="{place}" t="s"><v>{strings.setdefault(str(value), len(strings))}</v></c>'


def _letters(index: int) -> str:
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
