"""A mapped source → typed columns, with what could not be read kept beside until it is counted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import ibis

from helpers.errors import DataError, Problem
from helpers.sources.amounts import in_one_currency, net_spend, signed
from helpers.sources.asking import row_of
from helpers.sources.celltable import WHOLE_TOTAL
from helpers.sources.currency import currency_of
from helpers.sources.engines import instant_of, local_time
from helpers.sources.mapped import SERVICE, Mapped
from helpers.sources.notices import Code, Notice
from helpers.sources.places import FILE_STEP
from helpers.sources.rewritten import prefixed_ids, repaired_texts, without_prefix
from helpers.sources.stored import create, drop, name_of, relation, view
from helpers.sources.strays import given_meaning, hashed_contact, without_strays
from helpers.sources.survey import MACRO_COLUMNS, Survey, answers, surveyed, told
from helpers.sources.tables import TABLES
from helpers.sources.titles import title_mark
from helpers.sources.totals import compare_totals, nameless_totals, period_totals
from helpers.sources.values import (
    DATES,
    MACRO,
    OTHER,
    Style,
    cleaned,
    decide,
    is_odd,
    plain_style,
    read_as,
    span_value,
    typed_value,
)

if TYPE_CHECKING:
    import ibis.expr.types as ir
    from ibis.backends.duckdb import Backend

    from helpers.client import Client

FILLED = 0.5
"""Least share of rows with a stage in a list that has them: a CRM leaves none empty."""
SAID = ("month", "quarter")
"""What a cell of spend may name instead of a day."""


@dataclass
class Typed:
    """Typed columns of one source, plus ``_bad_<column>`` (text that could not be read) and ``_macro_<column>``."""

    mapped: Mapped
    table: ir.Table
    bad: tuple[str, ...]
    """Clean columns that have a ``_bad_`` companion."""
    macros: tuple[str, ...]
    """Clean columns that have a ``_macro_`` companion."""

    @property
    def fills(self) -> tuple[str, ...]:
        """Clean tables that the source fills."""
        return (self.mapped.source.table, *self.mapped.source.also)


def type_source(con: Backend, client: Client, mapped: Mapped, secret: str) -> Typed:
    """Decide how each column writes its values and type it; personal data become keyed hashes.

    Raises:
        DataError: ambiguous dates or numbers, damaged ids, currencies without a rate - all of them at once.
    """
    survey = surveyed(con, mapped.table, mapped.columns, given_meaning(client))
    if "stage" in mapped.preset.needs and survey.staged and survey.staged[0] < FILLED * survey.staged[1]:
        raise DataError([_grouped(mapped, *survey.staged)])
    used = {name_of(mapped.table): "VIEW", **dict.fromkeys(mapped.stored, "TABLE")}
    table = _cleaned(con, client, mapped, survey, secret, used)
    styles, problems = _styles(con, client, mapped, table, survey)
    if problems:
        raise DataError(problems)
    read = table.select(
        **{name: table[name] for name in ("_file", "_row", *SERVICE)},
        **_values(client, mapped, table, styles, secret),
        **{f"_text_{name}": table[name] for name in mapped.columns},
    )
    named = relation(con, "read", dict(read.schema()))
    values = _completed(mapped, named)
    macros = tuple(name for name in MACRO_COLUMNS if survey.macros.get(name))
    for name in macros:
        text = named[f"_text_{name}"]
        unfilled = text.re_search(MACRO)
        values[f"_macro_{name}"] = ibis.ifelse(unfilled, text, ibis.null("string"))
        values[name] = ibis.ifelse(unfilled, ibis.null("string"), values[name])
    bad = tuple(name.removeprefix("_bad_") for name in values if name.startswith("_bad_"))
    service: dict[str, ir.Value] = {name: named[name] for name in ("_file", "_row", *SERVICE)}
    if survey.totals:
        service["_total"] = named._total & _without_identity(mapped, values)
    made = create(con, ibis.util.gen_name("typed"), named.select(**service, **values), read=read)
    if "to" in values:
        mapped.columns.setdefault("to", TABLES[mapped.source.table].column("to"))
    mapped.notices += _changed(con, client, mapped, table, made, styles)
    # One column of the export may fill two clean ones: what is odd in it is said once.
    mapped.notices = list(dict.fromkeys(mapped.notices))
    # A view goes before what it reads.
    drop(con, dict(reversed(used.items())))
    return Typed(mapped, _with_money(con, client, mapped, made, survey.totals), bad, macros)


def _grouped(mapped: Mapped, staged: int, rows: int) -> Problem:
    """A report grouped by stages names it once per group: the rows below would all pass for open ones."""
    return Problem(
        f"{rows - staged} of {rows} rows have no stage",
        "a report grouped by stages writes each of them once: export the list without grouping",
        mapped.source.file,
        key=mapped.headers.get("stage", "stage"),
    )


def _cleaned(
    con: Backend, client: Client, mapped: Mapped, survey: Survey, secret: str, used: dict[str, str]
) -> ir.Table:
    """The texts as they are to be read: repaired, without spaces and placeholders, without addresses and telephone
    numbers. ``used`` gets the names of what is made for it."""
    source, table = mapped.source, repaired_texts(con, mapped, survey, used)
    texts: dict[str, ir.StringValue] = {}
    for name in mapped.columns:
        text = cleaned(table[name]) if name in survey.dirty else table[name]
        texts[name] = ibis.ifelse(is_odd(text), ibis.null("string"), text) if survey.odd[name] else text
    for name in survey.contacts:
        texts[name] = without_strays(client, mapped.columns[name], texts[name], secret)
    for name, column in mapped.columns.items():
        if column.type == "rating" and client.rating:
            texts[name] = _rated(texts[name], client.rating)
            survey.forms[name] = frozenset({OTHER})
        if mapped.since_1904 and column.type in DATES and OTHER in survey.forms[name]:
            since = read_as("from_1904", "string", texts[name])
            texts[name] = ibis.ifelse(table._file.isin(mapped.since_1904), since, texts[name])
    taken = (("odd", Code.PLACEHOLDER, survey.odd), ("contacts", Code.CONTACT_TAKEN_OUT, survey.contacts))
    mapped.notices += [
        Notice(
            code,
            source.table,
            count,
            file=source.file,
            column=mapped.headers.get(name, name),
            detail=survey.placeholders[name] if code is Code.PLACEHOLDER else "",
            **mapped.first(survey.first.get((kind, name))),
        )
        for kind, code, counts in taken
        for name, count in counts.items()
        if count and (code is Code.CONTACT_TAKEN_OUT or name in mapped.headers)
    ]
    changed = {name: text for name, text in texts.items() if not text.equals(table[name])}
    if not changed and table is mapped.table:
        return table
    made = view(con, ibis.util.gen_name("cleaned"), table.mutate(**changed))
    used[name_of(made)] = "VIEW"
    return made


def _values(
    client: Client, mapped: Mapped, table: ir.Table, styles: dict[str, Style], secret: str
) -> dict[str, ir.Value]:
    """The typed columns; ``_month`` and ``_quarter`` where the first day of spend may be theirs."""
    values: dict[str, ir.Value] = {}
    for name, column in mapped.columns.items():
        text = table[name]
        if column.type == "person":
            values[name] = hashed_contact(text, client.country, secret)
            continue
        if column.type == "title":
            values[name] = title_mark(text, client.left_out.words)
            continue
        value = typed_value(text, column, styles[name])
        values[name] = _zoned(value, _zone(mapped), client.timezone) if column.type == "moment" else value
        if _prefixed(name, styles):
            values[name] = without_prefix(value)
        if name == "from" and mapped.lone_days and OTHER in styles[name].forms:
            values |= {f"_{span}": span_value(text, span) for span in SAID}
            values[name] = ibis.coalesce(value, *(values[f"_{span}"] for span in SAID))
    return values


def _completed(mapped: Mapped, read: ir.Table) -> dict[str, ir.Value]:
    """The typed columns, the last day of spend, and beside them the texts that could not be read."""
    values: dict[str, ir.Value] = {}
    for name, column in mapped.columns.items():
        values[name] = read[name]
        if column.type not in ("id", "text", "person", "title"):
            values[f"_bad_{name}"] = ibis.ifelse(read[name].isnull(), read[f"_text_{name}"], ibis.null("string"))
    if mapped.lone_days and ("_month" in read.columns or mapped.spans):
        values["to"] = ibis.coalesce(read["to"], _whole_days(mapped, read))
    return values


def _zone(mapped: Mapped) -> str | None:
    """Of the moments of a source, where it is known."""
    return mapped.source.timezone or mapped.preset.timezone


def _prefixed(name: str, styles: dict[str, Style]) -> bool:
    """Whether the ids of campaigns may have a prefix."""
    return name == "campaign_id" and styles[name].forms != {"whole"}


def _changed(
    con: Backend, client: Client, mapped: Mapped, table: ir.Table, made: ir.Table, styles: dict[str, Style]
) -> list[Notice]:
    """Notices about values that are changed while they are typed, where there are any."""
    asked: dict[str, str] = {}
    codes: dict[str, Code] = {}
    moved: dict[str, int] = {}
    for name, column in mapped.columns.items():
        if column.type == "person":
            codes[name] = Code.CONTACT_UNREAD
            asked[name] = f'count("{name}") - (SELECT count("{name}") FROM {name_of(made)})'
        elif column.type == "moment" and column.required and _zone(mapped) not in (None, client.timezone):
            codes[name] = Code.DAY_MOVED
            value = typed_value(table[name], column, styles[name])
            zoned = _zoned(value, _zone(mapped), client.timezone)
            elsewhere = (zoned.date() != value.date()).sum()
            moved |= row_of(con, table.aggregate([elsewhere.name(name), value.count().name(f"{name}:all")]))
        elif _prefixed(name, styles):
            mapped.notices += prefixed_ids(con, mapped, table, name)
    found: dict[str, Any] = {**(answers(con, asked, name_of(table)) if asked else {}), **moved}
    source = mapped.source
    return [
        Notice(
            code,
            source.table,
            int(found[name]),
            file=source.file,
            column=mapped.headers.get(name, name),
            detail=f"{found[name] / found[f'{name}:all']:.4f}" if code is Code.DAY_MOVED else "",
        )
        for name, code in codes.items()
        if found[name]
    ]


def _with_money(con: Backend, client: Client, mapped: Mapped, made: ir.Table, totals: int) -> ir.Table:
    """Totals of the file found and compared; money in the client's currency, without VAT where other spend is."""
    money = [name for name, column in mapped.columns.items() if column.type == "money"]
    rows = nameless_totals(mapped, made) if mapped.source.table == "spend" else []
    if mapped.source.table == "spend" and "to" in made.columns:
        rows += period_totals(made)
    for file, row in rows:
        con.raw_sql(f"UPDATE {name_of(made)} SET _total = true WHERE _file = {file} AND _row = {row}")
    if money and (totals or rows):
        mapped.notices += compare_totals(mapped, made, money[0])
    if money:
        made = in_one_currency(con, client, mapped, made, money)
    return net_spend(con, client, mapped, made) if mapped.vat_off else made


