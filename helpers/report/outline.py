"""The report as one column of pieces, in reading order: what a paged document sets, whatever its format.

PDF and DOCX set the same pieces, so figure 7 is figure 7 in both. Pieces hold finished text in the report's language;
escaping is the writer's. Tables that the page folds away stand at the end, and each picture says where its numbers are.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import count
from textwrap import wrap
from typing import Literal

from helpers.language import NBSP, Language
from helpers.report.model import (
    Action,
    Block,
    Column,
    Exhibit,
    Figure,
    Handout,
    Report,
    ScoreCard,
    Section,
    Table,
)

LOWEST, HIGHEST = 20, 100
"""Ends of the score's scale."""


@dataclass(frozen=True)
class Heading:
    """A heading; those of level 1 stand in the contents, all others in the listing at the end."""

    text: str
    level: int = 1
    key: str = ""
    """What links to it call it."""
    new_page: bool = False
    may_share: bool = False
    """Where a format can tell how full a page is: the chapter may begin on one of which much is left."""
    one_page: bool = False
    """What it heads should stand on one page, in smaller letters if need be."""
    whole: bool = False
    """What it heads is short and stands on one page; with ``may_share`` on the rest of one, if it has the room."""
    listed: bool = False
    """Of level 2, and in the contents all the same: somebody will look for it."""


@dataclass(frozen=True)
class Text:
    """A paragraph."""

    text: str
    look: Literal["body", "lead", "note", "strong"] = "body"


@dataclass(frozen=True)
class Items:
    """A list of bullets or of steps."""

    items: tuple[str, ...]
    numbered: bool = False


@dataclass(frozen=True)
class Framed:
    """A framed explanation."""

    title: str
    text: tuple[str, ...]
    tone: str


@dataclass(frozen=True)
class Card:
    """A named thing with what is to be known about it; ``mark`` stands at the right of its name."""

    title: str
    mark: str = ""
    text: str = ""
    pairs: tuple[tuple[str, str], ...] = ()
    tone: str = "neutral"


@dataclass(frozen=True)
class Picture:
    """A figure with its number; ``label`` is the number as written ("Figure 7"); 0: one of a handout, not counted."""

    figure: Figure
    number: int
    label: str
    caption: str
    see: str = ""
    """Where its numbers are, if not below: "The numbers: table 12"."""
    see_key: str = ""


@dataclass(frozen=True)
class Numbers:
    """A table with its number; 0, without label and caption: a table of a handout, which is not counted."""

    table: Table
    number: int = 0
    label: str = ""
    caption: str = ""
    key: str = ""
    at_the_end: bool = False
    """It stands among the numbers behind the figures."""


@dataclass(frozen=True)
class Blank:
    """A line to be filled in by hand, named by its text."""

    text: str
    close: bool = False
    """Little room above it: its page is full."""


@dataclass(frozen=True)
class Listing:
    """All headings of chapters and exhibits with their pages: the contents in front name chapters only."""


Piece = Heading | Text | Items | Framed | Card | Picture | Numbers | Blank | Listing


def outline(report: Report, say: Language, full: Collection[str] = ()) -> list[Piece]:
    """All that follows the first page; ``full``: keys of handouts that just fill their page."""
    return list(_Outline(report, say, full).pieces())


def handout_pieces(handout: Handout, level: int, *, close: bool = False) -> Iterator[Piece]:
    """What stands below a handout's title; its headings are of ``level``, its lines to fill in perhaps ``close``."""
    for block in handout.blocks:
        for piece in _block(block, level):
            yield replace(piece, close=close) if isinstance(piece, Blank) else piece


def findings_title(report: Report, say: Language) -> str:
    """What stands above the findings: those of a client are about money, those of many clients are not."""
    return say("Strongest findings in money") if report.score is not None else say("What stands out")


