"""One spelling for each channel, campaign and manager: what is surely the same is one, the similar is proposed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path

from ruamel.yaml import YAML

from helpers.sources.rawfiles import normal
from helpers.sources.repair import skeleton

LIKELY = 86
"""Likeness (0-100) from which two names are worth a question."""
PROPOSED = 12
SHORT = 4
"""Names of fewer letters are like too many others."""


def key(text: str) -> str:
    """A name as it is compared: no case, one space, Cyrillic letters that look like Latin ones are those."""
    return skeleton(normal(text))


@lru_cache
def usual_channels() -> dict[str, str]:
    """Spelling of a source, as compared → the name in channels.yml."""
    path = Path(__file__).with_name("channels.yml")
    groups: dict[str, list[str]] = YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8"))
    return {key(variant): name for name, variants in groups.items() for variant in (name, *variants)}


def canonical(
    spellings: Mapping[str, int],
    aliases: Mapping[str, tuple[str, ...]],
    usual: Mapping[str, str] | None = None,
) -> dict[str, str]:
    """Spelling → the one name to show.

    The client's alias; else, where several spellings of one group of ``usual`` occur, the group's name; else the
    commonest that differs in case, spaces and look-alike letters only.
    """
    usual = usual or {}
    by_alias = {key(variant): name for name, variants in aliases.items() for variant in (name, *variants)}
    # A client who names some spellings of a group means all of them.
    by_group = {usual[word]: name for word, name in reversed(by_alias.items()) if word in usual}
    commonest: dict[str, str] = {}
    for text in sorted(spellings, key=lambda word: (-spellings[word], word)):
        commonest.setdefault(key(text), " ".join(text.split()))
    members: dict[str, int] = {}
    for word in commonest:
        if word in usual:
            members[usual[word]] = members.get(usual[word], 0) + 1

    def shown(text: str) -> str:
        word = key(text)
        if word in by_alias:
            return by_alias[word]
        group = usual.get(word)
        if group in by_group:
            return by_group[group]
        return group if group is not None and members[group] > 1 else commonest[word]

    return {text: shown(text) for text in spellings}


def alike(names: Iterable[str], others: Iterable[str] | None = None) -> list[tuple[str, str]]:
    """Pairs of names so similar that they may be one, the likest first: (name, of ``others`` or of the names)."""
    from rapidfuzz import fuzz, process

    names, others = list(names), None if others is None else list(others)
    left = {name: _bare(name) for name in sorted(set(names)) if len(_bare(name)) >= SHORT}
    right = left if others is None else {name: _bare(name) for name in sorted(set(others)) if len(_bare(name)) >= SHORT}
    found: dict[frozenset[str], tuple[float, str, str]] = {}
    for name, word in left.items():
        choices = {other: text for other, text in right.items() if other != name and _numbers(text) == _numbers(word)}
        for _, likeness, other in process.extract(word, choices, scorer=fuzz.ratio, score_cutoff=LIKELY, limit=1):
            found.setdefault(frozenset((name, other)), (-likeness, name, other))
    return [(name, other) for _, name, other in sorted(found.values())]


def _numbers(text: str) -> list[str]:
    # "Offer 1" and "Offer 2" are alike and are two.
    return re.findall(r"\d+", text)


def _bare(name: str) -> str:
    """Letters and digits only: "performance_max|RU" is like "Performance Max RU"."""
    return "".join(letter for letter in key(name) if letter.isalnum())
