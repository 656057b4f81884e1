"""The report as PDF: read back with poppler where it is installed, by its own objects where it is not."""

import base64
import datetime as dt
import re
import subprocess
import zlib
from collections import Counter

import pytest
from demo_report import WORDY, demo_report
from needs import find, needs
from tokens import tokened

from helpers.errors import ReportError
from helpers.language import language
from helpers.report import model
from helpers.report.fit import LONG_WORD, ZERO_WIDTH, advance, broken, fitted
from helpers.report.pdf import ROOM, _cells, _clean, _data, pdf_document

poppler = needs("poppler")
WORD_JOINER = "\N{WORD JOINER}"
MARKUP = (
    "#panic() #import",
    "$x^2$ *bold* _it_",
    "@ref <label> `raw`",
    "= Heading \\\\ \\#",
    "[content] {code} ~ -- //",
    '"quotes" \\u{1F600}',
)

SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {0} {1}" width="{0}pt" height="{1}pt"><path d="M0 0h9v9z"/>'


def texts(pdf, *options):
    """The text of a document, one string a page; a break that a long word was given is no part of it."""
    return _read(pdf, *options).replace(ZERO_WIDTH, "").split("\f")[:-1]


def boxes(pdf):
    """The words of a document with their places, one string a page."""
    return _read(pdf, "-bbox").split("<page ")[1:]


def overlaps(places):
    """How many pairs of words lie on each other."""
    words = sorted(tuple(map(float, place)) for place in places)
    found = 0
    for i, (_, top, right, bottom) in enumerate(words):
        for left, other_top, _, other_bottom in words[i + 1 :]:
            if left >= right - 1:
                break
            found += min(bottom, other_bottom) - max(top, other_top) > 0.35 * (bottom - top)
    return found


def _read(pdf, *options):
    made = subprocess.run([find("poppler"), *options, "-", "-"], input=pdf, capture_output=True, check=True)
    return made.stdout.decode()


def objects(pdf):
    """The document with its packed parts unpacked."""
    parts = [pdf]
    for packed in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.DOTALL):
        try:
            parts.append(zlib.decompress(packed))
        except zlib.error:
            continue
    return b"\n".join(parts)


def with_client(report, name):
    return report.model_copy(update={"client": name})


@pytest.fixture(scope="module")
def pdf():
    return pdf_document(demo_report("ru"))


@pytest.fixture(scope="module")
def long_pdf():
    return pdf_document(demo_report("ru", long=True))


def test_the_same_report_is_the_same_document(pdf):
    assert pdf.startswith(b"%PDF-1.7")
    assert pdf_document(demo_report("ru")) == pdf


def test_it_holds_no_time_of_the_machine(pdf):
    dates = set(re.findall(rb"\(D:(\d{8})\d*", objects(pdf))) | set(re.findall(rb"Date>([\d-]+)", objects(pdf)))
    assert dates
    assert {date.replace(b"-", b"") for date in dates} == {b"20260715"}


def test_it_is_tagged_for_readers_that_speak(pdf):
    inside = objects(pdf)
    assert b"<pdfuaid:part>1</pdfuaid:part>" in inside
    assert b"/MarkInfo" in inside
    assert re.search(rb"/Lang\s?\(ru", inside)
    for tag in (b"/H1", b"/H2", b"/Figure", b"/Caption", b"/TH", b"/TOC", b"/Link", b"/L"):
        assert re.search(rb"/S\s?" + tag + rb"\b", inside), tag


def test_the_language_of_the_document_is_that_of_the_report():
    assert re.search(rb"/Lang\s?\(uk", objects(pdf_document(demo_report("uk"))))


def test_every_font_is_inside_and_none_is_the_machines(pdf):
    inside = objects(pdf)
    names = set(re.findall(rb"/FontName\s?/([A-Z]{6}\+[\w-]+)", inside))
    assert {name.partition(b"+")[2] for name in names} == {b"DejaVuSans", b"DejaVuSans-Bold"}
    assert len(re.findall(rb"/FontFile[23]?\s", inside)) >= len(names)


