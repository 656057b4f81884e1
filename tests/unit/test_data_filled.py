"""How far a field is filled in, as it is written beside its bar."""

from __future__ import annotations

import pytest

from helpers.chapters.data import filled_text
from helpers.language import language


@pytest.mark.parametrize(
    ("share", "written"),
    [(1.0, "100%"), (0.9, "90%"), (0.8955, "89.6%"), (0.8996, "89.96%"), (0.744, "74%"), (0.0, "0%")],
)
def test_no_share_is_rounded_over_the_limit_of_nine_in_ten(share: float, written: str) -> None:
    assert filled_text(share, language("en")) == written
