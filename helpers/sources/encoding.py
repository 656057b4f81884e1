"""Which encoding a file of text is in, told from its bytes, and its way to UTF-8: by stream, in bounded memory.

A byte order mark decides. Without one UTF-16 shows itself by its zeros, UTF-8 by being valid; of the one-byte
encodings that is taken in which the letters read like words (:func:`likelihood`).
"""

from __future__ import annotations

import codecs
import hashlib
import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from helpers.errors import DataError, Problem
from helpers.sources.delimiter import MAX_CELL

CHUNK = 1 << 22
SAMPLE_CHARS = 1 << 20
"""Characters of the beginning in which delimiter and header are looked for."""
SAMPLE = 1 << 18
"""Bytes from which an encoding is told."""
ENOUGH = 400
"""Bytes above 127 that are evidence enough."""

BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
LABELS = {
    "utf-8": "UTF-8",
    "utf-8-sig": "UTF-8 (BOM)",
    "utf-16": "UTF-16",
    "utf-16-le": "UTF-16 LE",
    "utf-16-be": "UTF-16 BE",
    "utf-32": "UTF-32",
    "cp1251": "windows-1251",
    "cp866": "DOS (cp866)",
    "koi8-r": "KOI8-R",
    "koi8-u": "KOI8-U",
    "cp1252": "windows-1252",
    "mac-cyrillic": "Mac Cyrillic",
}
ONE_BYTE = ("cp1251", "koi8-r", "koi8-u", "cp866", "mac-cyrillic", "cp1252")

# Share of letters per thousand in Russian and Ukrainian prose together; what is missing here is rare.
_SHARES = dict(
    zip(
        "оаеинтрвслкдмпуязыьгібчйхжшюцщєїфэъґ",
        (97, 82, 72, 70, 65, 58, 48, 47, 47, 40, 36, 31, 31, 28, 30, 20, 18, 12, 18, 17, 26, 16, 13, 11, 10, 8, 7, 7, 6,
         4, 4, 3, 3, 2, 2, 1),
        strict=True,
    )
)  # fmt: skip
_WESTERN = set("áàâãäåæçéèêëíìîïñóòôõöøœúùûüýß")
_SIGNS = set("№«»—–“”„’…°±§©®™€·•ё")
_CYRILLIC = re.compile("[\u0400-\u04ff]")
_ASCII_LETTER = re.compile("[A-Za-z]")
_WORD = re.compile(r"[^\W\d_]+|[^\w\s]")
_HOLES = {
    encoding: [byte for byte in map(int.to_bytes, range(256)) if byte.decode(encoding, "replace") == "\ufffd"]
    for encoding in ONE_BYTE
}
"""Bytes without a meaning in the one-byte encodings."""
_HIGH = re.compile(rb"[\x80-\xff]")
_LETTERS = re.compile(rb"[A-Za-z\x80-\xff]+")
PLAUSIBLE = 12.0
"""Least :func:`likelihood` (per thousand, geometric mean) of a text that people wrote; random bytes give under 3."""


@dataclass(frozen=True)
class Facts:
    """What a file of text turned out to be when all of it had gone by."""

    sha256: str
    """Of the file as it is."""
    quotes_odd: bool
    """A quote is opened and never closed."""
    replaced: int = 0
    """Characters that could not be read and stand as \ufffd, and NULs, which are left out."""
    plain: bool = True
    """Lines end one way, and there are no NULs: DuckDB can read the file itself."""


def likelihood(text: str) -> float:
    """How much the letters beyond ASCII look like Russian, Ukrainian or a Western language: 0 nonsense, 30-50 prose.

    Geometric mean of each letter's share (per thousand); capitals inside a word, words of mixed alphabets and signs
    that tables do not hold weigh against.
    """
    from math import exp, log

    total, count = 0.0, 0
    for word in set(_WORD.findall(text)):
        high = [letter for letter in word if letter > "\x7f"]
        if not high:
            continue
        mixed = bool(_CYRILLIC.search(word)) and bool(_ASCII_LETTER.search(word))
        capitals = word.isupper() or word[1:].islower() or len(word) == 1
        for letter in high:
            small = letter.lower()
            share = _SHARES.get(small, 20.0 if small in _WESTERN else 8.0 if letter in _SIGNS else 0.05)
            if small in _WESTERN and len(high) > 1 and len(high) * 2 > len(word):
                share = 0.05  # A Western word has an accent here and there.
            if mixed or (letter != small and not capitals):
                share = min(share, 0.3)
            total, count = total + log(share), count + 1
    return exp(total / count) if count else 0.0


