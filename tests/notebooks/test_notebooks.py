"""The stored outputs of notebooks/ are what their code gives today: text, tables and pictures, byte for byte.

Nothing in them depends on time, path or chance, so nothing is sanitised. After a wished change:
``uv run python tests/notebooks/refresh.py``.
"""

import copy
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from refresh import NOTEBOOKS, main, read, refreshed, write

from helpers.batch.scrub import Scrubber

STORED = sorted(NOTEBOOKS.glob("*.ipynb"))
REFRESH = "run `uv run python tests/notebooks/refresh.py`"


def nbval(folder: Path) -> tuple[dict[str, str], str]:
    """Outcome of each cell ("name.ipynb::Cell 0" → "PASSED") of all notebooks in ``folder``, and what was printed."""
    command = [
        sys.executable,
        "-m",
        "pytest",
        "--nbval",
        "--nbval-current-env",
        "-q",
        "-rA",
        "--tb=short",
        "--color=no",
    ]
    environment = {name: value for name, value in os.environ.items() if name != "PYTEST_ADDOPTS"}
    done = subprocess.run(
        [*command, "-p", "no:cacheprovider", *sorted(path.name for path in folder.glob("*.ipynb"))],
        cwd=folder, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=500, check=False,
    )  # fmt: skip
    found = re.findall(r"^(PASSED|FAILED|ERROR) (\S+::Cell \d+)", done.stdout, re.MULTILINE)
    return {cell: outcome for outcome, cell in found}, done.stdout + done.stderr


def code_cells(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


@pytest.mark.parametrize("path", STORED, ids=lambda path: path.name)
def test_stored_outputs_are_what_the_code_gives(path, tmp_path):
    # A copy: the report that a notebook writes goes beside it.
    shutil.copy(path, tmp_path)
    cells, said = nbval(tmp_path)
    failed = [cell for cell, outcome in cells.items() if outcome != "PASSED"]
    assert not failed, f"{REFRESH} if the change is wished\n{said[-4000:]}"
    assert len(cells) == len(code_cells(read(path))), said


@pytest.mark.parametrize("path", STORED, ids=lambda path: path.name)
def test_stored_notebooks_hold_nothing_of_the_machine_that_ran_them(path):
    notebook = read(path)
    cells = code_cells(notebook)
    assert [cell.execution_count for cell in cells] == list(range(1, len(cells) + 1)), REFRESH
    assert {key for cell in notebook.cells for key in cell.metadata} <= {"tags"}
    assert set(notebook.metadata) == {"kernelspec", "language_info"}
    assert notebook.metadata.language_info == {"name": "python"}
    outputs = [output for cell in cells for output in cell.outputs]
    assert outputs, REFRESH
    assert {output.output_type for output in outputs} <= {"display_data", "execute_result"}
    assert not re.search(r"(?<![\w.:/])/(home|root|tmp|Users|usr|var|opt|mnt)/", str(outputs))
    assert Scrubber({}).notebook(notebook, {}).cells == notebook.cells


@pytest.mark.parametrize("path", STORED, ids=lambda path: path.name)
def test_stored_notebooks_are_small_enough_to_be_shown_on_the_web(path):
    assert path.stat().st_size < 2_000_000


@pytest.fixture(scope="module")
def tiny():
    """A notebook with a result and a picture, with stored outputs."""
    picture = "from IPython.display import SVG, display\n\ndisplay(SVG('<svg width=\"7\"></svg>'))"
    cells = [new_markdown_cell("# Tiny"), new_code_cell("6 * 7"), new_code_cell(picture)]
    metadata = {"kernelspec": {"name": "python3", "display_name": "Python 3"}, "language_info": {"name": "python"}}
    return refreshed(new_notebook(cells=cells, metadata=metadata))


def test_outputs_are_stored_without_times_and_versions(tiny):
    result, picture = code_cells(tiny)
    assert result.outputs[0].data == {"text/plain": "42"}
    assert picture.outputs[0].data["image/svg+xml"] == '<svg width="7"/>'
    assert [cell.metadata for cell in tiny.cells] == [{}, {}, {}]
    assert tiny.metadata.language_info == {"name": "python"}


def test_a_path_of_this_machine_is_not_stored():
    with pytest.raises(ValueError, match="cell 0 shows a path"):
        refreshed(new_notebook(cells=[new_code_cell("import os\n\nos.getcwd()")]))


def test_a_changed_or_missing_output_is_found(tiny, tmp_path):
    text, image, never_run = copy.deepcopy(tiny), copy.deepcopy(tiny), copy.deepcopy(tiny)
    text.cells[1].outputs[0].data["text/plain"] = "43"
    image.cells[2].outputs[0].data["image/svg+xml"] = '<svg width="8"/>'
    never_run.cells[1].outputs = []
    for name, notebook in {"same": tiny, "text": text, "image": image, "never_run": never_run}.items():
        write(notebook, tmp_path / f"{name}.ipynb")
    cells, said = nbval(tmp_path)
    assert len(cells) == 8, said
    wrong = {cell for cell, outcome in cells.items() if outcome != "PASSED"}
    assert wrong == {"text.ipynb::Cell 0", "image.ipynb::Cell 1", "never_run.ipynb::Cell 0"}, said


def test_the_command_refreshes_the_named_notebook(tiny, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr("refresh.NOTEBOOKS", tmp_path)
    stale = copy.deepcopy(tiny)
    stale.cells[1].source = "6 * 8"
    write(stale, tmp_path / "stale.ipynb")
    main(["stale.ipynb"])
    main(["stale.ipynb"])
    assert read(tmp_path / "stale.ipynb").cells[1].outputs[0].data == {"text/plain": "48"}
    assert capsys.readouterr().out == "notebooks/stale.ipynb: changed\nnotebooks/stale.ipynb: as it was\n".replace(
        "notebooks", tmp_path.name
    )
