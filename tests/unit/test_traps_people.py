"""Traps 37-54: which rows are one lead, whose it is, what its stage and its source mean."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pandas as pd
import pytest
from trapped_folders import TRAPS, column, counted, money, notice, notices, read, refused, trap

from helpers.chapters.campaigns import count_campaigns, join_keys
from helpers.chapters.data import DataQuality
from helpers.chapters.data_rewritten import FIGURES, SHOWN, rewritten_exhibit, rewritten_figures
from helpers.chapters.money_measure import _keys
from helpers.facts import Facts
from helpers.language import language
from helpers.sources.names import alike, canonical, usual_channels
from helpers.sources.notices import Code
from helpers.sources.repair import repaired
from helpers.sources.rewritten import Rewritten


def by_campaign(facts: Facts) -> pd.DataFrame:
    table = count_campaigns(facts.leads, facts.spend, join_keys(_keys(facts.spend), _keys(facts.leads)))
    return table.set_index(["channel", "campaign_id", "campaign"])[["spend", "leads", "kind"]]


def test_37_leads_people_and_repeats_are_counted_apart() -> None:
    assert notice("37-duplicate-leads", Code.DUPLICATE_ROW).rows == 1
    assert notice("37-duplicate-leads", Code.REPEATS).rows == 1
    people = counted("37-duplicate-leads").people.set_index("span").loc["now"]
    # Four leads, one of them without a phone; two of the others are one person.
    assert (people["leads"], people["people"], people["repeats"]) == (4, 2, 1)


def test_38_an_id_that_a_newer_export_has_lost_is_said_and_counted() -> None:
    trap = "38-merged-deals"
    assert money(trap, "deals") == ("7951.25", "4550.75")
    # The newer state of deal 1 counts: won, and dearer.
    assert notice(trap, Code.OLDER_EXPORT, "deals").money == Decimal("1000.50")
    assert dict(zip(column(trap, "deals", "deal_id"), column(trap, "deals", "outcome"), strict=True))["1"] == "won"
    gone = notice(trap, Code.VANISHED, "deals")
    assert (gone.rows, gone.money, gone.detail) == (1, Decimal("300.25"), "3")
    assert notice(trap, Code.MERGED, "deals").rows == 1


def test_38_when_it_is_left_out_the_survivor_takes_over_its_source() -> None:
    trap = "38-merged-deals-left-out"
    assert money(trap, "deals") == ("7951.25", "4250.5")
    assert notice(trap, Code.VANISHED_LEFT_OUT, "deals").money == Decimal("300.25")
    assert column(trap, "leads", "lead_id") == ["1", "2", "4", "5", "6"]
    # Lead 6 is the same person as the vanished lead 3, who came from yandex a month earlier.
    assert column(trap, "leads", "source")[-1] == "yandex"
    assert column(trap, "leads", "campaign")[-1] == "a"


def test_39_what_the_crm_marks_as_deleted_is_left_out_with_its_money() -> None:
    assert money("39-deleted-deals", "deals") == ("600.6", "400.4")
    assert notice("39-deleted-deals", Code.DELETED_IN_CRM, "deals").money == Decimal("200.20")
    assert column("39-deleted-deals", "leads", "lead_id") == ["1", "3"]


def test_40_tests_are_kept_until_the_client_confirms_the_rules() -> None:
    trap = "40-test-leads"
    found = notice(trap, Code.TEST_LIKE)
    assert (found.rows, found.detail) == (3, "1")
    assert column(trap, "leads", "test") == [False, True, True, True, False, False, False, False]
    assert money(trap, "deals") == ("1083.35", "1083.35")


def test_40_confirmed_tests_go_with_their_deals_but_won_ones_stay() -> None:
    trap = "40-test-leads-confirmed"
    assert column(trap, "leads", "lead_id") == ["1", "3", "7", "8"]
    assert money(trap, "deals") == ("1083.35", "1077.8")
    assert notice(trap, Code.TEST_LEFT_OUT, "deals").money == Decimal("5.55")
    assert column(trap, "deals", "deal_id") == ["d1", "d3"]


def test_41_names_given_by_a_machine_are_marked_and_kept() -> None:
    assert column("41-auto-titles", "leads", "title") == ["auto", "auto", "auto", "auto", None, None]
    assert notice("41-auto-titles", Code.AUTO_TITLE).rows == 4
    # The names themselves - one holds a phone - go no further than the loader.
    frame = read("41-auto-titles").tables["leads"].to_pandas()
    assert "79001112233" not in frame.to_csv()


def test_42_renamed_managers_are_one_and_nobody_is_a_bucket() -> None:
    leads = counted("42-managers-gone").leads.groupby("manager")["leads"].sum()
    assert leads.to_dict() == {"": 2, "Ann Brook": 3, "Bob": 1}
    assert notice("42-managers-gone", Code.NO_MANAGER).rows == 2


def test_43_one_of_several_people_in_charge_is_taken_and_it_is_said_which() -> None:
    found = notice("43-three-owners", Code.MANAGER_CHOSEN)
    assert (found.column, found.detail) == ("Ответственный", "Кем создана сделка, Ответственный за контакт")
    assert column("43-three-owners", "leads", "manager") == ["Анна"]


def test_44_a_stage_means_what_its_pipeline_says() -> None:
    assert column("44-stage-per-pipeline", "leads", "outcome") == ["open", "won", "open"]


def test_44_no_figure_before_every_stage_has_a_meaning(tmp_path: Path) -> None:
    said = refused(tmp_path, "44-stage-unknown")
    assert len(said) == 2
    assert 'the stage "Agreed" of the pipeline "Doors" (2 rows) has no outcome in this pipeline' in said[0]
    assert 'add under outcomes: "Doors": {"Agreed":' in said[0]


def test_45_a_column_of_outcomes_wins_over_the_stage() -> None:
    trap = "45-outcome-column-wins"
    assert column(trap, "deals", "outcome") == ["won", "lost", "open"]
    assert money(trap, "deals") == ("600.6", "600.6")


def test_46_usual_spellings_and_the_clients_are_one_channel_similar_ones_a_question() -> None:
    trap = "46-source-spellings"
    leads = counted(trap).leads.groupby("channel")["leads"].sum().to_dict()
    assert leads == {"yandex": 4, "vk": 4, "telegram": 3, "zen": 2, "newsleter": 1, "newsletter": 1}
    spend = counted(trap).spend.groupby("channel")["spend"].sum().to_dict()
    assert spend == {"yandex": pytest.approx(10.10), "vk": pytest.approx(20.20)}
    assert "newsleter – newsletter" in notice(trap, Code.CHANNELS_ALIKE).detail
    # What came is kept as it came.
    assert "yandex-direct" in column(trap, "leads", "source")


def test_46_one_spelling_alone_keeps_its_name_and_the_client_wins() -> None:
    usual = usual_channels()
    assert canonical({"VKontakte": 3}, {}, usual) == {"VKontakte": "VKontakte"}
    assert canonical({"VKontakte": 3, "vk": 9}, {}, usual) == {"VKontakte": "vk", "vk": "vk"}
    assert canonical({"вк": 3, "vk": 9}, {"Соцсети": ("vk",)}, usual) == {"вк": "Соцсети", "vk": "Соцсети"}


def test_47_a_macro_is_no_campaign_and_a_fault_of_its_system() -> None:
    trap = "47-macros-unfilled"
    assert notice(trap, Code.PERCENT_DECODED).rows == 2
    assert sum(found.rows or 0 for found in notices(trap, Code.MACRO_UNFILLED)) == 6
    assert column(trap, "leads", "campaign") == ["", "", "", "", "a", "a", "a"]
    assert column(trap, "leads", "unfilled") == [True, True, True, True, True, False, True]
    tracking = counted(trap).quality.tracking
    unfilled = tracking[tracking["trace"] == "unfilled"].set_index("channel")["leads"]
    assert unfilled.to_dict() == {"": 1, "facebook": 1, "yandex": 3}
    # A template in another tag hides no campaign: the sixth and the seventh are followed alike.
    named = tracking[tracking["trace"] == "campaign"].set_index("channel")["leads"]
    assert named.to_dict() == {"yandex": 2}


def test_48_percent_signs_are_taken_off_once_or_twice_and_the_campaign_matches() -> None:
    campaigns = by_campaign(counted("48-percent-encoded"))
    assert campaigns.loc[("google", "", "it career hub")].tolist() == [10.10, 2, "matched"]
    assert campaigns.loc[("yandex", "", "Окна лето")].tolist() == [20.20, 2, "matched"]
    assert notice("48-percent-encoded", Code.PERCENT_DECODED).rows == 4
    assert column("48-percent-encoded", "leads", "campaign")[-1] == "100% roof"


@pytest.mark.parametrize("lang", ["en", "ru", "uk"])
def test_48_what_was_written_stands_beside_what_was_read(lang: str) -> None:
    data = read("48-percent-encoded")
    kept = {(one.column, one.written): (one.read, one.rows) for one in data.ledger.rewritten}
    assert kept == {
        ("utm_campaign", "it%20career%20hub"): ("it career hub", 1),
        ("utm_campaign", "it%2520career%2520hub"): ("it career hub", 1),
        ("utm_campaign", "%D0%9E%D0%BA%D0%BD%D0%B0+%D0%BB%D0%B5%D1%82%D0%BE"): ("Окна лето", 1),
        ("utm_campaign", "%CE%EA%ED%E0%20%EB%E5%F2%EE"): ("Окна лето", 1),
    }
    made = DataQuality.measure(data.ledger, counted("48-percent-encoded"), data.client, language(lang))
    (table,) = [one.table for one in made.section().exhibits if one.key == "data-rewritten"]
    assert table is not None
    assert {(row[3], row[4], row[5]) for row in table.rows} == {(raw, *now) for (_, raw), now in kept.items()}
    figures = made.figures()["data"]["rewritten"]
    assert figures["values"] == len(figures["largest"]) == 4


def test_48_of_many_values_all_are_counted_and_those_of_most_rows_are_named() -> None:
    many = [Rewritten("leads", "a.csv", "utm_term", f"a%20{n}", f"a {n}", n) for n in range(1, FIGURES + 201)]
    figures = rewritten_figures(many)
    assert figures["values"] == FIGURES + 200
    assert [one["rows"] for one in figures["largest"]] == list(range(FIGURES + 200, 200, -1))
    exhibit = rewritten_exhibit(many, language("en"), str)
    assert exhibit is not None
    assert exhibit.table is not None
    assert exhibit.title == f"{FIGURES + 200:,} values are read otherwise than they are written"
    assert [row[5] for row in exhibit.table.rows] == list(range(FIGURES + 200, FIGURES + 200 - SHOWN, -1))
    assert f"{FIGURES + 200 - SHOWN:,} more values are not shown." in exhibit.reading


def test_48_nobodys_address_is_kept_as_it_was_written(tmp_path: Path) -> None:
    head = "Id,Created,utm_source,utm_campaign,Owner,Stage"
    lines = [f"{n},2026-01-0{n},vk,{tag},Ann,New" for n, tag in enumerate(
        ("ann%40mail.example", "%2B7%20900%20111-22-33", "sun%20%26%20sea"), 1)]  # fmt: skip
    yml = (TRAPS / "48-percent-encoded" / "client.yml").read_text(encoding="utf-8")
    yml = yml[: yml.index("  - table: spend")] + yml[yml.index("outcomes:") :]
    data = trap(tmp_path, "", leads__csv="\n".join([head, *lines]).encode(), client__yml=yml.encode())
    assert [(one.written, one.read) for one in data.ledger.rewritten] == [("sun%20%26%20sea", "sun & sea")]


def test_49_a_plus_is_a_space_only_where_the_text_is_encoded_and_marks_no_match_type() -> None:
    assert column("49-plus-as-space", "leads", "campaign") == ["summer sale!", "C++", "a"]
    terms = ["plastic windows price", "user-retention_bm|+user +retention", "+user +retention"]
    assert column("49-plus-as-space", "leads", "term") == terms


def test_50_text_read_in_a_wrong_encoding_is_read_again() -> None:
    assert column("50-mojibake", "leads", "campaign") == ["Окна лето"] * 5 + ["Różowe żółwie"]
    assert notice("50-mojibake", Code.MOJIBAKE_REPAIRED).rows == 4
    assert by_campaign(counted("50-mojibake"))["spend"].loc[("yandex", "", "Окна лето")] == pytest.approx(10.10)


@pytest.mark.parametrize(
    "text", ["Різдво", "SEOшник", "C++", "50%ab", "Müller & Söhne", "─────", "100 % скидка", "Ђорђе"]
)
def test_50_what_was_meant_so_stays(text: str) -> None:
    assert repaired(text) == (text, ())


def test_51_letters_that_look_alike_do_not_part_what_is_one() -> None:
    trap = "51-look-alike-letters"
    assert {found.column: found.rows for found in notices(trap, Code.LETTERS_ALIKE)} == {
        "utm_source": 1,
        "utm_campaign": 1,
    }
    campaigns = by_campaign(counted(trap))
    assert campaigns.loc[("yandex", "", "Brand"), "leads"] == 2
    # All of "В2В" is Cyrillic: nothing to repair, but it matches.
    assert campaigns.loc[("yandex", "", "B2B"), "leads"] == 1
    assert campaigns["spend"].sum() == pytest.approx(30.30)


def test_52_placeholders_are_no_values() -> None:
    trap = "52-placeholders"
    assert column(trap, "leads", "source") == [None, None, None, None, None, "google"]
    assert column(trap, "leads", "campaign") == ["a", "", "", "", "a", "a"]
    assert {found.column: found.rows for found in notices(trap, Code.PLACEHOLDER)} == {
        "utm_source": 4,
        "utm_campaign": 3,
        "Owner": 1,
    }


def test_53_a_renamed_campaign_is_a_question_with_its_first_day() -> None:
    found = notice("53-renamed-campaigns", Code.CAMPAIGNS_ALIKE)
    assert found.rows == 2
    # "offer_1" and "offer_2" differ in their number: no question.
    assert found.detail == "performancemax_roofs – Performance Max | Roofs (2026-01-01)"
    assert not notices("53-renamed-campaigns-confirmed", Code.CAMPAIGNS_ALIKE)
    campaigns = by_campaign(counted("53-renamed-campaigns-confirmed"))
    assert campaigns.loc[("google", "", "Performance Max | Roofs")].tolist() == [100.10, 2, "matched"]


def test_53_only_names_are_compared() -> None:
    assert alike(["Offer 1", "Offer 2", "ab", "abc"]) == []
    assert alike(["brand_ru"], ["Brand RU", "other"]) == [("brand_ru", "Brand RU")]


def test_54_where_there_are_ids_names_never_match() -> None:
    campaigns = by_campaign(counted("54-one-name-two-ids"))
    assert campaigns.loc[("vk", "101", "широкая")].tolist() == [10.10, 1, "matched"]
    assert campaigns.loc[("vk", "102", "широкая")].tolist() == [20.20, 2, "matched"]
    assert campaigns.loc[("vk", "103", "Копия широкая")].tolist() == [30.30, 0, "spend_only"]
