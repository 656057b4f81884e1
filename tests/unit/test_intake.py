"""Taking in files and codes: nothing crashes, nothing is lost, one file per person."""

import json
from concurrent.futures import ThreadPoolExecutor

import pytest

from helpers import cli
from helpers.client import read_client
from helpers.survey.answers import read_answers
from helpers.survey.code import CRITERIA, encode, person_key
from helpers.survey.intake import file_name, take_in

YML = "client: Test\ncurrency: EUR\n"


def form(**changes):
    return {
        "criteria_version": "1.0",
        "lang": "ru",
        "mode": "open",
        "threshold": 5,
        "respondent": "K7QX2M",
        "department": "sales",
        "role": "staff",
        "answers": dict.fromkeys(CRITERIA, 4),
        "comments": {"A1": "text"},
        "sees": ["leads"],
        "loses_at": "won",
        "seconds": 141,
        "pages": {"you": 5, "A": 30.5},
        "submitted": "2026-07-10",
        "revision": 1,
        **changes,
    }


@pytest.fixture
def client(tmp_path):
    (tmp_path / "firm").mkdir()
    (tmp_path / "firm" / "client.yml").write_text(YML, encoding="utf-8")
    return read_client(tmp_path / "firm")


@pytest.fixture
def sent(tmp_path):
    (tmp_path / "sent").mkdir()

    def write(name, content):
        path = tmp_path / "sent" / name
        text = content if isinstance(content, str) else json.dumps(content, ensure_ascii=False)
        path.write_text(text, encoding="utf-8")
        return str(path)

    return write


def answers(client):
    return read_answers(client.folder / "answers")


def names(client):
    return sorted(path.name for path in (client.folder / "answers").iterdir())


def test_a_file_becomes_one_file_of_its_person(client, sent):
    found = take_in(client, [sent("answers (1).json", form())])
    assert found.problems == found.notices == ()
    assert [str(one) for one in found.taken] == ["answers/K7QX2M.json: K7QX2M, sales, staff, revision 1 - taken in"]
    written = json.loads((client.folder / "answers" / "K7QX2M.json").read_text(encoding="utf-8"))
    assert written == form()
    assert answers(client).problems == answers(client).notices == ()


def test_the_code_and_the_file_of_one_filling_give_the_same_answers(client, sent):
    one = form(comments={})
    take_in(client, [encode(one)])
    (by_code,) = answers(client).respondents
    take_in(client, [sent("a.json", one)])
    found = answers(client)
    (by_file,) = found.respondents
    assert found.problems == found.notices == ()
    same = {"respondent", "department", "role", "answers", "sees", "loses_at", "seconds", "revision", "lang", "mode"}
    assert by_code.model_dump(include=same) == by_file.model_dump(include=same)


def test_a_code_alone_is_kept_as_it_was_sent(client):
    code = encode(form())
    found = take_in(client, [code.lower().replace("-", " "), code])
    assert [one.what for one in found.taken] == ["taken in", "already there"]
    assert (client.folder / "answers" / "codes.txt").read_text(encoding="utf-8") == f"{code}\n"
    (one,) = answers(client).respondents
    assert (one.respondent, one.sees, one.loses_at) == ("K7QX2M", ("leads",), "won")


def test_a_later_code_keeps_the_comments_of_the_file(client, sent):
    take_in(client, [sent("a.json", form()), encode(form(revision=2, answers=dict.fromkeys(CRITERIA, 2)))])
    (one,) = answers(client).respondents
    assert (one.revision, one.number("A1"), one.comments) == (2, 2, {"A1": "text"})


def test_a_code_finds_the_file_of_a_person_with_another_id(client, sent):
    take_in(client, [sent("a.json", form(respondent="Анна П.")), encode(form(respondent="Анна П."))])
    (one,) = answers(client).respondents
    assert one.respondent == "Анна П."


def test_submitting_again_replaces_and_does_not_add(client, sent):
    later = form(revision=2, answers=dict.fromkeys(CRITERIA, 1))
    found = take_in(client, [sent("a.json", form()), sent("b.json", later), sent("c.json", form())])
    assert [one.what for one in found.taken] == ["taken in", "replaced", "left out, revision 2 is there"]
    assert found.problems == ()
    assert [one.number("A1") for one in answers(client).respondents] == [1]
    assert names(client) == ["K7QX2M.json"]


