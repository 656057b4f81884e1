"""Окна Плюс: windows and doors, roubles; one-entity CRM in the manner of amoCRM, Yandex Direct and VK."""

from __future__ import annotations

import datetime as dt
from typing import Any

from data_samples.make.exports import Folders
from data_samples.make.model import Company, Seller, Spend, sources_of
from data_samples.make.okna_plus_crm import HEAD, deal
from data_samples.make.okna_plus_people import OPINION, OVERCLAIMS, PEOPLE
from data_samples.make.okna_plus_records import GOALS, PROMOTIONS, write_records
from data_samples.make.record_truth import fact_truth, planted, table_truth
from data_samples.make.survey import answers_of, survey_truth, write_forms
from data_samples.make.truth import truth
from data_samples.make.world import World
from data_samples.make.writers import write_csv, write_xlsx

WINDOWS = (("Окна ПВХ", 0.8), ("Остекление балкона", 0.2))
BALCONIES = (("Остекление балкона", 1.0),)
DOORS = (("Двери входные", 0.7), ("Двери межкомнатные", 0.3))
ANY = (("Окна ПВХ", 0.6), ("Остекление балкона", 0.2), ("Двери входные", 0.2))

# Days off of the production calendar.
HOLIDAYS = frozenset(
    dt.date(year, month, day)
    for year, months in {
        2025: {5: (1, 2, 8, 9), 6: (12, 13), 11: (3, 4), 12: (31,)},
        2026: {1: tuple(range(1, 10)), 2: (23,), 3: (8, 9), 5: (1, 9, 11), 6: (12,)},
    }.items()
    for month, days in months.items()
    for day in days
)

# Sales likes "premium": polite people with big houses; it loses money. Sales calls "balconies" rubbish; it earns. The
# video brings no lead. Hoardings are paid from another pocket, so the spend exports do not know them.
SOURCES = sources_of(
    """
    key       | channel  | per_day | p_win | amount | quality | rating | untagged | products
    windows   | yandex   | 2.2     | 0.085 | 96000  | 0.45    | 3.6    | 0.03     | windows
    premium   | yandex   | 1.4     | 0.105 | 118000 | 0.55    | 4.5    | -        | windows
    balconies | yandex   | 2.4     | 0.065 | 76000  | 0.22    | 1.9    | 0.03     | balconies
    doors     | yandex   | 1.4     | 0.09  | 58000  | 0.4     | 3.2    | -        | doors
    again     | yandex   | 0.7     | 0.10  | 88000  | 0.45    | 3.5    | -        | any
    brand     | yandex   | 0       | 0     | 1      | -       | -      | -        | -
    summer    | vk       | 1.6     | 0.025 | 66000  | 0.25    | 2.3    | -        | any
    measure   | vk       | 1.8     | 0.05  | 72000  | 0.33    | 2.8    | 0.02     | any
    boards    | outdoor  | 0.35    | 0.07  | 85000  | 0.4     | 3.3    | -        | windows
    organic   | organic  | 1.5     | 0.10  | 92000  | 0.45    | 3.7    | -        | any
    referral  | referral | 0.6     | 0.24  | 104000 | 0.65    | 4.6    | -        | any
    direct    | direct   | 0.5     | 0.09  | 90000  | 0.4     | 3.4    | -        | any
    unknown   |          | 0.45    | 0.08  | 90000  | 0.4     | 3.2    | -        | any
    """,
    """
    key       | cpl  | daily | cpc | ctr   | campaign_id  | campaign
    windows   | 2100 | -     | 95  | 0.06  | 71204511     | Окна ПВХ, поиск, Москва
    premium   | 7600 | -     | 260 | 0.05  | 71204538     | Премиум-окна, поиск, Москва
    balconies | 520  | -     | 18  | 0.007 | 71290077     | Балконы под ключ, РСЯ
    doors     | 1250 | -     | 70  | 0.05  | 71311902     | Двери входные, поиск, область
    again     | 900  | -     | 22  | 0.009 | 71320045     | Ретаргетинг, РСЯ
    brand     | -    | 1800  | 45  | 0.004 | 71355500     | Имидж, видео
    summer    | 1150 | -     | 32  | 0.008 | 93150021     | Скидка 20 % до конца лета
    measure   | 640  | -     | 24  | 0.009 | 93150088     | Бесплатный замер, лид-форма
    boards    | -    | -     | -   | -     | qr_mkad_2026 | qr_mkad_2026
    """,
    {"windows": WINDOWS, "balconies": BALCONIES, "doors": DOORS, "any": ANY},
)
COMPANY = Company(
    slug="okna-plus",
    seed=105,
    currency="RUB",
    first_day=dt.date(2025, 5, 1),
    as_of=dt.date(2026, 7, 15),
    period=(dt.date(2026, 1, 1), dt.date(2026, 6, 30)),
    compare=(dt.date(2025, 7, 1), dt.date(2025, 12, 31)),
    margin=0.35,
    sources=SOURCES,
    sellers=(
        Seller("Форточкин Пётр"),
        Seller("Рамкина Ольга"),
        Seller("Стеклова Анна", skill=2.0),
        Seller("Подоконников Иван"),
        Seller("Штапиков Олег"),
        # Looks better than the others, because the warm leads go to her; her skill is the usual one.
        Seller("Откосова Вера", weight=0.8, prefers=("referral",)),
        Seller("Ручкин Денис"),
        Seller("Петелькина Юлия"),
    ),
    season=(0.75, 0.8, 0.95, 1.05, 1.1, 1.1, 1.1, 1.15, 1.2, 1.15, 0.95, 0.7),
    weekdays=(1.2, 1.15, 1.1, 1.05, 1.0, 0.85, 0.65),
    hours=(1, 0.5, 0.3, 0.2, 0.2, 0.5, 1, 2, 4, 6, 7, 7, 6.5, 6, 6, 6, 6, 6, 6, 6, 6, 5, 4, 2),
    open_hours={**dict.fromkeys(range(5), (9, 19)), 5: (10, 16)},
    closed=HOLIDAYS,
    answer_min=500,
    answer_sigma=1.15,
    never_answered=0.07,
    cycle_days=19,
    reject_reasons=(("Не дозвонились", 4), ("Не наш регион", 2), ("Только узнавал цену", 3), ("Ремонт окон", 1)),
    lost_reasons=(("Дорого", 4), ("Выбрали других", 3), ("Передумали", 2), ("Не устроил срок", 1)),
    reason_share=0.82,
    double_reason="Дубль заявки",
    test_reason="Тестовая заявка",
    tests=9,
    empty_amounts=(4, 3),
    # Nobody is on duty on Monday mornings and Friday evenings: these leads wait four times as long.
    slow={0: (0, 13, 4.0), 4: (16, 24, 4.0)},
    # In January the two best surveyors left: from then on a qualified lead is sold more rarely. Price and flow of
    # leads, their quality and the average deal stay as they were.
    closing_until=dt.date(2026, 1, 1),
    closing_before=1.45,
)

