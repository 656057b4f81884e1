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
import csv
import multiprocessing
import random
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

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
STAGES = ["Неразобранное", "Замер", "Договор", "Успешно реализовано", "Закрыто и не реализовано"]
LIMITS = {"csv": 4.0, "xlsx": 1.5}


def write_csv(folder: Path, rows: int) -> tuple[Path, Path]:
    """The messy export in a client's folder, and the same rows clean."""
    exports = folder / "firm" / "exports"
    exports.mkdir(parents=True)
    (folder / "firm" / "client.yml").write_text(CLIENT, encoding="utf-8")
    messy, clean = exports / "amocrm_export_leads_2026-04-20.csv", folder / "clean.csv"
    with (
        messy.open("w", encoding="cp1251", newline="") as dirty,
        clean.open("w", encoding="utf-8", newline="") as tidy,
    ):
        into, beside = csv.writer(dirty, delimiter=";"), csv.writer(tidy)
        into.writerow(HEADER)
        beside.writerow([name.strip() for name in HEADER])
        for number in range(rows):
            for written, plain in ((into, False), (beside, True)):
                written.writerow(_lead(number, random.Random(number), plain=plain))
    return folder / "firm", clean


def _lead(number: int, chance: random.Random, *, plain: bool) -> list[str]:
    """A row of the export; ``plain``: with ISO dates, a decimal point and nothing for an open deal."""
    day, month, clock = 1 + number % 28, 1 + number % 6, f"{number % 24:02d}:{number % 60:02d}:{number % 59:02d}"
    stage = STAGES[chance.randrange(5)]
    amount = f"{chance.randrange(1, 900_000)}.{chance.randrange(100):02d}" if chance.random() < 0.6 else ""
    made = f"2026-{month:02d}-{day:02d} {clock}" if plain else f"{day:02d}.{month:02d}.2026 {clock}"
    ended = "" if plain else "не закрыта"
    if stage in STAGES[3:]:
        ended = f"2026-06-28 {clock}" if plain else f"28.06.2026 {clock}"
    note = "перезвонить,\nпосле обеда" if number % 10 == 0 else ""
    money = amount if plain else amount.replace(".", ",")
    deal = [str(29_000_000 + number), f"Сделка #{number}", money, f"Менеджер {number % 20}", made, "Робот", made, ended]
    contact = [f"Контакт {number}", f"+7900{number:07d}", f"c{number}@mail.example", "Тверь"]
    source = [("yandex", "vk", "", "google")[number % 4], "cpc", f"кампания {number % 50}", "окна", str(number)]
    return [*deal, "тег", note, stage, f"Воронка {number % 3}", *contact, *source]


def write_xlsx(folder: Path, rows: int) -> Path:
    """A workbook of 20 columns: ids, texts, numbers, dates as texts."""
    import xlsxwriter

    path = folder / "book.xlsx"
    with xlsxwriter.Workbook(path, {"constant_memory": True}) as book:
        sheet = book.add_worksheet("Лист1")
        sheet.write_row(0, 0, HEADER[:20])
        for number in range(rows):
            row = _lead(number, random.Random(number), plain=False)[:20]
            sheet.write_row(number + 1, 0, [int(row[0]), row[1], number % 900 * 100.5, *row[3:]])
    return path


def load_messy(client: Path) -> int:
    """All of the loader, from client.yml to the clean tables."""
    from helpers.client import read_client
    from helpers.sources import load

    data = load(read_client(client))
    return int(data.tables["leads"].count().to_pyarrow().as_py())


def parse_clean(path: Path) -> int:
    """The same rows, clean, by DuckDB alone."""
    import duckdb

    typed = {
        "ID": "VARCHAR",
        "Бюджет": "DECIMAL(18,2)",
        "Дата создания сделки": "TIMESTAMP",
        "Дата закрытия": "TIMESTAMP",
    }
    types = str(typed)
    con = duckdb.connect()
    con.execute("SET enable_progress_bar = false")
    con.execute(f"CREATE TABLE t AS SELECT * FROM read_csv('{path}', header = true, types = {types})")
    found = con.execute("SELECT count(*) FROM t").fetchone()
    return int(found[0]) if found else 0


def book_to_duckdb(path: Path) -> int:
    """The workbook's cells in DuckDB, as the loader puts them there."""
    from helpers.sources.celltable import read_cells
    from helpers.sources.loading import connect
    from helpers.sources.rawfiles import open_sheets
    from helpers.sources.recognise import recognise

    con = connect()
    found = recognise(open_sheets(path, path.name, path.parent))
    cells = read_cells(con, found, "cells", found.places, {}, {}, ("deal_id", "opened_at"), True, "RUB")
    return cells.rows


def calamine_alone(path: Path) -> int:
    """The workbook's cells as Python lists."""
    from python_calamine import CalamineWorkbook

    return len(CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python()) - 1


def _timed(work: Callable[[Path], int], path: Path) -> tuple[int, float, float, float]:
    # Imports are paid once by a run of many clients: they are not what is measured.
    import duckdb  # noqa: F401
    import python_calamine  # noqa: F401

    import helpers.sources.loading  # noqa: F401

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
