"""The traps of messy exports: a folder of ``tests/traps`` read as a client's folder, and its account of the money."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pandas as pd
import pytest

from helpers.client import read_client
from helpers.errors import DataError
from helpers.language import language
from helpers.sources import load
from helpers.sources.check import check_lines
from helpers.sources.loading import Data
from helpers.sources.notices import Code, Notice

TRAPS = Path(__file__).parent / "traps"
CLIENT = "client: Traps\nlang: en\ncurrency: RUB\n"
"""Where a trap has no client.yml of its own: its files are recognised by what they hold."""


def trap(tmp_path: Path, name: str, *, encoding: str = "", **changed: bytes) -> Data:
    """The trap's files as ``exports/``, read.

    Args:
        tmp_path: where the client's folder is made.
        name: folder of ``tests/traps``; "" for files of the test alone.
        encoding: what the committed text (UTF-8, so that it can be reviewed) is written in.
        changed: file name with ``__`` for its dot → content that no text file can hold.
    """
    folder = tmp_path / "firm"
    files = {path.name: path.read_bytes() for path in sorted((TRAPS / name).iterdir())} if name else {}
    yml = files.pop("client.yml", CLIENT.encode())
    if encoding:
        files = {file: content.decode().encode(encoding) for file, content in files.items()}
    files.update({file.replace("__", "."): content for file, content in changed.items()})
    (folder / "exports").mkdir(parents=True, exist_ok=True)
    (folder / "client.yml").write_bytes(files.pop("client.yml", yml))
    for file, content in files.items():
        (folder / "exports" / file).write_bytes(content)
    data = load(read_client(folder))
    _balanced(data)
    return data


def refused(tmp_path: Path, name: str, *, encoding: str = "", **changed: bytes) -> list[str]:
    """What is said when the trap stops the audit, one text per problem."""
    with pytest.raises(DataError) as caught:
        trap(tmp_path, name, encoding=encoding, **changed)
    texts = [str(problem) for problem in caught.value.problems]
    assert str(tmp_path) not in " ".join(texts)
    return texts


def _balanced(data: Data) -> None:
    """Rows and money before = after + what is listed, and what is said to be there is there."""
    for name, table in data.ledger.tables.items():
        lost = list(data.ledger.dropped(name))
        assert table.rows_before == table.rows_after + sum(notice.rows or 0 for notice in lost)
        assert data.tables[name].count().to_pyarrow().as_py() == table.rows_after
        if table.money_before is None or table.money_after is None:
            continue
        assert table.money_before == table.money_after + sum(
            (notice.money or Decimal(0) for notice in lost), Decimal(0)
        )
        money = {"spend": "cost", "deals": "amount"}.get(name)
        if money:
            assert (data.tables[name][money].sum().to_pyarrow().as_py() or Decimal(0)) == table.money_after
    assert "" in check_lines(data, language("en"))


def money(data: Data, table: str = "spend") -> tuple[str, str]:
    """Money before and after, as text: '100.5'."""
    one = data.ledger.tables[table]
    return _plain(one.money_before), _plain(one.money_after)


def _plain(value: Decimal | None) -> str:
    return "none" if value is None else f"{value.normalize():f}"


def notice(data: Data, code: Code, table: str = "") -> Notice:
    """The one notice of that code."""
    found = [one for one in data.notices if one.code is code and (not table or one.table == table)]
    assert len(found) == 1, f"{len(found)} notices {code} among {sorted({str(one.code) for one in data.notices})}"
    return found[0]


def codes(data: Data) -> set[Code]:
    """Codes of all notices."""
    return {one.code for one in data.notices}


def rows(data: Data, table: str) -> pd.DataFrame:
    """A clean table, in the order of its first columns."""
    frame = data.tables[table].to_pandas()
    return frame.sort_values(list(frame.columns[:3]), ignore_index=True)


def column(data: Data, table: str, name: str) -> list[object]:
    """One column of a clean table in that order; None for nothing."""
    return [None if pd.isna(value) else value for value in rows(data, table)[name]]
