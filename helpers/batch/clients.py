"""Which clients a command means: folders with a client.yml, or folders of such folders."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from helpers.errors import ParameterError, Problem

CLIENT_FILE = "client.yml"


def find_clients(paths: Iterable[Path]) -> tuple[Path, ...]:
    """Client folders in the order given, each once; those inside a folder by name.

    Raises:
        ParameterError: a path is missing or holds no client.
    """
    found: dict[Path, Path] = {}
    problems = []
    for path in paths:
        folder = path.parent if path.name == CLIENT_FILE and path.is_file() else path
        if (folder / CLIENT_FILE).is_file():
            here = [folder]
        elif folder.is_dir():
            here = sorted(file.parent for file in folder.glob(f"[!.]*/{CLIENT_FILE}"))
        else:
            here = []
        if not here:
            what = f"no {CLIENT_FILE} in it or in its folders" if folder.is_dir() else "there is no such folder"
            problems.append(Problem(f"{path}: {what}", "make a client's folder with `audit new`"))
        for one in here:
            found.setdefault(one.resolve(), one)
    if problems:
        raise ParameterError(problems)
    return tuple(found.values())
