"""The numbers of the report as a workbook: a contents sheet, a sheet for each chapter, sources and definitions.

A chapter's tables stand below each other, each a table of Excel's with filters of its own; numbers are numbers in the
form of the report's language. No cell holds a formula, whatever the client's data say. The same report gives the
same bytes.
"""

from __future__ import annotations

import datetime as dt
import io
from typing import Any

import xlsxwriter
from PIL import Image

from helpers.language import language
from helpers.report.lettering import strip_control
from helpers.report.logo import logo_png, logo_size
from helpers.report.model import Column, Report, Table
from helpers.report.outline import findings_title
from helpers.report.repeatable import repeatable
from helpers.report.xlsx_cells import SIZE, one_line
from helpers.report.xlsx_paper import paper_for
from helpers.report.xlsx_sheets import FONT, Sheet, Sheets

LINK = 118.0
"""Characters of a line of the contents: its cells are wider than running text has to be."""


def xlsx_document(report: Report) -> bytes:
    """The workbook of a report."""
    out = io.BytesIO()
    # The width of columns is counted in digits of the default face.
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False,
               "default_format_properties": {"font_name": FONT, "font_size": SIZE}}  # fmt: skip
    with xlsxwriter.Workbook(out, options) as book:
        _Workbook(book, report, language(report.lang)).write()
    return repeatable(out.getvalue())


