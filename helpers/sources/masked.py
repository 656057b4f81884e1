"""Cells shown to the person who maps a file: what may be somebody's name, phone or address is dots."""

from __future__ import annotations

import re
from collections.abc import Sequence

from helpers.sources.rawfiles import normal

_PERSONAL = re.compile(
    r"phone|mobile|fax|mail|name|client|customer|contact|person|address|birth|note|comment|message|telegram|whatsapp|"
    r"skype|viber|caller|numa|numb|"
    r"тел|моб|факс|почт|имя|фамил|отчеств|фио|клиент|заказчик|покупател|контакт|адрес|рожден|примечан|комментар|"
    r"сообщен|звонивш|обращен|название|"
    r"ім'я|прізвищ|по батьков|клієнт|замовник|покупец|адреса|народж|приміт|комент|повідомл|назва|"
    r"nombre|nome|tel[eé]fono|correo|cliente|direcci|endere"
)
"""Parts of headers under which people, or texts about them, stand."""
_ADDRESS = re.compile(r"\S@\S|t\.me/|(?<![\w-])@\w")
_PHONE = re.compile(r"^'?\+?\d[\d\s()\-.\u00a0]{7,}\d$")
_NAME = re.compile(r"^[^\W\d_][^\W\d_'’\-]+(?: [^\W\d_][^\W\d_'’\-]*\.?){1,3}$")
_LETTER = re.compile(r"\w")
_DATE = re.compile(r"^\d{1,4}[./-]\d{1,2}[./-]\d{1,4}")
DOT = "•"
LONG = 40


def masked(header: str, cells: Sequence[str], clean: str) -> list[str]:
    """The cells of one column as they may be shown.

    Args:
        header: of the column.
        cells: some of its cells.
        clean: what it is mapped to; "" for nothing. An id, a date, a stage, a manager is no private person.
    """
    unknown = clean in ("", "person")
    named = clean == "person" or (unknown and bool(_PERSONAL.search(normal(header))))
    whole = named or (unknown and any(_like_a_person(cell) for cell in cells))
    return [_hidden(cell) if whole or _ADDRESS.search(cell) else _short(cell) for cell in cells]


def _like_a_person(cell: str) -> bool:
    text = cell.strip()
    if _DATE.match(text):
        return False
    return bool(_ADDRESS.search(text) or _PHONE.match(text) or (_NAME.match(text) and text.istitle()))


def _hidden(cell: str) -> str:
    return _short(_LETTER.sub(DOT, cell))


def _short(cell: str) -> str:
    text = " ".join(cell.split())
    return text if len(text) <= LONG else f"{text[: LONG - 1]}…"
