"""Decisions go into the client's own tables, which keep their form and are never half-written."""

from __future__ import annotations

import codecs
import csv
import datetime as dt
import io
import os
import tempfile
from pathlib import Path
from typing import Any

import pytest
from claims_client import write_client
from folders import client_yml, make_folder
from typer.testing import CliRunner

import helpers as audit
from helpers.chapters.claims_facts import FACTS
from helpers.chapters.meeting import Meeting
from helpers.cli import app
from helpers.client import Client, read_client
from helpers.errors import DataError
from helpers.facts import Facts
from helpers.language import language
from helpers.meeting.asked import parse_day
from helpers.meeting.form import DecisionForm
from helpers.meeting.record import Announced, Decision, Done, Note, Outcome, record
from helpers.meeting.table import plain
from helpers.survey.criteria import questionnaire

DAY = dt.date(2026, 7, 7)
SOURCE = """\
  - table: tasks
    file: exports/zadachi.csv
    columns: {date: "Планёрка", decision: "Решение", owner: "Кто", due: "Срок", done: "Сделано"}
"""
HEAD = "Планёрка;Лишнее;Решение;Кто;Срок;Сделано"
ROWS = ('30.06.2026;x;"Старое; решение";Анна;07.07.2026;', "01.07.2026;y;Второе;Борис;08.07.2026;")


def firm(path: Path, data: bytes | None = None, source: str = SOURCE) -> Client:
    files: dict[str, str | bytes] = {"client.yml": client_yml(source) if data is not None else client_yml()}
    if data is not None:
        files["exports/zadachi.csv"] = data
    return read_client(make_folder(path, files))


def rows_of(data: str, delimiter: str = ";") -> list[list[str]]:
    return list(csv.reader(io.StringIO(data, newline=""), delimiter=delimiter))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1251", "utf-16"])
@pytest.mark.parametrize("newline", ["\r\n", "\n"])
@pytest.mark.parametrize("closed", [True, False])
def test_a_file_keeps_its_form(tmp_path: Path, encoding: str, newline: str, closed: bool) -> None:
    text = newline.join((HEAD, *ROWS)) + (newline if closed else "")
    before = text.encode(encoding)
    client = firm(tmp_path, before)
    record(client, Outcome(DAY, decisions=(Decision("Третье; с точкой", "Вера", dt.date(2026, 7, 14)),)))
    after = (tmp_path / "exports/zadachi.csv").read_bytes()
    # What was there stands there, byte for byte; there is one mark at the beginning, if any.
    assert after.startswith(before)
    assert after.count(codecs.BOM_UTF16_LE) == before.count(codecs.BOM_UTF16_LE)
    added = after.decode(encoding)[len(text) :]
    assert added == ("" if closed else newline) + f'07.07.2026;;"Третье; с точкой";Вера;14.07.2026;{newline}'


def test_a_task_is_marked_as_done_and_all_else_stays(tmp_path: Path) -> None:
    text = "\r\n".join((HEAD, *ROWS)) + "\r\n"
    client = firm(tmp_path, text.encode("cp1251"))
    found = record(client, Outcome(DAY, done=(Done(dt.date(2026, 6, 30), "Старое; решение", DAY),)))
    assert found.unmarked == ()
    lines = (tmp_path / "exports/zadachi.csv").read_bytes().decode("cp1251").split("\r\n")
    assert lines == [HEAD, f"{ROWS[0]}07.07.2026", ROWS[1], ""]
    # The same task cannot be marked twice, and one that is not there is told.
    again = Outcome(DAY, done=(Done(dt.date(2026, 6, 30), "Старое; решение", DAY), Done(DAY, "Нет такого", DAY)))
    assert record(client, again).unmarked == again.done


def test_without_a_text_file_the_clients_folder_holds_the_table(tmp_path: Path) -> None:
    client = firm(tmp_path)
    outcome = Outcome(
        DAY, decisions=(Decision("Call back", "Ann"),), notes=(Note("change", "New form", channel="ads"),),
        announced=(Announced("Summer", dt.date(2026, 7, 13)),), week=dt.date(2026, 6, 29),
        figures={"run_rate": 1234.5, "pipeline": None, "qualified_share": 0.3333},
    )  # fmt: skip
    assert set(record(client, outcome).files) == {
        "tasks.csv",
        "notes.csv",
        "promotions.csv",
        "kpis.csv",
        "meetings.csv",
    }
    assert rows_of((tmp_path / "tasks.csv").read_text("utf-8-sig"), ",") == [
        ["date", "decision", "owner", "due", "done"], ["2026-07-07", "Call back", "Ann", "", ""],
    ]  # fmt: skip
    assert rows_of((tmp_path / "kpis.csv").read_text("utf-8-sig"), ",")[1:] == [
        ["2026-06-29", "run_rate", "1234.5"], ["2026-06-29", "qualified_share", "0.3333"],
    ]  # fmt: skip
    assert rows_of((tmp_path / "meetings.csv").read_text("utf-8-sig"), ",")[1] == [
        "2026-07-07", "marketing, sales", "Call back",
    ]  # fmt: skip
    # The second meeting goes below the first, under one header.
    record(client, outcome)
    assert len(rows_of((tmp_path / "tasks.csv").read_text("utf-8-sig"), ",")) == 3
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".") and path.name != ".meeting.lock"]


