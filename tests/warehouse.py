"""A sample company's clean tables in a database of its own: DuckDB, PostgreSQL (started for the test) and Parquet."""

from __future__ import annotations

import dataclasses
import multiprocessing
import os
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import ibis
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from needs import find
from ruamel.yaml import YAML

from helpers.client import read_client
from helpers.facts import Facts
from helpers.sources import loading
from helpers.sources.survey import MACRO_COLUMNS

SAMPLES = Path(__file__).parents[1] / "data_samples"
POSTGRES_TYPES = {
    "string": "text", "large_string": "text", "double": "double precision", "bool": "boolean",
    "timestamp[us]": "timestamp", "date32[day]": "date", "decimal128(18, 6)": "numeric(18, 6)",
}  # fmt: skip


def typed_tables(sample: str | Path) -> tuple[dict[str, pa.Table], loading.Data]:
    """The typed tables of a sample, or of a client's folder, before stages get their meaning; its data as of files."""
    taken: dict[str, pa.Table] = {}
    real = loading._resolve

    def spy(con: Any, client: Any, tables: Any, *rest: Any) -> None:
        for name, table in tables.items():
            if name == "leads":
                # A template that the advertising system left unfilled is gone from these; a database still has it.
                torn = {at: ibis.ifelse(table.unfilled, table[at].fill_null("{x}"), table[at]) for at in MACRO_COLUMNS}
                table = table.mutate(**torn).drop("unfilled")
            taken[name] = table.drop("_file", "_row").to_pyarrow()
        real(con, client, tables, *rest)

    loading._resolve = spy
    try:
        data = loading.load(read_client(SAMPLES / sample))
    finally:
        loading._resolve = real
    return taken, data


def write_parquet(tables: Mapping[str, pa.Table], folder: Path) -> None:
    for name, table in tables.items():
        (folder / name).mkdir(parents=True)
        pq.write_table(table, folder / name / "part.parquet")


def client_folder(path: Path, sample: str | Path, sources: list[dict[str, Any]], **more: Any) -> Path:
    """The client.yml of a sample, or of another folder, with other sources."""
    yaml = YAML()
    # A wrapped key of several words is no YAML any more.
    yaml.width = 10_000
    text = yaml.load((SAMPLES / sample / "client.yml").read_text(encoding="utf-8"))
    text["sources"] = sources
    text.update(more)
    path.mkdir(parents=True, exist_ok=True)
    with (path / "client.yml").open("w", encoding="utf-8") as file:
        yaml.dump(text, file)
    return path


@contextmanager
def postgres_server() -> Iterator[Path]:
    """A server of its own on a socket in a temporary folder; gives the folder. Its owner is "owner"."""
    programs = Path(str(find("postgres"))).parent
    # The server refuses to run as root; a socket's path must be short.
    user = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    with tempfile.TemporaryDirectory(prefix="pg-", dir="/tmp") as name:
        place = Path(name)
        if user:
            subprocess.run(["chown", "postgres", name], check=True)
        init = ["initdb", "-D", f"{name}/data", "-U", "owner", "-A", "trust", "--no-sync", "--locale=C.UTF-8", "-EUTF8"]
        subprocess.run([*user, programs / init[0], *init[1:]], check=True, capture_output=True)
        (rules := place / "data" / "pg_hba.conf").write_text(
            "local all owner trust\nlocal all reader trust\nlocal all all scram-sha-256\n", encoding="ascii"
        )
        assert rules.is_file()
        options = f"-k {name} -c listen_addresses= -c fsync=off"
        control = [*user, programs / "pg_ctl", "-D", f"{name}/data", "-w"]
        subprocess.run([*control, "-o", options, "-l", f"{name}/log", "start"], check=True, capture_output=True)
        try:
            yield place
        finally:
            subprocess.run([*control, "-m", "immediate", "stop"], check=True, capture_output=True)


