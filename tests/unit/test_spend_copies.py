"""The same spend twice: as CSV and as XLSX, corrected in part, exported again with other amounts (traps 16, 58, 63)."""

from __future__ import annotations

import io
from pathlib import Path

import xlsxwriter
from trapped_folders import codes, money, notice, trap

from helpers.sources.notices import Code

Row = tuple[str, str, str, int, int, float]
HEADER = ("Дата", "Название кампании", "№ Кампании", "Показы", "Клики", "Расход, ₽")
ROWS: list[Row] = [
    (f"0{day}.03.2026", name, number, 500 + day, 12, cost + day)
    for day in range(1, 5)
    for name, number, cost in (("Поиск", "101", 100.5), ("Сети", "102", 50.25))
]
"""623.00 in eight rows."""


def as_csv(rows: list[Row]) -> bytes:
    header = ";".join((*HEADER[:5], "Расход (руб.)"))
    lines = [";".join((*map(str, row[:5]), f"{row[5]:.2f}".replace(".", ","))) for row in rows]
    return "\n".join([header, *lines]).encode("cp1251")


def as_xlsx(rows: list[Row]) -> bytes:
    made = io.BytesIO()
    with xlsxwriter.Workbook(made, {"in_memory": True}) as book:
        sheet = book.add_worksheet("Data")
        for number, row in enumerate([HEADER, *rows]):
            sheet.write_row(number, 0, row)
    return made.getvalue()


def dearer(rows: list[Row]) -> list[Row]:
    return [(*row[:5], row[5] * 2) for row in rows]


def test_a_workbook_of_the_same_rows_is_counted_once_and_listed(tmp_path: Path) -> None:
    data = trap(tmp_path, "", direct__csv=as_csv(ROWS), direct__xlsx=as_xlsx(ROWS))
    assert money(data) == ("1246", "623")
    copy = notice(data, Code.DUPLICATE_ROW)
    assert (copy.rows, str(copy.money), copy.file) == (8, "623.000000", "exports/direct.xlsx")
    assert Code.SPEND_TWICE not in codes(data)


def test_the_corrected_part_of_a_second_export_is_said_with_its_money(tmp_path: Path) -> None:
    data = trap(tmp_path, "", direct__csv=as_csv(ROWS), new__xlsx=as_xlsx(ROWS[:6] + dearer(ROWS[6:])))
    assert notice(data, Code.DUPLICATE_ROW).rows == 6
    twice = notice(data, Code.SPEND_TWICE)
    assert (twice.rows, str(twice.money)) == (2, "158.75")
    assert twice.detail == "yandex: exports/direct.csv, exports/new.xlsx"


def test_a_second_export_with_other_amounts_is_said_and_kept(tmp_path: Path) -> None:
    data = trap(tmp_path, "", direct__csv=as_csv(ROWS), new__xlsx=as_xlsx(dearer(ROWS)))
    assert money(data) == ("1869", "1869")
    assert str(notice(data, Code.SPEND_TWICE).money) == "623.0"
    assert Code.DUPLICATE_ROW not in codes(data)


def test_a_few_equal_amounts_of_two_accounts_are_no_copies(tmp_path: Path) -> None:
    other = [(row[0], f"{row[1]} 2", "20" + row[2], *row[3:]) for row in ROWS[1:]]
    data = trap(tmp_path, "", one__csv=as_csv(ROWS), two__xlsx=as_xlsx([ROWS[0], *other]))
    assert Code.DUPLICATE_ROW not in codes(data)
    assert money(data) == ("1246", "1246")


def test_a_row_that_stands_twice_is_a_copy_as_often_as_it_stood_before(tmp_path: Path) -> None:
    data = trap(tmp_path, "", one__csv=as_csv(ROWS[:2]), two__xlsx=as_xlsx([ROWS[0], ROWS[0], ROWS[1]]))
    copy = notice(data, Code.DUPLICATE_ROW)
    assert (copy.rows, str(copy.money)) == (2, "152.750000")
    # 101.50 + 51.25, and 101.50 once more.
    assert money(data) == ("407", "254.25")
