"""Why a file is left aside is said in the reader's language: no sentence of a preset or a reader stays English."""

import re

import pytest

from helpers.language import language
from helpers.sources.aside import NOTE, UNKNOWN, UNNAMED, aside_text
from helpers.sources.notices import Code, Notice
from helpers.sources.noticetexts import notice_text
from helpers.sources.presets import preset_names, read_preset

PRESETS = sorted({read_preset(name).unused for name in preset_names()} - {""})
OTHERS = "this is a PDF - export a table: CSV or XLSX"
ENGLISH = re.compile(r"\b(?!CRM|CSV|XLSX|client|yml|sources|audit|map)[A-Za-z]{2,}\b")


@pytest.mark.parametrize("lang", ["ru", "uk"])
@pytest.mark.parametrize("reason", [*PRESETS, NOTE, UNNAMED, f"{UNKNOWN}it begins with 'a, b' - run it", OTHERS])
def test_every_reason_is_said_in_the_readers_language(reason, lang):
    said = aside_text(reason, language(lang))
    assert said
    assert not ENGLISH.search(said), said
    assert aside_text(reason, language("en")) == reason


def test_reasons_of_presets_have_sentences_of_their_own():
    say = language("ru")
    said = {aside_text(reason, say) for reason in (*PRESETS, NOTE, UNNAMED)}
    assert len(said) == len(PRESETS) + 2
    assert aside_text(OTHERS, say) not in said


def test_the_notice_says_it_too():
    notice = Notice(Code.FILE_UNUSED, "files", file="exports/readme.md", detail=NOTE)
    assert not ENGLISH.search(notice_text(notice, language("uk"), "UAH"))


def test_answers_that_could_not_be_used_are_named_without_english_and_the_command_that_says_why():
    notice = Notice(
        Code.ANSWERS_UNREAD, "answers", file="answers/ann.json", detail="answers/ann.json: not JSON - save it again"
    )
    said = notice_text(notice, language("ru"), "RUB")
    assert "answers/ann.json" in said
    assert "«audit answers»" in said
    assert "JSON" not in said.replace("answers/ann.json", "")
    assert "not JSON" in notice_text(notice, language("en"), "RUB")
