"""A sheet as one preset sees it: where its header is and which of its columns is which."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from helpers.errors import DataError, Problem
from helpers.sources.currency import currency_of, header_currency
from helpers.sources.delimiter import Row
from helpers.sources.headers import first_place, is_numbered, positions, two_storeys, vocabulary_of
from helpers.sources.period import period_in
from helpers.sources.presets import Preset
from helpers.sources.rawfiles import MAX_COLUMNS, RawFile, Sheet, View, normal
from helpers.sources.tables import TABLES

ENOUGH = 0.5
"""Share of a sheet's headers that a preset must know to be taken for it ..."""
PLENTY = 6
"""... or this many of them: accounts add columns of their own without end."""

TWINS = {"lead_id": "deal_id", "deal_id": "lead_id", "created_at": "opened_at", "opened_at": "created_at"}
"""In a CRM with one entity either serves both tables."""
_MONEY = {column.name for table in TABLES.values() for column in table.columns if column.type == "money"}


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
        return tuple(positions(header, tuple(normal(text) for text in self.headers))[0])

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


@dataclass
class _Places:
    """Where clean columns stand in a header; filled name by name, those that win first."""

    row: Row
    """The header, normalised."""
    own: Mapping[str, Sequence[str]]
    """Clean column → headers that client.yml names."""
    found: dict[str, tuple[int, ...]] = field(default_factory=dict)
    currency: str | None = None
    """Written into the first header that names one."""

    def take(self, clean: str, aliases: Sequence[str], *, every: bool) -> bool:
        """Look for one column: under the first of its names, or under all of them."""
        at: list[int] = []
        for alias in aliases:
            found, code = positions(alias, self.row)
            if found and code and self.currency is None:
                self.currency = code
            at += [place for place in found if place not in at]
            if at and not every:
                break
        if at:
            self.found[clean] = tuple(at) if every or not _single(clean) else tuple(at[:1])
        return bool(at)

    def take_known(self, preset: Preset) -> None:
        """What client.yml names, then what the preset knows."""
        for clean, aliases in self.own.items():
            self.take(clean, aliases, every=True)
        for clean, aliases in {**preset.columns, **preset.together}.items():
            if clean not in self.own:
                self.take(clean, aliases, every=clean in preset.together)
        if "from" not in self.found:
            for clean, aliases in preset.span.items():
                if clean not in self.own:
                    self.take(clean, aliases, every=False)

    def take_guessed(self, preset: Preset) -> list[int]:
        """What the preset only guesses, where nothing better was found; positions of what is read by a guess."""
        guessed: list[int] = []
        for clean, aliases in preset.guessed.columns.items():
            seen = self.found.get(clean, ())
            if clean in self.own or (seen and clean not in preset.together):
                continue
            # Where each row's first filled cell counts, a guess comes behind what is known.
            if self.take(clean, aliases, every=clean in ("person", "channel")):
                more = [at for at in self.found[clean] if at not in seen]
                guessed += more
                self.found[clean] = (*seen, *more)
        return guessed

    def doubled(self) -> set[str]:
        """Headers that stand twice among those read, normalised."""
        chosen = {clean for clean, aliases in self.own.items() if any(map(is_numbered, aliases))}
        read = {self.row[at] for clean, many in self.found.items() if clean not in chosen for at in many}
        return {text for text in read if self.row.count(text) > 1}


def candidate_of(
    sheet: Sheet,
    view: View,
    name: str,
    preset: Preset,
    header: int,
    own: Mapping[str, Sequence[str]],
    given: frozenset[str] = frozenset(),
) -> Candidate:
    """Which header of the row stands for which clean column.

    Args:
        sheet: and the ``view`` of it in which the header was found.
        view: how it is cut into cells.
        name: of the preset; '' where client.yml maps the columns.
        preset: what the system writes.
        header: row from 0.
        own: clean column → headers that client.yml names.
        given: clean columns that have a constant value.

    Raises:
        DataError: more columns than any export has.
    """
    headers = two_storeys(view.rows, header, name, own)
    if len(headers) > MAX_COLUMNS:
        problem = Problem(f"a table of {len(headers):,} columns", f"at most {MAX_COLUMNS:,}; export fewer", sheet.name)
        raise DataError([problem])
    row = tuple(normal(cell) for cell in headers)
    places = _Places(row, own)
    places.take_known(preset)
    guessed = places.take_guessed(preset)
    converted: dict[str, int] = {
        clean: at[0] for clean, aliases in preset.converted.items() if (at := first_place(aliases, row))
    }
    wants_period = preset.grain == "period" and "from" not in places.found
    period = period_in([*view.rows[:header], *view.rows[header + 1 :]]) if wants_period else None
    return Candidate(
        sheet,
        view,
        name,
        preset,
        header,
        headers,
        places.found,
        converted if len(converted) == 2 else {},
        places.currency or _named_currency(preset, name, places, view.rows[:header]),
        period,
        () if not name else _missing(preset, places.found, period, given),
        vocabulary_of(name).count(row) if name else len(places.found),
        not preset.tells or any(positions(header, row)[0] for header in preset.tells),
        tuple(dict.fromkeys(headers[at] for at in guessed)),
        tuple(sorted({headers[row.index(text)] for text in places.doubled()})),
        {headers[at[0]]: at[0] for header in preset.ids if (at := tuple(positions(header, row)[0]))},
    )


def _named_currency(preset: Preset, name: str, places: _Places, above: Sequence[Row]) -> str | None:
    """The currency that a header of money which client.yml maps names, or a line above the table."""
    if not name:
        money = [at for clean, many in places.found.items() if clean in _MONEY for at in many]
        currency = next((code for at in money if (code := header_currency(places.row[at]))), None)
        if currency is not None:
            return currency
    return _line_currency(preset.currency_line, above) if preset.currency_line else None


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
        if name not in have and not (one_entity and TWINS.get(name) in have)
    ]
    # One id and one date serve both tables of a CRM with one entity: each is asked for once.
    asked_already = {"lead_id": "deal_id", "opened_at": "created_at"}
    return tuple(name for name in missing if not (one_entity and asked_already.get(name) in missing))
