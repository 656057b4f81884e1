"""What a reader sees is said here: words by gettext, numbers, money and dates as people write them in en, ru and uk.

English is the source language: a text without a translation, or a language without a catalogue, falls back to it.
Babel knows the plural rules, the marks and the spaces; where it writes what nobody writes (``1 234 RUB`` in Ukrainian,
``RUB1,234`` in English, a hyphen for a minus) this module puts it right. Babel is imported when first needed.
"""

from __future__ import annotations

import datetime as dt
import gettext
import math
import re
from collections.abc import Callable, Iterable
from decimal import ROUND_HALF_UP, Decimal
from functools import cache, lru_cache
from numbers import Integral
from pathlib import Path
from string import Formatter
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from helpers.report.model import Cell, Column

CATALOGUES = Path(__file__).parent / "locale"
DOMAIN = "audit"
LANGUAGES = ("en", "ru", "uk")
SYMBOLS = {"RUB": "₽", "UAH": "₴", "USD": "$", "EUR": "€", "KZT": "₸", "BYN": "Br", "GBP": "£"}

UNKNOWN = "?"
ABSENT = "–"
MINUS = "\N{MINUS SIGN}"
NBSP = "\N{NO-BREAK SPACE}"
PER_CENT = re.compile(r"(?<=\d) (?=%)")
"""The space between a number and its "%": no line ends there."""
DASH = "\N{EN DASH}"

Number = Any
"""int, float, Decimal, a numpy number; None and NaN are "unknown"."""


class _Forms(NamedTuple):
    """How one language writes what Babel does not know, or writes as no one does."""

    babel: str
    percent: str
    points: str
    money_first: bool
    short: tuple[str, str, str]
    hour: str
    minute: str
    from_to: str
    date: str
    day_month: str
    table_date: str


_FORMS = {
    "en": _Forms("en", "%", f"{NBSP}pp", True, ("K", "M", "B"), "h", "min",
                 "{low} to {high}", "MMMM d, y", "MMMM d", "MMM d, y"),
    "ru": _Forms("ru", f"{NBSP}%", f"{NBSP}п.{NBSP}п.", False, (f"{NBSP}тыс.", f"{NBSP}млн", f"{NBSP}млрд"),
                 "ч", "мин", "от {low} до {high}", "d MMMM y", "d MMMM", "dd.MM.y"),
    # CLDR joins "%" to the number in Ukrainian; the state standard and printed business documents do not.
    "uk": _Forms("uk", f"{NBSP}%", f"{NBSP}в.{NBSP}п.", False, (f"{NBSP}тис.", f"{NBSP}млн", f"{NBSP}млрд"),
                 "год", "хв", "від {low} до {high}", "d MMMM y", "d MMMM", "dd.MM.y"),
}  # fmt: skip


@cache
def language(code: str) -> Language:
    """The one ``Language`` of a code; ``ValueError`` where the code is not en, ru or uk."""
    return Language(code)


