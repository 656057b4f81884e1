"""Traps 1-18: how a file is written. Encoding, delimiter, what stands around the table, what people did to it."""

from __future__ import annotations

import io
import random
from pathlib import Path

import pytest
import xlsxwriter
from trapped_folders import CLIENT, codes, column, money, notice, refused, rows, trap

from helpers.client import read_client
from helpers.language import language
from helpers.sources.check import check_lines
from helpers.sources.notices import Code
from helpers.sources.plan import look_at
from helpers.sources.proposal import propose

# Encodings and delimiters ---------------------------------------------------------------------------------------------


def test_01_a_mark_before_the_first_header_is_no_part_of_it(tmp_path: Path) -> None:
    data = trap(tmp_path, "01-bom-on-first-header")
    assert data.files[0].headers[0] == "Reporting starts"
    assert data.files[0].taken_for == 'CSV, UTF-8 (BOM), ","'
    assert money(data) == ("200", "200")


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le"])
def test_02_utf16_with_tabs_that_is_called_csv(tmp_path: Path, encoding: str) -> None:
    data = trap(tmp_path, "02-utf16-tabs-named-csv", encoding=encoding)
    assert sorted(map(str, column(data, "spend", "campaign"))) == ["Двери", "Окна"]
    assert data.files[0].taken_for.startswith("CSV, UTF-16")
    assert data.files[0].taken_for.endswith("tab")
    assert notice(data, Code.ENCODING).detail == data.files[0].taken_for
    assert money(data) == ("1500.5", "1500.5")


def test_03_windows_1251_only_where_utf8_fails(tmp_path: Path) -> None:
    data = trap(tmp_path, "03-windows-1251", encoding="cp1251")
    assert column(data, "spend", "campaign") == ["Поиск Москва", "Сети Москва"]
    assert notice(data, Code.ENCODING).detail == 'CSV, windows-1251, ";"'
    assert money(data) == ("2000", "2000")


def test_03_letters_that_nobody_writes_are_refused(tmp_path: Path) -> None:
    drawn = random.Random(3)
    noise = b"\n".join(bytes(drawn.randrange(128, 256) for _ in range(30)) + b";1;2" for _ in range(50))
    said = refused(tmp_path, "", noise__csv=noise)
    assert any("exports/noise.csv: neither a table nor text in a known encoding" in text for text in said)


def test_04_an_xls_may_be_html_or_a_zipped_workbook(tmp_path: Path) -> None:
    data = trap(tmp_path, "04-xls-that-is-html")
    assert data.files[0].taken_for == "HTML, UTF-8"
    assert money(data, "deals") == ("12500.5", "12500.5")
    book = _book([["ID", "Стадия сделки", "Название сделки", "Сумма", "Дата создания"],
                  ["7", "WON", "Окно", 100.5, "22.01.2026 14:30:00"]])  # fmt: skip
    zipped = trap(tmp_path / "zipped", "", deals__xls=book)
    assert zipped.files[0].taken_for == "XLSX"
    assert money(zipped, "deals") == ("100.5", "100.5")


def test_05_tabs_are_found_whatever_the_name_says(tmp_path: Path) -> None:
    data = trap(tmp_path, "05-tabs-called-csv")
    assert data.files[0].taken_for == "CSV, UTF-8, tab"
    # 3.75 TON at 200.
    assert money(data) == ("750", "750")


def test_06_delimiters_are_told_by_columns_and_quotes_are_minded(tmp_path: Path) -> None:
    data = trap(tmp_path, "06-three-delimiters")
    assert [raw.taken_for.rpartition(", ")[2] for raw in data.files] == ['","', '";"', "tab"]
    assert sorted(map(str, column(data, "spend", "campaign"))) == [
        "Spring", "Spring, sun; rain", "Окна; двери, балкон", "Сети, Москва",
    ]  # fmt: skip
    assert money(data) == ("2200", "2200")
    assert money(data, "deals") == ("1000", "1000")


@pytest.mark.parametrize("encoding", ["", "utf-16", "cp1251"])
def test_06_spaces_between_quotes_and_delimiters_part_no_cell(tmp_path: Path, encoding: str) -> None:
    data = trap(tmp_path, "06-spaces-beside-quotes", encoding=encoding)
    found = rows(data, "spend")
    assert list(zip(found["campaign"].fillna("-"), found["cost"].astype(float), strict=True)) == [
        ("Окна, двери", 1000.5), ('say "hi"', 20.25), ("a; b", 30.0), ("two\nlines", 40.25), ("a; b", 5.5), ("-", 6.5),
        ('"quoted"', 7.0),
    ]  # fmt: skip
    assert money(data) == ("1110", "1110")
    assert not codes(data) & {Code.QUOTES_ODD, Code.ROW_BROKEN}


def test_07_line_ends_inside_cells_make_no_rows(tmp_path: Path) -> None:
    data = trap(tmp_path, "07-line-ends-in-cells")
    assert data.ledger.tables["deals"].rows_after == 2
    assert money(data, "deals") == ("1500", "1500")


