import json
import random
import re
from collections.abc import Sequence
from typing import Any

import pytest

from helpers.chapters import score_words as words
from helpers.chapters.score import ScoreChapter
from helpers.client import Client
from helpers.errors import Problem
from helpers.language import language
from helpers.report.model import Section
from helpers.survey.answers import Answers, Respondent
from helpers.survey.criteria import questionnaire

Q = questionnaire()
IDS = Q.ids
TEAMS = {"marketing": 4, "sales": 8}


def client(**more: Any) -> Client:
    return Client.model_validate({"client": "Окна", "currency": "RUB", **more})


def forms(department: str, count: int, level: float, seed: int = 1, leaders: int = 0, **more: Any) -> list[Respondent]:
    draw = random.Random(f"{department}{seed}")
    made = []
    for place in range(count):
        answers = {key: min(5, max(1, round(level + draw.gauss(0, 0.8)))) for key in IDS}
        made.append(
            Respondent.model_validate(
                {
                    "respondent": f"{department}-{place}",
                    "department": department,
                    "role": "leader" if place < leaders else "staff",
                    "answers": {**answers, **more.get("fixed", {})},
                    **{key: value for key, value in more.items() if key != "fixed"},
                }
            )
        )
    return made


def chapter(
    made: Sequence[Respondent], lang: str = "en", problems: tuple[Problem, ...] = (), **more: Any
) -> ScoreChapter:
    return ScoreChapter.measure(Answers(tuple(made), problems), client(**more), language(lang))


def usual(**more: Any) -> list[Respondent]:
    return forms("marketing", 4, 3.6, leaders=1, **more) + forms("sales", 8, 2.4, leaders=1, **more)


def texts(section: Section) -> str:
    return section.model_dump_json()


def equal(answer: Any) -> list[Respondent]:
    """Three forms a side with the same answer everywhere."""
    fixed = dict.fromkeys(IDS, answer)
    return forms("marketing", 3, 3, fixed=fixed) + forms("sales", 3, 3, fixed=fixed)


CASES: dict[str, tuple[list[Respondent], dict[str, Any]]] = {
    "usual": (usual(), {"headcount": {"marketing": 4, "sales": 11}}),
    "none": ([], {}),
    "marketing only": (forms("marketing", 4, 3), {}),
    "sales only, anonymous": (forms("sales", 3, 3), {"survey": {"mode": "anonymous"}}),
    "one person": (forms("sales", 1, 3), {}),
    "one a side": (
        forms("marketing", 1, 3) + forms("sales", 1, 4),
        {"headcount": {"marketing": 1, "sales": 1}},
    ),
    "too few": (forms("marketing", 2, 3) + forms("sales", 5, 3), {}),
    "hidden": (forms("marketing", 3, 3) + forms("sales", 9, 3), {"survey": {"mode": "anonymous"}}),
    "all hidden": (
        forms("marketing", 1, 3) + forms("sales", 2, 3),
        {"survey": {"mode": "anonymous"}, "headcount": {"marketing": 1, "sales": 2}},
    ),
    "management only": (forms("management", 2, 4), {}),
    "all threes": (equal(3), {}),
    "nobody knows": (equal("dk"), {}),
    "unfinished": (forms("marketing", 3, 3, fixed=dict.fromkeys(IDS[4:])) + forms("sales", 3, 3), {}),
    "not applicable": (usual(fixed={"A3": "na", "C3": "na"}), {}),
}  # fmt: skip


def check(text: str) -> None:
    """No number that is none, no placeholder that was left open."""
    assert not re.search(r"\bnan\b|\bNone\b|\{[a-z]+\}", text, flags=re.IGNORECASE)


@pytest.mark.parametrize("lang", ["en", "ru", "uk"])
@pytest.mark.parametrize("case", CASES)
def test_every_case_has_a_card(case: str, lang: str) -> None:
    made, more = CASES[case]
    found = chapter(made, lang, **more)
    card = found.score_card()
    assert (card.total is None) == bool(card.missing)
    # Before anybody has answered there is nothing to read.
    assert len(card.readings) == len(card.states) == (4 if found.score.forms else 0)
    assert all(reading.title and reading.text for reading in card.readings)
    check(card.model_dump_json())
    json.dumps(found.figures(), allow_nan=False)


@pytest.mark.parametrize(
    ("case", "lang"), [*((case, "en") for case in CASES), ("usual", "ru"), ("usual", "uk"), ("hidden", "ru")]
)
def test_every_case_has_a_chapter(case: str, lang: str) -> None:
    made, more = CASES[case]
    section = chapter(made, lang, **more).section()
    assert section.key == "score"
    check(" ".join(_strings(section.model_dump(exclude={"exhibits": {"__all__": {"table"}}}))))
    for exhibit in section.exhibits:
        assert exhibit.table is not None
        assert exhibit.figure is None or exhibit.figure.svg.startswith("<svg")


