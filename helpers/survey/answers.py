"""What respondents answered: files of the folder ``answers/`` → validated respondents and a list of what was wrong.

A bad answer is left out, a bad form is left out, a bad file is left out - each said by name - and the rest goes on.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, ValidationError

from helpers.errors import Problem
from helpers.survey.answer_files import CODES, WORKBOOKS, Record, read_file, shown
from helpers.survey.revisions import latest
from helpers.validation import Strict, nearest

Answer = Literal[1, 2, 3, 4, 5, "dk", "na"]
"""Agreement from 1 to 5, "dk" don't know, "na" not applicable."""

DEPARTMENTS = ("marketing", "sales", "support", "call_centre", "management")
ROLES = ("leader", "staff")
LONGEST_COMMENT = 1000

_CRITERIA = tuple(f"{dimension}{number}" for dimension in "ABCDE" for number in range(1, 5))


def _whole(value: Any) -> Any:
    # JSON of spreadsheets writes 4.0 for 4; True is not 1 although Python says so.
    if isinstance(value, bool):
        raise ValueError("must be a number")
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _plain(text: str) -> str:
    """Client text without control and direction characters, on one line."""
    kept = "".join(letter if unicodedata.category(letter) not in {"Cc", "Cf", "Cs", "Co"} else " " for letter in text)
    return re.sub(r"\s+", " ", kept).strip()


def _comment(text: str) -> str:
    text = _plain(text)
    return text if len(text) <= LONGEST_COMMENT else text[: LONGEST_COMMENT - 1].rstrip() + "…"


def _day(value: Any) -> Any:
    # "2026-07-10T12:00:00+03:00" of a form is the day it was sent on the respondent's clock.
    return value[:10] if isinstance(value, str) and re.match(r"\d{4}-\d\d-\d\d[T ]", value) else value


Whole = Annotated[int, BeforeValidator(_whole), Field(strict=True, ge=1)]
Seconds = Annotated[float, BeforeValidator(_whole), Field(strict=True, ge=0, allow_inf_nan=False)]
Stage = Annotated[str, AfterValidator(_plain), Field(min_length=1, max_length=60)]


class Respondent(Strict):
    """One person's form. ``respondent`` is an id of any kind; a name is never needed and never shown."""

    respondent: Annotated[str, AfterValidator(_plain), Field(min_length=1, max_length=100)]
    department: Literal["marketing", "sales", "support", "call_centre", "management"]
    role: Literal["leader", "staff"]
    answers: dict[str, Annotated[Answer | None, BeforeValidator(_whole)]]
    """By criterion; None and an absent criterion are "not answered"."""
    comments: dict[str, Annotated[str, AfterValidator(_comment)]] = Field(default_factory=dict)
    """Plain text by criterion, at most 1 000 characters."""
    sees: tuple[Stage, ...] | None = None
    """Keys of the stages the person sees figures for; None: was not asked."""
    loses_at: Stage | None = None
    """Key of the stage where, as the person believes, most clients are lost."""
    seconds: Seconds | None = None
    """Time taken for the twenty statements, seconds."""
    pages: dict[Annotated[str, Field(max_length=20)], Seconds] | None = None
    """Time taken for each page of the form, seconds: A-E and those around them."""
    criteria_version: str = ""
    lang: Literal["en", "ru", "uk"] | None = None
    mode: Literal["open", "anonymous"] | None = None
    """What the respondent was promised."""
    threshold: Whole | None = None
    submitted: Annotated[dt.date, BeforeValidator(_day)] | None = None
    revision: Whole = 1
    file: str = ""
    """Where it was read, for messages."""

    def number(self, criterion: str) -> int | None:
        """The answer 1-5, None where there is none."""
        found = self.answers.get(criterion)
        return found if isinstance(found, int) else None


@dataclass(frozen=True)
class Answers:
    """All valid forms, one per respondent, and what was found on the way."""

    respondents: tuple[Respondent, ...] = ()
    problems: tuple[Problem, ...] = ()
    """Files, forms and answers that could not be used."""
    notices: tuple[Problem, ...] = ()
    """Decisions that were taken and lost nothing: the earlier of two revisions, a version that was assumed."""


def read_answers(folder: Path, version: str | None = None, not_applicable: frozenset[str] | None = None) -> Answers:
    """Reads every JSON, CSV and XLSX file of ``folder`` and its codes.txt; a missing folder holds no answers.

    Args:
        folder: the client's ``answers/``.
        version: version of the criteria the answers must be given to; None: that of the questionnaire in use.
        not_applicable: criteria that may be called not applicable; None: those of the questionnaire in use.
    """
    found: list[Respondent] = []
    problems: list[Problem] = []
    notices: list[Problem] = []
    for path in sorted(folder.iterdir()) if folder.is_dir() else []:
        if not path.is_file() or path.name.startswith((".", "~$")):
            continue
        name = f"{folder.name}/{path.name}"
        if path.suffix.lower() not in {".json", ".csv", *WORKBOOKS} and path.name.lower() != CODES:
            todo = f"send JSON, CSV or XLSX, or write codes into {CODES}"
            notices.append(Problem("this kind of file holds no answers that can be read", todo, name))
            continue
        one = read_one(path, name, version, not_applicable)
        found += one.respondents
        problems += one.problems
        notices += one.notices
    kept, repeated = latest(found)
    return Answers(tuple(kept), tuple(problems), tuple(notices + repeated))


