"""The numbers of the report as a workbook: numbers are numbers, text is text, every table can be found and filtered."""

import base64
import datetime as dt
import io
import math
import re
import zipfile
from functools import cache

import pytest
from demo_report import demo_report
from python_calamine import CalamineWorkbook

from helpers.language import LANGUAGES, language
from helpers.report import model
from helpers.report.lettering import strip_control
from helpers.report.model import Column, Table
from helpers.report.xlsx import xlsx_document
from helpers.report.xlsx_cells import (
    headers,
    lines,
    number_format,
    one_line,
    sheet_name,
    spread,
    text_of,
    value_of,
    widths,
)
from helpers.report.xlsx_paper import page_breaks, paper_for

FORMULAS = (
    '=HYPERLINK("https://evil.example";"x")',
    "+1+1",
    "-1+1",
    "@SUM(A1)",
    "{=1+1}",
    "=cmd|'/c calc'!A1",
    "https://evil.example",
    "mailto:a@b.example",
    "external:c:\\x.xlsx",
    "_x0041_",
    "a\x00b\x1b[31m",
)
CASES = {**{lang: {"lang": lang} for lang in LANGUAGES}, "long": {"lang": "ru", "long": True}}


@cache
def made(case):
    report = demo_report(**CASES[case])
    return report, xlsx_document(report)


def sheets(data):
    """Name of each sheet → its rows."""
    book = CalamineWorkbook.from_filelike(io.BytesIO(data))
    return {name: book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in book.sheet_names}


def parts(data):
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        return {name: package.read(name).decode() for name in package.namelist() if not name.endswith(".png")}


def below(rows, heading):
    """The rows under a row that begins with ``heading``, cut to its columns."""
    at = next(i for i, row in enumerate(rows) if row[: len(heading)] == heading)
    return [row[: len(heading)] for row in rows[at + 1 :]]


def of(table, *, title="Числа", lang="ru", currency="RUB"):
    """The rows of one table as the workbook of a report with nothing else holds them."""
    exhibit = model.Exhibit(key="a", title=title, table=table)
    section = model.Section(key="a", title="Глава", exhibits=(exhibit,))
    report = demo_report(lang).model_copy(update={"sections": (section,), "currency": currency})
    data = xlsx_document(report)
    return below(sheets(data)["1. Глава"], headers(table))[: len(table.rows)], data


# What stands on which sheet ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("case", CASES)
def test_there_is_a_sheet_for_each_chapter_between_contents_and_sources(case):
    report, data = made(case)
    names = list(sheets(data))
    say = language(report.lang)
    assert names[:3] == [say("Contents"), say("The main thing"), say("What to do first")]
    assert names[-2:] == [say("Working documents"), say("Sources and definitions")]
    for number, (name, section) in enumerate(zip(names[3:-2], report.sections, strict=True), 1):
        assert name.startswith(f"{number}. ")
        assert name.rstrip("…")[3:10] in section.title.replace(":", "")


@pytest.mark.parametrize("case", CASES)
def test_tables_are_in_the_workbook_cell_by_cell(case):
    report, data = made(case)
    rows = list(sheets(data).values())
    for number, section in enumerate(report.sections, 3):
        for exhibit in section.exhibits:
            found = below(rows[number], headers(exhibit.table))
            for row, wanted in zip(found, exhibit.table.rows, strict=False):
                for cell, value, column in zip(row, wanted, exhibit.table.columns, strict=True):
                    _compare(cell, value, column)
    handouts = rows[-2]
    table = next(block.table for one in report.handouts for block in one.blocks if block.table)
    assert below(handouts, headers(table))[0] == [table.rows[0][0], pytest.approx(0.31)]


def _compare(cell, value, column):
    if column.kind == "date":
        assert cell == dt.date.fromisoformat(value)
    elif value is None:
        assert cell == ("?" if column.kind == "count" else "–")
    elif column.kind == "minutes":
        assert cell == dt.timedelta(minutes=math.floor(value + 0.5))
    elif isinstance(value, str):
        assert cell == strip_control(value)
    else:
        assert cell == pytest.approx(value / 100 if column.kind == "percent" else value)


