"""The styles of a Word document: the report's own, or a consultant's with what they lack added."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from string import Template
from typing import Any

from lxml import etree

from helpers.report.look import light
from helpers.report.model import Brand

SOURCE = Path(__file__).parent / "templates" / "styles.xml"
W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
LANGUAGES = {"en": "en-US", "ru": "ru-RU", "uk": "uk-UA"}
SOFT = "#f3f5f8"
TIGHT_LETTERS, TIGHT_SPACES = 0.78, 0.3
"""Shares of the usual sizes."""
TITLE_ABOVE = 1.3
"""A title on a page that is to hold everything, against its headings: no larger than they need to be told apart."""
SINGLE = "240"
_FOUND_BY_NAME = ("basedOn", "next", "link")


def w(name: str) -> str:
    """The name of an element or attribute of WordprocessingML."""
    return f"{{{W}}}{name}"


class Styles:
    """Style names → the ids by which this document calls them."""

    def __init__(self, styles: Any, brand: Brand | None, lang: str, *, own: bool) -> None:
        """``styles`` is the document's w:styles; ``own`` replaces them all, else missing ones are added."""
        ours = _ours(brand, lang)
        if own:
            styles[:] = [copy.deepcopy(child) for child in ours]
        else:
            _add_missing(styles, ours)
        for language in styles.iter(w("lang")):
            language.set(w("val"), LANGUAGES[lang])
        self._ids = _ids(styles)
        self._styles = styles

    def __getitem__(self, name: str) -> str:
        return self._ids[name.casefold()]

    def tighten(self, letters: float = TIGHT_LETTERS, spaces: float = TIGHT_SPACES) -> None:
        """Letters and spaces of a page that is to hold everything, in shares of the usual: an agenda on one sheet."""
        for tag in ("sz", "szCs"):
            for size in self._styles.iter(w(tag)):
                size.set(w("val"), str(round(int(size.get(w("val"))) * letters)))
            heading = next(self._sizes("Heading1", tag))
            for title in self._sizes("Title", tag):
                title.set(w("val"), str(round(TITLE_ABOVE * int(heading.get(w("val"))))))
        for spacing in self._styles.iter(w("spacing")):
            for side, share in (("before", spaces), ("after", spaces)):
                if spacing.get(w(side)):
                    spacing.set(w(side), str(round(int(spacing.get(w(side))) * share)))
            if spacing.get(w("line")):
                spacing.set(w("line"), SINGLE)

    def _sizes(self, style: str, tag: str) -> Iterator[Any]:
        found = (one for one in self._styles.iterchildren(w("style")) if one.get(w("styleId")) == style)
        return (size for one in found for size in one.iter(w(tag)))


def _ours(brand: Brand | None, lang: str) -> Any:
    """The report's styles in the brand's colours."""
    colours = {name: value.removeprefix("#") for name, value in {**light(brand), "soft": SOFT}.items()}
    text = Template(_source()).substitute(colours, language=LANGUAGES[lang])
    return etree.fromstring(text.encode(), etree.XMLParser(remove_comments=True, remove_blank_text=True))


@cache
def _source() -> str:
    return SOURCE.read_text(encoding="utf-8")


def _ids(styles: Any) -> dict[str, str]:
    found: dict[str, str] = {}
    for style in styles.iterchildren(w("style")):
        name = style.find(w("name"))
        if name is not None:
            found.setdefault(name.get(w("val"), "").casefold(), style.get(w("styleId"), ""))
    return found


def _add_missing(styles: Any, ours: Any) -> None:
    """Add the styles whose names the document does not have; what they build on is what the document calls so."""
    theirs, names = _ids(styles), {style_id: name for name, style_id in _ids(ours).items()}
    taken = set(theirs.values())
    new = {
        name: style_id if style_id not in taken else f"{style_id}Report"
        for style_id, name in names.items()
        if name not in theirs
    }
    ids = {**theirs, **new}
    for style in ours.iterchildren(w("style")):
        name = names[style.get(w("styleId"))]
        if name not in new:
            continue
        added = copy.deepcopy(style)
        added.set(w("styleId"), new[name])
        # Only one style of a kind may be the default one, and the document has its own.
        added.attrib.pop(w("default"), None)
        for tag in _FOUND_BY_NAME:
            for link in added.findall(w(tag)):
                link.set(w("val"), ids[names[link.get(w("val"))]])
        styles.append(added)
