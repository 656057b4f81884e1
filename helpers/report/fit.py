"""A table made to fit a page: its cells as they are written, a size of letters, the width of each column.

Numbers are never broken, so they set the least width of their columns; text gives way first, by wrapping, and a word
that is wider than its column may be broken. A table that does not fit an upright page at a readable size is ``wide``.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import pairwise

from helpers.language import NBSP, PER_CENT, Language
from helpers.report.arial import WIDTHS, measured
from helpers.report.lettering import clean
from helpers.report.model import Cell, Table
from helpers.report.outline import Heading, Numbers, Picture, Piece, Text

SIZES = (8.5, 8.0, 7.5, 7.0)
"""Points, tried from the first: smaller letters are not read on paper."""
LAST_SIZES = (6.5, 6.0)
"""For a table that is too wide even for a page on its side."""
PADDING = 1.3
"""Sizes that a cell keeps free, left and right together; a point of it is for what rounding takes."""
WORD, NAMES, TEXT = 104.0, 110.0, 70.0
"""Points at size 8.5: a longer word may be broken; the first column and other columns of text keep so much.

"квалифицированными" with a quotation mark is the longest word that reports themselves say in a table.
"""
LONGEST = 240.0
"""Points: text wraps rather than taking more than this."""
GUTTER = 28.0
"""Points between two tables abreast."""
LONG = 24
"""Rows: a narrow table with more stands beside its own second half."""
LONG_WORD = 20.0
"""Sizes: a wider word may be broken wherever it stands."""
ZERO_WIDTH = "\N{ZERO WIDTH SPACE}"
TALL = 260.0
"""Points: a higher table may be broken over two pages, else it would leave the rest of a page empty."""
HALF_SIZES = SIZES[:3]
"""For half of a turned page: a table that needs smaller letters there has the whole width."""
FEW = 20
"""Rows: for fewer a page is not turned as long as its letters can be read: turning leaves two pages half empty."""
ROWS = 80
"""Rows that are set on paper; the rest is in the page and in the workbook."""


Measure = Callable[..., float]
"""``advance`` or another of its kind: (text, size, bold=...) → points."""


@dataclass(frozen=True)
class Fitted:
    """A table ready to be set; ``widths`` are points and add up to the room or less."""

    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numeric: tuple[bool, ...]
    widths: tuple[float, ...]
    size: float
    wide: bool
    """It needs a page on its side."""
    total: bool
    """The last row is a total."""
    left_out: int
    """Rows before the total that are not set."""
    half: bool = False
    """Two such tables stand side by side on a page on its side."""

    def cut(self, parts: int) -> tuple[Fitted, ...]:
        """So many tables that hold its rows one after the other, in equal parts; the total stays the last."""
        ends = [len(self.rows) * part // parts for part in range(parts + 1)]
        return tuple(
            replace(self, rows=self.rows[begin:end], total=self.total and end == len(self.rows))
            for begin, end in pairwise(ends)
        )

    @property
    def inset(self) -> float:
        """Points that a cell keeps free at each side."""
        return (PADDING * self.size - 1) / 2

    @property
    def rooms(self) -> tuple[float, ...]:
        """Points that the text of each column has; half of the point kept for rounding stays free."""
        return tuple(width - 2 * self.inset - 0.5 for width in self.widths)


@dataclass(frozen=True)
class Run:
    """Pieces that follow each other on pages of one kind, each table with how it is set."""

    sideways: bool
    pieces: tuple[tuple[Piece, Fitted | None], ...]

    def beside(self, place: int) -> tuple[Numbers, Fitted] | None:
        """The narrow table that stands at the right of the one at ``place``; a long one is wide enough in halves."""
        piece, made = self.pieces[place + 1] if place + 1 < len(self.pieces) else (None, None)
        this = self.pieces[place][1]
        if this is None or made is None or not isinstance(piece, Numbers) or not (this.half and made.half):
            return None
        return (piece, made) if max(len(this.rows), len(made.rows)) <= LONG else None


def runs(pieces: Iterable[Piece], say: Language, currency: str, upright: float, sideways: float) -> list[Run]:
    """The pieces on upright pages and on pages turned for wide tables.

    A heading, and the words between it and its table, go with the table: no page holds them alone.
    """
    made: list[Run] = []
    waiting: list[tuple[Piece, Fitted | None]] = []

    def add(turned: bool, more: Iterable[tuple[Piece, Fitted | None]]) -> None:
        if made and made[-1].sideways == turned:
            made[-1] = Run(turned, (*made[-1].pieces, *more))
        else:
            made.append(Run(turned, tuple(more)))
        waiting.clear()

    for piece in pieces:
        if isinstance(piece, Heading) and waiting and isinstance(waiting[-1][0], Text):
            add(False, waiting)
        if isinstance(piece, Heading) or (waiting and isinstance(piece, Text)):
            waiting.append((piece, None))
            continue
        table = None
        if isinstance(piece, Numbers):
            # At the end all tables stand on turned pages, narrow ones two abreast: one turn of the paper is enough.
            if piece.at_the_end:
                half = (sideways - GUTTER) / 2
                table = fitted(piece.table, say, currency, half, sideways, sizes=HALF_SIZES, few=0)
                table = replace(table, half=not table.wide)
            else:
                table = fitted(piece.table, say, currency, upright, sideways)
        turned = table is not None and (table.wide or (isinstance(piece, Numbers) and piece.at_the_end))
        add(turned, (*waiting, (piece, table)))
    if waiting:
        add(False, waiting)
    return made


def stays(run: Run) -> tuple[bool, ...]:
    """Of each piece, whether the next one has to stand on its page.

    The words between a heading and its table do not end a page, and the last exhibit of a chapter stands whole: no
    page holds its last line alone.
    """
    pieces = [piece for piece, _ in run.pieces]
    found = [False] * len(pieces)
    for place, piece in enumerate(pieces):
        if not isinstance(piece, Heading):
            continue
        words = place + 1
        while words < len(pieces) and isinstance(pieces[words], Text):
            words += 1
        end = words + 1
        while end < len(pieces) and isinstance(pieces[end], Text):
            end += 1
        head = pieces[words] if words < len(pieces) else None
        turn = end >= len(pieces) or (isinstance(after := pieces[end], Heading) and after.new_page)
        if isinstance(head, Numbers):
            found[place + 1 : words] = [True] * (words - place - 1)
        elif isinstance(head, Picture) and head.number and turn:
            found[place : end - 1] = [True] * (end - 1 - place)
    return tuple(found)


def fitted(
    table: Table,
    say: Language,
    currency: str,
    upright: float,
    sideways: float,
    rows: int = ROWS,
    *,
    measure: Measure | None = None,
    sizes: Sequence[float] = SIZES,
    few: int = FEW,
) -> Fitted:
    """``table`` for a page with so many points of room, upright or on its side; text as wide as ``measure`` says.

    Upright in letters of ``sizes``, with up to ``few`` rows in smaller ones, too; else on its side.
    """
    measure = measure or advance
    kept, left_out = _kept(table, rows)
    # "95 %" in a narrow column stays together.
    heads = tuple(PER_CENT.sub(NBSP, clean(column.label)) for column in table.columns)
    written = tuple(
        tuple(clean(say.cell(cell, column, currency)) for cell, column in zip(row, table.columns, strict=True))
        for row in kept
    )
    numeric = tuple(column.kind != "text" for column in table.columns)
    columns = [
        _Column(
            head,
            {row[i] for row in written},
            numeric[i],
            written[-1][i] if table.total and written else "",
            measure,
            # A word that many rows share is no row's name.
            names=i == 0 and 2 * len({row[i] for row in written}) > len(written),
        )
        for i, head in enumerate(heads)
    ]
    tries = [(size, upright) for size in sizes]
    if len(kept) <= few:
        tries.append((LAST_SIZES[0], upright))
    tries += [(size, sideways) for size in SIZES + LAST_SIZES]
    for size, room in tries:
        least = [column.least(size) for column in columns]
        if sum(least) <= room:
            break
    # A long name stays whole where there is room for it; what is left is shared.
    whole = [column.least(size, word=LONG_WORD * size) for column in columns]
    least = whole if sum(whole) <= room else least
    wished = [max(low, column.wished(size)) for low, column in zip(least, columns, strict=True)]
    needs = [column.need(low, size) for low, column in zip(least, columns, strict=True)]
    widths = _shared(least, wished, needs, room)
    if not any(cell.strip() for row in written for cell in row):
        # Empty cells are there to be written in: all the room there is.
        widths = tuple(width * max(1.0, room / sum(widths)) for width in widths)
    return Fitted(heads, written, numeric, widths, size, room > upright, table.total, left_out)


def height(table: Fitted, line: float = 1.25, space: float = 8.0) -> float:
    """Points that the table takes on paper, about: each row as high as its longest cell wraps.

    ``line`` in sizes, ``space`` the points of a row beside its lines.
    """

    def lines(row: Sequence[str]) -> int:
        return max((math.ceil(advance(cell, table.size) / room) for cell, room in zip(row, table.rooms, strict=True)),
                   default=1)  # fmt: skip

    return sum(max(lines(row), 1) * line * table.size + space for row in (table.heads, *table.rows))


def set_texts(table: Fitted) -> tuple[list[str], list[list[str]]]:
    """Heads and rows, long words broken where their columns are narrow; numbers never are."""
    # Half of the point that a cell has to spare: a word as wide as its column is not broken for a rounding.
    rooms = [(room + 0.5) / table.size for room in table.rooms]
    rows = [
        [cell if number else broken(cell, room) for cell, room, number in zip(row, rooms, table.numeric, strict=True)]
        for row in table.rows
    ]
    return [broken(head, room, bold=True) for head, room in zip(table.heads, rooms, strict=True)], rows


def broken(text: str, room: float = LONG_WORD, *, bold: bool = False) -> str:
    """``text`` where a word wider than so many sizes of its letters may go on in the next line.

    After a mark where it has one ("utm_source=", "exports/"), else where it must.
    """
    words = (_broken(word, room, bold) if advance(word, 1, bold=bold) > room else word for word in text.split(" "))
    return " ".join(words)


def _broken(word: str, room: float, bold: bool) -> str:
    parts: list[str] = []
    for piece in re.findall(r"[^_/.:&=?+,;\-]+[_/.:&=?+,;\-]*|[_/.:&=?+,;\-]+", word):
        if advance(piece, 1, bold=bold) <= room:
            parts.append(piece)
            continue
        line = ""
        for letter in piece:
            if line and advance(line + letter, 1, bold=bold) > room:
                parts.append(line)
                line = ""
            line += letter
        parts.append(line)
    return ZERO_WIDTH.join(parts)


def left_out_text(table: Fitted, say: Language) -> str:
    """How many rows are not on paper and where they are; "" where all are."""
    if not table.left_out:
        return ""
    return say.plural(
        "{n} more row is in the report's page (HTML) and workbook (XLSX).",
        "{n} more rows are in the report's page (HTML) and workbook (XLSX).",
        table.left_out,
    )


def _kept(table: Table, rows: int) -> tuple[Sequence[tuple[Cell, ...]], int]:
    """The first ``rows`` rows with the total, if there is one, and how many were left out."""
    if len(table.rows) <= rows:
        return table.rows, 0
    total = table.rows[-1:] if table.total else ()
    return (*table.rows[: rows - len(total)], *total), len(table.rows) - rows


@dataclass(frozen=True)
class _Column:
    """What a column has to hold; the total is set bold."""

    head: str
    cells: set[str]
    number: bool
    total: str
    measure: Measure
    names: bool
    """Its cells name the rows."""

    def least(self, size: float, *, word: float = 0.0) -> float:
        """Points under which it is not read: numbers whole, text a few words a line, names of rows more.

        In the smallest letters a word a line has to do. A longer word than ``word`` points may be broken.
        """
        scale = size / SIZES[0]
        word = word or WORD * scale
        needed = max((min(self.measure(part, size, bold=True), 1.3 * word) for part in _words(self.head)), default=0.0)
        if self.number:
            return PADDING * size + max(needed, self._longest(size))
        inside = max((min(self.measure(part, size), word) for cell in self.cells for part in _words(cell)), default=0.0)
        column = 0.0 if size in LAST_SIZES else (NAMES if self.names else TEXT) * scale
        return PADDING * size + max(needed, inside, min(column, self._longest(size)))

    def wished(self, size: float) -> float:
        """Points at which no cell wraps and a heading of numbers stands on two lines, one of text on one."""
        over = _two_lines(self.head, size, self.measure) if self.number else self.measure(self.head, size, bold=True)
        return PADDING * size + min(max(self._longest(size), over), LONGEST)

    def need(self, width: float, size: float) -> float:
        """Points by which its cells and its heading are wider than ``width``, all together: what wraps in many rows
        needs room more than one long cell."""
        inside = width - PADDING * size
        over = sum(max(self.measure(cell, size) - inside, 0.0) for cell in self.cells)
        return over + max(self.measure(self.head, size, bold=True) - inside, 0.0)

    def _longest(self, size: float) -> float:
        return max([self.measure(self.total, size, bold=True), *(self.measure(cell, size) for cell in self.cells)])


def _two_lines(head: str, size: float, measure: Measure) -> float:
    words = _words(head)
    breaks = ((" ".join(words[:i]), " ".join(words[i:])) for i in range(1, len(words) + 1))
    return min((max(measure(line, size, bold=True) for line in lines) for lines in breaks), default=0.0)


def _words(text: str) -> list[str]:
    """What a line cannot be broken in; a space that does not break joins."""
    return [word for word in re.split(r"[ \n\t]+", text) if word]


def _shared(least: Sequence[float], wished: Sequence[float], needs: Sequence[float], room: float) -> tuple[float, ...]:
    """Each column's least width, and of the rest a part in proportion to what it needs, up to what it wishes for."""
    if sum(least) > room:
        return tuple(round(width * room / sum(least), 2) for width in least)
    widths, free = list(least), room - sum(least)
    open_ = [i for i, (low, wish) in enumerate(zip(least, wished, strict=True)) if wish > low]
    while open_ and free > 0.01:
        # No column without need is left out: its heading may stand on one line less.
        weights = {i: max(needs[i], wished[i] - least[i]) for i in open_}
        part = free / sum(weights.values())
        full = [i for i in open_ if widths[i] + part * weights[i] >= wished[i]]
        for i in full or open_:
            more = wished[i] - widths[i] if full else part * weights[i]
            widths[i], free = widths[i] + more, free - more
        open_ = [i for i in open_ if i not in full] if full else []
    return tuple(round(width, 2) for width in widths)


