"""A client's folder → clean tables and the account of every row and amount on the way."""

from __future__ import annotations

import datetime as dt
import secrets
import tempfile
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

import ibis
import pandas as pd

from helpers.client import Client, Span
from helpers.errors import DataError, Problem
from helpers.sources.leads import clean_deals, clean_events, clean_leads
from helpers.sources.mapped import TOTALS, map_source
from helpers.sources.notices import Code, Ledger, Notice, TableLedger
from helpers.sources.presets import Preset, read_preset
from helpers.sources.rawfiles import RawFile
from helpers.sources.tables import TABLES, Table
from helpers.sources.typed import Typed, type_source

if TYPE_CHECKING:
    import ibis.expr.types as ir
    from ibis.backends.duckdb import Backend

# ibis 12 asks pandas 3 for an option that pandas 4 drops; a client's notebook must not show that.
warnings.filterwarnings("ignore", message="The 'future.infer_string' option is deprecated")

EARLIEST = dt.date(2000, 1, 1)
LONELY_DAYS = 400
"""A date this far behind nearly all others (the 99.5 % quantile) is a slip of the pen, not the last day of the data."""


@dataclass(frozen=True)
class Data:
    """Clean tables of one client. Holds rows; only ``facts`` reads them."""

    client: Client
    con: Backend
    tables: dict[str, ir.Table]
    ledger: Ledger
    files: tuple[RawFile, ...]
    as_of: dt.date
    period: Span
    compare: Span | None
    snapshot: bool
    """True: the export knows only the current stage of a lead, not the way to it."""

    @property
    def notices(self) -> tuple[Notice, ...]:
        """All that was dropped, changed or assumed."""
        return tuple(self.ledger.notices)

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
    con = _connect()
    ledger = Ledger()
    if not {"leads", "deals", "spend"} & {name for source in client.sources for name in (source.table, *source.also)}:
        preset_fills = {name for source in client.sources for name in read_preset(source.preset).also}
        if not preset_fills:
            return _answers_only(con, client, ledger)
    with tempfile.TemporaryDirectory(prefix="audit-") as scratch:
        typed = _typed(con, client, Path(scratch), ledger)
        staged = {
            name: _staged(con, TABLES[name], [part for part in typed if name in _fills(part)], ledger)
            for name in TABLES
            if any(name in _fills(part) for part in typed)
        }
    for part in typed:
        ledger.add(*part.mapped.notices)
        con.drop_table(part.table.op().name)
    files = tuple(raw for part in typed for raw in part.mapped.files)
    labels = {
        name: [raw.name for part in typed if name in _fills(part) for raw in part.mapped.files] for name in staged
    }
    as_of = _as_of(con, client, staged, ledger)
    _drop_late(con, client, staged, as_of)
    for name in staged:
        _account(staged[name], TABLES[name], ledger, labels[name])
    tables = {name: _clean(table) for name, table in staged.items()}
    presets = {name: [part.mapped.preset for part in typed if name in _fills(part)] for name in staged}
    _resolve(con, client, tables, presets, as_of, ledger)
    ledger.check()
    for table in staged.values():
        con.drop_table(table.op().name)
    period, compare = _periods(client, tables, as_of, ledger)
    if not client.margin_given:
        ledger.add(Notice(Code.MARGIN_ASSUMED, "deals"))
    for source in client.sources:
        if source.table == "spend" and source.vat is None:
            ledger.add(Notice(Code.VAT_ASSUMED, "spend", file=source.file))
    for needed in ("spend", "leads", "deals"):
        if needed not in tables:
            ledger.add(Notice(Code.NO_SOURCE, needed))
    return Data(client, con, tables, ledger, files, as_of, period, compare, "stage_events" not in tables)


def _answers_only(con: Backend, client: Client, ledger: Ledger) -> Data:
    """No exports, but people have answered: the score can be reported, everything else is said to be missing."""
    answered = any(path.is_file() for path in (client.folder / "answers").glob("[!.]*"))
    if not answered or client.period is None:
        todo = "add at least one under sources"
        if answered:
            todo += ", or give period to report the questionnaire alone"
        raise DataError([Problem("no source fills leads, deals or spend", todo, "client.yml", key="sources")])
    ledger.add(*(Notice(Code.NO_SOURCE, needed) for needed in ("spend", "leads", "deals")))
    as_of = client.as_of or client.period.to
    return Data(client, con, {}, ledger, (), as_of, client.period, client.compare_with, snapshot=True)


