"""Which preset a sheet belongs to, told from its headers: exact matches count, a near miss is proposed and refused.

For every preset the row that holds most of its headers is its header row; of the presets whose needs are met the one
that knows most headers wins. Two that know equally many are a question to the client, never a throw of dice.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from helpers.errors import DataError, Problem
from helpers.sources.candidate import Candidate, candidate_of
from helpers.sources.currency import LOST, PATTERN
from helpers.sources.headers import header_row, heads_a_table, normal_rows, vocabulary_of
from helpers.sources.nearmiss import ambiguous, no_header, nothing_fits
from helpers.sources.presets import GENERIC, likely_presets, read_preset
from helpers.sources.rawfiles import Sheet, View, normal

HEADER_WITHIN = 25
"""Rows whose words choose the presets that are tried."""
_CURRENCY = re.compile(rf"({PATTERN}|{re.escape(LOST)})(?=\)?$)")


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
        raise nothing_fits(found, named_sheet(sheets, None))
    for rival in fit:
        same = rival.name == best.name and rival.sheet is best.sheet
        if rival.rank == best.rank and not same:
            raise DataError([ambiguous(best, rival)])
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
        for row in normal_rows(view.rows)[:HEADER_WITHIN]
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
        raise DataError([no_header(visible[0], headers)])
    if rival is not None:
        todo = f'set sheet: "{best[1].title}" or sheet: "{rival.title}" for this source'
        raise DataError([Problem("two sheets hold the same columns", todo, best[1].member)])
    _, sheet, view, header = best
    return candidate_of(sheet, view, "", GENERIC, header, wanted)


def bare(sheet: Sheet, view: View, header: int) -> Candidate:
    """A sheet of which only the header's row is known."""
    return candidate_of(sheet, view, "", GENERIC, header, {})


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


def _candidate_for(
    sheet: Sheet, view: View, name: str, own: Mapping[str, Sequence[str]], given: frozenset[str]
) -> Candidate | None:
    """The sheet as that preset sees it; None where hardly a header is known."""
    vocabulary = vocabulary_of(name)
    named = {normal(header) for headers in own.values() for header in headers}
    best, most = 0, 0
    for index, row in enumerate(normal_rows(view.rows)):
        known = vocabulary.count(row) + len(named.intersection(row) - vocabulary.exact)
        if known > most:
            best, most = index, known
    if most < 2 or not heads_a_table(view.rows, best):
        return None
    return candidate_of(sheet, view, name, read_preset(name), best, own, given)