def _strings(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, (list, tuple)) else ()
    return [text for item in inner for text in _strings(item)]


def test_the_usual_case_shows_everything_in_order() -> None:
    found = chapter(usual(loses_at="won", comments={"B2": "Клиенты ждут"}))
    keys = [exhibit.key for exhibit in found.section().exhibits]
    order = "total bands dimensions criteria targets gaps agreement leak comments"
    assert keys == [f"score-{key}" for key in order.split()]


def test_the_readings_are_in_their_order() -> None:
    titles = [reading.title for reading in chapter(usual()).score_card().readings]
    assert titles == ["Who answered", "Spread", "Gap between the departments", "Data"]


def test_the_state_of_the_band_is_the_current_one() -> None:
    found = chapter(usual())
    current = [state.key for state in found.score_card().states if state.current]
    assert current == [found.score.band]
    states = found.score_card().states
    assert [state.range for state in states] == [
        "from 20, below 40",
        "from 40, below 60",
        "from 60, below 80",
        "from 80 to 100",
    ]
    assert all(state.meaning and state.next_step and state.move_on and state.stay for state in states)


def test_titles_hold_their_number() -> None:
    found = chapter(usual(), headcount=TEAMS)
    by_key = {exhibit.key: exhibit.title for exhibit in found.section().exhibits}
    assert found.score.total is not None
    assert by_key["score-total"].startswith(f"{words.points(found.score.total.value, language('en'))} of 100")
    different = [one for one in found.score.criteria if one.differs]
    assert f"on {len(different)} of 20 criteria" in by_key["score-gaps"]
    lowest = min(x.score for x in found.score.criteria if x.score is not None)
    assert f"{lowest:.1f} of 5" in by_key["score-criteria"]


def test_many_gaps_come_before_actions() -> None:
    gap = chapter(usual()).score_card().readings[2]
    assert gap.tone == "caution"
    assert "Begin with a talk" in gap.text
    same = chapter(equal(3))
    assert same.score_card().readings[2].tone == "good"


def test_a_middle_score_is_not_praised() -> None:
    made, more = CASES["all threes"]
    card = chapter(made, **more).score_card()
    assert (card.total, card.band) == (60, "In step")
    assert "the number says little" in card.headline
    assert card.readings[0].tone == "caution"


def test_an_interval_over_a_border_is_said() -> None:
    made = forms("marketing", 3, 3.0, seed=4) + forms("sales", 3, 3.0, seed=4)
    found = chapter(made)
    assert len(found.score.likely) > 1
    card = found.score_card()
    assert all(words.label(band, Q, language("en")) in card.headline for band in found.score.likely)
    assert card.readings[1].tone == "caution"
    assert "%" in card.likelihood


def test_a_complete_survey_has_no_error_of_sampling() -> None:
    card = chapter(usual(), headcount=TEAMS).score_card()
    assert card.interval is not None
    assert card.interval[0] == card.interval[1]
    assert "All people have answered" in card.readings[1].text


def test_small_firms_get_one_persons_view() -> None:
    made, more = CASES["one a side"]
    card = chapter(made, **more).score_card()
    assert card.total is not None
    assert card.band
    assert (card.interval, card.likelihood) == (None, "")
    assert card.headline.startswith("One person's view")


def test_one_side_is_no_score_of_the_company() -> None:
    made, more = CASES["marketing only"]
    found = chapter(made, **more)
    card = found.score_card()
    assert (card.total, card.band) == (None, "")
    assert card.marketing is not None
    assert "Marketing" in card.missing
    assert not any(state.current for state in card.states)
    section = found.section()
    assert section.boxes[0].tone == "missing"
    assert section.exhibits[0].title.startswith("No score of the company")


def test_no_answers_leave_a_box_and_no_picture() -> None:
    found = chapter([])
    section = found.section()
    assert section.exhibits == ()
    assert section.boxes[0].text == (found.score_card().missing,)
    assert found.figures()["score"]["total"] is None


def test_gated_bands_say_what_holds_them() -> None:
    low_e = {key: 2 if key.startswith("E") else 5 for key in IDS}
    card = chapter(forms("marketing", 3, 5, fixed=low_e) + forms("sales", 3, 5, fixed=low_e)).score_card()
    assert card.band == "Agreed"
    assert "One team" in card.headline
    assert "The whole customer journey" in card.headline


