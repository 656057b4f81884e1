"""Writing sources and meanings of stages into client.yml: the lines concerned change, every other byte stays, comments
above all.

ruamel.yaml says where each key stands; the text between is never dumped anew. What was written is read back, and
nothing reaches the disk that does not hold exactly the old data and the new source.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from pydantic import ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from helpers.client import CLIENT_FILE, Client, Source, read_client
from helpers.errors import ClientFileError, Problem
from helpers.validation import problems_of
from helpers.whole import write_whole
from helpers.yamlfile import read_yaml

Edit = tuple[int, int, str]
"""Characters from..to of the text, and what stands there afterwards."""
_WORDS = re.compile(r"[A-Za-zА-Яа-яЁёІіЇїЄєҐґ][\wА-Яа-я ./*()-]*[\w*).]|\w")
"""What YAML reads as text without quotes; beside words such as "yes" and "null"."""


def write_sources(client: Client, entries: Mapping[str, Mapping[str, Any]]) -> Client:
    """Put sources into client.yml and read it again.

    Args:
        client: whose file.
        entries: ``file`` of a source → its keys. A source that names this file already is changed key by key, and keys
            that are not given stay; any other is added at the end of ``sources``.

    Returns:
        The client as the file says now.

    Raises:
        ClientFileError: the file has changed into something unreadable, cannot be changed safely, or cannot be written.
    """

    def changed(text: str) -> str:
        for file, keys in entries.items():
            entry = {"file": file, **keys}
            try:
                Source.model_validate(entry)
            except ValidationError as error:
                raise ClientFileError(problems_of(error, Source, CLIENT_FILE)) from None
            text = with_source(text, entry)
        return text

    return _rewritten(client, changed)


def write_outcomes(client: Client, meanings: Mapping[tuple[str, str], Mapping[str, str]]) -> Client:
    """Put meanings of stages into client.yml and read it again.

    Args:
        client: whose file.
        meanings: (pipeline or "*", stage) → ``outcome`` and ``stage``.

    Raises:
        ClientFileError: as of :func:`write_sources`.
    """
    return _rewritten(client, lambda text: with_outcomes(text, meanings))


def _rewritten(client: Client, change: Callable[[str], str]) -> Client:
    path = client.folder / CLIENT_FILE
    read = read_yaml(path, CLIENT_FILE)
    if isinstance(read, list):
        raise ClientFileError(read)
    raw = path.read_bytes().decode("utf-8")
    mark = "\ufeff" if raw.startswith("\ufeff") else ""
    text = change(raw.removeprefix(mark))
    try:
        write_whole(path, mark + text)
    except OSError as error:
        raise ClientFileError([Problem(f"cannot be written ({error.strerror})", "", CLIENT_FILE)]) from error
    return read_client(client.folder)


def with_outcomes(text: str, meanings: Mapping[tuple[str, str], Mapping[str, str]]) -> str:
    """The text of a client.yml with these meanings of stages in it.

    Raises:
        ClientFileError: the file is written in a way that this cannot change without touching more.
    """
    end = "\r\n" if "\r\n" in text else "\n"
    before = _data(text) or {}
    outcomes = {pipeline: dict(stages) for pipeline, stages in (before.get("outcomes") or {}).items()}
    for (pipeline, stage), meaning in meanings.items():
        outcomes.setdefault(pipeline, {})[stage] = dict(meaning)
    node = _yaml().compose(text)
    edits: list[Edit] | None = None
    if isinstance(node, MappingNode) and "outcomes" in before:
        edits = _changed(text, node, {"outcomes": outcomes}, end)
    elif isinstance(node, MappingNode) and not node.flow_style:
        lines = [f"{'' if text.endswith(chr(10)) else end}{end}outcomes:"]
        for pipeline, stages in outcomes.items():
            lines.append(f"  {_flow(pipeline)}:")
            lines += [f"    {_flow(stage)}: {_flow(meaning)}" for stage, meaning in stages.items()]
        edits = [(len(text), len(text), end.join(lines) + end)]
    result = _applied(text, edits) if edits is not None else text
    if edits is None or not _holds(result, {**before, "outcomes": outcomes}):
        todo = f"write it by hand under outcomes: {_flow(outcomes)}"
        raise ClientFileError(
            [Problem("outcomes are written in a way that is not changed by itself", todo, CLIENT_FILE)]
        )
    return result


def with_source(text: str, entry: Mapping[str, Any]) -> str:
    """The text of a client.yml with this source in it.

    Raises:
        ClientFileError: the file is written in a way that this cannot change without touching more.
    """
    end = "\r\n" if "\r\n" in text else "\n"
    before = _data(text)
    wanted = _merged(before, entry)
    node = _yaml().compose(text)
    edits = _edits(text, node, entry, end) if isinstance(node, MappingNode) else None
    result = _applied(text, edits) if edits is not None else text
    if edits is None or not _holds(result, wanted):
        todo = f"write it by hand under sources: {_flow(entry)}"
        raise ClientFileError(
            [Problem("sources are written in a way that is not changed by itself", todo, CLIENT_FILE)]
        )
    return result


def _yaml() -> YAML:
    return YAML(typ="safe", pure=True)


def _data(text: str) -> Any:
    return _yaml().load(text)


def _holds(text: str, wanted: Any) -> bool:
    try:
        return bool(_data(text) == wanted)
    except YAMLError:
        return False


def _merged(data: Any, entry: Mapping[str, Any]) -> Any:
    """What the file must hold afterwards."""
    sources = [dict(source) for source in data.get("sources") or ()]
    for source in sources:
        if source.get("file") == entry["file"]:
            source.update(entry)
            break
    else:
        sources.append(dict(entry))
    return {**data, "sources": sources}


def _edits(text: str, top: MappingNode, entry: Mapping[str, Any], end: str) -> list[Edit] | None:
    found = next(((key, value) for key, value in top.value if key.value == "sources"), None)
    if found is None:
        lead = "" if text.endswith("\n") or not text else end
        body = _block(entry, "  ", end)
        return [(len(text), len(text), f"{lead}{end}sources:{end}{body}")] if not top.flow_style else None
    key, sources = found
    if not isinstance(sources, SequenceNode):
        # "sources:" with nothing behind it.
        at = key.end_mark.index + 1
        return [(at, at, f"{end}{_block(entry, '  ', end).removesuffix(end)}")]
    for item in sources.value:
        if isinstance(item, MappingNode) and _plain(item, "file") == entry["file"]:
            return _changed(text, item, entry, end)
    if sources.flow_style:
        if not sources.value:
            return [(sources.start_mark.index, sources.end_mark.index, f"[{_flow(entry)}]")]
        at = _end(sources.value[-1])
        return [(at, at, f", {_flow(entry)}")]
    dash = text.rfind("-", 0, sources.value[0].start_mark.index)
    indent = text[text.rfind("\n", 0, dash) + 1 : dash]
    return _behind(text, sources.value[-1], _block(entry, indent, end), end)


def _changed(
    text: str, node: MappingNode, wanted: Mapping[str, Any], end: str, *, only: bool = False
) -> list[Edit] | None:
    """Edits after which a map holds these keys; ``only``: and no others. None where comments would go with them."""
    edits: list[Edit] = []
    for key, value in node.value:
        name = key.value
        if name not in wanted:
            if only and node.flow_style:
                return _anew(text, node, wanted)
            edits += [_without(text, key, value)] if only else []
        elif _value(value) != wanted[name]:
            inner = wanted[name]
            nested = isinstance(value, MappingNode) and isinstance(inner, Mapping) and value.value
            more = _changed(text, value, inner, end, only=True) if nested else _anew(text, value, inner)
            if more is None:
                return None
            edits += more
    there = {key.value for key, _ in node.value}
    new = [name for name in wanted if name not in there]
    if not new:
        return edits
    if node.flow_style:
        at = _end(node.value[-1][1])
        return [*edits, (at, at, "".join(f", {_flow(name)}: {_flow(wanted[name])}" for name in new))]
    indent = " " * node.start_mark.column
    lines = "".join(f"{indent}{_flow(name)}: {_flow(wanted[name])}{end}" for name in new)
    return [*edits, *_behind(text, node.value[-1][1], lines, end)]


def _anew(text: str, node: Node, value: Any) -> list[Edit] | None:
    """A value written anew; not where a comment may stand inside."""
    start, stop = node.start_mark.index, _end(node)
    return None if "#" in text[start:stop] and "\n" in text[start:stop] else [(start, stop, _flow(value))]


def _without(text: str, key: Node, value: Node) -> Edit:
    """A key's line taken out; a comment behind it stays."""
    start, stop = key.start_mark.index, _end(value)
    line = text.find("\n", stop)
    if line >= 0 and not text[stop:line].strip():
        return (text.rfind("\n", 0, start) + 1, line + 1, "")
    return (start, stop, "")


