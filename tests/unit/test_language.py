import datetime as dt
import gettext
import pickle
import subprocess
import sys

import numpy as np
import pytest

from helpers.language import LANGUAGES, Language, language
from helpers.locale.catalogue import Catalogue, to_mo
from helpers.report.model import Column

EN, RU, UK = (language(code) for code in LANGUAGES)


def plain(text):
    return text.replace("\N{NO-BREAK SPACE}", " ")


@pytest.fixture
def translated():
    """Russian with a small catalogue of its own."""
    say = Language("ru")
    catalogue = Catalogue(
        "ru",
        {
            ("{n} of {m} leads",): ("лидов: {n} из {m}",),
            ("Down by {points}.",): ("Меньше на {points}.",),
            ("{n} lead of {who}", "{n} leads of {who}"): ("{n} лид: {who}", "{n} лида: {who}", "{n} лидов: {who}"),
            ("{a} wrong",): ("{b} неверно",),
        },
    )
    import io

    say._catalogue = gettext.GNUTranslations(io.BytesIO(to_mo(catalogue)))
    return say


def test_an_unknown_language_is_refused():
    with pytest.raises(ValueError, match="en, ru, uk; not 'de'"):
        language("de")


def test_a_language_is_one_object_also_after_pickling():
    assert language("ru") is RU
    assert pickle.loads(pickle.dumps(RU)) is RU
    assert Language("ru") == RU != UK


def test_a_text_without_translation_is_english():
    assert RU("no such text {n}", n=3) == "no such text 3"
    assert RU.plural("one {what}", "{n} {what}s", 2, what="x") == "2 xs"
    assert RU("") == ""


def test_values_are_filled_after_translation_and_their_braces_are_text(translated):
    assert translated("{n} of {m} leads", n="{m}", m="{0.__class__}") == "лидов: {m} из {0.__class__}"


@pytest.mark.parametrize(
    ("n", "expected"),
    [(1, "1 лид: {n}"), (3, "3 лида: {n}"), (5, "5 лидов: {n}"), (11, "11 лидов: {n}"), (21_001, "21 001 лид: {n}")],
)
def test_plural_forms(translated, n, expected):
    assert plain(translated.plural("{n} lead of {who}", "{n} leads of {who}", n, who="{n}")) == expected


def test_plural_of_a_part_is_refused():
    with pytest.raises(ValueError, match="whole number"):
        EN.plural("{n} lead", "{n} leads", 2.5)


def test_two_full_stops_never_meet(translated):
    assert plain(translated("Down by {points}.", points=translated.points(0.05))) == "Меньше на 5 п. п."


@pytest.mark.parametrize("values", [{}, {"n": 1}, {"n": 1, "m": 2, "k": 3}])
def test_placeholders_and_values_must_agree(translated, values):
    with pytest.raises(LookupError, match="wants"):
        translated("{n} of {m} leads", **values)


def test_a_translation_with_another_placeholder_is_refused(translated):
    with pytest.raises(LookupError, match="'b'"):
        translated("{a} wrong", a=1)


@pytest.mark.parametrize("value", [0.5, None, True, np.float64(2)])
def test_values_must_be_written_first(value):
    with pytest.raises(TypeError, match="write it with say first"):
        EN("{a}", a=value)


@pytest.mark.parametrize(
    ("say", "expected"),
    [
        (EN, ("12,345", "−1,234,568", "3.14", "0.0", "31%", "12.5%", "−5 pp", "+5 pp")),
        (RU, ("12 345", "−1 234 568", "3,14", "0,0", "31 %", "12,5 %", "−5 п. п.", "+5 п. п.")),
        (UK, ("12 345", "−1 234 568", "3,14", "0,0", "31 %", "12,5 %", "−5 в. п.", "+5 в. п.")),
    ],
)
def test_numbers(say, expected):
    written = (
        say.count(12_345),
        say.count(np.int64(-1_234_568)),
        say.number(3.14159, 2),
        say.number(-0.04),
        say.share(0.314),
        say.percent(np.float64(12.5), 1),
        say.points(-0.05),
        say.points(0.05, signed=True),
    )
    assert tuple(map(plain, written)) == expected


