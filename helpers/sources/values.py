"""Text → typed values, as Ibis expressions. How a column writes numbers and dates is decided once per column.

``survey_columns`` asks the data one question (a single aggregate over all columns), ``decide`` turns the answer into a
``Style`` or a problem that shows both readings; the ``*_value`` functions build the expressions.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import ibis
import ibis.expr.datatypes as dtypes
import ibis.expr.types as ir

from helpers.errors import Problem

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
    "не закрыта",
    "не закрито",
)
"""Compared without case and outer spaces; they mean "no value"."""
QUIET_PLACEHOLDERS = ("", "-", "--", "---", "—", "–", "не закрыта", "не закрито")
"""Usual ways to leave a cell empty: not worth a notice."""
TRUE_WORDS = ("true", "1", "yes", "y", "да", "так", "x", "+", "✓", "истина")
FALSE_WORDS = ("false", "0", "no", "n", "нет", "ні", "ложь", "хибність")

_SPACES = "[\\s\u00a0\u202f\u2007\u2009\ufeff]"
_NUMBER = r"^[^\d.,()\-−–]*[(\-−–]?[^\d.,()]*\d[\d\s\x{a0}\x{202f}\x{2009}.,'’]*\)?[^\d.,()]{0,8}\.?$"
_TYPED_FLOAT = r"^-?\d+(\.\d+)?e-?\d+$"
_ISO = r"^\d{4}-\d{1,2}-\d{1,2}([ T].*)?$"
_INSTANT = r"^\d{4}-\d{1,2}-\d{1,2}[ T]\d{1,2}:\d{2}(:\d{2}([.,]\d+)?)? ?([Zz]|[+-]\d{2}(:?\d{2})?)$"
_SLASHED = r"^\d{1,2}([./-])\d{1,2}[./-](\d{4}|\d{2})([ ,T].*)?$"
_DOTTED = r"^\d{1,2}\.\d{1,2}\.(\d{4}|\d{2})([ ,T].*)?$"
_SERIAL = r"^[2-5]\d{4}(\.\d+(e0)?)?$"
_COMPACT = r"^(19|20)\d{6}$"
_MONTH_NAME_FORMATS = ("%d %b %Y", "%d %B %Y", "%b %d, %Y", "%B %d, %Y", "%d %b, %Y", "%a, %d %b %Y")
_CLOCKS = ("", " %H:%M", " %H:%M:%S", " %I:%M %p", " %I:%M:%S %p", ", %H:%M", ", %H:%M:%S")


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


def spaceless(text: ir.StringValue) -> ir.StringValue:
    """Without spaces of any kind (also the no-break and narrow ones) at both ends."""
    return text.re_replace(f"^{_SPACES}+|{_SPACES}+$", "")


def without_placeholder(text: ir.StringValue) -> ir.StringValue:
    """NULL for placeholders such as '-', '#REF!', 'undefined'."""
    trimmed = spaceless(text)
    return ibis.ifelse(trimmed.lower().isin(PLACEHOLDERS), ibis.null("string"), trimmed)


def _digits(text: ir.StringValue) -> ir.StringValue:
    return text.re_replace(r"[^0-9.,]", "").re_replace(r"^[.,]+|[.,]+$", "")


def _single(body: ir.StringValue, mark: str) -> ir.BooleanValue:
    other = "." if mark == "," else ","
    return (body.replace(mark, "").length() == body.length() - 1) & ~body.contains(other)


def _ambiguous(body: ir.StringValue) -> ir.BooleanValue:
    """One mark, one to three digits before it (not a lone zero), exactly three after: 1.234."""
    return body.re_search(r"^[1-9]\d{0,2}[.,]\d{3}$")


def column_questions(text: ir.StringValue, column: Column, name: str) -> dict[str, ir.Scalar]:
    """Aggregates that tell how one column is written; keys are '<name>:<question>'."""
    if column.type in ("money", "number", "count", "rating", "minutes", "seconds"):
        body = _digits(text)
        plain = ~text.re_search(_TYPED_FLOAT)
        both_comma = body.re_search(r"\..*,") & ~body.re_search(r",.*\.")
        both_dot = body.re_search(r",.*\.") & ~body.re_search(r"\..*,")
        clear = plain & ~_ambiguous(body)
        return {
            f"{name}:comma": (plain & (both_comma | (clear & _single(body, ",")))).sum(),
            f"{name}:dot": (plain & (both_dot | (clear & _single(body, ".")))).sum(),
            f"{name}:ambiguous": (plain & _ambiguous(body)).sum(),
            f"{name}:example": body.max(where=plain & _ambiguous(body)),
        }
    if column.type in ("moment", "day"):
        parts = text.re_search(_SLASHED)
        first = ibis.ifelse(parts, text.re_extract(r"^(\d{1,2})", 1).try_cast("int32"), None)
        second = ibis.ifelse(parts, text.re_extract(r"^\d{1,2}[./-](\d{1,2})", 1).try_cast("int32"), None)
        return {
            f"{name}:first": (first > 12).sum(),
            f"{name}:second": (second > 12).sum(),
            f"{name}:unclear": (
                parts & (first <= 12) & (second <= 12) & (first != second) & ~text.re_search(_DOTTED)
            ).sum(),
            f"{name}:example": text.max(where=parts & (first <= 12) & (second <= 12) & (first != second)),
        }
    if column.type == "id":
        damaged = text.re_search(r"^\d+(\.\d+)?[eE]\+?\d+$")
        return {f"{name}:damaged": damaged.sum(), f"{name}:example": text.max(where=damaged)}
    return {}


def decide(
    answers: Mapping[str, Any],
    column: Column,
    name: str,
    header: str,
    file: str,
    decimal: str | None,
    dates: str | None,
) -> Style | Problem:
    """The style of a column from the answers to ``column_questions``, or what to ask the client."""

    def asked(question: str) -> int:
        return int(answers.get(f"{name}:{question}") or 0)

    example = answers.get(f"{name}:example")
    if column.type == "id" and asked("damaged"):
        return Problem(
            f"{asked('damaged')} ids are written as numbers, such as {example}: digits are lost",
            "export the column as text; a spreadsheet or script has damaged it",
            file,
            key=header,
        )
    if column.type in ("moment", "day"):
        if dates in ("dmy", "mdy"):
            return Style(order="dmy" if dates == "dmy" else "mdy")
        dmy, mdy, unclear = asked("first"), asked("second"), asked("unclear")
        if dmy and mdy:
            return Problem(
                f"some dates can only be day-month ({dmy}), others only month-day ({mdy})",
                "split the file, or set dates: dmy or mdy for this source",
                file,
                key=header,
            )
        if unclear and not dmy and not mdy:
            return Problem(
                f"dates such as {example!r} may be day-month-year or month-day-year, and no value tells which",
                "set dates: dmy or dates: mdy for this source",
                file,
                key=header,
            )
        if unclear:
            return Style(order="mdy" if mdy else "dmy", guessed="mdy" if mdy else "dmy")
        return Style()
    if column.type in ("money", "number", "count", "rating", "minutes", "seconds"):
        if decimal in (",", "."):
            return Style(decimal="," if decimal == "," else ".")
        comma, dot, ambiguous = asked("comma"), asked("dot"), asked("ambiguous")
        if ambiguous and bool(comma) == bool(dot):
            whole = str(example).replace(",", "").replace(".", "")
            return Problem(
                f"numbers such as {example!r} may be {whole} or {str(example).replace(',', '.')}, "
                "and the column does not tell which",
                'set decimal: "," or decimal: "." for this source',
                file,
                key=header,
            )
        return Style(decimal="," if comma and not dot else ".")
    return Style()


def number_value(text: ir.StringValue, style: Style, type_: str = "float64") -> ir.NumericValue:
    """Number from text as people write it: spaces, currency signs, brackets for negative, either decimal mark."""
    body = _digits(text)
    thousands = "." if style.decimal == "," else ","
    # Both marks: the last one is decimal whatever the column's habit.
    # A single mark with other than three digits behind is decimal.
    comma_last = body.re_search(r"\..*,") & ~body.re_search(r",.*\.")
    dot_last = body.re_search(r",.*\.") & ~body.re_search(r"\..*,")
    single = _single(body, ",") | _single(body, ".")
    plain = ibis.cases(
        (comma_last, body.replace(".", "").replace(",", ".")),
        (dot_last, body.replace(",", "")),
        (single & ~_ambiguous(body), body.replace(",", ".")),
        (single, body.replace(thousands, "").replace(style.decimal, ".")),
        else_=body.replace(",", "").replace(".", ""),
    )
    negative = text.re_search(r"^[^\d]*[(\-−–]")
    signed = ibis.ifelse(negative, ibis.literal("-") + plain, plain)
    readable = ibis.ifelse(text.re_search(_NUMBER), signed, ibis.null("string")).try_cast(type_)
    scale = ibis.cases((text.re_search(r"\d[KkКк]$"), 1_000), (text.re_search(r"\d[MmМм]$"), 1_000_000), else_=1)
    typed = ibis.ifelse(text.re_search(_TYPED_FLOAT), text.try_cast("float64").try_cast(type_), ibis.null(type_))
    return ibis.coalesce(typed, (readable * scale).cast(type_))


def moment_value(text: ir.StringValue, style: Style) -> ir.TimestampValue:
    """Timestamp from ISO text, day-month or month-day order, month names, or an Excel serial number."""
    dashed = text.re_replace(r"^(\d{1,2})[./](\d{1,2})[./](\d{2,4})", r"\1-\2-\3")
    lead = "%d-%m" if style.order == "dmy" else "%m-%d"
    ordered = [f"{lead}-{year}{clock}" for year in ("%y", "%Y") for clock in _CLOCKS]
    named = [f"{day}{clock}" for day in _MONTH_NAME_FORMATS for clock in _CLOCKS]
    days = text.replace("e0", "").try_cast("float64")
    serial = ibis.timestamp("1899-12-30 00:00:00") + (days * 86400).round().cast("int64").as_interval("s")
    return ibis.cases(
        (text.re_search(_ISO), text.try_cast("timestamp")),
        (text.re_search(_COMPACT), _try_strptime(text, ibis.array([ibis.literal("%Y%m%d")]))),
        (text.re_search(_SERIAL), serial),
        (text.re_search(_SLASHED), _try_strptime(dashed, ibis.array([ibis.literal(f) for f in ordered]))),
        else_=_try_strptime(text, ibis.array([ibis.literal(f) for f in named])),
    )


def instant_value(text: ir.StringValue) -> ir.TimestampValue:
    """The instant that ISO text with an offset ("...T10:00:00Z", "...10:00 +0300") names; NULL without an offset."""
    written = text.re_replace(r" ([+-]\d{2})", r"\1").re_replace(r"([+-]\d{2})(\d{2})$", r"\1:\2").replace(",", ".")
    return ibis.ifelse(text.re_search(_INSTANT), written.try_cast("timestamp('UTC')"), ibis.null("timestamp('UTC')"))


def flag_value(text: ir.StringValue) -> ir.BooleanValue:
    """true, false or unknown."""
    word = text.lower()
    return ibis.cases((word.isin(TRUE_WORDS), True), (word.isin(FALSE_WORDS), False), else_=ibis.null("boolean"))


def seconds_value(text: ir.StringValue, style: Style, unit: int) -> ir.FloatingValue:
    """Seconds from 'h:mm:ss', '1 day, 0:10:21' or a number that counts ``unit`` seconds.

    Two parts are hours and minutes where the column counts minutes, minutes and seconds where it counts seconds.
    """
    clock = r"^(?:(\d+) days?,? )?(\d+):(\d{2})(?::(\d{2}))?$"
    part = [text.re_extract(clock, index).try_cast("float64").fill_null(0) for index in range(1, 5)]
    short = text.re_search(r"^\d+:\d{2}$") & (unit == 1)
    spent = ibis.ifelse(short, part[1] * 60 + part[2], part[0] * 86400 + part[1] * 3600 + part[2] * 60 + part[3])
    return ibis.ifelse(text.re_search(clock), spent, number_value(text, style) * unit)


def typed_value(text: ir.StringValue, column: Column, style: Style) -> ir.Value:
    """The value of a cell by the type of its column; NULL where it cannot be read."""
    match column.type:
        case "money":
            return number_value(text, style, MONEY)
        case "number" | "count":
            return number_value(text, style)
        case "rating":
            rating = number_value(text, style)
            return ibis.ifelse((rating >= 1) & (rating <= 5), rating, ibis.null("float64"))
        case "moment":
            return moment_value(text, style)
        case "day":
            return moment_value(text, style).date()
        case "flag":
            return flag_value(text)
        case "minutes":
            return seconds_value(text, style, 60) / 60
        case "seconds":
            return seconds_value(text, style, 1)
        case _:
            # The mark of a typed number never reaches a reader.
            return ibis.ifelse(text.re_search(_TYPED_FLOAT), text.replace("e0", ""), text)


__all__ = ["MONEY", "Style", "column_questions", "decide", "instant_value", "typed_value", "without_placeholder"]
