"""A mapped source → typed columns, with what could not be read kept beside until it is counted."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import ibis
import pandas as pd

from helpers.errors import DataError, Problem
from helpers.sources.celltable import WHOLE_TOTAL
from helpers.sources.currency import DOLLARS
from helpers.sources.mapped import SERVICE, SUSPECT, Mapped
from helpers.sources.notices import Code, Notice
from helpers.sources.rawfiles import normal
from helpers.sources.tables import TABLES
from helpers.sources.totals import compare_totals
from helpers.sources.values import (
    MONEY,
    OTHER,
    Style,
    cleaned,
    column_questions,
    decide,
    form_of,
    forms_in,
    forms_of,
    is_dirty,
    is_odd,
    plain_style,
    timezone_of_instant,
    typed_value,
)

if TYPE_CHECKING:
    import ibis.expr.types as ir
    from ibis.backends.duckdb import Backend

    from helpers.client import Client
    from helpers.sources.tables import Column

MACRO = r"\{[^{}]*\}|%7[Bb]"
MACRO_COLUMNS = ("source", "medium", "campaign", "campaign_id", "term", "content")


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


@dataclass
class _Survey:
    """What the first question to the data told about its columns."""

    dirty: frozenset[str]
    """Columns with a cell that has spaces around it, or a dash for nothing."""
    odd: dict[str, int]
    """Clean column → cells with a placeholder worth saying."""
    forms: dict[str, frozenset[str]]
    """Number, date and id columns → the forms their cells are written in."""
    macros: dict[str, int]
    """Columns that may hold an unfilled template → cells that perhaps do."""
    totals: int
    """Rows that begin like totals."""


def type_source(con: Backend, client: Client, mapped: Mapped, secret: str) -> Typed:
    """Decide how each column writes its values and type it; personal data become keyed hashes.

    Raises:
        DataError: ambiguous dates or numbers, damaged ids, currencies without a rate - all of them at once.
    """
    source, table = mapped.source, mapped.table
    survey = _surveyed(table, mapped.columns)
    texts: dict[str, ir.StringValue] = {}
    for name in mapped.columns:
        text = cleaned(table[name]) if name in survey.dirty else table[name]
        texts[name] = ibis.ifelse(is_odd(text), ibis.null("string"), text) if survey.odd[name] else text
    for name, column in mapped.columns.items():
        if column.type == "rating" and client.rating:
            texts[name] = _rated(texts[name], client.rating)
            survey.forms[name] = frozenset({OTHER})
    mapped.notices += [
        Notice(Code.PLACEHOLDER, source.table, count, file=source.file, column=mapped.headers.get(name, name))
        for name, count in survey.odd.items()
        if count and name in mapped.headers
    ]
    styles, problems = _styles(client, mapped, table.mutate(**texts), survey)
    if problems:
        raise DataError(problems)
    values: dict[str, ir.Value] = {}
    for name, column in mapped.columns.items():
        text = texts[name]
        if column.type == "person":
            values[name] = _hashed(text, secret)
            continue
        value = typed_value(text, column, styles[name])
        zone = source.timezone or mapped.preset.timezone
        values[name] = _zoned(value, zone, client.timezone) if column.type == "moment" else value
        if column.type not in ("id", "text"):
            values[f"_bad_{name}"] = ibis.ifelse(value.isnull(), text, ibis.null("string"))
    macros = tuple(name for name in MACRO_COLUMNS if survey.macros.get(name))
    for name in macros:
        unfilled = texts[name].re_search(MACRO)
        values[f"_macro_{name}"] = ibis.ifelse(unfilled, texts[name], ibis.null("string"))
        values[name] = ibis.ifelse(unfilled, ibis.null("string"), values[name])
    bad = tuple(name.removeprefix("_bad_") for name in values if name.startswith("_bad_"))
    service = {name: table[name] for name in ("_file", "_row", *SERVICE)}
    if survey.totals:
        service["_total"] = table._total & _without_identity(mapped, values)
    made = con.create_table(ibis.util.gen_name("typed"), table.select(**service, **values))
    for name in mapped.stored:
        con.drop_table(name)
    money = [name for name, column in mapped.columns.items() if column.type == "money"]
    if money and survey.totals:
        mapped.notices += compare_totals(mapped, made, money[0])
    if money:
        made = _in_one_currency(con, client, mapped, made, money)
    return Typed(mapped, made, bad, macros)


def _without_identity(mapped: Mapped, values: dict[str, ir.Value]) -> ir.BooleanValue:
    """What tells totals from a campaign that is called "Total war": it has an id or a date.

    Where the date is the same for the whole file the name itself must say nothing but "total".
    """
    spec = TABLES[mapped.source.table]
    absent = [values[column.name].isnull() for column in spec.columns if column.required and column.name in values]
    undated = spec.date not in mapped.headers
    if undated and "campaign" in values and not spec.key:
        name = values["campaign"]
        absent.append(name.isnull() | name.lower().re_search(WHOLE_TOTAL))
    return ibis.or_(*absent) if absent else ibis.literal(True)


def _surveyed(table: ir.Table, columns: dict[str, Column]) -> _Survey:
    """One aggregate over all cells for their forms; one over suspect rows for placeholders, spaces and templates."""
    formed = {name: column for name, column in columns.items() if forms_of(column)}
    marked = table.mutate(**{f"_form_{name}": form_of(table[name], column) for name, column in formed.items()})
    asked: dict[str, ir.Scalar] = {"totals": table._total.sum(), "suspects": table[SUSPECT].sum()}
    for name, column in formed.items():
        asked[f"forms:{name}"] = marked[f"_form_{name}"].bit_or()
        asked[f"others:{name}"] = (marked[f"_form_{name}"] == 1 << len(forms_of(column))).sum()
    found = marked.aggregate(**asked).to_pandas().iloc[0].to_dict()

    def count(key: str) -> int:
        value = found.get(key)
        return 0 if value is None or pd.isna(value) else int(value)

    if count("suspects"):
        suspects = table.filter(table[SUSPECT])
        asked = {}
        for name in columns:
            asked[f"odd:{name}"] = is_odd(suspects[name]).sum()
            asked[f"dirty:{name}"] = is_dirty(suspects[name]).any()
            if name in MACRO_COLUMNS:
                asked[f"macros:{name}"] = suspects[name].re_search(MACRO).sum()
        found.update(suspects.aggregate(**asked).to_pandas().iloc[0].to_dict())
    odd = {name: count(f"odd:{name}") for name in columns}
    seen: dict[str, frozenset[str]] = {}
    for name, column in formed.items():
        written = forms_in(count(f"forms:{name}"), column)
        # Placeholders are the only cells beyond the plain forms: they go before the column is typed.
        plain = count(f"others:{name}") == odd[name]
        seen[name] = written - {OTHER} if plain else written
    macros = {name: count(f"macros:{name}") for name in MACRO_COLUMNS if name in columns}
    dirty = frozenset(name for name in columns if count(f"dirty:{name}"))
    return _Survey(dirty, odd, seen, macros, count("totals"))


def _styles(client: Client, mapped: Mapped, table: ir.Table, survey: _Survey) -> tuple[dict[str, Style], list[Problem]]:
    source, preset = mapped.source, mapped.preset
    decimal, dates = source.decimal or preset.decimal, source.dates or preset.dates
    # Moments with an offset of their own become local time of the source, like the others of the column.
    zone = source.timezone or preset.timezone or client.timezone
    styles: dict[str, Style] = {}
    for name, forms in survey.forms.items():
        plain = plain_style(forms, dates, zone)
        if plain is not None:
            styles[name] = plain
    asked = {name: column for name, column in mapped.columns.items() if name not in styles}
    questions: dict[str, Any] = {}
    for name, column in asked.items():
        questions.update(column_questions(table[name], column, name))
    answers = table.aggregate(**questions).to_pandas().iloc[0].to_dict() if questions else {}
    problems = []
    for name, column in asked.items():
        header = mapped.headers.get(name, name)
        style = decide(answers, column, name, header, source.file, decimal, dates, zone)
        if isinstance(style, Problem):
            problems.append(style)
            continue
        styles[name] = style
        if style.damaged:
            mapped.notices.append(
                Notice(
                    Code.ID_DAMAGED_KEPT,
                    source.table,
                    style.damaged,
                    file=source.file,
                    column=header,
                    detail=style.example,
                )
            )
        if style.guessed:
            mapped.notices.append(
                Notice(Code.DATES_ASSUMED, source.table, None, file=source.file, column=header, detail=style.guessed)
            )
    return styles, problems


def _hashed(raw: ir.StringValue, secret: str) -> ir.StringValue:
    """A keyed hash of an e-mail or phone; the key lives only in this process, so the hash can never be looked up."""
    digits = raw.re_replace(r"\D", "").right(10)
    key = ibis.ifelse(raw.contains("@") | (digits.length() < 7), raw.strip().lower(), digits)
    return ibis.ifelse(key.length() > 0, (ibis.literal(secret) + key).hexdigest("sha256").left(32), ibis.null("string"))


def _rated(text: ir.StringValue, labels: dict[str, float]) -> ir.StringValue:
    branches = [(text.strip().lower() == label.strip().lower(), str(value)) for label, value in labels.items()]
    return ibis.cases(*branches, else_=text)


def _zoned(moment: ir.TimestampValue, source_zone: str | None, client_zone: str) -> ir.TimestampValue:
    """Local time of the source → local time of the client; both kept without a zone."""
    if source_zone is None or source_zone == client_zone:
        return moment
    return timezone_of_instant(client_zone, _timezone_utc(source_zone, moment))


@ibis.udf.scalar.builtin(name="timezone")  # type: ignore[untyped-decorator]
def _timezone_utc(zone: str, moment: ibis.expr.datatypes.timestamp) -> ibis.expr.datatypes.Timestamp(timezone="UTC"):  # type: ignore[valid-type]
    """DuckDB's: a moment without a zone, taken as local time of ``zone``."""


