"""A sheet of which the columns are known → a table of DuckDB with clean names, still text, in one pass over the file.

Columns that nobody asked for - names, comments, everything personal - are parsed and not kept. SQL instead of Ibis
here: the cells stand in files, which only DuckDB reads, and ``read_csv`` inside ``CREATE TABLE`` is what makes it fast.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from helpers.errors import DataError, Problem
from helpers.sources.candidate import Candidate
from helpers.sources.cellmacros import SPACES
from helpers.sources.contact import PERHAPS
from helpers.sources.csvfile import Reading, TextFile, quoted, refusal, sound
from helpers.sources.encoding import Facts
from helpers.sources.parquet import ParquetFile
from helpers.sources.repair import SUSPICIOUS
from helpers.sources.values import PLACEHOLDERS

if TYPE_CHECKING:
    from ibis.backends.duckdb import Backend

# RE2 knows word borders of ASCII letters only: \b would never end a Russian word.
_TOTAL = (
    r"^(grand totals?|sub ?totals?|totals?|общий итог|итого|всего|сумма|усього|всього|сума|разом|підсумок"
    r"|загальний підсумок)"
)
TOTALS = _TOTAL + r"([\s:,(]|$)"
WHOLE_TOTAL = _TOTAL + r"\s*([:(]|(in|за|по) |$)"
"""A name that says nothing but "total": how a campaign is hardly called."""
_SPACES = "".join(rf"\x{{{ord(space):x}}}" for space in SPACES)
UNIT = "\x1f"
"""Parts the cells of a row that are searched together."""
MOSTLY = 0.5
"""Where more than this share of rows has cells in the wrong columns, the rest is no sample of anything."""
_SUSPECT = (
    f"(?i)(?:^|{UNIT})(?:[{_SPACES}']|=\"|(?:{'|'.join(re.escape(word) for word in PLACEHOLDERS if word)})(?:$|{UNIT}))"
    f"|[{_SPACES}](?:$|{UNIT})|[{{]|{SUSPICIOUS}"
)
"""A row in which some cell may have to be cleaned: spaces around it, a placeholder, an unfilled template, damage; with
``PERHAPS`` beside it also somebody's address or telephone number."""
_DAY = r"\d{1,4}[./-]\d{1,2}[./-]\d{2,4}"
_RANGE = rf"^({_DAY})\s*(?:[-–—/]|по|to)\s*({_DAY})$"
"""Two days in one cell: '2026-01-01/2026-01-31', '05.01.2026 - 11.01.2026'."""
ONE_MOMENT = 16
"""No day alone is written in more bytes, and no two in as few."""
_NOTHING = "(?i)^(?:" + "|".join([f"[{_SPACES}]", *(re.escape(word) for word in PLACEHOLDERS if word)]) + ")*$"
"""A row of nothing but '#REF!' or dashes is as empty as an empty one."""


@dataclass(frozen=True)
class Cells:
    """A table of text: clean columns; ``_hash`` of all cells; marks ``_blank``, ``_total``, ``_footer``, ``_broken``;
    ``_suspect``: only such rows may hold a cell that has to be cleaned."""

    table: str
    rows: int
    broken: int
    """Rows with cells behind the last column: an unquoted delimiter has shifted them."""
    nameless: int
    """Rows with a value in a column without a name, which nobody reads."""
    quotes: bool
    """Quotes of the file are out of order; it was read all the same."""
    damaged: dict[str, tuple[int, str]]
    """Headers of unread ids → cells that have lost digits, and one of them."""


@dataclass(frozen=True)
class Wanted:
    """What is to be read of a sheet."""

    columns: Mapping[str, tuple[int, ...]]
    """Clean name → positions of its columns."""
    values: Mapping[str, Mapping[str, Any]]
    """Clean name → meaning of written values."""
    constants: Mapping[str, str]
    """Clean name → the value where the file has none."""
    required: tuple[str, ...]
    """Clean names of the id and the date, without which a row is no data."""
    keyed: bool
    """An id tells rows apart: cells that nobody reads need not be looked at, which spares half of the parsing."""
    currency: str
    """The client's, to choose among converted amounts."""
    ranges: bool
    """The first day may stand in one cell with the last one."""
    private: frozenset[str]
    """Clean names of contacts and titles: they become hashes and marks, whatever stands in them."""


