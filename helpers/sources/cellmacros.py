"""What our own DuckDB is taught about one cell: macros, made once per connection, so that a question to all columns of
a file names each cell once and nobody has to build the reading of a date again for every one of them.

``values`` says which macro reads which column, ``survey`` puts the questions. A macro that names a part of its own
several times hands it on as the argument of a lambda: written out each time it would grow beyond what a database plans.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from helpers.sources.contact import ID_CONTACT, PERHAPS, WRITTEN
from helpers.sources.csvfile import quoted
from helpers.sources.currency import PATTERN
from helpers.sources.period import MONTHS
from helpers.sources.repair import SUSPICIOUS
from helpers.sources.values import (
    COMMA,
    DAMAGED,
    DATE_FORMATS,
    DAYS_TO_1904,
    DOT,
    FALSE_WORDS,
    FORMS,
    MACRO,
    MONEY,
    ODD_PLACEHOLDERS,
    OFFSET,
    QUIET_PLACEHOLDERS,
    TRUE_WORDS,
    TYPED_FLOAT,
    UNCLEAR,
)

if TYPE_CHECKING:
    from ibis.backends.duckdb import Backend

SPACES = " \t\r\n\u00a0\u202f\u2007\u2009\u200b\u200e\u200f\u2060\ufeff"
"""What may stand around a cell."""
_BARE = r"^[!-~\x{400}-\x{4ff}](?:.*[!-~\x{400}-\x{4ff}])?$"
"""Begins and ends with a plain letter, digit or sign: nothing stands around it, and to see that is four times cheaper
than to take away any of ``SPACES``."""
_APOSTROPHE = "'"
_GUARD = r"^'(?:[-+=@]|\d[\d .,:/-]*$)"
"""Before a formula, or before a number, day or id that a spreadsheet is to leave alone."""
_FORMULA, _QUOTE = '="', '"'
"""A text that a script has wrapped, so that spreadsheets leave it alone: ="0012"."""

# Numbers --------------------------------------------------------------------------------------------------------------

_GAP = r"[\s\x{a0}\x{2000}-\x{200b}\x{202f}]"
_ANY_GAP = (f"{_GAP}+", " ")
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
_SIGN = rf"(?i)(?:^|[^A-Za-zА-Яа-яЁёІіЇїЄєҐґ])({PATTERN})(?:$|[^A-Za-zА-Яа-яЁёІіЇїЄєҐґ])"
"""No part of a word: "Spend" is not written in Peruvian sol."""
_NO_CENTS = "(?:[.,][-−–—]{1,2})?"
"""Behind a whole amount: "500,-"."""
_MINUS = r"^[^\d]*[(\-−–]|\d[^\d.,]*[\-−–]$"
"""A minus may stand behind the number (SAP) or be brackets; behind a comma it stands for cents."""
_AMBIGUOUS = r"^[1-9]\d{0,2}[.,]\d{3}$"
"""One mark, one to three digits before it (not a lone zero), exactly three after: 1.234."""
_COMMA_BEHIND, _DOT_BEHIND = r"\..*,", r",.*\."
_TWO_DOTS, _TWO_COMMAS = r"^\d+\.\d+\.", r"^\d+,\d+,"

# Dates ----------------------------------------------------------------------------------------------------------------

_OTHER_DIGITS = (
    "".join(chr(first + number) for first in (0xFF10, 0x660, 0x6F0) for number in range(10)) + "．，٫٬",
    "0123456789" * 3 + ".,.,",
)
"""Digits and marks of full width, Arabic and Persian, and those they stand for."""
_SMALL = r"a-z\x{df}-\x{24f}\x{370}-\x{52f}"
"""Small letters of Latin, Greek and Cyrillic: all of Unicode's would cost RE2 milliseconds wherever they stand."""
_LETTERS = r"A-Za-z\x{c0}-\x{24f}\x{370}-\x{52f}"
_ISO = r"^\d{4}[-./]\d{1,2}[-./]\d{1,2}([ T].*)?$"
_BEHIND = rf"((?:{_GAP}|[,Tгр]).*)?$"
_SLASHED = rf"^\d{{1,2}}([./-])\d{{1,2}}[./-](\d{{4}}|\d{{2}}){_BEHIND}"
_DOTTED = rf"^\d{{1,2}}\.\d{{1,2}}\.(\d{{4}}|\d{{2}}){_BEHIND}"
_MONTH_ALONE = rf"^([{_LETTERS}]{{3,12}}\.?,? (?:de )?\d{{4}}( ?[гр]\.?)?|" + r"\d{1,2}[./-]\d{4}|\d{4}[./-]\d{1,2})$"
_ROMAN = ((r"^iv(\s?кв)", r"4\1"), (r"^iii(\s?кв)", r"3\1"), (r"^ii(\s?кв)", r"2\1"), (r"^i(\s?кв)", r"1\1"))
_QUARTER = r"(?:q\s?[1-4]|[1-4](?:-?[йі])?\s?кв(?:артал)?\.?)"
_QUARTER_ALONE = rf"^(?:{_QUARTER},?[\s./-]*20\d\d(?:\s?[гр]\.?)?|20\d\d(?:\s?[гр]\.?)?,?[\s./-]*{_QUARTER})$"
_SERIAL = r"^[2-5]\d{4}([.,]\d+(e0)?)?$"
_DAYS = "try_cast(replace(replace(t, 'e0', ''), ',', '.') AS DOUBLE)"
_NEXT_DAY = r"[ T]24:00(:00)?$"
"""Midnight at the end of a day."""
_UTC = r" (UTC|GMT)$"
_SAID = (r"^(\d{1,2}\.\d{1,2}\.\d{2,4})\s*[гр]\.?", r"\1")
"""Words behind a day: '13.03.2026 г.'."""
_WEEKDAY = (
    (rf"^[{_SMALL}-]+\.?,\s+", ""),
    (rf"^[{_SMALL}-]+\.?\s+(\d{{1,2}}[.ºer]*\s+[{_SMALL}])", r"\1"),
    (r"^(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*\s+([a-z]{3})", r"\1"),
)
"""Before the day; without a comma only where the month stands behind it: "jeudi 5 mars", but not "march 5"."""
_ORDINAL = (r"(^|\s)(\d{1,2})(?:\.|er|º|°|st|nd|rd|th)([\s,])", r"\1\2\3")
_AT = (
    (r",?\s+(?:at|um|à|às|a las?|alle|ore|o|godz\.?|om|в|у|о)\s+(\d{1,2}[:h])", r" \1"),
    (r"\s*(?:uhr|uur)$", ""),
    (r"(\s\d{1,2})\s?h\s?(\d{2})$", r"\1:\2"),
)
"""Around the clock: 'um 14:30 Uhr', 'à 14h30', 'a las 14:30'."""
_NOON = (r"(?i)\s*([ap])\.?\s?m\.?$", r" \1m")
"""'2:05pm', '2:05 p. m.'."""
_COMPACT = r"^(19|20)\d{6}(\d{6})?$"
_EPOCH = r"^1\d{9}(\d{3})?$"
"""Seconds, or milliseconds, since 1970 (from 2001 to 2033)."""
_SCRIPT = r"^[A-Z][a-z]{2} ([A-Z][a-z]{2} \d{2} \d{4} \d{2}:\d{2}:\d{2} GMT[+-]\d{4})( \(.*\))?$"
"""As JavaScript writes a moment, which scripts of online tables leave behind: "Sun Mar 01 2026 10:00:00 GMT+0300"."""
_NAMED_FORMATS = ("%d %b %y", "%d %b %Y", "%b %d %Y", "%Y %b %d")
_CLOCKS = ("", " %H:%M", " %H:%M:%S", " %I:%M %p", " %I:%M:%S %p")

