"""The control room: what is still missing, in words - and nothing about few people where anonymity was promised."""

import pytest

from helpers.chapters.control import ControlRoom, needed
from helpers.client import Client
from helpers.errors import Problem
from helpers.language import LANGUAGES, language
from helpers.survey.answers import Answers, Respondent
from helpers.survey.criteria import questionnaire

SAY = language("en")
IDS = questionnaire().ids
MIXED = [4, 2, 5, 3] * 5


def people(department, count, given=MIXED, **more):
    answers = dict(zip(IDS, given, strict=False))
    return [
        Respondent(respondent=f"{department}-{n}", department=department, role="staff", answers=answers, **more)
        for n in range(count)
    ]


def control(*forms, headcount=None, mode="open", threshold=5, problems=(), lang="en"):
    client = Client.model_validate(
        {
            "client": "A",
            "currency": "EUR",
            "headcount": headcount or {},
            "survey": {"mode": mode, "threshold": threshold},
        }
    )
    answers = Answers(tuple(form for some in forms for form in some), problems)
    return ControlRoom.measure(answers, client, language(lang))


def exhibits(room):
    return {exhibit.key.removeprefix("control-"): exhibit for exhibit in room.section().exhibits}


def missing(room, department="Marketing"):
    rows = exhibits(room)["departments"].table.rows
    return next(row[-1] for row in rows if row[0] == department)


@pytest.mark.parametrize(
    ("everybody", "least", "expected"),
    [
        (1, 0, 1), (2, 0, 2), (3, 0, 3), (4, 0, 3), (6, 0, 3), (7, 0, 4), (9, 0, 5), (None, 0, 3), (9, 5, 5), (4, 5, 5),
        (20, 5, 10),
    ],
)  # fmt: skip
def test_how_many_forms_are_needed(everybody, least, expected):
    assert needed(everybody, least) == expected


@pytest.mark.parametrize("everybody", range(1, 13))
def test_the_needed_forms_are_those_from_which_the_score_counts(everybody):
    for came in range(everybody + 1):
        (row, _) = control(people("marketing", came), headcount={"marketing": everybody}).rows
        assert (row.state == "enough") == (came >= needed(everybody)), came


def test_words_of_an_open_survey():
    unfinished = people("sales", 1, [3] * 10)
    room = control(people("marketing", 1), people("sales", 4)[1:], unfinished, headcount={"marketing": 4, "sales": 9})
    assert missing(room) == "2 more complete forms are needed. 3 people have not answered yet."
    assert missing(room, "Sales") == (
        "2 more complete forms are needed. 1 form is not complete. 5 people have not answered yet."
    )
    table = exhibits(room)["departments"]
    assert [row[:4] for row in table.table.rows] == [("Marketing", 4, 1, 1), ("Sales", 9, 4, 3)]
    assert table.title == "No score of the company yet: Marketing and Sales"


def test_a_whole_department_of_two_is_enough():
    room = control(people("marketing", 2), people("sales", 3), headcount={"marketing": 2, "sales": 3})
    assert missing(room) == missing(room, "Sales") == "Enough for a score."
    assert exhibits(room)["departments"].title == "Both departments have enough answers for a score"


def test_an_unknown_and_a_wrong_headcount_are_said():
    room = control(people("marketing", 1), people("sales", 3), headcount={"sales": 2})
    assert missing(room) == (
        "2 more complete forms are needed. How many people there are is not known: write headcount into client.yml."
    )
    assert missing(room, "Sales") == (
        "Enough for a score. More forms came than client.yml names people: correct headcount."
    )


def test_other_departments_stand_beside():
    room = control(people("management", 1), headcount={"call_centre": 4})
    assert missing(room, "Top management") == "Stands beside: the company's score does not need it."
    assert missing(room, "Call centre").endswith("4 people have not answered yet.")
    assert [row.key for row in room.rows] == ["marketing", "sales", "call_centre", "management"]


def test_careless_forms_are_named_where_people_know_that_they_are_not_anonymous():
    fast = people("sales", 1, [3] * 20, seconds=9)
    room = control(people("marketing", 3), fast)
    exhibit = exhibits(room)["careless"]
    assert exhibit.title == "1 form shows signs of careless answers"
    assert exhibit.table.rows == (("sales-0", "twenty statements in under 20 seconds; all answers are equal"),)
    assert "never a reason to delete" in exhibit.reading[0]
    assert exhibits(control())["careless"].title == "No form shows signs of careless answers"


def test_problems_are_listed():
    room = control(problems=(Problem("found 6", "allowed: 1-5", "answers/a.json", key="A1"),))
    assert exhibits(room)["unread"].table.rows == (("answers/a.json A1", "found 6", "allowed: 1-5"),)


def shown(room):
    return room.section().model_dump_json()


def test_an_anonymous_survey_shows_no_count_below_its_threshold():
    told = {
        came: control(
            people("marketing", came), people("sales", 6), headcount={"marketing": 9, "sales": 9}, mode="anonymous"
        )
        for came in range(8)
    }  # fmt: skip
    # None, one or four people: the same words.
    assert len({shown(told[came]) for came in range(5)}) == 1
    assert "fewer than 5" in shown(told[4])
    assert missing(told[4]) == "At least 5 complete forms are needed."
    assert missing(told[5]) == "Enough for a score."
    assert exhibits(told[6])["departments"].table.rows[0] == ("Marketing", 9, "6", "Enough for a score.")


def test_an_anonymous_survey_shows_no_single_form():
    problem = Problem("found 6", "allowed: 1-5", "answers/anna.json", key="A1")
    forms = people("sales", 4, [3] * 20, seconds=9), people("sales", 1, MIXED[:10])
    text = shown(control(*forms, mode="anonymous", problems=(problem,)))
    for secret in ("sales-0", "anna", "found 6", "in under 20", "not complete", "not answered"):
        assert secret not in text
    assert "Signs of careless answers: in fewer than 5 forms, or in none" in text
    many = exhibits(control(people("sales", 5, [3] * 20, seconds=9), mode="anonymous"))["careless"]
    assert many.table.rows == (("all answers are equal", 5), ("twenty statements in under 20 seconds", 5))


def test_one_promise_of_anonymity_makes_the_survey_anonymous():
    room = control(people("sales", 4, mode="anonymous", threshold=6), people("marketing", 3))
    assert room.anonymous
    assert room.threshold == 6
    assert "sales-0" not in shown(room)
    assert not room.flagged


def test_a_department_smaller_than_the_smallest_group_shown_is_told_at_once():
    room = control(headcount={"marketing": 3, "sales": 9}, mode="anonymous")
    assert missing(room) == (
        "The department has fewer people than the smallest group shown (5): no figure. The other side's figure stays "
        "hidden too: the two would give each other away."
    )


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("mode", ["open", "anonymous"])
def test_every_language_shows_it(lang, mode, monkeypatch):
    import IPython.display

    bundles = []
    monkeypatch.setattr(IPython.display, "display", lambda bundle, raw: bundles.append(bundle))
    hostile = [form.model_copy(update={"respondent": "<b>$x$</b>"}) for form in people("sales", 1, [5] * 20, seconds=3)]
    control(hostile, people("marketing", 7), mode=mode, lang=lang)._ipython_display_()
    page = "".join(bundle["text/html"] for bundle in bundles)
    assert "<b>" not in page
    assert ("&lt;b&gt;" in page) == (mode == "open")