def _whole_days(mapped: Mapped, read: ir.Table) -> ir.DateValue:
    """Last day of spend that is said by the week, month or quarter; NULL where a row is a day of its own.

    The header says so ("Месяц"), or the cell itself ("март 2026", "Q1 2026").
    """
    unit: dict[str, list[int]] = {}
    for number, span in mapped.spans.items():
        unit.setdefault(span, []).append(number)
    said = [span for span in SAID if f"_{span}" in read.columns]
    branches = [(read[f"_{span}"].notnull(), _last_day(read["from"], span)) for span in said]
    branches += [(read._file.isin(files), _last_day(read["from"], span)) for span, files in unit.items()]
    return ibis.cases(*branches, else_=ibis.null("date"))


def _last_day(first: ir.DateValue, span: str) -> ir.DateValue:
    if span == "week":
        return first + ibis.interval(days=6)
    months = 3 if span == "quarter" else 1
    return (first + ibis.interval(months=months) - ibis.interval(days=1)).cast("date")


def _without_identity(mapped: Mapped, values: dict[str, ir.Value]) -> ir.BooleanValue:
    """What tells totals from a campaign that is called "Total war": it has an id or a date.

    Where the date is the same for the whole file the name itself must say nothing but "total".
    """
    spec = TABLES[mapped.source.table]
    absent = [
        _empty(values[column.name], column.type) for column in spec.columns if column.required and column.name in values
    ]
    # A deal has a day on which it began; below groups of them "Subtotal" may have "4 records" for an id.
    begun = [values[name].isnull() for name in ("opened_at", "created_at") if name in values]
    if spec.key and begun:
        absent.append(ibis.and_(*begun))
    undated = spec.date not in mapped.headers
    if undated and "campaign" in values and not spec.key:
        name = values["campaign"]
        absent.append(name.isnull() | name.lower().re_search(WHOLE_TOTAL))
    return ibis.or_(*absent) if absent else ibis.literal(True)


