"""The sample companies by name."""

from __future__ import annotations

from pathlib import Path

from data_samples.make import lumen_saas, okna_plus, two_campaigns, zatyshok
from data_samples.make.exports import Folders

COMPANIES = {
    "two-campaigns": two_campaigns.make,
    "okna-plus": okna_plus.make,
    "lumen-saas": lumen_saas.make,
    "zatyshok": zatyshok.make,
}


def make(slug: str, samples: Path, truths: Path) -> None:
    """Write exports and answers of one company under ``samples``, its truth under ``truths``."""
    COMPANIES[slug](Folders(slug, samples, truths))
