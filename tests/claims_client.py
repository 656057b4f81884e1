"""A small client with every table, made so that each of the twenty facts can be counted by hand.

120 leads, created Monday-Friday at 10:00 in March 2026, working hours 9-18, limit of an hour:

    W  20  won: accepted, qualified, answered in 30 min, 1 000 each, closed 30 days later, all created 2-6 March
    Q  20  accepted, qualified, answered in 3 h, lost
    R  40  refused: 24 with a reason on the next working day, 8 with "другое", 4 with none, 4 with one 20 days later;
           30 answered in 30 min, 10 on the next day
    O  20  open: 10 without answer or owner, 10 answered in 3 h and expected to pay in August, 500 each
    N  20  lost without an answer
"""

from __future__ import annotations

import csv
import datetime as dt
from pathlib import Path
from typing import Any

from data_samples.make.survey import Opinion, Person, answers_of, levels, write_forms

CLIENT = """\
client: Малый
lang: ru
currency: RUB
timezone: Europe/Moscow
working_hours: {mon-fri: "09:00-18:00"}
period: {from: 2026-01-01, to: 2026-06-30}
compare_with: {from: 2025-07-01, to: 2025-12-31}
as_of: 2026-07-15
margin: 0.5
cycle_days: 60
sources:
  - {table: spend, file: exports/spend.csv, vat: excluded, columns: {from: from, channel: channel, campaign: campaign, cost: cost}}
  - table: leads
    file: exports/leads.csv
    columns: {lead_id: id, created_at: created, person: mail, channel: channel, campaign: campaign, manager: manager, outcome: outcome, stage: stage, reason: reason, closed_at: closed, accepted: accepted, qualified: qualified, first_answer_at: answered, budget: b, authority: a, need: n, timing: t}
  - {table: deals, file: exports/deals.csv, columns: {deal_id: id, lead_id: lead, opened_at: opened, closed_at: closed, outcome: outcome, stage: stage, amount: amount, expected_at: expected}}
  - {table: stage_events, file: exports/events.csv, columns: {lead_id: lead, stage: stage, entered_at: entered}}
  - {table: touches, file: exports/touches.csv, columns: {lead_id: lead, at: at, kind: kind, direction: direction, seconds: seconds, answered: answered, manager: manager, checklist: checklist, reviewed_by: by}}
  - {table: meetings, file: exports/meetings.csv, columns: {date: date, present: present, decision: decision}}
  - {table: tasks, file: exports/tasks.csv, columns: {date: date, decision: decision, owner: owner, due: due, done: done}}
  - {table: promotions, file: exports/promotions.csv, columns: {name: name, starts: starts, brief_at: brief}}
  - {table: goals, file: exports/goals.csv, columns: {campaign: campaign, noted_at: noted, money: money, until: until}}
  - {table: pay, file: exports/pay.csv, columns: {month: month, person: person, kind: kind, leads: leads, amount: amount}}
  - {table: events, file: exports/fairs.csv, columns: {event: event, date: date, lead_id: lead, noted_at: noted}}
  - {table: figures, file: exports/figures.csv, columns: {month: month, department: department, leads: leads, qualified: qualified, customers: customers}}
  - {table: sorting, file: exports/sorting.csv, columns: {lead_id: lead, person: person, qualified: qualified}}
  - {table: kpis, file: exports/kpis.csv, columns: {week: week, kpi: kpi, value: value}}
stages:
  - {key: leads, owner: marketing}
  - {key: contacted, owner: sales}
  - {key: qualified, owner: [marketing, sales]}
  - {key: won, owner: sales}
outcomes:
  "*":
    "Новый": {stage: leads, outcome: open}
    "Связались": {stage: contacted, outcome: open}
    "Целевой": {stage: qualified, outcome: open}
    "Продажа": {outcome: won}
    "Отказ": {outcome: lost}
plan: {2026-03: {qualified: 50, revenue: 40000}}
journey:
  - {stage: узнаёт, owner: marketing, kpi: охват, value: 10, on: 2026-06-30}
  - {stage: спрашивает, owner: marketing, kpi: лиды, value: 10, on: 2026-06-30}
  - {stage: покупает, owner: sales, kpi: run_rate}
  - {stage: ждёт, owners: [marketing, sales], kpi: дни, value: 1, on: 2026-06-30}
  - {stage: уходит, owner: sales, kpi: отток, value: 1, on: 2026-03-31}
  - {joint: [marketing, sales], owners: [marketing, sales], kpi: доля, value: 0.3, on: 2026-06-20}
  - {joint: [sales, support], owners: [sales], kpi: дни, value: 3, on: 2026-06-20}
"""  # noqa: E501
HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)
MONDAY = dt.datetime(2026, 3, 2, 10, 0)


