"""What a message may show of a cell: labels and dates, nobody's name, address or number."""

import pytest

from helpers.sources.discreet import discreet


@pytest.mark.parametrize("text", ["Замер", "12,50 x", "2026-13-45 10:00", "Sun Mar 01 10:00:00 MSK 2026", "1.2E+05"])
def test_shown(text):
    assert discreet(text) == text


@pytest.mark.parametrize(
    "text", ["Иван Петров", "Sun Mei 5", "Ann Li", "Петров И.", "a@b.example", "+7 900 123-45-67", "x" * 61]
)
def test_not_shown(text):
    assert discreet(text) == ""
