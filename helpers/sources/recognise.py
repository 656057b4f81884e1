"""Which preset a sheet belongs to, told from its headers: exact matches count, a near miss is proposed and refused.

Headers are compared after NFKC, spaces and letter case (``normal``). For every preset the row that holds most of its
headers is its header row; of the presets whose needs are met the one that knows most headers wins. Two that know
equally many are a question to the client, never a throw of dice.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import Any

from helpers.errors import DataError, Problem
from helpers.sources.containers import NoTableError
from helpers.sources.currency import PATTERN, currency_of, header_currency
from helpers.sources.delimiter import Row
from helpers.sources.discreet import shown_header
from helpers.sources.period import period_in
from helpers.sources.presets import GENERIC, Partial, Preset, likely_presets, read_preset
from helpers.sources.rawfiles import MAX_COLUMNS, RawFile, Sheet, View, normal
from helpers.sources.tables import TABLES

ENOUGH = 0.5
"""Share of a sheet's headers that a preset must know to be taken for it ..."""
PLENTY = 6
"""... or this many of them: accounts add columns of their own without end."""
NEAR = 80
"""Least likeness (0-100) of a header proposed for a missing one."""

_MONEY = {column.name for table in TABLES.values() for column in table.columns if column.type == "money"}
HEADER_WITHIN = 25
"""Rows whose words choose the presets that are tried."""
_CURRENCY = re.compile(rf"({PATTERN})(?=\)?$)")
_TWINS = {"lead_id": "deal_id", "deal_id": "lead_id", "created_at": "opened_at", "opened_at": "created_at"}


@dataclass(frozen=True)
class Candidate:
    """A sheet read by one preset: where its header is and which column is which."""

    sheet: Sheet
    view: View
    name: str
    """Of the preset; '' for a map that client.yml gives."""
    preset: Preset
    header: int
    """Row of the header from 0."""
    headers: Row
    places: dict[str, tuple[int, ...]]
    """Clean column → positions; of several each row's first filled cell is taken."""
    converted: dict[str, int]
    currency: str | None
    """Of the money, where a header or a line above the table names it."""
    period: tuple[object, object] | None
    """First and last day, where only a line above the table names them."""
    missing: tuple[str, ...]
    """Clean columns without which it cannot be read."""
    known: int
    """Headers that the preset knows."""
    told: bool = True
    """One of the headers that nobody else writes is there."""
    guessed: tuple[str, ...] = ()
    """Headers recognised by a guess."""
    doubled: tuple[str, ...] = ()
    """Headers that stand twice among the columns read."""
    checked: dict[str, int] = field(default_factory=dict)
    """Headers of ids that are only looked at for damage, with their positions."""

    def at(self, header: str) -> tuple[int, ...]:
        """Positions of a header."""
        wanted = normal(header)
        return tuple(index for index, text in enumerate(self.headers) if normal(text) == wanted)

    def account(self, **more: Any) -> RawFile:
        """What is known of the file before it is read; ``more``: what became of it."""
        return RawFile(
            self.sheet.name,
            self.view.taken_for,
            self.sheet.sha256,
            self.headers,
            self.header + 1,
            preset=self.name,
            known=self.known,
            **more,
        )

    @property
    def filled(self) -> int:
        """Columns that have a header."""
        return sum(bool(header.strip()) for header in self.headers)

    @property
    def sure(self) -> bool:
        """Complete, told from others, and enough of the sheet is known."""
        enough = self.known >= PLENTY or self.known >= max(ENOUGH * self.filled, min(3, self.filled))
        return not self.missing and self.told and enough

    @property
    def rank(self) -> tuple[int, int, int]:
        """Better candidates first: known headers, columns read, fewer guesses."""
        return -self.known, -len(self.places), len(self.guessed)


