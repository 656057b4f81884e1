"""Traps 55-66: where the money is, in which currency, with which tax, twice or once, and what a lead is."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from trapped_folders import column, counted, money, notice, notices, read, refused

from helpers.chapters.data import DataQuality
from helpers.chapters.money_measure import Measured, measure_money
from helpers.language import language
from helpers.report.model import Exhibit
from helpers.sources.notices import Code


def measured(trap: str) -> Measured:
    return measure_money(counted(trap), read(trap).client)


def campaigns(trap: str) -> pd.DataFrame:
    return measured(trap).campaigns.set_index(["channel", "campaign"])


def chapter(trap: str, lang: str = "en") -> dict[str, Exhibit]:
    data = read(trap)
    made = DataQuality.measure(data.ledger, counted(trap), data.client, language(lang))
    return {exhibit.key: exhibit for exhibit in made.section().exhibits}


def cells(exhibit: Exhibit) -> list[tuple[Any, ...]]:
    assert exhibit.table is not None
    return list(exhibit.table.rows)


def test_55_spend_and_leads_are_joined_from_both_sides_to_the_cent() -> None:
    sums = measured("55-spend-without-leads").sums
    assert money("55-spend-without-leads", "spend") == ("166.8", "166.8")
    assert (sums.spend, sums.spend_matched, sums.spend_only, sums.spend_unnamed) == (166.80, 100.11, 66.69, 27.88)
    assert sums.spend_matched + sums.spend_only == pytest.approx(sums.spend, abs=0.001)
    assert (sums.revenue, sums.revenue_matched, sums.revenue_leads_only, sums.revenue_loose) == (
        579.84, 500.05, 70.70, 9.09,
    )  # fmt: skip
    assert (sums.leads, sums.leads_matched) == (4, 2)


def test_56_a_lead_without_spend_has_no_price_and_the_coverage_is_told() -> None:
    trap = "56-leads-without-spend"
    table = campaigns(trap)
    assert table.loc[("google", "a"), "cpl"] == pytest.approx(50.055)
    assert table.loc[("vk", "z"), "kind"] == "leads_only"
    assert pd.isna(table.loc[("vk", "z"), "cpl"])
    assert measured(trap).sums.coverage == pytest.approx(100.11 / 166.80)
    assert measured(trap).sums.leads_matched == 2


def test_57_spend_without_a_campaign_is_nobodys() -> None:
    trap = "57-spend-without-campaign"
    found = notice(trap, Code.NO_CAMPAIGN, "spend")
    assert (found.rows, found.money) == (2, Decimal("27.90"))
    assert measured(trap).sums.spend_unnamed == 27.90
    # It is not spread over the campaigns of its source: theirs cost what they cost.
    assert campaigns(trap).loc[("google", "a"), "spend"] == pytest.approx(100.11)
    assert campaigns(trap).loc[("google", "lost"), "spend"] == pytest.approx(38.81)


def test_58_equal_rows_and_rows_of_one_key_are_told_apart_with_their_money() -> None:
    trap = "58-duplicate-spend-rows"
    dropped = notice(trap, Code.DUPLICATE_ROW)
    assert (dropped.rows, dropped.money) == (1, Decimal(0))
    kept = notice(trap, Code.DUPLICATE_ROW_KEPT)
    assert (kept.rows, kept.money) == (1, Decimal("5.05"))
    other = notice(trap, Code.SAME_KEY_OTHER_AMOUNT)
    # Day 1: 10.10 and nothing are no contradiction; day 3: 7.07 and 7.08 may be one.
    assert (other.rows, other.money) == (2, Decimal("14.15"))
    assert money(trap, "spend") == ("46.47", "46.47")


def test_59_a_report_of_search_terms_is_no_source_of_spend(tmp_path: Path) -> None:
    said = refused(tmp_path, "59-search-terms-report")
    assert len(said) == 1
    assert "no source of spend: it holds the searches that were recorded, not all money" in said[0]


def test_60_vat_is_asked_for_and_never_mixed(tmp_path: Path) -> None:
    assert notice("60-vat-unsaid", Code.VAT_ASSUMED).file == "exports/spend.csv"
    said = refused(tmp_path, "60-vat-mixed")
    assert len(said) == 1
    assert "spend with VAT (exports/direct.csv) and without (exports/meta.csv) cannot be added up" in said[0]
    assert "vat_rate:" in said[0]
    said = refused(tmp_path, "60-vat-unsaid-beside")
    assert len(said) == 1
    assert "spend of exports/direct.csv is with VAT; nobody has said whether that of exports/meta.csv is" in said[0]
    assert "write vat: included or vat: excluded" in said[0]


def test_60_with_a_dated_rate_vat_is_taken_off_and_said() -> None:
    trap = "60-vat-mixed-with-rate"
    # 120 / 1.20 + 122 / 1.22 + 0.61 / 1.22 + 50.50
    assert money(trap, "spend") == ("251", "251")
    found = notice(trap, Code.VAT_TAKEN_OFF)
    assert found.rows == 3
    assert [Decimal(part) for part in found.detail.split()] == [Decimal("242.61"), Decimal("200.50")]


def test_61_currencies_are_added_up_only_with_a_dated_rate(tmp_path: Path) -> None:
    said = refused(tmp_path, "61-several-currencies")
    assert "1000 MXN in 1 row, the report is in EUR" in said[0]
    trap = "61-several-currencies-with-rate"
    assert money(trap, "spend") == ("95.13", "95.13")
    assert notice(trap, Code.CURRENCY_CONVERTED).rows == 1
    # The report's own total is in a currency of its own: it proves nothing about the rows.
    assert not notices(trap, Code.TOTAL_DIFFERS)


def test_62_return_with_and_without_what_is_no_media() -> None:
    trap = "62-spend-kinds"
    kinds = counted(trap).quality.kinds.groupby("kind")["spend"].sum().round(2).to_dict()
    assert kinds == {"blogger": 134.39, "fee": 20.02, "media": 100.10, "offline": 3.00}
    assert sum(kinds.values()) == pytest.approx(float(money(trap, "spend")[1] or 0))
    rows = {row[0]: row for row in cells(chapter(trap)["data-kinds"])}
    # Margin 1, revenue of the leads 500.05 + 70.70 and 9.09 of a deal without a lead.
    earned = 500.05 + 70.70 + 9.09
    assert rows["Media only"][1:] == (100.10, pytest.approx((earned - 100.10) / 100.10))
    assert rows["Everything"][1:] == (257.51, pytest.approx((earned - 257.51) / 257.51))


def test_63_the_same_spend_in_two_files_is_said_with_its_money() -> None:
    trap = "63-spend-uploaded-twice"
    found = notice(trap, Code.SPEND_TWICE)
    assert found.money == Decimal("31.50")
    assert found.detail.endswith("exports/direct.csv, exports/manual.csv")
    assert money(trap, "spend") == ("96.33", "96.33")


def test_63_two_accounts_of_one_channel_are_two() -> None:
    assert not notices("63-two-accounts", Code.SPEND_TWICE)
    assert money("63-two-accounts", "spend")[1] == "251.1"


def test_64_a_channel_with_rows_of_zero_is_no_channel_with_free_leads() -> None:
    trap = "64-organic-in-paid"
    assert read(trap).ledger.tables["spend"].rows_after == 3
    table = campaigns(trap)
    for channel in ("Organic", "CRM"):
        row = table.loc[(channel, "")]
        assert (row["kind"], row["spend"]) == ("leads_only", 0)
        assert pd.isna(row["cpl"])
        assert pd.isna(row["romi"])


def test_65_a_sale_belongs_to_the_month_of_its_lead() -> None:
    trap = "65-sale-after-the-period"
    sums = measured(trap).sums
    # Sold in May, but the lead is of January; what was sold in January to a lead of December is December's.
    assert (sums.leads, sums.revenue, sums.spend) == (1, 500.05, 100.10)
    closed = counted(trap).quality.counts.set_index("span").loc["now"]
    assert (closed["closed"], closed["earned"]) == (1, pytest.approx(7.07))


def test_66_both_counts_stand_side_by_side() -> None:
    trap = "66-definition-gaps"
    exhibit = chapter(trap)["data-terms"]
    found = {(row[0], row[1]): row[2] for row in cells(exhibit)}
    assert found["Lead", "all rows of the CRM"] == 6
    assert found["Lead", "without tests"] == 5
    assert found["Lead", "different people"] == 5
    assert found["Lead", "without those refused as duplicates"] == 5
    assert found["Lead", "accepted by sales"] == 3
    assert found["Qualified lead", "marked as qualified"] == 3
    assert found["Customer", "leads that bought"] == 2
    assert "every form and call" in " ".join(exhibit.reading)
    assert "a person we have talked to" in " ".join(exhibit.reading)


def test_66_own_totals_are_reconciled_with_the_data() -> None:
    rows = {row[0]: row for row in cells(chapter("66-definition-gaps")["data-totals"])}
    assert rows["Leads"][1:] == ("6", "3", "–", "6")
    assert rows["Qualified leads"][1:] == ("5", "2", "–", "3")
    assert rows["Customers"][1:] == ("–", "2", "–", "2")
    assert rows["Revenue"][1:] == ("–", "€1,500.00", "€1,400.50", "€1,400.50")


@pytest.mark.parametrize("lang", ["ru", "uk"])
def test_the_chapter_speaks_all_languages(lang: str) -> None:
    assert (
        chapter("66-definition-gaps", lang)["data-totals"].title != chapter("66-definition-gaps")["data-totals"].title
    )


def test_the_traps_folders_hold_their_columns() -> None:
    assert column("62-spend-kinds", "spend", "kind") == [None, "blogger", "offline", "fee"]
