"""A client's folder → clean tables and the account of every row and amount on the way."""

from __future__ import annotations

import datetime as dt
import os
import secrets
import tempfile
import warnings
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import ibis

from helpers.client import Client, Source, Span
from helpers.errors import DataError, Problem
from helpers.sources.asking import answered, asked, together
from helpers.sources.cellmacros import prepare
from helpers.sources.csvfile import quoted
from helpers.sources.dated import export_ages, settle_vanished
from helpers.sources.discreet import discreet
from helpers.sources.engines import Engine
from helpers.sources.leads import MEANT, Cleaning, Told
from helpers.sources.mapped import map_source
from helpers.sources.notices import Code, Ledger, Notice, TableLedger
from helpers.sources.outcomes import pairs_of
from helpers.sources.places import PLACE, first_place
from helpers.sources.plan import Plan, plan_sources
from helpers.sources.presets import Preset
from helpers.sources.rawfiles import RawFile
from helpers.sources.spendcheck import check_borders, check_spend, reach_of
from helpers.sources.staged import Staged, stage
from helpers.sources.stored import create, drop, name_of
from helpers.sources.suggestions import suggest_names
from helpers.sources.survey import answers
from helpers.sources.tables import TABLES, Table
from helpers.sources.typed import Typed, type_source

if TYPE_CHECKING:
    import ibis.expr.types as ir
    from ibis.backends.duckdb import Backend
    from ibis.backends.sql import SQLBackend

# ibis 12 asks pandas 3 for an option that pandas 4 drops; a client's notebook must not show that.
warnings.filterwarnings("ignore", message="The 'future.infer_string' option is deprecated")


@dataclass(frozen=True)
class Data:
    """Clean tables of one client. Holds rows; only ``facts`` reads them."""

    client: Client
    engine: Engine
    """Where the tables are."""
    tables: dict[str, ir.Table]
    account: Ledger
    """`ledger`, while something may still be missing from it."""
    files: tuple[RawFile, ...]
    as_of: dt.date
    period: Span
    compare: Span | None
    snapshot: bool
    """True: the export knows only the current stage of a lead, not the way to it."""
    unsaid: list[Told] = field(default_factory=list)
    """What is still to be asked of the rows for notices: where nothing can be kept, together with the facts."""

    @property
    def ledger(self) -> Ledger:
        """The account of every row and amount; asks what was not asked with the facts.

        Raises:
            DataError: the client's database failed.
        """
        if self.unsaid:
            answered(self.engine, self.settled())
        return self.account

    async def settled(self) -> None:
        """Ask what is still unsaid."""
        if self.unsaid:
            await together(*(told() for told in self.unsaid))
            self.unsaid.clear()
            self.account.check()

    @property
    def con(self) -> SQLBackend:
        """The connection of the engine."""
        return self.engine.con

    @property
    def notices(self) -> tuple[Notice, ...]:
        """All that was dropped, changed or assumed."""
        return tuple(self.ledger.notices)

    def close(self) -> None:
        """Let the connection go: no more can be counted."""
        self.engine.close()

    def __enter__(self) -> Data:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _repr_html_(self) -> str:
        from html import escape

        from helpers.language import language
        from helpers.sources.check import check_lines

        text = "\n".join(check_lines(self, language(self.client.lang)))
        return f'<pre class="tex2jax_ignore mathjax_ignore">{escape(text)}</pre>'

    def __repr__(self) -> str:
        return f"Data({self.client.slug!r}, tables={sorted(self.tables)}, as_of={self.as_of})"


