"""The report as slides: what stands on which, that all of it fits, and that a consultant's own deck is used."""

import io
import math
import re
import zipfile
from functools import cache

import pytest
from demo_report import NASTY, demo_report
from PIL import Image
from pptx import Presentation
from pptx.enum.shapes import MSO_SHAPE_TYPE, PP_PLACEHOLDER
from pptx.util import Inches

from helpers.errors import ReportError
from helpers.language import LANGUAGES, NBSP
from helpers.report import model, theme
from helpers.report.arial import arial
from helpers.report.fit import line_count
from helpers.report.inline import size_of
from helpers.report.lettering import strip_control
from helpers.report.pptx import CLEAR, pptx_document
from helpers.report.pptx_deck import Area
from helpers.report.pptx_lines import ORPHAN, held, settled, unbroken
from helpers.report.pptx_parts import LEAST, TITLE, Words, fit, height, plain

CASES = {
    **{lang: {"lang": lang} for lang in LANGUAGES},
    "long": {"lang": "ru", "long": True},
    "nasty": {"lang": "uk", "nasty": True},
}
BRAND = model.Brand(name="Иванова", primary="#7a1f3d", secondary="#b88c0a", contact="a@b.example", footer="Секрет")
POINT = 12700


@cache
def made(case):
    report = demo_report(**CASES[case])
    return report, pptx_document(report)


def opened(data):
    return Presentation(io.BytesIO(data))


def shapes(slide):
    """All shapes, those inside groups too."""
    for shape in slide.shapes:
        yield from shape.shapes if shape.shape_type == MSO_SHAPE_TYPE.GROUP else (shape,)


def flat(text):
    """Text without the marks that say where its lines may end."""
    return text.replace("\v", " ").replace(NBSP, " ")


def words(slide):
    return [flat(shape.text_frame.text) for shape in shapes(slide) if shape.has_text_frame]


def title(slide):
    return flat(slide.shapes.title.text_frame.text)


@pytest.fixture(params=CASES)
def case(request):
    report, data = made(request.param)
    return report, opened(data)


# What stands where ---------------------------------------------------------------------------------------------------


def test_slides_come_in_their_order(case):
    report, deck = case
    exhibits = [exhibit for section in report.sections for exhibit in section.exhibits]
    titles = [title(slide) for slide in deck.slides]
    assert len(titles) == 5 + len(exhibits)
    assert titles[0] == report.title
    assert titles[1].rstrip("…").startswith(report.headline[:60])
    for found, exhibit in zip(titles[5:], exhibits, strict=True):
        wanted = flat(exhibit.title)
        assert found == wanted or (found.endswith("…") and wanted.startswith(found[:-1]))


def test_an_exhibit_is_a_described_picture_or_a_table(case):
    report, deck = case
    exhibits = [exhibit for section in report.sections for exhibit in section.exhibits]
    for slide, exhibit in zip(list(deck.slides)[5:], exhibits, strict=True):
        pictures = [shape for shape in slide.shapes if shape.shape_type == MSO_SHAPE_TYPE.PICTURE]
        tables = [shape for shape in slide.shapes if shape.has_table]
        assert (len(pictures), len(tables)) == ((1, 0) if exhibit.figure else (0, 1))
        described = pictures[0] if pictures else tables[0]
        wanted = exhibit.figure.alt if exhibit.figure else exhibit.title
        assert described._element.xpath(".//p:cNvPr/@descr") == [strip_control(wanted)]


def test_pictures_are_crisp(case):
    _, deck = case
    pictures = [shape for slide in deck.slides for shape in slide.shapes if shape.shape_type == MSO_SHAPE_TYPE.PICTURE]
    assert pictures
    for shape in pictures:
        picture = Image.open(io.BytesIO(shape.image.blob))
        # No more than is seen: what is drawn sharper only makes the file larger.
        assert 199 <= picture.width / (shape.width / Inches(1)) <= 203
        assert shape.width / shape.height == pytest.approx(picture.width / picture.height, rel=0.01)


def test_notes_hold_what_the_slide_has_no_room_for(case):
    report, deck = case
    slides = iter(list(deck.slides)[5:])
    for section in report.sections:
        for exhibit in section.exhibits:
            notes = next(slides).notes_slide.notes_text_frame.text
            told = [exhibit.title, *exhibit.reading, exhibit.note, *section.lead]
            told += [text for box in section.boxes for text in (box.title, *box.text)]
            assert all(strip_control(text) in notes for text in told)


