"""Text on a terminal: what comes from a client's files may not steer it."""

from __future__ import annotations

import re
import unicodedata

_ESCAPES = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|.)")


def printable(text: str) -> str:
    """``text`` on one line, without terminal escape codes, control and direction characters."""
    text = " ".join(_ESCAPES.sub("", text).splitlines()).replace("\t", " ")
    return "".join(char for char in text if unicodedata.category(char) not in ("Cc", "Cf"))
