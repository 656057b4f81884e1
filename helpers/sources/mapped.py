"""One planned source → its clean columns, still text, over all its files: column map, constants, what was odd."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import ibis

from helpers.errors import DataError, Problem
from helpers.sources.candidate import Candidate
from helpers.sources.celltable import Cells, Wanted, nameless_columns, read_cells
from helpers.sources.csvfile import TextFile
from helpers.sources.nearmiss import near_headers, partial_report
from helpers.sources.notices import Code, Notice
from helpers.sources.period import span_of
from helpers.sources.places import first_place
from helpers.sources.plan import Planned, lacking
from helpers.sources.presets import Preset
from helpers.sources.rawfiles import RawFile, normal
from helpers.sources.stored import relation
from helpers.sources.tables import TABLES, Column
from helpers.sources.workbook import BookSheet

if TYPE_CHECKING:
    import ibis.expr.types as ir
    from ibis.backends.duckdb import Backend

    from helpers.client import Client, Source
    from helpers.sources.rewritten import Rewritten

SERVICE = ("_hash", "_blank", "_total", "_footer", "_broken")
SUSPECT = "_suspect"
_IN_CHARGE = re.compile(r"ответствен|відповідальн|responsible|\bowner\b|creator|created by|кем создан|ким створен")
"""Headers of people of whom one is the manager: of the deal, of the contact, who made it."""


@dataclass
class Mapped:
    """A source as text under clean names, with where each column came from."""

    source: Source
    preset: Preset
    table: ir.Table
    """A view: clean columns as text or NULL, ``_file``, ``_row`` and the marks of ``SERVICE``."""
    columns: dict[str, Column]
    headers: dict[str, str]
    """Clean column → header as the file writes it, for messages."""
    files: tuple[RawFile, ...]
    currency: str | None
    """Named by a header or a line above the table; "$" is nobody's for sure."""
    stored: tuple[str, ...]
    """Tables that hold the text, to be dropped when it has been typed."""
    since_1904: frozenset[int] = frozenset()
    """Numbers of the files that count days from 1904."""
    notices: list[Notice] = field(default_factory=list)
    rewritten: list[Rewritten] = field(default_factory=list)
    """Values that are read otherwise than they are written."""
    views: tuple[str, ...] = ()
    """Views over those tables."""
    spans: dict[int, str] = field(default_factory=dict)
    """Numbers of the files whose rows of spend each cover the 'week', 'month' or 'quarter' that their day begins."""
    lone_days: bool = False
    """Rows of spend have a first day; the last one stands in its cell, or is told by the week or month it begins."""
    vat_off: bool = False
    """Other spend is without VAT: it is to be taken off here."""

    def first(self, place: object) -> dict[str, Any]:
        """Where the first of some rows lies, see `first_place`."""
        return first_place(place, [file.name for file in self.files])

    def label(self, file: int) -> str:
        """Name of a file by its number."""
        return self.files[file].name if 0 <= file < len(self.files) else self.source.file


