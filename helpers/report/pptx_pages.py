"""The slides before the chapters: title, the main thing with the score, how to read it, what to do first, 90 days."""

from __future__ import annotations

import io
from typing import Any

from pptx.enum.shapes import MSO_SHAPE

from helpers.report.html import scale_text
from helpers.report.logo import logo_png, logo_size
from helpers.report.model import Action, Report, ScoreCard
from helpers.report.outline import action_pairs, findings_title, on_scale
from helpers.report.pptx_deck import Area
from helpers.report.pptx_parts import ACCENT, MUTED, SHRINK, TEXT, Painter, Words, describe, plain, scaled


def title_page(painter: Painter, slide: Any, report: Report, size: float) -> None:
    """Report, client, period; the consultant's name, contact and logo."""
    say = painter.say
    painter.title(slide, report.title, size)
    about = say.period(*report.period)
    dated = say("data as of {date}", date=say.date(report.as_of))
    under = next((shape for shape in slide.placeholders if shape.placeholder_format.type == 4), None)
    lines = [Words(report.client, 24, bold=True, after=0.3), Words(f"{about} · {dated}", 16, colour=MUTED, after=0.2)]
    if under is not None:
        area = Area(0, 0, under.width / 914400 - (0.2 if painter.deck.own else 0), under.height / 914400)
        under.text_frame.word_wrap = True
        painter.fill(under.text_frame, painter.fit(lines, area)[0], area.width)
    else:
        painter.text(slide, lines, painter.deck.content)
    brand = report.brand
    if brand is None or painter.deck.own:
        return
    painter.text(
        slide,
        [Words(brand.name, 14, bold=True, after=0.2), *([Words(brand.contact, 12)] if brand.contact else [])],
        Area(1.1, 6.0, 11.1, 0.75),
        anchor="bottom",
    )
    if brand.logo:
        wide, high = logo_size(brand, 3.2, 1.0)
        picture = slide.shapes.add_picture(io.BytesIO(logo_png(brand, wide)), *Area(1.1, 0.7, wide, high).box)
        describe(picture, brand.name)


def main_page(painter: Painter, slide: Any, report: Report, size: float) -> None:
    """The first thing an owner reads: what is lost, the score and how to read it, the strongest findings."""
    painter.title(slide, report.headline or painter.say("The main thing"), size)
    area = painter.deck.content
    left, right = (
        Area(area.left, area.top, area.width * 0.42, area.height),
        Area(area.left + area.width * 0.47, area.top, area.width * 0.53, area.height),
    )
    if report.score is None:
        _findings(painter, slide, report, area)
        return
    _score(painter, slide, report.score, left)
    _findings(painter, slide, report, right)


def _score(painter: Painter, slide: Any, card: ScoreCard, area: Area) -> None:
    say = painter.say
    if card.total is None:
        words = [Words(say("Score"), 12, colour=MUTED), Words("?", 54, bold=True), Words(card.missing, 14)]
        painter.text(slide, words, area)
        return
    written = card.total_text or say.count(card.total)
    top = [Words(say("Score"), 12, colour=MUTED, after=0), Words(f"{written} {say('of 100')}", 40, bold=True, after=0)]
    painter.text(slide, top, Area(area.left, area.top, area.width, 0.95))
    under = [Words(card.band, 18, bold=True, colour=ACCENT, after=0.2)]
    if card.interval:
        text = say("Interval (95%): {range}", range=say.interval(*card.interval, say.count))
        under.append(Words(text, 12, colour=MUTED))
    painter.text(slide, under, Area(area.left, area.top + 0.95, area.width, 0.75))
    _scale(painter, slide, card, Area(area.left, area.top + 1.85, area.width, 0.7))
    rest = [Words(text, 16) for text in (card.headline, card.likelihood, card.missing) if text]
    sides = [
        say("Marketing: {score}", score=say.count(card.marketing)) if card.marketing is not None else "",
        say("Sales: {score}", score=say.count(card.sales)) if card.sales is not None else "",
    ]
    if any(sides):
        rest.insert(0, Words(" · ".join(filter(None, sides)), 12, colour=MUTED))
    painter.text(slide, rest, area.inset(top=2.75))


def _scale(painter: Painter, slide: Any, card: ScoreCard, area: Area) -> None:
    """20-100 in four parts with the interval and the total; one group, named for those who do not see it."""
    group = slide.shapes.add_group_shape()
    describe(group, scale_text(card, painter.say))

    class Inside:
        shapes = group.shapes

    palette = painter.palette
    part = area.width / 4
    for i, state in enumerate(card.states or [None] * 4):
        bar = Area(area.left + i * part, area.top, part - 0.03, 0.16)
        here = "edge" if state is not None and state.current else "unknown"
        painter.shape(Inside, MSO_SHAPE.RECTANGLE, bar, palette[here])
        if state is not None:
            words = [Words(state.label, 10, bold=state.current, after=0), Words(state.range, 10, colour=MUTED, after=0)]
            painter.text(Inside, words, Area(area.left + i * part, area.top + 0.24, part - 0.03, 0.55))

    def at(score: float) -> float:
        return area.left + area.width * on_scale(score)

    if card.interval:
        low, high = at(card.interval[0]), at(card.interval[1])
        painter.shape(Inside, MSO_SHAPE.RECTANGLE, Area(low, area.top + 0.05, high - low, 0.06), ACCENT)
    for score, colour in ((card.marketing, "marketing"), (card.sales, "sales")):
        if score is not None:
            dot = Area(at(score) - 0.06, area.top + 0.02, 0.12, 0.12)
            painter.shape(Inside, MSO_SHAPE.OVAL, dot, palette[colour])
    if card.total is not None:
        painter.shape(Inside, MSO_SHAPE.OVAL, Area(at(card.total) - 0.1, area.top - 0.02, 0.2, 0.2), ACCENT)


