"""Excel workbooks (XLSX, XLSB, XLS) → Arrow columns of text, by calamine; no cell passes through Python code.

A cell keeps its type in the text: whole numbers as digits, other numbers with the mark ``e0`` ("1.234e0"), so that a
typed 1.234 is never taken for a thousand two hundred thirty-four; dates as ISO; durations as ``h:mm:ss``.
"""

from __future__ import annotations

import datetime as dt
import gc
import io
import itertools
import re
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from helpers.errors import DataError, Problem
from helpers.sources.delimiter import HEAD_ROWS

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa
    from python_calamine import CalamineSheet, CalamineWorkbook

MAX_CELLS = 60_000_000
"""Cells between the first and the last used one: calamine keeps all of them, empty or not."""
BATCH = 20_000
SCANNED_BYTES = 48 << 20
"""A sheet up to this size is looked through before it is opened; a larger one is believed about its own extent."""

_ROW = re.compile(rb'<(?:x:)?row [^>]*?\br="(\d+)"')
_CELL = re.compile(rb'<(?:x:)?c [^>]*?\br="([A-Z]{1,4})\d')
_DIMENSION = re.compile(rb'<(?:x:)?dimension ref="[A-Z]+\d+:([A-Z]+)(\d+)"')
_ERROR = b' t="e"'
_EPOCH_1904 = re.compile(rb'\bdate1904="(?:1|true)"')
_UNCOUNTED = re.compile(rb"</(?:x:)?f>\s*(?:<(?:x:)?v>\s*</(?:x:)?v>|<(?:x:)?v\s*/>)?\s*</(?:x:)?c>")


@dataclass(frozen=True)
class BookSheet:
    """One sheet of an opened workbook."""

    name: str
    """Of the file, for messages."""
    title: str
    hidden: bool
    uncounted: int
    """Formulas of the workbook whose result it does not hold (nobody has opened it in a spreadsheet program)."""
    errors: int
    """Cells of the workbook that hold an error, such as #REF!: calamine gives them as empty."""
    since_1904: bool
    """Days are counted from 1904: calamine minds that where a cell is formatted as a date, and only there."""
    _book: CalamineWorkbook
    _opened: list[CalamineSheet] = field(default_factory=list)
    """The parsed sheet: parsing is nearly all of the work."""

    def head(self) -> tuple[tuple[str, ...], ...]:
        """The first rows as text."""
        return tuple(tuple(map(_shown, row)) for row in itertools.islice(self._rows(), HEAD_ROWS))

    def columns(self, below: int, width: int) -> pa.Table:
        """Rows below ``below`` (a count of rows) as text columns c0, c1, ...; empty cells are ""."""
        import pyarrow as pa

        names = [f"c{index}" for index in range(width)]
        rows = itertools.islice(self._rows(), below, None)
        parts = []
        collecting = gc.isenabled()
        gc.disable()  # Millions of live cells would be walked again and again, and none is garbage.
        try:
            while batch := list(itertools.islice(rows, BATCH)):
                cells = list(zip(*batch, strict=True))
                parts.append(pa.table([_text(column) for column in cells[:width]], names=names[: len(cells)]))
        finally:
            if collecting:
                gc.enable()
        return pa.concat_tables(parts) if parts else pa.table([pa.array([], pa.string())] * width, names=names)

    def _rows(self) -> Iterator[Sequence[Any]]:
        """All rows from row 1 on; columns from the first used one on."""
        if not self._opened:
            with _guarded(self.name):
                self._opened.append(self._book.get_sheet_by_name(self.title))
        sheet = self._opened[0]
        if sheet.start is None:
            return iter(())
        tall = _tall(sheet)
        return _repeated(sheet.iter_rows(), tall) if tall else sheet.iter_rows()


def _tall(sheet: CalamineSheet) -> dict[int, list[tuple[int, int]]]:
    """First row → (column, last row) of cells merged over several rows."""
    tall: dict[int, list[tuple[int, int]]] = {}
    offset = sheet.start[1] if sheet.start else 0
    for (first, left), (last, _) in sheet.merged_cell_ranges or ():
        if last > first:
            tall.setdefault(first, []).append((left - offset, last))
    return tall


