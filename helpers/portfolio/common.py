"""What the parts of the portfolio share: its measure, names as they are written, figures as they are written."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from helpers.chapters.actions_words import driver_names
from helpers.portfolio.failures import Failed
from helpers.portfolio.ledger import Unusable
from helpers.portfolio.measure import Change, Stake, records
from helpers.report.lettering import ELLIPSIS, clean
from helpers.report.model import Quantity

if TYPE_CHECKING:
    from helpers.language import Language
    from helpers.survey.criteria import Questionnaire

FEW = 5
"""Clients below which nothing is said of clients in general."""


@dataclass(frozen=True)
class Measured:
    """All that the portfolio counts, without words."""

    as_of: dt.date
    """The day that "late" refers to."""
    latest: pd.DataFrame
    """The newest audit of each client, as in the ledger."""
    names: Mapping[str, str]
    """Slug → name as it is shown."""
    version: str
    """Of the questionnaire most clients answered."""
    newest: str
    """The newest version that anybody answered."""
    stakes: Mapping[str, Stake]
    changes: tuple[Change, ...]
    alone: int
    """Clients without an earlier audit."""
    items: pd.DataFrame
    """A row per criterion, as ``item_statistics`` gives it."""
    scores: pd.DataFrame
    """``slug criterion score`` of the clients behind ``items``."""
    checked: Mapping[str, int]
    """Slug → criteria that its data can check."""
    failed: tuple[Failed, ...]
    unusable: tuple[Unusable, ...]
    audits: int
    """Audits that were read."""

    @property
    def scored(self) -> pd.DataFrame:
        """Clients with a score, highest first."""
        found = self.latest[self.latest["total"].notna()]
        return found.sort_values(["total", "slug"], ascending=[False, True], ignore_index=True)

    def ordered(self) -> list[dict[str, Any]]:
        """Clients as they are listed: by name."""
        return sorted(records(self.latest), key=lambda row: (self.names[str(row["slug"])].casefold(), str(row["slug"])))


def brief(name: str, length: int) -> str:
    """A name for a picture: of a long one both ends, for companies differ at their ends as often as at their heads."""
    name = " ".join(clean(name).split())
    if len(name) <= length:
        return name
    head = length // 2 - 1
    return f"{name[:head].rstrip()}{ELLIPSIS}{name[head + 1 - length :].lstrip()}"


def known(value: Any) -> Any:
    """A cell: None for what is not known."""
    return None if value is None or pd.isna(value) else value


def money_cell(value: Any, currency: Any, say: Language) -> Quantity | None:
    """Money of one client in its own currency; None where it is not known."""
    if known(value) is None:
        return None
    text = say.money(float(value), str(currency))
    return Quantity(text=text, kind="money", value=float(value), currency=str(currency))


def range_cell(low: Any, high: Any, say: Language) -> Quantity | None:
    """'52–67', points of the score."""
    if known(low) is None or known(high) is None:
        return None
    text = say.interval(float(low), float(high), say.count)
    return Quantity(text=text, digits=0, low=float(low), high=float(high))


def band_text(row: Mapping[str, Any], questionnaire: Questionnaire) -> dict[str, str] | None:
    """The state's label in all languages; None without one, or where no such state is known."""
    try:
        return questionnaire.band(str(row["band"])).label
    except KeyError:
        return None


def driver_text(driver: str, say: Language) -> str:
    """Where the money is at stake; the key itself for one that this version does not know."""
    return driver_names(say).get(driver, driver)


def described(title: str, parts: Sequence[str]) -> str:
    """Alt text: the message and what is drawn."""
    return f"{title}. {'; '.join(parts)}." if parts else f"{title}."
