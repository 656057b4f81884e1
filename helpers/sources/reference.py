"""Tables of the client's own database → clean tables, as expressions over them: nothing is copied, nothing is written.

Each clean table is typed already; what is left to decide is asked in one question a table: how many rows have which
fault and day, which stages occur, whether ids repeat. Rows of a table without an id of their own are never taken for
repetitions: a database does not export twice.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import secrets
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING, Any

import ibis
import ibis.common.exceptions
import ibis.expr.operations as ops
import pandas as pd

from helpers.client import Client, Source, Span
from helpers.errors import DataError, Problem
from helpers.sources.asking import answered, asked, asked_row, together
from helpers.sources.connections import opened
from helpers.sources.discreet import example
from helpers.sources.enginefaults import faults
from helpers.sources.engines import named
from helpers.sources.fitted import Fit, cleaned, fitted, untidy
from helpers.sources.leads import MEANT, Cleaning, Told
from helpers.sources.loading import Data, comparison, lacking_period, mixed_vat
from helpers.sources.notices import Code, Ledger, Notice, TableLedger
from helpers.sources.outcomes import MEANING, meaning_of, pairs_of
from helpers.sources.presets import GENERIC
from helpers.sources.quantiles import quantile
from helpers.sources.rawfiles import RawFile
from helpers.sources.repair import repaired
from helpers.sources.spendcheck import check_borders, check_spend, reach_of
from helpers.sources.staged import DATED, LONELY_DAYS, MARKS, judged
from helpers.sources.suggestions import suggest_names
from helpers.sources.tables import TABLES, Table

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from helpers.sources.engines import Engine

EPOCH = dt.date(1970, 1, 1)
BESIDE = {"bad": Code.VALUE_UNREAD, "macro": Code.MACRO_UNFILLED, "stray": Code.CONTACT_TAKEN_OUT}
CSV = (".csv", ".csv.gz", ".csv.zst")
"""Clean CSV, one row a line, its values as DuckDB itself writes them: too large for the careful reading of exports."""
EXAMPLES = 3
KINDS = {"duckdb": "DuckDB", "postgres": "PostgreSQL", "pyspark": "Spark"}


@dataclass
class _Part:
    """One clean table while it is decided on."""

    spec: Table
    table: ir.Table
    """Typed rows with ``_drop``."""
    label: str
    beside: tuple[str, ...]
    """``_bad_<column>``, ``_macro_<column>`` and ``_stray_<column>``: where a text was not taken, see `cleaned`."""
    kept: ir.Table
    """What the engine keeps of it until the clean table is made."""
    counts: pd.DataFrame = field(default_factory=pd.DataFrame)
    """``_drop``, day (since 1970) | rows, money (as text)."""
    pairs: pd.DataFrame = field(default_factory=pd.DataFrame)
    currencies: pd.DataFrame = field(default_factory=pd.DataFrame)
    """_currency | rows, of tables with money."""

    @property
    def alive(self) -> ir.Table:
        """Rows that count."""
        return self.table.filter(self.table["_drop"].isnull())


@dataclass(frozen=True)
class _Made:
    """A source of a clean table."""

    fit: Fit
    table: ir.Table
    beside: tuple[str, ...]
    changed: bool
    """Whether its texts had to be cleaned."""


def refer(client: Client) -> Data:
    """The data of a client whose sources are tables of his database.

    Raises:
        DataError: everything that stops the audit: the connection, tables, columns and types, unknown stages.
    """
    places = {source.connection for source in client.sources}
    if len(places) > 1:
        shown = "all sources must come from one connection; those of files cannot stand beside it"
        raise DataError([Problem("sources in different places", shown, "client.yml", key="sources")])
    engine = opened(places.pop(), client.folder)
    try:
        return answered(engine, _refer(engine, client))
    except BaseException:
        engine.close()
        raise


async def _refer(engine: Engine, client: Client) -> Data:
    ledger = Ledger()
    parts = await _parts(engine, client)
    if not {"leads", "deals", "spend"} & parts.keys():
        todo = "add at least one under sources"
        raise DataError([Problem("no source fills leads, deals or spend", todo, "client.yml", key="sources")])
    await together(*(_decide(engine, part) for part in parts.values()))
    _exchange(client, parts, ledger)
    as_of = _as_of(client, parts, ledger)
    for part in parts.values():
        _account(part, ledger)
    tables, unsaid = _resolve(engine, client, parts, as_of, ledger)
    period, compare = await _periods(client, parts, tables, as_of, ledger)
    if "spend" in tables:
        unsaid.append(partial(check_borders, tables["spend"], period, as_of, ledger))
    if not client.margin_given:
        ledger.add(Notice(Code.MARGIN_ASSUMED, "deals"))
    assumed = [source.shown for source in client.sources if source.table == "spend" and source.vat is None]
    ledger.add(*(Notice(Code.VAT_ASSUMED, "spend", file=name) for name in assumed))
    ledger.add(*(Notice(Code.NO_SOURCE, name) for name in ("spend", "leads", "deals") if name not in parts))
    ledger.raw = tuple(_account_of(engine, source, parts) for source in client.sources)
    snapshot = "stage_events" not in parts
    data = Data(client, engine, tables, ledger, ledger.raw, as_of, period, compare, snapshot, unsaid)
    if engine.keeps:
        # Else it waits for the facts, so that both are answered from one scan.
        await data.settled()
        for part in parts.values():
            engine.forget(part.kept)
    return data


def _account_of(engine: Engine, source: Source, parts: dict[str, _Part]) -> RawFile:
    """What stands for a file in the account."""
    part = parts[source.table]
    headers = tuple(name for name in part.table.columns if not name.startswith("_"))
    rows = int(part.counts["rows"].sum())
    return RawFile(source.shown, KINDS[engine.name], "", headers, 1, rows=rows, table=source.table)


async def _parts(engine: Engine, client: Client) -> dict[str, _Part]:
    """Typed tables of all sources; every problem at once."""
    problems = mixed_vat(client, client.sources)
    fits: list[Fit] = []
    names: dict[str, str] = {}
    secret = secrets.token_hex(16)
    for source in client.sources:
        try:
            base = _base(engine, client, source)
            names |= {named(node): source.shown for node in base.op().find(ops.DatabaseTable)}
            fits += [fitted(engine, client, source, base, name, secret) for name in (source.table, *source.also)]
        except DataError as error:
            problems += error.problems
    if problems:
        raise DataError({(p.what, p.file): p for p in problems}.values())
    engine.base = names
    found: list[frozenset[str] | None] = [None] * len(fits)
    if engine.keeps:
        # The client's table is read this once.
        fits = [replace(fit, table=engine.keep(f"read_{fit.spec.name}", fit.table)) for fit in fits]
        found = await together(*(untidy(engine, client, fit) for fit in fits))
    made: dict[str, list[_Made]] = {}
    for fit, texts in zip(fits, found, strict=True):
        one = _Made(fit, *cleaned(engine, client, fit, texts), changed=texts is None or len(texts) > 0)
        made.setdefault(fit.spec.name, []).append(one)
    return {name: _part(engine, TABLES[name], made[name]) for name in TABLES if name in made}


def _base(engine: Engine, client: Client, source: Source) -> ir.Table:
    """The client's table or view, or the Parquet files that the engine itself reads."""
    con: Any = engine.con
    if source.file:
        place = source.file if "://" in source.file else str(client.folder / source.file)
        if engine.name == "postgres":
            raise DataError([Problem("PostgreSQL reads no files", "give relation", source.file)])
        with faults(engine):
            if place.lower().endswith(CSV):
                if engine.name != "duckdb":
                    raise DataError([Problem("Spark reads no CSV here", "give Parquet or relation", source.file)])
                return con.read_csv(place)
            return con.read_parquet(place if engine.name == "pyspark" or "*" in place else _parquet(place))
    schema, _, name = source.relation.rpartition(".")
    database: Any = schema or None
    if engine.name == "duckdb":
        database = ("client", schema or "main")
    try:
        with faults(engine):
            return con.table(name, database=database)
    except (ibis.common.exceptions.TableNotFound, DataError) as error:
        if isinstance(error, DataError) and "no table" not in str(error):
            raise
        todo = "check relation: schema.table as the database writes it"
        raise DataError([Problem("there is no such table or view", todo, source.relation)]) from None


