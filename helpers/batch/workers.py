"""A notebook in a fresh process, forked from one in which everything is loaded already.

The standard library's fork server is that process (template.py); it has one thread, so that a fork is safe, and no
state of a client ever gets into it. A worker runs one notebook in an in-process kernel (engine.py), tells each cell,
and ends. Whoever waits for it sees to time and memory and to a worker that dies: nothing is left running.

Where a fork is not safe (Windows, macOS) or is not wanted, run.py takes ordinary kernels.
"""

from __future__ import annotations

import io
import os
import random
import signal
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import get_context, parent_process
from multiprocessing.connection import Connection
from typing import Any

import nbformat

from helpers.batch.limits import GRACE, LOOK, UNLIMITED, CellError, CellStart, Limits, Watch, kill_group
from helpers.errors import RunError

TEMPLATE = "helpers.batch.template"
_ONE_THREAD = {
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    # pyarrow's allocator cleans up in a thread of its own.
    "JE_ARROW_MALLOC_CONF": "background_thread:false",
    "PYDEVD_DISABLE_FILE_VALIDATION": "1",
}
_lock = threading.Lock()


def can_fork() -> bool:
    """Whether notebooks can run in forked workers on this machine."""
    return sys.platform.startswith("linux")


def run_in_worker(
    notebook: Any,
    values: Mapping[str, Any],
    *,
    on_cell: CellStart | None = None,
    limits: Limits = UNLIMITED,
    stop: threading.Event | None = None,
) -> Any:
    """The executed notebook. ``stop``, when it is set, ends the worker at once.

    Raises:
        CellError: a cell failed, the worker died, it took too long or too much memory, or it was stopped.
        RunError: no worker could be started.
    """
    ours, theirs = get_context("forkserver").Pipe()
    given = (theirs, nbformat.writes(notebook), dict(values), dict(os.environ), os.getcwd())  # type: ignore[no-untyped-call]
    worker = get_context("forkserver").Process(target=_work, args=given)
    with _lock, _environment_of_the_template():
        context = get_context("forkserver")
        context.set_forkserver_preload([TEMPLATE])
        try:
            worker.start()
        except (OSError, EOFError) as error:
            raise RunError(f"no worker could be started: {error} - see `audit doctor`, or use --isolated") from error
    theirs.close()
    assert worker.pid is not None
    watch = Watch(worker.pid, limits, stop)
    so_far = _SoFar(notebook)
    try:
        return _listen(ours, watch, so_far, on_cell)
    finally:
        ours.close()
        _end(worker)


@dataclass
class _SoFar:
    """What the worker has told: enough to show the notebook up to the cell in which it died."""

    notebook: Any
    cell: int = 0


def _listen(conn: Connection, watch: Watch, so_far: _SoFar, on_cell: CellStart | None) -> Any:
    while True:
        try:
            if not conn.poll(LOOK):
                watch.look()
                continue
            kind, *told = conn.recv()
        except (EOFError, OSError):
            raise CellError(so_far.notebook, so_far.cell, *watch.cause_of_death()) from None
        if kind == "start":
            so_far.notebook = nbformat.reads(told[0], as_version=4)  # type: ignore[no-untyped-call]
        elif kind == "cell":
            index, before = told
            if before is not None:
                so_far.notebook.cells[so_far.cell] = nbformat.from_dict(before)  # type: ignore[no-untyped-call]
            so_far.cell = index
            if on_cell is not None:
                on_cell(index)
        elif kind == "done":
            return nbformat.reads(told[0], as_version=4)  # type: ignore[no-untyped-call]
        else:
            text, cell, name, value = told
            failed = nbformat.reads(text, as_version=4)  # type: ignore[no-untyped-call]
            raise CellError(failed, cell, *(watch.reason or (name, value)))
        watch.look()


def _end(worker: Any) -> None:
    """The worker and all it started are gone when this returns."""
    worker.join(GRACE)
    # Its own group: also programs that the notebook started and left.
    kill_group(worker.pid)
    if worker.is_alive():
        worker.kill()
    worker.join()
    worker.close()


@contextmanager
def _environment_of_the_template() -> Iterator[None]:
    """The fork server must load its libraries without their pools of threads."""
    before = {name: os.environ.get(name) for name in _ONE_THREAD}
    os.environ |= _ONE_THREAD
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def _work(conn: Connection, text: str, values: dict[str, Any], environment: dict[str, str], folder: str) -> None:
    """In the worker: run one notebook, telling ``conn`` of each cell."""
    os.setsid()
    threading.Thread(target=_die_with_the_parent, daemon=True).start()
    os.environ.clear()
    os.environ.update(environment)
    os.environ.setdefault("PYDEVD_DISABLE_FILE_VALIDATION", "1")
    os.chdir(folder)
    _new_streams()
    random.seed()
    signal.signal(signal.SIGINT, signal.default_int_handler)

    import logging

    import numpy as np
    import papermill
    from papermill.engines import papermill_engines
    from papermill.exceptions import PapermillExecutionError

    from helpers.batch.entry import NAME, InProcessEngine

    np.random.seed()  # noqa: NPY002 - the old generator, which a notebook may use, is one for all forks otherwise
    logging.getLogger("papermill").setLevel(logging.CRITICAL)
    # Where the project is not installed papermill has not found it by itself.
    papermill_engines.register(NAME, InProcessEngine)
    live: list[Any] = []
    running = 0

    def started(notebook: Any) -> None:
        live.append(notebook)
        conn.send(("start", nbformat.writes(notebook)))  # type: ignore[no-untyped-call]

    def cell_started(cell: Any, cell_index: int) -> None:
        nonlocal running
        before = dict(live[0].cells[running]) if cell_index else None
        running = cell_index
        conn.send(("cell", cell_index, before))

    try:
        done = papermill.execute_notebook(
            nbformat.reads(text, as_version=4),  # type: ignore[no-untyped-call]
            None,
            parameters=values,
            engine_name=NAME,
            kernel_name="python3",
            language="python",
            progress_bar=False,
            on_notebook_start=started,
            on_cell_start=cell_started,
        )
    except PapermillExecutionError as error:
        conn.send(("failed", nbformat.writes(live[0]), running, error.ename, error.evalue))  # type: ignore[no-untyped-call]
    except BaseException as error:
        shown = nbformat.writes(live[0]) if live else text  # type: ignore[no-untyped-call]
        conn.send(("failed", shown, running, type(error).__name__, str(error)))
    else:
        conn.send(("done", nbformat.writes(done)))  # type: ignore[no-untyped-call]
    conn.close()
    # What a notebook left behind - threads, exit handlers, a hanging connection - has nothing more to say.
    os._exit(0)


def _die_with_the_parent() -> None:
    parent = parent_process()
    if parent is not None:
        parent.join()
        os.killpg(os.getpgid(0), signal.SIGKILL)


def _new_streams() -> None:
    """Nothing of a notebook goes to the terminal: it has its outputs."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nowhere, descriptor)
    os.close(nowhere)
    sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115
    for name, descriptor in (("stdout", 1), ("stderr", 2)):
        stream = io.TextIOWrapper(io.FileIO(descriptor, "wb", closefd=False), encoding="utf-8", line_buffering=True)
        setattr(sys, name, stream)
        setattr(sys, f"__{name}__", stream)
