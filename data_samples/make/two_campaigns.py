"""Two campaigns for 40 000 roubles each, the worked example of the project: -10 000 and +60 000. Written by rule."""

from __future__ import annotations

import datetime as dt
from typing import Any

from data_samples.make.exports import Folders
from data_samples.make.model import STEPS, Company, Lead, Seller, Source, Spend, Story
from data_samples.make.survey import Opinion, Person, answers_of, levels, survey_truth, write_forms
from data_samples.make.truth import truth
from data_samples.make.writers import write_csv

PLEASANT = Source("pleasant", "yandex", 0, 0.1, 10_000, 0.6, 4.5, "Приятные лиды", cpl=1000)
RUBBISH = Source("rubbish", "vk", 0, 1 / 6, 10_000, 0.4, 1.6, "«Мусорные» лиды", cpl=40_000 / 60)
LEADS = {"pleasant": 30, "rubbish": 60}
SALES = {"pleasant": 3, "rubbish": 10}
FIRST = dt.datetime(2026, 3, 2, 10, 0)
COMPANY = Company(
    slug="two-campaigns",
    seed=7,
    currency="RUB",
    first_day=dt.date(2026, 3, 1),
    as_of=dt.date(2026, 6, 30),
    period=(dt.date(2026, 3, 1), dt.date(2026, 5, 31)),
    compare=(dt.date(2025, 12, 1), dt.date(2026, 2, 28)),
    margin=1.0,
    sources=(PLEASANT, RUBBISH),
    sellers=(Seller("Первый Иван"), Seller("Вторая Мария")),
    season=(1.0,) * 12,
    weekdays=(1.0,) * 7,
    hours=(1.0,) * 24,
    open_hours={},
    answer_min=45,
    answer_sigma=0,
    never_answered=0,
    cycle_days=10,
)
# Planted: marketing thinks that both know what a qualified lead is, sales does not.
OPINION = Opinion(
    #               A1 A2 A3 A4  B1 B2 B3 B4  C1 C2 C3 C4  D1 D2 D3 D4  E1 E2 E3 E4
    marketing=levels("3 2 2 2  4 3 3 2  2 3 1 2  3 3 2 2  2 3 2 2"),
    sales=levels("3 2 2 2  2 4 4 3  2 3 1 2  3 2 2 2  2 3 3 3"),
    not_applicable=("C3",),
)
STEPS_SEEN = ("leads", "contacted", "qualified", "meeting", "proposal", "won")
PEOPLE = (
    Person("m1", "marketing", "leader", sees=("impressions", "clicks", "leads"), loses_at="contacted", seconds=150,
           comments={"B1": "Лиды есть, почему их не продают - непонятно."}),
    Person("m2", "marketing", sees=("impressions", "clicks", "leads"), loses_at="contacted", seconds=128),
    Person("s1", "sales", "leader", sees=STEPS_SEEN, loses_at="leads", seconds=140,
           comments={"B1": "С «мусорными» лидами неприятно разговаривать."}),
    Person("s2", "sales", unseen=("D4",), sees=STEPS_SEEN, loses_at="leads", seconds=133),
    Person("s3", "sales", unseen=("D4", "A2"), sees=STEPS_SEEN[:3], loses_at="qualified", seconds=117),
)  # fmt: skip
LEAD_HEAD = ["№", "Дата", "Имя", "Телефон", "Канал", "Кампания", "Менеджер", "Этап", "Целевой", "Оценка", "Ответили"]
LEAD_HEAD += ["Принят", "Причина", "Закрыт"]
DEAL_HEAD = ["Сделка", "Лид", "Открыта", "Закрыта", "Этап", "Сумма", "Менеджер"]


