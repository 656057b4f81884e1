"""Sums that are the same to the last digit on every engine and in any order: decimals, never floats."""

from __future__ import annotations

from typing import TYPE_CHECKING

from helpers.sources.values import MONEY

if TYPE_CHECKING:
    import ibis.expr.types as ir

SUM = "decimal(38, 6)"
_CENTS, _CENTS_SQUARED = "decimal(20, 2)", "decimal(38, 4)"
_MARK, _MARK_SQUARED = "decimal(19, 3)", "decimal(38, 6)"


def total(money: ir.NumericValue, where: ir.BooleanValue | None = None) -> ir.DecimalScalar:
    """Sum of money."""
    return money.cast(MONEY).sum(where=where).cast(SUM)


def squares(money: ir.NumericValue) -> ir.DecimalScalar:
    """Sum of the squares of money, each rounded to hundredths."""
    # DuckDB multiplies decimals of up to 18 digits in 64 bits, which a deal of 31 millions overflows.
    cents = money.cast(_CENTS)
    return (cents * cents).cast(_CENTS_SQUARED).sum()


def marks(value: ir.NumericValue, where: ir.BooleanValue | None = None) -> ir.DecimalScalar:
    """Sum of ratings, scores or seconds, each rounded to thousandths."""
    return value.cast(_MARK).sum(where=where).cast(SUM)


def marks_squared(value: ir.NumericValue) -> ir.DecimalScalar:
    """Sum of their squares."""
    mark = value.cast(_MARK)
    return (mark * mark).cast(_MARK_SQUARED).sum()
