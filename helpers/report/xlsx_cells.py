"""Cells of the workbook: numbers stay numbers, written as the report writes them; the client's text stays text."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from helpers.language import ABSENT, SYMBOLS, UNKNOWN, Language
from helpers.report.fit import advance, line_count
from helpers.report.lettering import ELLIPSIS, strip_control
from helpers.report.model import Cell, Column, Quantity, Table

LONGEST = 32_000
"""Letters; a cell of Excel holds 32 767."""
SIZE = 10.0
DIGIT = 6.0
"""Points that a unit of a column's width holds in the face that is measured, which is wider than that of cells."""
FORMULA = tuple("=+-@")
"""What begins like this would become a formula when somebody edits the cell."""
DAY = 24 * 60.0
"""Minutes; durations are parts of a day to Excel."""
LONGEST_NAME, LITTLE = 31, 4
"""Letters of the name of a sheet, and of a word like "and what" that a cut name does not end with."""
WORD = 22.0
"""Characters; a longer word in a narrow column of text is broken."""
MATRIX = 3
"""Columns that hold a number with its range, above which they are not taken apart."""
LEAST, MARGIN = 9.0, 3.0
"""Characters that a column has at least, and that a cell keeps free with its indent."""
NAMES, TEXT, SENTENCES = 54.0, 36.0, 61.0
"""Characters at which text wraps that has room: in the first column, in others, and where it is long."""
LONG_TEXT = 123.0
RAGGED = 1.15
"""Lines of text end where a word does: so much wider they have to be to hold it."""
HIGHEST, SETTLED = 99, 2
"""Lines of the highest row: where narrow columns of text can make room, and where they cannot."""
_CALENDAR = {"en": ("mmm d, yyyy", "[$-409]mmmm yyyy"), "ru": ("dd.mm.yyyy", "[$-419]mmmm yyyy"),
             "uk": ("dd.mm.yyyy", "[$-422]mmmm yyyy")}  # fmt: skip


def text_of(value: Any) -> str:
    """Text that a cell may hold."""
    text = strip_control(str(value)).replace("\t", " ")
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + ELLIPSIS


def number_format(column: Column, say: Language, currency: str) -> str:
    """Excel's format for a column: its own separators follow the reader's system, signs and units ours."""
    kind = column.kind
    if kind in ("date", "month"):
        return _CALENDAR[say.code][kind == "month"]
    digits = {"number": 1}.get(kind, 0) if column.digits is None else column.digits
    if kind == "count":
        digits = 0
    plain = "#,##0" + ("." + "0" * digits if digits else "")
    if kind == "money":
        sign = SYMBOLS.get(currency, currency)
        shown = f'"{sign}"{plain}' if say.code == "en" else f'{plain}"\N{NO-BREAK SPACE}{sign}"'
        if say.code == "en" and sign[-1:].isalpha():
            shown = f'"{sign}\N{NO-BREAK SPACE}"{plain}'
        return _signed(shown if sign else plain)
    if kind in ("share", "percent"):
        return _signed(plain + ("%" if say.code == "en" else '"\N{NO-BREAK SPACE}"%'))
    if kind == "points":
        return _signed(f'{plain}"{say.points(0).lstrip("0")}"')
    if kind == "minutes":
        # Seconds where a tenth of a minute counts; minutes below an hour, hours and minutes from there on.
        short, hours = (f'"{say.minutes(length).lstrip("0123456789")}"' for length in (1, 60))
        return f"[m]:ss{short}" if column.digits else f"[<{59.5 / DAY:.4f}][m]{short};[h]{hours}\\ mm{short}"
    if kind == "days":
        return _signed(f'{plain}"\N{NO-BREAK SPACE}{_days(say)}"')
    return _signed(plain)


