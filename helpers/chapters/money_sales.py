"""What a sale brings: won deals with an amount, without one, and returns, told apart and never made up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from helpers.report.model import Cell, Column, Exhibit, Table

if TYPE_CHECKING:
    from helpers.facts import Facts
    from helpers.language import Language

BARE = ("zero", "empty", "undealt")
"""Kinds of sales that bring nothing."""


@dataclass(frozen=True)
class Sales:
    """Won deals of the leads of the period, and of no lead, by what their amount is."""

    numbers: dict[str, int]
    """"priced", "returned" (a negative amount), "zero", "empty" (not filled in), "undealt" (a won lead without a won
    deal) → sales."""
    priced: float
    """Money of sales with an amount above zero."""
    returned: float
    """Money of returns, below zero."""
    credited: float
    """Of the spend, what the advertising systems gave back: below zero."""

    @property
    def sales(self) -> int:
        """All sales; a return is none."""
        return sum(n for size, n in self.numbers.items() if size != "returned")

    @property
    def bare(self) -> int:
        """Sales without money."""
        return sum(self.numbers[size] for size in BARE)

    @property
    def average(self) -> float | None:
        """Money per sale, over all sales; None without a sale."""
        return self.priced / self.sales if self.sales else None

    @property
    def average_priced(self) -> float | None:
        """Money per sale, over those with an amount."""
        return self.priced / self.numbers["priced"] if self.numbers["priced"] else None


def measure_sales(facts: Facts) -> Sales:
    """Sales of the audited period."""
    sizes = facts.quality.sizes
    now = sizes[sizes["span"] == "now"]
    numbers = {size: int(now.loc[now["size"] == size, "deals"].sum()) for size in ("priced", "returned", *BARE)}
    money = now.groupby("size")["revenue"].sum().round(2)
    if len(sizes):
        counts = facts.quality.counts
        sold = counts.loc[counts["span"] == "now", "sales"].sum()
        numbers["undealt"] = max(0, int(sold - now.loc[~now["loose"].astype(bool), "deals"].sum()))
    paid = facts.quality.kinds
    return Sales(
        numbers=numbers,
        priced=float(money.get("priced", 0.0)),
        returned=float(money.get("returned", 0.0)),
        credited=round(float(paid.loc[paid["span"] == "now", "credit"].sum()), 2),
    )


def sales_exhibit(sales: Sales, say: Language, currency: str, note: str) -> Exhibit | None:
    """The average sale with and without sales that brought nothing, and returns; None where every sale has money."""
    if not sales.bare and not sales.numbers["returned"]:
        return None

    def money(value: float) -> str:
        return say.money(value, currency, 0 if abs(value) >= 1000 or round(value, 2).is_integer() else 2)

    numbers = sales.numbers
    if sales.average is None or sales.average_priced is None:
        title = say("No sale of the period has an amount")
    elif sales.bare:
        title = say(
            "An average sale is {all} over all {n} sales and {priced} over the {m} with an amount",
            all=money(sales.average), n=say.count(sales.sales), priced=money(sales.average_priced),
            m=say.count(numbers["priced"]),
        )  # fmt: skip
    else:
        title = say("{money} of revenue was given back as returns", money=money(-sales.returned))
    reading = []
    if sales.bare:
        reading.append(
            say("A sale without an amount stays a sale, and no amount is made up for it: ask sales whether these are "
                "gifts, or amounts that nobody has filled in.")
        )  # fmt: skip
    if numbers["returned"]:
        reading.append(
            say("A return keeps its sign: it is taken off the revenue of the campaign that its lead came from, and it "
                "is not counted in the average sale.")
        )  # fmt: skip
    return Exhibit(
        key="money-sales",
        title=title,
        reading=tuple(reading),
        table=sales_table(sales, say),
        table_open=True,
        note=note,
    )


def sales_table(sales: Sales, say: Language) -> Table:
    """Number, money and average of each kind of sale; the money adds up to all revenue."""
    numbers = sales.numbers
    rows: list[tuple[Cell, ...]] = [
        (say("Sales with an amount"), numbers["priced"], sales.priced, sales.average_priced),
        (say("Sales with an amount of zero"), numbers["zero"], 0.0, None),
        (say("Sales whose amount nobody filled in"), numbers["empty"], 0.0, None),
        (say("Won leads without a won deal"), numbers["undealt"], 0.0, None),
    ]
    rows = [row for row in rows if row[1]]
    rows.append((say("All sales"), sales.sales, sales.priced, sales.average))
    if numbers["returned"]:
        rows.append((say("Returns (negative amounts)"), numbers["returned"], sales.returned, None))
        every = sales.sales + numbers["returned"]
        rows.append((say("Revenue after returns"), every, round(sales.priced + sales.returned, 2), None))
    columns = (
        Column(label=say("Won deals")),
        Column(label=say("Number"), kind="count"),
        Column(label=say("Money"), kind="money", digits=2),
        Column(label=say("Average"), kind="money", digits=2),
    )
    return Table(columns=columns, rows=tuple(rows))


def sales_figures(sales: Sales) -> dict[str, Any]:
    """``sales`` of audit.json."""
    return {
        **sales.numbers,
        "average": None if sales.average is None else round(sales.average, 2),
        "average_priced": None if sales.average_priced is None else round(sales.average_priced, 2),
        "returns": sales.returned,
        "credits": sales.credited,
    }