def _in_one_currency(con: Backend, client: Client, mapped: Mapped, table: ir.Table, money: list[str]) -> ir.Table:
    """Convert money columns to the client's currency by the dated rates of client.yml; never without a rate."""
    usual = mapped.source.currency or _claimed(client, mapped) or client.currency
    if "currency" not in mapped.columns and usual == client.currency:
        return table
    code = table.currency.fill_null(usual).strip().upper() if "currency" in mapped.columns else ibis.literal(usual)
    data = table.mutate(_currency=code).filter(~table._blank & ~table._total & ~table._footer)
    found = data.group_by("_currency").agg(rows=data.count(), amount=data[money[0]].sum())
    foreign = {
        str(row["_currency"]): row
        for row in found.order_by("_currency").to_pandas().to_dict("records")
        if row["_currency"] != client.currency and int(row["rows"])
    }
    problems = [
        Problem(
            f"{row['rows']} rows in {name} ({row['amount']}), the report is in {client.currency}, and there is no rate",
            f"write rates: {{{name}: {{2026-01-01: ...}}}} in client.yml, or split the file",
            mapped.source.file,
        )
        for name, row in foreign.items()
        if name not in client.rates
    ]
    if problems:
        raise DataError(problems)
    if not foreign:
        return table
    date = next(
        name for name in ("from", "opened_at", "created_at", "closed_at", "month", "noted_at") if name in mapped.columns
    )
    rate = rate_of(client.rates, code, table[date].cast("date"), client.currency)
    converted = {name: (table[name].cast("decimal(38, 10)") * rate).cast(MONEY) for name in money}
    for name, row in foreign.items():
        mapped.notices.append(
            Notice(
                Code.CURRENCY_CONVERTED,
                mapped.source.table,
                int(row["rows"]),
                None,
                mapped.source.file,
                detail=f"{name} → {client.currency}: {row['amount']} {name}",
            )
        )
    made = con.create_table(ibis.util.gen_name("typed"), table.mutate(**converted))
    con.drop_table(table.op().name)
    return made


