"""Salespeople as the report names them, and their teams: from the optional table of people."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from helpers.facts.ground import spellings
from helpers.sources.rawfiles import normal

if TYPE_CHECKING:
    from helpers.facts.ground import Ground
    from helpers.sources.loading import Data

TABLES_OF_MANAGERS = ("deals", "touches", "people")


def shown_managers(data: Data, found: pd.Series) -> dict[str, str]:
    """Spelling of a manager's name in any table → the name to show: the alias of the table of people where it has one.

    ``found`` are names that were counted already, those of leads.
    """
    columns = [found]
    for name in TABLES_OF_MANAGERS:
        if name in data.tables:
            table = data.tables[name]
            names = table.select("manager").distinct().to_pandas()["manager"].dropna()
            columns.append(names.sort_values())
    one = spellings(data.client.aliases.manager, *columns)
    instead = {normal(one.get(name, name)): alias for name, alias, _ in _people(data) if alias}
    return {text: instead.get(normal(name), name) for text, name in one.items()}


def teams(ground: Ground) -> dict[str, str]:
    """Manager as shown → team."""
    return {ground.managers.get(name, name): team for name, _, team in _people(ground.data) if team}


def _people(data: Data) -> list[tuple[str, str, str]]:
    """Name, alias, team; people are few."""
    if "people" not in data.tables:
        return []
    people = data.tables["people"]
    texts = {name: people[name].fill_null("") for name in ("manager", "alias", "team")}
    frame = people.select(**texts).distinct().to_pandas().sort_values(["manager", "alias", "team"])
    return [(str(name), " ".join(str(alias).split()), str(team)) for name, alias, team in frame.itertuples(index=False)]
