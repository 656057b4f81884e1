"""Rows of a high picture on several slides: none is lost or shown twice, and each looks as in the whole."""

import io
from itertools import pairwise

import numpy as np
import pytest
from PIL import Image

from helpers.report import theme
from helpers.report.inline import check, size_of
from helpers.report.pptx_slices import slices
from helpers.report.raster import png_of

ROWS = 20


def drawn(groups=0):
    """Twenty bars of different length under a heading, above an axis."""
    fig, ax = theme.figure(height=7)
    names = [f"Критерий {n}" for n in range(ROWS)]
    theme.margins(ax, left_labels=names, top_lines=2)
    ax.barh(range(ROWS), [1 + n % 7 for n in range(ROWS)], color=theme.COLOURS["sales"])
    ax.set(ylim=(ROWS - 0.4, -0.6), xlim=(0, 8))
    ax.set_yticks(range(ROWS), names)
    ax.set_title("Заголовок")
    return theme.picture(fig, "rows", "Rows.", rows=theme.edges(ROWS, groups))


def pixels(svg):
    return np.asarray(Image.open(io.BytesIO(png_of(svg, 72))).convert("L"), dtype=int)


def test_edges_of_rows_stand_where_they_are_drawn():
    figure = drawn()
    (edges,) = figure.rows
    dark = (pixels(figure.svg)[:, 100:110] < 200).any(axis=1)
    for start, end in pairwise(edges):
        assert dark[round(start) + 4 : round(end) - 4].all()
        assert not dark[[round(start), round(end)]].any()


@pytest.mark.parametrize("highest", [400, 300, 210])
def test_each_row_is_seen_once_as_in_the_whole(highest):
    figure = drawn()
    parts = slices(figure, highest)
    (edges,) = figure.rows
    whole = pixels(figure.svg)
    top, bottom = round(edges[0]), round(len(whole) - edges[-1])
    rows = []
    for part in parts:
        check(part)
        assert size_of(part.svg)[1] <= highest
        seen = pixels(part.svg)
        # A pixel may lie half in one window and half in the other.
        assert np.abs(seen[: top - 1] - whole[: top - 1]).mean() < 1
        assert np.abs(seen[-bottom + 2 :] - whole[-bottom + 2 :]).mean() < 4
        rows.append(seen[top : len(seen) - bottom])
    assert sum(map(len, rows)) == pytest.approx(len(whole) - top - bottom, abs=3)
    # The lengths of the bars, one after another, tell which rows they are.
    lengths = [(body < 250).sum(axis=1) for body in rows]
    found = [n for part in lengths for n in _bars(part)]
    assert found == _bars((whole[top : len(whole) - bottom] < 250).sum(axis=1))
    assert len(found) == ROWS
    assert len(parts) == {400: 2, 300: 2, 210: 3}[highest]


def _bars(widths):
    """The longest line of each bar, rounded to steps of its axis."""
    found, longest = [], 0
    for wide in [*widths, 0]:
        if wide > 40:
            longest = max(longest, wide)
        elif longest:
            found.append(round(longest / 45))
            longest = 0
    return found


def test_groups_stay_whole_where_that_takes_no_more_slides():
    figure = drawn(8)
    heights = [size_of(part.svg)[1] for part in slices(figure, 400)]
    first, second, third = (group[-1] - group[0] for group in figure.rows)
    around = size_of(figure.svg)[1] - first - second - third
    assert sorted(heights) == pytest.approx(sorted([first + around, second + third + around]), abs=0.5)
    even = [size_of(part.svg)[1] for part in slices(figure, 300)]
    assert even[0] == pytest.approx(even[1], abs=1)


def test_a_picture_that_fits_or_has_no_rows_is_whole():
    figure = drawn()
    assert slices(figure, 600) == (figure,)
    bare = figure.model_copy(update={"rows": ()})
    assert slices(bare, 200) == (bare,)
    assert slices(figure, 60) == (figure,)