def recognise(
    sheets: Sequence[Sheet],
    names: Iterable[str] | None = None,
    own: Mapping[str, Sequence[str]] | None = None,
    given: Iterable[str] = (),
    *,
    chosen: bool = False,
) -> Candidate:
    """The preset and the sheet that fit one file.

    Args:
        sheets: of one file.
        names: presets to try; None: all.
        own: clean column → headers that client.yml names; they win over the preset's.
        given: clean columns that have a constant value.
        chosen: the client has named the preset: how much of the file it knows is no question any more.

    Raises:
        DataError: two fit equally well, or one nearly (with a proposal).
        NoTableError: none fits at all.
    """
    found = candidates(sheets, names, own, given)
    fit = [candidate for candidate in found if (not candidate.missing if chosen else candidate.sure)]
    best = min(fit, key=lambda candidate: candidate.rank, default=None)
    if best is None:
        raise _nothing_fits(found, named_sheet(sheets, None))
    for rival in fit:
        same = rival.name == best.name and rival.sheet is best.sheet
        if rival.rank == best.rank and not same:
            raise DataError([_ambiguous(best, rival)])
    return best


def candidates(
    sheets: Sequence[Sheet],
    names: Iterable[str] | None = None,
    own: Mapping[str, Sequence[str]] | None = None,
    given: Iterable[str] = (),
) -> list[Candidate]:
    """Every reading of one file by a preset that knows a header or two of it; arguments as of :func:`recognise`."""
    tried = list(names) if names is not None else likely_presets(_words(sheets))
    return [
        candidate
        for sheet in named_sheet(sheets, None)
        for view in sheet.views
        for name in tried
        if (candidate := _candidate_for(sheet, view, name, own or {}, frozenset(given)))
    ]


def _words(sheets: Sequence[Sheet]) -> set[str]:
    """Cells of the first rows, as :func:`likely_presets` wants them."""
    words = {
        cell
        for sheet in sheets
        for view in sheet.views
        for row in _normal_rows(view.rows)[:HEADER_WITHIN]
        for cell in row
        if len(cell) < 80 and not cell.isdecimal()
    }
    return words | {_CURRENCY.sub("{currency}", word) for word in words}


def mapped_by_hand(sheets: Sequence[Sheet], wanted: Mapping[str, Sequence[str]], title: str | None) -> Candidate:
    """The sheet and header row that hold most of the headers named in client.yml.

    Raises:
        DataError: no row holds any of them, no such sheet, or two sheets hold equally many.
    """
    visible = named_sheet(sheets, title)
    headers = {normal(header) for names in wanted.values() for header in names}
    best: tuple[int, Sheet, View, int] | None = None
    rival: Sheet | None = None
    for sheet in visible:
        for view in sheet.views:
            at = header_row(view.rows, headers)
            if at is None:
                continue
            if best is None or at[1] > best[0]:
                best, rival = (at[1], sheet, view, at[0]), None
            elif at[1] == best[0] and sheet is not best[1]:
                rival = rival or sheet
    if best is None:
        raise DataError([_no_header(visible[0], headers)])
    if rival is not None:
        todo = f'set sheet: "{best[1].title}" or sheet: "{rival.title}" for this source'
        raise DataError([Problem("two sheets hold the same columns", todo, best[1].member)])
    _, sheet, view, header = best
    return _candidate(sheet, view, "", GENERIC, header, wanted)


def bare(sheet: Sheet, view: View, header: int) -> Candidate:
    """A sheet of which only the header's row is known."""
    return _candidate(sheet, view, "", GENERIC, header, {})


def named_sheet(sheets: Sequence[Sheet], title: str | None) -> list[Sheet]:
    """The sheet of that name; for None those that are not hidden.

    Raises:
        DataError: there is no such sheet.
    """
    if title is None:
        return [sheet for sheet in sheets if not sheet.hidden] or list(sheets)
    named = [sheet for sheet in sheets if sheet.title == title]
    if not named:
        titles = ", ".join(sheet.title for sheet in sheets if sheet.title) or "none"
        raise DataError([Problem(f"no sheet {title!r}", f"sheets: {titles}", sheets[0].member)])
    return named


def header_row(rows: Sequence[Sequence[str]], wanted: set[str]) -> tuple[int, int] | None:
    """Index of the row that holds most of the wanted headers (the first of equals) and how many; or None."""
    best: tuple[int, int] | None = None
    for index, row in enumerate(rows):
        matches = len({normal(cell) for cell in row if cell} & wanted)
        if matches and (best is None or matches > best[1]):
            best = (index, matches)
    return best


