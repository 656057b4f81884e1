"""Cells as people and programs write them, beside the numbered traps: each was once left out or read wrongly."""

from __future__ import annotations

import datetime as dt
import io
from pathlib import Path

import pytest
import xlsxwriter
from trapped_folders import CLIENT, codes, column, money, notice, refused, rows, trap

from helpers.language import language
from helpers.sources.check import check_lines
from helpers.sources.notices import Code

DEALS = "ID;Название сделки;Бюджет;Ответственный;Дата создания сделки;Дата закрытия;Этап сделки;Воронка"
"""amoCRM, shortened."""
ZOHO = "Id,Deal Name,Created Time,Closing Date,Stage,Initial Amount Paid,Deal Owner Name,Source"
KOMMO = "ID;Nombre del lead;Presupuesto €;Fecha de Creación;Estatus del lead;Embudo de ventas;Usuario responsable"


def deals(*written: str, amount: str = "100") -> bytes:
    lines = [f"{at};Окно;{amount};Анна;{day};;Неразобранное;Продажи" for at, day in enumerate(written, 1)]
    return "\r\n".join([DEALS, *lines, ""]).encode()


def spend(*lines: str, header: str = "Date;Source;Campaign;Spend") -> bytes:
    return "\n".join([header, *lines, ""]).encode()


def days(data: object, table: str, name: str) -> list[str | None]:
    return [None if value is None else str(value) for value in column(data, table, name)]  # type: ignore[arg-type]


# Order of day and month -----------------------------------------------------------------------------------------------


def test_the_cells_win_over_the_order_a_system_usually_writes(tmp_path: Path) -> None:
    # amoCRM writes day, month; somebody has saved the file in an American spreadsheet program.
    data = trap(tmp_path, "", d__csv=deals("03/04/2026 10:00", "03/25/2026 10:00"))
    assert [text[:10] for text in days(data, "leads", "created_at") if text] == ["2026-03-04", "2026-03-25"]
    assert notice(data, Code.DATES_ASSUMED).detail == "mdy"


def test_where_nothing_speaks_against_it_a_system_keeps_its_order_and_it_is_said(tmp_path: Path) -> None:
    data = trap(tmp_path, "", d__csv=deals("03/04/2026 10:00", "05/04/2026 10:00"))
    assert [text[:10] for text in days(data, "leads", "created_at") if text] == ["2026-04-03", "2026-04-05"]
    assert notice(data, Code.DATES_ASSUMED).detail == "dmy"


def test_a_system_that_writes_dates_as_the_account_likes_is_asked_about(tmp_path: Path) -> None:
    said = refused(tmp_path, "", k__csv=f"{KOMMO}\n1;A;100;03/04/2026 10:00;Ganado;Ventas;José\n".encode())
    assert "dates such as '03/04/2026 10:00' may be day-month-year" in said[0]


def test_another_column_of_the_file_tells_the_order(tmp_path: Path) -> None:
    lines = [
        "1,A,03/04/2026 9:05 PM,03/25/2026,Closed Won,100,Ann,Web",
        "2,B,03/05/2026 12:05 AM,03/27/2026,Closed Won,5,Ann,Web",
    ]
    data = trap(tmp_path, "", d__csv="\n".join([ZOHO, *lines, ""]).encode())
    assert days(data, "leads", "created_at") == ["2026-03-04 21:05:00", "2026-03-05 00:05:00"]
    assert {one.column: one.detail for one in data.notices if one.code is Code.DATES_ASSUMED} == {"Created Time": "mdy"}


