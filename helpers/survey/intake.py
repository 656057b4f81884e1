"""Taking in what respondents sent: files become one JSON file per person in ``answers/``, codes a line of codes.txt.

What is there is never lost: a form replaces the one of the same person only with a later revision or a later day, two
people who were given one id are told apart or refused, and each file is written beside and then put in its place.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from helpers.errors import AnswersError, Problem
from helpers.survey.answer_files import CODES, LARGEST_FILE, STAGES, WORKBOOKS
from helpers.survey.answers import Respondent, read_one
from helpers.survey.code import LENGTH, decode, person_key, plain, usual_stages
from helpers.whole import write_whole

if TYPE_CHECKING:
    from helpers.client import Client

READABLE = (".json", ".csv", ".txt", *WORKBOOKS)
NEAR_CODE = LENGTH // 2
"""With fewer letters what was given is a word, not a code with letters missing."""


@dataclass(frozen=True)
class Taken:
    """One person's form and where it went."""

    file: str
    """Relative to the client's folder."""
    respondent: str
    department: str
    role: str
    revision: int
    what: str
    """"taken in", "replaced" or "already there"."""

    def __str__(self) -> str:
        return f"{self.file}: {self.respondent}, {self.department}, {self.role}, revision {self.revision} - {self.what}"


@dataclass(frozen=True)
class Intake:
    """What was taken in, and what could not be."""

    taken: tuple[Taken, ...]
    problems: tuple[Problem, ...]
    notices: tuple[Problem, ...]


def take_in(client: Client, items: Sequence[str]) -> Intake:
    """Take files and short codes into the client's ``answers/``; a bad one is reported and the rest goes on.

    Raises:
        AnswersError: the folder cannot be written.
    """
    folder = client.folder / "answers"
    taken: list[Taken] = []
    problems: list[Problem] = []
    notices: list[Problem] = []
    try:
        folder.mkdir(exist_ok=True)
        for item in items:
            path = Path(item).expanduser()
            if _exists(path):
                found = _take_file(path, folder, client.stage_keys)
            elif path.suffix.lower() in READABLE or len(plain(item)) < NEAR_CODE or "/" in item or "\\" in item:
                found = Intake((), (Problem("there is no such file, and it is not a code", "", _shown(item)),), ())
            else:
                found = _take_code(item, _shown(item), folder, client.stage_keys)
            taken += found.taken
            problems += found.problems
            notices += found.notices
    except OSError as error:
        raise AnswersError([Problem(f"cannot be written ({error.strerror})", "check its rights", "answers")]) from None
    return Intake(tuple(taken), tuple(problems), tuple(notices))


def _take_file(path: Path, folder: Path, stages: Sequence[str]) -> Intake:
    name = _shown(path.name)
    if not path.is_file() or path.suffix.lower() not in READABLE:
        return Intake((), (Problem("no file of answers", "send JSON, CSV, XLSX or a list of codes (TXT)", name),), ())
    if path.suffix.lower() == ".txt" and path.stat().st_size > LARGEST_FILE:
        return Intake((), (Problem("the file is larger than 1 MB, it was not read", "one code a line", name),), ())
    if path.suffix.lower() == ".txt":
        return _take_codes(path, name, folder, stages)
    read = read_one(path, name)
    taken: list[Taken] = []
    problems = list(read.problems)
    for form in read.respondents:
        try:
            taken.append(_keep(form, folder))
        except AnswersError as error:
            problems += error.problems
    return Intake(tuple(taken), tuple(problems), read.notices)


