"""What exports hold beside the numbered traps and was once passed over in silence, or stopped what need not stop."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter
from trapped_folders import CLIENT, codes, column, money, notice, refused, trap

from helpers.client import read_client
from helpers.errors import DataError
from helpers.language import language
from helpers.sources import load
from helpers.sources.check import check_lines
from helpers.sources.discreet import discreet
from helpers.sources.loading import Data
from helpers.sources.notices import Code

PIPEDRIVE = "Deal - ID,Deal - Title,Deal - Owner,Deal - Value,Deal - Currency of Value,Deal - Stage,Deal - Status"
PIPEDRIVE += ",Deal - Deal created"
BITRIX = "ID;Воронка;Стадия сделки;Название сделки;Сумма;Валюта;Ответственный;Дата создания"
LEADS = "ID;Название лида;Стадия;Ответственный;Дата создания"
STAGES = "outcomes: {'*': {Contact: {stage: contacted, outcome: open}}}\n"


def pipedrive(*outcomes: str) -> bytes:
    lines = [f"{at},A,Ann,10,RUB,Contact,{word},2026-03-0{at} 10:00:00" for at, word in enumerate(outcomes, 1)]
    return "\n".join([PIPEDRIVE, *lines, ""]).encode()


def bitrix(*lines: str, header: str = BITRIX) -> bytes:
    return "\n".join([header, *lines, ""]).encode()


# Stages and outcomes --------------------------------------------------------------------------------------------------


def test_an_outcome_in_another_language_is_asked_about_and_never_open(tmp_path: Path) -> None:
    table = pipedrive("Gewonnen", "lost", "Gewonnen")
    said = refused(tmp_path / "asked", "", deals__csv=table, client__yml=f"{CLIENT}{STAGES}".encode())
    assert said == [
        'client.yml: the outcome "Gewonnen" (2 rows) is not open, won or lost - write its meaning under its source, '
        'values: {outcome: {"Gewonnen": open|won|lost}}'
    ]
    told = "sources: [{file: exports/deals.csv, preset: pipedrive, values: {outcome: {Gewonnen: won}}}]\n"
    data = trap(tmp_path / "told", "", deals__csv=table, client__yml=f"{CLIENT}{STAGES}{told}".encode())
    assert column(data, "deals", "outcome") == ["won", "lost", "won"]


def test_a_person_in_a_column_of_outcomes_is_not_named(tmp_path: Path) -> None:
    yml = f"{CLIENT}{STAGES}".encode()
    (said,) = refused(tmp_path, "", deals__csv=pipedrive("Anna Zarechnaya", "lost"), client__yml=yml)
    assert "1 row holds no outcome but what may be a person's name" in said
    assert "Zarechnaya" not in said


def test_leads_without_a_stage_among_others_are_counted(tmp_path: Path) -> None:
    lines = [f"{at};Заявка;{stage};Анна;0{at}.03.2026 10:00:00" for at, stage in enumerate(("NEW", "", "JUNK", "-"), 1)]
    data = trap(tmp_path, "", lead__csv=bitrix(*lines, header=LEADS))
    assert notice(data, Code.NO_STAGE).rows == 2
    assert column(data, "leads", "outcome") == ["open", "open", "lost", "open"]
    assert "2 rows without a stage: counted as open" in "\n".join(check_lines(data, language("en")))


def test_a_list_with_outcomes_needs_no_stages(tmp_path: Path) -> None:
    data = trap(tmp_path, "", deals__csv=pipedrive("won", "open").replace(b"Contact", b""))
    assert Code.NO_STAGE not in codes(data)


def test_bitrix_numbers_the_stages_of_further_pipelines(tmp_path: Path) -> None:
    lines = [f"{at};Опт;{stage};Окно;10;RUB;Анна;0{at}.03.2026 10:00:00"
             for at, stage in enumerate(("C14:WON", "C2:LOSE", "WON"), 1)]  # fmt: skip
    data = trap(tmp_path, "", deal__csv=bitrix(*lines))
    assert column(data, "deals", "outcome") == ["won", "lost", "won"]
    (said,) = refused(tmp_path / "own", "", deal__csv=bitrix(lines[0].replace("C14:WON", "C14:UC_7"), lines[1]))
    assert 'the stage "C14:UC_7"' in said


# Money ----------------------------------------------------------------------------------------------------------------


def test_nothing_is_nothing_in_any_currency(tmp_path: Path) -> None:
    lines = ["1;Опт;WON;Окно;100,50;RUB;Анна;01.03.2026 10:00:00", "2;Опт;LOSE;Окно;0;USD;Анна;02.03.2026 10:00:00",
             "3;Опт;LOSE;Окно;;EUR;Анна;03.03.2026 10:00:00"]  # fmt: skip
    data = trap(tmp_path, "", deal__csv=bitrix(*lines))
    assert money(data, "deals") == ("100.5", "100.5")
    assert column(data, "deals", "amount")[1:] == [0, None]
    (said,) = refused(
        tmp_path / "paid", "", deal__csv=bitrix(*lines, lines[1].replace("2;Опт;LOSE;Окно;0", "4;Опт;WON;О;5"))
    )
    assert "5 USD in 1 row, the report is in RUB, and there is no rate" in said
    rates = f"{CLIENT}rates: {{USD: {{2026-01-01: 90}}}}\n".encode()
    with_rate = trap(tmp_path / "rate", "", deal__csv=bitrix(*lines), client__yml=rates)
    assert column(with_rate, "deals", "amount")[1:] == [0, None]


def test_the_cell_that_is_shown_stands_in_the_row_that_is_named(tmp_path: Path) -> None:
    lines = ["1;Опт;WON;Окно;сто;RUB;Анна;01.03.2026 10:00:00", "2;Опт;LOSE;Окно;два;RUB;Анна;02.03.2026 10:00:00"]
    found = notice(trap(tmp_path, "", deal__csv=bitrix(*lines)), Code.NUMBER_UNREAD)
    assert (found.detail, found.first_rows) == ("сто", (2,))


def test_deals_won_for_nothing_and_closed_too_early_are_named(tmp_path: Path) -> None:
    head = BITRIX + ";Дата закрытия"
    lines = [
        "31;Опт;WON;Окно;0;RUB;Анна;05.03.2026 10:00:00;04.03.2026",
        "32;Опт;WON;Окно;;RUB;Анна;06.03.2026 10:00:00;",
    ]
    data = trap(tmp_path, "", deal__csv=bitrix(*lines, header=head))
    named = {one.code: one.first_id for one in data.notices if one.first_id}
    assert named == {Code.CLOSED_BEFORE_CREATED: "31", Code.WON_ZERO_AMOUNT: "31", Code.WON_WITHOUT_AMOUNT: "32"}
    text = "\n".join(check_lines(data, language("en")))
    assert "1 row won with an amount of zero: counted as won, with no revenue (for example 31)" in text


# Days -----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "week", ["02.03.2026 - 08.03.2026", "02.03.2026-08.03.2026", "2026-03-02 – 2026-03-08", "02.03.26 по 08.03.26"]
)
def test_two_days_in_one_cell_are_the_first_and_the_last(tmp_path: Path, week: str) -> None:
    text = f"Неделя;Кампания;№ Кампании;Показы;Клики;Расход, ₽\n{week};Поиск;101;10;1;100,50\n"
    text += "09.03.2026;Поиск;101;10;1;9,50\nмарт 2026;Сети;102;10;1;5\n"
    data = trap(tmp_path, "", d__csv=text.encode())
    ends = sorted(str(day)[:10] for day in column(data, "spend", "to"))
    # A day alone begins its week; a month says so itself.
    assert ends == ["2026-03-08", "2026-03-15", "2026-03-31"]
    assert money(data) == ("115", "115")


def test_days_that_cannot_be_read_are_shown_and_telephone_numbers_are_not() -> None:
    assert discreet("02.03.2026 - 08.03.2026") == "02.03.2026 - 08.03.2026"
    assert discreet("02.03.2026 - 79000000000") == ""
    assert discreet("8 900 000-00-00") == ""


# Cells and files ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("word", ["#Н/Д", "#ССЫЛКА!", "#ПОСИЛАННЯ!", "#ЗНАЧ!", "#Дел/0!", "#NUM!"])
def test_the_errors_of_a_spreadsheet_have_names_in_its_language(tmp_path: Path, word: str) -> None:
    lines = [f"1;Опт;WON;{word};{word};RUB;{word};01.03.2026 10:00:00"]
    data = trap(tmp_path, "", deal__csv=bitrix(*lines))
    assert column(data, "deals", "amount") == [None]
    assert column(data, "deals", "manager") == [None]
    assert {one.column: one.detail for one in data.notices if one.code is Code.PLACEHOLDER} == {
        "Сумма": word, "Ответственный": word, "Название сделки": word,
    }  # fmt: skip


def test_the_placeholder_is_shown(tmp_path: Path) -> None:
    lines = ["1;Опт;WON;Окно;1;RUB;Анна;01.03.2026 10:00:00", "2;Опт;LOSE;Окно;#N/A;RUB;Анна;02.03.2026 10:00:00"]
    found = notice(trap(tmp_path, "", deal__csv=bitrix(*lines)), Code.PLACEHOLDER)
    assert (found.rows, found.detail, found.first_rows) == (1, "#N/A", (3,))


def workbook(**sheets: list[list[object]]) -> bytes:
    made = io.BytesIO()
    with xlsxwriter.Workbook(made, {"in_memory": True}) as book:
        for name, lines in sheets.items():
            sheet = book.add_worksheet(name)
            for number, line in enumerate(lines):
                sheet.write_row(number, 0, line)
            if name.startswith("hidden"):
                sheet.hide()
    return made.getvalue()


SPEND: list[object] = ["Date", "Source", "Campaign", "Spend"]


def test_sheets_that_fill_different_tables_are_all_read(tmp_path: Path) -> None:
    lines = [BITRIX.split(";"), ["1", "Опт", "WON", "Окно", "100", "RUB", "Анна", "01.03.2026 10:00:00"]]
    book = workbook(Deals=list(map(list, lines)), Spend=[SPEND, ["2026-03-01", "vk", "A", 10.5]])
    data = trap(tmp_path, "", all__xlsx=book)
    assert (money(data, "deals"), money(data)) == (("100", "100"), ("10.5", "10.5"))
    assert Code.FILE_UNUSED not in codes(data)


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        ("Feb", [["Date", "Source", "Campaign", "Paid"], ["2026-02-05", "vk", "A", 20]]),
        ("Feb", [["2026-02-05", "vk", "A", 20], ["2026-02-06", "vk", "A", 20]]),
        ("hidden", [SPEND, ["2026-02-05", "vk", "A", 20]]),
    ],
)
def test_a_sheet_that_is_not_read_is_said(tmp_path: Path, name: str, lines: list[list[object]]) -> None:
    book = workbook(**{"Jan": [SPEND, ["2026-01-05", "vk", "A", 10]], name: lines})
    data = trap(tmp_path, "", s__xlsx=book)
    assert money(data) == ("10", "10")
    left = notice(data, Code.FILE_UNUSED)
    assert left.file == f"exports/s.xlsx [{name}]"
    assert "читается другой лист" in "\n".join(check_lines(data, language("ru")))


def test_sheets_of_one_kind_are_asked_about_though_one_has_a_column_more(tmp_path: Path) -> None:
    book = workbook(
        Jan=[[*SPEND, "Clicks"], ["2026-01-05", "vk", "A", 10, 3]], Feb=[SPEND, ["2026-02-05", "vk", "A", 20]]
    )
    with pytest.raises(DataError, match=r'two sheets hold the same columns.*sheet: "Jan" or sheet: "Feb"'):
        trap(tmp_path, "", s__xlsx=book)


def test_a_sheet_that_another_source_reads_is_not_left_aside(tmp_path: Path) -> None:
    mapped = "  - {table: spend, file: exports/s.xlsx, columns: {from: Date, channel: Source, cost: %s}}\n"
    paid: list[object] = ["Date", "Source", "Paid"]
    book = workbook(A=[SPEND, ["2026-01-05", "vk", "A", 10]], B=[paid, ["2026-01-06", "vk", 5]])
    yml = f"{CLIENT}sources:\n{mapped % 'Spend'}{mapped % 'Paid'}".encode()
    data = trap(tmp_path, "", s__xlsx=book, client__yml=yml)
    assert money(data) == ("15", "15")
    assert Code.FILE_UNUSED not in codes(data)


def test_a_picture_in_an_archive_is_left_aside_as_beside_one(tmp_path: Path) -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("DEAL.csv", bitrix("1;Опт;WON;Окно;1;RUB;Анна;01.03.2026 10:00:00"))
        archive.writestr("screen.png", b"\x89PNG\r\n\x1a\n0000")
        archive.writestr("contract.pdf", b"%PDF-1.7 0000")
    data = trap(tmp_path, "", june__zip=made.getvalue())
    assert money(data, "deals") == ("1", "1")
    assert {raw.name: raw.unused for raw in data.files if raw.unused} == {
        "exports/june.zip » contract.pdf": "this is a PDF - export a table: CSV or XLSX",
        "exports/june.zip » screen.png": "this is a picture - export a table: CSV or XLSX",
    }


# A database of one's own ----------------------------------------------------------------------------------------------

STORED = """client: Traps
lang: en
currency: RUB
rates: {USD: {2026-01-01: 90}}
outcomes: {'*': {New: {stage: leads}}}
sources:
  - table: deals
    connection: duckdb://
    file: deals.parquet
    also: [leads]
