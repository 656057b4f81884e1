"""The questionnaire is whole, is said in three languages, and a broken file is refused."""

from __future__ import annotations

import copy
import re
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import BaseModel, ValidationError

from helpers.survey.bands import band_of
from helpers.survey.criteria import LANGUAGES, Criterion, Questionnaire, questionnaire, read

LATIN_ALLOWED = {"CRM", "UTM", "KPI", "BANT", "Harvard", "Business", "Review"}


def texts(part: Any, path: str = "") -> Iterator[tuple[str, dict[str, str]]]:
    """Every text of a model with the path to it, at any depth."""
    if isinstance(part, BaseModel):
        for name in type(part).model_fields:
            yield from texts(getattr(part, name), f"{path}.{name}")
    elif isinstance(part, tuple):
        for item in part:
            yield from texts(item, f"{path}[{getattr(item, 'id', getattr(item, 'key', ''))}]")
    elif isinstance(part, dict):
        if set(part) == set(LANGUAGES):
            yield path, part
        else:
            for key, item in part.items():
                yield from texts(item, f"{path}.{key}")


ALL = dict(texts(questionnaire()))


def lines(language: str) -> Iterator[tuple[str, str]]:
    return ((path, text[language]) for path, text in ALL.items())


def raw() -> dict[str, Any]:
    return copy.deepcopy(RAW)


RAW = {**read("criteria.yml"), **read("bands.yml")}


def refused(data: dict[str, Any]) -> str:
    with pytest.raises(ValidationError) as caught:
        Questionnaire.model_validate(data)
    return str(caught.value)


# ------------------------------------------------------------------------------------------------------ it is whole


def test_twenty_criteria_four_to_a_dimension_in_order() -> None:
    asked = questionnaire()
    assert asked.version == "1.0"
    assert [dimension.id for dimension in asked.dimensions] == ["A", "B", "C", "D", "E"]
    assert asked.ids == tuple(f"{letter}{n}" for letter in "ABCDE" for n in (1, 2, 3, 4))
    assert [criterion.id for criterion in asked.of("C")] == ["C1", "C2", "C3", "C4"]


def test_the_walk_over_texts_reaches_all_of_them() -> None:
    # per criterion: title, statement, three anchors, fact, min_n_text, rule, action; 4 hints and more
    assert len(ALL) >= 20 * 9 + 5 * 2 + 4 * 6 + 1
    assert ".criteria[B1].anchors.3" in ALL
    assert ".bands[apart].stay" in ALL


def test_dimension_titles() -> None:
    assert [dimension.title["uk"] for dimension in questionnaire().dimensions] == [
        "Цілі та гроші",
        "Ліди: правила та передача",
        "Зустрічі та обмін інформацією",
        "Спільні цифри",
        "Увесь шлях клієнта",
    ]


def test_prerequisites_are_the_agreed_ones() -> None:
    assert {
        criterion.id: criterion.prerequisites for criterion in questionnaire().criteria if criterion.prerequisites
    } == {
        "A3": ("B1", "B4"),
        "A4": ("A1", "E1"),
        "B4": ("B1",),
        "D2": ("D1",),
        "D3": ("D1", "D2"),
        "D4": ("D1",),
        "E2": ("D1",),
        "E4": ("E3",),
    }


def test_only_bonus_and_events_may_be_left_out() -> None:
    assert [criterion.id for criterion in questionnaire().criteria if criterion.not_applicable] == ["A3", "C3"]
    assert all(questionnaire().criterion(id).hint for id in ("A3", "C3", "B2", "E3"))


def test_lower_is_better_for_the_gap_of_plans_and_the_difference_of_reports() -> None:
    assert [criterion.id for criterion in questionnaire().criteria if criterion.better == "lower"] == ["A1", "D2"]
    assert questionnaire().criterion("A1").cut_points == (0.5, 0.25, 0.1)
    assert questionnaire().criterion("B2").cut_points == (20, 50, 85)


def test_an_indicator_at_one_joint_is_enough() -> None:
    assert questionnaire().criterion("A4").min_n == {"joints": 1}


def test_unknown_ids_are_key_errors() -> None:
    with pytest.raises(KeyError):
        questionnaire().criterion("F1")
    with pytest.raises(KeyError):
        questionnaire().of("F")


# -------------------------------------------------------------------------------------------------------- the bands


