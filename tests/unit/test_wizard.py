"""An unknown export is told column by column, in the terminal and in the notebook, and read afterwards."""

from __future__ import annotations

import io
import re
import subprocess
import sys
from pathlib import Path

import pytest
from folders import make_folder
from presets_fixtures import FOLDER, plain_yaml
from rich.console import Console

from helpers.client import read_client
from helpers.errors import ParameterError
from helpers.importing import ImportBox
from helpers.language import language
from helpers.sources import load
from helpers.sources.masked import masked
from helpers.sources.plan import look_at
from helpers.sources.proposal import propose
from helpers.sources.tables import TABLES
from helpers.wizard import map_files

HEAD = "# своя фирма\nclient: Firm   # имя\nlang: en\ncurrency: RUB\noutcomes: {'*': {Новая: {stage: leads}}}\n"
LEADS = (
    "Номер заявки;Когда пришла;Откуда;Кто ведёт;Клиент;Тел.;Связь;Этап\n"
    "А-1;01.02.2026 10:00;Сайт;Олег К.;Полина Заречная;+79000000001;polina@zarechn.example;Новая\n"
    "А-2;13.02.2026 10:00;vk;Олег К.;Егор Заречный;8 900 000-00-02;@zarechny;Новая\n"
)
SPEND = (FOLDER / "meta_ads" / "ru_older" / "exports" / "export.csv").read_bytes()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    files = {"client.yml": HEAD, "exports/заявки.csv": LEADS.encode("cp1251"), "exports/meta.csv": SPEND}
    return make_folder(tmp_path / "firm", files)


def talk(folder: Path, *given: str, file: str | None = None) -> str:
    """What the wizard shows when a person types these lines."""
    out, lines = io.StringIO(), iter(given)

    def ask(question: str) -> str:
        out.write(f"{question}: ")
        return next(lines)

    map_files(read_client(folder), Path(file) if file else None, ask, Console(file=out, width=200))
    assert next(lines, None) is None, "the wizard did not ask for all that was typed"
    return out.getvalue()


def test_an_unknown_file_is_mapped_and_read(folder: Path) -> None:
    # The channel is given by the number of a header, the map is written.
    line = [column.name for column in TABLES["leads"].columns].index("channel") + 1
    text = talk(folder, str(line), "3", "w")
    assert 'exports/заявки.csv: CSV, windows-1251, ";"; header in row 1' in text
    assert "not recognised" in text
    assert "exports/meta.csv: CSV, UTF-8 (BOM)" in text
    assert re.search(r"lead_id \*\s*│ Номер заявки", text)
    assert re.search(r"created_at \*\s*│ Когда пришла\s*│ the only column of dates", text)
    written = (folder / "client.yml").read_text(encoding="utf-8")
    assert written.startswith(HEAD)
    assert plain_yaml(written)["sources"] == [
        {
            "file": "exports/заявки.csv",
            "table": "leads",
            "columns": {
                "lead_id": "Номер заявки",
                "created_at": "Когда пришла",
                "person": "Тел.",
                "channel": "Откуда",
                "manager": "Кто ведёт",
                "stage": "Этап",
            },
        },
        # It was recognised by itself and still is, now that sources are named.
        {"file": "exports/meta.csv", "preset": "meta_ads"},
    ]
    written += "rates: {UAH: {2026-01-01: 2}}\n"
    (folder / "client.yml").write_text(written, encoding="utf-8")
    data = load(read_client(folder))
    assert data.tables["leads"].to_pandas()["channel"].tolist() == ["Сайт", "vk"]
    assert "spend" in data.tables


def test_no_person_is_shown(folder: Path) -> None:
    text = talk(folder, "q")
    assert "•••••• ••••••••" in text
    for secret in ("Полина", "Заречн", "9000000", "zarechn", "000-00-02"):
        assert secret not in text.partition("Table: leads")[0].replace("Firm", "")
    assert (folder / "client.yml").read_text(encoding="utf-8") == HEAD


def test_nothing_is_written_while_something_is_needed(folder: Path) -> None:
    # lead_id is taken away; "w" only asks again.
    text = talk(folder, "1", "", "w", "q")
    assert "Still needed: lead_id" in text
    assert (folder / "client.yml").read_text(encoding="utf-8") == HEAD


def test_a_constant_and_another_table(folder: Path) -> None:
    talk(folder, "t", "touches", "1", "1", "3", "=call", "w")
    (source, _) = plain_yaml((folder / "client.yml").read_text(encoding="utf-8"))["sources"]
    assert source["table"] == "touches"
    assert source["constants"] == {"kind": "call"}
    assert source["columns"]["lead_id"] == "Номер заявки"