def _connect() -> Backend:
    con = ibis.duckdb.connect()
    # A progress bar in a notebook comes or not as the machine is slow or fast: outputs would not repeat.
    for setting in ("autoinstall_known_extensions", "autoload_known_extensions", "enable_progress_bar"):
        con.raw_sql(f"SET {setting} = false")
    return con


def _fills(part: Typed) -> tuple[str, ...]:
    return (part.mapped.source.table, *(part.mapped.source.also or part.mapped.preset.also))


def _typed(con: Backend, client: Client, scratch: Path, ledger: Ledger) -> list[Typed]:
    typed: list[Typed] = []
    problems: list[Problem] = []
    for source in client.sources:
        try:
            preset = read_preset(source.preset)
            if preset.also and not source.also:
                source = source.model_copy(update={"also": preset.also})
            typed.append(type_source(con, client, map_source(con, client, source, preset, scratch)))
        except DataError as error:
            problems.extend(error.problems)
    if problems:
        raise DataError(problems)
    return typed


def _staged(con: Backend, spec: Table, parts: Sequence[Typed], ledger: Ledger) -> ir.Table:
    """All sources of a table in one typed table with the reason why a row is not data (``_drop``), or NULL."""
    secret = secrets.token_hex(32)
    shifted, offset = [], 0
    for part in parts:
        shifted.append(_shaped(part, spec, offset, secret))
        offset += len(part.mapped.files)
    table = shifted[0] if len(shifted) == 1 else ibis.union(*shifted)
    return con.create_table(f"staged_{spec.name}", _judged(table, spec))


# In a CRM with one entity the deal is the lead: what one table lacks the other has.
_TWINS = {
    "lead_id": "deal_id",
    "deal_id": "lead_id",
    "created_at": "opened_at",
    "opened_at": "created_at",
    "person": "person",
}


def _shaped(part: Typed, spec: Table, offset: int, secret: str) -> ir.Table:
    table = part.table
    one_entity = {"leads", "deals"} <= set(_fills(part))
    values: dict[str, ir.Value] = {
        "_file": (table._file + offset).cast("int32"),
        "_row": table._row,
        "_hash": table._hash,
        "_blank": table._blank,
        "_total": table._total,
        # False: the date is the same for the whole file, so it cannot tell a total from a row of data.
        "_dated": ibis.literal(spec.date in part.mapped.headers),
    }
    for column in spec.columns:
        name = column.name
        kind = _TYPES.get(column.type, "string")
        choices = [table[name]] if name in table.columns and name in part.mapped.columns else []
        twin = _TWINS.get(name)
        if one_entity and twin in part.mapped.columns and twin != name:
            choices.append(table[twin])
        value = ibis.coalesce(*choices).cast(kind) if choices else ibis.null(kind)
        if column.type == "person":
            value = _hashed(value, secret)
        values[name] = value
        values[f"_bad_{name}"] = table[f"_bad_{name}"] if name in part.bad else ibis.null("string")
        if name in _MACROS:
            values[f"_macro_{name}"] = table[f"_macro_{name}"] if name in part.macros else ibis.null("string")
    return table.select(**values)


_TYPES = {
    "money": "decimal(18, 6)",
    "number": "float64",
    "count": "float64",
    "rating": "float64",
    "minutes": "float64",
    "seconds": "float64",
    "moment": "timestamp",
    "day": "date",
    "flag": "boolean",
    "person": "string",
}
_MACROS = ("source", "medium", "campaign", "campaign_id", "term", "content")


def _hashed(raw: ir.StringValue, secret: str) -> ir.StringValue:
    """A keyed hash of an e-mail or phone; the key lives only in this process, so the hash can never be looked up."""
    digits = raw.re_replace(r"\D", "").right(10)
    key = ibis.ifelse(raw.contains("@") | (digits.length() < 7), raw.strip().lower(), digits)
    return ibis.ifelse(key.length() > 0, (ibis.literal(secret) + key).hexdigest("sha256").left(32), ibis.null("string"))


