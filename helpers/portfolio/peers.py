"""The other audited clients as one client's report may know them: figures without names, as of one moment.

A batch takes them once, from the ledger as it stood before its first client, and hands them to every run as a file
beside it: what a report says does not depend on which client of the batch was ready first. A notebook run by hand
looks at the ledger itself.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

import pandas as pd

from helpers.batch.publish import reports_root
from helpers.portfolio.ledger import DIMENSIONS, Ledger, read_ledger

PEERS_FILE = "peers.json"


@dataclass(frozen=True)
class Peer:
    """The newest audit of a client that may be counted; ``slug`` only keeps a client from being its own peer."""

    slug: str
    version: str
    total: float
    interval: tuple[float, float] | None
    dimensions: dict[str, float]
    as_of: str


def peers_of(ledger: Ledger) -> tuple[Peer, ...]:
    """Clients with a score that allow to be counted (``peers`` of client.yml), by slug."""
    found = []
    for row in ledger.latest.to_dict("records"):
        if pd.isna(row["total"]) or not row["peers"]:
            continue
        ends = (row["total_low"], row["total_high"])
        means = {key: float(row[f"dimension_{key}"]) for key in DIMENSIONS if not pd.isna(row[f"dimension_{key}"])}
        found.append(
            Peer(
                slug=str(row["slug"]),
                version=str(row["version"]),
                total=float(row["total"]),
                interval=None if any(map(pd.isna, ends)) else (float(ends[0]), float(ends[1])),
                dimensions=means,
                as_of=row["as_of"].isoformat(),
            )
        )
    return tuple(found)


def peers_in(reports: Path) -> tuple[Peer, ...]:
    """The clients of a folder of reports; none where there is no such folder yet."""
    return peers_of(read_ledger(reports)) if reports.is_dir() else ()


def write_peers(peers: Iterable[Peer], run: Path) -> None:
    """Hand the peers to the run whose folder this is."""
    text = json.dumps([asdict(peer) for peer in peers])
    (run / PEERS_FILE).write_text(text, encoding="utf-8", newline="\n")


def read_peers(out: Path, slug: str) -> tuple[Peer, ...]:
    """The peers of the client ``slug``: those handed to the run in ``out``, else those in the ledger of ``out``."""
    file = out / PEERS_FILE
    if file.is_file():
        found = tuple(
            Peer(**{**one, "interval": None if one["interval"] is None else tuple(one["interval"])})
            for one in json.loads(file.read_text(encoding="utf-8"))
        )
    else:
        found = peers_in(reports_root(out))
    return tuple(peer for peer in found if peer.slug != slug)
