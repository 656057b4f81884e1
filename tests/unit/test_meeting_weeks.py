"""The agenda of every week of a year, of the weeks at the edges, and what it may not say of them."""

from __future__ import annotations

import datetime as dt
import itertools
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from folders import DEALS, LEADS, SPEND, client_yml, make_folder

import helpers as audit
from helpers.chapters.meeting import Meeting
from helpers.chapters.meeting_five import WeeklyFive
from helpers.chapters.meeting_week import week_of
from helpers.client import Client
from helpers.errors import ClientFileError, ParameterError
from helpers.facts import Facts
from helpers.language import language
from helpers.report.model import Handout

SAMPLES = Path(__file__).parents[2] / "data_samples"
PLAN = "plan: {2026-01: {leads: 50, qualified: 20, revenue: 900}, 2025-12: {revenue: 100}}\n"
COUNTRY = 'country: DE\nworking_hours: {mon-fri: "09:00-18:00"}\n'


def texts(page: Handout) -> str:
    """All that is read on a page."""
    parts = [page.title]
    for block in page.blocks:
        parts += [block.text, *block.items]
        if block.table is not None:
            parts += [column.label for column in block.table.columns]
            parts += [str(cell) for row in block.table.rows for cell in row]
    return "\n".join(parts)


def counted(folder: Path) -> tuple[Facts, Client]:
    client = audit.read_client(folder)
    return audit.count(audit.load(client)), client


def firm(path: Path, *, as_of: str, more: str = "", leads: str = "", deals: str = "", **files: str) -> Path:
    """Ten leads in each week from 2025-12-01 on but that of 2025-12-22, each Monday at ten; a sale each Thursday."""
    rows, sold = [], []
    monday, number = dt.date(2025, 12, 1), 0
    while monday.isoformat() <= as_of:
        if monday != dt.date(2025, 12, 22):
            for _ in range(10):
                number += 1
                rows.append(f"L{number},{monday} 10:00,ads,c,Ann,New,")
            sold.append(f"D{number},L{number},{monday},{monday + dt.timedelta(days=3)},Sold,100")
        monday += dt.timedelta(days=7)
    sold = [row for row in sold if row.split(",")[3] <= as_of]
    files = {
        "client.yml": client_yml(SPEND, LEADS, DEALS, more=f"as_of: {as_of}\n{COUNTRY}{PLAN}{more}"),
        "exports/spend.csv": "Date,Source,Campaign,Cost\n2025-12-01,ads,c,50\n2026-01-05,ads,c,70\n",
        "exports/leads.csv": "Id,Created,Source,Campaign,Owner,Stage,Closed\n" + "\n".join(rows) + "\n" + leads,
        "exports/deals.csv": "Id,Lead,Opened,Closed,Stage,Amount\n" + "\n".join(sold) + "\n" + deals,
        **files,
    }
    return make_folder(path, files)


@pytest.mark.parametrize("slug", ["okna-plus", "lumen-saas", "zatyshok", "two-campaigns"])
def test_a_year_of_weeks(slug: str) -> None:
    facts, client = counted(SAMPLES / slug)
    say, weekly = language(client.lang), WeeklyFive(facts, client)
    latest = week_of(facts, client).monday
    seen = []
    for back in range(53):
        year, week, _ = (latest - dt.timedelta(days=7 * back)).isocalendar()
        meeting = Meeting.measure(facts, client, say, f"{year}-W{week:02d}", weekly=weekly)
        figures = meeting.figures()
        told = [*meeting.notices(), meeting.counted.five_title(), meeting.counted.share_title()]
        told += [*meeting.counted.share_lines(), *meeting.counted.experiments(), meeting.plan.title()]
        told += [*meeting.plan.lines(), meeting.tasks.title(), meeting.records.rejected_title()]
        told += [*meeting.records.rejected_lines(), *meeting.records.changes(), *meeting.records.starts_lines()]
        assert all(told)
        assert "nan" not in " ".join(told).casefold()
        seen.append(figures)
    # The weeks share the leads out among themselves: none is counted twice or left out.
    oldest = latest - dt.timedelta(days=7 * 52)
    days = facts.evidence.days
    inside = days[(days["day"] >= str(oldest)) & (days["day"] <= str(latest + dt.timedelta(days=6)))]
    assert sum(figures["leads"] for figures in seen) == int(inside["leads"].sum())
    assert len({figures["week"] for figures in seen}) == 53
    # Nothing of a later week is known in an earlier one.
    for later, earlier in itertools.pairwise(seen):
        if later["last_week"] is not None:
            assert later["last_week"] == earlier["five"]


