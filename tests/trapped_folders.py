"""The traps of real exports in ``tests/traps``: read, balanced, and asked how they were read.

A trap is a client's folder (``read``), or only the files of one, which are laid out first (``trap``). What is asked is
asked of what was read, or of a client's folder by its name.
"""

from __future__ import annotations

from decimal import Decimal
from functools import cache
from pathlib import Path

import pandas as pd
import pytest

from helpers.client import read_client
from helpers.errors import DataError
from helpers.facts import Facts, count
from helpers.language import language
from helpers.sources import load
from helpers.sources.check import check_lines
from helpers.sources.loading import Data
from helpers.sources.notices import Code, Notice

TRAPS = Path(__file__).parent / "traps"
CLIENT = "client: Traps\nlang: en\ncurrency: RUB\n"
"""Where a trap has no client.yml of its own: its files are recognised by what they hold."""


def trap(tmp_path: Path, name: str, *, encoding: str = "", **changed: bytes) -> Data:
    """The trap's files as ``exports/``, read; one that is a client's folder is read where it lies.

    Args:
        tmp_path: where the client's folder is made.
        name: folder of ``tests/traps``; "" for files of the test alone.
        encoding: what the committed text (UTF-8, so that it can be reviewed) is written in.
        changed: file name with ``__`` for its dot → content that no text file can hold.
    """
    if name and (TRAPS / name / "exports").is_dir():
        return read(name)
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


@cache
def read(name: str) -> Data:
    """The trap that is a client's folder."""
    data = load(read_client(TRAPS / name))
    _balanced(data)
    return data


@cache
def counted(name: str) -> Facts:
    """The same, counted."""
    return count(read(name))


def refused(tmp_path: Path, name: str, *, encoding: str = "", **changed: bytes) -> list[str]:
    """What is said when the trap stops the audit, one text per problem."""
    with pytest.raises(DataError) as caught:
        trap(tmp_path, name, encoding=encoding, **changed)
    texts = [str(problem) for problem in caught.value.problems]
    assert not any(str(folder) in " ".join(texts) for folder in (tmp_path, TRAPS))
    return texts


def _balanced(data: Data) -> None:
    """Rows and money before = after + what is listed, in sum and by file, and what is said to be there is there."""
    for name, table in data.ledger.tables.items():
        lost = list(data.ledger.dropped(name))
        assert table.rows_before == table.rows_after + sum(notice.rows or 0 for notice in lost)
        assert data.tables[name].count().to_pyarrow().as_py() == table.rows_after
        files = [part for (of, _), part in data.ledger.files.items() if of == name]
        assert table.rows_before == sum(part.rows_before for part in files)
        assert table.rows_after == sum(part.rows_after for part in files)
        if table.money_before is None or table.money_after is None:
            continue
        assert table.money_before == table.money_after + sum(
            (notice.money or Decimal(0) for notice in lost), Decimal(0)
        )
        assert table.money_after == sum((part.money_after or Decimal(0) for part in files), Decimal(0))
        money = {"spend": "cost", "deals": "amount"}.get(name)
        if money:
            assert (data.tables[name][money].sum().to_pyarrow().as_py() or Decimal(0)) == table.money_after
    assert "" in check_lines(data, language("en"))


def _of(data: Data | str) -> Data:
    return read(data) if isinstance(data, str) else data


def money(data: Data | str, table: str = "spend") -> tuple[str, str]:
    """Money before and after, as text: '100.5'."""
    one = _of(data).ledger.tables[table]
    return _plain(one.money_before), _plain(one.money_after)


def _plain(value: Decimal | None) -> str:
    return "none" if value is None else f"{value.normalize():f}"


def notices(data: Data | str, code: Code, table: str = "") -> list[Notice]:
    """The notices of that code."""
    return [one for one in _of(data).notices if one.code is code and table in ("", one.table)]


def notice(data: Data | str, code: Code, table: str = "") -> Notice:
    """The one notice of that code."""
    found = notices(data, code, table)
    assert len(found) == 1, f"{len(found)} notices {code} among {sorted({str(one) for one in codes(data)})}"
    return found[0]


def codes(data: Data | str) -> set[Code]:
    """Codes of all notices."""
    return {one.code for one in _of(data).notices}


def rows(data: Data | str, table: str) -> pd.DataFrame:
    """A clean table, in the order of its first columns."""
    frame = _of(data).tables[table].to_pandas()
    return frame.sort_values(list(frame.columns[:3]), ignore_index=True)


def column(data: Data | str, table: str, name: str) -> list[object]:
    """One column of a clean table in that order; None for nothing."""
    return [None if pd.isna(value) else value for value in rows(data, table)[name]]