def _candidate_for(
    sheet: Sheet, view: View, name: str, own: Mapping[str, Sequence[str]], given: frozenset[str]
) -> Candidate | None:
    """The sheet as that preset sees it; None where hardly a header is known."""
    vocabulary = _vocabulary(name)
    named = {normal(header) for headers in own.values() for header in headers}
    best, most = 0, 0
    for index, row in enumerate(_normal_rows(view.rows)):
        known = vocabulary.count(row) + len(named.intersection(row) - vocabulary.exact)
        if known > most:
            best, most = index, known
    if most < 2 or not _heads_a_table(view.rows, best):
        return None
    return _candidate(sheet, view, name, read_preset(name), best, own, given)


def _heads_a_table(rows: Sequence[Row], header: int) -> bool:
    """Whether the next row is about as wide: a sentence that lists columns is no header."""
    below = next((row for row in rows[header + 1 :] if any(row)), None)
    return below is None or 2 * len(below) >= len(rows[header])


def _candidate(
    sheet: Sheet,
    view: View,
    name: str,
    preset: Preset,
    header: int,
    own: Mapping[str, Sequence[str]],
    given: frozenset[str] = frozenset(),
) -> Candidate:
    """Which header of the row stands for which clean column."""
    headers = _two_storeys(view.rows, header, name, own)
    if len(headers) > MAX_COLUMNS:
        problem = Problem(f"a table of {len(headers):,} columns", f"at most {MAX_COLUMNS:,}; export fewer", sheet.name)
        raise DataError([problem])
    row = tuple(normal(cell) for cell in headers)
    places: dict[str, tuple[int, ...]] = {}
    currency: str | None = None
    guessed: list[str] = []

    def take(clean: str, aliases: Sequence[str], *, every: bool) -> bool:
        nonlocal currency
        at: list[int] = []
        for alias in aliases:
            found, code = positions(alias, row)
            if found and code and currency is None:
                currency = code
            at += [place for place in found if place not in at]
            if at and not every:
                break
        if at:
            places[clean] = tuple(at) if every or not _single(clean) else tuple(at[:1])
        return bool(at)

    for clean, aliases in own.items():
        take(clean, aliases, every=True)
    for clean, aliases in {**preset.columns, **preset.together}.items():
        if clean not in own:
            take(clean, aliases, every=clean in preset.together)
    if "from" not in places:
        for clean, aliases in preset.span.items():
            if clean not in own:
                take(clean, aliases, every=False)
    for clean, aliases in preset.guessed.columns.items():
        seen = places.get(clean, ())
        if clean in own or (seen and clean not in preset.together):
            continue
        # Where each row's first filled cell counts, a guess comes behind what is known.
        if take(clean, aliases, every=clean in ("person", "channel")):
            more = [at for at in places[clean] if at not in seen]
            guessed += [headers[at] for at in more]
            places[clean] = (*seen, *more)
    if currency is None and not name:
        money = [at for clean, many in places.items() if clean in _MONEY for at in many]
        currency = next((code for at in money if (code := header_currency(row[at]))), None)
    if currency is None and preset.currency_line:
        currency = _line_currency(preset.currency_line, view.rows[:header])
    converted: dict[str, int] = {
        clean: at[0] for clean, aliases in preset.converted.items() if (at := _first(aliases, row))
    }
    period = period_in([*view.rows[:header], *view.rows[header + 1 :]]) if _wants_period(preset, places) else None
    doubled = {row[at] for many in places.values() for at in many if row.count(row[at]) > 1}
    return Candidate(
        sheet,
        view,
        name,
        preset,
        header,
        headers,
        places,
        converted if len(converted) == 2 else {},
        currency,
        period,
        () if not name else _missing(preset, places, period, given),
        _vocabulary(name).count(row) if name else len(places),
        not preset.tells or any(positions(header, row)[0] for header in preset.tells),
        tuple(dict.fromkeys(guessed)),
        tuple(sorted({headers[row.index(text)] for text in doubled})),
        {headers[at[0]]: at[0] for header in preset.ids if (at := tuple(positions(header, row)[0]))},
    )