def encoding_of(path: Path, name: str) -> str:
    """Python's name of the file's encoding.

    Raises:
        DataError: neither text nor a known encoding.
    """
    sample = _evidence(path)
    for mark, encoding in BOMS:
        if sample.startswith(mark):
            return encoding
    wide = _utf16(sample)
    if wide:
        return wide
    if _control_share(sample) > 0.02:
        raise DataError([_not_text(name)])
    if not _HIGH.search(sample):
        return "utf-8"
    text, errors = _utf8(sample)
    characters = len(text) - len(text.encode("ascii", "ignore"))
    if errors == 0 or errors * 10 <= characters - errors:
        return "utf-8"
    # Each word once: a table repeats its words, and what ASCII says is the same in all of these encodings.
    words = b" ".join({word for word in _LETTERS.findall(sample) if _HIGH.search(word)})
    scored = {encoding: likelihood(words.decode(encoding, "replace")) for encoding in ONE_BYTE}
    best = max(scored, key=lambda encoding: scored[encoding])
    if scored[best] >= PLAUSIBLE:
        return best
    return _second_opinion(sample, name)


def _second_opinion(sample: bytes, name: str) -> str:
    # Polish, Turkish, Greek and others: charset-normalizer knows more languages than the letters above.
    from charset_normalizer import from_bytes

    best = from_bytes(sample, cp_exclusion=["utf_7"]).best()
    if best is None or best.encoding == "ascii" or best.chaos > 0.2:
        raise DataError([_not_text(name)])
    return str(best.encoding)


def _not_text(name: str) -> Problem:
    return Problem("neither a table nor text in a known encoding", "export it again as CSV or XLSX", name)


