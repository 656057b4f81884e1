"""Tables made to fit a page."""

import pytest
from demo_report import demo_report

from helpers.language import language
from helpers.report import model
from helpers.report.fit import (
    GUTTER,
    HALF_SIZES,
    LONG,
    NAMES,
    ROWS,
    SIZES,
    advance,
    fitted,
    left_out_text,
    runs,
    set_texts,
    stays,
)
from helpers.report.lettering import width
from helpers.report.outline import Heading, Numbers, Picture, Text

SAY = language("ru")
UPRIGHT, SIDEWAYS = 480.0, 730.0


def table(columns, rows, **more):
    made = tuple(model.Column(label=label, kind=kind) for label, kind in columns)
    return model.Table(columns=made, rows=tuple(map(tuple, rows)), **more)


def fit(made, **more):
    return fitted(made, SAY, "RUB", UPRIGHT, SIDEWAYS, **more)


@pytest.mark.parametrize("text", ["1 234 567 ₽", "Квалифицированные лиды", "−12,5 %", "a b"])
@pytest.mark.parametrize("bold", [False, True])
def test_letter_by_letter_is_as_wide_as_shaped(text, bold):
    assert advance(text, 9, bold=bold) == pytest.approx(width(text, 9, bold=bold), rel=0.03, abs=0.6)


@pytest.mark.parametrize("text", ["too few to judge", "Customers", "Department", "exports/leads.csv", "41042455"])
@pytest.mark.parametrize("bold", [False, True])
def test_a_column_is_never_narrower_than_its_words(text, bold):
    # Neighbours may be kerned closer, never wider: a word as wide as its column is not broken.
    assert advance(text, 9, bold=bold) >= width(text, 9, bold=bold) - 0.05


@pytest.mark.parametrize(
    ("text", "arial"), [("CURRENCY_CONVERTED", 12.5), ("СЧЕТ_ЭСЕРУ", 6.63), ("2–3 №", 3.02), ("EXPRESS", 4.72)]
)
def test_letters_that_are_wider_in_arial_count_as_there(text, arial):
    # Sums of Arial's own advance widths, in sizes.
    assert arial - 0.01 <= advance(text, 1) < 1.2 * arial


def test_a_long_name_stays_whole_where_text_can_give_way():
    told, name = "слово " * 40, "CAMPAIGN_WITHOUT_LEADS"
    made = fit(table([("Что сделано", "text"), ("Пояснение", "text"), ("Код", "text")], [("Учли", told, name)]))
    assert set_texts(made)[1][0][2] == name
    narrow = fit(table([("Имя", "text")] * 9, [("слово слово слово слово", *[name] * 8)]))
    assert set_texts(narrow)[1][0][1].replace("\N{ZERO WIDTH SPACE}", "") == name
    assert sum(narrow.widths) <= SIDEWAYS + 0.1


def test_what_many_rows_share_gives_way_to_what_is_told():
    columns = [(head, "text") for head in ("Что произошло", "Таблица", "Пояснение", "Код")]
    rest = [("Расходы на рекламу", "слово " * (20 + n), "CAMPAIGN_WITHOUT_LEADS") for n in range(8)]
    shared = fit(table(columns, [("Оставлено, стоит знать", *row) for row in rest]))
    names = fit(table(columns, [(f"Оставлено, стоит знать {n}", *row) for n, row in enumerate(rest)]))
    assert shared.widths[0] < NAMES < names.widths[0]
    assert shared.widths[2] > names.widths[2]


def test_a_small_table_keeps_its_size_and_takes_what_it_needs():
    made = fit(table([("Этап", "text"), ("Число", "count")], [("Лиды", 5310), ("Продажи", None)]))
    assert made.rows == (("Лиды", "5 310".replace(" ", "\N{NO-BREAK SPACE}")), ("Продажи", "?"))
    assert (made.size, made.wide, made.left_out) == (SIZES[0], False, 0)
    assert made.numeric == (False, True)
    assert sum(made.widths) < UPRIGHT / 2


def test_numbers_are_never_narrower_than_they_are():
    rows = [(f"Кампания с длинным именем номер {i}", *[12_345_678.0] * 6) for i in range(5)]
    made = fit(table([("Кампания", "text"), *[("Сумма", "money")] * 6], rows))
    for i in range(1, 7):
        assert made.rooms[i] >= advance(made.rows[0][i], made.size) - 0.01
    assert sum(made.widths) <= (SIDEWAYS if made.wide else UPRIGHT) + 0.1