# Durations ------------------------------------------------------------------------------------------------------------

_CLOCK_END = r"^23:59(:\d\d)?$"
_BEYOND_CLOCK = r"^(2[4-9]|[3-9]\d|\d{3,}):|day"
_SHORT_CLOCK = r"^\d+:\d{2}$"
_CLOCK = r"^(?:(\d+) days?,? )?(\d+):(\d{2})(?::(\d{2}))?$"
_SPOKEN = (
    r"^(?:(\d+)\s*(?:d|days?|д[{}]*)\.?,?\s*)?(?:(\d+)\s*(?:h|hours?|ч[{}]*|год[{}]*)\.?,?\s*)"
    r"(?:(\d+)\s*(?:m|min[{}]*|м|мин[{}]*|хв[{}]*)\.?,?\s*)?(?:(\d+)\s*(?:s|sec[{}]*|с|сек[{}]*)\.?)?$"
).replace("{}", _SMALL)
"""Of small letters."""
_MINUTES, _SECONDS = r"(?i)\d\s*(m|min\.?|м|мин\.?|хв\.?)$", r"(?i)\d\s*(s|sec\.?|с|сек\.?)$"


def prepare(con: Backend) -> None:
    """Teach a connection the reading of one cell."""
    con.con.execute("; ".join(f"CREATE OR REPLACE MACRO {macro}" for macro in (*_CLEANING, *_ASKING, *_READING)))