def make(folders: Folders) -> None:
    """Write the exports, the answers and the truth."""
    leads = _leads()
    spend = [
        Spend(dt.date(2026, month, 1), source, cost, shown, clicks)
        for source, shown, clicks in ((PLEASANT, 15_000, 300), (RUBBISH, 40_000, 800))
        for month, cost in ((3, 15_000.0), (4, 15_000.0), (5, 10_000.0))
    ]
    story = Story(COMPANY, leads, spend, dt.datetime(2026, 6, 30, 23, 59, 59))
    write_csv(folders.exports / "leads.csv", [LEAD_HEAD, *(_lead_row(lead) for lead in leads)])
    won = [lead for lead in leads if lead.won]
    write_csv(folders.exports / "deals.csv", [DEAL_HEAD, *(_deal_row(lead) for lead in won)])
    write_csv(folders.exports / "spend.csv", _spend_rows(spend))
    answers = answers_of(PEOPLE, OPINION, COMPANY.seed)
    write_forms(folders.answers, PEOPLE, answers, "ru", dt.date(2026, 6, 20))
    traps = {"duplicate_zero_spend_rows": 0, "personal": ["Образцов", "000) "]}
    traps["contradiction"] = {"liked_and_loses": PLEASANT.campaign, "disliked_and_earns": RUBBISH.campaign}
    folders.write_truth(truth(story, survey_truth(PEOPLE, answers), traps))


def _leads() -> list[Lead]:
    leads = []
    for source, step_hours in ((PLEASANT, 67), (RUBBISH, 34)):
        count = LEADS[source.key]
        # Sales spread evenly over the campaign: every tenth, every sixth lead.
        every = count // SALES[source.key]
        for i in range(count):
            created = FIRST + dt.timedelta(hours=step_hours * i, minutes=7 * i % 60)
            lead = Lead(0, created, source, 0, COMPANY.sellers[i // every % 2].name, "", source.p_win)
            lead.answered = created + dt.timedelta(minutes=20 + 13 * (i % 7))
            lead.won, lead.lost = i % every == every - 1, i % every != every - 1
            lead.closed = created + dt.timedelta(days=5 + i % 9)
            good = lead.won or i % (2 if source is PLEASANT else 4) == 0
            marks = (lead.answered, *(lead.answered + dt.timedelta(days=day) for day in (1, 2, 4)))
            lead.steps = dict(zip(STEPS if lead.won else STEPS[:2] if good else STEPS[:1], marks, strict=False))
            lead.bant = (good, good, good, True)
            lead.rating = (5, 4, 4, 5, 3)[i % 5] if source is PLEASANT else (1, 2, 2, 1, 3)[i % 5]
            lead.amount = 10_000 if lead.won else None
            lead.rejected = not good
            lead.reason = "" if lead.won else ("Дорого" if good else "Не наш клиент")
            leads.append(lead)
    leads.sort(key=lambda lead: lead.created)
    for number, lead in enumerate(leads, start=1):
        lead.number = lead.person = number
    return leads


def _moment(moment: dt.datetime | None) -> str:
    return moment.strftime("%Y-%m-%d %H:%M") if moment else ""


def _lead_row(lead: Lead) -> list[Any]:
    stage = "Продажа" if lead.won else "Отказ"
    target = "да" if "qualified" in lead.steps else "нет"
    return [
        *(f"L{lead.number:03d}", _moment(lead.created), f"Образцов Образец {lead.person}"),
        *(f"+7 (000) 000-00-{lead.person:02d}", lead.source.channel, lead.source.campaign, lead.seller, stage),
        *(target, lead.rating, _moment(lead.answered), target, lead.reason, _moment(lead.closed)),
    ]


def _deal_row(lead: Lead) -> list[Any]:
    opened, closed = _moment(lead.steps["meeting"]), _moment(lead.closed)
    return [f"D{lead.number:03d}", f"L{lead.number:03d}", opened, closed, "Продажа", lead.amount, lead.seller]


def _spend_rows(spend: list[Spend]) -> list[list[Any]]:
    rows: list[list[Any]] = [["С", "По", "Канал", "Кампания", "Расход", "Показы", "Клики"]]
    for one in spend:
        last = (one.day.replace(day=28) + dt.timedelta(days=4)).replace(day=1) - dt.timedelta(days=1)
        row = [one.day, last, one.source.channel, one.source.campaign, int(one.cost), one.impressions, one.clicks]
        rows.append(row)
    return rows
