"""Where the data live: DuckDB, PostgreSQL or Spark, with the few things that each of them does in its own way.

Expressions above this module use only what Ibis translates with one meaning for all three. The rest is here: what is
kept between questions, hashes, order of texts, clocks of time zones. A client's own database is only read: DuckDB keeps
its tables in its own memory beside the client's file, Spark with its workers, PostgreSQL keeps nothing.
"""

from __future__ import annotations

import re
import weakref
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import ibis
import ibis.expr.datatypes as dtypes
import ibis.expr.operations as ops
import pandas as pd

from helpers.sources.enginefaults import faults
from helpers.sources.narrow import constants

if TYPE_CHECKING:
    import ibis.expr.types as ir
    from ibis.backends.sql import SQLBackend

_READ = re.compile(r"\b(?:FROM|JOIN)\s+([\"`][^\s,()]+)")
"""Where a statement of Ibis names a table: each part of an expression stands in it once."""


class Engine:
    """DuckDB, and what is common to all."""

    name = "duckdb"
    keeps = True
    """What is kept is computed once, not once a statement."""

    def __init__(self, con: SQLBackend, shown: str = "", secrets: Sequence[str] = ()) -> None:
        self.con = con
        self.shown = shown
        """The connection as messages name it: without user, password and options."""
        self.secrets = tuple(secrets)
        """What must never be shown."""
        self.base: Mapping[str, str] = {}
        """The client's own tables, whose reads are counted: name in a statement, see `named` → name in client.yml."""
        self.reads: Counter[str] = Counter()
        """Table of the client, as client.yml names it → how many times it was read."""

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.shown!r})"

    def keep(self, name: str, table: ir.Table) -> ir.Table:
        """The table computed once, where the engine can keep it without writing to the client's database."""
        with faults(self):
            if self.base:
                self._note(self.con.compile(table))
            # A column of nothing takes as much room and time as any other: what is the same in each row is not stored.
            same = constants(table)
            if not same or len(same) == len(table.columns):
                return self.con.create_table(ibis.util.gen_name(name), table)
            stored = self.con.create_table(ibis.util.gen_name(name), table.drop(*same))
            return stored.select(**{column: same.get(column, ibis._[column]) for column in table.columns})

    def forget(self, table: ir.Table) -> None:
        """What was kept is needed no more."""
        (stored,) = table.op().find(ops.DatabaseTable)
        self.con.drop_table(stored.name)

    def frames(self, tables: Sequence[ir.Table]) -> list[pd.DataFrame]:
        """The rows of small tables: decimals become the nearest float, dates and moments ``datetime64[us]``.

        Raises:
            DataError: the engine failed.
        """
        frames = []
        for table in tables:
            with faults(self):
                frames.append(_tidy(self._fetched(table), table.schema()))
        return frames

    def _fetched(self, table: ir.Table) -> pd.DataFrame:
        """Decimals come as text: Ibis would make a Python number of each, which takes longer than the counting."""
        texts = {name: table[name].cast("string") for name, kind in table.schema().items() if kind.is_decimal()}
        frame: pd.DataFrame = (table.mutate(**texts) if texts else table).to_pandas()
        return frame

    def rest(self) -> None:
        """All that is asked has been answered: hold nothing of the client's back; more may be asked later."""

    def close(self) -> None:
        """Let the connection go."""
        self.con.disconnect()

    def hashed(self, text: ir.StringValue) -> ir.StringValue:
        """SHA-256 in hexadecimal digits."""
        return text.hexdigest("sha256")

    def local(self, moment: ir.TimestampValue, zone: str) -> ir.TimestampValue:
        """An instant (with a zone) as local time of ``zone``, without a zone."""
        return local_time(zone, moment)

    def instant(self, moment: ir.TimestampValue, zone: str) -> ir.TimestampValue:
        """Local time of ``zone`` as an instant."""
        return instant_of(zone, moment)

    def ordered(self, text: ir.StringValue) -> ir.StringValue:
        """What orders texts by their code points, as Python does, whatever the database's own order of words is."""
        return text

    def restored(self, text: ir.StringValue) -> ir.StringValue:
        """The text of which `ordered` was made."""
        return text

    def later(self, moment: ir.TimestampValue, seconds: ir.IntegerValue) -> ir.TimestampValue:
        """So many seconds after a moment."""
        return moment + seconds.as_interval("s")

    def stripped(self, text: ir.StringValue) -> ir.StringValue:
        """Without spaces at both ends."""
        return text.strip()

    def filled(self, text: ir.StringValue) -> ir.StringValue:
        """Without spaces at both ends; NULL for nothing."""
        # DuckDB looks at each letter to take spaces away: dear, and nearly no cell of a database has one at an end.
        at_an_end = (text < "!") | (text.right(1).ascii_str() < ord("!"))
        return ibis.ifelse(at_an_end, text.strip().nullif(""), text)

    def pattern(self, expression: str) -> str:
        """A regular expression written for RE2 as this engine writes it."""
        return expression

    def _note(self, statement: str) -> None:
        """Count how often a statement reads each of the client's tables.

        What several parts of a statement use stands in it once, as a common table expression: DuckDB and PostgreSQL
        compute it once, and of Spark only one such table is asked at a time.
        """
        found = (re.sub(r"[\"`]", "", name) for name in _READ.findall(statement))
        self.reads.update(self.base[name] for name in found if name in self.base)