def write_postgres(tables: Mapping[str, pa.Table], place: Path, schema: str) -> None:
    """Tables of a schema that the role "reader" may only SELECT from."""
    import psycopg

    with psycopg.connect(host=str(place), user="owner", dbname="postgres", autocommit=True) as con:
        con.execute("DO $$ BEGIN CREATE ROLE reader LOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$")
        con.execute(f"CREATE SCHEMA {schema}; GRANT USAGE ON SCHEMA {schema} TO reader")
        for name, table in tables.items():
            columns = ", ".join(f'"{field.name}" {POSTGRES_TYPES[str(field.type)]}' for field in table.schema)
            con.execute(f"CREATE TABLE {schema}.{name} ({columns}); GRANT SELECT ON {schema}.{name} TO reader")
            with con.cursor().copy(f"COPY {schema}.{name} FROM STDIN") as copy:
                for row in zip(*(column.to_pylist() for column in table.columns), strict=True):
                    copy.write_row(row)


LIGHT = (
    "spark.sql.shuffle.partitions=1&spark.sql.adaptive.enabled=false&spark.default.parallelism=1"
    "&spark.sql.codegen.wholeStage=false&spark.sql.codegen.factoryMode=NO_CODEGEN"
    "&spark.driver.extraJavaOptions=-XX:TieredStopAtLevel=1%20-XX:%2BUseSerialGC"
)
"""Settings of Spark for a few rows: what it does to be fast with many takes longer than the counting."""


@contextmanager
def spark_cluster(workers: int = 2) -> Iterator[tuple[str, list[int]]]:
    """A stand-alone cluster on loopback, a core a worker: its address as client.yml names it, and its workers, each a
    group of processes: an executor is killed with its worker."""
    import pyspark

    home = Path(pyspark.__file__).parent
    with tempfile.TemporaryDirectory(prefix="spark-") as name, socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
        free.close()
        own = {"SPARK_HOME": str(home), "SPARK_LOCAL_IP": "127.0.0.1", "SPARK_NO_DAEMONIZE": "1"}
        environment = os.environ | own | {"SPARK_LOG_DIR": name, "SPARK_WORKER_DIR": name, "SPARK_LOCAL_DIRS": name}
        deploy, address = "org.apache.spark.deploy", f"spark://127.0.0.1:{port}"

        def start(kind: str, *arguments: str) -> subprocess.Popen:
            command = [str(home / "bin" / "spark-class"), f"{deploy}.{kind}", "--host", "127.0.0.1", *arguments]
            return subprocess.Popen(
                command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
            )

        running = [start("master.Master", "--port", str(port), "--webui-port", "0")]
        try:
            until = time.monotonic() + 60
            while not _listens(port) and time.monotonic() < until:
                time.sleep(0.5)
            for _ in range(workers):
                running.append(start("worker.Worker", "--cores", "1", "--memory", "1g", "--webui-port", "0", address))
            yield address, [process.pid for process in running[1:]]
        finally:
            for process in running:
                kill_group(process.pid)
                process.wait()


def _listens(port: int) -> bool:
    with socket.socket() as one:
        return not one.connect_ex(("127.0.0.1", port))


def kill_group(leader: int) -> None:
    """A process of ours with all that it started."""
    with suppress(ProcessLookupError):
        os.killpg(leader, signal.SIGKILL)


def apart(work: Callable[..., Any], *arguments: Any) -> Any:
    """What ``work`` returns in a process of its own: a session of Spark goes with it, and its open sockets."""
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        return pool.submit(work, *arguments).result()


def flat(facts: Any, before: str = "") -> Iterator[tuple[str, Any]]:
    for one in dataclasses.fields(facts):
        value = getattr(facts, one.name)
        if dataclasses.is_dataclass(value) and not isinstance(value, type):
            yield from flat(value, f"{before}{one.name}.")
        else:
            yield before + one.name, value


def differences(one: Facts, other: Facts) -> list[str]:
    """Names of what two counts hold differently, to the last bit."""
    found = []
    for (name, here), (_, there) in zip(flat(one), flat(other), strict=True):
        if isinstance(here, pd.DataFrame):
            try:
                pd.testing.assert_frame_equal(here, there, check_exact=True)
            except AssertionError as error:
                found.append(f"{name}: {error}")
        elif here != there and repr(here) != repr(there):
            found.append(f"{name}: {here} / {there}")
    return found
