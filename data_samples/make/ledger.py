"""Key figures of seven invented clients, some with two audits, for the notebook about many clients.

Only audit.json, with what the portfolio reads: as a folder of reports looks after a year of audits. One file is damaged
on purpose, one client has no score, three currencies, two versions of the questionnaire.
"""

from __future__ import annotations

import datetime as dt
import json
import random
from pathlib import Path
from typing import Any

from helpers.survey.bands import band_of
from helpers.survey.criteria import questionnaire

FOLDER = "reports"
CLIENTS: dict[str, tuple[str, str, tuple[float, ...]]] = {
    "babusyna-kukhnia": ("Бабусина кухня", "UAH", (44.0, 61.0)),
    "duby": ("Мебельная мастерская «Дубы»", "RUB", (52.5, 54.0)),
    "harbour-lights": ("Harbour Lights", "USD", (66.0,)),
    "klinika-shans": ("Клиника «Шанс»", "RUB", (71.0, 57.5)),
    "lingua-porto": ("Lingua Porto", "USD", (48.0, 50.5)),
    "polyana": ("Загородный клуб «Поляна» и гостиница «Поляна Парк»", "RUB", (58.0,)),
    "teplyi-dim": ("Теплий дім", "UAH", ()),
}
"""Folder → name, currency, scores of its audits, the older first; none: too few have answered."""
SPANS = (("2025-07-01", "2025-12-31"), ("2026-01-01", "2026-06-30"))
VERDICTS = ("confirmed", "confirmed", "overclaimed", "unclear", "hidden_strength", "no_data")


def make_ledger(samples: Path) -> Path:
    """Write the folder of reports anew; the same bytes each time."""
    place = samples / FOLDER
    for number, (slug, (name, currency, scores)) in enumerate(CLIENTS.items()):
        chance = random.Random(number)
        totals: tuple[float | None, ...] = scores or (None,)
        for span, total in zip(SPANS[-len(totals) :], totals, strict=True):
            older = slug == "lingua-porto" and span == SPANS[0]
            _write(place / slug / f"{span[0]}_{span[1]}", _figures(slug, name, currency, span, total, older, chance))
    damaged = place / "teplyi-dim" / "2025-07-01_2025-12-31"
    damaged.mkdir(parents=True, exist_ok=True)
    (damaged / "audit.json").write_text('{\n  "schema": 1,\n  "client": "Тепл', encoding="utf-8", newline="\n")
    return place


def _write(folder: Path, figures: dict[str, Any]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    text = json.dumps(figures, ensure_ascii=False, indent=1) + "\n"
    (folder / "audit.json").write_text(text, encoding="utf-8", newline="\n")


def _figures(
    slug: str, name: str, currency: str, span: tuple[str, str], total: float | None, older: bool, chance: random.Random
) -> dict[str, Any]:
    last = dt.date.fromisoformat(span[1])
    unit = {"RUB": 1.0, "UAH": 0.45, "USD": 0.011}[currency]
    share, quick = chance.uniform(0.25, 0.5), chance.uniform(0.1, 0.8)
    cac, stake = 22_000 * unit * chance.uniform(0.6, 1.5), 150_000 * unit * chance.uniform(0.4, 1.6)
    return {
        "schema": 1,
        "client": name,
        "slug": slug,
        "lang": {"RUB": "ru", "UAH": "uk", "USD": "en"}[currency],
        "currency": currency,
        "period": list(span),
        "as_of": (last + dt.timedelta(days=15)).isoformat(),
        "peers": True,
        "score": _score(total, "0.9" if older else "1.0", chance),
        "leads": {"qualified_share": _share(share, 0.03)},
        "speed": {
            "working_hours": True,
            "limit_min": 60,
            "median_min": round(chance.uniform(20, 300)),
            "within_limit": round(quick, 4),
            "interval": _share(quick, 0.03)["interval"],
        },
        "five": {"cac": round(cac, 2)},
        "aims": {"cac": round(20_000 * unit, 2)},
        "money": {
            "spend": round(cac * 120, 2),
            "spend_matched": round(cac * 110, 2),
            "campaigns": [{"spend": round(cac * 110, 2), "leads": 900, "won": 110}],
        },
        "actions": {
            "next_audit": (last + dt.timedelta(days=106)).isoformat(),
            "stakes": {
                chance.choice(("losing", "qualified", "win_rate", "untouched")): {
                    "state": "told",
                    "money": round(stake),
                    "interval": [round(stake * 0.4), round(stake * 1.7)],
                }
            },
        },
        "claims": {"criteria": {one: {"verdict": chance.choice(VERDICTS)} for one in questionnaire().ids}},
        "data": {
            "tables": {"leads": {"rows_before": 4000, "rows_after": 4000 - chance.randrange(90)}},
            "filled": {"channel": 0.97, "campaign": round(chance.uniform(0.3, 0.9), 2)},
        },
    }


def _share(share: float, half: float) -> dict[str, Any]:
    return {"share": round(share, 4), "interval": [round(share - half, 4), round(share + half, 4)]}


def _score(total: float | None, version: str, chance: random.Random) -> dict[str, Any]:
    criteria = {
        one: round(min(5.0, max(1.0, (total or 50) / 20 + chance.uniform(-1, 1))), 2) for one in questionnaire().ids
    }
    half = chance.uniform(4, 8)
    return {
        "total": total,
        "interval": None if total is None else [round(total - half, 2), round(total + half, 2)],
        "band": None if total is None else band_of(total),
        "missing": "" if total is not None else "few",
        "criteria_version": version,
        "dimensions": {
            one.id: None if total is None else round(sum(criteria[one.id + n] for n in "1234") / 4, 4)
            for one in questionnaire().dimensions
        },
        "criteria": {
            one: {
                "score": None if total is None else mean,
                "gap": round(chance.uniform(-1.5, 1.5), 2),
                "dont_know": 0.1,
            }
            for one, mean in criteria.items()
        },
    }
