"""The sheet to fill in: statements, anchors, lists to choose from, progress."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from helpers.survey import workbook_cells as at
from helpers.survey.workbook_data import DataSheet, joined
from helpers.survey.workbook_style import height, lines

if TYPE_CHECKING:
    from helpers.survey.criteria import Criterion

WIDTHS = (3, 5, 42, 17, 28, 28, 29, 24)
SCALE = 76
"""Per cent on paper: all columns on the width of A4. Excel's own "fit to width" would ignore the page breaks."""
PAGE = 676
"""Points of rows on one A4 page at that scale."""


class FormSheet:
    """Writes the sheet row by row."""

    def __init__(
        self,
        sheet: Any,
        formats: Mapping[str, Any],
        stages: Mapping[str, str],
        data: DataSheet,
        filled: Mapping[str, object],
        survey: tuple[str, int],
    ) -> None:
        self.sheet, self.formats, self.lang, self.questionnaire = sheet, formats, data.lang, data.questionnaire
        self.stages, self.data, self.filled, self.survey = stages, data, filled, survey
        self.words = data.words
        self.row = 0
        self.heights: list[float] = []
        self.keep: set[int] = set()
        """Rows that stay on the page of the next row."""

    def write(self) -> None:
        """Writes and protects the whole sheet."""
        for column, width in enumerate(WIDTHS):
            self.sheet.set_column(column, column, width, None, {"hidden": True} if column == at.KEY else {})
        self._top()
        self._who()
        number = 0
        for area in self.questionnaire.dimensions:
            self._heading(f"{area.id}. {area.title[self.lang]}", area.question[self.lang])
            for criterion in self.questionnaire.of(area.id):
                number += 1
                self._criterion(number, criterion)
        last = self.row
        self._two_more()
        self._end()
        if sum(self.heights[last:]) < PAGE:
            self.keep |= {*range(last, self.row - 1)}
        self._paper()

    def _next(self, key: str = "", points: float = 15.0) -> int:
        row, self.row = self.row, self.row + 1
        if key:
            self.sheet.write_string(row, at.KEY, key, self.formats["key"])
        self.sheet.set_row(row, points)
        self.heights.append(points)
        return row

    def _breaks(self) -> list[int]:
        """Rows that begin a page: full pages, a heading never parted from what it heads."""
        found: list[int] = []
        used = 0.0
        for row, points in enumerate(self.heights):
            if used + points > PAGE:
                start = row
                while start - 1 in self.keep:
                    start -= 1
                found.append(start)
                used = sum(self.heights[start:row])
            used += points
        return found

    def _say(self, row: int, column: int, text: str, look: str) -> None:
        self.sheet.write_string(row, column, text, self.formats[look])

    def _across(self, text: str, look: str = "plain", size: float = 10, first: int = at.NUMBER) -> None:
        row = self._next(points=height((text, sum(WIDTHS[first:]), size)))
        self.sheet.merge_range(row, first, row, at.COMMENT, text, self.formats[look])

    def _fill(self, row: int, column: int, key: str, look: str) -> None:
        """A cell for the respondent, empty or filled before."""
        value = self.filled.get(key)
        if isinstance(value, bool):
            self.sheet.write_boolean(row, column, value, self.formats[look])
        elif isinstance(value, (int, float)):
            self.sheet.write_number(row, column, value, self.formats[look])
        elif value is None:
            self.sheet.write_blank(row, column, None, self.formats[look])
        else:
            self.sheet.write_string(row, column, str(value), self.formats[look])

    def _choose(self, row: int, column: int, source: str, strict: bool = True) -> None:
        words = self.words
        more = {"error_title": words["wrong_title"], "error_message": words["wrong"]} if strict else {}
        self.sheet.data_validation(
            row, column, row, column, {"validate": "list", "source": source, "show_error": strict, **more}
        )

    def _colour(self, row: int, column: int, source: str = "", first: tuple[int, int] = (0, 0)) -> None:
        from xlsxwriter.utility import xl_rowcol_to_cell

        here = xl_rowcol_to_cell(row, column)
        rules: list[tuple[str, str]] = [(f'TRIM({here}&"")=""', "blank")]
        if source:
            rules += [(f'TRIM({here}&"")="{level}"', f"level{level}") for level in range(1, 6)]
            rules += [(f'TRIM({here}&"")="{word}"', "aside") for word in self.data.lists["answers"][5:]]
            rules += [(f'TRIM({here}&"")<>""', "wrong")]
        for formula, look in rules:
            self.sheet.conditional_format(
                row, column, row, column,
                {"type": "formula", "criteria": f"={formula}", "format": self.formats[look], "stop_if_true": True},
            )  # fmt: skip

    def _top(self) -> None:
        words, tally = self.words, self.data.tally
        row = self._next(at.marker(self.questionnaire.version, self.lang, self.survey), 26)
        self._say(row, at.NUMBER, words["title"], "title")
        everything = str(len(self.questionnaire.ids))
        progress = joined(words["answered"].replace("{all}", everything), {"n": self.data.count("done")})
        told = words["answered"].format(n=tally.done, all=everything)
        self.sheet.write_formula(row, at.ANCHORS + 1, f"={progress}", self.formats["progress"], told)
        status = tally.status(words)
        self.sheet.write_formula(row, at.ANCHORS + 2, f"={self.data.count('status')}", self.formats["status"], status)
        self.sheet.freeze_panes(self.row, 0)
        points = {f"point_{level}": words[f"point_{level}"] for level in range(1, 6)}
        self._across(words["intro"].format(**points))
        mode, threshold = self.survey
        self._across(f"{words['honest']} {words[mode].replace('{threshold}', str(threshold))}")

    def _who(self) -> None:
        for key, source in (("department", "departments"), ("role", "roles")):
            row = self._next(key, 20)
            self._say(row, at.STATEMENT, self.words[key], "strong")
            self._fill(row, at.ANSWER, key, "choice")
            self._choose(row, at.ANSWER, f"={self.data.choices(source)}")
            self._colour(row, at.ANSWER)
            self._say(row, at.ANCHORS, self.words["choose"], "side")
        row = self._next("respondent", 20)
        self._say(row, at.STATEMENT, self.words["own_word"], "strong")
        self._fill(row, at.ANSWER, "respondent", "choice")
        self.sheet.merge_range(row, at.ANCHORS, row, at.COMMENT, self.words["own_word_note"], self.formats["side"])

    def _heading(self, title: str, question: str) -> None:
        self.keep |= {self.row, self.row + 1}
        self._next(points=6)
        row = self._next(points=height((f"{title}\n{question}", WIDTHS[at.STATEMENT] + WIDTHS[at.NUMBER], 10)))
        bold, small = self.formats["head"], self.formats["head_small"]
        self.sheet.merge_range(row, at.NUMBER, row, at.STATEMENT, f"{title}\n{question}", bold)
        self._say(row, at.ANSWER, self.words["answer"], "head")
        for column, level in enumerate((1, 3, 5), start=at.ANCHORS):
            self.sheet.write_string(row, column, self.words["level"].format(level=level), small)
        self._say(row, at.COMMENT, self.words["comment"], "head_small")

    def _criterion(self, number: int, criterion: Criterion) -> None:
        code = self.lang
        hint = criterion.hint[code] if criterion.hint else ""
        statement = criterion.statement[code]
        texts = [criterion.anchors[level][code] for level in (1, 3, 5)]
        wide = WIDTHS[at.STATEMENT]
        needed = height((statement, wide, 11)) + (lines(hint, wide, 9) * 12 if hint else 0)
        anchors = [(text, WIDTHS[at.ANCHORS + i] - 1.0, 9.0) for i, text in enumerate(texts)]
        row = self._next(criterion.id, height(*anchors, least=max(needed, 32)))
        self.sheet.write_number(row, at.NUMBER, number, self.formats["number"])
        if hint:
            look = self.formats["statement"]
            self.sheet.write_rich_string(row, at.STATEMENT, f"{statement}\n", self.formats["note"], hint, look)
        else:
            self._say(row, at.STATEMENT, statement, "statement")
        self._fill(row, at.ANSWER, criterion.id, "answer")
        source = self.data.choices("answers", 7 if criterion.not_applicable else 6)
        self._choose(row, at.ANSWER, f"={source}")
        self._colour(row, at.ANSWER, source)
        for column, text in enumerate(texts, start=at.ANCHORS):
            self._say(row, column, text, "anchor")
        self._fill(row, at.COMMENT, f"comment:{criterion.id}", "comment")

    def _two_more(self) -> None:
        self._next(points=6)
        row = self._next(points=20)
        self.sheet.merge_range(row, at.NUMBER, row, at.COMMENT, self.words["last"], self.formats["head"])
        row = self._next(points=20)
        self._say(row, at.STATEMENT, self.words["sees"], "strong")
        self._say(row, at.ANSWER, self.words["mark"], "side")
        boxes = {f"{at.SEES}{key}": label for key, label in self.stages.items()}
        for key, label in {**boxes, at.NONE_SEEN: self.words["sees_none"]}.items():
            row = self._next(key, 17)
            self._say(row, at.STATEMENT, label, "label")
            self._fill(row, at.ANSWER, key, "answer")
            # Any other tick typed by hand is fine too.
            self.sheet.data_validation(
                row, at.ANSWER, row, at.ANSWER, {"validate": "list", "source": ["x"], "show_error": False}
            )
        row = self._next("loses_at", height((self.words["loses_at"], WIDTHS[at.STATEMENT], 11), least=32))
        self._say(row, at.STATEMENT, self.words["loses_at"], "strong")
        self._fill(row, at.ANSWER, "loses_at", "choice")
        self._choose(row, at.ANSWER, f"={self.data.choices('stages')}")
        self._say(row, at.ANCHORS, self.words["choose"], "side")

    def _end(self) -> None:
        self._next(points=6)
        self._across(self.words["end"].format(sheet=self.words["sheet_result"]))
        self._across(self.words["protected"], "note", 9)

    def _paper(self) -> None:
        self.sheet.protect("", {"format_rows": True, "format_columns": True})
        self.sheet.hide_gridlines(2)
        self.sheet.set_landscape()
        self.sheet.set_paper(9)
        self.sheet.set_margins(left=0.4, right=0.4, top=0.45, bottom=0.55)
        self.sheet.print_area(0, at.NUMBER, self.row - 1, at.COMMENT)
        self.sheet.set_print_scale(SCALE)
        self.sheet.set_h_pagebreaks(self._breaks())
        self.sheet.set_footer(f"&L&8{self.words['title']}&R&8&P / &N")
        self.sheet.set_selection("D4")
