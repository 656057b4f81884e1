"""The samples, the real school and a firm with everything that is odd: every counted table the same on all engines."""

from __future__ import annotations

import os
import shutil
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from folders import make_folder
from needs import needs
from warehouse import (
    LIGHT,
    SAMPLES,
    apart,
    client_folder,
    differences,
    kill_group,
    postgres_server,
    spark_cluster,
    typed_tables,
    write_parquet,
    write_postgres,
)

from helpers.client import read_client
from helpers.errors import DataError
from helpers.facts import Facts, count
from helpers.sources import load
from helpers.sources.loading import Data

postgres, java = needs("postgres"), needs("java")
REAL = Path(os.environ.get("AUDIT_REAL_DATA") or "/nowhere") / "school"
SCHOOL = Path(__file__).parents[1] / "real" / "school"
LOCAL = f"spark://local?{LIGHT}"

ODD = """\
client: Odd
currency: EUR
country: RU
timezone: Europe/Berlin
period: {from: 2026-03-01, to: 2026-04-30}
as_of: 2026-05-11
vat_rate: {2026-01-01: 0.2}
rates: {USD: {2026-01-01: 0.9, 2026-04-01: 0.8}}
left_out: {tests: true, words: [стенд]}
outcomes: {"*": {New: {stage: leads}, Talk: {stage: contacted}, Sold: {outcome: won}, Gone: {outcome: lost}}}
sources:
  - {table: spend, file: exports/ads.csv, vat: included, columns: {from: Day, channel: Source, campaign: Campaign, cost: Cost}}
  - {table: spend, file: exports/posts.csv, vat: excluded, columns: {from: Day, channel: Source, campaign: Campaign, cost: Cost}}
  - {table: leads, file: exports/leads.csv, columns: {lead_id: Id, created_at: Created, first_answer_at: Answer, title: Name,
     channel: Source, campaign: Campaign, term: Term, manager: Owner, stage: Stage, closed_at: Closed, person: Phone}}
  - {table: deals, file: exports/deals.csv, columns: {deal_id: Id, person: Phone, opened_at: Opened, closed_at: Closed,
     stage: Stage, amount: Amount, currency: Money}}
"""  # noqa: E501
FILES = {
    "exports/ads.csv": "Day,Source,Campaign,Cost\n2026-03-02,vk,spring,120.00\n2026-04-02,vk,spring,99.99\n",
    "exports/posts.csv": "Day,Source,Campaign,Cost\n2026-03-05,telegram,posts,50.00\n",
    "exports/leads.csv": """\
        Id,Created,Answer,Name,Source,Campaign,Term,Owner,Stage,Closed,Phone
        L1,2026-03-02 10:00:00,2026-03-02 10:07:30,Окна на дачу,vk,spring,окна,Анна,Sold,2026-03-20 12:00:00,+7 927 000-11-22
        L2,2026-03-03 11:00:00,,Тест,vk,spring,окна,Анна,New,,+7 927 000-11-23
        L3,2026-03-04 12:00:00,2026-03-04 12:30:00,Проверка,стенд,spring,окна,Анна,Talk,,+7 927 000-11-24
        L4,2026-04-05 13:00:00,2026-04-05 12:00:00,Балкон,telegram,{campaign},,Борис,Gone,2026-04-09 09:00:00,8 (927) 000-11-25
        L5,2026-04-06 14:00:00,2026-04-06 15:00:00,Дверь,telegram,posts,ann@example.org,Борис,Talk,,9270001126
        L6,2026-04-07 15:00:00,,Окно,vk,spring,позвонить +7 927 000-11-29,Анна <anna@example.org>,New,,89270001122
        """,  # noqa: E501
    "exports/deals.csv": """\
        Id,Phone,Opened,Closed,Stage,Amount,Money
        D1,8-927-000-11-22,2026-03-02 11:00:00,2026-03-20 12:00:00,Sold,1000.00,USD
        D2,+79270001126,2026-04-07 10:00:00,,Talk,500.50,EUR
        D3,9270001199,2026-04-08 10:00:00,2026-04-20 10:00:00,Sold,70.00,USD
        """,
}


