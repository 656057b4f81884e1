"""The report as slides: one exhibit a slide, its finding as the title; method and sample in the speaker's notes.

Text is measured before it is set: titles and readings become smaller step by step, and only then are cut; what is cut
stands whole in the notes. The same report gives the same bytes.
"""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Iterable
from typing import Any

from pptx.enum.shapes import PP_PLACEHOLDER
from pptx.oxml.ns import qn

from helpers.language import Language, language
from helpers.report.inline import check, size_of
from helpers.report.lettering import strip_control
from helpers.report.look import light, recoloured
from helpers.report.model import Box, Exhibit, Figure, Report, Section
from helpers.report.outline import action_pairs
from helpers.report.pptx_deck import Area, Deck, deck_of, title_size
from helpers.report.pptx_pages import actions_page, days_page, main_page, reading_page, title_page
from helpers.report.pptx_parts import ACCENT, MUTED, Painter, Words
from helpers.report.pptx_slices import slices
from helpers.report.repeatable import repeatable

READINGS = 3
"""Sentences on a slide; all of them stand in its notes."""
TALL = 0.65
"""Height of a picture against its width, from which it gets the whole height of a slide."""
CLEAR = 1.06
"""Points of a slide for each of a picture at least: letters of 8.5 are read as 9. Rows that have no room go on."""
BESIDE = 0.85
"""A picture as much smaller for the words beside it is still preferred to one with an empty room at its right."""
FEW = 0.3
"""Words beside a picture that are not so high, against it, leave the room beside it empty, too."""
GAP, CHAPTER = 0.35, 0.55
"""Inches: between a picture and its words; down to where the name of the chapter ends."""
NOTE, NARROW_NOTE = 0.52, 2.0
"""Inches of a note at most, below a picture and at its side."""
LOCALES = {"en": "en-GB", "ru": "ru-RU", "uk": "uk-UA"}


def pptx_document(report: Report) -> bytes:
    """The slides of a report, on the brand's deck or ours.

    Raises:
        ReportError: the brand's deck cannot be used, or a picture cannot be drawn.
    """
    deck = deck_of(report)
    slides = _Slides(report, deck, language(report.lang))
    slides.write()
    _properties(deck.file, report)
    _speak(deck.file, LOCALES[report.lang])
    out = io.BytesIO()
    deck.file.save(out)
    return repeatable(out.getvalue())