def test_the_last_week_agrees_with_the_audit() -> None:
    facts, client = counted(SAMPLES / "okna-plus")
    say = language("ru")
    plan = audit.Plan.measure(facts, client, say).figures()["plan"]
    meeting = Meeting.measure(facts, client, say, "2026-W29")
    assert meeting.week.state == "part"
    assert meeting.figures()["five"]["run_rate"] == pytest.approx(plan["revenue"]["expected"], abs=0.01)


@cache
def _firm_facts(root: Path, as_of: str) -> tuple[Facts, Client]:
    return counted(firm(root / as_of, as_of=as_of))


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("firm")


def agenda(root: Path, as_of: str, week: str) -> Meeting:
    facts, client = _firm_facts(root, as_of)
    return Meeting.measure(facts, client, language("en"), week)


def test_week_53_reaches_over_the_new_year(root: Path) -> None:
    # 2026 has 53 ISO weeks; the last one ends on 3 January 2027.
    meeting = agenda(root, "2027-01-10", "2026-W53")
    assert (meeting.week.monday, meeting.week.sunday) == (dt.date(2026, 12, 28), dt.date(2027, 1, 3))
    assert meeting.figures()["leads"] == 10
    assert meeting.counted.now.run_rate.pace.fact == 0  # type: ignore[union-attr]  # January 2027: sold on 31 December
    with pytest.raises(ParameterError, match="2025-W53"):
        agenda(root, "2027-01-10", "2025-W53")


def test_a_week_without_leads_says_so(root: Path) -> None:
    meeting = agenda(root, "2026-01-25", "2025-W52")
    said = texts(meeting.page())
    assert meeting.figures()["leads"] == 0
    assert "Share of qualified leads: no lead came this week" in said
    assert "Rejected leads: no lead came this week" in said


def test_days_without_work_do_not_make_a_week_half(root: Path) -> None:
    # As of Wednesday 24 December 2025: Thursday and Friday are holidays in Germany, nobody works at the weekend.
    meeting = agenda(root, "2025-12-24", "")
    assert (meeting.week.label, meeting.week.state) == ("2025-W52", "whole")


def test_half_a_week_is_said_to_be_half(root: Path) -> None:
    assert agenda(root, "2026-01-14", "").week.label == "2026-W02"
    meeting = agenda(root, "2026-01-14", "2026-W03")
    assert meeting.week.state == "part"
    assert meeting.notices()[0].startswith("The week is not whole: the exports end on January 14, 2026, 3 of 7 days")
    assert meeting.counted.now.end == dt.date(2026, 1, 14)


def test_the_first_week_has_nothing_to_compare_with(root: Path) -> None:
    meeting = agenda(root, "2026-01-25", "2025-W49")
    assert meeting.figures()["last_week"] is None
    assert "there is no week to compare with" in meeting.notices()[0]
    assert {row[2] for block in meeting.page().blocks if block.table and len(block.table.columns) == 5
            for row in block.table.rows} == {"–"}  # fmt: skip
    before = agenda(root, "2026-01-25", "2025-W48")
    assert before.week.state == "before"
    assert "the week is not in the exports" in texts(before.page())


def test_a_week_to_come_is_counted_from_what_is_there(root: Path) -> None:
    meeting = agenda(root, "2026-01-25", "2026-W20")
    assert meeting.week.state == "future"
    assert meeting.notices()[0].startswith("This week lies after the exports, which end on January 25, 2026")
    assert "the week is not in the exports" in texts(meeting.page())


@pytest.mark.parametrize("week", ["2026-W54", "2026-40", "W40", "2026-W00", "today", "2026-W1"])
def test_a_week_that_is_none_is_refused(root: Path, week: str) -> None:
    with pytest.raises(ParameterError, match="written like 2026-W40"):
        agenda(root, "2026-01-25", week)


def test_a_week_too_far_back_is_refused(root: Path) -> None:
    with pytest.raises(ParameterError, match="the earliest is"):
        agenda(root, "2026-01-25", "2019-W10")