def load(client: Client) -> Data:
    """Read all sources of a client.

    Raises:
        DataError: everything that stops the audit, of all sources at once.
    """
    if any(source.connection for source in client.sources):
        from helpers.sources.reference import refer

        return refer(client)
    con = connect()
    ledger = Ledger()
    with tempfile.TemporaryDirectory(prefix="audit-") as scratch:
        plan = plan_sources(client, Path(scratch))
        if not {"leads", "deals", "spend"} & {name for part in plan.planned for name in part.fills}:
            return _answers_only(con, client, ledger, plan)
        typed = _typed(con, client, plan, ledger)
    ledger.add(*(Notice(Code.FILE_UNUSED, "files", file=raw.name, detail=raw.unused) for raw in plan.unused))
    for part in typed:
        ledger.add(*part.mapped.notices)
        ledger.rewritten += part.mapped.rewritten
    files = tuple(raw for part in typed for raw in part.mapped.files)
    ledger.raw = (*files, *plan.unused)
    staged = {
        name: stage(con, TABLES[name], [part for part in typed if name in part.fills])
        for name in TABLES
        if any(name in part.fills for part in typed)
    }
    as_of = _as_of(con, client, staged, ledger)
    for name, one in staged.items():
        labels = [raw.name for part in typed if name in part.fills for raw in part.mapped.files]
        ledger.add(*settle_vanished(con, one, labels, client.left_out.vanished))
        one.settle(con, client.as_of)
        ledger.labels[name] = tuple(labels)
        _account(con, one.table, TABLES[name], ledger, labels)
    tables = {name: one.clean() for name, one in staged.items()}
    presets = {name: [part.mapped.preset for part in typed if name in part.fills] for name in staged}
    _resolve(con, client, tables, presets, as_of, ledger)
    ledger.check()
    for one in staged.values():
        one.drop(con)
    drop(con, {name_of(part.table): "TABLE" for part in typed})
    engine = Engine(con)
    period, compare = _periods(engine, client, tables, as_of, ledger)
    if not client.margin_given:
        ledger.add(Notice(Code.MARGIN_ASSUMED, "deals"))
    for planned in plan.planned:
        if planned.source.table == "spend" and planned.source.vat is None:
            ledger.add(Notice(Code.VAT_ASSUMED, "spend", file=planned.source.file))
    for needed in ("spend", "leads", "deals"):
        if needed not in tables:
            ledger.add(Notice(Code.NO_SOURCE, needed))
    snapshot = "stage_events" not in tables
    return Data(client, engine, tables, ledger, (*files, *plan.unused), as_of, period, compare, snapshot)


def _answers_only(con: Backend, client: Client, ledger: Ledger, plan: Plan) -> Data:
    """No exports, but people have answered: the score can be reported, everything else is said to be missing."""
    answered = any(path.is_file() for path in (client.folder / "answers").glob("[!.]*"))
    if not answered or client.period is None or client.sources:
        todo = "add at least one under sources"
        if answered:
            todo += ", or give period to report the questionnaire alone"
        reasons = {raw.name: raw.unused.partition(" - ") for raw in plan.unused}
        unknown = [Problem(what, advice or "run `audit map`", name) for name, (what, _, advice) in reasons.items()]
        raise DataError([Problem("no source fills leads, deals or spend", todo, "client.yml", key="sources"), *unknown])
    ledger.add(*(Notice(Code.FILE_UNUSED, "files", file=raw.name, detail=raw.unused) for raw in plan.unused))
    ledger.raw = plan.unused
    ledger.add(*(Notice(Code.NO_SOURCE, needed) for needed in ("spend", "leads", "deals")))
    as_of = client.as_of or client.period.to
    return Data(client, Engine(con), {}, ledger, plan.unused, as_of, client.period, client.compare_with, snapshot=True)


def connect() -> Backend:
    """A DuckDB of our own in memory, which fetches nothing from outside."""
    con = ibis.duckdb.connect()
    # A progress bar in a notebook comes or not as the machine is slow or fast: outputs would not repeat.
    for setting in ("autoinstall_known_extensions", "autoload_known_extensions", "enable_progress_bar"):
        con.raw_sql(f"SET {setting} = false")
    # What does not fit into memory goes to the system's folder for that, not to where the command was given.
    spill = Path(tempfile.gettempdir()) / f"audit-{os.getpid()}-{secrets.token_hex(4)}"
    con.raw_sql(f"SET temp_directory = {quoted(str(spill))}")
    prepare(con)
    return con


def _typed(con: Backend, client: Client, plan: Plan, ledger: Ledger) -> list[Typed]:
    typed: list[Typed] = []
    sources = [part.source for part in plan.planned]
    problems, net = mixed_vat(client, sources), both_vat(sources) and bool(client.vat_rate)
    secret = secrets.token_hex(16)  # With a phone or an e-mail behind it still one block of SHA-256.
    for planned in plan.planned:
        try:
            mapped = map_source(con, client, planned)
            mapped.vat_off = net and planned.source.table == "spend" and planned.source.vat == "included"
            typed.append(type_source(con, client, mapped, secret))
        except DataError as error:
            problems.extend(error.problems)
    if problems:
        raise DataError(problems)
    return typed


def both_vat(sources: Iterable[Source]) -> bool:
    """Some spend is with VAT, some without it."""
    return {source.vat for source in sources if source.table == "spend"} >= {"included", "excluded"}


