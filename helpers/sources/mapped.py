"""One source of client.yml → its clean columns, still text, over all its files: column map, constants, placeholders."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import ibis

from helpers.errors import DataError, Problem
from helpers.sources.notices import Code, Notice
from helpers.sources.presets import Preset
from helpers.sources.rawfiles import RawFile, normal, read_raw
from helpers.sources.tables import TABLES, Column
from helpers.sources.values import QUIET_PLACEHOLDERS, spaceless, without_placeholder
from helpers.validation import nearest

if TYPE_CHECKING:
    import ibis.expr.types as ir
    from ibis.backends.duckdb import Backend

    from helpers.client import Client, Source

# RE2 knows word borders of ASCII letters only: \b would never end a Russian word.
TOTALS = r"^(total|totals|grand total|subtotal|итого|всего|усього|всього|разом|підсумок)([\s:,(]|$)"


@dataclass
class Mapped:
    """A source as text under clean names, with where each column came from."""

    source: Source
    preset: Preset
    table: ir.Table
    """Clean columns as text or NULL, and ``_file``, ``_row``, ``_hash`` (of all cells), ``_blank``, ``_total``."""
    columns: dict[str, Column]
    headers: dict[str, str]
    """Clean column → header as the file writes it, for messages."""
    files: tuple[RawFile, ...]
    notices: list[Notice] = field(default_factory=list)

    def label(self, file: int) -> str:
        """Name of a file by its number."""
        return self.files[file].name if 0 <= file < len(self.files) else self.source.file


def map_source(con: Backend, client: Client, source: Source, preset: Preset, scratch: Path) -> Mapped:
    """Read the files of a source and give its cells their clean names.

    Raises:
        DataError: no file, unreadable file, a column that is not there, required columns not mapped.
    """
    columns = _columns(source)
    wanted = preset.columns_for(source)
    extra = _extra(client, source, wanted)
    wanted.update(extra)
    columns.update({name: TABLES["leads"].column("qualified") for name in extra})
    paths = _files(client.folder, source.file)
    known = [header for headers in wanted.values() for header in headers]
    raws, parts, found = [], [], {}
    notices: list[Notice] = []
    for number, path in enumerate(paths):
        name = path.relative_to(client.folder).as_posix() if path.is_relative_to(client.folder) else path.name
        raw = read_raw(con, path, name, known, source.sheet or preset.sheet, scratch)
        raw = replace(raw, rows=int(raw.table.count().to_pyarrow().as_py()))
        places = _places(raw, wanted, source, preset)
        found.update({clean: raw.headers[where[0]] for clean, where in places.items() if where})
        raws.append(raw)
        notices += _placeholders(raw, places, source)
        parts.append(_named(raw, number, places, columns, source, preset))
    _required(source, preset, found, columns, raws)
    # Kept as a table: the questions about formats and the typing read its cells many times over.
    table = con.create_table(ibis.util.gen_name("text"), parts[0] if len(parts) == 1 else ibis.union(*parts))
    for raw in raws:
        # Columns that nobody asked for - names, phones, e-mails - end here.
        con.drop_table(raw.table.op().name)
    present = {
        name: column for name, column in columns.items() if name in found or name in preset.constants_for(source)
    }
    mapped = Mapped(source, preset, table, present, found, tuple(raws), notices)
    for raw in raws:
        if not raw.taken_for.startswith(("CSV, UTF-8", "XLSX", "Parquet")):
            mapped.notices.append(Notice(Code.ENCODING, source.table, None, file=raw.name, detail=raw.taken_for))
        if raw.preamble:
            mapped.notices.append(Notice(Code.PREAMBLE, source.table, raw.preamble, file=raw.name))
    return mapped


def _columns(source: Source) -> dict[str, Column]:
    """Clean columns of the source's table, and of those it fills too."""
    columns: dict[str, Column] = {}
    for name in (source.table, *source.also):
        for column in TABLES[name].columns:
            columns.setdefault(column.name, column)
    return columns


