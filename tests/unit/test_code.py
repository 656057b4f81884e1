"""The short code: what goes in comes out, in Python and in the form alike; what is mistyped is refused."""

import json
import random
from pathlib import Path

import pytest
from form_in_node import in_node
from needs import needs

from helpers.errors import AnswersError
from helpers.survey import code as rules
from helpers.survey.answers import DEPARTMENTS, ROLES
from helpers.survey.code import ALPHABET, CRITERIA, decode, encode, person_key, plain, usual_stages
from helpers.survey.criteria import questionnaire

VECTORS = json.loads((Path(__file__).parents[1] / "vectors" / "codes.json").read_text(encoding="utf-8"))
node = needs("node")


def form(**changes):
    return {
        "criteria_version": "1.0",
        "lang": "ru",
        "mode": "open",
        "threshold": None,
        "respondent": "K7QX2M",
        "department": "sales",
        "role": "staff",
        "answers": dict.fromkeys(CRITERIA, 4),
        "sees": ["leads", "won"],
        "loses_at": "qualified",
        "seconds": 141,
        "revision": 1,
        **changes,
    }


def random_forms(count, seed=3):
    draw = random.Random(seed)
    for _ in range(count):
        answers = {x: draw.choice([1, 2, 3, 4, 5, 1, 2, 3, 4, 5, "dk", "na", None]) for x in CRITERIA}
        threshold = draw.choice([None, None, 2, 5, 32])
        yield form(
            respondent="".join(draw.choices(ALPHABET, k=6)),
            criteria_version=f"{draw.randrange(8)}.{draw.randrange(16)}",
            lang=draw.choice([None, "en", "ru", "uk"]),
            mode="anonymous" if threshold else draw.choice(["open", None]),
            threshold=threshold,
            department=draw.choice(DEPARTMENTS),
            role=draw.choice(ROLES),
            answers={key: value for key, value in answers.items() if value is not None},
            sees=draw.choice([None, [], [key for key in usual_stages() if draw.random() < 0.5]]),
            loses_at=draw.choice([None, *usual_stages()]),
            seconds=draw.choice([None, draw.randrange(499)]),
            revision=draw.randrange(1, 17),
        )


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["name"])
def test_vectors(vector):
    assert encode(vector["form"], vector["stages"]) == vector["code"]
    assert decode(vector["code"], vector["stages"]) == vector["form"]


@node
def test_the_form_makes_and_reads_the_same_codes(tmp_path):
    forms = list(random_forms(200))
    given = [*((v["form"], v["stages"], v["code"]) for v in VECTORS), *((x, None, encode(x)) for x in forms)]
    encoded = in_node(tmp_path, [("encode", found, stages) for found, stages, _ in given])
    decoded = in_node(tmp_path, [("decode", code, stages) for _, stages, code in given])
    assert [one.get("result") for one in encoded] == [code for _, _, code in given]
    assert [one.get("result") for one in decoded] == [found for found, _, _ in given]


def test_what_goes_in_comes_out():
    for one in random_forms(300):
        code = encode(one)
        assert decode(code) == one
        assert len(code) < 40
        assert not set(code) & set("0O1IL")
        assert set(code) <= {*ALPHABET, "-"}


def test_comments_never_enter_the_code():
    assert encode(form(comments={"A1": "secret"})) == encode(form(comments={})) == encode(form())


def test_every_wrong_letter_is_refused():
    code = encode(form()).replace("-", "")
    for place, letter in enumerate(code):
        for other in ALPHABET.replace(letter, ""):
            with pytest.raises(AnswersError, match="mistyped"):
                decode(code[:place] + other + code[place + 1 :])


def test_every_two_letters_that_changed_places_are_refused():
    for one in random_forms(5):
        code = encode(one).replace("-", "")
        for a in range(len(code)):
            for b in range(a + 1, len(code)):
                if code[a] != code[b]:
                    swapped = [*code]
                    swapped[a], swapped[b] = swapped[b], swapped[a]
                    with pytest.raises(AnswersError, match="mistyped"):
                        decode("".join(swapped))


def test_hardly_any_other_text_is_a_code():
    draw = random.Random(5)
    passed = 0
    for _ in range(20_000):
        try:
            decode("".join(draw.choices(ALPHABET, k=32)))
            passed += 1
        except AnswersError:
            pass
    assert passed < 5


