"""Text → typed values, as Ibis expressions. How a column writes numbers and dates is decided once per column.

Two questions are put to the data, each one aggregate over all columns. The first is cheap: in which of a few plain
forms every cell of a column is written (``form_of``). Only columns with cells beyond these forms are asked the
second, dear one (``column_questions``). ``decide`` turns the answers into a ``Style`` or a problem that shows both
readings; ``typed_value`` builds the shortest expression that reads what is there.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import ibis
import ibis.expr.datatypes as dtypes
import ibis.expr.types as ir

from helpers.errors import Problem
from helpers.sources.currency import PATTERN
from helpers.sources.period import MONTHS

if TYPE_CHECKING:
    from helpers.sources.tables import Column

MONEY = "decimal(18, 6)"
PLACEHOLDERS = (
    "",
    "-",
    "--",
    "---",
    "—",
    "–",
    "(not set)",
    "(none)",
    "undefined",
    "null",
    "none",
    "nan",
    "n/a",
    "#ref!",
    "#n/a",
    "#value!",
    "#name?",
    "#div/0!",
    "<null>",
    "-none-",
    "select",
    "unknown",
    "не указано",
    "не вказано",
    "не закрыта",
    "не закрито",
)
"""Compared without case and outer spaces; they mean "no value"."""
QUIET_PLACEHOLDERS = ("", "-", "--", "---", "—", "–", "не закрыта", "не закрито")
"""Usual ways to leave a cell empty: not worth a notice. They are gone when a cell reaches this module."""
ODD_PLACEHOLDERS = tuple(word for word in PLACEHOLDERS if word not in QUIET_PLACEHOLDERS)
"""The others: each is counted and said."""
TRUE_WORDS = ("true", "1", "yes", "y", "да", "так", "x", "+", "✓", "истина")
FALSE_WORDS = ("false", "0", "no", "n", "нет", "ні", "ложь", "хибність")

_GAP = r"[\s\x{a0}\x{202f}\x{2007}\x{2009}]"
_BODY = "|".join(
    (
        rf"\d{{1,3}}(?:(?:{_GAP}|['’])\d{{3}})+(?:[.,]\d+)?",
        r"\d{1,3}(?:\.\d{3})+(?:,\d+)?",
        r"\d{1,3}(?:,\d{2,3})*,\d{3}(?:\.\d+)?",
        r"\d*[.,]\d+",
        r"\d+[.,]?",
    )
)
"""Digits in groups of three behind spaces, dots or commas (of two in India), or with one mark: 01.03.2026 is none."""
_SCALES = ((r"[kк]|тыс\.?|тис\.?", 1_000), (r"[mм]|mln\.?|mio\.?|млн\.?", 1_000_000))
_MONEY_WORDS = rf"{PATTERN}|рубл[а-я]*|долл[а-я]*\.?|гривн[а-яі]*|гривень|евро|євро|euros?|dollars?"
_UNITS = r"%|шт\.?|pcs\.?"
_TIME_UNITS = r"m|min\.?|мин\.?|хв\.?|м|s|sec\.?|сек\.?|с"
_SIGN = rf"(?i)({PATTERN})"
_TYPED_FLOAT = r"^-?\d+(\.\d+)?e-?\d+$"
_ISO = r"^\d{4}[-./]\d{1,2}[-./]\d{1,2}([ T].*)?$"
_SLASHED = r"^\d{1,2}([./-])\d{1,2}[./-](\d{4}|\d{2})([ ,T].*)?$"
_DOTTED = r"^\d{1,2}\.\d{1,2}\.(\d{4}|\d{2})([ ,T].*)?$"
_MONTH_ALONE = r"^(\p{L}{3,12}\.?,? \d{4}( ?[гр]\.?)?|\d{1,2}[./-]\d{4}|\d{4}[./-]\d{1,2})$"
_SERIAL = r"^[2-5]\d{4}(\.\d+(e0)?)?$"
_COMPACT = r"^(19|20)\d{6}$"
_OFFSET = r"^\d{4}-\d\d-\d\d[ T]\d\d:\d\d(:\d\d(\.\d+)?)? ?(Z|[+-]\d\d(:?\d\d)?)$"
_DAMAGED = r"^\d+([.,]\d+)?[eE]\+?\d+$"
"""A long number after a spreadsheet: 1.03293E+19."""
_CLOCK_END = r"^23:59(:\d\d)?$"
_BEYOND_CLOCK = r"^(2[4-9]|[3-9]\d|\d{3,}):|day"
_DAY_MONTH = r"^(0?[1-9]|[12]\d|3[01])\.(0?[1-9]|1[0-2])\.\d{4}"
NUMBER_FORMS = {
    "whole": r"^-?\d+$",
    "comma": r"^-?\d+,(\d{1,2}|\d{4,6})$",
    "dot": r"^-?\d+\.(\d{1,2}|\d{4,6})$",
    "typed": _TYPED_FLOAT,
}
"""Numbers that can be read in one way only, without knowing the rest of the column."""
DATE_FORMS = {
    "dmy_second": _DAY_MONTH + r" \d{1,2}:\d{2}:\d{2}$",
    "dmy_minute": _DAY_MONTH + r" \d{1,2}:\d{2}$",
    "dmy": _DAY_MONTH + "$",
    "iso": r"^\d{4}-\d\d-\d\d([ T]\d\d:\d\d(:\d\d(\.\d+)?)?)?$",
    "offset": _OFFSET,
}
"""Dates that can be read in one way only."""
ID_FORMS = {"whole": r"^\d+$", "plain": r"^[^eE]*$"}
"""Ids that a spreadsheet cannot have damaged."""
_DATE_FORMATS = {"dmy_second": "%d.%m.%Y %H:%M:%S", "dmy_minute": "%d.%m.%Y %H:%M", "dmy": "%d.%m.%Y"}
OTHER = "other"
DAYS_TO_1904 = 1462
FILE_STEP = 1 << 40
"""Rows are told apart over several files by ``file * FILE_STEP + row``."""
FEW_DAMAGED = 0.01
"""Share of ids that may have lost digits, if they still differ, before a file is refused."""
NUMBERS = ("money", "number", "count", "rating", "minutes", "seconds")
TIMES = ("minutes", "seconds")
_NAMED_FORMATS = ("%d %b %Y", "%b %d %Y", "%Y %b %d", "%d %b %y")
_CLOCKS = ("", " %H:%M", " %H:%M:%S", " %I:%M %p", " %I:%M:%S %p")


@ibis.udf.scalar.builtin(  # type: ignore[untyped-decorator]
    name="try_strptime", signature=((dtypes.string, dtypes.Array(dtypes.string)), dtypes.timestamp)
)
def _try_strptime(text: str, formats: list[str]) -> Any:
    """DuckDB's: the first format that fits, else NULL."""


