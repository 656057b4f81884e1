"""Traps 27-33: days and durations. Order of day and month, serial numbers, words, clocks, time zones, periods."""

from __future__ import annotations

import datetime as dt
import io
import math
from pathlib import Path

import pandas as pd
import pytest
import xlsxwriter
from babel.dates import format_date
from trapped_folders import TRAPS, codes, column, counted, money, notice, read, refused, rows, trap

from helpers.chapters.funnel_counts import recorded_stages
from helpers.chapters.funnel_measure import measure_funnel
from helpers.chapters.funnel_stages import measure_stages
from helpers.chapters.leads_pay import measure_pay
from helpers.chapters.meeting_five import WeeklyFive
from helpers.chapters.money_measure import measure_money
from helpers.chapters.spans import spent, with_each_month
from helpers.facts import count
from helpers.language import language
from helpers.sources.check import check_lines
from helpers.sources.loading import Data
from helpers.sources.notices import Code


def test_27_every_usual_way_to_write_a_day_is_read(tmp_path: Path) -> None:
    data = trap(tmp_path, "27-ways-to-write-a-day")
    found = rows(data, "spend").groupby("channel")["from"].apply(lambda days: [str(day)[:10] for day in sorted(days)])
    assert len(found) == 11
    assert set(map(tuple, found)) == {("2026-03-05", "2026-03-14")}
    assumed = {one.file: one.detail for one in data.notices if one.code is Code.DATES_ASSUMED}
    assert assumed == {
        "exports/slashed_dmy.csv": "dmy",
        "exports/slashed_mdy.csv": "mdy",
        "exports/short_year.csv": "dmy",
    }
    assert money(data) == ("330", "330")


def test_27_months_have_names_in_other_languages_too(tmp_path: Path) -> None:
    data = trap(tmp_path, "27-months-in-other-languages")
    found = rows(data, "spend").groupby("channel")["from"].apply(lambda days: [str(day)[:10] for day in sorted(days)])
    assert found.to_dict() == {
        "de": ["2026-03-01", "2026-03-05", "2026-05-14"], "fr": ["2026-02-14", "2026-03-05", "2026-08-01"],
        "es": ["2026-03-05", "2026-12-14"], "it": ["2026-03-05", "2026-06-14"], "pl": ["2026-03-05", "2026-10-14"],
        "pt": ["2026-03-05", "2026-09-14"], "nl": ["2026-03-05", "2026-05-14"],
    }  # fmt: skip
    # "März 2026" is the month as a whole.
    assert [str(day)[:10] for day in column(data, "spend", "to") if day is not None] == ["2026-03-31"]
    assert money(data) == ("314.5", "314.5")


def test_27_clocks_are_written_in_other_languages_too(tmp_path: Path) -> None:
    data = trap(tmp_path, "27-months-in-other-languages")
    days = ["2026-03-05", "2026-03-05", "2026-03-05", "2026-03-25", "2026-03-05"]
    assert [str(moment) for moment in column(data, "deals", "opened_at")] == [f"{day} 14:30:00" for day in days]
    assert [str(moment) for moment in column(data, "deals", "closed_at") if moment is not None] == [
        "2026-03-06 09:05:00", "2026-03-05 15:00:00", "2026-03-26 09:05:00", "2026-03-06 09:30:00",
    ]  # fmt: skip
    assert money(data, "deals") == ("1900.5", "1900.5")


@pytest.mark.parametrize("lang", ["de", "fr", "es", "it", "pl", "pt", "nl", "ru", "uk", "en"])
def test_27_every_month_of_a_language_is_read_as_its_locale_writes_it(tmp_path: Path, lang: str) -> None:
    days = [dt.date(2026, month, 5 + month) for month in range(1, 13)]
    written = [format_date(day, form, lang) for form in ("full", "long", "medium") for day in days]
    words = [(text, day) for text, day in zip(written, days * 3, strict=True) if any(map(str.isalpha, text))]
    lines = [f"{text};{number};1" for number, (text, _) in enumerate(words)]
    yml = (TRAPS / "27-day-or-month" / "client.yml").read_bytes()
    data = trap(tmp_path, "", client__yml=yml, spend__csv="\n".join(["Day;Channel;Cost", *lines]).encode())
    read = {int(row["channel"]): str(row["from"])[:10] for row in rows(data, "spend").to_dict("records")}
    assert len(words) >= 24
    assert read == {number: day.isoformat() for number, (_, day) in enumerate(words)}


def test_27_a_column_that_does_not_tell_is_asked_about_with_both_readings(tmp_path: Path) -> None:
    assert refused(tmp_path, "27-day-or-month") == [
        "exports/spend.csv row 2, column \"Day\": dates such as '03/04/2026' may be day-month-year (2026-04-03) or "
        "month-day-year (2026-03-04), and no value tells which - set dates: dmy or dates: mdy for this source"
    ]


