"""What this machine can do: what an audit needs, and what only some extras and tests need."""

from __future__ import annotations

import importlib.metadata
import re
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

DISTRIBUTION = "alignment-audit"
OLDEST_PYTHON = (3, 11)
_OPTIONAL = (
    ("chromium", ("chromium", "chromium-browser", "google-chrome"), "browser tests of reports and forms"),
    ("libreoffice", ("soffice", "libreoffice"), "tests of formulas in workbooks"),
    ("java", ("java",), "the extra [spark]"),
    ("postgres", ("postgres", "pg_ctl", "psql"), "tests of the extra [postgres]"),
)


@dataclass(frozen=True)
class Check:
    """One thing that was looked at. ``required`` and not ``ok``: audits do not work here."""

    name: str
    ok: bool
    detail: str
    required: bool = True


def examine(reports: Path) -> tuple[Check, ...]:
    """All checks in order; takes some seconds, because a kernel is started."""
    needed: tuple[tuple[str, Callable[[], str]], ...] = (
        ("python", _python),
        ("packages", _packages),
        ("notebook", _notebook),
        ("kernel", _kernel),
        ("reports folder", lambda: _writable(reports)),
        ("fonts", _fonts),
        ("time zones", _time_zones),
    )
    return (*(_check(name, look) for name, look in needed), *(_program(*row) for row in _OPTIONAL))


def _check(name: str, look: Callable[[], str]) -> Check:
    # A doctor reports what is broken, whatever the way in which it is broken.
    try:
        return Check(name, True, look())
    except Exception as error:
        return Check(name, False, str(error) or type(error).__name__)


def _program(name: str, commands: tuple[str, ...], use: str) -> Check:
    path = next(filter(None, map(shutil.which, commands)), None)
    return Check(name, path is not None, path or f"not found; only for {use}", required=False)


def _python() -> str:
    version = sys.version.split()[0]
    if sys.version_info < OLDEST_PYTHON:
        raise RuntimeError(f"{version} is too old, {'.'.join(map(str, OLDEST_PYTHON))} or newer is needed")
    return f"{version} ({sys.platform})"


def _packages() -> str:
    found, missing = [], []
    for requirement in importlib.metadata.requires(DISTRIBUTION) or ():
        name = re.match(r"[\w.-]+", requirement)
        if name is None or "extra ==" in requirement:
            continue
        try:
            found.append(f"{name[0]} {importlib.metadata.version(name[0])}")
        except importlib.metadata.PackageNotFoundError:
            missing.append(name[0])
    if missing:
        raise RuntimeError(f"missing: {', '.join(missing)} - run `uv sync`")
    return ", ".join(found)


def _notebook() -> str:
    from helpers.batch.run import NOTEBOOK, read_notebook

    read_notebook(NOTEBOOK)
    return f"{NOTEBOOK.parent.name}/{NOTEBOOK.name}"


def _kernel() -> str:
    from nbformat.v4 import new_code_cell, new_notebook

    from helpers.batch.run import execute

    empty = new_code_cell("", metadata={"tags": ["parameters"]})  # type: ignore[no-untyped-call]
    question = new_code_cell("6 * 7")  # type: ignore[no-untyped-call]
    notebook = new_notebook(cells=[empty, question])  # type: ignore[no-untyped-call]
    started = time.perf_counter()
    done = execute(notebook, {})
    answer = done.cells[1].outputs[0]["data"]["text/plain"]
    if answer != "42":
        raise RuntimeError(f"6 * 7 gave {answer}")
    return f"starts and answers in {time.perf_counter() - started:.1f} s"


def _writable(folder: Path) -> str:
    there = next(parent for parent in (folder.absolute(), *folder.absolute().parents) if parent.exists())
    with tempfile.TemporaryFile(dir=there):
        pass
    return f"{folder} can be written"


def _fonts() -> str:
    import matplotlib
    from matplotlib.ft2font import FT2Font

    font = FT2Font(str(Path(matplotlib.get_data_path()) / "fonts" / "ttf" / "DejaVuSans.ttf"))
    missing = [letter for letter in "ЖщЫЄїҐ₽₴" if not font.get_char_index(ord(letter))]
    if missing:
        raise RuntimeError(f"{font.family_name} lacks {' '.join(missing)}")
    return f"{font.family_name} with Cyrillic comes with matplotlib"


def _time_zones() -> str:
    from zoneinfo import ZoneInfo

    for name in ("Europe/Moscow", "Europe/Kyiv", "America/New_York"):
        ZoneInfo(name)
    return "known"
