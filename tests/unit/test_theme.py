import datetime as dt
import hashlib
import itertools
import subprocess
import sys
import warnings
import xml.etree.ElementTree as ET

import matplotlib
import numpy as np
import pytest
from demo_report import NASTY

from helpers.language import language
from helpers.report import theme
from helpers.report.lettering import clean, strip_control, tied
from helpers.report.palette import COLOURS, DARK

SAY = language("ru")
FILLED = ("marketing", "sales", "joint", "good", "bad", "neutral")

# Machado, Oliveira and Fernandes (2009), severity 1.0, applied to linear RGB.
SEEN_BY = {
    "everyone": np.eye(3),
    "protanopia": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deuteranopia": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
    "tritanopia": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
}
TO_XYZ = [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]]


def linear(colour):
    c = np.array([int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    return np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4)


def lab(rgb):
    xyz = TO_XYZ @ np.clip(rgb, 0, 1) / np.array([0.95047, 1, 1.08883])
    x, y, z = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


def contrast(one, other):
    lights = sorted(float(linear(colour) @ TO_XYZ[1]) + 0.05 for colour in (one, other))
    return lights[1] / lights[0]


@pytest.mark.parametrize("eyes", SEEN_BY)
def test_filled_colours_differ_for_all_eyes(eyes):
    seen = {name: lab(SEEN_BY[eyes] @ linear(COLOURS[name])) for name in FILLED}
    close = [pair for pair in itertools.combinations(FILLED, 2) if np.linalg.norm(seen[pair[0]] - seen[pair[1]]) < 20]
    assert not close


@pytest.mark.parametrize("colours", [COLOURS, DARK], ids=["light", "dark"])
def test_colours_stand_out_from_the_page(colours):
    assert all(contrast(colours[name], colours["paper"]) >= 2.95 for name in FILLED)
    assert contrast(colours["ink"], colours["paper"]) >= 7
    assert contrast(colours["muted"], colours["paper"]) >= 4.5
    assert colours.keys() == COLOURS.keys()


def bars(names, name="bars", alt="Bars."):
    fig, ax = theme.figure(height=2.4)
    labels = [theme.shorten(text, 20) for text in names]
    theme.margins(ax, left_labels=labels)
    drawn = ax.barh(labels, range(1, len(names) + 1), color=theme.COLOURS["sales"])
    theme.hatch(drawn[0])
    theme.label_bars(ax, drawn, labels)
    theme.money_axis(ax.xaxis, SAY, "RUB")
    ax.set_title(names[0])
    ax.text(0, 0, names[-1])
    ax.grid(axis="x")
    return theme.picture(fig, name, alt)


def test_the_same_chart_is_the_same_bytes_here_and_elsewhere():
    code = (
        "import sys, hashlib; sys.path[:0] = ['tests', 'tests/unit']; import matplotlib; "
        "matplotlib.rcParams.update({'font.size': 20, 'axes.facecolor': 'red', 'text.parse_math': True}); "
        "from test_theme import bars; print(hashlib.sha256(bars(['a', 'Ж $x$']).svg.encode()).hexdigest())"
    )
    first, second = bars(["a", "Ж $x$"]).svg, bars(["a", "Ж $x$"]).svg
    assert first == second
    assert bars(["a", "Ж $x$"], name="other").svg != first
    other = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert other.stdout.strip() == hashlib.sha256(first.encode()).hexdigest()


def test_settings_outside_are_neither_changed_nor_used():
    before = dict(matplotlib.rcParams)
    wanted = bars(["a", "b"]).svg
    assert dict(matplotlib.rcParams) == before
    with matplotlib.rc_context({"font.size": 22, "axes.labelsize": 30, "lines.linewidth": 9, "font.family": "serif"}):
        assert bars(["a", "b"]).svg == wanted
    assert "matplotlib.pyplot" not in sys.modules or not sys.modules["matplotlib.pyplot"].get_fignums()


def test_hostile_text_is_drawn_as_text():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        svg = bars([*NASTY, "🔥 中文 \ud800"], alt="<script>&\x00 {{ alt }}").svg
    root = ET.fromstring(svg)
    assert root.find("{http://www.w3.org/2000/svg}title").text == "<script>& {{ alt }}"
    for part in ("<script", "evil.example", "<!--", "<metadata", "\x00", "\x1b", "<text"):
        assert part not in svg


def test_dollars_are_no_formula():
    assert "Mathtext" not in bars(["$x^2$", "$\\frac{1}{2}$"]).svg
    # A formula would be narrower: it drops the dollars.
    assert theme.width("$x^2$") > theme.width("x2")


def test_there_is_no_date_in_a_picture():
    assert str(dt.date.today().year) not in bars(["a"]).svg


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Short", "Short"),
        ("Поиск по бренду окна с установкой", "Поиск по бренду…"),
        ("nospacesinthisverylongword", "nospacesinthisveryl…"),
        ("  two\n words\x00 ", "two words"),
        ("", ""),
        ("exactly twenty chars", "exactly twenty chars"),
    ],
)
def test_shorten(text, expected):
    assert theme.shorten(text, 20) == expected


def test_shorten_over_lines():
    name = "Поиск по бренду окна с установкой под ключ"
    assert theme.shorten(name, 16, lines=2) == "Поиск по бренду\nокна с установк…"
    assert theme.shorten("one two", 16, lines=2) == "one two"
    assert theme.shorten("x" * 30, 16, lines=2) == "x" * 15 + "-\n" + "x" * 15
    assert all(len(line) <= 16 for line in theme.shorten("слово " * 40, 16, lines=3).split("\n"))


