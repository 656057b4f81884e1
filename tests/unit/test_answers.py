import datetime as dt
import json
from pathlib import Path

import pytest

from helpers.survey.answer_files import LARGEST_FILE
from helpers.survey.answers import LONGEST_COMMENT, Answers, read_answers
from helpers.survey.criteria import questionnaire

IDS = questionnaire().ids
HEADER = ["respondent", "department", "role", *IDS]


def form(**changes: object) -> dict[str, object]:
    return {
        "criteria_version": questionnaire().version,
        "lang": "ru",
        "mode": "open",
        "threshold": 5,
        "respondent": "m1",
        "department": "marketing",
        "role": "leader",
        "answers": dict.fromkeys(IDS, 4),
        "comments": {"A1": "text"},
        "sees": ["leads", "won"],
        "loses_at": "qualified",
        "seconds": 141,
        "submitted": "2026-07-10",
        "revision": 1,
        **changes,
    }


def write(folder: Path, name: str, content: object) -> None:
    folder.mkdir(exist_ok=True)
    if isinstance(content, bytes):
        (folder / name).write_bytes(content)
    else:
        (folder / name).write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")


def read(folder: Path, **files: object) -> Answers:
    for name, content in files.items():
        write(folder, name.replace("__", "."), content)
    return read_answers(folder)


@pytest.fixture
def answers(tmp_path: Path) -> Path:
    return tmp_path / "answers"


def line(*cells: object, by: str = ",") -> str:
    return by.join(str(cell) for cell in cells)


def test_a_whole_form_is_read_as_it_is(answers: Path) -> None:
    found = read(answers, m1__json=form(answers={**dict.fromkeys(IDS, 4), "A2": "dk", "A3": "na", "B1": None}))
    assert found.problems == found.notices == ()
    (one,) = found.respondents
    assert (one.department, one.role, one.seconds, one.sees, one.loses_at) == (
        "marketing",
        "leader",
        141,
        ("leads", "won"),
        "qualified",
    )
    assert one.submitted == dt.date(2026, 7, 10)
    assert [one.number(x) for x in ("A1", "A2", "A3", "B1")] == [4, None, None, None]
    assert one.file == "answers/m1.json"


def test_a_missing_folder_holds_no_answers(tmp_path: Path) -> None:
    assert read_answers(tmp_path / "answers") == Answers()


def test_a_list_of_respondents_is_read(answers: Path) -> None:
    found = read(answers, all__json=[form(respondent="a"), 7, form(respondent="b", role="boss")])
    assert [one.respondent for one in found.respondents] == ["a"]
    assert [(p.row, p.file) for p in found.problems] == [(2, "answers/all.json"), (3, "answers/all.json")]


@pytest.mark.parametrize(
    "bad", [0, 6, -1, "5 ", "5", "yes", True, 4.5, float("nan"), float("inf"), [4], {"x": 1}, "DK"]
)
def test_a_bad_answer_is_left_out_and_named(answers: Path, bad: object) -> None:
    found = read(answers, m1__json=form(answers={**dict.fromkeys(IDS, 3), "C2": bad}))
    (problem,) = found.problems
    assert problem.key == "answers.C2"
    assert "the answer was left out" in problem.what
    assert "1, 2, 3, 4, 5, dk, na" in problem.todo
    assert found.respondents[0].number("C2") is None
    assert found.respondents[0].number("C3") == 3


def test_a_whole_float_is_its_whole_number(answers: Path) -> None:
    found = read(answers, m1__json=form(answers={**dict.fromkeys(IDS, 3), "C2": 4.0}, seconds=60.0, revision=2.0))
    assert found.problems == ()
    assert found.respondents[0].number("C2") == 4
    assert found.respondents[0].revision == 2