def _judged(table: ir.Table, spec: Table) -> ir.Table:
    required = [column.name for column in spec.columns if column.required]
    dates = [column.name for column in spec.columns if column.required and column.type in ("day", "moment")]
    others = [name for name in required if name not in dates]
    absent = ibis.or_(*[table[name].isnull() for name in required]) if required else ibis.literal(False)
    lacking = ibis.or_(*[table[name].isnull() for name in others]) if others else ibis.literal(False)
    undated = ibis.or_(*[table[name].isnull() for name in dates]) if dates else ibis.literal(False)
    # A "Total" row names no campaign of its own; where the date is a constant the marker in the campaign tells it.
    nameless = ibis.literal(False)
    if "campaign" in table.columns and not spec.key:
        nameless = ~table._dated & (table.campaign.isnull() | table.campaign.lower().re_search(TOTALS))
    early = (
        ibis.or_(*[table[name].cast("date") < ibis.literal(EARLIEST) for name in dates])
        if dates
        else ibis.literal(False)
    )
    table = table.mutate(
        _drop=ibis.cases(
            (table._blank, Code.BLANK_ROW.value),
            (table._total & (absent | nameless), Code.TOTAL_ROW.value),
            (lacking, Code.NO_ID.value),
            (undated, Code.DATE_UNREAD.value),
            (early.fill_null(False), Code.DATE_OUT_OF_SENSE.value),
            else_=ibis.null("string"),
        )
    )
    window = ibis.window(group_by=[spec.key if spec.key else "_hash", "_alive"], order_by=["_file", "_row"])
    table = table.mutate(_alive=table._drop.isnull())
    table = table.mutate(
        _nth=ibis.row_number().over(window),
        _first_hash=table._hash.first().over(window),
        _first_file=table._file.first().over(window),
    )
    again = table._alive & (table._nth > 0)
    if spec.key:
        repeated = [
            (again & (table._hash == table._first_hash), Code.DUPLICATE_ROW.value),
            (again, Code.DUPLICATE_ID.value),
        ]
    elif spec.money:
        # Word for word the same: a row of another file is an overlap of exports; within a file only a row without
        # money is surely a repetition - two equal purchases on one day may be real.
        free = table[spec.money].fill_null(0) == 0
        repeated = [(again & (free | (table._file != table._first_file)), Code.DUPLICATE_ROW.value)]
    else:
        repeated = [(again, Code.DUPLICATE_ROW.value)]
    return table.mutate(
        _drop=ibis.cases(*repeated, else_=table._drop),
        _kept_double=again & table._alive if spec.money and not spec.key else ibis.literal(False),
    ).drop("_alive", "_nth", "_first_hash", "_first_file")


def _as_of(con: Backend, client: Client, staged: dict[str, ir.Table], ledger: Ledger) -> dt.date:
    """The day of the audit: client.yml's, else the last day of leads, deals and spend that is not a slip."""
    last: list[dt.date] = []
    for name in ("leads", "deals", "spend"):
        if name not in staged:
            continue
        table, date = staged[name], TABLES[name].date
        days = table.filter(table._drop.isnull())[date].cast("date")
        number = days.epoch_seconds() // 86400
        quantile = number.cast("float64").quantile(0.995).as_scalar().to_pyarrow().as_py()
        if quantile is None:
            continue
        limit = dt.date(1970, 1, 1) + dt.timedelta(days=int(quantile) + LONELY_DAYS)
        found = days.max(where=days <= ibis.literal(limit)).as_scalar().to_pyarrow().as_py()
        if found is not None:
            last.append(found)
        late = (table._drop.isnull() & (table[date].cast("date") > ibis.literal(limit))).fill_null(False)
        if late.any().to_pyarrow().as_py():
            slips = ibis.ifelse(late, Code.DATE_OUT_OF_SENSE.value, table._drop)
            staged[name] = _rewritten(con, table, table.mutate(_drop=slips))
    if client.as_of is not None:
        return client.as_of
    if not last:
        raise DataError(
            [Problem("no row with a date in leads, deals or spend", "check the files and the column map", "client.yml")]
        )
    # Spend is often exported to the end of the month in advance of the leads: the CRM says which day it is.
    as_of = max(last)
    ledger.add(Notice(Code.AS_OF_ASSUMED, "leads", detail=as_of.isoformat()))
    return as_of