def odd_tables() -> dict[str, pa.Table]:
    """The same rows with types, as a database has them."""
    import csv
    import datetime as dt
    import io
    from decimal import Decimal
    from textwrap import dedent

    moments, days = {"Created", "Answer", "Closed", "Opened"}, {"Day"}
    tables = {}
    for name, text in FILES.items():
        rows = list(csv.DictReader(io.StringIO(dedent(text))))
        columns = {}
        for header in rows[0]:
            cells = [row[header] or None for row in rows]
            if header in moments:
                columns[header] = pa.array([c and dt.datetime.fromisoformat(c) for c in cells], pa.timestamp("us"))
            elif header in days:
                columns[header] = pa.array([c and dt.date.fromisoformat(c) for c in cells], pa.date32())
            elif header in ("Cost", "Amount"):
                columns[header] = pa.array([c and Decimal(c) for c in cells], pa.decimal128(18, 6))
            else:
                columns[header] = pa.array(cells, pa.string())
        tables[Path(name).stem] = pa.table(columns)
    return tables


def odd_there(folder: Path, connection: str, lake: Path | None) -> Path:
    """The odd firm's folder, its tables behind a connection."""
    from ruamel.yaml import YAML

    make_folder(folder / "yml", {"client.yml": ODD})
    given = YAML().load(ODD)["sources"]
    for source in given:
        name = Path(source.pop("file")).stem
        source["connection"] = connection
        source |= {"file": str(lake / name)} if lake else {"relation": f"odd.{name}"}
    return client_folder(folder / "there", folder / "yml", given)


SAID = ("TEST_LEFT_OUT", "VAT_TAKEN_OFF", "MACRO_UNFILLED", "CONTACT_TAKEN_OUT", "CURRENCY_CONVERTED")


def said(data: Data) -> dict[tuple[str, str], int]:
    """Rows by code and table."""
    found: dict[tuple[str, str], int] = {}
    for notice in data.notices:
        if notice.code in SAID:
            place = (str(notice.code), notice.table)
            found[place] = found.get(place, 0) + (notice.rows or 0)
    return found


@dataclass(frozen=True)
class Found:
    """What an engine found."""

    facts: Facts
    said: dict[tuple[str, str], int]
    after: dict[str, tuple[int, Any]]
    reads: dict[str, int]


def found(folder: Path) -> Found:
    with load(read_client(folder)) as data:
        facts = count(data)
    after = {name: (table.rows_after, table.money_after) for name, table in data.ledger.tables.items()}
    return Found(facts, said(data), after, dict(data.engine.reads))


@pytest.fixture(scope="module")
def odd(tmp_path_factory: pytest.TempPathFactory) -> tuple[Found, Path]:
    """As files give it; and the lake."""
    folder = tmp_path_factory.mktemp("odd")
    write_parquet(odd_tables(), folder / "lake")
    return found(make_folder(folder / "files", {"client.yml": ODD, **FILES})), folder / "lake"


def same(there: Found, files: Found) -> None:
    assert differences(there.facts, files.facts) == []
    assert there.said == files.said
    assert set(SAID) == {code for code, _ in there.said}
    assert there.after == files.after


def test_what_is_odd_means_the_same_in_a_lake(odd: tuple[Found, Path], tmp_path: Path) -> None:
    same(found(odd_there(tmp_path, "duckdb://?memory_limit=500MB&threads=1", odd[1])), odd[0])


@postgres
def test_what_is_odd_means_the_same_on_postgresql(odd: tuple[Found, Path], tmp_path: Path) -> None:
    with postgres_server() as place:
        write_postgres(odd_tables(), place, "odd")
        same(found(odd_there(tmp_path, f"postgres://reader@/postgres?host={place}", None)), odd[0])


@java
def test_what_is_odd_means_the_same_on_spark(odd: tuple[Found, Path], tmp_path: Path) -> None:
    there = apart(found, odd_there(tmp_path, LOCAL, odd[1]))
    same(there, odd[0])
    assert set(there.reads.values()) == {1}