def test_not_applicable_only_where_it_is_offered(answers: Path) -> None:
    found = read(answers, m1__json=form(answers={**dict.fromkeys(IDS, 3), "A3": "na", "B1": "na"}))
    (problem,) = found.problems
    assert (problem.key, "A3 and C3" in problem.todo) == ("answers.B1", True)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("department", "Marketing team"),
        ("department", None),
        ("role", "boss"),
        ("criteria_version", "0.9"),
        ("criteria_version", 2),
        ("answers", {}),
        ("answers", [1, 2]),
        ("answers", dict.fromkeys(IDS, 9)),
    ],
)
def test_a_form_that_cannot_be_used_is_left_out(answers: Path, key: str, value: object) -> None:
    found = read(answers, bad__json=form(**{key: value}), good__json=form(respondent="m2"))
    assert [one.respondent for one in found.respondents] == ["m2"]
    assert found.problems
    assert {problem.file for problem in found.problems} == {"answers/bad.json"}


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("seconds", -5),
        ("seconds", float("nan")),
        ("seconds", "long"),
        ("seconds", True),
        ("submitted", "yesterday"),
        ("revision", 0),
        ("mode", "secret"),
        ("threshold", "five"),
        ("lang", "de"),
        ("sees", "leads"),
        ("sees", [1]),
        ("loses_at", 3),
        ("comments", "good"),
        ("comments", {"A1": 5}),
    ],
)
def test_a_bad_extra_costs_only_itself(answers: Path, key: str, value: object) -> None:
    found = read(answers, m1__json=form(**{key: value}))
    (problem,) = found.problems
    assert problem.key.split(".")[0] == key
    assert "left out" in problem.what
    assert found.respondents[0].number("A1") == 4


def test_several_mistakes_of_one_form_are_all_reported(answers: Path) -> None:
    bad = form(answers={**dict.fromkeys(IDS, 3), "A1": 0, "E4": "x", "F1": 3}, seconds=-1, departmnt="x")
    found = read(answers, m1__json=bad)
    assert sorted(p.key for p in found.problems) == ["", "answers", "answers.A1", "answers.E4", "seconds"]
    assert any("did you mean department?" in p.todo for p in found.problems)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "empty"),
        (b"  \n", "empty"),
        (b"{", "not JSON"),
        (b"not json at all", "not JSON"),
        (b"[]", "no respondent"),
        (b'"text"', "found"),
        ('{"a": "ы"}'.encode("cp1251"), "not in UTF-8"),
        (b"[" * 100_000, "not JSON"),
        (b'{"seconds": ' + b"9" * 5000 + b"}", "not JSON"),
        (b" " * (LARGEST_FILE + 1), "larger than 1 MB"),
    ],
)
def test_a_bad_file_is_a_problem_and_the_next_is_read(answers: Path, content: bytes, said: str) -> None:
    found = read(answers, a__json=content, b__json=form())
    assert len(found.respondents) == 1
    assert any(said in problem.what and problem.file == "answers/a.json" for problem in found.problems)


def test_a_byte_order_mark_and_utf16_do_no_harm(answers: Path) -> None:
    text = json.dumps(form(respondent="a"), ensure_ascii=False)
    found = read(answers, a__json=b"\xef\xbb\xbf" + text.encode(), b__json=text.replace('"a"', '"b"').encode("utf-16"))
    assert [one.respondent for one in found.respondents] == ["a", "b"]
    assert found.problems == ()


def test_a_key_that_stands_twice_is_named(answers: Path) -> None:
    text = json.dumps(form()).replace('"A1": 4', '"A1": 2, "A1": 5', 1)
    found = read(answers, m1__json=text)
    assert [problem.key for problem in found.problems] == ["A1"]
    assert found.respondents[0].number("A1") == 5


def test_the_later_revision_wins_and_is_said(answers: Path) -> None:
    found = read(
        answers,
        a__json=form(revision=2, answers=dict.fromkeys(IDS, 2)),
        b__json=form(revision=1, answers=dict.fromkeys(IDS, 5), submitted="2026-08-01"),
    )
    assert [one.number("A1") for one in found.respondents] == [2]
    (notice,) = found.notices
    assert notice.file == "answers/b.json"
    assert found.problems == ()


def test_of_equal_revisions_the_later_day_wins(answers: Path) -> None:
    found = read(
        answers,
        a__json=form(answers=dict.fromkeys(IDS, 2), submitted="2026-07-12"),
        b__json=form(answers=dict.fromkeys(IDS, 5), submitted="2026-07-11"),
    )
    assert [one.number("A1") for one in found.respondents] == [2]


def test_one_id_in_two_departments_is_two_people_unless_corrected(answers: Path) -> None:
    two = [form(respondent="1"), form(respondent="1", department="sales")]
    found = read(answers, a__json=two)
    assert [one.department for one in found.respondents] == ["marketing", "sales"]
    assert len(found.notices) == 1
    two[1]["revision"] = 2
    assert [one.department for one in read(answers, a__json=two).respondents] == ["sales"]