def test_letters_shrink_first_and_the_page_turns_then():
    def of(columns):
        heads = [("Кампания", "text"), *[("Выручка", "money")] * columns]
        return fit(table(heads, [("Поиск", *[12_345_678.0] * columns)]))

    sizes = [(of(n).size, of(n).wide) for n in range(2, 14)]
    upright = [size for size, wide in sizes if not wide]
    assert upright[0] == SIZES[0]
    assert upright == sorted(upright, reverse=True)
    assert upright[-1] < SIZES[0]
    assert any(wide for _, wide in sizes)
    # Once turned, it stays turned.
    assert [wide for _, wide in sizes] == sorted(wide for _, wide in sizes)


def test_a_page_is_not_turned_for_a_few_rows():
    columns = [("Выручка", "money")] * 9
    few, many = (fit(table(columns, [[12_345_678.0] * 9] * rows)) for rows in (3, 60))
    assert (few.wide, few.size) == (False, 6.5)
    assert many.wide
    assert many.size > few.size


def test_what_fits_nowhere_is_as_wide_as_the_turned_page():
    made = fit(table([("Сумма", "money")] * 40, [[12_345_678.0] * 40]))
    assert made.wide
    assert sum(made.widths) == pytest.approx(SIDEWAYS, abs=1)


def test_the_total_is_measured_as_it_is_set():
    rows = [("a", 1.0), ("Итого", 98_000_000.0)]
    plain, summed = (fit(table([("x", "text"), ("y", "money")], rows, total=total)) for total in (False, True))
    assert summed.widths[1] > plain.widths[1]
    assert summed.rooms[1] >= advance(summed.rows[1][1], summed.size, bold=True) - 0.01


def test_a_long_table_is_cut_aloud_and_keeps_its_total():
    rows = [(f"Строка {i}", i) for i in range(3000)]
    made = fit(table([("x", "text"), ("y", "count")], [*rows, ("Итого", 9)], total=True))
    assert len(made.rows) == ROWS
    assert made.rows[-1][0] == "Итого"
    assert made.rows[-2][0] == f"Строка {ROWS - 2}"
    assert made.left_out == 3001 - ROWS
    assert "2 921".replace(" ", "\N{NO-BREAK SPACE}") in left_out_text(made, SAY)
    assert left_out_text(fit(table([("x", "text")], [("a",)])), SAY) == ""


def test_an_empty_table_is_its_header():
    made = fit(table([("Этап", "text"), ("Число", "count")], []))
    assert made.rows == ()
    assert all(room > 20 for room in made.rooms)


def test_hostile_text_is_cleaned():
    made = fit(table([("x\x00", "text")], [("a\x1b[31mb\x07",), ("漢",)]))
    assert made.heads == ("x",)
    assert made.rows == (("ab",), ("▯",))


def test_narrow_tables_at_the_end_stand_two_abreast():
    narrow = table([("Месяц", "text"), ("Лиды", "count")], [("май", 1)])
    wide = table([("Выручка", "money")] * 8, [[12_345_678.0] * 8])
    ends = [Numbers(one, n, "Таблица", "c", f"t-{n}", at_the_end=True) for n, one in enumerate((narrow, wide), 1)]
    (run,) = runs([*ends], SAY, "RUB", UPRIGHT, SIDEWAYS)
    assert [one.half for _, one in run.pieces] == [True, False]
    assert sum(run.pieces[0][1].widths) <= (SIDEWAYS - GUTTER) / 2
    (upright,) = runs([Numbers(narrow, 3, "Таблица", "c", "t-3")], SAY, "RUB", UPRIGHT, SIDEWAYS)
    assert not upright.pieces[0][1].half


@pytest.mark.parametrize(
    "made",
    [
        table([("Менеджер", "text"), *[("Лиды", "count")] * 9], [("Иван", *[12_345] * 9)] * 6),
        # Upright so few rows would be set in the smallest letters.
        table([("Выручка", "money")] * 6, [[12_345_678.0] * 6] * 3),
    ],
)
def test_a_table_at_the_end_has_the_whole_page_rather_than_letters_nobody_reads(made):
    end = Numbers(made, 1, "Таблица", "c", "t-1", at_the_end=True)
    (run,) = runs([end], SAY, "RUB", UPRIGHT, SIDEWAYS)
    (_, one), half = run.pieces[0], (SIDEWAYS - GUTTER) / 2
    assert fitted(made, SAY, "RUB", half, SIDEWAYS).size < HALF_SIZES[-1], "it is narrow enough: nothing is tried"
    assert (one.half, one.wide) == (False, True)
    assert one.size == SIZES[0]


