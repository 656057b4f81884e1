"""An executed notebook without what belongs to this machine: paths, times, secrets. It goes to the client."""

from __future__ import annotations

import copy
import getpass
import html
import json
import os
import re
import sys
import sysconfig
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

_NOTEBOOK_METADATA = ("kernelspec", "language_info", "title")
_WIDGET = "application/vnd.jupyter.widget-view+json"
"""A widget lives with its kernel, and has another id each time: in a file its text and its table stay."""
_CELL_METADATA = ("papermill", "execution", "ExecuteTime")
_OUR_CELL = "injected-parameters"
_ERROR_CELL = "papermill-error-cell-tag"
_BINARY = ("image/png", "image/jpeg", "image/gif", "application/pdf")
_SECRET_NAME = re.compile(r"TOKEN|SECRET|PASSW|PASSPHRASE|CREDENTIAL|COOKIE|DSN|(^|_)(KEY|PWD|PAT|PASS|AUTH)(_|$)")
_SECRET_SHAPE = re.compile(r"\b(gh[pousr]_\w{20,}|glpat-[\w-]{16,}|sk-[\w-]{20,}|xox[abpr]-[\w-]{10,}|AKIA[0-9A-Z]{16}"
                           r"|eyJ[\w-]{10,}\.[\w-]{10,}\.[\w-]*)")  # fmt: skip
_URL_LOGIN = re.compile(r"(?<=://)[^\s/@:'\"]+:[^\s/@'\"]+(?=@)")
_KERNEL_FILE = re.compile(r"[^\s'\"<>(]*[/\\]ipykernel_\d+[/\\]\d+\.py")
_HIDDEN = "***"


class Scrubber:
    """Takes out of text and notebooks: paths of this machine, times, papermill's metadata, secrets of the environment.

    ``names`` says what to call known folders (the client's, the reports'); home, Python, temporary and working folders
    are known by themselves.
    """

    def __init__(self, names: Mapping[Path, str]) -> None:
        known: dict[str, str] = {}
        for path, name in {**_machine_paths(), **names}.items():
            for spelling in _spellings(path):
                known[spelling] = name
        self._names = known
        # Longest first, so that a folder wins over its parent.
        ordered = sorted(known, key=len, reverse=True)
        # A path begins and ends with a word: "/root" must eat half of neither "/rooted" nor "company/root".
        self._paths = re.compile(rf"(?<![\w.~-])(?:{'|'.join(map(re.escape, ordered))})(?![\w-])")
        secrets = sorted(_secrets(os.environ), key=len, reverse=True)
        self._secrets = re.compile("|".join(map(re.escape, secrets))) if secrets else None

    def text(self, text: str) -> str:
        """``text`` with names in place of paths and *** in place of secrets."""
        if self._secrets is not None:
            text = self._secrets.sub(_HIDDEN, text)
        text = _SECRET_SHAPE.sub(_HIDDEN, _URL_LOGIN.sub(_HIDDEN, text))
        text = _KERNEL_FILE.sub("<cell>", text)
        return self._paths.sub(lambda match: self._names[match[0]], text)

    def notebook(self, notebook: Any, parameters: Mapping[str, Any]) -> Any:
        """A copy of an executed notebook that may leave this machine.

        ``parameters`` are shown in place of the values in papermill's injected cell.
        """
        clean = copy.deepcopy(notebook)
        for key in set(clean.metadata) - set(_NOTEBOOK_METADATA):
            del clean.metadata[key]
        clean.cells = [cell for cell in clean.cells if _ERROR_CELL not in cell.metadata.get("tags", [])]
        for cell in clean.cells:
            for key in _CELL_METADATA:
                cell.metadata.pop(key, None)
            if _OUR_CELL in cell.metadata.get("tags", []):
                # papermill draws a new id each time; same inputs give the same bytes.
                cell.id = _OUR_CELL
                cell.source = "\n".join(["# Parameters", *(f"{key} = {value!r}" for key, value in parameters.items())])
            cell.source = self.text(cell.source)
            for output in cell.get("outputs", []):
                output.get("data", {}).pop(_WIDGET, None)
                for key in output:
                    output[key] = self._deep(output[key])
        return clean

    def _deep(self, value: Any) -> Any:
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, dict):
            for key in value:
                if key not in _BINARY:
                    value[key] = self._deep(value[key])
            return value
        return [self._deep(item) for item in value] if isinstance(value, list) else value


def _machine_paths() -> dict[Path, str]:
    paths = {
        Path(__file__).parents[2]: ".",
        Path(sysconfig.get_path("stdlib")): "python",
        Path(sysconfig.get_path("purelib")): "python",
        Path(sys.prefix): "python",
        Path(sys.base_prefix): "python",
        Path(tempfile.gettempdir()): "tmp",
    }
    working = Path.cwd()
    paths.setdefault(working, ".")
    home = Path.home()
    paths[home] = "~"
    paths[home.parent / getpass.getuser() if os.name == "posix" and len(home.parts) > 2 else home] = "~"
    # A bare "/" or "/usr" is in every text and tells nothing.
    return {path: name for path, name in paths.items() if len(path.parts) > 2 or path == home != Path(home.anchor)}


def _spellings(path: Path) -> Iterable[str]:
    """How a path may stand in a notebook: as it is, resolved, with / for \\, in repr, JSON, HTML and a URL."""
    plain = {str(path), str(path.resolve()), path.as_posix(), path.resolve().as_posix()}
    for text in plain:
        yield from (text, repr(text)[1:-1], json.dumps(text)[1:-1], html.escape(text), quote(text, safe="/:\\"))


def _secrets(environment: Mapping[str, str]) -> set[str]:
    return {
        value
        for name, value in environment.items()
        if len(value) >= 8 and _SECRET_NAME.search(name.upper()) and not os.path.exists(value)
    }
