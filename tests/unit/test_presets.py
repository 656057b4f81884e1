"""Every preset against exports as its system writes them: recognised by themselves, read whole, guesses announced."""

from __future__ import annotations

from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from presets_fixtures import FOLDER, PRIVATE, Fixture, fixtures

from helpers.errors import DataError
from helpers.language import language
from helpers.sources.aside import OTHER_SHEET
from helpers.sources.check import check_lines
from helpers.sources.loading import Data
from helpers.sources.notices import Code
from helpers.sources.presets import preset_names

READ = [one for one in fixtures() if "records" in one.expected]
UNUSED = [one for one in fixtures() if "unused" in one.expected]
REFUSED = [one for one in fixtures() if "refused" in one.expected]
DOUBTS = frozenset(
    {
        Code.BYTES_REPLACED,
        Code.CURRENCY_CLAIMED,
        Code.CURRENCY_CONVERTED,
        Code.DATE_OUT_OF_SENSE,
        Code.DATE_UNREAD,
        Code.DATES_ASSUMED,
        Code.DELETED_IN_CRM,
        Code.DUPLICATE_ID,
        Code.DUPLICATE_ROW,
        Code.ENCODING,
        Code.FILE_UNUSED,
        Code.FOOTER,
        Code.HEADER_GUESSED,
        Code.ID_DAMAGED,
        Code.LEADS_FROM_DEALS,
        Code.NO_ID,
        Code.NUMBER_UNREAD,
        Code.PARTIAL_REPORT,
        Code.PERIOD_OF_REPORT,
        Code.PERIOD_ROWS,
        Code.QUOTES_ODD,
        Code.ROW_BROKEN,
        Code.STAGE_GUESSED,
        Code.TOTAL_AGREES,
        Code.TOTAL_DIFFERS,
        Code.TOTAL_ROW,
        Code.VALUE_UNREAD,
    }
)
"""Codes that say something about how a file was read: a fixture names each that occurs."""


def test_every_preset_has_a_fixture() -> None:
    assert {one.preset for one in fixtures()} == set(preset_names())


def test_a_preset_without_a_fixture_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    names = preset_names()
    monkeypatch.setattr("test_presets.preset_names", lambda: (*names, "brandnew"))
    with pytest.raises(AssertionError, match="brandnew"):
        test_every_preset_has_a_fixture()


def test_every_fixture_expects_one_thing() -> None:
    for one in fixtures():
        assert len({"records", "unused", "refused"} & set(one.expected)) == 1, one
        assert (one.folder / "exports").is_dir(), one
    assert len({path.parent for path in FOLDER.glob("*/*/exports")}) == len(fixtures())


@pytest.fixture(scope="module")
def read(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The clean tables of a fixture, read once."""

    @cache
    def loaded(one: Fixture) -> Data:
        return one.load(tmp_path_factory.mktemp(str(one)) / "firm")

    return loaded


@pytest.mark.parametrize("one", READ, ids=str)
def test_an_export_is_recognised_by_itself(read: Any, one: Fixture) -> None:
    data, expected = read(one), one.expected
    raws = [raw for raw in data.files if raw.name != "exports/other.csv" and raw.unused != OTHER_SHEET]
    names = [raw.preset or "generic" for raw in raws]
    assert sorted(names) == sorted(_listed(expected["preset"]))
    assert {header for raw in raws for header in raw.guessed} == set(expected.get("guessed", ()))
    assert expected.get("taken_for", "") in raws[0].taken_for
    if "generic" not in names:
        said = "\n".join(check_lines(data, language("en")))
        for raw in raws:
            assert f"{raw.table} ← {raw.preset} ({raw.known} of " in said


@pytest.mark.parametrize("one", READ, ids=str)
def test_an_export_gives_these_rows(read: Any, one: Fixture) -> None:
    data, expected = read(one), one.expected["records"]
    for table, rows in expected.items():
        columns = list(rows[0])
        frame = data.tables[table].to_pandas()
        found = frame[columns].sort_values(columns[:2], kind="stable").to_dict("records")
        shown = [{str(name): _plain(value) for name, value in row.items()} for row in found]
        assert shown == [{name: _plain(row.get(name)) for name in columns if name in row} for row in _whole(rows)]
    assert set(expected) <= set(data.tables)


@pytest.mark.parametrize("one", READ, ids=str)
def test_an_export_is_accounted_for(read: Any, one: Fixture) -> None:
    data, expected = read(one), one.expected.get("notices", {})
    notices = [notice for notice in data.notices if notice.file != "exports/other.csv"]
    assert {str(notice.code) for notice in notices if notice.code in DOUBTS} == {
        code for code in expected if Code(code) in DOUBTS
    }
    for code, wanted in expected.items():
        found = [notice for notice in notices if notice.code == code]
        assert found, code
        if isinstance(wanted, int):
            assert sum(notice.rows or 0 for notice in found) == wanted, code
        elif wanted is not None:
            assert any(str(wanted) in notice.detail for notice in found), [notice.detail for notice in found]


@pytest.mark.parametrize("one", READ, ids=str)
def test_no_person_is_in_a_clean_table(read: Any, one: Fixture) -> None:
    data = read(one)
    names = [row[0] for row in data.con.raw_sql("SHOW TABLES").fetchall()]
    cells = " ".join(data.con.table(name).to_pandas().to_csv() for name in names).casefold()
    assert [word for word in PRIVATE if word in cells] == []


@pytest.mark.parametrize("one", [one for one in READ if "currency" in one.expected], ids=str)
def test_the_currency_stands_in_a_header(tmp_path: Path, one: Fixture) -> None:
    from helpers.client import read_client
    from helpers.sources.plan import plan_sources

    plan = plan_sources(read_client(one.client(tmp_path / "firm")), tmp_path)
    named = {candidate.currency for part in plan.planned for candidate in part.candidates} - {None}
    assert named == {one.expected["currency"]}


@pytest.mark.parametrize("one", UNUSED, ids=str)
def test_what_is_no_source_is_left_aside_and_said(read: Any, one: Fixture) -> None:
    (raw,) = [raw for raw in read(one).files if raw.name != "exports/other.csv"]
    assert raw.preset == one.expected["preset"]
    assert one.expected["unused"] in raw.unused
    assert any(notice.code is Code.FILE_UNUSED and notice.file == raw.name for notice in read(one).notices)


@pytest.mark.parametrize("one", REFUSED, ids=str)
def test_what_cannot_be_read_stops_with_a_reason(tmp_path: Path, one: Fixture) -> None:
    with pytest.raises(DataError) as caught:
        one.load(tmp_path / "firm")
    assert any(one.expected["refused"] in str(problem) for problem in caught.value.problems), str(caught.value)
    assert str(tmp_path) not in str(caught.value)


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _whole(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows may leave out at their end what the first one names."""
    return [{name: row.get(name) for name in rows[0]} for row in rows]


def _plain(value: Any) -> Any:
    """A value as expected.yml writes it: whole days without a clock, numbers without trailing zeros."""
    if value is None or value is pd.NaT or (isinstance(value, float) and pd.isna(value)) or value == "":
        return None
    if isinstance(value, pd.Timestamp):
        text = str(value)
        return text.removesuffix(" 00:00:00") if value == value.normalize() else text
    if isinstance(value, str):
        return value.removesuffix(" 00:00:00")
    if isinstance(value, bool):
        return value
    if isinstance(value, (int, float, Decimal)):
        return f"{Decimal(str(value)).normalize():f}"
    return bool(value) if type(value).__name__ == "bool" else str(value)
