"""The short code: one filled questionnaire in 32 letters, for a messenger or the telephone.

``K7QX-2MSX-XBQF-2D2W-K5XP-4D24-T7FB-2345``: six letters for the person, twenty-three for everything but the comments,
three to check the rest.

31 letters without 0, O, 1, I and L; case, spaces and dashes do not matter, Cyrillic twins (А, В, Е, К …) are read as
the Latin letters they look like. The check finds every single wrong letter and every two that changed places, and all
but one of 30 000 other mistakes. form.js holds the same rules; tests/vectors/codes.json keeps the two equal.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from helpers.errors import AnswersError, Problem

ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
BASE = len(ALPHABET)
PERSON, BODY, CHECK = 6, 23, 3
LENGTH = PERSON + BODY + CHECK
GROUP = 4
PRIME = 29789
"""The largest prime under 31³."""

TWINS = str.maketrans("АВСЕНКМРТУХЗ", "ABCEHKMPTYX3")
DEPARTMENTS = ("marketing", "sales", "support", "call_centre", "management")
ROLES = ("leader", "staff")
LANGS = (None, "en", "ru", "uk")
ANSWERS = (None, 1, 2, 3, 4, 5, "dk", "na")
CRITERIA = tuple(f"{dimension}{number}" for dimension in "ABCDE" for number in range(1, 5))

MOST_STAGES = 14
LONGEST_SECONDS = 498
"""Longer counts as this long: only short times mean something (careless.py)."""
_MAJOR, _MINOR, _PROMISE, _REVISIONS, _SECONDS, _STAGES = 8, 16, 33, 16, 500, 37
_LAST = MOST_STAGES + 2

_FIELDS = (
    *(("major", _MAJOR), ("minor", _MINOR), ("promise", _PROMISE), ("department", len(DEPARTMENTS))),
    *(("role", len(ROLES)), ("lang", len(LANGS))),
    *((criterion, len(ANSWERS)) for criterion in CRITERIA),
    *(("revision", _REVISIONS), ("seconds", _SECONDS), ("stages", _STAGES)),
    *(("sees", 2**MOST_STAGES + 1), ("loses_at", _LAST)),
)
"""Field → how many values it has, most significant first. The order never changes: codes are kept in files."""


def encode(form: Mapping[str, Any], stages: Sequence[str] | None = None) -> str:
    """The code of a form (the keys of an answers file), in groups of four.

    Times over 498 seconds and revisions over 16 are cut; of the promise only the mode and, in anonymous mode, the
    threshold are kept (2-32).

    Args:
        form: the answers; comments are never read.
        stages: keys of the funnel's stages as the form showed them; None: the usual ones.

    Raises:
        AnswersError: department, role, an answer or the version is not one a code can hold.
    """
    stages = usual_stages() if stages is None else stages
    values = _numbers(form, stages)
    body = 0
    for name, size in _FIELDS:
        if not 0 <= values[name] < size:
            raise AnswersError([Problem("a code cannot hold this value", key=name)])
        body = body * size + values[name]
    number = _number(person_key(str(form.get("respondent", "")))) * BASE**BODY + body
    letters = _letters(number, PERSON + BODY) + _letters(_check(number), CHECK)
    return "-".join(letters[start : start + GROUP] for start in range(0, LENGTH, GROUP))


def decode(text: str, stages: Sequence[str] | None = None) -> dict[str, Any]:
    """The form of a code, with the keys of an answers file.

    ``sees`` and ``loses_at`` are absent where the code was made with other stages than these.

    Raises:
        AnswersError: the code is mistyped, or it is not a code of this questionnaire.
    """
    letters = plain(text)
    wrong = sorted({letter for letter in letters if letter not in ALPHABET})
    if wrong:
        raise _refused(f"{_named(wrong)} in the code", "codes hold letters and digits without 0, O, 1, I, L")
    if len(letters) != LENGTH:
        raise _refused(f"the code holds {len(letters)} letters", f"a code holds {LENGTH}: copy the whole code")
    number, check = divmod(_number(letters), BASE**CHECK)
    if check != _check(number):
        raise _refused("the code is mistyped: its check letters do not fit", "compare it with what was sent")
    person, rest = divmod(number, BASE**BODY)
    values: dict[str, int] = {}
    for name, size in reversed(_FIELDS):
        rest, values[name] = divmod(rest, size)
    if rest:
        raise _refused("not a code of this questionnaire", "ask for the answers file")
    return _form(values, _letters(person, PERSON), usual_stages() if stages is None else stages)


def plain(text: str) -> str:
    """The bare letters of a code as somebody wrote it: no dashes, spaces or invisible marks, capital, Latin."""
    kept = (x for x in text if unicodedata.category(x) not in {"Pd", "Pc", "Zs", "Zl", "Zp", "Cc", "Cf"} and x != "−")
    return "".join(kept).upper().translate(TWINS)


def person_key(respondent: str) -> str:
    """Six letters for a respondent's id: a form's own id is its own key, any other id is hashed (FNV-1a)."""
    own = respondent.upper()
    if len(own) == PERSON and set(own) <= set(ALPHABET):
        return own
    return _letters(_fnv(respondent) % BASE**PERSON, PERSON)


@lru_cache(maxsize=1)
def usual_stages() -> tuple[str, ...]:
    """Keys of the stages of a client that names none of its own."""
    from helpers.client import DEFAULT_STAGES

    return tuple(stage.key for stage in DEFAULT_STAGES)


def _numbers(form: Mapping[str, Any], stages: Sequence[str]) -> dict[str, int]:
    version = re.fullmatch(r"(\d+)\.(\d+)", str(form.get("criteria_version", "")))
    if version is None:
        raise AnswersError([Problem("a code needs the version of the criteria", key="criteria_version")])
    given = form.get("answers") or {}
    sees, loses_at, seconds = form.get("sees"), form.get("loses_at"), form.get("seconds")
    fits = len(stages) <= MOST_STAGES
    promise = 0
    if form.get("mode") == "open":
        promise = 1
    elif form.get("mode") == "anonymous":
        promise = min(max(int(form.get("threshold") or 2), 2), _PROMISE - 1)
    return {
        "major": int(version[1]),
        "minor": int(version[2]),
        "promise": promise,
        "department": _place("department", form.get("department"), DEPARTMENTS),
        "role": _place("role", form.get("role"), ROLES),
        "lang": _place("lang", form.get("lang"), LANGS),
        **{criterion: _place(criterion, given.get(criterion), ANSWERS) for criterion in CRITERIA},
        "revision": min(max(int(form.get("revision") or 1), 1), _REVISIONS) - 1,
        "seconds": _SECONDS - 1 if seconds is None else min(int(seconds), LONGEST_SECONDS),
        "stages": _fnv(",".join(stages)) % _STAGES,
        "sees": 0 if sees is None or not fits else 1 + sum(1 << n for n, key in enumerate(stages) if key in sees),
        "loses_at": 1 + stages.index(loses_at) if fits and loses_at in stages else 0,
    }


def _form(values: Mapping[str, int], person: str, stages: Sequence[str]) -> dict[str, Any]:
    form: dict[str, Any] = {
        "criteria_version": f"{values['major']}.{values['minor']}",
        "lang": LANGS[values["lang"]],
        "mode": (None, "open")[values["promise"]] if values["promise"] < 2 else "anonymous",
        "threshold": values["promise"] if values["promise"] > 1 else None,
        "respondent": person,
        "department": DEPARTMENTS[values["department"]],
        "role": ROLES[values["role"]],
        "answers": {x: ANSWERS[values[x]] for x in CRITERIA if values[x]},
    }
    if values["stages"] == _fnv(",".join(stages)) % _STAGES and len(stages) <= MOST_STAGES:
        seen = values["sees"] - 1
        form["sees"] = None if seen < 0 else [key for n, key in enumerate(stages) if seen >> n & 1]
        form["loses_at"] = stages[values["loses_at"] - 1] if 0 < values["loses_at"] <= len(stages) else None
    form["seconds"] = values["seconds"] if values["seconds"] < _SECONDS - 1 else None
    form["revision"] = values["revision"] + 1
    return form


def _place(name: str, value: Any, known: Sequence[Any]) -> int:
    # True == 1, but a code must not take one for the other.
    if isinstance(value, bool) or value not in known:
        raise AnswersError([Problem("a code cannot hold this value", key=name)])
    return known.index(value)


def _check(number: int) -> int:
    return (number + 1) % PRIME


def _number(letters: Iterable[str]) -> int:
    number = 0
    for letter in letters:
        number = number * BASE + ALPHABET.index(letter)
    return number


def _letters(number: int, length: int) -> str:
    letters = ""
    for _ in range(length):
        number, place = divmod(number, BASE)
        letters = ALPHABET[place] + letters
    return letters


def _fnv(text: str) -> int:
    """FNV-1a, 32 bits, over UTF-8: four lines in any language, unlike a cryptographic hash."""
    found = 0x811C9DC5
    for byte in text.encode("utf-8", "surrogatepass"):
        found = (found ^ byte) * 0x01000193 % 2**32
    return found


def _named(letters: Sequence[str]) -> str:
    shown = ", ".join(letter if letter.isprintable() else f"U+{ord(letter):04X}" for letter in letters[:5])
    return f"{shown} {'does' if len(letters) == 1 else 'do'} not occur"


def _refused(what: str, todo: str) -> AnswersError:
    return AnswersError([Problem(what, todo)])
