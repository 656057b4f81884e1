"""The sample companies: the generator repeats itself, its files hold what its truth says (read without our loader)."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import zipfile
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from python_calamine import CalamineWorkbook
from ruamel.yaml import YAML

from data_samples.make.companies import COMPANIES, make
from helpers.sources.tables import TABLES

ROOT = Path(__file__).resolve().parents[2]
SAMPLES, TRUTHS = ROOT / "data_samples", ROOT / "tests" / "truth"
LIMIT = 1_800_000
BIG = [slug for slug in COMPANIES if slug != "two-campaigns"]


def truth_of(slug: str) -> dict[str, Any]:
    return json.loads((TRUTHS / f"{slug}.json").read_text(encoding="utf-8"))


def exports(slug: str, pattern: str) -> list[Path]:
    found = sorted((SAMPLES / slug / "exports").glob(pattern))
    assert found, pattern
    return found


OLD_ENCODING = ("amocrm_events_2026-07-15.csv", "zhurnal_zvonkov.csv")
"""Files in windows-1251, as old Russian systems still write them."""


def text_of(path: Path) -> str:
    return path.read_bytes().decode("cp1251" if path.name in OLD_ENCODING else "utf-8-sig")


def delimiter_of(path: Path) -> str:
    """The usual delimiter of this file: the one that its longest of the first lines holds most."""
    first = text_of(path).splitlines()[:5]
    return max(",;\t", key=lambda mark: max(line.count(mark) for line in first))


def read_csv(path: Path, delimiter: str = ",", skip: int = 0) -> list[dict[str, str]]:
    """Rows by header; of two columns of one name the first."""
    lines = text_of(path).split("\n", skip)[-1]
    head, *rows = csv.reader(io.StringIO(lines, newline=""), delimiter=delimiter)
    places = {name: head.index(name) for name in head}
    return [{name: row[i] if i < len(row) else "" for name, i in places.items()} for row in rows]


def inside(day: str, span: list[str]) -> bool:
    return span[0] <= day <= span[1]


def dmy(text: str) -> str:
    return dt.datetime.strptime(text[:10], "%d.%m.%Y").date().isoformat()


def content(path: Path) -> object:
    """Bytes of a file; of a workbook the parts (zlib may pack them otherwise elsewhere), of Parquet the rows."""
    if path.suffix == ".xlsx":
        with zipfile.ZipFile(path) as archive:
            return [(item.filename, item.date_time, archive.read(item)) for item in archive.infolist()]
    if path.suffix == ".parquet":
        import duckdb

        with duckdb.connect() as con:
            return con.read_parquet(str(path)).fetchall()
    return path.read_bytes()


@pytest.mark.parametrize("slug", COMPANIES)
def test_generator_repeats_committed_files(slug: str, tmp_path: Path) -> None:
    make(slug, tmp_path / "samples", tmp_path / "truth")

    made = {
        path.relative_to(tmp_path / "samples"): path for path in (tmp_path / "samples").rglob("*") if path.is_file()
    }
    kept = {
        path.relative_to(SAMPLES)
        for folder in ("exports", "answers")
        for path in (SAMPLES / slug / folder).rglob("*")
        if path.is_file()
    }
    assert set(made) == kept
    assert [name for name, path in made.items() if content(path) != content(SAMPLES / name)] == []
    assert (tmp_path / "truth" / f"{slug}.json").read_bytes() == (TRUTHS / f"{slug}.json").read_bytes()


def test_committed_files_are_small() -> None:
    files = [path for slug in COMPANIES for path in (SAMPLES / slug).rglob("*") if path.is_file()]
    assert {path.name: path.stat().st_size for path in files if path.stat().st_size >= LIMIT} == {}


@pytest.mark.parametrize("slug", COMPANIES)
def test_client_file_fits_truth_and_exports(slug: str) -> None:
    truth = truth_of(slug)
    client = YAML(typ="safe", pure=True).load((SAMPLES / slug / "client.yml").read_text(encoding="utf-8"))

    assert [str(client["period"]["from"]), str(client["period"]["to"])] == truth["period"]
    assert (str(client["as_of"]), client["currency"], client["margin"]) == (
        truth["as_of"],
        truth["currency"],
        truth["margin"],
    )
    for source in client["sources"]:
        wanted = {
            header for given in source["columns"].values() for header in ([given] if isinstance(given, str) else given)
        }
        for path in (SAMPLES / slug).glob(source["file"]):
            assert wanted <= headers_of(path, source.get("sheet"), wanted), path.name


def headers_of(path: Path, sheet: str | None, wanted: set[str]) -> set[str]:
    """Cells of the first row that holds any of the wanted headers."""
    if path.suffix == ".xlsx":
        book = CalamineWorkbook.from_path(path)
        rows = book.get_sheet_by_name(sheet or book.sheet_names[0]).to_python()
    elif path.suffix == ".parquet":
        import duckdb

        with duckdb.connect() as con:
            return set(con.read_parquet(str(path)).columns)
    else:
        text = text_of(path).splitlines()[:10]
        rows = [row for delimiter in ",;\t" for row in csv.reader(text, delimiter=delimiter)]
    return max((set(map(str, row)) for row in rows), key=lambda cells: len(cells & wanted))


def test_two_campaigns_are_the_worked_example() -> None:
    sales: dict[str, int] = {}
    campaigns = {row["№"]: row["Кампания"] for row in read_csv(exports("two-campaigns", "leads.csv")[0])}
    for deal in read_csv(exports("two-campaigns", "deals.csv")[0]):
        assert (deal["Этап"], deal["Сумма"]) == ("Продажа", "10000")
        sales[campaigns[deal["Лид"]]] = sales.get(campaigns[deal["Лид"]], 0) + 1
    spend: dict[str, int] = {}
    for row in read_csv(exports("two-campaigns", "spend.csv")[0]):
        spend[row["Кампания"]] = spend.get(row["Кампания"], 0) + int(row["Расход"])

    assert sales == {"Приятные лиды": 3, "«Мусорные» лиды": 10}
    assert spend == {"Приятные лиды": 40_000, "«Мусорные» лиды": 40_000}
    assert {name: 10_000 * sales[name] - spend[name] for name in sales} == {
        "Приятные лиды": -10_000,
        "«Мусорные» лиды": 60_000,
    }
    found = {c["campaign"]: c["profit"] for c in truth_of("two-campaigns")["spans"]["now"]["campaigns"]}
    assert found == {"Приятные лиды": "-10000.00", "«Мусорные» лиды": "60000.00"}


def test_okna_plus_deals_hold_the_truth() -> None:
    truth = truth_of("okna-plus")
    rows = [row for path in exports("okna-plus", "amocrm_export*.csv") for row in read_csv(path)]
    now = [row for row in rows if inside(dmy(row["Дата создания сделки"]), truth["period"])]
    won = [row for row in now if row["Этап сделки"] == "Успешно реализовано"]
    span = truth["spans"]["now"]

    assert len({row["ID"] for row in rows}) == len(rows) == truth["spans"]["all"]["leads"]
    assert (len(now), len(won)) == (span["leads"], span["won"])
    assert sum(int(row["Бюджет "] or 0) for row in won) == span["revenue"]
    assert sum(row["Дата закрытия"] == "не закрыта" for row in now) == span["open"]
    assert sum(row["Приёмка"] == "Забракован" for row in now) == span["rejected"]
    assert sum("{" in row["utm_campaign"] for row in rows) == truth["traps"]["macro_unfilled"] > 0
    assert sum(row["utm_source"] == "test" for row in rows) == truth["traps"]["tests"] > 0
    assert {path.name for path in exports("okna-plus", "amocrm_export*.csv")} >= {
        "amocrm_export_leads_2026-07-15 (1).csv"
    }


def test_okna_plus_spend_holds_the_truth() -> None:
    truth = truth_of("okna-plus")
    total = Decimal()
    repeated = 0
    for path in exports("okna-plus", "direct_*.xlsx"):
        rows = CalamineWorkbook.from_path(path).get_sheet_by_name("Sheet0").to_python(skip_empty_area=False)
        assert rows[0][0].startswith("Клиент:")
        assert rows[4][0] == "Дата"
        assert rows[5][0] == "Итого"
        cost = sum((Decimal(str(row[5])) for row in rows[6:]), Decimal())
        assert cost == Decimal(str(rows[5][5]))
        total += cost
        repeated += len(rows[6:]) - len({tuple(map(str, row)) for row in rows[6:]})
    [vk] = exports("okna-plus", "vk_*.xlsx")
    rows = CalamineWorkbook.from_path(vk).get_sheet_by_name("Объявления").to_python()
    assert isinstance(rows[1][0], dt.date)
    total += sum((Decimal(str(row[7])) for row in rows[1:]), Decimal())

    assert total == Decimal(truth["spans"]["all"]["spend"])
    assert repeated == truth["traps"]["duplicate_zero_spend_rows"] > 0


def test_lumen_contacts_and_deals_hold_the_truth() -> None:
    truth = truth_of("lumen-saas")
    contacts = read_csv(exports("lumen-saas", "*contacts*.csv")[0])
    deals = read_csv(exports("lumen-saas", "*deals*.csv")[0])
    won = [row for row in deals if row["Deal Stage"] == "Closed Won"]
    linked = [row for row in won if row["Associated Contact IDs"]]
    span = truth["spans"]["all"]

    assert len({row["Record ID"] for row in contacts}) == len(contacts) == span["leads"]
    assert len({row["Associated Contact IDs"] for row in linked}) == span["won"]
    assert len(linked) == span["won"] + truth["traps"]["expansion_deals"]
    assert sum(int(row["Amount"] or 0) for row in linked) == span["revenue"]
    assert (
        sum(int(row["Amount"]) for row in won if not row["Associated Contact IDs"]) == truth["loose"]["all"]["revenue"]
    )
    assert {row["Lead Rating"][:1] for row in contacts} == {"A", "B", "C", "D", "E", ""}
    assert sum(row["Sales accepted"] == "Rejected" for row in contacts) == span["rejected"]


def test_lumen_stage_history_holds_the_truth() -> None:
    import duckdb

    steps = {"Connected": 1, "Qualified": 2, "Demo Scheduled": 3, "Trial Started": 3, "Proposal Sent": 4, "Checkout": 4}
    [path] = exports("lumen-saas", "*.parquet")
    with duckdb.connect() as con:
        rows = con.read_parquet(str(path)).fetchall()
    furthest: dict[str, int] = {}
    for lead, stage, _ in rows:
        furthest[lead] = max(furthest.get(lead, 0), steps.get(stage, 5 if stage == "Closed Won" else 0))
    reached = {
        name: sum(step >= place for step in furthest.values())
        for place, name in enumerate(("contacted", "qualified", "meeting", "proposal"), start=1)
    }

    assert reached == truth_of("lumen-saas")["spans"]["all"]["reached"]


def test_lumen_spend_holds_the_truth() -> None:
    rows = read_csv(exports("lumen-saas", "Campaign report.csv")[0], skip=2)
    days = [row for row in rows if not row["Day"].startswith("Total: ")]
    google = sum((Decimal(row["Cost"].replace(",", "")) for row in days), Decimal())
    totals = {Decimal(row["Cost"].replace(",", "")) for row in rows if row["Day"].startswith("Total: ")}
    [path] = exports("lumen-saas", "Lumen-Campaigns-*.csv")
    meta = sum((Decimal(row["Amount spent (USD)"]) for row in read_csv(path)), Decimal())

    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    assert totals == {google}
    assert google + meta == Decimal(truth_of("lumen-saas")["spans"]["all"]["spend"])
    assert sum(Decimal(row["Cost"].replace(",", "")) < 0 for row in days) == 1


def test_zatyshok_deals_hold_the_truth() -> None:
    truth = truth_of("zatyshok")
    rows = [row for path in exports("zatyshok", "DEAL_*.csv") for row in read_csv(path, ";")]
    now = [row for row in rows if inside(dmy(row["Дата створення"]), truth["period"])]
    won = [row for row in now if row["Стадія угоди"] == "Угода успішна"]
    span = truth["spans"]["now"]

    assert (len(rows), len(now), len(won)) == (truth["spans"]["all"]["leads"], span["leads"], span["won"])
    assert sum(Decimal(row["Сума"].replace(",", ".") or 0) for row in won) == span["revenue"]
    assert sum(row["Якість ліда"] == "Якісний лід" for row in now) == span["qualified"]
    unknown = [row for row in won if not row["UTM Source"] and not row["Джерело"]]
    share = sum(Decimal(row["Сума"].replace(",", ".") or 0) for row in unknown) / span["revenue"]
    assert Decimal("0.4") < share < Decimal("0.6")


def test_zatyshok_spend_is_converted_by_the_rate_of_its_day() -> None:
    truth = truth_of("zatyshok")
    total = ton = Decimal()
    for path in exports("zatyshok", "tg_*.csv"):
        for row in read_csv(path, "\t"):
            day = dt.datetime.strptime(row["Day"], "%d %b %Y").date().isoformat()
            cost = Decimal(row["Amount, TON"].replace(",", "."))
            ton += cost
            total += cost * truth["rates"][max(start for start in truth["rates"] if start <= day)]
    rows = read_csv(exports("zatyshok", "Zatyshok-*.csv")[0])
    days = [row for row in rows if row["Початок звітності"]]
    meta = sum((Decimal(row["Сума витрат (UAH)"]) for row in days), Decimal())

    assert [Decimal(row["Сума витрат (UAH)"]) for row in rows if row["Назва кампанії"] == "Total"] == [meta]
    assert ton == Decimal(truth["spend_ton"])
    assert total + meta == Decimal(truth["spans"]["all"]["spend"])


def test_okna_plus_has_every_optional_table_and_two_campaigns_none() -> None:
    optional = {name for name, table in TABLES.items() if table.optional}

    def mapped(slug: str) -> set[str]:
        client = YAML(typ="safe", pure=True).load((SAMPLES / slug / "client.yml").read_text(encoding="utf-8"))
        return {source["table"] for source in client["sources"]} & optional

    assert mapped("okna-plus") == optional
    assert mapped("two-campaigns") == set()
    assert len(optional) / 3 <= len(mapped("zatyshok")) <= 2 * len(optional) / 3


@pytest.mark.parametrize("slug", ["okna-plus", "zatyshok"])
def test_optional_tables_are_read_whole(slug: str) -> None:
    import helpers as audit

    truth = truth_of(slug)["tables"]
    wish = {"client": str(SAMPLES / slug), "out": "reports", "lang": "", "period": "", "formats": "html"}
    data = audit.load(audit.brief(wish).client)
    touches = data.tables["touches"]
    found = touches.aggregate(
        rows=touches.count(),
        missed_incoming=((touches.direction == "in") & ~touches.answered).sum(),
        seconds=touches.seconds.sum(),
        scored=touches.checklist.count(),
    )
    assert found.to_pandas().iloc[0].to_dict() == truth["touches"]
    for name in ("meetings", "tasks", "stage_events"):
        if name in truth:
            assert data.tables[name].count().to_pyarrow().as_py() == truth[name], name
    if "pay" in truth:
        assert int(data.tables["pay"].amount.sum().to_pyarrow().as_py()) == truth["pay"]["amount"]
    if "sorting" in truth:
        assert data.tables["sorting"].count().to_pyarrow().as_py() == 2 * truth["sorting"]["leads"]
    unread = {"NUMBER_UNREAD", "VALUE_UNREAD", "DATE_UNREAD", "NO_ID", "DATE_OUT_OF_SENSE"}
    assert not unread & {notice.code.value for notice in data.notices}


def test_okna_plus_planted_driver_is_in_the_world() -> None:
    truth = truth_of("okna-plus")
    now, before = truth["spans"]["now"], truth["spans"]["before"]
    fell = (now["won"] / now["qualified"]) / (before["won"] / before["qualified"])

    assert truth["planted"]["driver"] == {"factor": "closing", "owner": "sales", "ratio": round(1 / 1.45, 4)}
    assert 0.6 < fell < 0.85
    # Nothing else moved: price of a lead and average deal within a few per cent.
    for part, whole in (("spend", "leads"), ("revenue", "won")):
        moved = (float(now[part]) / now[whole]) / (float(before[part]) / before[whole])
        assert 0.93 < moved < 1.07, part


def test_okna_plus_slow_hours_are_in_the_world() -> None:
    slow = truth_of("okna-plus")["planted"]["slow"]

    assert slow["hours"] == {"0": [0, 13], "4": [16, 24]}
    assert slow["median_min"]["slow"] > 1.5 * slow["median_min"]["other"]


@pytest.mark.parametrize("slug", BIG)
def test_truth_holds_what_is_planted(slug: str) -> None:
    truth = truth_of(slug)
    span = truth["spans"]["now"]
    campaigns = {key: c for c in span["campaigns"] for key in (c["campaign_id"], c["campaign"]) if key}
    liked = campaigns[truth["traps"]["contradiction"]["liked_and_loses"]]
    disliked = campaigns[truth["traps"]["contradiction"]["disliked_and_earns"]]

    assert 3_000 <= truth["spans"]["all"]["leads"] <= 20_000
    assert (dt.date.fromisoformat(truth["as_of"]) - dt.date.fromisoformat(truth["first_day"])).days > 425
    assert sum(row["skill"] != 1 for row in truth["managers"]) == 1
    assert 6 <= len(truth["managers"]) <= 12
    assert liked["rating_sum"] / liked["rated"] > 4 > 2.2 > disliked["rating_sum"] / disliked["rated"]
    assert liked["expected_profit"] < 0 < disliked["expected_profit"]
    assert Decimal(liked["profit"]) < 0 < Decimal(disliked["profit"])
    assert [c["campaign"] for c in span["campaigns"] if not c["leads"] and Decimal(c["spend"])] != []
    assert [c["campaign"] for c in span["campaigns"] if c["leads"] and not Decimal(c["spend"])] != []
    assert Decimal(span["spend_matched"]) + Decimal(span["spend_only"]) == Decimal(span["spend"])
    assert span["won"] + span["lost"] + span["open"] == span["leads"]
    assert sum(span["at"].values()) == span["open"] > 50


@pytest.mark.parametrize("slug", COMPANIES)
def test_answers_hold_the_planted_gaps(slug: str) -> None:
    survey = truth_of(slug)["survey"]
    forms = [json.loads(path.read_text(encoding="utf-8")) for path in (SAMPLES / slug / "answers").glob("*.json")]
    for path in (SAMPLES / slug / "answers").glob("*.csv"):
        forms += [{**row, "answers": row} for row in read_csv(path)]

    assert len(forms) == sum(survey["respondents"].values())
    if slug != "two-campaigns":
        assert 8 <= len(forms) <= 15
    criteria = [f"{letter}{number}" for letter in "ABCDE" for number in range(1, 5)]
    gaps = {
        name: role_mean(forms, name, "marketing") - role_mean(forms, name, "sales") for name in criteria if name != "C3"
    }
    assert {name for name, gap in gaps.items() if abs(gap) >= 1.5} == set(survey["gaps"])
    for name, gap in survey["gaps"].items():
        assert gaps[name] == pytest.approx(gap, abs=1e-3)
    same = [
        form["respondent"] for form in forms if len({str(form["answers"][name]) for name in criteria} - {"na"}) == 1
    ]
    assert same == survey["careless"]


def role_mean(forms: list[dict[str, Any]], criterion: str, department: str) -> float:
    """Mean over the roles of the means within a role."""
    means = []
    for role in ("leader", "staff"):
        given = [
            int(form["answers"][criterion])
            for form in forms
            if (form["department"], form["role"]) == (department, role) and str(form["answers"][criterion]).isdigit()
        ]
        if given:
            means.append(sum(given) / len(given))
    return sum(means) / len(means)


@pytest.mark.parametrize("slug", COMPANIES)
def test_people_are_plainly_invented(slug: str) -> None:
    names = {"First Name", "Полное имя контакта", "Контакт", "Имя"}
    marks = truth_of(slug)["traps"]["personal"]
    seen = 0
    for path in (SAMPLES / slug / "exports").glob("*.csv"):
        for row in read_csv(path, delimiter_of(path)):
            for name in names & row.keys():
                assert any(mark in row[name] for mark in marks)
                seen += 1
            for cell in row.values():
                assert "@" not in (cell or "") or cell.lower().endswith("@example.com")
    assert seen > 80