def test_the_same_file_twice_changes_nothing(client, sent):
    path = sent("a.json", form())
    assert [one.what for one in take_in(client, [path, path]).taken] == ["taken in", "already there"]


def test_two_people_with_one_id_are_not_mixed(client, sent):
    other = form(answers=dict.fromkeys(CRITERIA, 1))
    found = take_in(client, [sent("a.json", form()), sent("b.json", other)])
    assert [problem.file for problem in found.problems] == ["b.json"]
    found = take_in(client, [sent("c.json", form(department="marketing"))])
    assert [one.file for one in found.taken] == ["answers/K7QX2M-marketing.json"]
    assert len(answers(client).respondents) == 2


def test_two_people_at_the_same_moment_are_two_files(client, sent):
    paths = [sent(f"{n}.json", form(respondent=f"p{n}")) for n in range(12)]
    codes = [encode(form(respondent=f"c{n}")) for n in range(12)]
    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(lambda item: take_in(client, [item]), [*paths, *codes]))
    assert all(not one.problems for one in results)
    assert len(answers(client).respondents) == 24
    assert len(names(client)) == 13


@pytest.mark.parametrize("bad", [0, 6, "5 ", "five", True, 2.5])
def test_a_bad_answer_costs_itself_only(client, sent, bad):
    found = take_in(client, [sent("a.json", form(answers={**dict.fromkeys(CRITERIA, 3), "B2": bad}))])
    assert [(problem.file, problem.key) for problem in found.problems] == [("a.json", "answers.B2")]
    (one,) = answers(client).respondents
    assert one.number("B2") is None
    assert one.number("B3") == 3


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (form(department=None), "department"),
        (form(criteria_version="0.9"), "version"),
        (form(answers={}), "no answer"),
        ("", "empty"),
        ("{", "not JSON"),
        ("[[[[", "not JSON"),
        (form(comments={"A1": "x" * 10_000_000}), "larger than 1 MB"),
    ],
    ids=["department", "version", "answers", "empty", "brace", "brackets", "10 MB"],
)
def test_a_file_that_cannot_be_used_is_named_and_the_next_is_taken(client, sent, content, said):
    found = take_in(client, [sent("bad.json", content), sent("good.json", form())])
    assert [one.file for one in found.taken] == ["answers/K7QX2M.json"]
    assert found.problems
    assert {problem.file for problem in found.problems} == {"bad.json"}
    assert any(said in str(problem) for problem in found.problems)
    assert names(client) == ["K7QX2M.json"]


def test_unknown_keys_are_said_and_left_out(client, sent):
    found = take_in(client, [sent("a.json", form(departmnt="x", evil={"deep": [1]}))])
    assert len(found.problems) == 2
    assert "evil" not in (client.folder / "answers" / "K7QX2M.json").read_text(encoding="utf-8")


def test_a_long_comment_is_cut(client, sent):
    take_in(client, [sent("a.json", form(comments={"A1": "я" * 5000}))])
    assert len(answers(client).respondents[0].comments["A1"]) == 1000


@pytest.mark.parametrize(
    "respondent",
    [
        "../../evil",
        "<b>x</b>",
        "a/b\\c",
        "CON",
        "..",
        "имя с пробелом",
        "=HYPERLINK(1)",
        "x" * 100,
        "\u202eabc",
        "{x}%s",
    ],
)
def test_no_id_leads_out_of_the_folder(client, sent, respondent):
    take_in(client, [sent("a.json", form(respondent=respondent))])
    (name,) = names(client)
    assert name == name.strip(". ")
    assert len(name) < 80
    assert not set(name) & set("<>/\\:{}%= ")
    (one,) = answers(client).respondents
    assert file_name(one.respondent) == name
    assert sorted(path.name for path in client.folder.iterdir()) == ["answers", "client.yml"]


def test_ids_that_look_alike_have_their_own_files():
    assert len({file_name(one) for one in ("a b", "a-b", "a/b", "a  b")}) == 4
    assert file_name("a b") == f"a-b-{person_key('a b')}.json"


