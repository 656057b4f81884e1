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


def nameless_totals(mapped: Mapped, table: ir.Table) -> list[tuple[int, int]]:
    """File and row of totals that no word calls so: Meta writes them without a campaign above or below the rows.

    Args:
        mapped: the source.
        table: typed spend.

    A file's only row without a campaign that holds as much as all its named rows together is their total; so are the
    nameless rows of a file each of which holds as much as the named ones of its days.
    """
    names = [name for name in ("campaign", "campaign_id") if name in mapped.columns]
    if not names or "channel" in mapped.headers:
        return []
    data = table.filter(~table._total & ~table._blank & ~table._footer & table.cost.notnull())
    nameless = ibis.and_(*[data[name].isnull() for name in names])
    days = [data[name] for name in ("from", "to") if name in data.columns]
    grouped = data.group_by(data._file, *days).agg(
        bare=nameless.sum(), bare_cost=data.cost.sum(where=nameless), row=data._row.min(where=nameless),
        named=(~nameless).sum(), cost=data.cost.sum(where=~nameless),
    )  # fmt: skip
    # Usually there is none: the question is asked of the few files that have one.
    found = grouped.semi_join(grouped.filter(grouped.bare > 0), "_file").to_pandas()
    totals = []
    for file, part in found.groupby("_file", sort=True):
        bare = part[part["bare"] > 0]
        cost = Decimal(part["cost"].dropna().sum())
        if int(bare["bare"].sum()) == 1 and int(part["named"].sum()) and cost:
            if _equal(Decimal(bare["bare_cost"].iloc[0]), cost):
                totals.append((int(file), int(bare["row"].iloc[0])))
        elif all(
            row["bare"] == 1 and row["named"] and _equal(Decimal(row["bare_cost"]), Decimal(row["cost"]))
            for row in bare.to_dict("records")
        ):
            totals += [(int(file), int(row)) for row in sorted(bare["row"])]
    return totals


def period_totals(table: ir.Table) -> list[tuple[int, int]]:
    """File and row of spend that covers several days and holds as much as the same file's rows of these days and this
    campaign together: a subtotal written between the days.

    Args:
        table: typed spend with a column ``to``.
    """
    data = table.filter(~table._total & ~table._blank & ~table._footer & (table.cost > 0) & table["from"].notnull())
    names = [name for name in ("channel", "campaign", "campaign_id") if name in table.columns]
    data = data.select(
        "_file", "_row", "cost", first=data["from"], last=ibis.coalesce(data["to"], data["from"]),
        name=ibis.array([data[name].fill_null("") for name in names]) if names else ibis.literal(0),
    )  # fmt: skip
    long = data.filter(data["first"] < data["last"])
    days = data.filter(data["first"] == data["last"]).rename(day="first", day_cost="cost", day_row="_row").drop("last")
    pairs = long.inner_join(days, ["_file", "name"])
    pairs = pairs.filter(pairs.day.between(pairs["first"], pairs["last"]))
    summed = pairs.group_by("_file", "_row").agg(cost=pairs.cost.max(), days=pairs.day_cost.sum(), n=pairs.count())
    found = summed.filter(summed.n > 1).order_by("_file", "_row").to_pandas()
    return [
        (int(row["_file"]), int(row["_row"]))
        for row in found.to_dict("records")
        if _equal(Decimal(row["cost"]), Decimal(row["days"]))
    ]
