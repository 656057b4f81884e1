"""Texts damaged on their way - percent signs, wrong encodings, look-alike letters - and how they are compared.

Works on the distinct values of a column that a regular expression finds suspicious; which value became which is counted
by the caller. A repair that does not end in clean text is none: the value stays as it came.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Literal
from urllib.parse import unquote_to_bytes

Kind = Literal["percent", "mojibake", "alike"]

_CYRILLIC = "А-Яа-яЁёІіЇїЄєҐґ"
_HIGH = "ЂЃ‚ѓ„…†‡€‰Љ‹ЊЌЋЏђ‘’“”•–—™љ›њќћџЎўЈ¤Ґ¦§Ё©Є«¬®Ї°±Ііґµ¶·ё№є»јЅѕї"
_SUSPICIOUS = (
    "%[0-9A-Fa-f]{2}",
    r"[ÐÑ][\x{80}-\x{bf}ŒœŠšŽžŸƒˆ˜–—‘’‚“”„†‡•…‰‹›€™]",
    rf"(?:[РС][{_HIGH}\x{{a0}}\x{{ad}}]){{2}}",
    "[─-╿▀-▟]",
    r"[ЄЎў¤¦§©¬®Ї\x{ad}ЃЂЉЊЋЏђљњќћџ†‡‰]{2}",
    f"[A-Za-z][{_CYRILLIC}]|[{_CYRILLIC}][A-Za-z]",
)
SUSPICIOUS = "|".join(f"(?:{pattern})" for pattern in _SUSPICIOUS)
"""For RE2: a value that may have to be repaired."""

_PERCENT = re.compile("%[0-9A-Fa-f]{2}")
_MATCH_TYPES = re.compile(r"(?:^|\s)\+\w")
"""Google's "+word" of a broad match: this plus is no space."""
_CLEAN = re.compile(rf"[\x20-\x7e{_CYRILLIC}«»„“”’‘—–№…₽₴€·•\u00a0]+")
_READINGS = (("cp1252", "utf-8"), ("cp1251", "utf-8"), ("cp866", "utf-8"), ("cp866", "cp1251"), ("cp1251", "cp866"))
"""(What it was read as, what it was)."""
_TO_LATIN = dict(zip("аеорсухкіѕјАВЕКМНОРСТУХІЅЈ", "aeopcyxkisjABEKMHOPCTYXISJ", strict=True))
_TO_CYRILLIC = {latin: cyrillic for cyrillic, latin in _TO_LATIN.items() if cyrillic not in "ѕјЅЈ"}
_WORD = re.compile(r"[^\W_]+")
_FOLD = str.maketrans("авекмнорстухі", "abekmhopctyxi")


def repaired(raw: str) -> tuple[str, tuple[Kind, ...]]:
    """The text as it was meant, and what was done to it; (raw, ()) where nothing was wrong or nothing helps."""
    text = raw
    done: list[Kind] = []
    steps: tuple[tuple[Kind, Callable[[str], str]], ...] = (
        ("percent", _unquoted), ("mojibake", _reread), ("alike", _one_script),
    )  # fmt: skip
    for kind, repair in steps:
        better = repair(text)
        if better != text:
            text = better
            done.append(kind)
    return text, tuple(done)


def skeleton(text: str) -> str:
    """A name as it is matched: Cyrillic letters that look like Latin ones are those. Give it casefolded text."""
    return text.translate(_FOLD)


def _unquoted(text: str) -> str:
    """Percent-encoding taken off, once or twice; UTF-8, else windows-1251 if that is clean."""
    for turn in range(2):
        if not _PERCENT.search(text):
            break
        spaced = text.replace("+", " ") if turn == 0 and not _MATCH_TYPES.search(text) else text
        data = unquote_to_bytes(spaced)
        try:
            text = data.decode("utf-8")
        except UnicodeDecodeError:
            other = data.decode("cp1251", errors="replace") if spaced.isascii() else ""
            return other if _is_clean(other) else text
    return text


def _reread(text: str) -> str:
    """Text that was read in a wrong encoding, read in the right one."""
    if _CLEAN.fullmatch(text):
        suspicious = re.search(rf"(?:[РС][{_HIGH}]){{2}}", text)
        if not suspicious:
            return text
    for wrong, right in _READINGS:
        try:
            found = b"".join(_byte(letter, wrong) for letter in text).decode(right)
        except UnicodeError:
            continue
        if _is_clean(found) and (right == "utf-8" or _is_written(found)):
            return found
    return text


def _is_written(text: str) -> bool:
    """Words as people write them. Unlike UTF-8, one-byte encodings always give letters, mostly senseless ones."""
    words = [word for word in _WORD.findall(text) if re.search(f"[{_CYRILLIC}]", word)]
    return all(word in (word.lower(), word.upper(), word.capitalize()) for word in words) and len(set(text)) > 2


def _byte(letter: str, encoding: str) -> bytes:
    try:
        return letter.encode(encoding)
    except UnicodeEncodeError:
        if encoding == "cp1252":
            # Five bytes that windows-1252 leaves free: everybody reads them as they are.
            return letter.encode("latin-1")
        raise


def _is_clean(text: str) -> bool:
    return bool(_CLEAN.fullmatch(text)) and len(re.findall(f"[{_CYRILLIC}]", text)) > 1


def _one_script(text: str) -> str:
    return _WORD.sub(lambda match: _word_in_one_script(match[0]), text)


def _word_in_one_script(word: str) -> str:
    cyrillic = [letter for letter in word if re.match(f"[{_CYRILLIC}]", letter)]
    latin = [letter for letter in word if letter.isascii() and letter.isalpha()]
    if not cyrillic or not latin:
        return word
    to_latin = all(letter in _TO_LATIN for letter in cyrillic)
    to_cyrillic = all(letter in _TO_CYRILLIC for letter in latin)
    if to_latin and (not to_cyrillic or len(latin) >= len(cyrillic)):
        return "".join(_TO_LATIN.get(letter, letter) for letter in word)
    return "".join(_TO_CYRILLIC.get(letter, letter) for letter in word) if to_cyrillic else word
