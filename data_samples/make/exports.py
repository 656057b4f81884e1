"""Pieces that the exports of the companies share: invented people, moments as text, spelling variants."""

from __future__ import annotations

import datetime as dt
from functools import cache
from pathlib import Path
from typing import Any

from data_samples.make.model import Lead
from data_samples.make.writers import write_json


class Folders:
    """Where a company's files go: its folder under data_samples, and the truth for the tests."""

    def __init__(self, slug: str, samples: Path, truths: Path) -> None:
        self.slug, self.client, self.truths = slug, samples / slug, truths
        self.exports, self.answers = self.client / "exports", self.client / "answers"
        for folder in (self.exports, self.answers):
            folder.mkdir(parents=True, exist_ok=True)
            # Nothing of an earlier generator may stay behind and be read.
            for old in folder.iterdir():
                old.unlink()

    def write_truth(self, truth: dict[str, Any]) -> None:
        """truth/<slug>.json for the tests."""
        write_json(self.truths / f"{self.slug}.json", truth)


def headers(text: str) -> list[str]:
    """'A|B|C' as a row of headers."""
    return text.split("|")


def row_of(head: list[str], cells: dict[str, Any]) -> list[Any]:
    """A row under ``head``; the second column of a name stays empty, as it mostly does in real exports.

    Raises:
        KeyError: a cell without a header.
    """
    row: list[Any] = [""] * len(head)
    for name, value in cells.items():
        row[_places(tuple(head))[name]] = value
    return row


@cache
def _places(head: tuple[str, ...]) -> dict[str, int]:
    """Header → its first place."""
    return {name: head.index(name) for name in head}


def dmy(moment: dt.datetime | None, empty: str = "") -> str:
    """'22.03.2026 13:32:57'."""
    return moment.strftime("%d.%m.%Y %H:%M:%S") if moment else empty


def ymd(moment: dt.datetime | None) -> str:
    """'2026-03-22 13:32'."""
    return moment.strftime("%Y-%m-%d %H:%M") if moment else ""


def variant(number: int, usual: str, *rare: tuple[str, int]) -> str:
    """``usual``, or a rare spelling for every so many numbers: ('Yandex', 9) is written for each ninth."""
    for text, every in rare:
        if number % every == every - 1:
            return text
    return usual


def phone(lead: Lead, country: str, trunk: str) -> str:
    """A number of area 000 (00 in Ukraine), which nobody can have, written in one of some ways."""
    area = "00" if country == "380" else "000"
    digits = f"{area}{lead.person:07d}"
    local = f"{digits[-7:-4]}-{digits[-4:-2]}-{digits[-2:]}"
    return variant(
        lead.number,
        f"+{country} ({area}) {local}",
        (f"{country}{digits}", 4),
        (f"{trunk or '+' + country} ({area}) {local}", 7),
        (f"+{country} {area} {local.replace('-', ' ')}", 5),
        (f"'+{country}{digits}", 11),
    )


def email(lead: Lead, word: str) -> str:
    """An address in a domain that is kept for examples."""
    return f"{word}{lead.person}@example.com"


def mark(value: bool | None, yes: str, no: str) -> str:
    """A mark as the CRM writes it; empty when it was not set."""
    return "" if value is None else yes if value else no
