"""Connections of client.yml: ``duckdb:///srv/crm.duckdb``, ``postgres://reader:${CRM_PASSWORD}@host/crm``, ``spark://host:7077``.

A password never stands in client.yml: ``${NAME}`` is taken from the environment, else from the keyring (service
"audit"). What is shown of a connection is its kind, host and database.
"""

from __future__ import annotations

import os
import re
import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, unquote, urlsplit

from helpers.errors import DataError, Problem

if TYPE_CHECKING:
    from helpers.sources.engines import Engine

SCHEMES = ("duckdb", "postgres", "spark")
KEYRING = "audit"
SESSION = "-c jit=off -c enable_nestloop=off"
"""PostgreSQL would spend a minute on translating a statement of sixty counted tables, to save a second; and of what a
statement itself has counted it knows no size, so that it joins row by row where it must not."""
DUCKDB_OPTIONS = ("memory_limit", "temp_directory", "threads")
"""What a connection to DuckDB may say behind a question mark: ``duckdb:///lake.duckdb?memory_limit=2GB``."""
SECONDS = 15
"""To wait for a database that does not answer."""
_NAME = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")
_SECRET = re.compile(r"pass|pwd|token|secret|key", re.IGNORECASE)


@dataclass(frozen=True)
class Address:
    """A connection with its secrets filled in; they are not in its repr."""

    scheme: str
    host: str
    port: int | None
    path: str
    user: str = ""
    password: str = field(default="", repr=False)
    options: dict[str, str] = field(default_factory=dict, repr=False)

    @property
    def shown(self) -> str:
        """Kind, host and database."""
        port = f":{self.port}" if self.port else ""
        return f"{self.scheme}://{self.host}{port}{self.path}"

    @property
    def secrets(self) -> tuple[str, ...]:
        """What must never be shown."""
        named = [value for name, value in self.options.items() if _SECRET.search(name)]
        return tuple(text for text in (self.password, *named) if text)


def literal_secret(url: str) -> str:
    """What in a connection of client.yml looks like a secret written out ("password", an option's name), or ""."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    if parts.password and not _NAME.fullmatch(parts.password):
        return "password"
    for name, value in parse_qsl(parts.query):
        if _SECRET.search(name) and not _NAME.fullmatch(value):
            return name
    return ""


def scheme_of(url: str) -> str:
    """'duckdb', 'postgres' or 'spark'; "" where only the environment knows, None-like "?" for another."""
    if _NAME.fullmatch(url):
        return ""
    scheme = url.partition("://")[0].lower().replace("postgresql", "postgres")
    return scheme if scheme in SCHEMES else "?"


def address(url: str) -> Address:
    """The connection with its variables filled in.

    Raises:
        DataError: a variable is nowhere to be found, or it is no connection.
    """
    whole = _NAME.fullmatch(url)
    text = _value(whole[1]) if whole else url
    fill = (lambda part: part) if whole else _filled
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        raise DataError([_unknown()]) from None
    scheme = parts.scheme.lower().replace("postgresql", "postgres")
    if scheme not in SCHEMES:
        raise DataError([_unknown()])
    # Filled in after the text is cut: a password may hold any sign.
    return Address(
        scheme,
        fill(_host(parts.netloc)) if scheme == "duckdb" else fill(parts.hostname or ""),
        port,
        fill(unquote(parts.path)),
        fill(unquote(parts.username or "")),
        fill(unquote(parts.password or "")),
        {name: fill(value) for name, value in parse_qsl(parts.query)},
    )


def _host(netloc: str) -> str:
    # A file's name keeps its capitals.
    return netloc.rpartition("@")[2]


def _unknown() -> Problem:
    return Problem(
        "connection is no address of a database",
        "write duckdb:///path, postgres://user:${NAME}@host/database or spark://host:7077",
        "client.yml",
        key="connection",
    )


def _filled(text: str) -> str:
    return _NAME.sub(lambda found: _value(found[1]), text)


def _value(name: str) -> str:
    value = os.environ.get(name) or _of_keyring(name)
    if not value:
        todo = f"export {name}=..., or `keyring set {KEYRING} {name}`"
        raise DataError([Problem(f"the environment variable {name} is not set", todo, "client.yml", key="connection")])
    return value


def _of_keyring(name: str) -> str:
    try:
        import keyring  # type: ignore[import-not-found, unused-ignore]
    except ImportError:
        return ""
    try:
        return keyring.get_password(KEYRING, name) or ""
    except Exception:  # a locked or missing keyring is a variable that is not set
        return ""


def opened(url: str, folder: Path) -> Engine:
    """A session that only reads.

    Raises:
        DataError: the database cannot be reached, refuses the user, or the extra for it is not installed.
    """
    from helpers.sources.enginefaults import named_faults

    place = address(url)
    with named_faults(place.shown, place.secrets):
        match place.scheme:
            case "duckdb":
                return _duckdb(place, folder)
            case "postgres":
                return _postgres(place)
            case _:
                return _spark(place)


def _missing(extra: str, package: str) -> DataError:
    todo = f'python -m pip install "alignment-audit[{extra}]"'
    return DataError([Problem(f"this client needs {package}, which is not installed", todo, "client.yml")])


def _duckdb(place: Address, folder: Path) -> Engine:
    """The client's file is attached read-only to a database of our own in memory, where tables are kept."""
    from helpers.sources.csvfile import quoted
    from helpers.sources.engines import Engine
    from helpers.sources.loading import connect

    con = connect()
    for option, value in place.options.items():
        if option not in DUCKDB_OPTIONS:
            what = f"the option {option} is not known; known are {', '.join(DUCKDB_OPTIONS)}"
            raise DataError([Problem(what, "correct the connection", place.shown)])
        con.raw_sql(f"SET {option} = {quoted(value)}")
    # Nothing here hangs on the order of rows, and keeping it costs memory.
    con.raw_sql("SET preserve_insertion_order = false")
    name = place.host + place.path
    if name:
        path = Path(name) if name.startswith("/") else folder / name
        if not path.is_file():
            raise DataError([Problem("there is no such file", "check the connection", place.shown)])
        con.raw_sql(f"ATTACH {quoted(str(path))} AS client (READ_ONLY)")
    return Engine(con, place.shown, place.secrets)