def test_27_two_orders_in_one_column_are_refused(tmp_path: Path) -> None:
    (said,) = refused(tmp_path, "27-day-and-month-in-turns")
    assert (
        "day-month (1, such as '25/04/2026' in row 2), others only month-day (1, such as '04/25/2026' in row 4)" in said
    )
    assert "split the file" in said


def test_28_serial_numbers_among_dates_are_days(tmp_path: Path) -> None:
    data = trap(tmp_path, "28-excel-serials")
    assert [str(day)[:10] for day in column(data, "spend", "from")] == ["2023-06-30", "2023-07-01", "2023-07-02"]
    lost = notice(data, Code.DATE_UNREAD)
    assert (lost.rows, str(lost.money), lost.first_rows) == (1, "40.000000", (5,))
    assert money(data) == ("100", "60")


@pytest.mark.parametrize("since_1904", [False, True])
def test_28_a_workbook_may_count_its_days_from_1904(tmp_path: Path, since_1904: bool) -> None:
    made = io.BytesIO()
    with xlsxwriter.Workbook(made, {"in_memory": True, "date_1904": since_1904}) as book:
        sheet = book.add_worksheet()
        serial = 46_082 - 1462 * since_1904
        for number, line in enumerate([["Day", "Channel", "Cost"], [serial, "vk", 10], ["02.03.2026", "vk", 20]]):
            sheet.write_row(number, 0, line)
    yml = (TRAPS / "28-excel-serials" / "client.yml").read_bytes().replace(b"spend.csv", b"spend.xlsx")
    data = trap(tmp_path, "", client__yml=yml, spend__xlsx=made.getvalue())
    assert [str(day)[:10] for day in column(data, "spend", "from")] == ["2026-03-01", "2026-03-02"]


def test_29_not_closed_is_a_word_of_the_crm(tmp_path: Path) -> None:
    data = trap(tmp_path, "29-text-in-a-date-column")
    assert column(data, "deals", "outcome") == ["open", "won", "open"]
    assert [value is None for value in column(data, "deals", "closed_at")] == [True, False, True]
    # Another word is unknown too, and said.
    assert (notice(data, Code.VALUE_UNREAD, "deals").rows, notice(data, Code.VALUE_UNREAD, "deals").detail) == (
        1,
        "скоро",
    )
    assert money(data, "deals") == ("600", "600")


def test_30_durations_beyond_a_day_are_whole(tmp_path: Path) -> None:
    data = trap(tmp_path, "30-durations")
    assert column(data, "leads", "first_answer_min") == [10.35, 1450.35, 1590, 2940, 45, 12]
    assert Code.CLOCK_ENDS not in codes(data)


def test_30_a_clock_that_never_passes_midnight_is_said(tmp_path: Path) -> None:
    data = trap(tmp_path, "30-clock-that-stops-at-midnight")
    said = notice(data, Code.CLOCK_ENDS)
    assert (said.rows, said.column) == (2, "SLA")


def test_30_units_in_words_are_minded(tmp_path: Path) -> None:
    written = {
        "2 ч 15 мин": 135,
        "1h 30m": 90,
        "3 дня 1 ч": 4380,
        "40 сек": 40 / 60,
        "15m": 15,
        "7 хв": 7,
        "soon": None,
    }
    lines = [f"{number};2026-03-01;New;{text}" for number, text in enumerate(written, 1)]
    data = trap(tmp_path, "30-durations", leads__csv="\n".join(["Id;Created;Stage;SLA", *lines]).encode())
    assert column(data, "leads", "first_answer_min") == pytest.approx(list(written.values()))


def test_31_times_become_local_and_days_that_move_are_counted(tmp_path: Path) -> None:
    data = trap(tmp_path, "31-time-zones")
    assert [str(moment) for moment in column(data, "leads", "created_at")] == [
        "2026-03-02 01:30:00",
        "2026-03-02 13:00:00",
        "2026-03-02 10:00:00",
        "2026-03-02 23:59:59",
    ]
    assert notice(data, Code.DAY_MOVED).rows == 1
    assert "1 row (25.0% of those with a date) moved to another day" in "\n".join(check_lines(data, language("en")))


def test_32_a_closing_before_the_creation_is_kept_and_not_used(tmp_path: Path) -> None:
    data = trap(tmp_path, "32-closed-before-created")
    assert notice(data, Code.CLOSED_BEFORE_CREATED).rows == 1
    assert notice(data, Code.CLOSED_AFTER_AS_OF).rows == 1
    assert notice(data, Code.OUTSIDE_PERIOD, "deals").rows == 1
    assert column(data, "leads", "age_days") == [None, 1, 1, None]
    assert money(data, "deals") == ("1000", "1000")