# Days and clocks ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("31.03.2026 24:00:00", "2026-04-01 00:00:00"),
        ("31.03.2026 24:00", "2026-04-01 00:00:00"),
        ("2026-03-31 24:00:00", "2026-04-01 00:00:00"),
        ("13.03.2026 10:24:00", "2026-03-13 10:24:00"),
        ("13.03.2026 г.", "2026-03-13 00:00:00"),
        ("13.03.26 р.", "2026-03-13 00:00:00"),
        ("13.03.2026 в 10:05", "2026-03-13 10:05:00"),
        ("46094,5", "2026-03-13 12:00:00"),
        ("13 March 2026 2:00 UTC", "2026-03-13 05:00:00"),
        ("2026-03-13 22:30:00 UTC", "2026-03-14 01:30:00"),
        ('="13.03.2026 10:05"', "2026-03-13 10:05:00"),
        ("'13.03.2026 10:05", "2026-03-13 10:05:00"),
        ("2026-03-13T10:05+00", "2026-03-13 13:05:00"),
        ("Fri Mar 13 2026 10:05", "2026-03-13 10:05:00"),
        ("2026-03-13T10:05Z", "2026-03-13 13:05:00"),
        ("13.03.2026\u00a010:05", "2026-03-13 10:05:00"),
    ],
)
def test_a_moment_is_read_whatever_stands_around_it(tmp_path: Path, written: str, meant: str) -> None:
    yml = f"{CLIENT}timezone: Europe/Moscow\n".encode()
    data = trap(tmp_path, "", d__csv=deals("13.03.2026 00:00:00", written), client__yml=yml)
    assert dict(zip(column(data, "leads", "lead_id"), days(data, "leads", "created_at"), strict=True))["2"] == meant


def test_what_is_no_day_is_shown_with_its_row(tmp_path: Path) -> None:
    data = trap(tmp_path, "", d__csv=deals("13.03.2026 10:00:00", "вчера"))
    lost = notice(data, Code.DATE_UNREAD)
    assert (lost.rows, lost.detail, lost.first_rows) == (1, "вчера", (3,))
    assert "left out. вчера (from row 3)" in "\n".join(check_lines(data, language("en")))


def test_a_file_without_a_day_says_what_stands_there(tmp_path: Path) -> None:
    (said,) = refused(tmp_path, "", d__csv=deals("вчера", "позавчера"))
    assert "leads: DATE_UNREAD 2 (from row 2: 'вчера')" in said


# Around values --------------------------------------------------------------------------------------------------------


def test_a_formula_around_a_text_is_no_part_of_it(tmp_path: Path) -> None:
    data = trap(tmp_path, "", d__csv=deals("13.03.2026 10:00:00").replace(b"\r\n1;", b'\r\n="0012";'))
    assert column(data, "leads", "lead_id") == ["0012"]


def test_an_apostrophe_before_a_number_is_no_part_of_it(tmp_path: Path) -> None:
    text = deals("'13.03.2026 10:00:00", amount="'1 000,50").replace(b"\r\n1;", b"\r\n'0012;")
    data = trap(tmp_path, "", d__csv=text)
    assert column(data, "leads", "lead_id") == ["0012"]
    assert money(data, "deals") == ("1000.5", "1000.5")


def test_an_amount_that_cannot_be_read_is_shown_with_its_row(tmp_path: Path) -> None:
    # Excel has rounded it: nobody knows what was there.
    data = trap(tmp_path, "", s__csv=spend("2026-03-01;vk;a;10,5", "2026-03-02;vk;b;1,23E+05"))
    lost = notice(data, Code.NO_ID)
    assert (lost.rows, lost.detail, lost.first_rows, lost.column) == (1, "1,23E+05", (3,), "cost")
    said = "1 row without a required value that can be read in “cost”: left out. 1,23E+05"
    assert said in "\n".join(check_lines(data, language("en")))
    said = refused(tmp_path / "all", "", s__csv=spend("2026-03-02;vk;b;1,23E+05"))[0]
    assert "spend: NO_ID 1 (from row 2: '1,23E+05')" in said


def test_zero_bytes_are_left_out_and_counted(tmp_path: Path) -> None:
    data = trap(tmp_path, "", d__csv=deals("13.03.2026 10:00:00").replace("Анна".encode(), "Ан\0на\0".encode()))
    assert column(data, "leads", "manager") == ["Анна"]
    assert notice(data, Code.BYTES_REPLACED).detail == "2"


def test_bitrix_writes_the_currency_behind_a_line(tmp_path: Path) -> None:
    data = trap(tmp_path, "", d__csv=deals("13.03.2026 10:00:00", amount="12500.50|RUB"))
    assert money(data, "deals") == ("12500.5", "12500.5")


