"""A real company's exports, read without any preparation. Skipped where AUDIT_REAL_DATA does not lead to them."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pandas as pd
import pytest
from pipeline import Audited, audited

from helpers.sources.rawfiles import normal

HERE = Path(__file__).parent / "school"
DATA = Path(os.environ.get("AUDIT_REAL_DATA", "")) / "school"
pytestmark = pytest.mark.skipif(
    not os.environ.get("AUDIT_REAL_DATA") or not DATA.is_dir(), reason="AUDIT_REAL_DATA does not hold school/"
)


@pytest.fixture(scope="module")
def school(tmp_path_factory: pytest.TempPathFactory) -> Audited:
    folder = tmp_path_factory.mktemp("real") / "school"
    (folder / "exports").mkdir(parents=True)
    shutil.copy(HERE / "client.yml", folder)
    for path in DATA.iterdir():
        (folder / "exports" / path.name).symlink_to(path.resolve())
    return audited(folder)


def names(frame: pd.DataFrame) -> pd.Series:
    return frame["campaign"].map(normal)


def test_rows_and_money_balance(school: Audited) -> None:
    tables = school.figures["data"]["tables"]
    assert tables["deals"]["rows_after"] == tables["leads"]["rows_after"] == 21_593
    assert tables["spend"]["rows_before"] == 20_779
    assert tables["spend"]["money_before"] == tables["spend"]["money_after"] == 149_523.45
    assert tables["touches"]["rows_after"] == 95_874


def test_files_are_recognised_without_being_told(school: Audited) -> None:
    files = {raw.name: raw for raw in school.data.files}
    assert {name: (raw.preset, raw.table) for name, raw in files.items() if not raw.unused} == {
        "exports/deals.xlsx [Deals]": ("zoho", "deals"),
        "exports/spend.xlsx": ("spend_table", "spend"),
        "exports/calls.parquet": ("zoho_calls", "touches"),
    }
    assert files["exports/contacts.xlsx"].preset == "zoho_contacts"
    assert "contacts are people" in files["exports/contacts.xlsx"].unused
    assert not any(raw.guessed for raw in files.values())


def test_damaged_ids_of_contacts_are_said_and_not_used(school: Audited) -> None:
    notice = school.notice("ID_DAMAGED", "touches")
    assert "“CONTACTID” holds an id turned into a number, such as 5.8" in notice["text"]
    assert notice["rows"] > 90_000
    # Two deals came with a damaged id: the ids still differ, so the deals are counted.
    assert school.notice("ID_DAMAGED_KEPT", "deals")["rows"] == 2


def test_rows_that_hold_nothing_are_said(school: Audited) -> None:
    assert school.notice("BLANK_ROW", "deals")["rows"] == 536


def test_duplicate_spend_rows_hold_no_money(school: Audited) -> None:
    notice = school.notice("DUPLICATE_ROW", "spend")
    assert (notice["rows"], notice["money"]) == (917, 0)


def test_outcomes(school: Audited) -> None:
    by_outcome = school.facts.leads.groupby("outcome")["leads"].sum()
    assert by_outcome["won"] == 858
    assert by_outcome["lost"] == 15_743
    won = next(x for x in school.figures["funnel"] if x["stage"] == "won")
    assert won["count"] == 858


def test_the_way_of_a_lost_deal_is_not_known_and_shown_so(school: Audited) -> None:
    assert school.facts.snapshot
    for stage in ("qualified", "proposal"):
        entry = next(x for x in school.figures["funnel"] if x["stage"] == stage)
        assert entry["count"] is None
        assert entry["of_previous"] is None
        assert entry["at_least"] > 858


def test_spend_without_a_campaign(school: Audited) -> None:
    notice = school.notice("NO_CAMPAIGN", "spend")
    assert notice["money"] == 27_887.68


def test_unmatched_campaigns_both_ways(school: Audited) -> None:
    alone = school.notice("CAMPAIGN_WITHOUT_LEADS")
    assert alone["money"] == 2_118.93
    assert "(campaigns: 6)" in alone["text"]
    assert school.notice("CAMPAIGN_WITHOUT_SPEND")["rows"] == 6_035
    leads, spend = school.facts.leads, school.facts.spend
    unknown = leads[(leads["campaign"] != "") & ~names(leads).isin(set(names(spend)))]
    # 109 spellings; two of them differ from another only in case, which the audit counts as one campaign.
    assert unknown["campaign"].nunique() == 109
    assert names(unknown).nunique() == 107


def test_reasons_and_tests(school: Audited) -> None:
    reasons = school.facts.reasons
    assert reasons.loc[reasons["reason"] == "Duplicate", "leads"].sum() == 1_771
    notice = school.notice("TEST_LIKE")
    assert notice["rows"] == 159
    leads, spend = school.facts.leads, school.facts.spend
    assert leads.loc[(leads["channel"] == "Test") & (leads["outcome"] == "won"), "leads"].sum() == 3
    assert round(spend.loc[spend["channel"] == "Test", "spend"].sum(), 2) == 608.21


def test_dates_amounts_and_people(school: Audited) -> None:
    assert school.notice("CLOSED_BEFORE_CREATED")["rows"] == 44
    # "€ 3.500,00" is an amount, not an empty cell: 15 empty and 3 zero, where a plain reader sees 28.
    assert school.notice("WON_WITHOUT_AMOUNT")["rows"] == 15
    assert school.notice("WON_ZERO_AMOUNT")["rows"] == 3
    people = school.facts.people.set_index("span").loc["now"]
    assert people["leads"] == 21_593
    assert school.notice("NO_MANAGER")["rows"] == 29


def test_quality_and_answers_are_read(school: Audited) -> None:
    leads = school.facts.leads
    assert leads["rated"].sum() == 7_634 + 6_248 + 3_459 + 1_564 + 432
    assert leads["rating_sum"].sum() == 7_634 + 2 * 6_248 + 3 * 3_459 + 4 * 1_564 + 5 * 432
    assert school.facts.speed.fates["timed"].sum() == 13_672 + 1_861
    assert school.notice("MACRO_UNFILLED")["rows"] >= 3_258


def test_damaged_ids_are_refused(tmp_path: Path) -> None:
    from helpers.client import read_client
    from helpers.errors import DataError
    from helpers.sources import load

    folder = tmp_path / "school"
    (folder / "exports").mkdir(parents=True)
    (folder / "exports" / "calls.parquet").symlink_to((DATA / "calls.parquet").resolve())
    (folder / "client.yml").write_text(
        "client: School\ncurrency: EUR\nsources:\n  - {table: leads, file: exports/calls.parquet, "
        "columns: {lead_id: CONTACTID, created_at: Call Start Time}}\n",
        encoding="utf-8",
    )
    with pytest.raises(DataError, match="written as numbers"):
        load(read_client(folder))


def test_the_report_says_there_is_no_score_and_shows_the_funnel(school: Audited) -> None:
    page = school.html()
    assert school.figures["score"]["total"] is None
    assert "Nobody in marketing and sales has answered" in page
    assert school.notice("NO_ANSWERS")
    assert len(page.encode()) < 1_500_000