class Postgres(Engine):
    """A database that is only read: nothing is kept, and a round of questions is one statement."""

    name = "postgres"
    keeps = False

    def __init__(self, con: SQLBackend, shown: str = "", secrets: Sequence[str] = ()) -> None:
        super().__init__(con, shown, secrets)
        self._kept: dict[str, tuple[str, frozenset[str]]] = {}
        """Name → statement and the kept ones that it reads itself, each after those."""
        # Whoever forgets to close it, as in a notebook, has it closed with the data.
        self._closed = weakref.finalize(self, con.con.close)

    def keep(self, name: str, table: ir.Table) -> ir.Table:
        """A name for it: each statement that uses it computes it once, as a materialised common table expression."""
        alias = ibis.util.gen_name(name)
        self._kept[alias] = (self.con.compile(table), self._used([table]))
        node = ops.DatabaseTable(name=alias, schema=table.schema(), source=self.con, namespace=ops.Namespace())
        return node.to_expr()

    def _used(self, tables: Sequence[ir.Table]) -> frozenset[str]:
        found = {node.name for table in tables for node in table.op().find(ops.DatabaseTable)}
        return frozenset(found & self._kept.keys())

    def forget(self, table: ir.Table) -> None:
        """Nothing was kept."""

    def frames(self, tables: Sequence[ir.Table]) -> list[pd.DataFrame]:
        """One statement for all: their values as text in one shape, cut apart again."""
        if not tables:
            return []
        width = max(len(table.columns) for table in tables)
        parts = [_as_texts(table, number, width) for number, table in enumerate(tables)]
        every = parts[0] if len(parts) == 1 else ibis.union(*parts)
        with faults(self):
            sql = self._with_kept(self.con.compile(every), self._used([every]))
            self._note(sql)
            with self.con.con.cursor() as cursor, self.con.con.transaction():
                rows = cursor.execute(sql).fetchall()
        taken: list[list[tuple[Any, ...]]] = [[] for _ in tables]
        for number, *values in rows:
            taken[int(number)].append(tuple(values))
        return [
            _tidy(_from_texts(part, table.schema()), table.schema()) for part, table in zip(taken, tables, strict=True)
        ]

    def _with_kept(self, statement: str, used: frozenset[str]) -> str:
        needed: set[str] = set()
        waiting = set(used)
        while waiting:
            name = waiting.pop()
            needed.add(name)
            waiting |= self._kept[name][1] - needed
        if not needed:
            return statement
        parts = ", ".join(f'"{name}" AS MATERIALIZED ({self._kept[name][0]})' for name in self._kept if name in needed)
        return f"WITH {parts} SELECT * FROM ({statement}) AS every"

    def rest(self) -> None:
        """End the transaction: while it lasts, the server may not clean up after others."""
        self.con.con.rollback()

    def close(self) -> None:
        """Let the connection go."""
        self._closed()

    def hashed(self, text: ir.StringValue) -> ir.StringValue:
        """SHA-256 in hexadecimal digits."""
        return _encode(_sha256(_convert_to(text, "UTF8")), "hex")

    def filled(self, text: ir.StringValue) -> ir.StringValue:
        """Without spaces at both ends; NULL for nothing."""
        return self.stripped(text).nullif("")

    def pattern(self, expression: str) -> str:
        """PostgreSQL has other words for letters, ends of words and signs by number."""
        for here, there in ((r"[\pL", "[[:alpha:]"), (r"\pL", "[[:alpha:]]"), (r"\b", r"\y"), (r"\x{a0}", r"\u00a0")):
            expression = expression.replace(here, there)
        return expression

    def ordered(self, text: ir.StringValue) -> ir.StringValue:
        """The bytes of UTF-8 in hexadecimal digits: in every language's order digits come before letters."""
        return _encode(_convert_to(text, "UTF8"), "hex")

    def restored(self, text: ir.StringValue) -> ir.StringValue:
        """The text of which `ordered` was made."""
        return _convert_from(_decode(text, "hex"), "UTF8")


