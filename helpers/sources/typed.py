"""A mapped source → typed columns, with what could not be read kept beside until it is counted."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import ibis
import pandas as pd
import pyarrow as pa

from helpers.errors import DataError, Problem
from helpers.sources.asking import row_of
from helpers.sources.celltable import WHOLE_TOTAL
from helpers.sources.currency import DOLLARS, currency_of
from helpers.sources.discreet import example
from helpers.sources.mapped import SERVICE, SUSPECT, Mapped
from helpers.sources.notices import Code, Notice
from helpers.sources.repair import SUSPICIOUS, Kind, repaired
from helpers.sources.strays import given_meaning, hashed_contact, holds_stray, without_strays
from helpers.sources.tables import TABLES
from helpers.sources.totals import compare_totals, nameless_totals, period_totals
from helpers.sources.values import (
    FILE_STEP,
    MONEY,
    OTHER,
    Style,
    cleaned,
    column_questions,
    decide,
    form_of,
    forms_in,
    forms_of,
    from_1904,
    is_dirty,
    is_odd,
    month_value,
    plain_style,
    timezone_of_instant,
    typed_value,
)

if TYPE_CHECKING:
    import ibis.expr.types as ir
    from ibis.backends.duckdb import Backend

    from helpers.client import Client
    from helpers.sources.tables import Column

FILLED = 0.5
"""Least share of rows with a stage in a list that has them: a CRM leaves none empty."""
TEST = r"(^|[^a-zа-яёіїєґ])(tests?|testone|testing|тест|тесты|тестов[а-я]*|тестирование|тестування)([^a-zа-яёіїєґ]|$)"
"""Lower case: what is probably a test."""
TEST_DRIVE = r"тест[- ]?драйв|test[- ]?drive"
AUTO_TITLE = (
    r"^\s*((mango|манго)([^a-zа-яё]|$)|"
    r"(лид|лід|сделка|угода|заявка|звонок|дзвінок|lead|deal|call|request)\s*(#|№)?\s*\+?\d|(входящий|исходящий|"
    r"пропущенный|вхідний|вихідний|пропущений|missed|incoming|outgoing) (звонок|вызов|дзвінок|call))"
)
"""Lower case: a name that telephony or a form has given."""
MACRO = r"\{[^{}]*\}|%7[Bb]"
ID_PREFIX = r"^(?:customers/\d+/campaigns/|\p{L}{1,2}-)(\d+)$"
"""Before a campaign's number: Google's resource names, Direct's letters."""
MACRO_COLUMNS = ("source", "medium", "campaign", "campaign_id", "term", "content")
REPAIRED = ("source", "medium", "campaign", "term", "content", "channel", "manager")
"""Columns in which damaged text is repaired: by them tables are matched."""

DAMAGE: dict[Kind, Code] = {
    "percent": Code.PERCENT_DECODED,
    "mojibake": Code.MOJIBAKE_REPAIRED,
    "alike": Code.LETTERS_ALIKE,
}


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
    damaged: frozenset[str]
    """Columns in which some text may be damaged."""
    contacts: dict[str, int]
    """Columns in which nobody's address or telephone number belongs → cells that hold one."""
    totals: int
    """Rows that begin like totals."""
    staged: tuple[int, int] | None
    """Rows with a stage, and all rows; None where the file has no stages."""


