"""The header of a sheet against what a preset knows: which row it is, where each name of a preset stands in it.

Headers are compared after NFKC, spaces and letter case (``normal``).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from helpers.sources.currency import LOST, PATTERN, currency_of
from helpers.sources.delimiter import Row
from helpers.sources.presets import read_preset
from helpers.sources.rawfiles import normal

_NUMBERED = re.compile(r"(.+)__([2-9]|[1-9]\d)")


def header_row(rows: Sequence[Sequence[str]], wanted: set[str]) -> tuple[int, int] | None:
    """Index of the row that holds most of the wanted headers (the first of equals) and how many; or None."""
    best: tuple[int, int] | None = None
    for index, row in enumerate(rows):
        matches = len({normal(cell) for cell in row if cell} & wanted)
        if matches and (best is None or matches > best[1]):
            best = (index, matches)
    return best


def heads_a_table(rows: Sequence[Row], header: int) -> bool:
    """Whether the next row is about as wide: a sentence that lists columns is no header."""
    below = next((row for row in rows[header + 1 :] if any(row)), None)
    return below is None or 2 * len(below) >= len(rows[header])


def two_storeys(rows: Sequence[Row], header: int, name: str, own: Mapping[str, Sequence[str]]) -> Row:
    """The header; a cell that is empty because its name stands merged in the row above gets that name, if known."""
    headers = rows[header]
    above = rows[header - 1] if header else ()
    if sum(bool(cell.strip()) for cell in above) < 2:
        return headers
    exact = vocabulary_of(name).exact if name else frozenset()
    exact |= {normal(header) for headers in own.values() for header in headers}
    wide = [*headers, *[""] * (len(above) - len(headers))]
    for at, cell in enumerate(above):
        if not wide[at].strip() and normal(cell) in exact:
            wide[at] = cell
    return tuple(wide) if len(wide) == len(headers) or any(wide[len(headers) :]) else headers


def positions(alias: str, row: Sequence[str]) -> tuple[list[int], str | None]:
    """Where a preset's header stands in a row of normalised headers, and the currency written into it."""
    if "{currency}" not in alias:
        wanted = normal(alias)
        places = [index for index, header in enumerate(row) if header == wanted]
        return places or _nth(wanted, row), None
    pattern = _pattern(alias)
    for index, header in enumerate(row):
        found = pattern.fullmatch(header)
        if found:
            return [index], None if found[1] == LOST else currency_of(found[1])
    return [], None


def numbered(headers: Sequence[str]) -> tuple[str, ...]:
    """Headers as a person tells them apart: of several of one name the later ones end in __2, __3."""
    seen: Counter[str] = Counter()
    told = []
    for header in headers:
        seen[normal(header)] += 1
        nth = seen[normal(header)]
        told.append(f"{header.strip()}__{nth}" if header.strip() and nth > 1 else header.strip())
    return tuple(told)


def is_numbered(header: str) -> bool:
    """Whether a header of client.yml names one of several columns of that name: roistat__2."""
    return bool(_NUMBERED.fullmatch(normal(header)))


def _nth(wanted: str, row: Sequence[str]) -> list[int]:
    found = _NUMBERED.fullmatch(wanted)
    if found is None:
        return []
    places = [index for index, header in enumerate(row) if header == found[1]]
    return places[int(found[2]) - 1 : int(found[2])]


def first_place(aliases: Sequence[str], row: Row) -> tuple[int, ...]:
    """Positions of the first of these names that the row has."""
    return next((tuple(found) for alias in aliases if (found := positions(alias, row)[0])), ())


@cache
def _pattern(alias: str) -> re.Pattern[str]:
    before, _, after = normal(alias).partition("{currency}")
    return re.compile(f"{re.escape(before)}({PATTERN}|{re.escape(LOST)}){re.escape(after)}")


@lru_cache(maxsize=64)
def normal_rows(rows: tuple[Row, ...]) -> tuple[Row, ...]:
    """All cells as headers are compared."""
    return tuple(tuple(normal(cell) for cell in row) for row in rows)


@dataclass(frozen=True)
class Vocabulary:
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
def vocabulary_of(name: str) -> Vocabulary:
    """All headers of a preset by its name."""
    preset = read_preset(name or None)
    maps = (preset.columns, preset.together, preset.span, preset.converted, preset.guessed.columns)
    headers = [header for headers in maps for names in headers.values() for header in names]
    headers += [*preset.known, *preset.ids, *preset.tells, *(h for part in preset.partial for h in part.headers)]
    exact = frozenset(normal(header) for header in headers if "{currency}" not in header)
    return Vocabulary(exact, tuple(_pattern(header) for header in headers if "{currency}" in header))