# Around the table -----------------------------------------------------------------------------------------------------


def test_08_a_header_is_found_below_any_number_of_lines(tmp_path: Path) -> None:
    data = trap(tmp_path, "08-preamble-of-any-length")
    assert [raw.header_row for raw in data.files] == [5, 3, 1]
    # The period above the table dates the rows of the report that has no dates.
    assert notice(data, Code.PERIOD_OF_REPORT).detail == "2026-03-01..2026-03-31"
    assert money(data) == ("123", "123")


def test_09_totals_at_the_top_are_compared_and_not_added(tmp_path: Path) -> None:
    data = trap(tmp_path, "09-totals-at-the-top")
    assert notice(data, Code.TOTAL_ROW).first_rows == (6,)
    assert Code.TOTAL_AGREES in codes(data)
    assert Code.TOTAL_DIFFERS not in codes(data)
    assert money(data) == ("2000", "2000")


def test_10_a_campaign_called_total_is_no_total(tmp_path: Path) -> None:
    data = trap(tmp_path, "10-totals-at-the-bottom")
    assert column(data, "spend", "campaign") == ["Windows", "Total War"]
    assert notice(data, Code.TOTAL_ROW).rows == 3
    assert money(data) == ("150", "150")


def test_11_legal_lines_below_the_table_are_no_deals(tmp_path: Path) -> None:
    data = trap(tmp_path, "11-legal-footer")
    assert notice(data, Code.FOOTER, "deals").rows == 2
    # "Grand Totals" stands in the column of the ids.
    assert notice(data, Code.TOTAL_ROW, "deals").rows == 1
    # No date tells another order than month, day; none is ambiguous either.
    assert [str(day)[:10] for day in column(data, "deals", "opened_at")] == ["2026-01-31", "2026-01-15"]
    assert money(data, "deals") == ("1200", "1200")


def test_12_of_two_columns_of_one_name_the_first_filled_cell_counts(tmp_path: Path) -> None:
    data = trap(tmp_path, "12-duplicate-headers")
    assert column(data, "leads", "source") == ["yandex", "vk", None]
    assert column(data, "leads", "channel") == ["yandex", "vk", "Выставка"]
    assert notice(data, Code.HEADER_TWICE).detail == "utm_source, Источник"


def test_12_both_columns_of_one_name_can_be_seen_and_chosen(tmp_path: Path) -> None:
    data = trap(tmp_path, "12-duplicate-headers")
    folder = tmp_path / "firm"
    (file,) = (folder / "exports").iterdir()
    proposal = propose(look_at(read_client(folder), file, tmp_path), language("en"))
    assert {"utm_source", "utm_source__2", "Источник", "Источник__2"} <= set(proposal.headers)
    shown, cells = proposal.rows()
    assert len(shown) == len(set(shown)) == len(cells[0])
    assert proposal.match("source").headers == ("utm_source", "utm_source__2")
    line = f"sources: [{{file: exports/{file.name}, preset: amocrm, columns: {{source: utm_source__2}}}}]\n"
    content = {file.name.replace(".", "__"): file.read_bytes()}
    chosen = trap(tmp_path / "second", "", client__yml=(CLIENT + line).encode(), **content)
    assert (column(data, "leads", "source"), column(chosen, "leads", "source")) == (
        ["yandex", "vk", None], ["yandex", "google", None],
    )  # fmt: skip


def test_13_headers_are_compared_without_spaces_and_case(tmp_path: Path) -> None:
    data = trap(tmp_path, "13-padded-headers")
    assert (data.files[0].preset, data.files[0].known) == ("amocrm", 10)
    assert column(data, "leads", "campaign") == ["Поиск"]
    assert money(data, "deals") == ("1000", "1000")


def test_14_headers_in_other_languages_of_a_system_are_known(tmp_path: Path) -> None:
    data = trap(tmp_path, "14-header-in-another-language")
    assert {raw.name: raw.preset for raw in data.files} == {
        "exports/kommo_es.csv": "kommo",
        "exports/meta_uk.csv": "meta_ads",
    }
    assert money(data) == ("70.5", "70.5")
    assert money(data, "deals") == ("1000", "1000")


def test_14_a_language_nobody_has_seen_is_asked_about_never_guessed(tmp_path: Path) -> None:
    data = trap(tmp_path, "14-unknown-language")
    left = notice(data, Code.FILE_UNUSED)
    assert left.file == "exports/meta_pl.csv"
    assert "Początek raportowania | Koniec raportowania" in left.detail
    assert "run `audit map`" in left.detail
    assert money(data) == ("100.5", "100.5")


# What people did ------------------------------------------------------------------------------------------------------


def _book(lines: list[list[object]]) -> bytes:
    made = io.BytesIO()
    with xlsxwriter.Workbook(made, {"in_memory": True}) as book:
        sheet = book.add_worksheet("Data")
        for number, line in enumerate(lines):
            sheet.write_row(number, 0, line)
    return made.getvalue()


