"""The deals export of Окна Плюс: one entity for leads and deals, in the manner of amoCRM."""

from __future__ import annotations

import datetime as dt
from typing import Any

from data_samples.make.exports import dmy, email, headers, mark, phone, row_of, variant
from data_samples.make.model import Lead
from data_samples.make.world import World

STAGES = {
    "Окна": {"leads": "Неразобранное", "contacted": "Связались", "qualified": "Квалифицирован", "meeting": "Замер"}
    | {"proposal": "Согласование"},
    # The same word means another thing here, as it does in real accounts.
    "Двери": {"leads": "Неразобранное", "contacted": "В работе", "qualified": "Согласование", "meeting": "Замер проёма"}
    | {"proposal": "Счёт выставлен"},
}
HEAD = headers(
    "ID|Название сделки|Бюджет |Ответственный|Дата создания сделки|Кем создана сделка|Дата редактирования|"
    "Кем редактирована|Дата закрытия|Теги|Примечание|Примечание 2|Примечание 3|Примечание 4|Примечание 5|"
    "Этап сделки|Воронка|Полное имя контакта|Компания контакта|Ответственный за контакт|Компания|"
    "Рабочий телефон|Рабочий прямой телефон|Мобильный телефон|Факс|Домашний телефон|Другой телефон|"
    "Рабочий email|Личный email|Другой email|Город|Источник|Должность|Товар|Skype|ICQ|Jabber|Google Talk|MSN|"
    "Другой IM|Пользовательское соглашение|cid|uid|tid|utm_source|utm_medium|utm_campaign|utm_term|utm_content|"
    "utm_referrer|_ym_uid|_ym_counter|roistat|referrer|openstat_service|openstat_campaign|openstat_ad|"
    "openstat_source|from|gclientid|gclid|yclid|fbclid|GOOGLE_ID|roistat|KEYWORD|ADV_CAMP|TRAF_TYPE|TRAF_SRC|"
    "Товар|Производитель|cid|uid|tid|Источник|domain|Первый ответ|Оценка лида|Приёмка|Дата приёмки|"
    "Ожидаемая оплата|Причина отказа|Бюджет есть|Решает сам|Есть потребность|Срок понятен"
)
SOURCE_NAMES = {"organic": "Органический поиск", "referral": "Рекомендация", "direct": "Прямой заход", "": ""}


def deal_id(lead: Lead) -> int:
    """Number of the deal in amoCRM."""
    return 41_000_000 + lead.number * 7


def pipeline_of(lead: Lead) -> str:
    """Which pipeline the deal runs in."""
    return "Двери" if lead.product.startswith("Двери") else "Окна"


def deal(lead: Lead, world: World) -> list[Any]:
    """A row of the deals export."""
    pipeline = pipeline_of(lead)
    row: dict[str, Any] = {
        "ID": deal_id(lead),
        "Название сделки": "Тест формы" if lead.test else f"Сделка #{deal_id(lead)}",
        "Бюджет ": "" if lead.amount is None else lead.amount,
        "Ответственный": _owner(lead),
        "Дата создания сделки": dmy(lead.created),
        "Кем создана сделка": "Робот" if lead.source.campaign else _owner(lead),
        "Дата редактирования": dmy(lead.closed or lead.answered or lead.created),
        "Дата закрытия": dmy(lead.closed, "не закрыта"),
        "Теги": variant(lead.number, "", ("срочно", 17), ("дача", 23)),
        "Примечание": variant(lead.number, "", ('Просил перезвонить\nпосле 18:00, "не раньше"', 41)),
        "Этап сделки": "Успешно реализовано"
        if lead.won
        else "Закрыто и не реализовано"
        if lead.lost
        else STAGES[pipeline][lead.step_on(world.now)],
        "Воронка": pipeline,
        "Полное имя контакта": f"Образцов Образец {lead.person}",
        "Рабочий телефон": phone(lead, "7", "8"),
        "Рабочий email": email(lead, "obrazec") if lead.person % 2 else "",
        "Город": variant(lead.person, "Москва", ("Химки", 6), ("Мытищи", 10)),
        "Источник": "Сайт" if lead.source.campaign else SOURCE_NAMES[lead.source.channel],
        "Товар": lead.product,
        "Первый ответ": dmy(lead.answered),
        "Оценка лида": lead.rating or "",
        "Приёмка": "Принят" if "qualified" in lead.steps else "Забракован" if lead.rejected else "",
        "Дата приёмки": dmy(lead.steps.get("qualified")),
        "Ожидаемая оплата": expected(lead, world),
        "Причина отказа": lead.reason,
    }
    for name, sign in zip(HEAD[-4:], lead.bant or (None,) * 4, strict=True):
        row[name] = mark(sign, "Да", "Нет")
    return row_of(HEAD, row | _tags(lead))


def expected(lead: Lead, world: World) -> str:
    """When the salesperson expects the money of an open deal: set for most that have come to an estimate."""
    if lead.won or lead.lost or "meeting" not in lead.steps or lead.number % 5 == 0:
        return ""
    day = max(lead.steps["meeting"].date() + dt.timedelta(days=21 + lead.number % 14), world.company.as_of)
    # Forgotten deals keep a date that has passed.
    return f"{day - dt.timedelta(days=lead.number % 9 * 4):%d.%m.%Y}"


def _owner(lead: Lead) -> str:
    old = lead.seller == "Форточкин Пётр" and lead.created.date() < dt.date(2025, 10, 1)
    return "Форточкин П." if old else lead.seller


def _tags(lead: Lead) -> dict[str, str]:
    source = lead.source
    if lead.test:
        return {"utm_source": "test"}
    if source.channel == "yandex":
        name = variant(lead.number, "yandex", ("Yandex", 9), ("yandex-direct", 14))
        tags = {"utm_source": name, "utm_medium": "cpc", "utm_term": variant(lead.number, "окна цена", ("замер", 3))}
        return tags | {"utm_campaign": "{campaign_id}" if lead.untagged else source.campaign_id}
    if source.channel == "vk":
        name = variant(lead.number, "vk", ("vk.com", 8), ("vkontakte", 21))
        campaign = "{{campaign_id}}" if lead.untagged else source.campaign_id
        return {"utm_source": name, "utm_medium": "social", "utm_campaign": campaign}
    if source.channel == "outdoor":
        return {"utm_source": "qr", "utm_medium": "offline", "utm_campaign": source.campaign_id}
    return {}