def test_a_sign_that_an_encoding_has_lost_is_a_sign(tmp_path: Path) -> None:
    # windows-1251 knows no sign of the rouble.
    text = "Дата;Название кампании;ID кампании;Показы;Клики;Потрачено, ₽\n01.03.2026;a;11;1000;10;1 000,50\n"
    data = trap(tmp_path, "", v__csv=text.encode("cp1251", "replace"))
    assert data.files[0].preset == "vk_ads"
    assert money(data) == ("1000.5", "1000.5")


def test_signs_in_a_column_of_currencies_are_their_codes(tmp_path: Path) -> None:
    header = "Date;Source;Campaign;Spend;Currency"
    lines = [f"2026-03-0{at};vk;a;{at}0;{written}"
             for at, written in enumerate(("€", "₽", "руб.", "Евро", "Российский рубль", "RUR"), 1)]  # fmt: skip
    table = spend(*lines, header=header)
    data = trap(tmp_path, "", s__csv=table, client__yml=f"{CLIENT}rates: {{EUR: {{2026-01-01: 100}}}}\n".encode())
    assert money(data) == ("5160", "5160")
    said = refused(tmp_path / "dollar", "", s__csv=spend("2026-03-01;vk;a;10.5;$", header=header))
    assert "10.5 $ in 1 row, the report is in RUB" in said[0]
    assert "values: {currency: {'$': USD}}" in said[0]


def test_a_sum_below_the_rows_is_a_total(tmp_path: Path) -> None:
    data = trap(tmp_path, "", s__csv=spend("2026-03-01;vk;a;10,5", "2026-03-02;vk;a;20", "Сумма;;;30,5"))
    assert money(data) == ("30.5", "30.5")
    assert Code.TOTAL_AGREES in codes(data)


# How rows are put into a file -----------------------------------------------------------------------------------------


def test_04_a_workbook_of_97_under_any_name(tmp_path: Path) -> None:
    data = trap(tmp_path, "04-xls-of-97")
    assert data.files[0].taken_for == "XLS (BIFF)"
    assert money(data, "deals") == ("12600.5", "12600.5")


def test_days_and_names_merged_over_rows_stand_in_each_and_amounts_in_one(tmp_path: Path) -> None:
    made = io.BytesIO()
    with xlsxwriter.Workbook(made, {"in_memory": True}) as book:
        sheet, day = book.add_worksheet(), book.add_format({"num_format": "dd.mm.yyyy"})
        sheet.merge_range(0, 0, 0, 3, "Расходы за март")
        sheet.write_row(1, 0, ["Date", "Source", "Campaign", "Spend"])
        sheet.merge_range(2, 0, 4, 0, "", day)
        sheet.write_datetime(2, 0, dt.datetime(2026, 3, 1), day)
        sheet.merge_range(2, 1, 3, 1, "vk")
        sheet.write(4, 1, "yandex")
        sheet.write_column(2, 2, ["a", "b", "c"])
        sheet.write(2, 3, 10.5)
        sheet.merge_range(3, 3, 4, 3, 20)
    data = trap(tmp_path, "", s__xlsx=made.getvalue())
    found = rows(data, "spend")
    assert [str(value)[:10] for value in found["from"]] == ["2026-03-01", "2026-03-01"]
    assert list(found["channel"]) == ["vk", "vk"]
    assert money(data) == ("30.5", "30.5")
    assert notice(data, Code.NO_ID).first_rows == (5,)


def test_rows_that_stand_in_one_cell_each_are_told(tmp_path: Path) -> None:
    lines = ["Date,Source,Campaign,Spend", '2026-03-01,vk,""a, b"",10', "2026-03-02,vk,c,20"]
    said = refused(tmp_path / "csv", "", s__csv="\n".join(f'"{line}"' for line in lines).encode())
    made = io.BytesIO()
    with xlsxwriter.Workbook(made, {"in_memory": True}) as book:
        book.add_worksheet().write_column(0, 0, lines)
    said += refused(tmp_path / "xlsx", "", s__xlsx=made.getvalue())
    assert [text for text in said if "exports/s" in text] == [
        f"exports/s.{ending}: all columns stand in one cell of each row - split it by its delimiter (Text to columns), "
        "or export it again" for ending in ("csv", "xlsx")
    ]  # fmt: skip


