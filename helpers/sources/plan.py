"""Which files are read as what: the sources of client.yml; where it names none, all of exports/ that is recognised.

A source may name its columns, or a preset, or nothing but a file: then each of its files is recognised by itself.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from helpers.client import Source
from helpers.errors import DataError, Problem
from helpers.sources.aside import NOTE, OTHER_SHEET, UNNAMED
from helpers.sources.candidate import Candidate
from helpers.sources.containers import NoTableError, is_litter
from helpers.sources.currency import vat_in
from helpers.sources.nearmiss import aliases_of, ambiguous, money_header, near_money, partial_report, refused_part
from helpers.sources.presets import GENERIC, Preset, read_preset
from helpers.sources.rawfiles import RawFile, Sheet, open_sheets
from helpers.sources.recognise import mapped_by_hand, named_sheet, recognise
from helpers.sources.tables import TABLES
from helpers.validation import nearest

if TYPE_CHECKING:
    from helpers.client import Client

EXPORTS = "exports"
KEPT = ("tasks", "meetings", "notes", "promotions", "kpis")
"""Tables that may lie in the client's folder beside client.yml."""
NOTES = (".md", ".rst", ".yml", ".yaml", ".py", ".ipynb")
"""Files that people write about exports: a table in one of them is no export."""


@dataclass(frozen=True)
class Planned:
    """Files that are read in one way into one table (and those it fills too)."""

    source: Source
    preset: Preset
    name: str
    """Of the preset; '' where client.yml maps the columns."""
    candidates: tuple[Candidate, ...]
    alone: bool = False
    """Leads are filled from the deals because nothing else fills them."""

    @property
    def fills(self) -> tuple[str, ...]:
        """Clean tables."""
        return (self.source.table, *self.source.also)


@dataclass(frozen=True)
class Plan:
    """All that will be read, and what is left aside."""

    planned: tuple[Planned, ...]
    unused: tuple[RawFile, ...]


def plan_sources(client: Client, scratch: Path) -> Plan:
    """Decide for every file what it is.

    Raises:
        DataError: everything that stops, of all files at once.
    """
    problems: list[Problem] = []
    planned: list[Planned] = []
    unused: list[RawFile] = []
    given = (*(client.sources or _discovered(client)), *_kept(client))
    named = {path for source in given if source.table or source.preset for path in _paths(client, source, [])}
    for source in given:
        loose = not source.table and not source.preset
        try:
            paths = [path for path in _files(client, source) if not (loose and path in named)]
        except DataError as error:
            problems += error.problems
            continue
        found: list[tuple[str, Candidate]] = []
        for path in paths:
            name = _shown(client, path)
            if not client.sources and path.suffix.lower() in NOTES:
                unused.append(_unknown(name, Problem(NOTE)))
                continue
            try:
                strange: list[Problem] = []
                read, left = _of_file(open_sheets(path, name, scratch, strange), source, strange, problems)
            except NoTableError as error:
                if client.sources:
                    problems += error.problems
                else:
                    unused += [_unknown(name, problem) for problem in error.problems]
            except DataError as error:
                problems += error.problems
            else:
                found += read
                # A note beside the tables of an archive does not take them with it.
                unused += [*left, *(_unknown(name, problem) for problem in strange)]
        for preset, group in groupby(sorted(found, key=lambda item: item[0]), key=lambda item: item[0]):
            planned.append(_planned(source, preset, tuple(candidate for _, candidate in group)))
    planned = _alone(planned)
    problems += _unpaired(planned)
    if problems:
        raise DataError(problems)
    if client.sources:
        unused += _unnamed(client, given)
    # A sheet that one source leaves aside another may read.
    read_somewhere = {candidate.sheet.name for part in planned for candidate in part.candidates}
    unused = [raw for raw in dict.fromkeys(unused) if raw.name not in read_somewhere]
    return Plan(tuple(planned), tuple(unused))


