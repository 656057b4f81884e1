"""A file as it came → its sheets: what each was taken for and its first rows, nothing decided about columns yet.

A sheet is told from its content, never from the file's name: text by encoding and delimiter, workbooks and archives by
their first bytes, tables of HTML and XML by their tags. Its cells go to DuckDB in ``celltable``.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from pathlib import Path

from helpers.errors import Problem
from helpers.sources.containers import EMPTY, Member, NoTableError, members, refuse_kinds
from helpers.sources.csvfile import TextFile
from helpers.sources.delimiter import ONE_CELL, Row, Split, rows_in_cells, splits
from helpers.sources.discreet import discreet
from helpers.sources.encoding import encoding_of
from helpers.sources.markup import Grid, markup_kind, read_grids
from helpers.sources.parquet import ParquetFile, open_parquet
from helpers.sources.workbook import BookSheet, open_book

_UNSEEN = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
"""Letters that nobody sees: zero widths, directions of writing, soft hyphens, byte order marks."""
MAX_COLUMNS = 1_000
"""No export has so many; more make a database plan that never ends."""


@dataclass(frozen=True)
class RawFile:
    """What became of one file (or one sheet of it), for the account and for messages."""

    name: str
    """File name relative to the client's folder, with the sheet for workbooks of several."""
    taken_for: str
    """'CSV, windows-1251, ";"' - what the file was recognised as."""
    sha256: str
    headers: tuple[str, ...]
    header_row: int
    """The header's row as a person counts it."""
    rows: int = 0
    """Rows below the header."""
    preset: str = ""
    """Name of the preset by which it was read."""
    table: str = ""
    known: int = 0
    """Columns of the file that the preset knows."""
    guessed: tuple[str, ...] = ()
    """Headers recognised only by a guess of the preset."""
    unused: str = ""
    """Why the file is not used; "" where it is."""

    @property
    def preamble(self) -> int:
        """Rows above the header."""
        return self.header_row - 1


@dataclass(frozen=True)
class View:
    """The first rows of a sheet, cut into cells one way (text may be cut by several delimiters)."""

    rows: tuple[Row, ...]
    taken_for: str
    split: Split | None = None


@dataclass(frozen=True)
class Sheet:
    """One table of a file, not yet read."""

    name: str
    member: str
    """The file it comes from, without the sheet's name."""
    digest: str
    """SHA-256 of the file where it is known already; see ``sha256``."""
    views: tuple[View, ...]
    """The likeliest first."""
    content: TextFile | BookSheet | Grid | ParquetFile
    title: str = ""
    """The sheet's own name."""
    hidden: bool = False

    @property
    def sha256(self) -> str:
        """Of the file's bytes; a text is hashed while it is read."""
        return self.digest or (self.content.facts.sha256 if isinstance(self.content, TextFile) else "")


def normal(header: str) -> str:
    """A header (or value) as it is compared: NFKC, one space, no case, ё as е."""
    # Salesforce marks the column by which a report is sorted.
    text = _UNSEEN.sub("", unicodedata.normalize("NFKC", header)).rstrip(" \t\u00a0↑↓▲▼")
    return " ".join(text.split()).casefold().replace("ё", "е")


def open_sheets(path: Path, name: str, scratch: Path, aside: list[Problem] | None = None) -> list[Sheet]:
    """The tables of a file; several for a workbook or an archive of several.

    Args:
        path: the file.
        name: what messages call it.
        scratch: folder for unpacked and transcoded copies.
        aside: gets the members of an archive that hold no table, such as a note; None: they stop.

    Raises:
        DataError: empty, damaged, protected, too large, or no table at all.
    """
    found: list[Sheet] = []
    for number, member in enumerate(members(path, name, scratch)):
        own = scratch / f"copies-{len(list(scratch.iterdir()))}-{number}"
        own.mkdir()
        try:
            found += _sheets(member, own)
        except NoTableError as error:
            if aside is None or not member.packed:
                raise
            aside += error.problems
    if not found and aside:
        raise NoTableError(aside)
    return found


def _sheets(member: Member, scratch: Path) -> list[Sheet]:
    with member.path.open("rb") as stream:
        head = stream.read(16)
    if not head:
        raise NoTableError([Problem(*EMPTY, member.name)])
    refuse_kinds(head, member.name)
    packed = f", in {member.packed}" if member.packed else ""
    if head.startswith(b"PAR1"):
        return [_parquet(member, packed)]
    if head.startswith(b"PK\x03\x04"):
        return _of_book(member, "XLSX" + packed)
    if head.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return _of_book(member, "XLS (BIFF)" + packed)
    text = TextFile(member.path, encoding_of(member.path, member.name), member.name, scratch)
    sample, whole = text.sample()
    kind = markup_kind(sample)
    if kind:
        grids = read_grids(text.utf8(), kind, member.name)
        return [
            _sheet(
                member, text.facts.sha256, grid, f"{kind}, {text.label}{packed}", grid.name or str(index), len(grids)
            )
            for index, grid in enumerate(grids, 1)
        ]
    if sample.lstrip().startswith(("{", "[{", "[[")):
        raise NoTableError([Problem("JSON, not a table", "export it as CSV or XLSX", member.name)])
    cut = splits(sample, whole)
    if not cut:
        raise NoTableError([_no_table(sample, whole, member.name)])
    views = tuple(View(split.rows, f"CSV, {text.label}, {split.shown}{packed}", split) for split in cut)
    return [Sheet(member.name, member.name, "", views, text)]


def _no_table(sample: str, whole: bool, name: str) -> Problem:
    lines = sample.splitlines()
    if len(lines) <= 1 and not whole:
        return Problem(f"the first line goes on for more than {len(sample):,} characters", "this is no table", name)
    if rows_in_cells([line.strip().strip('"').replace('""', "") for line in lines[: None if whole else -1]]):
        return Problem(*ONE_CELL, name)
    first = next((line.strip() for line in lines if line.strip()), "")
    shown = discreet(first)
    begins = f"; it begins with {shown!r}" if shown else ""
    return Problem(
        f"no table of several columns{begins}" if first else "the file holds nothing but blanks",
        "export it again as CSV or XLSX",
        name,
    )


def _sheet(member: Member, sha256: str, grid: Grid, taken_for: str, title: str, among: int) -> Sheet:
    label = f"{member.name} [{title}]" if among > 1 else member.name
    return Sheet(label, member.name, sha256, (View(grid.head, taken_for),), grid, title)


def _of_book(member: Member, kind: str) -> list[Sheet]:
    book = open_book(member.path, member.name)
    sha256 = sha256_of(member.path)
    sheets = []
    for content in book:
        label = f"{member.name} [{content.title}]" if len(book) > 1 else member.name
        view = View(content.head(), kind)
        sheets.append(Sheet(label, member.name, sha256, (view,), content, content.title, content.hidden))
    return [sheet for sheet in sheets if any(any(row) for row in sheet.views[0].rows)] or sheets[:1]


def _parquet(member: Member, packed: str) -> Sheet:
    content = open_parquet(member.path, member.name)
    view = View((content.headers,), "Parquet" + packed)
    return Sheet(member.name, member.name, sha256_of(member.path), (view,), content)


def sha256_of(path: Path) -> str:
    """Hash of a file's bytes."""
    import hashlib

    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
