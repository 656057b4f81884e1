"""Where a row lies among those of several files: one number tells them apart, and orders them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import ibis.expr.types as ir

FILE_STEP = 1 << 40
"""A place is ``file * FILE_STEP + row``."""
PLACE = f"(_file::BIGINT * {FILE_STEP} + _row)"
"""A row's place, in SQL."""


def place_of(table: ir.Table) -> ir.IntegerValue:
    """The place of each row."""
    return table._file.cast("int64") * FILE_STEP + table._row


def first_place(place: object, files: Sequence[str]) -> dict[str, Any]:
    """What a notice says of the place of its first row: ``first_rows``, and ``first_file`` where there are several.

    Nothing for a place that is none.
    """
    if not isinstance(place, int):
        return {}
    file, row = divmod(place, FILE_STEP)
    return {"first_rows": (row,), "first_file": files[file] if len(files) > 1 else ""}
