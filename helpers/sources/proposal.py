"""What a file is taken for and which header could stand for which clean column: a proposal, nothing is read yet.

A recognised file is proposed as its preset reads it. In any other, headers are looked up in all presets - the same word
first, a like one after it - and where names say nothing the cells do: the only column of dates. Every proposal carries
its reason; a person decides.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ruamel.yaml import YAML

from helpers.client import Source
from helpers.errors import DataError, Problem
from helpers.sources.candidate import Candidate
from helpers.sources.headers import numbered, positions
from helpers.sources.masked import masked
from helpers.sources.nearmiss import NEAR, aliases_of, like, nearest_candidate, partial_report
from helpers.sources.plan import Looked, lacking
from helpers.sources.presets import preset_names, read_preset
from helpers.sources.rawfiles import normal
from helpers.sources.recognise import HEADER_WITHIN, bare, candidates, named_sheet
from helpers.sources.tables import TABLES, Column

if TYPE_CHECKING:
    from helpers.language import Language

SHOWN = 5
"""Rows shown to the person who decides."""
FIRST = ("leads", "deals", "spend", "touches")
"""Tables that an unknown file is compared with first; of equals the earlier wins."""
_DATE = r"\d{1,4}[./-]\d{1,2}[./-]\d{1,4}([ ,T].*)?"


@dataclass(frozen=True)
class Match:
    """One clean column, and what stands for it."""

    column: Column
    headers: tuple[str, ...] = ()
    """Of the file; of several each row's first filled cell is taken."""
    constant: str = ""
    """One value for all rows, where no header stands for it."""
    reason: str = ""
    written: bool = False
    """It must stand in client.yml: no preset says it."""

    @property
    def filled(self) -> bool:
        """Something stands for the column."""
        return bool(self.headers or self.constant)

    @property
    def shown(self) -> str:
        """What stands for it, for a person."""
        return ", ".join(self.headers) or (f"= {self.constant}" if self.constant else "")


@dataclass(frozen=True)
class Proposal:
    """A file and the map proposed for it. Immutable: a change gives another one."""

    file: str
    """As client.yml names it: the file, or the pattern of a source that holds it."""
    name: str
    """The file itself."""
    candidate: Candidate = field(repr=False)
    problem: Problem | None
    """Why it is not read as it is; None where it is."""
    table: str
    also: tuple[str, ...]
    matches: tuple[Match, ...]
    source: Source | None
    """Of client.yml, as it stands there."""
    say: Language = field(repr=False)
    single: bool = True
    """The file holds one sheet only."""

    @property
    def preset(self) -> str:
        """Name of the preset by which it is read; "" where the map says all."""
        return self.candidate.name

    @property
    def headers(self) -> tuple[str, ...]:
        """The file's own, without empty ones; of two of one name the second is called 'name__2'."""
        return tuple(header for header in numbered(self.candidate.headers) if header)

    @property
    def taken_for(self) -> str:
        """What it was taken for and why, in a sentence."""
        say, candidate = self.say, self.candidate
        form = say("{form}; header in row {row}", form=candidate.view.taken_for, row=candidate.header + 1)
        if not self.preset:
            return form
        known = say("{known} of {all} columns known", known=candidate.known, all=candidate.filled)
        preset = candidate.preset
        return f"{form}; {preset.system} ({preset.report}): {known}"

    def rows(self) -> tuple[list[str], list[list[str]]]:
        """Headers and the first five rows of their cells; what may be a person is dots."""
        candidate = self.candidate
        named = numbered(candidate.headers)
        places = [at for at, text in enumerate(named) if text]
        below = [row for row in candidate.view.rows[candidate.header + 1 :] if any(row)][:SHOWN]
        clean = {normal(header): match.column.name for match in self.matches for header in match.headers}
        columns = []
        for at in places:
            header = named[at]
            cells = [row[at] if at < len(row) else "" for row in below]
            columns.append(masked(header, cells, clean.get(normal(header), "")))
        return [named[at] for at in places], [list(row) for row in zip(*columns, strict=True)]

    def missing(self) -> list[str]:
        """Required clean columns for which nothing stands yet."""
        places: dict[str, tuple[int, ...]] = {match.column.name: (0,) for match in self.matches if match.filled}
        return lacking(Source(table=self.table, also=self.also, file=self.file), replace(self.candidate, places=places))

    def match(self, clean: str) -> Match:
        """What stands for a clean column."""
        return next(match for match in self.matches if match.column.name == clean)

    def changed(self, clean: str, text: str) -> Proposal:
        """The proposal with another header for a clean column; "=text" for a constant, "" for nothing.

        Raises:
            DataError: the file has no such header.
        """
        old, wanted = self.match(clean), text.strip()
        if wanted.startswith("="):
            new = Match(old.column, (), wanted[1:].strip(), self.say("your choice"), True)
        elif wanted:
            header = next((header for header in self.headers if normal(header) == normal(wanted)), None)
            if header is None:
                raise DataError([Problem(f"no column {wanted!r}", ", ".join(self.headers)[:200], self.name)])
            new = Match(old.column, (header,), "", self.say("your choice"), True)
        else:
            new = Match(old.column, (), "", self.say("left out by you"), old.filled)
        if (new.headers, new.constant) == (old.headers, old.constant):
            return self
        return replace(self, matches=tuple(new if match is old else match for match in self.matches))

    def as_table(self, table: str) -> Proposal:
        """The same file proposed as another table, without any preset."""
        candidate = bare(self.candidate.sheet, self.candidate.view, self.candidate.header)
        return replace(self, candidate=candidate, table=table, also=(), matches=_by_words(candidate, table, self.say))

    def entry(self) -> dict[str, Any]:
        """The keys of its source in client.yml, without the file's name."""
        by_preset = bool(self.preset)
        told: dict[str, Any] = {"preset": self.preset} if by_preset else {"table": self.table}
        if self.also and not by_preset:
            told["also"] = list(self.also)
        if not self.single and self.candidate.sheet.title:
            told["sheet"] = self.candidate.sheet.title
        written = [match for match in self.matches if match.written or not by_preset]
        columns = {match.column.name: _one(match.headers) for match in written if match.headers}
        if by_preset:
            # An empty list says that the preset's own header is not to be read.
            columns |= {match.column.name: [] for match in written if not match.filled}
        constants = {match.column.name: match.constant for match in written if match.constant}
        if columns:
            told["columns"] = columns
        if constants:
            told["constants"] = constants
        return told