class _Slides:
    def __init__(self, report: Report, deck: Deck, say: Language) -> None:
        self.report, self.deck, self.say = report, deck, say
        self.painter = Painter(deck, say, light(report.brand))
        self.first, self.plain = title_size(deck, deck.first), title_size(deck, deck.plain)

    def write(self) -> None:
        report, painter = self.report, self.painter
        title_page(painter, self.add(self.deck.first), report, self.first)
        slide = self.add()
        main_page(painter, slide, report, self.plain)
        card = report.score
        self.notes(
            slide,
            report.headline,
            *(text for finding in report.findings for text in (finding.text, finding.amount, finding.detail)),
            *(f"{reading.title}: {reading.text}" for reading in (card.readings if card else ())),
            *_told(report.method),
        )
        if report.actions:
            slide = self.add()
            actions_page(painter, slide, report.actions, self.plain)
            self.notes(
                slide,
                *(
                    f"{number}. {action.title}. "
                    + " ".join(_sentence(f"{name}: {text}") for name, text in action_pairs(action, self.say))
                    for number, action in enumerate(report.actions, 1)
                ),
            )
        if report.days:
            slide = self.add()
            days_page(painter, slide, report, self.plain)
            self.notes(slide, *(f"{stretch.title}: {'; '.join(stretch.items)}" for stretch in report.days))
        if card and card.readings:
            slide = self.add()
            reading_page(painter, slide, card, self.plain)
            self.notes(
                slide,
                *(f"{state.label}, {state.range}. {state.meaning} {state.next_step}" for state in card.states),
            )
        for section in report.sections:
            self.section(section)
        painter.draw_pictures()

    def add(self, layout: Any = None) -> Any:
        """A new slide with the page's foot."""
        slide = self.deck.slide(layout or self.deck.plain)
        brand = self.report.brand
        about = f"{self.report.client} · {self.say.period(*self.report.period)}"
        for shape in slide.placeholders:
            if shape.placeholder_format.type == PP_PLACEHOLDER.FOOTER:
                said = brand.footer if brand else ""
                self.painter.foot(shape, said or (shape.text_frame.text if self.deck.own else "") or about)
        return slide

    def section(self, section: Section) -> None:
        """A slide for each exhibit; a chapter that has none says on one slide what is missing."""
        for exhibit in section.exhibits:
            parts = self.parts(exhibit)
            tall = any(map(self.tall, parts))
            for part in parts:
                slide = self.add()
                self.chapter(slide, section)
                if tall:
                    self.beside(slide, part)
                else:
                    self.exhibit(slide, part, self.painter.title(slide, part.title, self.plain))
                self.notes(slide, exhibit.title, *exhibit.reading, exhibit.note, *section.lead, *_told(section.boxes))
        if not section.exhibits:
            slide = self.add()
            self.painter.title(slide, section.title, self.plain)
            words = [Words(text, 18) for text in section.lead]
            for box in section.boxes:
                words += [Words(box.title, 16, bold=True, after=0.2), *(Words(text, 16) for text in box.text)]
            self.painter.text(slide, words, self.deck.content)
            self.notes(slide, *section.lead, *_told(section.boxes))

    def chapter(self, slide: Any, section: Section) -> None:
        """Above the title, where our own deck has the room, the name of the chapter."""
        if not self.deck.own:
            words = [Words(section.title, 11, colour=ACCENT, after=0)]
            self.painter.text(slide, words, Area(1.2, 0.2, self.deck.content.width - 0.6, 0.25), anchor="middle")

    def parts(self, exhibit: Exhibit) -> tuple[Exhibit, ...]:
        """The exhibit, or some of the rows of its picture on each of several slides where all would be too small."""
        if exhibit.figure is None or not exhibit.figure.svg:
            return (exhibit,)
        room = self.deck.content
        high = room.height - NOTE if self.deck.own else room.top + room.height - CHAPTER
        shown = slices(exhibit.figure, 72 * high / CLEAR)
        if len(shown) == 1:
            return (exhibit,)
        titles = (
            self.say("{title} ({part} of {parts})", title=exhibit.title, part=number, parts=len(shown))
            for number in range(1, len(shown) + 1)
        )
        return tuple(
            exhibit.model_copy(update={"figure": figure, "title": title})
            for figure, title in zip(shown, titles, strict=True)
        )

    def tall(self, exhibit: Exhibit) -> bool:
        """Its picture wants the height of the slide; a deck of the consultant's keeps its title where it is."""
        if self.deck.own or exhibit.figure is None or not exhibit.figure.svg:
            return False
        wide, high = size_of(exhibit.figure.svg)
        return high > TALL * wide

    def beside(self, slide: Any, exhibit: Exhibit) -> None:
        """The picture at the left, as high as the slide; title, reading and note at its right."""
        assert exhibit.figure is not None
        painter, area = self.painter, self.deck.content
        area = Area(area.left, CHAPTER, area.width, area.top + area.height - CHAPTER)
        svg = self.svg(exhibit.figure)
        taken = painter.picture(slide, svg, exhibit.figure.alt, area.inset(right=0.36 * area.width))
        left = taken.width + GAP
        column = area.inset(left=left, top=0.1)
        head = Area(column.left, column.top, column.width, 0.4 * column.height)
        used = painter.title(slide, exhibit.title, self.plain - 2, head)
        column = column.inset(top=used.top - column.top + 0.15)
        column = column.inset(bottom=self.note(slide, exhibit.note, column, NARROW_NOTE))
        words = [Words(text, 16, after=0.6) for text in exhibit.reading[:READINGS]]
        painter.text(slide, words, column)

    def svg(self, figure: Figure) -> str:
        """The picture in the brand's greys; ``ReportError`` where it holds more than shapes."""
        check(figure)
        return recoloured(figure.svg, self.report.brand)

    def note(self, slide: Any, note: str, area: Area, most: float) -> float:
        """Source and sample in small letters at the bottom; inches that they take."""
        if not note:
            return 0.0
        foot = [Words(note, 10, colour=MUTED, after=0)]
        high = min(self.painter.high(foot, area.width), most)
        place = Area(area.left, area.top + area.height - high, area.width, high)
        self.painter.text(slide, foot, place, anchor="bottom")
        return high + 0.08

    def exhibit(self, slide: Any, exhibit: Exhibit, area: Area) -> None:
        """The picture with its reading beside or below it, whichever leaves it larger; else the table."""
        painter = self.painter
        area = area.inset(bottom=self.note(slide, exhibit.note, area, NOTE))
        words = [Words(text, 16, after=0.6) for text in exhibit.reading[:READINGS]]
        if exhibit.figure is not None and exhibit.figure.svg:
            self.picture(slide, exhibit, words, area)
            return
        if exhibit.table is None:
            painter.text(slide, words, area)
            return
        if words:
            words = [Words(one.text, 14, after=0.4) for one in words]
            high = min(painter.high(words, area.width), 0.35 * area.height)
            painter.text(slide, words, Area(area.left, area.top, area.width, high))
            area = area.inset(top=high + 0.1)
        said = painter.table(slide, exhibit.table, self.report.currency, exhibit.title, area.inset(bottom=0.3))
        if said:
            place = Area(area.left, area.top + area.height - 0.27, area.width, 0.27)
            painter.text(slide, [Words(said, 11, colour=MUTED, after=0)], place, anchor="bottom")

    def picture(self, slide: Any, exhibit: Exhibit, words: list[Words], area: Area) -> None:
        assert exhibit.figure is not None
        painter = self.painter
        svg = self.svg(exhibit.figure)
        wide, high = size_of(svg)
        if not words:
            painter.picture(slide, svg, exhibit.figure.alt, area)
            return
        side = 0.29 * area.width
        below = min(painter.high(words, area.width) + 0.1, 0.35 * area.height)
        beside = min((area.width - side - GAP) / wide, area.height / high)
        above = min(area.width / wide, (area.height - below) / high)
        # Words beside fill a slide that words below would leave empty at its right, unless they are few.
        many = painter.high(words, side) > FEW * beside * high
        if beside >= (BESIDE * above if many and above < area.width / wide else above):
            room = area.inset(right=side + GAP)
            taken = painter.picture(slide, svg, exhibit.figure.alt, room)
            left = max(taken.left + taken.width + GAP, 0)
            text = Area(left, area.top, area.left + area.width - left, area.height)
            painter.text(slide, words, text)
        else:
            taken = painter.picture(slide, svg, exhibit.figure.alt, area.inset(bottom=below))
            top = taken.top + taken.height + 0.1
            painter.text(slide, words, Area(area.left, top, area.width, area.top + area.height - top))

    def notes(self, slide: Any, *texts: str) -> None:
        """Speaker's notes, a paragraph each."""
        frame = slide.notes_slide.notes_text_frame
        frame.text = "\n".join(dict.fromkeys(strip_control(text).replace("\n", " ") for text in texts if text))


