"""The form: the same score as Python's, one file without a network, texts in three languages."""

import base64
import hashlib
import json
import random
import re
from pathlib import Path

import pytest
from form_in_node import in_node
from needs import needs

from helpers.client import Client
from helpers.language import LANGUAGES
from helpers.survey.answers import Respondent
from helpers.survey.criteria import questionnaire
from helpers.survey.form import form_data, form_texts, page, source, storage_key, write_page
from helpers.survey.own import own_result

IDS = questionnaire().ids
MARKS = {"?": "dk", "-": "na", ".": None}
VECTORS = json.loads((Path(__file__).parents[1] / "vectors" / "scores.json").read_text(encoding="utf-8"))
node = needs("node")


def answers_of(marks):
    given = {key: MARKS[mark] if mark in MARKS else int(mark) for key, mark in zip(IDS, marks, strict=True)}
    return {key: value for key, value in given.items() if value is not None}


def figures(answers):
    form = Respondent(respondent="x", department="sales", role="staff", answers=answers)
    found = own_result(form, questionnaire())
    return {
        "answered": found.answered,
        "applying": found.applying,
        "dimensions": pytest.approx(dict(found.dimensions)),
        "total": None if found.total is None else pytest.approx(found.total),
        "band": found.band,
        "ungated": found.ungated,
        "held_by": list(found.held_by),
    }


def a_client(**changes):
    return Client.model_validate({"client": "Acme", "currency": "EUR", **changes})


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["name"])
def test_score_vectors(vector):
    expected = {key: value for key, value in vector.items() if key not in ("name", "marks")}
    assert expected == figures(answers_of(vector["marks"]))


@node
def test_the_form_scores_the_vectors_alike(tmp_path):
    found = in_node(tmp_path, [("score", {"answers": answers_of(vector["marks"])}) for vector in VECTORS])
    for vector, one in zip(VECTORS, found, strict=True):
        expected = {key: value for key, value in vector.items() if key not in ("name", "marks")}
        assert expected == {
            **one["result"],
            "total": None if one["result"]["total"] is None else pytest.approx(one["result"]["total"]),
            "dimensions": pytest.approx(one["result"]["dimensions"]),
        }, vector["name"]


@node
def test_the_form_scores_any_answers_as_python_does(tmp_path):
    draw = random.Random(11)
    forms = []
    for _ in range(500):
        centre = draw.choice("12345")
        weights = [8 if mark == centre else 2 for mark in "12345"] + [draw.choice([0, 1]), draw.choice([0, 1]), 1]
        forms.append(answers_of("".join(draw.choices("12345?-.", weights, k=20))))
    found = in_node(tmp_path, [("score", {"answers": answers}) for answers in forms])
    assert [one["result"] for one in found] == [figures(answers) for answers in forms]
    assert {one["result"]["band"] for one in found} == {None, "apart", "agreed", "in_step", "one_team"}


def test_the_module_is_small_and_asks_nothing_from_a_network():
    script = source("form.js")
    assert len(script.encode()) < 40_000
    assert "</script" not in script
    assert "<!--" not in script
    for word in (
        "fetch(",
        "XMLHttpRequest",
        "WebSocket",
        "sendBeacon",
        "import ",
        "import(",
        "http:",
        "https:",
        "eval(",
    ):
        assert word not in script, word
    assert not re.search(r"innerHTML|insertAdjacentHTML|document\.write", script)
    assert not re.search(r"url\(|@import", source("form.css"))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_page_is_one_file_that_may_ask_for_nothing(lang):
    text = page(lang, a_client())
    assert f'<html lang="{lang}">' in text
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', text)[1]
    assert policy.startswith("default-src 'none'; ")
    for tag, rule in (('script type="module"', "script-src"), ("style", "style-src")):
        body = re.search(rf"<{tag}>(.*?)</", text, re.DOTALL)[1]
        digest = base64.b64encode(hashlib.sha256(body.encode()).digest()).decode()
        assert f"{rule} 'sha256-{digest}'" in policy
    assert not re.search(r"(?:src|href)=|https?://", text.split("<body", 1)[1].split('<script type="module">')[0])
    assert page(lang, a_client()) == text


def test_markup_in_names_stays_text():
    nasty = '</script><script>alert(1)</script><!--"&{x}'
    client = a_client(client=nasty, stages=[{"key": "leads", "name": nasty}, {"key": "won"}])
    text = page("en", client)
    options = json.loads(re.search(r'id="options">(.*?)</script>', text, re.DOTALL)[1])
    assert options["questionnaire"]["client"] == nasty
    assert options["questionnaire"]["stages"][0]["name"] == dict.fromkeys(LANGUAGES, nasty)
    assert text.count("<script") == 2
    assert "alert(1)</script>" not in text


def test_the_page_tells_what_the_client_announced():
    def options(client):
        return json.loads(re.search(r'id="options">(.*?)</script>', page("en", client), re.DOTALL)[1])

    told = options(a_client(survey={"mode": "anonymous", "threshold": 7}))
    assert (told["mode"], told["threshold"]) == ("anonymous", 7)
    assert options(None)["mode"] == "open"


def test_nothing_but_the_name_and_the_stages_of_a_client_is_in_the_page():
    client = a_client(margin=0.3579, plan={"2026-01": {"revenue": 987654}}, headcount={"sales": 4321})
    data = json.dumps(form_data(client))
    assert "Acme" in data
    assert not re.search("3579|987654|4321", data)


def test_drafts_of_different_forms_do_not_meet():
    def key(mode="open", **changes):
        return storage_key(form_data(a_client(**changes)), mode, 5)

    keys = [key(), key(client="Other"), key(mode="anonymous"), key(stages=[{"key": "leads"}, {"key": "won"}])]
    assert len(set(keys)) == 4
    assert key() == key()


def test_every_text_is_used_and_every_used_text_is_there():
    script = source("form.js")
    # By name in quotes or after a dot; point_1-5 by their number.
    used = set(re.findall(r'[".](\w+)', script)) | {f"point_{n}" for n in range(1, 6)}
    for lang in LANGUAGES:
        texts = form_texts()[lang]
        # Said by the page itself.
        assert set(texts) - used == {"needs_browser"}
        assert set(re.findall(r'\bt\("(\w+)"', script)) <= set(texts)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_places_for_values_are_the_same_in_every_language(lang):
    for key, text in form_texts()["en"].items():
        assert set(re.findall(r"{\w+}", text)) == set(re.findall(r"{\w+}", form_texts()[lang][key])), key


def test_statements_take_about_two_minutes_to_read():
    for lang in LANGUAGES:
        words = sum(len(criterion.statement[lang].split()) for criterion in questionnaire().criteria)
        assert 250 < words < 450


def test_the_page_is_written_beside_client_yml(tmp_path):
    client = a_client(lang="uk")
    assert write_page(client, tmp_path).name == "questionnaire-uk.html"
    assert write_page(client, tmp_path, "ru").read_text(encoding="utf-8") == page("ru", client)
