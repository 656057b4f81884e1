"""The draft of a form filled in in Jupyter: one small file with the person who answers, never in the client's folder.

A draft belongs to who sits at a notebook: it lies among that login's own Jupyter data, one file per notebook, client
and promise. So two people who answer at once never write one file, and nobody is shown another person's answers.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from helpers.errors import AnswersError
from helpers.survey.answer_files import LARGEST_FILE
from helpers.survey.form import storage_key
from helpers.survey.intake import file_name
from helpers.whole import write_whole

if TYPE_CHECKING:
    from helpers.client import Client

NOTEBOOK = "JPY_SESSION_NAME"
"""Jupyter tells a kernel by this name which notebook it was started for."""


@dataclass(frozen=True)
class Draft:
    """A place for one state of the form."""

    path: Path

    def read(self) -> dict[str, Any]:
        """The state as it was written; empty where there is none that can be read."""
        try:
            if self.path.stat().st_size > LARGEST_FILE:
                return {}
            found = json.loads(self.path.read_text(encoding="utf-8"))
        except (OSError, ValueError, RecursionError):
            return {}
        return found if isinstance(found, dict) else {}

    def write(self, state: Mapping[str, Any]) -> None:
        """Put the state in the place of the last one.

        Raises:
            OSError: the folder cannot be written.
        """
        self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        write_whole(self.path, json.dumps(state, ensure_ascii=False), mode=0o600)


def draft_of(client: Client, data: Mapping[str, Any], respondent: str = "") -> Draft:
    """Where the draft of this notebook's reader lies; ``data`` is what the form shows, ``respondent`` a given id."""
    from jupyter_core.paths import jupyter_data_dir

    key = storage_key(dict(data), client.survey.mode, client.survey.threshold)
    told = json.dumps([str(client.folder), os.environ.get(NOTEBOOK, ""), respondent], ensure_ascii=False)
    name = f"{key}-{hashlib.sha256(told.encode()).hexdigest()[:16]}.json"
    return Draft(Path(jupyter_data_dir()) / "alignment-audit" / "drafts" / name)


def sent_state(client: Client, respondent: str) -> dict[str, Any]:
    """The state of a form that this person has sent already, read from ``answers/``; empty where there is none.

    With it a change becomes the next revision, on whatever computer it is made.
    """
    from helpers.survey.answers import read_one
    from helpers.survey.code import encode

    name = file_name(respondent)
    path = client.folder / "answers" / name
    forms = read_one(path, f"answers/{name}").respondents if path.is_file() else ()
    form = next((form for form in forms if form.respondent == respondent), None)
    if form is None:
        return {}
    file = form.model_dump(mode="json", exclude={"file"})
    file["answers"] = {key: answer for key, answer in form.answers.items() if answer is not None}
    try:
        code = encode(file, client.stage_keys)
    except AnswersError:
        return {}
    kept = ("respondent", "lang", "department", "role", "answers", "comments", "sees", "loses_at")
    state = {key: file[key] for key in kept}
    return {**state, "version": form.criteria_version, "pages": form.pages or {}, "page": "result",
            "sent": {"file": file, "code": code}}  # fmt: skip
