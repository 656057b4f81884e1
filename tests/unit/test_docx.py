"""The report as a Word document, read back by python-docx, by its XML, and by LibreOffice where it is installed."""

import base64
import datetime as dt
import io
import re
import subprocess
import zipfile
from itertools import pairwise

import docx
import pytest
from demo_report import NASTY, demo_report
from docx.shared import Cm, Pt, RGBColor
from lxml import etree
from needs import find, needs
from office import convert
from tokens import tokened

from helpers.errors import ReportError
from helpers.report import model
from helpers.report.docx import docx_document, handout_docx
from helpers.report.docx_styles import w
from helpers.report.docx_xml import paragraph, run
from helpers.report.lettering import JOINER, tied
from helpers.report.save import documents

PARAGRAPH, TABLE, VALUE = w("p"), w("tbl"), w("val")


def opened(data):
    return docx.Document(io.BytesIO(data))


def part(data, name):
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        return package.read(name)


def body(data):
    return etree.fromstring(part(data, "word/document.xml"))


def text_of(element):
    return "".join(element.itertext(w("t")))


def styled(data, style):
    """The texts of all paragraphs of a style."""
    return [p.text for p in opened(data).paragraphs if p.style.name == style]


def branded(**more):
    brand = model.Brand(name="Иванова & партнёры", contact="a@b.example", footer="Секретно", primary="#7a1f3d", **more)
    return demo_report("ru").model_copy(update={"brand": brand})


@pytest.fixture(scope="module")
def data():
    return docx_document(demo_report("ru"))