@dataclass(frozen=True)
class Style:
    """How a column writes its values."""

    decimal: Literal[",", "."] = "."
    order: Literal["dmy", "mdy"] = "dmy"
    guessed: str = ""
    """'dmy' or 'mdy' where the values told the order of day and month, not the client."""
    forms: frozenset[str] = frozenset({OTHER})
    """Forms that occur in the column; with ``OTHER`` among them a cell may be written in any way known."""
    damaged: int = 0
    """Ids that have lost digits and are so few that they still tell rows apart."""
    example: str = ""
    """One of them."""
    zone: str = "UTC"
    """Where moments that carry an offset are brought to."""


@ibis.udf.scalar.builtin(name="timezone")  # type: ignore[untyped-decorator]
def timezone_of_instant(zone: str, moment: dtypes.Timestamp(timezone="UTC")) -> dtypes.timestamp:  # type: ignore[valid-type]
    """DuckDB's: an instant as local time of ``zone``."""


@ibis.udf.scalar.builtin(  # type: ignore[untyped-decorator]
    name="audit_cell", signature=((dtypes.string,), dtypes.string)
)
def cleaned(text: str) -> Any:
    """Without spaces at both ends, NULL where nothing or a dash is left (``celltable.prepare``)."""


@ibis.udf.scalar.builtin(  # type: ignore[untyped-decorator]
    name="audit_dirty", signature=((dtypes.string,), dtypes.boolean)
)
def is_dirty(text: str) -> Any:
    """Whether ``cleaned`` would change a cell (``celltable.prepare``)."""


@ibis.udf.scalar.builtin(  # type: ignore[untyped-decorator]
    name="audit_odd", signature=((dtypes.string,), dtypes.boolean)
)
def is_odd(text: str) -> Any:
    """Whether a cell holds a placeholder worth saying (``celltable.prepare``)."""