def _claimed(client: Client, mapped: Mapped) -> str | None:
    """The currency that a header names; a bare "$" is taken only where the client's own currency is written so.

    Raises:
        DataError: a "$" that is hardly the client's currency.
    """
    if mapped.currency != "$":
        return mapped.currency
    if client.currency in DOLLARS:
        mapped.notices.append(
            Notice(Code.CURRENCY_CLAIMED, mapped.source.table, None, file=mapped.source.file, detail=client.currency)
        )
        return client.currency
    raise DataError(
        [
            Problem(
                f'the money is in "$", which is many countries\' currency; the report is in {client.currency}',
                "set currency: USD (or another code) for this source",
                mapped.source.file,
            )
        ]
    )


def rate_of(
    rates: dict[str, dict[dt.date, Decimal]], code: ir.StringValue, day: ir.DateValue, own: str
) -> ir.DecimalValue:
    """The rate of the last date on or before the day; before the first date the first rate."""
    branches = [(code == own, _exact(Decimal(1)))]
    for name, dated in rates.items():
        days = sorted(dated, reverse=True)
        branches += [((code == name) & (day >= ibis.literal(start)), _exact(dated[start])) for start in days]
        branches.append((code == name, _exact(dated[days[-1]])))
    return ibis.cases(*branches, else_=ibis.null("decimal(18, 8)"))


def _exact(value: Decimal) -> ir.DecimalScalar:
    return ibis.literal(str(value)).cast("decimal(18, 8)")


def canonical(spellings: dict[str, int], aliases: dict[str, tuple[str, ...]]) -> dict[str, str]:
    """Spelling → the one name to show: the client's alias, else the commonest that differs in case and spaces only."""
    by_alias = {normal(variant): name for name, variants in aliases.items() for variant in (name, *variants)}
    commonest: dict[str, str] = {}
    for text in sorted(spellings, key=lambda word: (-spellings[word], word)):
        commonest.setdefault(normal(text), " ".join(text.split()))
    return {text: by_alias.get(normal(text), commonest[normal(text)]) for text in spellings}
