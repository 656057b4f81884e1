"""Tables and views of our own DuckDB whose columns are known: Ibis would ask the database for them each time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import ibis
import ibis.expr.datatypes as dtypes
import ibis.expr.operations as ops

if TYPE_CHECKING:
    import ibis.expr.types as ir
    from ibis.backends.duckdb import Backend


_WHENEVER, _MOMENT = dtypes.Timestamp(), dtypes.Timestamp(scale=6)


def relation(con: Backend, name: str, columns: Mapping[str, Any]) -> ir.Table:
    """A table or view that is there, by the types of its columns."""
    kinds = {column: dtypes.dtype(kind) for column, kind in columns.items()}
    # DuckDB's own are of microseconds, and Ibis adds no others up with them.
    kinds |= {column: _MOMENT for column, kind in kinds.items() if kind == _WHENEVER}
    node = ops.DatabaseTable(name=name, schema=ibis.schema(kinds), source=con, namespace=ops.Namespace())
    return node.to_expr()


def view(con: Backend, name: str, table: ir.Table) -> ir.Table:
    """A view: a wall to Ibis, which would write an expression out wherever one of its columns is named."""
    con.con.execute(f'CREATE OR REPLACE VIEW "{name}" AS {con.compile(table)}')
    return relation(con, name, dict(table.schema()))


def create(con: Backend, name: str, table: ir.Table, **read: ir.Table) -> ir.Table:
    """A table, computed once; its columns have the types that Ibis believes them to have.

    ``read``: relations that are not stored, of which ``table`` (a plain selection) names columns several times: Ibis
    would write each of them out as often.
    """
    columns = ", ".join(part.sql("duckdb") for part in table.schema().to_sqlglot_column_defs("duckdb"))
    con.con.execute(f'CREATE TABLE "{name}" ({columns})')
    parts = ", ".join(f'"{part}" AS ({con.compile(one)})' for part, one in read.items())
    con.con.execute(f'INSERT INTO "{name}" {f"WITH {parts} " if parts else ""}{con.compile(table)}')
    return relation(con, name, dict(table.schema()))


def drop(con: Backend, tables: Mapping[str, str]) -> None:
    """Let names go that are needed no more, each with its kind: TABLE or VIEW; those that are not there are left."""
    for name, kind in tables.items():
        con.con.execute(f'DROP {kind} IF EXISTS "{name}"')


def name_of(table: ir.Table) -> str:
    """The name of a table or view in the database."""
    return str(table.op().name)