def _postgres(place: Address) -> Engine:
    """One read-only transaction that sees the data as of its beginning, however long the audit takes."""
    import ibis

    from helpers.sources.engines import Postgres

    try:
        import psycopg
    except ImportError:
        raise _missing("postgres", "psycopg") from None
    given = {name: value for name, value in place.options.items() if name not in ("options", "password", "user")}
    told = {"host": place.host, "port": place.port, "user": place.user, "password": place.password}
    told |= {"dbname": place.path.strip("/"), "password": place.password or place.options.get("password", "")}
    arguments: dict[str, Any] = {name: value for name, value in told.items() if value}
    con = psycopg.connect(
        **{"connect_timeout": str(SECONDS), "application_name": "audit", "options": SESSION, **given, **arguments}
    )
    con.read_only = True
    con.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
    con.execute("SELECT 1")
    if con.execute("SELECT lower('Ж')").fetchone() != ("ж",):
        con.close()
        what = "the database does not know small and capital letters of other alphabets (its locale is C)"
        raise DataError([Problem(what, "let it be copied into a database with the locale C.UTF-8", place.shown)])
    return Postgres(ibis.postgres.from_connection(con), place.shown, place.secrets)


def _spark(place: Address) -> Engine:
    import ibis

    from helpers.sources.engines import Spark

    try:
        from pyspark.sql import SparkSession
    except ImportError:
        raise _missing("spark", "pyspark") from None
    if not (os.environ.get("JAVA_HOME") or shutil.which("java")):
        raise DataError([Problem("Spark needs Java, which is not installed", "install a JRE 17 or 21", place.shown)])
    master = "local[*]" if place.host == "local" else f"spark://{place.host}:{place.port or 7077}"
    session = SparkSession.getActiveSession()
    if session is not None and session.sparkContext.master != master:
        session.stop()
    builder = SparkSession.builder.master(master).appName("audit")
    settings = {
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.sql.session.timeZone": "UTC",
        "spark.sql.ansi.enabled": "true",
        **{name: value for name, value in place.options.items() if name.startswith("spark.")},
    }
    for name, value in settings.items():
        builder = builder.config(name, value)
    session = builder.getOrCreate()
    session.sparkContext.setLogLevel("OFF")
    return Spark(ibis.pyspark.connect(session), place.shown, place.secrets)
