"""Tables and views of our DuckDB against those that Ibis makes itself."""

import datetime as dt
from decimal import Decimal

import ibis
import pytest
from ibis.common.exceptions import TableNotFound

from helpers.sources.duck import connected, row_of

SQL = (
    "SELECT 1::INT AS i, 'a' AS \"odd \"\"name\", 1.5::DECIMAL(18, 6) AS m, DATE '2026-01-02' AS d, "
    "TIMESTAMP '2026-01-02 03:04:05' AS t, TRUE AS f, NULL::DOUBLE AS n, [1, 2] AS l"
)


def made(con):
    """The same table and view by a connection: their types and rows."""
    con.raw_sql(f"CREATE TABLE source AS {SQL}")
    source = con.table("source")
    table = con.create_table("kept", source.mutate(more=source.m.sum().over(ibis.window())))
    view = con.create_view("seen", table.mutate(later=table.i + 1))
    return table.schema(), view.schema(), con.table("seen").to_pandas().to_dict("records")


def test_types_and_rows_are_those_that_ibis_gives():
    (table, view, rows), (its_table, its_view, its_rows) = made(connected()), made(ibis.duckdb.connect())
    assert table == its_table
    assert view == its_view
    assert repr(rows) == repr(its_rows)


def test_the_row_of_an_aggregate_is_python_values():
    con = connected()
    con.raw_sql(f"CREATE TABLE source AS {SQL}")
    table = con.table("source")
    row = row_of(con, table.aggregate(n=table.n.max(), m=table.m.sum(), d=table.d.max(), rows=table.count()))
    assert row == {"n": None, "m": Decimal("1.5"), "d": dt.date(2026, 1, 2), "rows": 1}


def test_a_table_that_is_not_there_is_said_to_be_missing():
    with pytest.raises(TableNotFound):
        connected().table("nobody")
