"""A client whose tables stay in his own database: the same facts, only reading, one clear error for each fault."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from needs import needs
from typer.testing import CliRunner
from warehouse import client_folder, differences, postgres_server, typed_tables, write_parquet, write_postgres

from helpers.cli import app, main
from helpers.client import read_client
from helpers.errors import AuditError, ClientFileError, DataError
from helpers.facts import Facts, count
from helpers.sources import load

SAMPLE = "two-campaigns"
postgres = needs("postgres")


@pytest.fixture(scope="module")
def sample() -> tuple[dict[str, pa.Table], Facts]:
    tables, data = typed_tables(SAMPLE)
    return tables, count(data)


@pytest.fixture(scope="module")
def server(sample: tuple[dict[str, pa.Table], Facts]) -> Any:
    with postgres_server() as place:
        write_postgres(sample[0], place, "crm")
        yield place


def sources(tables: dict[str, pa.Table], url: str, **more: Any) -> list[dict[str, Any]]:
    return [{"table": name, "connection": url, "relation": f"crm.{name}"} | more for name in tables]


def test_duckdb_gives_the_same_facts_and_its_file_stays_as_it_was(sample, tmp_path: Path) -> None:
    import duckdb

    tables, expected = sample
    path = tmp_path / "warehouse.duckdb"
    with duckdb.connect(str(path)) as con:
        con.execute("CREATE SCHEMA crm")
        for name, table in tables.items():
            con.register("given", table)
            con.execute(f"CREATE TABLE crm.{name} AS SELECT * FROM given")
            con.unregister("given")
    before = path.read_bytes()
    data = load(read_client(client_folder(tmp_path / "c", SAMPLE, sources(tables, f"duckdb://{path}"))))
    assert differences(count(data), expected) == []
    data.engine.close()
    assert path.read_bytes() == before


def test_parquet_folders_that_duckdb_reads_itself(sample, tmp_path: Path) -> None:
    tables, expected = sample
    write_parquet(tables, tmp_path / "c" / "lake")
    given = [{"table": name, "connection": "duckdb://", "file": f"lake/{name}"} for name in tables]
    assert differences(count(load(read_client(client_folder(tmp_path / "c", SAMPLE, given)))), expected) == []


@postgres
def test_postgresql_gives_the_same_facts_to_a_role_that_may_only_select(sample, server: Path, tmp_path: Path) -> None:
    import psycopg

    tables, expected = sample
    url = f"postgres://reader@/postgres?host={server}"
    data = load(read_client(client_folder(tmp_path, SAMPLE, sources(tables, url))))
    assert set(data.engine.reads.values()) == {1}
    assert differences(count(data), expected) == []
    # Once to decide, once for the facts and all that is said of rows.
    assert "PERIOD_ROWS" in {notice.code for notice in data.notices}
    assert data.engine.reads == {f"crm.{name}": 2 for name in tables}
    with pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
        data.con.con.execute("CREATE TEMP TABLE mine (n int)")
    data.engine.close()
    with psycopg.connect(host=str(server), user="owner", dbname="postgres") as con:
        made = con.execute(
            "SELECT relname FROM pg_class JOIN pg_namespace n ON n.oid = relnamespace "
            "WHERE relkind IN ('r', 'v', 'm') AND nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')"
        ).fetchall()
    assert {name for (name,) in made} == set(tables)


def test_explain_says_how_often_each_table_is_read(sample, tmp_path: Path) -> None:
    tables, _ = sample
    write_parquet(tables, tmp_path / "lake")
    given = [{"table": name, "connection": "duckdb://", "file": f"lake/{name}"} for name in tables]
    folder = client_folder(tmp_path, SAMPLE, given)
    shown = CliRunner().invoke(app, ["check", str(folder), "--explain", "--lang", "en"])
    assert shown.exit_code == 0
    lines = shown.stdout.splitlines()
    told = lines[lines.index("Reads of each table: to decide what is in it + to count the facts") + 1 :]
    assert told == [f"  lake/{name}: 1 = 1 + 0" for name in ("deals", "leads", "spend")]
    assert "Reads of each table" not in CliRunner().invoke(app, ["check", str(folder), "--lang", "en"]).stdout


@postgres
@pytest.mark.slow
def test_the_reads_that_are_told_are_those_of_postgresql_itself(sample, server: Path, tmp_path: Path) -> None:
    tables, _ = sample
    url = f"postgres://reader@/postgres?host={server}"
    planned: Counter[str] = Counter()
    with load(read_client(client_folder(tmp_path, SAMPLE, sources(tables, url)))) as data:
        spied = data.engine._note

        def spy(statement: str) -> None:
            spied(statement)
            plan = data.con.con.execute(f"EXPLAIN (FORMAT JSON) {statement}").fetchone()[0]
            planned.update(f"crm.{name}" for name in re.findall(r"'Relation Name': '(\w+)'", str(plan)))

        data.engine.reads.clear()
        data.engine._note = spy
        count(data)
        assert data.engine.reads == planned
        assert set(planned) == {"crm.leads", "crm.deals", "crm.spend"}


def refused(folder: Path) -> str:
    with pytest.raises(AuditError) as caught:
        count(load(read_client(folder)))
    assert isinstance(caught.value, DataError | ClientFileError)
    return str(caught.value)


@postgres
def test_one_clear_error_for_each_fault(sample, server: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import psycopg

    tables, _ = sample
    url = f"postgres://reader@/postgres?host={server}"
    with psycopg.connect(host=str(server), user="owner", dbname="postgres", autocommit=True) as con:
        con.execute("CREATE ROLE locked LOGIN PASSWORD 'right'")
        con.execute("CREATE TABLE crm.hidden AS SELECT * FROM crm.leads")
        con.execute("CREATE VIEW crm.texts AS SELECT lead_id, created_at::text AS created_at FROM crm.leads")
        con.execute(
            "CREATE VIEW crm.broken AS SELECT lead_id, ('x' || lead_id)::timestamp AS created_at FROM crm.leads"
        )
        con.execute("GRANT SELECT ON crm.texts, crm.broken TO reader")

    def told(number: int, url: str, **changes: Any) -> str:
        given = sources(tables, url)
        next(one for one in given if one["table"] == "leads").update(changes)
        return refused(client_folder(tmp_path / str(number), SAMPLE, given))

    assert "there is no such table or view" in told(1, url, relation="crm.lead")
    assert "may not read hidden" in told(2, url, relation="crm.hidden")
    assert "no column 'Created'" in told(3, url, columns={"created_at": "Created"})
    assert "created_at is string and does not fit leads.created_at" in told(4, url, relation="crm.texts")
    broken = told(5, url, relation="crm.broken")
    assert "a value does not fit" in broken
    assert "xL" not in broken, "a cell of the data is shown"
    assert "cannot be reached" in told(6, "postgres://reader@/postgres?host=/nowhere")
    monkeypatch.setenv("AUDIT_TEST_PASSWORD", "s3cr3t-wrong")
    wrong = told(7, f"postgres://locked:${{AUDIT_TEST_PASSWORD}}@/postgres?host={server}")
    assert "the user or the password is wrong" in wrong
    assert "s3cr3t" not in wrong


NEW = {"*": {"New": {"stage": "leads"}}}
CSV = "lead_id,created_at,stage\n" + "".join(f"L{n},2026-03-{1 + n % 28:02} 10:00:00,New\n" for n in range(30_000))


@pytest.mark.parametrize(
    ("source", "told"),
    [
        ({"connection": "duckdb:///nowhere/crm.duckdb", "relation": "leads"}, "there is no such file"),
        ({"connection": "duckdb://no.duckdb", "relation": "leads"}, "DuckDB could not read it"),
        ({"connection": "duckdb://", "file": "lake/nothing.parquet"}, "DuckDB could not read it"),
        ({"connection": "duckdb://", "file": "no.parquet"}, "DuckDB could not read it"),
        ({"connection": "duckdb://", "file": "late.csv"}, "a value does not fit"),
        ({"connection": "duckdb://", "file": "leads.csv", "columns": {"manager": "Owner"}}, "no column 'Owner'"),
        ({"connection": "duckdb://?memory=2GB", "file": "leads.csv"}, "the option memory is not known"),
        ({"connection": "duckdb://?memory_limit=much", "file": "leads.csv"}, "DuckDB could not read it"),
        ({"connection": "duckdb://", "file": "leads.csv", "dates": "dmy"}, "dates is for files"),
    ],
)
def test_one_clear_line_and_nothing_written_where_duckdb_cannot_read(
    source: dict[str, Any], told: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = client_folder(tmp_path / "c", SAMPLE, [{"table": "leads"} | source], outcomes=NEW)
    (folder / "no.duckdb").write_text("no database")
    (folder / "no.parquet").write_text("no Parquet")
    (folder / "leads.csv").write_text(CSV)
    (folder / "late.csv").write_text(f"{CSV}L9,secret cell,New\n")
    assert main(["check", str(folder), "--html", "--out", str(tmp_path / "reports")]) in (2, 3)
    shown = capsys.readouterr().err
    assert [line for line in shown.splitlines() if told in line and line.startswith("error: ")] == shown.splitlines()
    assert "secret cell" not in shown
    assert not (tmp_path / "reports").exists()


def test_packed_csv_that_duckdb_reads_itself(tmp_path: Path) -> None:
    import gzip

    source = {"table": "leads", "connection": "duckdb://", "file": "leads.csv.gz"}
    folder = client_folder(tmp_path, SAMPLE, [source], outcomes=NEW)
    (folder / "leads.csv.gz").write_bytes(gzip.compress(CSV.encode()))
    with load(read_client(folder)) as data:
        assert data.ledger.tables["leads"].rows_after == 30_000


@postgres
def test_a_connection_cut_in_the_middle(sample, server: Path, tmp_path: Path) -> None:
    import psycopg

    url = f"postgres://reader@/postgres?host={server}"
    data = load(read_client(client_folder(tmp_path, SAMPLE, sources(sample[0], url))))
    with psycopg.connect(host=str(server), user="owner", dbname="postgres", autocommit=True) as con:
        con.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'audit'")
    with pytest.raises(DataError, match=r"connection was (cut|closed)"):
        count(data)


@pytest.mark.parametrize(
    "url", ["postgres://u:hunter2@h/d", "postgres://u@h/d?password=hunter2", "spark://h:7077?spark.token=hunter2"]
)
def test_a_secret_in_client_yml_is_refused_and_not_repeated(url: str, tmp_path: Path) -> None:
    folder = client_folder(tmp_path, SAMPLE, [{"table": "leads", "connection": url, "relation": "leads"}])
    text = refused(folder)
    assert "write ${NAME} instead" in text
    assert "hunter2" not in text


def test_a_variable_that_is_not_set(tmp_path: Path) -> None:
    url = "postgres://u:${AUDIT_TEST_NOT_SET}@h/d"
    text = refused(client_folder(tmp_path, SAMPLE, [{"table": "leads", "connection": url, "relation": "leads"}]))
    assert "the environment variable AUDIT_TEST_NOT_SET is not set" in text


@postgres
def test_a_connection_is_let_go(sample, server: Path, tmp_path: Path) -> None:
    import psycopg

    url = f"postgres://reader@/postgres?host={server}"
    folder = client_folder(tmp_path, SAMPLE, sources(sample[0], url))
    state = "SELECT state FROM pg_stat_activity WHERE application_name = 'audit'"
    with psycopg.connect(host=str(server), user="owner", dbname="postgres", autocommit=True) as con:
        with load(read_client(folder)) as data:
            count(data)
            assert con.execute(state).fetchall() == [("idle",)], "a transaction stays open"
            open_now = data.con.con
        assert open_now.closed


def test_rows_that_repeat_an_id_are_left_out_with_their_money_and_their_stages(tmp_path: Path) -> None:
    """The first by date is kept; a stage that only a left-out row has needs no meaning."""
    given = [
        {"table": "leads", "connection": "duckdb://", "file": "leads.csv"},
        {"table": "deals", "connection": "duckdb://", "file": "deals.csv"},
    ]
    folder = client_folder(tmp_path, SAMPLE, given, outcomes=NEW)
    (folder / "leads.csv").write_text(
        "lead_id,created_at,stage\nL1,2026-03-09 10:00:00,Unheard of\nL1,2026-03-02 10:00:00,New\n"
        "L1,2026-03-02 11:00:00,New\nL2,2026-03-09 10:00:00,New\n"
    )
    (folder / "deals.csv").write_text(
        "deal_id,lead_id,opened_at,stage,amount\nD1,L1,2026-03-03,New,10.50\nD1,L1,2026-03-04,New,7.25\n"
        "D2,L2,,New,3.00\nD2,L2,,New,4.00\n"
    )
    with load(read_client(folder)) as data:
        facts = count(data)
        leads, deals = data.ledger.tables["leads"], data.ledger.tables["deals"]
        assert (leads.rows_before, leads.rows_after) == (4, 2)
        assert (deals.rows_before, deals.rows_after) == (4, 2)
        assert (str(deals.money_before), str(deals.money_after)) == ("24.750000", "13.500000")
        assert Counter({n.table: n.rows for n in data.notices if n.code == "DUPLICATE_ID"}) == {"leads": 2, "deals": 2}
    assert facts.leads["leads"].sum() == 2
