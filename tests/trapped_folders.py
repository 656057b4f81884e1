"""The small folders of tests/traps, one per trap of real exports, and what is asked of each: how it was read."""

from __future__ import annotations

from decimal import Decimal
from functools import cache
from pathlib import Path

import pandas as pd
import pytest

from helpers.client import read_client
from helpers.errors import DataError
from helpers.facts import Facts, count
from helpers.sources import load
from helpers.sources.loading import Data
from helpers.sources.notices import Code, Notice

TRAPS = Path(__file__).parent / "traps"


@cache
def read(trap: str) -> Data:
    """The trap's folder as loaded; its balance is checked: before = after + listed losses, in sum and file by file."""
    data = load(read_client(TRAPS / trap))
    for name, table in data.ledger.tables.items():
        lost = list(data.ledger.dropped(name))
        assert table.rows_before == table.rows_after + sum(notice.rows or 0 for notice in lost)
        files = [part for (of, _), part in data.ledger.files.items() if of == name]
        assert table.rows_before == sum(part.rows_before for part in files)
        assert table.rows_after == sum(part.rows_after for part in files) == len(data.tables[name].to_pandas())
        if table.money_before is not None:
            money = sum((notice.money or Decimal(0) for notice in lost), Decimal(0))
            assert table.money_before == (table.money_after or Decimal(0)) + money
            assert table.money_after == sum((part.money_after or Decimal(0) for part in files), Decimal(0))
    return data


@cache
def counted(trap: str) -> Facts:
    """The same, counted."""
    return count(read(trap))


def refusal(trap: str) -> list[str]:
    """Why the trap's folder is not read."""
    with pytest.raises(DataError) as caught:
        load(read_client(TRAPS / trap))
    return [str(problem) for problem in caught.value.problems]


def notices(trap: str, code: Code, table: str = "") -> list[Notice]:
    """The notices of that code."""
    return [notice for notice in read(trap).notices if notice.code is code and table in ("", notice.table)]


def only(trap: str, code: Code, table: str = "") -> Notice:
    """The one notice of that code."""
    found = notices(trap, code, table)
    assert len(found) == 1, [notice.code for notice in read(trap).notices]
    return found[0]


def money(trap: str, table: str) -> tuple[Decimal | None, Decimal | None]:
    """Money of a table before and after."""
    balance = read(trap).ledger.tables[table]
    return balance.money_before, balance.money_after


def column(trap: str, table: str, name: str) -> list[object]:
    """A clean column by the table's id (spend: by day and campaign)."""
    frame = read(trap).tables[table].to_pandas()
    keys = {"leads": ["lead_id"], "deals": ["deal_id"]}.get(table, ["from", "campaign"])
    found = frame.sort_values(keys)[name]
    return [None if pd.isna(value) else value for value in found]