def test_a_near_miss_is_proposed_with_its_preset(tmp_path: Path) -> None:
    near = "ID;Название сделки;Этап сделки;Дата создания сделк;Ответственный\n1;Окно;Новая;01.02.2026 10:00;Олег К.\n"
    folder = make_folder(tmp_path / "firm", {"client.yml": HEAD, "exports/leads.csv": near.encode()})
    text = talk(folder, "w")
    assert "looks like amoCRM (deals)" in text
    assert "much like “Дата создания сделки”" in text
    assert plain_yaml((folder / "client.yml").read_text(encoding="utf-8"))["sources"] == [
        {"file": "exports/leads.csv", "preset": "amocrm", "columns": {"created_at": "Дата создания сделк"}}
    ]
    assert load(read_client(folder)).files[0].preset == "amocrm"


def test_a_header_of_a_preset_is_left_out(folder: Path) -> None:
    # Clicks of a recognised file, named on the command line, are not to be read.
    client = read_client(folder)
    proposal = propose(look_at(client, folder / "exports" / "meta.csv", folder), language("en"))
    number = [match.column.name for match in proposal.matches].index("clicks") + 1
    talk(folder, str(number), "", "w", file="meta.csv")
    (source,) = plain_yaml((folder / "client.yml").read_text(encoding="utf-8"))["sources"]
    assert source == {"file": "exports/meta.csv", "preset": "meta_ads", "columns": {"clicks": []}}
    with (folder / "client.yml").open("a", encoding="utf-8") as file:
        file.write("rates: {UAH: {2026-01-01: 2}}\n")
    assert load(read_client(folder)).tables["spend"].to_pandas()["clicks"].isna().all()


def test_a_source_of_client_yml_is_changed_in_place(folder: Path) -> None:
    with (folder / "client.yml").open("a", encoding="utf-8") as file:
        file.write("sources:\n  - {file: 'exports/за*.csv', table: leads, columns: {lead_id: Номер заявки}} # наша\n")
    talk(folder, "w")
    text = (folder / "client.yml").read_text(encoding="utf-8")
    (source,) = plain_yaml(text)["sources"]
    assert source["file"] == "exports/за*.csv"
    assert source["columns"]["created_at"] == "Когда пришла"
    assert "# наша" in text


def test_a_file_that_is_not_there_is_one_line(folder: Path) -> None:
    with pytest.raises(ParameterError, match=r"nothing.csv: there is no such file"):
        talk(folder, file="nothing.csv")