def test_data_that_contradict_a_root_make_the_band_an_opinion() -> None:
    found = chapter(usual())
    assert "have not been compared" in found.score_card().readings[3].text
    assert found.score_card([]).readings[3].tone == "good"
    root, other = found.score_card(["B1"]), found.score_card(["E4"])
    assert root.band.endswith("(by opinion)")
    assert not other.band.endswith("(by opinion)")
    assert "Happy clients bring new ones" in other.readings[3].text


def test_hidden_figures_are_nowhere_in_the_chapter() -> None:
    made, more = CASES["hidden"]
    found = chapter([*made, *forms("management", 1, 5, fixed=dict.fromkeys(IDS, 1))], **more)
    opened = chapter([*made, *forms("management", 1, 5, fixed=dict.fromkeys(IDS, 1))])
    card = found.score_card()
    assert card.total is not None
    assert card.marketing is card.sales is None
    text = texts(found.section())
    for key in ("marketing", "sales", "management"):
        secret = opened.score.departments[key].total
        assert secret is not None
        assert str(secret.value) not in text
        assert found.score.departments[key].total is None
    assert (
        "hidden" in next(x for x in found.section().exhibits if x.key == "score-criteria").reading[1]
        or "Dotted" in text
    )


def test_a_column_in_which_all_is_hidden_is_left_out_of_the_table() -> None:
    """Of a department of one person nothing is shown: three empty columns would only make the others small."""
    _, more = CASES["hidden"]
    made = forms("marketing", 8, 3) + forms("sales", 8, 3) + forms("management", 1, 4)
    exhibit = next(x for x in chapter(made, **more).section().exhibits if x.key == "score-criteria")
    assert exhibit.table is not None
    labels = [column.label for column in exhibit.table.columns]
    assert labels[:4] == ["Criterion", "Company", "Target", "Marketing"]
    assert not [label for label in labels if "anagement" in label]
    assert {len(row) for row in exhibit.table.rows} == {len(labels)}
    held = zip(*exhibit.table.rows, strict=True)
    assert all(any(cell is not None for cell in column) for column in list(held)[3:])


def test_questionable_forms_are_shown_with_and_without() -> None:
    made = usual()
    made[-1] = made[-1].model_copy(update={"seconds": 8.0})
    found = chapter(made)
    text = found.score_card().readings[0].text
    assert "1 form raises a question" in text
    assert found.score.without_flagged is not None
    assert "Without it" in text or "Without them" in text
    assert made[-1].respondent not in texts(found.section()) + text


def test_what_receivers_cannot_see_is_named() -> None:
    made = forms("marketing", 4, 3) + forms("sales", 4, 3, fixed={"C2": "dk"})
    exhibit = next(x for x in chapter(made).section().exhibits if x.key == "score-criteria")
    assert any("Not visible" in text and "Sales knows what is running" in text for text in exhibit.reading)


def test_clients_text_stays_text() -> None:
    nasty = "<script>alert(1)</script> {{ x }} {n} $x$"
    found = chapter(usual(comments={"A1": nasty}, loses_at="<b>{stage}</b>"))
    section = found.section()
    assert nasty in {row[2] for x in section.exhibits if x.key == "score-comments" and x.table for row in x.table.rows}
    assert not any("<script" in x.figure.svg for x in section.exhibits if x.figure)


def test_stages_have_their_labels() -> None:
    exhibit = next(x for x in chapter(usual(loses_at="won")).section().exhibits if x.key == "score-leak")
    assert exhibit.title == 'Most clients are lost at the step "Customers", say 12 of 12 people'


def test_problems_are_listed() -> None:
    problem = Problem("found 6, the answer was left out", "allowed: 1-5", "answers/a.json", key="answers.B2")
    section = chapter(usual(), problems=(problem,)).section()
    assert str(problem) in section.boxes[-1].text


@pytest.mark.parametrize(
    ("total", "written"),
    [(59.4, "59"), (59.6, "59.6"), (59.96, "59.96"), (60.0, "60"), (60.4, "60"), (79.97, "79.97"), (100.0, "100")],
)
def test_a_total_below_a_border_is_not_rounded_onto_it(total: float, written: str) -> None:
    assert words.points(total, language("en")) == written


def test_the_same_answers_give_the_same_bytes() -> None:
    first, second = (chapter(usual()).section() for _ in range(2))
    assert first == second
    assert [x.figure.svg for x in first.exhibits if x.figure] == [x.figure.svg for x in second.exhibits if x.figure]


def test_targets_and_headcount_come_from_the_client() -> None:
    found = chapter(usual(), targets={"B2": 5}, headcount={"marketing": 9})
    assert found.score.criteria[5].target == 5
    assert found.score.missing == "half"
