"""A mapped source → typed columns, with what could not be read kept beside until it is counted."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import ibis

from helpers.errors import DataError, Problem
from helpers.sources.mapped import Mapped
from helpers.sources.notices import Code, Notice
from helpers.sources.rawfiles import normal
from helpers.sources.values import MONEY, Style, column_questions, decide, instant_value, typed_value

if TYPE_CHECKING:
    import ibis.expr.types as ir
    from ibis.backends.duckdb import Backend

    from helpers.client import Client

MACRO = r"\{[^{}]*\}|%7[Bb]"
MACRO_COLUMNS = ("source", "medium", "campaign", "campaign_id", "term", "content")


@dataclass
class Typed:
    """Typed columns of one source, plus ``_bad_<column>`` (text that could not be read) and ``_odd_<column>``."""

    mapped: Mapped
    table: ir.Table
    bad: tuple[str, ...]
    """Clean columns that have a ``_bad_`` companion."""
    macros: tuple[str, ...]
    """Clean columns that have a ``_macro_`` companion."""


def type_source(con: Backend, client: Client, mapped: Mapped) -> Typed:
    """Decide how each column writes its values (one aggregate over the source) and type it.

    Raises:
        DataError: ambiguous dates or numbers, damaged ids, currencies without a rate - all of them at once.
    """
    source, preset, table = mapped.source, mapped.preset, mapped.table
    styles, problems = _styles(mapped)
    if problems:
        raise DataError(problems)
    values: dict[str, ir.Value] = {}
    for name, column in mapped.columns.items():
        text = table[name]
        if column.type == "rating" and client.rating:
            text = _rated(text, client.rating)
        value = typed_value(text, column, styles[name])
        if column.type == "moment":
            value = _zoned(text, value, source.timezone, client.timezone)
        values[name] = value
        if column.type not in ("id", "text", "person"):
            values[f"_bad_{name}"] = ibis.ifelse(value.isnull(), table[name], ibis.null("string"))
    macros = tuple(name for name in MACRO_COLUMNS if name in mapped.columns)
    for name in macros:
        unfilled = table[name].re_search(MACRO)
        values[f"_macro_{name}"] = ibis.ifelse(unfilled, table[name], ibis.null("string"))
        values[name] = ibis.ifelse(unfilled, ibis.null("string"), values[name])
    bad = tuple(name.removeprefix("_bad_") for name in values if name.startswith("_bad_"))
    service = {name: table[name] for name in ("_file", "_row", "_hash", "_blank", "_total")}
    typed = table.select(**service, **values)
    money = [name for name, column in mapped.columns.items() if column.type == "money"]
    if money:
        typed = _in_one_currency(client, mapped, typed, money, preset.currency_header)
    made = con.create_table(ibis.util.gen_name("typed"), typed)
    con.drop_table(mapped.table.op().name)
    return Typed(mapped, made, bad, macros)


def _styles(mapped: Mapped) -> tuple[dict[str, Style], list[Problem]]:
    source, table = mapped.source, mapped.table
    questions: dict[str, Any] = {}
    for name, column in mapped.columns.items():
        questions.update(column_questions(table[name], column, name))
    answers = table.aggregate(**questions).to_pandas().iloc[0].to_dict() if questions else {}
    styles, problems = {}, []
    for name, column in mapped.columns.items():
        header = mapped.headers.get(name, name)
        decimal = source.decimal or mapped.preset.decimal
        dates = source.dates or mapped.preset.dates
        style = decide(answers, column, name, header, source.file, decimal, dates)
        if isinstance(style, Problem):
            problems.append(style)
            continue
        styles[name] = style
        if style.guessed:
            mapped.notices.append(
                Notice(Code.DATES_ASSUMED, source.table, None, file=source.file, column=header, detail=style.guessed)
            )
    return styles, problems


def _rated(text: ir.StringValue, labels: dict[str, float]) -> ir.StringValue:
    branches = [(text.strip().lower() == label.strip().lower(), str(value)) for label, value in labels.items()]
    return ibis.cases(*branches, else_=text)


def _zoned(
    text: ir.StringValue, moment: ir.TimestampValue, source_zone: str | None, client_zone: str
) -> ir.TimestampValue:
    """Local time of the source → local time of the client, both without a zone; an offset in the text itself wins."""
    if source_zone is not None and source_zone != client_zone:
        moment = _timezone(client_zone, _timezone_utc(source_zone, moment))
    return ibis.coalesce(_timezone(client_zone, instant_value(text)), moment)


@ibis.udf.scalar.builtin(name="timezone")  # type: ignore[untyped-decorator]
def _timezone_utc(zone: str, moment: ibis.expr.datatypes.timestamp) -> ibis.expr.datatypes.Timestamp(timezone="UTC"):  # type: ignore[valid-type]
    """DuckDB's: a moment without a zone, taken as local time of ``zone``."""


@ibis.udf.scalar.builtin(name="timezone")  # type: ignore[untyped-decorator]
def _timezone(zone: str, moment: ibis.expr.datatypes.Timestamp(timezone="UTC")) -> ibis.expr.datatypes.timestamp:  # type: ignore[valid-type]
    """DuckDB's: an instant as local time of ``zone``."""


def _in_one_currency(
    client: Client, mapped: Mapped, table: ir.Table, money: list[str], currency_header: str | None
) -> ir.Table:
    """Convert money columns to the client's currency by the dated rates of client.yml; never without a rate."""
    usual = mapped.source.currency or _header_currency(mapped, money, currency_header) or client.currency
    code = table.currency.fill_null(usual).strip().upper() if "currency" in mapped.columns else ibis.literal(usual)
    table = table.mutate(_currency=code)
    found = (
        table.filter(~table._blank & ~table._total)
        .group_by("_currency")
        .agg(rows=lambda t: t.count(), amount=lambda t: t[money[0]].sum())
    )
    foreign = {
        str(row["_currency"]): row
        for row in found.to_pandas().to_dict("records")
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
        return table.drop("_currency")
    date = next(
        name for name in ("from", "opened_at", "created_at", "closed_at", "month", "noted_at") if name in mapped.columns
    )
    rate = _rate(client.rates, table._currency, table[date].cast("date"), client.currency)
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
    return table.mutate(**converted).drop("_currency")


def _header_currency(mapped: Mapped, money: list[str], pattern: str | None) -> str | None:
    """'Amount spent (USD)' → USD."""
    import re

    for name in money:
        found = re.search(pattern or r"\(([A-Z]{3})\)\s*$", mapped.headers.get(name, ""))
        if found:
            return found.group(1)
    return None


def _rate(
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
