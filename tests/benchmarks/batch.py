"""Fifty clients through the notebook: the batch against what is usually done, and against the floor.

    uv run python tests/benchmarks/batch.py --clients 50 --ways ours,papermill,floor

Each way makes the same reports (HTML) of the same clients, one way after another in one run: read the ratios, not the
seconds. ``papermill`` is a loop over the papermill command, an ordinary kernel for each notebook; ``usual`` is the same
with pictures as notebooks usually draw them (inline, PNG, tight box). ``floor``: the notebook's own functions called in
two warm processes, nothing of a notebook around them. Others run where they are installed: ``ploomber`` (its engine),
``nbclient`` (in a pool of two processes), ``nbconvert`` (jupyter nbconvert --execute), ``marimo`` is not comparable.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

PROJECT = Path(__file__).parents[2]
NOTEBOOK = PROJECT / "notebooks" / "audit.ipynb"
SAMPLE = PROJECT / "data_samples" / "okna-plus"
BIN = Path(sys.executable).parent
USUAL = """
import io, helpers.report.theme as theme
before = theme.picture
def usual(fig, name, alt):
    fig.savefig(io.BytesIO(), format="png", dpi=100, bbox_inches="tight")
    return before(fig, name, alt)
theme.picture = usual
"""


def make_clients(folder: Path, count: int, sample: Path) -> list[Path]:
    """Copies of a sample, each with a name of its own."""
    made = []
    for number in range(count):
        client = folder / f"client-{number:03d}"
        shutil.copytree(sample, client)
        text = (client / "client.yml").read_text(encoding="utf-8")
        head, _, tail = text.partition("\nclient: ")
        name, _, rest = tail.partition("\n")
        (client / "client.yml").write_text(f"{head}\nclient: {name} {number}\n{rest}", encoding="utf-8")
        made.append(client)
    return made


def ours(clients: list[Path], out: Path, *more: str) -> None:
    """`audit run`."""
    command = [str(BIN / "audit"), "run", *map(str, clients), "--out", str(out), "--jobs", "2", *more]
    subprocess.run(command, check=True, capture_output=True, cwd=PROJECT)


def papermill(clients: list[Path], out: Path, environment: dict[str, str] | None = None) -> None:
    """The papermill command, client after client."""
    for client in clients:
        given = ["-p", "client", str(client), "-p", "out", str(out)]
        command = [str(BIN / "papermill"), str(NOTEBOOK), str(out / f"{client.name}.ipynb"), *given]
        subprocess.run(command, check=True, capture_output=True, cwd=PROJECT, env=environment)


def usual(clients: list[Path], out: Path) -> None:
    """The same, pictures drawn as notebooks usually draw them."""
    startup = out / "usual"
    (startup / "profile_default" / "startup").mkdir(parents=True)
    (startup / "profile_default" / "startup" / "usual.py").write_text(USUAL, encoding="utf-8")
    papermill(clients, out, os.environ | {"IPYTHONDIR": str(startup)})


def _plain(given: tuple[Path, Path]) -> None:
    client, out = given
    sys.path.insert(0, str(PROJECT))
    import IPython.display
    import nbformat

    IPython.display.display = lambda *_, **__: None
    source = nbformat.read(NOTEBOOK, as_version=4)
    space = {"client": str(client), "out": str(out), "lang": "", "period": "", "formats": "html"}
    for cell in source.cells:
        if cell.cell_type == "code" and "parameters" not in cell.metadata.get("tags", []):
            exec(cell.source, space)
    # What a cell shows is drawn for the report as well, so nothing is left out here.


def floor(clients: list[Path], out: Path) -> None:
    """The cells' code in two warm processes; nothing is shown."""
    with ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("spawn")) as pool:
        list(pool.map(_plain, [(client, out) for client in clients]))