def test_contents_lead_to_every_sheet_and_table():
    report, data = made("ru")
    xml = parts(data)
    links = re.findall(r'<hyperlink ref="A\d+" location="([^"]*)"', xml["xl/worksheets/sheet1.xml"])
    names = list(sheets(data))
    assert {link.split("!")[0].strip("'").replace("&apos;", "'") for link in links} == set(names[1:])
    rows = sheets(data)
    for link in links:
        sheet, cell = link.split("!")
        row = int(cell.removeprefix("A")) - 1
        assert rows[sheet.strip("'")][row][0]
    for exhibit in (exhibit for section in report.sections for exhibit in section.exhibits):
        assert any(row[0] == exhibit.title for row in rows[names[0]])
    back = [name for name, text in xml.items() if "worksheets/sheet" in name and names[0] in text]
    assert len(back) == len(names) - 1


def test_the_main_sheet_says_what_the_first_page_says():
    report, data = made("ru")
    told, asked = (
        "\n".join(str(cell) for row in sheets(data)[name] for cell in row)
        for name in ("Главное", "Что сделать в первую очередь")
    )
    assert report.headline in told
    assert "58 из 100" in told
    assert all(one.text in told and one.amount in told for one in report.findings)
    assert all(one.title in asked and one.first_step in asked and one.owner in asked for one in report.actions)
    assert all(item in told for stretch in report.days for item in stretch.items)
    assert report.next_audit in told


def test_sources_and_definitions_are_there():
    report, data = made("ru")
    rows = sheets(data)["Источники и определения"]
    told = "\n".join(str(cell) for row in rows for cell in row)
    assert all(one.name in told and one.sha256 in told for one in report.sources)
    assert ["exports/direct_2026.xlsx", 18_412.0] in [row[:2] for row in rows]
    explained = [box for section in report.sections for box in section.boxes if box.tone == "explain"]
    for box in (*explained, *report.method):
        assert box.title in told
        assert all(text in told for text in box.text)


# Numbers, text, dates ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", FORMULAS)
def test_what_clients_wrote_is_never_a_formula_or_a_link(text):
    table = Table(
        columns=(Column(label=text), Column(label="x", kind="count")), rows=((text, 1), ("b", None)), note=text
    )
    report = demo_report("ru")
    exhibit = model.Exhibit(key="a", title=text, table=table, note=text)
    section = model.Section(key="a", title=text, lead=(text,), boxes=(model.Box(title=text, text=(text,)),),
                            exhibits=(exhibit,))  # fmt: skip
    finding = model.Finding(text=text, amount=text, detail=text)
    brand = model.Brand(name=text, contact=text)
    changes = {"sections": (section,), "client": text, "findings": (finding,), "brand": brand, "headline": text}
    data = xlsx_document(report.model_copy(update=changes))
    found = sheets(data)
    held = [cell for row in list(found.values())[3] for cell in row]
    assert held.count(text_of(text)) >= 6
    xml = parts(data)
    assert not [name for name, part in xml.items() if re.search(r"<f[ >]", part)]
    assert not [name for name, part in xml.items() if 'TargetMode="External"' in part]


def test_text_that_would_become_a_formula_when_edited_is_marked_as_text():
    _, data = of(Table(columns=(Column(label="a"),), rows=(("=1+1",), ("-",), ("plain",))))
    styles = parts(data)["xl/styles.xml"]
    assert 'quotePrefix="1"' in styles
    _, data = of(Table(columns=(Column(label="a"),), rows=(("plain",),)))
    assert 'quotePrefix="1"' not in parts(data)["xl/styles.xml"]


