"""YAML that a person wrote, with the line of every key, so that an error can point at it.

YAML 1.2 (``on``, ``yes`` and ``09:00`` are text, as people expect). Tags, anchors and merge keys are refused: a
client's folder is data from outside, it may neither build objects nor grow without end.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import AliasEvent, NodeEvent, ScalarEvent
from ruamel.yaml.nodes import MappingNode, Node, SequenceNode

from helpers.errors import Problem

MAX_BYTES = 1_000_000

Location = tuple[str | int, ...]


@dataclass
class YamlText:
    """A parsed file: ``data`` and the line (from 1) of every key and item in ``lines``."""

    data: Any
    lines: dict[Location, int] = field(default_factory=dict)

    def line(self, location: Location) -> int | None:
        """Line of a key, else of its nearest parent that has one."""
        while location:
            if location in self.lines:
                return self.lines[location]
            location = location[:-1]
        return self.lines.get(())


def read_yaml(path: Path, name: str) -> YamlText | list[Problem]:
    """Read ``path``; ``name`` is what messages call it. A list of problems when it cannot be used."""
    try:
        size = path.stat().st_size
        if size > MAX_BYTES:
            return [Problem(f"the file holds {size:,} bytes", f"at most {MAX_BYTES:,}", name)]
        text = path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        return [Problem("there is no such file", "make one with `audit new`", name)]
    except UnicodeDecodeError as error:
        return [Problem(f"byte {error.start + 1} is not UTF-8", "save the file as UTF-8", name)]
    except OSError as error:
        return [Problem(f"cannot be read ({error.strerror})", "", name)]
    if not text.strip():
        return [Problem("the file is empty", "make a commented one with `audit new`", name)]
    try:
        refused = _refused(text, name)
        if refused:
            return refused
        node = _yaml().compose(text)
        data = _yaml().load(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        what = " ".join(str(error.problem or error.context or "broken").split())
        return [
            Problem(f"not YAML: {what}", "check quotes, colons and indents here", name, mark.line + 1 if mark else None)
        ]
    except (YAMLError, ValueError, RecursionError) as error:
        return [Problem(f"not YAML: {' '.join(str(error).split())[:200]}", "", name)]
    result = YamlText(data)
    if node is not None:
        _walk(node, (), result.lines)
    return result


def _yaml() -> YAML:
    yaml = YAML(typ="safe", pure=True)
    yaml.allow_duplicate_keys = False
    return yaml


def _refused(text: str, name: str) -> list[Problem]:
    problems = []
    for event in _yaml().parse(text):
        line = event.start_mark.line + 1
        if isinstance(event, AliasEvent) or (isinstance(event, NodeEvent) and event.anchor):
            problems.append(Problem("an anchor or alias (& or *)", "write the value out", name, line))
        elif isinstance(event, NodeEvent) and (tag := getattr(event, "tag", None)) is not None:
            problems.append(Problem(f"a YAML tag ({tag})", "tags are not allowed; write plain values", name, line))
        elif isinstance(event, ScalarEvent) and event.value == "<<" and event.style is None:
            problems.append(Problem("a merge key (<<)", "write the values out", name, line))
    return problems


def _walk(node: Node, location: Location, lines: dict[Location, int]) -> None:
    lines.setdefault(location, node.start_mark.line + 1)
    if isinstance(node, MappingNode):
        for key, value in node.value:
            place = (*location, str(key.value))
            lines[place] = key.start_mark.line + 1
            _walk(value, place, lines)
    elif isinstance(node, SequenceNode):
        for index, value in enumerate(node.value):
            lines[(*location, index)] = value.start_mark.line + 1
            _walk(value, (*location, index), lines)
