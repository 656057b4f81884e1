"""The form and the box in a notebook, without a browser: what is kept, found again, handed in and refused."""

import json
import os
import stat

import pytest

from helpers.client import read_client
from helpers.language import language
from helpers.survey import draft as drafts
from helpers.survey import widget
from helpers.survey.answers import read_answers
from helpers.survey.code import CRITERIA, encode
from helpers.survey.draft import Draft, draft_of, sent_state
from helpers.survey.form import form_data
from helpers.survey.widget import AnswersBox, Questionnaire, take_in_bytes


@pytest.fixture(autouse=True)
def own(tmp_path, monkeypatch):
    """Drafts of this test only."""
    monkeypatch.setenv("JUPYTER_DATA_DIR", str(tmp_path / "jupyter"))
    monkeypatch.setenv(drafts.NOTEBOOK, "/desk/questionnaire.ipynb")
    return tmp_path / "jupyter" / "alignment-audit" / "drafts"


@pytest.fixture
def client(tmp_path):
    folder = tmp_path / "фирма {1}"
    folder.mkdir()
    text = "client: Firm\ncurrency: EUR\nlang: en\nsurvey: {mode: anonymous, threshold: 6}\n"
    (folder / "client.yml").write_text(text, encoding="utf-8")
    return read_client(folder)


def form(**changes):
    return {
        "criteria_version": "1.0", "lang": "en", "mode": "open", "respondent": "K7QX2M", "department": "sales",
        "role": "staff", "answers": dict.fromkeys(CRITERIA, 4), "comments": {}, "sees": ["leads"], "loses_at": None,
        "seconds": 100, "pages": {"A": 20}, "submitted": "2026-07-10", "revision": 1, **changes,
    }  # fmt: skip


def state(**changes):
    kept = ("respondent", "lang", "department", "role", "answers", "comments", "sees", "loses_at")
    return {"version": "1.0", "page": "B", "pages": {}, "sent": None, **{key: form()[key] for key in kept}, **changes}


def answers(client):
    return read_answers(client.folder / "answers")


def test_the_form_gets_the_survey_of_the_client(client):
    found = Questionnaire(client)
    assert (found.lang, found.mode, found.threshold, found.respondent) == ("en", "anonymous", 6, None)
    assert found._questionnaire == form_data(client)
    assert found.draft == found.submitted == {}
    assert repr(found) == f"Questionnaire({client.slug!r}, lang='en', mode='anonymous')"
    assert "export default" in found._esm
    assert ".questionnaire" in found._css


def test_every_change_is_saved_and_found_again(client, own):
    first = Questionnaire(client)
    first.draft = state(page="A")
    first.draft = state(page="C")
    first.tick = 2
    assert first.saved == 2
    (file,) = own.iterdir()
    assert json.loads(file.read_text(encoding="utf-8"))["page"] == "C"
    assert Questionnaire(client).draft == state(page="C")
    assert not (client.folder / "answers").exists()
    if os.name == "posix":
        assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_another_notebook_client_or_person_has_its_own_draft(client, monkeypatch, tmp_path):
    Questionnaire(client).draft = state()
    assert Questionnaire(client, "anna").draft == {}
    monkeypatch.setenv(drafts.NOTEBOOK, "/desk/copy.ipynb")
    assert Questionnaire(client).draft == {}
    monkeypatch.setenv(drafts.NOTEBOOK, "/desk/questionnaire.ipynb")
    other = tmp_path / "other"
    other.mkdir()
    (other / "client.yml").write_text((client.folder / "client.yml").read_text(encoding="utf-8"), encoding="utf-8")
    assert Questionnaire(read_client(other)).draft == {}
    assert Questionnaire(client).draft == state()


@pytest.mark.parametrize("content", [b"", b"{", b"[1]", b"\xff\xfe", b"[" * 100_000, b'"' + b"x" * 1_000_001 + b'"'])
def test_a_draft_that_cannot_be_read_is_no_draft(client, content):
    path = draft_of(client, form_data(client)).path
    path.parent.mkdir(parents=True)
    path.write_bytes(content)
    assert Questionnaire(client).draft == {}


def test_a_draft_is_whole_when_writing_it_fails(tmp_path, monkeypatch):
    place = Draft(tmp_path / "draft.json")
    place.write({"n": 1})

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(OSError, match="No space"):
        place.write({"n": 2})
    assert place.read() == {"n": 1}
    assert [path.name for path in tmp_path.iterdir()] == ["draft.json"]


def test_a_draft_that_cannot_be_saved_is_said(client, monkeypatch):
    found = Questionnaire(client)

    def full(*_, **__):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(drafts, "write_whole", full)
        found.draft = state()
    assert "No space left on device" in found.problem
    found.draft = state(page="D")
    assert found.problem == ""