def _empty(value: ir.Value, kind: str) -> ir.BooleanValue:
    # The word "total" often stands in the first column, which may be the id's.
    return value.isnull() | value.lower().re_search(WHOLE_TOTAL) if kind == "id" else value.isnull()


def _styles(
    con: Backend, client: Client, mapped: Mapped, table: ir.Table, survey: Survey
) -> tuple[dict[str, Style], list[Problem]]:
    """How each column writes its values, or what to ask the client."""
    source, preset = mapped.source, mapped.preset
    decimal, dates = source.decimal or preset.decimal, source.dates
    # Moments with an offset of their own become local time of the source, like the others of the column.
    zone = _zone(mapped) or client.timezone
    styles: dict[str, Style] = {}
    for name, forms in survey.forms.items():
        plain = plain_style(forms, dates or preset.dates, zone)
        if plain is not None:
            styles[name] = plain
    problems = []
    asked = told(con, table, {n: one for n, one in mapped.columns.items() if n not in styles})
    told_by = _order_of(asked[name] for name in asked if mapped.columns[name].type in DATES)
    habit = preset.dates if preset.dates in ("dmy", "mdy") else told_by
    for name, found in asked.items():
        header, first = mapped.headers.get(name, name), found.get("row")
        file = source.file if first is None else mapped.label(int(first) // FILE_STEP)
        style = decide(found, mapped.columns[name], header, file, decimal, dates, zone, habit)
        if isinstance(style, Problem):
            problems.append(style)
            continue
        styles[name] = style
        if found.get("signs"):
            problems += signed(client, mapped, header, sorted({currency_of(str(sign)) for sign in found["signs"]}))
        midnight = 0 if found.get("beyond") else found.get("midnight")
        said = [
            (Code.CLOCK_ENDS, midnight, "") if midnight else None,
            (Code.ID_DAMAGED_KEPT, style.damaged, style.example) if style.damaged else None,
            (Code.DATES_ASSUMED, None, style.guessed) if style.guessed else None,
        ]
        mapped.notices += [
            Notice(code, source.table, count, file=source.file, column=header, detail=detail)
            for code, count, detail in filter(None, said)
        ]
    return styles, problems


def _order_of(columns: Iterable[Mapping[str, Any]]) -> str | None:
    """The order of day and month that some date columns of a file tell and none contradicts: for those that do not."""
    both = list(columns)
    told_by = {order for order, key in (("dmy", "first"), ("mdy", "second")) if any(found.get(key) for found in both)}
    return told_by.pop() if len(told_by) == 1 else None


def _rated(text: ir.StringValue, labels: dict[str, float]) -> ir.StringValue:
    branches = [(text.strip().lower() == label.strip().lower(), str(value)) for label, value in labels.items()]
    return ibis.cases(*branches, else_=text)


def _zoned(moment: ir.TimestampValue, source_zone: str | None, client_zone: str) -> ir.TimestampValue:
    """Local time of the source → local time of the client; both kept without a zone."""
    if source_zone is None or source_zone == client_zone:
        return moment
    return local_time(client_zone, instant_of(source_zone, moment))