def test_what_the_files_encoding_cannot_hold_goes_into_our_own(tmp_path: Path) -> None:
    before = ("\r\n".join((HEAD, *ROWS)) + "\r\n").encode("cp1251")
    client = firm(tmp_path, before)
    found = record(client, Outcome(DAY, decisions=(Decision("Ціна в ₴ → 🎉"),)))
    assert "tasks.csv" in found.files
    assert (tmp_path / "exports/zadachi.csv").read_bytes() == before
    assert "₴ → 🎉" in (tmp_path / "tasks.csv").read_text("utf-8-sig")


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("=HYPERLINK(1)", "'=HYPERLINK(1)"), ("+7 900", "'+7 900"), ("@SUM", "'@SUM"), ("-10 %", "–10 %"),
        ("two\nlines\r\nand\ttab", "two lines and tab"), ("\u202eevil\x00", "evil"), ("  a   b ", "a b"),
    ],
)  # fmt: skip
def test_text_is_one_line_and_no_formula(typed: str, kept: str) -> None:
    assert plain(typed) == kept


def test_a_failure_leaves_every_file_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = ("\n".join((HEAD, *ROWS)) + "\n").encode()
    client = firm(tmp_path, before)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device", "x")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(DataError, match="No space left"):
        record(client, Outcome(DAY, decisions=(Decision("New"),)))
    assert (tmp_path / "exports/zadachi.csv").read_bytes() == before
    assert sorted(path.name for path in tmp_path.iterdir()) == [".meeting.lock", "client.yml", "exports"]
    assert [path.name for path in (tmp_path / "exports").iterdir()] == ["zadachi.csv"]


def test_a_folder_without_write_rights_is_told_before_anything_is_asked(
    small: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = {path: path.read_bytes() for path in small.rglob("*") if path.is_file()}
    facts, client = counted(small)
    form = DecisionForm(Meeting.measure(facts, client, language("ru"), "2026-W26"))

    def refused(*_: object, **named: object) -> None:
        raise PermissionError(13, "Permission denied", str(named["dir"]))

    monkeypatch.setattr(tempfile, "TemporaryFile", refused)
    done = CliRunner().invoke(app, ["meeting", str(small), "--week", "2026-W22", "--decide"], input="2026-06-16\n")
    assert isinstance(done.exception, DataError)
    assert str(done.exception).splitlines() == [
        f"{small.name}: cannot be written (Permission denied) - the decisions go into tables there: give yourself the "
        "right to write"
    ]
    assert done.stdout == ""
    # The form says it when it opens, in its language, and when it is filled in all the same.
    said = f"Записать нельзя: «{small.name}» не изменить. Закройте в других программах и проверьте права."
    assert said in form.widget().children[-1].value
    given = {"held": "30.06.2026", "present": "", "notes": [""] * 3, "done": ["" for _ in form.tasks],
             "decisions": [("Позвонить", "", "")], "changes": [], "announced": []}  # fmt: skip
    assert form.written(given) == (True, said)
    assert {path: path.read_bytes() for path in small.rglob("*") if path.is_file()} == before


@pytest.mark.parametrize("text", ["2026-02-30", "7/7/2026", "tomorrow", "2026-7", "٢٠٢٦-07-07"])
def test_what_is_no_day_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"\S"):
        parse_day(text)
    assert parse_day("7.07.2026") == parse_day("2026-07-07") == DAY


# From the meeting to the facts --------------------------------------------------------------------------------------


def counted(folder: Path) -> tuple[Facts, Client]:
    client = read_client(folder)
    return audit.count(audit.load(client)), client


def fact(facts: Facts, client: Client, criterion: str) -> float:
    found = FACTS[criterion](facts, client, questionnaire().criterion(criterion).min_n)
    assert found.value is not None
    return found.value


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_client(tmp_path_factory.mktemp("decide") / "malyi")


