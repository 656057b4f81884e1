"""Money of a source: what its signs and headers claim, the client's currency, without VAT where other spend is."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import ibis

from helpers.errors import DataError, Problem
from helpers.sources.asking import row_of
from helpers.sources.currency import CODES, DOLLARS, NAMES, SIGNS
from helpers.sources.notices import Code, Notice
from helpers.sources.places import place_of
from helpers.sources.stored import create, drop, name_of
from helpers.sources.values import MONEY

if TYPE_CHECKING:
    import ibis.expr.types as ir
    from ibis.backends.duckdb import Backend

    from helpers.client import Client
    from helpers.sources.mapped import Mapped


def signed(client: Client, mapped: Mapped, header: str, found: list[str]) -> list[Problem]:
    """Currency signs in the cells are a claim: they stop where they contradict each other or what is known.

    A column of currencies, or a currency set for the source, is the client's word; "$" agrees with any dollar.
    """
    source = mapped.source
    if "currency" in mapped.columns or source.currency:
        return []
    exact = [code for code in found if code != "$"]
    dollar = "$" in found and not any(code in DOLLARS for code in exact)
    named = exact + ["$"] * dollar
    known = mapped.currency or client.currency
    if len(named) == 1 and (named[0] == known or (named[0] == "$" and known in DOLLARS)):
        return []
    shown = ", ".join(named)
    if len(named) > 1:
        what = f"amounts in several currencies by their signs ({shown})"
        todo = "export them with a column of the currency, or one file per currency"
    else:
        what = f"amounts are written with {shown}, but " + (
            f"the header says {known}" if mapped.currency else f"the report is in {known}"
        )
        code = named[0] if named[0] != "$" else "USD"
        todo = f"set currency: {code} for this source (with rates), or currency: {known} if the sign is only decoration"
    return [Problem(what, todo, source.file, key=header)]


def in_one_currency(con: Backend, client: Client, mapped: Mapped, table: ir.Table, money: list[str]) -> ir.Table:
    """Convert money columns to the client's currency by the dated rates of client.yml; never without a rate."""
    usual = mapped.source.currency or _claimed(client, mapped) or client.currency
    if "currency" not in mapped.columns and usual == client.currency:
        return table
    code = _code(table.currency.fill_null(usual), client) if "currency" in mapped.columns else ibis.literal(usual)
    paid = ibis.or_(*((table[name] != 0).fill_null(False) for name in money))
    data = table.mutate(_currency=code).filter(paid & ~table._blank & ~table._total & ~table._footer)
    found = data.group_by("_currency").agg(rows=data.count(), amount=data[money[0]].sum(), place=place_of(data).min())
    foreign = {
        str(row["_currency"]): row
        for row in found.order_by("_currency").to_pandas().to_dict("records")
        if row["_currency"] != client.currency and int(row["rows"])
    }
    problems = [
        Problem(
            f"{_of(row)} in {row['rows']} {'row' if row['rows'] == 1 else 'rows'}, the report is in "
            f"{client.currency}, and there is no rate",
            f"write rates: {{{name}: {{2026-01-01: ...}}}} in client.yml, or split the file"
            if name in CODES
            else f"say which currency it is under its source, values: {{currency: {{{name!r}: USD}}}}",
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
                detail=f"{name} → {client.currency}: {_of(row)}",
                **mapped.first(int(row["place"])),
            )
        )
    return _instead(con, table, table.mutate(**converted))


def _code(text: ir.StringValue, client: Client) -> ir.StringValue:
    """The code of a currency that a cell names by its code, sign or name; "$" only where the client's is a dollar."""
    written = text.strip().lower()
    signs = SIGNS | NAMES | ({"$": client.currency} if client.currency in DOLLARS else {})
    return ibis.cases(*((written == sign, code) for sign, code in signs.items()), else_=written.upper())


def _of(row: Mapping[str, Any]) -> str:
    """An amount and its currency without the zeros that the column stores: '700.25 USD'."""
    amount = Decimal(0) if row["amount"] is None or row["amount"] != row["amount"] else Decimal(row["amount"])
    plain = amount.quantize(Decimal(1)) if amount == amount.to_integral() else amount.normalize()
    return f"{plain:f} {row['_currency']}"


def net_spend(con: Backend, client: Client, mapped: Mapped, table: ir.Table) -> ir.Table:
    """Cost without VAT by the dated rates of client.yml."""
    net = without_vat(table.cost, table["from"].cast("date"), client.vat_rate)
    data = table.mutate(_net=net).filter(~table._blank & ~table._total & ~table._footer & table.cost.notnull())
    found = row_of(con, data.aggregate(rows=data.count(), gross=data.cost.sum(), net=data._net.sum()))
    made = _instead(con, table, table.mutate(cost=net))
    if int(found["rows"]):
        detail = f"{found['gross']:f} {found['net']:f}"
        mapped.notices.append(
            Notice(Code.VAT_TAKEN_OFF, "spend", int(found["rows"]), None, mapped.source.file, detail=detail)
        )
    return made


def _instead(con: Backend, table: ir.Table, changed: ir.Table) -> ir.Table:
    made = create(con, ibis.util.gen_name("typed"), changed)
    drop(con, {name_of(table): "TABLE"})
    return made


def without_vat(cost: ir.NumericValue, day: ir.DateValue, rates: Mapping[dt.date, Decimal]) -> ir.DecimalValue:
    """Cost without VAT of the rate of the last date on or before the day; before the first date the first rate."""
    days = sorted(rates, reverse=True)
    branches = [(day >= ibis.literal(start), _exact(1 + rates[start])) for start in days]
    rate = ibis.cases(*branches, else_=_exact(1 + rates[days[-1]]))
    return (cost.cast("decimal(38, 10)") / rate).cast(MONEY)


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
    """The rate of the last date on or before the day; before the first date the first rate.

    1 for a currency without rates: it stops the audit where there is money in it, and nothing is nothing in any.
    """
    branches = [(code == own, _exact(Decimal(1)))]
    for name, dated in rates.items():
        days = sorted(dated, reverse=True)
        branches += [((code == name) & (day >= ibis.literal(start)), _exact(dated[start])) for start in days]
        branches.append((code == name, _exact(dated[days[-1]])))
    return ibis.cases(*branches, else_=_exact(Decimal(1)))


def _exact(value: Decimal) -> ir.DecimalScalar:
    return ibis.literal(str(value)).cast("decimal(18, 8)")