def _findings(painter: Painter, slide: Any, report: Report, area: Area) -> None:
    if not report.findings:
        return
    head = Words(findings_title(report, painter.say), 12, colour=MUTED)
    words = [head]
    for finding in report.findings:
        if finding.amount:
            words.append(Words(finding.amount, 20, bold=True, colour=ACCENT, after=0.1))
        words.append(Words(finding.text, 16, bold=True, after=0.2 if finding.detail else 1.0))
        if finding.detail:
            words.append(Words(finding.detail, 13, colour=MUTED, after=1.0))
    painter.text(slide, words, area)


def reading_page(painter: Painter, slide: Any, card: ScoreCard, size: float) -> None:
    """The four checks, in their order, and what follows from the state."""
    say = painter.say
    painter.title(slide, say("How to read the score"), size)
    area = painter.deck.content
    here = next((state for state in card.states if state.current), None)
    foot = 1.25 if here else 0.0
    cards = [(f"{n}. {reading.title}", "", [("", reading.text)]) for n, reading in enumerate(card.readings, 1)]
    _cards(painter, slide, cards, area.inset(bottom=foot), columns=2)
    if here is not None:
        words = [
            Words(f"{say('You are here')}: {here.label}, {here.range}", 14, bold=True, colour=ACCENT, after=0.2),
            Words(f"{here.meaning} {here.next_step}", 13),
        ]
        painter.text(slide, words, Area(area.left, area.top + area.height - foot, area.width, foot))


def actions_page(painter: Painter, slide: Any, actions: tuple[Action, ...], size: float) -> None:
    """Each action with its owner, first step, effort, figure and date."""
    say = painter.say
    painter.title(slide, say("What to do first"), size)
    cards = [(f"{n}. {one.title}", one.amount, list(action_pairs(one, say))) for n, one in enumerate(actions, 1)]
    _cards(painter, slide, cards, painter.deck.content, columns=max(len(cards), 1))


def days_page(painter: Painter, slide: Any, report: Report, size: float) -> None:
    """What falls into which month, and when the next audit is."""
    say = painter.say
    painter.title(slide, say("The first 90 days"), size)
    area = painter.deck.content
    foot = 0.45 if report.next_audit else 0.0
    cards = [(stretch.title, "", [("•", item) for item in stretch.items]) for stretch in report.days]
    _cards(painter, slide, cards, area.inset(bottom=foot), columns=max(len(cards), 1))
    if report.next_audit:
        words = [Words(say("Next audit: {date}", date=report.next_audit), 14, bold=True, after=0)]
        painter.text(slide, words, Area(area.left, area.top + area.height - 0.35, area.width, 0.35))


Card = tuple[str, str, list[tuple[str, str]]]
"""Title, what stands out (an amount), and named texts; a name "•" makes a bullet."""


def _cards(painter: Painter, slide: Any, cards: list[Card], area: Area, columns: int) -> None:
    """Cards in rows, all in one size of letters: the largest in which they fit; a row is as high as its words."""
    written = [_card_words(card) for card in cards]
    rows = [written[i : i + columns] for i in range(0, len(written), columns)]
    wide = area.columns(columns, 0.3)[0].width
    for factor in SHRINK:
        sized = [[scaled(words, factor) for words in row] for row in rows]
        highs = [max(painter.high(words, wide) for words in row) + 0.16 + 0.15 for row in sized]
        if sum(highs) <= area.height:
            break
    if sum(highs) > area.height:
        highs = [high * area.height / sum(highs) for high in highs]
    spare = max(area.height - sum(highs), 0) / max(len(rows), 1)
    top = area.top
    for row, high in zip(sized, highs, strict=True):
        for words, place in zip(row, Area(area.left, top, area.width, high).columns(columns, 0.3), strict=False):
            painter.shape(slide, MSO_SHAPE.RECTANGLE, Area(place.left, place.top, place.width, 0.04), ACCENT)
            painter.text(slide, words, place.inset(top=0.16))
        top += high + min(spare, 0.4)


def _card_words(card: Card) -> list[Words]:
    title, amount, pairs = card
    words = [Words(title, 18, bold=True, after=0.4)]
    if amount:
        words.append(Words(amount, 17, bold=True, colour=ACCENT, after=0.4))
    for name, text in pairs:
        if name and name != "•":
            words.append(Words(name, 12, colour=MUTED, after=0))
        words.append(Words(plain(text), 15, colour=TEXT, after=0.5, bullet=name == "•"))
    return words
