"""What is missing or hostile in a client's folder: the audit goes on honestly, and client text stays text."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from folders import DEALS, LEADS, SPEND, client_yml, make_folder
from pipeline import audited

from helpers.errors import DataError

NASTY = "<script>alert(1)</script>{{ 7*7 }} $x^2$ =HYPERLINK(1) \x1b[31mred"
HEADER = "Id,Created,Source,Campaign,Owner,Stage,Closed\n"
CRITERIA = [f"{dimension}{number}" for dimension in "ABCDE" for number in range(1, 5)]


def leads_csv(campaign: str = "a", count: int = 60) -> str:
    stages = ["Sold", "Gone", "Gone", "New"]
    rows = [
        f'{n},2026-0{1 + n % 5}-{1 + n % 27:02d} 10:00,google,"{campaign}",Ann,{stages[n % 4]},'
        f"{'' if stages[n % 4] == 'New' else '2026-06-30'}"
        for n in range(count)
    ]
    return HEADER + "\n".join(rows) + "\n"


def deals_csv(count: int = 60) -> str:
    rows = [f"d{n},{n},2026-01-05,2026-06-30,Sold,1000" for n in range(0, count, 4)]
    return "Id,Lead,Opened,Closed,Stage,Amount\n" + "\n".join(rows) + "\n"


def spend_csv(campaign: str = "a") -> str:
    return f'Date,Source,Campaign,Cost\n2026-01-01,google,"{campaign}",9000\n2026-02-01,vk,lonely,1000\n'


def form(department: str, name: str, comment: str = "") -> str:
    answers = dict.fromkeys(CRITERIA, 3)
    person = {"respondent": name, "department": department, "role": "staff", "seconds": 120, "submitted": "2026-06-01"}
    survey = {"criteria_version": "1.0", "lang": "en", "mode": "open", "threshold": 5}
    comments = {"A1": comment} if comment else {}
    return json.dumps({**survey, **person, "answers": answers, "comments": comments})


def folder(tmp_path: Path, *sources: str, more: str = "", **files: str) -> Path:
    named = {name.replace("__", "/", 1).replace("__", "."): text for name, text in files.items()}
    return make_folder(tmp_path / "firm", {"client.yml": client_yml(*sources, more=more), **named})


FULL = {"exports__leads__csv": leads_csv(), "exports__deals__csv": deals_csv(), "exports__spend__csv": spend_csv()}


def test_no_answers_at_all_still_reports_the_funnel(tmp_path: Path) -> None:
    made = audited(folder(tmp_path, SPEND, LEADS, DEALS, **FULL))
    assert made.figures["score"]["total"] is None
    assert made.notice("NO_ANSWERS")
    assert made.figures["funnel"][-3]["stage"] == "won"
    assert made.figures["money"]["spend_only"] == 1000
    assert "answered" in made.report.score.missing


def test_answers_of_one_department_give_no_company_score(tmp_path: Path) -> None:
    files = {f"answers__{n}__json": form("marketing", f"m{n}") for n in range(3)}
    made = audited(folder(tmp_path, LEADS, exports__leads__csv=leads_csv(), **files))
    score = made.figures["score"]
    assert score["total"] is None
    assert score["departments"]["marketing"] == pytest.approx(60)
    assert score["departments"]["sales"] is None


def test_answers_without_any_export_give_the_score(tmp_path: Path) -> None:
    files = {f"answers__{d}{n}__json": form(d, f"{d}{n}") for d in ("marketing", "sales") for n in range(3)}
    made = audited(folder(tmp_path, more="period: {from: 2026-01-01, to: 2026-06-30}\n", **files))
    assert made.figures["score"]["total"] == pytest.approx(60)
    assert {n["table"] for n in made.figures["data"]["notices"] if n["code"] == "NO_SOURCE"} == {
        "spend",
        "leads",
        "deals",
    }
    assert all(x["count"] is None for x in made.figures["funnel"])
    assert made.html()


def test_answers_without_any_export_need_a_period(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="or give period to report the questionnaire alone"):
        audited(folder(tmp_path, answers__m1__json=form("marketing", "m1")))


def test_answers_without_spend_or_deals_give_the_score(tmp_path: Path) -> None:
    files = {f"answers__{d}{n}__json": form(d, f"{d}{n}") for d in ("marketing", "sales") for n in range(3)}
    made = audited(folder(tmp_path, LEADS, exports__leads__csv=leads_csv(), **files))
    assert made.figures["score"]["total"] == pytest.approx(60)
    assert made.figures["money"]["campaigns"] == [] or made.figures["money"]["spend"] == 0
    assert made.notice("NO_SOURCE", "spend")


def test_a_broken_answers_file_is_listed_and_the_rest_counts(tmp_path: Path) -> None:
    files = {f"answers__{d}{n}__json": form(d, f"{d}{n}") for d in ("marketing", "sales") for n in range(3)}
    made = audited(folder(tmp_path, LEADS, exports__leads__csv=leads_csv(), answers__bad__json="{", **files))
    assert made.figures["score"]["total"] == pytest.approx(60)
    assert "bad.json" in made.notice("ANSWERS_UNREAD")["text"]


def test_spend_alone_is_reported(tmp_path: Path) -> None:
    made = audited(folder(tmp_path, SPEND, exports__spend__csv=spend_csv()))
    assert made.figures["money"]["spend"] == 10_000
    assert made.figures["money"]["spend_only"] == 10_000


def test_deals_alone_are_reported(tmp_path: Path) -> None:
    made = audited(folder(tmp_path, DEALS, exports__deals__csv=deals_csv()))
    assert made.figures["money"]["revenue"] == 15_000


def test_a_period_without_rows_says_where_the_data_lie(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"no row of leads lies in 2020-01-01\.\.2020-02-01; the data go from"):
        audited(folder(tmp_path, LEADS, exports__leads__csv=leads_csv()), period="2020-01-01..2020-02-01")


@pytest.mark.parametrize("lang", ["en", "ru", "uk"])
def test_client_text_is_never_markup(tmp_path: Path, lang: str) -> None:
    quoted = NASTY.replace('"', "")
    files = {f"answers__{d}{n}__json": form(d, f"{d}{n}", NASTY) for d in ("marketing", "sales") for n in range(3)}
    made = audited(
        folder(
            tmp_path, SPEND, LEADS, DEALS, exports__leads__csv=leads_csv(quoted), exports__deals__csv=deals_csv(),
            exports__spend__csv=spend_csv(quoted), more="", **files,
        ),
        lang,
    )  # fmt: skip
    page = made.html()
    assert "<script" not in page
    assert "alert(1)" in page
    assert "{{ 7*7 }}" in page
    assert "\x1b" not in page
    for figure in made.report.figures():
        assert "<script" not in figure.svg
        assert "\x1b" not in figure.svg


def test_one_month_one_campaign_one_lead(tmp_path: Path) -> None:
    text = HEADER + "1,2026-01-05 10:00,google,a,Ann,Sold,2026-01-05\n"
    deals = "Id,Lead,Opened,Closed,Stage,Amount\nd1,1,2026-01-05,2026-01-05,Sold,5\n"
    made = audited(
        folder(
            tmp_path,
            LEADS,
            DEALS,
            exports__leads__csv=text,
            exports__deals__csv=deals,
        )
    )
    assert made.figures["money"]["revenue"] == 5


def test_the_same_input_gives_the_same_page(tmp_path: Path) -> None:
    files = {f"answers__{d}{n}__json": form(d, f"{d}{n}") for d in ("marketing", "sales") for n in range(3)}
    firm = folder(tmp_path, SPEND, LEADS, DEALS, **FULL, **files)
    one, two = audited(firm), audited(firm)
    assert one.html() == two.html()
    assert one.figures == two.figures