def test_every_kind_of_cell_is_what_it_is():
    kinds = {"text": "слово", "count": 1234, "number": 2.5, "money": 1234.5, "share": 0.314, "percent": 80.0,
             "points": 0.05, "date": "2026-03-01", "month": "2026-03", "minutes": 95.5, "days": 3.0}  # fmt: skip
    columns = tuple(Column(label=kind, kind=kind) for kind in kinds)
    (known, unknown), data = of(Table(columns=columns, rows=(tuple(kinds.values()), tuple(None for _ in kinds))))
    day = dt.date(2026, 3, 1)
    assert known == ["слово", 1234.0, 2.5, 1234.5, 0.314, pytest.approx(0.8), pytest.approx(5.0), day, day,
                     dt.timedelta(minutes=96), 3.0]  # fmt: skip
    assert unknown == ["?" if kind == "count" else "–" for kind in kinds]
    styles = parts(data)["xl/styles.xml"]
    for shape in (
        "#,##0&quot;\u00a0₽&quot;",
        "dd.mm.yyyy",
        "[$-419]mmmm yyyy",
        "#,##0.0",
        "&quot;\u00a0п.\u00a0п.&quot;",
    ):
        assert shape in styles


def test_numbers_that_are_none_are_unknown():
    table = Table(columns=(Column(label="a", kind="number"),), rows=((math.nan,), (math.inf,), (-math.inf,), (0.0,)))
    assert of(table)[0] == [["–"], ["∞"], ["−∞"], [0.0]]


@pytest.mark.parametrize(
    ("kind", "digits", "currency", "lang", "wanted"),
    [
        ("money", None, "RUB", "ru", '#,##0"\u00a0₽";−#,##0"\u00a0₽"'),
        ("money", 2, "UAH", "uk", '#,##0.00"\u00a0₴";−#,##0.00"\u00a0₴"'),
        ("money", None, "USD", "en", '"$"#,##0;−"$"#,##0'),
        ("money", None, "CHF", "en", '"CHF\u00a0"#,##0;−"CHF\u00a0"#,##0'),
        ("share", 1, "RUB", "ru", '#,##0.0"\u00a0"%;−#,##0.0"\u00a0"%'),
        ("percent", None, "RUB", "en", "#,##0%;−#,##0%"),
        ("points", None, "RUB", "en", '#,##0"\u00a0pp";−#,##0"\u00a0pp"'),
        ("minutes", None, "RUB", "uk", '[<0.0413][m]"\u00a0хв";[h]"\u00a0год"\\ mm"\u00a0хв"'),
        ("minutes", 1, "RUB", "en", '[m]:ss"\u00a0min"'),
        ("days", None, "RUB", "ru", '#,##0"\u00a0дн.";−#,##0"\u00a0дн."'),
        ("date", None, "USD", "en", "mmm d, yyyy"),
        ("month", None, "UAH", "uk", "[$-422]mmmm yyyy"),
        ("count", 3, "RUB", "ru", "#,##0;−#,##0"),
    ],
)
def test_formats_follow_the_language_and_the_currency(kind, digits, currency, lang, wanted):
    assert number_format(Column(label="x", kind=kind, digits=digits), language(lang), currency) == wanted


def test_a_range_is_two_columns_of_numbers_and_a_duration_is_a_time():
    def quantity(**more):
        return model.Quantity(text="как написано", **more)

    columns = tuple(Column(label=label) for label in ("Канал", "Диапазон (95 %)", "Доля", "Ждали", "Было"))
    rows = (
        ("а", quantity(kind="share", digits=1, low=0.021, high=0.1),
         quantity(kind="share", value=0.05, low=0.0, high=0.2),
         quantity(kind="minutes", value=74.4), quantity(kind="money", value=58_012.0, currency="USD")),
        ("б", "мало данных", None, quantity(kind="minutes", value=0.5), quantity(kind="percent", value=12.5)),
        ("в", None, None, quantity(kind="minutes"), quantity(kind="minutes", value=-5.0)),
    )  # fmt: skip
    table = Table(columns=columns, rows=rows)
    say = language("ru")
    # Pages show what is written; only the workbook takes the number.
    assert [say.cell(cell, column, "RUB") for cell, column in zip(rows[0], columns, strict=True)] == [
        "а", *["как написано"] * 4
    ]  # fmt: skip
    wide = spread(table, say)
    assert headers(wide) == [
        "Канал", "Диапазон (95 %): от", "Диапазон (95 %): до", "Доля", "Доля: от", "Доля: до", "Ждали", "Было"
    ]  # fmt: skip
    exhibit = model.Exhibit(key="a", title="Числа", table=table)
    section = model.Section(key="a", title="Глава", exhibits=(exhibit,))
    data = xlsx_document(demo_report("ru").model_copy(update={"sections": (section,)}))
    first, second, third = below(sheets(data)["1. Глава"], headers(wide))[:3]
    assert first == ["а", 0.021, 0.1, 0.05, 0.0, 0.2, dt.timedelta(minutes=74), 58_012.0]
    assert second == ["б", "мало данных", "–", "–", "–", "–", dt.timedelta(seconds=30), pytest.approx(0.125)]
    assert third == ["в", "–", "–", "–", "–", "–", "как написано", "−5\u00a0мин"]
    styles = parts(data)["xl/styles.xml"]
    for shape in ("#,##0&quot;\u00a0$&quot;", "#,##0.0&quot;\u00a0&quot;%", "[m]:ss&quot;\u00a0мин&quot;"):
        assert shape in styles
    assert spread(Table(columns=columns[:1], rows=(("а",),)), say).columns == columns[:1]
    cells = tuple(quantity(kind="share", value=0.05, low=0.0, high=0.2) for _ in range(4))
    matrix = spread(Table(columns=columns[:4], rows=(cells,)), say)
    assert (matrix.columns, matrix.rows) == (columns[:4], (("как написано",) * 4,))


