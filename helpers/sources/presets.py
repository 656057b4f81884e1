"""Presets: how a known system writes its export, as data (one YAML each in ``presets/``; CONTRIBUTING.md says how).

A preset holds headers as the system writes them, per clean column; how its dates, numbers, totals and currency look;
what its fixed stages mean. What was never seen in a real file stands apart under ``guessed`` and is said aloud when it
is used. What client.yml says wins over the preset, column by column.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from pydantic import Field, ValidationError, model_validator
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from helpers.errors import DataError, Problem
from helpers.sources.tables import TABLES
from helpers.validation import Strict, nearest, problems_of
from helpers.yamlfile import read_yaml

if TYPE_CHECKING:
    from helpers.client import Source

FOLDER = Path(__file__).parent / "presets"

Headers = tuple[str, ...]


class Guessed(Strict):
    """What is remembered, not seen: used where nothing better is found, and announced."""

    columns: dict[str, Headers] = {}
    outcomes: dict[str, dict[str, str]] = {}
    values: dict[str, dict[str, Any]] = {}


class Partial(Strict):
    """A report that holds a part of the money only, though it looks like all of it."""

    headers: Headers = ()
    """Columns that only such a report has."""
    lines: tuple[str, ...] = ()
    """Regular expressions for a line above the header."""
    why: str = Field(min_length=1)
    refused: bool = True
    """False: the report may be whole; it is read, and its totals row decides."""


class Preset(Strict):
    """One kind of export of one system."""

    system: str = ""
    report: str = ""
    """Which export it is, in the system's own words: 'deals', 'campaign report'."""
    table: str = ""
    also: tuple[str, ...] = ()
    """Tables that the same file fills too."""
    alone: tuple[str, ...] = ()
    """Tables it fills as well where no other source does."""
    unused: str = ""
    """Why a file of this kind is recognised and left aside."""

    columns: dict[str, Headers] = {}
    """Clean column → headers that may stand for it; the first one the file has is taken. ``{currency}`` in a header
    matches a currency."""
    together: dict[str, Headers] = {}
    """Clean column → headers of which each row's first filled cell is taken."""
    span: dict[Literal["from", "to"], Headers] = {}
    """First and last day of a row, in exports without a date of their own (``columns.from`` is not there)."""
    converted: dict[Literal["cost", "currency"], Headers] = {}
    """The same money in another currency: taken where that is the client's."""
    known: Headers = ()
    """Other headers the system writes: they tell the system and are not read."""
    ids: Headers = ()
    """Headers of ids that are not read; damaged ones are said."""
    tells: Headers = ()
    """Headers of which at least one must be there: nobody else writes them."""
    needs: tuple[str, ...] = ()
    """Clean columns without which the file is not this export; beside those that the table requires."""
    guessed: Guessed = Guessed()

    constants: dict[str, str] = {}
    values: dict[str, dict[str, Any]] = {}
    outcomes: dict[str, dict[str, str]] = {}
    """Stage (any pipeline) → {outcome, stage}, where the system fixes the names."""
    stage_prefix: str = ""
    """Regular expression for what a system writes before the names it fixes: the number of the pipeline."""

    sheet: str | None = None
    dates: Literal["dmy", "mdy", "ymd"] | None = None
    decimal: Literal[",", "."] | None = None
    timezone: str | None = None
    grain: Literal["daily", "period", "row"] = "row"
    """What a row of spend covers: a day, the report's whole period (named above the header), or what it says."""
    per_file: str = ""
    """What one file stands for ('campaign'): equal rows of two files are not an overlap."""
    pair: str = ""
    """Preset of another file without which this one is half of the truth."""
    currency_line: str = ""
    """Regular expression for a line above the header; its group is the currency."""
    totals: tuple[str, ...] = ()
    """Regular expressions for the first filled cell of a row with totals, beside the usual words."""
    footers: tuple[str, ...] = ()
    """Regular expressions for the only filled cell of a line below the table."""
    partial: tuple[Partial, ...] = ()
    advice: dict[str, str] = {}
    """Clean column → what to do in the system when it is missing."""

    @model_validator(mode="after")
    def _sensible(self) -> Preset:
        if self.unused or not self.table:
            return self
        columns = {name for table in (self.table, *self.also, *self.alone) for name in TABLES[table].names}
        for place in (self.columns, self.together, self.constants, self.values, self.guessed.columns, self.advice):
            unknown = set(place) - columns
            if unknown:
                raise ValueError(f"no column {sorted(unknown)[0]!r} in {self.table}")
        for pattern in (*self.totals, *self.footers, self.currency_line, *(p for x in self.partial for p in x.lines)):
            re.compile(pattern)
        return self

    @property
    def fills(self) -> tuple[str, ...]:
        """Tables that it always fills."""
        return (self.table, *self.also)

    def values_for(self, source: Source, name: str) -> dict[str, Any] | None:
        """Written value → clean value of a column."""
        own = source.values.get(name)
        return own if own is not None else self.values.get(name) or self.guessed.values.get(name)

    def meanings(self) -> dict[str, dict[str, str]]:
        """Stage → {outcome, stage}; the seen win over the guessed."""
        return {**self.guessed.outcomes, **self.outcomes}


GENERIC = Preset(system="generic")
"""A source whose columns client.yml names all by itself."""


@lru_cache
def preset_names() -> tuple[str, ...]:
    """All presets, in order of the alphabet."""
    return (*sorted(path.stem for path in FOLDER.glob("*.yml")), "generic")


@lru_cache
def read_preset(name: str | None) -> Preset:
    """The preset of that name; one that knows no header for 'generic' and for None.

    Raises:
        DataError: no such preset; the nearest known one is named.
    """
    if name is None or name == "generic":
        return GENERIC
    known = preset_names()
    if name not in known:
        guess = nearest(name, known)
        hint = f"did you mean {guess!r}? known: {', '.join(known)}" if guess else f"known: {', '.join(known)}"
        raise DataError([Problem(f"no preset {name!r}", hint, "client.yml")])
    file = f"presets/{name}.yml"
    try:
        # Our own file: one pass, without the safeguards and line numbers that a client's file needs.
        return Preset.model_validate(YAML(typ="safe", pure=True).load(_preset_text(name)))
    except (YAMLError, ValidationError) as error:
        read = read_yaml(FOLDER / f"{name}.yml", file)
        if isinstance(read, list):
            raise DataError(read) from None
        if isinstance(error, ValidationError):
            raise DataError(problems_of(error, Preset, file, read.line)) from None
        raise


@lru_cache
def _preset_text(name: str) -> str:
    return (FOLDER / f"{name}.yml").read_text(encoding="utf-8")


def likely_presets(words: Iterable[str]) -> list[str]:
    """Presets of which a telling header stands among these words: the others need not be read at all.

    Args:
        words: cells of a file's first rows, normalised, a currency in them as ``{currency}``.
    """
    there = set(words)
    return [name for name in preset_names() if name != "generic" and not there.isdisjoint(_telling(name) or there)]


@lru_cache
def _telling(name: str) -> frozenset[str]:
    """The headers of ``tells``, normalised, found without parsing: reading a preset costs a hundred times as much."""
    from helpers.sources.rawfiles import normal

    found = re.search(r"^tells: \[(.*?)\]$", _preset_text(name), re.MULTILINE | re.DOTALL)
    if not found:
        return frozenset()
    # A comma may stand inside quotes: "Расход, ₽".
    return frozenset(normal(text.strip(' "')) for text in re.findall(r'"[^"]*"|[^,"]+', found[1]) if text.strip())