def _of_file(
    sheets: Sequence[Sheet], source: Source, strange: list[Problem], problems: list[Problem]
) -> tuple[list[tuple[str, Candidate]], list[RawFile]]:
    """Each member of a file by its preset, and those that are known and left aside.

    ``strange`` gets what is said of members that nobody knows, ``problems`` what stops.

    Raises:
        NoTableError: nothing of it is known.
    """
    found, left, stopped = [], [], len(problems)
    for member in _members(sheets):
        try:
            candidate = _candidate(member, source)
            more, aside = _other_sheets(member, candidate, source)
        except NoTableError as error:
            strange += error.problems
        except DataError as error:
            problems += error.problems
        else:
            for one in (candidate, *more):
                if one.preset.unused:
                    left.append(one.account(unused=one.preset.unused))
                else:
                    found.append((one.name, one))
            left += aside
    if strange and not found and not left and len(problems) == stopped:
        raise NoTableError(strange)
    return found, left


def _other_sheets(sheets: Sequence[Sheet], read: Candidate, source: Source) -> tuple[list[Candidate], list[RawFile]]:
    """Sheets of a file beside the one that is read: those that fill other tables are read too, the others are said.

    Raises:
        DataError: another sheet is an export of the same kind: whether it holds more rows, or the same, is asked.
    """
    if source.sheet or read.preset.sheet:
        return [], []
    loose = not source.table and not source.preset
    found: list[Candidate] = []
    left: list[RawFile] = []
    filled = set(read.preset.fills)
    for sheet in sheets:
        if sheet is read.sheet:
            continue
        other = None if sheet.hidden or source.columns else _sure(sheet, source)
        if other is not None and other.name == read.name:
            raise DataError([ambiguous(read, other)])
        if loose and other is not None and not filled & set(other.preset.fills):
            found.append(other)
            filled |= set(other.preset.fills)
        else:
            left.append(RawFile(sheet.name, sheet.views[0].taken_for, "", (), 1, unused=OTHER_SHEET))
    return found, left


def _sure(sheet: Sheet, source: Source) -> Candidate | None:
    """What a sheet alone is taken for; None where nobody knows it."""
    try:
        return _candidate([sheet], source)
    except DataError:
        return None


@dataclass(frozen=True)
class Looked:
    """One file of exports/ as the plan sees it."""

    path: Path
    name: str
    """Relative to the client's folder."""
    source: Source | None
    """Of client.yml, that names it."""
    sheets: tuple[Sheet, ...]
    candidate: Candidate | None
    """How it is read; None where it is not."""
    problem: Problem | None
    """Why it is not read."""


def look_at(client: Client, path: Path, scratch: Path) -> Looked:
    """What one file is taken for; of an archive its first member.

    Raises:
        DataError: it cannot be opened as a table at all.
    """
    name = _shown(client, path)
    sheets = tuple(_members(open_sheets(path, name, scratch, []))[0])
    naming = [source for source in client.sources if path in _paths(client, source, [])]
    # A source that says what its files are wins over one that leaves it to them.
    naming.sort(key=lambda source: not (source.table or source.preset))
    source = naming[0] if naming else None
    try:
        found = _candidate(sheets, source or Source(file=name))
    except DataError as error:
        return Looked(path, name, source, sheets, None, error.problems[0])
    missing = lacking(source, found) if source and source.table and not found.name else []
    if source and missing:
        return Looked(path, name, source, sheets, None, Problem(f"nothing is mapped to {source.table}.{missing[0]}"))
    return Looked(path, name, source, sheets, found, None)


def files_in(client: Client) -> list[Path]:
    """All files of exports/ that may be exports."""
    return [path for path in _exports(client) if path.suffix.lower() not in NOTES]


def _discovered(client: Client) -> tuple[Source, ...]:
    """One source per file, where client.yml names none."""
    paths = _exports(client)
    return tuple(Source.model_validate({"file": path.relative_to(client.folder).as_posix()}) for path in paths)