def mixed_vat(client: Client, sources: Sequence[Source]) -> list[Problem]:
    """Spend with VAT and spend without it are never added up: with a rate VAT is taken off, without one we ask.

    Where nobody has said it of any spend, all is taken as one kind, and that is told.
    """
    flags = {source.vat: source.shown for source in sources if source.table == "spend"}
    unsaid = [source.shown for source in sources if source.table == "spend" and source.vat is None]
    if "included" in flags and unsaid:
        what = f"spend of {flags['included']} is with VAT; nobody has said whether that of {', '.join(unsaid)} is"
        todo = "write vat: included or vat: excluded beside the file under sources"
        return [Problem(what, todo, "client.yml", key="sources")]
    if not both_vat(sources) or client.vat_rate:
        return []
    return [
        Problem(
            f"spend with VAT ({flags['included']}) and without ({flags['excluded']}) cannot be added up",
            "write the rate, for example vat_rate: {2026-01-01: 0.2}: it is taken off, and all spend is without VAT",
            "client.yml",
            key="vat_rate",
        )
    ]


def _as_of(con: Backend, client: Client, staged: dict[str, Staged], ledger: Ledger) -> dt.date:
    """The day of the audit: client.yml's, else the last day of leads, deals and spend that is not a slip."""
    alone = not {"leads", "deals"} & set(staged)
    last = [
        day
        for name in ("leads", "deals", "spend")
        if name in staged and (day := staged[name].last_day(con, whole=alone))
    ]
    if client.as_of is not None:
        return client.as_of
    if not last:
        raise DataError([_no_rows(staged)])
    # Spend is often exported to the end of the month in advance of the leads: the CRM says which day it is.
    as_of = max(last)
    ledger.add(Notice(Code.AS_OF_ASSUMED, "leads", detail=as_of.isoformat()))
    return as_of


def _no_rows(staged: dict[str, Staged]) -> Problem:
    """Why no row of leads, deals or spend can be used, by reason."""
    found = []
    for name in ("leads", "deals", "spend"):
        if name in staged:
            table = staged[name].table.filter(lambda t: t._drop.notnull())
            spec = staged[name].spec
            unread = [f"_bad_{column}" for column in (spec.date, *_valued(spec)) if f"_bad_{column}" in table.columns]
            seen = ibis.coalesce(*map(table.__getitem__, unread)).argmin(table._row) if unread else ibis.null("string")
            counted = table.group_by("_drop").agg(rows=table.count(), first=table._row.min(), seen=seen)
            reasons = [
                f"{row['_drop']} {row['rows']} (from row {row['first']}{_seen(row['_drop'], row['seen'])})"
                for row in counted.order_by("_drop").to_pandas().to_dict("records")
            ]
            found.append(f"{name}: {', '.join(reasons) or 'no rows'}")
    what = f"no row with a date in leads, deals or spend ({'; '.join(found)})" if found else "no row with a date"
    return Problem(what, "check the files, their dates and the column map", "client.yml")


def _seen(code: object, text: object) -> str:
    """A cell that cannot be read, as a message shows it."""
    shown = discreet(text) if code in (Code.DATE_UNREAD, Code.NO_ID) and isinstance(text, str) else ""
    return f": {shown!r}" if shown else ""


def _account(con: Backend, table: ir.Table, spec: Table, ledger: Ledger, files: Sequence[str]) -> None:
    """Rows and money in and out, from one aggregate by reason; then the unread values."""
    amount = f"sum({spec.money})" if spec.money else "NULL"
    undated, lacking = (_first_unread(table, names) for names in ([spec.date], _valued(spec)))
    grouped = con.con.execute(
        f"SELECT _drop, _file, count(*) AS rows, {amount} AS money, min(_row) AS first, {undated} AS undated, "
        f"{lacking} AS lacking "
        f"FROM {name_of(table)} "
        "GROUP BY _drop, _file ORDER BY _drop, _file"
    )
    names = [column[0] for column in grouped.description]
    balance = TableLedger(spec.name)
    zero = Decimal(0) if spec.money else None
    ageless = len(files) > 1 and not export_ages(files)
    balance.money_before = balance.money_after = zero
    for found in grouped.fetchall():
        row = dict(zip(names, found, strict=True))
        rows = int(row["rows"])
        money = None if not spec.money else Decimal(0) if row["money"] is None else row["money"]
        code = None if row["_drop"] is None else Code(row["_drop"])
        notice = (
            None
            if code is None
            else Notice(
                code,
                spec.name,
                rows,
                money,
                files[int(row["_file"])],
                column=_cause(code, spec),
                detail=_beside(code, row["lacking" if code is Code.NO_ID else "undated"], undated=ageless),
                first_rows=(int(row["first"]),),
            )
        )
        if notice is not None:
            ledger.add(notice)
        place = ledger.files.setdefault(
            (spec.name, files[int(row["_file"])]), TableLedger(spec.name, money_before=zero, money_after=zero)
        )
        for one in (balance, place):
            if notice is None or notice.group == "dropped":
                one.rows_before += rows
                one.money_before = None if money is None or one.money_before is None else one.money_before + money
            if notice is None:
                one.rows_after += rows
                one.money_after = None if money is None or one.money_after is None else one.money_after + money
    ledger.tables[spec.name] = balance
    _unread(con, table, spec, ledger, files)


