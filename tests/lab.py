"""A JupyterLab of its own for one test: loopback, a free port, nothing read or written outside its folder."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import nbformat

if TYPE_CHECKING:
    from playwright.sync_api import Page

NOTEBOOKS = Path(__file__).parents[1] / "notebooks"
WAIT = 60_000
"""Milliseconds that a kernel has to start and to run a notebook."""
KERNEL = "window.jupyterapp?.shell.currentWidget?.context?.sessionContext?.session?.kernel"
IDLE = f"{KERNEL}?.status === 'idle'"
QUIET = {"fetchNews": "false", "checkForUpdates": False}


@contextmanager
def running_lab(folder: Path) -> Iterator[str]:
    """Address of a server whose files are ``folder / "desk"``; it ends with the block."""
    own = folder / "jupyter"
    (folder / "desk").mkdir(parents=True, exist_ok=True)
    settings = own / "config" / "lab" / "user-settings" / "@jupyterlab" / "apputils-extension"
    settings.mkdir(parents=True)
    (settings / "notification.jupyterlab-settings").write_text(json.dumps(QUIET), encoding="utf-8")
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith(("JUPYTER", "JPY"))},
        "JUPYTER_CONFIG_DIR": str(own / "config"),
        "JUPYTER_DATA_DIR": str(own / "data"),
        "JUPYTER_RUNTIME_DIR": str(own / "runtime"),
        "IPYTHONDIR": str(own / "ipython"),
    }
    options = (
        *("--no-browser", "--allow-root", "--ip=127.0.0.1", "--port=0", "--IdentityProvider.token="),
        *(f"--ServerApp.root_dir={folder / 'desk'}", "--LabApp.expose_app_in_browser=True"),
        "--LabApp.extension_manager=readonly",
    )
    with (folder / "lab.log").open("w", encoding="utf-8") as log:
        server = subprocess.Popen(
            [sys.executable, "-m", "jupyterlab", *options],
            env=environment, cwd=folder, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT,
        )  # fmt: skip
    try:
        yield _address(server, own / "runtime", folder / "lab.log")
    finally:
        # Ends its kernels too.
        server.terminate()
        try:
            server.wait(30)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def _address(server: subprocess.Popen, runtime: Path, log: Path) -> str:
    last = time.monotonic() + 90
    while time.monotonic() < last and server.poll() is None:
        for file in runtime.glob("jpserver-*.json"):
            try:
                return json.loads(file.read_text(encoding="utf-8"))["url"]
            except ValueError:
                continue
        time.sleep(0.2)
    raise RuntimeError(f"JupyterLab did not start:\n{log.read_text(encoding='utf-8')[-3000:]}")


def run_all(page: Page, address: str) -> None:
    """Open a notebook in JupyterLab and begin to run all its cells."""
    page.goto(address)
    page.wait_for_function(IDLE, timeout=WAIT)
    page.evaluate("jupyterapp.commands.execute('notebook:run-all-cells')")


def put_notebook(name: str, to: Path, **parameters: object) -> Path:
    """A copy of a notebook without outputs, its parameters changed."""
    notebook = nbformat.read(NOTEBOOKS / name, as_version=4)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
        if "parameters" in cell.metadata.get("tags", []):
            cell.source += "".join(f"\n{key} = {value!r}" for key, value in parameters.items())
    nbformat.write(notebook, to)
    return to
