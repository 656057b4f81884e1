"""What Затишок keeps beside CRM and advertising: calls, people, meetings that seldom decide, promotions, figures."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from data_samples.make.exports import Folders, dmy
from data_samples.make.model import Lead
from data_samples.make.records import Meeting, Review, Touch, meetings, months_of, own_figures
from data_samples.make.records import touches as calls_of
from data_samples.make.world import World
from data_samples.make.writers import write_csv, write_xlsx

# The head of sales listens alone, now and then.
REVIEW = Review(dt.date(2026, 1, 1), per_month=1.0, alone=1.0)
MARKETERS = (
    ("Банер Олена", "Маркетологиня 1"),
    ("Клік Степан", "Маркетолог 2"),
    ("Охоплення Ніна", "Керівниця маркетингу"),
)
DECISIONS = (
    ("Домовитися, кого вважати якісним лідом", "Охоплення Ніна"),
    ("Дзвонити на заявки з сайту за пів години", "Полиця Оксана"),
    ("Прибрати зі сайту зняті з виробництва крісла", "Банер Олена"),
)
# They meet each week, and decide something with a name and a date in two weeks of the last twelve.
MEETINGS = "rrdr-rrDrrrd" + "rdrrDr-rrDrr"
PROMOTIONS = (
    ("Зимовий розпродаж матраців", (2026, 1, 19), (2026, 2, 8), (2026, 1, 13)),
    ("Кухня + стільниця", (2026, 2, 23), (2026, 3, 22), (2026, 2, 18)),
    ("Дитяча кімната -15 %", (2026, 3, 30), (2026, 4, 26), (2026, 3, 30)),
    ("Безкоштовна доставка Києвом", (2026, 4, 20), (2026, 5, 31), (2026, 4, 14)),
    ("Літні дивани", (2026, 6, 1), (2026, 7, 31), (2026, 5, 28)),
    ("Обмін старого матраца", (2026, 6, 15), (2026, 7, 15), None),
)


def deal_id(lead: Lead) -> int:
    """Number of the deal in Bitrix24."""
    return 30_000 + lead.number


def write_records(folders: Folders, world: World) -> dict[str, Any]:
    """Write the optional tables; return them as they are in the model."""
    talks = calls_of(world, REVIEW, asked_for_review=0)
    held = meetings(world.company.as_of, MEETINGS, DECISIONS, weekday=0)
    figures = own_figures(world, 0.16, months_of(dt.date(2026, 1, 1), dt.date(2026, 6, 30)))
    _calls(folders, talks)
    _people(folders, world)
    _meetings(folders, held)
    rows: list[list[Any]] = [["Акція", "Старт", "Кінець", "Відділ продажу дізнався"]]
    rows += [[name, *(dt.date(*day) if day else "" for day in days)] for name, *days in PROMOTIONS]
    write_xlsx(folders.exports / "akcii.xlsx", {"Акції": rows})
    sides = {"marketing": "Маркетинг", "sales": "Продажі"}
    table = [["Місяць", "Відділ", "Ліди", "Якісні", "Клієнти"]]
    table += [[month.strftime("%d.%m.%Y"), sides[side], *numbers] for month, side, *numbers in figures]  # type: ignore[list-item]
    write_csv(folders.exports / "cyfry_viddiliv.csv", table, delimiter=";", encoding="utf-8-sig")
    return {"talks": talks, "meetings": held, "figures": figures}


def _calls(folders: Folders, talks: Sequence[Touch]) -> None:
    """The telephony's list: seconds as h:mm:ss, messages are not in it."""
    rows: list[list[Any]] = []
    for touch in talks:
        kind = ("Вхідний" if touch.answered else "Пропущений") if touch.incoming else "Вихідний"
        if touch.kind == "message":
            kind = "Чат"
        length = f"0:{touch.seconds // 60:02d}:{touch.seconds % 60:02d}" if touch.kind == "call" else ""
        status = "Успішний" if touch.answered else "Неуспішний"
        row = [dmy(touch.at), kind, deal_id(touch.lead) if touch.lead else "", length, status, touch.seller]
        rows.append([*row, "" if touch.score is None else touch.score])
    head = ["Дата дзвінка", "Тип", "CRM: угода", "Тривалість", "Статус", "Співробітник", "Оцінка розмови"]
    write_csv(folders.exports / "CALL_LIST_20260715.csv", [head, *rows], delimiter=";", encoding="utf-8-sig")


def _people(folders: Folders, world: World) -> None:
    rows: list[list[Any]] = [["Ім'я", "Відділ", "Псевдонім"]]
    rows += [
        [seller.name, "Продажі", f"Продавець {place}"] for place, seller in enumerate(world.company.sellers, start=1)
    ]
    rows += [[name, "Маркетинг", alias] for name, alias in MARKETERS]
    write_csv(folders.exports / "spivrobitnyky.csv", rows, delimiter=";", encoding="utf-8-sig")


def _meetings(folders: Folders, held: Sequence[Meeting]) -> None:
    rows: list[list[Any]] = [["День", "Присутні"]]
    tasks: list[list[Any]] = [["Нарада", "Що вирішили", "Хто", "До", "Зроблено"]]
    for meeting in held:
        rows.append([meeting.date, "маркетинг і продажі"])
        tasks += [[task.date, task.text, task.owner, task.due or "", task.done or ""] for task in meeting.tasks]
    write_xlsx(folders.exports / "narady.xlsx", {"Наради": rows, "Рішення": tasks})