def test_points_are_those_of_the_client(tmp_path: Path) -> None:
    more = 'meeting: {points: [decisions, "Warehouse: what is short", share]}\n'
    facts, client = counted(firm(tmp_path, as_of="2026-01-25", more=more))
    titles = [block.text for block in Meeting.measure(facts, client, language("en")).page().blocks
              if block.kind == "heading"]  # fmt: skip
    assert titles == [
        "1. Decisions: what, who, by when",
        "2. Warehouse: what is short",
        "3. Share of qualified leads: not recorded; first the mark in the CRM",
    ]
    (tmp_path / "client.yml").write_text(client_yml(more="meeting: {points: [desisions]}\n"), encoding="utf-8")
    with pytest.raises(ClientFileError, match="did you mean 'decisions'"):
        audit.read_client(tmp_path)


def test_records_stand_as_they_stood_in_that_week(tmp_path: Path) -> None:
    sources = {
        "tasks.csv": "date,decision,owner,due,done\n2026-01-05,Call back,Ann,2026-01-07,2026-01-14\n"
                     "2026-01-06,<b>=Paint</b>,Bob,2026-01-09,\n2026-01-20,Later,Ann,2026-01-22,\n",
        "promotions.csv": "name,starts,brief_at\nWinter,2026-01-19,2026-01-14\nLate,2026-01-20,2026-01-16\n"
                          "Silent,2026-01-21,\nFar,2026-02-10,2026-01-10\n",
        "notes.csv": "date,kind,text,department,channel\n2026-01-13,hypothesis,Too dear,sales,\n"
                     "2026-01-13,signal,They ask for blue,,\n",
    }  # fmt: skip
    facts, client = counted(firm(tmp_path, as_of="2026-01-25", **sources))
    say = language("en")
    early = Meeting.measure(facts, client, say, "2026-W02")
    tasks = {task.decision: (task.done, task.late) for task in early.tasks.listed}
    assert tasks == {"Call back": (None, 4), "<b>=Paint</b>": (None, 2)}
    meeting = Meeting.measure(facts, client, say, "2026-W03")
    assert meeting.tasks.title() == "Tasks: 1 done this week (1 late), 1 overdue, 0 open in time"
    assert meeting.records.starts_lines() == [
        "“Winter” from Jan 19, 2026: sales got the brief on Jan 14, 2026, 3 working days ahead, in time.",
        "“Late” from Jan 20, 2026: sales got the brief on Jan 16, 2026, 2 working days ahead, too late (3 are wanted).",
        "“Silent” from Jan 21, 2026: no brief to sales is recorded yet.",
    ]
    assert meeting.hypotheses()[0] == "Sales suppose: Too dear (written down on Jan 13, 2026)"
    assert meeting.records.signals() == ["They ask for blue"]
    from helpers.report.html import handout_page

    page = handout_page(meeting.report(), meeting.page())
    assert "<b>=Paint" not in page
    assert "&lt;b&gt;=Paint" in page


def test_the_page_is_one_sheet_whatever_stands_on_it(tmp_path: Path) -> None:
    """The worst a page can hold: every list full, every text as long as it may be."""
    long = "Очень длинное решение о том что нужно поменять в форме заявки и в скрипте первого звонка " * 2
    tasks = "".join(
        f"2026-01-{5 + n:02d},{long}{n},Константинопольский Александр,2026-01-{9 + n:02d},\n" for n in range(9)
    )
    notes = "".join(
        f"2026-01-{13 + n},{kind},{long},{side},\n"
        for n in range(4)
        for kind, side in (("change", ""), ("hypothesis", "sales"), ("hypothesis", "marketing"), ("signal", ""))
    )
    more = "experimental: [tg, vk, ok]\nlang: ru\n"
    head = client_yml(SPEND, LEADS, DEALS, more=f"as_of: 2026-01-25\n{COUNTRY}{PLAN}{more}").replace("lang: en\n", "")
    folder = firm(
        tmp_path, as_of="2026-01-25", **{
            "client.yml": head,
            "tasks.csv": f"date,decision,owner,due,done\n{tasks}",
            "notes.csv": f"date,kind,text,department,channel\n{notes}",
        },
    )  # fmt: skip
    facts, client = counted(folder)
    meeting = Meeting.measure(facts, client, language("ru"), "2026-W03")
    from helpers.report.pdf import handout_pdf

    assert len(meeting.tasks.listed) == 9
    assert len(meeting.records.changes()) == 2
    report = meeting.report()
    pdf = handout_pdf(report, report.handouts[0])
    assert _pages(pdf) == 1
    assert handout_pdf(report, report.handouts[0]) == pdf


def _pages(pdf: bytes) -> int:
    import re

    found: Any = re.search(rb"/Type\s*/Pages[^>]*?/Count\s+(\d+)", pdf) or re.search(rb"/Count\s+(\d+)", pdf)
    return int(found[1])
