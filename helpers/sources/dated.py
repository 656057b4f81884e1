"""The same export made on two days: the newer state counts, and ids that the newer one no longer holds are said.

An id that was there and is gone was merged into another or deleted in the CRM: no single export can tell. Which export
is newer, its file's name says: amocrm_export_leads_2026-04-20.csv.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

import ibis
import pandas as pd

from helpers.sources.notices import Code, Notice
from helpers.sources.stored import view

if TYPE_CHECKING:
    import ibis.expr.types as ir
    from ibis.backends.duckdb import Backend

    from helpers.sources.staged import Staged

_DAYS = (
    (re.compile(r"(?<!\d)(20\d\d)[-_.]?(\d\d)[-_.]?(\d\d)(?!\d)"), (1, 2, 3)),
    (re.compile(r"(?<!\d)(\d\d)[-_.](\d\d)[-_.](20\d\d)(?!\d)"), (3, 2, 1)),
)
ATTRIBUTION = ("source", "medium", "campaign", "campaign_id", "term", "content", "channel")
_SHOWN = 3


def export_ages(files: Sequence[str]) -> dict[int, int]:
    """File number → 0 for the newest exports, 1 for those before them ...; empty where names do not tell two days."""
    days = [_day(name) for name in files]
    known = sorted({day for day in days if day is not None}, reverse=True)
    if len(known) < 2 or None in days:
        return {}
    return {number: known.index(day) for number, day in enumerate(days) if day is not None}


def _day(name: str) -> dt.date | None:
    """The last day that a file's name holds."""
    found = []
    for pattern, (year, month, day) in _DAYS:
        for match in pattern.finditer(name.rpartition("/")[2]):
            try:
                found.append(dt.date(int(match[year]), int(match[month]), int(match[day])))
            except ValueError:
                continue
    return max(found, default=None)


def age_of(table: ir.Table, ages: dict[int, int]) -> ir.IntegerValue:
    """How old the export of a row is, in exports."""
    branches = [(table._file == number, age) for number, age in ages.items() if age]
    return ibis.cases(*branches, else_=0) if branches else ibis.literal(0)


def settle_vanished(con: Backend, one: Staged, files: Sequence[str], leave_out: bool) -> list[Notice]:
    """Ids that a newer export should hold and does not: listed, and marked as left out where the client says so.

    Two files are the same export on two days when at least half of the older one's ids are in the newer one too; before
    its first day the newer one says nothing. Where a vanished lead's person lives on, the survivor takes over its
    source: the first touch was the vanished one's.
    """
    spec, ages = one.spec, export_ages(files)
    if not ages or not spec.key:
        return []
    table = one.table.mutate(_age=age_of(one.table, ages))
    begins = table.filter(table._age == 0)[spec.date].min().name("begins")
    first = table.filter(table._age == 0).aggregate(begins).to_pandas().iloc[0, 0]
    if pd.isna(first):
        return []
    older = (table._age > 0) & (table[spec.date] >= ibis.literal(first))
    gone = older & table._drop.isnull()
    again = older & table._drop.isin([Code.OLDER_EXPORT.value, Code.DUPLICATE_ROW.value, Code.DUPLICATE_ID.value])
    money = table[spec.money].sum(where=gone) if spec.money else ibis.null("decimal(38, 6)")
    living = table.filter((table._age == 0) & table._drop.isnull() & table.person.notnull()).select(who="person")
    counted = table.group_by("_file").agg(
        gone=gone.sum(),
        again=again.sum(),
        money=money,
        merged=(gone & table.person.isin(living.who)).sum(),
        ids=ibis.ifelse(gone, table[spec.key], ibis.null("string")).collect(distinct=True),
        row=table._row.min(where=gone),
    )
    notices, vanished = [], []
    for row in counted.order_by("_file").to_pandas().to_dict("records"):
        if not row["gone"] or row["again"] < row["gone"]:
            continue
        vanished.append(int(row["_file"]))
        if leave_out:
            continue
        ids = sorted(str(text) for text in row["ids"] if text is not None)[:_SHOWN]
        amount = row["money"] if spec.money else None
        file, rows = files[int(row["_file"])], int(row["gone"])
        notices.append(
            Notice(Code.VANISHED, spec.name, rows, amount, file, detail=", ".join(ids), first_rows=(int(row["row"]),))
        )
        notices.append(Notice(Code.MERGED, spec.name, int(row["merged"]), file=file))
    if vanished and leave_out:
        lost = gone & table._file.isin(vanished)
        survivors = _with_first_touch(table, lost) if spec.name == "leads" else table
        marked = survivors.mutate(
            _drop=ibis.ifelse(
                (survivors._age > 0)
                & (survivors[spec.date] >= ibis.literal(first))
                & survivors._drop.isnull()
                & survivors._file.isin(vanished),
                Code.VANISHED_LEFT_OUT.value,
                survivors._drop,
            )
        ).drop("_age")
        one.table = view(con, f"vanished_{spec.name}", marked)
    return notices


def _with_first_touch(table: ir.Table, lost: ir.BooleanValue) -> ir.Table:
    """The first living lead of a person whose earlier lead vanished, with the source of the earliest vanished one."""
    before = table.filter(lost & table.person.notnull())
    nth = ibis.row_number().over(ibis.window(group_by="person", order_by=["created_at", "_file", "_row"]))
    earliest = before.mutate(nth=nth).filter(lambda t: t.nth == 0)
    earliest = earliest.select(
        who="person", began="created_at", **{f"first_{name}": earliest[name] for name in ATTRIBUTION}
    )
    alive = table.filter(table._drop.isnull() & (table._age == 0) & table.person.notnull())
    heir = alive.mutate(nth=nth).filter(lambda t: t.nth == 0).select(heir_file="_file", heir_row="_row")
    joined = table.left_join(heir, [table._file == heir.heir_file, table._row == heir.heir_row])
    joined = joined.left_join(earliest, [joined.person == earliest.who])
    taken = joined.heir_file.notnull() & (joined.began < joined.created_at).fill_null(False)
    said = ibis.or_(*[joined[f"first_{name}"].notnull() for name in ATTRIBUTION])
    changed = {name: ibis.ifelse(taken & said, joined[f"first_{name}"], joined[name]) for name in ATTRIBUTION}
    return joined.mutate(**changed).select(*table.columns)