def _keep(form: Respondent, folder: Path) -> Taken:
    # The same id in another department is another person (revisions.py) unless a revision says that it was corrected.
    for name in (file_name(form.respondent), file_name(f"{form.respondent}-{form.department}")):
        target = folder / name
        there = read_one(target, f"answers/{name}").respondents if target.is_file() else ()
        before = next((x for x in there if x.respondent.casefold() == form.respondent.casefold()), None)
        if target.exists() and before is None:
            raise AnswersError([Problem(f"answers/{name} is there and is not this person's", "rename it", form.file)])
        if before is None or before.department == form.department or form.revision > before.revision:
            break
    taken = Taken(f"answers/{name}", form.respondent, form.department, form.role, form.revision, "taken in")
    if before is not None:
        if _content(form) == _content(before):
            return replace(taken, what="already there")
        if form.revision < before.revision:
            return replace(taken, what=f"left out, revision {before.revision} is there")
        if form.revision == before.revision and not _is_later(form.submitted, before.submitted):
            what = f"answers/{name} holds other answers of {_shown(form.respondent)}, revision {before.revision}"
            raise AnswersError(
                [Problem(what, "another person: give another id; the same: raise the revision", form.file)]
            )
        taken = replace(taken, what="replaced")
    write_whole(target, json.dumps(_content(form), ensure_ascii=False, indent=1) + "\n")
    return taken


def _take_codes(path: Path, name: str, folder: Path, stages: Sequence[str]) -> Intake:
    found = [
        _take_code(line, f"{name} row {row}", folder, stages)
        for row, line in enumerate(path.read_text(encoding="utf-8-sig", errors="replace").splitlines(), start=1)
        if line.partition("#")[0].strip()
    ]
    return Intake(tuple(x for one in found for x in one.taken), tuple(x for one in found for x in one.problems), ())


def _take_code(text: str, name: str, folder: Path, stages: Sequence[str]) -> Intake:
    text = text.partition("#")[0].strip()
    try:
        form = decode(text, stages)
    except AnswersError as error:
        return Intake((), tuple(Problem(wrong.what, wrong.todo, name) for wrong in error.problems), ())
    from helpers.survey.criteria import questionnaire

    if form["criteria_version"] != questionnaire().version:
        what = f"a code of version {form['criteria_version']} of the criteria"
        todo = f"the audit uses version {questionnaire().version}: ask for the form again"
        return Intake((), (Problem(what, todo, name),), ())
    notices: tuple[Problem, ...] = ()
    if "sees" not in form:
        what = "made with other stages than client.yml holds now: the two extra questions are left out"
        notices = (Problem(what, "ask for the file, or take it in with the earlier client.yml", name),)
    bare = plain(text)
    path = folder / CODES
    there = path.read_text(encoding="utf-8-sig", errors="replace") if path.is_file() else ""
    lines = [plain(line.partition("#")[0]) for line in there.splitlines()]
    what = "already there" if bare in lines else "taken in"
    if bare not in lines:
        head = "" if tuple(stages) == usual_stages() else f"{STAGES} {', '.join(stages)}\n"
        head = "" if head and head.strip() in there.splitlines() else head
        gap = "\n" if there and not there.endswith("\n") else ""
        with path.open("a", encoding="utf-8", newline="\n") as file:
            # One write: two people who take in at once leave two whole lines.
            file.write(f"{gap}{head}{'-'.join(re.findall('.{4}', bare))}\n")
    kept = Taken(f"answers/{CODES}", form["respondent"], form["department"], form["role"], form["revision"], what)
    return Intake((kept,), (), notices)


def file_name(respondent: str) -> str:
    """A safe name for a person's file: the id where it is plain, else what is plain of it and its six letters."""
    safe = re.sub(r"[^\w-]+", "-", respondent).strip("-_")[:60]
    plain_name = safe == respondent and safe.casefold() not in _RESERVED
    return f"{safe if plain_name else f'{safe}-{person_key(respondent)}'.lstrip('-')}.json"


_RESERVED = {"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(1, 10))}
"""Names that Windows keeps for itself."""


def _content(form: Respondent) -> dict[str, Any]:
    """What is written: everything that was valid, without what was not given."""
    data = form.model_dump(mode="json", exclude={"file"}, exclude_none=True)
    order = ("criteria_version", "lang", "mode", "threshold", "respondent", "department", "role", "answers", "comments")
    return {key: data[key] for key in (*order, *data) if key in data}


def _is_later(day: Any, than: Any) -> bool:
    return day is not None and than is not None and day > than


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except (OSError, ValueError):
        # Longer than any name, or with a zero byte: no file, perhaps a code.
        return False


def _shown(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:59]}…"