def _fits(text: str, pattern: str) -> str:
    return f"regexp_matches({text}, {quoted(pattern)})"


def _replaced(text: str, *pairs: tuple[str, str]) -> str:
    """Regular expressions replaced one after the other."""
    for pattern, by in pairs:
        text = f"regexp_replace({text}, {quoted(pattern)}, {quoted(by)}, 'g')"
    return text


def _once(text: str, name: str, read: str) -> str:
    """``read`` names ``name`` as often as it likes: the text is worked out once per row."""
    return f"list_transform([{text}], lambda {name}: {read})[1]"


def _formats(*formats: str) -> str:
    return f"[{', '.join(quoted(form) for form in formats)}]"


def _cleaning() -> tuple[str, ...]:
    """``audit_cell``: without spaces of any kind at both ends, NULL where that leaves nothing or a dash; an apostrophe
    that guards against formulas goes, and so does the formula around a text. ``audit_dirty``: whether that may change
    the cell; much cheaper, so that clean columns are never rewritten. ``audit_odd``: a placeholder worth saying.
    ``audit_some``: NULL for nothing or a dash. ``audit_key``: as values are compared."""
    quiet, odd = (", ".join(quoted(word) for word in words) for words in (QUIET_PLACEHOLDERS, ODD_PLACEHOLDERS))
    first = ", ".join(str(ord(letter)) for letter in (*SPACES, "'") if letter > " ")
    last = " OR ".join(f"ends_with(t, {quoted(space)})" for space in SPACES)
    guarded = f"starts_with(t, {quoted(_APOSTROPHE)}) AND {_fits('t', _GUARD)}"
    held = f"starts_with(t, {quoted(_FORMULA)}) AND ends_with(t, {quoted(_QUOTE)})"
    nothing = f"strlen(t) < 24 AND lower(t) IN ({quiet})"
    return (
        f"audit_trim(t) AS CASE WHEN {_fits('t', _BARE)} THEN t ELSE trim(t, {quoted(SPACES)}) END",
        f"audit_filled(t) AS CASE WHEN {nothing} THEN NULL WHEN {guarded} THEN substr(t, 2) "
        f"WHEN {held} THEN nullif(trim(substr(t, 3, length(t) - 3)), '') ELSE t END",
        "audit_cell(t) AS audit_filled(audit_trim(t))",
        f"audit_dirty(t) AS unicode(t) < 33 OR unicode(t) IN ({first}) OR {last} OR t IN ({quiet}) "
        f"OR starts_with(t, {quoted(_FORMULA)})",
        f"audit_odd(t) AS CASE WHEN strlen(t) < 24 THEN lower(t) IN ({odd}) ELSE false END",
        f"audit_some(t) AS CASE WHEN t < '!' AND trim(t) = '' OR t IN ({quiet}) THEN NULL ELSE t END",
        "audit_key(t) AS lower(audit_trim(t))",
    )


def _form(patterns: dict[str, str]) -> str:
    """One bit for the first form that a cell fits, the bit after the last for none of them."""
    named = " ".join(f"WHEN {_fits('t', pattern)} THEN {1 << bit}" for bit, pattern in enumerate(patterns.values()))
    return f"CASE WHEN t IS NULL THEN 0 {named} ELSE {1 << len(patterns)} END"


