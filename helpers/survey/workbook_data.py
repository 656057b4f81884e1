"""The hidden sheet of the workbook: ids, lists, texts, and all counting by live formulas.

Each formula is written together with the value that Python's own score gives for the same answers. A program that does
not recalculate shows that value; a test recalculates and finds the same one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from helpers.survey import workbook_cells as at
from helpers.survey.bands import BANDS, IN_STEP_LEAST, ONE_TEAM_LEAST
from helpers.survey.workbook_tally import LOW, LOWEST_SHOWN, Tally
from helpers.survey.workbook_words import answer_words, department_words, role_words, words

NAME = "audit"
COUNTS, CRITERIA, AREAS, STATES, LISTS = 2, 40, 65, 75, 12
"""First rows of the blocks, counted from 0; first column of the lists."""
CRITERION_COLUMNS = ("id", "area", "may_skip", "typed", "code", "number", "applies", "state", "order", "title", "five")
AREA_COLUMNS = ("id", "title", "given", "asked", "mean", "held")
STATE_COLUMNS = ("key", "low", "label", "name", "meaning", "next_step", "move_on", "stay")
LIST_COLUMNS = ("answers", "departments", "roles", "stages")


def quoted(text: str) -> str:
    """A text as it stands in a formula; Excel takes no more than 255 characters at once."""
    parts = [text[i : i + 250].replace('"', '""') for i in range(0, len(text), 250)] or [""]
    return "&".join(f'"{part}"' for part in parts)


def joined(template: str, refs: Mapping[str, str]) -> str:
    """A formula that fills the placeholders of a text: '"Answered: "&audit!$B$3'."""
    parts: list[str] = []
    rest = template
    while "{" in rest:
        before, _, rest = rest.partition("{")
        name, _, rest = rest.partition("}")
        parts += [quoted(before)] if before else []
        parts.append(refs[name])
    return "&".join([*parts, quoted(rest)] if rest or not parts else parts)


def cell(row: int, column: int) -> str:
    """'audit!$B$3' from (2, 1)."""
    from xlsxwriter.utility import xl_rowcol_to_cell

    return f"{NAME}!{xl_rowcol_to_cell(row, column, row_abs=True, col_abs=True)}"


def span(first: tuple[int, int], last: tuple[int, int]) -> str:
    """'audit!$A$1:$B$3'."""
    return f"{cell(*first)}:{cell(*last).partition('!')[2]}"


class DataSheet:
    """Fills the hidden sheet and knows where on it everything stands."""

    def __init__(
        self,
        lang: str,
        stages: Mapping[str, str],
        tally: Tally,
    ) -> None:
        self.lang, self.questionnaire, self.tally = lang, tally.questionnaire, tally
        self.words = words(lang)
        self.lists: dict[str, list[Any]] = {
            "answers": [1, 2, 3, 4, 5, *answer_words(lang).values()],
            "departments": list(department_words(lang).values()),
            "roles": list(role_words(lang).values()),
            "stages": [*stages.values(), self.words["dk"]],
        }
        self._put: list[tuple[int, int, str, Any]] = []
        self._counts: dict[str, int] = {}
        self._criteria()
        self._states_and_texts()
        self._count()
        self._areas()

    # Places ----------------------------------------------------------------------------------------------------------

    def count(self, name: str) -> str:
        """The cell of a count or of another single figure."""
        return cell(self._counts[name], 1)

    def criteria(self, column: str) -> str:
        """A column of the twenty criteria."""
        place = CRITERION_COLUMNS.index(column)
        return span((CRITERIA, place), (CRITERIA + len(self.questionnaire.ids) - 1, place))

    def area(self, number: int, column: str) -> str:
        """A cell of an area of the questionnaire."""
        return cell(AREAS + number, AREA_COLUMNS.index(column))

    def areas(self, column: str) -> str:
        """A column of the five areas."""
        place = AREA_COLUMNS.index(column)
        return span((AREAS, place), (AREAS + len(self.questionnaire.dimensions) - 1, place))

    def states(self, column: str) -> str:
        """A column of the four states."""
        place = STATE_COLUMNS.index(column)
        return span((STATES, place), (STATES + len(BANDS) - 1, place))

    def choices(self, name: str, most: int | None = None) -> str:
        """A list to choose from."""
        place = LISTS + LIST_COLUMNS.index(name)
        return span((0, place), ((most or len(self.lists[name])) - 1, place))

    # Contents --------------------------------------------------------------------------------------------------------

    def _formula(self, row: int, column: int, formula: str, value: Any) -> None:
        self._put.append((row, column, f"={formula}", value))

    def _text(self, row: int, values: Sequence[Any], column: int = 0) -> None:
        self._put += [(row, column + i, "", value) for i, value in enumerate(values)]

    def _typed(self, key: str) -> str:
        """What was typed in the row of a key, wherever the row stands now; '#' where it is gone."""
        keys, answers = (f"'{self.words['sheet_form']}'!${letter}$1:${letter}${at.LAST_ROW}" for letter in "AD")
        return f'IFERROR(TRIM(INDEX({answers},MATCH({key},{keys},0))&""),"#")'

    def _criteria(self) -> None:
        dk, na = quoted(self.words["dk"]), quoted(self.words["na"])
        for number, criterion in enumerate(self.questionnaire.criteria):
            row = CRITERIA + number
            places = {name: cell(row, i).partition("!")[2] for i, name in enumerate(CRITERION_COLUMNS)}
            code = self.tally.codes[criterion.id]
            is_number = isinstance(code, int)
            self._text(row, [criterion.id, criterion.dimension, int(criterion.not_applicable)])
            t, c, n = places["typed"], places["code"], places["number"]
            shown = self.words.get(str(code), "?" if code == "bad" else str(code))
            self._formula(row, 3, self._typed(places["id"]), shown)
            digits = ",".join(f'{t}="{level}"' for level in range(1, 6))
            skip = f'IF(AND({t}={na},{places["may_skip"]}=1),"na","bad")'
            self._formula(row, 4, f'IF({t}="","",IF(OR({digits}),VALUE({t}),IF({t}={dk},"dk",{skip})))', code)
            self._formula(row, 5, f'IF(ISNUMBER({c}),{c},"")', code if is_number else "")
            self._formula(row, 6, f'IF({c}="na",0,1)', int(code != "na"))
            state = 0 if code == "" else 2 if code == "bad" else 1
            self._formula(row, 7, f'IF({c}="",0,IF({c}="bad",2,1))', state)
            low = isinstance(code, int) and code < LOW
            # Equal answers keep the order of the questionnaire.
            self._formula(
                row, 8, f'IF({n}="","",IF({n}<{LOW},{n}*100+{number},""))', int(code) * 100 + number if low else ""
            )
            self._text(row, [criterion.title[self.lang], criterion.anchors[5][self.lang]], 9)

    def _states_and_texts(self) -> None:
        for i, band in enumerate(self.questionnaire.bands):
            texts = [getattr(band, name)[self.lang] for name in STATE_COLUMNS[2:]]
            self._text(STATES + i, [band.key, band.low, *texts])
        for column, name in enumerate(LIST_COLUMNS):
            for row, value in enumerate(self.lists[name]):
                self._text(row, [value], LISTS + column)

    def _single(self, name: str, formula: str, value: Any) -> None:
        row = self._counts[name] = COUNTS + len(self._counts)
        self._text(row, [name])
        self._formula(row, 1, formula, value)

    def _count(self) -> None:
        tally, own, codes = self.tally, self.tally.own, self.criteria("code")
        state = self.criteria("state")
        self._text(0, [at.MARK])
        self._text(1, ["version", self.questionnaire.version])
        self._single("given", f"COUNT({self.criteria('number')})", own.answered)
        self._single("dk", f'COUNTIF({codes},"dk")', tally.count("dk"))
        self._single("na", f'COUNTIF({codes},"na")', tally.count("na"))
        self._single("bad", f'COUNTIF({codes},"bad")', tally.count("bad"))
        self._single("blank", f"COUNTIF({state},0)", tally.count(""))
        self._single("done", f"COUNTIF({state},1)", tally.done)
        self._single("asked", f"SUM({self.criteria('applies')})", own.applying)
        self._single("needed", f"INT((4*{self.count('asked')}+4)/5)", tally.needed)
        typed = [self._typed(quoted(key)) for key in ("department", "role")]
        self._single("chosen", f'IF(OR({typed[0]}="",{typed[1]}=""),0,1)', int(tally.chosen))
        for name, wanted, value in (("first_blank", 0, ""), ("first_bad", 2, "bad")):
            self._single(name, f'IFERROR(MATCH({wanted},{state},0),"")', tally.first(value))
        means = self.areas("mean")
        enough = (
            f"AND(COUNT({means})={len(self.questionnaire.dimensions)},5*{self.count('given')}>=4*{self.count('asked')})"
        )
        self._single("total", f'IF({enough},20*SUM({means})/COUNT({means}),"")', _or_blank(own.total))
        total = self.count("total")
        by_total = f'IF({total}="","",MATCH(ROUND({total},9),{self.states("low")},1))'
        self._single("ungated", by_total, _place(own.ungated))
        ungated = self.count("ungated")
        worst = f"ROUND(MIN({means}),9)"
        after = f"IF(AND({ungated}=4,{worst}<{ONE_TEAM_LEAST}),3,{ungated})"
        band = f'IF({ungated}="","",IF(AND({after}=3,{worst}<{IN_STEP_LEAST}),2,{after}))'
        self._single("band", band, _place(own.band))
        gate = f"IF({self.count('band')}=2,{IN_STEP_LEAST},{ONE_TEAM_LEAST})"
        held = f'IF(OR({total}="",{self.count("band")}={ungated}),0,{gate})'
        least = 0.0 if own.band == own.ungated else IN_STEP_LEAST if own.band == "agreed" else ONE_TEAM_LEAST
        self._single("least", held, least)
        threes = f"COUNTIF({self.criteria('number')},3)"
        middle = f"IF(AND({self.count('given')}>0,10*{threes}>=9*{self.count('given')}),1,0)"
        self._single("middle", middle, int(tally.all_middle))
        for place in range(LOWEST_SHOWN):
            order = self.criteria("order")
            where = self.questionnaire.ids.index(tally.lowest[place]) + 1 if place < len(tally.lowest) else ""
            self._single(f"low{place}", f'IFERROR(MATCH(SMALL({order},{place + 1}),{order},0),"")', where)
        self._sentences()

    def _sentences(self) -> None:
        words, tally = self.words, self.tally
        total, band, ungated = (self.count(name) for name in ("total", "band", "ungated"))
        weak = "&".join(
            f'IF({self.area(i, "held")}=1,"; "&{self.area(i, "title")},"")'
            for i in range(len(self.questionnaire.dimensions))
        )
        label = f"INDEX({self.states('label')},{ungated})"
        name = f"INDEX({self.states('name')},{band})"
        empty = quoted(words["fill_first"].format(sheet=words["sheet_form"]))
        few = joined(words["few"], {"needed": self.count("needed"), "asked": self.count("asked")})
        held = joined(words["held"], {"band": label, "weak": f"MID({weak},3,900)"})
        plain = joined(words["state"], {"state": name})
        headline = (
            f"IF({self.count('done')}+{self.count('bad')}=0,{empty},"
            f'IF({total}="",{few},IF({self.count("middle")}=1,{quoted(words["middle"])},'
            f"IF({band}<>{ungated},{held},{plain}))))"
        )
        self._single("headline", headline, tally.headline(words, self.lang))
        bad, blank = self.count("first_bad"), self.count("first_blank")
        status = (
            f'IF({bad}<>"",{joined(words["first_bad"], {"number": bad})},'
            f'IF({blank}<>"",{joined(words["first_blank"], {"number": blank})},'
            f"IF({self.count('chosen')}=0,{quoted(words['unsaid'])},{quoted(words['complete'])})))"
        )
        self._single("status", status, tally.status(words))

    def _areas(self) -> None:
        for i, area in enumerate(self.questionnaire.dimensions):
            row, first = AREAS + i, CRITERIA + 4 * i
            numbers = span((first, 5), (first + 3, 5))
            applies = span((first, 6), (first + 3, 6))
            given, asked, mean = (self.area(i, name) for name in ("given", "asked", "mean"))
            answered, applying = self.tally.part(area.id)
            self._text(row, [area.id, area.title[self.lang]])
            self._formula(row, 2, f"COUNT({numbers})", answered)
            self._formula(row, 3, f"SUM({applies})", applying)
            value = _or_blank(self.tally.own.dimensions.get(area.id))
            self._formula(row, 4, f'IF(AND({given}>0,4*{given}>=3*{asked}),AVERAGE({numbers}),"")', value)
            held = f'IF({mean}="",0,IF(ROUND({mean},9)<{self.count("least")},1,0))'
            self._formula(row, 5, held, int(area.id in self.tally.own.held_by))

    def write(self, sheet: Any) -> None:
        """Writes everything and hides the sheet."""
        for row, column, formula, value in self._put:
            if formula:
                sheet.write_formula(row, column, formula, None, value)
            elif isinstance(value, str):
                sheet.write_string(row, column, value)
            else:
                sheet.write_number(row, column, value)
        sheet.protect()
        sheet.hide()


def _or_blank(value: float | None) -> float | str:
    return "" if value is None else value


def _place(band: str | None) -> int | str:
    return "" if band is None else [*BANDS].index(band) + 1  # type: ignore[arg-type]
