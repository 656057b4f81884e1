"""A report's own totals against the sum of its rows: a gap says that the file is filtered or cut."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import ibis

from helpers.sources.notices import Code, Notice

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from helpers.sources.mapped import Mapped

TOLERANCE = Decimal("0.0001")
"""Share by which roundings may part a total from its rows."""


def compare_totals(mapped: Mapped, table: ir.Table, money: str) -> list[Notice]:
    """One notice per file and currency that has totals: they agree with the rows, or by how much they do not.

    Args:
        mapped: the source.
        table: typed, in the file's own currency, ``_total`` decided.
        money: column to add up.

    A report may hold several totals of different scope (Google Ads): one of them should equal the rows; the largest
    tells what the file leaves out.
    """
    amount, total = table[money], table._total
    data = ~total & ~table._blank & ~table._footer
    currency = table.currency.fill_null("") if "currency" in table.columns else ibis.literal("")
    found = (
        table.mutate(_currency=currency)
        .group_by("_file", "_currency")
        .agg(rows=amount.sum(where=data), totals=ibis.ifelse(total, amount, None).collect())
        .order_by("_file", "_currency")
        .to_pandas()
    )
    # The total over rows of several currencies is in a currency of its own: it says nothing about any of them.
    one = found[found["rows"].notna()].groupby("_file")["_currency"].nunique()
    return [
        notice for row in found.to_dict("records") if one.get(row["_file"], 0) < 2 for notice in _notices(mapped, row)
    ]


def _notices(mapped: Mapped, row: dict[str, Any]) -> list[Notice]:
    listed = row["totals"]
    totals = [Decimal(value) for value in ([] if listed is None else listed) if value is not None]
    rows = row["rows"]
    if not totals or rows is None or rows != rows:
        return []
    summed = Decimal(rows)
    file, table = mapped.label(int(row["_file"])), mapped.source.table
    near = min(totals, key=lambda total: abs(total - summed))
    largest = max(totals)
    found = []
    if _equal(near, summed):
        found.append(Notice(Code.TOTAL_AGREES, table, None, near, file))
    if not _equal(largest, summed) and (largest > summed or not found):
        found.append(Notice(Code.TOTAL_DIFFERS, table, None, largest - summed, file, detail=f"{largest:f} {summed:f}"))
    return found


def _equal(one: Decimal, other: Decimal) -> bool:
    return abs(one - other) <= max(Decimal("0.02"), TOLERANCE * max(abs(one), abs(other)))
