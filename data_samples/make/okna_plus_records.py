"""What Окна Плюс keeps beside CRM and advertising: history of stages, calls, meetings, promotions, goals, pay."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from data_samples.make.exports import Folders, dmy
from data_samples.make.model import Lead, Spend
from data_samples.make.okna_plus_crm import STAGES, deal_id, pipeline_of
from data_samples.make.records import (
    Meeting,
    Review,
    Touch,
    Weekly,
    history,
    meetings,
    months_of,
    own_figures,
    sorted_blindly,
    weekly,
)
from data_samples.make.records import touches as calls_of
from data_samples.make.truth import plain_cost
from data_samples.make.world import DAY, World
from data_samples.make.writers import write_csv, write_xlsx

REVIEW = Review(dt.date(2025, 9, 1), per_month=2.0, alone=0.5, best="Стеклова Анна")
ASKED_FOR_REVIEW = 0.14
MARKETERS = (
    ("Рекламина Дарья", "Маркетолог 1"),
    ("Охватов Никита", "Маркетолог 2"),
    ("Кликова Инна", "Маркетолог 3"),
    ("Баннеров Илья", "Руководитель маркетинга"),
)
SORTERS = ("Маркетолог 1", "Менеджер 2")
DECISIONS = (
    ("Добавить в CRM обязательное поле «причина брака»", "Баннеров Илья"),
    ("Дежурный на заявках по понедельникам с 9 до 13", "Форточкин Пётр"),
    ("Отключить показы «Скидка 20 %» по области", "Кликова Инна"),
    ("Прослушать по два звонка каждого менеджера", "Охватов Никита"),
    ("Собрать список отказов «Дорого» за последний месяц", "Рамкина Ольга"),
)
# Twelve weeks to the audit: six meetings of both sides with a decision that has an owner and a date.
MEETINGS = "D-rDsD-dDrD-D" + "Ds-DrD-dDrDD"
# Twelve weeks to the audit: four in which all five figures were written down and are right.
FIVE_FIGURES = "hh-w-hRwhR-w" + "hRw-RhRw-hRw"
FIGURE_NAMES = {
    "run_rate": "Прогноз по темпу, ₽",
    "pipeline": "Сделки в работе, ₽",
    "manager_max": "Лучшая конверсия менеджера, %",
    "manager_min": "Худшая конверсия менеджера, %",
    "qualified_share": "Доля целевых лидов, %",
    "cac": "Цена клиента (CAC), ₽",
}
# Told to sales: two of eight three working days ahead, one not at all, the others a day before or after the start.
PROMOTIONS = (
    ("Зимние окна -10 %", (2026, 1, 12), (2026, 1, 31), (2025, 12, 29)),
    ("Балкон под ключ: утепление в подарок", (2026, 2, 2), (2026, 2, 28), (2026, 2, 3)),
    ("Рассрочка 0 % на 6 месяцев", (2026, 2, 16), (2026, 3, 31), (2026, 2, 13)),
    ("Дверь + окно", (2026, 3, 2), (2026, 3, 31), None),
    ("Москитная сетка в подарок", (2026, 4, 13), (2026, 5, 31), (2026, 4, 7)),
    ("Майские скидки", (2026, 4, 27), (2026, 5, 11), (2026, 4, 24)),
    ("Бесплатный замер в области", (2026, 5, 18), (2026, 6, 30), (2026, 5, 20)),
    ("Скидка 20 % до конца лета", (2026, 6, 1), (2026, 8, 31), (2026, 5, 29)),
    ("Тёплый подоконник в подарок", (2026, 7, 13), (2026, 8, 16), (2026, 7, 9)),
)
# What the meetings wrote down besides decisions: day, kind, text, whose, channel.
NOTES = (
    ((2026, 5, 12), "изменение", "Форма заявки: добавили вопрос о сроке установки", "", "yandex"),
    ((2026, 6, 9), "изменение", "Оффер на лендинге: «замер за день» вместо «скидка 20 %»", "", "vk"),
    ((2026, 7, 7), "гипотеза", "Цену спрашивают раньше замера: уточним вилку цен в объявлении", "маркетинг", ""),
    ((2026, 7, 7), "гипотеза", "Договоры тормозит рассрочка: банк отвечает третий день", "продажи", ""),
    ((2026, 7, 7), "сигнал", "Трое клиентов за неделю ждут скидку к концу лета", "", ""),
)
# Campaign, noted, roubles, until: only goals noted before the months they speak of count.
GOALS = (
    ("Окна ПВХ, поиск, Москва", (2025, 12, 29), 2_900_000, (2026, 3, 31)),
    ("Окна ПВХ, поиск, Москва", (2026, 4, 20), 3_100_000, (2026, 6, 30)),
    ("Двери входные, поиск, область", (2026, 3, 27), 900_000, (2026, 6, 30)),
    ("Премиум-окна, поиск, Москва", (2026, 7, 3), 4_000_000, (2026, 9, 30)),
    ("Имидж, видео", (2025, 12, 22), 1_000_000, (2026, 6, 30)),
)
EVENTS = (
    ("Выставка «Загородный дом»", (2026, 3, 19), 24, 0.35),
    ("День открытых дверей в шоуруме", (2026, 5, 16), 18, 0.5),
)


def write_records(folders: Folders, world: World) -> dict[str, Any]:
    """Write the optional tables; return what was planted in them and the facts they hold, counted from the model."""
    talks = calls_of(world, REVIEW, ASKED_FOR_REVIEW)
    held = meetings(world.company.as_of, MEETINGS, DECISIONS)
    weeks = weekly(world, FIVE_FIGURES, lambda first, last: _cost(world.spend, first, last))
    repeated = _history(folders, world)
    _calls(folders, world, talks)
    _people(folders, world)
    _meetings(folders, held)
    _plans(folders, world)
    late = _events(folders, world)
    figures = own_figures(world, 0.02, months_of(dt.date(2026, 1, 1), dt.date(2026, 6, 30)))
    head = ["Месяц", "Отдел", "Лиды", "Целевые", "Клиенты"]
    sides = {"marketing": "Маркетинг", "sales": "Отдел продаж"}
    rows = [[month, sides[side], *numbers] for month, side, *numbers in figures]
    write_xlsx(folders.exports / "cifry_otdelov.xlsx", {"Сверка": [["Сверка отчётов отделов"], [], head, *rows]})
    pay = _pay(folders, world)
    sorting = sorted_blindly(world, 40, (0.08, 0.2))
    head = ["Сделка", "Кто", "Целевой?"]
    pairs = [(lead, who, good) for lead, *said in sorting for who, good in zip(SORTERS, said, strict=True)]
    rows = [[deal_id(lead), who, "да" if good else "нет"] for lead, who, good in pairs]
    write_xlsx(folders.exports / "slepaya_razmetka.xlsx", {"Разметка": [head, *rows]})
    _weeks(folders, weeks)
    return {
        "talks": talks, "meetings": held, "weeks": weeks, "figures": figures, "pay": pay, "events": late,
        "sorting": sorting,
        "repeated_events": repeated,
    }  # fmt: skip


def _cost(spend: Sequence[Spend], first: dt.date, last: dt.date) -> float:
    return float(sum((plain_cost(row) for row in spend if first <= row.day <= last), Decimal()))


def _history(folders: Folders, world: World) -> int:
    """amoCRM's log of events; some rows were exported twice."""
    rows: list[list[Any]] = []
    repeated = 0
    for place, entry in enumerate(history(world)):
        line = pipeline_of(entry.lead)
        stage = {"won": "Успешно реализовано", "lost": "Закрыто и не реализовано"} | STAGES[line]
        rows.append([dmy(entry.at), deal_id(entry.lead), line, stage[entry.step]])
        if place % 997 == 996:
            rows.append(rows[-1])
            repeated += 1
    head = ["Дата события", "ID сделки", "Воронка", "Значение после"]
    write_csv(folders.exports / "amocrm_events_2026-07-15.csv", [head, *rows], delimiter=";", encoding="cp1251")
    return repeated