def _written_number(kind: str) -> str:
    """A number as people write it; group 1 its digits and marks, group 2 the word for thousands or millions.

    Before and behind it only a sign, a currency or a unit may stand: "from 500" and "0-500" are text. Money has no
    units, and in a duration "m" is a minute.
    """
    scale = "" if kind == "time" else "|".join(words for words, _ in _SCALES)
    unit = _TIME_UNITS if kind == "time" else _MONEY_WORDS if kind == "money" else f"{_MONEY_WORDS}|{_UNITS}"
    minus = r"[(\-−–+]"
    parted = r"\|?" if kind == "money" else ""  # Bitrix24 writes '12500.50|RUB'.
    return (
        rf"(?i)^{minus}?{_GAP}*(?:{_MONEY_WORDS})?{_GAP}*{minus}?{_GAP}*({_BODY}){_NO_CENTS}"
        rf"{_GAP}*({scale})?{_GAP}*{parted}(?:{unit})?{_GAP}*[)\-−–]?$"
    )


def _digits(kind: str) -> str:
    """Digits and decimal marks of a number; "" where the text is none."""
    body = f"regexp_extract(audit_ascii(t), {quoted(_written_number(kind))}, 1)"
    return _replaced(body, (rf"{_GAP}|['’]", ""), (r"[.,]$", ""), (r"^([.,])", r"0\1"))


def _last() -> tuple[str, str]:
    """Whether a comma, or a dot, is the last of both marks."""
    comma, dot = _fits("b", _COMMA_BEHIND), _fits("b", _DOT_BEHIND)
    return f"{comma} AND NOT {dot}", f"{dot} AND NOT {comma}"


def _asking() -> tuple[str, ...]:
    """What the survey asks: ``audit_form_<group>`` the bit of a form of `FORMS`; ``audit_stray`` whether a text holds
    an address or a telephone number (``audit_perhaps`` where it may), ``audit_stray_id`` whether an id does; of numbers
    the decimal mark (``audit_ascii``: the text with European digits); of dates whether the first and the second number
    may be the day."""
    digits = [quoted(signs) for signs in _OTHER_DIGITS]
    forms = tuple(f"audit_form_{group}(t) AS {_form(patterns)}" for group, patterns in FORMS.items())
    # Two marks of one kind part thousands, so the other one is decimal.
    comma, dot = (f"{one} OR {_fits('b', two)}" for one, two in zip(_last(), (_TWO_DOTS, _TWO_COMMAS), strict=True))
    marks = (
        f"CASE WHEN {comma} THEN {COMMA} WHEN {dot} THEN {DOT} WHEN {_fits('b', _AMBIGUOUS)} THEN {UNCLEAR} "
        f"WHEN audit_single(b, ',', '.') THEN {COMMA} WHEN audit_single(b, '.', ',') THEN {DOT} ELSE 0 END"
    )
    days = [
        f"CASE WHEN {_fits('t', _SLASHED)} THEN try_cast(regexp_extract(t, {quoted(place)}, 1) AS INT) END"
        for place in (r"^(\d{1,2})", r"^\d{1,2}[./-](\d{1,2})")
    ]
    return (
        *forms,
        f"audit_ascii(t) AS CASE WHEN strlen(t) = length(t) THEN t ELSE translate(t, {digits[0]}, {digits[1]}) END",
        f"audit_template(t) AS {_fits('t', MACRO)}",
        f"audit_damaged(t) AS {_fits('t', SUSPICIOUS)}",
        f"audit_stray(t) AS {_fits('t', WRITTEN)}",
        f"audit_perhaps(t) AS {_fits('t', PERHAPS)}",
        f"audit_stray_id(t) AS {_fits('t', ID_CONTACT)}",
        f"audit_lost(t) AS {_fits('t', DAMAGED)}",
        f"audit_sign(t) AS CASE WHEN regexp_matches(t, '\\d') THEN lower(regexp_extract(t, {quoted(_SIGN)}, 1)) "
        "ELSE '' END",
        f"audit_midnight(t) AS {_fits('t', _CLOCK_END)}",
        f"audit_beyond(t) AS {_fits('t', _BEYOND_CLOCK)}",
        "audit_single(b, m, o) AS length(replace(b, m, '')) = length(b) - 1 AND NOT contains(b, o)",
        f"audit_marks(b) AS {marks}",
        *(
            line
            for kind in ("money", "number", "time")
            for line in (
                f"audit_digits_{kind}(t) AS {_digits(kind)}",
                f"audit_mark_{kind}(t) AS CASE WHEN {_fits('t', TYPED_FLOAT)} THEN 0 "
                f"ELSE {_once(f'audit_digits_{kind}(t)', 'b', 'audit_marks(b)')} END",
            )
        ),
        f"audit_first(t) AS {days[0]}",
        f"audit_second(t) AS {days[1]}",
        # Dates are written with dots between day and month only.
        "audit_unclear(t) AS audit_first(t) <= 12 AND audit_second(t) <= 12 AND audit_first(t) <> audit_second(t) "
        f"AND NOT {_fits('t', _DOTTED)}",
    )