def test_15_a_workbook_edited_by_hand_is_read_by_its_stored_values(tmp_path: Path) -> None:
    # The lines above the header cut away, a helper column without a header, a formula counted and one not, one with an
    # error, a chart, a hidden sheet of older rows.
    data = trap(tmp_path, "15-edited-by-hand")
    assert notice(data, Code.FORMULA_EMPTY).detail == "1"
    assert notice(data, Code.CELL_ERROR).detail == "1"
    assert money(data) == ("1900.75", "1900.75")
    assert rows(data, "spend")["clicks"].isna().sum() == 1
    assert rows(data, "spend")["impressions"].isna().sum() == 1

    # What stands in a column without a name may matter: it is not read, and that is said.
    unread = notice(data, Code.COLUMN_NAMELESS)
    assert (unread.rows, unread.detail) == (2, "7")


SPEND = b"date,channel,campaign,cost\n"
OWN = b"""client: Traps
lang: en
currency: RUB
sources:
  - {table: spend, file: exports/spend.csv, columns: {from: date, channel: channel, campaign: campaign, cost: cost}}
"""


def test_a_comma_in_the_last_number_never_takes_its_cents_away_in_silence(tmp_path: Path) -> None:
    body = b"2026-01-01,vk,a,100.10\n2026-01-02,vk,a,12 000,50\n2026-01-03,vk,a,200.20\n"
    data = trap(tmp_path, "", client__yml=OWN, spend__csv=SPEND + body)
    broken = notice(data, Code.ROW_BROKEN)
    assert (broken.rows, broken.first_rows) == (1, (3,))
    assert money(data) == ("12300.3", "300.3")
    assert "1 row with more cells than the header has columns: left out" in "\n".join(check_lines(data, language("en")))


def test_a_comma_in_most_numbers_stops_the_file(tmp_path: Path) -> None:
    body = b"2026-01-01,vk,a,100\n2026-01-02,vk,a,12 000,50\n2026-01-03,vk,a,200,20\n"
    said = refused(tmp_path, "", client__yml=OWN, spend__csv=SPEND + body)
    assert len(said) == 1
    assert "exports/spend.csv: 2 of 3 rows have more cells than the header has columns" in said[0]


@pytest.mark.parametrize("header", [SPEND, SPEND.replace(b"\n", b",\n")])
def test_an_empty_cell_behind_every_row_is_nothing(tmp_path: Path, header: bytes) -> None:
    data = trap(
        tmp_path, "", client__yml=OWN, spend__csv=header + b"2026-01-01,vk,a,100.10,\n2026-01-02,vk,a,200.20,\n"
    )
    assert money(data) == ("300.3", "300.3")
    assert not codes(data) & {Code.ROW_BROKEN, Code.COLUMN_NAMELESS}


def test_a_value_under_an_empty_header_is_not_read_and_said(tmp_path: Path) -> None:
    header = SPEND.replace(b"\n", b",\n")
    data = trap(
        tmp_path, "", client__yml=OWN, spend__csv=header + b"2026-01-01,vk,a,100.10,\n2026-01-02,vk,a,200.20,paid\n"
    )
    assert money(data) == ("300.3", "300.3")
    assert (notice(data, Code.COLUMN_NAMELESS).rows, notice(data, Code.COLUMN_NAMELESS).detail) == (1, "5")


def test_16_what_two_exports_share_is_counted_once(tmp_path: Path) -> None:
    data = trap(tmp_path, "16-overlapping-exports")
    overlap = notice(data, Code.DUPLICATE_ROW, "spend")
    # Files in the order of their names: "direct (3)" comes first.
    assert (overlap.file, overlap.rows, overlap.first_rows) == ("exports/direct.csv", 1, (3,))
    assert money(data) == ("900", "700")
    assert money(data, "deals") == ("2070", "1570")
    assert len({raw.sha256 for raw in data.files}) == 4


def test_16_the_same_file_twice_adds_nothing(tmp_path: Path) -> None:
    once = (Path(__file__).parents[1] / "traps" / "16-overlapping-exports" / "direct.csv").read_bytes()
    data = trap(tmp_path, "", direct__csv=once, copy__csv=once)
    assert money(data) == ("600", "300")
    assert notice(data, Code.DUPLICATE_ROW).rows == 2


def test_17_a_filtered_report_is_told_by_its_total(tmp_path: Path) -> None:
    data = trap(tmp_path, "17-filtered-export")
    gap = notice(data, Code.TOTAL_DIFFERS)
    assert str(gap.money) == "16.830000"
    text = "\n".join(check_lines(data, language("en")))
    assert "the file is filtered or cut: the total says ₽133.89, the rows add up to ₽117.06" in text
    assert money(data) == ("117.06", "117.06")


def test_18_an_apostrophe_against_formulas_is_no_part_of_the_value(tmp_path: Path) -> None:
    data = trap(tmp_path, "18-formula-guard")
    assert column(data, "leads", "campaign") == ["=brand", "'quoted'"]
    assert rows(data, "leads")["person"].nunique() == 1
    assert money(data, "deals") == ("-50", "-50")
