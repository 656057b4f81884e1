"""Archives: what is in them, unpacked by stream into a scratch folder and never more than is reasonable.

A name inside an archive is only ever shown, never used as a path. Sizes are counted while unpacking: what the archive
says about itself is not believed.
"""

from __future__ import annotations

import gzip
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from helpers.errors import DataError, Problem

MAX_BYTES = 4 << 30
"""Most that one archive may hold."""
FREE_BYTES = 64 << 20
"""So much may be packed as tightly as it likes: a table of zeros is no bomb."""
MAX_RATIO = 300
MAX_MEMBERS = 200
CHUNK = 1 << 20

KINDS = (
    (b"%PDF", "a PDF"),
    (b"Rar!", "a RAR archive"),
    (b"7z\xbc\xaf", "a 7-Zip archive"),
    (b"\x1f\x9d", "a compressed file of an old kind"),
    (b"BZh", "a bzip2 archive"),
    (b"\xfd7zXZ", "an xz archive"),
    (b"SQLite format 3", "a database"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"{\\rtf", "a text document"),
    (b"MZ", "a program"),
    (b"\x7fELF", "a program"),
)
"""Things people drop into exports/ that hold no table we can read."""
EMPTY = ("the file is empty", "export it again")
"""What a file of nothing is called, and what to do."""
LITTER = ("thumbs.db", "desktop.ini", "icon\r")
"""Files that operating systems leave in folders."""


class NoTableError(DataError):
    """The file holds no table that we know: where nobody has named it, it may be left aside."""


@dataclass(frozen=True)
class Member:
    """One file to read: the file itself, or one out of an archive."""

    path: Path
    name: str
    """'exports/june.zip » june/deals.csv' - what messages call it."""
    packed: str
    """'zip', 'gzip' or ''."""


def members(path: Path, name: str, scratch: Path) -> list[Member]:
    """The files behind a file: one, or those of a zip or gzip archive.

    Raises:
        DataError: empty, protected, damaged, or too large when unpacked.
    """
    with path.open("rb") as stream:
        head = stream.read(16)
    if not head:
        raise NoTableError([Problem(*EMPTY, name)])
    if head.startswith(b"\x1f\x8b"):
        return [_gunzipped(path, name, scratch)]
    if head.startswith(b"PK\x05\x06"):
        raise DataError([Problem("the archive is empty", "export it again", name)])
    if head.startswith(b"PK\x03\x04"):
        with _opened(path, name) as archive:
            infos = archive.infolist()
            if len(infos) > 50 * MAX_MEMBERS:
                raise DataError([_bomb(name)])
            names = {info.filename for info in infos}
            if is_workbook(names):
                _weigh(infos, name)
                return [Member(path, name, "")]
            if "mimetype" in names and "content.xml" in names:
                raise DataError([Problem("an OpenDocument file", "save it as XLSX or CSV", name)])
            if any(inside.startswith(("word/", "ppt/")) for inside in names):
                raise NoTableError([Problem("a document, not a table", "export a table: CSV or XLSX", name)])
            return _unzipped(archive, name, scratch)
    return [Member(path, name, "")]


def refuse_kinds(head: bytes, name: str) -> None:
    """
    Raises:
        NoTableError: a file that begins so holds no table.
    """
    for mark, kind in KINDS:
        if head.startswith(mark):
            raise NoTableError([Problem(f"this is {kind}", "export a table: CSV or XLSX", name)])


def is_workbook(names: set[str]) -> bool:
    """Whether these members make an XLSX or XLSB (the letter case differs by writer)."""
    return any(name.lower() in ("xl/workbook.xml", "xl/workbook.bin") for name in names)


@contextmanager
def _opened(path: Path, name: str) -> Iterator[zipfile.ZipFile]:
    try:
        with zipfile.ZipFile(path) as archive:
            yield archive
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError, UnicodeDecodeError) as error:
        what = " ".join(str(error).split())[:120] or type(error).__name__
        raise DataError([Problem(f"a damaged archive ({what})", "export it again", name)]) from None