@poppler
def test_it_holds_every_text_of_the_report():
    report, marks = tokened(demo_report("ru"))
    text = "".join(texts(pdf_document(report), "-raw"))
    unseen = {place for mark, place in marks.items() if mark not in text}
    # What a picture shows is said in the tags.
    assert {place for place in unseen if not place.endswith(".alt")} == set()
    assert {place for place in marks.values() if place.endswith(".alt")} <= unseen


@poppler
def test_markup_in_a_name_is_text():
    table = model.Table(
        columns=(model.Column(label=MARKUP[0]),), rows=tuple((name,) for name in MARKUP), note=MARKUP[1]
    )
    sections = tuple(
        model.Section(
            key=f"s{i}",
            title=name,
            lead=(name,),
            boxes=(model.Box(title=name, text=(name,)),),
            exhibits=(model.Exhibit(key="a", title=f"Title {i} {name}", reading=(name,), note=name, table=table),),
        )
        for i, name in enumerate(MARKUP)
    )
    report = with_client(demo_report("ru"), MARKUP[0]).model_copy(update={"sections": sections})
    pages = texts(pdf_document(report), "-layout")
    assert MARKUP[0] in pages[0]
    for i, name in enumerate(MARKUP):
        chapter = next(page for page in pages[2:] if f"Title {i} {name}" in page)
        assert chapter.count(name) >= 7


def test_letters_that_no_font_has_do_not_stop_it():
    names = [
        "漢字 😀",
        "العربية עברית",
        "\ue000\ufdd0",
        "a\x00\x1b[31mb\x07",
        "e\u0301\u200d\ufeff",
        "\ud800x",
        "\u202eabc",
    ]
    assert pdf_document(with_client(demo_report("ru"), " ".join(names) + "x" * 3000)).startswith(b"%PDF")


@poppler
def test_pages_say_whose_they_are_and_how_many_there_are(pdf):
    pages = texts(pdf, "-layout")
    assert len(pages) > 8
    assert "Окна Плюс" in pages[0]
    assert f"1 / {len(pages)}" not in pages[0]
    for number, page in enumerate(pages[1:], 2):
        assert f"{number} / {len(pages)}" in page
        assert page.lstrip().startswith("Окна Плюс")


@poppler
def test_the_contents_name_every_part_with_its_page(pdf):
    pages = texts(pdf, "-layout")
    contents = pages[1]
    for section in demo_report("ru").sections:
        (line,) = (line for line in contents.splitlines() if line.strip().startswith(section.title))
        number = int(line.split()[-1].strip(WORD_JOINER))
        assert section.title in pages[number - 1]


@poppler
def test_pictures_and_tables_are_numbered(pdf):
    text = "".join(texts(pdf, "-raw"))
    assert [text.count(f"Рисунок {n}.") for n in (1, 2, 3)] == [1, 1, 0]
    assert [text.count(f"Таблица {n}.") for n in (1, 2, 3, 4, 5)] == [1, 1, 1, 1, 0]


@poppler
def test_the_contents_are_one_page_and_the_listing_has_all(long_pdf):
    report = demo_report("ru", long=True)
    pages = [" ".join(page.split()) for page in texts(long_pdf, "-raw")]
    contents = pages[1]
    assert all(section.title in contents for section in report.sections)
    assert all(handout.title in contents for handout in report.handouts)
    assert pages[2].endswith("3 / " + str(len(pages)))
    assert report.headline in pages[2]
    listing = next(i for i, page in enumerate(pages) if i > 2 and "Все выводы" in page)
    listed = " ".join(pages[listing:])
    findings = [exhibit.title for section in report.sections for exhibit in section.exhibits]
    assert findings
    assert all(title in listed for title in findings)
    assert not any(title in contents for title in findings)


