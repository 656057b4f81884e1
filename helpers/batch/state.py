"""What a report was made from, so that an unchanged client is not audited again.

``.state.json`` in the report's folder names every file of the client's folder by size, time and content, the parameters
of the run and a fingerprint of the toolkit. Time and size are looked at first; content is read where they differ.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from helpers.whole import write_whole

STATE_FILE = ".state.json"
_SCHEMA = 1
_PACKAGES = (
    "alignment-audit", "babel", "duckdb", "holidays", "ibis-framework", "ipykernel", "jinja2", "lxml", "matplotlib",
    "numpy", "pandas", "pillow", "pyarrow", "python-calamine", "python-docx", "python-pptx", "scipy", "typst",
    "xlsxwriter",
)  # fmt: skip
_TOOLKIT = Path(__file__).parents[1]


@dataclass(frozen=True)
class Input:
    """A file that a report was made from; ``name`` is relative to the client's folder (``../``: beside it)."""

    name: str
    size: int
    time: int
    sha256: str


@dataclass(frozen=True)
class State:
    """What a report was made from, and what was made."""

    code: str
    values: dict[str, Any]
    """Parameters of the run besides client, folder, language and formats."""
    own_lang: str
    languages: tuple[str, ...]
    inputs: tuple[Input, ...]
    earlier: tuple[tuple[str, int], ...]
    """(Period, size of its audit.json) of the client's other reports: a report compares itself with the last one."""


def read_inputs(folder: Path) -> tuple[Input, ...]:
    """Every file a client's report may depend on, with its content's hash."""
    found = []
    for name, path in _files(folder):
        with path.open("rb") as file:
            stat = os.fstat(file.fileno())
            found.append(Input(name, stat.st_size, stat.st_mtime_ns, hashlib.file_digest(file, "sha256").hexdigest()))
    return tuple(found)


def same_inputs(inputs: Sequence[Input], folder: Path) -> tuple[Input, ...] | None:
    """The inputs with their present times where nothing changed, else None."""
    now = dict(_files(folder))
    if now.keys() != {one.name for one in inputs}:
        return None
    found = []
    for one in inputs:
        stat = now[one.name].stat()
        if stat.st_size != one.size:
            return None
        if stat.st_mtime_ns != one.time:
            with now[one.name].open("rb") as file:
                if hashlib.file_digest(file, "sha256").hexdigest() != one.sha256:
                    return None
        found.append(replace(one, time=stat.st_mtime_ns))
    return tuple(found)


def _files(folder: Path) -> list[tuple[str, Path]]:
    beside = folder.parent
    # A brand for all clients lies beside them, with its logo and its template documents.
    branded = sorted(beside.iterdir()) if (beside / "brand.yml").is_file() else []
    found = [(f"../{path.name}", path) for path in branded if path.is_file() and path.name[0] not in ".~"]
    for place, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        here = Path(place)
        found += [
            ((here / name).relative_to(folder).as_posix(), here / name) for name in sorted(names) if name[0] not in ".~"
        ]
    return found


def earlier_reports(place: Path, own: str) -> tuple[tuple[str, int], ...]:
    """(Period, size of its audit.json) of the other reports of a client."""
    found = [(file.parent.name, file.stat().st_size) for file in place.glob("[!.]*/audit.json")]
    return tuple(sorted(one for one in found if one[0] != own))


@cache
def toolkit(notebook: Path) -> str:
    """Fingerprint of the code, the notebook and the packages that decide how a report looks."""
    digest = hashlib.sha256()
    # Whoever imports a module for the first time is writing there, under names that are gone a moment later.
    files = (path for path in _TOOLKIT.rglob("*") if path.parent.name != "__pycache__" and path.is_file())
    for path in [notebook, *sorted(files)]:
        digest.update(path.name.encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    for name in _PACKAGES:
        try:
            digest.update(f"{name}={version(name)}".encode())
        except PackageNotFoundError:
            continue
    return digest.hexdigest()


def write_state(state: State, folder: Path) -> None:
    """Write the state beside the report, in one step."""
    data = {
        "schema": _SCHEMA,
        "code": state.code,
        "values": state.values,
        "own_lang": state.own_lang,
        "languages": list(state.languages),
        "inputs": [[one.name, one.size, one.time, one.sha256] for one in state.inputs],
        "earlier": [list(one) for one in state.earlier],
    }
    write_whole(folder / STATE_FILE, json.dumps(data, ensure_ascii=False) + "\n")


def read_state(folder: Path) -> State | None:
    """The state of a report; None where there is none that can be read."""
    try:
        data = json.loads((folder / STATE_FILE).read_text(encoding="utf-8"))
        if data["schema"] != _SCHEMA:
            return None
        return State(
            code=data["code"],
            values=data["values"],
            own_lang=data["own_lang"],
            languages=tuple(data["languages"]),
            inputs=tuple(Input(*one) for one in data["inputs"]),
            earlier=tuple((str(name), int(size)) for name, size in data["earlier"]),
        )
    except (OSError, ValueError, KeyError, TypeError):
        return None


def unchanged_report(
    folder: Path, place: Path, *, notebook: Path, values: dict[str, Any], languages: Iterable[str]
) -> tuple[Path, tuple[str, ...]] | None:
    """The report of ``place`` (reports/<slug>) that a run would make again, and its languages asked for; else None."""
    wanted = tuple(languages)
    for file in sorted(place.glob(f"[!.]*/{STATE_FILE}")):
        report, state = file.parent, read_state(file.parent)
        if state is None or state.values != values or state.code != toolkit(notebook):
            continue
        asked = wanted or (state.own_lang,)
        if not set(asked) <= set(state.languages) or state.earlier != earlier_reports(place, report.name):
            continue
        if not all((report / name).is_file() for name in ("audit.json", *(f"{lang}/report.json" for lang in asked))):
            continue
        try:
            now = same_inputs(state.inputs, folder)
        except OSError:
            return None
        if now is None:
            continue
        if now != state.inputs:
            write_state(replace(state, inputs=now), report)
        return report, asked
    return None