def spread(table: Table, say: Language) -> Table:
    """The table with two columns for each of ranges: a workbook counts with their ends.

    A matrix of shares with their ranges stays as it is written: three columns for each of its own nobody reads.
    """
    matrix = sum(any(_pair(row[i]) for row in table.rows) for i in range(len(table.columns))) > MATRIX
    columns: list[Column] = []
    rows: list[list[Cell]] = [[] for _ in table.rows]
    for i, column in enumerate(table.columns):
        cells = [row[i] for row in table.rows]
        cells = [str(cell) if matrix and _pair(cell) else cell for cell in cells]
        found = [cell for cell in cells if isinstance(cell, Quantity)]
        kind = found[0].kind if found else column.kind
        ranged = any(cell.low is not None for cell in found)
        if not ranged or any(cell.value is not None for cell in found):
            columns.append(column.model_copy(update={"kind": kind}))
            for row, cell in zip(rows, cells, strict=True):
                row.append(cell)
        if not ranged:
            continue
        alone = all(cell.value is None for cell in found)
        names = (say("{column}: from", column=column.label), say("{column}: to", column=column.label))
        columns += [Column(label=name, kind=kind) for name in names]
        for row, cell in zip(rows, cells, strict=True):
            if isinstance(cell, Quantity):
                row += [cell.model_copy(update={"value": end}) for end in (cell.low, cell.high)]
            else:
                # "too few to judge" is said once.
                row += [cell if alone else "", ""]
    return Table(columns=tuple(columns), rows=tuple(map(tuple, rows)), note=table.note, total=table.total)


def _pair(cell: Cell) -> bool:
    return isinstance(cell, Quantity) and cell.value is not None and cell.low is not None


def written(value: Cell, column: Column, currency: str) -> tuple[Cell, Column, str]:
    """A cell, its column and its currency; of a quantity its number and what it is a number of."""
    if not isinstance(value, Quantity):
        return value, column, currency
    kind, digits, number = value.kind, value.digits, value.value
    if kind == "minutes" and number is not None and 0 < number < 1:
        digits = 1
    own = Column(label=column.label, kind=kind, digits=digits)
    return (value.text if number is None and value.low is None else number), own, value.currency or currency


def value_of(value: Cell, column: Column) -> float | dt.date | None:
    """The number or date of a cell as Excel holds it; None where it is text or unknown."""
    if column.kind in ("date", "month"):
        # ISO text by the model: a day or a month.
        return dt.date.fromisoformat(value if len(value) > 7 else f"{value}-01") if isinstance(value, str) else None
    if column.kind == "text" or isinstance(value, (str, bool, Quantity)) or value is None or not math.isfinite(value):
        return None
    if column.kind == "minutes":
        # Excel cuts what it does not show, and shows no time below zero.
        shown = round(60 * value) / 60 if column.digits else math.floor(value + 0.5)
        return None if value < 0 else shown / DAY
    # Per cent are hundredths to Excel, points are shown as they are counted.
    return {"percent": value / 100, "points": value * 100}.get(column.kind, value)


def text_for(value: Cell, column: Column, say: Language, currency: str) -> str:
    """What stands in a cell that holds no number: the text itself, "?" or a dash."""
    return text_of(say.cell(value, column, currency))


