"""An e-mail or telephone number → what is compared: the address in small letters, the number as E.164 without "+".

Numbers are written in many ways; ``8 927 …``, ``+7 (927) …`` and ``927…`` are one person in a country whose rules are
known. What cannot be told apart from other numbers is nobody: two people must never become one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import ibis

from helpers.sources.values import once

if TYPE_CHECKING:
    import ibis.expr.types as ir

LONGEST = 13
"""Digits of one number; more are several, glued together."""
SHORTEST = 7


@dataclass(frozen=True)
class Numbering:
    """How a country's numbers are written at home."""

    code: str
    """Of the country."""
    trunk: str
    """What is dialled before a number inside the country."""
    national: int
    """Digits without code and trunk."""


COUNTRIES = {
    "RU": Numbering("7", "8", 10),
    "KZ": Numbering("7", "8", 10),
    "UA": Numbering("380", "0", 9),
    "BY": Numbering("375", "80", 9),
    "PL": Numbering("48", "", 9),
    "DE": Numbering("49", "0", 11),
    "GB": Numbering("44", "0", 10),
    "FR": Numbering("33", "0", 9),
    "ES": Numbering("34", "", 9),
    "TR": Numbering("90", "0", 10),
    "BR": Numbering("55", "0", 11),
    "US": Numbering("1", "1", 10),
    "CA": Numbering("1", "1", 10),
}
"""Where a client's country is none of these, the last ten digits are compared."""

_MAIL = r"[^\s,;<>()]+@[^\s,;<>()]+"
_DAMAGED = r"^\d+([.,]\d+)?[eE]\+?\d+$"
_SPLIT = r"^(.*?\d.*?\d.*?\d.*?\d.*?\d.*?\d.*?\d[^,;/|\n+]*)[,;/|\n+]"
"""The first of several numbers in one cell."""
_EXTENSION = r"(?i)\s*(?:доб|вн|ext|x)[\s.:]*\d*\s*$"


def contact_key(text: ir.StringValue, country: str | None) -> ir.StringValue:
    """What tells one person from another; NULL for a number that cannot be told.

    Args:
        text: the cell, cleaned.
        country: of the client, ISO 3166; None: numbers are compared by their last ten digits.
    """
    mail = text.lower().re_extract(_MAIL, 0)
    digits = once(_first(text), lambda one: _told_apart(one, COUNTRIES.get(country or "")))
    return ibis.cases((text.contains("@") & (mail != ""), mail), else_=digits)


def _first(text: ir.StringValue) -> ir.StringValue:
    """The first number of a cell, without an extension; NULL for one that has lost digits."""
    whole = text.re_replace(r"^(\d+)[.,]0$", r"\1").re_replace(_EXTENSION, "")
    first = once(whole, lambda one: ibis.coalesce(one.re_extract(_SPLIT, 1).nullif(""), one))
    return ibis.ifelse(text.re_search(_DAMAGED), ibis.null("string"), first)


def _told_apart(one: ir.StringValue, rule: Numbering | None) -> ir.StringValue:
    """A written number as digits; a text with too few of them as it is; NULL for several numbers in one."""
    digits = one.re_replace(r"\D", "").re_replace(r"^00", "")
    plus = one.re_search(r"^\D*(?:\+|00)")

    def known(number: ir.StringValue) -> ir.StringValue:
        told = number.right(10) if rule is None else ibis.ifelse(plus, number, _international(number, rule))
        return ibis.cases(
            (number.length() < SHORTEST, one.strip().lower()),
            (number.length() <= LONGEST, told),
            else_=ibis.null("string"),
        )

    def halved(both: ir.StringValue) -> ir.StringValue:
        # Two numbers of one length glued together: Kommo joins work and mobile that way.
        glued = (both.length() >= 20) & (both.length() <= 2 * LONGEST) & (both.length() % 2 == 0)
        return ibis.ifelse(glued, both.left((both.length() / 2).cast("int32")), both)

    return once(once(digits, halved), known)


def _international(number: ir.StringValue, rule: Numbering) -> ir.StringValue:
    """A number without "+" with the code of its country before it, where it is one of the country's own."""
    at_home = f"^{rule.trunk}(\\d{{{rule.national}}})$" if rule.trunk else f"^(\\d{{{rule.national}}})$"
    return number.re_replace(at_home, rf"{rule.code}\1").re_replace(f"^(\\d{{{rule.national}}})$", rf"{rule.code}\1")