def test_spend_with_and_without_vat_needs_a_rate(odd, tmp_path: Path) -> None:
    folder = client_folder(tmp_path, make_folder(tmp_path / "yml", {"client.yml": ODD}), [
        {"table": "spend", "connection": "duckdb://", "file": str(odd[1] / name), "vat": vat,
         "columns": {"from": "Day", "cost": "Cost"}}
        for name, vat in (("ads", "included"), ("posts", "excluded"))
    ], vat_rate={})  # fmt: skip
    with pytest.raises(DataError, match=r"spend with VAT .* cannot be added up"):
        load(read_client(folder))


def given(name: str, tmp_path: Path) -> Path:
    """The folder of a sample or of the real school."""
    if name != "school":
        return SAMPLES / name
    if not REAL.is_dir():
        pytest.skip("AUDIT_REAL_DATA does not hold school/")
    (tmp_path / "school" / "exports").mkdir(parents=True)
    shutil.copy(SCHOOL / "client.yml", tmp_path / "school")
    for path in REAL.iterdir():
        (tmp_path / "school" / "exports" / path.name).symlink_to(path.resolve())
    return tmp_path / "school"


@postgres
@java
@pytest.mark.slow
@pytest.mark.timeout(7200)
@pytest.mark.parametrize("name", ["two-campaigns", "okna-plus", "lumen-saas", "zatyshok", "school"])
def test_every_counted_table_on_three_engines(name: str, tmp_path: Path) -> None:
    folder = given(name, tmp_path)
    tables, data = typed_tables(folder)
    expected = count(data)
    write_parquet(tables, tmp_path / "lake")
    lake = {name: {"table": name, "file": str(tmp_path / "lake" / name)} for name in tables}
    for at, url in enumerate(("duckdb://", LOCAL)):
        sources = [one | {"connection": url} for one in lake.values()]
        there = apart(found, client_folder(tmp_path / str(at), folder, sources))
        assert differences(there.facts, expected) == [], url
        assert set(there.reads.values()) == {1}
    with postgres_server() as place:
        write_postgres(tables, place, "crm")
        url = f"postgres://reader@/postgres?host={place}"
        sources = [{"table": name, "connection": url, "relation": f"crm.{name}"} for name in tables]
        there = found(client_folder(tmp_path / "pg", folder, sources))
        assert differences(there.facts, expected) == []


@java
@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_a_cluster_of_a_master_and_two_workers_and_one_of_them_killed(tmp_path: Path) -> None:
    tables, data = typed_tables("two-campaigns")
    expected = count(data)
    write_parquet(tables, tmp_path / "lake")
    with spark_cluster() as (address, workers):
        url = f"{address}?{LIGHT}&spark.executor.memory=512m"
        sources = [{"table": name, "connection": url, "file": str(tmp_path / "lake" / name)} for name in tables]
        folder = client_folder(tmp_path / "c", "two-campaigns", sources)
        both, one_killed, error = apart(on_cluster, folder, workers)
    assert differences(both, expected) == []
    # What was kept lies with both workers: Spark asks the other one.
    assert differences(one_killed, expected) == []
    assert "Spark" in error


def on_cluster(folder: Path, workers: list[int]) -> tuple[Facts, Facts, str]:
    """Facts of two workers; of the one left while the other is killed; and the error when none is left."""
    with load(read_client(folder)) as data:
        both = count(data)
        context = data.con._session.sparkContext
        # The driver is one of them.
        assert context._jsc.sc().getExecutorMemoryStatus().size() == 3
    with load(read_client(folder)) as data:
        killer = threading.Timer(3, kill_group, [workers[0]])
        killer.start()
        one_killed = count(data)
        killer.join()
    with load(read_client(folder)) as data:
        kill_group(workers[1])
        # No worker is left, and Spark waits for one: whoever runs it stops the session.
        threading.Timer(20, context.stop).start()
        try:
            count(data)
        except DataError as error:
            return both, one_killed, str(error)
    return both, one_killed, "no error"