def _unmarked() -> str:
    """Digits with a decimal point alone; ``d`` is the column's decimal mark.

    Both marks: the last one is decimal whatever the column's habit. A single mark with other than three digits behind
    is decimal.
    """
    single = "(audit_single(b, ',', '.') OR audit_single(b, '.', ','))"
    thousands = "CASE WHEN d = ',' THEN '.' ELSE ',' END"
    comma, dot = _last()
    return (
        f"CASE WHEN {comma} THEN replace(replace(b, '.', ''), ',', '.') WHEN {dot} THEN replace(b, ',', '') "
        f"WHEN {single} AND NOT {_fits('b', _AMBIGUOUS)} THEN replace(b, ',', '.') "
        f"WHEN {single} THEN replace(replace(b, {thousands}, ''), d, '.') "
        "ELSE replace(replace(b, ',', ''), '.', '') END"
    )


def _number(kind: str, type_: str) -> str:
    """Number from text as people write it: spaces, currency signs, brackets for negative, either decimal mark."""
    digits = _once(f"audit_digits_{kind}(t)", "b", "audit_unmarked(b, d)")
    factor = f"CASE WHEN {_fits('t', _MINUS)} THEN -1 ELSE 1 END"
    if kind != "time":
        word = f"regexp_extract(audit_ascii(t), {quoted(_written_number(kind))}, 2)"
        scales = " ".join(f"WHEN {_fits('w', f'(?i)^({words})$')} THEN {times}" for words, times in _SCALES)
        factor = f"({factor} * {_once(word, 'w', f'CASE {scales} ELSE 1 END')})"
    read = f"try_cast(try_cast({digits} AS {type_}) * {factor} AS {type_})"
    return f"CASE WHEN {_fits('t', TYPED_FLOAT)} THEN audit_float_{type_name(type_)}(t) ELSE {read} END"


def type_name(type_: str) -> str:
    """'money' or 'number': the two types of numbers in macros' names."""
    return "money" if type_ == MONEY else "number"


def _summed(text: str, pattern: str) -> str:
    """Seconds of the days, hours, minutes and seconds that a pattern finds."""
    parts = f"regexp_extract({text}, {quoted(pattern)}, ['d', 'h', 'm', 's'])"
    spent = " + ".join(
        f"coalesce(try_cast(p.{part} AS DOUBLE), 0) * {seconds}"
        for part, seconds in (("d", 86400), ("h", 3600), ("m", 60), ("s", 1))
    )
    return _once(parts, "p", spent)


def _seconds(number: int) -> str:
    """Seconds from 'h:mm:ss', '1 day, 0:10:21' or a number that counts so many seconds.

    Two parts are hours and minutes where the column counts minutes, minutes and seconds where it counts seconds.
    """
    short = "try_cast(split_part(t, ':', 1) AS DOUBLE) * 60 + try_cast(split_part(t, ':', 2) AS DOUBLE)"
    unit = f"CASE WHEN {_fits('t', _MINUTES)} THEN 60 WHEN {_fits('t', _SECONDS)} THEN 1 ELSE {number} END"
    clocks = f"CASE WHEN {_fits('t', _SHORT_CLOCK)} THEN {short} ELSE {_summed('t', _CLOCK)} END"
    return (
        f"CASE WHEN {_fits('t', _CLOCK)} THEN {clocks if number == 1 else _summed('t', _CLOCK)} "
        f"WHEN {_fits('lower(t)', _SPOKEN)} THEN {_summed('lower(t)', _SPOKEN)} ELSE audit_read_time(t, d) * {unit} END"
    )


