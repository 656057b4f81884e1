"""Fifty clients through the notebook: the batch against what is usually done, and against the floor.

    uv run python tests/benchmarks/batch.py --clients 50
    uv run python tests/benchmarks/batch.py --clients 8 --ways ours,five,floor,usual:4,papermill:2
    uv run python tests/benchmarks/batch.py --ways ours:20,ours:40,ours:80

Each way makes the same reports (HTML) of the same clients, one way after another in one run: read the ratios, which are
of the wall time of one client, so that a slow way may be given fewer of them (``way:clients``). ``papermill`` is a loop
over the papermill command, an ordinary kernel for each notebook; ``usual`` is the same with pictures as notebooks
usually draw them (inline, PNG, tight box). ``floor``: the notebook's own functions called in two warm processes,
nothing of a notebook around them. ``again`` follows ``ours``: nothing has changed. ``five``: all formats. Side by side
where they are installed: ``ploomber`` (its engine), ``nbclient`` (in a pool of two processes), ``nbconvert`` (jupyter
nbconvert --execute), ``marimo`` (the notebook converted, marimo export). "Most memory" is that of the largest process
of a way, in MB, by the operating system's count of each process that has ended.
"""

from __future__ import annotations

import argparse
import contextlib
import ctypes
import importlib.util
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
from multiprocessing.connection import Connection
from pathlib import Path

PROJECT = Path(__file__).parents[2]
NOTEBOOK = PROJECT / "notebooks" / "audit.ipynb"
SAMPLE = PROJECT / "data_samples" / "okna-plus"
BIN = Path(sys.executable).parent
USUAL = """
import io, helpers.report.theme as theme
before = theme.picture
def usual(fig, name, alt, **rest):
    fig.savefig(io.BytesIO(), format="png", dpi=100, bbox_inches="tight")
    return before(fig, name, alt, **rest)
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


def marimo(clients: list[Path], out: Path) -> None:
    """The notebook as marimo converts it, exported to HTML, client after client."""
    for client in clients:
        data = json.loads(NOTEBOOK.read_text(encoding="utf-8"))
        for cell in data["cells"]:
            if "parameters" in cell["metadata"].get("tags", []):
                cell["source"] = "".join(cell["source"]) + f"\nclient, out = {str(client)!r}, {str(out)!r}"
        copy, made = out / f"{client.name}.ipynb", out / f"{client.name}.py"
        copy.write_text(json.dumps(data), encoding="utf-8")
        command = [sys.executable, "-m", "marimo"]
        environment = os.environ | {"PYTHONPATH": str(PROJECT)}
        for step in (["convert", str(copy), "-o", str(made)], ["export", "html", str(made), "-o", f"{made}.html"]):
            subprocess.run([*command, *step], check=True, capture_output=True, cwd=PROJECT, env=environment)


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
    "marimo": marimo,
}
NEEDS = {"ploomber": "ploomber_engine", "marimo": "marimo", "nbclient": "nbclient", "nbconvert": "nbconvert"}


def measured(way: str, clients: list[Path], out: Path) -> tuple[float, float, float]:
    """Wall and CPU seconds of a way, and the most memory of one of its processes in MB."""
    # In a process of its own: the largest child that this one ever had would hide all smaller ones after it.
    told, tell = multiprocessing.get_context("spawn").Pipe(duplex=False)
    runner = multiprocessing.get_context("spawn").Process(target=_measure, args=(way, clients, out, tell))
    runner.start()
    tell.close()
    try:
        return told.recv()  # type: ignore[no-any-return]
    except EOFError:
        raise SystemExit(f"{way}: failed, see above") from None
    finally:
        runner.join()


def _measure(way: str, clients: list[Path], out: Path, tell: Connection) -> None:
    if sys.platform == "linux":
        # PR_SET_CHILD_SUBREAPER: what a way leaves behind, as the template of its workers, is waited for and counted.
        ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)
    begun = time.perf_counter()
    try:
        WAYS[way](clients, out)
    except subprocess.CalledProcessError as error:
        sys.stderr.write(error.stderr.decode(errors="replace")[-2000:])
        raise
    wall = time.perf_counter() - begun
    with contextlib.suppress(ChildProcessError):
        while True:
            os.wait()
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    tell.send((wall, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024))


def main() -> None:
    """Run the ways asked for and print a table of ratios."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--clients", type=int, default=50, help="of each way that does not say how many")
    parser.add_argument("--ways", default="ours,again,five,floor,papermill,usual", help="in this order, as way:clients")
    parser.add_argument("--sample", type=Path, default=SAMPLE)
    given = parser.parse_args()
    ways = [
        (way, int(count or given.clients)) for way, _, count in (one.partition(":") for one in given.ways.split(","))
    ]
    if unknown := [way for way, _ in ways if way not in WAYS]:
        parser.error(f"no such way: {', '.join(unknown)}; there are {', '.join(WAYS)}")
    took: list[tuple[str, int, float, float, float]] = []
    with tempfile.TemporaryDirectory() as scratch:
        place = Path(scratch)
        every = make_clients(place / "clients", max(count for _, count in ways), given.sample)
        for number, (way, count) in enumerate(ways):
            if way in NEEDS and importlib.util.find_spec(NEEDS[way]) is None:
                sys.stdout.write(f"{way}: not installed\n")
                continue
            clients = every[:count]
            out = place / ("out-ours" if way == "again" else f"out-{number}-{way}")
            if way == "ours" and "again" in dict(ways):
                out = place / "out-ours"
            out.mkdir(exist_ok=True)
            wall, cpu, memory = measured(way, clients, out)
            found = len(list(out.glob("client-*/*/*/report.html")))
            if found != count:
                raise SystemExit(f"{way}: {found} reports of {count}")
            took.append((way, count, wall, cpu, memory))
            sys.stdout.write(f"{way}: {count} clients, {wall:.1f} s\n")
            sys.stdout.flush()
    first = next((wall / count for way, count, wall, *_ in took if way == "ours"), None)
    sys.stdout.write("\n| way | clients | wall s | a client: wall s | CPU s | against ours | most memory, MB |\n")
    sys.stdout.write("|---|---|---|---|---|---|---|\n")
    for way, count, wall, cpu, memory in took:
        against = f"{wall / count / first:.2f}" if first else ""
        cells = [way, count, f"{wall:.1f}", f"{wall / count:.2f}", f"{cpu / count:.2f}", against, f"{memory:.0f}"]
        sys.stdout.write(f"| {' | '.join(map(str, cells))} |\n")


if __name__ == "__main__":
    main()
