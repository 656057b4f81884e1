"""The finder of texts that overlap or are cut, and the pictures of the made-up report in its worst case."""

import pytest
from demo_report import demo_report
from textboxes import boxes, faults

from helpers.report import theme
from helpers.report.inline import size_of


def drawn(*texts, rotation=0):
    """A picture of 216 x 144 points with texts at places of it (0-1)."""
    fig, ax = theme.figure(height=2, width=3)
    ax.axis("off")
    for x, y, text in texts:
        fig.text(x, y, text, rotation=rotation, ha="left", va="center")
    return theme.picture(fig, "x", "A.").svg


def test_a_line_of_text_has_one_box_where_it_is_drawn():
    (box,) = boxes(drawn((0.5, 0.5, "Привет")))
    assert box.left == pytest.approx(108, abs=2)
    assert box.top < 72 < box.bottom
    assert box.right - box.left == pytest.approx(theme.width("Привет"), rel=0.1)
    assert 5 < box.bottom - box.top < 12


def test_a_turned_text_is_higher_than_wide():
    (box,) = boxes(drawn((0.5, 0.5, "Оценка отдела продаж"), rotation=90))
    assert box.bottom - box.top > 5 * (box.right - box.left)


def test_what_is_apart_is_well():
    assert faults(drawn((0.1, 0.2, "Первая строка"), (0.1, 0.3, "Вторая строка"), (0.7, 0.2, "Рядом"))) == []


@pytest.mark.parametrize(("x", "y"), [(0.9, 0.5), (-0.1, 0.5), (0.3, 1.01), (0.3, -0.01)])
def test_what_leaves_the_picture_is_found(x, y):
    assert [kind for kind, *_ in faults(drawn((x, y, "Длинное имя")))] == ["cut"]


def test_what_lies_on_each_other_is_found():
    assert [kind for kind, *_ in faults(drawn((0.2, 0.5, "Одно имя"), (0.3, 0.51, "Другое имя")))] == ["overlap"]


@pytest.mark.parametrize("lang", ["ru", "uk", "en"])
@pytest.mark.parametrize("long", [False, True])
def test_pictures_with_the_longest_names_hold_their_texts(lang, long):
    for figure in demo_report(lang, long=long).figures():
        assert len(boxes(figure.svg)) > 8
        assert faults(figure.svg) == []
        assert size_of(figure.svg)[0] == pytest.approx(72 * theme.WIDTH)