def map_source(con: Backend, client: Client, planned: Planned) -> Mapped:
    """Read the files of a source and give its cells their clean names.

    Raises:
        DataError: a file that cannot be cut into cells, required columns to which nothing is mapped.
    """
    source, preset = planned.source, planned.preset
    columns = _columns(source)
    candidates = [_with_mark(client, source, candidate) for candidate in planned.candidates]
    if any("qualified" in candidate.places for candidate in candidates):
        columns.setdefault("qualified", TABLES["leads"].column("qualified"))
    _required(source, candidates)
    _one_currency(candidates, source)
    identity, keyed = _identity(source), bool(TABLES[source.table].key)
    raws, parts, notices, found = [], [], [], {}
    present: set[str] = set()
    ranged = source.table == "spend"
    private = frozenset(name for name, column in columns.items() if column.type in ("person", "title"))
    for candidate in candidates:
        places = {clean: at for clean, at in candidate.places.items() if clean in columns}
        constants = _constants(source, candidate, columns)
        values = {clean: meaning for clean in places if (meaning := preset.values_for(source, clean))}
        name = ibis.util.gen_name("text")
        ranges = source.table == "spend" and "from" in places and "to" not in {*places, *constants}
        wanted = Wanted(places, values, constants, identity, keyed, client.currency, ranges, private)
        cells = read_cells(con, candidate, name, wanted)
        raw = candidate.account(table=source.table, guessed=candidate.guessed, rows=cells.rows)
        raws.append(raw)
        notices += _notices(candidate, cells, raw, source)
        there = {*places, *constants, *(["to"] if ranges else [])}
        ranged &= ranges
        present |= there
        found.update({clean: candidate.headers[at[0]] for clean, at in places.items() if at[0] < len(raw.headers)})
        parts.append((name, there, candidate.header + 2))
    kept = {name: column for name, column in columns.items() if name in present}
    table = _together(con, parts, kept)
    if planned.alone:
        notices.append(Notice(Code.LEADS_FROM_DEALS, "leads", file=source.file))
    currency = next((candidate.currency for candidate in candidates if candidate.currency), None)
    late = frozenset(number for number, candidate in enumerate(candidates) if _since_1904(candidate))
    made = Mapped(
        source, preset, table, kept, found, tuple(raws), currency, tuple(name for name, _, _ in parts), late, notices
    )
    made.lone_days = ranged
    if ranged:
        named = {number: span_of(normal(c.headers[c.places["from"][0]]))
                 for number, c in enumerate(candidates) if "from" in c.places}  # fmt: skip
        made.spans = {number: span for number, span in named.items() if span}
    return made


def _since_1904(candidate: Candidate) -> bool:
    content = candidate.sheet.content
    return isinstance(content, BookSheet) and content.since_1904


def _columns(source: Source) -> dict[str, Column]:
    """Clean columns of the source's table, and of those it fills too."""
    columns: dict[str, Column] = {}
    for name in (source.table, *source.also):
        for column in TABLES[name].columns:
            columns.setdefault(column.name, column)
    return columns


def _identity(source: Source) -> tuple[str, ...]:
    """Id and date of a row, under any of the names that serve the source's tables."""
    needed = [column for table in (source.table, *source.also) for column in TABLES[table].columns if column.required]
    return tuple(dict.fromkeys(column.name for column in needed if column.type in ("id", "day", "moment")))


def _with_mark(client: Client, source: Source, candidate: Candidate) -> Candidate:
    # `qualified: {mark: Header}` names a column of the export that the column map need not repeat.
    mark = client.qualified.mark if client.qualified else None
    fills_leads = "leads" in (source.table, *source.also)
    if not mark or not fills_leads or "qualified" in candidate.places or mark in TABLES["leads"].names:
        return candidate
    at = candidate.at(mark)
    return replace(candidate, places={**candidate.places, "qualified": at}) if at else candidate


def _constants(source: Source, candidate: Candidate, columns: dict[str, Column]) -> dict[str, str]:
    given: dict[str, Any] = dict(candidate.preset.constants)
    if candidate.period is not None:
        given.update(zip(("from", "to"), candidate.period, strict=True))
    given.update(source.constants)
    return {clean: str(value) for clean, value in given.items() if clean in columns}


def _required(source: Source, candidates: Sequence[Candidate]) -> None:
    missing = [set(lacking(source, candidate)) for candidate in candidates]
    always = [name for name in lacking(source, candidates[0]) if all(name in one for one in missing)]
    if always:
        header = next((header for header in candidates[0].headers if header.strip()), "Header")
        raise DataError(
            [
                Problem(
                    f"nothing is mapped to {source.table}.{name}",
                    f'add it to columns, for example {name}: "{header}"',
                    source.file,
                )
                for name in always
            ]
        )


def _one_currency(candidates: Sequence[Candidate], source: Source) -> None:
    """Files of one source must not name different currencies in their headers."""
    named = {candidate.currency: candidate for candidate in candidates if candidate.currency}
    if len(named) > 1 and source.currency is None:
        shown = ", ".join(f"{candidate.sheet.name}: {code}" for code, candidate in named.items())
        raise DataError([Problem(f"files in different currencies ({shown})", "give each its own source", source.file)])


