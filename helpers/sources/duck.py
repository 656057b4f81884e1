"""Ibis's DuckDB without what it asks twice: a client's files make hundreds of small statements, each of which would
cost more in Python than in the database."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import duckdb
import ibis
import ibis.common.exceptions
import ibis.expr.datatypes as dtypes
import ibis.expr.operations as ops
import ibis.expr.types as ir
from ibis.backends.duckdb import Backend


class Duck(Backend):  # type: ignore[misc]
    """A database of our own in memory: tables and views have the types and names that Ibis's own have."""

    def create_table(self, name: str, /, obj: Any = None, **more: Any) -> ir.Table:
        """As Ibis does it, its statements written without a parser; the types of its columns are known, not asked."""
        if more or not isinstance(obj, ir.Table) or obj.schema().null_fields:
            return super().create_table(name, obj, **more)
        self._run_pre_execute_hooks(obj)
        schema, (path, space) = obj.schema(), self._place(name)
        columns = {column: _column(dtype) for column, dtype in schema.items()}
        query = self.compile(obj)
        self.con.execute(f"CREATE TABLE {path} ({', '.join(f'{_quoted(c)} {sql}' for c, (sql, _) in columns.items())})")
        self.con.execute(f"INSERT INTO {path} ({', '.join(map(_quoted, columns))}) {query}").fetchall()
        made = ibis.schema({column: dtype for column, (_, dtype) in columns.items()})
        return ops.DatabaseTable(name, schema=made, source=self, namespace=space).to_expr()

    def create_view(self, name: str, /, obj: ir.Table, **more: Any) -> ir.Table:
        """As Ibis does it."""
        if more:
            return super().create_view(name, obj, **more)
        self._register_in_memory_tables(obj)
        path, space = self._place(name)
        self.con.execute(f"CREATE VIEW {path} AS {self.compile(obj)}")
        return self.table(name, database=(space.catalog, space.database))

    def get_schema(self, table_name: str, *, catalog: str | None = None, database: str | None = None) -> ibis.Schema:
        """Columns of a table or view.

        Raises:
            TableNotFound: there is none of that name.
        """
        path = ".".join(_quoted(part) for part in (catalog, database, table_name) if part)
        try:
            rows = self.con.execute(f"DESCRIBE {path}").fetchall()
        except duckdb.CatalogException:
            raise ibis.common.exceptions.TableNotFound(table_name) from None
        return ibis.schema({name: _described(kind, null == "YES") for name, kind, null, *_ in rows})

    def _place(self, name: str) -> tuple[str, ops.Namespace]:
        catalog, database = self.con.execute("SELECT current_database(), current_schema()").fetchall()[0]
        path = ".".join(_quoted(part) for part in (catalog, database, name))
        return path, ops.Namespace(catalog=catalog, database=database)


def connected() -> Duck:
    """A new database in memory."""
    con = Duck()
    con.do_connect()
    return con


def row_of(con: Backend, table: ir.Table) -> dict[str, Any]:
    """The only row of an aggregate as Python values; None where there is none."""
    found = con.con.execute(con.compile(table)).fetchall()
    return dict(zip(table.columns, found[0], strict=True))


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


@lru_cache(maxsize=512)
def _described(kind: str, nullable: bool) -> dtypes.DataType:
    return Duck.compiler.type_mapper.from_string(kind, nullable=nullable)


@lru_cache(maxsize=512)
def _column(dtype: dtypes.DataType) -> tuple[str, dtypes.DataType]:
    """How a column of the type is declared, and the type that the database then says it has."""
    kind = Duck.compiler.type_mapper.from_ibis(dtype).sql("duckdb")
    return (kind if dtype.nullable else f"{kind} NOT NULL"), _described(kind, dtype.nullable)