def _valued(spec: Table) -> list[str]:
    """Required columns that are no dates."""
    return [column.name for column in spec.columns if column.required and column.type not in ("day", "moment")]


def _first_unread(table: ir.Table, names: Sequence[str]) -> str:
    """SQL of the first text of these columns that could not be read."""
    unread = [f'"_bad_{name}"' for name in names if f"_bad_{name}" in table.columns]
    return f"arg_min(coalesce({', '.join(unread)}), _row)" if unread else "NULL"


def _beside(code: Code, example: object, *, undated: bool) -> str:
    """What stands in the first of the rows, where no date or amount can be read from it."""
    if code in (Code.DATE_UNREAD, Code.NO_ID) and example is not None:
        return discreet(str(example))
    return "undated" if code is Code.DUPLICATE_ID and undated else ""


def _cause(code: Code, spec: Table) -> str:
    required = [column for column in spec.columns if column.required]
    if code is Code.NO_ID:
        return ", ".join(_valued(spec))
    if code in (Code.DATE_UNREAD, Code.DATE_OUT_OF_SENSE):
        days = [column.name for column in required if column.type in ("day", "moment")]
        return ", ".join(days or [spec.date])
    return ""


def _unread(con: Backend, table: ir.Table, spec: Table, ledger: Ledger, files: Sequence[str]) -> None:
    asked = {}
    for column in spec.columns:
        for kind in ("_bad_", "_macro_"):
            name = f"{kind}{column.name}"
            if name in table.columns:
                asked[f"{name}:n"] = f"count({name})"
                asked[f"{name}:example"] = f"arg_min({name}, {PLACE})"
                asked[f"{name}:place"] = f"min({PLACE}) FILTER ({name} IS NOT NULL)"
    odd = {"negative": f"{spec.money} < 0", "double": "_kept_double"} if spec.money else {}
    if spec.name == "spend":
        odd["nameless"] = "campaign IS NULL AND campaign_id IS NULL"
        asked["long:n"] = 'count(*) FILTER ("to" <> "from")'
    for name, where in odd.items():
        asked[f"{name}:n"] = f"count(*) FILTER ({where})"
        asked[f"{name}:money"] = f"sum({spec.money}) FILTER ({where})"
        asked[f"{name}:place"] = f"min({PLACE}) FILTER ({where})"
    found = answers(con, asked, f"{name_of(table)} WHERE _drop IS NULL") if asked else {}

    def count(key: str) -> int:
        return int(found.get(key) or 0)

    def money(key: str) -> Decimal:
        value = found.get(key)
        return Decimal(0) if value is None else Decimal(value)

    def first(key: str) -> dict[str, Any]:
        return first_place(found[f"{key}:place"], files)

    for column in spec.columns:
        for kind in ("_bad_", "_macro_"):
            n = count(f"{kind}{column.name}:n")
            if n:
                number = column.type in ("money", "number", "count", "minutes", "seconds")
                code = Code.MACRO_UNFILLED if kind == "_macro_" else Code.NUMBER_UNREAD if number else Code.VALUE_UNREAD
                ledger.add(
                    Notice(
                        code,
                        spec.name,
                        n,
                        column=column.name,
                        detail=discreet(str(found[f"{kind}{column.name}:example"])),
                        **first(f"{kind}{column.name}"),
                    )
                )
    for key, code in (
        ("negative", Code.NEGATIVE_AMOUNT),
        ("double", Code.DUPLICATE_ROW_KEPT),
        ("nameless", Code.NO_CAMPAIGN),
    ):
        if count(f"{key}:n"):
            amount = money(f"{key}:money")
            ledger.add(Notice(code, spec.name, count(f"{key}:n"), amount, column=spec.money, **first(key)))
    if count("long:n"):
        ledger.add(Notice(Code.PERIOD_ROWS, spec.name, count("long:n")))


