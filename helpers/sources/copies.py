"""Spend exported twice in two writings, as CSV and as XLSX, or with other columns: equal rows by their values."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis

if TYPE_CHECKING:
    import ibis.expr.types as ir

_SAME = ("from", "to", "channel", "campaign", "campaign_id", "cost", "impressions", "clicks", "kind")
MOST = 0.5
"""Where two files have spend of one channel and day, from this share of equal rows on one repeats the other; equal
amounts of a few rows may be chance, or the two halves of one account."""


def copied_rows(table: ir.Table) -> ir.Table | None:
    """Rows that an earlier file holds as well, value for value: ``copy_file``, ``copy_row``; None where there are none.

    A row that stands twice in the later file and once in the earlier one is a copy once.

    Args:
        table: spend of several files with ``_file``, ``_row`` and ``_drop``.
    """
    told = [table[name].cast("string").lower().fill_null("") for name in _SAME if name in table.columns]
    alive = table.filter(table._drop.isnull()).select(
        "_file", "_row", "channel", day="from", value=ibis.literal("\x1f").join(told)
    )
    times = alive.group_by("value", "_file").agg(n=lambda t: t.count())
    both = _beside(times, ["value"])
    equal = both.group_by("_file", "other").agg(rows=ibis.least(both.n, both.m).sum())
    daily = alive.group_by(ibis.coalesce(alive.channel, "").name("place"), "day", "_file").agg(n=lambda t: t.count())
    met = _beside(daily, ["place", "day"])
    shared = met.group_by("_file", "other").agg(n=met.n.sum(), m=met.m.sum())
    pairs = equal.inner_join(shared, ["_file", "other"])
    found = pairs.filter(pairs.rows >= MOST * ibis.least(pairs.n, pairs.m)).select("_file", "other").to_pandas()
    if found.empty:
        return None
    fits = ibis.or_(
        *[(both._file == int(one)) & (both.other == int(other)) for one, other in found.itertuples(index=False)]
    )
    repeated = both.filter(fits).group_by("value", later="other").agg(there=both.n.max())
    rows = alive.mutate(nth=ibis.row_number().over(group_by=["_file", "value"], order_by="_row"))
    copies = rows.inner_join(repeated, [rows.value == repeated.value, rows._file == repeated.later])
    return copies.filter(copies.nth < copies.there).select(copy_file="_file", copy_row="_row")


def _beside(counted: ir.Table, keys: list[str]) -> ir.Table:
    """Each count (``n``) of a file beside those (``m``) of the later files (``other``) that share its keys."""
    joined = counted.inner_join(counted.view().rename(other="_file", m="n"), keys)
    return joined.filter(joined._file < joined.other)