def _calls(folders: Folders, world: World, talks: Sequence[Touch]) -> None:
    """The telephony's log: talk time as minutes:seconds, a lead's number where the call was bound to one."""
    kinds = {"call": "Звонок", "message": "Сообщение", "review_request": "Просьба об отзыве"}
    rows: list[list[Any]] = []
    for place, touch in enumerate(talks):
        status = "Пропущен" if touch.incoming and not touch.answered else "Принят" if touch.answered else "Нет ответа"
        length = f"{touch.seconds // 60}:{touch.seconds % 60:02d}" if touch.kind == "call" else ""
        who = "Форточкин П." if touch.seller == "Форточкин Пётр" and place % 5 == 0 else touch.seller
        by = {"": "", "sales": "РОП", "both": "РОП и маркетинг"}[touch.reviewers]
        row = [dmy(touch.at), kinds[touch.kind], "входящий" if touch.incoming else "исходящий"]
        row += [deal_id(touch.lead) if touch.lead else "", length, status, who]
        rows.append([*row, "" if touch.score is None else touch.score, by])
    head = ["Дата", "Вид", "Направление", "Сделка", "Длительность", "Статус", "Сотрудник", "Чек-лист, баллы", "Оценил"]
    above = ["Журнал звонков и сообщений;;;;;;;;", ";;;;;;;;"]
    path = folders.exports / "zhurnal_zvonkov.csv"
    write_csv(path, [head, *rows], delimiter=";", encoding="cp1251", above=above)