def widths(tables: Sequence[Table], say: Language, currency: str, room: float = math.inf) -> list[float]:
    """Characters that each column wants of a sheet on which ``tables`` stand below each other.

    Numbers stand whole, text wraps at a good width. Where that is more than ``room`` in all, text wraps on more lines,
    in each column on as many: the least for which there is room. The longest word, up to a length, stays whole.
    """
    least: dict[int, float] = defaultdict(float)
    whole: dict[int, float] = defaultdict(float)
    for table in tables:
        for i, column in enumerate(table.columns):
            cells = [written(row[i], column, currency) for row in table.rows[:2000]]
            said = {say.cell(*cell) for cell in cells if value_of(*cell[:2]) is None}
            numbers = {say.cell(*cell) for cell in cells if value_of(*cell[:2]) is not None}
            number = _longest(numbers) + (7 if column.kind == "minutes" else MARGIN) if numbers else 0
            word = min(_longest(word for cell in said for word in cell.split()), WORD) + MARGIN
            head = _longest(column.label.split(), bold=True) + MARGIN
            least[i] = max(least[i], number, word, head, LEAST)
            whole[i] = max(whole[i], least[i], _longest(said) + MARGIN)

    def good(i: int) -> float:
        most = NAMES if i == 0 else SENTENCES if whole[i] > LONG_TEXT else TEXT
        return max(least[i], min(whole[i], most + MARGIN))

    def wrapped(lines: int) -> list[float]:
        return [max(least[i], min(good(i), RAGGED * whole[i] / lines + MARGIN)) for i in range(len(least))]

    # Where numbers alone take more room, high rows of narrow text would help nobody.
    most = HIGHEST if sum(least.values()) <= room else SETTLED
    return next((found for n in range(1, most) if sum(found := wrapped(n)) <= room), wrapped(most))


def _longest(texts: Iterable[str], *, bold: bool = False) -> float:
    return max((advance(text, SIZE, bold=bold) / DIGIT for text in texts), default=0.0)


def lines(text: str, characters: float, size: float = SIZE, *, bold: bool = False) -> int:
    """Lines of a text in a column of so many characters."""
    room = max(characters - 2.0, 1.0) * DIGIT
    return line_count(text, room, size, bold=bold)


def one_line(text: str, characters: float, *, bold: bool = False) -> str:
    """``text`` cut between words to one line: some programs do not wrap the text of a link."""
    text, words = " ".join(text.split()), text.split()
    while lines(text, characters, bold=bold) > 1 and len(words) > 1:
        words.pop()
        text = " ".join(words).rstrip(",;:.–-") + ELLIPSIS
    return text


def sheet_name(title: str, taken: set[str]) -> str:
    """A legal name for a sheet, at most 31 letters, that no other of ``taken`` (in small letters) has; it is added.

    Of "Leads: from marketing to sales" a name that is too long says "Leads"; none ends with a word like "to".
    """
    # A straight apostrophe and a colon mean something in formulas.
    title = " ".join(strip_control(title).replace("'", "\N{RIGHT SINGLE QUOTATION MARK}").split())
    whole = title.replace(": ", " - ")
    title = whole if len(whole) <= LONGEST_NAME else title.split(": ")[0]
    name = " ".join(re.sub(r"[\[\]:*?/\\]", " ", title).split())
    if len(name) > LONGEST_NAME:
        words = name[: LONGEST_NAME - 1].rsplit(" ", 1)[0].split()
        for _ in range(2):
            if len(words) > 2 and len(words[-1]) <= LITTLE:
                words.pop()
        name = " ".join(words).rstrip(" ,.;-–") + ELLIPSIS
    name = name or UNKNOWN.replace("?", ABSENT)
    number, found = 2, name
    # Excel keeps the name History for itself.
    while found.casefold() in taken | {"history"}:
        tail = f" ({number})"
        found, number = name[: LONGEST_NAME - len(tail)] + tail, number + 1
    taken.add(found.casefold())
    return found


def headers(table: Table) -> list[str]:
    """Labels of the columns, each different from the others: Excel refuses a table that has one twice."""
    seen: set[str] = set()
    found = []
    for column in table.columns:
        label = " ".join(text_of(column.label).split())[:240] or ABSENT
        number, name = 2, label
        while name.casefold() in seen:
            name, number = f"{label} ({number})", number + 1
        seen.add(name.casefold())
        found.append(name)
    return found


def _signed(shape: str) -> str:
    return f"{shape};\N{MINUS SIGN}{shape}"


def _days(say: Language) -> str:
    from babel.units import format_unit

    return str(format_unit(5, "duration-day", "short", locale=say.code)).lstrip("5").strip()