class Spark(Engine):
    """A session of Spark; what is kept stays with its workers."""

    name = "pyspark"

    def __init__(self, con: SQLBackend, shown: str = "", secrets: Sequence[str] = ()) -> None:
        super().__init__(con, shown, secrets)
        self._kept: list[str] = []

    def keep(self, name: str, table: ir.Table) -> ir.Table:
        """Computed now and kept by the workers, in memory and on disk, by two of them where there are two.

        What was only cached would be planned again, all the way from the client's tables, in each question about it.
        """
        from pyspark import StorageLevel

        view = ibis.util.gen_name(name)
        session = self.con._session
        alone = session.sparkContext.master.startswith("local")
        level = StorageLevel.MEMORY_AND_DISK if alone else StorageLevel.MEMORY_AND_DISK_2
        with faults(self):
            sql = self.con.compile(table)
            self._note(sql)
            frame = session.sql(sql).localCheckpoint(storageLevel=level)
            frame.createOrReplaceTempView(view)
            self._kept.append(view)
            return self.con.table(view)

    def forget(self, table: ir.Table) -> None:
        """Spark frees what nothing names any more."""
        self.con._session.catalog.dropTempView(table.op().name)
        self._kept.remove(table.op().name)

    def _fetched(self, table: ir.Table) -> pd.DataFrame:
        """As texts: what PySpark makes of types leans on ways of pandas that are going."""
        rows = self.con._session.sql(self.con.compile(_as_texts(table, 0, 0))).collect()
        return _from_texts([tuple(row)[1:] for row in rows], table.schema())

    def close(self) -> None:
        """Free what was kept; the session is left to whoever made it."""
        for view in self._kept:
            self.con._session.catalog.dropTempView(view)
        self._kept.clear()

    def local(self, moment: ir.TimestampValue, zone: str) -> ir.TimestampValue:
        """An instant (with a zone) as local time of ``zone``, without a zone."""
        return _convert_timezone("UTC", zone, moment.cast("timestamp"))

    def instant(self, moment: ir.TimestampValue, zone: str) -> ir.TimestampValue:
        """Local time of ``zone`` as an instant (by the clock of UTC)."""
        return _convert_timezone(zone, "UTC", moment)

    def later(self, moment: ir.TimestampValue, seconds: ir.IntegerValue) -> ir.TimestampValue:
        """So many seconds after a moment."""
        return moment + _make_interval(0, 0, 0, seconds)

    def stripped(self, text: ir.StringValue) -> ir.StringValue:
        """Without spaces at both ends."""
        # Ibis names the vertical tab too, as a letter v after a backslash: Spark takes the letter away.
        return _btrim(text, " \t\n\r")

    def filled(self, text: ir.StringValue) -> ir.StringValue:
        """Without spaces at both ends; NULL for nothing."""
        return self.stripped(text).nullif("")


def named(node: ops.DatabaseTable) -> str:
    """A table as statements name it, without quotes."""
    space = node.namespace
    return ".".join(part for part in (space.catalog, space.database, node.name) if part)


def inline(rows: Sequence[Sequence[int]], names: Sequence[str]) -> ir.Table:
    """A small table of whole numbers inside the statement itself: nothing is written anywhere."""
    text = ";".join(",".join(map(str, row)) for row in rows)
    lines = ibis.literal(text).split(";").unnest().name("line").as_table()
    return lines.select(**{name: lines.line.split(",")[at].cast("int64") for at, name in enumerate(names)})


def without(table: ir.Table, column: str, ids: ir.Column) -> ir.Table:
    """The rows whose value is none of ``ids`` (which do not repeat); NULL is none of them."""
    # An anti-join, which Ibis writes for PostgreSQL in words that it does not know.
    known = ids.name("_known").as_table()
    joined = table.left_join(known, [table[column] == known["_known"]])
    return joined.filter(joined["_known"].isnull()).drop("_known")


