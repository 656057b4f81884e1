"""Files that are nearly an export of a known system, or are like none: what is said, and the map that is proposed.

A near miss is never read: it stops with the lines of client.yml that would settle it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence

from helpers.errors import DataError, Problem
from helpers.sources.candidate import TWINS, Candidate
from helpers.sources.containers import NoTableError
from helpers.sources.delimiter import ONE_CELL, rows_in_cells
from helpers.sources.discreet import shown_header
from helpers.sources.headers import normal_rows, positions, vocabulary_of
from helpers.sources.presets import Partial, Preset
from helpers.sources.rawfiles import Sheet, normal

NEAR = 80
"""Least likeness (0-100) of a header proposed for a missing one."""


def ambiguous(best: Candidate, other: Candidate) -> Problem:
    """Two presets, or two sheets, that fit a file equally well."""
    if best.name == other.name:
        todo = f'set sheet: "{best.sheet.title}" or sheet: "{other.sheet.title}" for this file in client.yml; '
        todo += "for both, name the file twice, once with each sheet"
        return Problem(f"two sheets hold the same columns ({best.preset.system})", todo, best.sheet.member)
    return Problem(
        f"may be {best.name} or {other.name}: both know {best.known} of {best.filled} columns",
        f"set preset: {best.name} or preset: {other.name} for this file in client.yml",
        best.sheet.name,
    )


def nothing_fits(found: Sequence[Candidate], sheets: Sequence[Sheet]) -> DataError:
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
    row = normal_rows(candidate.view.rows)[candidate.header]
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
    twin = TWINS.get(clean, clean)
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
    known = [*aliases_of(preset, clean), *aliases_of(preset, TWINS.get(clean, clean))]
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
    exact = vocabulary_of(candidate.name).exact
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
    exact = vocabulary_of(candidate.name).exact
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

    return json.dumps(text, ensure_ascii=False)


def _unknown(sheets: Sequence[Sheet]) -> Problem:
    """A file of which nothing is known."""
    filled = [[cell for cell in row if cell.strip()] for row in sheets[0].views[0].rows]
    if all(len(row) <= 1 for row in filled) and rows_in_cells([row[0] for row in filled if row]):
        return Problem(*ONE_CELL, sheets[0].name)
    shown = shown_header(sheets[0].views[0].rows)
    return Problem(
        f"not recognised; it begins with {shown!r}",
        "run `audit map`, or name its table and columns under sources in client.yml",
        sheets[0].name,
    )


def no_header(sheet: Sheet, wanted: set[str]) -> Problem:
    """A file in which no header named in client.yml stands."""
    shown = shown_header(sheet.views[0].rows)
    return Problem(
        f"no row holds any of the columns named in client.yml; the first row is {shown!r}",
        f"expected headers such as {', '.join(repr(word) for word in sorted(wanted)[:4])}",
        sheet.name,
    )
