"""What the cells of a source tell about its columns: one question to all of them, one to the rows that may be odd.

In SQL: the questions name every column several times, and what is asked of a cell are macros (``cellmacros``).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from helpers.sources.celltable import UNIT
from helpers.sources.csvfile import quoted
from helpers.sources.mapped import SUSPECT
from helpers.sources.places import PLACE
from helpers.sources.stored import name_of
from helpers.sources.strays import holds_stray
from helpers.sources.values import FORMS, OTHER, column_questions, forms_in, group_of

if TYPE_CHECKING:
    import ibis.expr.types as ir
    from ibis.backends.duckdb import Backend

    from helpers.sources.tables import Column

MACRO_COLUMNS = ("source", "medium", "campaign", "campaign_id", "term", "content")
"""Columns that advertising systems fill through templates."""
REPAIRED = ("source", "medium", "campaign", "term", "content", "channel", "manager")
"""Columns in which damaged text is repaired: by them tables are matched."""


@dataclass
class Survey:
    """What the first questions to the data told about its columns."""

    dirty: frozenset[str]
    """Columns with a cell that has spaces around it, or a dash for nothing."""
    odd: dict[str, int]
    """Clean column → cells with a placeholder worth saying."""
    first: dict[tuple[str, str], int]
    """('odd' or 'contacts', clean column) → place of the first of these cells."""
    placeholders: dict[str, str]
    """Clean column → the first of its placeholders."""
    forms: dict[str, frozenset[str]]
    """Number, date and id columns → the forms their cells are written in."""
    macros: dict[str, int]
    """Columns that may hold an unfilled template → cells that perhaps do."""
    damaged: frozenset[str]
    """Columns in which some text may be damaged."""
    contacts: dict[str, int]
    """Columns in which nobody's address or telephone number belongs → cells that hold one."""
    totals: int
    """Rows that begin like totals."""
    staged: tuple[int, int] | None
    """Rows with a stage, and all rows; None where the file has no stages."""


def surveyed(con: Backend, table: ir.Table, columns: Mapping[str, Column], meant: Iterable[str]) -> Survey:
    """Ask a stored table of text.

    Args:
        con: where it is.
        table: clean columns as text, the marks of the file, and which rows may be odd.
        columns: of the source, by their clean names.
        meant: cells to which client.yml itself gives a meaning.
    """
    formed = {name: group for name, column in columns.items() if (group := group_of(column))}
    asked = {"totals": "count(*) FILTER (_total)", "suspects": f"count(*) FILTER ({SUSPECT})"}
    if "stage" in columns:
        data = "NOT (_total OR _blank OR _footer)"
        asked |= {
            "rows": f"count(*) FILTER ({data})",
            "stages": f"count(*) FILTER ({data} AND audit_trim(stage) <> '')",
        }
    for name, group in formed.items():
        asked[f"forms:{name}"] = f'bit_or("form:{name}")'
        asked[f"others:{name}"] = f'count(*) FILTER ("form:{name}" = {1 << len(FORMS[group])})'
    marks = "".join(f', audit_form_{group}("{name}") AS "form:{name}"' for name, group in formed.items())
    found = answers(con, asked, f"(SELECT *{marks} FROM {name_of(table)})")
    if found["suspects"]:
        suspects = f"{name_of(table)} WHERE {SUSPECT}"
        found |= answers(con, _odd_questions(columns), suspects)
        if found["contacts"]:
            strays = {name: holds_stray(f'"{name}"', column, meant) for name, column in columns.items()}
            asked = {}
            for name, test in strays.items():
                if test:
                    asked[f"contacts:{name}"] = f"count(*) FILTER ({test})"
                    asked[f"first:contacts:{name}"] = f"min({PLACE}) FILTER ({test})"
            found |= answers(con, asked, suspects)

    def count(key: str) -> int:
        return int(found.get(key) or 0)

    odd = {name: count(f"odd:{name}") for name in columns}
    seen: dict[str, frozenset[str]] = {}
    for name in formed:
        written = forms_in(count(f"forms:{name}"), columns[name])
        # Placeholders are the only cells beyond the plain forms: they go before the column is typed.
        plain = count(f"others:{name}") == odd[name]
        seen[name] = written - {OTHER} if plain else written
    return Survey(
        dirty=frozenset(name for name in columns if count(f"dirty:{name}")),
        odd=odd,
        first={
            (kind, name): place
            for kind in ("odd", "contacts")
            for name in columns
            if (place := found.get(f"first:{kind}:{name}")) is not None
        },
        placeholders={name: str(word) for name in columns if (word := found.get(f"written:odd:{name}")) is not None},
        forms=seen,
        macros={name: count(f"macros:{name}") for name in MACRO_COLUMNS if name in columns},
        damaged=frozenset(name for name in columns if count(f"damaged:{name}")),
        contacts={name: held for name in columns if (held := count(f"contacts:{name}"))},
        totals=count("totals"),
        staged=(count("stages"), count("rows")) if "stage" in columns else None,
    )


def _odd_questions(columns: Mapping[str, Column]) -> dict[str, str]:
    """Placeholders, spaces, templates and damage by column; whether anybody's address or number may be there at all."""
    asked: dict[str, str] = {}
    for name in columns:
        cell = f'"{name}"'
        tests = {"odd": f"audit_odd({cell})", "dirty": f"audit_dirty({cell})"}
        if name in MACRO_COLUMNS:
            tests["macros"] = f"audit_template({cell})"
        if name in REPAIRED:
            tests["damaged"] = f"audit_damaged({cell})"
        asked |= {f"{kind}:{name}": f"count(*) FILTER ({test})" for kind, test in tests.items()}
        asked[f"first:odd:{name}"] = f"min({PLACE}) FILTER ({tests['odd']})"
        asked[f"written:odd:{name}"] = f"arg_min({cell}, {PLACE}) FILTER ({tests['odd']})"
    texts = [f'"{name}"' for name, column in columns.items() if column.type == "text"]
    anybody = [f"audit_perhaps(concat_ws({quoted(UNIT)}, {', '.join(texts)}))"] if texts else []
    anybody += [f'audit_stray_id("{name}")' for name, column in columns.items() if column.type == "id"]
    asked["contacts"] = f"count(*) FILTER ({' OR '.join(anybody) or 'false'})"
    return asked


def told(con: Backend, table: ir.Table, columns: Mapping[str, Column]) -> dict[str, dict[str, Any]]:
    """Column → answers to its ``column_questions``, of a stored table; the columns are asked together."""
    questions = {name: column_questions(f'"{name}"', column) for name, column in columns.items()}
    asked = {f"{name}:{key}": question for name, one in questions.items() for key, question in one.items()}
    found = answers(con, asked, f"(SELECT *, {PLACE} AS place FROM {name_of(table)})") if asked else {}
    return {name: {key: found[f"{name}:{key}"] for key in one} for name, one in questions.items()}


def answers(con: Backend, asked: Mapping[str, str], relation: str) -> dict[str, Any]:
    """The only row of an aggregate in SQL, by the names of its columns."""
    row = con.con.execute(f"SELECT {', '.join(asked.values())} FROM {relation}").fetchone()
    assert row is not None
    return dict(zip(asked, row, strict=True))