def read_one(
    path: Path, name: str, version: str | None = None, not_applicable: frozenset[str] | None = None
) -> Answers:
    """The forms of one file, revisions of one person beside each other; ``name`` is how messages call the file."""
    if version is None or not_applicable is None:
        from helpers.survey.criteria import questionnaire

        now = questionnaire()
        version = now.version if version is None else version
        if not_applicable is None:
            not_applicable = frozenset(criterion.id for criterion in now.criteria if criterion.not_applicable)
    respondents: list[Respondent] = []
    notices: list[Problem] = []
    records, problems = read_file(path, name, _CRITERIA)
    for record in records:
        found, wrong = _respondent(record, version, not_applicable)
        problems += wrong
        if found is None:
            continue
        if not found.criteria_version:
            assumed = f"no criteria_version, {version} was assumed"
            if record.file.lower().endswith(".json"):
                notices.append(Problem(assumed, "use the form of this version", record.file, row=record.row))
            found = found.model_copy(update={"criteria_version": version})
        if record.total is not None and not _same_total(record.total, found):
            what = "the result in the workbook is not that of its answers: formulas were changed or not counted"
            notices.append(Problem(what, "the answers were read and counted anew", record.file))
        respondents.append(found)
    return Answers(tuple(respondents), tuple(problems), tuple(notices))


def _respondent(
    record: Record, version: str, not_applicable: frozenset[str]
) -> tuple[Respondent | None, list[Problem]]:
    """The form without the parts that cannot be used; None where nothing is left to use."""
    data = {str(key): value for key, value in record.data.items()}
    problems: list[Problem] = []

    def report(what: str, todo: str, key: str = "") -> None:
        problems.append(Problem(what, todo, record.file, key=key, row=record.row))

    found_version = data.get("criteria_version")
    if found_version not in (None, "") and str(found_version) != version:
        report(
            f"answers to version {shown(found_version)} of the criteria, the form was left out",
            f"the audit uses version {version}: ask for the form again",
            "criteria_version",
        )
        return None, problems
    data["criteria_version"] = "" if found_version is None else str(found_version)
    # An id may be a number in the file; a form without an id is told from others by its place.
    own = data.get("respondent")
    place = record.file if record.row is None else f"{record.file}#{record.row}"
    data["respondent"] = str(own) if isinstance(own, (int, str)) and str(own).strip() else place
    data["file"] = record.file
    data = {key: value for key, value in data.items() if value is not None or key in ("department", "role")}
    for key in ("answers", "comments"):
        inner = data.get(key)
        if isinstance(inner, dict):
            data[key] = dict(inner)
            for criterion in [criterion for criterion in inner if criterion not in _CRITERIA]:
                report(f"unknown criterion {shown(criterion)}", _allowed(criterion, _CRITERIA), key)
                del data[key][criterion]
        elif key in data:
            report(f"found {shown(inner)}, it was left out", "allowed: an object by criterion", key)
            del data[key]
    data.setdefault("answers", {})
    for criterion, answer in list(data["answers"].items()):
        if answer == "na" and criterion not in not_applicable:
            todo = f"only {' and '.join(sorted(not_applicable))} may be called not applicable"
            report("found na, the answer was left out", todo, f"answers.{criterion}")
            del data["answers"][criterion]
    found = _validated(data, report)
    if found is not None and not any(answer is not None for answer in found.answers.values()):
        report("no answer could be used, the form was left out", "at least one answer 1-5, dk or na")
        found = None
    return found, problems


def _same_total(shown_total: str, form: Respondent) -> bool:
    from helpers.survey.criteria import questionnaire
    from helpers.survey.own import own_result

    total = own_result(form, questionnaire()).total
    try:
        return abs(float(shown_total) - (total or 0.0)) < 0.01
    except ValueError:
        return total is None and not shown_total


def _validated(data: dict[str, Any], report: Any) -> Respondent | None:
    """Validates, takes out what is wrong where the form can do without it, and validates what is left."""
    try:
        return Respondent.model_validate(data)
    except ValidationError as error:
        fatal = False
        said: set[str] = set()
        for item in error.errors(include_url=False):
            location = [str(part) for part in item["loc"]]
            top = location[0]
            key = ".".join(location[:2]) if top in ("answers", "comments") else top
            if item["type"] == "extra_forbidden":
                known = [field for field in Respondent.model_fields if field != "file"]
                report(f"unknown key {shown(top)}", _allowed(top, known))
            elif key not in said:
                lost = "the form was left out" if top in ("department", "role") else "it was left out"
                if top == "answers":
                    lost = "the answer was left out"
                value = data.get(top)
                value = value.get(location[1]) if top in ("answers", "comments") and isinstance(value, dict) else value
                head = "the key is missing" if item["type"] == "missing" else f"found {shown(value)}"
                report(f"{head}, {lost}", _ALLOWED.get(top, "see the form"), key)
                said.add(key)
            fatal = fatal or top in ("department", "role", "respondent")
            if top in ("answers", "comments"):
                data[top].pop(location[1], None)
            elif not fatal:
                data.pop(top, None)
        return None if fatal else Respondent.model_validate(data)


_ALLOWED = {
    "answers": "allowed: 1, 2, 3, 4, 5, dk, na",
    "comments": "allowed: text",
    "department": f"allowed: {', '.join(DEPARTMENTS)}",
    "role": f"allowed: {', '.join(ROLES)}",
    "respondent": "allowed: an id of at most 100 characters",
    "sees": "allowed: a list of stage keys",
    "loses_at": "allowed: one stage key",
    "seconds": "allowed: seconds, zero or more",
    "pages": "allowed: seconds by page, zero or more",
    "lang": "allowed: en, ru, uk",
    "mode": "allowed: open, anonymous",
    "threshold": "allowed: a whole number from 1",
    "submitted": "allowed: a date such as 2026-07-10",
    "revision": "allowed: a whole number from 1",
}


def _allowed(word: str, known: Any) -> str:
    guess = nearest(word, known)
    return f"did you mean {guess}?" if guess else f"allowed: {', '.join(known)}"