def _extra(client: Client, source: Source, wanted: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    # `qualified: {mark: Header}` names a column of the export that the column map need not repeat.
    mark = client.qualified.mark if client.qualified else None
    fills_leads = "leads" in (source.table, *source.also)
    if not mark or not fills_leads or "qualified" in wanted or mark in TABLES["leads"].names:
        return {}
    return {"qualified": (mark,)}


def _files(folder: Path, pattern: str) -> list[Path]:
    plain = folder / pattern
    if plain.is_file():
        return [plain]
    paths = sorted(path for path in folder.glob(pattern) if path.is_file() and not path.name.startswith((".", "~$")))
    if not paths:
        there = sorted(path.name for path in (folder / "exports").glob("*") if path.is_file())
        close = nearest(Path(pattern).name, there)
        shown = f"did you mean {close!r}?" if close else f"in exports/: {', '.join(there[:8]) or 'nothing'}"
        raise DataError([Problem("no such file", shown, pattern)])
    return paths


def _places(raw: RawFile, wanted: dict[str, tuple[str, ...]], source: Source, preset: Preset) -> dict[str, list[int]]:
    """Clean column → positions of its headers in the file; a header of client.yml that is missing stops the audit."""
    at: dict[str, list[int]] = {}
    for index, header in enumerate(raw.headers):
        at.setdefault(normal(header), []).append(index)
    problems, places = [], {}
    for clean, headers in wanted.items():
        places[clean] = [index for header in headers for index in at.get(normal(header), [])]
        missing = [header for header in headers if normal(header) not in at]
        if clean in source.columns and missing == list(headers):
            close = nearest(headers[0], [header for header in raw.headers if header.strip()])
            todo = f"did you mean {close!r}?" if close else f"columns: {', '.join(h for h in raw.headers if h)[:200]}"
            problems.append(Problem(f"no column {headers[0]!r} (for {source.table}.{clean})", todo, raw.name))
    if problems:
        raise DataError(problems)
    return places


def _required(
    source: Source, preset: Preset, found: dict[str, str], columns: dict[str, Column], raws: Sequence[RawFile]
) -> None:
    have = set(found) | set(preset.constants_for(source))
    if "deals" in (source.table, *source.also) and "leads" in (source.table, *source.also):
        # One entity: whichever id and date the map names serve both tables.
        have |= {"lead_id", "deal_id"} if have & {"lead_id", "deal_id"} else set()
        have |= {"created_at", "opened_at"} if have & {"created_at", "opened_at"} else set()
    missing = [name for name, column in columns.items() if column.required and name not in have]
    if missing:
        header = next((header for header in raws[0].headers if header.strip()), "Header")
        raise DataError(
            [
                Problem(
                    f"nothing is mapped to {source.table}.{name}",
                    f'add it to columns, for example {name}: "{header}"',
                    source.file,
                )
                for name in missing
            ]
        )


def _named(
    raw: RawFile, number: int, places: dict[str, list[int]], columns: dict[str, Column], source: Source, preset: Preset
) -> ir.Table:
    cells = [f"c{index}" for index in range(len(raw.headers))]
    table = raw.table
    constants = preset.constants_for(source)
    values: dict[str, ir.Value] = {}
    for name in columns:
        where = places.get(name, [])
        if where:
            texts = [_valued(table[f"c{index}"], source.values.get(name) or preset.values.get(name)) for index in where]
            value: Any = texts[0] if len(texts) == 1 else ibis.coalesce(*texts)
            if name in constants:
                value = value.fill_null(str(constants[name]))
        elif name in constants:
            value = ibis.literal(str(constants[name]))
        else:
            value = ibis.null("string")
        values[name] = value.cast("string")
    # A row of nothing but '#REF!' or dashes is as empty as an empty one.
    blank = ibis.and_(*[without_placeholder(table[cell]).isnull() for cell in cells])
    total = ibis.or_(*[spaceless(table[cell].fill_null("")).lower().re_search(TOTALS) for cell in cells[:4]])
    return table.select(
        _file=ibis.literal(number),
        _row=table.row_no,
        _hash=ibis.array([table[cell].fill_null("") for cell in cells]).join("\x1f").hash(),
        _blank=blank,
        _total=total,
        **values,
    )


def _valued(cell: ir.StringColumn, values: dict[str, Any] | None) -> ir.StringValue:
    """The client's own meanings first (they may name what would otherwise pass for a placeholder)."""
    text = without_placeholder(cell)
    if not values:
        return text
    key = spaceless(cell).lower()
    branches = [
        (key == str(raw).strip().lower(), ibis.null("string") if clean is None else ibis.literal(_word(clean)))
        for raw, clean in values.items()
    ]
    return ibis.cases(*branches, else_=text)


def _word(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _placeholders(raw: RawFile, places: dict[str, list[int]], source: Source) -> list[Notice]:
    """Cells such as '#REF!' or 'undefined' that are taken as empty; an empty cell or a dash is not worth a notice."""

    def odd(index: int) -> ir.BooleanValue:
        cell = raw.table[f"c{index}"]
        usual = spaceless(cell).lower().isin(QUIET_PLACEHOLDERS)
        return cell.notnull() & without_placeholder(cell).isnull() & ~usual

    asked = {name: ibis.or_(*[odd(index) for index in where]).sum() for name, where in places.items() if where}
    counts = raw.table.aggregate(**asked).to_pandas().iloc[0] if asked else {}
    return [
        Notice(Code.PLACEHOLDER, source.table, int(n), file=raw.name, column=raw.headers[places[name][0]])
        for name, n in counts.items()
        if n
    ]
