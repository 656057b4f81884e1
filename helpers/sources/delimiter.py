"""How lines of text fall into cells: the first records of a file under each delimiter, the likeliest first.

The delimiter is told from the number of cells a record has, which is the same from record to record under the right
one; quotes are respected. A file's name says nothing: Telegram's "csv" has tabs.
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import IO

DELIMITERS = (",", ";", "\t", "|")
HEAD_ROWS = 60
"""A header is looked for in this many first rows."""
MAX_CELL = 1 << 24

csv.field_size_limit(MAX_CELL)

Row = tuple[str, ...]

ONE_CELL = (
    "all columns stand in one cell of each row",
    "split it by its delimiter (Text to columns), or export it again",
)
"""What such a table is called, and what to do."""


@dataclass(frozen=True)
class Split:
    """The first records of a text under one delimiter."""

    delimiter: str
    rows: tuple[Row, ...]
    lines: tuple[int, ...]
    """Physical lines up to the end of each record: a quoted cell may hold line ends."""
    quoted: bool
    """Whether quotes enclose cells."""
    score: float
    spaced: bool = False
    """Whether spaces stand between quotes and delimiters: no parser reads that, so they are left out before
    (``Closer``)."""

    @property
    def shown(self) -> str:
        """The delimiter as a message shows it."""
        return "tab" if self.delimiter == "\t" else f'"{self.delimiter}"'


def splits(sample: str, whole: bool) -> list[Split]:
    """The text under each delimiter that makes more than one column of it, the likeliest first."""
    found = [split for delimiter in DELIMITERS if (split := _quoted(sample, whole, delimiter))]
    if sample.count('"') % 2:
        # A quote that is never closed swallows all lines behind it: perhaps quotes mean nothing here.
        found += [split for delimiter in DELIMITERS if (split := _split(sample, whole, delimiter, quoted=False))]
    return sorted(found, key=lambda split: (-split.score, not split.quoted))


def rows_in_cells(cells: Sequence[str]) -> bool:
    """Whether each of these cells holds a whole row: a spreadsheet has opened the file by another delimiter."""
    first = [cell for cell in cells if cell.strip()][:HEAD_ROWS]
    # A delimiter may stand inside a text too: most of the rows tell.
    usual = [Counter(cell.count(delimiter) for cell in first).most_common(1) for delimiter in DELIMITERS]
    return len(first) > 1 and any(found[0][0] > 1 and 2 * found[0][1] >= len(first) for found in usual)


@cache
def _beside(delimiter: str) -> tuple[re.Pattern[bytes], re.Pattern[bytes]]:
    """Spaces before a quote that opens a cell; then those behind one that closes it.

    A quote that stands for itself is written twice, so only an odd run of them opens or closes, or two for an empty
    cell. Spaces that a text has beside its own quotes may go too; where cells begin and end never changes.
    """
    d = re.escape(delimiter)
    end = rf"(?:{d}|\n|\Z)"
    before = rf'(?:(?<={d})|(?<=\n)|\A) +(?="(?!")|"""(?!")|"" *{end})'
    behind = rf'(?:(?<=[^"]")|(?<=[^"]""")|(?<={d}"")|(?<=\n"")) +(?={end})'
    return re.compile(before.encode()), re.compile(behind.encode())


def _closed(text: bytes, delimiter: str) -> bytes:
    """``"a" , "b"`` as ``"a","b"``."""
    for pattern in _beside(delimiter):
        text = pattern.sub(b"", text)
    return text


class Closer:
    """A sink in which quotes and delimiters close up. Lines stay as they are."""

    def __init__(self, sink: IO[bytes], delimiter: str) -> None:
        self._sink, self._delimiter, self._held = sink, delimiter, b""

    def write(self, data: bytes) -> int:
        """What is complete goes on, line by line; the rest waits."""
        text = self._held + data
        end = text.rfind(b"\n") + 1
        self._held = text[end:]
        self._sink.write(_closed(text[:end], self._delimiter))
        return len(data)

    def close(self) -> None:
        """The last line goes on."""
        self._sink.write(_closed(self._held, self._delimiter))
        self._held = b""


def _quoted(sample: str, whole: bool, delimiter: str) -> Split | None:
    """The records under a delimiter, spaces around quoted cells left out where they part a quote from its cell."""
    split = _split(sample, whole, delimiter, quoted=True)
    if split is None or not (f'{delimiter} "' in sample or f'" {delimiter}' in sample):
        return split
    closed = _closed(sample.encode("utf-8", "replace"), delimiter).decode()
    other = _split(closed, whole, delimiter, quoted=True) if closed != sample else None
    if other is None or _stripped(other) == _stripped(split):
        return split
    return replace(other, spaced=True)


def _stripped(split: Split) -> list[list[str]]:
    return [[cell.strip() for cell in row] for row in split.rows]


def _split(sample: str, whole: bool, delimiter: str, *, quoted: bool) -> Split | None:
    lines_in = io.StringIO(sample, newline="")
    if quoted:
        reader = csv.reader(lines_in, delimiter=delimiter)
    else:
        reader = csv.reader(lines_in, delimiter=delimiter, quoting=csv.QUOTE_NONE)
    rows: list[Row] = []
    lines: list[int] = []
    try:
        for row in reader:
            rows.append(tuple(row))
            lines.append(reader.line_num)
            if len(rows) > HEAD_ROWS:
                break
    except csv.Error:
        return None
    if len(rows) <= HEAD_ROWS and not whole:
        rows, lines = rows[:-1], lines[:-1]  # Cut off by the end of the sample.
    rows, lines = rows[:HEAD_ROWS], lines[:HEAD_ROWS]
    widths = Counter(len(row) for row in rows if any(row))
    wide = {width: count for width, count in widths.items() if width > 1}
    if not wide:
        return None
    # Many rows of one width, and many columns: `a;1,5` has two columns under a comma and two under a semicolon, but
    # `x;y;1,5` has three.
    score = max(count / sum(widths.values()) * (1 + (width - 1) ** 0.5) for width, count in wide.items())
    return Split(delimiter, tuple(rows), tuple(lines), quoted, score)