def test_halves_go_away_from_zero_as_readers_round():
    assert [EN.number(x, 0) for x in (0.5, 1.5, 2.5, -2.5)] == ["1", "2", "3", "−3"]
    assert EN.number(1.005, 2) == "1.01"
    assert EN.share(0.285) == "29%"


@pytest.mark.parametrize(
    ("currency", "en", "ru"),
    [
        ("RUB", "−₽1,235", "−1 235 ₽"),
        ("UAH", "−₴1,235", "−1 235 ₴"),
        ("USD", "−$1,235", "−1 235 $"),
        ("EUR", "−€1,235", "−1 235 €"),
        ("GBP", "−£1,235", "−1 235 £"),
        ("KZT", "−₸1,235", "−1 235 ₸"),
        ("BYN", "−Br 1,235", "−1 235 Br"),
        ("XAF", "−XAF 1,235", "−1 235 XAF"),
        ("", "−1,235", "−1 235"),
    ],
)
def test_money(currency, en, ru):
    assert plain(EN.money(-1234.5, currency)) == en
    assert plain(RU.money(-1234.5, currency)) == plain(UK.money(-1234.5, currency)) == ru


def test_money_with_digits_and_sign():
    assert EN.money(1234.5, "USD", 2, signed=True) == "+$1,234.50"
    assert EN.money(0.2, "USD", signed=True) == "$0"


@pytest.mark.parametrize(
    ("value", "en", "ru"),
    [
        (0, "$0", "0 $"),
        (9_999, "$9,999", "9 999 $"),
        (9_999.6, "$10K", "10 тыс. $"),
        (12_345, "$12.3K", "12,3 тыс. $"),
        (999_960, "$1M", "1 млн $"),
        (-1_234_567, "−$1.2M", "−1,2 млн $"),
        (2.5e12, "$2,500B", "2 500 млрд $"),
    ],
)
def test_short_money(value, en, ru):
    assert EN.money_short(value, "USD") == en
    assert plain(RU.money_short(value, "USD")) == ru


@pytest.mark.parametrize("unknown", [None, float("nan"), np.nan])
def test_the_unknown_is_a_question_mark(unknown):
    for write in (EN.number, EN.count, EN.share, EN.percent, EN.points, EN.minutes, EN.days, EN.count_short):
        assert write(unknown) == "?"
    assert EN.money(unknown, "USD") == EN.money_short(unknown, "USD") == EN.interval(unknown, unknown, EN.share) == "?"
    assert EN.date("") == EN.month(None) == "?"


def test_infinity():
    assert EN.minutes(float("inf")) == EN.number(float("inf")) == EN.share(float("inf")) == "∞"
    assert EN.money(float("-inf"), "USD") == "−∞"


@pytest.mark.parametrize(
    ("say", "low", "high", "write", "expected"),
    [
        (EN, 0.2, 0.3, "share", "20–30%"),
        (RU, 0.2, 0.3, "share", "20–30 %"),
        (RU, 0.201, 0.202, "share", "20 %"),
        (RU, -0.05, 0.1, "share", "от −5 до 10 %"),
        (UK, -0.05, 0.1, "points", "від −5 до 10 в. п."),
        (EN, -0.05, 0.1, "share", "−5% to 10%"),
        (RU, 2, 5, "days", "2–5 дней"),
        (RU, 45, 120, "minutes", "45 мин – 2 ч"),
        (EN, 51.2, 64.1, "count", "51–64"),
    ],
)
def test_intervals(say, low, high, write, expected):
    assert plain(say.interval(low, high, getattr(say, write))) == expected


def test_intervals_of_money():
    assert plain(RU.interval(1200, 1500, lambda x: RU.money(x, "RUB"))) == "1 200–1 500 ₽"
    assert plain(EN.interval(-1200, 1500, lambda x: EN.money(x, "USD"))) == "−$1,200 to $1,500"
    assert plain(EN.interval(1.2e6, 1.5e6, lambda x: EN.money_short(x, "USD"))) == "$1.2M–$1.5M"
    assert plain(RU.interval(8e5, 1.5e6, lambda x: RU.money_short(x, "RUB"))) == "800 тыс. ₽ – 1,5 млн ₽"
    assert plain(UK.interval(4876, 15e3, lambda x: UK.money_short(x, "UAH"))) == "4 876 ₴ – 15 тис. ₴"


