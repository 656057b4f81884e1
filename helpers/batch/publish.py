"""A report folder is written beside its place, then swapped in: a reader never meets half a report.

The steps for ``reports/<slug>/<period>`` (all hidden names lie in ``reports/<slug>``)::

    write .<period>.stage  →  .<period>.new  →  old report to .<period>.old  →  .new into place  →  remove .old

Everything happens under a lock of the parent folder. Whatever a killed process left, ``recover`` repairs under the
same lock: what is not finished (stage, trash) goes, what is finished (.new) goes into place.
"""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

from helpers.batch.lock import locked
from helpers.errors import ReportError

FIGURES_FILE = "audit.json"
MEETING_FILE = "meeting.json"
"""Figures of an audit, and of a weekly meeting."""
LOCK_FILE = ".lock"
_STAGE, _NEW, _OLD = ".stage", ".new", ".old"
_TRASH = ".trash-"
_RUN = ".run-"


@dataclass
class Stage:
    """A report that is being written: ``folder`` becomes ``target`` when the ``with`` block ends well."""

    folder: Path
    target: Path
    dropped: tuple[str, ...] = ()
    """Languages of the old report that were dropped, because its figures are not those of the new one."""


@contextmanager
def stage(root: Path, slug: str, period: str, figures: str = FIGURES_FILE) -> Iterator[Stage]:
    """Write the report of ``root/slug/period`` into ``.folder`` and publish it; an error leaves the old one untouched.

    Languages of the old report that were not written anew stay if both reports hold the same figures (the file
    ``figures`` without what depends on the language); otherwise they are named in ``.dropped``.

    Raises:
        ReportError: the name of a folder is not allowed, or the old report cannot be moved.
    """
    target = _target(root, slug, period)
    target.parent.mkdir(parents=True, exist_ok=True)
    with locked(target.parent / LOCK_FILE):
        _recover(target.parent)
        writing = Stage(_beside(target, _STAGE), target)
        writing.folder.mkdir()
        try:
            yield writing
            writing.dropped = _keep_languages(target, writing.folder, figures)
            os.rename(writing.folder, _beside(target, _NEW))
            _swap(target)
        except Exception:
            for left in (_STAGE, _NEW):
                _discard(_beside(target, left))
            raise


def publish(written: Path, root: Path, slug: str, period: str, figures: str = FIGURES_FILE) -> Stage:
    """Publish the complete report folder ``written`` (it is moved) as ``root/slug/period``; see ``stage``."""
    with stage(root, slug, period, figures) as new:
        new.folder.rmdir()
        shutil.move(written, new.folder)
    return new


def recover(parent: Path) -> None:
    """Repair what killed processes left in ``parent`` (a folder ``reports/<slug>``)."""
    if parent.is_dir():
        with locked(parent / LOCK_FILE):
            _recover(parent)


@contextmanager
def workplace(root: Path) -> Iterator[Path]:
    """A hidden folder in ``root`` for one run, removed at the end; those of killed runs are removed at the start."""
    root.mkdir(parents=True, exist_ok=True)
    folder = root / f"{_RUN}{uuid4().hex[:12]}"
    with ExitStack() as held:
        # The lock of the root makes "made but not yet locked" invisible to others who clear up.
        with locked(root / LOCK_FILE):
            for left in root.glob(f"{_RUN}*"):
                _remove_if_dead(left)
            folder.mkdir()
            held.enter_context(locked(folder / LOCK_FILE))
        try:
            yield folder
        finally:
            held.close()
            shutil.rmtree(folder, ignore_errors=True)


def reports_root(out: Path) -> Path:
    """The folder of all reports, whether ``out`` is it or a run's hidden folder inside."""
    return out.parent if out.name.startswith(_RUN) else out


def _remove_if_dead(folder: Path) -> None:
    with suppress(OSError):
        with locked(folder / LOCK_FILE, wait=False) as dead:
            pass
        if dead:
            shutil.rmtree(folder, ignore_errors=True)


def _target(root: Path, slug: str, period: str) -> Path:
    for name in (slug, period):
        if not name or name.startswith(".") or re.search(r"[/\\\x00-\x1f]", name):
            raise ReportError(f"{name!r} cannot be the name of a report's folder")
    return root / slug / period


def _beside(target: Path, kind: str) -> Path:
    return target.with_name(f".{target.name}{kind}")


def _recover(parent: Path) -> None:
    """Under the lock nobody else is writing, so every hidden folder was left by a process that is gone."""
    for left in sorted(parent.glob(f".*{_NEW}")):
        _swap(parent / left.name[1 : -len(_NEW)])
    for left in sorted(parent.glob(f".*{_OLD}")):
        target = parent / left.name[1 : -len(_OLD)]
        if target.exists():
            _discard(left)
        else:
            os.rename(left, target)
    for left in [*parent.glob(f".*{_STAGE}"), *parent.glob(f"{_TRASH}*")]:
        _discard(left)


def _swap(target: Path) -> None:
    """Put .new into place; every rename leaves a state from which ``_recover`` goes on."""
    new, old = _beside(target, _NEW), _beside(target, _OLD)
    if target.exists():
        _discard(old)
        try:
            os.rename(target, old)
        except OSError as error:
            raise ReportError(
                f"the report {target.parent.name}/{target.name} cannot be replaced ({error.strerror}) - close the "
                "programs that show its files and run again"
            ) from error
    try:
        os.rename(new, target)
    except OSError as error:
        if old.exists():
            os.rename(old, target)
        raise ReportError(f"the new report cannot be put into place ({error.strerror})") from error
    _discard(old)


def _discard(folder: Path) -> None:
    if not folder.exists():
        return
    # Renamed first: a folder under any other name is whole, even when the removal is cut short.
    # What cannot be removed now (a file is open on Windows) is removed by the next ``recover``.
    with suppress(OSError):
        trash = folder.with_name(f"{_TRASH}{uuid4().hex[:12]}")
        os.rename(folder, trash)
        shutil.rmtree(trash, ignore_errors=True)


def _keep_languages(old: Path, new: Path, figures: str) -> tuple[str, ...]:
    """Copy the old report's other languages into ``new`` if its figures are the same, else return their names."""
    if not old.is_dir():
        return ()
    others = sorted(folder.name for folder in old.iterdir() if folder.is_dir() and not (new / folder.name).exists())
    if not others:
        return ()
    known = _figures(new / figures)
    if known is None or known != _figures(old / figures):
        return tuple(others)
    for name in others:
        shutil.copytree(old / name, new / name)
    return ()


def _figures(file: Path) -> Any:
    """Parsed figures without what may differ between languages; None if they cannot be read."""
    try:
        figures = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    if not isinstance(figures, dict):
        return None
    figures.pop("lang", None)
    data = figures.get("data")
    for notice in data.get("notices", ()) if isinstance(data, dict) else ():
        notice.pop("text", None)
    return figures
