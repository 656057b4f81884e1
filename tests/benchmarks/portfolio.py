"""A thousand audits in one table: seconds for the ledger, the counting and the table; without imports and pictures.

    uv run python tests/benchmarks/portfolio.py --audits 1000

The goal is under three seconds. Each audit.json is the largest sample's, with figures of its own.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from pathlib import Path

from helpers.language import language
from helpers.portfolio import clients, portfolio
from helpers.portfolio.ledger import read_ledger
from helpers.survey.bands import band_of

PROJECT = Path(__file__).parents[2]
SAMPLE = PROJECT / "data_samples" / "reports" / "polyana" / "2026-01-01_2026-06-30" / "audit.json"
PADDING = 40_000
"""Letters that a whole audit.json holds beside what the portfolio reads."""


def make_audits(reports: Path, count: int) -> None:
    """``count`` audits of as many clients."""
    figures = json.loads(SAMPLE.read_text(encoding="utf-8"))
    figures["funnel"] = [{"stage": "x" * 40, "count": 1}] * (PADDING // 70)
    for number in range(count):
        total = 25.0 + 70 * number / count
        figures |= {"slug": f"client-{number}", "client": f"Клиент {number}"}
        figures["score"] |= {"total": total, "interval": [total - 5, total + 5], "band": band_of(total)}
        folder = reports / f"client-{number}" / "2026-01-01_2026-06-30"
        folder.mkdir(parents=True)
        (folder / "audit.json").write_text(json.dumps(figures, ensure_ascii=False, indent=2), encoding="utf-8")


def main() -> None:
    """Time it once cold and twice warm."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--audits", type=int, default=1000)
    count = parser.parse_args().audits
    say = language("ru")
    with tempfile.TemporaryDirectory() as folder:
        reports = Path(folder)
        make_audits(reports, count)
        for _ in range(3):
            begun, busy = time.perf_counter(), time.process_time()
            measured = portfolio.measure(read_ledger(reports), reports)
            rows = len(clients.clients_table(measured, say).rows)
            took, cpu = time.perf_counter() - begun, time.process_time() - busy
            print(f"{rows} audits: {took:.2f} s, of the processor {cpu:.2f} s")


if __name__ == "__main__":
    main()