def test_notes_of_days_read_as_prose(case):
    report, deck = case
    lines = list(deck.slides)[3].notes_slide.notes_text_frame.text.split("\n")
    assert len(lines) == len(report.days)
    assert not any(".;" in line for line in lines)


def test_actions_and_days_are_told_whole():
    report, data = made("ru")
    _, _, actions, days, reading, *_ = opened(data).slides
    for one in report.actions:
        told = (one.title, one.why, one.owner, one.first_step, one.effort, one.watch, one.look_again, one.amount)
        assert all(flat(text) in "\n".join(words(actions)) for text in told)
    # In the notes an action is a paragraph of sentences.
    spoken = flat(actions.notes_slide.notes_text_frame.text)
    assert all(f"Ответственный: {flat(one.owner)}. Первый шаг: " in spoken for one in report.actions)
    assert ".." not in spoken
    assert all(flat(item) in "\n".join(words(days)) for stretch in report.days for item in stretch.items)
    assert report.next_audit in "\n".join(words(days))
    assert all(flat(one.text) in "\n".join(words(reading)) for one in report.score.readings)


def test_the_main_slide_says_the_score_and_the_findings():
    report, data = made("ru")
    slide = opened(data).slides[1]
    told = "\n".join(words(slide))
    assert "58 из 100" in told
    assert all(flat(one.text) in told and flat(one.amount) in told for one in report.findings)
    group = next(shape for shape in slide.shapes if shape.shape_type == MSO_SHAPE_TYPE.GROUP)
    assert "58" in group._element.xpath("./p:nvGrpSpPr/p:cNvPr/@descr")[0]


def test_a_table_too_long_for_a_slide_says_how_much_is_left_out():
    report, data = made("ru")
    slide = opened(data).slides[-1]
    table = next(shape for shape in slide.shapes if shape.has_table).table
    shown = len(table.rows) - 1
    whole = len(report.sections[-1].exhibits[0].table.rows)
    assert 5 < shown < whole
    assert any(f"{whole - shown} " in text and "XLSX" in text for text in words(slide))


def test_without_score_actions_and_exhibits_there_are_words():
    report = demo_report("ru")
    empty = model.Section(key="leads", title="Лиды", lead=("Лидов нет.",), boxes=report.sections[0].boxes)
    score = model.ScoreCard(missing="Никто не ответил.")
    bare = report.model_copy(
        update={"score": score, "actions": (), "days": (), "sections": (empty,), "findings": (), "headline": ""}
    )
    first, main, last = opened(pptx_document(bare)).slides
    assert title(first) == report.title
    assert title(main) == "Главное"
    assert {"?", "Никто не ответил."} <= set("\n".join(words(main)).split("\n"))
    assert title(last) == "Лиды"
    assert all(text in "\n".join(words(last)) for text in ("Лидов нет.", *(box.title for box in empty.boxes)))


# That it fits --------------------------------------------------------------------------------------------------------