def _as_texts(table: ir.Table, number: int, width: int) -> ir.Table:
    values: dict[str, ir.Value] = {"_q": ibis.literal(number, "int32")}
    for at, (name, dtype) in enumerate(table.schema().items()):
        value = table[name]
        values[f"_{at}"] = value if dtype.is_string() else value.cast("string")
    values |= {f"_{at}": ibis.null("string") for at in range(len(table.columns), width)}
    return table.select(**values)


def _from_texts(rows: list[tuple[Any, ...]], schema: ibis.Schema) -> pd.DataFrame:
    columns: dict[str, pd.Series] = {}
    for at, (name, dtype) in enumerate(schema.items()):
        texts = pd.Series([row[at] for row in rows], dtype=object)
        columns[name] = _read_texts(texts, dtype)
    return pd.DataFrame(columns)


def _read_texts(texts: pd.Series, dtype: dtypes.DataType) -> pd.Series:
    whole = texts.notna().all()
    if dtype.is_string():
        return texts.astype("str")
    if dtype.is_integer():
        return texts.map(int).astype("int64") if whole else texts.astype("float64")
    if dtype.is_boolean():
        known = texts.map({"true": True, "false": False, "t": True, "f": False})
        return known.astype("bool") if whole else known.where(texts.notna(), None)
    if dtype.is_temporal():
        # PostgreSQL makes an instant (of UTC) of a date that it truncates.
        return pd.to_datetime(texts, format="ISO8601", utc=True).dt.tz_localize(None).astype("datetime64[us]")
    return texts.astype("float64")


def _tidy(frame: pd.DataFrame, schema: ibis.Schema) -> pd.DataFrame:
    """The same types from every engine."""
    for name, column in frame.items():
        if schema[name].is_decimal():
            frame[name] = column.astype("float64")
        elif pd.api.types.is_datetime64_any_dtype(column.dtype):
            frame[name] = column.astype("datetime64[us]")
        elif pd.api.types.is_integer_dtype(column.dtype):
            frame[name] = column.astype("int64")
    return frame


# Functions of the engines themselves, which Ibis does not name or names otherwise.


@ibis.udf.scalar.builtin(name="timezone")  # type: ignore[untyped-decorator]
def local_time(zone: str, moment: dtypes.Timestamp(timezone="UTC")) -> dtypes.timestamp:  # type: ignore[valid-type]
    """DuckDB's and PostgreSQL's: an instant as local time."""


@ibis.udf.scalar.builtin(name="timezone")  # type: ignore[untyped-decorator]
def instant_of(zone: str, moment: dtypes.timestamp) -> dtypes.Timestamp(timezone="UTC"):  # type: ignore[valid-type]
    """DuckDB's and PostgreSQL's: local time as an instant."""


@ibis.udf.scalar.builtin(name="convert_timezone")  # type: ignore[untyped-decorator]
def _convert_timezone(source: str, target: str, moment: dtypes.timestamp) -> dtypes.timestamp:
    """Spark's."""


@ibis.udf.scalar.builtin(name="btrim")  # type: ignore[untyped-decorator]
def _btrim(text: str, signs: str) -> str:  # type: ignore[empty-body]
    """Spark's: without these signs at both ends."""


@ibis.udf.scalar.builtin(name="make_dt_interval")  # type: ignore[untyped-decorator]
def _make_interval(days: int, hours: int, minutes: int, seconds: int) -> dtypes.Interval("s"):  # type: ignore[valid-type]
    """Spark's."""


@ibis.udf.scalar.builtin(name="convert_to")  # type: ignore[untyped-decorator]
def _convert_to(text: str, encoding: str) -> dtypes.binary:
    """PostgreSQL's: bytes of a text."""


@ibis.udf.scalar.builtin(name="convert_from")  # type: ignore[untyped-decorator]
def _convert_from(data: dtypes.binary, encoding: str) -> str:  # type: ignore[empty-body]
    """PostgreSQL's: text of bytes."""


@ibis.udf.scalar.builtin(name="encode")  # type: ignore[untyped-decorator]
def _encode(data: dtypes.binary, form: str) -> str:  # type: ignore[empty-body]
    """PostgreSQL's: bytes as text."""


@ibis.udf.scalar.builtin(name="decode")  # type: ignore[untyped-decorator]
def _decode(text: str, form: str) -> dtypes.binary:
    """PostgreSQL's: text as bytes."""


@ibis.udf.scalar.builtin(name="sha256")  # type: ignore[untyped-decorator]
def _sha256(data: dtypes.binary) -> dtypes.binary:
    """PostgreSQL's."""