def read_cells(con: Backend, candidate: Candidate, name: str, wanted: Wanted) -> Cells:
    """Create the table ``name`` with what is ``wanted`` of a sheet, on a connection with the macros of ``cellmacros``.

    Raises:
        DataError: the text cannot be cut into cells without losing some.
    """
    import duckdb

    width = width_of(candidate)
    faults: list[Exception] = []
    with _readings(con, candidate, width) as readings:
        for reading in readings:
            select = _select(candidate, reading, width, wanted)
            try:
                if not _sound(con, candidate, reading):
                    continue
                with reading.running() as facts:
                    made = con.raw_sql(f"CREATE OR REPLACE TABLE {name} AS {select}")
                    rows = int(made.fetchone()[0])
                damaged = _damaged(con, candidate, reading)
            except (duckdb.Error, UnicodeDecodeError) as fault:
                # DuckDB quotes the row, and may cut a letter of it in two.
                faults.append(fault)
                continue
            if facts and not _learned(candidate, facts[0]):
                continue
            broken, nameless = con.raw_sql(
                f"SELECT count(*) FILTER (_broken), count(*) FILTER (_nameless AND NOT _broken) FROM {name} "
                "WHERE NOT _total AND NOT _blank"
            ).fetchone()
            if broken > MOSTLY * rows:
                raise DataError([_mostly_broken(candidate, broken, rows)])
            return Cells(name, rows, broken, nameless, not reading.strict, damaged)
    raise refusal(faults, candidate.sheet.name, _first_line(candidate))


def width_of(candidate: Candidate) -> int:
    """Columns of a sheet: of the header, or of wider rows below it (people add columns and forget their names).

    In a text no program leaves the header shorter than the rows, be its cells empty: there a cell too many is an amount
    that a delimiter has cut in two ("12 000,50"). In a workbook nothing moves.
    """
    if isinstance(candidate.sheet.content, TextFile):
        return len(candidate.headers)
    return max(len(candidate.headers), *(len(row) for row in candidate.view.rows[candidate.header :]))


def nameless_columns(candidate: Candidate) -> list[int]:
    """Positions of columns to which nobody has given a name."""
    headers = candidate.headers
    return [at for at in range(width_of(candidate)) if at >= len(headers) or not headers[at].strip()]


def _mostly_broken(candidate: Candidate, broken: int, rows: int) -> Problem:
    return Problem(
        f"{broken} of {rows} rows have more cells than the header has columns",
        "a delimiter stands inside numbers or texts without quotes: export with another delimiter, or as XLSX",
        candidate.sheet.name,
    )


def _first_line(candidate: Candidate) -> int:
    split = candidate.view.split
    return split.lines[candidate.header] if split is not None else candidate.header + 1


@contextmanager
def _readings(con: Backend, candidate: Candidate, width: int) -> Iterator[Iterator[Reading]]:
    """Ways to read the cells below the header, the strictest first."""
    content, header, split = candidate.sheet.content, candidate.header, candidate.view.split
    if isinstance(content, TextFile):
        assert split is not None
        yield content.readings(split, header, width)
        return
    if isinstance(content, ParquetFile):
        yield iter([Reading(content.relation(), width)])
        return
    con.con.register("audit_sheet", content.columns(header + 1, width))
    try:
        cells = ", ".join(f"nullif(c{index}, '') AS c{index}" for index in range(width))
        yield iter([Reading(f"(SELECT {cells} FROM audit_sheet)", width)])
    finally:
        con.con.unregister("audit_sheet")


def _learned(candidate: Candidate, facts: Facts) -> bool:
    """Keep what a reading found out about a text; False where quotes are not in pairs, so lines may be missing."""
    assert isinstance(candidate.sheet.content, TextFile)
    candidate.sheet.content.learned(facts)
    return not facts.quotes_odd


