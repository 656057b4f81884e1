"""Catalogues of translations: texts are found in the sources, kept in ``audit.po``, compiled to ``audit.mo``.

Both files repeat byte by byte: sorted by text, no line numbers, no dates, no guessed ("fuzzy") translations.
"""

from __future__ import annotations

import ast
import struct
from dataclasses import dataclass, field
from pathlib import Path

HERE = Path(__file__).parent
SOURCES = HERE.parent
LANGUAGES = ("ru", "uk")
FORMS = 3
_PLURAL = "(n%10==1 && n%100!=11 ? 0 : n%10>=2 && n%10<=4 && (n%100<10 || n%100>=20) ? 1 : 2)"

Key = tuple[str, ...]
"""The English text, or its singular and plural."""


@dataclass
class Catalogue:
    """Translations of one language; an untranslated text has empty strings."""

    language: str
    entries: dict[Key, tuple[str, ...]] = field(default_factory=dict)
    obsolete: dict[Key, tuple[str, ...]] = field(default_factory=dict)
    """Translations of texts that the sources no longer hold."""
    fuzzy: set[Key] = field(default_factory=set)

    def missing(self) -> list[Key]:
        """Texts without a translation in all their forms."""
        return sorted(key for key, strings in self.entries.items() if not all(strings))

    def updated(self, texts: set[Key], *, tidy: bool = False) -> Catalogue:
        """The catalogue of exactly these texts; what is no longer used becomes obsolete, or goes with ``tidy``."""
        known = {**self.obsolete, **self.entries}
        entries = {key: known.get(key, ("",) * (FORMS if len(key) == 2 else 1)) for key in texts}
        left = {key: strings for key, strings in known.items() if key not in texts and any(strings)}
        return Catalogue(self.language, entries, {} if tidy else left, self.fuzzy & texts)


def po_path(language: str) -> Path:
    """Where the catalogue of a language is kept."""
    return HERE / language / "LC_MESSAGES" / "audit.po"


def extract(folder: Path = SOURCES) -> set[Key]:
    """Every text given to ``say(...)`` and ``say.plural(...)`` in the Python files and templates under ``folder``.

    Of the toolkit itself also the meanings of its tables and columns.

    ``ValueError`` names the places where the first argument is not a literal and so cannot be translated.
    """
    texts: set[Key] = set()
    wrong: list[str] = []
    for path in sorted(folder.rglob("*.py")):
        found, lines = _python_texts(path.read_text(encoding="utf-8"))
        texts |= found
        wrong += [f"{path.relative_to(folder)}:{line}" for line in lines]
    for path in sorted(folder.rglob("templates/*.html")):
        texts |= _template_texts(path)
    if folder == SOURCES:
        texts |= _dictionary_texts()
    if wrong:
        raise ValueError(f"say() needs a literal text in {', '.join(wrong)}")
    return texts


def _dictionary_texts() -> set[Key]:
    """What tables and columns mean: data, not arguments of ``say``; spoken by ``say.known``."""
    from helpers.sources.tables import TABLES

    meanings = [table.meaning for table in TABLES.values()]
    meanings += [column.meaning for table in TABLES.values() for column in table.columns]
    return {(meaning,) for meaning in meanings}


def _python_texts(source: str) -> tuple[set[Key], list[int]]:
    texts: set[Key] = set()
    wrong: list[int] = []
    for node in ast.walk(ast.parse(source)):
        count = _texts_wanted(node.func) if isinstance(node, ast.Call) else 0
        if not count or not isinstance(node, ast.Call):
            continue
        strings = [a.value for a in node.args[:count] if isinstance(a, ast.Constant) and isinstance(a.value, str)]
        if len(strings) == count:
            texts.add(tuple(strings))
        else:
            wrong.append(node.lineno)
    return texts, wrong


def _texts_wanted(called: ast.expr) -> int:
    """1 for ``say`` and ``x.say``, 2 for their ``.plural``, else 0."""

    def is_say(node: ast.expr) -> bool:
        return (isinstance(node, ast.Name) and node.id == "say") or (
            isinstance(node, ast.Attribute) and node.attr == "say"
        )

    if is_say(called):
        return 1
    return 2 if isinstance(called, ast.Attribute) and called.attr == "plural" and is_say(called.value) else 0