"""


def stored(folder: Path, *rows: tuple[str, str, str | None, str, float]) -> Data:
    """A client whose deals - id, stage, outcome, currency, amount - lie in a Parquet file that is read where it is."""
    folder.mkdir(parents=True)
    (folder / "client.yml").write_text(STORED, encoding="utf-8")
    names = ("deal_id", "stage", "outcome", "currency", "amount")
    columns = {name: list(cells) for name, cells in zip(names, zip(*rows, strict=True), strict=True)}
    days = [dt.datetime(2026, 3, 1, 10)] * len(rows)
    money = pa.array([Decimal(str(amount)) for amount in columns.pop("amount")], pa.decimal128(18, 6))
    table = pa.table({**columns, "opened_at": days, "amount": money})
    pq.write_table(table, folder / "deals.parquet")
    return load(read_client(folder))


def test_a_database_stops_at_money_without_a_rate_though_others_have_one(tmp_path: Path) -> None:
    rows = [("1", "New", "won", "RUB", 10.5), ("2", "New", "won", "USD", 2), ("3", "New", "open", "EUR", 0)]
    data = stored(tmp_path / "fine", *rows)
    assert column(data, "deals", "amount") == [10.5, 180, 0]
    with pytest.raises(DataError, match="1 row in EUR, the report is in RUB, and there is no rate"):
        stored(tmp_path / "euro", *rows, ("4", "New", "won", "EUR", 5))


def test_a_database_stops_at_an_outcome_without_a_meaning_and_counts_rows_without_a_stage(tmp_path: Path) -> None:
    rows = [("1", "New", "won", "RUB", 10.5), ("2", "", None, "RUB", 2.0)]
    data = stored(tmp_path / "fine", *rows)
    assert notice(data, Code.NO_STAGE, "deals").rows == 1
    with pytest.raises(DataError, match=r'the outcome "Verkauft" \(1 row\) is not open, won or lost'):
        stored(tmp_path / "odd", *rows, ("3", "New", "Verkauft", "RUB", 5))
