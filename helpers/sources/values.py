"""Text → typed values. How a column writes numbers and dates is decided once per column.

Two questions are put to the data, each one aggregate over all columns. The first is cheap: in which of a few plain
forms every cell of a column is written (`FORMS`). Only columns with cells beyond these forms are asked the second,
dear one (``column_questions``). ``decide`` turns the answers into a ``Style`` or a problem that shows both readings;
``typed_value`` names the macro of DuckDB that reads what is there (``cellmacros``).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Literal

import ibis
import ibis.expr.datatypes as dtypes

from helpers.errors import Problem
from helpers.sources.places import FILE_STEP

if TYPE_CHECKING:
    import ibis.expr.types as ir

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
    "#num!",
    "#null!",
    "#н/д",
    "#ссылка!",
    "#посилання!",
    "#знач!",
    "#имя?",
    "#ім'я?",
    "#дел/0!",
    "#діл/0!",
    "#число!",
    "#пусто!",
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

MACRO = r"\{[^{}]*\}|%7[Bb]"
"""An advertising system's template that was never filled in."""
TYPED_FLOAT = r"^-?\d+(\.\d+)?e-?\d+$"
OFFSET = r"^\d{4}-\d\d-\d\d[ T]\d\d:\d\d(:\d\d(\.\d+)?)? ?(Z|[+-]\d\d(:?\d\d)?)$"
DAMAGED = r"^\d+([.,]\d+)?[eE]\+?\d+$"
"""A long number after a spreadsheet: 1.03293E+19."""
_DAY_MONTH = r"^(0?[1-9]|[12]\d|3[01])\.(0?[1-9]|1[0-2])\.\d{4}"
_HOUR = r"([01]?\d|2[0-3]):[0-5]\d"
"""Hours end at 23: "24:00" is midnight and not read plainly."""
FORMS = {
    "number": {
        "whole": r"^-?\d+$",
        "comma": r"^-?\d+,(\d{1,2}|\d{4,6})$",
        "dot": r"^-?\d+\.(\d{1,2}|\d{4,6})$",
        "typed": TYPED_FLOAT,
    },
    "date": {
        "dmy_second": f"{_DAY_MONTH} {_HOUR}:[0-5]\\d$",
        "dmy_minute": f"{_DAY_MONTH} {_HOUR}$",
        "dmy": _DAY_MONTH + "$",
        "iso": r"^\d{4}-\d\d-\d\d([ T]\d\d:\d\d(:\d\d(\.\d+)?)?)?$",
        "offset": OFFSET,
    },
    "id": {"whole": r"^\d+$", "plain": r"^[^eE]*$"},
}
"""Numbers and dates that can be read in one way only, without knowing the rest of the column, and ids that a
spreadsheet cannot have damaged."""
DATE_FORMS = tuple(FORMS["date"])
DATE_FORMATS = {"dmy_second": "%d.%m.%Y %H:%M:%S", "dmy_minute": "%d.%m.%Y %H:%M", "dmy": "%d.%m.%Y"}
OTHER = "other"
DAYS_TO_1904 = 1462
FEW_DAMAGED = 0.01
"""Share of ids that may have lost digits, if they still differ, before a file is refused."""
FEW_STRAY = 0.01
"""Share of dates that may go against a system's order before it is asked which is right."""
NUMBERS = ("money", "number", "count", "rating", "minutes", "seconds")
TIMES = ("minutes", "seconds")
DATES = ("moment", "day")
COMMA, DOT, UNCLEAR = 1, 2, 3
"""What ``audit_mark_...`` tells of a number: its decimal mark, or that the column has to tell it."""


@dataclass(frozen=True)
class Style:
    """How a column writes its values."""

    decimal: Literal[",", "."] = "."
    order: Literal["dmy", "mdy"] = "dmy"
    guessed: str = ""
    """'dmy' or 'mdy' where some dates may be read either way and the client has not said which."""
    forms: frozenset[str] = frozenset({OTHER})
    """Forms that occur in the column; with ``OTHER`` among them a cell may be written in any way known."""
    damaged: int = 0
    """Ids that have lost digits and are so few that they still tell rows apart."""
    example: str = ""
    """One of them."""
    zone: str = "UTC"
    """Where moments that carry an offset are brought to."""