def _repeated(rows: Iterator[list[Any]], tall: dict[int, list[tuple[int, int]]]) -> Iterator[Sequence[Any]]:
    """The rows; a day or a name that stands merged over several of them stands in each.

    A number does not: an amount merged over three rows is one amount.
    """
    held: dict[int, tuple[int, Any]] = {}
    for number, row in enumerate(rows):
        held = {column: cell for column, cell in held.items() if number <= cell[0]}
        for column, (_, value) in held.items():
            if column < len(row) and row[column] == "":
                row[column] = value
        for column, last in tall.get(number, ()):
            if 0 <= column < len(row) and isinstance(row[column], (str, dt.date)) and row[column]:
                held[column] = last, row[column]
        yield row


def open_book(path: Path, name: str) -> list[BookSheet]:
    """The sheets of a workbook of any kind, in its order, charts left out.

    Raises:
        DataError: not a workbook, protected, or its sheets are too large to be read safely.
    """
    from python_calamine import CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

    with path.open("rb") as stream:
        zipped = stream.read(2) == b"PK"
    uncounted, errors = _measured(path, name) if zipped else (0, 0)
    since_1904 = zipped and _counts_from_1904(path)
    with _guarded(name):
        # A path is believed about its ending: an XLSX that is called .xls goes by its bytes.
        fitting = (".xlsx", ".xlsm") if zipped else (".xls",)
        named = path.suffix.lower() in fitting
        book = CalamineWorkbook.from_path(str(path)) if named else CalamineWorkbook.from_filelike(_bytes_of(path))
    sheets = [
        BookSheet(name, sheet.name, sheet.visible != SheetVisibleEnum.Visible, uncounted, errors, since_1904, book)
        for sheet in book.sheets_metadata
        if sheet.typ == SheetTypeEnum.WorkSheet
    ]
    if not sheets:
        raise DataError([Problem("the workbook holds no sheet with cells", "export it again", name)])
    return sheets


def _bytes_of(path: Path) -> io.BytesIO:
    return io.BytesIO(path.read_bytes())


@contextmanager
def _guarded(name: str) -> Iterator[None]:
    """calamine's errors as problems; on broken bytes its own code may panic, which is no ``Exception``."""
    from python_calamine import PasswordError

    try:
        yield
    except (KeyboardInterrupt, SystemExit, GeneratorExit, MemoryError):
        raise
    except PasswordError:
        raise DataError([Problem("protected by a password", "save it without one", name)]) from None
    except BaseException as error:
        raise DataError([_unreadable(error, name)]) from None


def _unreadable(error: BaseException, name: str) -> Problem:
    what = " ".join(str(error).split())
    what = re.sub(r"\S*/(\S+)", r"\1", what)[:120] or type(error).__name__
    return Problem(f"not a readable workbook ({what})", "export it again", name)


def _text(cells: tuple[Any, ...]) -> pa.Array:
    """A column of text ("" for an empty cell); each type of cells is written by Arrow as a whole."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    types = set(map(type, cells))
    if types == {str}:
        return pa.array(cells, pa.string())
    kinds = np.fromiter(map(id, map(type, cells)), np.int64, len(cells))
    boxed = np.empty(len(cells), object)
    boxed[:] = cells
    parts = [_written(boxed, kinds != id(kind), kind) for kind in sorted(types, key=str)]
    return parts[0] if len(parts) == 1 else pc.coalesce(*parts)


def _written(cells: np.ndarray, others: np.ndarray, kind: type) -> pa.Array:
    """Cells of one type as text; NULL for the others."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if kind is str:
        return pa.array(cells, pa.string(), mask=others)
    if kind is bool:
        return pc.cast(pa.array(cells, pa.bool_(), mask=others), pa.string())
    if kind in (int, float):
        return _number(pa.array(cells, pa.float64(), mask=others))
    if kind is dt.datetime:
        return pc.cast(pa.array(cells, pa.timestamp("s"), mask=others), pa.string())
    if kind is dt.date:
        return pc.cast(pa.array(cells, pa.date32(), mask=others), pa.string())
    if kind is dt.time:
        return pc.utf8_slice_codeunits(pc.cast(pa.array(cells, pa.time64("us"), mask=others), pa.string()), 0, 8)
    if kind is dt.timedelta:
        return _duration(pc.cast(pa.array(cells, pa.duration("s"), mask=others), pa.int64()))
    return pa.array([None] * len(cells), pa.string())