def _kept(client: Client) -> tuple[Source, ...]:
    """Tables that the weekly meeting keeps in the client's folder itself, with the clean names as header."""
    found = []
    for table in KEPT:
        path = client.folder / f"{table}.csv"
        named = any(path in _paths(client, source, []) for source in client.sources)
        if named or not path.is_file():
            continue
        with path.open("rb") as file:
            head = file.readline().decode("utf-8-sig", errors="replace")
        names = {name.strip().strip('"') for name in re.split("[,;\t]", head)}
        spec = TABLES[table]
        if {column.name for column in spec.columns if column.required} <= names:
            columns = {name: name for name in spec.names if name in names}
            given = {"table": table, "file": path.name, "columns": columns, "dates": "ymd", "decimal": "."}
            found.append(Source.model_validate(given))
    return tuple(found)


def _exports(client: Client) -> list[Path]:
    folder = client.folder / EXPORTS
    return sorted(path for path in folder.rglob("*") if path.is_file() and not is_litter(path.name))


def _unnamed(client: Client, sources: Sequence[Source]) -> list[RawFile]:
    """Files in exports/ that no source names: not opened, only said."""
    named = {path for source in sources for path in _paths(client, source, [])}
    return [
        RawFile(_shown(client, path), "", "", (), 1, unused=UNNAMED) for path in _exports(client) if path not in named
    ]


def _shown(client: Client, path: Path) -> str:
    return path.relative_to(client.folder).as_posix() if path.is_relative_to(client.folder) else path.name


def _paths(client: Client, source: Source, otherwise: list[Path]) -> list[Path]:
    plain = client.folder / source.file
    if plain.is_file():
        return [plain]
    paths = sorted(path for path in client.folder.glob(source.file) if path.is_file() and not is_litter(path.name))
    return paths or otherwise


def _files(client: Client, source: Source) -> list[Path]:
    paths = _paths(client, source, [])
    if not paths:
        there = [path.name for path in _exports(client)]
        close = nearest(Path(source.file).name, there)
        shown = f"did you mean {close!r}?" if close else f"in exports/: {', '.join(there[:8]) or 'nothing'}"
        raise DataError([Problem("no such file", shown, source.file)])
    return paths


def _members(sheets: Sequence[Sheet]) -> list[list[Sheet]]:
    """Sheets of an archive by the file inside they come from."""
    return [list(group) for _, group in groupby(sheets, key=lambda sheet: sheet.member)]


def _candidate(sheets: Sequence[Sheet], source: Source) -> Candidate:
    chosen = source.preset if source.preset != "generic" else None
    preset = read_preset(chosen)
    seen = named_sheet(sheets, source.sheet or preset.sheet)
    if chosen:
        found = recognise(seen, [chosen], source.columns, source.constants, chosen=True)
    elif source.table and source.columns:
        found = _by_hand(seen, source)
    else:
        found = recognise(seen, None, source.columns, source.constants)
    _absent(found, source)
    _without_money(found, source)
    part = partial_report(found)
    if part is not None and part.refused and "cost" not in source.columns:
        raise DataError([refused_part(found, part)])
    return found


def _without_money(candidate: Candidate, source: Source) -> None:
    """Deals whose amounts stand in a column of another name would all be worth nothing: that is asked."""
    spec = TABLES[candidate.preset.table] if candidate.preset.table else None
    money = spec.money if spec else ""
    if not spec or not money or money in {*candidate.places, *source.columns, *source.constants}:
        return
    header = money_header(candidate, money)
    if header and aliases_of(candidate.preset, money):
        raise DataError([near_money(candidate, money, header)])