def _parquet(place: str) -> str:
    """A folder of Parquet files as DuckDB names it."""
    from pathlib import Path

    return f"{place.rstrip('/')}/**/*.parquet" if Path(place).is_dir() else place


def _part(engine: Engine, spec: Table, made: list[_Made]) -> _Part:
    beside = tuple(dict.fromkeys(name for one in made for name in one.beside))
    shaped = []
    for one in made:
        more = {name: ibis.null("boolean") for name in beside if name not in one.beside}
        marks = dict.fromkeys(MARKS, ibis.literal(False))
        told = [name for name in ("_currency", "_vat") if name in one.table.columns]
        shaped.append(one.table.mutate(**more, **marks).select(*spec.names, *beside, *told, *marks))
    union = shaped[0] if len(shaped) == 1 else ibis.union(*shaped)
    table, label = judged(union, spec), ", ".join(one.fit.source.shown for one in made)
    if len(made) == 1 and not made[0].changed:
        # It is made from what was read with next to no work.
        return _Part(spec, table, label, beside, made[0].fit.table)
    table = engine.keep(f"typed_{spec.name}", table)
    if engine.keeps:
        for one in made:
            engine.forget(one.fit.table)
    return _Part(spec, table, label, beside, table)


async def _decide(engine: Engine, part: _Part) -> None:
    """Ask what has to be known before the table can be counted."""
    spec = part.spec
    questions: list[Any] = [_counted(part)]
    if spec.name in MEANT:
        questions.append(asked(pairs_of(part.alive)))
    if spec.money:
        paid = part.alive.filter(part.alive[spec.money] != 0)
        questions.append(asked(paid.group_by("_currency").agg(rows=paid.count())))
    if spec.key:
        questions.append(asked(_doubles(engine, part)))
    part.counts, *more = await together(*questions)
    if spec.name in MEANT:
        part.pairs = more.pop(0)
    if spec.money:
        part.currencies = more.pop(0).sort_values("_currency")
    if spec.key and len(more[0]):
        part.table = _without_doubles(engine, part.table, spec)
        _take_out(part, more[0])