def _nbclient(given: tuple[Path, Path]) -> None:
    client, out = given
    import nbclient
    import nbformat

    source = nbformat.read(NOTEBOOK, as_version=4)
    for cell in source.cells:
        if "parameters" in cell.metadata.get("tags", []):
            cell.source += f"\nclient, out = {str(client)!r}, {str(out)!r}"
    nbclient.NotebookClient(source, kernel_name="python3", resources={"metadata": {"path": str(PROJECT)}}).execute()


def pool(clients: list[Path], out: Path) -> None:
    """nbclient in a pool of two processes."""
    with ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("spawn")) as workers:
        list(workers.map(_nbclient, [(client, out) for client in clients]))


def nbconvert(clients: list[Path], out: Path) -> None:
    """jupyter nbconvert --execute, the parameters written into a copy of the notebook."""
    for client in clients:
        data = json.loads(NOTEBOOK.read_text(encoding="utf-8"))
        for cell in data["cells"]:
            cell["outputs"] = [] if cell["cell_type"] == "code" else cell.get("outputs", [])
            if "parameters" in cell["metadata"].get("tags", []):
                source = "".join(cell["source"])
                cell["source"] = f"{source}\nclient, out = {str(client)!r}, {str(out)!r}"
            if cell["cell_type"] != "code":
                cell.pop("outputs", None)
        copy = out / f"{client.name}.ipynb"
        copy.write_text(json.dumps(data), encoding="utf-8")
        command = [str(BIN / "jupyter"), "nbconvert", "--execute", "--to", "notebook", "--inplace", str(copy)]
        environment = os.environ | {"PYTHONPATH": str(PROJECT)}
        subprocess.run(command, check=True, capture_output=True, cwd=PROJECT, env=environment)


def ploomber(clients: list[Path], out: Path) -> None:
    """ploomber-engine, client after client, each in a process of its own."""
    for client in clients:
        code = (
            "from ploomber_engine import execute_notebook\n"
            f"execute_notebook({str(NOTEBOOK)!r}, {str(out / client.name)!r} + '.ipynb',"
            f" parameters={{'client': {str(client)!r}, 'out': {str(out)!r}}})"
        )
        subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, cwd=PROJECT)


WAYS: dict[str, Callable[[list[Path], Path], None]] = {
    "ours": ours,
    "again": ours,
    "five": lambda clients, out: ours(clients, out, "--formats", "html,pdf,docx,pptx,xlsx"),
    "floor": floor,
    "papermill": papermill,
    "usual": usual,
    "nbclient": pool,
    "nbconvert": nbconvert,
    "ploomber": ploomber,
}


def main() -> None:
    """Run the ways asked for and print a table of ratios."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--clients", type=int, default=50)
    parser.add_argument("--ways", default="ours,again,five,floor,papermill,usual")
    parser.add_argument("--sample", type=Path, default=SAMPLE)
    given = parser.parse_args()
    took: dict[str, tuple[float, float, float]] = {}
    with tempfile.TemporaryDirectory() as scratch:
        place = Path(scratch)
        clients = make_clients(place / "clients", given.clients, given.sample)
        for way in given.ways.split(","):
            out = place / ("out-ours" if way == "again" else f"out-{way}")
            out.mkdir(exist_ok=True)
            before = resource.getrusage(resource.RUSAGE_CHILDREN)
            begun = time.perf_counter()
            WAYS[way](clients, out)
            wall = time.perf_counter() - begun
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
            found = len(list(out.glob("client-*/*/*/report.html")))
            assert found == len(clients), f"{way}: {found} reports of {len(clients)}"
            took[way] = wall, cpu, after.ru_maxrss / 1024
            sys.stdout.write(f"{way}: {wall:.1f} s\n")
    ours_wall = took.get("ours", next(iter(took.values())))[0]
    sys.stdout.write("\n| way | wall s | CPU s | a client, s | against ours |\n|---|---|---|---|---|\n")
    for way, (wall, cpu, _) in took.items():
        line = f"| {way} | {wall:.1f} | {cpu:.1f} | {wall / given.clients:.2f} | {wall / ours_wall:.2f} |\n"
        sys.stdout.write(line)


if __name__ == "__main__":
    main()
