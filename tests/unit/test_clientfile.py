"""client.yml after a source was written into it: the data are the old and the new, every other byte is where it was."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from folders import make_folder
from hypothesis import given, settings
from hypothesis import strategies as st
from presets_fixtures import plain_yaml

from helpers.client import read_client
from helpers.clientfile import with_source, write_sources
from helpers.errors import ClientFileError
from helpers.new import TEMPLATES

SAMPLES = Path(__file__).parents[2] / "data_samples"
NEW = {"file": "exports/заявки: 1.csv", "table": "leads", "columns": {"lead_id": "№", "created_at": "«Дата», время"}}
SAMPLE = (SAMPLES / "two-campaigns" / "client.yml").read_text(encoding="utf-8")


@pytest.mark.parametrize("path", [*sorted(SAMPLES.glob("*/client.yml")), *sorted(TEMPLATES.glob("client.*.yml"))])
def test_a_new_source_is_added_and_nothing_else_moves(path: Path) -> None:
    text = path.read_text(encoding="utf-8").replace("{{client}}", "Firm")
    result = with_source(text, NEW)
    old, new = text.splitlines(), result.splitlines()
    added = [line for line in new if line not in old]
    rest = iter(new)
    assert all(line in rest for line in old), "a line of the old file is gone or moved"
    assert len(new) - len(old) == len(added) + (1 if "\n\nsources:" in result and "\nsources:" not in text else 0)
    assert plain_yaml(result)["sources"][-1] == NEW


def test_a_changed_source_keeps_its_other_keys_and_all_comments() -> None:
    change = {"file": "exports/leads.csv", "columns": {"lead_id": "№", "created_at": "Когда", "rating": "Балл"}}
    result = with_source(SAMPLE, change)
    for comment in [line[line.index("#") :] for line in SAMPLE.splitlines() if "#" in line]:
        assert comment in result
    (source,) = [one for one in plain_yaml(result)["sources"] if one["file"] == "exports/leads.csv"]
    assert source["columns"] == change["columns"]
    assert source["values"]["qualified"] == {"да": True, "нет": False}
    assert 'lead_id: "№"' in result, "what is not changed is not written anew"


FORMS = {
    "none": "client: A\n",
    "no end of line": "client: A",
    "empty list": "client: A\nsources: []\n",
    "nothing behind": "client: A\nsources:\n\nlang: ru\n",
    "on one line": "client: A\nsources: [{file: b.csv}]  # why\nlang: en\n",
    "no indent": "client: A\nsources:\n- file: b.csv # c\n  table: leads\n# tail\nlang: ru",
    "over lines": "client: A\nsources:\n  - {file: b.csv, # why\n     table: leads}\n",
    "windows": "client: A\r\nsources:\r\n  - file: b.csv\r\n    # note\r\n\r\nlang: ru\r\n",
    "comments": "client: A\nsources: # here\n  # first\n  - file: b.csv\n    columns:\n      x: y # z\n",
}


@pytest.mark.parametrize("name", FORMS)
@pytest.mark.parametrize("file", ["b.csv", "n.csv"])
def test_every_way_to_write_sources(name: str, file: str) -> None:
    text = FORMS[name]
    entry = {"file": file, "table": "spend", "columns": {"from": "1", "cost": "б: в", "channel": "#z"}}
    result = with_source(text, entry)
    before, after = plain_yaml(text), plain_yaml(result)
    assert {key: value for key, value in after.items() if key != "sources"} == {
        key: value for key, value in before.items() if key != "sources"
    }
    old = {source["file"]: source for source in before.get("sources") or ()}
    assert {source["file"]: source for source in after["sources"]} == {**old, file: {**old.get(file, {}), **entry}}
    assert all(line[line.index("#") :].strip() in result for line in text.splitlines() if "#" in line)
    assert ("\r\n" in text) == ("\r\n" in result)
    assert "\r\n" not in text or result.count("\n") == result.count("\r\n")


@settings(max_examples=40, deadline=None)
@given(
    st.dictionaries(
        st.sampled_from(["lead_id", "created_at", "channel", "stage"]),
        st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), min_size=1, max_size=30),
        min_size=1,
    )
)
def test_any_header_is_written_as_it_is(columns: dict[str, str]) -> None:
    for text in ("client: A\n", "client: A\nsources: [{file: x.csv}]\n"):
        result = with_source(text, {"file": "x.csv", "table": "leads", "columns": columns})
        assert plain_yaml(result)["sources"][-1]["columns"] == columns


def test_what_cannot_be_changed_safely_is_refused_with_the_lines_to_write() -> None:
    with pytest.raises(ClientFileError, match=r"write it by hand under sources: \{file: n.csv, table: spend\}"):
        with_source("{client: A}", {"file": "n.csv", "table": "spend"})


def test_the_file_is_replaced_as_a_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = "\ufeff# фирма\nclient: Firm\ncurrency: RUB\n"
    folder = make_folder(tmp_path / "firm", {"client.yml": text.encode()})
    client = read_client(folder)

    def fail(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", fail)
    with pytest.raises(ClientFileError, match="cannot be written"):
        write_sources(client, {"exports/a.csv": {"preset": "amocrm"}})
    assert (folder / "client.yml").read_bytes() == text.encode()
    assert [path.name for path in folder.iterdir()] == ["client.yml"]
    monkeypatch.undo()
    after = write_sources(client, {"exports/a.csv": {"preset": "amocrm"}})
    assert after.sources[0].preset == "amocrm"
    assert (folder / "client.yml").read_bytes().startswith(text.encode())


def test_a_wrong_source_is_not_written(tmp_path: Path) -> None:
    folder = make_folder(tmp_path / "firm", {"client.yml": "client: Firm\ncurrency: RUB\n"})
    before = (folder / "client.yml").read_bytes()
    with pytest.raises(ClientFileError, match="no column 'nothing'"):
        write_sources(read_client(folder), {"exports/a.csv": {"table": "leads", "columns": {"nothing": "x"}}})
    assert (folder / "client.yml").read_bytes() == before