class Language:
    """Speaks one language: ``say("text {name}", name=...)`` translates, its methods write values.

    The first argument of ``say(...)`` and ``say.plural(...)`` is always a literal, so that it can be extracted.
    """

    def __init__(self, code: str) -> None:
        if code not in LANGUAGES:
            raise ValueError(f"language must be one of {', '.join(LANGUAGES)}; not {code!r}")
        self.code = code
        self._forms = _FORMS[code]
        path = CATALOGUES / code / "LC_MESSAGES" / f"{DOMAIN}.mo"
        self._catalogue = gettext.NullTranslations()
        if path.is_file():
            with path.open("rb") as file:
                self._catalogue = gettext.GNUTranslations(file)

    def __repr__(self) -> str:
        return f"Language({self.code!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Language) and other.code == self.code

    def __hash__(self) -> int:
        return hash(self.code)

    def __reduce__(self) -> tuple[Callable[[str], Language], tuple[str]]:
        return language, (self.code,)

    # Words -----------------------------------------------------------------------------------------------------------

    def __call__(self, text: str, /, **values: str | int) -> str:
        """The text in this language with its ``{placeholders}`` filled.

        Values are put in as they are: write numbers with the methods below first. ``LookupError`` where the text and
        the values do not name the same placeholders, ``TypeError`` for a value that is neither text nor an int.
        """
        return _fill(self._own(self._catalogue.gettext(text)) if text else "", _placeholders(text), values)

    def known(self, text: str) -> str:
        """A text that is no literal but stands in the catalogue: the meaning of a table or column."""
        return self._own(self._catalogue.gettext(text))

    def _own(self, text: str) -> str:
        """A text of ours with its "%" as this language sets it: joined to the number, or on one line with it."""
        return PER_CENT.sub(self._forms.percent[:-1], text)

    def plural(self, one: str, many: str, n: Number, /, **values: str | int) -> str:
        """The right plural form for ``n`` things; ``{n}`` in the text becomes the written count."""
        count = _whole(n)
        wanted = _placeholders(one) | _placeholders(many)
        filled = {"n": self.count(count), **values} if "n" in wanted else values
        return _fill(self._own(self._catalogue.ngettext(one, many, abs(count))), wanted, filled)

    def list(self, items: Iterable[str]) -> str:
        """'a, b and c'."""
        from babel.lists import format_list

        # Without the comma before "and", which neither ru nor uk has.
        return format_list([*items], locale="en_GB" if self.code == "en" else self._forms.babel)

    def quoted(self, items: Iterable[str]) -> str:
        """'“a”, “b” and “c”': names that hold commas or begin with a capital stay apart in a sentence."""
        return self.list([f"“{item}”" if self.code == "en" else f"«{item}»" for item in items])

    # Numbers ---------------------------------------------------------------------------------------------------------

    def number(self, value: Number, digits: int = 1, *, signed: bool = False) -> str:
        """'3.1': always ``digits`` after the decimal mark, halves away from zero; '?' for an unknown."""
        return self._with_sign(value, digits, signed, lambda number: self._plain(number, digits))

    def count(self, value: Number, *, signed: bool = False) -> str:
        """'12,345'."""
        return self.number(value, 0, signed=signed)

    def share(self, value: Number, digits: int = 0, *, signed: bool = False) -> str:
        """'31 %' from 0.31."""
        return self.percent(_times_hundred(value), digits, signed=signed)

    def percent(self, value: Number, digits: int = 0, *, signed: bool = False) -> str:
        """'31 %' from 31."""
        unit = self._forms.percent
        return self._with_sign(value, digits, signed, lambda number: self._plain(number, digits) + unit)

    def points(self, value: Number, digits: int = 0, *, signed: bool = False) -> str:
        """'5 pp', a difference of two shares, from 0.05."""
        unit = self._forms.points
        return self._with_sign(_times_hundred(value), digits, signed, lambda number: self._plain(number, digits) + unit)

    def money(self, value: Number, currency: str, digits: int = 0, *, signed: bool = False) -> str:
        """'$1,235' or '1 235 ₽'; ``currency`` is an ISO code, written as it is where it has no known sign."""
        return self._with_sign(
            value, digits, signed, lambda number: self._with_currency(self._plain(number, digits), currency)
        )

    def money_short(self, value: Number, currency: str, *, signed: bool = False) -> str:
        """'$1.2M' or '1,2 млн ₽', for axes and headlines: three figures at most, in full under ten thousand."""
        return self._with_sign(
            value, _short_digits(value), signed, lambda number: self._with_currency(self._short(number), currency)
        )

    def count_short(self, value: Number, *, signed: bool = False) -> str:
        """'1.2M' or '1,2 млн', for axes."""
        return self._with_sign(value, _short_digits(value), signed, self._short)

    def interval(self, low: Number, high: Number, write: Callable[[Any], str]) -> str:
        """'20–30 %': both ends written by ``write`` (``say.share``, or a function), the unit once where it can be.

        Ends below zero are joined by words ('от −5 до 10 %'): a dash beside a minus cannot be read.
        """
        a, b = write(low), write(high)
        if a == b:
            return a
        unit = _unit(a) if _unit(a) == _unit(b) or write == self.days else ""
        below_zero = MINUS in a + b
        # English repeats the unit beside a sign: "$1.2M–$1.5M", "−5% to 10%".
        bare = a if self.code == "en" and (below_zero or not a[0].isdigit()) else a.removesuffix(unit)
        if below_zero:
            return self._forms.from_to.format(low=bare, high=b)
        # "4 876 ₽ – 15 тыс. ₽": without the spaces two units beside a dash run together.
        apart = bool(_unit(a)) and _unit(a) != unit and self.code != "en"
        words = apart or (any(letter.isalpha() for letter in bare) and any(letter.isspace() for letter in bare))
        return f"{bare} {DASH} {b}" if words else f"{bare}{DASH}{b}"

    # Time ------------------------------------------------------------------------------------------------------------

    def date(self, value: dt.date | str) -> str:
        """'15 июля 2026', for a sentence; '?' for an empty one."""
        return self._date(value, self._forms.date)

    def date_short(self, value: dt.date | str) -> str:
        """'15.07.2026', for a table."""
        return self._date(value, self._forms.table_date)

    def month(self, value: dt.date | str) -> str:
        """'январь 2026' from a date or '2026-01'."""
        return self._date(value, "LLLL y")

    def month_short(self, value: dt.date | str, *, year: bool = True) -> str:
        """'янв 2026', for an axis."""
        return self._date(value, "LLL y" if year else "LLL").replace(".", "")

    def weekday(self, number: int, *, short: bool = False) -> str:
        """'понедельник' ('пн' for an axis); 0 is Monday."""
        return self._date(dt.date(2024, 1, 1) + dt.timedelta(days=number), "ccc" if short else "cccc")

    def period(self, first: dt.date, last: dt.date) -> str:
        """'January–June 2026' for whole months, else 'January 5 – June 12, 2026'; both days are part of it."""
        if first == last:
            return self.date(first)
        same_year = first.year == last.year
        if first.day == 1 and (last + dt.timedelta(days=1)).day == 1:
            if same_year and first.month == last.month:
                return self.month(first)
            if same_year:
                return f"{self._date(first, 'LLLL')}{DASH}{self.month(last)}"
            return f"{self.month(first)} {DASH} {self.month(last)}"
        if same_year and first.month == last.month:
            if self.code == "en":
                return f"{self._date(first, self._forms.day_month)}{DASH}{last.day}, {last.year}"
            return f"{first.day}{DASH}{self.date(last)}"
        start = self._date(first, self._forms.day_month if same_year else self._forms.date)
        return f"{start} {DASH} {self.date(last)}"

    def minutes(self, value: Number) -> str:
        """'1 h 35 min' from 95; whole hours from a day on, days and hours from two days on."""
        if _unknown(value):
            return UNKNOWN
        forms, sign = self._forms, MINUS if value < 0 else ""
        if math.isinf(value):
            return f"{sign}∞"
        exact = abs(_decimal(value))
        if 0 < exact < 1:
            return sign + self._plain(exact.quantize(Decimal("0.1"), ROUND_HALF_UP), 1) + NBSP + forms.minute
        total = int(exact.quantize(Decimal(1), ROUND_HALF_UP))
        if total >= 48 * 60:
            days, hours = divmod((total + 30) // 60, 24)
            written = [self.days(days), f"{hours}{NBSP}{forms.hour}" if hours else ""]
        elif total >= 24 * 60:
            written = [f"{(total + 30) // 60}{NBSP}{forms.hour}"]
        else:
            hours, rest = divmod(total, 60)
            written = [f"{hours}{NBSP}{forms.hour}" if hours else "", f"{rest}{NBSP}{forms.minute}" if rest else ""]
        return sign + (" ".join(filter(None, written)) or f"0{NBSP}{forms.minute}")

    def days(self, value: Number, digits: int = 0) -> str:
        """'3 days', with the plural form of the language."""
        from babel.units import format_unit

        def written(number: Decimal) -> str:
            shape = _pattern(digits)
            text = format_unit(number, "duration-day", "long", format=shape, locale=self._forms.babel)
            return str(text).replace(" ", NBSP)

        return self._with_sign(value, digits, False, written)

    # Tables ----------------------------------------------------------------------------------------------------------

    def cell(self, value: Cell, column: Column, currency: str) -> str:
        """A cell as its column's kind wants it; an unknown is '?' in a count and '–' elsewhere."""
        if _unknown(value) or value == "":
            return UNKNOWN if column.kind == "count" else ABSENT
        if column.kind == "text" or (isinstance(value, str) and column.kind not in ("date", "month")):
            return str(value)
        if column.kind == "money":
            return self.money(value, currency, column.digits or 0)
        if column.kind in ("count", "date", "month", "minutes"):
            write: dict[str, Callable[[Any], str]] = {
                "count": self.count,
                "date": self.date_short,
                "month": self.month,
                "minutes": self.minutes,
            }
            return write[column.kind](value)
        default = 1 if column.kind == "number" else 0
        digits = default if column.digits is None else column.digits
        if column.kind == "share" and digits and isinstance(value, (int, float)) and 0 < value < 0.01:
            # "0.0 %" beside its range of "0.009-0.012 %" would be wrong.
            digits = max(digits, share_digits(value))
        return str(getattr(self, column.kind)(value, digits))

    # Parts -----------------------------------------------------------------------------------------------------------

    def _plain(self, value: Decimal, digits: int) -> str:
        """A number without a sign, grouped."""
        from babel.numbers import format_decimal

        return str(format_decimal(value, format=_pattern(digits), locale=self._forms.babel))

    def _with_sign(self, value: Number, digits: int, signed: bool, write: Callable[[Decimal], str]) -> str:
        """The size written by ``write`` with the sign before it all; what rounds to zero has no sign."""
        if _unknown(value):
            return UNKNOWN
        if math.isinf(value):
            return (MINUS if value < 0 else "") + "∞"
        rounded = _decimal(value).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)
        sign = MINUS if rounded < 0 else "+" if signed and rounded > 0 else ""
        return sign + write(abs(rounded))

    def _with_currency(self, written: str, currency: str) -> str:
        symbol = SYMBOLS.get(currency, currency)
        if not symbol:
            return written
        if not self._forms.money_first:
            return written + NBSP + symbol
        return symbol + (NBSP if symbol[-1].isalpha() else "") + written

    def _short(self, value: Decimal) -> str:
        if value < 10_000:
            return self._plain(value, 0 if value == value.to_integral_value() else 1)
        for power, unit in zip((3, 6, 9), self._forms.short, strict=True):  # noqa: B007
            scaled = value.scaleb(-power)
            scaled = scaled.quantize(Decimal(1) if scaled >= 100 else Decimal("0.1"), ROUND_HALF_UP)
            if scaled < 1000 or power == 9:
                break
        return self._plain(scaled, 0 if scaled == scaled.to_integral_value() else 1) + unit

    def _date(self, value: dt.date | str, pattern: str) -> str:
        from babel.dates import format_date

        if not value or _unknown(value):
            return UNKNOWN
        if isinstance(value, str):
            value = dt.date.fromisoformat(value if len(value) > 7 else f"{value}-01")
        return str(format_date(value, pattern, locale=self._forms.babel))