@pytest.mark.parametrize(
    ("total", "key"),
    [
        (20, "apart"),
        (39.5, "apart"),
        (39.999, "apart"),
        (40, "agreed"),
        (59.99, "agreed"),
        (60, "in_step"),
        (79.5, "in_step"),
        (80, "one_team"),
        (100, "one_team"),
    ],
)
def test_band_of_a_total_is_the_one_whose_range_holds_it(total: float, key: str) -> None:
    band = questionnaire().band(band_of(total))
    assert band.key == key
    assert band.low <= total < band.high or total == band.high == 100


@pytest.mark.parametrize("total", [19.9, 100.1])
def test_a_total_beyond_the_scale_has_no_band(total: float) -> None:
    with pytest.raises(ValueError, match="between 20 and 100"):
        band_of(total)


def test_an_unknown_band_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        questionnaire().band("integrated")


def test_band_names() -> None:
    bands = questionnaire().bands
    assert [band.label["ru"] for band in bands] == ["Порознь", "По правилам", "Слаженно", "Одна команда"]
    assert [band.label["uk"] for band in bands] == ["Нарізно", "За правилами", "Злагоджено", "Одна команда"]
    assert bands[1].name["uk"] == "Домовилися про правила"
    assert [band.first for band in bands] == [
        ("B1", "B2", "B3", "E1"),
        ("C1", "D1", "D2", "B4"),
        ("A1", "A3", "A4", "D4", "E2"),
        ("E3", "E4"),
    ]


# ------------------------------------------------------------------------------------------- two minutes of reading


@pytest.mark.parametrize("language", LANGUAGES)
def test_statements_are_read_in_two_minutes(language: str) -> None:
    counts = {
        criterion.id: len(re.findall(r"[^\W\d_][\w'-]*", criterion.statement[language]))
        for criterion in questionnaire().criteria
    }
    assert 320 <= sum(counts.values()) <= 420
    five_figures = counts.pop("D3")
    assert five_figures <= 32
    assert max(counts.values()) <= 28, counts
    assert min(counts.values()) >= 10, counts


@pytest.mark.parametrize("language", LANGUAGES)
def test_anchors_hints_and_labels_are_short(language: str) -> None:
    anchors = {path: len(text) for path, text in lines(language) if ".anchors." in path}
    assert len(anchors) == 60
    assert max(anchors.values()) <= 160
    assert sum(anchors.values()) / 60 <= 110
    assert all(len(text) <= 80 for path, text in lines(language) if path.endswith(".hint"))
    assert all(len(text) <= 14 for path, text in lines(language) if path.endswith(".label"))
    assert all(len(text) <= 60 for path, text in lines(language) if path.endswith(".title"))


# --------------------------------------------------------------------------------------------------------- language


@pytest.mark.parametrize("language", ["ru", "uk"])
def test_no_latin_words_in_cyrillic_texts(language: str) -> None:
    found = {(path, word) for path, text in lines(language) for word in re.findall(r"[A-Za-z]+", text)}
    assert {(path, word) for path, word in found if word not in LATIN_ALLOWED} == set()


def test_no_cyrillic_in_english_texts() -> None:
    assert [path for path, text in lines("en") if re.search(r"[Ѐ-ӿ]", text)] == []


@pytest.mark.parametrize(("language", "foreign"), [("uk", "ыёэъЫЁЭЪ"), ("ru", "іїєґІЇЄҐ")])
def test_letters_of_the_other_language_are_absent(language: str, foreign: str) -> None:
    assert [path for path, text in lines(language) if set(text) & set(foreign)] == []


@pytest.mark.parametrize(("first", "second"), [("en", "ru"), ("en", "uk"), ("ru", "uk")])
def test_every_text_is_translated(first: str, second: str) -> None:
    # Some short titles are the same in Russian and Ukrainian.
    same = {text[first] for text in ALL.values() if text[first] == text[second]}
    assert same <= {"Одна команда", "30 заявок"}


@pytest.mark.parametrize(
    ("language", "wrong"),
    [
        ("uk", r"слідуюч|приймат\w+ участь|на протязі|співпад|являєть|відноситьс|міроприєм|\bлюб(ий|а|е|ого)\b"),
        ("uk", r"на протязі|по крайній|получ|отриманн\w+ ліди|вірн(ий|о)\b|заключ|настоящ|\bлишн"),
        ("uk", r"\b(звяз|пят|памят|обєдн|обовяз|імя)"),
        ("uk", r"[’ʼ`]"),
        ("uk", r"[Вв]ідділ\w* продаж(?!ів)|\bпродаж\b|забракован|власник\w* етап|лійк|контент|лідер"),
        ("ru", r"владел|контент|лидер|адвокат|ворон[оа]к? в |драйвер|разрыв восприятия|отказ|трубопровод"),
        ("ru", r"\bеще\b|\bотчет|\bнапомн|\bвсе-таки\b|приведен|учет"),
    ],
)
def test_words_that_the_glossary_forbids(language: str, wrong: str) -> None:
    found = [(path, match[0]) for path, text in lines(language) if (match := re.search(wrong, text))]
    assert found == []


