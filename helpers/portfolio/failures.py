"""What the runs left behind that did not make a report: ``batch.json`` of the last batch, ``*.failed.ipynb``."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from helpers.batch.run import FAILED
from helpers.batch.summary import BATCH_FILE


@dataclass(frozen=True)
class Failed:
    """A client without a new report."""

    slug: str
    reason: str
    """The first line of the error, as the command told it; "" where only the notebook of the failed run is there."""


def read_failures(reports: Path) -> tuple[tuple[Failed, ...], str]:
    """Failed clients by slug, each once; and why batch.json could not be read ("" if it could or there is none)."""
    found, wrong = {}, ""
    try:
        rows: Any = json.loads((reports / BATCH_FILE).read_text(encoding="utf-8"))["clients"]
        for row in rows:
            if row["status"] == "failed":
                found[str(row["slug"])] = Failed(str(row["slug"]), str((row["error"] or [""])[0])[:300])
    except FileNotFoundError:
        pass
    except (OSError, ValueError, KeyError, TypeError, IndexError):
        wrong = "json"
    for path in sorted(reports.glob(f"[!.]*/*{FAILED}")):
        found.setdefault(path.parent.name, Failed(path.parent.name, ""))
    return tuple(found[slug] for slug in sorted(found)), wrong