@lru_cache(maxsize=4096)
def _placeholders(text: str) -> frozenset[str]:
    return frozenset(name for _, name, _, _ in Formatter().parse(text) if name is not None)


def _fill(text: str, wanted: frozenset[str], values: dict[str, Any]) -> str:
    """``text`` with its placeholders filled; ``wanted`` are those of the source."""
    if wanted != values.keys():
        raise LookupError(f"{text!r} wants {sorted(wanted)}, was given {sorted(values)}")
    if alien := _placeholders(text) - wanted:
        raise LookupError(f"the translation {text!r} has placeholders that its source has not: {sorted(alien)}")
    for name, value in values.items():
        if isinstance(value, bool) or not isinstance(value, (str, Integral)):
            raise TypeError(f"{text!r}: {name} must be text or an int, write it with say first; not {value!r}")
        # "5 п. п." at the end of a sentence does not end in two full stops.
        if isinstance(value, str) and value.endswith(".") and f"{{{name}}}." in text:
            values = {**values, name: value[:-1]}
    return text.format(**values)


def _pattern(digits: int) -> str:
    return "#,##0." + "0" * digits if digits else "#,##0"


def _unknown(value: Any) -> bool:
    # NaN and NaT are not equal to themselves.
    return value is None or value != value


def _decimal(value: Number) -> Decimal:
    """By way of the shortest text: 1.005 stays 1.005 and rounds as a reader rounds it."""
    return (
        value
        if isinstance(value, Decimal)
        else Decimal(int(value) if isinstance(value, Integral) else repr(float(value)))
    )


def share_digits(value: float) -> int:
    """Digits that a share needs after the decimal mark: 42 %, 4.2 %, 0.42 %, 0.042 %."""
    return 0 if value >= 0.1 or value <= 0 else min(4, -1 - math.floor(math.log10(value)))


def _times_hundred(value: Number) -> Number:
    return value if _unknown(value) or math.isinf(value) else _decimal(value) * 100


def _whole(value: Number) -> int:
    if int(value) != value:
        raise ValueError(f"a plural form needs a whole number; not {value!r}")
    return int(value)


def _short_digits(value: Number) -> int:
    return 1 if not _unknown(value) and 0 < abs(value) < 10 and value != int(value) else 0


def _unit(written: str) -> str:
    """What stands after the last digit."""
    return re.split(r"\d", written)[-1] if any(letter.isdigit() for letter in written) else ""