@poppler
def test_no_title_of_the_listing_touches_its_number():
    rows = model.Table(columns=(model.Column(label="Row"),), rows=(("a",),))
    exhibits = tuple(
        model.Exhibit(key=f"x{n}", title=f"{'ii ' * n}end{n}", table=rows, table_open=True) for n in range(55, 70)
    )
    *_, listing = boxes(pdf_document(of_sections(model.Section(key="a", title="A", exhibits=exhibits))))
    places = re.findall(r'xMin="([\d.]+)" yMin="([\d.]+)" xMax="([\d.]+)" yMax="[\d.]+">([^<]+)<', listing)
    words = [(float(left), float(top), float(right), word) for left, top, right, word in places]
    gaps = [
        left - right
        for _, top, right, word in words
        if word.startswith("end")
        for left, other, _, number in words
        if abs(other - top) < 1 and left > right and number.strip(WORD_JOINER).isdigit()
    ]
    assert len(gaps) == len(exhibits)
    assert max(gaps) > 400, "no title goes over a line: nothing is tried"
    assert min(gaps) > 6


@poppler
def test_the_owners_page_is_one_page(long_pdf):
    report = demo_report("ru", long=True)
    page = " ".join(texts(long_pdf, "-raw")[2].split())
    for text in (report.headline, report.findings[0].text, report.score.headline, report.actions[2].title):
        assert text in page
    assert report.actions[2].look_again in page


@poppler
def test_long_tables_repeat_their_header_and_say_what_is_left_out(long_pdf):
    pages = [" ".join(page.split()) for page in texts(long_pdf, "-layout")]
    table = [page for page in pages if "spring_2026_remarketing_v2" in page and "ROMI" in page]
    assert len(table) > 3
    assert sum("Ещё 921 строка - на странице отчёта" in page for page in pages) == 1
    assert "Итого" in table[-1] or "Итого" in pages[pages.index(table[-1]) + 1]


def of_sections(*sections):
    """A report of these chapters and nothing else."""
    return demo_report("en").model_copy(
        update={"sections": sections, "handouts": (), "method": (), "actions": (), "days": (), "next_audit": ""}
    )


@poppler
def test_no_page_holds_one_row_of_a_table_alone():
    columns = (model.Column(label="Row"), model.Column(label="N", kind="count"))

    def exhibit(n):
        rows = tuple((f"t{n}r{i}", i) for i in range(n))
        table = model.Table(columns=columns, rows=rows, total=n % 2 == 0)
        return model.Exhibit(key=f"x{n}", title=f"Table of {n}", table=table, table_open=True)

    pages = texts(
        pdf_document(of_sections(model.Section(key="a", title="A", exhibits=tuple(map(exhibit, range(14, 60))))))
    )
    held = [rows for page in pages for rows in Counter(re.findall(r"\bt(\d+)r\d+\b", page)).items()]
    assert sum(rows for _, rows in held) == sum(range(14, 60))
    assert len(held) > 60, "no table goes over a page: nothing is tried"
    few = {number: rows for (number, rows) in held if rows < 4}
    assert min(few.values(), default=2) > 1
    assert not [number for number in few if int(number) > 10], "of a long table more stays together"


@poppler
def test_a_chapter_begins_on_a_page_that_is_left_empty():
    def chapter(key, paragraphs):
        return model.Section(key=key, title=f"Chapter {key}", lead=("Some words of it. " * 12,) * paragraphs)

    def page_of(pages, text):
        (found,) = (number for number, page in enumerate(pages[3:]) if re.search(f"^{text}$", page, re.MULTILINE))
        return found

    pages = texts(pdf_document(of_sections(chapter("one", 3), chapter("two", 9), chapter("three", 3))), "-layout")
    assert page_of(pages, "Chapter one") == page_of(pages, "Chapter two") == page_of(pages, "Chapter three") - 1


