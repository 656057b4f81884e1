"""The managers chapter: who has the highest and lowest conversion, and whether it means anything."""

from __future__ import annotations

import datetime as dt
import json

import pytest
from cohort_facts import cell, make_client, make_facts

from helpers.chapters.managers import Managers
from helpers.chapters.managers_chart import SHOWN, shown_by_limits, shown_by_rate
from helpers.chapters.managers_measure import kind_of
from helpers.facts import Facts
from helpers.language import LANGUAGES, language

TEAM = {"Рамкина Ольга": 30, "Форточкин Пётр": 28, "Ручкин Денис": 33, "Штапиков Олег": 27, "Откосова Вера": 31}


def team(**more: int) -> list[list[dict]]:
    """Five managers of 300 leads each, and more: name → sales."""
    return [cell(300, won, manager=name) for name, won in {**TEAM, **more}.items()]


def chapter(facts: Facts, lang: str = "en", **client: object) -> Managers:
    return Managers.measure(facts, make_client(**client), language(lang))


def verdicts(managers: Managers) -> dict[str, str]:
    return dict(zip(managers.measured.table["manager"], managers.measured.table["verdict"], strict=True))


def test_highest_and_lowest_and_nobody_differs() -> None:
    managers = chapter(make_facts(*team()))
    figures = managers.figures()["managers"]
    assert (figures["max"]["manager"], figures["max"]["conversion"]) == ("Ручкин Денис", 0.11)
    assert (figures["min"]["manager"], figures["min"]["conversion"]) == ("Штапиков Олег", 0.09)
    assert set(verdicts(managers).values()) == {"usual"}
    assert figures["spread_beyond_luck"] == 1.0
    assert managers.words.ends_title() == (
        "Conversion of lead to customer: highest 11.0% (Ручкин Денис), lowest 9.0% (Штапиков Олег); it may be chance"
    )
    assert (
        managers.words.limits_title()
        == "With equal leads the managers' conversions differ no more than luck would explain"
    )
    assert "Ручкин Денис has the highest conversion: 33 sales" in " ".join(managers.words.limits_reading())
    assert "would here reward luck" in " ".join(managers.words.limits_reading())
    assert managers.findings() == ()


def test_of_equal_conversions_the_one_that_more_leads_bear_out_is_named() -> None:
    nobody = [cell(40, 0, manager="Few"), cell(400, 0, manager="Many"), cell(40, 40, manager="A few"),
              cell(400, 400, manager="A lot")]  # fmt: skip
    figures = chapter(make_facts(*team(), *nobody)).figures()["managers"]
    assert (figures["max"]["manager"], figures["min"]["manager"]) == ("A lot", "Many")


def test_one_at_twice_the_rate_differs_and_is_said_without_blame() -> None:
    managers = chapter(make_facts(*team(Стеклова=62)))
    found = verdicts(managers)
    assert found.pop("Стеклова") == "higher"
    assert set(found.values()) == {"usual"}
    row = managers.measured.differing.iloc[0]
    # The others together: 149 of 1 500 leads.
    assert row["expected"] == pytest.approx(300 * 149 / 1500)
    title = "One of 6 managers differs beyond luck: Стеклова, 62 sales where equal leads bring the others 30"
    assert managers.findings()[0].text == title
    assert "making it the rule for all" in " ".join(managers.words.limits_reading())


def test_a_low_conversion_points_to_how_the_work_is_arranged() -> None:
    managers = chapter(make_facts(*team(Новиков=4)))
    assert verdicts(managers)["Новиков"] == "lower"
    assert "how the work is arranged" in " ".join(managers.words.limits_reading())


def test_better_leads_are_no_better_manager() -> None:
    """Referrals sell at 30 %, ads at 6 %; who gets the referrals only looks better."""
    rows = [cell(100, 30, manager="Вера", channel="referral"), cell(200, 12, manager="Вера")]
    for name in ("Анна", "Олег", "Иван"):
        rows += [cell(40, 12, manager=name, channel="referral"), cell(260, 16, manager=name)]
    managers = chapter(make_facts(*rows))
    best = managers.measured.people.iloc[0]
    assert (best["manager"], best["verdict"]) == ("Вера", "usual")
    assert best["expected"] == pytest.approx(42, abs=1.5)


def test_products_count_only_where_nearly_every_lead_names_one() -> None:
    """Where the product is written down when something was sold, it must not tell leads apart."""
    often = [cell(300, 30, manager=name, product=product) for name in "АБВ" for product in ("окна", "двери")]
    assert chapter(make_facts(*often)).measured.product
    sold_only = [
        part for name in "АБВ" for part in (cell(30, 30, manager=name, product="окна"), cell(270, 0, manager=name))
    ]
    assert not chapter(make_facts(*sold_only)).measured.product


def test_lines_without_a_person_are_shown_and_never_judged() -> None:
    queues = {"": 0, "False": 1, "Call Center": 60, "Колл-центр": 2, "Отдел продаж": 1}
    managers = chapter(make_facts(*team(**queues)))
    found = verdicts(managers)
    assert {name: found[name] for name in queues} == dict.fromkeys(queues, "nobody")
    assert len(managers.measured.people) == 5
    # They are no part of the team's rate either.
    row = managers.measured.table.set_index("manager").loc["Ручкин Денис"]
    assert row["expected"] == pytest.approx(300 * 116 / 1200)
    assert "no manager named" in {row[0] for row in managers.section().exhibits[0].table.rows}
    assert set(shown_by_rate(managers.measured)["kind"]) == {"person", "nobody"}