def _english() -> str:
    """A date in words with English names of months and nothing else: 'чт, 5 февраля 2026 г.' → '5 Feb 2026'."""
    plain = f"replace({_replaced('lower(t)', *_AT, *_WEEKDAY, _ORDINAL)}, ',', ' ')"
    dashed = (rf"^(\d{{1,2}})[-/.]([{_SMALL}]+)[-/.](\d{{2,4}})", r"\1 \2 \3")
    plain = _replaced(plain, dashed, (r"(\d{4})\s*(?:г|р)(?:\.|\s|$)", r"\1 "))
    plain = _replaced(plain, (r"\s+(?:de|of)\s+", " "), _NOON)
    months = ((rf"(^|[^{_SMALL}])(?:{'|'.join(names)})[{_SMALL}]*\.?", rf"\1{names[0].title()}") for names in MONTHS)
    plain = _replaced(plain, *months, (r"\s+", " "))
    return f"trim({plain})"


def _moment(order: str) -> str:
    """Timestamp from ISO text, day-month or month-day order, month names, an Excel serial number, or
    seconds since 1970."""
    dashed = _replaced("lower(t)", _SAID, *_AT, _NOON, (r"^(\d{1,2})[./](\d{1,2})[./](\d{2,4}),?", r"\1-\2-\3"))
    lead = "%d-%m" if order == "dmy" else "%m-%d"
    ordered = _formats(*(f"{lead}-{year}{clock}" for year in ("%y", "%Y") for clock in _CLOCKS))
    named = _formats(*(f"{day}{clock}" for day in _NAMED_FORMATS for clock in _CLOCKS))
    spelled = _replaced("t", (r"^(\d+)[./](\d+)[./]", r"\1-\2-"))
    by_noon = f"try_strptime({_replaced(spelled, _NOON)}, {_formats(*(f'%Y-%m-%d{clock}' for clock in _CLOCKS))})"
    serial = f"TIMESTAMP '1899-12-30' + to_seconds(CAST(round({_DAYS} * 86400, 0) AS BIGINT))"
    read = (
        f"CASE WHEN {_fits('t', OFFSET)} THEN audit_local(t, z) WHEN {_fits('t', _ISO)} THEN "
        f"coalesce(try_cast({spelled} AS TIMESTAMP), {by_noon}) "
        f"WHEN {_fits('t', _COMPACT)} THEN try_strptime(t, {_formats('%Y%m%d', '%Y%m%d%H%M%S')}) "
        f"WHEN {_fits('t', _EPOCH)} THEN timezone(z, to_timestamp(CAST(t AS BIGINT) / if(length(t) > 10, 1000, 1))) "
        f"WHEN {_fits('t', _SERIAL)} THEN {serial} WHEN {_fits('t', _SLASHED)} THEN try_strptime({dashed}, {ordered}) "
        f"WHEN {_fits('t', _SCRIPT)} THEN "
        f"timezone(z, try_strptime(regexp_extract(t, {quoted(_SCRIPT)}, 1), '%b %d %Y %H:%M:%S GMT%z')) "
        f"ELSE try_strptime(audit_english(t), {named}) END"
    )
    late, utc = f"contains(t, '24:00') AND {_fits('t', _NEXT_DAY)}", _fits("t", _UTC)
    begun = (
        f"CASE WHEN {utc} THEN {_replaced('t', (_UTC, ''))} WHEN {late} THEN {_replaced('t', (_NEXT_DAY, ' 00:00'))}"
    )
    moment = f"{_once(f'{begun} ELSE t END', 't', read)} + CASE WHEN {late} THEN INTERVAL 1 DAY ELSE INTERVAL 0 DAY END"
    whole = _once(moment, "m", f"CASE WHEN {utc} THEN timezone(z, timezone('UTC', m)) ELSE m END")
    # Spaces that no line breaks at stand between a year and its "г." as often as plain ones.
    return _once(_replaced("t", _ANY_GAP), "t", whole)


def _quarter() -> str:
    year = quoted(r"20\d\d")
    number = f"regexp_extract(regexp_replace(q, {year}, ''), '[1-4]')::INTEGER"
    first = f"make_date(regexp_extract(q, {year})::INTEGER, {number} * 3 - 2, 1)"
    return _once(_replaced("lower(t)", *_ROMAN), "q", f"CASE WHEN {_fits('q', _QUARTER_ALONE)} THEN {first} END")