def propose(looked: Looked, say: Language) -> Proposal:
    """The map proposed for one file, as its source in client.yml, its preset or its words have it."""
    source, found = looked.source, looked.candidate
    title = source.sheet if source else None
    sheets = named_sheet(looked.sheets, title)
    file = source.file if source else looked.name
    single = len(looked.sheets) == 1
    if found is None:
        found = nearest_candidate(candidates(sheets, None, source.columns if source else None))
    problem = looked.problem
    if found is not None and found.preset.unused:
        problem = Problem(found.preset.unused)
    if found is None or (problem is not None and _no_source(found)):
        # Like nothing that is known, or known to be no source: only a person can say what it is.
        found = _headed(sheets) if found is None else bare(found.sheet, found.view, found.header)
    if not found.name and not (source and source.table and looked.candidate):
        table = source.table if source and source.table else _likely_table(found, say)
        also = source.also if source else ()
        own = {clean: _own(found, headers) for clean, headers in source.columns.items()} if source else {}
        matches = tuple(
            Match(match.column, headers, "", say("client.yml says so"), True)
            if (headers := own.get(match.column.name, ()))
            else match
            for match in _by_words(found, table, say, {header for many in own.values() for header in many})
        )
        return Proposal(file, looked.name, found, problem, table, also, matches, source, say, single)
    table = (source.table if source else "") or found.preset.table
    also = (source.also if source else ()) or tuple(name for name in found.preset.also if name != table)
    matches = tuple(_read_so(found, column, source, say) for column in _columns(table, also))
    return Proposal(file, looked.name, found, problem, table, also, matches, source, say, single)


def _no_source(found: Candidate) -> bool:
    part = partial_report(found)
    return bool(found.preset.unused) or (part is not None and part.refused)


def _columns(table: str, also: Iterable[str]) -> list[Column]:
    found: dict[str, Column] = {}
    for name in (table, *also):
        for column in TABLES[name].columns:
            found.setdefault(column.name, column)
    return list(found.values())


def _one(headers: tuple[str, ...]) -> str | list[str]:
    return headers[0] if len(headers) == 1 else list(headers)


def _read_so(found: Candidate, column: Column, source: Source | None, say: Language) -> Match:
    """How a recognised file, or one that client.yml maps, gives one clean column."""
    clean, preset = column.name, found.preset
    own = source is not None and clean in source.columns
    at = found.places.get(clean, ())
    named = numbered(found.headers)
    headers = tuple(dict.fromkeys(named[place] for place in at))
    if own:
        return Match(column, headers, "", say("client.yml says so"), True)
    if headers:
        guess = any(header in found.guessed for header in headers)
        reason = say("a name known only from memory") if guess else say("{system} calls it so", system=preset.system)
        return Match(column, headers, "", reason)
    constant = source.constants.get(clean) if source else None
    if constant is not None:
        return Match(column, (), str(constant), say("client.yml says so"), True)
    if clean in preset.constants:
        return Match(column, (), preset.constants[clean], say("{system} calls it so", system=preset.system))
    if clean in ("from", "to") and found.period is not None:
        return Match(column, (), str(found.period[clean == "to"]), say("the report's own line says so"))
    near = like(found, clean) if clean in found.missing else None
    if near:
        aliases = aliases_of(preset, clean)
        reason = say("much like “{header}”", header=aliases[0]) if aliases else say("a name much like it")
        return Match(column, (near,), "", reason, True)
    return Match(column)


def _headed(sheets: Iterable[Any]) -> Candidate:
    """An unknown file with its likeliest header: the widest of the first rows that holds words, not numbers."""
    best: tuple[int, Candidate] | None = None
    for sheet in sheets:
        for view in sheet.views:
            for index, row in enumerate(view.rows[:HEADER_WITHIN]):
                words = len({normal(cell) for cell in row if cell.strip() and not cell.strip()[0].isdigit()})
                if best is None or words > best[0]:
                    best = (words, bare(sheet, view, index))
    assert best is not None
    return best[1]


