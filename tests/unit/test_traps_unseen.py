"""Exports as systems and people really write them, beside the numbered traps: each was once read wrongly."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest
import xlsxwriter
from trapped_folders import CLIENT, codes, column, money, notice, refused, rows, trap

from helpers.language import language
from helpers.sources.check import check_lines
from helpers.sources.notices import Code

DEALS = "ID;Название сделки;Бюджет;Ответственный;Дата создания сделки;Дата закрытия;Этап сделки;Воронка"
"""amoCRM, shortened."""
SPEND = "Date;Source;Campaign;Spend"


def deals(*ids: int, stage: str = "Успешно реализовано", header: str = DEALS) -> str:
    lines = [f"{at};Окно;100;Анна;0{at}.03.2026 12:00:00;20.03.2026 12:00:00;{stage};Продажи" for at in ids]
    return "\r\n".join([header, *lines]) + "\r\n"


def spend(*lines: str, header: str = SPEND) -> bytes:
    return "\n".join([header, *lines, ""]).encode()


def google(*lines: str, header: str, period: str = "January 1, 2026 - March 31, 2026") -> bytes:
    return "\n".join(["Campaign report", f'"{period}"', header, *lines, ""]).encode()


def meta(*lines: str, day: str = "") -> bytes:
    head = "Campaign name,Reporting starts,Reporting ends,Campaign delivery,Reach,Impressions,Amount spent (RUB)" + day
    return "\n".join([head, *lines, ""]).encode()


# How files are put together -------------------------------------------------------------------------------------------


def test_line_ends_above_the_table_may_differ_from_those_of_its_rows(tmp_path: Path) -> None:
    # DuckDB skips lines by the ends it takes for usual: the whole table went with them, without a word.
    head = "Campaign report\nMarch 1, 2026 - March 31, 2026\n"
    table = "Day,Campaign,Currency code,Cost,Impr.,Clicks\r\n2026-03-01,A,RUB,10.5,1,1\r\n2026-03-02,A,RUB,10.5,1,1\r\n"
    assert money(trap(tmp_path, "", g__csv=(head + table).encode())) == ("21", "21")


def test_a_header_cell_of_two_lines_ends_no_row(tmp_path: Path) -> None:
    text = deals(1, 2).replace("Этап сделки", '"Этап\nсделки"')
    assert money(trap(tmp_path, "", d__csv=text.encode()), "deals") == ("200", "200")


def test_two_exports_in_one_file_have_one_header_too_many(tmp_path: Path) -> None:
    data = trap(tmp_path, "", d__csv=(deals(1, 2) + deals(3)).encode())
    assert money(data, "deals") == ("300", "300")
    assert notice(data, Code.FOOTER, "deals").first_rows == (4,)


def test_a_note_in_an_archive_does_not_take_the_tables_with_it(tmp_path: Path) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("deals_1.csv", deals(1, 2))
        archive.writestr("deals_2.csv", deals(3))
        archive.writestr("readme.txt", "Выгрузка из CRM\nза март\n")
        archive.writestr("stock.csv", "Склад;Остаток\nПлёнка;5\n")
    data = trap(tmp_path, "", june__zip=packed.getvalue())
    assert money(data, "deals") == ("300", "300")
    assert {raw.name for raw in data.files if raw.unused} == {
        "exports/june.zip » readme.txt", "exports/june.zip » stock.csv",
    }  # fmt: skip
    only_notes = io.BytesIO()
    with zipfile.ZipFile(only_notes, "w") as archive:
        archive.writestr("readme.txt", "Выгрузка из CRM\nза март\n")
    assert "no table" in " ".join(refused(tmp_path / "notes", "", june__zip=only_notes.getvalue()))


def test_a_header_of_two_storeys_is_put_together(tmp_path: Path) -> None:
    above = ["ID", "Сделка", None, "Даты", None, "Этап сделки", "Воронка"]
    below = [None, "Название сделки", "Бюджет", "Дата создания", "Дата закрытия", None, None]
    row = ["7", "Окно", 100, "01.03.2026 12:00:00", "не закрыта", "Неразобранное", "Продажи"]
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        sheet = book.add_worksheet()
        for at, cells in enumerate((above, below, row)):
            sheet.write_row(at, 0, cells)
    data = trap(tmp_path, "", d__xlsx=out.getvalue())
    assert money(data, "deals") == ("100", "100")
    assert column(data, "leads", "outcome") == ["open"]


# Files with nothing in them -------------------------------------------------------------------------------------------


def test_a_header_without_rows_is_said(tmp_path: Path) -> None:
    said = refused(tmp_path, "", d__csv=deals().encode(), s__csv=spend("2026-03-01;vk;A;5"))
    assert said == [
        "client.yml: no row of leads could be used (exports/d.csv: no rows) - export it again, or take the file away"
    ]


def test_a_header_among_the_rows_names_no_currency(tmp_path: Path) -> None:
    # The code of the Peruvian sol is PEN.
    text = spend("2026-03-01;vk;A;1000,50", SPEND, "2026-03-02;vk;B;500,25", "2026-03-03;open;C;")
    data = trap(tmp_path, "", s__csv=text)
    assert money(data) == ("1500.75", "1500.75")
    assert notice(data, Code.FOOTER, "spend").first_rows == (3,)


def test_two_sheets_of_one_kind_are_read_when_both_are_named(tmp_path: Path) -> None:
    made = io.BytesIO()
    with xlsxwriter.Workbook(made, {"in_memory": True}) as book:
        for month in ("January", "February"):
            sheet = book.add_worksheet(month)
            sheet.write_row(0, 0, SPEND.split(";"))
            sheet.write_row(1, 0, [f"2026-0{len(month) % 3 or 1}-05", "vk", month, 10.5])
    said = refused(tmp_path / "unnamed", "", s__xlsx=made.getvalue())
    assert "for both, name the file twice, once with each sheet" in said[0]
    line = "  - {{file: exports/s.xlsx, preset: spend_table, sheet: {}}}\n".format
    named = line("January") + line("February")
    data = trap(tmp_path, "", s__xlsx=made.getvalue(), client__yml=f"{CLIENT}sources:\n{named}".encode())
    assert money(data) == ("21", "21")


@pytest.mark.parametrize("header", ["Расход, руб. с НДС", "Расход, ₽, с НДС", "Расход, руб. (без НДС)"])
def test_directs_spend_with_the_vat_behind_the_currency(tmp_path: Path, header: str) -> None:
    text = f'Дата;Кампания;№ Кампании;Показы;Клики;"{header}"\n01.03.2026;Поиск;709;30;3;1000,50\n'
    data = trap(tmp_path, "", d__csv=text.encode())
    assert money(data) == ("1000.5", "1000.5")
    assert Code.VAT_ASSUMED not in codes(data)


def test_a_table_all_of_whose_rows_are_left_out_says_why(tmp_path: Path) -> None:
    bad = deals(1).replace("01.03.2026 12:00:00", "вчера").encode()
    said = refused(tmp_path, "", d__csv=bad, s__csv=spend("2026-03-01;vk;A;5"))
    assert "no row of leads could be used (exports/d.csv: 1 row; left out: DATE_UNREAD 1)" in said[0]


@pytest.mark.parametrize("encoding", ["cp1251", "utf-8"])
def test_a_row_that_is_too_long_is_told_by_its_length(tmp_path: Path, encoding: str) -> None:
    """The engine quotes such a row, cut within a letter; in windows-1251 it is half as long as it will be."""
    text = deals(1, 2, 3).replace("Окно;100;Анна;02", f"{'перезвонить после обеда ' * 400_000};100;Анна;02")
    (said,) = refused(tmp_path, "", d__csv=text.encode(encoding), s__csv=spend("2026-03-01;vk;A;5"))
    assert "exports/d.csv: a row longer than 16 MB" in said
    long = deals(1, 2, 3).replace("Окно;100;Анна;02", f"{'перезвонить после обеда ' * 340_000};100;Анна;02")
    read = trap(tmp_path / "fits", "", d__csv=long.encode(encoding), s__csv=spend("2026-03-01;vk;A;5"))
    assert len(rows(read, "leads")) == 3


def test_empty_files_and_what_systems_leave_behind_stop_nothing(tmp_path: Path) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("deals.csv", deals(1, 2))
        archive.writestr("empty.csv", "")
    litter = {"Thumbs__db": b"\xd0\xcf\x11\xe0", "desktop__ini": b"[.ShellClassInfo]"}
    data = trap(tmp_path, "", june__zip=packed.getvalue(), empty__csv=b"", **litter)
    assert money(data, "deals") == ("200", "200")
    assert {raw.name: raw.unused for raw in data.files if raw.unused} == {
        "exports/empty.csv": "the file is empty - export it again",
        "exports/june.zip » empty.csv": "the file is empty - export it again",
    }
    text = "\n".join(check_lines(data, language("ru")))
    assert "exports/empty.csv: файл не используется: файл пуст: выгрузите его ещё раз" in text


def test_totals_without_rows_are_no_spend(tmp_path: Path) -> None:
    header = "Campaign,Campaign status,Currency code,Clicks,Impr.,Cost"
    report = google("Total: Campaigns, --,RUB,0,0,0.00", header=header)
    data = trap(tmp_path, "", g__csv=report, d__csv=deals(1).encode())
    assert notice(data, Code.TOTAL_ROW, "spend").rows == 1
    assert len(rows(data, "spend")) == 0


# Totals and groups that no word calls so ------------------------------------------------------------------------------


@pytest.mark.parametrize("first", [True, False])
def test_a_total_without_a_name_is_a_total(tmp_path: Path, first: bool) -> None:
    lines = [f"C{at},2026-03-01,2026-03-31,active,10,100,10.5" for at in range(4)]
    total = ",2026-03-01,2026-03-31,,,400,42"
    data = trap(tmp_path, "", m__csv=meta(*([total, *lines] if first else [*lines, total])))
    assert money(data) == ("42", "42")
    assert notice(data, Code.TOTAL_ROW).money == 42
    assert Code.TOTAL_AGREES in codes(data)


def test_totals_of_every_day_without_a_name_are_totals(tmp_path: Path) -> None:
    lines = [f"{name},2026-03-0{day},2026-03-0{day},,,1,{cost}"
             for day in (1, 2) for name, cost in (("", 30), ("A", 10), ("B", 20))]  # fmt: skip
    assert money(trap(tmp_path, "", m__csv=meta(*lines))) == ("60", "60")


def test_spend_without_a_campaign_that_is_no_total_stays(tmp_path: Path) -> None:
    lines = ["A,2026-03-01,2026-03-31,active,1,1,10", "B,2026-03-01,2026-03-31,active,1,1,20"]
    data = trap(tmp_path, "", m__csv=meta(*lines, ",2026-03-01,2026-03-31,,,1,29"))
    assert money(data) == ("59", "59")
    assert notice(data, Code.NO_CAMPAIGN).rows == 1


def test_a_report_grouped_by_stage_is_refused(tmp_path: Path) -> None:
    lines = ["Stage,Opportunity ID,Opportunity Name,Amount,Close Date,Created Date,Opportunity Owner"]
    for stage in ("Closed Won", "Closed Lost"):
        lines += [f"{stage if at == 0 else ''},006{stage[-1]}{at},Deal,1000,2026-01-2{at},2026-01-0{at + 1},Ann"
                  for at in range(4)]  # fmt: skip
        lines.append("Subtotal,4 records,,4000,,,")
    said = refused(tmp_path, "", report__csv="\n".join(lines).encode())
    assert said == [
        "exports/report.csv Stage: 6 of 8 rows have no stage - a report grouped by stages writes each of them once: "
        "export the list without grouping"
    ]


def test_subtotals_that_count_their_rows_are_no_deals(tmp_path: Path) -> None:
    lines = ["Stage,Opportunity ID,Opportunity Name,Amount,Close Date,Created Date,Opportunity Owner"]
    lines += [f"Closed Won,006{at},Deal,1000,2026-01-2{at},2026-01-0{at + 1},Ann" for at in range(4)]
    data = trap(tmp_path, "", report__csv="\n".join([*lines, "Subtotal,4 records,,4000,,,", ""]).encode())
    assert money(data, "deals") == ("4000", "4000")


# Spend by week, month and quarter -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("header", "values", "last"),
    [
        ("Month", ["2026-01-01", "2026-02-01"], ["2026-01-31", "2026-02-28"]),
        ("Month", ["Jan 2026", "Feb 2026"], ["2026-01-31", "2026-02-28"]),
        ("Month", ["2026-01", "2026-02"], ["2026-01-31", "2026-02-28"]),
        ("Месяц", ["01.2026", "02.2026"], ["2026-01-31", "2026-02-28"]),
        ("Месяц", ["январь 2026", "февраль 2026 г."], ["2026-01-31", "2026-02-28"]),
        ("Week", ["2026-01-05", "2026-01-12"], ["2026-01-11", "2026-01-18"]),
        ("Day", ["Q1 2026", "2026-Q2"], ["2026-03-31", "2026-06-30"]),
        ("Day", ["1 кв. 2026", "II квартал 2026 г."], ["2026-03-31", "2026-06-30"]),
        ("Day", ["2026-01-05", "2026-01-12"], [None, None]),
    ],
)
def test_a_week_or_month_is_no_day(tmp_path: Path, header: str, values: list[str], last: list[str | None]) -> None:
    lines = [f"{value},A,RUB,1,1,10" for value in values]
    data = trap(tmp_path, "", g__csv=google(*lines, header=f"{header},Campaign,Currency code,Clicks,Impr.,Cost"))
    ends = [str(day)[:10] if day else None for day in column(data, "spend", "to")] if last[0] else [None, None]
    assert ends == last
    assert money(data) == ("20", "20")


def test_a_month_written_below_its_days_is_their_total(tmp_path: Path) -> None:
    days = [f"{day:02d}.03.2026;vk;A;100" for day in range(1, 21)]
    data = trap(tmp_path, "", s__csv=spend(*days, "март 2026;vk;A;2000"))
    assert money(data) == ("2000", "2000")
    other = trap(tmp_path / "other", "", s__csv=spend(*days, "март 2026;vk;B;2000"))
    assert money(other) == ("4000", "4000")


def test_a_month_beside_its_days_is_spend_twice(tmp_path: Path) -> None:
    daily = meta(*[f"A,2026-03-{day:02d},2026-03-{day:02d},active,1,1,10.5" for day in range(1, 31)])
    month = meta("A,2026-03-01,2026-03-31,active,1,1,315", "B,2026-03-01,2026-03-31,active,1,1,50")
    data = trap(tmp_path, "", daily__csv=daily, month__csv=month)
    found = notice(data, Code.SPEND_SPANS)
    assert (found.rows, found.money, found.detail) == (1, 315, "meta: exports/month.csv, exports/daily.csv")
    assert Code.SPEND_TWICE not in codes(data)
    assert money(data) == ("680", "680")


def test_files_that_share_out_campaigns_are_not_spend_twice(tmp_path: Path) -> None:
    daily = meta(*[f"A,2026-03-{day:02d},2026-03-{day:02d},active,1,1,10.5" for day in range(1, 31)])
    data = trap(tmp_path, "", daily__csv=daily, month__csv=meta("B,2026-03-01,2026-03-31,active,1,1,50"))
    assert not codes(data) & {Code.SPEND_SPANS, Code.SPEND_TWICE}


def test_periods_that_overlap_in_part_are_said_once(tmp_path: Path) -> None:
    one, other = meta("A,2026-01-01,2026-03-31,active,1,1,300"), meta("A,2026-03-01,2026-04-30,active,1,1,200")
    found = notice(trap(tmp_path, "", one__csv=one, other__csv=other), Code.SPEND_SPANS)
    assert (found.rows, found.money) == (1, None)


def test_spend_alone_reaches_to_the_last_day_of_its_period(tmp_path: Path) -> None:
    data = trap(tmp_path, "", m__csv=meta("A,2026-03-01,2026-03-31,active,1,1,300"))
    assert str(data.period) == "2026-03-01..2026-03-31"
    assert data.as_of.isoformat() == "2026-03-31"


# Names and numbers ----------------------------------------------------------------------------------------------------


def test_money_under_another_name_is_asked_for(tmp_path: Path) -> None:
    text = deals(1, 2, header=DEALS.replace("Бюджет", "Сумма сделки, руб")).encode()
    said = refused(tmp_path, "", d__csv=text)
    assert "without the column «Бюджет» (amount); “Сумма сделки, руб” may be it" in said[0]
    yml = CLIENT + "sources: [{file: exports/d.csv, preset: amocrm, columns: {amount: %s}}]\n"
    answered = trap(tmp_path / "yes", "", d__csv=text, client__yml=(yml % '"Сумма сделки, руб"').encode())
    assert money(answered, "deals") == ("200", "200")
    none = trap(tmp_path / "no", "", d__csv=text, client__yml=(yml % "[]").encode())
    assert money(none, "deals") == ("0", "0")


def test_letters_that_nobody_sees_are_no_part_of_headers_and_cells(tmp_path: Path) -> None:
    header = "\u200eDate;Source\u200b;Cam\u00adpaign;Spend\u2060"
    data = trap(tmp_path, "", s__csv=spend("\u200e01.03.2026\u200e;vk;A;\u200b5,50\u200b", header=header))
    assert money(data) == ("5.5", "5.5")
    assert [str(day)[:10] for day in column(data, "spend", "from")] == ["2026-03-01"]


@pytest.mark.parametrize("header", ["Spend, RUB", "Spend,\nRUB", "Spend (₽)", "Расход, руб."])
def test_a_currency_in_the_header_of_a_table_kept_by_hand(tmp_path: Path, header: str) -> None:
    text = spend("2026-03-01;vk;A;5,50", header=f'Date;Source;Campaign;"{header}"')
    assert money(trap(tmp_path, "", s__csv=text)) == ("5.5", "5.5")


def test_a_name_near_a_known_one_is_said(tmp_path: Path) -> None:
    data = trap(tmp_path, "", d__csv=deals(1, header=DEALS.replace("Ответственный", "Ответственные")).encode())
    assert notice(data, Code.HEADER_NEAR).detail == "“Ответственные” – manager"


@pytest.mark.parametrize(
    ("header", "vat"), [("Расход с НДС, ₽", True), ("Расход без НДС, ₽", True), ("Расход, ₽", False)]
)
def test_a_header_that_speaks_of_vat_is_believed(tmp_path: Path, header: str, vat: bool) -> None:
    text = f"Дата;Кампания;№ Кампании;Показы;Клики;{header}\n01.03.2026;Поиск;709;30;3;1000,50\n"
    data = trap(tmp_path, "", d__csv=text.encode())
    assert money(data) == ("1000.5", "1000.5")
    assert (Code.VAT_ASSUMED in codes(data)) is not vat


def test_spend_with_vat_and_without_by_their_headers_is_not_added_up(tmp_path: Path) -> None:
    texts = [f"Дата;Кампания;№ Кампании;Показы;Клики;{header}\n01.03.2026;Поиск;709;30;3;1000,50\n".encode()
             for header in ("Расход с НДС, ₽", "Расход без НДС, ₽")]  # fmt: skip
    assert "spend with VAT" in " ".join(refused(tmp_path, "", one__csv=texts[0], other__csv=texts[1]))


def test_counts_are_whole_whatever_parts_their_thousands(tmp_path: Path) -> None:
    data = trap(
        tmp_path, "", s__csv=spend("2026-03-13;vk;A;1234,50;1.234", header="Date;Source;Campaign;Spend;Impressions")
    )
    assert column(data, "spend", "impressions") == [1234.0]


def test_the_example_of_an_unclear_date_is_one(tmp_path: Path) -> None:
    said = refused(tmp_path, "", s__csv=spend("02.03.2026;vk;A;1", "05/03/2026;vk;A;1"))
    assert "row 3" in said[0]
    assert "'05/03/2026'" in said[0]


def test_the_day_of_winning_closes_a_deal(tmp_path: Path) -> None:
    head = (
        "Deal - ID,Deal - Title,Deal - Value,Deal - Currency of Value,Deal - Stage,Deal - Status,Deal - Deal created,"
    )
    head += "Deal - Won time,Deal - Lost time,Deal - Owner"
    lines = ["1,A,10,RUB,Closed won,won,2026-03-01 10:00:00,2026-03-05 10:00:00,,J",
             "2,A,10,RUB,Closed lost,lost,2026-03-01 10:00:00,,2026-03-06 10:00:00,J"]  # fmt: skip
    yml = (b"client: Firm\nlang: en\ncurrency: RUB\nas_of: 2026-03-31\noutcomes: {'*': "
           b"{Closed won: {outcome: won}, Closed lost: {outcome: lost}}}\n")  # fmt: skip
    data = trap(tmp_path, "", d__csv="\n".join([head, *lines, ""]).encode(), client__yml=yml)
    assert [str(day)[:10] for day in column(data, "deals", "closed_at")] == ["2026-03-05", "2026-03-06"]