def _evidence(path: Path) -> bytes:
    """The beginning of the file; where it holds few bytes above 127, the neighbourhood of later ones too."""
    with path.open("rb") as stream:
        sample = stream.read(SAMPLE)
        found = len(_HIGH.findall(sample))
        while found < ENOUGH and len(sample) < 4 * SAMPLE and (chunk := stream.read(CHUNK)):
            first = _HIGH.search(chunk)
            if first:
                start = max(0, chunk.rfind(b"\n", 0, first.start()) + 1)
                piece = chunk[start : start + SAMPLE // 2]
                found += len(_HIGH.findall(piece))
                sample += b"\n" + piece
    return sample


def _utf16(sample: bytes) -> str | None:
    """UTF-16 without a mark: zeros at every other place, or valid text in letters of ours either way."""
    zeros = sample.count(0)
    if zeros < max(2, len(sample) // 200):
        return None
    even = sample[: len(sample) // 2 * 2]
    for encoding in ("utf-16-le", "utf-16-be"):
        text = even.decode(encoding, "replace")
        usual = sum(
            letter < "\u0180" or "\u0400" <= letter <= "\u04ff" or "\u2000" <= letter <= "\u22ff" for letter in text
        )
        if "\x00" not in text and usual > 0.97 * len(text):
            return encoding
    return None


def _control_share(sample: bytes) -> float:
    control = sum(sample.count(bytes([code])) for code in (*range(1, 9), *range(14, 27), 28, 127))
    return (control + max(0, sample.count(0) - len(sample) // 100)) / max(1, len(sample))


def _utf8(sample: bytes) -> tuple[str, int]:
    """The text and how many places are not UTF-8; a character cut off at the end of a sample is none."""
    text = codecs.getincrementaldecoder("utf-8")("replace").decode(sample)
    return text, text.count("\ufffd") - sample.count("\ufffd".encode())


def looked_through(path: Path, name: str) -> Facts:
    """Facts of a file in UTF-8, from its bytes alone: DuckDB checks by itself that they are UTF-8.

    Raises:
        DataError: a line so long that DuckDB would pass over it, at times without a word.
    """
    quotes = crlf = lf = cr = zeros = line = 0
    last = b""
    # sha256 lets the interpreter go, so it costs nothing beside the rest.
    digest = hashlib.sha256()
    with ThreadPoolExecutor(1) as pool, path.open("rb") as stream:
        while chunk := stream.read(CHUNK):
            hashed = pool.submit(digest.update, chunk)
            zeros += b"\x00" in chunk
            quotes += chunk.count(b'"')
            feeds = chunk.count(b"\n")
            line = _still_short(chunk, line, name)
            if b"\r" in chunk or last == b"\r":
                pairs = chunk.count(b"\r\n") + (last == b"\r" and chunk.startswith(b"\n"))
                crlf, cr, lf = crlf + pairs, cr + chunk.count(b"\r") - pairs, lf + feeds - pairs
            else:
                lf += feeds
            last = chunk[-1:]
            hashed.result()
    plain = not zeros and (crlf > 0) + (lf > 0) + (cr > 0) <= 1
    return Facts(digest.hexdigest(), quotes % 2 == 1, 0, plain)


class Sink(Protocol):
    """What takes bytes."""

    def write(self, data: bytes, /) -> int | None:
        """All of it."""


def transcode(path: Path, encoding: str, name: str, sink: Sink, skipped: int = 0) -> Facts:
    """Write a file as UTF-8, its lines ending in line feeds, without NULs; one chunk in memory.

    Args:
        path: the file.
        encoding: what it is in; what cannot be decoded becomes \ufffd and is counted.
        name: what messages call it.
        sink: where to.
        skipped: characters at the beginning that are left out, counted with line ends made one.

    Raises:
        DataError: the file ends in the middle of a character.
    """
    digest, quotes, replaced = hashlib.sha256(), 0, 0
    # In one-byte encodings ASCII stands for itself, and bytes are searched much faster than text.
    single = encoding in ONE_BYTE
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    held, tail, line = "", "", 0
    with ThreadPoolExecutor(1) as pool, path.open("rb") as stream:
        while True:
            chunk = stream.read(CHUNK)
            hashed = pool.submit(digest.update, chunk)
            tail = codecs.decode(chunk, encoding, "replace") if single else decoder.decode(chunk, final=not chunk)
            text = held + tail if held else tail
            held = ""
            if chunk and text.endswith("\r"):
                text, held = text[:-1], "\r"  # Its line feed may stand in the next chunk.
            returns, zeros = (b"\r" in chunk, b"\x00" in chunk) if single else ("\r" in text, "\x00" in text)
            if returns or text.startswith("\r"):
                text = text.replace("\r\n", "\n").replace("\r", "\n")
            if zeros:
                replaced += text.count("\x00")
                text = text.replace("\x00", "")
            quotes += chunk.count(b'"') if single else text.count('"')
            line = _still_short(chunk, line, name)
            # One byte is searched ten times as fast as a set of them.
            if not single or any(byte in chunk for byte in _HOLES[encoding]):
                replaced += text.count("\ufffd")
            if skipped:
                text, skipped = text[skipped:], max(0, skipped - len(text))
            sink.write(text.encode("utf-8", "replace"))
            hashed.result()
            if not chunk:
                break
    if tail:
        # The decoder still held the beginning of a character when the bytes ended.
        raise DataError([_cut(name)])
    return Facts(digest.hexdigest(), quotes % 2 == 1, replaced)


def _still_short(chunk: bytes, begun: int, name: str) -> int:
    """Bytes of the line that the chunk ends in, of which ``begun`` lie before it.

    Raises:
        DataError: too many for a row.
    """
    end = max(chunk.rfind(b"\n"), chunk.rfind(b"\r"))
    line = begun + len(chunk) if end < 0 else len(chunk) - end - 1
    if line > MAX_CELL:
        raise DataError([Problem(f"a row longer than {MAX_CELL >> 20} MB", "this is no table of leads", name)])
    return line


def text_sample(path: Path, encoding: str, most: int) -> tuple[str, bool]:
    """The beginning of a file with line ends made one, and whether that is all of it."""
    with path.open(encoding=encoding, errors="replace", newline=None) as stream:
        sample = stream.read(most)
        return sample.replace("\x00", "").removeprefix("\ufeff"), not stream.read(1)


def _cut(name: str) -> Problem:
    return Problem("the file ends in the middle of a character: it was cut off", "export it again", name)