def test_33_a_report_without_days_is_a_period(tmp_path: Path) -> None:
    data = trap(tmp_path, "33-period-without-days")
    assert {str(day)[:10] for day in column(data, "spend", "from")} == {"2026-03-01"}
    assert {str(day)[:10] for day in column(data, "spend", "to")} == {"2026-03-31"}
    assert notice(data, Code.PERIOD_ROWS).rows == 2
    assert money(data) == ("200", "200")


MONTHS = "33-several-months-at-once"


def test_33_a_row_of_several_months_counts_as_a_whole(tmp_path: Path) -> None:
    data, facts = read(MONTHS), counted(MONTHS)
    # The leads came from 3 February to 25 March; the report begins a month before them and still belongs to them.
    assert str(data.period) == "2026-01-01..2026-03-25"
    sums = measure_money(facts, data.client).sums
    assert (sums.spend, sums.spend_matched, sums.leads_matched) == (400.5, 400.5, 7)
    assert notice(data, Code.PERIOD_ROWS).rows == 2
    assert Code.SPEND_ACROSS not in codes(data)


def test_33_a_row_of_several_months_is_in_no_month(tmp_path: Path) -> None:
    facts, client = counted(MONTHS), read(MONTHS).client
    spend = facts.spend.set_index("channel")
    assert {name: (str(row["month"])[:7], str(row["until"])[:7]) for name, row in spend.iterrows()} == {
        "google": ("2026-02", "2026-02"), "meta": ("2026-01", "2026-03"),
    }  # fmt: skip
    stages = measure_stages(facts, measure_funnel(facts, recorded_stages(facts.leads, set())), set())
    by_stage = {panel.step.stage: panel for panel in stages.panels}
    # The way from seen to clicked is known as a whole and by channel, not by month.
    assert (by_stage["clicks"].step.count, by_stage["clicks"].months) == (39, ())
    assert [part.channel for part in by_stage["clicks"].channels] == ["meta", "google"]
    assert by_stage["won"].months
    # Spend of January to March is not silent in January, where no lead came yet.
    measured = measure_money(facts, client)
    assert not measured.untied
    assert with_each_month(facts.spend).groupby("channel")["month"].nunique().to_dict() == {"google": 1, "meta": 3}


def test_33_weeks_that_would_cut_a_row_in_two_have_no_cost_of_a_customer() -> None:
    evidence = counted(MONTHS).evidence
    assert spent(evidence, pd.Timestamp("2025-12-31"), pd.Timestamp("2026-03-31")) == pytest.approx(400.5)
    assert math.isnan(spent(evidence, pd.Timestamp("2026-01-15"), pd.Timestamp("2026-04-15")))
    assert math.isnan(spent(evidence, pd.Timestamp("2025-12-31"), pd.Timestamp("2026-03-15")))
    assert spent(evidence, pd.Timestamp("2026-03-31"), pd.Timestamp("2026-04-30")) == 0
    assert WeeklyFive(counted(MONTHS), read(MONTHS).client).of(dt.date(2026, 3, 16)).value("cac") is None


def several_months(tmp_path: Path, more: str) -> Data:
    """The trap with more lines in client.yml."""
    folder = TRAPS / MONTHS
    yml = (folder / "client.yml").read_text(encoding="utf-8") + more
    files = {path.name.replace(".", "__"): path.read_bytes() for path in (folder / "exports").iterdir()}
    return trap(tmp_path, "", client__yml=yml.encode(), **files)


@pytest.mark.parametrize(
    ("period", "rows", "money"),
    [("2026-02-01..2026-03-31", 1, "300.3"), ("2026-01-01..2026-02-15", 2, "400.5"), ("2026-01-01..2026-03-31", 0, "")],
)
def test_33_a_row_across_the_border_of_the_period_is_said(tmp_path: Path, period: str, rows: int, money: str) -> None:
    first, last = period.split("..")
    data = several_months(tmp_path, f"period: {{from: {first}, to: {last}}}\n")
    found = [(one.rows, f"{one.money or 0:.1f}") for one in data.notices if one.code is Code.SPEND_ACROSS]
    assert found == ([(rows, money)] if rows else [])


@pytest.mark.parametrize(("scheme", "known"), [("per_spend: 0.1", False), ("per_lead: 5", True)])
def test_33_pay_that_depends_on_the_spend_of_a_month_is_not_known(tmp_path: Path, scheme: str, known: bool) -> None:
    data = several_months(tmp_path, f"pay: {{today: {{fixed: 100, {scheme}}}}}\n")
    pay = measure_pay(count(data), data.client)
    assert pay is not None
    assert [month.today is not None for month in pay.months] == [known, known]
