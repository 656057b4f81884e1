"""Words of the workbook: the form's own and those that only the workbook says, in one table."""

from __future__ import annotations

from functools import lru_cache

from helpers.language import LANGUAGES
from helpers.survey.answers import DEPARTMENTS, ROLES
from helpers.survey.criteria import read
from helpers.survey.form import form_texts


@lru_cache(maxsize=3)
def words(lang: str) -> dict[str, str]:
    """Key → text in one language; a key of workbook_texts.yml may not repeat one of the form."""
    own = read("workbook_texts.yml")
    shared = form_texts()[lang]
    if twice := sorted(own.keys() & shared.keys()):
        raise ValueError(f"workbook_texts.yml repeats keys of form_texts.yml: {', '.join(twice)}")
    for key, text in own.items():
        if set(text) != set(LANGUAGES) or not all(isinstance(x, str) and x.strip() for x in text.values()):
            raise ValueError(f"workbook_texts.yml: {key} needs the languages {', '.join(LANGUAGES)}")
    return shared | {key: text[lang] for key, text in own.items()}


def department_words(lang: str) -> dict[str, str]:
    """Department → its name in the list to choose from."""
    return {key: words(lang)[key] for key in DEPARTMENTS}


def role_words(lang: str) -> dict[str, str]:
    """Role → its name in the list to choose from."""
    return {key: words(lang)[key] for key in ROLES}


def answer_words(lang: str) -> dict[str, str]:
    """The two answers beside 1-5."""
    return {key: words(lang)[key] for key in ("dk", "na")}