@cache
def _macro(name: str, given: dtypes.DataType, more: int, result: str) -> Callable[..., Any]:
    """One of the macros of ``cellmacros`` as a function of expressions: one node, however much it does."""

    def alone(cell: Any) -> Any: ...

    def beside(cell: Any, further: Any) -> Any: ...

    signature = (given, *(dtypes.string,) * more), dtypes.dtype(result)
    made = ibis.udf.scalar.builtin(name=f"audit_{name}", signature=signature)(beside if more else alone)
    return made  # type: ignore[no-any-return]


def read_as(name: str, result: str, cell: ir.Value, *more: str) -> Any:
    """The macro ``audit_<name>`` of a cell, of that type of Ibis; ``more``: its further argument."""
    return _macro(name, cell.type(), len(more), result)(cell, *more)


def cleaned(text: ir.StringValue) -> ir.StringValue:
    """Without spaces at both ends, NULL where nothing or a dash is left."""
    return read_as("cell", "string", text)


def is_odd(text: ir.StringValue) -> ir.BooleanValue:
    """Whether a cell holds a placeholder worth saying."""
    return read_as("odd", "boolean", text)


def group_of(column: Column) -> str:
    """The group of `FORMS` in which a column's cells are written; '' for columns of words."""
    if column.type in NUMBERS:
        return "number"
    return "date" if column.type in DATES else "id" if column.type == "id" else ""


def forms_in(bits: int, column: Column) -> frozenset[str]:
    """Names of the forms in the union of ``audit_form_<group>`` over a column."""
    return frozenset(name for bit, name in enumerate([*FORMS[group_of(column)], OTHER]) if bits >> bit & 1)


def once(text: ir.StringValue, read: Callable[[ir.StringValue], ir.Value]) -> ir.Value:
    """``read(text)`` with ``text`` worked out once per row, however often ``read`` names it.

    Nested expressions that name their parts several times grow beyond what a database plans in reasonable time.
    """
    return ibis.array([text]).map(read)[0]


def column_questions(cell: str, column: Column) -> dict[str, str]:
    """Aggregates in SQL that tell how one column is written, by the name of the question.

    Args:
        cell: the column.
        column: what it is to become.

    Examples are the first of their kind by ``place``, a number per row in the order of files and rows.
    """
    if column.type in NUMBERS:
        kind = _kind(column.type)
        marks = {"comma": COMMA, "dot": DOT, "ambiguous": UNCLEAR}
        found = {name: f"audit_mark_{kind}({cell}) = {mark}" for name, mark in marks.items()}
        asked = {name: f"count(*) FILTER ({where})" for name, where in found.items()}
        asked |= _first(f"audit_digits_{kind}({cell})", found["ambiguous"])
        if column.type == "money":
            asked["signs"] = f"list(DISTINCT audit_sign({cell})) FILTER (audit_sign({cell}) <> '')"
        if column.type in TIMES:
            asked |= {name: f"count(*) FILTER (audit_{name}({cell}))" for name in ("midnight", "beyond")}
        return asked
    if column.type in DATES:
        found = {name: f"audit_{name}({cell}) > 12" for name in ("first", "second")}
        found["unclear"] = f"audit_unclear({cell})"
        asked = {name: f"count(*) FILTER ({where})" for name, where in found.items()} | _first(cell, found["unclear"])
        for name in ("first", "second"):
            asked |= {
                f"{name}_{part}": told
                for part, told in zip(("text", "row"), _first(cell, found[name]).values(), strict=True)
            }
        return asked
    if column.type == "id":
        lost = f"audit_lost({cell})"
        return {
            "damaged": f"count(*) FILTER ({lost})",
            "different": f"count(DISTINCT {cell}) FILTER ({lost})",
            "filled": f"count({cell})",
            **_first(cell, lost),
        }
    return {}


def _first(text: str, where: str) -> dict[str, str]:
    return {"example": f"arg_min({text}, place) FILTER ({where})", "row": f"min(place) FILTER ({where})"}


def _kind(type_: str) -> str:
    """How a column's numbers are read: money has no units, and in a duration "m" is a minute."""
    return "money" if type_ == "money" else "time" if type_ in TIMES else "number"


