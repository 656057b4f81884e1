"""The report as data: what chapters hand over and what renderers draw. Nothing here knows a format or a chapter.

All classes are immutable and hold plain, already translated text: a renderer escapes, it never translates, and no
text is ever markup. ``report.json`` is ``Report.model_dump_json()``; the pictures lie beside it in ``figures/``.
"""

from __future__ import annotations

import base64
import datetime as dt
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

SCHEMA = 1

Kind = Literal["text", "count", "number", "money", "share", "percent", "points", "date", "month", "minutes", "days"]
"""How a cell is written. ``share`` is 0-1 shown as per cent; ``percent`` is already in per cent (ROMI)."""


class Model(BaseModel):
    """Immutable, strict about unknown keys."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Quantity(Model):
    """A number or a range in a column of texts: a reader is shown ``text``, who goes on counting needs the number.

    Each has its own kind, so a column may hold money above per cent; "too few to judge" beside it is a plain text.
    """

    text: str
    kind: Kind = "number"
    digits: int | None = None
    value: float | None = None
    low: float | None = None
    """The ends of its range, where it has one; ``value`` may be missing then."""
    high: float | None = None
    currency: str = ""
    """Of money that is not in the report's."""

    def __str__(self) -> str:
        return self.text


Cell = str | int | float | Quantity | None
"""None is "unknown" and is shown as "?" in counts and "-" elsewhere; dates are ISO text."""


class Column(Model):
    """A column of a table: header as shown, and how its cells are written."""

    label: str
    kind: Kind = "text"
    digits: int | None = None
    """Digits after the decimal mark; None: the kind's own default."""


class Table(Model):
    """The numbers behind a chart (or a table for its own sake)."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    note: str = ""
    total: bool = False
    """The last row is a total."""


class Figure(Model):
    """A picture: ``name`` is its file name in ``figures/`` without suffix, unique in the report."""

    name: str = Field(pattern=r"^[a-z0-9_-]+$")
    alt: str = Field(min_length=1)
    """Written from the numbers: what a person who cannot see the picture needs to know."""
    rows: tuple[tuple[float, ...], ...] = ()
    """Where its rows begin and end, in points from its top, group by group; () where it has none.

    What is above the first row and below the last belongs to all of them: a slide may show some rows with it.
    """
    svg: str = Field(default="", exclude=True, repr=False)
    """The picture itself; kept in figures/<name>.svg, not in report.json."""


class Exhibit(Model):
    """One message: a finding as title, a picture, how to read it, the numbers, and where they come from."""

    key: str = Field(pattern=r"^[a-z0-9_-]+$")
    title: str
    """The finding as a sentence with its number."""
    figure: Figure | None = None
    reading: tuple[str, ...] = ()
    """Two or three sentences: what is seen, how sure, what it means for whom."""
    table: Table | None = None
    table_open: bool = False
    """Show the table beside the picture rather than folded away."""
    note: str = ""
    """Source, period, sample."""


class Box(Model):
    """A framed explanation: "how to read this", a caution, what to collect."""

    title: str
    text: tuple[str, ...]
    tone: Literal["explain", "caution", "missing"] = "explain"


class Section(Model):
    """A chapter of the report."""

    key: str = Field(pattern=r"^[a-z0-9_-]+$")
    title: str
    lead: tuple[str, ...] = ()
    """Opening paragraphs."""
    boxes: tuple[Box, ...] = ()
    exhibits: tuple[Exhibit, ...] = ()


class Finding(Model):
    """A candidate for the first page."""

    text: str
    """One sentence with its number."""
    money: float | None = None
    """How much money it is about (for ranking; absolute value), in the client's currency."""
    amount: str = ""
    """The money as written on the first page."""
    detail: str = ""
    """One sentence: how sure, over which period."""
    section: str = ""
    """Key of the section that shows it."""


class Action(Model):
    """One thing to do first: who, how it starts, what it is worth, when it is looked at again."""

    title: str
    """What to do, one sentence."""
    why: str = ""
    """The finding it answers, with its number."""
    owner: str
    """The role or department that owns it."""
    first_step: str = ""
    effort: str = ""
    """Hours and who gives them."""
    watch: str = ""
    """The figure that shows whether it works."""
    look_again: str = ""
    """Date, as written, on which it is looked at again."""
    money: float | None = None
    """Profit a month it is worth, in the client's currency; None: cannot be said."""
    amount: str = ""
    """The same as written, with its range."""
    section: str = ""
    """Key of the section that shows it."""


class Stretch(Model):
    """A part of the 30-60-90-day page."""

    title: str
    """"Days 1-30, until 15 August"."""
    items: tuple[str, ...]


class Block(Model):
    """A part of a handed-over page. ``items`` of bullets and steps; ``line`` is filled in by hand."""

    kind: Literal["heading", "text", "bullets", "steps", "table", "line", "picture"]
    text: str = ""
    items: tuple[str, ...] = ()
    table: Table | None = None
    figure: Figure | None = None


