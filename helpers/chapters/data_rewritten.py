"""The data chapter, value by value: what is read otherwise than it is written in the exports."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from helpers.report.model import Column, Exhibit, Table

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from helpers.language import Language
    from helpers.sources.rewritten import Rewritten

SHOWN = 50
"""Values that the table names, those of most rows; the others are counted."""
FIGURES = 1_000
"""Values that audit.json names, in the same way."""


def rewritten_exhibit(found: Sequence[Rewritten], say: Language, table_name: Callable[[str], str]) -> Exhibit | None:
    """As written, as read, and in how many rows; None where every value is read as it is written."""
    if not found:
        return None
    ordered = _ordered(found)
    reading = [
        say("Damaged texts are read as they were meant, ids without their prefix: so campaigns of the CRM and of the "
            "ad accounts match. The exports themselves stay as they are.")
    ]  # fmt: skip
    if more := len(ordered) - len(ordered[:SHOWN]):
        reading.append(say.plural("{n} more value is not shown.", "{n} more values are not shown.", more))
    return Exhibit(
        key="data-rewritten",
        title=say.plural(
            "{n} value is read otherwise than it is written", "{n} values are read otherwise than they are written",
            len(found),
        ),
        reading=tuple(reading),
        table=Table(
            columns=(
                Column(label=say("Table")),
                Column(label=say("File")),
                Column(label=say("Column")),
                Column(label=say("As written")),
                Column(label=say("Read as")),
                Column(label=say("Rows"), kind="count"),
            ),
            rows=tuple(
                (table_name(one.table), one.file, one.column, one.written, one.read, one.rows)
                for one in ordered[:SHOWN]
            ),
        ),
    )  # fmt: skip


def rewritten_figures(found: Sequence[Rewritten]) -> dict[str, Any]:
    """``rewritten`` of audit.json: how many values, and those of most rows."""
    return {
        "values": len(found),
        "largest": [
            {"table": one.table, "file": one.file, "column": one.column, "written": one.written, "read": one.read,
             "rows": one.rows}
            for one in _ordered(found)[:FIGURES]
        ],
    }  # fmt: skip


def _ordered(found: Sequence[Rewritten]) -> list[Rewritten]:
    return sorted(found, key=lambda one: (-one.rows, one.table, one.file, one.column, one.written))
