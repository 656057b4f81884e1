"""A table of the client's database → the columns of a clean table, typed; what has another type is refused by name."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING

import ibis

from helpers.errors import DataError, Problem
from helpers.sources.amounts import rate_of, without_vat
from helpers.sources.asking import asked_row, together
from helpers.sources.contact import WRITTEN, may_hold_contact, typed_key, without_contacts
from helpers.sources.loading import both_vat
from helpers.sources.staged import TWINS, TYPES
from helpers.sources.strays import STAFF, given_meaning
from helpers.sources.survey import MACRO_COLUMNS
from helpers.sources.tables import TABLES, Column, Table
from helpers.sources.titles import title_mark
from helpers.sources.values import FALSE_WORDS, MACRO, MONEY, TRUE_WORDS
from helpers.validation import nearest

if TYPE_CHECKING:
    import ibis.expr.datatypes as dtypes
    import ibis.expr.types as ir

    from helpers.client import Client, Source
    from helpers.sources.engines import Engine

WANTED = {
    "moment": "a date or timestamp", "day": "a date or timestamp", "money": "a number", "number": "a number",
    "count": "a number", "rating": "a number, or text that rating in client.yml explains", "minutes": "a number",
    "seconds": "a number", "title": "text", "flag": "true or false, 1 or 0, or text that values in client.yml explains",
}  # fmt: skip


@dataclass(frozen=True)
class Fit:
    """A table of the client's database under the names of a clean table."""

    source: Source
    spec: Table
    table: ir.Table
    """Typed columns, but texts as they are in the database; persons are hashed. Beside them ``_bad_<column>`` (true, or
    NULL) where a text has no meaning."""
    written: tuple[str, ...]
    """Ids and texts that are texts in the database, too."""
    chosen: tuple[str, ...]
    """Ids and texts that hold something of the client's."""


def fitted(engine: Engine, client: Client, source: Source, base: ir.Table, name: str, secret: str) -> Fit:
    """The columns of the clean table ``name``; each that the client does not have holds NULL.

    Raises:
        DataError: columns that are not there, required ones to which nothing is mapped, types that do not fit.
    """
    spec = TABLES[name]
    problems: list[Problem] = []
    one_entity = {"leads", "deals"} <= {source.table, *source.also}
    values: dict[str, ir.Value] = {}
    chosen: list[str] = []
    written: list[str] = []
    for column in spec.columns:
        kind = TYPES.get(column.type, "string")
        if column.name in source.constants:
            values[column.name] = ibis.literal(str(source.constants[column.name])).cast(kind)
            continue
        own = _found(base, source, column.name, problems)
        if own is None and one_entity and column.name in TWINS:
            own = _found(base, source, TWINS[column.name], [])
        if own is None:
            values[column.name] = ibis.null(kind)
            if column.required:
                there = ", ".join(base.columns)[:200]
                todo = f"map it: columns: {{{column.name}: ...}}; there are {there}"
                problems.append(Problem(f"nothing is mapped to {name}.{column.name}", todo, source.shown))
            continue
        value = _typed(engine, client, source, base[own], column, secret)
        if value is None:
            what = f"{own} is {_shown(base[own].type())} and does not fit {name}.{column.name}"
            problems.append(Problem(what, f"it must be {WANTED[column.type]}; cast it in a view", source.shown))
            continue
        values[column.name] = value
        is_text = base[own].type().is_string()
        if column.type in ("id", "text"):
            chosen.append(column.name)
            written += [column.name] * is_text
        elif column.type in ("flag", "rating") and is_text:
            values[f"_bad_{column.name}"] = _mark(value.isnull() & _text(engine, base[own]).notnull())
    if problems:
        raise DataError(problems)
    return Fit(source, spec, base.select(**values), tuple(written), tuple(chosen))


async def untidy(engine: Engine, client: Client, fit: Fit) -> frozenset[str]:
    """Which of the texts hold a cell that :func:`cleaned` would change: of most tables none does.

    Texts repeat: to look at each different one costs a small part of looking at every row.
    """
    asking = {}
    for name in fit.written:
        column = fit.spec.column(name)
        texts = fit.table.select(_text=name)
        if column.type != "id":
            texts = texts.distinct()
        asking[name] = texts.aggregate(untidy=_untidy(engine, client, column, texts["_text"]).any())
    found = await together(*(asked_row(question) for question in asking.values()))
    return frozenset(name for name, row in zip(asking, found, strict=True) if row["untidy"])


