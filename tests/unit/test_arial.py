"""How wide text is in Arial: by its published widths, and against a face with the same ones where it is installed."""

import pytest
from matplotlib.font_manager import findSystemFonts
from PIL import ImageFont

from helpers.report.arial import WIDTHS, arial
from helpers.report.fit import advance

FACES = {
    bold: next((path for path in sorted(findSystemFonts()) if path.endswith(f"LiberationSans-{name}.ttf")), "")
    for bold, name in ((False, "Regular"), (True, "Bold"))
}


@pytest.mark.parametrize(
    ("text", "bold", "sizes"),
    [("Hello", False, 0.722 + 0.556 + 2 * 0.222 + 0.556), ("0123456789", False, 5.56), ("0123456789", True, 5.56),
     ("Mm", True, 0.833 + 0.889), ("a b", False, 0.556 + 0.278 + 0.556), ("№", False, 1.073)],
)  # fmt: skip
def test_text_is_as_wide_as_the_widths_of_arial(text, bold, sizes):
    assert arial(text, 20, bold=bold) == pytest.approx(20 * sizes)


def test_the_longest_line_counts_and_a_letter_that_arial_lacks_is_not_nothing():
    assert arial("a\nHello\nb", 10) == arial("Hello", 10)
    assert arial("", 10) == 0
    assert arial("字", 10) == pytest.approx(advance("字", 10))
    assert arial("₴", 10) > 5


@pytest.mark.skipif(not all(FACES.values()), reason="Liberation Sans is not installed")
@pytest.mark.parametrize("bold", [False, True])
def test_every_letter_is_as_wide_as_in_a_face_with_the_widths_of_arial(bold):
    face = ImageFont.truetype(FACES[bold], 1000, layout_engine=ImageFont.Layout.BASIC)
    wrong = {
        letter: (width, face.getlength(letter))
        for (heavy, letter), width in WIDTHS.items()
        if heavy == bold and abs(face.getlength(letter) - 1000 * width) > 1.5
    }
    assert wrong == {}
    assert len([one for one in WIDTHS if one[0] == bold]) > 350