def _behind(text: str, node: Node, lines: str, end: str) -> list[Edit]:
    """Lines put behind the line on which a node ends, whatever comment stands there."""
    at = text.find("\n", _end(node)) + 1
    if not at:
        return [(len(text), len(text), f"{end}{lines}")]
    return [(at, at, lines)]


def _end(node: Node) -> int:
    """Where a node really ends: ruamel counts blank lines and comments behind a block to it."""
    if isinstance(node, MappingNode) and not node.flow_style and node.value:
        return _end(node.value[-1][1])
    if isinstance(node, SequenceNode) and not node.flow_style and node.value:
        return _end(node.value[-1])
    return int(node.end_mark.index)


def _applied(text: str, edits: list[Edit]) -> str:
    for start, stop, written in sorted(edits, reverse=True):
        text = text[:start] + written + text[stop:]
    return text


def _plain(item: MappingNode, name: str) -> Any:
    return next((value.value for key, value in item.value if key.value == name), None)


def _value(node: Node) -> Any:
    """The data of a node."""
    if isinstance(node, MappingNode):
        return {key.value: _value(value) for key, value in node.value}
    if isinstance(node, SequenceNode):
        return [_value(value) for value in node.value]
    return _yaml().load(node.value) if isinstance(node, ScalarNode) and node.style is None else node.value


def _block(entry: Mapping[str, Any], indent: str, end: str) -> str:
    """A source as an item of a list, a key a line, the column map a header a line."""
    lines: list[str] = []
    for name, value in entry.items():
        if isinstance(value, Mapping) and len(value) > 2:
            lines.append(f"{_flow(name)}:")
            lines += [f"  {_flow(key)}: {_flow(one)}" for key, one in value.items()]
        else:
            lines.append(f"{_flow(name)}: {_flow(value)}")
    return "".join(f"{indent}{'- ' if not number else '  '}{line}{end}" for number, line in enumerate(lines))


def _flow(value: Any) -> str:
    """A value on one line; texts are quoted unless they are plain words."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_flow(key)}: {_flow(one)}" for key, one in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_flow(one) for one in value) + "]"
    if isinstance(value, bool) or value is None:
        return {True: "true", False: "false", None: "null"}[value]
    if not isinstance(value, str):
        return str(value)
    if _WORDS.fullmatch(value) and _data(value) == value:
        return value
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(char if char.isprintable() else f"\\U{ord(char):08x}" for char in escaped) + '"'


__all__ = ["with_outcomes", "with_source", "write_outcomes", "write_sources"]
