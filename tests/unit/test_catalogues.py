import gettext
import io
from string import Formatter

import pytest

from helpers.locale import __main__ as command
from helpers.locale import catalogue as catalogues
from helpers.locale.catalogue import LANGUAGES, Catalogue, extract, po_path, read, to_mo, to_po


def placeholders(text):
    return sorted({name for _, name, _, _ in Formatter().parse(text) if name is not None})


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_is_translated_and_no_other(language):
    found = read(language)
    texts = extract()
    missing = sorted(texts - found.entries.keys()) + found.missing()
    assert not missing, f"{len(missing)} texts, for example {missing[:3]}"
    assert not found.entries.keys() - texts
    assert not found.obsolete
    assert not found.fuzzy


@pytest.mark.parametrize("language", LANGUAGES)
def test_translations_have_the_placeholders_of_their_source(language):
    wrong = [
        (key[-1], string)
        for key, strings in read(language).entries.items()
        for string in strings
        if string and placeholders(string) != placeholders(key[-1])
    ]
    assert not wrong


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_files_are_as_the_command_writes_them(language):
    path = po_path(language)
    found = read(language)
    assert path.read_text(encoding="utf-8") == to_po(found)
    assert path.with_suffix(".mo").read_bytes() == to_mo(found), "run python -m helpers.locale"


SOURCE = """
def f(self, say, n):
    say("plain")
    say("outer {x}", x=self.say("in" "ner"))
    return say.plural("{n} thing", "{n} things", n), say.count(3), f"{say('in f')}"
"""


def test_texts_are_found_wherever_they_are_said(tmp_path):
    (tmp_path / "a.py").write_text(SOURCE, encoding="utf-8")
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "a.html").write_text('<p title="{{ say("in {a}", a=say.count(1)) }}">', encoding="utf-8")
    expected = {("plain",), ("outer {x}",), ("inner",), ("{n} thing", "{n} things"), ("in f",), ("in {a}",)}
    assert extract(tmp_path) == expected


@pytest.mark.parametrize("code", ["say(text)", "self.say(f'{x}')", "say.plural('a', b, 3)", "say()"])
def test_a_text_that_is_not_literal_is_named(tmp_path, code):
    (tmp_path / "a.py").write_text(f"x = 1\n{code}\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"a\.py:2"):
        extract(tmp_path)


def test_a_catalogue_comes_back_from_its_file(tmp_path):
    entries = {('one \\ "q"\n{a}',): ("один\t{a}",), ("{n} x", "{n} xs"): ("{n} а", "{n} б", "{n} в"), ("new",): ("",)}
    made = Catalogue("uk", entries, obsolete={("old",): ("старе",)}, fuzzy={("new",)})
    path = tmp_path / "audit.po"
    path.write_text(to_po(made), encoding="utf-8")
    assert read("uk", path) == made
    spoken = gettext.GNUTranslations(io.BytesIO(to_mo(made)))
    assert spoken.gettext("new") == "new"
    assert [spoken.ngettext("{n} x", "{n} xs", n) for n in (1, 2, 5, 11, 22)] == [
        "{n} а",
        "{n} б",
        "{n} в",
        "{n} в",
        "{n} б",
    ]


def test_updating_keeps_translations_and_forgets_nothing_by_itself():
    old = Catalogue("ru", {("a",): ("а",), ("b",): ("б",), ("c",): ("",)}, obsolete={("d",): ("д",)})
    new = old.updated({("a",), ("d",), ("e", "es")})
    assert new.entries == {("a",): ("а",), ("d",): ("д",), ("e", "es"): ("", "", "")}
    assert new.obsolete == {("b",): ("б",)}
    assert old.updated({("a",)}, tidy=True).obsolete == {}


def test_the_command_writes_the_same_bytes_twice_and_tells_what_is_left(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(catalogues, "HERE", tmp_path)
    monkeypatch.setattr(command, "extract", lambda: {("a",), ("b {x}",)})
    assert command.main([]) == 0
    files = sorted(tmp_path.rglob("audit.*"))
    first = [file.read_bytes() for file in files]
    assert len(files) == 4
    assert command.main([]) == 0
    assert [file.read_bytes() for file in files] == first
    assert "ru: 2 texts, 2 to translate" in capsys.readouterr().out
    assert command.main(["--check"]) == 1