def _people(folders: Folders, world: World) -> None:
    rows: list[list[Any]] = [["Сотрудник", "Отдел", "Показывать как", "Работает с", "Работает до"]]
    for place, seller in enumerate(world.company.sellers, start=1):
        rows.append([seller.name, "Продажи", f"Менеджер {place}", dt.date(2024, place, 10), None])
    rows.append(["Рулонов Глеб", "Продажи", "Менеджер 9", dt.date(2023, 2, 1), dt.date(2025, 4, 30)])
    rows += [[name, "Маркетинг", alias, dt.date(2024, 9, 2), None] for name, alias in MARKETERS]
    rows.append(["Гудкова Алла", "Колл-центр", "Оператор", dt.date(2025, 3, 3), None])
    write_xlsx(folders.exports / "sotrudniki.xlsx", {"Сотрудники": rows})


def _meetings(folders: Folders, held: Sequence[Meeting]) -> None:
    sides = {"marketing": "маркетинг", "sales": "продажи"}
    rows: list[list[Any]] = [["Дата", "Кто был", "Решили"]]
    tasks: list[list[Any]] = [["Планёрка", "Решение", "Кто", "Срок", "Сделано"]]
    for meeting in held:
        rows.append(
            [meeting.date, ", ".join(sides[x] for x in meeting.present), "; ".join(x.text for x in meeting.tasks)]
        )
        for task in meeting.tasks:
            dates = [day.strftime("%d.%m.%Y") if day else "-" for day in (task.due, task.done)]
            tasks.append([task.date.strftime("%d.%m.%Y"), task.text, task.owner, *dates])
    write_xlsx(folders.exports / "planerki.xlsx", {"Планёрки": rows})
    write_csv(folders.exports / "zadachi_planerok.csv", tasks, delimiter=";", encoding="utf-8-sig")