def _lines(text, width, size, bold):
    """Lines as a layout engine breaks them, by the advance widths of Arial."""
    lines, used = 1, ""
    for word in text.split(" "):
        longer = f"{used} {word}" if used else word
        if arial(longer, size, bold=bold) <= width:
            used = longer
        else:
            lines, used = lines + bool(used) + int(arial(word, size, bold=bold) // width), word
    return lines


def _needed(shape):
    """Points that the text of a shape takes."""
    total = 0.0
    for paragraph in shape.text_frame.paragraphs:
        for run in paragraph.runs:
            head = shape.is_placeholder and shape.placeholder_format.type == PP_PLACEHOLDER.TITLE
            size = run.font.size.pt if run.font.size else 26 if head else 10
            bold = bool(run.font.bold) or head
            width = shape.width / POINT - (1.1 * size if paragraph._p.xpath("./a:pPr/a:buChar") else 0)
            after = paragraph.space_after.pt if paragraph.space_after is not None else 0
            total += _lines(run.text, width, size, bold) * size * 1.2 + after
    return total


def test_text_fits_its_place(case):
    _, deck = case
    for number, slide in enumerate(deck.slides, 1):
        for shape in shapes(slide):
            if shape.has_text_frame and shape.text_frame.text and number > 1:
                needed, there = _needed(shape), shape.height / POINT
                assert needed <= there * 1.02 + 2, (number, shape.text_frame.text[:60], needed, there)


def _place(shape):
    high = shape.height
    if shape.has_text_frame:
        high = min(high, round(_needed(shape) * POINT * 0.95))
    return shape.left, shape.top, shape.left + shape.width, shape.top + high


def test_nothing_leaves_the_slide_or_covers_its_neighbour(case):
    _, deck = case
    for number, slide in enumerate(deck.slides, 1):
        seen = [
            shape
            for shape in slide.shapes
            if not (shape.has_text_frame and not shape.text_frame.text) and shape.height > Inches(0.1)
        ]
        for shape in seen:
            left, top, right, bottom = _place(shape)
            assert min(left, top) >= 0, (number, shape.name)
            assert right <= deck.slide_width + 9525, (number, shape.name)
            assert bottom <= deck.slide_height, (number, shape.name)
        if number == 1:
            continue
        for i, one in enumerate(seen):
            for other in seen[i + 1 :]:
                a, b = _place(one), _place(other)
                slack = Inches(0.03)
                apart = a[2] <= b[0] + slack or b[2] <= a[0] + slack or a[3] <= b[1] + slack or b[3] <= a[1] + slack
                assert apart, (number, one.name, other.name)


def test_no_letters_are_too_small_to_be_read_from_a_chair(case):
    _, deck = case
    sizes = [
        run.font.size.pt
        for slide in deck.slides
        for shape in shapes(slide)
        if shape.has_text_frame
        for paragraph in shape.text_frame.paragraphs
        for run in paragraph.runs
        if run.font.size
    ]
    assert min(sizes) >= LEAST


def _as_set(lines, width, size):
    """The lines as an office program sets them: it breaks at spaces, and behind the dash and the minus of numbers."""
    made = []
    for line in lines:
        made.append("")
        for part in re.findall(r"[^ –−-]*[–−-]|[^ –−-]+| ", line):
            if made[-1] and arial((made[-1] + part).rstrip(" "), size) > width:
                made.append("")
            made[-1] += part if made[-1] or part != " " else ""
    return [line.rstrip(" ") for line in made]


@pytest.mark.parametrize(
    "text",
    [
        "Кампании, которые не окупаются, обходятся примерно в 59–200 тыс. ₽ в месяц",
        "Campaigns that do not pay back cost about ₽59K–₽200K a month, or −₽290K so far",
        "Зависшие сделки принесут 9 300 $ – 26 тыс. $ (95 %: 35,4–117 тыс. $)".replace(" $", f"{NBSP}$"),
        "Своя оценка, 1-5; свежая",
    ],
)
def test_no_line_ends_within_a_range_or_an_amount(text):
    whole = plain(text)
    broken = 0
    for width in range(120, 700, 3):
        broken += any(line.endswith(("–", "−", "1-")) for line in _as_set([whole], width, 16))
        lines = unbroken(whole, width, 16, bold=False, measure=arial)
        # Programs differ a little in how wide they set a line.
        for other in (0.99 * width, width, 1.01 * width):
            assert not [line for line in _as_set(lines, other, 16) if line.endswith(("–", "−", "1-"))], (width, lines)
        assert " ".join(lines) == whole
        assert len(_as_set(lines, width, 16)) <= len(_as_set([whole], width, 16)) + 1
    assert broken


def test_a_line_is_ended_only_where_a_range_would_be_broken():
    text = "Кампании обходятся примерно в 59–200 тыс. ₽ в месяц"
    assert unbroken(text, 2000, 16, bold=False, measure=arial) == [text]
    assert unbroken("слово " * 20, 100, 16, bold=False, measure=arial) == ["слово " * 20]


@pytest.mark.parametrize(
    ("text", "end"),
    [
        ("2 campaigns of 7 bring in 500 or more of revenue per 100 of spend so far", "spend so far"),
        ("Months in which the plan was met: revenue 0 of 6, qualified leads 4 of 6", "leads 4 of 6"),
        ("За 1 ч отвечают на 4,5 % лидов; половина ждёт 6 ч 35 мин или дольше", "6 ч 35 мин или дольше"),
        ("Рекламу нельзя связать ни с одним лидом", "ни с одним лидом"),
    ],
)
def test_the_last_line_of_a_title_is_more_than_a_word(text, end):
    made = settled(held(plain(text)))
    assert flat(made) == flat(text)
    last = made.split(" ")[-1]
    assert len(last) >= ORPHAN
    assert flat(last) == end
    assert settled("Главное") == "Главное"


def test_short_words_hang_only_where_the_language_lets_them():
    assert held("до 5 дней и не в срок") == "до 5 дней и не в срок".replace("о 5 д", f"о{NBSP}5{NBSP}д").replace(
        "и не в с", f"и{NBSP}не{NBSP}в{NBSP}с"
    )
    assert held("one of the leads is in it") == "one of the leads is in it"


def _picture_and_words(reading):
    figure = model.Figure(
        name="a", alt="a", svg='<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 500 260"><title>a</title></svg>'
    )
    exhibit = model.Exhibit(key="a", title="a", figure=figure, reading=reading)
    section = model.Section(key="a", title="a", exhibits=(exhibit,))
    slide = opened(pptx_document(demo_report("en").model_copy(update={"sections": (section,)}))).slides[-1]
    picture = next(shape for shape in slide.shapes if shape.shape_type == MSO_SHAPE_TYPE.PICTURE)
    told = next(
        shape for shape in slide.shapes if shape.has_text_frame and reading[0][:20] in flat(shape.text_frame.text)
    )
    return picture, told


def test_words_stand_where_they_leave_the_least_of_a_slide_empty():
    picture, told = _picture_and_words(("A sentence that says how the picture is to be read, not too short. " * 2,) * 3)
    assert told.left > picture.left + picture.width
    alone, few = _picture_and_words(("A short sentence, no more.",))
    assert few.top > alone.top + alone.height
    assert alone.width > picture.width


@pytest.mark.parametrize("template", [False, True])
def test_rows_that_would_be_too_small_go_on_on_the_next_slide(template):
    fig, ax = theme.figure(height=7.4)
    ax.barh(range(20), range(20))
    ax.set_ylim(19.5, -0.5)
    figure = theme.picture(fig, "rows", "Twenty rows.", rows=theme.edges(20))
    exhibit = model.Exhibit(key="a", title="Finding", figure=figure, reading=("How to read it.",), note="Source")
    section = model.Section(key="a", title="a", exhibits=(exhibit,))
    report = (own() if template else demo_report("ru")).model_copy(update={"sections": (section,)})
    *_, before, first, second = opened(pptx_document(report)).slides
    assert [title(slide) for slide in (first, second)] == ["Finding (1 из 2)", "Finding (2 из 2)"]
    assert not title(before).startswith("Finding")
    for slide in (first, second):
        (picture,) = (shape for shape in slide.shapes if shape.shape_type == MSO_SHAPE_TYPE.PICTURE)
        # Their deck is narrower, ours has the room.
        assert picture.width / POINT >= (0.8 if template else CLEAR) * size_of(figure.svg)[0]
        assert picture._element.xpath(".//p:cNvPr/@descr") == ["Twenty rows."]
        assert "How to read it." in "\n".join(words(slide))


def test_letters_become_smaller_before_a_text_is_cut():
    area = Area(0, 0, 4, 1)
    (one,), factor = fit([Words("слово " * 8, 18)], area)
    assert (factor, one.size) == (1.0, 18)
    (one,), factor = fit([Words("слово " * 22, 18)], area)
    assert LEAST / 18 <= factor < 1
    assert one.text == "слово " * 22
    (one,), factor = fit([Words("слово " * 200, 18)], area)
    assert one.text.endswith("слово…")
    assert height([one], 72 * 4, arial) <= 72
    assert one.size >= LEAST
    (one,), _ = fit([Words("слово " * 12, 60)], area, least=TITLE)
    assert one.size >= TITLE


def test_lines_are_counted_as_they_are_broken():
    assert line_count("", 100, 10) == 1
    assert line_count("a\nb", 100, 10) == 2
    assert line_count("слово", 100, 10) == 1
    # Programs break a path after its folder, though more of it would fit.
    assert line_count("exports/amocrm_export_leads_2026-07-15 (1).csv", 160, 8.5) == 3
    assert line_count("слово " * 10, 100, 10, measure=arial) == _lines("слово " * 10, 100, 10, False)
    assert line_count("Ы" * 100, 100, 10, measure=arial) == math.ceil(arial("Ы", 10))


# The file ------------------------------------------------------------------------------------------------------------


def test_the_same_report_is_the_same_bytes_without_a_time():
    report, data = made("ru")
    assert pptx_document(report) == data
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        assert {part.date_time for part in package.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        core = package.read("docProps/core.xml").decode()
        names = package.namelist()
    assert set(re.findall(r"\d{4}-\d\d-\d\d", core)) == {"2026-07-15"}
    assert not [name for name in names if "thumbnail" in name or "printer" in name]


@pytest.mark.parametrize(("lang", "locale"), [("ru", "ru-RU"), ("uk", "uk-UA"), ("en", "en-GB")])
def test_every_text_has_its_language_and_the_file_its_properties(lang, locale):
    report, data = made(lang)
    deck = opened(data)
    assert deck.core_properties.language == locale
    assert deck.core_properties.title == f"{report.title} - {report.client}"
    for slide in deck.slides:
        for part in (slide, slide.notes_slide) if slide.has_notes_slide else (slide,):
            runs = part._element.xpath(".//a:r")
            assert all(run.xpath("./a:rPr/@lang") == [locale] for run in runs)


def test_what_clients_wrote_is_text():
    _, data = made("nasty")
    deck = opened(data)
    told = "\n".join(text for slide in deck.slides for text in words(slide))
    cells = [
        cell.text
        for slide in deck.slides
        for shape in slide.shapes
        if shape.has_table
        for cell in shape.table.iter_cells()
    ]
    assert NASTY[5] in told
    for name in NASTY[:5]:
        assert strip_control(name) in cells
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        xml = "".join(package.read(name).decode() for name in package.namelist() if name.endswith((".xml", ".rels")))
    assert "<script" not in xml
    assert "x001B" not in xml.upper()
    assert not re.findall(r'TargetMode="External"', xml)


# The brand -----------------------------------------------------------------------------------------------------------


def test_a_brand_gives_its_colours_name_and_footer():
    report = demo_report("ru").model_copy(update={"brand": BRAND})
    data = pptx_document(report)
    deck = opened(data)
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        colours = package.read("ppt/theme/theme1.xml").decode()
    assert 'accent1><a:srgbClr val="7A1F3D"' in colours
    assert 'accent2><a:srgbClr val="B88C0A"' in colours
    assert deck.core_properties.author == "Иванова"
    assert {"Иванова\na@b.example"} <= set(words(deck.slides[0]))
    for slide in deck.slides:
        foot = [s for s in slide.placeholders if s.placeholder_format.type == PP_PLACEHOLDER.FOOTER]
        assert [shape.text_frame.text for shape in foot] == ["Секрет"]


def own(change=None, **size):
    deck = Presentation()
    deck.slides.add_slide(deck.slide_layouts[0]).shapes.title.text = "An old slide"
    for layout in deck.slide_layouts:
        layout.name = f"Мой {layout.name}"
    if change:
        change(deck)
    out = io.BytesIO()
    deck.save(out)
    return demo_report("ru").model_copy(update={"brand": BRAND.model_copy(update={"pptx": out.getvalue()})})


def test_a_deck_of_their_own_is_used_without_its_slides():
    deck = opened(pptx_document(own()))
    assert (deck.slide_width, deck.slide_height) == (9144000, 6858000)
    assert [slide.slide_layout.name for slide in deck.slides] == ["Мой Title Slide", *["Мой Title Only"] * 7]
    assert "An old slide" not in [title(slide) for slide in deck.slides]
    assert len([part for part in deck.part.package.iter_parts() if "/slides/slide" in part.partname]) == 8
    for slide in deck.slides:
        for shape in slide.shapes:
            assert shape.left >= 0
            assert shape.left + shape.width <= deck.slide_width + 9525
            assert shape.top + shape.height <= deck.slide_height
    assert not [shape for slide in deck.slides for shape in slide.placeholders if not shape.text_frame.text]


def test_a_deck_whose_layouts_say_nothing_of_their_kind_is_used_too():
    def forget(deck):
        for layout in deck.slide_layouts:
            layout._element.attrib.pop("type", None)

    deck = opened(pptx_document(own(forget)))
    assert {slide.slide_layout.name for slide in deck.slides} == {"Мой Title Only"}


def test_a_deck_that_cannot_be_used_is_one_line():
    def nameless(deck):
        for layout in deck.slide_layouts:
            for shape in list(layout.placeholders):
                if shape.placeholder_format.type in (PP_PLACEHOLDER.TITLE, PP_PLACEHOLDER.CENTER_TITLE):
                    shape._element.getparent().remove(shape._element)

    with pytest.raises(ReportError, match=r"^brand\.pptx has no layout with a title - "):
        pptx_document(own(nameless))
    broken = demo_report("ru").model_copy(update={"brand": BRAND.model_copy(update={"pptx": b"PK"})})
    with pytest.raises(ReportError, match=r"^brand\.pptx cannot be opened - "):
        pptx_document(broken)