def test_dates():
    day = dt.date(2026, 7, 5)
    assert (EN.date(day), RU.date(day), UK.date("2026-07-05")) == ("July 5, 2026", "5 июля 2026", "5 липня 2026")
    assert (EN.date_short(day), RU.date_short(day)) == ("Jul 5, 2026", "05.07.2026")
    assert (EN.month("2026-01"), RU.month(day), UK.month("2026-01-31")) == ("January 2026", "июль 2026", "січень 2026")
    assert (RU.month_short("2026-01"), EN.month_short(day, year=False)) == ("янв 2026", "Jul")


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [
        ((2026, 1, 1), (2026, 6, 30), "январь–июнь 2026"),
        ((2025, 7, 1), (2026, 6, 30), "июль 2025 – июнь 2026"),
        ((2024, 2, 1), (2024, 2, 29), "февраль 2024"),
        ((2026, 2, 1), (2026, 2, 27), "1–27 февраля 2026"),
        ((2026, 2, 1), (2026, 3, 27), "1 февраля – 27 марта 2026"),
        ((2025, 12, 5), (2026, 1, 4), "5 декабря 2025 – 4 января 2026"),
        ((2026, 1, 5), (2026, 1, 5), "5 января 2026"),
    ],
)
def test_periods(first, last, expected):
    assert RU.period(dt.date(*first), dt.date(*last)) == expected


def test_english_periods():
    assert EN.period(dt.date(2026, 2, 1), dt.date(2026, 2, 27)) == "February 1–27, 2026"
    assert EN.period(dt.date(2026, 2, 1), dt.date(2026, 3, 27)) == "February 1 – March 27, 2026"


@pytest.mark.parametrize(
    ("minutes", "expected"),
    [
        (0, "0 мин"),
        (0.4, "0,4 мин"),
        (59.6, "1 ч"),
        (95, "1 ч 35 мин"),
        (1140, "19 ч"),
        (1500, "25 ч"),
        (2879.9, "2 дня"),
        (3060, "2 дня 3 ч"),
    ],
)
def test_minutes(minutes, expected):
    assert plain(RU.minutes(minutes)) == expected


def test_days_have_their_plural_forms():
    assert [plain(RU.days(n)) for n in (1, 2, 5, 21)] == ["1 день", "2 дня", "5 дней", "21 день"]
    assert [plain(UK.days(n)) for n in (1, 2, 5)] == ["1 день", "2 дні", "5 днів"]
    assert plain(RU.days(2.5, 1)) == "2,5 дня"


def test_lists():
    assert EN.list(["a", "{b}", "c"]) == "a, {b} and c"
    assert (RU.list(["а", "б"]), UK.list(["а", "б", "в"]), EN.list([])) == ("а и б", "а, б і в", "")


@pytest.mark.parametrize(
    ("kind", "value", "expected"),
    [
        ("text", "=1+1", "=1+1"),
        ("text", None, "–"),
        ("count", None, "?"),
        ("count", 1234, "1,234"),
        ("number", 2.34, "2.3"),
        ("money", 10.5, "$11"),
        ("money", None, "–"),
        ("money", "n/a", "n/a"),
        ("share", 0.5, "50%"),
        ("percent", -150.0, "−150%"),
        ("points", 0.1, "10 pp"),
        ("date", "2026-01-05", "Jan 5, 2026"),
        ("month", "2026-01", "January 2026"),
        ("minutes", 61, "1 h 1 min"),
        ("days", 1, "1 day"),
    ],
)
def test_cells(kind, value, expected):
    assert plain(EN.cell(value, Column(label="x", kind=kind), "USD")) == expected


def test_cells_with_digits_of_their_own():
    assert EN.cell(0.1234, Column(label="x", kind="share", digits=1), "USD") == "12.3%"
    assert EN.cell(2.34, Column(label="x", kind="number", digits=0), "USD") == "2"


@pytest.mark.parametrize(("value", "expected"), [(0.0001, "0.010%"), (0.0096, "0.96%"), (0.012, "1.2%"), (0.0, "0.0%")])
def test_a_small_share_keeps_the_digits_that_tell_it_from_nothing(value, expected):
    assert EN.cell(value, Column(label="x", kind="share", digits=1), "USD") == expected


def test_importing_it_does_not_import_babel():
    code = (
        "import sys, helpers.language; sys.exit(any(name.split('.')[0] in ('babel', 'pandas') for name in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
