"""The sheet with the person's own result and how to read it: live formulas, each with the value Python gives."""

from __future__ import annotations

from collections.abc import Mapping
from math import floor
from typing import Any

from helpers.survey.bands import BANDS
from helpers.survey.workbook_data import STATE_COLUMNS, DataSheet, joined, quoted
from helpers.survey.workbook_style import height
from helpers.survey.workbook_tally import LOWEST_SHOWN

WIDTHS = (2, 30, 17, 17, 17, 17)
LABEL, FIRST, LAST = 1, 2, 5
WIDE = sum(WIDTHS[FIRST:])
UNKNOWN = "?"
BLOCK = "█"


class ResultSheet:
    """Writes the sheet row by row."""

    def __init__(
        self,
        sheet: Any,
        formats: Mapping[str, Any],
        data: DataSheet,
        name: str,
    ) -> None:
        self.sheet, self.formats, self.lang, self.questionnaire = sheet, formats, data.lang, data.questionnaire
        self.data, self.name = data, name
        self.tally, self.own, self.words = data.tally, data.tally.own, data.words
        self.row = 0

    def write(self) -> None:
        """Writes and protects the whole sheet."""
        for column, width in enumerate(WIDTHS):
            self.sheet.set_column(column, column, width)
        self._heading()
        self._total()
        self._areas()
        self._counts()
        self._reading()
        self._lowest()
        self._paper()

    def _next(self, points: float = 17) -> int:
        row, self.row = self.row, self.row + 1
        self.sheet.set_row(row, points)
        return row

    def _say(self, row: int, column: int, text: str, look: str) -> None:
        self.sheet.write_string(row, column, text, self.formats[look])

    def _formula(self, row: int, column: int, formula: str, value: Any, look: str) -> None:
        self.sheet.write_formula(row, column, f"={formula}", self.formats[look], value)

    def _across(self, row: int, first: int, last: int, look: str, text: str = "", formula: str = "") -> None:
        """A text, or a formula with its value, over several columns."""
        self.sheet.merge_range(row, first, row, last, "" if formula else text, self.formats[look])
        if formula:
            self._formula(row, first, formula, text, look)

    def _title(self, text: str) -> None:
        self._next(8)
        self._across(self._next(20), LABEL, LAST, "head", text)

    def _heading(self) -> None:
        row = self._next(28)
        self._say(row, LABEL, self.words["result"], "title")
        if self.name:
            points = height((self.name, WIDE + WIDTHS[LABEL], 10))
            self._across(self._next(points), LABEL, LAST, "strong", self.name)
        text = self.words["one_view"]
        self._across(self._next(height((text, WIDE + WIDTHS[LABEL], 10))), LABEL, LAST, "plain", text)

    def _total(self) -> None:
        data, own, words, code = self.data, self.own, self.words, self.lang
        self._next(8)
        total, band = data.count("total"), data.count("band")
        row = self._next(34)
        self._say(row, LABEL, words["points"], "strong")
        self._formula(
            row, FIRST, f'IF({total}="","{UNKNOWN}",{total})', UNKNOWN if own.total is None else own.total, "big"
        )
        name = "" if own.band is None else self.questionnaire.band(own.band).label[code]
        label = f'IF({band}="","",INDEX({data.states("label")},{band}))'
        self._across(row, FIRST + 1, LAST, "state", name, label)
        longest = max(words["held"].format(band="x" * 14, weak="x" * 100), words["few"], words["middle"], key=len)
        row = self._next(height((longest, WIDE, 10)))
        self._across(row, FIRST, LAST, "plain", self.tally.headline(words, code), data.count("headline"))
        row = self._next(30)
        pointers = self._next(16)
        for i, state in enumerate(self.questionnaire.bands):
            between = words["range"].format(low=f"{state.low:g}", high=f"{state.high:g}")
            self._say(row, FIRST + i, f"{state.label[code]}\n{between}", "band")
            here = own.band == BANDS[i]
            self._formula(pointers, FIRST + i, f'IF({band}={i + 1},"▲","")', "▲" if here else "", "pointer")
            self.sheet.conditional_format(
                row, FIRST + i, row, FIRST + i,
                {"type": "formula", "criteria": f"=${'CDEF'[i]}${pointers + 1}<>\"\"", "format": self.formats["here"]},
            )  # fmt: skip
        self._say(row, LABEL, words["border"], "side")

    def _areas(self) -> None:
        data, own, words = self.data, self.own, self.words
        self._next(8)
        row = self._next(20)
        for column, text in enumerate((words["area"], words["mean"], words["rated"], "1 … 5", ""), start=LABEL):
            self._say(row, column, text, "head")
        for i, area in enumerate(self.questionnaire.dimensions):
            row = self._next(20)
            self._say(row, LABEL, f"{area.id}. {area.title[self.lang]}", "label")
            mean = own.dimensions.get(area.id)
            cell = data.area(i, "mean")
            self._formula(row, FIRST, f'IF({cell}="","{UNKNOWN}",{cell})', UNKNOWN if mean is None else mean, "mean")
            given, asked = self.tally.part(area.id)
            of = joined(words["progress"], {"n": data.area(i, "given"), "all": data.area(i, "asked")})
            self._formula(row, FIRST + 1, of, words["progress"].format(n=given, all=asked), "centre")
            bar = "" if mean is None else BLOCK * floor(mean * 4 + 0.5)
            self._across(row, FIRST + 2, LAST, "bar", bar, f'IF({cell}="","",REPT("{BLOCK}",INT({cell}*4+0.5)))')
        self._across(self._next(height((words["rule"], 98, 9))), LABEL, LAST, "note", words["rule"])

    def _counts(self) -> None:
        data, tally = self.data, self.tally
        values = {"given": self.own.answered, "dk": tally.count("dk"), "na": tally.count("na")}
        values |= {"blank": tally.count(""), "bad": tally.count("bad")}
        self._next(8)
        for name, value in values.items():
            row = self._next()
            self._say(row, LABEL, self.words[name], "label")
            self._formula(row, FIRST, data.count(name), value, "centre")

    def _reading(self) -> None:
        data, own, code = self.data, self.own, self.lang
        self._title(self.words["how_to_read"])
        band = data.count("band")
        for name in STATE_COLUMNS[4:]:
            texts = [getattr(state, name)[code] for state in self.questionnaire.bands]
            row = self._next(max(height((text, WIDE, 10)) for text in texts))
            self._say(row, LABEL, self.words[name], "topic")
            value = "" if own.band is None else getattr(self.questionnaire.band(own.band), name)[code]
            formula = f'IF({band}="","",INDEX({data.states(name)},{band}))'
            self._across(row, FIRST, LAST, "reading", value, formula)
        note = self.questionnaire.note[code]
        row = self._next(height((note, WIDE, 9)))
        self._say(row, LABEL, self.words["borders"], "side")
        self._across(row, FIRST, LAST, "note", note)

    def _lowest(self) -> None:
        data, own, words, code = self.data, self.own, self.words, self.lang
        self._next(8)
        row = self._next(20)
        self._say(row, LABEL, words["lowest"], "head")
        self._say(row, FIRST, words["own_answer"], "head")
        self._across(row, FIRST + 1, LAST, "head", words["level"].format(level=5))
        fives = [criterion.anchors[5][code] for criterion in self.questionnaire.criteria]
        titles = [criterion.title[code] for criterion in self.questionnaire.criteria]
        points = max(height((five, 51, 10), (title, 30, 10)) for five in fives for title in titles)
        for place in range(LOWEST_SHOWN):
            row = self._next(points)
            found = self.questionnaire.criterion(self.tally.lowest[place]) if place < len(self.tally.lowest) else None
            where = data.count(f"low{place}")
            empty = words["nothing_low"] if place == 0 else ""
            blank = f'IF({data.count("given")}=0,"",{quoted(empty)})'
            shown = found.title[code] if found else empty if own.answered else ""
            self._formula(row, LABEL, f'IF({where}="",{blank},INDEX({data.criteria("title")},{where}))', shown, "topic")
            answer = self.tally.codes[found.id] if found else ""
            self._formula(row, FIRST, f'IF({where}="","",INDEX({data.criteria("number")},{where}))', answer, "centre")
            five = found.anchors[5][code] if found else ""
            formula = f'IF({where}="","",INDEX({data.criteria("five")},{where}))'
            self._across(row, FIRST + 1, LAST, "reading", five, formula)
        version = words["version"].format(version=self.questionnaire.version)
        self._say(self._next(), LABEL, version, "note")

    def _paper(self) -> None:
        self.sheet.protect("", {"format_rows": True, "format_columns": True})
        self.sheet.hide_gridlines(2)
        self.sheet.set_portrait()
        self.sheet.set_paper(9)
        self.sheet.set_margins(left=0.5, right=0.5, top=0.5, bottom=0.5)
        self.sheet.print_area(0, LABEL, self.row - 1, LAST)
        self.sheet.fit_to_pages(1, 1)
        self.sheet.set_footer("&R&8&P / &N")