def test_forms_without_an_id_are_different_people(answers: Path) -> None:
    found = read(answers, a__json=[form(respondent=""), form(respondent=None)])
    assert len(found.respondents) == 2
    assert found.problems == found.notices == ()


def test_comments_are_plain_short_text(answers: Path) -> None:
    nasty = "<script>x</script>\x1b[31m {{ y }}\n $x$ \u202e"
    found = read(answers, m1__json=form(comments={"A1": nasty, "A2": "я" * 5000, "A3": " "}))
    comments = found.respondents[0].comments
    assert comments["A1"] == "<script>x</script> [31m {{ y }} $x$"
    assert len(comments["A2"]) == LONGEST_COMMENT
    assert comments["A2"].endswith("…")


def test_a_time_of_day_is_its_day(answers: Path) -> None:
    found = read(answers, m1__json=form(submitted="2026-07-10T23:30:00+03:00"))
    assert found.problems == ()
    assert found.respondents[0].submitted == dt.date(2026, 7, 10)


def test_other_files_are_noticed_and_hidden_ones_are_not(answers: Path) -> None:
    found = read(answers, notes__txt="x", __DS_Store="x", a__json=form())
    assert [notice.file for notice in found.notices] == ["answers/notes.txt"]
    assert len(found.respondents) == 1


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1251", "utf-16"])
@pytest.mark.parametrize("by", [",", ";", "\t"])
def test_csv_in_any_dress(answers: Path, encoding: str, by: str) -> None:
    header = line(*HEADER, "sees", "loses_at", "seconds", by=by)
    row = line("Иван", "Sales", "staff", *["4", "4,0" if by != "," else "4.0", "DK", ""], *["5"] * 16, by=by)
    row += line("", '"leads; won"', "won", "75", by=by)
    text = f"{header}\r\n{row}\r\n\r\n"
    found = read(answers, team__csv=text.encode(encoding))
    assert found.problems == ()
    (one,) = found.respondents
    assert (one.respondent, one.department, one.seconds) == ("Иван", "sales", 75)
    assert (one.number("A2"), one.answers["A3"], one.number("A4"), one.number("E4")) == (4, "dk", None, 5)
    assert one.sees == ("leads", "won")
    assert one.criteria_version == questionnaire().version


def test_csv_rows_are_counted_as_a_person_counts_them(answers: Path) -> None:
    rows = [line(*HEADER), line("a", "sales", "staff", *["4"] * 20), "", line("b", "sales", "chief", *["4"] * 20)]
    rows += [line("c", "sales", "staff", "7", *["4"] * 19), line("d", "sales", "staff", *["4"] * 20, "extra")]
    found = read(answers, t__csv="\n".join(rows))
    assert [one.respondent for one in found.respondents] == ["a", "c"]
    assert [(p.row, p.key) for p in sorted(found.problems, key=lambda p: p.row or 0)] == [
        (4, "role"),
        (5, "answers.A1"),
        (6, ""),
    ]


def test_the_hint_of_excel_is_passed_over(answers: Path) -> None:
    text = "sep=;\r\n" + line(*HEADER, by=";") + "\r\n" + line("a", "sales", "boss", *["4"] * 20, by=";")
    found = read(answers, t__csv=text)
    assert [problem.row for problem in found.problems] == [3]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a,b\n1,2\n", "missing"),
        (line("respondent", "department", "role") + "\nx,sales,staff\n", "no column with answers"),
        (line(*HEADER) + "\n", "no respondent"),
        (line(*HEADER) + '\n"a,sales\n', "not CSV"),
    ],
)
def test_a_csv_that_is_no_answers_table(answers: Path, text: str, said: str) -> None:
    found = read(answers, t__csv=text)
    assert found.respondents == ()
    assert any(said in problem.what for problem in found.problems)


def test_an_unknown_column_is_named_and_left_out(answers: Path) -> None:
    text = line(*HEADER, "Телефон") + "\n" + line("a", "sales", "staff", *["4"] * 20, "+7 900") + "\n"
    found = read(answers, t__csv=text)
    assert [problem.key for problem in found.problems] == ["Телефон"]
    assert len(found.respondents) == 1


def test_no_problem_repeats_an_id(answers: Path) -> None:
    secret = "ivanov@example.com"
    found = read(answers, a__json=[form(respondent=secret), form(respondent=secret, seconds=-1)])
    assert not any(secret in str(problem) for problem in (*found.problems, *found.notices))