def _leads() -> list[dict[str, Any]]:
    made: list[dict[str, Any]] = []

    def add(count: int, letter: str, make: Any, spread: int = 20) -> None:
        for i in range(count):
            created = MONDAY + (i % spread // 5 * 7 + i % 5) * DAY
            row = {"letter": letter, "id": f"{letter}{i:02d}", "created": created, "stage": "Отказ", "outcome": "lost"}
            row |= {"channel": "ads", "campaign": f"c{i % 4 + 1}", "manager": "Анна" if i % 3 else "Борис"}
            made.append(row | make(i, created))

    good = {"accepted": "да", "qualified": "да", "b": "да", "a": "да", "n": "да"}
    channels = ["ads"] * 14 + ["рекомендация"] + ["direct"] * 3 + [""] * 2

    def won(i: int, at: dt.datetime) -> dict[str, Any]:
        more = {"stage": "Продажа", "outcome": "won", "closed": at + 30 * DAY, "answered": at + HOUR / 2}
        return good | more | {"channel": channels[i], "campaign": "c1" if channels[i] == "ads" else ""}

    def refused(i: int, at: dt.datetime) -> dict[str, Any]:
        reason = "спам" if i < 24 or i >= 36 else "Другое" if i < 32 else ""
        # A Friday's lead is refused on Monday: the next working day.
        soon = at + (3 if at.weekday() == 4 else 1) * DAY
        late = at + (3 if at.weekday() == 4 else 1) * DAY if i >= 30 else at + HOUR / 2
        answer = {"accepted": "нет", "qualified": "нет", "b": "нет", "answered": late}
        return answer | {"reason": reason, "closed": at + 20 * DAY if i >= 36 else soon}

    def still_open(i: int, at: dt.datetime) -> dict[str, Any]:
        if i < 10:
            return {"stage": "Новый", "outcome": "open", "manager": ""}
        return {"stage": "Связались", "outcome": "open", "answered": at + 3 * HOUR}

    add(20, "W", won, spread=5)
    add(20, "Q", lambda i, at: good | {"answered": at + 3 * HOUR, "closed": at + 9 * DAY, "reason": "дорого"})
    add(40, "R", refused)
    add(20, "O", still_open)
    add(20, "N", lambda i, at: {"closed": at + 12 * DAY})
    return made


def _spend() -> list[list[Any]]:
    """Five campaigns of 600 a month from March to May (c4 begins on 16 March), and one of another channel for 1 000."""
    rows: list[list[Any]] = [["from", "channel", "campaign", "cost"]]
    for month in (3, 4, 5):
        for number in range(1, 6):
            day = dt.date(2026, month, 16 if (number, month) == (4, 3) else 1)
            rows.append([day, "ads", f"c{number}", 600])
    return [*rows, [dt.date(2026, 4, 1), "vk", "v1", 1000]]


def write_client(folder: Path) -> Path:
    """Write the client's folder; return it."""
    leads = _leads()
    tables: dict[str, list[list[Any]]] = {"spend": _spend()}
    head = ["id", "created", "mail", "channel", "campaign", "manager", "outcome", "stage", "reason", "closed"]
    head += ["accepted", "qualified", "answered", "b", "a", "n", "t"]
    for lead in leads:
        lead["mail"] = f"{lead['id']}@example.com"
    tables["leads"] = [head, *([lead.get(name, "") for name in head] for lead in leads)]
    deals = [x for x in leads if x["letter"] == "W" or (x["letter"] == "O" and x.get("answered"))]
    tables["deals"] = [["id", "lead", "opened", "closed", "outcome", "stage", "amount", "expected"]]
    for lead in deals:
        won = lead["letter"] == "W"
        row = [f"D{lead['id']}", lead["id"], lead["created"].date(), lead.get("closed", ""), lead["outcome"]]
        tables["deals"].append([*row, lead["stage"], 1000 if won else 500, "" if won else "2026-08-01"])
    tables["events"] = [["lead", "stage", "entered"]]
    for lead in leads:
        steps = [("Новый", lead["created"])]
        steps += [("Связались", lead["answered"])] if "answered" in lead else []
        steps += [("Целевой", lead["answered"] + HOUR)] if lead.get("qualified") == "да" else []
        steps += [("Продажа", lead["closed"])] if lead["letter"] == "W" else []
        tables["events"] += [[lead["id"], stage, at] for stage, at in steps]
    tables["touches"] = _touches()
    tables |= _records()
    ids = [lead["id"] for lead in leads if lead["letter"] == "R"][:30]
    tables["fairs"] = [["event", "date", "lead", "noted"]]
    for place, lead_id in enumerate(ids):
        # The fair was on a Thursday: Monday is the second working day after it.
        tables["fairs"].append(["Ярмарка", "2026-03-05", lead_id, "2026-03-09" if place < 18 else "2026-03-10"])
    tables["sorting"] = [["lead", "person", "qualified"]]
    for place in range(40):
        first, second = place < 20, place < 15 or 20 <= place < 25
        for who, good in (("Маркетолог", first), ("Менеджер", second)):
            tables["sorting"].append([f"R{place:02d}", who, "да" if good else "нет"])
    (folder / "exports").mkdir(parents=True)
    for name, rows in tables.items():
        with (folder / "exports" / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows(rows)
    (folder / "client.yml").write_text(CLIENT, encoding="utf-8")
    write_answers(folder / "answers")
    return folder


def _touches() -> list[list[Any]]:
    """Two months, two people: Анна has three talks scored with marketing, Борис one scored by sales alone."""
    rows: list[list[Any]] = [["lead", "at", "kind", "direction", "seconds", "answered", "manager", "checklist", "by"]]
    for place, (manager, day, score, by) in enumerate(
        [("Анна", "2026-03-20", 80, "маркетинг и продажи"), ("Анна", "2026-03-23", 60, "маркетинг"),
         ("Анна", "2026-04-02", 70, "маркетинг, РОП"), ("Борис", "2026-04-03", 50, "РОП"),
         ("Борис", "2026-03-27", "", "")]
    ):  # fmt: skip
        rows.append([f"W{place:02d}", f"{day} 12:00:00", "звонок", "исходящий", 60, "да", manager, score, by])
    for place in range(6):
        # Asked within 90 days of the sale; the last one later.
        day = "2026-05-20" if place < 5 else "2026-07-10"
        rows.append([f"W{place:02d}", f"{day} 12:00:00", "просьба об отзыве", "исходящий", "", "да", "Анна", "", ""])
    return rows


def _records() -> dict[str, list[list[Any]]]:
    tables: dict[str, list[list[Any]]] = {}
    # Twelve weeks from 20 April: six with both sides and a full decision.
    weeks = [dt.date(2026, 4, 20) + 7 * i * DAY for i in range(12)]
    tables["meetings"] = [["date", "present", "decision"]]
    tables["tasks"] = [["date", "decision", "owner", "due", "done"]]
    for place, week in enumerate(weeks):
        present = "маркетинг" if place == 6 else "маркетинг и продажи"
        if place < 9:
            tables["meetings"].append([week + DAY, present, "решили"])
        if place <= 7:
            # Week 6: sales are not there; week 7: the decision has no date.
            due = "" if place == 7 else week + 8 * DAY
            done = week + (8 if place < 3 else 9) * DAY
            tables["tasks"].append([week + DAY, f"дело {place}", "Анна", due, done])
    tables["promotions"] = [["name", "starts", "brief"]]
    # A Monday: Wednesday is three working days ahead, Thursday two.
    for place, brief in enumerate(["2026-03-11", "2026-02-01", "2026-03-11", "2026-03-12", ""]):
        tables["promotions"].append([f"Акция {place}", "2026-03-16", brief])
    tables["goals"] = [
        ["campaign", "noted", "money", "until"],
        ["c1", "2026-02-20", 5000, "2026-05-31"],
        ["C2 ", "2026-04-10", 5000, "2026-05-31"],
        ["c3", "2026-03-01", 5000, "2026-03-31"],
        ["c4", "2026-03-10", 5000, "2026-03-31"],
        ["c5", "2026-02-20", 5000, "2026-05-31"],
    ]
    tables["pay"] = [["month", "person", "kind", "leads", "amount"], ["2026-03-01", "M", "за принятый лид", 50, 9000]]
    for month in ("2026-04-01", "2026-05-01", "2026-06-01"):
        tables["pay"] += [
            [month, "M", "оклад", "", 1000],
            [month, "M", "за лид", 20, 600],
            [month, "M", "за квалифицированный лид", 10, 400],
            [month, "Анна", "процент с продаж", "", 5000],
        ]
    tables["figures"] = [["month", "department", "leads", "qualified", "customers"]]
    for month in ("2026-04-01", "2026-05-01", "2026-06-01"):
        tables["figures"] += [[month, "Маркетинг", 100, 50, 10], [month, "Отдел продаж", 110, 50, 10]]
    tables["kpis"] = [["week", "kpi", "value"], ["2026-05-04", "Повторные покупки", 3], ["2026-06-29", "run_rate", 7]]
    right = {"Прогноз по темпу": 0, "Сделки в работе": 5000, "Лучшая конверсия менеджера, %": 18.42}
    right |= {"Худшая конверсия менеджера, %": 18.06, "Доля целевых": 0.3333, "Цена клиента": 500}
    for place, week in enumerate(("2026-04-27", "2026-05-04", "2026-05-11", "2026-05-18", "2026-06-08")):
        for name, value in right.items():
            wrong = place == 3 and name == "Цена клиента"
            if place < 4 or name == "Цена клиента":
                tables["kpis"].append([week, name, value * 1.06 if wrong else value])
    return tables


def write_answers(folder: Path) -> None:
    """Three of marketing, three of sales; three of the five who say so name the step from first answer to qualified."""
    opinion = Opinion(levels("3 " * 20), levels("3 " * 20))
    people = [
        Person(f"{side[0]}{i}", side, "leader" if i == 0 else "staff", loses_at=loses, sees=sees)
        for side, sees, losing in (
            ("marketing", ("leads",), ("contacted", "contacted", "qualified")),
            ("sales", ("leads", "contacted", "won"), ("leads", "won", None)),
        )
        for i, loses in enumerate(losing)
    ]
    folder.mkdir(parents=True)
    write_forms(folder, people, answers_of(people, opinion, 1), "ru", dt.date(2026, 7, 1))