def test_a_text_in_a_column_of_numbers_stays_text():
    table = Table(columns=(Column(label="a", kind="count"), Column(label="b", kind="money")), rows=(("≥ 5", "нет"),))
    assert value_of("≥ 5", table.columns[0]) is None
    assert of(table)[0] == [["≥ 5", "нет"]]


# Sheets, filters, the file -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("case", CASES)
def test_every_table_has_filters_and_every_sheet_is_frozen(case):
    report, data = made(case)
    xml = parts(data)
    tables = [part for name, part in xml.items() if name.startswith("xl/tables/")]
    # Findings, actions, the 90 days, files that were read, and one of a handout.
    assert len(tables) == sum(len(section.exhibits) for section in report.sections) + 5
    assert all("<autoFilter ref=" in part for part in tables)
    worksheets = [part for name, part in xml.items() if name.startswith("xl/worksheets/sheet")]
    assert all('state="frozen"' in part for part in worksheets)
    assert all('fitToPage="1"' in part and 'fitToHeight="0"' in part for part in worksheets)


def test_a_total_stands_below_its_filter():
    columns = (Column(label="a"), Column(label="b", kind="count"))
    rows, data = of(Table(columns=columns, rows=(("x", 1), ("y", 2), ("Итого", 3)), total=True))
    assert rows[-1] == ["Итого", 3.0]
    xml = parts(data)
    table = next(part for name, part in xml.items() if name.startswith("xl/tables/") and 'name="b"' in part)
    first, last = map(int, re.search(r'<autoFilter ref="A(\d+):B(\d+)"', table).groups())
    assert last - first == 2


def test_two_columns_of_one_name_and_a_table_without_rows_are_no_harm():
    columns = (Column(label="Доля"), Column(label="доля", kind="share"), Column(label=""), Column(label="Доля\n"))
    table = Table(columns=columns, rows=(("a", 0.5, "b", "c"),))
    assert headers(table) == ["Доля", "доля (2)", "–", "Доля (3)"]
    assert of(table)[0] == [["a", 0.5, "b", "c"]]
    assert of(Table(columns=columns, rows=()))[0] == []


def test_names_of_sheets_are_legal_and_differ():
    taken = set()
    found = [sheet_name(title, taken) for title in ("А/Б [что]?*\\", "а б что", "History", "'", "", "x" * 40, "x" * 41)]
    assert found[:2] == ["А Б что", "а б что (2)"]
    assert len({name.casefold() for name in found}) == len(found)
    for name in found:
        assert 0 < len(name) <= 31
        assert not re.search(r"[\[\]:*?/\\]", name)
        assert not name.startswith("'")
        assert name.casefold() != "history"


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("8. Plan: pace and open deals", "8. Plan - pace and open deals"),
        ("4. Leads: from marketing to sales", "4. Leads"),
        ("10. The customer's journey", "10. The customer\N{RIGHT SINGLE QUOTATION MARK}s journey"),
        ("11. What people say and what the data show", "11. What people say…"),
        ("11. Что говорят и что показывают данные", "11. Что говорят…"),
        ("Что сделать в первую очередь", "Что сделать в первую очередь"),
    ],
)
def test_a_long_title_gives_its_sheet_a_name_that_says_something(title, name):
    assert sheet_name(title, set()) == name


