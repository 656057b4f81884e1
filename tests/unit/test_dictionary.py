"""The data dictionary in data_samples/README.md says what the clean tables say."""

from dataclasses import replace
from typing import get_args

import pytest

from helpers.sources import dictionary, tables


def test_the_readme_holds_the_dictionary_of_today():
    text = dictionary.README.read_text(encoding="utf-8")
    assert dictionary.dictionary() in text, "run `uv run python -m helpers.sources.dictionary`"


def test_every_column_and_type_is_in_it():
    lines = dictionary.dictionary().splitlines()
    for table in tables.TABLES.values():
        start = lines.index(f"### {table.name}")
        rows = [line for line in lines[start : start + len(table.columns) + 6] if line.startswith("| `")]
        assert [row.split("`")[1] for row in rows[: len(table.columns)]] == list(table.names)
    assert list(dictionary.TYPES) == list(get_args(tables.ColumnType))


def test_a_changed_column_changes_the_text(monkeypatch, tmp_path, capsys):
    path = tmp_path / "README.md"
    path.write_text(f"before\n{dictionary.dictionary()}\nafter\n", encoding="utf-8")
    monkeypatch.setattr(dictionary, "README", path)
    assert dictionary.main(["--check"]) == 0
    spend = tables.TABLES["spend"]
    columns = (replace(spend.columns[0], required=False), *spend.columns[1:])
    monkeypatch.setitem(tables.TABLES, "spend", replace(spend, columns=columns))
    assert dictionary.main(["--check"]) == 1
    assert dictionary.main([]) == 0
    assert dictionary.main(["--check"]) == 0
    text = path.read_text(encoding="utf-8")
    assert "| `from` | day |" in text
    assert text.startswith("before\n")
    assert text.endswith("\nafter\n")
    assert "changed" in capsys.readouterr().out


def test_lost_markers_are_an_error():
    with pytest.raises(ValueError, match="once"):
        dictionary.replaced("no markers here")