def test_the_command_reads_stdin(folder: Path) -> None:
    command = [sys.executable, "-m", "helpers.cli", "map", str(folder), "заявки.csv"]
    done = subprocess.run(command, input="w\n", capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stderr
    assert "Written into client.yml." in done.stdout
    stopped = subprocess.run(command, input="", capture_output=True, encoding="utf-8", check=False)
    assert stopped.returncode == 130
    assert stopped.stderr.strip().endswith("stopped")


def test_the_box_does_the_same_by_clicking(folder: Path) -> None:
    box = ImportBox(read_client(folder), language("en"))
    assert repr(box) == "ImportBox('firm', files=2, unread=1)"
    assert box.proposal is not None
    assert box.proposal.name == "exports/заявки.csv"
    assert "Заречн" not in box.sample.value
    assert "••••" in box.sample.value
    box.columns["lead_id"].value = ""
    assert box.button.disabled
    assert "Still needed: lead_id" in box.result.value
    box.columns["lead_id"].value = "Номер заявки"
    box.columns["channel"].value = "Откуда"
    assert not box.button.disabled
    box.button.click()
    assert "Written into client.yml." in box.result.value
    text = (folder / "client.yml").read_text(encoding="utf-8")
    assert text.startswith(HEAD)
    assert plain_yaml(text)["sources"][0]["columns"]["channel"] == "Откуда"
    assert plain_yaml(text)["sources"][1] == {"file": "exports/meta.csv", "preset": "meta_ads"}


def test_the_box_shows_another_file_and_table(folder: Path) -> None:
    box = ImportBox(read_client(folder), language("ru"))
    box.file.value = [name for name, _ in box.file.options].index("exports/meta.csv")
    assert "Meta Ads" in box.sample.value
    assert box.columns["cost"].value == "Потраченная сумма (UAH)"
    box.table.value = "deals"
    assert "deal_id" in box.columns
    assert box.button.disabled
    box.columns["deal_id"].value = "Нет такой"
    assert "Нет такой" in box.result.value


def test_a_hostile_header_is_text(tmp_path: Path) -> None:
    text = "<img src=x onerror=alert(1)>;$a$;Дата;\x1b[31mRed\n1;2;01.02.2026;4\n5;6;13.02.2026;8\n"
    folder = make_folder(tmp_path / "firm", {"client.yml": HEAD, "exports/a.csv": text.encode()})
    box = ImportBox(read_client(folder), language("en"))
    assert "<img" not in box.sample.value + "".join(line.children[1].value for line in box.map.children)
    assert "\x1b" not in talk(folder, "q")


@pytest.mark.parametrize(
    ("header", "cell", "clean", "shown"),
    [
        ("Клиент", "Полина Заречная", "", "•••••• ••••••••"),
        ("Поле", "Полина Заречная", "", "•••••• ••••••••"),
        ("Поле", "+7 (900) 000-00-01", "", "+• (•••) •••-••-••"),
        ("Поле", "a@zarechn.example", "", "•@•••••••.•••••••"),
        ("Менеджер", "Полина Заречная", "manager", "Полина Заречная"),
        ("Campaign name", "Leads wide", "campaign", "Leads wide"),
        ("Номер", "123", "person", "•••"),
        ("Сумма", "350 000", "", "350 000"),
        ("Дата", "01.02.2026 10:00", "", "01.02.2026 10:00"),
    ],
)
def test_what_may_be_a_person_is_dots(header: str, cell: str, clean: str, shown: str) -> None:
    assert masked(header, [cell], clean) == [shown]


STAGED = "ID;Название сделки;Бюджет;Дата создания сделки;Этап сделки;Воронка\n" + "".join(
    f"{at};Окно;100;01.02.2026 10:00:00;{stage};Продажи\n"
    for at, stage in enumerate(["Замер"] * 4 + ["Деньги получены"] * 4 + ["Отвалился"] * 4 + ["Думает"] * 4)
)


@pytest.mark.parametrize(
    "outcomes",
    [
        "",
        "outcomes: {'*': {Новая: {stage: leads}}}  # свои\n",
        "outcomes:\n  # общие\n  '*':\n    Новая: {stage: leads}   # пришла\n",
        "outcomes:\n  Опт:\n    Новая: {stage: leads}\n",
    ],
)
def test_unknown_stages_are_asked_for_and_written(tmp_path: Path, outcomes: str) -> None:
    head = f"client: Firm   # имя\nlang: en\ncurrency: RUB\n{outcomes}margin: 1  # пока\n"
    folder = make_folder(tmp_path / "firm", {"client.yml": head, "exports/deals.csv": STAGED.encode()})
    text = talk(folder, "w", "", "6", "l")
    assert "Stages of the CRM without a meaning" in text
    assert re.search(r" 6  meeting", text)
    assert "Деньги получены (Продажи, 4 rows)" in text
    written = (folder / "client.yml").read_text(encoding="utf-8")
    for comment in re.findall("# .*", head):
        assert comment in written
    meant = plain_yaml(written)["outcomes"]["*"]
    assert meant["Деньги получены"] == {"outcome": "won"}
    assert meant["Замер"] == {"outcome": "open", "stage": "meeting"}
    assert meant["Отвалился"] == {"outcome": "lost"}
    assert "Думает" not in meant
    assert plain_yaml(written)["margin"] == 1
    # The one that was left is asked for again; then the data are read.
    talk(folder, "5")
    with load(read_client(folder)) as data:
        assert data.tables["deals"].filter(lambda t: t.outcome == "won").count().to_pyarrow().as_py() == 4


def test_the_box_asks_what_stages_mean_and_writes_it(tmp_path: Path) -> None:
    head = "client: Firm   # имя\nlang: en\ncurrency: RUB\nmargin: 1  # пока\n"
    folder = make_folder(tmp_path / "firm", {"client.yml": head, "exports/deals.csv": STAGED.encode()})
    box = ImportBox(read_client(folder), language("en"))
    # Every file is recognised, so the stages are asked for at once, in the words of the terminal.
    asked = {line.children[1].value: line.children[0] for line in box.stage_box.children[1:-1]}
    controls = {stage: next(asked[text] for text in asked if f">{stage} (Продажи, 4 rows)" in text)
                for stage in ("Замер", "Деньги получены", "Отвалился", "Думает")}  # fmt: skip
    box.stage_button.click()
    assert "Choose what a stage means first." in box.stage_result.value
    assert (folder / "client.yml").read_text(encoding="utf-8") == head
    for stage, label in (("Замер", "open, has reached “Meeting”"), ("Деньги получены", "won"), ("Отвалился", "lost")):
        controls[stage].label = label
    box.stage_button.click()
    assert "Written into client.yml." in box.stage_result.value
    written = (folder / "client.yml").read_text(encoding="utf-8")
    assert written.startswith(head)
    assert plain_yaml(written)["outcomes"]["*"] == {
        "Замер": {"outcome": "open", "stage": "meeting"},
        "Деньги получены": {"outcome": "won"},
        "Отвалился": {"outcome": "lost"},
    }
    # The one that was left is asked for again; then nothing is.
    (left,) = box.stages
    left.label = "lost"
    box.stage_button.click()
    assert box.stage_box.children == ()
    with load(read_client(folder)) as data:
        assert data.tables["deals"].filter(lambda t: t.outcome == "lost").count().to_pyarrow().as_py() == 8


def test_the_box_asks_for_stages_once_a_file_is_told(folder: Path) -> None:
    (folder / "client.yml").write_text(HEAD.replace("outcomes: {'*': {Новая: {stage: leads}}}\n", ""), encoding="utf-8")
    (folder / "exports" / "meta.csv").unlink()
    box = ImportBox(read_client(folder), language("ru"))
    assert box.stage_box.children == ()
    assert box.file.label == "exports/заявки.csv (пока не читается)"
    box.button.click()
    assert box.file.label == "exports/заявки.csv"
    assert len(box.stages) == 1
    assert "Новая (" in box.stage_box.children[1].children[1].value
