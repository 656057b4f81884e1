"""Recognition by headers alone: what is known, what is nearly known, what the client has fixed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from folders import make_folder
from presets_fixtures import FOLDER, Fixture, plain_yaml

from helpers.client import read_client
from helpers.errors import DataError
from helpers.sources import load
from helpers.sources.containers import NoTableError
from helpers.sources.nearmiss import partial_report
from helpers.sources.plan import plan_sources
from helpers.sources.presets import likely_presets, preset_names, read_preset
from helpers.sources.rawfiles import Sheet, View, normal
from helpers.sources.recognise import recognise

SETS: list[dict[str, Any]] = plain_yaml((FOLDER / "headers.yml").read_text(encoding="utf-8"))


def sheet(headers: list[str], above: list[str] | None = None, below: str = "") -> Sheet:
    """A sheet of these headers with one row of cells below them."""
    rows = [*((line,) for line in above or ()), tuple(headers), tuple("1" for _ in headers)]
    if below:
        rows.append((below, *("" for _ in headers[1:])))
    # A head is all that recognition looks at: there is no content behind it.
    return Sheet("f.csv", "f.csv", "", (View(tuple(rows), "CSV"),), None)  # type: ignore[arg-type]


@pytest.mark.parametrize("case", SETS, ids=lambda case: f"{case['preset']}-{case['headers'][1]}")
def test_headers_of_real_exports_are_taken_for_what_they_are(case: dict[str, Any]) -> None:
    one = sheet(case["headers"], case.get("above"), case.get("total", ""))
    preset = read_preset(case["preset"])
    if "lacks" in case:
        with pytest.raises(DataError) as caught:
            recognise([one])
        said = str(caught.value)
        assert f"looks like {preset.system} ({preset.report})" in said
        assert all(f"({column})" in said for column in case["lacks"])
        assert not isinstance(caught.value, NoTableError)
        return
    if case.get("partial") and preset.system == "Google Ads":
        with pytest.raises(DataError, match="no source of spend"):
            recognise([one])
        return
    found = recognise([one])
    assert found.name == case["preset"]
    part = partial_report(found)
    assert bool(part and part.refused) == bool(case.get("partial"))
    # Half of a preset's words must not be chance: nearly all headers of a known system are known.
    assert found.known >= 0.8 * len({header.strip().casefold() for header in case["headers"]})


@pytest.mark.parametrize("name", [name for name in preset_names() if name != "generic"])
def test_each_telling_header_finds_its_preset(name: str) -> None:
    assert read_preset(name).tells, "without a telling header every file would be tried by it"
    assert all(name in likely_presets([normal(header)]) for header in read_preset(name).tells)


NEAR = (
    "ID;Название сделки;Этап сделки;Дата создания сделк;Ответственный;Воронка\n"
    "1;Окно;Замер;01.02.2026 10:00;Олег К.;А\n"
)


def test_a_near_miss_proposes_a_map_and_stops(tmp_path: Path) -> None:
    folder = make_folder(
        tmp_path / "firm", {"client.yml": "client: Firm\ncurrency: RUB\n", "exports/leads.csv": NEAR.encode()}
    )
    with pytest.raises(DataError) as caught:
        load(read_client(folder))
    (problem,) = caught.value.problems
    assert "looks like amoCRM (deals), but has no column «Дата создания сделки» (created_at)" in problem.what
    written = 'sources: [{file: "exports/leads.csv", preset: amocrm, columns: {created_at: "Дата создания сделк"}}]'
    assert written in problem.todo


def test_the_proposed_map_settles_it(tmp_path: Path) -> None:
    written = 'sources: [{file: "exports/leads.csv", preset: amocrm, columns: {created_at: "Дата создания сделк"}}]'
    text = f'client: Firm\ncurrency: RUB\n{written}\noutcomes: {{"*": {{Замер: {{stage: meeting}}}}}}\n'
    data = load(read_client(make_folder(tmp_path / "firm", {"client.yml": text, "exports/leads.csv": NEAR.encode()})))
    assert data.tables["leads"].count().to_pyarrow().as_py() == 1
    assert data.files[0].preset == "amocrm"


def test_a_fixed_preset_wins_over_the_coverage(tmp_path: Path) -> None:
    # Of six headers a preset of another system knows more; client.yml says what it is.
    text = "ID;Создана;Этап;Сумма;Ответственный;Поле\n1;01.02.2026;Успешно реализовано;100;Олег К.;x\n"
    files = {"client.yml": "client: Firm\ncurrency: RUB\n", "exports/a.csv": text.encode()}
    with pytest.raises(DataError):
        load(read_client(make_folder(tmp_path / "unsaid", dict(files))))
    files["client.yml"] += "sources: [{file: exports/a.csv, preset: amocrm}]\n"
    data = load(read_client(make_folder(tmp_path / "said", dict(files))))
    assert data.files[0].preset == "amocrm"
    assert data.tables["deals"].to_pandas()["outcome"].tolist() == ["won"]


@pytest.mark.parametrize("name", ["bitrix24_deals/ru_html", "google_ads/utf16", "kommo/pt_br"])
def test_fixing_the_preset_changes_nothing(tmp_path: Path, name: str) -> None:
    one = Fixture(FOLDER / name)
    (file,) = one.files
    fixed = one.client(tmp_path / "said", sources=[{"file": f"exports/{file}", "preset": one.preset}])
    plans = [plan_sources(read_client(folder), tmp_path) for folder in (one.client(tmp_path / "unsaid"), fixed)]
    unsaid, said = (plan.planned[0].candidates[0] for plan in plans)
    assert said.name == unsaid.name == one.preset
    assert (said.places, said.header, said.currency) == (unsaid.places, unsaid.header, unsaid.currency)


def test_two_that_fit_equally_are_a_question() -> None:
    headers = ["Date", "Campaign", "Cost", "Clicks", "Impressions"]
    with pytest.raises(DataError) as caught:
        recognise([sheet(headers), sheet(headers)], ["google_ads"], chosen=True)
    assert "two sheets hold the same columns" in str(caught.value)


def test_a_sum_of_words_is_no_header() -> None:
    # "Цена за результаты" holds "результат", "Показ кампании" begins like "Показы": neither is another column.
    headers = ["Дата начала отчетности", "Окончание отчетности", "Показ кампании", "Цена за результаты"]
    found = recognise([sheet([*headers, "Сумма затрат (USD)"])])
    assert set(found.places) == {"from", "to", "cost"}
