"""Traps 19-26: amounts. Signs and spaces, decimal marks, currencies, placeholders, nothing and zero, refunds."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from trapped_folders import TRAPS, codes, column, money, notice, refused, trap

from helpers.chapters.money import Money
from helpers.facts import count
from helpers.language import language
from helpers.report.model import Exhibit
from helpers.sources.check import check_lines
from helpers.sources.loading import Data
from helpers.sources.notices import Code


def money_chapter(data: Data, lang: str = "en") -> dict[str, Exhibit]:
    made = Money.measure(count(data), data.client, language(lang))
    parts, whole = made.sales, made.measured.sums
    assert round(parts.priced + parts.returned, 2) == whole.revenue
    return {exhibit.key: exhibit for exhibit in made.section().exhibits}


def test_19_spaces_of_all_kinds_and_signs_belong_to_no_number(tmp_path: Path) -> None:
    data = trap(tmp_path, "19-spaces-in-numbers")
    assert column(data, "spend", "cost") == [Decimal(text) for text in ("1234.56", "12345", "1000000.44", "99")]
    assert column(data, "spend", "impressions") == [500, 1800, 2700, 7]
    assert money(data) == ("1013679", "1013679")


def test_20_the_column_tells_the_decimal_mark_of_its_cells(tmp_path: Path) -> None:
    data = trap(tmp_path, "20-both-marks-in-one-column")
    # "€ 1.234" alone could be either: its neighbours write a comma before the cents.
    assert column(data, "deals", "amount") == [3500, 2900, 11398, 3500, 1234]
    assert money(data, "deals") == ("22532", "22532")


def test_20_a_column_that_does_not_tell_is_asked_about_with_both_readings(tmp_path: Path) -> None:
    assert refused(tmp_path, "20-thousands-or-thousandths") == [
        "exports/deals.csv row 2, column \"Amount\": numbers such as '3.500' may be 3500 or 3.500, and the column does "
        'not tell which - set decimal: "," or decimal: "." for this source'
    ]


def test_21_signs_of_two_currencies_are_never_added(tmp_path: Path) -> None:
    assert refused(tmp_path, "21-sign-is-a-claim") == [
        "exports/deals.csv Amount: amounts in several currencies by their signs (BRL, USD) - export them with a column "
        "of the currency, or one file per currency"
    ]


def test_21_a_sign_against_the_reports_currency_is_asked_about(tmp_path: Path) -> None:
    name = "20-both-marks-in-one-column"
    yml = (TRAPS / name / "client.yml").read_text(encoding="utf-8")
    dollars = yml.replace("currency: EUR", "currency: USD")
    assert refused(tmp_path / "asked", name, client__yml=dollars.encode()) == [
        "exports/deals.csv Amount: amounts are written with EUR, but the report is in USD - set currency: EUR for this "
        "source (with rates), or currency: USD if the sign is only decoration"
    ]
    told = dollars.replace("table: deals,", "table: deals, currency: EUR,") + "rates: {EUR: {2026-01-01: 2}}\n"
    data = trap(tmp_path / "told", name, client__yml=told.encode())
    assert money(data, "deals") == ("45064", "45064")
    assert notice(data, Code.CURRENCY_CONVERTED).rows == 5


def test_22_thousands_and_millions_are_numbers_and_ranges_are_text(tmp_path: Path) -> None:
    data = trap(tmp_path, "22-suffixes-and-ranges")
    assert column(data, "deals", "amount") == [342_090, 1_500_000, None, None, 12_000]
    unread = notice(data, Code.NUMBER_UNREAD)
    assert (unread.rows, unread.detail, unread.first_rows) == (2, "0-500", (4,))
    assert money(data, "deals") == ("1854090", "1854090")


def test_23_placeholders_are_unknown_and_not_zero(tmp_path: Path) -> None:
    data = trap(tmp_path, "23-placeholders")
    # A row without a cost is left out and listed; "-" and "--" among the others are unknown, 0.00 is zero.
    assert column(data, "spend", "cost") == [50, 0]
    assert column(data, "spend", "impressions") == [9380, None]
    assert column(data, "spend", "clicks") == [264, None]
    lost = notice(data, Code.NO_ID)
    assert (lost.rows, lost.column, lost.first_rows) == (1, "cost", (6,))
    assert money(data) == ("50", "50")


def test_24_not_filled_is_not_zero(tmp_path: Path) -> None:
    data = trap(tmp_path, "24-empty-is-not-zero")
    assert column(data, "deals", "amount") == [None, 0, 500, None]


def test_25_won_without_money_stays_won_and_is_listed(tmp_path: Path) -> None:
    data = trap(tmp_path, "25-won-without-money")
    assert column(data, "deals", "outcome") == ["won", "won", "won", "lost"]
    assert column(data, "deals", "amount") == [0, None, 500, 0]
    assert notice(data, Code.WON_WITHOUT_AMOUNT).rows == 1
    assert notice(data, Code.WON_ZERO_AMOUNT).rows == 1
    assert money(data, "deals") == ("500", "500")


@pytest.mark.parametrize("lang", ["en", "ru", "uk"])
def test_25_the_average_sale_is_shown_with_and_without_sales_that_have_no_amount(tmp_path: Path, lang: str) -> None:
    exhibits = money_chapter(trap(tmp_path, "25-won-without-money"), lang)
    rows = exhibits["money-sales"].table
    assert rows is not None
    average = pytest.approx(166.67, abs=0.01)
    assert [row[1:] for row in rows.rows] == [(1, 500, 500), (1, 0, None), (1, 0, None), (3, 500, average)]
    if lang == "en":
        assert exhibits["money-sales"].title == (
            "An average sale is ₽166.67 over all 3 sales and ₽500 over the 1 with an amount"
        )


def test_25_where_every_sale_has_an_amount_there_is_nothing_to_compare(tmp_path: Path) -> None:
    data = trap(tmp_path, "27-months-in-other-languages")
    assert "money-sales" not in money_chapter(data)


def test_26_returns_and_credits_have_lines_of_their_own_in_the_money_chapter(tmp_path: Path) -> None:
    exhibits = money_chapter(trap(tmp_path, "26-refunds"))
    sums, sales = exhibits["money-sums"].table, exhibits["money-sales"].table
    assert sums is not None
    assert sales is not None
    assert {row[0]: row[1] for row in sums.rows} == {
        "Spend of campaigns without leads": 70, "All spend": 70, "of it before credits": 100,
        "of it credits (negative spend)": -30, "Revenue of deals without a lead": 600, "All revenue": 600,
        "of it before returns": 1000, "of it returns (negative amounts)": -400,
    }  # fmt: skip
    assert {row[0]: row[1:3] for row in sales.rows} == {
        "Sales with an amount": (1, 1000), "All sales": (1, 1000), "Returns (negative amounts)": (3, -400),
        "Revenue after returns": (4, 600),
    }  # fmt: skip
    assert exhibits["money-sales"].title == "€400 of revenue was given back as returns"


def test_26_refunds_keep_their_sign_and_stand_in_a_line_of_their_own(tmp_path: Path) -> None:
    data = trap(tmp_path, "26-refunds")
    assert column(data, "deals", "amount") == [1000, -200, -150, -50]
    assert (notice(data, Code.NEGATIVE_AMOUNT, "deals").rows, notice(data, Code.NEGATIVE_AMOUNT, "deals").money) == (
        3,
        Decimal(-400),
    )
    assert notice(data, Code.NEGATIVE_AMOUNT, "spend").money == Decimal(-30)
    assert money(data, "deals") == ("600", "600")
    assert money(data) == ("70", "70")
    text = "\n".join(check_lines(data, language("en")))
    assert "NEGATIVE_AMOUNT · spend: 1 row with a negative amount in “cost”: kept with its sign; money: −€30.00" in text


WRITTEN = {
    "1234.5": 1234.5,
    "1 234,5": 1234.5,
    "1’234.50": 1234.5,
    "1,23,456.50": 123_456.5,
    "1.234.567": 1_234_567,
    ".5": 0.5,
    "5.": 5,
    "-7,5": -7.5,
    "7,5-": -7.5,
    "-€7,5": -7.5,
    "€-7,5": -7.5,
    "(€ 7,5)": -7.5,
    "1,5 млн ₽": 1_500_000,
    "3 тыс. руб.": 3000,
    "100 рублей": 100,
    "USD 20": 20,
    "500,-": 500,
    "1’234.-": 1234,
    "-500,-": -500,
    "500,50-": -500.5,
    "1\u2009234,5": 1234.5,
    "1\u200a234,5": 1234.5,
    "20 евро": 20,
    "１２３４．５": 1234.5,
    "١٢٣٤٫٥": 1234.5,
    "۲ тыс.": 2000,
}
NOT_NUMBERS = (
    "01.03.2026", "1.2.3", "8 927 100 20 30", "от 500", "~500", "< 10%", "10%", "12 шт", "5-7", "1 23", "12a", "N 5",
)  # fmt: skip


@pytest.fixture(scope="module")
def amounts(tmp_path_factory: pytest.TempPathFactory) -> dict[str, float | None]:
    """Text → what a column of money makes of it, each beside others so that nothing is decided by a neighbour."""
    texts = [*WRITTEN, *NOT_NUMBERS]
    lines = [f"d{number};2026-03-01;;New;{text}" for number, text in enumerate(texts, 10)]
    yml = (TRAPS / "20-both-marks-in-one-column" / "client.yml").read_text(encoding="utf-8")
    yml = yml.replace("table: deals,", "table: deals, currency: EUR,")
    files = {"client__yml": yml.encode(), "deals__csv": "\n".join(["Id;Opened;Closed;Stage;Amount", *lines]).encode()}
    data = trap(tmp_path_factory.mktemp("amounts"), "", **files)
    assert Code.NUMBER_UNREAD in codes(data)
    found = column(data, "deals", "amount")
    return {text: None if value is None else float(str(value)) for text, value in zip(texts, found, strict=True)}


def test_numbers_are_read_as_people_write_them(amounts: dict[str, float | None]) -> None:
    assert {text: amounts[text] for text in WRITTEN} == WRITTEN


def test_what_is_no_number_is_never_read_as_one(amounts: dict[str, float | None]) -> None:
    # A date read as 1,032,026 or a telephone number would be worse than nothing.
    assert {text: amounts[text] for text in NOT_NUMBERS} == dict.fromkeys(NOT_NUMBERS)


def test_an_amount_cut_in_two_by_an_unquoted_comma_is_never_half_an_amount(tmp_path: Path) -> None:
    yml = (TRAPS / "27-day-or-month" / "client.yml").read_bytes()
    (said,) = refused(
        tmp_path, "", client__yml=yml, spend__csv=b"Day,Channel,Cost\n2026-01-01,vk,5,50\n2026-01-02,vk,7,25\n"
    )
    assert said.startswith("exports/spend.csv: 2 of 2 rows have more cells than the header has columns")


def test_thousands_of_thousands_tell_the_decimal_mark(tmp_path: Path) -> None:
    yml = (TRAPS / "27-day-or-month" / "client.yml").read_bytes()
    text = b"Day;Channel;Cost\n2026/01/01;vk;1,234\n2026.01.02;vk;1,234,567\n"
    assert money(trap(tmp_path, "", client__yml=yml, spend__csv=text)) == ("1235801", "1235801")
