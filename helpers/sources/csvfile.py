"""A text table as a relation of DuckDB: strictly and in parallel first, patiently where the file is not quite a CSV.

Nothing may get lost on the way: DuckDB's lenient readings drop the lines behind a quote that is never closed and the
cells behind the last column, so each reading is checked before it counts (:func:`sound`). A file that is not UTF-8 goes
through a pipe: it is transcoded while DuckDB parses what is already there.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from helpers.errors import DataError, Problem
from helpers.sources.delimiter import MAX_CELL, Closer, Split
from helpers.sources.encoding import CHUNK, LABELS, SAMPLE_CHARS, Facts, looked_through, text_sample, transcode

if TYPE_CHECKING:
    from ibis.backends.duckdb import Backend

SPARE = 3
"""Columns read beyond the header's, to see cells that stand behind the last one."""
CHECKED_ROWS = 20
PIPE = 1 << 20
"""Bytes: what Linux lets anybody ask for."""
BUFFER = MAX_CELL + PIPE
"""Bytes that DuckDB waits for before it parses them, more than the longest row. By itself it would wait for sixteen of
the longest rows, which is all of most files: nothing would be parsed while the rest is transcoded."""
_EMPTY_LINE = re.compile(rb"\n(?=\n)")


@dataclass(frozen=True)
class Reading:
    """One way of reading cells: the relation's SQL and what must be asked about it."""

    relation: str
    width: int
    """Columns c0, c1, ... of the relation; those from the header's width on are ``SPARE``."""
    quoted: bool = True
    strict: bool = True
    uneven: bool = False
    """Quotes do not come in pairs."""
    path: Path | None = None
    """The file it reads where its lines have to be counted."""
    pipe: Path | None = None
    """The pipe it reads: once, and only while it is fed."""
    feed: Callable[[], Facts] | None = None
    """Work that goes on while DuckDB reads."""

    @contextmanager
    def running(self) -> Iterator[list[Facts]]:
        """While DuckDB reads: the feed; behind the block its facts stand in the list."""
        facts: list[Facts] = []
        if self.feed is None:
            yield facts
            return
        with ThreadPoolExecutor(1) as pool:
            fed = pool.submit(self.feed)
            try:
                yield facts
            finally:
                if self.pipe is not None:
                    # Where DuckDB has given up, or never began, the writer must not wait for a reader for ever.
                    end = os.open(self.pipe, os.O_RDONLY | os.O_NONBLOCK)
                    os.close(end)
            facts.append(fed.result())


@dataclass(frozen=True)
class TextFile:
    """A text table."""

    original: Path
    encoding: str
    name: str
    scratch: Path
    _facts: list[Facts] = field(default_factory=list)
    _copies: list[Path] = field(default_factory=list)

    @property
    def label(self) -> str:
        """'windows-1251' - the encoding as a person knows it."""
        return LABELS.get(self.encoding, self.encoding)

    @property
    def facts(self) -> Facts:
        """Known when the file has been read; else it is read for them."""
        if not self._facts:
            if self.encoding in ("utf-8", "utf-8-sig"):
                self._facts.append(looked_through(self.original, self.name))
            else:
                self.utf8()
        return self._facts[0]

    def learned(self, facts: Facts) -> None:
        """Keep what a reading has found out."""
        self._facts[:] = [facts]

    def sample(self) -> tuple[str, bool]:
        """The beginning of the text, and whether that is all of it."""
        return text_sample(self.original, self.encoding, SAMPLE_CHARS)

    def utf8(self) -> Path:
        """A copy in UTF-8 with lines ending in line feeds."""
        if not self._copies:
            target = self.scratch / "text.utf8"
            with target.open("wb") as sink:
                self.learned(transcode(self.original, self.encoding, self.name, sink))
            self._copies.append(target)
        return self._copies[0]

    def readings(self, split: Split, header: int, width: int) -> Iterator[Reading]:
        """Ways to read the cells below the header, from the strictest on; each later one costs more."""
        above = self._above(split, header)
        at_once = split.quoted and not split.spaced
        if at_once and self.encoding in ("utf-8", "utf-8-sig"):
            relation = _relation(self.original, split, width, skip=header + 1, strict=True)
            yield Reading(relation, width, feed=lambda: looked_through(self.original, self.name))
        if at_once and (not self._facts or not self._facts[0].plain) and hasattr(os, "mkfifo"):
            pipe = self.scratch / "pipe"
            os.mkfifo(pipe)
            relation = _relation(pipe, split, width, strict=True)
            yield Reading(relation, width, pipe=pipe, feed=lambda: self._poured(pipe, above))
        path = self.scratch / "below.utf8"
        with path.open("wb") as sink:
            closer = Closer(sink, split.delimiter) if split.spaced else None
            self.learned(transcode(self.original, self.encoding, self.name, closer or sink, above))
            if closer is not None:
                closer.close()
        wide, uneven = width + SPARE, self.facts.quotes_odd
        escapes = ['"', "\\"] if '\\"' in self.sample()[0] else ['"']
        if split.quoted:
            for escape in escapes:
                relation = _relation(path, split, wide, strict=True, padded=True, escape=escape)
                yield Reading(relation, wide, uneven=uneven, path=path)
            yield Reading(_relation(path, split, wide, padded=True), wide, strict=False, uneven=uneven, path=path)
        plain = replace(split, quoted=False)
        yield Reading(_relation(path, plain, wide, padded=True), wide, quoted=False, strict=False, path=path)

    def _above(self, split: Split, header: int) -> int:
        """Characters up to the end of the header: what DuckDB's ``skip`` counts depends on quotes in them."""
        sample, position = self.sample()[0], 0
        for _ in range(split.lines[header]):
            end = sample.find("\n", position)
            position = len(sample) if end < 0 else end + 1
        return position

    def _poured(self, pipe: Path, above: int) -> Facts:
        """Transcode into a pipe; a reader that gives up ends it."""
        with suppress(BrokenPipeError), pipe.open("wb", buffering=0) as sink:
            _widen(sink.fileno())
            return transcode(self.original, self.encoding, self.name, sink, above)
        return Facts("", quotes_odd=True)

    def first_rows(self, split: Split, header: int) -> tuple[tuple[str, ...], ...]:
        """The first rows below the header as Python reads them; blank lines left out."""
        rows = (row for row in split.rows[header + 1 :] if row)
        return tuple(islice(rows, CHECKED_ROWS))