def forms_of(column: Column) -> dict[str, str]:
    """The plain forms of a column's cells, with regular expressions; none for columns of words."""
    if column.type in NUMBERS:
        return NUMBER_FORMS
    if column.type in ("moment", "day"):
        return DATE_FORMS
    return ID_FORMS if column.type == "id" else {}


def form_of(text: ir.StringValue, column: Column) -> ir.IntegerValue:
    """One bit for the first form that a cell fits, the bit after the last for none of them."""
    forms = list(forms_of(column).values())
    named = [(text.re_search(pattern), 1 << bit) for bit, pattern in enumerate(forms)]
    return ibis.cases((text.isnull(), 0), *named, else_=1 << len(forms)).cast("int32")


def forms_in(bits: int, column: Column) -> frozenset[str]:
    """Names of the forms in the union of :func:`form_of` over a column."""
    return frozenset(name for bit, name in enumerate([*forms_of(column), OTHER]) if bits >> bit & 1)


def once(text: ir.StringValue, read: Callable[[ir.StringValue], ir.Value]) -> ir.Value:
    """``read(text)`` with ``text`` worked out once per row, however often ``read`` names it.

    Nested expressions that name their parts several times grow beyond what a database plans in reasonable time.
    """
    return ibis.array([text]).map(read)[0]


def _written_number(kind: str) -> str:
    """A number as people write it; group 1 its digits and marks, group 2 the word for thousands or millions.

    Before and behind it only a sign, a currency or a unit may stand: "from 500" and "0-500" are text.

    Args:
        kind: type of the column: money has no units, and in a duration "m" is a minute.
    """
    scale = "" if kind in TIMES else "|".join(words for words, _ in _SCALES)
    unit = _TIME_UNITS if kind in TIMES else _MONEY_WORDS if kind == "money" else f"{_MONEY_WORDS}|{_UNITS}"
    minus = r"[(\-−–+]"
    return (
        rf"(?i)^{minus}?{_GAP}*(?:{_MONEY_WORDS})?{_GAP}*{minus}?{_GAP}*({_BODY})"
        rf"{_GAP}*({scale})?{_GAP}*(?:{unit})?{_GAP}*[)\-−–]?$"
    )


def _digits(text: ir.StringValue, kind: str) -> ir.StringValue:
    """Digits and decimal marks of a number; "" where the text is none."""
    body = text.re_extract(_written_number(kind), 1).re_replace(rf"{_GAP}|['’]", "")
    return body.re_replace(r"[.,]$", "").re_replace(r"^([.,])", r"0\1")


def _single(body: ir.StringValue, mark: str) -> ir.BooleanValue:
    other = "." if mark == "," else ","
    return (body.replace(mark, "").length() == body.length() - 1) & ~body.contains(other)


def _ambiguous(body: ir.StringValue) -> ir.BooleanValue:
    """One mark, one to three digits before it (not a lone zero), exactly three after: 1.234."""
    return body.re_search(r"^[1-9]\d{0,2}[.,]\d{3}$")