def _two_storeys(rows: Sequence[Row], header: int, name: str, own: Mapping[str, Sequence[str]]) -> Row:
    """The header; a cell that is empty because its name stands merged in the row above gets that name, if known."""
    headers = rows[header]
    above = rows[header - 1] if header else ()
    if sum(bool(cell.strip()) for cell in above) < 2:
        return headers
    exact = _vocabulary(name).exact if name else frozenset()
    exact |= {normal(header) for headers in own.values() for header in headers}
    wide = [*headers, *[""] * (len(above) - len(headers))]
    for at, cell in enumerate(above):
        if not wide[at].strip() and normal(cell) in exact:
            wide[at] = cell
    return tuple(wide) if len(wide) == len(headers) or any(wide[len(headers) :]) else headers


def _wants_period(preset: Preset, places: dict[str, tuple[int, ...]]) -> bool:
    return preset.grain == "period" and "from" not in places


def _line_currency(pattern: str, rows: Sequence[Row]) -> str | None:
    for row in rows:
        found = re.search(pattern, " ".join(cell for cell in row if cell))
        if found:
            return currency_of(found[1].casefold())
    return None


def _single(clean: str) -> bool:
    """Whether two columns of one name would contradict each other: of money and dates the first one counts."""
    types = {column.type for table in TABLES.values() for column in table.columns if column.name == clean}
    return bool(types & {"money", "number", "count", "moment", "day", "id", "minutes", "seconds"})


def _first(aliases: Sequence[str], row: Row) -> tuple[int, ...]:
    return next((tuple(found) for alias in aliases if (found := positions(alias, row)[0])), ())


def positions(alias: str, row: Sequence[str]) -> tuple[list[int], str | None]:
    """Where a preset's header stands in a row of normalised headers, and the currency written into it."""
    if "{currency}" not in alias:
        wanted = normal(alias)
        return [index for index, header in enumerate(row) if header == wanted], None
    pattern = _pattern(alias)
    for index, header in enumerate(row):
        found = pattern.fullmatch(header)
        if found:
            return [index], currency_of(found[1])
    return [], None


@cache
def _pattern(alias: str) -> re.Pattern[str]:
    before, _, after = normal(alias).partition("{currency}")
    return re.compile(f"{re.escape(before)}({PATTERN}){re.escape(after)}")


@lru_cache(maxsize=64)
def _normal_rows(rows: tuple[Row, ...]) -> tuple[Row, ...]:
    return tuple(tuple(normal(cell) for cell in row) for row in rows)


@dataclass(frozen=True)
class _Vocabulary:
    """All headers of a preset."""

    exact: frozenset[str]
    patterns: tuple[re.Pattern[str], ...]

    def count(self, row: Row) -> int:
        """How many different headers of a normalised row it knows."""
        cells = {cell for cell in row if cell}
        rest = cells - self.exact
        signed = (cell for cell in rest if any(pattern.fullmatch(cell) for pattern in self.patterns))
        return len(cells & self.exact) + sum(1 for _ in signed)


@cache
def _vocabulary(name: str) -> _Vocabulary:
    preset = read_preset(name or None)
    maps = (preset.columns, preset.together, preset.span, preset.converted, preset.guessed.columns)
    headers = [header for headers in maps for names in headers.values() for header in names]
    headers += [*preset.known, *preset.ids, *preset.tells, *(h for part in preset.partial for h in part.headers)]
    exact = frozenset(normal(header) for header in headers if "{currency}" not in header)
    return _Vocabulary(exact, tuple(_pattern(header) for header in headers if "{currency}" in header))


def _missing(
    preset: Preset, places: dict[str, tuple[int, ...]], period: object, given: frozenset[str]
) -> tuple[str, ...]:
    """Clean columns that the file would have to have."""
    if preset.unused:
        return ()
    have = set(places) | set(preset.constants) | given
    if period is not None:
        have |= {"from", "to"}
    needed = [column.name for table in preset.fills for column in TABLES[table].columns if column.required]
    if preset.alone:
        needed.append("created_at")
    one_entity = "deals" in preset.fills
    missing = [
        name
        for name in dict.fromkeys([*needed, *preset.needs])
        if name not in have and not (one_entity and _TWINS.get(name) in have)
    ]
    # One id and one date serve both tables of a CRM with one entity: each is asked for once.
    asked_already = {"lead_id": "deal_id", "opened_at": "created_at"}
    return tuple(name for name in missing if not (one_entity and asked_already.get(name) in missing))