@pytest.mark.parametrize("word", ["«квалифицированными", "переименованные", "відповідальність"])
def test_ordinary_words_stay_whole_in_narrow_columns(word):
    said = f"слово слово слово {word} слово слово слово"
    rows = [(n, said, "Руководители маркетинга и продаж", "от нуля до 11 тыс. ₽ в месяц", 3.9, said, "05.08.2026")
            for n in range(1, 13)]  # fmt: skip
    heads = [("№", "count"), ("Что сделать", "text"), ("Ответственный", "text"), ("Цена вопроса", "text"),
             ("Своя оценка, 1-5", "number"), ("Почему так рано", "text"), ("Проверить", "text")]  # fmt: skip
    assert word in set_texts(fit(table(heads, rows)))[1][0][1]


def test_a_narrow_table_stands_beside_the_next_and_a_long_one_beside_itself():
    def at_the_end(rows, n):
        made = table([("Месяц", "text"), ("Лиды", "count")], [(f"м{i}", i) for i in range(rows)])
        return Numbers(made, n, "Таблица", "c", f"t-{n}", at_the_end=True)

    (run,) = runs([at_the_end(rows, n) for n, rows in enumerate((3, 5, LONG + 3, 4))], SAY, "RUB", UPRIGHT, SIDEWAYS)
    assert run.beside(0) == run.pieces[1]
    assert [run.beside(place) for place in (1, 2, 3)] == [None] * 3
    long = run.pieces[2][1]
    for parts in (2, 4, 8):
        cut = long.cut(parts)
        assert len(cut) == parts
        assert sum((part.rows for part in cut), ()) == long.rows
        assert {len(part.rows) for part in cut} <= {len(long.rows) // parts, len(long.rows) // parts + 1}


def test_headings_turn_with_the_table_they_head():
    narrow = Numbers(table([("x", "text")], [("a",)]), 1, "Таблица 1", "a", "t-a")
    wide = Numbers(table([("Выручка", "money")] * 12, [[12_345_678.0] * 12]), 2, "Таблица 2", "b", "t-b")
    end = Numbers(narrow.table, 3, "Таблица 3", "c", "t-c", at_the_end=True)
    pieces = [
        Heading("A"),
        Text("t"),
        Heading("B"),
        wide,
        Heading("C"),
        narrow,
        Heading("D"),
        end,
        Heading("E"),
        Text("u"),
        wide,
    ]
    made = runs(pieces, SAY, "RUB", UPRIGHT, SIDEWAYS)
    assert [run.sideways for run in made] == [False, True, False, True]
    assert [[piece for piece, _ in run.pieces] for run in made] == [
        [Heading("A"), Text("t")],
        [Heading("B"), wide],
        [Heading("C"), narrow],
        [Heading("D"), end, Heading("E"), Text("u"), wide],
    ]
    assert [piece for run in made for piece, _ in run.pieces] == pieces
    assert all((table is not None) == isinstance(piece, Numbers) for run in made for piece, table in run.pieces)


def test_the_worst_report_fits():
    for section in demo_report("ru", long=True).sections:
        for exhibit in section.exhibits:
            if exhibit.table:
                made = fit(exhibit.table)
                assert sum(made.widths) <= (SIDEWAYS if made.wide else UPRIGHT) + 0.1
                assert made.size >= SIZES[-1]


def test_the_last_exhibit_of_a_chapter_stands_whole_and_words_stand_with_their_table():
    small = Numbers(table([("x", "text")], [("a",)]), 1, "Таблица 1", "a", "t-a")
    figure = model.Figure(name="f", svg="<svg/>", alt="f")
    first, last = (Picture(figure, n, f"Рисунок {n}", "b") for n in (1, 2))
    pieces = [
        Heading("A", new_page=True),
        Heading("a", 2), first, Text("may go on"), Text("on the next page"),
        Heading("b", 2), Text("goes with"), small,
        Heading("c", 2), last, Text("stands"), Text("whole"),
        Heading("B", new_page=True),
        Heading("d", 2), first, Text("before a table"), small,
    ]  # fmt: skip
    (run,) = runs(pieces, SAY, "RUB", UPRIGHT, SIDEWAYS)
    stay = [piece for (piece, _), one in zip(run.pieces, stays(run), strict=True) if one]
    assert stay == [Text("goes with"), Heading("c", 2), last, Text("stands")]


def test_what_wraps_in_many_rows_has_more_room_than_one_long_cell():
    long = "от нуля до одиннадцати тысяч рублей в месяц, если ничего не менять"
    said = "Отвечать на новые заявки в срок, о котором договорились оба отдела"
    heads = [("Что сделать", "text"), ("Цена вопроса", "text")]
    made = fitted(table(heads, [(f"{said} {n}", long if n == 3 else "–") for n in range(9)]), SAY, "RUB", 300.0, 300.0)
    assert made.widths[0] > 1.3 * made.widths[1]
    assert sum(made.widths) <= 300