def test_what_is_neither_a_file_nor_a_code_is_said(client, sent):
    items = ["nowhere.json", "word", "", "dir/x", "x" * 5000, "\x00", str(client.folder), sent("notes.pdf", "x")]
    found = take_in(client, items)
    assert len(found.problems) == len(items)
    assert found.taken == ()
    assert names(client) == []


def test_a_list_of_codes_is_read_line_by_line(client, sent):
    codes = [encode(form(respondent=f"c{n}")) for n in range(3)]
    text = f"# sales\n{codes[0]}\n\n{codes[1]}  # Анна\n{codes[2][:-1]}\n"
    found = take_in(client, [sent("list.txt", text)])
    assert len(found.taken) == 2
    assert [problem.file for problem in found.problems] == ["list.txt row 5"]


def test_a_text_that_is_too_large_is_not_read(client, sent):
    found = take_in(client, [sent("list.txt", "x\n" * 600_000)])
    assert ["larger than 1 MB" in problem.what for problem in found.problems] == [True]


def test_codes_written_into_the_folder_by_hand_are_read(client):
    (client.folder / "answers").mkdir()
    codes = [encode(form(respondent=f"c{n}")) for n in range(2)]
    wrong = codes[0][:-1] + ("2" if codes[0][-1] != "2" else "3")
    text = f"\ufeff{codes[0]} # from the chat\n\n{codes[1].lower()}\n{wrong}\n"
    (client.folder / "answers" / "codes.txt").write_text(text, encoding="utf-8")
    found = answers(client)
    assert len(found.respondents) == 2
    ((problem),) = found.problems
    assert (problem.file, problem.row) == ("answers/codes.txt", 4)


def test_codes_of_own_stages_are_read_back(client):
    stages = "stages: [{key: leads}, {key: visit}, {key: won}]\n"
    (client.folder / "client.yml").write_text(YML + stages, encoding="utf-8")
    own = read_client(client.folder)
    take_in(own, [encode(form(sees=["visit"], loses_at="visit"), own.stage_keys)])
    (one,) = answers(own).respondents
    assert (one.sees, one.loses_at) == (("visit",), "visit")
    assert answers(own).problems == ()


def test_a_code_of_other_stages_loses_only_the_two_questions(client):
    found = take_in(client, [encode(form(), ["leads", "won"])])
    assert len(found.notices) == 1
    (one,) = answers(client).respondents
    assert (one.sees, one.number("A1")) == (None, 4)


def test_a_code_of_another_version_is_refused(client):
    (problem,) = take_in(client, [encode(form(criteria_version="1.1"))]).problems
    assert "version 1.1" in problem.what


def test_the_command_takes_what_is_good_and_exits_3(client, sent, capsys):
    good, code = sent("a.json", form(comments={"A1": "<b>\x1b[31m"})), encode(form(respondent="c1"))
    assert cli.main(["answers", str(client.folder), good, code, code[:-1] + "2", "nope.json"]) == 3
    told = capsys.readouterr()
    assert len(told.out.splitlines()) == 2
    assert len(told.err.splitlines()) == 2
    assert all(line.startswith("error: ") for line in told.err.splitlines())
    assert "mistyped" in told.err
    assert cli.main(["answers", str(client.folder), good]) == 0
    assert cli.main(["answers", str(client.folder)]) == 2
    assert cli.main(["answers", str(client.folder / "nowhere"), code]) == 2


def test_nothing_but_the_answers_is_left_behind(client, sent, monkeypatch):
    def broken(*_):
        raise OSError(28, "No space left on device")

    take_in(client, [sent("a.json", form())])
    before = (client.folder / "answers" / "K7QX2M.json").read_text(encoding="utf-8")
    monkeypatch.setattr("os.replace", broken)
    from helpers.errors import AnswersError

    with pytest.raises(AnswersError, match="No space left"):
        take_in(client, [sent("b.json", form(revision=2))])
    assert (client.folder / "answers" / "K7QX2M.json").read_text(encoding="utf-8") == before
    assert names(client) == ["K7QX2M.json"]