def _ambiguous(best: Candidate, other: Candidate) -> Problem:
    if best.name == other.name:
        todo = f'set sheet: "{best.sheet.title}" or sheet: "{other.sheet.title}" for this file in client.yml'
        return Problem(f"two sheets hold the same columns ({best.preset.system})", todo, best.sheet.member)
    return Problem(
        f"may be {best.name} or {other.name}: both know {best.known} of {best.filled} columns",
        f"set preset: {best.name} or preset: {other.name} for this file in client.yml",
        best.sheet.name,
    )


def _nothing_fits(found: Sequence[Candidate], sheets: Sequence[Sheet]) -> DataError:
    """What the file nearly is, with a map to put into client.yml; or that nothing is known about it."""
    best = nearest_candidate(found)
    if best is None:
        return NoTableError([_unknown(sheets)])
    part = partial_report(best)
    return DataError([refused_part(best, part) if part and part.refused else near_miss(best)])


def nearest_candidate(found: Iterable[Candidate]) -> Candidate | None:
    """The reading that a file nearly fits; None where it is like nothing that is known."""
    near = [candidate for candidate in found if candidate.told and candidate.known >= 3]
    return min(near, key=lambda candidate: (len(candidate.missing), *candidate.rank), default=None)


def partial_report(candidate: Candidate) -> Partial | None:
    """What makes the file a part of the money only; None for a report of all of it."""
    row = _normal_rows(candidate.view.rows)[candidate.header]
    above = [normal(" ".join(cell for cell in line if cell)) for line in candidate.view.rows[: candidate.header]]
    for part in candidate.preset.partial:
        if any(positions(header, row)[0] for header in part.headers):
            return part
        if any(re.search(pattern, line) for pattern in part.lines for line in above):
            return part
    return None


def refused_part(candidate: Candidate, part: Partial) -> Problem:
    """Why such a report is no source of spend."""
    return Problem(
        f"a report of {candidate.preset.system} that is no source of spend: {part.why}",
        "export the report by campaigns; if this one is whole, name its columns under columns in client.yml",
        candidate.sheet.name,
    )


def near_miss(candidate: Candidate) -> Problem:
    """A file that nearly is an export of a system: what is missing, and the line of client.yml that would settle it."""
    preset, missing = candidate.preset, candidate.missing
    proposed = {clean: header for clean in missing if (header := like(candidate, clean))}
    name = f"{preset.system} ({preset.report})"
    if not missing:
        what = f"looks like {name}, but only {candidate.known} of {candidate.filled} columns are known"
        return Problem(what, f"if it is, write {_yaml(candidate, {})}", candidate.sheet.name)
    lacking = ", ".join(_wanted(preset, clean) for clean in missing)
    what = f"looks like {name}, but has no column {lacking}"
    if len(proposed) == len(missing):
        return Problem(what, f"if this is right, write {_yaml(candidate, proposed)}", candidate.sheet.name)
    advice = [preset.advice[clean] for clean in missing if clean not in proposed and clean in preset.advice]
    if "from" in missing and preset.grain == "period":
        advice.append("or write under its source constants: {from: 2026-03-01, to: 2026-03-31}")
    todo = "; ".join(dict.fromkeys(advice)) or "export it with that column"
    if proposed:
        todo += f", and write {_yaml(candidate, proposed)}"
    return Problem(what, todo, candidate.sheet.name)


def _wanted(preset: Preset, clean: str) -> str:
    """The header a column usually has, as a message names it."""
    twin = _TWINS.get(clean, clean)
    aliases = aliases_of(preset, clean) or aliases_of(preset, twin)
    return f"«{aliases[0].replace('{currency}', '…')}» ({clean})" if aliases else clean


def aliases_of(preset: Preset, clean: str) -> list[str]:
    """All headers that a preset knows for a column, the seen before the guessed."""
    span = {str(name): headers for name, headers in preset.span.items()}
    maps = (preset.columns, preset.together, span, preset.guessed.columns)
    return [header for place in maps for header in place.get(clean, ())]