def _rewritten(con: Backend, old: ir.Table, new: ir.Table) -> ir.Table:
    made = con.create_table(f"{old.op().name}_", new)
    con.drop_table(old.op().name)
    return made


def _drop_late(con: Backend, client: Client, staged: dict[str, ir.Table], as_of: dt.date) -> None:
    for name in staged:
        date = TABLES[name].date
        if client.as_of is None or not date or name not in ("leads", "deals", "spend", "stage_events", "touches"):
            continue
        table = staged[name]
        late = table._drop.isnull() & (table[date].cast("date") > ibis.literal(as_of))
        reason = ibis.ifelse(late.fill_null(False), Code.AFTER_AS_OF.value, table._drop)
        staged[name] = _rewritten(con, table, table.mutate(_drop=reason))


def _clean(table: ir.Table) -> ir.Table:
    kept = table.filter(table._drop.isnull())
    return kept.select(*[name for name in kept.columns if not name.startswith("_")], "_file", "_row")


def _account(table: ir.Table, spec: Table, ledger: Ledger, files: Sequence[str]) -> None:
    """Rows and money in and out, from one aggregate by reason; then the unread values."""
    amount = table[spec.money].sum() if spec.money else ibis.null("decimal(38, 6)")
    grouped = table.group_by("_drop", "_file").agg(rows=table.count(), money=amount, first=table._row.min())
    frame = grouped.order_by("_drop", "_file").to_pandas()
    balance = TableLedger(spec.name)
    zero = Decimal(0) if spec.money else None
    balance.money_before = balance.money_after = zero
    for row in frame.to_dict("records"):
        rows = int(row["rows"])
        money = None if not spec.money else Decimal(0) if pd.isna(row["money"]) else Decimal(row["money"])
        code = None if pd.isna(row["_drop"]) else Code(row["_drop"])
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
                first_rows=(int(row["first"]),),
            )
        )
        if notice is not None:
            ledger.add(notice)
        if notice is None or notice.group == "dropped":
            balance.rows_before += rows
            balance.money_before = (
                None if money is None or balance.money_before is None else balance.money_before + money
            )
        if notice is None:
            balance.rows_after += rows
            balance.money_after = None if money is None or balance.money_after is None else balance.money_after + money
    ledger.tables[spec.name] = balance
    _unread(table, spec, ledger, files)


def _cause(code: Code, spec: Table) -> str:
    required = [column for column in spec.columns if column.required]
    if code is Code.NO_ID:
        return ", ".join(column.name for column in required if column.type not in ("day", "moment"))
    if code in (Code.DATE_UNREAD, Code.DATE_OUT_OF_SENSE):
        return ", ".join(column.name for column in required if column.type in ("day", "moment"))
    return ""