@cache
def _vocabulary(table: str) -> dict[str, tuple[tuple[str, str], ...]]:
    """Clean column → (header, system) in all presets that fill a table."""
    found: dict[str, dict[str, str]] = {}
    for name in preset_names():
        preset = read_preset(name)
        if table in (*preset.fills, *preset.alone):
            for column in TABLES[table].columns:
                known = found.setdefault(column.name, {column.name: ""})
                for alias in aliases_of(preset, column.name):
                    known.setdefault(alias, preset.system)
    usual = _usual_words()
    for column in TABLES[table].columns:
        known = found.setdefault(column.name, {column.name: ""})
        for word in usual.get(column.name, ()):
            known.setdefault(word, "")
    return {clean: tuple(known.items()) for clean, known in found.items()}


@cache
def _usual_words() -> dict[str, list[str]]:
    """Clean column → what people call it in tables of their own."""
    path = Path(__file__).parent / "words.yml"
    words: dict[str, list[str]] = YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8"))
    return words


def _own(found: Candidate, headers: Iterable[str]) -> tuple[str, ...]:
    """Those of the headers named in client.yml that the file has, as it writes them."""
    return tuple(found.headers[at[0]].strip() for header in headers if (at := found.at(header)))


def _by_words(found: Candidate, table: str, say: Language, used: Iterable[str] = ()) -> tuple[Match, ...]:
    """A map of a file of which nothing is known, from the words of all presets and from its cells.

    Args:
        found: the file.
        table: what it is to fill.
        say: the language of reasons.
        used: headers that stand for something already.
    """
    taken_already = {normal(header) for header in used}
    free = {
        at: normal(text) for at, text in enumerate(found.headers) if text.strip() and normal(text) not in taken_already
    }
    row = [normal(text) for text in found.headers]
    taken: dict[str, Match] = {}
    # Required columns choose first: a table without them cannot be read.
    columns = sorted(TABLES[table].columns, key=lambda column: not column.required)

    def take(column: Column, at: int, reason: str) -> None:
        taken[column.name] = Match(column, (found.headers[at].strip(),), "", reason, True)
        free.pop(at)

    for column in columns:
        for alias, system in _vocabulary(table)[column.name]:
            place = next((at for at in positions(alias, row)[0] if at in free), None)
            if place is not None:
                take(column, place, say("{system} calls it so", system=system) if system else say("a usual name"))
                break
    for _, name, at, alias in sorted(_alike(columns, taken, free, table), key=lambda one: (-one[0], one[1], one[2])):
        if name not in taken and at in free:
            take(TABLES[table].column(name), at, say("much like “{header}”", header=alias))
    for column in columns:
        if column.required and column.name not in taken:
            only = _only(found, free, column)
            if only is not None:
                why = say("differs in each row") if column.type == "id" else say("the only column of dates")
                take(column, only, why)
    return tuple(taken.get(column.name, Match(column)) for column in TABLES[table].columns)


def _alike(
    columns: Iterable[Column], taken: Mapping[str, Match], free: Mapping[int, str], table: str
) -> Iterable[tuple[float, str, int, str]]:
    """Likeness, clean column, position and the word it is like."""
    from rapidfuzz import fuzz, process

    for column in columns:
        if column.name in taken:
            continue
        # "Opportunity Name" is near "Opportunity ID" and no id.
        least = NEAR + 12 if column.type == "id" else NEAR
        for alias, _ in _vocabulary(table)[column.name]:
            word = normal(alias.replace("{currency}", ""))
            for _, score, at in process.extract(word, dict(free), scorer=fuzz.ratio, score_cutoff=least):
                yield score, column.name, at, alias


def _only(found: Candidate, free: Mapping[int, str], column: Column) -> int | None:
    """The one free column whose cells are what a clean column needs."""
    below = [row for row in found.view.rows[found.header + 1 :] if any(row)][:50]
    cells = {at: [row[at].strip() for row in below if at < len(row)] for at in free}
    if column.type in ("moment", "day"):
        fit = [at for at, texts in cells.items() if any(texts) and all(re.fullmatch(_DATE, t) for t in texts if t)]
        return fit[0] if len(fit) == 1 else None
    if column.type == "id":
        fit = [at for at, texts in cells.items() if len(texts) > 1 and all(texts) and len(set(texts)) == len(texts)]
        fit = [at for at in fit if not any(re.fullmatch(_DATE, text) or " " in text for text in cells[at])]
        return fit[0] if fit else None
    return None


def _likely_table(found: Candidate, say: Language) -> str:
    """The table whose required and other columns the file's headers name most of."""

    def worth(table: str) -> tuple[int, int]:
        filled = [match for match in _by_words(found, table, say) if match.filled]
        return sum(1 + 2 * match.column.required for match in filled), -FIRST.index(table)

    return max(FIRST, key=worth)