def type_source(con: Backend, client: Client, mapped: Mapped, secret: str) -> Typed:
    """Decide how each column writes its values and type it; personal data become keyed hashes.

    Raises:
        DataError: ambiguous dates or numbers, damaged ids, currencies without a rate - all of them at once.
    """
    source, table = mapped.source, mapped.table
    survey = _surveyed(con, table, mapped.columns, given_meaning(client))
    if "stage" in mapped.preset.needs and survey.staged and survey.staged[0] < FILLED * survey.staged[1]:
        raise DataError([_grouped(mapped, *survey.staged)])
    table = _repaired(con, mapped, table, survey)
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
        if mapped.since_1904 and column.type in ("moment", "day") and OTHER in survey.forms[name]:
            texts[name] = ibis.ifelse(table._file.isin(mapped.since_1904), from_1904(texts[name]), texts[name])
    mapped.notices += [
        Notice(Code.PLACEHOLDER, source.table, count, file=source.file, column=mapped.headers.get(name, name))
        for name, count in survey.odd.items()
        if count and name in mapped.headers
    ]
    mapped.notices += [
        Notice(Code.CONTACT_TAKEN_OUT, source.table, count, file=source.file, column=mapped.headers.get(name, name))
        for name, count in survey.contacts.items()
    ]
    # A view is a wall to Ibis: it would write the cleaning of a cell out wherever the cell is named, dozens of times in
    # the reading of a date, and the database would plan that for seconds.
    changed = {name: text for name, text in texts.items() if not text.equals(table[name])}
    if changed:
        table = con.create_view(ibis.util.gen_name("cleaned"), table.mutate(**changed))
        texts = {name: table[name] for name in texts}
        mapped.views = (*mapped.views, table.op().name)
    styles, problems = _styles(con, client, mapped, table, survey)
    if problems:
        raise DataError(problems)
    values: dict[str, ir.Value] = {}
    asked: dict[tuple[Code, str], ir.Scalar] = {}
    prefixed: ir.Scalar = ibis.null("string")
    for name, column in mapped.columns.items():
        text = texts[name]
        if column.type == "person":
            values[name] = hashed_contact(text, client.country, secret)
            asked[Code.CONTACT_UNREAD, name] = text.count()
            continue
        if column.type == "title":
            values[name] = title_mark(text, client.left_out.words)
            continue
        value = typed_value(text, column, styles[name])
        zone = source.timezone or mapped.preset.timezone
        values[name] = _zoned(value, zone, client.timezone) if column.type == "moment" else value
        if column.type == "moment" and column.required and zone not in (None, client.timezone):
            asked[Code.DAY_MOVED, name] = (values[name].date() != value.date()).sum()
        if name == "campaign_id" and styles[name].forms != {"whole"}:
            asked[Code.ID_PREFIX, name] = value.re_search(ID_PREFIX).sum()
            prefixed = value.max(where=value.re_search(ID_PREFIX))
            values[name] = value.re_replace(ID_PREFIX, r"\1")
        if name == "from" and source.table == "spend" and "to" not in mapped.columns:
            values.update(_whole_days(mapped, table, text, values[name], styles[name]))
        if column.type not in ("id", "text"):
            values[f"_bad_{name}"] = ibis.ifelse(values[name].isnull(), text, ibis.null("string"))
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
    if "to" in values:
        mapped.columns.setdefault("to", TABLES[source.table].column("to"))
    mapped.notices += _told(con, mapped, table, made, asked, prefixed)
    for name in mapped.views:
        con.drop_view(name)
    for name in mapped.stored:
        con.drop_table(name)
    money = [name for name, column in mapped.columns.items() if column.type == "money"]
    totals = nameless_totals(mapped, made) if source.table == "spend" else []
    if source.table == "spend" and "to" in values:
        totals += period_totals(made)
    for file, row in totals:
        con.raw_sql(f"UPDATE {made.op().name} SET _total = true WHERE _file = {file} AND _row = {row}")
    if money and (survey.totals or totals):
        mapped.notices += compare_totals(mapped, made, money[0])
    if money:
        made = _in_one_currency(con, client, mapped, made, money)
    if mapped.vat_off:
        made = _without_vat(con, client, mapped, made)
    return Typed(mapped, made, bad, macros)


def _grouped(mapped: Mapped, staged: int, rows: int) -> Problem:
    """A report grouped by stage names it once per group: the rows below would all pass for open ones."""
    return Problem(
        f"{rows - staged} of {rows} rows have no stage",
        "a report grouped by stages writes each of them once: export the list without grouping",
        mapped.source.file,
        key=mapped.headers.get("stage", "stage"),
    )


def _whole_days(
    mapped: Mapped, table: ir.Table, text: ir.StringValue, day: ir.DateValue, style: Style
) -> dict[str, ir.Value]:
    """First and last day of spend that is said by the week, month or quarter; {} where every row is a day of its own.

    The header says so ("Месяц"), or the cell itself ("март 2026").
    """
    month = month_value(text) if OTHER in style.forms else None
    if month is None and not mapped.spans:
        return {}
    first = day if month is None else ibis.coalesce(day, month)
    unit: dict[str, list[int]] = {}
    for number, span in mapped.spans.items():
        unit.setdefault(span, []).append(number)
    branches = [] if month is None else [(month.notnull(), _last_day(first, "month"))]
    branches += [(table._file.isin(files), _last_day(first, span)) for span, files in unit.items()]
    return {"from": first, "to": ibis.cases(*branches, else_=ibis.null("date"))}


