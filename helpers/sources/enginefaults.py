"""What a database says when something fails → one line for the user: no secret, no cell of the data, no stack."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from helpers.errors import AuditError, DataError, Problem

if TYPE_CHECKING:
    from helpers.sources.engines import Engine

# SQLSTATE, the standard's and PostgreSQL's: the first that fits.
_STATES = (
    ("28", "the user or the password is wrong", "check the connection and its environment variables"),
    ("3D", "there is no such database", "check the connection"),
    ("42501", "the user may not read {name}", "grant SELECT on it"),
    ("42P01", "there is no table {name}", "check relation"),
    ("42703", "a column has gone since the audit began", "run it again"),
    ("25006", "the audit tried to write", "this is a fault of the toolkit, please report it"),
    ("22", "a value does not fit the type of its column", "correct the view, or cast it there"),
    ("57014", "the database stopped the question (time limit)", "raise its time limit, or ask at another time"),
    ("53", "the database has no room or memory left", "ask whoever runs it"),
    ("57", "the connection was closed by the database", "run the audit again when it is up"),
    ("08", "the connection was cut", "run the audit again when the database can be reached"),
)
_SPARK = (
    ("TABLE_OR_VIEW_NOT_FOUND", "there is no table or view of that name", "check relation"),
    ("PATH_NOT_FOUND", "there is no such folder or file", "check file"),
    ("UNABLE_TO_INFER_SCHEMA", "the folder holds no Parquet file", "check file"),
    ("FAILED_READ_FILE", "a file cannot be read", "write it again"),
    ("CAST_INVALID_INPUT", "a value does not fit the type of its column", "correct the view, or cast it there"),
    ("UNRESOLVED_COLUMN", "a column has gone since the audit began", "run it again"),
    ("ARITHMETIC_OVERFLOW", "a number is too large", "correct the view"),
)


@contextmanager
def faults(engine: Engine) -> Iterator[None]:
    """Everything that an engine raises as one DataError."""
    with named_faults(engine.shown, engine.secrets):
        yield


@contextmanager
def named_faults(shown: str, secrets: tuple[str, ...]) -> Iterator[None]:
    """The same, for a connection that is only being made."""
    try:
        yield
    except AuditError:
        raise
    except Exception as error:
        problem = _problem(error, shown, secrets)
        if problem is None:
            raise
        # The driver's own error may hold cells or the connection: it goes no further.
        raise DataError([problem]) from None


def _problem(error: Exception, shown: str, secrets: tuple[str, ...]) -> Problem | None:
    """None: not an error of a database."""
    module = type(error).__module__.partition(".")[0]
    if module == "psycopg":
        return _of_postgres(error, shown)
    if module in ("pyspark", "py4j"):
        return _of_spark(error, shown)
    if module in ("duckdb", "_duckdb") and shown:
        first = _masked((str(error).splitlines() or [""])[0][:200], secrets)
        kind = "a value does not fit" if "Conversion" in type(error).__name__ else "DuckDB could not read it"
        return Problem(
            f"{kind} ({type(error).__name__}{'' if kind.startswith('a value') else ': ' + first})", "", shown
        )
    return None


def _of_postgres(error: Exception, shown: str) -> Problem:
    text = str(error)
    state = getattr(error, "sqlstate", None) or ""
    if not state:
        # Before a connection stands there is no state, only the server's words.
        if "authentication failed" in text or "no password supplied" in text:
            state = "28"
        elif re.search(r'database "[^"]*" does not exist', text):
            state = "3D"
        elif "closed" in text or "terminating" in text or "lost" in text:
            state = "08"
        else:
            return Problem("the database cannot be reached", "check host and port, and that it is up", shown)
    named = re.search(r'(?:table|view|relation|schema|sequence) "?([\w. -]+)"?', text)
    for begins, what, todo in _STATES:
        if state.startswith(begins):
            return Problem(what.format(name=named[1].strip() if named else "a table"), todo, shown)
    return Problem(f"PostgreSQL refused ({type(error).__name__}, SQLSTATE {state})", "ask whoever runs it", shown)


def _of_spark(error: Exception, shown: str) -> Problem:
    condition = getattr(error, "getCondition", getattr(error, "getErrorClass", lambda: ""))() or ""
    text = str(error)
    for name, what, todo in _SPARK:
        if name in condition or name in text[:2000]:
            return Problem(what, todo, shown)
    if "Checkpoint block" in text or "ExecutorLostFailure" in text or "FetchFailed" in text:
        return Problem("Spark has lost a worker, and what it had counted with it", "run the audit again", shown)
    if "Connection refused" in text or "unresponsive" in text or "stopped SparkContext" in text or "Answer" in text:
        return Problem("Spark cannot be reached or has stopped", "check the master's address, and that it is up", shown)
    return Problem(f"Spark failed ({condition or type(error).__name__})", "see its own log", shown)


def _masked(text: str, secrets: tuple[str, ...]) -> str:
    for secret in secrets:
        text = text.replace(secret, "***")
    return text
