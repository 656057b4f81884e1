"""A file that is replaced is replaced as a whole: a reader meets the old one or the new one, never half of it."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping
from pathlib import Path


def write_whole(path: Path, data: bytes | str, mode: int | None = None) -> Path:
    """Write ``data`` (text: UTF-8) beside its place and put it there; its path. ``mode``: else that of the old file.

    Raises:
        OSError: nothing was changed; ``filename`` is the place.
    """
    write_together({path: data}, mode)
    return path


def write_together(files: Mapping[Path, bytes | str], mode: int | None = None) -> None:
    """The same with several files: all are written beside their places before the first is put there.

    Raises:
        OSError: nothing was changed, unless a file could not be put in its place at the very end; ``filename`` is it.
    """
    made: list[tuple[str, Path]] = []
    path = Path()
    try:
        for path, data in files.items():
            handle, name = tempfile.mkstemp(prefix=".", suffix=path.suffix, dir=path.parent)
            made.append((name, path))
            with os.fdopen(handle, "wb") as file:
                file.write(data if isinstance(data, bytes) else data.encode())
                file.flush()
                os.fsync(file.fileno())
            # mkstemp's own mode lets nobody else read.
            kept = path.stat().st_mode & 0o777 if path.exists() else 0o644
            os.chmod(name, kept if mode is None else mode)
        while made:
            name, path = made[0]
            os.replace(name, path)
            made.pop(0)
    except OSError as error:
        # The reader knows the file by its own name, not by the one it was written under.
        raise OSError(error.errno, error.strerror, str(path)) from error
    finally:
        for name, _ in made:
            Path(name).unlink(missing_ok=True)
