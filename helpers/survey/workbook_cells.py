"""The workbook as a table of keys and values: what stands where, and what a typed word means.

A hidden column holds the key of each row ("A1", "department", "sees:leads"), so that reading back depends neither on
the language nor on the order of rows. Its first cell says which questionnaire it is.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from helpers.language import LANGUAGES, language
from helpers.survey.workbook_words import answer_words, department_words, role_words

if TYPE_CHECKING:
    from helpers.client import Client
    from helpers.language import Language
    from helpers.survey.answers import Respondent

KEY, NUMBER, STATEMENT, ANSWER, ANCHORS, COMMENT = 0, 1, 2, 3, 4, 7
"""Columns of the sheet to fill in; anchors for 1, 3 and 5 take three."""
LAST_ROW = 200
"""Formulas look for keys down to this row, so that a moved row is found."""

MARK = "alignment-audit"
SEES, NONE_SEEN = "sees:", "sees:-"
_YES = {"x", "х", "v", "+", "*", "✓", "✔", "1", "yes", "y", "да", "так", "true"}  # both x: Latin and Cyrillic
_NO = {"-", "–", "—", "0", "no", "n", "нет", "ні", "false"}


def marker(version: str, lang: str, survey: tuple[str, int]) -> str:
    """The first cell of the hidden column: 'alignment-audit version=1.0 lang=ru mode=open threshold=5'."""
    return f"{MARK} version={version} lang={lang} mode={survey[0]} threshold={survey[1]}"


def read_marker(text: str) -> dict[str, Any]:
    """What the first cell says, as keys of an answers file."""
    found: dict[str, Any] = dict(re.findall(r"(version|lang|mode|threshold)=(\S+)", text))
    if "version" in found:
        found["criteria_version"] = found.pop("version")
    if str(found.get("threshold", "")).isdigit():
        found["threshold"] = int(found["threshold"])
    return found


def stages(client: Client | None, say: Language) -> dict[str, str]:
    """Key → name of the funnel's stages; the usual ones without a client. Equal names get their key."""
    if client is None:
        from helpers.client import Client

        client = Client.model_validate({"client": "-", "currency": "EUR"})
    labels = {key: client.stage_label(key, say) for key in client.stage_keys}
    folded = [label.casefold() for label in labels.values()]
    return {key: label if folded.count(label.casefold()) == 1 else f"{label} ({key})" for key, label in labels.items()}


def clean(value: Any) -> str:
    """A cell as the reader and the formulas see it: '4' from 4.0, no spaces around."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return " ".join(str(value).split())


def folded(value: Any) -> str:
    """A typed word for a look-up, however it was capitalised and whichever apostrophe the keyboard wrote."""
    return clean(value).replace("’", "'").casefold()


def vocabulary(kind: str) -> dict[str, str]:
    """Casefolded word → key, of all three languages and of the keys themselves."""
    words = {"department": department_words, "role": role_words, "answer": answer_words}[kind]
    found = {key: key for key in words("en")}
    for lang in LANGUAGES:
        found |= {folded(word): key for key, word in words(lang).items()}
    return found


def marked(text: str) -> bool | None:
    """Whether a box is ticked; None: neither a tick nor a no."""
    word = folded(text)
    return True if word in _YES else False if word in _NO or not word else None


def typed(form: Respondent, lang: str, client: Client | None = None) -> dict[str, object]:
    """A form as the cells a person would fill in: key → value, comments by 'comment:A1'."""
    cells: dict[str, object] = {
        "respondent": form.respondent,
        "department": department_words(lang)[form.department],
        "role": role_words(lang)[form.role],
    }
    words = answer_words(lang)
    for criterion, answer in form.answers.items():
        if answer is not None:
            cells[criterion] = words[answer] if isinstance(answer, str) else answer
    cells |= {f"comment:{criterion}": text for criterion, text in form.comments.items()}
    if form.sees is not None:
        cells |= {f"{SEES}{stage}": "x" for stage in form.sees} if form.sees else {NONE_SEEN: "x"}
    if form.loses_at is not None:
        cells["loses_at"] = stages(client, language(lang)).get(form.loses_at, form.loses_at)
    return cells
