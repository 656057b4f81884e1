"""Files as they came → tables of text on DuckDB: encoding, delimiter, header row, and nothing decided about values.

Excel is read by calamine, CSV by DuckDB (after a streamed transcoding to UTF-8 where needed), Parquet by DuckDB. Every
cell becomes text; numbers of Excel and Parquet that are not whole carry the mark ``e0`` ("1.234e0"), so that a typed
1.234 is never taken for a thousand two hundred thirty-four.
"""

from __future__ import annotations

import codecs
import csv
import datetime as dt
import hashlib
import io
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from helpers.errors import DataError, Problem

if TYPE_CHECKING:
    import ibis.expr.types as ir
    from ibis.backends.duckdb import Backend

DELIMITERS = (",", ";", "\t", "|")
HEADER_WITHIN = 60
"""A header is looked for in this many first rows."""
SAMPLE_BYTES = 1 << 20
OLD_ENCODINGS = ("cp1251", "cp866", "koi8_r", "koi8_u", "mac_cyrillic", "cp1252")
_EXACT_FLOAT = 2.0**53


@dataclass(frozen=True)
class RawFile:
    """One file (or one sheet of it) as a table of text."""

    table: ir.Table
    """Columns c0, c1, ... and ``row_no``: the row as a person counts it in the file."""
    headers: tuple[str, ...]
    name: str
    """File name relative to the client's folder, with the sheet for workbooks of several."""
    taken_for: str
    """'CSV, windows-1251, ";"' - what the file was recognised as."""
    sha256: str
    preamble: int
    """Rows above the header."""
    rows: int = 0
    """Rows below the header."""


def normal(header: str) -> str:
    """A header (or value) as it is compared: NFKC, one space, no case, ё as е."""
    text = unicodedata.normalize("NFKC", header).replace("\ufeff", "")
    return " ".join(text.split()).casefold().replace("ё", "е")


def read_raw(con: Backend, path: Path, name: str, known: Iterable[str], sheet: str | None, scratch: Path) -> RawFile:
    """Read one file.

    Args:
        con: DuckDB connection; the table is created in it.
        path: the file.
        name: what messages call it.
        known: headers that the column map names; the row holding most of them is the header.
        sheet: sheet of a workbook; None: the first one that holds the header.
        scratch: folder for a transcoded copy.

    Raises:
        DataError: empty, unreadable, or no header row found.
    """
    if not path.stat().st_size:
        raise DataError([Problem("the file is empty", "export it again", name)])
    wanted = {normal(header) for header in known}
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        head = stream.read(8)
        digest.update(head)
        while chunk := stream.read(1 << 20):
            digest.update(chunk)
    sha256 = digest.hexdigest()
    if head.startswith(b"PAR1"):
        return _parquet(con, path, name, wanted, sha256)
    if head.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        return _workbook(con, path, name, wanted, sheet, sha256)
    return _csv(con, path, name, wanted, scratch, sha256)


def _csv(con: Backend, path: Path, name: str, wanted: set[str], scratch: Path, sha256: str) -> RawFile:
    encoding = _encoding(path, name, wanted)
    source = path if encoding == "utf-8" else _transcode(path, encoding, scratch, name, sha256)
    with source.open(encoding="utf-8-sig", newline="", errors="replace") as stream:
        sample = stream.read(SAMPLE_BYTES)
    delimiter, (header_at, line, headers, preamble) = _delimiter(sample, wanted, name)
    names = [f"c{index}" for index in range(len(headers))]
    try:
        table = con.raw_sql(
            # Ibis' read_csv cannot create a table with row numbers in file order; the numbers are for messages only.
            f"CREATE TABLE {_table_name(sha256, name)} AS SELECT row_number() OVER () + {header_at} AS row_no, * "
            f"FROM read_csv({_quoted(str(source))}, header=false, auto_detect=false, skip={line}, "
            f"delim={_quoted(delimiter)}, quote='\"',"
            f" escape='\"', null_padding=true, parallel=false, strict_mode=false, max_line_size=16000000,"
            f" nullstr='', columns={{{', '.join(f'{_quoted(n)}: ' + _quoted('VARCHAR') for n in names)}}})"
        )
        del table
    except Exception as error:
        raise DataError([Problem(_first_line(error), "open the file and check this line", name)]) from None
    label = {"utf-8": "UTF-8", "utf-8-sig": "UTF-8 with BOM", "cp1251": "windows-1251"}.get(encoding, encoding)
    shown = {"\t": "tab"}.get(delimiter, f'"{delimiter}"')
    return RawFile(con.table(_table_name(sha256, name)), headers, name, f"CSV, {label}, {shown}", sha256, preamble)