def test_a_file_that_is_no_table_says_what_to_do(tmp_path: Path) -> None:
    said = refused(tmp_path, "", d__csv=b'[{"ID": 1}]')
    assert "exports/d.csv: JSON, not a table - export it as CSV or XLSX" in said


def test_what_a_file_loses_is_said_for_each_of_its_tables(tmp_path: Path) -> None:
    text = "\n".join(
        check_lines(trap(tmp_path, "", d__csv=deals("13.03.2026", "14.03.2026") + deals("15.03.2026")), language("en"))
    )
    assert "FOOTER · leads, exports/d.csv: 1 row of service text" in text
    assert "FOOTER · deals, exports/d.csv: 1 row of service text" in text


@pytest.mark.parametrize("below", [["Этап;Количество;Сумма", "Неразобранное;1;100"], ["Анна;10;250"]])
def test_another_table_below_the_deals_is_no_deals(tmp_path: Path, below: list[str]) -> None:
    text = deals("13.03.2026", "14.03.2026") + "\r\n".join(["", *below, ""]).encode()
    data = trap(tmp_path, "", d__csv=text)
    assert column(data, "deals", "deal_id") == ["1", "2"]
    lost = notice(data, Code.DATE_UNREAD, "deals")
    assert (lost.rows, lost.column, lost.money) == (1, "opened_at", int(below[-1].split(";")[2]))


def test_a_mark_of_sorting_is_no_part_of_a_header(tmp_path: Path) -> None:
    text = deals("13.03.2026", "14.03.2026").decode().replace("Ответственный", "Ответственный  ↑").encode()
    assert column(trap(tmp_path, "", d__csv=text), "leads", "manager") == ["Анна", "Анна"]


def test_telegram_counts_in_gram_too(tmp_path: Path) -> None:
    text = b"date\tSpent budget, Gram\n16 Jan 2026\t0,5\n"
    yml = f"{CLIENT}rates: {{GRAM: {{2026-01-01: 300}}}}\n".encode()
    assert money(trap(tmp_path, "", t__csv=text, client__yml=yml)) == ("150", "150")


# Where it is ----------------------------------------------------------------------------------------------------------


def test_each_change_is_said_once_with_the_row_where_it_begins(tmp_path: Path) -> None:
    header = f"{DEALS};utm_source;utm_campaign"
    one = ["1;A;100;Анна;13.03.2026 10:00;;Неразобранное;П;yandex;a",
           "2;A;100;Анна;13.03.2026 10:00;;Неразобранное;П;yandex;it%20career"]  # fmt: skip
    other = ["3;A;сто;Анна;13.03.2026 10:00;;Неразобранное;П;(not set);{campaign_id}",
             "4;A;-5;select;13.03.2026 10:00;скоро;Неразобранное;П;уandex;РљРѕРјРїР°РЅРёСЏ"]  # fmt: skip
    files = {f"{name}__csv": "\n".join([header, *lines, ""]).encode() for name, lines in (("a", one), ("b", other))}
    data = trap(tmp_path, "", **files)
    said = [
        (str(one.code), one.table, one.file or one.first_file, *one.first_rows)
        for one in data.notices
        if one.first_rows
    ]
    b = "exports/b.csv"
    assert sorted(said) == sorted([
        ("PERCENT_DECODED", "deals", "exports/a.csv", 3), ("LETTERS_ALIKE", "deals", b, 3),
        ("MOJIBAKE_REPAIRED", "deals", b, 3), ("PLACEHOLDER", "deals", b, 2), ("PLACEHOLDER", "deals", b, 3),
        ("MACRO_UNFILLED", "leads", b, 2), ("VALUE_UNREAD", "leads", b, 3), ("VALUE_UNREAD", "deals", b, 3),
        ("NUMBER_UNREAD", "deals", b, 2), ("NEGATIVE_AMOUNT", "deals", b, 3),
    ])  # fmt: skip
    text = "\n".join(check_lines(data, language("en")))
    assert f"“amount” is not a number: taken as unknown. сто (from row 2 of {b})" in text