async def _counted(part: _Part) -> pd.DataFrame:
    made = part.table.mutate(_day=_day(part.table, part.spec))
    return await asked(made.group_by("_drop", "_day").agg(rows=made.count(), money=_money_of(made, part.spec)))


def _day(table: ir.Table, spec: Table) -> ir.IntegerValue:
    return table[spec.date].cast("date").epoch_days().cast("int64") if spec.date else ibis.null("int64")


def _money_of(table: ir.Table, spec: Table) -> ir.StringScalar:
    # As text: the account is exact to the last digit.
    return _exact(table[spec.money].sum()) if spec.money else ibis.null("string")


def _doubles(engine: Engine, part: _Part) -> ir.Table:
    """Rows that repeat an id: day, pipeline, stage, outcome | rows, money; no rows where all ids differ.

    Asked together with all else: only rows of repeated ids are put in order.
    """
    spec, alive = part.spec, part.alive
    ids = alive.group_by(_id=spec.key).agg(n=alive.count())
    # Kept, so that an engine which knows that there are none looks at no row.
    several = engine.keep(f"repeated_{spec.name}", ids.filter(ids.n > 1).select("_id"))
    repeated = alive.inner_join(several, [(spec.key, "_id")]).drop("_id")
    marked = _without_doubles(engine, repeated, spec)
    doubles = marked.filter(marked["_drop"].notnull())
    told = {f"_{name}": text for name, text in meaning_of(doubles).items()}
    made = doubles.mutate(_day=_day(doubles, spec), **told)
    return made.group_by("_day", *told).agg(rows=made.count(), money=_money_of(made, spec))


