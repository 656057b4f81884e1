"""What every chapter is: computed once from counted tables, then asked for pictures and words."""

from __future__ import annotations

from abc import ABC, abstractmethod
from functools import cached_property
from typing import Any, ClassVar

from helpers.language import Language
from helpers.report.model import Finding, Section


class Chapter(ABC):
    """One chapter of the report.

    A subclass is a frozen dataclass that holds plain DataFrames and numbers (its measure, made by a classmethod
    ``measure(facts, client, ...)``) and ``say``, the language it speaks. It reads no file, knows no format and keeps no
    global state.
    """

    key: ClassVar[str]
    """Name in the report and in audit.json."""

    say: Language

    @property
    def currency(self) -> str:
        """ISO code of the client's money, for tables shown in a notebook."""
        client = getattr(self, "client", None)
        return client.currency if client is not None else ""

    @abstractmethod
    def section(self) -> Section:
        """The chapter for the report: words, exhibits with pictures, tables."""

    @cached_property
    def drawn(self) -> Section:
        """The same, made once: a notebook shows the pictures that go into the report."""
        return self.section()

    def findings(self) -> tuple[Finding, ...]:
        """What the chapter offers to the first page."""
        return ()

    @abstractmethod
    def figures(self) -> dict[str, Any]:
        """The chapter's top-level keys of audit.json: language-free, JSON types only."""

    def _ipython_display_(self) -> None:
        from helpers.report.notebook import show_section

        show_section(self.drawn, self.say, self.currency)


def inside(text: str) -> str:
    """``text`` as it stands inside a sentence; an abbreviation ("CRM", "VAT") keeps its capitals."""
    return text[:1].lower() + text[1:] if text[1:2].islower() or text[1:2] == " " else text