def _sound(con: Backend, candidate: Candidate, reading: Reading) -> bool:
    content, split = candidate.sheet.content, candidate.view.split
    if not isinstance(content, TextFile) or split is None:
        return True
    return sound(con, content, split, candidate.header, reading)


def _select(candidate: Candidate, reading: Reading, width: int, wanted: Wanted) -> str:
    preset, columns, constants = candidate.preset, wanted.columns, wanted.constants
    cells = [f"c{index}" for index in range(width)]
    beyond = [f"nullif(trim(c{index}), '')" for index in range(width, reading.width)]
    unnamed = [f"audit_some(c{index})" for index in nameless_columns(candidate)]
    file = [quoted(candidate.sheet.sha256)] if preset.per_file else []
    lead = f"concat_ws({quoted(UNIT)}, {', '.join(cells[:4])})"
    if wanted.keyed and not preset.footers:
        cells = [f"c{place}" for place in sorted({at for places in columns.values() for at in places})]
    surely = _surely(columns, wanted.required)
    first, whole = f"coalesce({', '.join(cells)}, '')", f"concat({', '.join(cells)})"
    filled = " + ".join(f"({cell} IS NOT NULL)::INT" for cell in cells)
    service = [_repeated(candidate.headers, columns)]
    if preset.footers:
        service.append(f"{filled} = 1 AND {_matches(lead, preset.footers)}")
    parts = {
        "_hash": f"hash({', '.join([*cells, *file])})",
        "_blank": f"CASE WHEN {surely} THEN false WHEN {_nothing(first)} THEN {_nothing(whole)} ELSE false END",
        "_total": f"CASE WHEN {surely} THEN false ELSE {_matches(lead, (TOTALS, *preset.totals))} END",
        "_footer": f"CASE WHEN {surely} THEN false ELSE {' OR '.join(service)} END",
        "_broken": f"coalesce({', '.join(beyond)}, NULL) IS NOT NULL" if beyond else "false",
        "_nameless": f"coalesce({', '.join(unnamed)}, NULL) IS NOT NULL" if unnamed else "false",
    }
    for clean, places in columns.items():
        parts[clean] = _text(places, wanted.values.get(clean), constants.get(clean))
    for clean, constant in constants.items():
        parts.setdefault(clean, quoted(constant))
    if candidate.converted and {"cost", "currency"} <= set(parts):
        # The system's own conversion counts where the row's money is foreign and the converted money is not.
        own = quoted(wanted.currency.lower())
        at = {clean: f"c{place}" for clean, place in candidate.converted.items()}
        taken = f"audit_key({at['currency']}) = {own} AND audit_cell({at['cost']}) IS NOT NULL"
        foreign = f"coalesce(audit_key({parts['currency']}), '') <> {own}"
        for clean in ("cost", "currency"):
            parts[clean] = f"CASE WHEN {foreign} AND {taken} THEN audit_cell({at[clean]}) ELSE {parts[clean]} END"
    if wanted.ranges:
        cell = f"audit_trim({parts['from']})"
        both = f"strlen({parts['from']}) > {ONE_MOMENT} AND regexp_matches({cell}, {quoted(_RANGE)})"
        parts["to"] = f"CASE WHEN {both} THEN regexp_extract({cell}, {quoted(_RANGE)}, 2) END"
        parts["from"] = f"CASE WHEN {both} THEN regexp_extract({cell}, {quoted(_RANGE)}, 1) ELSE {parts['from']} END"
    named = ", ".join(f'{text} AS "{clean}"' for clean, text in parts.items())
    kept = [clean for clean in parts if not clean.startswith("_")]
    sought = (
        ([clean for clean in kept if clean not in wanted.private], f"{_SUSPECT}|{PERHAPS}"),
        ([clean for clean in kept if clean in wanted.private], _SUSPECT),
    )
    # One column of the file may fill two clean ones: its cells are looked at once.
    looks = [({parts[clean]: clean for clean in names}.values(), pattern) for names, pattern in sought]
    suspect = " OR ".join(_any_cell(names, pattern) for names, pattern in looks if names) or "false"
    return f"SELECT *, {suspect} AS _suspect FROM (SELECT {named} FROM {reading.relation})"