def _unzipped(archive: zipfile.ZipFile, name: str, scratch: Path) -> list[Member]:
    infos = [info for info in archive.infolist() if _counts(info.filename) and not info.is_dir()]
    if not infos:
        raise DataError([Problem("the archive is empty", "export it again", name)])
    if len(infos) > MAX_MEMBERS:
        raise DataError(
            [Problem(f"the archive holds {len(infos)} files", f"at most {MAX_MEMBERS}: unpack what is needed", name)]
        )
    _weigh(infos, name)
    found, room = [], MAX_BYTES
    for info in sorted(infos, key=lambda info: info.filename):
        inside = f"{name} » {_readable(info)}"
        if info.flag_bits & 1:
            raise DataError([Problem("protected by a password", "save it without one", inside)])
        target = scratch / f"{len(list(scratch.iterdir()))}.member"
        with archive.open(info) as source:
            room -= _copied(source, target, min(room, _allowed(info.compress_size)), inside)
        with target.open("rb") as stream:
            head = stream.read(4)
        if head.startswith(b"PK\x03\x04"):
            with _opened(target, inside) as inner:
                if not is_workbook(set(inner.namelist())):
                    raise DataError([Problem("an archive inside an archive", "unpack it", inside)])
                _weigh(inner.infolist(), inside)
        elif head.startswith(b"\x1f\x8b"):
            raise DataError([Problem("an archive inside an archive", "unpack it", inside)])
        found.append(Member(target, inside, "zip"))
    return found


def _gunzipped(path: Path, name: str, scratch: Path) -> Member:
    target = scratch / f"{len(list(scratch.iterdir()))}.member"
    try:
        with gzip.open(path) as source:
            _copied(source, target, min(MAX_BYTES, _allowed(path.stat().st_size)), name)
    except (OSError, EOFError, zlib.error) as error:
        what = " ".join(str(error).split())[:120]
        raise DataError([Problem(f"a damaged archive ({what})", "export it again", name)]) from None
    with target.open("rb") as stream:
        head = stream.read(300)
    if head[257:262] == b"ustar" or head.startswith((b"PK\x03\x04", b"\x1f\x8b")):
        raise DataError([Problem("an archive inside an archive", "unpack it", name)])
    if not head:
        raise NoTableError([Problem(*EMPTY, name)])
    return Member(target, name, "gzip")


def _copied(source: IO[bytes] | gzip.GzipFile, target: Path, most: int, name: str) -> int:
    written = 0
    with target.open("wb") as sink:
        while chunk := source.read(CHUNK):
            written += len(chunk)
            if written > most:
                raise DataError([_bomb(name)])
            sink.write(chunk)
    return written


def _weigh(infos: list[zipfile.ZipInfo], name: str) -> None:
    packed, full = sum(info.compress_size for info in infos), sum(info.file_size for info in infos)
    if full > min(MAX_BYTES, _allowed(packed)):
        raise DataError([_bomb(name)])


def _allowed(packed: int) -> int:
    return max(FREE_BYTES, packed * MAX_RATIO)


def _bomb(name: str) -> Problem:
    return Problem(
        f"unpacks into more than {MAX_RATIO} times its size, or more than {MAX_BYTES >> 30} GB",
        "this is no export; unpack it yourself if you trust it",
        name,
    )


def _counts(name: str) -> bool:
    parts = name.replace("\\", "/").split("/")
    return parts[0] != "__MACOSX" and not is_litter(parts[-1])


def is_litter(name: str) -> bool:
    """Whether a file of that name is nobody's: hidden, a lock of a spreadsheet program, left by a system."""
    return name.startswith((".", "~$")) or name.lower() in LITTER


def _readable(info: zipfile.ZipInfo) -> str:
    """Archives made on Windows write Russian names in the DOS encoding, which zipfile takes for American."""
    if info.flag_bits & 0x800:
        return info.filename
    try:
        return info.filename.encode("cp437").decode("cp866")
    except (UnicodeEncodeError, UnicodeDecodeError):
        return info.filename
