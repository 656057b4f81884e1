"""All sources of one clean table together, each row with the reason why it is no data (``_drop``), or NULL.

A view over the typed tables: nothing is copied before the clean tables are made.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import ibis

from helpers.sources.copies import copied_rows
from helpers.sources.dated import age_of, export_ages
from helpers.sources.notices import Code
from helpers.sources.stored import create, drop, name_of, view
from helpers.sources.survey import answers
from helpers.sources.tables import Table
from helpers.sources.typed import Typed

if TYPE_CHECKING:
    import ibis.expr.types as ir
    from ibis.backends.duckdb import Backend

EARLIEST = dt.date(2000, 1, 1)
LONELY_DAYS = 400
"""A date this far behind nearly all others (the 99.5 % quantile) is a slip of the pen, not the last day of the data."""

TYPES = {
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
    "title": "string",
}
TWINS = {
    # In a CRM with one entity the deal is the lead: what one table lacks the other has.
    "lead_id": "deal_id",
    "deal_id": "lead_id",
    "created_at": "opened_at",
    "opened_at": "created_at",
}
MARKS = ("_blank", "_footer", "_total", "_broken", "_foreign")
"""Of rows that are no data, in exports."""
DATED = ("leads", "deals", "spend", "stage_events", "touches")


@dataclass
class Staged:
    """Rows of one clean table before the dropped ones are left out."""

    spec: Table
    table: ir.Table
    doubles: bool
    """Rows that repeat others, which makes a table of their own (``again_<name>``)."""
    slips_after: dt.date | None = None

    def last_day(self, con: Backend, *, whole: bool = False) -> dt.date | None:
        """The last day that is not a slip; later ones are marked. ``whole``: of spend that covers several days the
        last of them, not the first."""
        day = f'"{self.spec.date}"::DATE'
        if self.spec.name == "spend" and whole:
            day = f'coalesce("to", {day})'
        days = f"(SELECT {day} AS day FROM {name_of(self.table)} WHERE _drop IS NULL)"
        ends = answers(con, {"first": "min(day)", "last": "max(day)"}, days)
        if ends["first"] is None or (ends["last"] - ends["first"]).days <= LONELY_DAYS:
            # No day can be that far behind: the dearer question is spared.
            return ends["last"]  # type: ignore[no-any-return]
        found = answers(con, {"usual": "quantile_cont(floor(epoch(day::TIMESTAMP) / 86400), 0.995)"}, days)
        limit = dt.date(1970, 1, 1) + dt.timedelta(days=int(found["usual"]) + LONELY_DAYS)
        if ends["last"] <= limit:
            return ends["last"]  # type: ignore[no-any-return]
        self.slips_after = limit
        usual = answers(con, {"last": f"max(day) FILTER (day <= DATE '{limit}')"}, days)
        return usual["last"]  # type: ignore[no-any-return]

    def settle(self, con: Backend, as_of: dt.date | None) -> None:
        """Mark slips, and what came after the day of an audit that the client has chosen."""
        table, marks = self.table, []
        if self.spec.name in DATED:
            day = table[self.spec.date].cast("date")
            for limit, code in ((self.slips_after, Code.DATE_OUT_OF_SENSE), (as_of, Code.AFTER_AS_OF)):
                if limit is not None:
                    late = table._drop.isnull() & (day > ibis.literal(limit)).fill_null(False)
                    marks.append((late, code.value))
        if marks:
            marked = table.mutate(_drop=ibis.cases(*marks, else_=table._drop))
            self.table = view(con, f"settled_{self.spec.name}", marked)

    def clean(self) -> ir.Table:
        """The rows that count, without the marks."""
        kept = self.table.filter(self.table._drop.isnull())
        columns = [name for name in kept.columns if not name.startswith("_")]
        if self.spec.name != "leads":
            return kept.select(*columns, "_file", "_row")
        macros = [kept[name].notnull() for name in kept.columns if name.startswith("_macro_")]
        unfilled = ibis.or_(*macros) if macros else ibis.literal(False)
        return kept.select(*columns, "_file", "_row", unfilled=unfilled)

    def drop(self, con: Backend) -> None:
        """Take the views away."""
        views = {f"{prefix}_{self.spec.name}": "VIEW" for prefix in ("settled", "vanished", "staged", "judged")}
        drop(con, views | {f"{prefix}_{self.spec.name}": "TABLE" for prefix in ("again", "copies")})


def stage(con: Backend, spec: Table, parts: Sequence[Typed]) -> Staged:
    """All sources of a table as one view; ``_file`` counts on over them."""
    shaped, offset = [], 0
    for part in parts:
        shaped.append(_shaped(part, spec, offset, parts))
        offset += len(part.mapped.files)
    union = shaped[0] if len(shaped) == 1 else ibis.union(*shaped)
    rows = view(con, f"judged_{spec.name}", judged(union, spec).mutate(_kept_double=ibis.literal(False)))
    key = spec.key or "_hash"
    asked = {"rows": "count(*)", "keys": f"count(DISTINCT {key})"}
    found = answers(con, asked, f"judged_{spec.name} WHERE _drop IS NULL")
    doubles, table = found["rows"] > found["keys"], rows
    if doubles:
        ages = export_ages([raw.name for part in parts for raw in part.mapped.files]) if spec.key else {}
        again = create(con, f"again_{spec.name}", _again(rows, spec, key, ages))
        joined = rows.left_join(again, [rows._file == again.again_file, rows._row == again.again_row])
        table = joined.mutate(
            _drop=ibis.coalesce(joined._drop, joined.again_drop), _kept_double=joined.again_kept.fill_null(False)
        ).drop("again_file", "again_row", "again_drop", "again_kept")
    if spec.name == "spend" and offset > 1 and (copies := copied_rows(table)) is not None:
        there = create(con, f"copies_{spec.name}", copies)
        joined = table.left_join(there, [table._file == there.copy_file, table._row == there.copy_row])
        copy = joined.copy_file.notnull() & joined._drop.isnull()
        table = joined.mutate(
            _drop=ibis.ifelse(copy, Code.DUPLICATE_ROW.value, joined._drop), _kept_double=joined._kept_double & ~copy
        ).drop("copy_file", "copy_row")
    return Staged(spec, table if table is rows else view(con, f"staged_{spec.name}", table), doubles)


def _shaped(part: Typed, spec: Table, offset: int, parts: Sequence[Typed]) -> ir.Table:
    table = part.table
    one_entity = {"leads", "deals"} <= set(part.fills)
    values: dict[str, ir.Value] = {
        "_file": (table._file + offset).cast("int32"),
        "_row": table._row,
        **{name: table[name] for name in ("_hash", "_blank", "_total", "_footer", "_broken")},
    }
    for column in spec.columns:
        name = column.name
        kind = TYPES.get(column.type, "string")
        choices = [table[name]] if name in part.mapped.columns else []
        twin = TWINS.get(name)
        if one_entity and twin in part.mapped.columns:
            choices.append(table[twin])
        values[name] = ibis.coalesce(*choices).cast(kind) if choices else ibis.null(kind)
    values["_foreign"] = _foreign(part, spec, values, one_entity=one_entity)
    # What could not be read has a column only where some source has it.
    for prefix, names in (("_bad_", "bad"), ("_macro_", "macros")):
        for name in spec.names:
            if any(name in getattr(one, names) for one in parts):
                has = name in getattr(part, names)
                values[f"{prefix}{name}"] = table[f"{prefix}{name}"] if has else ibis.null("string")
    return table.select(**values)


def _foreign(part: Typed, spec: Table, values: dict[str, ir.Value], *, one_entity: bool) -> ir.BooleanValue:
    """A row of a list of deals that has neither a stage nor a day: another table below it, whose amounts are no
    deals."""
    there = set(part.mapped.columns)
    begins = {"opened_at", "created_at"} if one_entity else {"opened_at"}
    if spec.name != "deals" or "stage" not in there or not begins & there:
        return ibis.literal(False)
    words = [values[name].fill_null("") == "" for name in ("stage", "outcome")]
    return ibis.and_(*words, *(values[name].isnull() for name in ("opened_at", "closed_at")))


def judged(table: ir.Table, spec: Table) -> ir.Table:
    """The rows with ``_drop``, the reason why a row is no data, or NULL; the marks of the file are gone."""
    required = [column.name for column in spec.columns if column.required]
    dates = [column.name for column in spec.columns if column.required and column.type in ("day", "moment")]
    others = [name for name in required if name not in dates]
    never = ibis.literal(False)
    lacking = ibis.or_(*[table[name].isnull() for name in others]) if others else never
    undated = ibis.or_(*[table[name].isnull() for name in dates]) if dates else never
    early = ibis.or_(*[table[name].cast("date") < ibis.literal(EARLIEST) for name in dates]) if dates else never
    deleted = (table.outcome.lower() == "deleted").fill_null(False) if "outcome" in table.columns else never
    return table.mutate(
        _drop=ibis.cases(
            (table._blank, Code.BLANK_ROW.value),
            (table._footer, Code.FOOTER.value),
            (table._total, Code.TOTAL_ROW.value),
            (table._broken, Code.ROW_BROKEN.value),
            (lacking, Code.NO_ID.value),
            (undated | table._foreign, Code.DATE_UNREAD.value),
            (early.fill_null(False), Code.DATE_OUT_OF_SENSE.value),
            (deleted, Code.DELETED_IN_CRM.value),
            else_=ibis.null("string"),
        )
    ).drop(*MARKS)


def _again(table: ir.Table, spec: Table, key: str, ages: dict[int, int]) -> ir.Table:
    """Rows that repeat an earlier one: ``again_file``, ``again_row``, ``again_drop`` (why it is dropped, or NULL),
    ``again_kept`` (it repeats another and is kept)."""
    alive = table.filter(table._drop.isnull())
    repeated = alive.group_by(key).agg(times=alive.count()).filter(lambda t: t.times > 1)
    narrow = alive.semi_join(repeated, key).mutate(_age=lambda t: age_of(t, ages))
    # The newest export comes first: of an id only its last state counts.
    window = ibis.window(group_by=key, order_by=["_age", "_file", "_row"])
    money = narrow[spec.money].fill_null(0) if spec.money else ibis.literal(0)
    rows = narrow.select(
        again_file=narrow._file,
        again_row=narrow._row,
        nth=ibis.row_number().over(window),
        same=narrow._hash == narrow._hash.first().over(window),
        other_file=narrow._file != narrow._file.first().over(window),
        older=narrow._age > narrow._age.first().over(window),
        free=money == 0,
    )
    rows = rows.filter(rows.nth > 0)
    if spec.key:
        why = ibis.cases(
            (rows.same, Code.DUPLICATE_ROW.value),
            (rows.older, Code.OLDER_EXPORT.value),
            else_=Code.DUPLICATE_ID.value,
        )
    elif spec.money:
        # Word for word the same: a row of another file is an overlap of exports; within a file only a row without
        # money is surely a repetition - two equal purchases on one day may be real.
        why = ibis.ifelse(rows.free | rows.other_file, Code.DUPLICATE_ROW.value, ibis.null("string"))
    else:
        why = ibis.literal(Code.DUPLICATE_ROW.value)
    kept = why.isnull() if spec.money and not spec.key else ibis.literal(False)
    return rows.select("again_file", "again_row", again_drop=why, again_kept=kept)