@pytest.mark.parametrize(
    "write",
    [
        str.lower,
        lambda code: code.replace("-", ""),
        lambda code: code.replace("-", " "),
        lambda code: code.replace("-", "–"),
        lambda code: code.replace("-", "\u2011\u200b"),
        lambda code: f"  {code}\n",
        lambda code: f"\ufeff{code}",
        lambda code: code.translate(str.maketrans("ABCEHKMPTYX3", "АВСЕНКМРТУХЗ")),
        lambda code: code.lower().translate(str.maketrans("aceopxk", "асеорхк")),
    ],
    ids=["lower", "bare", "spaces", "dashes", "invisible", "padded", "mark", "cyrillic", "small cyrillic"],
)
@node
def test_a_code_may_be_written_in_many_ways(tmp_path, write):
    code = encode(form(respondent="ABCEHK"))
    assert decode(write(code)) == decode(code)
    assert in_node(tmp_path, [("decode", write(code))]) == in_node(tmp_path, [("decode", code)])


BAD_CODES = [
    ("", "0 letters"),
    ("K7QX", "4 letters"),
    ("K7QX-2M4X-YWXN-E5A4-C95N-P9GF-3MPQ-WQDYZ", "33 letters"),
    ("K7QX-2M4X-YWXN-E5A4-C95N-P9GF-3MPQ-WQD0", "0 does not occur"),
    ("K7QX-2M4X-YWXN-E5A4-C95N-P9GF-3MPQ-WO1L", "1, L, O do not occur"),
    ("K7QX-2M4X-YWXN-E5A4-C95N-P9GF-3MPQ-WQDЯ", "Я does not occur"),
    ("<script>alert(1)</script>", "does|do not occur"),
    ("K7QX-2M4X-YWXN-E5A4-C95N-P9GF-3MPQ-WQDZ", "mistyped"),
    ("2" * 32, "mistyped"),
    ("я" * 100_000, "does not occur"),
]


@pytest.mark.parametrize(("text", "said"), BAD_CODES, ids=[said for _, said in BAD_CODES])
def test_a_bad_code_is_refused_with_its_reason(text, said):
    with pytest.raises(AnswersError, match=said) as caught:
        decode(text)
    assert len(str(caught.value)) < 300


@node
def test_the_form_refuses_them_too(tmp_path):
    assert all("error" in one for one in in_node(tmp_path, [("decode", text) for text, _ in BAD_CODES]))


def test_a_number_beyond_all_forms_is_refused():
    body = rules.BASE**rules.BODY - 1
    letters = rules._letters(body, rules.PERSON + rules.BODY) + rules._letters(rules._check(body), rules.CHECK)
    with pytest.raises(AnswersError, match="not a code of this questionnaire"):
        decode(letters)


def test_other_stages_lose_the_two_questions_and_nothing_else():
    found = decode(encode(form(), ["leads", "qualified", "won"]), ["leads", "won"])
    assert "sees" not in found
    assert "loses_at" not in found
    assert found["answers"] == form()["answers"]


def test_more_stages_than_a_code_holds_lose_the_two_questions():
    many = [f"s{n}" for n in range(15)]
    assert "sees" not in decode(encode(form(sees=["s1"], loses_at="s2"), many), many)


@pytest.mark.parametrize(
    "change",
    [
        {"department": None},
        {"department": "boss"},
        {"role": None},
        {"criteria_version": ""},
        {"criteria_version": "9.0"},
        {"answers": {"A1": 0}},
        {"answers": {"A1": 6}},
        {"answers": {"A1": "5 "}},
        {"answers": {"A1": True}},
    ],
    ids=str,
)
def test_what_a_code_cannot_hold_is_refused(change):
    with pytest.raises(AnswersError):
        encode(form(**change))


def test_long_times_and_late_revisions_are_cut():
    found = decode(encode(form(seconds=9000.5, revision=40, mode="anonymous", threshold=99)))
    assert (found["seconds"], found["revision"], found["threshold"]) == (498, 16, 32)


def test_a_form_has_its_own_key_and_any_other_id_a_hash():
    assert person_key("k7qx2m") == "K7QX2M"
    keys = {person_key(f"m{n}") for n in range(1000)} | {person_key("Иванов"), person_key("")}
    assert len(keys) == 1002
    assert all(len(key) == 6 and set(key) <= set(ALPHABET) for key in keys)


@node
def test_the_form_hashes_alike(tmp_path):
    ids = ["m1", "Иванов Иван", "", "x" * 500, "😀", "K7QX2O"]
    codes = in_node(tmp_path, [("encode", form(respondent=one)) for one in ids])
    assert [one["result"] for one in codes] == [encode(form(respondent=one)) for one in ids]


def test_the_code_knows_the_questionnaire_as_it_is():
    assert questionnaire().ids == CRITERIA
    assert DEPARTMENTS == rules.DEPARTMENTS
    assert ROLES == rules.ROLES
    assert decode(encode(form(criteria_version=questionnaire().version)))["criteria_version"] == questionnaire().version
    assert plain("k7-qx 2м") == "K7QX2M"