def test_handed_in_answers_lie_in_the_folder_and_a_change_replaces_them(client):
    found = Questionnaire(client)
    found.submitted = form()
    found.submitted = form(revision=2, answers={**form()["answers"], "A1": 1})
    assert found.problem == ""
    (one,) = answers(client).respondents
    assert (one.respondent, one.revision, one.number("A1")) == ("K7QX2M", 2, 1)
    assert [path.name for path in (client.folder / "answers").iterdir()] == ["K7QX2M.json"]


def test_people_who_hand_in_at_once_have_a_file_each(client):
    for number, found in enumerate([Questionnaire(client) for _ in range(5)]):
        found.submitted = form(respondent=f"K7QX2{'ABCDE'[number]}")
    assert len(answers(client).respondents) == 5


def test_what_cannot_be_handed_in_is_said_and_tried_again(client):
    found = Questionnaire(client)
    folder = client.folder / "answers"
    folder.write_text("a file stands where the folder should be", encoding="utf-8")
    found.submitted = form()
    assert found.problem.startswith("Your answers could not be put into the client's folder")
    found.draft = state(page="A")
    assert found.problem
    folder.unlink()
    found.draft = state(page="result")
    assert found.problem == ""
    assert len(answers(client).respondents) == 1


def test_a_later_version_that_is_there_stays_and_is_said(client):
    Questionnaire(client).submitted = form(revision=3)
    found = Questionnaire(client)
    found.submitted = form(revision=1, answers=dict.fromkeys(CRITERIA, 1))
    assert "revision 3 is there" in found.problem
    assert answers(client).respondents[0].revision == 3


def test_a_person_with_an_id_goes_on_from_what_was_sent(client):
    Questionnaire(client).submitted = form(respondent="anna", comments={"A1": "text"})
    found = Questionnaire(client, "anna")
    assert found.respondent == "anna"
    assert found.draft["page"] == "result"
    assert found.draft["answers"] == form()["answers"]
    sent = found.draft["sent"]
    assert (sent["file"]["revision"], sent["file"]["comments"]) == (1, {"A1": "text"})
    assert sent["code"] == encode(form(respondent="anna"), client.stage_keys)
    assert sent_state(client, "nobody") == {}


def box_of(client):
    return AnswersBox(client, language("en"))


def upload(name, content):
    return {"name": name, "type": "", "size": len(content), "content": memoryview(content), "last_modified": None}


def test_the_box_takes_in_what_the_command_takes_in(client, monkeypatch):
    box = box_of(client)
    code = encode(form(), client.stage_keys)
    uploads = (upload("от Маши.json", json.dumps(form(respondent="masha")).encode()), upload("bad.json", b"{"))
    monkeypatch.setattr(box, "files", type("Files", (), {"value": uploads})())
    box.codes.value = f"{code}\n\n# a remark\n{'2' if code[0] != '2' else '3'}{code[1:]}\n"
    box.button.click()
    said = box.result.value
    assert "New forms: 2." in said
    assert "bad.json" in said
    assert "mistyped" in said
    assert box.codes.value == f"{'2' if code[0] != '2' else '3'}{code[1:]}"
    assert box.files.value == ()
    assert sorted(one.respondent for one in answers(client).respondents) == ["K7QX2M", "masha"]
    # Who it was is not said: the survey may be anonymous.
    assert "masha" not in said
    box.codes.value = code
    box.button.click()
    assert "Already there: 1." in box.result.value


def test_the_box_says_when_there_is_nothing(client):
    box = box_of(client)
    box.button.click()
    assert "first" in box.result.value


@pytest.mark.parametrize(
    "name", ["../../x.json", "C:\\x\\y.json", "..", "", "a\0b.json", "<b>.json", "ы" * 300 + ".json"]
)
def test_no_name_of_a_file_leads_out_of_the_folder(client, name, tmp_path):
    before = {path for path in tmp_path.rglob("*") if "answers" not in path.parts}
    take_in_bytes(client, name, json.dumps(form()).encode())
    assert {path for path in tmp_path.rglob("*") if "answers" not in path.parts} == before
    box = box_of(client)
    box.result.value = box._told([take_in_bytes(client, name, b"nothing")])
    assert "<b>" not in box.result.value


def test_texts_of_the_notebook_show_no_ids(client):
    box = box_of(client)
    bundle = box._repr_mimebundle_()
    assert bundle["text/plain"] == repr(box) == f"AnswersBox({client.slug!r})"
    assert "application/vnd.jupyter.widget-view+json" in bundle
    assert widget.KEPT == ("taken in", "replaced", "already there")