def _resolve(
    con: Backend,
    client: Client,
    tables: dict[str, ir.Table],
    presets: dict[str, list[Preset]],
    as_of: dt.date,
    ledger: Ledger,
) -> None:
    """Stages and outcomes of leads, deals and history; all unknown stages are reported together."""
    problems: list[Problem] = []
    engine = Engine(con)
    work = Cleaning(engine, client, as_of, ledger)
    for name, make in MEANT.items():
        if name in tables:
            try:
                pairs = answered(engine, asked(pairs_of(tables[name])))
                tables[name], told = make(work, tables[name], pairs, presets[name])
                answered(engine, told())
            except DataError as error:
                problems.extend(error.problems)
    if problems:
        raise DataError({(p.what, p.key): p for p in problems}.values())
    if ledger.left is not None:
        drop(con, {name_of(ledger.left): "TABLE"})
        ledger.left = None
    answered(engine, suggest_names(client, tables, ledger))
    if "spend" in tables:
        answered(engine, check_spend(client, tables["spend"], ledger.labels["spend"], ledger))
    for name in tables:
        if name not in MEANT:
            tables[name] = create(con, f"clean_{name}", tables[name].drop("_file", "_row"))


def _periods(
    engine: Engine, client: Client, tables: dict[str, ir.Table], as_of: dt.date, ledger: Ledger
) -> tuple[Span, Span | None]:
    main = next(name for name in ("leads", "deals", "spend") if name in tables)
    days = tables[main][TABLES[main].date].cast("date")
    span = tables[main].aggregate(first=days.min(), last=days.max()).to_pyarrow().to_pylist()[0]
    first, last = span["first"], span["last"]
    if first is None:
        raise DataError([_nothing_of(main, ledger)])
    period = client.period
    if period is None:
        if "spend" in tables:
            first, last = answered(engine, reach_of(tables["spend"], first, last))
        period = Span.model_validate({"from": first, "to": min(last, as_of)})
        ledger.add(Notice(Code.PERIOD_ASSUMED, main, detail=str(period)))
    for name in [main, *(name for name in ("leads", "deals", "spend") if name in tables and name != main)]:
        spec, table = TABLES[name], tables[name]
        inside = table[spec.date].cast("date").between(ibis.literal(period.from_), ibis.literal(period.to))
        money = table[spec.money].sum(where=~inside) if spec.money else ibis.null("decimal(38,6)")
        found = table.aggregate(rows=(~inside).sum(), inside=inside.sum(), money=money).to_pyarrow().to_pylist()[0]
        if name == main and not found["inside"]:
            raise lacking_period(main, period, first, last)
        ledger.add(Notice(Code.OUTSIDE_PERIOD, name, int(found["rows"] or 0), found["money"]))
    if "spend" in tables:
        answered(engine, check_borders(tables["spend"], period, as_of, ledger))
    return period, comparison(client, period, first)


def _nothing_of(name: str, ledger: Ledger) -> Problem:
    """Why a table has no row: its files hold none, or all were left out."""
    files = [
        f"{file}: {part.rows_before or 'no'} {'row' if part.rows_before == 1 else 'rows'}"
        for (table, file), part in ledger.files.items()
        if table == name
    ]
    out = [f"{notice.code} {notice.rows}" for notice in ledger.dropped(name)]
    files = files or [f"{raw.name}: no rows" for raw in ledger.raw if not raw.rows and not raw.unused]
    told = "; ".join([*files, *(["left out: " + ", ".join(out)] if out else [])])
    return Problem(f"no row of {name} could be used ({told})", "export it again, or take the file away", "client.yml")


def lacking_period(name: str, period: Span, first: dt.date, last: dt.date) -> DataError:
    """No row lies in the period."""
    what = f"no row of {name} lies in {period}; the data go from {first} to {last}"
    return DataError([Problem(what, "change period in client.yml or export again", "client.yml", key="period")])


def comparison(client: Client, period: Span, first: dt.date) -> Span | None:
    """The compared period: client.yml's, else the equal span before, where the data reach so far."""
    start = period.from_ - dt.timedelta(days=period.days)
    if client.compare_with is not None or first > start:
        return client.compare_with
    return Span.model_validate({"from": start, "to": period.from_ - dt.timedelta(days=1)})
