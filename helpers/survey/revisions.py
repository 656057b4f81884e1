"""One form per person: the later one counts, and what only the earlier one holds is not lost."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from helpers.errors import Problem
from helpers.survey.answer_files import CODES
from helpers.survey.code import person_key

if TYPE_CHECKING:
    from helpers.survey.answers import Respondent


def latest(forms: Sequence[Respondent]) -> tuple[list[Respondent], list[Problem]]:
    """One form per person, in the order they came: the later revision, then the later day, then the later file.

    A short code is the same person as the file whose id gives its six letters. Of a code and a file with one revision
    the file counts: it holds the comments. Where the code is later, the comments of the earlier file stay.
    """
    # A code has six letters of the id only.
    full = {person_key(form.respondent): form.respondent for form in forms if not _is_code(form)}
    by_id: dict[str, list[Respondent]] = defaultdict(list)
    for form in forms:
        own = full.get(form.respondent, form.respondent) if _is_code(form) else form.respondent
        by_id[own.casefold()].append(form)
    kept: dict[int, Respondent] = {}
    notices: list[Problem] = []
    for same_id in by_id.values():
        ordered = sorted(same_id, key=lambda x: (x.revision, not _is_code(x), x.submitted or dt.date.min))
        for number, form in enumerate(ordered):
            later = ordered[number + 1 :]
            # Two tables that both count 1, 2, 3 ...: equal ids of two departments are two people, unless one corrects
            # the other by its revision.
            same = [x for x in later if x.department == form.department or x.revision > form.revision]
            if not same:
                kept[id(form)] = _with_comments(form, ordered[:number])
                if later:
                    what = "one id stands in two departments: counted as two people"
                    notices.append(Problem(what, "give each person an own id", form.file))
            elif not (_is_code(form) and form.revision == same[-1].revision and _same_answers(form, same[-1])):
                what = f"the respondent answered again in {same[-1].file}: the later form counts"
                notices.append(Problem(what, f"revision {form.revision} was left out", form.file))
    return [kept[id(form)] for form in forms if id(form) in kept], notices


def _with_comments(form: Respondent, earlier: Sequence[Respondent]) -> Respondent:
    """A code never holds comments: those of the person's last file are still true."""
    if not _is_code(form):
        return form
    files = [x for x in earlier if x.department == form.department and x.comments]
    return form.model_copy(update={"comments": files[-1].comments}) if files else form


def _same_answers(a: Respondent, b: Respondent) -> bool:
    return {k: v for k, v in a.answers.items() if v is not None} == {
        k: v for k, v in b.answers.items() if v is not None
    }


def _is_code(form: Respondent) -> bool:
    return PurePosixPath(form.file).name.lower() == CODES