class Handout(Model):
    """A page to be used by itself: the sign-off page, a meeting regulation, a definition. One DOCX each, too."""

    key: str = Field(pattern=r"^[a-z0-9_-]+$")
    title: str
    blocks: tuple[Block, ...]


class Reading(Model):
    """One step of "how to read this score": what was checked, what was found."""

    title: str
    text: str
    tone: Literal["good", "neutral", "caution"] = "neutral"


class State(Model):
    """One of the four states of the score."""

    key: str
    label: str
    range: str
    meaning: str
    next_step: str
    stay: str
    move_on: str = ""
    """When it is time to leave this state for the next one."""
    current: bool = False


class ScoreCard(Model):
    """The score on the first page. ``total`` None: there is no score, and ``missing`` says why."""

    total: float | None = None
    total_text: str = ""
    """The total as it is written: "59.6" where "60" would stand beside the band below 60."""
    interval: tuple[float, float] | None = None
    band: str = ""
    """Label of the band, translated."""
    headline: str = ""
    """One line that says how to read it."""
    likelihood: str = ""
    """Probabilities of bands in words."""
    missing: str = ""
    marketing: float | None = None
    sales: float | None = None
    readings: tuple[Reading, ...] = ()
    """The four readings in order: who answered, spread, gap, data."""
    states: tuple[State, ...] = ()


class SourceFile(Model):
    """A file that was read, by name, size and hash; never a path outside the client's folder."""

    name: str
    rows: int | None = None
    sha256: str = ""


class Brand(Model):
    """Whose report it is: the consultant's name, logo, colours and words, read and checked by ``helpers/brand.py``.

    Renderers take colours from ``helpers/report/look.py``, never from here: it knows what a page without a brand
    looks like, and which colours of a chart may change.
    """

    name: str = Field(min_length=1)
    """The consultant or the firm, as it stands on the cover."""
    logo: str = Field(default="", repr=False)
    """The logo as ``data:image/png;base64,...`` or ``data:image/svg+xml;base64,...``; an SVG holds shapes only."""
    logo_size: tuple[float, float] = (0, 0)
    """Width and height of the logo in its own units; for its proportions."""
    primary: str = Field(default="#1f4fa8", pattern=r"^#[0-9a-f]{6}$")
    """Headings, cover; at least 4.5:1 on white."""
    secondary: str = Field(default="#5b6673", pattern=r"^#[0-9a-f]{6}$")
    """Lines and marks; at least 3:1 on white."""
    contact: str = ""
    """One line: how the consultant is reached."""
    footer: str = ""
    """One line at the foot of every page."""
    docx: bytes = Field(default=b"", exclude=True, repr=False)
    """The consultant's own Word document as template; kept beside report.json, not in it."""
    pptx: bytes = Field(default=b"", exclude=True, repr=False)
    """The same for slides."""

    @property
    def logo_type(self) -> Literal["png", "svg", ""]:
        """What the logo is; "" where there is none."""
        return "" if not self.logo else "svg" if self.logo.startswith("data:image/svg+xml") else "png"

    @property
    def logo_bytes(self) -> bytes:
        """The logo's file; b"" where there is none."""
        return base64.b64decode(self.logo.partition(",")[2])


class Report(Model):
    """All that a reader sees, in one language."""

    schema_version: int = SCHEMA
    lang: Literal["en", "ru", "uk"]
    title: str
    client: str
    currency: str
    period: tuple[dt.date, dt.date]
    as_of: dt.date
    brand: Brand | None = None
    """Whose report it is; None: nobody's name stands on it."""
    score: ScoreCard | None = None
    """None: a report about many clients, which has no score of its own."""
    findings: tuple[Finding, ...] = ()
    """Where money is lost or found, at most three, strongest first."""
    headline: str = ""
    """What is lost per month and where, one sentence; the first thing the owner reads."""
    actions: tuple[Action, ...] = ()
    """What to do first, at most three."""
    days: tuple[Stretch, ...] = ()
    """The 30-60-90-day page."""
    next_audit: str = ""
    """Date of the next audit, as written."""
    sections: tuple[Section, ...] = ()
    handouts: tuple[Handout, ...] = ()
    """The sign-off page and the templates: an appendix, and documents of their own."""
    method: tuple[Box, ...] = ()
    sources: tuple[SourceFile, ...] = ()
    version: str = ""
    """Version of the toolkit that made it."""

    def figures(self) -> tuple[Figure, ...]:
        """All figures in reading order."""
        shown = [x.figure for section in self.sections for x in section.exhibits]
        handed = [block.figure for handout in self.handouts for block in handout.blocks]
        return tuple(figure for figure in (*shown, *handed) if figure is not None)