def _template_texts(path: Path) -> set[Key]:
    from jinja2 import Environment, nodes

    texts: set[Key] = set()
    for call in Environment(autoescape=True).parse(path.read_text(encoding="utf-8")).find_all(nodes.Call):
        if isinstance(call.node, nodes.Name) and call.node.name == "say":
            text = call.args[0]
            if not isinstance(text, nodes.Const):
                raise ValueError(f"say() needs a literal text in {path.name}:{call.lineno}")
            texts.add((str(text.value),))
    return texts


def read(language: str, path: Path | None = None) -> Catalogue:
    """The catalogue on disk; an empty one where there is none."""
    from babel.messages.pofile import read_po

    catalogue = Catalogue(language)
    file = path or po_path(language)
    if not file.is_file():
        return catalogue
    with file.open("rb") as stream:
        parsed = read_po(stream, locale=language)
    for message in parsed:
        if message.id:
            key = _key(message.id)
            catalogue.entries[key] = _strings(message.string)
            if message.fuzzy:
                catalogue.fuzzy.add(key)
    catalogue.obsolete = {_key(message.id): _strings(message.string) for message in parsed.obsolete.values()}
    return catalogue


def _key(text: str | tuple[str, ...] | list[str]) -> Key:
    return (text,) if isinstance(text, str) else tuple(text)


def _strings(text: str | tuple[str, ...] | list[str] | None) -> tuple[str, ...]:
    return _key(text or "")


def to_po(catalogue: Catalogue) -> str:
    """The text of ``audit.po``."""
    header = "".join(f'"{line}\\n"\n' for line in _header(catalogue.language).splitlines())
    blocks = [f'msgid ""\nmsgstr ""\n{header}']
    for key, strings in sorted(catalogue.entries.items()):
        blocks.append(("#, fuzzy\n" if key in catalogue.fuzzy else "") + _block(key, strings))
    for key, strings in sorted(catalogue.obsolete.items()):
        blocks.append("".join(f"#~ {line}\n" for line in _block(key, strings).splitlines()))
    return "\n".join(blocks)


def _header(language: str) -> str:
    return (
        f"Project-Id-Version: alignment-audit\nLanguage: {language}\nMIME-Version: 1.0\n"
        "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n"
        f"Plural-Forms: nplurals={FORMS}; plural={_PLURAL};\n"
    )


def _block(key: Key, strings: tuple[str, ...]) -> str:
    lines = [f"msgid {_quoted(key[0])}"]
    if len(key) == 2:
        lines.append(f"msgid_plural {_quoted(key[1])}")
        lines += [f"msgstr[{i}] {_quoted(string)}" for i, string in enumerate(strings)]
    else:
        lines.append(f"msgstr {_quoted(strings[0])}")
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    from babel.messages.pofile import normalize

    return str(normalize(text, width=110))


def to_mo(catalogue: Catalogue) -> bytes:
    """``audit.mo`` as gettext reads it: translated, unguessed texts only."""
    pairs = {b"": _header(catalogue.language).encode()}
    for key, strings in catalogue.entries.items():
        if all(strings) and key not in catalogue.fuzzy:
            pairs["\0".join(key).encode()] = "\0".join(strings).encode()
    ordered = sorted(pairs.items())
    texts = b"".join(text + b"\0" for text, _ in ordered)
    tables, heap = 28, 28 + 16 * len(ordered)
    ids, strings_table = b"", b""
    at_id, at_string = heap, heap + len(texts)
    for text, string in ordered:
        ids += struct.pack("<II", len(text), at_id)
        strings_table += struct.pack("<II", len(string), at_string)
        at_id += len(text) + 1
        at_string += len(string) + 1
    head = struct.pack("<7I", 0x950412DE, 0, len(ordered), tables, tables + 8 * len(ordered), 0, heap)
    return head + ids + strings_table + texts + b"".join(string + b"\0" for _, string in ordered)
