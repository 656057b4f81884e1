"""The currency that a header names: 'Amount spent (USD)', 'Расход, ₽', 'Lead venda R$', 'Spent budget, TON'.

A code is a fact. A sign that one country writes is taken for its currency; "$" belongs to many and is only a claim.
"""

from __future__ import annotations

import re
from typing import Literal

CODES = frozenset(
    re.findall(
        r"\w+",
        """
        AED AMD ARS AUD AZN BGN BRL BYN CAD CHF CLP CNY COP CZK DKK EGP EUR GBP GEL GRAM HKD HUF IDR ILS INR JPY KGS KRW
        KZT MDL MXN MYR NOK NZD PEN PHP PLN RON RSD RUB SAR SEK SGD THB TJS TMT TON TRY UAH USD USDT UYU UZS VND XTR ZAR
        """,
    )
)
"""ISO 4217, and what Telegram Ads counts in."""
LOST = "?"
"""Where windows-1251 or another one-byte encoding has no sign for the currency: 'Расход, ?'."""
SIGNS = {
    "₽": "RUB", "руб": "RUB", "руб.": "RUB", "р.": "RUB", "₴": "UAH", "грн": "UAH", "грн.": "UAH", "€": "EUR",
    "r$": "BRL", "us$": "USD", "£": "GBP", "zł": "PLN", "₸": "KZT", "тг": "KZT", "br": "BYN", "₺": "TRY",
    "stars": "XTR",
}  # fmt: skip
NAMES = {
    "рубль": "RUB", "рубли": "RUB", "российский рубль": "RUB", "російський рубль": "RUB", "russian ruble": "RUB",
    "rur": "RUB", "гривна": "UAH", "гривня": "UAH", "украинская гривна": "UAH", "українська гривня": "UAH",
    "hryvnia": "UAH", "доллар сша": "USD", "долар сша": "USD", "us dollar": "USD", "u.s. dollar": "USD",
    "евро": "EUR", "євро": "EUR", "euro": "EUR", "тенге": "KZT", "tenge": "KZT", "белорусский рубль": "BYN",
    "білоруський рубль": "BYN", "фунт стерлингов": "GBP", "злотый": "PLN", "злотий": "PLN",
}  # fmt: skip
"""Names of currencies, as a column of currencies holds them; "dollar" and "pound" alone belong to many."""
DOLLARS = frozenset({"USD", "CAD", "AUD", "NZD", "MXN", "ARS", "CLP", "COP", "UYU", "HKD", "SGD"})
"""Currencies written "$"."""

PATTERN = "|".join(
    re.escape(text) for text in sorted([*(code.lower() for code in CODES), *SIGNS, "$"], key=lambda text: -len(text))
)
"""Any of them, as a normalised header writes it."""

_AT_END = re.compile(rf"(?:\(({PATTERN})\)|[,\s]({PATTERN}))\s*$")


def currency_of(text: str) -> str:
    """Code of a currency as it stands in a normalised header; "$" stays a "$"."""
    return SIGNS.get(text, text.upper())


def header_currency(header: str) -> str | None:
    """The currency at the end of a normalised header; None where there is none."""
    found = _AT_END.search(header)
    return currency_of(found[1] or found[2]) if found else None


_VAT = re.compile(r"\b(?:ндс|пдв|vat|gst|iva)\b")
_WITHOUT_VAT = re.compile(
    r"\b(?:без|не включая|excl\w*\.?|without|net of|before|sem|sin)\s+(?:\w+\s+)?(?:ндс|пдв|vat|gst|iva)\b"
)


def vat_in(header: str) -> Literal["included", "excluded"] | None:
    """Whether a header says that money is with VAT or without it; None: it says nothing."""
    text = header.casefold()
    if not _VAT.search(text):
        return None
    return "excluded" if _WITHOUT_VAT.search(text) else "included"