def column_questions(text: ir.StringValue, column: Column, name: str, at: ir.IntegerValue) -> dict[str, ir.Scalar]:
    """Aggregates that tell how one column is written; keys are '<name>:<question>'.

    Args:
        text: the column.
        column: what it is to become.
        name: of the column, in the keys.
        at: a number per row, in the order of files and rows: examples are the first of their kind.
    """
    if column.type in NUMBERS:
        body = _digits(text, column.type)
        plain = ~text.re_search(_TYPED_FLOAT)
        # Two marks of one kind part thousands, so the other one is decimal.
        both_comma = (body.re_search(r"\..*,") & ~body.re_search(r",.*\.")) | body.re_search(r"^\d+\.\d+\.")
        both_dot = (body.re_search(r",.*\.") & ~body.re_search(r"\..*,")) | body.re_search(r"^\d+,\d+,")
        clear = plain & ~_ambiguous(body)
        return {
            f"{name}:comma": (plain & (both_comma | (clear & _single(body, ",")))).sum(),
            f"{name}:dot": (plain & (both_dot | (clear & _single(body, ".")))).sum(),
            f"{name}:ambiguous": (plain & _ambiguous(body)).sum(),
            f"{name}:example": body.argmin(at, where=plain & _ambiguous(body)),
            f"{name}:row": at.min(where=plain & _ambiguous(body)),
            **_asked_of_kind(text, column, name),
        }
    if column.type in ("moment", "day"):
        parts = text.re_search(_SLASHED)
        first = ibis.ifelse(parts, text.re_extract(r"^(\d{1,2})", 1).try_cast("int32"), None)
        second = ibis.ifelse(parts, text.re_extract(r"^\d{1,2}[./-](\d{1,2})", 1).try_cast("int32"), None)
        # Dots are written between day and month only.
        unclear = parts & (first <= 12) & (second <= 12) & (first != second) & ~text.re_search(_DOTTED)
        return {
            f"{name}:first": (first > 12).sum(),
            f"{name}:second": (second > 12).sum(),
            f"{name}:unclear": unclear.sum(),
            f"{name}:example": text.argmin(at, where=unclear),
            f"{name}:row": at.min(where=unclear),
            f"{name}:first_row": at.min(where=first > 12),
            f"{name}:second_row": at.min(where=second > 12),
            f"{name}:first_text": text.argmin(at, where=first > 12),
            f"{name}:second_text": text.argmin(at, where=second > 12),
        }
    if column.type == "id":
        damaged = text.re_search(_DAMAGED)
        return {
            f"{name}:damaged": damaged.sum(),
            f"{name}:different": text.nunique(where=damaged),
            f"{name}:filled": text.count(),
            f"{name}:example": text.argmin(at, where=damaged),
            f"{name}:row": at.min(where=damaged),
        }
    return {}


def _asked_of_kind(text: ir.StringValue, column: Column, name: str) -> dict[str, ir.Scalar]:
    """What only money (its signs) and durations (a clock that begins anew at midnight) are asked."""
    if column.type == "money":
        sign = text.re_extract(_SIGN, 1).lower()
        return {f"{name}:signs": sign.collect(where=sign != "", distinct=True)}
    if column.type in TIMES:
        return {
            f"{name}:midnight": text.re_search(_CLOCK_END).sum(),
            f"{name}:beyond": text.re_search(_BEYOND_CLOCK).sum(),
        }
    return {}


def plain_style(forms: frozenset[str], dates: str | None, zone: str) -> Style | None:
    """The style of a column all of whose cells are written plainly; None where more has to be asked."""
    if OTHER in forms or {"comma", "dot"} <= forms:
        return None
    if dates == "mdy" and forms & set(_DATE_FORMATS):
        return None
    return Style(decimal="," if "comma" in forms else ".", forms=forms, zone=zone)


def decide(
    answers: Mapping[str, Any],
    column: Column,
    name: str,
    header: str,
    file: str,
    decimal: str | None,
    dates: str | None,
    zone: str = "UTC",
) -> Style | Problem:
    """The style of a column from the answers to ``column_questions``, or what to ask the client."""

    def asked(question: str) -> int:
        return int(answers.get(f"{name}:{question}") or 0)

    def row(question: str) -> int | None:
        found = answers.get(f"{name}:{question}")
        return None if found is None or found != found else int(found) % FILE_STEP

    example = answers.get(f"{name}:example")
    if column.type == "id" and asked("damaged"):
        few = asked("damaged") <= FEW_DAMAGED * asked("filled")
        if few and asked("different") == asked("damaged"):
            return Style(damaged=asked("damaged"), example=str(example))
        return Problem(
            f"{asked('damaged')} ids are written as numbers, such as {example}: digits are lost",
            "export the column as text; a spreadsheet or script has damaged it",
            file,
            key=header,
            row=row("row"),
        )
    if column.type in ("moment", "day"):
        if dates in ("dmy", "mdy"):
            return Style(order="dmy" if dates == "dmy" else "mdy", zone=zone)
        dmy, mdy, unclear = asked("first"), asked("second"), asked("unclear")
        if dmy and mdy:
            both = [f"{answers[f'{name}:{one}_text']!r} in row {row(f'{one}_row')}" for one in ("first", "second")]
            return Problem(
                f"some dates can only be day-month ({dmy}, such as {both[0]}), others only month-day ({mdy}, such as "
                f"{both[1]})",
                "split the file, or set dates: dmy or mdy for this source",
                file,
                key=header,
            )
        if unclear and not dmy and not mdy:
            return Problem(
                f"dates such as {example!r} may be day-month-year ({_reading(str(example), 'dmy')}) or "
                f"month-day-year ({_reading(str(example), 'mdy')}), and no value tells which",
                "set dates: dmy or dates: mdy for this source",
                file,
                key=header,
                row=row("row"),
            )
        order: Literal["dmy", "mdy"] = "mdy" if mdy else "dmy"
        return Style(order=order, guessed=order if unclear else "", zone=zone)
    if column.type in NUMBERS:
        if decimal in (",", "."):
            return Style(decimal="," if decimal == "," else ".")
        comma, dot, ambiguous = asked("comma"), asked("dot"), asked("ambiguous")
        if ambiguous and column.type == "count":
            # Nobody sees an advertisement half: "1,234" impressions are 1234.
            return Style(decimal="." if "," in str(example) else ",")
        if ambiguous and bool(comma) == bool(dot):
            whole = str(example).replace(",", "").replace(".", "")
            return Problem(
                f"numbers such as {example!r} may be {whole} or {str(example).replace(',', '.')}, "
                "and the column does not tell which",
                'set decimal: "," or decimal: "." for this source',
                file,
                key=header,
                row=row("row"),
            )
        return Style(decimal="," if comma and not dot else ".")
    return Style()


