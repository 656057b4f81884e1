from pathlib import Path

import pytest
from folders import client_yml, make_folder

from helpers.client import read_client, slug_of
from helpers.errors import ClientFileError

DESIGN_EXAMPLE = """\
client: Окна Плюс
lang: ru                       # ru | uk | en, of the report; --lang overrides, may name several
currency: RUB
country: RU                    # holidays; with timezone and hours gives working time
timezone: Europe/Moscow
working_hours: {mon-fri: "09:00-19:00", sat: "10:00-16:00"}
period: {from: 2026-01-01, to: 2026-06-30}          # days inclusive; --period 2026-01-01..2026-06-30
compare_with: {from: 2025-07-01, to: 2025-12-31}    # optional; default the equal span before, when the data reach
as_of: 2026-07-15              # default: the last date in the data
margin: 0.35                   # gross profit / revenue, 0-1; default 1, said aloud
earn_per_100: 500              # aim: revenue per 100 of spend
limits: {first_answer_min: 60, qualified_share: [0.30, 0.50]}
headcount: {marketing: 3, sales: 8}                 # for "half of the people" and the finite-population correction
survey: {mode: open, threshold: 5}                  # open | anonymous
sources:
  - {table: spend, file: exports/direct_*.xlsx, preset: yandex_direct, vat: included}
  - {table: deals, file: exports/amocrm_export_leads_*.csv, preset: amocrm}     # fills leads too
  - table: touches
    file: exports/calls.csv
    columns: {at: "Дата", lead_id: "Сделка", seconds: "Длительность", answered: "Статус"}
    values: {answered: {"Принят": true, "Пропущен": false}}
stages:                        # in order; default set exists
  - {key: leads, owner: marketing, seen_by: [marketing, sales]}
  - {key: qualified, owner: [marketing, sales], when: "three of four BANT"}     # when: the rule by which a lead passes on
  - {key: won, owner: sales, seen_by: [sales]}
outcomes:                      # (pipeline, stage) → stage and outcome; "*" any pipeline
  "*":
    "Квалифицирован": {stage: qualified, outcome: open}
    "Успешно реализовано": {outcome: won}
    "Закрыто и не реализовано": {outcome: lost}
qualified: {bant: {columns: [budget, authority, need, timing], at_least: 3}}    # or {mark: column}
rating: {"A - High": 5, "B - Medium": 4, "C - Low": 3, "D - Non Target": 2, "E - Non Qualified": 1}
experimental: [tg_ads]
aliases: {channel: {yandex: [Yandex, yandex-direct]}, manager: {"Иванов И.": "Иванов Иван"}}
rates: {USD: {2026-01-01: 90.5}}                    # dated; money is never converted without
plan: {2026-01: {leads: 400, qualified: 130, revenue: 9000000}}
pay: {today: {per_lead: 300}, proposed: {per_qualified: 800}, plan: qualified}
journey:
  - {stage: learns, owner: marketing, kpi: reach, value: 120000, on: 2026-06-30}
  - {joint: [marketing, sales], kpi: qualified_share, owners: [marketing, sales], value: 0.31, on: 2026-06-30}
targets: {B2: 5, E4: 3}        # own target profile; default 4
"""  # noqa: E501


def problems(folder: Path) -> list[str]:
    with pytest.raises(ClientFileError) as caught:
        read_client(folder)
    return [str(problem) for problem in caught.value.problems]


def write(tmp_path: Path, text: str | bytes) -> Path:
    return make_folder(tmp_path / "firm", {"client.yml": text})


def test_the_design_example_is_read_exactly_as_it_stands(tmp_path: Path) -> None:
    client = read_client(write(tmp_path, DESIGN_EXAMPLE))
    assert client.name == "Окна Плюс"
    assert client.margin == 0.35
    assert client.stage_keys == ("leads", "qualified", "won")
    assert client.stages[1].owner == ("marketing", "sales")
    assert client.sources[2].values["answered"] == {"Принят": True, "Пропущен": False}
    assert str(next(iter(client.rates["USD"].values()))) == "90.5"
    assert client.plan["2026-01"].revenue == 9_000_000
    assert str(client.journey[0].on) == "2026-06-30"
    assert client.aliases.manager["Иванов И."] == ("Иванов Иван",)
    assert client.limits.qualified_share == (0.30, 0.50)