@pytest.mark.parametrize(
    ("name", "team", "kind"),
    [("Иванов", "", "person"), ("Иванов", "sales", "person"), ("Гудкова", "call_centre", "other"),
     ("Queue 2", "", "nobody"), ("Черга", "", "nobody"), ("Не назначен", "", "nobody"), ("Ботов Ян", "", "person"),
     ("Админова Ия", "", "person"), ("admin", "", "nobody"), ("Falsetti", "", "person")],
)  # fmt: skip
def test_who_is_a_person(name: str, team: str, kind: str) -> None:
    assert kind_of(name, team) == kind


def test_who_has_left_is_marked() -> None:
    staff = [("Ручкин Денис", "sales", "2026-05-31"), ("Откосова Вера", "sales", "2027-01-31")]
    managers = chapter(make_facts(*team(), staff=staff))
    rows = [row[0] for row in managers.section().exhibits[0].table.rows]
    assert "Ручкин Денис (left in May 2026)" in rows
    # Leaves after the audit: nobody knew yet.
    assert "Откосова Вера" in rows
    assert managers.figures()["managers"]["max"]["left"] == "2026-05-31"


def test_few_leads_are_not_judged() -> None:
    managers = chapter(make_facts(*team(), cell(29, 15, manager="Новенький")))
    assert verdicts(managers)["Новенький"] == "too_few"
    assert "Новенький" not in managers.words.ends_title()
    entry = next(x for x in managers.figures()["managers"]["list"] if x["manager"] == "Новенький")
    assert (entry["conversion"], entry["won"]) == (None, 15)
    assert "1 manager has fewer than 30 leads" in " ".join(managers.words.ends_reading())


def test_a_team_that_differs_as_a_whole() -> None:
    spread = {f"М{i}": won for i, won in enumerate((6, 15, 24, 30, 36, 48, 60, 75))}
    managers = chapter(make_facts(*[cell(300, won, manager=name) for name, won in spread.items()]))
    assert managers.measured.differing.empty
    assert "times as much as luck explains" in managers.words.limits_title()
    rows = managers.section().exhibits[0].table.rows
    assert "within the spread of the team" in {row[-1] for row in rows}
    assert "Roles, shifts" in " ".join(managers.words.limits_reading())


def test_one_manager() -> None:
    managers = chapter(make_facts(cell(300, 30, manager="Один")))
    assert verdicts(managers) == {"Один": "alone"}
    section = managers.section()
    assert [exhibit.key for exhibit in section.exhibits] == ["managers-conversion"]
    assert section.exhibits[0].title == "Conversion by manager: too few managers with 30 leads to compare"


def test_no_wins_at_all() -> None:
    managers = chapter(make_facts(cell(300, 0, manager="А"), cell(300, 0, manager="Б")))
    assert set(verdicts(managers).values()) == {"no_sales"}
    exhibit, *rest = managers.section().exhibits
    assert exhibit.title == "Nothing was sold to the compared leads, so conversions cannot be compared"
    assert not rest


def test_all_leads_too_young() -> None:
    period = (dt.date(2026, 7, 1), dt.date(2026, 7, 10))
    facts = make_facts(
        cell(300, 3, manager="А", month="2026-07-01"), cell(300, 9, manager="Б", month="2026-07-01"),
        period=period, as_of=dt.date(2026, 7, 12),
    )  # fmt: skip
    managers = chapter(facts, cycle_days=30)
    section = managers.section()
    assert not section.exhibits
    assert section.boxes[0].title == "Too early to compare managers"
    assert "August 9, 2026" in section.boxes[0].text[0]
    figures = managers.figures()["managers"]
    assert (figures["max"], figures["age_days"]) == (None, None)


def test_nobody_named_says_what_to_collect() -> None:
    section = chapter(make_facts(cell(300, 30, manager=""))).section()
    assert not section.exhibits
    assert section.boxes[0].text == (
        "Export the salesperson in charge with each lead: then conversions can be compared fairly.",
    )
    assert chapter(make_facts()).section().boxes[0].tone == "missing"


def test_three_hundred_managers_fit_the_picture() -> None:
    many = [cell(60, 6 + i % 3, manager=f"Менеджер с очень длинным именем и отчеством номер {i}") for i in range(120)]
    managers = chapter(make_facts(*many))
    assert len(shown_by_rate(managers.measured)) == SHOWN
    assert len(shown_by_limits(managers.measured)) == SHOWN
    assert len(managers.section().exhibits[0].table.rows) == 120


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_section_is_complete_in_every_language(lang: str) -> None:
    managers = chapter(make_facts(*team(Стеклова=62, **{"": 3})), lang)
    section = managers.section()
    assert [exhibit.key for exhibit in section.exhibits] == ["managers-conversion", "managers-limits"]
    for exhibit in section.exhibits:
        assert exhibit.figure is not None
        assert "Стеклова" in exhibit.figure.alt
    json.dumps(managers.figures())


def test_the_same_facts_give_the_same_pictures() -> None:
    one, other = (chapter(make_facts(*team(Стеклова=62))).section() for _ in range(2))
    assert [x.figure.svg for x in one.exhibits if x.figure] == [x.figure.svg for x in other.exhibits if x.figure]


def test_names_from_the_client_stay_text() -> None:
    nasty = "<b>{0}</b> $x$ {name}"
    section = chapter(make_facts(*team(**{nasty: 62}))).section()
    assert nasty in section.exhibits[1].title
    assert "<b>" not in section.exhibits[0].figure.svg
