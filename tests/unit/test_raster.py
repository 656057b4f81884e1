"""Pictures as PNG, drawn from their SVG."""

import io

import pytest
from demo_report import demo_report
from PIL import Image

from helpers.errors import ReportError
from helpers.report.inline import size_of
from helpers.report.raster import png_of, pngs_of

SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 72 36" width="72pt" height="36pt">{}</svg>'


def image(svg, **more):
    return Image.open(io.BytesIO(png_of(svg, **more))).convert("RGB")


def test_a_chart_has_its_own_size_at_200_dots_an_inch():
    svg = demo_report("ru").figures()[1].svg
    width, height = size_of(svg)
    assert image(svg).size == (pytest.approx(width / 72 * 200, abs=1), pytest.approx(height / 72 * 200, abs=1))
    assert image(svg, dpi=72).size == (pytest.approx(width, abs=1), pytest.approx(height, abs=1))


def test_what_is_drawn_is_there_on_white():
    drawn = image(SVG.format('<path d="M0 0h36v36h-36z" fill="#a3261a"/>'))
    assert drawn.size == (200, 100)
    assert drawn.getpixel((20, 50)) == (0xA3, 0x26, 0x1A)
    assert drawn.getpixel((180, 50)) == (255, 255, 255)


def test_letters_and_the_hatch_of_the_unknown_are_drawn():
    svg = demo_report("ru").figures()[1].svg
    colours = {colour for _, colour in image(svg).getcolors(1 << 24)}
    # Ink of the labels, the ground of the hatch, the bars.
    assert {(0x1D, 0x27, 0x33), (0xDF, 0xE3, 0xE8), (0x18, 0x9A, 0x61), (0xA3, 0x26, 0x1A)} <= colours


def test_the_same_picture_is_the_same_bytes():
    svg = demo_report("ru").figures()[0].svg
    first = png_of(svg)
    png_of.cache_clear()
    assert png_of(svg) == first


@pytest.mark.parametrize("svg", ["", "<svg", "no picture"])
def test_what_is_no_picture_is_refused(svg):
    with pytest.raises(ReportError, match="cannot be set"):
        png_of(svg)


def test_the_pictures_of_a_report_are_drawn_together_as_they_are_alone():
    report = demo_report("ru")
    svgs = [figure.svg for figure in report.figures() if figure.svg]
    assert len(svgs) > 1
    assert pngs_of(report) == {svg: png_of(svg) for svg in svgs}


def test_a_picture_that_holds_more_than_shapes_is_refused_with_its_name():
    report = demo_report("ru")
    section = next(one for one in report.sections if any(x.figure for x in one.exhibits))
    exhibit = next(x for x in section.exhibits if x.figure)
    bad = exhibit.figure.model_copy(update={"svg": exhibit.figure.svg.replace("</svg>", "<script/></svg>")})
    odd = report.model_copy(
        update={"sections": (section.model_copy(update={"exhibits": (exhibit.model_copy(update={"figure": bad}),)}),)}
    )
    with pytest.raises(ReportError, match=bad.name):
        pngs_of(odd)