def _notices(candidate: Candidate, cells: Cells, raw: RawFile, source: Source) -> list[Notice]:
    """What was odd about a file."""
    table, name, content = source.table, raw.name, candidate.sheet.content
    found = []
    if not raw.taken_for.startswith(("CSV, UTF-8", "XLSX", "Parquet")):
        found.append(Notice(Code.ENCODING, table, None, file=name, detail=raw.taken_for))
    if raw.preamble:
        found.append(Notice(Code.PREAMBLE, table, raw.preamble, file=name))
    if candidate.guessed:
        found.append(Notice(Code.HEADER_GUESSED, table, None, file=name, detail=", ".join(candidate.guessed)))
    near = near_headers(candidate) if candidate.name else {}
    if near:
        shown = ", ".join(f"“{header}” – {clean}" for header, clean in near.items())
        found.append(Notice(Code.HEADER_NEAR, table, None, file=name, detail=shown))
    if candidate.doubled:
        found.append(Notice(Code.HEADER_TWICE, table, None, file=name, detail=", ".join(candidate.doubled)))
    if candidate.period is not None and "from" not in source.constants:
        detail = f"{candidate.period[0]}..{candidate.period[1]}"
        found.append(Notice(Code.PERIOD_OF_REPORT, table, None, file=name, detail=detail))
    part = partial_report(candidate)
    if part is not None:
        found.append(Notice(Code.PARTIAL_REPORT, table, None, file=name, detail=part.why))
    if isinstance(content, TextFile) and content.facts.replaced:
        found.append(Notice(Code.BYTES_REPLACED, table, None, file=name, detail=str(content.facts.replaced)))
    if cells.quotes:
        found.append(Notice(Code.QUOTES_ODD, table, None, file=name))
    if isinstance(content, BookSheet) and content.uncounted:
        found.append(Notice(Code.FORMULA_EMPTY, table, None, file=name, detail=str(content.uncounted)))
    if isinstance(content, BookSheet) and content.errors:
        found.append(Notice(Code.CELL_ERROR, table, None, file=name, detail=str(content.errors)))
    if cells.nameless:
        places = ", ".join(str(at + 1) for at in nameless_columns(candidate)[:5])
        found.append(Notice(Code.COLUMN_NAMELESS, table, cells.nameless, file=name, detail=places))
    others = [header for header in candidate.headers if _IN_CHARGE.search(header.casefold())]
    if "manager" in candidate.places:
        chosen = candidate.headers[candidate.places["manager"][0]]
        beside = [header.strip() for header in others if header != chosen]
        if beside:
            shown = ", ".join(dict.fromkeys(beside))
            found.append(Notice(Code.MANAGER_CHOSEN, table, None, file=name, column=chosen.strip(), detail=shown))
    for header, (count, example) in cells.damaged.items():
        found.append(Notice(Code.ID_DAMAGED, table, count, file=name, column=header, detail=example))
    return found


def _together(con: Backend, parts: Sequence[tuple[str, set[str], int]], columns: dict[str, Column]) -> ir.Table:
    """The text of all files of a source as one view; of each file its table, the columns it has, and the row of its
    first record."""
    marks = (*SERVICE, SUSPECT)
    selects = []
    for number, (table, there, first) in enumerate(parts):
        named = (f'"{name}"' if name in there else f'NULL::VARCHAR AS "{name}"' for name in columns)
        own = ", ".join([*marks, *named])
        selects.append(f"SELECT {number}::INTEGER AS _file, rowid + {first} AS _row, {own} FROM {table}")
    name = ibis.util.gen_name("texts")
    con.con.execute(f"CREATE VIEW {name} AS {' UNION ALL '.join(selects)}")
    types = {"_file": "int32", "_row": "int64", "_hash": "uint64", **dict.fromkeys(marks[1:], "boolean")}
    return relation(con, name, types | dict.fromkeys(columns, "string"))