def _last_day(first: ir.DateValue, span: str) -> ir.DateValue:
    if span == "week":
        return first + ibis.interval(days=6)
    months = 3 if span == "quarter" else 1
    return (first + ibis.interval(months=months) - ibis.interval(days=1)).cast("date")


def _told(
    con: Backend,
    mapped: Mapped,
    table: ir.Table,
    made: ir.Table,
    asked: dict[tuple[Code, str], ir.Scalar],
    prefixed: ir.Scalar,
) -> list[Notice]:
    """Notices about values that are changed while they are typed, where there are any."""
    if not asked:
        return []
    questions = {f"{code}:{name}": count for (code, name), count in asked.items()}
    found = row_of(con, table.aggregate(**questions, prefixed=prefixed))
    for code, name in asked:
        if code is Code.CONTACT_UNREAD:
            # Filled cells against hashes: to read the numbers twice would cost more than all else.
            found[f"{code}:{name}"] -= row_of(con, made.aggregate(n=made[name].count()))["n"]
    source = mapped.source
    return [
        Notice(
            code,
            source.table,
            int(count),
            file=source.file,
            column=mapped.headers.get(name, name),
            detail=str(found["prefixed"]) if code is Code.ID_PREFIX else "",
        )
        for code, name in asked
        if not pd.isna(count := found[f"{code}:{name}"]) and int(count)
    ]


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


def _surveyed(con: Backend, table: ir.Table, columns: dict[str, Column], meant: Iterable[str]) -> _Survey:
    """One aggregate over all cells for their forms; one over suspect rows for placeholders, spaces, templates, strays.

    ``meant``: cells to which client.yml itself gives a meaning.
    """
    formed = {name: column for name, column in columns.items() if forms_of(column)}
    marked = table.mutate(**{f"_form_{name}": form_of(table[name], column) for name, column in formed.items()})
    asked: dict[str, ir.Scalar] = {"totals": table._total.sum(), "suspects": table[SUSPECT].sum()}
    if "stage" in columns:
        data = ~(table._total | table._blank | table._footer)
        asked["rows"], asked["stages"] = data.sum(), (data & (table.stage.strip() != "")).sum()
    for name, column in formed.items():
        asked[f"forms:{name}"] = marked[f"_form_{name}"].bit_or()
        asked[f"others:{name}"] = (marked[f"_form_{name}"] == 1 << len(forms_of(column))).sum()
    found = row_of(con, marked.aggregate(**asked))

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
            if name in REPAIRED:
                asked[f"damaged:{name}"] = suspects[name].re_search(SUSPICIOUS).any()
            held = holds_stray(suspects[name], columns[name], meant)
            if held is not None:
                asked[f"contacts:{name}"] = held.sum()
        found.update(row_of(con, suspects.aggregate(**asked)))
    odd = {name: count(f"odd:{name}") for name in columns}
    seen: dict[str, frozenset[str]] = {}
    for name, column in formed.items():
        written = forms_in(count(f"forms:{name}"), column)
        # Placeholders are the only cells beyond the plain forms: they go before the column is typed.
        plain = count(f"others:{name}") == odd[name]
        seen[name] = written - {OTHER} if plain else written
    macros = {name: count(f"macros:{name}") for name in MACRO_COLUMNS if name in columns}
    dirty = frozenset(name for name in columns if count(f"dirty:{name}"))
    damaged = frozenset(name for name in columns if count(f"damaged:{name}"))
    contacts = {name: held for name in columns if (held := count(f"contacts:{name}"))}
    staged = (count("stages"), count("rows")) if "stage" in columns else None
    return _Survey(dirty, odd, seen, macros, damaged, contacts, count("totals"), staged)


