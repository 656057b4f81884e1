"""An e-mail or telephone number → what is compared: the address in small letters, the number as E.164 without "+".

Numbers are written in many ways; ``8 927 …``, ``+7 (927) …`` and ``927…`` are one person in a country whose rules are
known. What cannot be told apart from other numbers is nobody: two people must never become one.

Addresses and numbers also stand where nobody looks for them - in utm tags, in the name of a manager, in a product:
``WRITTEN`` finds them, ``without_contacts`` takes them out.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import ibis

from helpers.sources.values import DAMAGED, once

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
_SPLIT = r"^(.*?\d.*?\d.*?\d.*?\d.*?\d.*?\d.*?\d[^,;/|\n+]*)[,;/|\n+]"
"""The first of several numbers in one cell."""
_WHOLE = rf"^\+?(?:[1-9]|0[1-9])\d{{{SHORTEST - 1},{LONGEST - 2}}}$"
"""One number without its spaces, brackets and dashes."""
_EXTENSION = r"(?i)\s*(?:доб|вн|ext|x)[\s.:]*\d*\s*$"


_GAP = r"[ \t\x{a0}.\-]"
_AT = r"(?:@|%(?:25)*40)"
ADDRESS = rf"[^\s,;<>()\"']+{_AT}[^\s,;<>()\"'@]+\.\pL[\pL\d\-]+"
_TELEPHONES = (
    # With the country's code behind a plus, which may be percent-encoded.
    r"(?:\+|%(?:25)*2[Bb]) ?\d(?:[ \t\x{a0}.()\-]{0,2}\d){9,14}",
    # The area in brackets, unless it is a year: 8(900)1002030, (495) 123-45-67.
    rf"(?:[78]{_GAP}?)?\((?:\d{{3}}|0\d{{3}}|[13-9]\d{{3}}|\d{{5}})\){_GAP}?\d(?:{_GAP}?\d){{5,8}}",
    # In groups: 8 800 555-35-35, 067 123 45 67, 212-555-1234.
    r"\b(?:[78][ \x{a0}\-])?\d{3}[ \x{a0}\-]\d{3}[ \x{a0}\-]\d{2}[ \x{a0}\-]?\d{2}\b",
    # Digits alone, where a country's mobile numbers look like nothing else: an advertisement has ids as long.
    r"\b(?:[78]9\d{9}|380[3-9]\d{8}|375(?:25|29|33|44)\d{7})\b",
)
WRITTEN = "|".join((ADDRESS, *_TELEPHONES))
"""For RE2: an e-mail address or a telephone number anywhere in a text."""
PERHAPS = "|".join((rf"{_AT}[^\s,;<>()\"'@]+\.[^\s\d]", *_TELEPHONES))
"""The same and a little more: without the letters of all Unicode, which cost RE2 milliseconds wherever they stand."""
ID_CONTACT = r"@|^\+\d"
"""For RE2: an id that is an address or a number. Ids are often as long as telephone numbers: only what no system counts
up is a contact."""
_LEFT = r"^[\s,;:<>()\[\]/|\"'\-]+|[\s,;:<>()\[\]/|\"'\-]+$"
"""What stands around an address that is gone: 'Ann <>'."""


def without_contacts(text: ir.StringValue, *, whole: bool, spelt: Callable[[str], str] = str) -> ir.StringValue:
    """The text where it holds no e-mail address or telephone number.

    Args:
        text: a cell.
        whole: True: a cell that holds one is unknown altogether, for who left it may have left his name as well;
            False: what stands beside it is kept, and of an address alone the part before its "@".
        spelt: an expression for RE2 → for the engine that searches, see `Engine.pattern`.
    """
    written = spelt(WRITTEN)
    if whole:
        return ibis.ifelse(text.re_search(written), ibis.null("string"), text)
    beside = text.re_replace(written, "").re_replace(spelt(_LEFT), "")
    own = text.re_extract(spelt(rf"^\W*([^\s@%]+){_AT}"), 1).re_replace(written, "")
    kept = ibis.coalesce(beside.nullif(""), own.nullif(""))
    return ibis.ifelse(text.re_search(written), kept, text)


def contact_key(text: ir.StringValue, country: str | None) -> ir.StringValue:
    """What tells one person from another; NULL for a number that cannot be told.

    Args:
        text: the cell, cleaned.
        country: of the client, ISO 3166; None: numbers are compared by their last ten digits.
    """
    rule = COUNTRIES.get(country or "")
    mail = text.lower().re_extract(_MAIL, 0)
    bare = text.re_replace(r"[ ()\-\x{a0}]", "")
    return ibis.cases(
        (text.contains("@") & (mail != ""), mail),
        # Nearly all numbers are one whole number and nothing else, many without spaces and brackets: they are spared
        # the dear readings, which would tell the same of them.
        (text.re_search(_WHOLE), _one_number(text, rule)),
        (bare.re_search(_WHOLE), _one_number(bare, rule)),
        else_=_read(text, rule),
    )


def typed_key(text: ir.StringValue, country: str | None) -> ir.StringValue:
    """`contact_key` of a database's column, in words that every engine knows: a cell holds one address or number.

    What is neither, as the id of a person, is compared as it is, without case.
    """
    rule = COUNTRIES.get(country or "")
    bare = text.translate(" ()-./\u00a0", "")
    plus = bare.startswith("+") | bare.startswith("00")
    number = ibis.cases((bare.startswith("+"), bare.substr(1)), (bare.startswith("00"), bare.substr(2)), else_=bare)
    told = number.right(10)
    if rule is not None:
        trunk = len(rule.trunk) + rule.national
        at_home = (number.length() == trunk) & number.startswith(rule.trunk) if rule.trunk else ibis.literal(False)
        told = ibis.cases(
            (plus, number),
            (at_home, ibis.literal(rule.code) + number.right(rule.national)),
            (number.length() == rule.national, ibis.literal(rule.code) + number),
            else_=number,
        )
    return ibis.cases(
        (text.contains("@"), text.lower()),
        (number.re_search(f"^[0-9]{{{SHORTEST},{LONGEST}}}$"), told),
        else_=text.lower(),
    )


def may_hold_contact(text: ir.StringValue) -> ir.BooleanValue:
    """False where a text cannot hold what ``WRITTEN`` finds: a cheap look that spares nearly all rows the dear one."""
    return text.re_search(rf"[@%]|([0-9][^0-9]*){{{SHORTEST}}}")


def _one_number(bare: ir.StringValue, rule: Numbering | None) -> ir.StringValue:
    plus = bare.startswith("+")
    if rule is None:
        # Of seven digits and a plus the plus is among the last ten.
        return bare.right(10).replace("+", "")
    return _with_code(ibis.ifelse(plus, bare.substr(1), bare), plus, rule)


def _read(text: ir.StringValue, rule: Numbering | None) -> ir.StringValue:
    """The first number of a cell, however it is written."""
    return once(_first(text), lambda one: _told_apart(one, rule))


def _with_code(number: ir.StringValue, plus: ir.BooleanValue, rule: Numbering | None) -> ir.StringValue:
    return number.right(10) if rule is None else ibis.ifelse(plus, number, _international(number, rule))


def _first(text: ir.StringValue) -> ir.StringValue:
    """The first number of a cell, without an extension; NULL for one that has lost digits."""
    whole = text.re_replace(r"^(\d+)[.,]0$", r"\1").re_replace(_EXTENSION, "")
    first = once(whole, lambda one: ibis.coalesce(one.re_extract(_SPLIT, 1).nullif(""), one))
    return ibis.ifelse(text.re_search(DAMAGED), ibis.null("string"), first)


def _told_apart(one: ir.StringValue, rule: Numbering | None) -> ir.StringValue:
    """A written number as digits; a text with too few of them as it is; NULL for several numbers in one."""
    digits = one.re_replace(r"\D", "").re_replace(r"^00", "")
    plus = one.re_search(r"^\D*(?:\+|00)")

    def known(number: ir.StringValue) -> ir.StringValue:
        told = _with_code(number, plus, rule)
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