DMY = "%d.%m.%Y"


def make(folders: Folders) -> None:
    """Write the exports, the answers and the truth."""
    world = World(COMPANY)
    half = dt.date(2025, 12, 1)
    for name, rows in (
        ("amocrm_export_leads_2026-07-15.csv", [x for x in world.leads if x.created.date() < half]),
        ("amocrm_export_leads_2026-07-15 (1).csv", [x for x in world.leads if x.created.date() >= half]),
    ):
        write_csv(folders.exports / name, [HEAD, *(deal(lead, world) for lead in rows)])
    repeated = 0
    for year, until in ((2025, dt.date(2025, 12, 31)), (2026, COMPANY.as_of)):
        rows, again = _direct([x for x in world.spend if x.source.channel == "yandex" and x.day.year == year], until)
        write_xlsx(folders.exports / f"direct_{year}.xlsx", {"Sheet0": rows})
        repeated += again
    write_xlsx(folders.exports / "vk_2025-2026.xlsx", _vk([x for x in world.spend if x.source.channel == "vk"]))
    answers = answers_of(PEOPLE, OPINION, COMPANY.seed)
    write_forms(folders.answers, PEOPLE, answers, "ru", dt.date(2026, 7, 10))
    traps = {"duplicate_zero_spend_rows": repeated, "personal": ["Образцов", "Образец", "@example.com", "000) "]}
    traps["contradiction"] = {"liked_and_loses": "71204538", "disliked_and_earns": "71290077"}
    records = write_records(folders, world)
    found = truth(world, survey_truth(PEOPLE, answers, OVERCLAIMS), traps)
    found["planted"] = planted(world)
    found["tables"] = table_truth(world, records)
    found["facts"] = fact_truth(world, records, GOALS, PROMOTIONS, 60)
    folders.write_truth(found)


def _direct(spend: list[Spend], until: dt.date) -> tuple[list[list[Any]], int]:
    """Rows of «Мастер отчетов», totals above them, and how many all-zero rows stand in it twice."""
    rows: list[list[Any]] = []
    repeated = 0
    for one in spend:
        price: Any = round(one.cost / one.clicks, 2) if one.clicks else "-"
        row = [one.day.strftime(DMY), one.source.campaign, one.source.campaign_id, one.impressions, one.clicks]
        rows.append([*row, one.cost, price])
        if not one.cost:
            rows.append([*row, one.cost, price])
            repeated += 1
    total = round(sum(one.cost for one in spend), 2)
    clicks = sum(one.clicks for one in spend)
    head = ["Дата", "Название кампании", "№ Кампании", "Показы", "Клики", "Расход, ₽", "Ср. цена клика, ₽"]
    above: list[list[Any]] = [
        ["Клиент: Образцов Образец (okna-plus-example)"],
        ["Отчет: Мастер отчетов"],
        [f"Период: {spend[0].day.strftime(DMY)} - {until.strftime(DMY)}"],
        [],
        head,
        ["Итого", "", "", sum(one.impressions for one in spend), clicks, total, round(total / clicks, 2)],
    ]
    return above + rows, repeated


def _vk(spend: list[Spend]) -> dict[str, list[list[Any]]]:
    head = ["Дата", "Название объявления", "Статус", "ID объявления", "ID группы объявлений"]
    head += ["Показы", "Клики", "Потрачено, ₽", "Охват"]
    rows: list[list[Any]] = [head]
    for one in spend:
        ad = str(int(one.source.campaign_id) * 3)
        row = [one.day, one.source.campaign, "Активно", ad, one.source.campaign_id, one.impressions, one.clicks]
        rows.append([*row, one.cost, round(one.impressions * 0.8)])
    summary = [["Кабинет", "okna-plus-example"], ["Валюта", "RUB"]]
    return {"Сводка": summary, "Объявления": rows}