def cleaned(
    engine: Engine, client: Client, fit: Fit, texts: Collection[str] | None = None
) -> tuple[ir.Table, tuple[str, ...]]:
    """The clean columns, and beside them marks (true, or NULL): ``_bad_<column>`` where a text has no meaning,
    ``_macro_<column>`` where the advertising system left a template unfilled, ``_stray_<column>`` where an address or a
    telephone number was taken out. ``texts``: those that need it, see `untidy`; None: all.

    Money is in the client's currency where client.yml has rates; ``_currency`` is what it was in. Spend with VAT is
    without it where other spend is; ``_vat`` is what was taken off, NULL for nothing.
    """
    source, spec, table = fit.source, fit.spec, fit.table
    values: dict[str, ir.Value] = {name: table[name] for name in spec.names}
    beside = {name: table[name] for name in table.columns if name not in values}
    for column in spec.columns:
        name = column.name
        if name not in fit.chosen:
            continue
        value = values[name]
        dirty = name in fit.written and (texts is None or name in texts)
        if dirty:
            value = engine.filled(value)
        value = values[name] = _mapped_text(value, source, name)
        if dirty and column.type == "text":
            held = _held(engine, client, value)
            beside[f"_stray_{name}"] = _mark(held)
            values[name] = value = ibis.ifelse(held, _beside(engine, column, value), value)
        if dirty and name in MACRO_COLUMNS:
            unfilled = value.re_search(MACRO)
            beside[f"_macro_{name}"] = _mark(unfilled)
            values[name] = ibis.ifelse(unfilled, ibis.null("string"), value)
    money = [column.name for column in spec.columns if column.type == "money"]
    if money:
        values["_currency"] = _currency(client, source, values)
    table = table.select(**values, **beside)
    if spec.name == "spend":
        net = table.cost
        if source.vat == "included" and both_vat(client.sources) and client.vat_rate:
            net = without_vat(table.cost, table["from"], client.vat_rate)
        table = table.mutate(
            cost=net, _vat=ibis.ifelse(net == table.cost, ibis.null(MONEY), (table.cost - net).cast(MONEY))
        )
    if money and client.rates:
        rate = rate_of(client.rates, table["_currency"], table[spec.date].cast("date"), client.currency)
        table = table.mutate(**{name: (table[name].cast("decimal(38, 10)") * rate).cast(MONEY) for name in money})
    return table, tuple(beside)


def _untidy(engine: Engine, client: Client, column: Column, text: ir.StringValue) -> ir.BooleanValue:
    found = ~engine.filled(text).identical_to(text)
    if column.type == "text":
        found = found | _held(engine, client, text)
    if column.name in MACRO_COLUMNS:
        found = found | text.re_search(MACRO).fill_null(False)
    return found


def _mark(condition: ir.BooleanValue) -> ir.BooleanValue:
    return ibis.ifelse(condition, ibis.literal(True), ibis.null("boolean"))


def _currency(client: Client, source: Source, values: dict[str, ir.Value]) -> ir.StringValue:
    usual = source.currency or client.currency
    written = values.get("currency")
    return ibis.literal(usual) if written is None else written.upper().fill_null(usual)


def _found(base: ir.Table, source: Source, clean: str, problems: list[Problem]) -> str | None:
    """The client's column for a clean one: the mapped one, else one of the same name."""
    if clean not in source.columns:
        return clean if clean in base.columns else None
    wanted = source.columns[clean]
    there = next((name for name in wanted if name in base.columns), None)
    if there is None:
        close = nearest(wanted[0], base.columns)
        todo = f"did you mean {close!r}?" if close else f"columns: {', '.join(base.columns)[:200]}"
        problems.append(Problem(f"no column {wanted[0]!r} (for {source.table}.{clean})", todo, source.shown))
    return there


