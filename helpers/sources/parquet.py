"""A Parquet file as a relation of text cells for DuckDB."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from helpers.errors import DataError, Problem
from helpers.sources.csvfile import quoted

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(frozen=True)
class ParquetFile:
    """Columns of a Parquet file; the footer alone has been read."""

    path: Path
    schema: pa.Schema

    @property
    def headers(self) -> tuple[str, ...]:
        """Names of its columns."""
        return tuple(self.schema.names)

    def relation(self) -> str:
        """All cells as text c0, c1, ..., typed numbers with their mark."""
        names = ", ".join(f"c{index}" for index in range(len(self.schema)))
        texts = ", ".join(_text(f"f{index}", field) for index, field in enumerate(self.schema))
        fields = ", ".join(f"f{index}" for index in range(len(self.schema)))
        read = f"SELECT * FROM read_parquet({quoted(str(self.path))}) AS given({fields})"
        return f"(SELECT {texts} FROM ({read})) AS cells({names})"


def open_parquet(path: Path, name: str) -> ParquetFile:
    """Read a file's schema.

    Raises:
        DataError: not a readable Parquet file.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        return ParquetFile(path, pq.read_schema(path))
    except (pa.ArrowException, OSError, ValueError) as error:
        what = " ".join(str(error).split())[:120]
        raise DataError([Problem(f"not a readable Parquet file ({what})", "export it again", name)]) from None


def _text(name: str, field: pa.Field) -> str:
    import pyarrow as pa

    if not (pa.types.is_floating(field.type) or pa.types.is_decimal(field.type)):
        return f"CAST({name} AS VARCHAR)"
    number, text = f"CAST({name} AS DOUBLE)", f"CAST({name} AS VARCHAR)"
    # Text such as 5.8e+18 has lost digits already; it stays as it is, so that an id column refuses it.
    return (
        f"CASE WHEN isnan({number}) THEN NULL "
        f"WHEN {number} = round({number}) AND abs({number}) < 9007199254740992 "
        f"THEN CAST(CAST({number} AS BIGINT) AS VARCHAR) "
        f"WHEN contains({text}, 'e') THEN {text} ELSE {text} || 'e0' END"
    )
