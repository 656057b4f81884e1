"""The kernel a notebook runs in: the interpreter that is running now, reached without a network port where possible."""

from __future__ import annotations

import logging
import os
import shutil
import tempfile
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ipykernel.kernelspec import get_kernel_dict
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager
from traitlets.config import Config

from helpers.batch.limits import UNLIMITED, CellError, CellStart, Guard, Limits
from helpers.errors import RunError

NAME = "python3"
_LONGEST_SOCKET = 100
"""Bytes in the path of a Unix socket: 104 on macOS, 108 on Linux, with the ending zero."""


class OwnKernelManager(AsyncKernelManager):
    """Starts ``sys.executable``, whatever kernel the user has installed under the name python3."""

    @property
    def kernel_spec(self) -> KernelSpec:
        """The kernel of the running interpreter."""
        # The kernel writes its log to our stderr, where progress is; what matters in it is raised here as well.
        return KernelSpec(**get_kernel_dict(["--log-level=CRITICAL"]), env={"PYDEVD_DISABLE_FILE_VALIDATION": "1"})


@contextmanager
def kernel_config() -> Iterator[Config]:
    """Settings for one kernel: sockets in a private folder on POSIX (no port on the machine), else encrypted TCP."""
    folder = Path(tempfile.mkdtemp(prefix="audit-"))
    try:
        manager = {"connection_file": str(folder / "kernel.json")}
        if os.name == "posix" and len(os.fsencode(folder / "kernel-ipc-5")) < _LONGEST_SOCKET:
            manager["transport"] = "ipc"
        elif hasattr(AsyncKernelManager, "transport_encryption"):  # not in older jupyter_client
            manager["transport_encryption"] = "auto"
        yield Config({"KernelManager": manager})
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def run_in_kernel(
    notebook: Any,
    values: Mapping[str, Any],
    *,
    on_cell: CellStart | None = None,
    limits: Limits = UNLIMITED,
    stop: threading.Event | None = None,
) -> Any:
    """The executed notebook; as ``workers.run_in_worker``, in a kernel process of its own.

    Raises:
        CellError: a cell failed, the kernel died, it took too long or too much memory, or it was stopped.
        RunError: the kernel did not start.
    """
    import papermill
    from nbclient.exceptions import DeadKernelError
    from papermill.exceptions import PapermillExecutionError

    # What papermill logs (a dead kernel) is raised as well and told once, in the audit's words.
    logging.getLogger("papermill").setLevel(logging.CRITICAL)
    live: list[Any] = []
    running = 0

    def keep(notebook: Any) -> None:
        # papermill hands its copy back only when all went well; after a failure this one is what there is.
        live.append(notebook)

    def tell(cell: Any, cell_index: int) -> None:
        nonlocal running
        running = cell_index
        if on_cell is not None:
            on_cell(cell_index)

    with kernel_config() as config, Guard(limits, stop) as guard:

        class Watched(OwnKernelManager):
            async def _async_post_start_kernel(self, **kw: Any) -> None:
                await super()._async_post_start_kernel(**kw)
                assert self.provisioner is not None
                guard.watch(self.provisioner.pid)  # type: ignore[attr-defined]

        try:
            # Nodes instead of paths: papermill formats {} in paths. No cwd: papermill would chdir the whole process.
            return papermill.execute_notebook(
                notebook,
                None,
                parameters=dict(values),
                kernel_name=NAME,
                language="python",
                progress_bar=False,
                kernel_manager_class=Watched,
                config=config,
                on_notebook_start=keep,
                on_cell_start=tell,
            )
        except PapermillExecutionError as error:
            raise CellError(live[0], running, *(guard.reason or (error.ename, error.evalue))) from None
        except DeadKernelError:
            if not live:
                raise RunError("the kernel died before it was ready - see `audit doctor`") from None
            raise CellError(live[0], running, *guard.cause_of_death()) from None
        except Exception as error:
            if not live:
                raise RunError(f"the kernel did not start: {' '.join(str(error).split())[:300]}") from error
            raise CellError(live[0], running, type(error).__name__, str(error)) from error
