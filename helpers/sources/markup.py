"""Tables in HTML and in "XML Spreadsheet 2003", which systems save as .xls (Bitrix24, Salesforce): by lxml, by stream.

No network, no DTD, no entities; nesting and text are bounded by libxml2's own limits, rows and cells by ours.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from helpers.errors import DataError, Problem
from helpers.sources.delimiter import HEAD_ROWS, Row

if TYPE_CHECKING:
    import pyarrow as pa

MAX_CELLS = 30_000_000
MAX_COLUMNS = 1_000
MAX_SPAN = 1_000
SPREADSHEET = "urn:schemas-microsoft-com:office:spreadsheet"


@dataclass(frozen=True)
class Grid:
    """One table of a markup file."""

    name: str
    """The worksheet's name, or "" for a table of a page."""
    rows: list[Row]

    @property
    def head(self) -> tuple[Row, ...]:
        """The first rows."""
        return tuple(self.rows[:HEAD_ROWS])

    def columns(self, below: int, width: int) -> pa.Table:
        """Rows below ``below`` (a count of rows) as text columns c0, c1, ..., "" where a row is short."""
        import itertools

        import pyarrow as pa

        cells = list(itertools.zip_longest(*self.rows[below:], fillvalue=""))[:width]
        blank = pa.array([""] * max(0, len(self.rows) - below), pa.string())
        arrays = [pa.array(column, pa.string()) for column in cells] + [blank] * (width - len(cells))
        return pa.table(arrays, names=[f"c{index}" for index in range(width)])


def markup_kind(text: str) -> str | None:
    """'HTML' or 'XML Spreadsheet' by how a text begins; 'XML' for XML of another kind; None: no markup."""
    begin = text[:8192].lstrip("\ufeff \t\r\n").lower()
    if not begin.startswith("<"):
        return None
    if SPREADSHEET in begin:
        return "XML Spreadsheet"
    if any(mark in begin for mark in ("<html", "<table", "<!doctype html", "<meta", "<head", "<body", "<tr")):
        return "HTML"
    return "XML" if begin.startswith("<?xml") else None


def read_grids(path: Path, kind: str, name: str) -> list[Grid]:
    """The tables of a UTF-8 file; those of one cell are left out.

    Raises:
        DataError: broken markup, too large, or no table in it.
    """
    from lxml import etree

    if kind == "XML":
        raise DataError([Problem("an XML file of an unknown kind", "export it again as CSV or XLSX", name)])
    reader = _html if kind == "HTML" else _spreadsheet
    grids: dict[str, Grid] = {}
    cells = 0
    try:
        for key, title, row in reader(path):
            cells += len(row)
            if cells > MAX_CELLS or len(row) > MAX_COLUMNS:
                raise DataError([Problem(f"a table of more than {MAX_CELLS:,} cells", "export it as CSV", name)])
            grids.setdefault(key, Grid(title, [])).rows.append(row)
    except (etree.LxmlError, ValueError, AssertionError) as error:
        what = " ".join(str(error).split())[:120]
        raise DataError([Problem(f"broken {kind} ({what})", "export it again as CSV or XLSX", name)]) from None
    found = [grid for grid in grids.values() if max(map(len, grid.rows)) > 1]
    if not found:
        raise DataError([Problem(f"{kind} without a table", "export it again as CSV or XLSX", name)])
    return found


def _html(path: Path) -> Iterator[tuple[str, str, Row]]:
    from lxml import etree

    depth, number = 0, 0
    open_spans: dict[int, tuple[int, str]] = {}
    events = etree.iterparse(
        str(path), events=("start", "end"), tag=("table", "tr"), html=True, encoding="utf-8", no_network=True,
        remove_comments=True, huge_tree=False,
    )  # fmt: skip
    for event, element in events:
        if element.tag == "table":
            depth += 1 if event == "start" else -1
            if event == "start" and depth == 1:
                number, open_spans = number + 1, {}
        elif event == "end" and depth <= 1:
            yield str(number), "", _cells(element, open_spans)
            _forget(element)


def _cells(row: Any, open_spans: dict[int, tuple[int, str]]) -> Row:
    """Cells of a table row; one that spans several columns stands in the first, one that spans rows in each row."""
    cells: list[str] = []

    def from_above() -> None:
        while (place := len(cells)) in open_spans:
            left, text = open_spans[place]
            cells.append(text)
            if left > 1:
                open_spans[place] = (left - 1, text)
            else:
                del open_spans[place]

    for cell in row.iterchildren("td", "th"):
        from_above()
        for line in cell.iter("br"):
            line.tail = "\n" + (line.tail or "")
        text = "".join(cell.itertext()).strip()
        down, across = _span(cell.get("rowspan")), _span(cell.get("colspan"))
        if down > 1:
            open_spans[len(cells)] = (down - 1, text)
            cells.append(text)
        else:
            cells.append(text)
        cells += [""] * (across - 1)
    from_above()
    return tuple(cells)


def _span(text: str | None) -> int:
    return min(int(text), MAX_SPAN) if text and text.strip().isdecimal() and int(text) > 0 else 1


def _forget(element: Any) -> None:
    """Free what has been read: a large page is never whole in memory."""
    element.clear()
    parent = element.getparent()
    while parent is not None and element.getprevious() is not None:
        del parent[0]


def _spreadsheet(path: Path) -> Iterator[tuple[str, str, Row]]:
    from lxml import etree

    tag = f"{{{SPREADSHEET}}}"
    title, number = "", 0
    events = etree.iterparse(
        str(path), events=("start", "end"), tag=(f"{tag}Worksheet", f"{tag}Row"), no_network=True,
        resolve_entities=False, load_dtd=False, dtd_validation=False, huge_tree=False, remove_comments=True,
    )  # fmt: skip
    count = 0
    for event, element in events:
        if element.tag == f"{tag}Worksheet":
            if event == "start":
                title, number, count = element.get(f"{tag}Name", ""), number + 1, 0
            continue
        if event != "end":
            continue
        at = element.get(f"{tag}Index")
        skipped = int(at) - 1 - count if at and at.isdecimal() else 0
        for _ in range(min(max(0, skipped), 10_000)):
            yield str(number), title, ()
        count += max(0, skipped) + 1
        yield str(number), title, _spreadsheet_cells(element, tag)
        _forget(element)


def _spreadsheet_cells(row: Any, tag: str) -> Row:
    cells: list[str] = []
    for cell in row.iterchildren(f"{tag}Cell"):
        at = cell.get(f"{tag}Index")
        if at and at.isdecimal():
            if int(at) > MAX_COLUMNS:
                raise ValueError(f"column {at}")
            cells += [""] * (int(at) - 1 - len(cells))
        data = cell.find(f"{tag}Data")
        text = "".join(data.itertext()).strip() if data is not None else ""
        if data is not None and data.get(f"{tag}Type") == "Number":
            text = _number(text)
        cells.append(text)
        cells += [""] * min(int(cell.get(f"{tag}MergeAcross", "0") or 0), MAX_SPAN)
    return tuple(cells)


def _number(text: str) -> str:
    # The mark of a typed number: 1.234 is never a thousand two hundred thirty-four here.
    whole = text.removesuffix(".0")
    return whole if whole.lstrip("-").isdecimal() else text if "e" in text.lower() else f"{text}e0"
