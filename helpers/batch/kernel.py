"""The kernel a notebook runs in: the interpreter that is running now, reached without a network port where possible."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ipykernel.kernelspec import get_kernel_dict
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager
from traitlets.config import Config

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