def _number(values: pa.Array) -> pa.Array:
    import pyarrow as pa
    import pyarrow.compute as pc

    # Above 2**53 a float has lost digits: with its exponent it cannot pass as an id.
    exact = pc.and_(pc.equal(pc.floor(values), values), pc.less(pc.abs(values), 2.0**53))
    whole = pc.cast(pc.cast(pc.if_else(exact, values, None), pa.int64()), pa.string())
    broken = pc.cast(values, pa.string())
    marked = pc.if_else(pc.match_substring(broken, "e"), broken, pc.binary_join_element_wise(broken, "e0", ""))
    return pc.coalesce(whole, marked)


def _duration(seconds: pa.Array) -> pa.Array:
    import pyarrow as pa
    import pyarrow.compute as pc

    def two(part: pa.Array) -> pa.Array:
        return pc.utf8_lpad(pc.cast(part, pa.string()), 2, "0")

    hours = pc.divide(seconds, 3600)
    minutes = pc.divide(pc.subtract(seconds, pc.multiply(hours, 3600)), 60)
    rest = pc.subtract(seconds, pc.multiply(pc.divide(seconds, 60), 60))
    return pc.binary_join_element_wise(pc.cast(hours, pa.string()), two(minutes), two(rest), ":")


def _shown(cell: Any) -> str:
    """One cell of the head as text, as the whole column would be."""
    if isinstance(cell, str):
        return cell
    return _text((cell,))[0].as_py() or ""


def _measured(path: Path, name: str) -> tuple[int, int]:
    """Formulas without a result, cells with an error.

    Raises:
        DataError: a sheet reaches so far that opening it would eat the memory (a stray cell in the last row).
    """
    uncounted = errors = 0
    try:
        with zipfile.ZipFile(path) as archive:
            for info in archive.infolist():
                if not re.fullmatch(r"xl/worksheets/[^/]+\.xml", info.filename, re.IGNORECASE):
                    continue
                with archive.open(info) as stream:
                    rows, columns, without, wrong = _extent(stream, info.file_size)
                uncounted, errors = uncounted + without, errors + wrong
                if rows * columns > MAX_CELLS:
                    raise DataError([_far(rows, columns, name)])
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError, RuntimeError) as error:
        raise DataError([_unreadable(error, name)]) from None
    return uncounted, errors


def _counts_from_1904(path: Path) -> bool:
    """Whether an XLSX counts its days as old Macs did."""
    with zipfile.ZipFile(path) as archive:
        for info in archive.infolist():
            if info.filename.lower() == "xl/workbook.xml":
                with archive.open(info) as stream:
                    return _EPOCH_1904.search(stream.read(1 << 16)) is not None
    return False


def _far(rows: int, columns: int, name: str) -> Problem:
    return Problem(
        f"a sheet of {rows:,} rows and {columns:,} columns up to its last used cell",
        "delete the empty rows and columns behind the table (a stray cell stands there), or save it as CSV",
        name,
    )


def _extent(stream: Any, size: int) -> tuple[int, int, int, int]:
    """Rows, columns, formulas without a result and cells with an error of a sheet's XML."""
    head = stream.read(1 << 16)
    claimed = _DIMENSION.search(head)
    if claimed and size > SCANNED_BYTES:
        return int(claimed[2]), _column(claimed[1]), 0, 0
    rows, letters, uncounted, errors, kept = 0, {b"A"}, 0, 0, b""
    chunk = head
    while chunk:
        text = kept + chunk
        rows = max(rows, max(map(int, _ROW.findall(text)), default=0))
        letters.update(_CELL.findall(text))
        uncounted += len(_UNCOUNTED.findall(text))
        end = text.rfind(b">") + 1
        kept = text[end:] if len(text) - end < 4096 else b""
        errors += text.count(_ERROR, 0, len(text) - len(kept))
        chunk = stream.read(1 << 20)
    return rows, max(map(_column, letters)), uncounted, errors


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number