def plain_style(forms: frozenset[str], dates: str | None, zone: str) -> Style | None:
    """The style of a column all of whose cells are written plainly; None where more has to be asked."""
    if OTHER in forms or {"comma", "dot"} <= forms:
        return None
    if dates == "mdy" and forms & set(DATE_FORMATS):
        return None
    return Style(decimal="," if "comma" in forms else ".", forms=forms, zone=zone)


def decide(
    answers: Mapping[str, Any],
    column: Column,
    header: str,
    file: str,
    decimal: str | None,
    dates: str | None,
    zone: str = "UTC",
    habit: str | None = None,
) -> Style | Problem:
    """The style of a column from the answers to ``column_questions``, or what to ask the client.

    ``dates`` is the client's word; ``habit`` how the system or the file's other columns write dates, which holds where
    this column does not tell.
    """

    def asked(question: str) -> int:
        return int(answers.get(question) or 0)

    def row(question: str) -> int | None:
        found = answers.get(question)
        return None if found is None or found != found else int(found) % FILE_STEP

    example = answers.get("example")
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
    if column.type in DATES:
        if dates in ("dmy", "mdy"):
            return Style(order="dmy" if dates == "dmy" else "mdy", zone=zone)
        dmy, mdy, unclear = asked("first"), asked("second"), asked("unclear")
        if habit in ("dmy", "mdy"):
            for_it, against = (dmy, mdy) if habit == "dmy" else (mdy, dmy)
            if against <= FEW_STRAY * for_it or not against:
                return Style(order="dmy" if habit == "dmy" else "mdy", guessed=habit if unclear else "", zone=zone)
        if dmy and mdy:
            both = [f"{answers[f'{one}_text']!r} in row {row(f'{one}_row')}" for one in ("first", "second")]
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


def plain_number(text: ir.StringValue, style: Style, kind: str) -> ir.NumericValue:
    """Number of a column in which every cell has one of the plain forms."""
    mark = "comma" if "comma" in style.forms else "dot"
    typed = "_typed" if "typed" in style.forms else ""
    name, result = ("money", MONEY) if kind == "money" else ("number", "float64")
    return read_as(f"{mark}{typed}_{name}", result, text)


def plain_moment(text: ir.StringValue, style: Style) -> ir.TimestampValue:
    """Timestamp of a column in which every cell has one of the plain forms."""
    readings = [
        (form, read_as(form, "timestamp", text, *([style.zone] if form == "offset" else [])))
        for form in DATE_FORMS
        if form in style.forms
    ]
    if len(readings) <= 1:
        return readings[0][1] if readings else ibis.null("timestamp")
    branches = [(text.re_search(FORMS["date"][form]), reading) for form, reading in readings[:-1]]
    return ibis.cases(*branches, else_=readings[-1][1])


def span_value(text: ir.StringValue, span: str) -> ir.DateValue:
    """First day of a 'month' or 'quarter' written without days ('март 2026', '2026-03'; 'Q1 2026', '1 кв. 2026'); else
    NULL."""
    return read_as(span, "date", text)


def typed_value(text: ir.StringValue, column: Column, style: Style) -> ir.Value:
    """The value of a cell by the type of its column; NULL where it cannot be read."""
    plain = OTHER not in style.forms
    match column.type:
        case "money" | "number" | "count" | "rating" | "minutes" | "seconds" if plain:
            number = plain_number(text, style, column.type)
        case "money":
            number = read_as("read_money", MONEY, text, style.decimal)
        case "number" | "count" | "rating":
            number = read_as("read_number", "float64", text, style.decimal)
        case "minutes" | "seconds":
            number = read_as(f"in_{column.type}", "float64", text, style.decimal)
        case "moment" | "day":
            moment = (
                plain_moment(text, style) if plain else read_as(f"read_{style.order}", "timestamp", text, style.zone)
            )
            return moment.date() if column.type == "day" else moment
        case "flag":
            return read_as("flag", "boolean", text)
        case "id":
            return text if style.forms == {"whole"} else read_as("id", "string", text)
        case _:
            return read_as("text", "string", text)
    return read_as("rated", "float64", number) if column.type == "rating" else number