def test_what_cannot_be_written_is_taken_out():
    assert strip_control("a\x00\x1b[31mb\x1b]0;t\x07\u202ec\ufffe\x9b\n\td") == "abc\n\td"
    assert clean("a\t中🔥\ufe0f ₽") == "a ▯▯ ₽"


def test_no_line_begins_with_a_dash_nor_ends_within_a_range():
    assert tied("a - b 2–3\x00") == "a\N{NO-BREAK SPACE}- b 2–3"
    assert tied("vk: Скидка 20 % до 5 %") == "vk: Скидка 20\N{NO-BREAK SPACE}% до 5\N{NO-BREAK SPACE}%"
    assert tied("до 3,0 мин, за 90 дней, 5 hosts, 1 h") == (
        "до 3,0\N{NO-BREAK SPACE}мин, за 90\N{NO-BREAK SPACE}дней, 5 hosts, 1\N{NO-BREAK SPACE}h"
    )
    assert tied("a - b 2–3, €8–€9K–€1M, май–июнь 5 – 6", ranges=True) == (
        "a\N{NO-BREAK SPACE}- b 2–\N{WORD JOINER}3, €8–\N{WORD JOINER}€9K–\N{WORD JOINER}€1M, "
        "май–июнь 5\N{NO-BREAK SPACE}–\N{NO-BREAK SPACE}6"
    )
    # A word with a hyphen, a minus and a list are left alone.
    assert tied("run-rate −5\n- one", ranges=True) == "run-rate −5\n- one"


@pytest.mark.parametrize("horizontal", [True, False])
def test_labels_stay_inside_the_axes(horizontal):
    fig, ax = theme.figure()
    theme.margins(ax, left_labels=["0"], bottom_labels=["0"])
    values, labels = [10.0, -6.0, 3.0, float("nan")], ["+10 млн ₽ и ещё", "−6 млн ₽ и ещё", "3", "?"]
    drawn = (ax.barh if horizontal else ax.bar)(range(4), values)
    theme.label_bars(ax, drawn, labels, beyond=[12, -7, 3.5, float("nan")])
    fig.canvas.draw()
    room = ax.get_window_extent().padded(1)
    for text in ax.texts:
        box = text.get_window_extent()
        low, high = (box.x0, box.x1) if horizontal else (box.y0, box.y1)
        start, end = (room.x0, room.x1) if horizontal else (room.y0, room.y1)
        assert start <= low
        assert high <= end


def test_labels_of_lines_do_not_touch():
    fig, ax = theme.figure()
    labels = ["one", "two", "three", "four"]
    theme.margins(ax, right_labels=labels)
    ax.set_ylim(0, 1)
    theme.label_lines(ax, [(1, 0.5), (1, 0.51), (1, 0.505), (1, 0.9)], labels, [theme.COLOURS["ink"]] * 4)
    fig.canvas.draw()
    boxes = sorted((text.get_window_extent() for text in ax.texts), key=lambda box: box.y0)
    assert all(below.y1 <= above.y0 for below, above in itertools.pairwise(boxes))
    assert max(box.x1 for box in boxes) <= fig.bbox.x1


def test_margins_hold_labels_that_come_later():
    fig, ax = theme.figure()
    theme.margins(ax)
    ax.barh(["a label of some length", "b"], [1, 2])
    ax.set_xticks([0, 1], ["two\nlines", "x"])
    theme.picture(fig, "late", "Late labels.")
    assert ax.get_position().x0 * 72 * theme.WIDTH >= theme.width("a label of some length", 8.5)
    assert ax.get_position().y0 * 72 * 3.2 >= 2 * 8.5


def ticks(axis, limits, write, *args):
    fig, ax = theme.figure()
    ax.set_xlim(*limits)
    write(ax.xaxis, SAY, *args)
    fig.canvas.draw()
    return [label.get_text().replace("\N{NO-BREAK SPACE}", " ") for label in ax.get_xticklabels()]


def test_axes_write_numbers_as_the_reader_does():
    assert ticks("x", (0, 4e6), theme.money_axis, "RUB") == ["0 ₽", "1 млн ₽", "2 млн ₽", "3 млн ₽", "4 млн ₽"]
    assert ticks("x", (0, 0.05), theme.share_axis)[:3] == ["0 %", "1 %", "2 %"]
    assert ticks("x", (0, 0.01), theme.share_axis)[1] == "0,2 %"
    assert ticks("x", (-100, 100), theme.percent_axis) == ["−100 %", "−50 %", "0 %", "50 %", "100 %"]
    assert ticks("x", (0, 3), theme.count_axis) == ["0", "1", "2", "3"]


def test_month_axis_names_years_where_they_begin():
    _, ax = theme.figure()
    theme.month_axis(ax, SAY, [dt.date(2025 + m // 12, m % 12 + 1, 1) for m in range(10, 14)])
    assert [label.get_text() for label in ax.get_xticklabels()] == ["нояб\n2025", "дек", "янв\n2026", "февр"]


def test_the_last_label_below_an_axis_stays_inside_the_picture():
    fig, ax = theme.figure(2.0)
    ax.set(xlim=(0, 4.02), ylim=(0, 1))
    theme.margins(ax)
    ax.set_xticks([0, 2, 4], ["0 €", "200 тис. €", "400 тис. €"])
    theme.picture(fig, "ends", "Ends")
    fig.draw_without_rendering()
    assert max(label.get_window_extent().x1 for label in ax.get_xticklabels()) <= fig.bbox.x1