def _by_hand(sheets: Sequence[Sheet], source: Source) -> Candidate:
    """The client's own map; where it leaves out what the table needs, a preset may know the rest."""
    by_hand = mapped_by_hand(sheets, source.columns, source.sheet)
    if source.preset == "generic" or not lacking(source, by_hand):
        return by_hand
    try:
        found = recognise(sheets, None, source.columns, source.constants)
    except DataError:
        return by_hand
    return found if source.table in found.preset.fills and not found.guessed else by_hand


def lacking(source: Source, candidate: Candidate) -> list[str]:
    """Required clean columns of the source's tables to which nothing is mapped."""
    have = set(candidate.places) | set(source.constants) | set(candidate.preset.constants)
    if candidate.period is not None:
        have |= {"from", "to"}
    if {"leads", "deals"} <= {source.table, *source.also}:
        # One entity: whichever id and date the map names serve both tables.
        have |= {"lead_id", "deal_id"} if have & {"lead_id", "deal_id"} else set()
        have |= {"created_at", "opened_at"} if have & {"created_at", "opened_at"} else set()
    columns = {column.name: column for table in (source.table, *source.also) for column in TABLES[table].columns}
    return [name for name, column in columns.items() if column.required and name not in have]


def _absent(candidate: Candidate, source: Source) -> None:
    """A header that client.yml names and the file does not have stops the audit."""
    problems = []
    for clean, headers in source.columns.items():
        # No header at all: the preset's own is not to be read.
        if headers and not any(map(candidate.at, headers)):
            close = nearest(headers[0], [header for header in candidate.headers if header.strip()])
            there = ", ".join(header for header in candidate.headers if header)[:200]
            todo = f"did you mean {close!r}?" if close else f"columns: {there}"
            table = source.table or candidate.preset.table
            problems.append(Problem(f"no column {headers[0]!r} (for {table}.{clean})", todo, candidate.sheet.name))
    if problems:
        raise DataError(problems)


def _vat_said(source: Source, candidates: Sequence[Candidate]) -> Literal["included", "excluded"] | None:
    """What client.yml says of VAT, else what all headers of the money say: "Расход с НДС, ₽"."""
    if source.vat is not None:
        return source.vat
    said = {vat_in(c.headers[c.places["cost"][0]]) if c.places.get("cost") else None for c in candidates}
    return said.pop() if len(said) == 1 else None


def _planned(source: Source, name: str, candidates: tuple[Candidate, ...]) -> Planned:
    preset = candidates[0].preset if name else GENERIC
    table = source.table or preset.table
    also = source.also or tuple(other for other in preset.fills if other and other != table)
    told = {"table": table, "also": also, "vat": _vat_said(source, candidates) if table == "spend" else source.vat}
    return Planned(source.model_copy(update=told), preset, name, candidates)


def _alone(planned: list[Planned]) -> list[Planned]:
    """Deals fill the leads too where nothing else does."""
    filled = {table for part in planned for table in part.fills}
    result = []
    for part in planned:
        more = tuple(table for table in part.preset.alone if table not in filled)
        if more and not part.source.also:
            # The lead is the deal now: a contact's id would fold several deals into one lead.
            candidates = tuple(
                replace(c, places={clean: at for clean, at in c.places.items() if clean != "lead_id"})
                for c in part.candidates
            )
            source = part.source.model_copy(update={"also": more})
            part = replace(part, source=source, candidates=candidates, alone=True)
        result.append(part)
    return result


def _unpaired(planned: Sequence[Planned]) -> list[Problem]:
    there = {part.name for part in planned}
    return [
        Problem(
            f"{part.preset.system}: {part.preset.report} without the file that goes with it, "
            f"{read_preset(part.preset.pair).report}",
            "export both",
            part.candidates[0].sheet.name,
        )
        for part in planned
        if part.preset.pair and part.preset.pair not in there
    ]


def _unknown(name: str, problem: Problem) -> RawFile:
    return RawFile(problem.file or name, "", "", (), 1, unused=str(replace(problem, file="")))
