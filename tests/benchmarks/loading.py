"""What the loader costs against the bare parsers: ``uv run python tests/benchmarks/loading.py``.

- A million leads in one amoCRM-like CSV (windows-1251, ";", decimal comma, dd.mm.yyyy, notes with line breaks) through
  the whole loader, against DuckDB's ``read_csv`` of the same rows clean (UTF-8, ",", ISO dates, decimal point), all
  columns typed. At most 4 times as long.
- 200 000 rows of 20 columns in an XLSX, until their cells lie in DuckDB, against calamine alone. At most 1.5 times.

Each is run in a process of its own and in turn, ``--runs`` times; the medians are compared. Beside the wall clock the
processor's time is told: on a busy machine only that repeats.
"""

from __future__ import annotations

import argparse
import multiprocessing
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import duckdb

CLIENT = """\
client: Firm
currency: RUB
margin: 1
outcomes: {"*": {Замер: {stage: meeting}, Договор: {stage: proposal}}}
"""
HEADER = [
    "ID", "Название сделки", "Бюджет ", "Ответственный", "Дата создания сделки", "Кем создана сделка",
    "Дата редактирования", "Дата закрытия", "Теги", "Примечание", "Этап сделки", "Воронка", "Полное имя контакта",
    "Рабочий телефон", "Рабочий email", "Город", "utm_source", "utm_medium", "utm_campaign", "utm_term", "roistat",
]  # fmt: skip
LIMITS = {"csv": 4.0, "xlsx": 1.5}


LEAD = """
SELECT 29000000 + i AS n0, 'Сделка #' || i, {money}, 'Менеджер ' || i % 20, {made}, 'Робот', {made}, {ended}, 'тег',
    CASE WHEN i % 10 = 0 THEN 'перезвонить,' || chr(10) || 'после обеда' ELSE '' END,
    ['Неразобранное', 'Замер', 'Договор', 'Успешно реализовано', 'Закрыто и не реализовано'][1 + stage],
    'Воронка ' || i % 3, 'Контакт ' || i, '+7900' || lpad(i::VARCHAR, 7, '0'), 'c' || i || '@mail.example', 'Тверь',
    ['yandex', 'vk', '', 'google'][1 + i % 4], 'cpc', 'кампания ' || i % 50, 'окна', i
FROM (
    SELECT i, (hash(i) % 5)::BIGINT AS stage,
        TIMESTAMP '2026-01-01' + to_seconds((hash(i, 1) % 15000000)::BIGINT) AS made,
        CASE WHEN hash(i, 2) % 5 < 3 THEN (hash(i, 3) % 90000000 / 100)::DECIMAL(18, 2) END AS money
    FROM range({first}, {last}) AS numbers(i)
)"""
"""Rows of the export; the same numbers always give the same rows."""
MESSY = {
    "money": "replace(money::VARCHAR, '.', ',')",
    "made": "strftime(made, '%d.%m.%Y %H:%M:%S')",
    "ended": "CASE WHEN stage > 2 THEN '28.06.2026 12:00:00' ELSE 'не закрыта' END",
}
CLEAN = {"money": "money", "made": "made", "ended": "CASE WHEN stage > 2 THEN TIMESTAMP '2026-06-28 12:00' END"}


def write_csv(folder: Path, rows: int) -> tuple[Path, Path]:
    """The messy export in a client's folder, and the same rows clean."""
    exports = folder / "firm" / "exports"
    exports.mkdir(parents=True)
    (folder / "firm" / "client.yml").write_text(CLIENT, encoding="utf-8")
    messy, plain, clean = exports / "amocrm_export_leads_2026-04-20.csv", folder / "messy.csv", folder / "clean.csv"
    con = duckdb.connect()
    for path, style, delimiter in ((plain, MESSY, ";"), (clean, CLEAN, ",")):
        lead = LEAD.format(first=0, last=rows, **style)
        con.execute(f"COPY ({lead}) TO '{path}' (HEADER false, DELIMITER '{delimiter}')")
    with plain.open(encoding="utf-8", newline="") as source, messy.open("w", encoding="cp1251", newline="") as target:
        target.write(";".join(HEADER) + "\n")
        while part := source.read(1 << 20):
            target.write(part)
    plain.unlink()
    return folder / "firm", clean


def write_xlsx(folder: Path, rows: int) -> Path:
    """A workbook of 20 columns: ids, texts, numbers, dates as texts."""
    import xlsxwriter

    path = folder / "book.xlsx"
    with xlsxwriter.Workbook(path, {"constant_memory": True}) as book:
        sheet = book.add_worksheet("Лист1")
        sheet.write_row(0, 0, HEADER[:20])
        lead = LEAD.format(first=0, last=rows, **MESSY)
        for number, row in enumerate(duckdb.sql(lead).fetchall()):
            money = None if row[2] is None else float(row[2].replace(",", "."))
            sheet.write_row(number + 1, 0, [row[0], row[1], money, *row[3:20]])
    return path