def _reading(text: str, order: str) -> str:
    """A date of three numbers in one order, as ISO."""
    first, second, rest = re.split(r"[./-]", text, maxsplit=2)
    year = re.match(r"\d+", rest)
    day, month = (first, second) if order == "dmy" else (second, first)
    return f"{'20' if year and len(year[0]) == 2 else ''}{year[0] if year else ''}-{int(month):02d}-{int(day):02d}"


def number_value(text: ir.StringValue, style: Style, kind: str, type_: str = "float64") -> ir.NumericValue:
    """Number from text as people write it: spaces, currency signs, brackets for negative, either decimal mark."""
    readable = once(_digits(text, kind), lambda body: _unmarked(body, style)).try_cast(type_)
    # A minus may stand behind the number (SAP) or be brackets.
    negative = text.re_search(r"^[^\d]*[(\-−–]|\d[^\d]*[\-−–]$")
    factor = ibis.ifelse(negative, -1, 1)
    if kind not in TIMES:
        word = text.re_extract(_written_number(kind), 2)
        scale = once(word, lambda t: ibis.cases(*[(t.re_search(f"(?i)^({w})$"), n) for w, n in _SCALES], else_=1))
        factor = factor * scale
    typed = ibis.ifelse(text.re_search(_TYPED_FLOAT), text.try_cast("float64").try_cast(type_), ibis.null(type_))
    return ibis.coalesce(typed, (readable * factor).cast(type_))


def _unmarked(body: ir.StringValue, style: Style) -> ir.StringValue:
    """Digits with a decimal point alone."""
    thousands = "." if style.decimal == "," else ","
    # Both marks: the last one is decimal whatever the column's habit.
    # A single mark with other than three digits behind is decimal.
    comma_last = body.re_search(r"\..*,") & ~body.re_search(r",.*\.")
    dot_last = body.re_search(r",.*\.") & ~body.re_search(r"\..*,")
    single = _single(body, ",") | _single(body, ".")
    return ibis.cases(
        (comma_last, body.replace(".", "").replace(",", ".")),
        (dot_last, body.replace(",", "")),
        (single & ~_ambiguous(body), body.replace(",", ".")),
        (single, body.replace(thousands, "").replace(style.decimal, ".")),
        else_=body.replace(",", "").replace(".", ""),
    )


def plain_number(text: ir.StringValue, style: Style, type_: str = "float64") -> ir.NumericValue:
    """Number of a column in which every cell has one of ``NUMBER_FORMS``."""
    written = text.replace(",", ".") if "comma" in style.forms else text
    if "typed" not in style.forms:
        return written.try_cast(type_)
    typed = text.re_search(_TYPED_FLOAT)
    return ibis.ifelse(typed, _typed_float(text, type_), written.try_cast(type_))


def _typed_float(text: ir.StringValue, type_: str) -> ir.NumericValue:
    """A number that a workbook or Parquet file holds as such; 0.1 + 0.2 is 0.3 in money."""
    return text.try_cast("float64").try_cast(type_)