def test_decisions_become_facts_and_stand_in_the_next_agenda(small: Path) -> None:
    facts, client = counted(small)
    before = {name: fact(facts, client, name) for name in ("C1", "C2", "D3")}
    open_tasks = [task for task in Meeting.measure(facts, client, language("ru"), "2026-W22").tasks.listed
                  if task.done is None]  # fmt: skip
    answers = [
        "2026-06-16", "", *[""] * len(open_tasks),
        "=Позвонить всем, кто ждёт", "Анна", "послезавтра", "2026-06-23", "",
        "Цена выше, чем у соседей", "", "Спрашивают рассрочку",
        "Новая форма", "", "",
        "Лето", "2026-06-29", "", "",
        "y",
    ]  # fmt: skip
    done = CliRunner().invoke(app, ["meeting", str(small), "--week", "2026-W22", "--decide"], input="\n".join(answers))
    assert done.exit_code == 0, done.output
    assert "exports/tasks.csv" in done.stdout.splitlines()
    assert "2026-10-07" in done.output  # a day that is none was asked for again

    facts, client = counted(small)
    after = {name: fact(facts, client, name) for name in ("C1", "C2", "D3")}
    # C1: one more week of twelve with both sides and a full decision; D3: one more with all five figures, right.
    assert after["C1"] == pytest.approx(before["C1"] + 100 / 12)
    assert after["D3"] == pytest.approx(before["D3"] + 100 / 12)
    # C2: the promotion was told of nine working days ahead: 4 of 6 instead of 3 of 5.
    assert (before["C2"], after["C2"]) == (pytest.approx(60), pytest.approx(400 / 6))

    following = Meeting.measure(facts, client, language("ru"), "2026-W25")
    task = next(task for task in following.tasks.listed if "Позвонить" in task.decision)
    assert (task.decision, task.owner, task.due) == ("=Позвонить всем, кто ждёт", "Анна", dt.date(2026, 6, 23))
    assert any("Цена выше, чем у соседей" in line for line in following.hypotheses())
    assert following.records.signals() == ["Спрашивают рассрочку"]
    assert any("Новая форма" in line for line in following.records.changes())


def test_input_that_ends_writes_nothing(small: Path) -> None:
    before = {path: path.read_bytes() for path in small.rglob("*.csv")}
    done = CliRunner().invoke(app, ["meeting", str(small), "--week", "2026-W22", "--decide"], input="2026-06-16\n\n")
    assert done.exit_code != 0
    assert {path: path.read_bytes() for path in small.rglob("*.csv")} == before


def test_the_form_of_the_notebook_writes_the_same(small: Path) -> None:
    facts, client = counted(small)
    form = DecisionForm(Meeting.measure(facts, client, language("ru"), "2026-W26"))
    assert form.tasks
    first, *others = form.tasks
    given: dict[str, Any] = {
        "held": "30.06.2026", "present": "marketing, sales", "notes": ["", "", "Просят рассрочку"],
        "done": ["2026-06-29", *("" for _ in others)],
        "decisions": [("Поменять скрипт", "Анна", "2026-07-10"), ("", "", "")],
        "changes": [("Новый оффер", "ads"), ("", "")],
        "announced": [("Осень", "2026-07-20", ""), ("", "", "")],
    }  # fmt: skip
    before = {path: path.read_bytes() for path in small.rglob("*.csv")}
    for wrong, said in (
        ({"held": "завтра"}, "“завтра”"),
        ({"held": ""}, "Не хватает даты."),
        ({"held": "30.02.2026"}, "“30.02.2026”"),
        ({"announced": [("Осень", "", "")]}, "Не хватает даты."),
    ):
        failed, text = form.written({**given, **wrong})
        assert failed
        assert text.startswith(said)
        assert "2026-10-07" in text
    assert {path: path.read_bytes() for path in small.rglob("*.csv")} == before
    failed, text = form.written(given)
    assert not failed
    assert "exports/tasks.csv" in text

    after = counted(small)[0].weeks
    task = after.tasks[after.tasks["decision"] == first.decision].iloc[-1]
    assert task["done"].date() == dt.date(2026, 6, 29)
    assert "Поменять скрипт" in set(after.tasks["decision"])
    promotion = after.promotions[after.promotions["name"] == "Осень"].iloc[0]
    assert (promotion["starts"].date(), promotion["brief_at"].date()) == (dt.date(2026, 7, 20), dt.date(2026, 6, 30))
    notes = {(row.kind, row.text, row.channel) for row in after.notes.itertuples()}
    assert {("change", "Новый оффер", "ads"), ("signal", "Просят рассрочку", "")} <= notes


def test_the_form_writes_once_and_tells_what_it_could_not_mark(tmp_path: Path) -> None:
    folder = write_client(tmp_path / "malyi")
    record(read_client(folder), Outcome(dt.date(2026, 6, 22), decisions=(Decision("Old promise", "Ann"),)))
    facts, client = counted(folder)
    form = DecisionForm(Meeting.measure(facts, client, language("en"), "2026-W26"))
    tasks = folder / "exports" / "tasks.csv"
    tasks.write_text(tasks.read_text("utf-8").splitlines()[0] + "\n", "utf-8")
    box = form.widget()
    fields = {one.description: one for child in box.children for one in getattr(child, "children", ())
              if hasattr(one, "description")}  # fmt: skip
    button, told = box.children[-2:]
    fields["Done on which day"].value = "2026-06-29"
    fields["Day of the meeting"].value = "tomorrow"
    button.click()
    assert 'role="alert"' in told.value
    assert not button.disabled
    fields["Day of the meeting"].value = "30.06.2026"
    button.click()
    assert 'role="status"' in told.value
    assert "Mark this task as done in its own file: Old promise" in told.value
    # A second press would write every decision again.
    assert button.disabled
