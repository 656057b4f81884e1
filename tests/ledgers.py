"""A folder of reports for one test: audit.json files with the figures that matter, the rest as a sample's."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from helpers.survey.bands import band_of

SAMPLE = Path(__file__).parents[1] / "data_samples" / "reports" / "polyana" / "2026-01-01_2026-06-30" / "audit.json"
FIRST, SECOND = ("2025-07-01", "2025-12-31"), ("2026-01-01", "2026-06-30")


def put_audit(
    reports: Path,
    slug: str,
    total: float | None = 60.0,
    half: float | None = 5.0,
    span: tuple[str, str] = SECOND,
    version: str = "1.0",
    **more: Any,
) -> Path:
    """Write an audit; ``more`` replaces top-level keys (None: the key is left out). Its file."""
    figures = json.loads(SAMPLE.read_text(encoding="utf-8"))
    figures |= {"client": slug.title(), "slug": slug, "period": list(span), "as_of": span[1]}
    figures["score"] |= {
        "total": total,
        "interval": None if total is None or half is None else [total - half, total + half],
        "band": None if total is None else band_of(total),
        "missing": "few" if total is None else "",
        "criteria_version": version,
    }
    figures |= more
    folder = reports / slug / f"{span[0]}_{span[1]}"
    folder.mkdir(parents=True)
    file = folder / "audit.json"
    text = json.dumps({key: value for key, value in figures.items() if value is not None}, ensure_ascii=False)
    file.write_text(text, encoding="utf-8")
    return file
