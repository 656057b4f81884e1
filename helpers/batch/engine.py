"""Executes a notebook in the process it is called in, in a kernel without sockets: papermill's engine in entry.py.

It is ipykernel's own in-process kernel, spoken to in Jupyter's protocol, and nbclient's own handling of its messages:
the executed notebook is what a kernel process gives, output for output, without the seconds such a process takes to
start. One notebook a process: the kernel is a singleton and its state is never cleared (workers.py sees to that).
"""

from __future__ import annotations

import asyncio
import os
import queue
import sys
from contextlib import contextmanager
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from ipykernel.inprocess.channels import InProcessChannel
from ipykernel.inprocess.client import InProcessKernelClient
from ipykernel.inprocess.ipkernel import InProcessKernel
from ipykernel.iostream import OutStream
from nbclient.client import CellExecutionComplete  # type: ignore[attr-defined]
from papermill.clientwrap import PapermillNotebookClient
from traitlets import Type

if TYPE_CHECKING:
    from collections.abc import Iterator

INLINE = "module://matplotlib_inline.backend_inline"
_SILENCE = 60.0
"""Seconds after which a cell that has ended but does not say so is an error of ours, not of the notebook."""


@contextmanager
def _captured(kernel: InProcessKernel) -> Iterator[None]:
    """What anybody writes to stdout and stderr, past Python too, becomes output of the running cell."""
    before = sys.stdout, sys.stderr
    for name in ("stdout", "stderr"):
        # Watched: the file descriptors themselves, to which libraries and subprocesses write.
        stream = OutStream(kernel.session, kernel.iopub_thread, name, watchfd=_watched(name))  # type: ignore[no-untyped-call]
        setattr(kernel, name, stream)
    # For the whole notebook, not only while a cell runs: a stream is told whose output it carries before the cell runs.
    sys.stdout, sys.stderr = kernel.stdout, kernel.stderr
    try:
        yield
    finally:
        sys.stdout, sys.stderr = before
        kernel.stdout.close()
        kernel.stderr.close()


def _watched(name: str) -> Any:
    """Whether the stream has a descriptor that can be watched; "force": under pytest too."""
    real = getattr(sys, f"__{name}__")
    return "force" if real is not None and os.name == "posix" else False


def _draw_inline() -> None:
    """Figures of pyplot are shown under their cell, as a kernel process does by itself."""
    os.environ.setdefault("MPLBACKEND", INLINE)
    if "matplotlib" in sys.modules:
        import matplotlib

        matplotlib.use(os.environ["MPLBACKEND"])


class _QueueChannel(InProcessChannel):
    """Keeps the messages of the kernel, which come from its output thread, until they are asked for."""

    def __init__(self, client: Any = None) -> None:
        super().__init__(client)  # type: ignore[no-untyped-call]
        self.messages: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()

    def call_handlers(self, msg: dict[str, Any]) -> None:
        self.messages.put(msg)


class _QueueClient(InProcessKernelClient):
    shell_channel_class = Type(_QueueChannel)
    iopub_channel_class = Type(_QueueChannel)


class _Kernel(InProcessKernel):
    # A cell with "await" asks which thread the messages come from; there is no such thread here.
    shell_channel_thread = SimpleNamespace(parent_thread=None)
    _supports_kernel_subshells = False


class InProcessNotebookClient(PapermillNotebookClient):  # type: ignore[misc]
    """nbclient without a kernel process: it asks the kernel beside it and reads the answers from a queue."""

    def execute(self, **_: Any) -> Any:
        """Run all cells; the first that fails is the last."""
        self.reset_execution_trackers()
        # Singleton: comms of widgets ask for *the* kernel.
        kernel = _Kernel.instance()
        self.inside = _QueueClient(session=kernel.session, kernel=kernel, parent=kernel)
        self.inside.start_channels()  # type: ignore[no-untyped-call]
        # Nobody is there to answer; input() must say so, as it does in a kernel.
        self.inside.allow_stdin = False
        _draw_inline()
        with _captured(kernel):
            self.papermill_execute_cells()
        self.nb.metadata["language_info"] = kernel.language_info
        self.set_widgets_metadata()
        return self.nb

    def execute_cell(self, cell: Any, cell_index: int, *_: Any, **__: Any) -> Any:
        """Run one cell and put its outputs into it.

        Raises:
            CellExecutionError: the cell failed.
        """
        if self.on_cell_start is not None:
            self.on_cell_start(cell=cell, cell_index=cell_index)
        if cell.cell_type != "code" or not cell.source.strip():
            return cell
        cell.outputs = []
        self.clear_before_next_output = False
        asked = self.inside.execute(cell.source, store_history=True, stop_on_error=True)
        for message in self._until_idle(asked):
            try:
                self.process_message(message, cell, cell_index)
            except CellExecutionComplete:
                break
        reply = self._reply(asked)
        cell["execution_count"] = reply["content"].get("execution_count")
        asyncio.run(self._check_raise_for_error(cell, cell_index, reply))
        self.nb["cells"][cell_index] = cell
        return cell

    def _until_idle(self, asked: str) -> Iterator[dict[str, Any]]:
        while True:
            message = self.inside.iopub_channel.messages.get(timeout=_SILENCE)
            if message["parent_header"].get("msg_id") == asked:
                yield message

    def _reply(self, asked: str) -> dict[str, Any]:
        while True:
            message: dict[str, Any] = self.inside.shell_channel.messages.get(timeout=_SILENCE)
            if message["parent_header"].get("msg_id") == asked:
                return message