def advance(text: str, size: float, *, bold: bool = False) -> float:
    """Points of the longest line of ``text``, letter by letter: for cells by the thousand, where shaping is slow."""
    return size * max((sum(_advance(c, bold) for c in line) for line in text.split("\n")), default=0.0)


def line_count(text: str, width: float, size: float, *, bold: bool = False, measure: Measure = advance) -> int:
    """Lines of ``text`` in so many points of width; a word wider than the line is broken."""
    lines = 0
    space = measure(" ", size, bold=bold)
    for part in text.split("\n"):
        lines, used = lines + 1, 0.0
        for word in part.split(" "):
            wide = measure(word, size, bold=bold)
            if used and used + space + wide > width:
                lines, used = lines + 1, 0.0
            if wide > width:
                more, wide = _over(word, width, size, bold, measure)
                lines += more
            used += wide + (space if used else 0)
    return lines


def _over(word: str, width: float, size: float, bold: bool, measure: Measure) -> tuple[int, float]:
    """Further lines of a word that is too wide, and what it takes of the last: it breaks after "-" and "/" first.

    Not before a digit, so that a date stays whole (Unicode line breaking, rule LB25).
    """
    more, used = 0, 0.0
    for part in re.split(r"(?<=[-/])(?![-/\d])", word):
        wide = measure(part, size, bold=bold)
        if used and used + wide > width:
            more, used = more + 1, 0.0
        whole = max(math.ceil(wide / width) - 1, 0)
        more, used = more + whole, used + wide - whole * width
    return more, used


@cache
def _advance(character: str, bold: bool) -> float:
    """Part of the size: in the face that is measured or in that of office documents, whichever is wider."""
    return max(measured(character, bold), WIDTHS.get((bold, character), 0.0))