def plain_moment(text: ir.StringValue, style: Style) -> ir.TimestampValue:
    """Timestamp of a column in which every cell has one of ``DATE_FORMS``."""
    readings = {
        form: _try_strptime(text, ibis.array([ibis.literal(format_)])) for form, format_ in _DATE_FORMATS.items()
    }
    readings["iso"] = text.try_cast("timestamp")
    readings["offset"] = _local(text, style)
    used = [form for form in DATE_FORMS if form in style.forms]
    if len(used) <= 1:
        return readings[used[0]] if used else ibis.null("timestamp")
    branches = [(text.re_search(DATE_FORMS[form]), readings[form]) for form in used[:-1]]
    return ibis.cases(*branches, else_=readings[used[-1]])


def _local(text: ir.StringValue, style: Style) -> ir.TimestampValue:
    """A moment with an offset of its own ('...+0300') as local time of the client."""
    spelled = text.re_replace(r" ?([+-]\d\d):?(\d\d)$", r"\1:\2")
    return timezone_of_instant(style.zone, spelled.try_cast(dtypes.Timestamp(timezone="UTC")))


def moment_value(text: ir.StringValue, style: Style) -> ir.TimestampValue:
    """Timestamp from ISO text, day-month or month-day order, month names, or an Excel serial number."""
    dashed = text.re_replace(r"^(\d{1,2})[./](\d{1,2})[./](\d{2,4}),?", r"\1-\2-\3")
    lead = "%d-%m" if style.order == "dmy" else "%m-%d"
    ordered = [f"{lead}-{year}{clock}" for year in ("%y", "%Y") for clock in _CLOCKS]
    named = [f"{day}{clock}" for day in _NAMED_FORMATS for clock in _CLOCKS]
    days = text.replace("e0", "").try_cast("float64")
    serial = ibis.timestamp("1899-12-30 00:00:00") + (days * 86400).round().cast("int64").as_interval("s")
    return ibis.cases(
        (text.re_search(_OFFSET), _local(text, style)),
        (text.re_search(_ISO), text.re_replace(r"^(\d+)[./](\d+)[./]", r"\1-\2-").try_cast("timestamp")),
        (text.re_search(_COMPACT), _try_strptime(text, ibis.array([ibis.literal("%Y%m%d")]))),
        (text.re_search(_SERIAL), serial),
        (text.re_search(_SLASHED), _try_strptime(dashed, ibis.array([ibis.literal(f) for f in ordered]))),
        else_=_try_strptime(_english(text), ibis.array([ibis.literal(f) for f in named])),
    )


def from_1904(text: ir.StringValue) -> ir.StringValue:
    """A serial number of a day counted from 1904 as one counted from 1900; other text as it is."""
    days = (text.replace("e0", "").try_cast("float64") + DAYS_TO_1904).cast("string")
    return ibis.ifelse(text.re_search(_SERIAL), days, text)


def month_value(text: ir.StringValue) -> ir.DateValue:
    """First day of a month written without a day: 'март 2026', 'Mar 2026', '03.2026', '2026-03'; else NULL."""
    dotted = text.re_replace(r"^(\d{1,2})[./-](\d{4})$", r"\2-\1")
    read = _try_strptime(
        "1 " + _english(dotted.re_replace(r"^(\d{4})[./-](\d{1,2})$", r"\2 \1")),
        ibis.array([ibis.literal(form) for form in ("%d %b %Y", "%d %m %Y")]),
    )
    return ibis.ifelse(text.re_search(_MONTH_ALONE), read, ibis.null("timestamp")).date()


def _english(text: ir.StringValue) -> ir.StringValue:
    """A date in words with English names of months and nothing else: 'чт, 5 февраля 2026 г.' → '5 Feb 2026'."""
    plain = text.lower().re_replace(r"^\p{L}+\.?,\s+", "").replace(",", " ")
    plain = plain.re_replace(r"^(\d{1,2})[-/.](\p{L}+)[-/.](\d{2,4})", r"\1 \2 \3")
    plain = plain.re_replace(r"(\d{4})\s*(?:г|р)(?:\.|\s|$)", r"\1 ").replace(" de ", " ")
    for names in MONTHS:
        plain = plain.re_replace(rf"(^|[^\p{{L}}])(?:{'|'.join(names)})\p{{L}}*\.?", rf"\1{names[0].title()}")
    return plain.re_replace(r"\s+", " ").strip()