def load_messy(client: Path) -> int:
    """All of the loader, from client.yml to the clean tables."""
    from helpers.client import read_client
    from helpers.sources import load

    data = load(read_client(client))
    return int(data.tables["leads"].count().to_pyarrow().as_py())


def parse_clean(path: Path) -> int:
    """The same rows, clean, by DuckDB alone."""
    money, dates = {2: "DECIMAL(18,2)"}, dict.fromkeys((4, 6, 7), "TIMESTAMP")
    types = {name.strip(): (money | dates).get(at, "VARCHAR") for at, name in enumerate(HEADER)}
    con = duckdb.connect()
    con.execute("SET enable_progress_bar = false")
    con.execute(f"CREATE TABLE t AS SELECT * FROM read_csv('{path}', header = false, columns = {types})")
    found = con.execute("SELECT count(*) FROM t").fetchone()
    return int(found[0]) if found else 0


def book_to_duckdb(path: Path) -> int:
    """The workbook's cells in DuckDB, as the loader puts them there."""
    from helpers.sources.celltable import Wanted, read_cells
    from helpers.sources.loading import connect
    from helpers.sources.rawfiles import open_sheets
    from helpers.sources.recognise import recognise

    con = connect()
    found = recognise(open_sheets(path, path.name, path.parent))
    wanted = Wanted(
        columns=found.places, values={}, constants={}, required=("deal_id", "opened_at"), keyed=True, currency="RUB",
        ranges=False, private=frozenset(),
    )  # fmt: skip
    return read_cells(con, found, "cells", wanted).rows


def calamine_alone(path: Path) -> int:
    """The workbook's cells as Python lists."""
    from python_calamine import CalamineWorkbook

    return len(CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python()) - 1


def _timed(work: Callable[[Path], int], path: Path) -> tuple[int, float, float, float]:
    # Imports are paid once by a run of many clients: they are not what is measured. Ibis imports when it connects.
    import python_calamine  # noqa: F401

    from helpers.sources.loading import connect

    connect().disconnect()
    begun, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_SELF)
    rows = work(path)
    after = resource.getrusage(resource.RUSAGE_SELF)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return rows, time.perf_counter() - begun, cpu, after.ru_maxrss / 1024


def measure(work: Callable[[Path], int], path: Path) -> tuple[int, float, float, float]:
    """Rows, wall seconds, CPU seconds and peak MB of one run in a fresh process."""
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        return pool.submit(_timed, work, path).result()


def compare(
    name: str, ours: Callable[[Path], int], ours_on: Path, bare: Callable[[Path], int], bare_on: Path, runs: int
) -> float:
    """Print the medians and their ratio; the ratio of wall clocks."""
    taken: dict[str, list[tuple[int, float, float, float]]] = {"ours": [], "bare": []}
    for _ in range(runs):
        # In turn, so that a slow minute of the machine meets both.
        taken["bare"].append(measure(bare, bare_on))
        taken["ours"].append(measure(ours, ours_on))
    rows = {row[0] for many in taken.values() for row in many}
    assert len(rows) == 1, f"not the same rows: {rows}"
    middle = {who: [statistics.median(row[at] for row in many) for at in (1, 2, 3)] for who, many in taken.items()}
    wall, cpu = (middle["ours"][at] / middle["bare"][at] for at in (0, 1))
    sys.stdout.write(f"{name}, {rows.pop():,} rows, at most {LIMITS[name]} times\n")
    for who, (seconds, processor, memory) in middle.items():
        sys.stdout.write(f"  {who}: wall {seconds:.2f} s, CPU {processor:.2f} s, peak {memory:.0f} MB\n")
    sys.stdout.write(f"  ratio: wall {wall:.2f}, CPU {cpu:.2f}\n")
    return wall


def main() -> None:
    """Measure what is asked for; exit 1 where a limit is passed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", choices=list(LIMITS))
    parser.add_argument("--leads", type=int, default=1_000_000)
    parser.add_argument("--cells", type=int, default=200_000, help="rows of the workbook")
    parser.add_argument("--runs", type=int, default=3)
    given = parser.parse_args()
    ratios = {}
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        if given.only != "xlsx":
            client, clean = write_csv(folder, given.leads)
            ratios["csv"] = compare("csv", load_messy, client, parse_clean, clean, given.runs)
        if given.only != "csv":
            book = write_xlsx(folder, given.cells)
            ratios["xlsx"] = compare("xlsx", book_to_duckdb, book, calamine_alone, book, given.runs)
    sys.exit(any(ratio > LIMITS[name] for name, ratio in ratios.items()))


if __name__ == "__main__":
    main()