@pytest.mark.parametrize(
    ("id", "russian", "ukrainian"),
    [
        ("A4", "стык", "стик"),
        ("B1", "квалифицированн", "кваліфікован"),
        ("B3", "следующий шаг", "наступний крок"),
        ("B4", "забракова", "відхил"),
        ("C1", "оперативк", "нарад"),
        ("D1", "аналитика", "аналітика"),
        ("D3", "доля квалифицированных лидов", "частка кваліфікованих лідів"),
        ("E1", "ответственный", "відповідальн"),
        ("E2", "когорт", "когорт"),
    ],
)
def test_one_word_for_one_thing(id: str, russian: str, ukrainian: str) -> None:
    criterion = questionnaire().criterion(id)
    assert all(
        word in " ".join(text[code] for _, text in texts(criterion))
        for code, word in (("ru", russian), ("uk", ukrainian))
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_statements_are_sentences_and_titles_are_not(language: str) -> None:
    sentences = [
        path for path, text in lines(language) if path.endswith((".statement", ".action", ".rule", ".meaning"))
    ]
    assert len(sentences) == 20 * 3 + 4
    assert [path for path in sentences if not ALL[path][language].endswith(".")] == []
    assert [
        path for path, text in lines(language) if path.endswith((".title", ".label", ".fact")) and text[-1] in ".,;"
    ] == []
    assert [path for path, text in lines(language) if "  " in text or "—" in text or " ," in text] == []


# ------------------------------------------------------------------------------------------ a broken file is refused


def test_the_unbroken_copy_is_accepted() -> None:
    assert Questionnaire.model_validate(raw()) == questionnaire()


@pytest.mark.parametrize("value", ["", "  ", "trailing "])
def test_an_empty_text_is_refused(value: str) -> None:
    data = raw()
    data["criteria"][4]["anchors"][3]["uk"] = value
    assert "in uk" in refused(data)


def test_a_missing_language_is_refused() -> None:
    data = raw()
    del data["criteria"][0]["action"]["ru"]
    assert "needs exactly the languages en, ru, uk; found en, uk" in refused(data)


@pytest.mark.parametrize(("place", "points"), [(0, [0.1, 0.25, 0.5]), (1, [10, 10, 90]), (2, [95, 70, 30])])
def test_cut_points_that_turn_back_are_refused(place: int, points: list[float]) -> None:
    data = raw()
    data["criteria"][place]["cut_points"] = points
    assert "from level 1 to 5" in refused(data)


def test_prerequisites_in_a_circle_are_refused() -> None:
    data = raw()
    data["criteria"][4]["prerequisites"] = ["A3"]
    assert "circle" in refused(data)


def test_a_prerequisite_that_is_no_criterion_is_refused() -> None:
    data = raw()
    data["criteria"][4]["prerequisites"] = ["B5"]
    assert "criteria.4.prerequisites.0" in refused(data)


def test_a_missing_or_moved_criterion_is_refused() -> None:
    missing, moved, strayed = raw(), raw(), raw()
    del missing["criteria"][7]
    moved["criteria"].reverse()
    strayed["criteria"][7]["dimension"] = "C"
    assert "criteria are A1, A2" in refused(missing)
    assert "criteria are A1, A2" in refused(moved)
    assert "B4: stands in dimension C" in refused(strayed)


def test_a_missing_anchor_an_unknown_key_and_a_gap_between_bands_are_refused() -> None:
    anchor, key, gap = raw(), raw(), raw()
    del anchor["criteria"][0]["anchors"][5]
    key["criteria"][0]["colour"] = "red"
    gap["bands"][1]["low"] = 41
    assert "anchors are needed for 1, 3 and 5" in refused(anchor)
    assert "criteria.0.colour" in refused(key)
    assert "bands are" in refused(gap)


# ------------------------------------------------------------------------------------------------------------ the code


def test_read_once_and_not_to_be_changed() -> None:
    assert questionnaire() is questionnaire()
    criterion: Criterion = questionnaire().criterion("A1")
    with pytest.raises(ValidationError):
        criterion.unit = "count"  # type: ignore[misc]


def test_reading_the_questionnaire_is_light() -> None:
    code = (
        "import sys; from helpers.survey.criteria import questionnaire; questionnaire();"
        "print(sorted({'pandas', 'numpy', 'scipy', 'matplotlib', 'ibis'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
