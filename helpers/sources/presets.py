"""Presets: how a known system writes its export, as data (one YAML each in ``presets/``).

A preset holds header variants per clean column, constants, date order and decimal mark, and stage → outcome defaults.
What client.yml says wins over the preset, column by column.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from pydantic import Field, ValidationError

from helpers.errors import DataError, Problem
from helpers.validation import Strict, nearest, problems_of
from helpers.yamlfile import read_yaml

if TYPE_CHECKING:
    from helpers.client import Source

FOLDER = Path(__file__).parent / "presets"


class Preset(Strict):
    """One system's export."""

    system: str = ""
    table: str = ""
    also: tuple[str, ...] = ()
    columns: dict[str, tuple[str, ...]] = {}
    constants: dict[str, str] = {}
    values: dict[str, dict[str, Any]] = {}
    sheet: str | None = None
    dates: Literal["dmy", "mdy", "ymd"] | None = None
    decimal: Literal[",", "."] | None = None
    currency_header: str | None = Field(default=None)
    """Regular expression whose first group is the currency inside the cost column's header."""
    outcomes: dict[str, dict[str, str]] = {}
    """Stage (any pipeline) → {outcome, stage}, where the system fixes the names."""

    def columns_for(self, source: Source) -> dict[str, tuple[str, ...]]:
        """Clean column → headers; the client's own map replaces the preset's column by column."""
        return {**self.columns, **source.columns}

    def constants_for(self, source: Source) -> dict[str, Any]:
        """Clean column → the same value for all rows."""
        return {**self.constants, **source.constants}


@lru_cache
def read_preset(name: str | None) -> Preset:
    """The preset of that name; an empty one for None.

    Raises:
        DataError: no such preset; the nearest known one is named.
    """
    if name is None:
        return Preset()
    known = sorted(path.stem for path in FOLDER.glob("*.yml"))
    if name not in known:
        guess = nearest(name, known)
        hint = f"did you mean {guess!r}? known: {', '.join(known)}" if guess else f"known: {', '.join(known)}"
        raise DataError([Problem(f"no preset {name!r}", hint, "client.yml")])
    read = read_yaml(FOLDER / f"{name}.yml", f"presets/{name}.yml")
    if isinstance(read, list):
        raise DataError(read)
    try:
        return Preset.model_validate(read.data)
    except ValidationError as error:
        raise DataError(problems_of(error, Preset, f"presets/{name}.yml", read.line)) from None
