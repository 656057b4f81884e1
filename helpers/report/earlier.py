"""The client's last audit before this one, for "what has changed"."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

from helpers.batch.publish import FIGURES_FILE, reports_root


def earlier_figures(out: Path, slug: str, before: dt.date) -> dict[str, Any] | None:
    """audit.json of the latest audit of ``slug`` whose period ends before the day ``before``; None if there is none.

    A damaged file is passed over: an old report must not stop a new one.
    """
    found: list[tuple[str, dict[str, Any]]] = []
    for path in sorted((reports_root(out) / slug).glob(f"[!.]*/{FIGURES_FILE}")):
        try:
            figures = json.loads(path.read_text(encoding="utf-8"))
            last = str(figures["period"][1])
            if dt.date.fromisoformat(last) < before:
                found.append((last, figures))
        except (OSError, ValueError, KeyError, TypeError, IndexError):
            continue
    return max(found, key=lambda one: one[0])[1] if found else None