def _take_out(part: _Part, doubles: pd.DataFrame) -> None:
    """Rows that repeat an id were counted like others: now they are left out for that, their stages with them."""
    moved = doubles.assign(_drop=None, rows=-doubles["rows"], money=doubles["money"].map(_negative))
    found = doubles.assign(_drop=Code.DUPLICATE_ID.value)
    counts = pd.concat([part.counts, *(one[part.counts.columns] for one in (moved, found))], ignore_index=True)
    kept = [
        {"_drop": drop, "_day": day, "rows": int(rows["rows"].sum()), "money": str(_money(rows["money"]))}
        for (drop, day), rows in counts.groupby(["_drop", "_day"], dropna=False, sort=True)
    ]
    part.counts = pd.DataFrame(kept, columns=part.counts.columns).query("rows > 0").reset_index(drop=True)
    if len(part.pairs):
        named = moved.rename(columns={f"_{name}": name for name in MEANING})[part.pairs.columns]
        pairs = pd.concat([part.pairs, named]).groupby(list(MEANING), as_index=False)["rows"].sum()
        part.pairs = pairs[pairs["rows"] > 0]


def _negative(money: object) -> str | None:
    return str(-Decimal(money)) if isinstance(money, str) else None


def _exchange(client: Client, parts: dict[str, _Part], ledger: Ledger) -> None:
    """What was converted is said; money without a rate stops the audit."""
    problems = []
    for part in parts.values():
        for row in part.currencies.to_dict("records"):
            code, rows = str(row["_currency"]), int(row["rows"])
            if code in client.rates:
                detail = f"{code} → {client.currency}"
                ledger.add(Notice(Code.CURRENCY_CONVERTED, part.spec.name, rows, None, part.label, detail=detail))
            elif code != client.currency:
                held = f"{rows} {'row' if rows == 1 else 'rows'} in {code}"
                what = f"{held}, the report is in {client.currency}, and there is no rate"
                todo = f"write rates: {{{code}: {{2026-01-01: ...}}}} in client.yml"
                problems.append(Problem(what, todo, part.label))
    if problems:
        raise DataError(problems)


def _without_doubles(engine: Engine, table: ir.Table, spec: Table) -> ir.Table:
    """Of rows of one id the first by date, then by the other columns, is kept."""
    others = [name for name in spec.names if name not in (spec.key, spec.date)]
    order = [table[spec.date], *(engine.ordered(table[n]) if table[n].type().is_string() else table[n] for n in others)]
    nth = ibis.row_number().over(ibis.window(group_by=[spec.key, "_drop"], order_by=order))
    marked = table.mutate(_nth=nth)
    double = marked["_drop"].isnull() & (marked["_nth"] > 0)
    return marked.mutate(_drop=ibis.ifelse(double, Code.DUPLICATE_ID.value, marked["_drop"])).drop("_nth")


def _as_of(client: Client, parts: dict[str, _Part], ledger: Ledger) -> dt.date:
    """The day of the audit, see `loading`; slips and rows after it are marked in tables and counts."""
    last: list[dt.date] = []
    for name, part in parts.items():
        if name not in DATED:
            continue
        counts = part.counts
        days = counts[counts["_drop"].isna() & counts["_day"].notna()]
        if not len(days):
            continue
        limit = int(quantile(days, "_day", "rows", 0.995)) + LONELY_DAYS
        if days["_day"].max() > limit:
            _mark(part, limit, Code.DATE_OUT_OF_SENSE)
        if name in ("leads", "deals", "spend"):
            last.append(EPOCH + dt.timedelta(days=int(days["_day"][days["_day"] <= limit].max())))
    if client.as_of is not None:
        for name, part in parts.items():
            if name in DATED:
                _mark(part, (client.as_of - EPOCH).days, Code.AFTER_AS_OF)
        return client.as_of
    if not last:
        what = "no row with a date in leads, deals or spend"
        raise DataError([Problem(what, "check the tables and the column map", "client.yml")])
    ledger.add(Notice(Code.AS_OF_ASSUMED, "leads", detail=max(last).isoformat()))
    return max(last)


