"""Colours by meaning; one keeps its meaning through the whole report.

Chosen so that any two of the filled colours differ (CIE76 ΔE above 20) for people with any of the three kinds of
colour blindness too (Machado, Oliveira, Fernandes 2009), and stand out from white at 3:1. A test keeps this so.
"""

from __future__ import annotations

COLOURS = {
    "marketing": "#1f4fa8",
    "sales": "#e07b12",
    "joint": "#6a2f6c",
    "good": "#189a61",
    "bad": "#a3261a",
    "neutral": "#8c94a0",
    "unknown": "#dfe3e8",
    "ink": "#1d2733",
    "muted": "#5b6673",
    "edge": "#c9d0d8",
    "grid": "#e3e7ec",
    "paper": "#ffffff",
}
"""``unknown`` goes with a hatch (theme.hatch); ``paper`` is for text on a filled colour."""

DARK = {
    "marketing": "#6f9bea",
    "sales": "#f09a3e",
    "joint": "#c07fc3",
    "good": "#3fbd84",
    "bad": "#e5695b",
    "neutral": "#8f98a5",
    "unknown": "#39424d",
    "ink": "#e8ebef",
    "muted": "#a3adb9",
    "edge": "#4a5561",
    "grid": "#313a45",
    "paper": "#171d24",
}
"""The same on a dark page: the HTML report swaps them by style sheet, pictures in files stay light."""