@poppler
@pytest.mark.parametrize(("high", "frames"), [(400, 1), (470, 1), (560, 2), (590, 2)])
def test_the_words_of_a_chapter_stand_with_its_first_picture(high, frames):
    lead = ("Some words of it. " * 12,)
    box = model.Box(title="A frame", text=("What it means. " * 20,))
    drawn = model.Figure(name="tall", svg=SVG.format(480, high) + "<title>Tall</title></svg>", alt="Tall.")
    exhibit = model.Exhibit(key="x", title="What was found", figure=drawn, reading=("Read it so.",))
    chapter = model.Section(key="b", title="Chapter", lead=lead, boxes=(box,) * frames, exhibits=(exhibit,))
    pages = texts(pdf_document(of_sections(chapter)), "-layout")
    (place,) = (n for n, page in enumerate(pages[3:], 3) if re.search("^Chapter$", page, re.MULTILINE))
    assert "What was found" in pages[place]
    assert "Figure 1." in pages[place]
    assert "".join(pages).count("A frame") == frames


@poppler
def test_the_method_stands_whole_on_its_page():
    boxes = tuple(model.Box(title=f"Method {n}", text=("Some words of it. " * 12,)) for n in range(4))
    shared = 0
    for paragraphs in range(2, 12):
        chapter = model.Section(key="one", title="Chapter one", lead=("Some words of it. " * 12,) * paragraphs)
        report = of_sections(chapter).model_copy(update={"method": boxes})
        pages = texts(pdf_document(report), "-layout")
        (place,) = (n for n, page in enumerate(pages[3:], 3) if re.search("^Method 0$", page, re.MULTILINE))
        assert all(f"Method {n}" in pages[place] for n in range(4))
        assert "Method in brief" in pages[place]
        shared += "Chapter one" in pages[place]
    assert 0 < shared < 10, "it never follows a chapter, or always has the room: nothing is tried"


@poppler
def test_how_to_read_the_score_is_one_page():
    card = demo_report("en").score
    states = tuple(state.model_copy(update={"stay": " ".join([state.stay] * 10)}) for state in card.states)
    report = of_sections(model.Section(key="a", title="The chapter after", lead=("Some words.",)))
    longer = report.model_copy(update={"score": card.model_copy(update={"states": states})})
    pages = texts(pdf_document(longer), "-layout")
    place = next(number for number, page in enumerate(pages[3:], 3) if "How to read the score" in page)
    assert states[-1].label in pages[place]
    assert "The chapter after" in pages[place + 1]


@poppler
def test_numbers_of_a_column_end_at_one_line(pdf):
    page = next(page for page in boxes(pdf) if ">ROMI<" in page)
    signs = [round(float(x), 1) for x in re.findall(r'xMax="([\d.]+)" yMax="[\d.]+">₽<', page)]
    # Five columns of money, five campaigns and the total.
    assert len(signs) == 30
    assert len(set(signs)) == 5


@poppler
def test_nothing_is_outside_the_page(long_pdf):
    pages = boxes(long_pdf)
    assert len(pages) > 20
    for page in pages:
        width, height = (float(side) for side in re.match(r'width="([\d.]+)" height="([\d.]+)"', page).groups())
        places = re.findall(r'xMin="([\d.-]+)" yMin="([\d.-]+)" xMax="([\d.-]+)" yMax="([\d.-]+)"', page)
        assert places
        for place in places:
            left, top, right, bottom = map(float, place)
            assert left > 50
            assert top > 20
            assert right < width - 50
            assert bottom < height - 20
        assert overlaps(places) == 0


@poppler
def test_a_brand_stands_on_the_cover_and_at_the_foot():
    logo = "data:image/svg+xml;base64," + base64.b64encode(f"{SVG.format(40, 10)}</svg>".encode()).decode()
    brand = model.Brand(
        name="Иванова #1", logo=logo, logo_size=(40, 10), primary="#7a1f3d", contact="a@b.example", footer="Секретно $1"
    )
    pages = texts(pdf_document(demo_report("ru").model_copy(update={"brand": brand})), "-layout")
    assert "Иванова #1" in pages[0]
    assert "a@b.example" in pages[0]
    assert all("Секретно $1" in page for page in pages[1:])