def _mark(part: _Part, limit: int, code: Code) -> None:
    """Rows later than a day are dropped for this reason."""
    table = part.table
    last = ibis.literal(EPOCH + dt.timedelta(days=limit))
    late = table["_drop"].isnull() & (table[part.spec.date].cast("date") > last).fill_null(False)
    part.table = table.mutate(_drop=ibis.ifelse(late, code.value, table["_drop"]))
    counts = part.counts
    part.counts = counts.assign(
        _drop=counts["_drop"].mask(counts["_drop"].isna() & (counts["_day"] > limit), code.value)
    )


def _account(part: _Part, ledger: Ledger) -> None:
    """Rows and money in and out, and a notice for each reason."""
    balance, spec = TableLedger(part.spec.name), part.spec
    zero = Decimal(0) if spec.money else None
    balance.money_before = balance.money_after = zero
    for reason, group in part.counts.groupby("_drop", dropna=False, sort=True):
        rows, money = int(group["rows"].sum()), _money(group["money"]) if spec.money else None
        balance.rows_before += rows
        if balance.money_before is not None and money is not None:
            balance.money_before += money
        if isinstance(reason, str):
            ledger.add(Notice(Code(reason), spec.name, rows, money, part.label))
            continue
        balance.rows_after += rows
        if balance.money_after is not None and money is not None:
            balance.money_after += money
    ledger.tables[spec.name] = balance
    ledger.labels[spec.name] = (part.label,)
    ledger.files[spec.name, part.label] = dataclasses.replace(balance)


def _money(texts: pd.Series) -> Decimal:
    return sum((Decimal(text) for text in texts.dropna()), Decimal(0))


def _resolve(
    engine: Engine, client: Client, parts: dict[str, _Part], as_of: dt.date, ledger: Ledger
) -> tuple[dict[str, ir.Table], list[Told]]:
    """Clean tables, and what is to be asked for notices; all unknown stages are reported together."""
    work = Cleaning(engine, client, as_of, ledger)
    tables: dict[str, ir.Table] = {}
    unsaid: list[Told] = []
    problems: list[Problem] = []
    for name, part in parts.items():
        if name not in MEANT:
            tables[name] = engine.keep(f"clean_{name}", _kept(part))
            continue
        try:
            table = _numbered(_kept(part))
            tables[name], told = MEANT[name](work, table, part.pairs, [GENERIC])
            unsaid.append(told)
        except DataError as error:
            problems += error.problems
    ledger.left = None
    if problems:
        raise DataError({(p.what, p.key): p for p in problems}.values())
    unsaid += [partial(_worth_saying, part, ledger) for part in parts.values()]
    unsaid += [partial(_damaged, tables[name], name, ledger) for name in ("leads", "spend") if name in tables]
    unsaid.append(partial(suggest_names, client, tables, ledger))
    if "spend" in tables:
        unsaid.append(partial(check_spend, client, _numbered(tables["spend"]), ledger.labels["spend"], ledger))
    return tables, unsaid


def _kept(part: _Part) -> ir.Table:
    """The rows that count, without the marks; of leads ``unfilled``, see `Staged.clean`."""
    kept = part.alive
    if part.spec.name != "leads":
        return kept.select(*part.spec.names)
    macros = [kept[name].notnull() for name in part.beside if name.startswith("_macro_")]
    return kept.select(*part.spec.names, unfilled=ibis.or_(*macros) if macros else ibis.literal(False))


def _numbered(table: ir.Table) -> ir.Table:
    """As if all rows stood in one file."""
    return table.mutate(_file=ibis.literal(0, "int32"), _row=ibis.literal(0, "int64"))


