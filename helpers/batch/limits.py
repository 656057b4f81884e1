"""What a notebook may use, and who sees to it: the clock, the memory and the wish to stop, for workers and kernels."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

GRACE = 5.0
"""Seconds between asking a process to stop and stopping it."""
LOOK = 0.1
"""Seconds between two looks at the clock and at the memory of a process."""

CellStart = Callable[[int], None]
"""Told the index of a cell when it starts."""


@dataclass(frozen=True)
class Limits:
    """What a notebook may use; None is no limit."""

    seconds: float | None = None
    megabytes: int | None = None
    """Resident memory of the process that runs it."""


UNLIMITED = Limits()


class CellError(Exception):
    """A notebook that did not end well: the cells that ran, which failed, and its error as name and text.

    Users see it as an AuditError.
    """

    def __init__(self, notebook: Any, cell: int, name: str, value: str) -> None:
        self.notebook, self.cell, self.name, self.value = notebook, cell, name, value
        super().__init__(f"{name}: {value}")


class Watch:
    """Looks at one process, the leader of its own group, and ends it when a limit is reached."""

    def __init__(self, pid: int, limits: Limits, stop: threading.Event | None) -> None:
        self.pid, self.limits, self.stop = pid, limits, stop
        self.started = time.monotonic()
        self.killed_after = 0.0
        self.reason: tuple[str, str] | None = None
        """Why it was ended, as the name and text of an error."""

    def look(self) -> None:
        """To be called every LOOK seconds."""
        seconds = time.monotonic() - self.started
        if self.reason is not None:
            if seconds > self.killed_after:
                kill_group(self.pid)
        elif self.stop is not None and self.stop.is_set():
            self.reason = ("stopped", "by the user")
            kill_group(self.pid)
        elif self.limits.seconds is not None and seconds > self.limits.seconds:
            self.reason = ("stopped", f"took more than {self.limits.seconds:g} s (--timeout)")
            # A cell that can be interrupted shows where it was.
            with suppress(ProcessLookupError, PermissionError):
                os.kill(self.pid, signal.SIGINT)
            self.killed_after = seconds + GRACE
        elif self.limits.megabytes is not None and _megabytes(self.pid) > self.limits.megabytes:
            self.reason = ("stopped", f"needs more than {self.limits.megabytes} MB of memory (--memory)")
            kill_group(self.pid)

    def cause_of_death(self) -> tuple[str, str]:
        """Why the process is gone without a word."""
        return self.reason or ("the kernel died", "too little memory?")


class Guard:
    """A thread that watches a process from its start to the end of the ``with`` block."""

    def __init__(self, limits: Limits, stop: threading.Event | None) -> None:
        self._limits, self._stop, self._over = limits, stop, threading.Event()
        self._watch: Watch | None = None
        self._thread: threading.Thread | None = None

    def __enter__(self) -> Guard:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._over.set()
        if self._thread is not None:
            self._thread.join()

    def watch(self, pid: int) -> None:
        """Watch this process from now on."""
        self._watch = Watch(pid, self._limits, self._stop)
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()

    @property
    def reason(self) -> tuple[str, str] | None:
        """Why the process was ended."""
        return self._watch.reason if self._watch else None

    def cause_of_death(self) -> tuple[str, str]:
        """Why the process is gone without a word."""
        return self._watch.cause_of_death() if self._watch else ("the kernel died", "")

    def _look(self) -> None:
        assert self._watch is not None
        while not self._over.wait(LOOK):
            self._watch.look()


def kill_group(pid: int) -> None:
    """End a process that leads its own group, and all it has started."""
    with suppress(ProcessLookupError, PermissionError):
        if hasattr(os, "killpg"):
            os.killpg(pid, signal.SIGKILL)
        else:
            os.kill(pid, signal.SIGTERM)  # Windows ends it at once


def _megabytes(pid: int) -> float:
    with suppress(OSError, ValueError, IndexError):
        pages = int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / 2**20
    return 0.0