def test_every_error_is_collected_with_its_line_and_the_nearest_key(tmp_path: Path) -> None:
    text = (
        "client: X\nlang: de\ncurrency: rubles\nmargni: 0.3\nperiod: {from: 2026-06-30, to: 2026-01-01}\n"
        "limits:\n  first_answer: 5\n"
    )
    found = problems(write(tmp_path, text))
    assert any(p.startswith("client.yml:2 lang: found 'de'") and "'ru'" in p for p in found)
    assert any(p.startswith("client.yml:3 currency") for p in found)
    assert any(
        p.startswith("client.yml:4 margni: unknown key 'margni'") and "did you mean 'margin'" in p for p in found
    )
    assert any("client.yml:5" in p and "ends (2026-01-01) before it begins" in p for p in found)
    assert any("client.yml:7" in p and "did you mean 'first_answer_min'" in p for p in found)


def test_a_missing_key_is_named(tmp_path: Path) -> None:
    assert any("currency: the key is missing" in p for p in problems(write(tmp_path, "client: X\n")))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "the file is empty"),
        ("   \n", "the file is empty"),
        ("client: [1, 2\nlang: ru\n", "not YAML"),
        ("just text\n", "holds no keys"),
        ("client: !!python/object/apply:os.system ['true']\ncurrency: EUR\n", "a YAML tag"),
        ("client: !secret X\ncurrency: EUR\n", "a YAML tag"),
        ("client: &a X\ncurrency: *a\n", "an anchor or alias"),
        ("client: X\nclient: Y\ncurrency: EUR\n", "not YAML"),
        (b"client: \xff\xfe\n", "is not UTF-8"),
        ("client: 'a\tb\ncurrency: EUR\n", "not YAML"),
    ],
)
def test_what_is_not_usable_yaml_is_one_clear_line(tmp_path: Path, text: str | bytes, said: str) -> None:
    found = problems(write(tmp_path, text))
    assert said in found[0]
    assert str(tmp_path) not in " ".join(found)


def test_a_missing_file_says_how_to_make_one(tmp_path: Path) -> None:
    assert "audit new" in problems(make_folder(tmp_path / "firm", {}))[0]


def test_stages_and_outcomes_must_agree(tmp_path: Path) -> None:
    text = client_yml(more="stages: [{key: leads}, {key: qualfied}, {key: won}]\n").replace(
        "stage: contacted", "stage: qualified"
    )
    assert any("did you mean 'qualfied'" in p for p in problems(write(tmp_path, text)))


def test_stages_need_leads_and_won(tmp_path: Path) -> None:
    text = "client: X\ncurrency: EUR\nstages: [{key: leads}, {key: meeting}]\n"
    assert any("stages must hold 'won'" in p for p in problems(write(tmp_path, text)))


def test_unknown_table_and_column_are_named(tmp_path: Path) -> None:
    text = (
        "client: X\ncurrency: EUR\nsources:\n  - {table: lead, file: a.csv}\n"
        "  - {table: leads, file: a.csv, columns: {created: Date}}\n"
    )
    found = problems(write(tmp_path, text))
    assert any("client.yml:4" in p and "did you mean 'leads'" in p for p in found)
    assert any("client.yml:5" in p and "did you mean 'created_at'" in p for p in found)


def test_yaml_12_words_stay_words(tmp_path: Path) -> None:
    text = client_yml(more="outcomes_x: 1\n").replace("outcomes_x: 1\n", "").replace("Talk:", "on:")
    client = read_client(write(tmp_path, text))
    assert "on" in client.outcomes["*"]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("working_hours: {monday: '09:00-18:00'}", "'monday' must be a day (mon, tue, wed, thu, fri, sat, sun)"),
        ("working_hours: {mon-fri: '09:00-18:00', fri: '09:00-16:00'}", "fri stands here twice"),
        ("working_hours: {mon: 9-18}", "'9-18' must look like 09:00-19:00"),
        ("working_hours: {mon: '09:00-25:00'}", "a time that does not exist"),
        ("limits: {qualified_share: [30, 50]}", "must be two shares from 0 to 1"),
        ("limits: {qualified_share: [0.5, 0.3]}", "the smaller first"),
    ],
)
def test_hours_and_norms_are_checked(tmp_path: Path, line: str, said: str) -> None:
    (found,) = problems(write(tmp_path, f"client: X\ncurrency: EUR\n{line}\n"))
    assert found.startswith("client.yml:3")
    assert said in found


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Окна {Плюс} 1", "окна-плюс-1"),
        ("okna-plus", "okna-plus"),
        ("a  b", "a-b"),
        ("...", "client"),
        ("Ёлка_2", "ёлка-2"),
    ],
)
def test_slug_is_letters_digits_hyphens(name: str, slug: str) -> None:
    assert slug_of(name) == slug


def test_the_slug_comes_from_the_folder(tmp_path: Path) -> None:
    folder = make_folder(tmp_path / "Окна {Плюс} 1", {"client.yml": client_yml()})
    assert read_client(folder).slug == "окна-плюс-1"
    assert read_client(folder / "client.yml").slug == "окна-плюс-1"