async def _worth_saying(part: _Part, ledger: Ledger) -> None:
    """Notices of rows that are kept."""
    spec, kept = part.spec, part.alive
    questions: dict[str, ir.Scalar] = {name: kept[name].count() for name in part.beside}
    if spec.money:
        negative = kept[spec.money] < 0
        questions |= {"negative": negative.sum(), "negative:money": _exact(kept[spec.money].sum(where=negative))}
    if spec.name == "spend":
        nameless = kept.campaign.isnull() & kept.campaign_id.isnull()
        questions |= {"nameless": nameless.sum(), "nameless:money": _exact(kept.cost.sum(where=nameless))}
        taken = kept["_vat"]
        gross = (kept.cost + taken).sum(where=taken.notnull())
        questions |= {
            "vat": taken.count(),
            "vat:gross": _exact(gross),
            "vat:net": _exact(kept.cost.sum(where=taken.notnull())),
        }
        questions["long"] = (kept["to"].notnull() & (kept["to"] != kept["from"])).sum()
    if not questions:
        return
    row = await asked_row(kept.aggregate(**questions))

    def count(name: str) -> int:
        return int(row.get(name) or 0)

    for name in part.beside:
        _, kind, column = name.split("_", 2)
        ledger.add(Notice(BESIDE[kind], spec.name, count(name), column=column))
    for name, code in (("negative", Code.NEGATIVE_AMOUNT), ("nameless", Code.NO_CAMPAIGN)):
        money = Decimal(row.get(f"{name}:money") or 0)
        ledger.add(Notice(code, spec.name, count(name), money, column=spec.money))
    ledger.add(Notice(Code.PERIOD_ROWS, spec.name, count("long")))
    if count("vat"):
        gross, net = (f"{Decimal(row[name]):f}" for name in ("vat:gross", "vat:net"))
        ledger.add(Notice(Code.VAT_TAKEN_OFF, "spend", count("vat"), None, part.label, detail=f"{gross} {net}"))


async def _damaged(table: ir.Table, name: str, ledger: Ledger) -> None:
    """Say which channels and campaigns came in a wrong encoding: files are repaired, a database is corrected there."""
    columns = ["channel", "campaign"]
    counted = await asked(table.group_by(columns).agg(rows=table.count()))
    for column in columns:
        rows = counted.groupby(column)["rows"].sum()
        meant = {str(text): repaired(str(text))[0] for text in rows.index}
        damaged = sorted(text for text, better in meant.items() if text != better)
        shown = ", ".join(f"{example(text)} → {example(meant[text])}" for text in damaged[:EXAMPLES])
        found = int(rows[damaged].sum()) if damaged else 0
        ledger.add(Notice(Code.TEXT_DAMAGED, name, found, column=column, detail=shown))


def _exact(money: ir.DecimalScalar) -> ir.StringScalar:
    return money.cast("decimal(38, 6)").cast("string")


async def _periods(
    client: Client, parts: dict[str, _Part], tables: dict[str, ir.Table], as_of: dt.date, ledger: Ledger
) -> tuple[Span, Span | None]:
    """The audited and the compared period, from the days that were counted."""
    order = [name for name in ("leads", "deals", "spend") if name in parts]
    alive = {name: parts[name].counts[parts[name].counts["_drop"].isna()] for name in order}
    days = alive[order[0]]["_day"].dropna()
    if not len(days):
        raise DataError([Problem(f"no row of {order[0]} could be used", "see `audit check`", "client.yml")])
    first, last = (EPOCH + dt.timedelta(days=int(day)) for day in (days.min(), days.max()))
    period = client.period
    if period is None:
        if "spend" in tables:
            first, last = await reach_of(tables["spend"], first, last)
        period = Span.model_validate({"from": first, "to": min(last, as_of)})
        ledger.add(Notice(Code.PERIOD_ASSUMED, order[0], detail=str(period)))
    for name in order:
        counts = alive[name]
        inside = counts["_day"].between((period.from_ - EPOCH).days, (period.to - EPOCH).days)
        if name == order[0] and not inside.any():
            raise lacking_period(name, period, first, last)
        outside = counts[~inside & counts["_day"].notna()]
        money = _money(outside["money"]) if TABLES[name].money else None
        ledger.add(Notice(Code.OUTSIDE_PERIOD, name, int(outside["rows"].sum()), money))
    return period, comparison(client, period, first)
