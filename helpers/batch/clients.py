"""Which clients a command means: folders with a client.yml, folders of such folders, globs, and lists of clients.

A list is ``clients.csv`` or ``clients.yml`` (any name with these endings): a row for each client with ``client`` (its
folder, from where the list lies) and parameters of the notebook in further columns, which win over the command's::

    client,lang,period
    okna-plus,ru,2026-01-01..2026-06-30
    007,"ru,en",
"""

from __future__ import annotations

import csv
import glob
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from helpers.errors import ParameterError, Problem

CLIENT_FILE = "client.yml"
LISTS = (".csv", ".yml", ".yaml")


@dataclass(frozen=True)
class Found:
    """A client's folder and what its line in a list says; all as text."""

    folder: Path
    given: Mapping[str, str] = field(default_factory=dict)
    where: str = ""
    """The line of the list, for messages."""


def find_clients(paths: Iterable[Path]) -> tuple[Found, ...]:
    """Clients in the order given, each once (a client that a list names is as often there as it is named).

    Raises:
        ParameterError: a path is missing or holds no client, or a list cannot be used.
    """
    found: dict[object, Found] = {}
    problems: list[Problem] = []
    for path in paths:
        for one in _spread(path):
            try:
                here = _clients(one)
            except ValueError as error:
                problems.append(Problem(str(error)))
                continue
            if not here:
                what = f"no {CLIENT_FILE} in it or in its folders" if one.is_dir() else "there is no such folder"
                problems.append(Problem(f"{one}: {what}", "make a client's folder with `audit new`"))
            for client in here:
                found.setdefault((client.folder.resolve(), client.where), client)
    if problems:
        raise ParameterError(problems)
    return tuple(found.values())


def _spread(path: Path) -> list[Path]:
    """A glob that the shell did not spread (Windows, quotes); a folder whose name looks like one is that folder."""
    if path.exists() or not glob.has_magic(str(path)):
        return [path]
    return [Path(name) for name in sorted(glob.glob(str(path)))] or [path]


def _clients(path: Path) -> list[Found]:
    if path.name == CLIENT_FILE and path.is_file():
        return [Found(path.parent)]
    if path.suffix.lower() in LISTS and path.is_file():
        return _listed(path)
    if (path / CLIENT_FILE).is_file():
        return [Found(path)]
    return [Found(file.parent) for file in sorted(path.glob(f"[!.]*/{CLIENT_FILE}"))] if path.is_dir() else []


def _listed(path: Path) -> list[Found]:
    rows = _csv_rows(path) if path.suffix.lower() == ".csv" else _yaml_rows(path)
    found = []
    for line, row in rows:
        where = f"{path.name}:{line}"
        name = row.pop("client", "").strip()
        if not name:
            raise ValueError(f"{where}: no client - name its folder in the column `client`")
        folder = path.parent / name
        if not (folder / CLIENT_FILE).is_file():
            raise ValueError(f"{where}: {name}: there is no {CLIENT_FILE} in this folder")
        found.append(Found(folder, {key: value for key, value in row.items() if value != ""}, where))
    if not found:
        raise ValueError(f"{path.name}: names no clients")
    return found


def _csv_rows(path: Path) -> list[tuple[int, dict[str, str]]]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise ValueError(f"{path.name}: is not UTF-8 - save it as CSV UTF-8") from None
    head = text.partition("\n")[0]
    reader = csv.reader(text.splitlines(keepends=True), delimiter=";" if head.count(";") > head.count(",") else ",")
    header = [name.strip() for name in next(reader, [])]
    if "client" not in header or len(set(header)) < len(header):
        raise ValueError(f"{path.name}:1: the header must hold `client`, and every name once")
    rows = []
    for cells in reader:
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) > len(header):
            raise ValueError(f"{path.name}:{reader.line_num}: {len(cells)} cells under {len(header)} headers")
        rows.append((reader.line_num, dict(zip(header, (cell.strip() for cell in cells), strict=False))))
    return rows


def _yaml_rows(path: Path) -> list[tuple[int, dict[str, str]]]:
    # Every scalar as it is written: 007 is a folder's name, not seven.
    import ruamel.yaml

    try:
        node: Any = ruamel.yaml.YAML(typ="rt").compose(path.read_text(encoding="utf-8"))
    except (ruamel.yaml.error.YAMLError, UnicodeDecodeError) as error:
        raise ValueError(f"{path.name}: is not YAML: {' '.join(str(error).split())[:200]}") from None
    rows = []
    for item in getattr(node, "value", None) or []:
        line = item.start_mark.line + 1 if hasattr(item, "start_mark") else 1
        if isinstance(item, ruamel.yaml.nodes.ScalarNode):
            rows.append((line, {"client": item.value}))
        elif isinstance(item, ruamel.yaml.nodes.MappingNode):
            row = {}
            for key, value in item.value:
                parts = value.value if isinstance(value, ruamel.yaml.nodes.SequenceNode) else [value]
                if not all(isinstance(part, ruamel.yaml.nodes.ScalarNode) for part in parts):
                    raise ValueError(f"{path.name}:{line}: {key.value}: must be a value or a list of values")
                row[str(key.value)] = ",".join(part.value for part in parts)
            rows.append((line, row))
        else:
            raise ValueError(f"{path.name}:{line}: must be a list of clients")
    return rows
