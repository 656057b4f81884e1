"""A picture said shortly looks as matplotlib drew it."""

import io
import re

import numpy as np
import pytest
from PIL import Image

from helpers.report import theme
from helpers.report.compact import compact
from helpers.report.raster import png_of


@pytest.fixture(scope="module")
def drawn():
    """A chart with a bit of everything as matplotlib writes it: text upright and bold, markers, hatches, clips."""
    fig, ax = theme.figure(height=2.6)
    bars = ax.bar(["январь", "февраль", "a b"], [3, 1.5, 2])
    theme.hatch(bars[1])
    ax.plot([0, 1, 2], [1, 2, 3], marker="o")
    ax.set_ylabel("Сумма, тыс. ₽")
    ax.set_title("A title", fontweight="bold")
    with theme.applied():
        file = io.StringIO()
        fig.savefig(file, format="svg", metadata={"Date": None})
    return file.getvalue()


def pixels(svg):
    return np.asarray(Image.open(io.BytesIO(png_of(svg))).convert("L")).astype(int)


def test_it_looks_the_same_in_half_of_the_letters(drawn):
    short = compact(drawn, "Alt.")
    assert len(short) < 0.5 * len(drawn)
    away = abs(pixels(drawn) - pixels(short))
    # Edges of letters move by a hundredth of a point; a letter that is lost or elsewhere shows.
    assert (away > 64).sum() <= 5
    assert away.mean() < 0.15
    lost = re.sub(r'<use href="#g[^>]*>', "", short, count=1)
    assert (abs(pixels(drawn) - pixels(lost)) > 64).sum() > 5


def test_letters_are_named_alike_in_all_pictures(drawn):
    def shapes(svg):
        return dict(re.findall(r'<path id="(g[^"]*)" d="([^"]*)"/>', svg))

    fig, ax = theme.figure()
    ax.set_title("A little title", fontweight="bold")
    one, other = shapes(compact(drawn, "")), shapes(theme.picture(fig, "x", "A.").svg)
    both = one.keys() & other.keys()
    assert len(both) >= 5
    assert any(name.startswith("gBold-") for name in both)
    assert {name: one[name] for name in both} == {name: other[name] for name in both}


def test_what_draws_nothing_goes(drawn):
    short = compact(drawn, "<&> \x00")
    assert "<title>&lt;&amp;&gt; </title>" in short
    assert not re.findall(r'<!|<metadata|<g>|<g/>|<defs/>|xlink|matplotlib|fill:none"/>|\d\.\d{6}', short)
    pointed = set(re.findall(r'(?:href="|url\()#([^")]*)', short))
    assert pointed == set(re.findall(r' id="([^"]*)"', short))
