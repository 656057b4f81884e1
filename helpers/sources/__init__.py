"""Exports as they are → clean tables. The only package besides ``facts`` that touches rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from helpers.client import Client
    from helpers.sources.loading import Data

__all__ = ["load"]


def load(client: Client) -> Data:
    """Read all sources of a client; see ``helpers.sources.loading.load``."""
    # ibis and DuckDB cost two seconds to import: only when data are read.
    from helpers.sources import loading

    return loading.load(client)