def like(candidate: Candidate, clean: str) -> str | None:
    """The header of the file most like one of those the preset knows for a column; None where none is near."""
    from rapidfuzz import fuzz, process

    preset = candidate.preset
    # "Opportunity Name" is near "Opportunity ID" and no id.
    near = NEAR + 12 if clean.endswith("_id") else NEAR
    known = [*aliases_of(preset, clean), *aliases_of(preset, _TWINS.get(clean, clean))]
    aliases = [normal(header.replace("{currency}", "")) for header in known]
    used = {at for many in candidate.places.values() for at in many}
    free = {at: normal(text) for at, text in enumerate(candidate.headers) if text.strip() and at not in used}
    best = max(
        (
            found
            for alias in aliases
            if (found := process.extractOne(alias, free, scorer=fuzz.ratio, score_cutoff=near)) is not None
        ),
        key=lambda found: found[1],
        default=None,
    )
    return None if best is None else candidate.headers[best[2]].strip()


_MONEY_WORDS = re.compile(
    r"^(?:сумма|бюджет|выручка|стоимость|цена|сума|виручка|вартість|ціна|amount|budget|revenue|value"
    r"|deal (?:value|size)|price|presupuesto|valor|importe|monto)\b"
)
"""How a column of money begins its name in exports that were rebuilt by hand."""


def money_header(candidate: Candidate, clean: str) -> str | None:
    """A header that nobody reads and that looks like the money of the table; None where there is none."""
    near = like(candidate, clean)
    if near is not None:
        return near
    used = {at for many in candidate.places.values() for at in many}
    exact = _vocabulary(candidate.name).exact
    free = [text.strip() for at, text in enumerate(candidate.headers) if at not in used and normal(text) not in exact]
    return next((text for text in free if _MONEY_WORDS.search(normal(text))), None)


def near_money(candidate: Candidate, clean: str, header: str) -> Problem:
    """The question which column holds the money, with the lines of client.yml for either answer."""
    preset = candidate.preset
    what = f"{preset.system} ({preset.report}) without the column {_wanted(preset, clean)}; “{header}” may be it"
    none = f"columns: {{{clean}: []}}"
    return Problem(
        what,
        f"if it is, write {_yaml(candidate, {clean: header})}; if no column holds it, {none}",
        candidate.sheet.name,
    )


def near_headers(candidate: Candidate) -> dict[str, str]:
    """Headers that nobody reads, each with the column it is like: spelled otherwise than the preset knows them."""
    preset = candidate.preset
    wanted = [clean for place in (preset.columns, preset.together) for clean in place if clean not in candidate.places]
    exact = _vocabulary(candidate.name).exact
    found: dict[str, str] = {}
    for clean in dict.fromkeys(wanted):
        header = like(candidate, clean)
        if header is not None and normal(header) not in exact:
            found.setdefault(header, clean)
    return found


def _yaml(candidate: Candidate, columns: dict[str, str]) -> str:
    """Lines for ``sources`` of client.yml, on one line."""
    pairs = ", ".join(f"{clean}: {_quote(header)}" for clean, header in columns.items())
    told = f", columns: {{{pairs}}}" if pairs else ""
    file = candidate.sheet.member.partition(" » ")[0]
    return f"sources: [{{file: {_quote(file)}, preset: {candidate.name}{told}}}]"


def _quote(text: str) -> str:
    import json

    return json.dumps(text, ensure_ascii=False)


def _unknown(sheets: Sequence[Sheet]) -> Problem:
    """A file of which nothing is known."""
    shown = shown_header(sheets[0].views[0].rows)
    return Problem(
        f"not recognised; it begins with {shown!r}",
        "run `audit map`, or name its table and columns under sources in client.yml",
        sheets[0].name,
    )


def _no_header(sheet: Sheet, wanted: set[str]) -> Problem:
    shown = shown_header(sheet.views[0].rows)
    return Problem(
        f"no row holds any of the columns named in client.yml; the first row is {shown!r}",
        f"expected headers such as {', '.join(repr(word) for word in sorted(wanted)[:4])}",
        sheet.name,
    )