def _plans(folders: Folders, world: World) -> None:
    """Promotions and goals in money."""
    rows: list[list[Any]] = [["Акция", "Начало", "Конец", "Сообщили продажам"]]
    for name, starts, ends, brief in PROMOTIONS:
        days = [dt.date(*day).strftime("%d.%m.%Y") if day else "" for day in (starts, ends, brief)]
        rows.append([name, *days])
    write_csv(folders.exports / "akcii_2026.csv", rows, delimiter=";", encoding="utf-8-sig")
    notes = [["Планёрка", "Вид", "Запись", "Чья", "Канал"]]
    notes += [[dt.date(*day).strftime("%d.%m.%Y"), *rest] for day, *rest in NOTES]
    write_csv(folders.exports / "zapisi_planerok.csv", notes, delimiter=";", encoding="utf-8-sig")
    goals: list[list[Any]] = [["Кампания", "Записано", "Цель: выручка, ₽", "До"]]
    goals += [[name, dt.date(*noted), money, dt.date(*until)] for name, noted, money, until in GOALS]
    write_xlsx(folders.exports / "celi_kampaniy.xlsx", {"Цели": goals})


def _events(folders: Folders, world: World) -> list[tuple[str, dt.date, dt.date, Lead]]:
    """Contacts of two events: which lead each became, when it was noted. Returns event, day, day noted, lead."""
    rows: list[list[Any]] = [["Мероприятие", "Дата", "Сделка", "Заметка внесена"]]
    made = []
    for name, day, contacts, share in EVENTS:
        on = dt.date(*day)
        later = [x for x in world.leads if x.source.channel in ("direct", "organic") and x.created.date() > on]
        for place, lead in enumerate([x for x in later if x.seller and not x.test][:contacts]):
            in_time = place < round(contacts * share)
            noted = world.at_work(dt.datetime.combine(on + (1 if in_time else 6 + place % 5) * DAY, dt.time(11, place)))
            rows.append([name, on.strftime("%d.%m.%Y"), deal_id(lead), dmy(noted)])
            made.append((name, on, noted.date(), lead))
    write_csv(folders.exports / "kontakty_meropriyatiy.csv", rows, delimiter=";", encoding="utf-8-sig")
    return made


def _pay(folders: Folders, world: World) -> list[tuple[dt.date, str, int | None, int]]:
    """Bonuses of the marketers: month, what for, leads, roubles. Most of the money still goes for any lead."""
    rows: list[list[Any]] = [["Месяц", "Кому", "За что", "Лидов", "Начислено, ₽"]]
    made: list[tuple[dt.date, str, int | None, int]] = []
    for month in months_of(dt.date(2025, 7, 1), dt.date(2026, 6, 30)):
        own = [x for x in world.leads if (x.created.year, x.created.month) == (month.year, month.month)]
        paid = [x for x in own if x.source.cpl]
        good = sum("qualified" in x.steps for x in paid)
        made.append((month, "Оклад", None, 60_000))
        made.append((month, "За лид", len(paid), 150 * len(paid)))
        made.append((month, "За принятый лид", good, 260 * good))
        for (_, kind, leads, amount), alias in zip(
            made[-3:], ("Маркетолог 1", "Маркетолог 1", "Маркетолог 2"), strict=True
        ):
            rows.append([month, alias, kind, leads, amount])
    write_xlsx(folders.exports / "premii_marketinga.xlsx", {"Премии": rows})
    return made


def _weeks(folders: Folders, weeks: Sequence[Weekly]) -> None:
    """The five figures of the weekly meeting; twice a year also how many customers came by recommendation."""
    rows: list[list[Any]] = [["Неделя с", "Показатель", "Значение"]]
    for week in weeks:
        for name, value in week.values.items():
            shown = 100 * value if name in ("manager_max", "manager_min", "qualified_share") else value
            digits = 1 if name in ("manager_max", "manager_min", "qualified_share") else 0
            rows.append([week.monday.strftime("%d.%m.%Y"), FIGURE_NAMES[name], f"{shown:.{digits}f}".replace(".", ",")])
    for day, share in (((2025, 12, 15), "10,8"), ((2026, 6, 22), "11,2")):
        rows.append([dt.date(*day).strftime("%d.%m.%Y"), "Клиенты по рекомендации, %", share])
    write_csv(folders.exports / "pyat_cifr.csv", rows, delimiter=";", encoding="utf-8-sig")


__all__ = ["FIGURE_NAMES", "GOALS", "PROMOTIONS", "write_records"]