def _any_cell(names: Iterable[str], pattern: str) -> str:
    together = ", ".join(f'"{clean}"' for clean in names)
    return f"regexp_matches(concat_ws({quoted(UNIT)}, {together}), {quoted(pattern)})"


def _surely(columns: Mapping[str, tuple[int, ...]], required: tuple[str, ...]) -> str:
    """A cheap test that spares nearly all rows the dear ones: ids and dates are there and begin with a digit."""
    places = [columns[name][0] for name in required if name in columns]
    return " AND ".join(f"unicode(c{place}) BETWEEN 48 AND 57" for place in places) if len(places) > 1 else "false"


def _repeated(headers: Sequence[str], columns: Mapping[str, tuple[int, ...]]) -> str:
    """Whether a row is the header once more: somebody has put several exports into one file."""
    places = sorted({at for many in columns.values() for at in many if at < len(headers) and headers[at].strip()})
    same = [f"coalesce(audit_trim(c{at}) = audit_trim({quoted(headers[at])}), false)" for at in places]
    return " AND ".join(same) if len(same) > 1 else "false"


def _nothing(text: str) -> str:
    return f"regexp_matches({text}, {quoted(_NOTHING)})"


def _matches(lead: str, patterns: tuple[str, ...]) -> str:
    """Whether one of the first cells fits one of the patterns; each stands at the beginning of a cell."""
    anywhere = "|".join(f"(?:^|{UNIT})[{_SPACES}]*{pattern.removeprefix('^')}" for pattern in patterns)
    # A cell ends where the next begins, or with the text.
    anywhere = anywhere.replace("$)", f"$|{UNIT})")
    return f"regexp_matches({lead}, {quoted('(?i)' + anywhere)})"


def _text(places: tuple[int, ...], values: Mapping[str, Any] | None, constant: str | None) -> str:
    """One cell as it is; of several the first that is filled."""
    cells = [_valued(f"c{place}", values) if values else f"audit_some(c{place})" for place in places]
    if constant is not None:
        cells.append(quoted(constant))
    if len(cells) == 1:
        return cells[0] if values else f"c{places[0]}"
    return f"coalesce({', '.join(cells)})"


def _valued(cell: str, values: Mapping[str, Any]) -> str:
    """The given meanings first: they may name what would otherwise pass for a placeholder."""
    exact, folded = (
        " ".join(
            f"WHEN {quoted(fold(str(raw).strip()))} THEN {'NULL' if clean is None else quoted(_word(clean))}"
            for raw, clean in values.items()
        )
        for fold in (str, str.lower)
    )
    # Nearly always a system writes its words as the preset does: only others are made comparable.
    meant = f"CASE {cell} {exact} ELSE CASE audit_key({cell}) {folded} ELSE audit_some({cell}) END END"
    if all(str(raw).strip()[:1] > ":" for raw in values):
        # Dates and numbers, which begin with a digit, need not be compared with words.
        return f"CASE WHEN unicode({cell}) BETWEEN 48 AND 57 THEN {cell} ELSE {meant} END"
    return meant


def _word(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _damaged(con: Backend, candidate: Candidate, reading: Reading) -> dict[str, tuple[int, str]]:
    """Ids that the audit does not read but that would link tables: how many have lost digits."""
    if not candidate.checked:
        return {}
    lost = r"'^\d+(\.\d+)?[eE]\+?\d+$'"
    asked = ", ".join(
        f"count(*) FILTER (regexp_matches(c{at}, {lost})), max(c{at}) FILTER (regexp_matches(c{at}, {lost}))"
        for at in candidate.checked.values()
    )
    found = con.raw_sql(f"SELECT {asked} FROM {reading.relation}").fetchone()
    return {
        header: (int(found[2 * number]), str(found[2 * number + 1]))
        for number, header in enumerate(candidate.checked)
        if found[2 * number]
    }