def _reading() -> tuple[str, ...]:
    """Values of cells. ``audit_read_...``: written in any way known; the others: in a plain form of `FORMS`."""
    types = {"money": MONEY, "number": "DOUBLE"}
    month_formats = _formats("%d %b %Y", "%d %m %Y")
    month = _replaced(
        "t", (f"{_GAP}+", " "), (r"^(\d{1,2})[./-](\d{4})$", r"\2-\1"), (r"^(\d{4})[./-](\d{1,2})$", r"\2 \1")
    )
    seconds = (r"^(\S{10}[ T]\d\d:\d\d)( ?[Z+-])", r"\1:00\2")
    local = _replaced("t", seconds, (r" ?([+-]\d\d):?(\d\d)$", r"\1:\2"))
    marked, gapped = (r"^(-?\d+(?:\.\d+)?)e0$", r"\1"), (r"^(\d+)[.,]0$", r"\1")
    words = ("TRUE", TRUE_WORDS), ("FALSE", FALSE_WORDS)
    flags = " ".join(f"WHEN lower(t) IN ({', '.join(map(quoted, those))}) THEN {value}" for value, those in words)
    return (
        # A number that a workbook or Parquet file holds as such; 0.1 + 0.2 is 0.3 in money.
        *(f"audit_float_{name}(t) AS try_cast(try_cast(t AS DOUBLE) AS {type_})" for name, type_ in types.items()),
        *(f"audit_dot_{name}(t) AS try_cast(t AS {type_})" for name, type_ in types.items()),
        *(f"audit_comma_{name}(t) AS try_cast(replace(t, ',', '.') AS {type_})" for name, type_ in types.items()),
        *(
            f"audit_{form}_typed_{name}(t) AS CASE WHEN {_fits('t', TYPED_FLOAT)} THEN audit_float_{name}(t) "
            f"ELSE audit_{form}_{name}(t) END"
            for name in types
            for form in ("dot", "comma")
        ),
        f"audit_unmarked(b, d) AS {_unmarked()}",
        f"audit_read_money(t, d) AS {_number('money', MONEY)}",
        f"audit_read_number(t, d) AS {_number('number', 'DOUBLE')}",
        f"audit_read_time(t, d) AS {_number('time', 'DOUBLE')}",
        f"audit_in_minutes(t, d) AS ({_seconds(60)}) / 60",
        f"audit_in_seconds(t, d) AS {_seconds(1)}",
        "audit_rated(n) AS CASE WHEN n BETWEEN 1 AND 5 THEN n END",
        # A moment with an offset of its own ('...+0300') as local time of ``z``.
        f"audit_local(t, z) AS timezone(z, try_cast({local} AS TIMESTAMPTZ))",
        *(f"audit_{form}(t) AS try_strptime(t, {_formats(written)})" for form, written in DATE_FORMATS.items()),
        "audit_iso(t) AS try_cast(t AS TIMESTAMP)",
        "audit_offset(t, z) AS audit_local(t, z)",
        f"audit_english(t) AS {_english()}",
        *(f"audit_read_{order}(t, z) AS {_moment(order)}" for order in ("dmy", "mdy")),
        # A serial number of a day counted from 1904 as one counted from 1900; other text as it is.
        f"audit_from_1904(t) AS CASE WHEN {_fits('t', _SERIAL)} THEN "
        f"CAST({_DAYS} + {DAYS_TO_1904} AS VARCHAR) ELSE t END",
        # First day of a month written without a day: 'март 2026', 'Mar 2026', '03.2026', '2026-03'.
        f"audit_month(t) AS CASE WHEN {_fits(_replaced('t', _ANY_GAP), _MONTH_ALONE)} "
        f"THEN CAST(try_strptime('1 ' || audit_english({month}), {month_formats}) AS DATE) END",
        # First day of a quarter: 'Q1 2026', '2026-Q1', '1 кв. 2026', 'I квартал 2026 г.'.
        f"audit_quarter(t) AS {_quarter()}",
        f"audit_flag(t) AS CASE {flags} END",
        # pandas writes an id with gaps as 77.0.
        f"audit_id(t) AS {_replaced('t', marked, gapped)}",
        # The mark of a typed number never reaches a reader.
        f"audit_text(t) AS CASE WHEN ends_with(t, 'e0') THEN {_replaced('t', marked)} ELSE t END",
    )


_CLEANING, _ASKING, _READING = _cleaning(), _asking(), _reading()
