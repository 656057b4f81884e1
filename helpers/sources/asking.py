"""Questions to the data, gathered: what stands in one round is put to the engine together.

Whoever counts writes plain code that waits for its answers, ``frame = await asked(table)``. Several such coroutines run
``together``: they go on until each waits for an answer, and all these questions are one round. An engine that keeps
nothing between questions (PostgreSQL, which the audit only reads) answers a round with one statement.
"""

from __future__ import annotations

from collections.abc import Coroutine, Generator, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import pandas as pd
    from ibis.backends.duckdb import Backend

    from helpers.sources.engines import Engine

    Round = Generator[list[ir.Table], list[pd.DataFrame], Any]

T = TypeVar("T")


class _Asked:
    def __init__(self, table: ir.Table) -> None:
        self._table = table

    def __await__(self) -> Round:
        return (yield [self._table])[0]


class _Together:
    def __init__(self, parts: Sequence[Coroutine[Any, Any, Any]]) -> None:
        self._parts = parts

    def __await__(self) -> Round:
        results: list[Any] = [None] * len(self._parts)
        waiting: list[tuple[int, list[ir.Table]]] = []

        def step(number: int, answers: list[pd.DataFrame] | None) -> None:
            try:
                waiting.append((number, self._parts[number].send(answers)))
            except StopIteration as done:
                results[number] = done.value

        for number in range(len(self._parts)):
            step(number, None)
        while waiting:
            asked, waiting = waiting, []
            answers = yield [table for _, tables in asked for table in tables]
            begin = 0
            for number, tables in asked:
                step(number, answers[begin : begin + len(tables)])
                begin += len(tables)
        return results


async def asked(table: ir.Table) -> pd.DataFrame:
    """The rows of a (counted, small) table; see `Engine.frames` for their types."""
    frame: pd.DataFrame = await _Asked(table)
    return frame


async def asked_row(table: ir.Table) -> dict[str, Any]:
    """The only row of an aggregate; values that are not there are None."""
    frame = await asked(table)
    return {str(name): None if value is None or value != value else value for name, value in frame.iloc[0].items()}


async def together(*parts: Coroutine[Any, Any, Any]) -> list[Any]:
    """The results of coroutines whose questions are put in the same rounds."""
    results: list[Any] = await _Together(parts)
    return results


def row_of(con: Backend, table: ir.Table) -> dict[str, Any]:
    """The only row of an aggregate of our own DuckDB as Python values, at once; None where there is none."""
    found = con.con.execute(con.compile(table)).fetchall()
    return dict(zip(table.columns, found[0], strict=True))


def answered(engine: Engine, asking: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine to its end: the engine answers its rounds.

    Raises:
        DataError: the engine failed.
    """
    answers: Any = None
    try:
        while True:
            answers = engine.frames(asking.send(answers))
    except StopIteration as done:
        return done.value  # type: ignore[no-any-return]
    finally:
        asking.close()