class _Workbook(Sheets):
    """What stands on which sheet."""

    def write(self) -> None:
        report, say = self.report, self.say
        # Made first, because it stands first; filled last, when it is known what there is.
        contents = self.add(say("Contents"), ())
        self.main(self.add(say("The main thing"), [table for _, table in self.main_tables()]))
        self.actions()
        for number, section in enumerate(report.sections, 1):
            shown = [exhibit for exhibit in section.exhibits if exhibit.table is not None]
            sheet = self.add(section.title, [x.table for x in shown if x.table], f"{number}. {section.title}")
            for text in section.lead:
                self.line(sheet, text)
            for box in section.boxes:
                self.box(sheet, box)
            for exhibit in shown:
                self.exhibit(sheet, exhibit)
            self.finish(sheet)
        self.handouts()
        self.sources()
        self.contents(contents)
        made = dt.datetime.combine(report.as_of, dt.time())
        author = strip_control(report.brand.name) if report.brand else "Alignment Audit"
        title = strip_control(f"{report.title} - {report.client}")[:255]
        self.book.set_properties({"title": title, "author": author, "created": made})

    def main_tables(self) -> list[tuple[str, Table]]:
        """Findings and the 90 days as titled tables; those that are empty are left out."""
        say, report = self.say, self.report
        found: list[tuple[str, tuple[str, ...], list[tuple[str, ...]]]] = [
            (
                findings_title(report, say),
                (say("Finding"), say("Amount"), say("Explanation")),
                [(one.text, one.amount, one.detail) for one in report.findings],
            ),
            (
                say("The first 90 days"),
                (say("Days"), say("What to do")),
                [(stretch.title, item) for stretch in report.days for item in stretch.items],
            ),
        ]  # fmt: skip
        return [
            (title, Table(columns=tuple(Column(label=label) for label in labels), rows=tuple(rows)))
            for title, labels, rows in found
            if rows
        ]

    def main(self, sheet: Sheet) -> None:
        """What the first page of the report says."""
        say, report, card = self.say, self.report, self.report.score
        if report.headline:
            self.line(sheet, report.headline, 12, bold=True)
        if card is not None and card.total is None:
            self.line(sheet, f"{say('Score')}: ? {card.missing}")
        elif card is not None:
            written = card.total_text or say.count(card.total)
            self.line(sheet, f"{say('Score')}: {written} {say('of 100')} – {card.band}", 12, bold=True)
            if card.interval:
                self.line(sheet, say("Interval (95%): {range}", range=say.interval(*card.interval, say.count)))
            for text in filter(None, (card.headline, card.likelihood, card.missing)):
                self.line(sheet, text)
        for title, table in self.main_tables():
            sheet.row += 1
            self.table(sheet, table, title)
        if report.next_audit:
            self.line(sheet, say("Next audit: {date}", date=report.next_audit), bold=True)
        self.finish(sheet)

    def actions(self) -> None:
        """What to do first, on a sheet of its own: its table is wide."""
        say, actions = self.say, self.report.actions
        if not actions:
            return
        labels = (say("What to do"), say("Amount"), say("Why it matters"), say("Responsible"), say("First step"),
                  say("Effort"), say("Figure to watch"), say("Look at it again"))  # fmt: skip
        rows = [(one.title, one.amount, one.why, one.owner, one.first_step, one.effort, one.watch, one.look_again)
                for one in actions]  # fmt: skip
        table = Table(columns=tuple(Column(label=label) for label in labels), rows=tuple(rows))
        sheet = self.add(say("What to do first"), [table])
        self.table(sheet, table, "")
        self.finish(sheet)

    def handouts(self) -> None:
        """Tables of the working documents, each below the title of its document."""
        found = [(one, [block for block in one.blocks if block.table is not None]) for one in self.report.handouts]
        tables = [block.table for _, blocks in found for block in blocks]
        if not tables:
            return
        sheet = self.add(self.say("Working documents"), tables)
        for handout, blocks in found:
            for block in blocks:
                assert block.table is not None
                sheet.row += 1
                title = f"{handout.title}: {block.text}" if block.text else handout.title
                self.table(sheet, block.table, title)
        self.finish(sheet)

    def sources(self) -> None:
        """What was read, and what the words and figures mean."""
        say, report = self.say, self.report
        columns = (Column(label=say("File")), Column(label=say("Rows"), kind="count"),
                   Column(label=say("Fingerprint (SHA-256)")))  # fmt: skip
        files = Table(columns=columns, rows=tuple((one.name, one.rows, one.sha256) for one in report.sources))
        sheet = self.add(say("Sources and definitions"), [files] if files.rows else [])
        about = [(say("Period"), say.period(*report.period)), (say("Data as of"), say.date(report.as_of)),
                 (say("Currency"), report.currency)]  # fmt: skip
        if report.version:
            about.append((say("Made with"), f"alignment-audit {report.version}"))
        for name, text in about:
            self.line(sheet, f"{name}: {text}")
        if files.rows:
            sheet.row += 1
            self.table(sheet, files, say("Files that were read"))
        sheet.row += 1
        told = [box for section in report.sections for box in section.boxes if box.tone == "explain"]
        for box in dict.fromkeys((*told, *report.method)):
            self.box(sheet, box)
        self.finish(sheet)

    def contents(self, sheet: Sheet) -> None:
        """Whose audit this is, and a link to every sheet and table."""
        say, report, brand = self.say, self.report, self.report.brand
        self.line(sheet, report.title, 12, bold=True)
        about = f"{report.client} · {say.period(*report.period)}"
        self.line(sheet, f"{about} · {say('data as of {date}', date=say.date(report.as_of))}")
        for text in filter(None, (brand.name, brand.contact, brand.footer) if brand else ()):
            self.line(sheet, text, font_color=self.colours["muted"])
        sheet.row += 1
        link = {"font_color": self.colours["accent"], "underline": 1}
        for made in self.made[1:]:
            self.link(sheet, made, 0, made.title, bold=True, **link)
            for title, row in made.tables:
                if title:
                    self.link(sheet, made, row, title, indent=1, **link)
        if brand and brand.logo:
            self.logo(sheet)
        self.paged(sheet)
        sheet.sheet.freeze_panes(1, 0)
        sheet.sheet.activate()

    def link(self, sheet: Sheet, to: Sheet, row: int, text: str, **look: Any) -> None:
        """A line that leads to a row of another sheet."""
        at, text = sheet.row, one_line(text, LINK, bold="bold" in look)
        self.line(sheet, text, **look)
        # The text is given apart from the address, and both are ours or cut to text.
        sheet.sheet.write_url(at, 0, f"internal:'{to.name}'!A{row + 1}", self.look(**look), text[:250] or to.name)

    def logo(self, made: Sheet) -> None:
        """The consultant's logo at the right of the contents, inside one cell: no program bends it."""
        sheet, column = made.sheet, len(made.widths)
        brand = self.report.brand
        assert brand is not None
        wide, high = logo_size(brand, 2.2, 0.8)
        data = logo_png(brand, wide)
        with Image.open(io.BytesIO(data)) as picture:
            dots = picture.info.get("dpi", (96, 96))[0]
            scale = wide * dots / picture.width
        made.set_height(0, 72 * high + 8)
        sheet.set_column(column, column, 15 * wide)
        made.paper = paper_for((*made.widths, 15 * wide))
        made.paper.set(sheet)
        options = {"image_data": io.BytesIO(data), "x_scale": scale, "y_scale": scale, "description": brand.name,
                   "object_position": 3, "x_offset": 4, "y_offset": 4}  # fmt: skip
        sheet.insert_image(0, column, "logo.png", options)
