"""``python -m helpers.sources.dictionary``: the data dictionary of data_samples/README.md, from the clean tables.

``--check`` writes nothing and ends with 1 where the text is not what the tables say.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from helpers.sources.tables import TABLES, ColumnType, Table

README = Path(__file__).parents[2] / "data_samples" / "README.md"
BEGIN = "<!-- dictionary:begin -->"
END = "<!-- dictionary:end -->"

TYPES: dict[ColumnType, str] = {
    "id": "text that is never read as a number: leading zeros and long ids stay as they are",
    "text": "text",
    "person": "an e-mail or a phone; becomes a keyed hash while it is read, the key is forgotten after the run",
    "moment": "date with time where the export has it",
    "day": "date",
    "money": "decimal with six digits, converted to the client's currency only by dated rates",
    "number": "number",
    "count": "whole number from 0",
    "flag": "true, false or unknown",
    "rating": "1 to 5, words through `rating` in client.yml",
    "minutes": "duration in minutes",
    "seconds": "duration in seconds",
    "title": "the name of a lead or deal; becomes a mark while it is read, the name goes no further",
}


def dictionary() -> str:
    """The data dictionary as Markdown, one section a table, with markers before and after."""
    types = ["| type | what it holds |", "|---|---|", *(f"| `{name}` | {text} |" for name, text in TYPES.items())]
    parts = ["\n".join(types), *(_section(table) for table in TABLES.values())]
    return "\n\n".join([BEGIN, *parts, END])


def replaced(text: str) -> str:
    """``text`` with today's dictionary between the markers; ValueError if it does not hold both of them once."""
    if text.count(BEGIN) != 1 or text.count(END) != 1:
        raise ValueError(f"the text must hold {BEGIN} and {END} once")
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    return before + dictionary() + after


def _section(table: Table) -> str:
    notes = [table.meaning + "."]
    if table.key:
        notes.append(f"One row a `{table.key}`.")
    if table.date:
        notes.append(f"Belongs to a period by `{table.date}`.")
    if table.optional:
        notes.append("Optional.")
    rows = [
        f"| `{column.name}`{' *' if column.required else ''} | {column.type} | {column.unit} | {column.meaning} |"
        for column in table.columns
    ]
    head = ["| column | type | unit | meaning |", "|---|---|---|---|"]
    return "\n".join([f"### {table.name}", "", " ".join(notes), "", *head, *rows])


def main(arguments: list[str] | None = None) -> int:
    """Run the command; the exit code."""
    parser = argparse.ArgumentParser(prog="python -m helpers.sources.dictionary", description=__doc__)
    parser.add_argument("--check", action="store_true", help="only say whether the text is up to date")
    check = parser.parse_args(arguments).check
    old = README.read_text(encoding="utf-8")
    new = replaced(old)
    if not check:
        README.write_text(new, encoding="utf-8", newline="\n")
    sys.stdout.write(f"{README.parent.name}/{README.name}: {'up to date' if old == new else 'changed'}\n")
    return int(check and old != new)


if __name__ == "__main__":
    sys.exit(main())