def test_the_same_report_is_the_same_document(data):
    assert docx_document(demo_report("ru")) == data
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        assert {entry.date_time for entry in package.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert not {name for name in package.namelist() if "thumbnail" in name or "customXml" in name}


def test_headings_captions_and_title_have_their_styles(data):
    report = demo_report("ru")
    assert styled(data, "Title") == [report.title]
    chapters = styled(data, "Heading 1")
    assert chapters[:3] == ["Главное", tied("Первые 90 дней"), "Как читать итоговый балл"]
    assert set(chapters) >= {section.title for section in report.sections}
    assert {tied(x.title) for section in report.sections for x in section.exhibits} <= set(styled(data, "Heading 2"))
    captions = styled(data, "Caption")
    assert [caption.split(".")[0] for caption in captions] == [
        "Рисунок 1",
        "Таблица 1",
        "Рисунок 2",
        "Таблица 2",
        "Таблица 3",
        "Таблица 4",
    ]


def test_captions_count_by_fields(data):
    fields = [field.text.strip() for field in body(data).iter(w("instrText"))]
    assert fields.count("SEQ Figure \\* ARABIC") == 2
    assert fields.count("SEQ Table \\* ARABIC") == 4
    assert [field for field in fields if field.startswith("TOC")] == [
        'TOC \\o "1-1" \\h \\z \\u',
        'TOC \\o "1-2" \\h \\z \\u',
    ]


def test_the_contents_show_every_heading_before_anything_is_updated(data):
    report = opened(data)
    listed = [p.text for p in report.paragraphs if p.style.name in ("toc 1", "toc 2")]
    chapters = styled(data, "Heading 1")
    # Chapters in front, everything at the end.
    assert listed[: len(chapters)] == chapters
    assert listed[len(chapters) :] == [p.text for p in report.paragraphs if p.style.name in ("Heading 1", "Heading 2")]
    # Word asks before it updates fields on opening.
    assert b"updateFields" not in part(data, "word/settings.xml")
    assert b"w:dirty" not in part(data, "word/document.xml")
    tree = body(data)
    marks = {mark.get(w("name")) for mark in tree.iter(w("bookmarkStart"))}
    links = {link.get(w("anchor")) for link in tree.iter(w("hyperlink"))}
    assert len(links) == len(listed) - len(chapters) + 1
    assert links <= marks


def test_ids_are_unique_and_fields_end(data):
    tree = body(data)
    ids = [mark.get(w("id")) for mark in tree.iter(w("bookmarkStart"))]
    assert len(ids) == len(set(ids)) == len(list(tree.iter(w("bookmarkEnd"))))
    drawn = [picture.get("id") for picture in tree.iter("{*}docPr")]
    assert len(drawn) == len(set(drawn)) == 2
    kinds = [char.get(w("fldCharType")) for char in tree.iter(w("fldChar"))]
    assert kinds.count("begin") == kinds.count("separate") == kinds.count("end") == 8


def test_every_picture_is_sharp_and_has_its_text(data):
    tree = body(data)
    figures = demo_report("ru").figures()
    assert [picture.get("descr") for picture in tree.iter("{*}docPr")] == [figure.alt for figure in figures]
    report = opened(data)
    room = report.sections[-1].page_width - report.sections[-1].left_margin - report.sections[-1].right_margin
    for shape in report.inline_shapes:
        image = report.part.related_parts[shape._inline.graphic.graphicData.pic.blipFill.blip.embed].image
        assert shape.width <= room + 1
        assert image.px_width / shape.width.inches >= 200
        assert shape.width / shape.height == pytest.approx(image.px_width / image.px_height, rel=0.01)


def test_tables_have_a_header_that_is_repeated_and_numbers_at_the_right(data):
    tables = list(body(data).iter(TABLE))
    assert len(tables) == 5
    for table in tables:
        rows = table.findall(w("tr"))
        assert [row.find(f"{w('trPr')}/{w('tblHeader')}") is not None for row in rows] == [True] + [False] * (
            len(rows) - 1
        )
        assert all(row.find(f"{w('trPr')}/{w('cantSplit')}") is not None for row in rows)
        grid = [int(column.get(w("w"))) for column in table.iter(w("gridCol"))]
        assert all(len(row.findall(w("tc"))) == len(grid) for row in rows)
    money = tables[3]
    last = money.findall(w("tr"))[-1]
    cells = last.findall(w("tc"))
    assert text_of(cells[0]) == "Итого"
    assert last.find(f".//{w('b')}") is not None
    assert cells[0].find(f".//{w('jc')}") is None
    assert all(cell.find(f".//{w('jc')}").get(VALUE) == "right" for cell in cells[1:])
    assert text_of(cells[1]).replace("\N{NO-BREAK SPACE}", " ") == "1 900 000 ₽"


def test_a_paragraph_stands_between_two_tables():
    children = [child.tag for child in body(docx_document(demo_report("ru", long=True))).find(w("body"))]
    assert TABLE in children
    assert all(after == PARAGRAPH for tag, after in pairwise(children) if tag == TABLE)


def ending(rows):
    """A report whose numbers behind the figures are tables of so many rows each."""
    report = demo_report("en")
    figure = report.sections[0].exhibits[0].figure
    columns = (model.Column(label="Month"), model.Column(label="Leads", kind="count"))
    exhibits = tuple(
        model.Exhibit(key=f"e{n}", title=f"Title {n}", figure=figure,
                      table=model.Table(columns=columns, rows=tuple((f"t{n} r{i}", i) for i in range(many))))
        for n, many in enumerate(rows)
    )  # fmt: skip
    section = report.sections[0].model_copy(update={"exhibits": exhibits})
    return docx_document(report.model_copy(update={"sections": (section,), "handouts": ()}))


def test_narrow_tables_behind_the_figures_stand_two_abreast_each_with_its_caption():
    made = body(ending((3, 4, 40, 5)))
    pair, halves, *_ = (one for one in made.iter(TABLE) if one.find(f".//{TABLE}") is not None)

    def sides(frame):
        return frame.findall(f"{w('tr')}/{w('tc')}")

    assert [text_of(side.find(PARAGRAPH)) for side in sides(pair)] == [
        "Table 1. Figure 1: the numbers",
        "Table 2. Figure 2: the numbers",
    ]
    captions = [text_of(side.find(PARAGRAPH)).strip() for side in sides(halves)]
    assert captions == ["Table 3. Figure 3: the numbers", ""]
    # No page breaks the pair; what is as high as a page begins one, and its second half has the heading, too.
    assert pair.find(f"{w('tr')}/{w('trPr')}/{w('cantSplit')}") is not None
    assert halves.getprevious().find(f"{w('pPr')}/{w('pageBreakBefore')}") is not None
    counted = [[text_of(row) for row in side.find(TABLE).findall(w("tr"))] for side in sides(halves)]
    assert [len(rows) for rows in counted] == [21, 21]
    assert counted[0][0] == counted[1][0] == "MonthLeads"
    assert counted[1][1] == "t2 r2020"
    assert all(side[-1].tag == PARAGRAPH for frame in (pair, halves) for side in sides(frame))


@needs("writer")
@needs("poppler")
def test_a_table_of_more_than_a_page_begins_without_a_blank_one(tmp_path):
    """80 rows in two halves are higher than a page: a frame that must not be broken would leave a page empty."""
    (tmp_path / "long.docx").write_bytes(ending((80,)))
    made = body(ending((80,)))
    frames = [one for one in made.iter(TABLE) if one.find(f".//{TABLE}") is not None]
    assert [len(list(frame.iter(w("tr")))) - 3 for frame in frames] == [40, 40]
    out = convert(tmp_path, "pdf", tmp_path / "long.docx")
    text = subprocess.run(
        [str(find("poppler")), out / "long.pdf", "-"], capture_output=True, check=True
    ).stdout.decode()
    *pages, _ = text.split("\f")
    # A blank page still says whose it is.
    assert min(len(page.split()) for page in pages[1:]) > 25


def test_below_a_table_that_ends_its_page_nothing_begins_another():
    """An empty line below a table that fills its page to the end would stand alone on the next one."""
    report = demo_report("en")
    table = model.Table(columns=(model.Column(label="x"),), rows=(("a",),))
    exhibit = model.Exhibit(key="a", title="A table", table=table)
    first, second = (report.sections[0].model_copy(update={"key": key, "exhibits": (exhibit,)}) for key in "ab")
    made = body(docx_document(report.model_copy(update={"sections": (first, second)}))).find(w("body"))
    ends = [(one, after) for one, after in pairwise(made) if one.tag == TABLE]
    breaks = [after for _, after in ends if after.find(f"{w('pPr')}/{w('pageBreakBefore')}") is not None]
    assert len(breaks) >= 2
    gaps = [after for _, after in ends if after not in breaks and not text_of(after)]
    spaces = [gap.find(f"{w('pPr')}/{w('spacing')}") for gap in gaps]
    assert spaces
    assert {(one.get(w("line")), one.get(w("lineRule"))) for one in spaces} == {("20", "exact")}


def test_what_runs_along_turned_pages_reaches_their_margin(data):
    upright, turned, _ = opened(data).sections
    for section in (upright, turned):
        room = section.page_width.pt - section.left_margin.pt - section.right_margin.pt
        for running in (section.header, section.footer):
            (stop,) = running.paragraphs[0].paragraph_format.tab_stops
            assert stop.position.pt == pytest.approx(room, abs=0.5)
    styles = etree.fromstring(part(data, "word/styles.xml"))
    running = [one for one in styles if one.get(w("styleId")) in ("Header", "Footer")]
    # A stop of the style would come first.
    assert [len(list(one.iter(w("tab")))) for one in running] == [0, 0]


def test_the_language_and_the_properties():
    for lang, code in (("ru", "ru-RU"), ("uk", "uk-UA"), ("en", "en-US")):
        made = docx_document(demo_report(lang))
        styles = etree.fromstring(part(made, "word/styles.xml"))
        assert {one.get(VALUE) for one in styles.iter(w("lang"))} == {code}
    core = opened(docx_document(branded())).core_properties
    day = dt.datetime(2026, 7, 15, tzinfo=dt.UTC)
    assert (core.title, core.author, core.subject) == (
        "Как работают вместе маркетинг и отдел продаж",
        "Иванова & партнёры",
        "Окна Плюс",
    )
    assert {core.created.replace(tzinfo=dt.UTC), core.modified.replace(tzinfo=dt.UTC)} == {day}
    assert core.comments == ""
    assert core.language == "ru-RU"


def test_pages_say_whose_they_are_but_the_cover_does_not(data):
    (first, *_) = opened(data).sections
    assert first.different_first_page_header_footer
    assert first.first_page_header.is_linked_to_previous
    assert first.header.paragraphs[0].text.startswith("Окна Плюс\t")
    footer = etree.tostring(first.footer._element).decode()
    assert " PAGE " in footer
    assert " NUMPAGES " in footer
    assert [section.different_first_page_header_footer for section in opened(data).sections[1:]] == [False, False]


def test_wide_tables_turn_the_page_and_turn_it_back(data):
    sections = opened(data).sections
    assert [section.page_width > section.page_height for section in sections] == [False, True, False]
    assert all(section.header.paragraphs[0].text for section in sections)


def test_it_holds_every_text_of_the_report():
    report, marks = tokened(demo_report("ru"))
    made = docx_document(report)
    text = part(made, "word/document.xml").decode()
    assert {place for mark, place in marks.items() if mark not in text} == set()


def test_what_keeps_a_range_on_its_line_is_too_small_to_be_seen():
    made = paragraph("Normal", run("Теряется 59–200\nили −$5", bold=True, size=9))
    runs = made.findall(w("r"))
    assert [text_of(one) for one in runs] == ["Теряется 59–", JOINER, "200или −", JOINER, "$5"]
    assert len(runs[2].findall(w("br"))) == 1
    assert [one.find(f"{w('rPr')}/{w('sz')}").get(VALUE) for one in runs] == ["18", "2", "18", "2", "18"]
    assert [one.find(f"{w('rPr')}/{w('b')}") is not None for one in runs] == [True, False, True, False, True]
    # Nothing to be held: one run, as it was.
    assert len(paragraph("Normal", run("Один - два")).findall(w("r"))) == 1


def test_hostile_text_is_text():
    report = demo_report("ru", nasty=True)
    made = docx_document(report)
    texts = [p.text for p in opened(made).paragraphs]
    assert NASTY[5] in texts
    cells = {text_of(cell) for table in body(made).iter(TABLE) for cell in table.iter(w("tc"))}
    assert {"<script>alert(1)</script>", "{{ 7 * 7 }}", "$x^2$", "red", "ab"} <= cells
    assert "w:instrText" in part(made, "word/document.xml").decode()
    odd = report.model_copy(update={"headline": "a\x00b\x0bc\ufffe\ud800d\u202ee\nf\tg", "client": "\x01"})
    assert "abcde\nf g" in [p.text for p in opened(docx_document(odd)).paragraphs]


@pytest.mark.parametrize("key", ["sign-off", "meeting"])
def test_each_working_document_stands_by_itself(key):
    report = demo_report("ru")
    handout = next(one for one in report.handouts if one.key == key)
    made = handout_docx(report, handout)
    assert handout_docx(report, handout) == made
    assert styled(made, "Title") == [handout.title]
    assert styled(made, "Subtitle") == ["Окна Плюс · январь–июнь 2026"]
    assert opened(made).core_properties.title == handout.title
    if key == "sign-off":
        assert len(styled(made, "Report Blank")) == 2
        tabs = [tab.get(w("leader")) for tab in body(made).iter(w("tab")) if tab.get(VALUE) == "right"]
        assert tabs == ["underscore", "underscore"]
    else:
        assert styled(made, "Heading 1") == ["Повестка", "Придерживаемся"]
        assert styled(made, "List Number")[:2] == ["Задачи прошлой недели", "Пять цифр и план"]


def test_every_list_of_steps_begins_with_one():
    made = handout_docx(demo_report("ru"), demo_report("ru").handouts[1])
    items = [p for p in body(made).iter(PARAGRAPH) if p.find(f"{w('pPr')}/{w('numPr')}") is not None]
    used = [p.find(f"{w('pPr')}/{w('numPr')}/{w('numId')}").get(VALUE) for p in items]
    assert len(used) == 8
    assert used[:3] == [used[0]] * 3
    assert len({used[0], used[3], used[-1]}) == 3
    numbering = etree.fromstring(part(made, "word/numbering.xml"))
    for number in (used[0], used[-1]):
        (num,) = (one for one in numbering.findall(w("num")) if one.get(w("numId")) == number)
        assert num.find(f"{w('lvlOverride')}/{w('startOverride')}").get(VALUE) == "1"
    # A reader refuses lists whose definitions come after their uses.
    tags = [child.tag for child in numbering]
    assert max(i for i, tag in enumerate(tags) if tag == w("abstractNum")) < tags.index(w("num"))


def test_the_documents_of_a_run(tmp_path):
    assert set(documents(demo_report("ru"), ("docx",))) == {
        "report.docx",
        "handouts/sign-off.docx",
        "handouts/meeting.docx",
    }


def test_the_words_between_a_heading_and_its_table_go_with_them():
    table = model.Table(columns=(model.Column(label="Step"),), rows=(("Leads",),))
    exhibit = model.Exhibit(key="alone", title="Where clients are lost", reading=("What people believe.",), table=table)
    report = demo_report("en")
    section = report.sections[0].model_copy(update={"exhibits": (exhibit,)})
    made = docx_document(report.model_copy(update={"sections": (section,)}))
    (said,) = (p for p in body(made).iter(PARAGRAPH) if text_of(p) == "What people believe.")
    assert said.find(f"{w('pPr')}/{w('keepNext')}") is not None


def test_the_last_exhibit_of_a_chapter_stays_together_and_no_row_goes_alone():
    report = demo_report("en")
    svg = report.sections[0].exhibits[0].figure.svg
    figure = model.Figure(name="alone", svg=svg, alt="Bars")
    rows = tuple((f"row {n}",) for n in range(20))
    long = model.Exhibit(
        key="long", title="A long table", table=model.Table(columns=(model.Column(label="x"),), rows=rows)
    )
    last = model.Exhibit(key="last", title="The last one", figure=figure, reading=("Seen.", "Meant."), note="Source.")
    section = report.sections[0].model_copy(update={"exhibits": (long, last)})
    made = docx_document(report.model_copy(update={"sections": (section,), "handouts": ()}))
    kept = {
        text_of(p): p.find(f"{w('pPr')}/{w('keepNext')}") is not None for p in body(made).iter(PARAGRAPH) if text_of(p)
    }
    assert kept["Seen."]
    assert not kept["Meant."]
    assert next(keep for text, keep in kept.items() if text.endswith("Source."))
    assert [kept[f"row {n}"] for n in (15, 16, 17, 18, 19)] == [False, False, True, True, False]


def test_a_full_page_has_its_lines_to_fill_in_closer():
    report = demo_report("en")
    handout = report.handouts[0]
    more = [block for block in handout.blocks if block.kind != "line"] * 12
    full = handout.model_copy(update={"blocks": (*more, *handout.blocks)})

    def above(report):
        lines = [p for p in body(docx_document(report)).iter(PARAGRAPH) if "ReportBlank" in etree.tostring(p).decode()]
        return [p.find(f"{w('pPr')}/{w('spacing')}") is not None for p in lines]

    assert not any(above(report))
    assert all(above(report.model_copy(update={"handouts": (full,)})))


# A consultant's own document ------------------------------------------------------------------------------------------


def template(**more):
    own = docx.Document()
    own.styles["Normal"].font.name = "Georgia"
    own.styles["Heading 1"].font.size = Pt(22)
    own.styles["Heading 1"].font.color.rgb = RGBColor(0, 120, 0)
    section = own.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(4)
    section.header.paragraphs[0].text = "ШАПКА"
    section.footer.paragraphs[0].text = "ПОДВАЛ"
    own.add_heading("Старый текст", 1)
    own.add_table(2, 2)
    file = io.BytesIO()
    own.save(file)
    return file.getvalue()


@pytest.fixture(scope="module")
def own():
    return docx_document(branded(docx=template()))


def test_a_template_keeps_its_styles_and_its_page(own):
    made = opened(own)
    assert made.styles["Normal"].font.name == "Georgia"
    assert made.styles["Heading 1"].font.size == Pt(22)
    assert made.styles["Heading 1"].font.color.rgb == RGBColor(0, 120, 0)
    for section in made.sections:
        assert section.header.paragraphs[0].text == "ШАПКА"
        assert section.footer.paragraphs[0].text == "ПОДВАЛ"
        assert section.left_margin.cm == pytest.approx(4, abs=0.01)


def test_a_templates_text_goes_and_ours_fits_its_page(own):
    made = opened(own)
    assert "Старый текст" not in [p.text for p in made.paragraphs]
    room = Cm(13)
    assert len(made.inline_shapes) == 2
    assert all(shape.width <= room for shape in made.inline_shapes)
    wide = [sum(int(c.get(w("w"))) for c in table.iter(w("gridCol"))) for table in body(own).iter(TABLE)]
    # The money table stands on a page turned on its side.
    assert wide[0] <= room.twips
    assert max(wide) <= Cm(29.7 - 8).twips + 20


def test_styles_that_a_template_lacks_are_added_in_the_brands_colours(own):
    styles = etree.fromstring(part(own, "word/styles.xml"))
    names = [style.find(w("name")).get(VALUE) for style in styles.findall(w("style"))]
    assert len({name.casefold() for name in names}) == len(names)
    ids = [style.get(w("styleId")) for style in styles.findall(w("style"))]
    assert len(set(ids)) == len(ids)
    assert {"Report Table", "Report Card", "toc 1"} <= set(names)
    used = {style.get(VALUE) for style in body(own).iter(w("pStyle"), w("rStyle"), w("tblStyle"))}
    based = {style.get(VALUE) for style in styles.iter(w("basedOn"), w("next"))}
    assert used | based <= set(ids)
    assert b"7a1f3d" in part(own, "word/styles.xml")
    defaults = [style for style in styles.findall(w("style")) if style.get(w("default")) == "1"]
    assert len({style.get(w("type")) for style in defaults}) == len(defaults)


def test_a_template_made_by_word_in_russian_calls_its_styles_otherwise():
    # Word in Russian writes <w:style w:styleId="1"><w:name w:val="heading 1"/>.
    source = io.BytesIO(template())
    changed = io.BytesIO()
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(changed, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            if name in ("word/styles.xml", "word/document.xml"):
                content = re.sub(rb'"Heading(\d)"', rb'"\1"', content)
            if name == "word/_rels/document.xml.rels":
                # And a template without lists has no numbering.
                content = re.sub(rb"<Relationship [^>]*numbering[^>]*/>", b"", content)
            new.writestr(name, content)
    made = docx_document(branded(docx=changed.getvalue()))
    headings = [p.style.style_id for p in opened(made).paragraphs if p.style.name == "Heading 1"]
    assert headings
    assert set(headings) == {"1"}
    assert etree.fromstring(part(made, "word/numbering.xml")).findall(w("num"))


@pytest.mark.parametrize("data", [b"no zip", template()[:2000]])
def test_a_template_that_is_no_document_is_refused(data):
    with pytest.raises(ReportError, match=r"brand\.docx is not a Word document"):
        docx_document(branded(docx=data))


def test_a_logo_is_a_picture_with_a_name():
    size = b'width="40pt" height="10pt" viewBox="0 0 40 10"'
    svg = b'<svg xmlns="http://www.w3.org/2000/svg" ' + size + b'><path d="M0 0h40v10z"/></svg>'
    logo = "data:image/svg+xml;base64," + base64.b64encode(svg).decode()
    made = docx_document(branded(logo=logo, logo_size=(40, 10)))
    first = next(body(made).iter("{*}docPr"))
    assert first.get("descr") == "Иванова & партнёры"
    shape = opened(made).inline_shapes[0]
    assert shape.width / shape.height == pytest.approx(4, rel=0.02)


# LibreOffice ----------------------------------------------------------------------------------------------------------


@needs("writer")
def test_libreoffice_reads_all_of_it(tmp_path, data, own):
    files = {"plain": data, "own": own, "sheet": handout_docx(demo_report("ru"), demo_report("ru").handouts[0])}
    for name, content in files.items():
        (tmp_path / f"{name}.docx").write_bytes(content)
    out = convert(tmp_path, "odt", *(tmp_path / f"{name}.docx" for name in files))
    for name in ("plain", "own"):
        with zipfile.ZipFile(out / f"{name}.odt") as package:
            tree = etree.fromstring(package.read("content.xml"))
        text = "".join(tree.itertext())
        assert len(list(tree.iter("{*}frame"))) == 2
        assert len(list(tree.iter("{*}table"))) == 5
        assert len(list(tree.iter("{*}table-header-rows"))) == 5
        headings = [
            ("".join(h.itertext()), h.get("{urn:oasis:names:tc:opendocument:xmlns:text:1.0}outline-level"))
            for h in tree.iter("{*}h")
        ]
        assert [title for title, level in headings if level == "1"] == styled(files[name], "Heading 1")
        assert len(list(tree.iter("{*}table-of-content"))) == 2
        assert {desc.text for desc in tree.iter("{*}desc")} == {figure.alt for figure in demo_report("ru").figures()}
        assert len(list(tree.iter("{*}sequence"))) == 6
        assert "Следующий аудит: 15 октября 2026" in text
    with zipfile.ZipFile(out / "sheet.odt") as package:
        assert "подпись" in package.read("content.xml").decode()


@needs("writer")
def test_a_long_handout_stays_on_one_sheet_with_room_to_sign(tmp_path):
    report = demo_report("ru")
    heading, text = model.Block(kind="heading", text="Правила"), model.Block(kind="text", text="слово " * 20)
    blocks = [text if i % 6 else heading for i in range(20)]
    blocks += [model.Block(kind="line", text="Подпись") for _ in range(4)]
    long = model.Handout(key="long", title="Очень длинное название документа", blocks=tuple(blocks))
    made = handout_docx(report, long)
    usual, snug = (opened(data).styles for data in (handout_docx(report, report.handouts[0]), made))
    assert snug["Title"].font.size < usual["Title"].font.size
    assert snug["Title"].font.size > 1.25 * snug["Heading 1"].font.size
    (tmp_path / "long.docx").write_bytes(made)
    out = convert(tmp_path, "pdf", tmp_path / "long.docx")
    assert len(re.findall(rb"/Type\s*/Page[^s]", (out / "long.pdf").read_bytes())) == 1


def test_a_tight_page_has_smaller_letters_and_margins():
    report = demo_report("ru")
    usual, tight = (
        docx.Document(io.BytesIO(handout_docx(report, report.handouts[0], tight=tight))) for tight in (False, True)
    )
    assert tight.styles["Title"].font.size < usual.styles["Title"].font.size
    assert tight.styles["Title"].font.size > 1.25 * tight.styles["Heading 1"].font.size
    assert tight.sections[0].left_margin < usual.sections[0].left_margin
    sizes = {run.font.size for table in tight.tables for row in table.rows for cell in row.cells
             for part in cell.paragraphs for run in part.runs if run.font.size}  # fmt: skip
    assert all(size.pt <= 7 for size in sizes)
