"""The four sample companies' reports in Russian and Ukrainian: not a word of English but the companies' own."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from pipeline import Audited, audited
from reader import english, model_texts

import helpers as audit
from helpers.sources.notices import Code

PROJECT = Path(__file__).parents[2]
SAMPLES = ("two-campaigns", "okna-plus", "lumen-saas", "zatyshok")
OURS = ("span", "stage", "outcome", "kind")
"""Columns of the counted tables that hold our own keys: a key that reaches a reader is a mistake."""


def frames(facts: Any) -> Iterator[pd.DataFrame]:
    """The counted tables, those inside others too."""
    for field in dataclasses.fields(facts):
        value = getattr(facts, field.name)
        if isinstance(value, pd.DataFrame):
            yield value
        elif dataclasses.is_dataclass(value):
            yield from frames(value)


def own_words(made: Audited) -> set[str]:
    """Names, comments and files of the client, and what a notice says about its columns."""
    found = {str(value) for frame in frames(made.facts) for column in frame.select_dtypes(exclude="number")
             if column not in OURS for value in frame[column].dropna().unique()}  # fmt: skip
    answers = audit.read_answers(made.brief.client.folder / "answers")
    found |= {text for person in answers.respondents for text in (person.respondent, *person.comments.values())}
    client = made.brief.client
    found |= {source.name for source in made.report.sources} | {client.name}
    found |= {text for stage in client.stages for text in (stage.name, stage.when)}
    found |= {item.when for item in client.journey}
    found |= {source.currency for source in client.sources if source.currency}
    # What a file was taken for - "CSV, UTF-8 (BOM)" - is the name of a format; its headers are the client's words.
    found |= {text for raw in made.data.files for text in (raw.taken_for.removesuffix(", tab"), *raw.headers)}
    # A source that is quoted: Kotler, Rackham and Krishnaswamy.
    return found | {code.value for code in Code} | {"Harvard Business Review"}


@pytest.fixture(scope="module")
def read_once() -> Iterator[None]:
    """Both languages of a sample are told from one reading of its files."""
    kept: dict[Path, Any] = {}
    load = audit.load

    def once(client: Any) -> Any:
        if client.folder not in kept:
            kept[client.folder] = load(client)
        return kept[client.folder]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(audit, "load", once)
        yield


def _cases() -> list[Any]:
    """Each language with a large sample, and the smallest; the others, which say nearly the same, under ``slow``."""
    usual = {("two-campaigns", "uk"), ("lumen-saas", "ru"), ("zatyshok", "uk")}
    return [
        pytest.param(sample, lang, marks=() if (sample, lang) in usual else pytest.mark.slow)
        for sample in SAMPLES
        for lang in ("ru", "uk")
    ]


@pytest.mark.parametrize(("sample", "lang"), _cases())
def test_no_english_is_left_in_the_report(sample: str, lang: str, read_once: None) -> None:
    made = audited(PROJECT / "data_samples" / sample, lang)
    texts, own = model_texts(made.report), own_words(made)
    assert len(texts) > 300
    assert english(texts, own) == set()
    alien = set("іїєґІЇЄҐ") if lang == "ru" else set("ыэъёЫЭЪЁ")
    # A person or a stage of the client may head a column.
    ours = [text for text in _said(made) if set(text) & alien and text not in own]
    assert ours == []
    # Two columns of one name cannot be told apart, and Excel would number them.
    tables = {x.key: [c.label for c in x.table.columns] for s in made.report.sections for x in s.exhibits if x.table}
    assert [key for key, labels in tables.items() if len(set(labels)) < len(labels)] == []


def _said(made: Audited) -> list[str]:
    """Texts that are ours: titles of chapters, boxes, heads of tables, readings of the score."""
    report = made.report
    boxes = [box for section in report.sections for box in section.boxes] + list(report.method)
    tables = [x.table for section in report.sections for x in section.exhibits if x.table is not None]
    return [
        *(section.title for section in report.sections),
        *(text for box in boxes for text in (box.title, *box.text)),
        *(column.label for table in tables for column in table.columns),
        *(text for reading in report.score.readings for text in (reading.title, reading.text)),
    ]