def test_pictures_keep_their_proportions_and_fit_their_page():
    tall = f"{SVG.format(518.4, 3000)}<title>t</title></svg>"
    figure = model.Figure(name="tall", alt="Tall.", svg=tall)
    section = model.Section(key="a", title="A", exhibits=(model.Exhibit(key="a", title="A", figure=figure),))
    report = demo_report("en").model_copy(update={"sections": (section,)})
    data = _data(report, language("en"))
    (made,) = (piece for run in data["runs"] for piece in run["pieces"] if piece["kind"] == "picture")
    assert made["width"] * 3000 / 518.4 == pytest.approx(590)
    assert pdf_document(report).startswith(b"%PDF")
    (usual,) = (
        piece
        for run in _data(demo_report("en"), language("en"))["runs"]
        for piece in run["pieces"]
        if piece.get("file") == "figures/money-profit.svg"
    )
    assert usual["width"] == ROOM


@pytest.mark.parametrize("svg", ["<svg onload='x()'><title>t</title></svg>", '<svg><image href="/etc/passwd"/></svg>'])
def test_a_picture_that_was_tampered_with_is_refused(svg):
    exhibit = model.Exhibit(key="a", title="A", figure=model.Figure(name="a", alt="A.", svg=svg))
    section = model.Section(key="a", title="A", exhibits=(exhibit,))
    with pytest.raises(ReportError, match=r"figures/a\.svg"):
        pdf_document(demo_report("en").model_copy(update={"sections": (section,)}))


def test_the_smallest_report_is_a_document():
    period = (dt.date(2026, 1, 1), dt.date(2026, 6, 30))
    bare = model.Report(
        lang="uk", title="T", client="C", currency="UAH", period=period, as_of=period[1], score=model.ScoreCard()
    )
    assert pdf_document(bare).startswith(b"%PDF")


def test_long_words_are_broken_after_marks_and_where_they_must():
    text = f"Кампания {WORDY[1]} и слово"
    made = broken(text)
    assert made.replace(ZERO_WIDTH, "") == text
    assert f"_{ZERO_WIDTH}" in made
    assert f"а{ZERO_WIDTH}" not in made.split(" ")[0]
    pieces = broken("щ" * 200, 10).split(ZERO_WIDTH)
    assert all(advance(piece, 1) <= 10 for piece in pieces)
    assert "".join(pieces) == "щ" * 200
    assert broken("короткое слово", LONG_WORD) == "короткое слово"


@pytest.mark.parametrize("name", ["outdoor", "Пройшли", "41042455"])
def test_a_word_that_sets_the_width_of_its_column_is_not_broken(name):
    """Widths are rounded: by a hundredth of a point a name of seven letters would lose its last one."""
    columns = tuple(model.Column(label=label) for label in (name, "Продукт", "Менеджер", "Кампания", "Ещё"))
    rows = tuple((name, *["очень длинный текст из многих слов " * 3] * 4) for _ in range(3))
    made = fitted(model.Table(columns=columns, rows=rows), language("ru"), "RUB", ROOM, ROOM)
    written = _cells(made)
    assert written["heads"][0] == name
    assert {row[0] for row in written["rows"]} == {name}


def test_numbers_are_never_broken():
    data = _clean(_data(demo_report("ru", long=True), language("ru")))
    tables = [piece for run in data["runs"] for piece in run["pieces"] if piece["kind"] == "numbers"]
    assert len(tables) == 5
    for table in tables:
        for row in table["rows"]:
            for cell, number, width in zip(row, table["numeric"], table["widths"], strict=True):
                if number:
                    assert ZERO_WIDTH not in cell
                for part in re.split(rf"[ {ZERO_WIDTH}]", cell):
                    assert advance(part, table["size"]) <= width - 2 * table["inset"]