def _unread(table: ir.Table, spec: Table, ledger: Ledger, files: Sequence[str]) -> None:
    kept = table.filter(table._drop.isnull())
    asked: dict[str, ir.Scalar] = {"rows": kept.count()}
    for column in spec.columns:
        for kind in ("_bad_", "_macro_"):
            name = f"{kind}{column.name}"
            if name in kept.columns:
                asked[f"{name}:n"] = kept[name].count()
                asked[f"{name}:example"] = kept[name].min()
                asked[f"{name}:row"] = kept._row.min(where=kept[name].notnull())
    if spec.money:
        asked["negative:n"] = (kept[spec.money] < 0).sum()
        asked["negative:money"] = kept[spec.money].sum(where=kept[spec.money] < 0)
        asked["double:n"] = kept._kept_double.sum()
        asked["double:money"] = kept[spec.money].sum(where=kept._kept_double)
    if spec.name == "spend":
        nameless = kept.campaign.isnull() & kept.campaign_id.isnull()
        asked["nameless:n"] = nameless.sum()
        asked["nameless:money"] = kept.cost.sum(where=nameless)
        asked["long:n"] = (kept["to"].notnull() & (kept["to"] != kept["from"])).sum()
    found = kept.aggregate(**asked).to_pandas().iloc[0].to_dict()

    def count(key: str) -> int:
        value = found.get(key)
        return 0 if value is None or pd.isna(value) else int(value)

    def money(key: str) -> Decimal:
        value = found.get(key)
        return Decimal(0) if value is None or pd.isna(value) else Decimal(value)

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
                        detail=_example(column.type, str(found[f"{kind}{column.name}:example"])),
                        first_rows=(count(f"{kind}{column.name}:row"),),
                    )
                )
    for key, code in (
        ("negative", Code.NEGATIVE_AMOUNT),
        ("double", Code.DUPLICATE_ROW_KEPT),
        ("nameless", Code.NO_CAMPAIGN),
    ):
        if count(f"{key}:n"):
            ledger.add(Notice(code, spec.name, count(f"{key}:n"), money(f"{key}:money"), column=spec.money))
    if count("long:n"):
        ledger.add(Notice(Code.PERIOD_ROWS, spec.name, count("long:n")))


def _example(kind: str, text: str) -> str:
    # Long or e-mail-like cells may hold personal data; a notice shows only what a code or label would look like.
    return "" if len(text) > 60 or "@" in text else text


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
    for name, make in (("leads", clean_leads), ("deals", clean_deals), ("stage_events", clean_events)):
        if name in tables:
            try:
                made = make(client, tables[name], presets[name], as_of, ledger)
                tables[name] = con.create_table(f"clean_{name}", made)
            except DataError as error:
                problems.extend(error.problems)
    if problems:
        raise DataError({(p.what, p.key): p for p in problems}.values())
    for name in tables:
        if name not in ("leads", "deals", "stage_events"):
            tables[name] = con.create_table(f"clean_{name}", tables[name].drop("_file", "_row"))


def _periods(client: Client, tables: dict[str, ir.Table], as_of: dt.date, ledger: Ledger) -> tuple[Span, Span | None]:
    main = next(name for name in ("leads", "deals", "spend") if name in tables)
    days = tables[main][TABLES[main].date].cast("date")
    first, last = days.min().to_pyarrow().as_py(), days.max().to_pyarrow().as_py()
    if first is None:
        raise DataError([Problem(f"no row of {main} could be used", "see the notices of `audit check`", "client.yml")])
    period = client.period
    if period is None:
        period = Span.model_validate({"from": first, "to": min(last, as_of)})
        ledger.add(Notice(Code.PERIOD_ASSUMED, main, detail=str(period)))
    inside = (
        tables[main]
        .filter(days.between(ibis.literal(period.from_), ibis.literal(period.to)))
        .count()
        .to_pyarrow()
        .as_py()
    )
    if not inside:
        raise DataError(
            [
                Problem(
                    f"no row of {main} lies in {period}; the data go from {first} to {last}",
                    "change period in client.yml or export again",
                    "client.yml",
                    key="period",
                )
            ]
        )
    for name in ("leads", "deals", "spend"):
        if name in tables:
            spec = TABLES[name]
            day = tables[name][spec.date].cast("date")
            out = tables[name].filter(~day.between(ibis.literal(period.from_), ibis.literal(period.to)))
            money = out[spec.money].sum() if spec.money else ibis.null("decimal(38,6)")
            row = out.aggregate(rows=out.count(), money=money).to_pandas().iloc[0]
            ledger.add(
                Notice(
                    Code.OUTSIDE_PERIOD,
                    name,
                    int(row["rows"]),
                    None if not spec.money or pd.isna(row["money"]) else Decimal(row["money"]),
                )
            )
    compare = client.compare_with
    if compare is None:
        start = period.from_ - dt.timedelta(days=period.days)
        if first <= start:
            compare = Span.model_validate({"from": start, "to": period.from_ - dt.timedelta(days=1)})
    return period, compare
