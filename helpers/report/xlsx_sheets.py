"""Sheets of the workbook: their title, running text and tables, each ready to be read, filtered and printed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from helpers.language import Language
from helpers.report.look import light
from helpers.report.model import Box, Column, Exhibit, Report, Table
from helpers.report.xlsx_cells import (
    FORMULA,
    SIZE,
    headers,
    lines,
    number_format,
    sheet_name,
    spread,
    text_for,
    text_of,
    value_of,
    widths,
    written,
)
from helpers.report.xlsx_paper import ROW, Paper, page_breaks, paper_for

FONT = "Arial"
ACROSS = 100.0
"""Characters of a line of running text: it spans the columns that give it this width."""
NOTES = 2
"""Lines below a table that belong to it."""
SHEET = 180.0
"""Characters of a sheet that is printed on its side and still read."""
WHOLE = 0.6
"""Share of a page: a lower table stands whole on one."""
TAIL = 2
"""Rows of a table that no page begins or ends with alone."""
LINE = 13.0
"""Points of a line at size 10."""
BUTTON = 14.0
"""Points of a heading's cell below its text."""


@dataclass
class Sheet:
    """A sheet while it is written: the next free row, and what the contents sheet says of it."""

    sheet: Any
    name: str
    title: str
    row: int = 0
    widths: list[float] = field(default_factory=list)
    tables: list[tuple[str, int]] = field(default_factory=list)
    end: int = 0
    """The row below the last table."""
    paper: Paper | None = None
    heights: dict[int, float] = field(default_factory=dict)
    """Points of the rows that have a height of their own."""
    stays: set[int] = field(default_factory=set)
    """Rows below which no page ends."""

    def set_height(self, row: int, points: float) -> None:
        """Give a row its height."""
        self.heights[row] = points
        self.sheet.set_row(row, points)