def action_pairs(action: Action, say: Language) -> tuple[tuple[str, str], ...]:
    """What is to be known about an action, each with its name; what nobody has said is left out."""
    pairs = (
        (say("Why it matters"), action.why),
        (say("Responsible"), action.owner),
        (say("First step"), action.first_step),
        (say("Effort"), action.effort),
        (say("Figure to watch"), action.watch),
        (say("Look at it again"), action.look_again),
    )
    return tuple((name, text) for name, text in pairs if text)


def action_line(action: Action, say: Language) -> str:
    """Who does it and when it is looked at again, in a line."""
    parts = (
        say("Responsible: {who}", who=action.owner) if action.owner else "",
        say("Look at it again: {date}", date=action.look_again) if action.look_again else "",
    )
    return " · ".join(part for part in parts if part)


def on_scale(score: float) -> float:
    """Where a score stands on its scale, 0-1."""
    return (min(max(score, LOWEST), HIGHEST) - LOWEST) / (HIGHEST - LOWEST)


class _Outline:
    """Counts figures and tables while it walks through the report."""

    def __init__(self, report: Report, say: Language, full: Collection[str] = ()) -> None:
        self.report, self.say, self.full = report, say, full
        self.figures, self.tables = count(1), count(1)
        # Tables are numbered as they are met: those at the end come after all that stand in the chapters.
        inside = sum(
            not _folded(exhibit)
            for section in report.sections
            for exhibit in section.exhibits
            if exhibit.table is not None
        )
        self.folded_tables = count(inside + 1)
        self.later: list[Numbers] = []

    def pieces(self) -> Iterator[Piece]:
        report, say = self.report, self.say
        yield from self.days()
        if report.score is not None:
            yield from self.score(report.score)
        bare = False
        for section in report.sections:
            # A chapter that can only say what is missing shares its page with the next.
            yield from self.section(section, new_page=not bare)
            bare = not section.exhibits
        if report.method:
            yield Heading(say("Method in brief"), key="method", new_page=True, may_share=True, whole=True)
            for box in report.method:
                yield Heading(box.title, 2)
                yield from _texts(box.text)
        if report.handouts:
            yield Heading(say("Working documents"), key="handouts", new_page=True)
            for number, handout in enumerate(report.handouts):
                yield Heading(handout.title, 2, f"h-{handout.key}", new_page=number > 0, listed=True)
                yield from handout_pieces(handout, 3, close=handout.key in self.full)
        if self.later:
            yield Heading(say("Numbers behind the figures"), key="numbers", new_page=True)
            yield from self.later
        if report.sections:
            yield Heading(say("All findings"), key="listing", new_page=True)
            yield Listing()
        yield from self.sources()

    def days(self) -> Iterator[Piece]:
        """The 30-60-90-day page: actions in full, what falls into which month, when the next audit is."""
        report, say = self.report, self.say
        if not (report.days or report.actions or report.next_audit):
            return
        yield Heading(say("The first 90 days"), key="days", new_page=True, one_page=True)
        for number, action in enumerate(report.actions, 1):
            yield Card(f"{number}. {action.title}", action.amount, pairs=action_pairs(action, say))
        for stretch in report.days:
            yield Heading(stretch.title, 2)
            yield Items(stretch.items)
        if report.next_audit:
            yield Text(say("Next audit: {date}", date=report.next_audit), "strong")

    def score(self, card: ScoreCard) -> Iterator[Piece]:
        say = self.say
        if card.readings or card.states:
            yield Heading(say("How to read the score"), key="reading-the-score", new_page=True, one_page=True)
        if card.readings:
            yield Text(say("Four checks, in this order, before the number is used:"))
        for number, reading in enumerate(card.readings, 1):
            yield Card(f"{number}. {reading.title}", text=reading.text, tone=reading.tone)
        if card.states:
            yield Heading(say("The four states"), 2)
        for state in card.states:
            pairs = (
                (say("What to do next"), state.next_step),
                (say("When to move on"), state.move_on),
                (say("When to stay"), state.stay),
            )
            yield Card(
                f"{state.label}, {state.range}",
                say("You are here") if state.current else "",
                state.meaning,
                tuple((name, text) for name, text in pairs if text),
                "current" if state.current else "neutral",
            )

    def section(self, section: Section, *, new_page: bool = True) -> Iterator[Piece]:
        yield Heading(section.title, key=f"s-{section.key}", new_page=new_page, may_share=True)
        yield from _texts(section.lead, "lead")
        for box in section.boxes:
            yield Framed(box.title, box.text, box.tone)
        for exhibit in section.exhibits:
            yield from self.exhibit(exhibit, f"{section.key}-{exhibit.key}")

    def exhibit(self, exhibit: Exhibit, key: str) -> Iterator[Piece]:
        say = self.say
        yield Heading(exhibit.title, 2, f"x-{key}")
        # The finding stands above already: a caption says where the numbers are from.
        source = exhibit.note
        numbers = None
        if exhibit.table is not None:
            n = next(self.folded_tables if _folded(exhibit) else self.tables)
            numbers = Numbers(exhibit.table, n, say("Table {n}", n=n), source, f"t-{key}")
        if exhibit.figure is not None and exhibit.figure.svg:
            n = next(self.figures)
            label = say("Figure {n}", n=n)
            if numbers is not None:
                numbers = replace(numbers, caption=say("{figure}: the numbers", figure=label))
            if numbers is not None and _folded(exhibit):
                see = say("The numbers: {table}", table=numbers.label.replace(" ", NBSP))
                yield Picture(exhibit.figure, n, label, source, see, numbers.key)
                self.later.append(replace(numbers, at_the_end=True))
                numbers = None
            else:
                yield Picture(exhibit.figure, n, label, source)
        elif exhibit.note and numbers is None:
            yield Text(exhibit.note, "note")
        yield from _texts(exhibit.reading)
        if numbers is not None:
            yield numbers

    def sources(self) -> Iterator[Piece]:
        """What was read, and what the report was made with."""
        report, say = self.report, self.say
        # Below the listing of findings, whose last page is seldom full.
        yield Heading(say("Files and version"), key="sources", new_page=not report.sections)
        pairs = [
            (say("Period"), say.period(*report.period)),
            (say("Data as of"), say.date(report.as_of)),
            (say("Currency"), report.currency),
        ]
        if report.version:
            pairs.append((say("Made with"), f"alignment-audit {report.version}"))
        yield from (Text(f"{name}: {text}") for name, text in pairs)
        if report.sources:
            columns = (
                Column(label=say("File")),
                Column(label=say("Rows"), kind="count"),
                Column(label=say("Fingerprint (SHA-256)")),
            )
            # In eights a fingerprint can be read aloud, and wraps.
            rows = tuple((file.name, file.rows, " ".join(wrap(file.sha256, 8))) for file in report.sources)
            n = next(self.folded_tables)
            label = say("Table {n}", n=n)
            yield Numbers(Table(columns=columns, rows=rows), n, label, say("Files that were read"), "t-sources")


def _folded(exhibit: Exhibit) -> bool:
    """Its table stands at the end: there is a picture to look at in its place."""
    return exhibit.figure is not None and bool(exhibit.figure.svg) and not exhibit.table_open


def _texts(texts: Iterable[str], look: Literal["body", "lead", "note"] = "body") -> Iterator[Text]:
    return (Text(text, look) for text in texts)


def _block(block: Block, level: int) -> Iterator[Piece]:
    if block.kind == "heading":
        yield Heading(block.text, level)
    elif block.kind == "text":
        yield Text(block.text)
    elif block.kind == "line":
        yield Blank(block.text)
    elif block.kind == "table":
        if block.text:
            yield Text(block.text, "strong")
        if block.table is not None:
            yield Numbers(block.table)
    elif block.kind == "picture":
        if block.figure is not None:
            yield Picture(block.figure, 0, "", block.text)
    else:
        if block.text:
            yield Text(block.text)
        yield Items(block.items, numbered=block.kind == "steps")