def _sentence(text: str) -> str:
    """With its full stop: a name or a date beside others in one paragraph has none of its own."""
    return text if text.endswith((".", "?", "!")) else f"{text}."


def _told(boxes: Iterable[Box]) -> list[str]:
    return [f"{box.title}. {' '.join(box.text)}" for box in boxes]


def _properties(file: Any, report: Report) -> None:
    """Title, author, language; dates are those of the data."""
    core = file.core_properties
    made = dt.datetime.combine(report.as_of, dt.time())
    core.title = strip_control(f"{report.title} - {report.client}")[:255]
    core.author = core.last_modified_by = strip_control(report.brand.name if report.brand else "Alignment Audit")
    core.subject = strip_control(report.headline)[:255]
    core.keywords = core.comments = core.category = ""
    core.language = LOCALES[report.lang]
    core.created = core.modified = made
    core.revision = 1


def _speak(file: Any, locale: str) -> None:
    """Mark every text with its language: spelling and screen readers go by it."""
    roots = [slide._element for slide in file.slides]
    roots += [slide.notes_slide._element for slide in file.slides if slide.has_notes_slide]
    for root in roots:
        for paragraph in root.iter(qn("a:r"), qn("a:fld")):
            properties = paragraph.get_or_add_rPr() if paragraph.tag == qn("a:r") else paragraph.find(qn("a:rPr"))
            if properties is not None:
                properties.set("lang", locale)
        for end in root.iter(qn("a:endParaRPr")):
            end.set("lang", locale)