class Sheets:
    """Writes the sheets of one workbook; ``made`` are those there are."""

    def __init__(self, book: Any, report: Report, say: Language) -> None:
        self.book, self.report, self.say = book, report, say
        self.colours = light(report.brand)
        self.taken: set[str] = set()
        self.made: list[Sheet] = []
        self.formats: dict[tuple[tuple[str, Any], ...], Any] = {}

    def add(self, title: str, tables: Iterable[Table | None], name: str = "") -> Sheet:
        """A new sheet with its title in the first row, wide enough for its tables, ready to be printed."""
        sheet = self.book.add_worksheet(sheet_name(name or title, self.taken))
        made = Sheet(sheet, sheet.get_name(), text_of(title))
        shown = [spread(table, self.say) for table in tables if table is not None]
        made.widths = widths(shown, self.say, self.report.currency, SHEET)
        while sum(made.widths) < ACROSS:
            made.widths.append(24.0)
        for column, wide in enumerate(made.widths):
            sheet.set_column(column, column, wide, self.look())
        sheet.hide_gridlines(2)
        made.paper = paper_for(made.widths)
        made.paper.set(sheet)
        made.set_height(0, 26)
        sheet.write_string(0, 0, made.title, self.look(bold=True, font_size=15, font_color=self.colours["accent"],
                                                       text_wrap=False, valign="vcenter"))  # fmt: skip
        made.row = 1
        if self.made:
            sheet.write_url(1, 0, f"internal:'{self.made[0].name}'!A1", self.look(font_color=self.colours["accent"],
                            underline=1, text_wrap=False), self.say("Contents"))  # fmt: skip
            made.row = 3
        self.made.append(made)
        return made

    def finish(self, sheet: Sheet) -> None:
        """Freeze what heads the sheet: the heading of its only table, else its title; tell where its pages end."""
        only = sheet.tables[0][1] if len(sheet.tables) == 1 else None
        sheet.sheet.freeze_panes(only + 1 if only is not None and only < 8 else 1, 0)
        if only is not None and sheet.row - sheet.end <= NOTES:
            # Where more than notes follows, the heading would stand above what is not its table.
            sheet.sheet.repeat_rows(only)
            self.paged(sheet, sheet.heights[only])
        else:
            self.paged(sheet)

    def paged(self, sheet: Sheet, heading: float = 0.0) -> None:
        """Where the pages of a sheet end that is finished; ``heading`` are the points of a row that is repeated."""
        assert sheet.paper is not None
        heights = [sheet.heights.get(row, ROW) for row in range(sheet.row)]
        if breaks := page_breaks(heights, sheet.stays, sheet.paper.room, heading):
            sheet.sheet.set_h_pagebreaks(breaks)

    def line(self, sheet: Sheet, text: str, size: float = SIZE, **look: Any) -> None:
        """Running text over as many columns as give it a good width, its row as high as it needs."""
        text = text_of(text)
        across, last = 0.0, 0
        for last, wide in enumerate(sheet.widths):  # noqa: B007
            across += wide
            if across >= ACROSS:
                break
        form = self.look(font_size=size, **look)
        sheet.set_height(sheet.row, LINE * size / SIZE * lines(text, across, size, bold="bold" in look) + 3)
        if last:
            sheet.sheet.merge_range(sheet.row, 0, sheet.row, last, "", form)
        self.text(sheet, sheet.row, 0, text, font_size=size, **look)
        sheet.row += 1

    def box(self, sheet: Sheet, box: Box) -> None:
        """A framed explanation as a line in bold and its text."""
        sheet.stays.add(sheet.row)
        self.line(sheet, box.title, bold=True)
        for text in box.text:
            self.line(sheet, text, font_color=self.colours["muted"])
        sheet.row += 1

    def exhibit(self, sheet: Sheet, exhibit: Exhibit) -> None:
        """The finding, the table behind it, where it comes from."""
        assert exhibit.table is not None
        sheet.row += 1
        self.table(sheet, exhibit.table, exhibit.title)
        for note in filter(None, (exhibit.table.note, exhibit.note)):
            # What a note tells of stands above it.
            sheet.stays.add(sheet.row - 1)
            self.line(sheet, note, 9, font_color=self.colours["muted"])

    def table(self, sheet: Sheet, table: Table, title: str) -> None:
        """A titled table with a filter at each heading; its total stands below it, so that no filter hides it."""
        say, currency, out = self.say, self.report.currency, sheet.sheet
        table = spread(table, say)
        start = sheet.row
        if title:
            self.line(sheet, title, 11, bold=True)
        sheet.tables.append((text_of(title), sheet.row))
        top, names = sheet.row, headers(table)
        rows = table.rows[:-1] if table.total else table.rows
        if rows:
            plain = [{"header": name} for name in names]
            out.add_table(top, 0, top + len(rows), len(names) - 1, {"style": None, "columns": plain})
        heading = {"bold": True, "font_color": self.colours["paper"], "bg_color": self.colours["accent"]}
        high = max(lines(name, wide, bold=True) for name, wide in zip(names, sheet.widths, strict=False))
        # The button of a filter covers what stands at the lower right of its cell.
        sheet.set_height(top, LINE * high + (BUTTON if rows else 6))
        for i, (name, column) in enumerate(zip(names, table.columns, strict=True)):
            out.write_string(top, i, name, self.look(**heading, **_side(i, column)))
        edge = {"bottom": 1, "bottom_color": self.colours["grid"]}
        for number, row in enumerate(table.rows, top + 1):
            total = table.total and number == top + len(table.rows)
            line = {"bold": True, "top": 1, "top_color": self.colours["ink"]} if total else edge
            high = 1
            for i, (given, heading_of) in enumerate(zip(row, table.columns, strict=True)):
                cell, column, unit = written(given, heading_of, currency)
                value, shape = value_of(cell, column), number_format(column, say, unit)
                if value is None:
                    text = text_for(cell, column, say, unit)
                    self.text(sheet, number, i, text, **_side(i, heading_of), **line)
                    high = max(high, lines(text, sheet.widths[i]))
                elif isinstance(value, dt.date):
                    out.write_datetime(number, i, dt.datetime.combine(value, dt.time()),
                                       self.look(num_format=shape, align="right", **line))  # fmt: skip
                else:
                    out.write_number(number, i, value, self.look(num_format=shape, align="right", **line))
            sheet.set_height(number, LINE * high + 2)
        sheet.row = sheet.end = top + 1 + len(table.rows)
        last = sheet.row - 1
        whole = sum(sheet.heights.get(row, ROW) for row in range(start, sheet.row))
        assert sheet.paper is not None
        if whole <= WHOLE * sheet.paper.room:
            sheet.stays.update(range(start, last))
        else:
            sheet.stays.update((*range(start, min(top + TAIL, last)), *range(max(top, last - TAIL), last)))

    def text(self, sheet: Sheet, row: int, column: int, text: str, **look: Any) -> None:
        """Text as text: also where somebody edits the cell later."""
        if text.startswith(FORMULA):
            look["quote_prefix"] = True
        sheet.sheet.write_string(row, column, text, self.look(**look))

    def look(self, **wanted: Any) -> Any:
        """The one format of these properties."""
        whole = {"font_name": FONT, "font_size": SIZE, "font_color": self.colours["ink"], "valign": "top",
                 "text_wrap": True} | wanted  # fmt: skip
        key = tuple(sorted(whole.items()))
        if key not in self.formats:
            self.formats[key] = self.book.add_format(whole)
        return self.formats[key]


def _side(number: int, column: Column) -> dict[str, Any]:
    """Text at the left, a little away from a number before it; numbers at the right."""
    return {"align": "left", "indent": int(number > 0)} if column.kind == "text" else {"align": "right"}
