"""``uv run python -m data_samples.make`` rewrites exports, answers and truth of the sample companies, and the
ledger of many clients.

``--only okna-plus`` rewrites one of them. client.yml is written by hand and stays as it is.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from data_samples.make.companies import COMPANIES, make
from data_samples.make.ledger import make_ledger

ROOT = Path(__file__).resolve().parents[2]


def main() -> None:
    """Rewrite what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", choices=sorted(COMPANIES), help="one company instead of all")
    parser.add_argument("--samples", type=Path, default=ROOT / "data_samples", help="where the companies' folders are")
    parser.add_argument("--truth", type=Path, default=ROOT / "tests" / "truth", help="where the truth goes")
    asked = parser.parse_args()
    for slug in [asked.only] if asked.only else COMPANIES:
        make(slug, asked.samples, asked.truth)
        print(asked.samples / slug)
    if not asked.only:
        print(make_ledger(asked.samples))


if __name__ == "__main__":
    main()