def _widen(pipe: int) -> None:
    """Let a pipe hold more: over the usual 64 KB its writer and its reader wait for each other all the time."""
    if sys.platform == "linux":
        import fcntl

        # Where the system allows no more it stays as it is.
        with suppress(OSError):
            fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, PIPE)


def sound(con: Backend, text: TextFile, split: Split, header: int, reading: Reading) -> bool:
    """Whether a reading can be trusted.

    Its first rows must be those that Python reads; every line of the file must have become a row or lie inside a cell;
    and where quotes are out of order, no cell may hold a line end: it could be a row swallowed by its neighbour.
    """
    if reading.pipe is not None:
        return True  # It begins where it should; quotes in pairs are asked for when it has run dry.
    names = [f"c{index}" for index in range(reading.width)]
    if reading.quoted == split.quoted and reading.strict:
        first = con.raw_sql(f"SELECT {', '.join(names)} FROM {reading.relation} LIMIT {CHECKED_ROWS}").fetchall()
        expected = text.first_rows(split, header)
        if len(first) < min(len(expected), CHECKED_ROWS):
            return False  # Lines above the table that end in another way than its rows: DuckDB skips too many.
        for found, row in zip(first, expected, strict=False):
            width = min(len(found), len(row))
            if [cell or "" for cell in found[:width]] != list(row[:width]):
                return False
    if reading.path is None:
        return True  # Strict, rows of one length, quotes in pairs: nothing can hide.
    ends = " + ".join(f"coalesce(length({name}) - length(replace({name}, chr(10), '')), 0)" for name in names)
    rows, inside = con.raw_sql(f"SELECT count(*), coalesce(sum({ends}), 0) FROM {reading.relation}").fetchone()
    if inside and (not reading.strict or reading.uneven):
        return False
    lines, blank = _lines(reading.path)
    return bool(lines - blank <= rows + inside <= lines)


def _lines(path: Path) -> tuple[int, int]:
    """Lines of a file whose lines end in line feeds, and how many of them are empty."""
    lines = blank = 0
    last = b"\n"
    with path.open("rb") as stream:
        while chunk := stream.read(CHUNK):
            lines += chunk.count(b"\n")
            blank += len(_EMPTY_LINE.findall(last + chunk))
            last = chunk[-1:]
    return lines + (last != b"\n"), blank


def _relation(
    path: Path,
    split: Split,
    width: int,
    *,
    skip: int = 0,
    strict: bool = False,
    padded: bool = False,
    escape: str = '"',
) -> str:
    columns = ", ".join(f"'c{index}': 'VARCHAR'" for index in range(width))
    quote = '"' if split.quoted else ""
    # Rows of unequal length next to quoted line ends cannot be read in parallel.
    patience = "null_padding=true, parallel=false" if padded else "parallel=true"
    return (
        f"read_csv({quoted(str(path))}, header=false, auto_detect=false, skip={skip}, delim={quoted(split.delimiter)}, "
        f"quote={quoted(quote)}, escape={quoted(escape if quote else '')}, strict_mode={str(strict).lower()}, "
        f"{patience}, max_line_size={MAX_CELL}, buffer_size={BUFFER}, columns={{{columns}}})"
    )


def refusal(faults: Sequence[Exception], name: str, first_line: int = 0) -> DataError:
    """DuckDB's complaints about a text as one clear problem with its line; without any a quote is never closed."""
    texts = [_told(fault) for fault in faults] or ["quote"]
    if any("Maximum line size" in text for text in texts):
        return DataError([Problem(f"a row longer than {MAX_CELL >> 20} MB", "this is no table of leads", name)])
    text = texts[0]
    line = re.search(r"CSV Error on Line: (\d+)", text)
    at = f"line {int(line[1]) + first_line}: " if line else ""
    if "quote" in text:
        return DataError([Problem(f"{at}a quote is opened and never closed", "close it, or export again", name)])
    what = next((part.strip() for part in text.splitlines() if part.strip()), type(faults[0]).__name__)
    what = re.sub(r"\S*/(\S+)", r"\1", what).removeprefix("Invalid Input Error: ")[:160]
    return DataError([Problem(f"{at}{what}", "open the file and check this place", name)])


def _told(fault: Exception) -> str:
    return fault.object.decode("utf-8", "replace") if isinstance(fault, UnicodeDecodeError) else str(fault)


def quoted(text: str) -> str:
    """A literal of SQL."""
    return "'" + text.replace("'", "''") + "'"