def test_a_long_text_is_cut_to_what_a_cell_holds():
    assert len(text_of("x" * 40_000)) == 32_000
    assert text_of("x" * 40_000).endswith("…")


def test_the_same_report_is_the_same_bytes_without_a_time():
    report, data = made("ru")
    assert xlsx_document(report) == data
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        assert {part.date_time for part in package.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    assert set(re.findall(r"\d{4}-\d\d-\d\d", parts(data)["docProps/core.xml"])) == {"2026-07-15"}


def test_a_brand_gives_its_colour_name_and_logo():
    svg = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 120 40"><rect width="120" height="40"/></svg>'
    uri = "data:image/svg+xml;base64," + base64.b64encode(svg).decode()
    brand = model.Brand(name="Иванова", primary="#7a1f3d", contact="a@b.example", footer="Секрет", logo=uri,
                        logo_size=(120, 40))  # fmt: skip
    data = xlsx_document(demo_report("ru").model_copy(update={"brand": brand}))
    told = [row[0] for row in sheets(data)["Содержание"]]
    assert {"Иванова", "a@b.example", "Секрет"} <= set(told)
    xml = parts(data)
    assert "FF7A1F3D" in xml["xl/styles.xml"]
    assert 'descr="Иванова"' in xml["xl/drawings/drawing1.xml"]
    assert "<dc:creator>Иванова</dc:creator>" in xml["docProps/core.xml"]


def test_a_heading_is_repeated_on_paper_only_above_its_own_table():
    """Below the table of sources stand definitions: they are not its rows."""
    report, data = made("ru")
    book = parts(data)["xl/workbook.xml"]
    repeated = re.findall(r'<definedName name="_xlnm.Print_Titles" localSheetId="(\d+)"', book)
    last = len(sheets(data)) - 1
    assert report.sources
    assert str(last) not in repeated
    one = report.sections[0].exhibits[0]
    alone = report.sections[0].model_copy(update={"exhibits": (one,)})
    assert one.table is not None
    book = parts(xlsx_document(report.model_copy(update={"sections": (alone,)})))["xl/workbook.xml"]
    assert re.search(r'Print_Titles" localSheetId="3"', book)


def test_links_of_the_contents_stand_on_one_line():
    """LibreOffice does not wrap the text of a link: what is wider than its cell would be cut without a sign."""
    title = "Лиды «yandex: Премиум-окна, поиск, Москва» нравятся отделу продаж, но принесли убыток 576 тыс. ₽; " * 2
    cut = one_line(title, 100)
    assert lines(cut, 100) == 1
    assert cut.endswith("…")
    assert title.startswith(cut[:-1])
    assert one_line("Коротко", 100) == "Коротко"


# Paper ---------------------------------------------------------------------------------------------------------------


def test_pages_end_where_they_are_full_and_never_below_what_stays():
    assert page_breaks([10.0] * 5, (), 50) == []
    assert page_breaks([10.0] * 12, (), 50) == [5, 10]
    # A heading goes to the next page with its table.
    assert page_breaks([10.0] * 8, {3, 4}, 50) == [3]
    # What is longer than a page is broken all the same.
    assert page_breaks([10.0] * 12, set(range(12)), 50) == [5, 10]
    # The row that is repeated takes its room on every page but the first.
    assert page_breaks([10.0] * 12, (), 50, heading=10) == [5, 9]
    assert page_breaks([80.0, 80.0], (), 50) == [1]


def test_a_narrow_sheet_is_printed_upright_and_a_wide_one_on_its_side():
    narrow, wide, widest = (paper_for([20.0] * n) for n in (5, 8, 20))
    assert (narrow.upright, wide.upright, widest.upright) == (True, False, False)
    assert 100 >= narrow.scale >= 75 > widest.scale
    assert widest.room > wide.room


def test_a_row_is_as_high_as_its_words_wrap():
    # No two of these words stand beside each other, though their letters would fill fewer lines.
    assert lines(" ".join(["минутами"] * 6), 12) == 6
    assert lines("минутами и днями", 200) == 1


def test_text_gives_way_where_a_sheet_would_be_too_wide_to_read():
    columns = tuple(Column(label=f"Столбец {i}") for i in range(8))
    table = Table(columns=columns, rows=(("слово " * 30,) * 8, ("А" * 60, *["нет"] * 7)))
    free, bound = (widths([table], language("ru"), "RUB", room) for room in (math.inf, 165.0))
    assert sum(free) > 300
    assert sum(bound) <= 165
    assert min(bound) > 12


def test_tables_below_each_other_give_way_together():
    """Each alone fits: one has its text in the second column, the other in the fifth."""
    columns = (Column(label="Имя"), *(Column(label=f"Столбец {i}") for i in range(5)))
    text = "слово " * 40
    tables = [
        Table(columns=columns, rows=(("а", *(text if i == place else "да" for i in range(5))),)) for place in (0, 1, 3)
    ]
    assert sum(max(widths([one], language("ru"), "RUB", 165.0)[i] for one in tables) for i in range(6)) > 165
    found = widths(tables, language("ru"), "RUB", 165.0)
    assert sum(found) <= 165
    # All wrap alike: no column is narrow beside a wide one.
    assert found[1] == found[2] == found[4] > 30


@pytest.mark.parametrize(("lang", "said"), [("ru", "мало данных для вывода"), ("en", "too few to judge")])
def test_what_is_said_in_place_of_a_number_stands_on_one_line(lang, said):
    """Half of the rows of hours and days of the week say it: they would all be of double height."""
    columns = tuple(Column(label=label, kind=kind) for label, kind in
                    (("День недели", "text"), ("Часы", "text"), ("Лиды", "count"), ("Доля", "share")))  # fmt: skip
    hours = ("0–3", 4, model.Quantity(kind="share", low=0.1, high=0.2, text="10–20 %"))
    table = spread(Table(columns=columns, rows=(("понедельник", *hours), ("вторник", "0–3", 4, said))), language(lang))
    *_, begin, _ = widths([table], language(lang), "RUB", 165.0)
    assert lines(said, begin) == 1


def test_the_button_of_a_filter_stands_below_the_words_of_its_heading():
    _, data = of(Table(columns=(Column(label="Имя"), Column(label="Число", kind="count")), rows=(("а", 1),)))
    xml = parts(data)["xl/worksheets/sheet4.xml"]
    (heading,) = re.findall(r'<row r="\d+"[^>]* ht="27"', xml)
    top = heading.split('"')[1]
    assert f'<c r="A{top}"' in xml
    assert f'ref="A{top}:B{int(top) + 1}"' in "".join(part for name, part in parts(data).items() if "tables/" in name)


def test_a_heading_goes_to_the_page_of_its_table():
    rows = tuple((f"имя {i}", i) for i in range(11))
    table = Table(columns=(Column(label="Имя"), Column(label="Число", kind="count")), rows=rows)
    exhibits = tuple(model.Exhibit(key=f"e{i}", title=f"Находка {i}", table=table, note="Заметка") for i in range(12))
    section = model.Section(key="a", title="Глава", exhibits=exhibits)
    data = xlsx_document(demo_report("ru").model_copy(update={"sections": (section,)}))
    sheet = next(part for part in parts(data).values() if "<rowBreaks" in part and part.count("<row ") > 100)
    breaks = [int(row) for row in re.findall(r'<brk id="(\d+)"', sheet)]
    found = sheets(data)["1. Глава"]
    assert len(breaks) >= 3
    # Each page begins with a title, or with the blank row above it.
    assert all(any("Находка" in str(row[0]) for row in found[at : at + 2]) for at in breaks)