def _encoding(path: Path, name: str, wanted: set[str]) -> str:
    with path.open("rb") as stream:
        head = stream.read(SAMPLE_BYTES)
    for mark, encoding in (
        (codecs.BOM_UTF8, "utf-8-sig"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if head.startswith(mark):
            return encoding
    try:
        decoder = codecs.getincrementaldecoder("utf-8")()
        with path.open("rb") as stream:
            while chunk := stream.read(SAMPLE_BYTES):
                decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        pass
    else:
        return "utf-8"
    if head.count(b"\x00") > len(head) // 4:
        return "utf-16-le" if head[1:2] == b"\x00" else "utf-16-be"
    named = _encoding_of_headers(head, wanted)
    if named is not None:
        return named
    from charset_normalizer import from_bytes

    best = from_bytes(head, cp_isolation=list(OLD_ENCODINGS)).best()
    if best is None:
        raise DataError(
            [Problem("neither a table nor text in a known encoding", "export it again as CSV or XLSX", name)]
        )
    return str(best.encoding)


def _encoding_of_headers(head: bytes, wanted: set[str]) -> str | None:
    """The encoding in which the named headers can be read: surer than a guess from a log that is mostly digits."""
    first = b"\n".join(head.split(b"\n")[:HEADER_WITHIN])
    telling = [header for header in wanted if not header.isascii()]
    found = {
        encoding: sum(header in normal(first.decode(encoding, "replace")) for header in telling)
        for encoding in OLD_ENCODINGS
    }
    best = max(OLD_ENCODINGS, key=lambda encoding: found[encoding])
    return best if found[best] else None


def _transcode(path: Path, encoding: str, scratch: Path, name: str, sha256: str) -> Path:
    target = scratch / f"{sha256[:16]}.csv"
    try:
        with path.open(encoding=encoding, newline="") as source, target.open("w", encoding="utf-8", newline="") as sink:
            while text := source.read(SAMPLE_BYTES):
                sink.write(text)
    except UnicodeDecodeError as error:
        raise DataError(
            [Problem(f"byte {error.start + 1} is not {encoding}", "save the file as UTF-8", name)]
        ) from None
    return target


Header = tuple[int, int, tuple[str, ...], int]
"""Row number of the header as a person counts, physical lines up to it, its cells, rows above it."""


def _delimiter(sample: str, wanted: set[str], name: str) -> tuple[str, Header]:
    best: tuple[tuple[int, int], str, Header] | None = None
    for delimiter in DELIMITERS:
        reader = csv.reader(io.StringIO(sample), delimiter=delimiter)
        rows, lines = [], []
        try:
            for row in reader:
                rows.append(row)
                lines.append(reader.line_num)
                if len(rows) >= HEADER_WITHIN:
                    break
        except csv.Error:
            continue
        found = header_row(rows, wanted)
        if found is not None:
            index, matches = found
            score = (matches, len(rows[index]))
            if best is None or score > best[0]:
                best = (score, delimiter, (index + 1, lines[index], tuple(rows[index]), index))
    if best is None:
        raise DataError([_no_header(sample.splitlines()[:1], wanted, name)])
    return best[1], best[2]


def header_row(rows: Sequence[Sequence[object]], wanted: set[str]) -> tuple[int, int] | None:
    """Index of the row that holds most of the wanted headers (the first of equals) and how many; or None."""
    best: tuple[int, int] | None = None
    for index, row in enumerate(rows[:HEADER_WITHIN]):
        matches = len({normal(str(cell)) for cell in row if cell} & wanted)
        if matches and (best is None or matches > best[1]):
            best = (index, matches)
    return best


def _no_header(first: Sequence[str], wanted: set[str], name: str) -> Problem:
    shown = first[0][:120] if first else ""
    return Problem(
        f"no row holds any of the columns named in client.yml; the first row is {shown!r}",
        f"expected headers such as {', '.join(repr(word) for word in sorted(wanted)[:4])}",
        name,
    )


def _workbook(con: Backend, path: Path, name: str, wanted: set[str], sheet: str | None, sha256: str) -> RawFile:
    from python_calamine import CalamineError, CalamineWorkbook, PasswordError, WorksheetNotFound

    try:
        book = CalamineWorkbook.from_path(str(path))
        names = [sheet] if sheet else book.sheet_names
        for candidate in names:
            rows = book.get_sheet_by_name(candidate).to_python(skip_empty_area=False)
            found = header_row(rows, wanted)
            if found is not None:
                break
        else:
            first = [" | ".join(str(cell) for cell in row) for row in rows[:1]]
            raise DataError([_no_header(first, wanted, name)])
    except WorksheetNotFound:
        raise DataError([Problem(f"no sheet {sheet!r}", f"sheets: {', '.join(book.sheet_names)}", name)]) from None
    except PasswordError:
        raise DataError([Problem("protected by a password", "save it without one", name)]) from None
    except CalamineError as error:
        raise DataError([Problem(f"not a readable workbook ({_first_line(error)})", "export it again", name)]) from None
    index = found[0]
    headers = tuple(str(cell) for cell in rows[index])
    width = len(headers)
    label = f"{name} [{candidate}]" if len(book.sheet_names) > 1 else name
    return _from_rows(con, rows[index + 1 :], width, index + 1, headers, label, "XLSX", sha256, index)


def _from_rows(
    con: Backend,
    rows: Sequence[Sequence[Any]],
    width: int,
    header_at: int,
    headers: tuple[str, ...],
    name: str,
    kind: str,
    sha256: str,
    preamble: int,
) -> RawFile:
    import ibis
    import pyarrow as pa

    columns = list(zip(*rows, strict=False)) if rows else [()] * width
    arrays = {"row_no": pa.array(range(header_at + 1, header_at + 1 + len(rows)), pa.int64())}
    for index in range(width):
        cells = columns[index] if index < len(columns) else ()
        arrays[f"c{index}"] = pa.array([_cell(cell) for cell in cells], pa.string())
    con.create_table(_table_name(sha256, name), ibis.memtable(pa.table(arrays)))
    return RawFile(con.table(_table_name(sha256, name)), headers, name, kind, sha256, preamble)


def _cell(value: Any) -> str | None:
    if value is None or value == "":
        return None
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        # Above 2**53 a float has lost digits: it must not pass as an id.
        return (
            str(int(value)) if value.is_integer() and abs(value) < _EXACT_FLOAT else f"{value!r}e0".replace("e+", "e")
        )
    if isinstance(value, dt.datetime):
        return value.isoformat(" ", "seconds")
    if isinstance(value, dt.timedelta):
        seconds = round(value.total_seconds())
        return f"{seconds // 3600}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"
    if isinstance(value, dt.time):
        return value.isoformat("seconds")
    return str(value)


def _parquet(con: Backend, path: Path, name: str, wanted: set[str], sha256: str) -> RawFile:
    import ibis

    try:
        table = con.read_parquet(str(path))
    except Exception as error:
        raise DataError([Problem(f"not a readable Parquet file ({_first_line(error)})", "", name)]) from None
    headers = tuple(table.columns)
    if header_row([headers], wanted) is None:
        raise DataError([_no_header([", ".join(headers)], wanted, name)])
    cells = {f"c{index}": _as_text(table[header]) for index, header in enumerate(headers)}
    expression = table.select(row_no=ibis.row_number() + 2, **cells)
    made = con.create_table(_table_name(sha256, name), expression)
    return RawFile(made, headers, name, "Parquet", sha256, 0)


def _as_text(column: ir.Column) -> ir.StringValue:
    import ibis

    text = column.cast("string")
    if column.type().is_floating() or column.type().is_decimal():
        number = column.cast("float64")
        whole = (number == number.round()) & (number.abs() < _EXACT_FLOAT)
        # Text such as 5.8e+18 has lost digits already; it stays as it is, so that an id column refuses it.
        marked = ibis.ifelse(text.contains("e"), text, text + "e0")
        return ibis.cases(
            (number.isnan(), ibis.null("string")), (whole, column.try_cast("int64").cast("string")), else_=marked
        )
    return text


def _table_name(sha256: str, name: str) -> str:
    return f"raw_{sha256[:12]}_{hashlib.sha256(name.encode()).hexdigest()[:8]}"


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _first_line(error: BaseException) -> str:
    text = str(error).strip().splitlines()
    found = re.sub(r"\S*/(\S+)", r"\1", text[0]) if text else type(error).__name__
    return found[:200]
