"""``uv run python tests/notebooks/refresh.py``: run the notebooks and store their outputs, which are part of the docs.

They run in an empty folder with the parameters they declare, so a report is written there and thrown away. Names of
notebooks as arguments refresh only these.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import Any

import nbformat
from nbclient import NotebookClient

from helpers.batch.kernel import NAME, OwnKernelManager, kernel_config
from helpers.batch.scrub import Scrubber

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"
WIDGET = "application/vnd.jupyter.widget-view+json"


def refreshed(notebook: Any) -> Any:
    """A copy of ``notebook`` with the outputs of today, without times, versions and widgets of the run.

    Raises:
        nbclient.exceptions.CellExecutionError: a cell failed.
        ValueError: an output shows a path of this machine or a secret of its environment.
    """
    with kernel_config() as config, tempfile.TemporaryDirectory() as folder:
        done = nbformat.from_dict(notebook)
        client = NotebookClient(
            done,
            kernel_name=NAME,
            kernel_manager_class=OwnKernelManager,
            config=config,
            record_timing=False,
            coalesce_streams=True,
            resources={"metadata": {"path": folder}},
        )
        client.execute()
        for cell in done.cells:
            for output in cell.get("outputs", []):
                # A widget lives with its kernel and has another id each time; its text stays.
                output.get("data", {}).pop(WIDGET, None)
        clean = Scrubber({Path(folder): "."}).notebook(done, {})
    for number, (cell, safe) in enumerate(zip(done.cells, clean.cells, strict=True)):
        if cell.get("outputs", []) != safe.get("outputs", []):
            raise ValueError(f"cell {number} shows a path of this machine or a secret")
    # The kernel writes its own version into the notebook's metadata.
    clean.metadata = notebook.metadata
    return clean


def read(path: Path) -> Any:
    """The notebook of a file."""
    return nbformat.read(path, as_version=4)


def write(notebook: Any, path: Path) -> None:
    """Write the notebook as it is kept in the repository."""
    nbformat.validate(notebook)
    path.write_text(nbformat.writes(notebook) + "\n", encoding="utf-8", newline="\n")


def main(names: list[str]) -> None:
    """Refresh the notebooks of these names, or all."""
    for path in [NOTEBOOKS / Path(name).name for name in names] or sorted(NOTEBOOKS.glob("*.ipynb")):
        old = read(path)
        new = refreshed(old)
        write(new, path)
        print(f"{path.parent.name}/{path.name}: {'as it was' if old == new else 'changed'}")


if __name__ == "__main__":
    main(sys.argv[1:])