def _repaired(con: Backend, mapped: Mapped, table: ir.Table, survey: _Survey) -> ir.Table:
    """Damaged texts as they were meant; each kind of damage is counted by column. Works on distinct values."""
    for name in sorted(survey.damaged):
        texts = table.filter(table[name].re_search(SUSPICIOUS)).group_by(raw=table[name]).agg(n=lambda t: t.count())
        found = texts.order_by(ibis.desc("n"), "raw").to_pandas()
        meant = {raw: repaired(raw) for raw in found["raw"]}
        if all(not kinds for _, kinds in meant.values()):
            continue
        found["text"] = [meant[raw][0] for raw in found["raw"]]
        for kind, code in DAMAGE.items():
            hit = found[[kind in meant[raw][1] for raw in found["raw"]]]
            if len(hit):
                raw, text = hit["raw"].iloc[0], hit["text"].iloc[0]
                mapped.notices.append(
                    Notice(code, mapped.source.table, int(hit["n"].sum()), file=mapped.source.file,
                           column=mapped.headers.get(name, name), detail=example(f"{raw} → {text}"))
                )  # fmt: skip
        if name in MACRO_COLUMNS:
            survey.macros[name] += int(found.loc[found["text"].str.contains(MACRO, regex=True), "n"].sum())
        # As Arrow: a memtable would keep the texts, addresses among them, for as long as the connection lives.
        lookup = con.create_table(ibis.util.gen_name("meant"), pa.Table.from_pandas(found[["raw", "text"]]))
        joined = table.left_join(lookup, table[name] == lookup.raw)
        table = joined.mutate(**{name: ibis.coalesce(joined.text, joined[name])}).drop("raw", "text")
        mapped.stored = (*mapped.stored, lookup.op().name)
    return table


def _styles(
    con: Backend, client: Client, mapped: Mapped, table: ir.Table, survey: _Survey
) -> tuple[dict[str, Style], list[Problem]]:
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
    at = table._file.cast("int64") * FILE_STEP + table._row
    for name, column in asked.items():
        questions.update(column_questions(table[name], column, name, at))
    answers = row_of(con, table.aggregate(**questions)) if questions else {}
    problems = []
    for name, column in asked.items():
        header = mapped.headers.get(name, name)
        found = answers.get(f"{name}:row")
        file = source.file if found is None or pd.isna(found) else mapped.label(int(found) // FILE_STEP)
        style = decide(answers, column, name, header, file, decimal, dates, zone)
        if isinstance(style, Problem):
            problems.append(style)
            continue
        styles[name] = style
        signs = answers.get(f"{name}:signs")
        if signs is not None and len(signs):
            problems += _signed(client, mapped, header, sorted({currency_of(str(sign)) for sign in signs}))
        if answers.get(f"{name}:midnight") and not answers.get(f"{name}:beyond"):
            count = int(answers[f"{name}:midnight"])
            mapped.notices.append(Notice(Code.CLOCK_ENDS, source.table, count, file=source.file, column=header))
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


def _signed(client: Client, mapped: Mapped, header: str, found: list[str]) -> list[Problem]:
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


def title_mark(text: ir.StringValue, words: tuple[str, ...]) -> ir.StringValue:
    """What the name of a lead or deal tells: "test", "auto" (written by a form or telephony), else NULL.

    The name itself goes no further: it may be a person's.
    """
    low = text.lower()
    test = low.re_search(TEST) & ~low.re_search(TEST_DRIVE)
    for word in words:
        test = test | low.contains(word.strip().lower())
    return ibis.cases((test, "test"), (low.re_search(AUTO_TITLE), "auto"), else_=ibis.null("string"))


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


def _without_vat(con: Backend, client: Client, mapped: Mapped, table: ir.Table) -> ir.Table:
    """Cost without VAT by the dated rates of client.yml."""
    net = without_vat(table.cost, table["from"].cast("date"), client.vat_rate)
    data = table.mutate(_net=net).filter(~table._blank & ~table._total & ~table._footer & table.cost.notnull())
    found = data.aggregate(rows=data.count(), gross=data.cost.sum(), net=data._net.sum()).to_pandas().iloc[0]
    made = con.create_table(ibis.util.gen_name("typed"), table.mutate(cost=net))
    con.drop_table(table.op().name)
    if int(found["rows"]):
        detail = f"{found['gross']:f} {found['net']:f}"
        mapped.notices.append(
            Notice(Code.VAT_TAKEN_OFF, "spend", int(found["rows"]), None, mapped.source.file, detail=detail)
        )
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
    """The rate of the last date on or before the day; before the first date the first rate."""
    branches = [(code == own, _exact(Decimal(1)))]
    for name, dated in rates.items():
        days = sorted(dated, reverse=True)
        branches += [((code == name) & (day >= ibis.literal(start)), _exact(dated[start])) for start in days]
        branches.append((code == name, _exact(dated[days[-1]])))
    return ibis.cases(*branches, else_=ibis.null("decimal(18, 8)"))


def _exact(value: Decimal) -> ir.DecimalScalar:
    return ibis.literal(str(value)).cast("decimal(18, 8)")