def _typed(
    engine: Engine, client: Client, source: Source, given: ir.Value, column: Column, secret: str
) -> ir.Value | None:
    """None: the type does not fit."""
    dtype = given.type()
    match column.type:
        case "id" | "text":
            fits = dtype.is_string() or dtype.is_uuid() or dtype.is_integer()
            fits = fits or (dtype.is_decimal() and not dtype.scale) or (column.type == "text" and dtype.is_primitive())
            return given.cast("string") if fits else None
        case "person":
            key = typed_key(_text(engine, given), client.country)
            return engine.hashed(ibis.literal(secret) + key) if dtype.is_string() or dtype.is_integer() else None
        case "title":
            return title_mark(_text(engine, given), client.left_out.words) if dtype.is_string() else None
        case "moment":
            return _moment(engine, client, source, given)
        case "day":
            moment = _moment(engine, client, source, given)
            return None if moment is None else moment.cast("date")
        case "money":
            return _number(given).cast(MONEY) if dtype.is_numeric() else None
        case "flag":
            return _flag(engine, given, source.values.get(column.name, {}))
        case "rating":
            if dtype.is_string() and client.rating:
                labels = [(label.strip().lower(), float(value)) for label, value in client.rating.items()]
                number = _text(engine, given).lower().cases(*labels, else_=ibis.null("float64"))
            elif dtype.is_numeric():
                number = _number(given)
            else:
                return None
            return ibis.ifelse((number >= 1) & (number <= 5), number, ibis.null("float64"))
        case _:
            return _number(given) if dtype.is_numeric() else None


def _shown(dtype: dtypes.DataType) -> str:
    return str(dtype).lstrip("!").partition("(")[0]


def _text(engine: Engine, given: ir.Value) -> ir.StringValue:
    if not given.type().is_string():
        return given.cast("string")
    return engine.filled(given)


def _mapped_text(text: ir.StringValue, source: Source, name: str) -> ir.StringValue:
    meaning = source.values.get(name)
    if not meaning:
        return text
    return text.lower().cases(*((key.strip().lower(), str(value)) for key, value in meaning.items()), else_=text)


def _number(given: ir.NumericValue) -> ir.NumericValue:
    """NaN is no number."""
    if not given.type().is_floating():
        return given if given.type().is_decimal() else given.cast("float64")
    number = given.cast("float64")
    return ibis.ifelse(number.isnan(), ibis.null("float64"), number)


def _moment(engine: Engine, client: Client, source: Source, given: ir.Value) -> ir.TimestampValue | None:
    """Local time of the client to the second, without a zone."""
    dtype = given.type()
    if dtype.is_date():
        return given.cast("timestamp")
    if not dtype.is_timestamp():
        return None
    if dtype.timezone is not None:
        moment = engine.local(given, client.timezone)
    elif source.timezone and source.timezone != client.timezone:
        moment = engine.local(engine.instant(given, source.timezone), client.timezone)
    else:
        moment = given
    # Engines count parts of a second in different ways.
    return moment.truncate("s")


def _flag(engine: Engine, given: ir.Value, meaning: dict[str, object]) -> ir.BooleanValue | None:
    dtype = given.type()
    if dtype.is_boolean():
        return given
    none = ibis.null("boolean")
    if dtype.is_integer():
        return ibis.cases((given == 1, True), (given == 0, False), else_=none)
    if not dtype.is_string():
        return None
    words = dict.fromkeys(TRUE_WORDS, True) | dict.fromkeys(FALSE_WORDS, False)
    words |= {key.strip().lower(): value for key, value in meaning.items() if isinstance(value, bool)}
    text = _text(engine, given).lower()
    yes, no = ([word for word, value in words.items() if value is wanted] for wanted in (True, False))
    return ibis.cases((text.isin(yes), True), (text.isin(no), False), else_=none)


def _held(engine: Engine, client: Client, text: ir.StringValue) -> ir.BooleanValue:
    """Whether a cell holds an address or telephone number to which client.yml gives no meaning."""
    held = ibis.ifelse(may_hold_contact(text), text.re_search(engine.pattern(WRITTEN)), False).fill_null(False)
    meant = list(given_meaning(client))
    return held & ~text.lower().isin(meant) if meant else held


def _beside(engine: Engine, column: Column, text: ir.StringValue) -> ir.StringValue:
    """What may stay of such a cell, as of files: a name at work, and what a row is nothing without."""
    return without_contacts(text, whole=not (column.required or column.name in STAFF), spelt=engine.pattern)
