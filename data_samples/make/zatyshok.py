"""Затишок: furniture, hryvnias; one-entity CRM in the manner of Bitrix24, Meta and Telegram Ads (paid in TON)."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from data_samples.make.exports import Folders, dmy, email, headers, phone, row_of, variant
from data_samples.make.model import Company, Lead, Seller, Spend, sources_of
from data_samples.make.record_truth import fact_truth, planted, table_truth
from data_samples.make.survey import answers_of, survey_truth, write_forms, write_sheet
from data_samples.make.truth import plain_cost, truth
from data_samples.make.world import World
from data_samples.make.writers import write_csv
from data_samples.make.zatyshok_people import BY_FORM, OPINION, OVERCLAIMS, PEOPLE
from data_samples.make.zatyshok_records import PROMOTIONS, deal_id, write_records

SOFAS = (("Дивани", 0.8), ("Крісла", 0.2))
KITCHENS = (("Кухні", 1.0),)
BEDS = (("Ліжка", 0.5), ("Матраци", 0.5))
CHILDREN = (("Дитячі меблі", 1.0),)
ANY = (("Дивани", 0.4), ("Кухні", 0.2), ("Матраци", 0.2), ("Ліжка", 0.2))

# Sales likes the kitchens: long talks about islands and stone tops; they lose money. Sales calls the mattresses
# rubbish; they earn. The video brings no lead. Telegram is paid in TON, and so are its cpl and cpc here; its export has
# no clicks. The blogger is paid in sofas, so no spend export knows him. Half of the revenue has no source at all.
SOURCES = sources_of(
    """
    key        | channel  | per_day | p_win | amount | quality | rating | untagged | products
    sofas      | meta     | 2.1     | 0.07  | 26000  | 0.42    | 3.4    | 0.05     | sofas
    kitchens   | meta     | 1.1     | 0.085 | 62000  | 0.55    | 4.4    | -        | kitchens
    mattresses | meta     | 2.0     | 0.09  | 11500  | 0.24    | 1.9    | -        | beds
    children   | meta     | 1.2     | 0.05  | 17000  | 0.32    | 2.9    | -        | children
    brand      | meta     | 0       | 0     | 1      | -       | -      | -        | -
    designers  | telegram | 0.9     | 0.065 | 34000  | 0.45    | 3.8    | -        | any
    newbuilds  | telegram | 0.8     | 0.028 | 30000  | 0.3     | 2.6    | -        | any
    blogger    | blogger  | 0.4     | 0.08  | 30000  | 0.4     | 3.5    | -        | sofas
    organic    | organic  | 0.8     | 0.10  | 27000  | 0.45    | 3.6    | -        | any
    referral   | referral | 0.4     | 0.22  | 30000  | 0.6     | 4.5    | -        | any
    unknown    |          | 4.4     | 0.14  | 34000  | 0.45    | 3.5    | -        | any
    """,
    """
    key        | cpl  | daily | cpc  | ctr   | counts_clicks | campaign_id        | campaign
    sofas      | 420  | -     | 9    | 0.012 | yes           | 120209900011220001 | divany_kyiv_lead
    kitchens   | 3900 | -     | 38   | 0.01  | yes           | 120209900011220002 | kuhni_premium
    mattresses | 130  | -     | 4    | 0.015 | yes           | 120209900011220003 | rozprodazh_matraciv
    children   | 330  | -     | 8    | 0.011 | yes           | 120209900011220004 | dytyachi_lizhka
    brand      | -    | 700   | 3    | 0.006 | yes           | 120209900011220005 | brend_video
    designers  | 3.4  | -     | 0.09 | 0.006 | no            | -                  | tg_dyzajnery
    newbuilds  | 6.2  | -     | 0.11 | 0.005 | no            | -                  | tg_novobudovy
    blogger    | -    | -     | -    | -     | -             | -                  | bloger_oselya
    """,
    {"sofas": SOFAS, "kitchens": KITCHENS, "beds": BEDS, "children": CHILDREN, "any": ANY},
)
COMPANY = Company(
    slug="zatyshok",
    seed=20260717,
    currency="UAH",
    first_day=dt.date(2025, 5, 1),
    as_of=dt.date(2026, 7, 15),
    period=(dt.date(2026, 1, 1), dt.date(2026, 6, 30)),
    compare=(dt.date(2025, 7, 1), dt.date(2025, 12, 31)),
    margin=0.42,
    sources=SOURCES,
    sellers=(
        Seller("Полиця Оксана"),
        Seller("Шухляда Тарас"),
        Seller("Диванний Роман"),
        Seller("Комодна Ірина"),
        # The only one who really differs.
        Seller("Табурет Остап", skill=1.9),
        Seller("Подушко Леся", weight=0.8, prefers=("referral",)),
        Seller("Торшер Марко"),
    ),
    season=(0.85, 0.9, 1.0, 1.05, 1.05, 0.95, 0.9, 1.0, 1.15, 1.15, 1.2, 1.05),
    weekdays=(1.1, 1.05, 1.0, 1.0, 1.0, 0.95, 0.9),
    hours=(0.8, 0.3, 0, 0, 0, 0.3, 0.8, 2, 4, 6, 7, 7, 6.5, 6, 6, 6, 6, 6.5, 7, 7, 6.5, 6, 4, 2),
    open_hours={**dict.fromkeys(range(6), (9, 20)), 6: (10, 18)},
    answer_min=55,
    answer_sigma=1.2,
    never_answered=0.05,
    cycle_days=12,
    reject_reasons=(("Не відповідає", 4), ("Не наше місто", 2), ("Лише дивиться", 3), ("Просить ремонт", 1)),
    lost_reasons=(("Дорого", 4), ("Обрали інших", 3), ("Передумали", 2), ("Довгий термін", 2)),
    double_reason="Дубль",
    test_reason="Тестовий лід",
    tests=6,
    empty_amounts=(5, 2),
)
RATES = {dt.date(2025, 5, 1): 128, dt.date(2025, 9, 1): 134, dt.date(2026, 1, 1): 121, dt.date(2026, 4, 1): 117}
STAGES = {"leads": "Новий лід", "contacted": "Контакт відбувся", "qualified": "Якісний лід", "meeting": "Візит у салон"}
STAGES |= {"proposal": "Рахунок надіслано"}
RATINGS = {5: "A - гарячий", 4: "B - теплий", 3: "C - звичайний", 2: "D - холодний", 1: "E - не наш"}
HEAD = headers(
    "ID|Напрямок|Стадія угоди|Назва угоди|Сума|Валюта|Тип|Джерело|Відповідальний|Дата створення|Дата зміни|"
    "Дата закриття|Коментар|UTM Source|UTM Medium|UTM Campaign|Контакт|Контакт: ID|Контакт: Ім'я|"
    "Контакт: Прізвище|Контакт: Робочий телефон|Контакт: Робочий e-mail|Товар|Перша відповідь|Оцінка ліда|"
    "Якість ліда|Прийнято відділом продажу|Дата прийняття|Причина"
)


def make(folders: Folders) -> None:
    """Write the exports, the answers and the truth."""
    world = World(COMPANY)
    half = dt.date(2025, 12, 1)
    for name, rows in (
        ("DEAL_20260715_1_a1b2c3.csv", [x for x in world.leads if x.created.date() < half]),
        ("DEAL_20260715_2_d4e5f6.csv", [x for x in world.leads if x.created.date() >= half]),
    ):
        table = [HEAD, *(_deal(lead, world) for lead in rows)]
        write_csv(folders.exports / name, table, delimiter=";", encoding="utf-8-sig")
    repeated = _meta(folders, [x for x in world.spend if x.source.channel == "meta"])
    for key in ("designers", "newbuilds"):
        _telegram(folders, [x for x in world.spend if x.source.key == key])
    answers = answers_of(PEOPLE, OPINION, COMPANY.seed)
    forms = [person for person in PEOPLE if person.name in BY_FORM]
    write_forms(folders.answers, forms, answers, "uk", dt.date(2026, 7, 9))
    others = [person for person in PEOPLE if person.name not in BY_FORM]
    write_sheet(folders.answers / "paper_forms.csv", others, answers, "open", 5)
    traps = {
        "duplicate_zero_spend_rows": repeated,
        "personal": ["Зразко", "Приклад", "@example.com", "00) "],
        "contradiction": {"liked_and_loses": "kuhni_premium", "disliked_and_earns": "rozprodazh_matraciv"},
    }
    found = truth(world, survey_truth(PEOPLE, answers, OVERCLAIMS), traps, cost=in_hryvnias)
    found["spend_ton"] = str(sum((plain_cost(x) for x in world.spend if x.source.channel == "telegram"), Decimal()))
    found["rates"] = {str(day): rate for day, rate in RATES.items()}
    records = write_records(folders, world)
    found["planted"] = planted(world)
    found["tables"] = table_truth(world, records)
    found["facts"] = fact_truth(world, records, (), PROMOTIONS, 30)
    folders.write_truth(found)


def in_hryvnias(row: Spend) -> Decimal:
    """Cost of a row; TON at the last rate known on its day."""
    if row.source.channel != "telegram":
        return plain_cost(row)
    return plain_cost(row) * RATES[max(day for day in RATES if day <= row.day)]


def _deal(lead: Lead, world: World) -> list[Any]:
    won, lost = "Угода успішна", "Угода провалена"
    stage = won if lead.won else lost if lead.lost else STAGES[lead.step_on(world.now)]
    amount = "" if lead.amount is None else f"{lead.amount:.2f}".replace(".", ",")
    number = deal_id(lead)
    where = {"organic": "Веб-сайт", "referral": "Рекомендація"}.get(lead.source.channel, "")
    accepted = "Так" if "qualified" in lead.steps else "Ні" if lead.rejected else ""
    quality = "" if lead.bant is None else "Якісний лід" if sum(lead.bant) >= 3 else "Неякісний лід"
    cells = {
        "ID": number,
        "Напрямок": "Роздріб",
        "Стадія угоди": stage,
        "Назва угоди": "Тест" if lead.test else f"Угода №{number}",
        "Сума": amount,
        "Валюта": "UAH",
        "Тип": "Продаж",
        "Джерело": where,
        "Відповідальний": _owner(lead),
        "Дата створення": dmy(lead.created),
        "Дата зміни": dmy(lead.closed or lead.answered or lead.created),
        "Дата закриття": dmy(lead.closed),
        "Коментар": variant(lead.number, "", ('Хоче "сіру тканину"; передзвонити', 37)),
        "Контакт": f"Зразко Приклад {lead.person}",
        "Контакт: ID": 800_000 + lead.person,
        "Контакт: Ім'я": "Приклад",
        "Контакт: Прізвище": f"Зразко {lead.person}",
        "Контакт: Робочий телефон": phone(lead, "380", "0"),
        "Контакт: Робочий e-mail": email(lead, "pryklad") if lead.person % 3 == 0 else "",
        "Товар": lead.product,
        "Перша відповідь": dmy(lead.answered),
        "Оцінка ліда": RATINGS.get(lead.rating or 0, ""),
        "Якість ліда": quality,
        "Прийнято відділом продажу": accepted,
        "Дата прийняття": dmy(lead.steps.get("qualified")),
        "Причина": lead.reason,
    }
    cells |= dict(zip(("UTM Source", "UTM Medium", "UTM Campaign"), _tags(lead), strict=True))
    return row_of(HEAD, cells)


def _owner(lead: Lead) -> str:
    return "Комодна І." if lead.seller == "Комодна Ірина" and lead.number % 6 == 0 else lead.seller


def _tags(lead: Lead) -> list[str]:
    source = lead.source
    if lead.test:
        return ["test", "", ""]
    if source.channel == "meta":
        name = variant(lead.number, "facebook", ("fb", 7), ("instagram", 5), ("Facebook", 19))
        # The same name typed by hand into a second form.
        typed = variant(lead.number, source.campaign, (source.campaign.title(), 16))
        return [name, "paid_social", "{{campaign.name}}" if lead.untagged else typed]
    if source.channel == "telegram":
        return [variant(lead.number, "telegram", ("tg", 4), ("telegram.me", 11)), "ads", source.campaign]
    if source.channel == "blogger":
        return ["blogger", "social", source.campaign]
    return ["", "", ""]


def _meta(folders: Folders, spend: list[Spend]) -> int:
    """Ads Manager by day in Ukrainian, with its untranslated words and a row of totals."""
    head = ["Початок звітності", "Завершення звітності", "Назва кампанії", "Ідентифікаційний номер кампанії"]
    head += ["Показ кампанії", "Покази", "Unique Link Clicks", "Сума витрат (UAH)"]
    rows: list[list[Any]] = []
    repeated = 0
    for one in spend:
        row = [one.day, one.day, one.source.campaign, one.source.campaign_id, "active", one.impressions, one.clicks]
        rows.append([*row, f"{one.cost:.2f}"])
        if not one.cost:
            rows.append(rows[-1])
            repeated += 1
    cost = sum((plain_cost(one) for one in spend), Decimal())
    total = ["", "", "Total", "", "", sum(x.impressions for x in spend), sum(x.clicks for x in spend), cost]
    path = folders.exports / "Zatyshok-Campaigns-1-May-2025-15-Jul-2026.csv"
    write_csv(path, [head, total, *rows], encoding="utf-8-sig")
    return repeated


def _telegram(folders: Folders, spend: list[Spend]) -> None:
    """Tab-separated although it is called csv; days without money are not in it."""
    rows: list[list[Any]] = [["Day", "Views", "Amount, TON"]]
    for one in spend:
        if one.cost:
            day = f"{one.day.day} {one.day:%b %Y}"
            rows.append([day, one.impressions, f"{one.cost:.2f}".replace(".", ",")])
    write_csv(folders.exports / f"{spend[0].source.campaign}_daily.csv", rows, delimiter="\t")
