"""A lock between processes that dies with its process: the system drops it when the file is closed, even by a kill."""

from __future__ import annotations

import errno
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

if sys.platform == "win32":
    import msvcrt

    def _take(file: IO[str], *, wait: bool) -> bool:
        while True:
            try:
                file.seek(0)
                # LK_LOCK itself gives up after ten seconds, so waiting is a loop around it.
                msvcrt.locking(file.fileno(), msvcrt.LK_LOCK if wait else msvcrt.LK_NBLCK, 1)
            except OSError as error:
                if error.errno not in (errno.EACCES, errno.EDEADLK):
                    raise
                if not wait:
                    return False
            else:
                return True
else:
    import fcntl

    def _take(file: IO[str], *, wait: bool) -> bool:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except OSError as error:
            if error.errno not in (errno.EACCES, errno.EAGAIN):
                raise
            return False
        return True


@contextmanager
def locked(path: Path, *, wait: bool = True) -> Iterator[bool]:
    """Hold the lock file ``path``, whose folder must exist; the file itself stays.

    Yields True when the lock is held; with ``wait=False`` False when another process holds it.
    """
    with path.open("a", encoding="utf-8") as file:
        yield _take(file, wait=wait)
