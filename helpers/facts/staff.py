"""Salespeople as the report names them, and their teams: from the optional table of people."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from helpers.facts.ground import spellings
from helpers.sources.asking import asked, together
from helpers.sources.rawfiles import normal

if TYPE_CHECKING:
    from helpers.facts.ground import Ground
    from helpers.sources.loading import Data

TABLES_OF_MANAGERS = ("deals", "touches", "people")


@dataclass(frozen=True)
class Known:
    """What the clean tables say of managers, few rows."""

    names: tuple[pd.Series, ...]
    """Names in each table that holds some."""
    people: tuple[tuple[str, str, str], ...]
    """Name, alias, team, from the table of people."""


async def managers_found(data: Data) -> Known:
    """Names of managers in all tables but the leads."""
    named = [data.tables[name] for name in TABLES_OF_MANAGERS if name in data.tables]
    names, people = await together(
        together(*(asked(table.select("manager").distinct()) for table in named)), _people(data)
    )
    return Known(tuple(frame["manager"].dropna().sort_values() for frame in names), people)


def shown_managers(data: Data, found: pd.Series, known: Known) -> dict[str, str]:
    """Spelling of a manager's name in any table → the name to show: the alias of the table of people where it has one.

    ``found`` are names that were counted already, those of leads.
    """
    one = spellings(data.client.aliases.manager, found, *known.names)
    instead = {normal(one.get(name, name)): alias for name, alias, _ in known.people if alias}
    return {text: instead.get(normal(name), name) for text, name in one.items()}


def teams(ground: Ground) -> dict[str, str]:
    """Manager as shown → team."""
    return {ground.managers.get(name, name): team for name, _, team in ground.names.people if team}


async def _people(data: Data) -> tuple[tuple[str, str, str], ...]:
    if "people" not in data.tables:
        return ()
    people = data.tables["people"]
    texts = {name: people[name].fill_null("") for name in ("manager", "alias", "team")}
    frame = (await asked(people.select(**texts).distinct())).sort_values(["manager", "alias", "team"])
    rows = frame.itertuples(index=False)
    return tuple((str(name), " ".join(str(alias).split()), str(team)) for name, alias, team in rows)