def flag_value(text: ir.StringValue) -> ir.BooleanValue:
    """true, false or unknown."""
    word = text.lower()
    return ibis.cases((word.isin(TRUE_WORDS), True), (word.isin(FALSE_WORDS), False), else_=ibis.null("boolean"))


def seconds_value(text: ir.StringValue, style: Style, unit: int) -> ir.FloatingValue:
    """Seconds from 'h:mm:ss', '1 day, 0:10:21' or a number that counts ``unit`` seconds.

    Two parts are hours and minutes where the column counts minutes, minutes and seconds where it counts seconds.
    """
    clock = r"^(?:(\d+) days?,? )?(\d+):(\d{2})(?::(\d{2}))?$"
    words = r"(?i)^(?:(\d+)\s*(?:d|days?|д\p{L}*)\.?,?\s*)?(?:(\d+)\s*(?:h|hours?|ч\p{L}*|год\p{L}*)\.?,?\s*)"
    words += r"(?:(\d+)\s*(?:m|min\p{L}*|м|мин\p{L}*|хв\p{L}*)\.?,?\s*)?(?:(\d+)\s*(?:s|sec\p{L}*|с|сек\p{L}*)\.?)?$"
    short = text.re_search(r"^\d+:\d{2}$") & (unit == 1)
    part = [text.re_extract(clock, index).try_cast("float64").fill_null(0) for index in range(1, 5)]
    spent = ibis.ifelse(short, part[1] * 60 + part[2], _summed(part))
    told = [text.re_extract(words, index).try_cast("float64").fill_null(0) for index in range(1, 5)]
    number = number_value(text, style, "minutes")
    by_unit = ibis.cases(
        (text.re_search(r"(?i)\d\s*(m|min\.?|м|мин\.?|хв\.?)$"), number * 60),
        (text.re_search(r"(?i)\d\s*(s|sec\.?|с|сек\.?)$"), number),
        else_=number * unit,
    )
    return ibis.cases((text.re_search(clock), spent), (text.re_search(words), _summed(told)), else_=by_unit)


def _summed(parts: list[ir.FloatingValue]) -> ir.FloatingValue:
    """Seconds of days, hours, minutes and seconds."""
    return parts[0] * 86400 + parts[1] * 3600 + parts[2] * 60 + parts[3]


def typed_value(text: ir.StringValue, column: Column, style: Style) -> ir.Value:
    """The value of a cell by the type of its column; NULL where it cannot be read."""
    plain = OTHER not in style.forms
    match column.type:
        case "money":
            return plain_number(text, style, MONEY) if plain else number_value(text, style, "money", MONEY)
        case "number" | "count":
            return plain_number(text, style) if plain else number_value(text, style, column.type)
        case "rating":
            rating = plain_number(text, style) if plain else number_value(text, style, column.type)
            return ibis.ifelse((rating >= 1) & (rating <= 5), rating, ibis.null("float64"))
        case "moment":
            return plain_moment(text, style) if plain else moment_value(text, style)
        case "day":
            return (plain_moment(text, style) if plain else moment_value(text, style)).date()
        case "flag":
            return flag_value(text)
        case "minutes":
            return plain_number(text, style) if plain else seconds_value(text, style, 60) / 60
        case "seconds":
            return plain_number(text, style) if plain else seconds_value(text, style, 1)
        case "id" if style.forms == {"whole"}:
            return text
        case "id":
            # pandas writes an id with gaps as 77.0.
            return text.re_replace(r"^(-?\d+(?:\.\d+)?)e0$", r"\1").re_replace(r"^(\d+)[.,]0$", r"\1")
        case _:
            # The mark of a typed number never reaches a reader.
            return ibis.ifelse(text.endswith("e0"), text.re_replace(r"^(-?\d+(?:\.\d+)?)e0$", r"\1"), text)


__all__ = [
    "MONEY",
    "Style",
    "cleaned",
    "column_questions",
    "decide",
    "form_of",
    "forms_in",
    "forms_of",
    "from_1904",
    "is_dirty",
    "is_odd",
    "month_value",
    "plain_style",
    "typed_value",
]
