"""Tables of a Word document: with caption and notes, two abreast, a long one in halves as high as a page."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from helpers.language import NBSP, Language
from helpers.report.docx_page import Page
from helpers.report.docx_styles import Styles, w
from helpers.report.docx_xml import abreast, bookmarked, field, paragraph, run, table
from helpers.report.fit import GUTTER, LONG, Fitted, height, left_out_text
from helpers.report.outline import Numbers

TIGHT_TABLE = 7.0
"""Points of a table's letters where all is to stand on one sheet."""
ROW = (1.15, 5.5)
"""Sizes of a line of a table's row, and the points that the row has beside its lines."""


class Tables:
    """What a document that is being written does with its tables; ``body`` is what there is of it so far."""

    say: Language
    styles: Styles
    page: Page
    tight: bool
    body: list[Any]
    numbers: Iterator[int]
    marks: dict[str, str]
    gap: Any = None
    """The gap below the last table without a note."""

    def _abreast(self, left: tuple[Numbers, Fitted], right: tuple[Numbers, Fitted] | None) -> None:
        """A narrow table beside the next one; a long one beside its own second half."""
        piece, made = left
        if right is not None:
            self._frame(self._numbers(*left, framed=True), self._numbers(*right, framed=True), whole=True)
        elif len(made.rows) <= LONG:
            self.body += self._numbers(piece, made)
        else:
            # The caption stands in the frame, so that no page ends with it; beside it is as much room.
            heads = [self._caption(piece, framed=True), [paragraph(self.styles["caption"], run(NBSP), before=12)]]
            pages = min(math.ceil(height(made, *ROW) / (2 * self.page.sideways_height)), len(made.rows) // 2)
            parts = [[self._table(piece, part), self.page.gap()] for part in made.cut(2 * pages)]
            for first, second in zip(parts[::2], parts[1::2], strict=True):
                self._begin_page()
                self._frame([*heads[0], *first], [*heads[1], *second], whole=False)
                heads = [[], []]
            self.body += self._notes(piece, made)

    def _begin_page(self) -> None:
        """What follows begins a page, unless only a heading stands on this one.

        A frame nearly as high as a page would be broken lower down; for one that must not be LibreOffice may leave a
        page blank.
        """
        if self.body and self.body[-1].find(f".//{w('bookmarkStart')}") is not None:
            return
        self._end_page()
        self.body.append(self.page.gap(page_break=True))

    def _end_page(self) -> None:
        """The page ends with its table: below a full one even a gap would begin another."""
        if self.body and self.body[-1] is self.gap and not self.gap.findall(f".//{w('sectPr')}"):
            self.body.pop()

    def _frame(self, left: list[Any], right: list[Any], *, whole: bool) -> None:
        self.gap = self.page.gap()
        self.body += [abreast(left, right, self.page.sideways_room, GUTTER, whole=whole), self.gap]

    def _numbers(self, piece: Numbers, made: Fitted, *, framed: bool = False) -> list[Any]:
        """A table with its caption and its notes; ``framed``: in a frame that stands whole."""
        if self.tight:
            made = replace(made, size=min(made.size, TIGHT_TABLE))
        notes = self._notes(piece, made)
        if not notes:
            self.gap = self.page.gap()
        return [*self._caption(piece, framed=framed), self._table(piece, made), *(notes or [self.gap])]

    def _caption(self, piece: Numbers, *, framed: bool) -> list[Any]:
        if not piece.number:
            return []
        said = self._numbered("Table", piece.label, piece.number, piece.caption)
        mark = bookmarked(next(self.numbers), self._mark(piece.key), said)
        # In a frame LibreOffice would keep the frame itself with what follows.
        return [paragraph(self.styles["caption"], *mark, keep_next=not framed, before=12)]

    def _table(self, piece: Numbers, made: Fitted) -> Any:
        return table(made, self.styles["Report Table"], self.styles["Report Cell"], piece.caption or piece.label)

    def _notes(self, piece: Numbers, made: Fitted) -> list[Any]:
        notes = (note for note in (piece.table.note, left_out_text(made, self.say)) if note)
        return [paragraph(self.styles["Report Note"], run(note)) for note in notes]

    def _numbered(self, kind: str, label: str, number: int, caption: str) -> list[Any]:
        """ "Figure 7. Where the numbers are from", the 7 a field that counts when the document is edited."""
        before, _, after = label.partition(str(number))
        counted = field(f"SEQ {kind} \\* ARABIC", [run(str(number), bold=True)])
        said = [run(f" {caption}")] if caption else []
        return [run(before, bold=True), *counted, run(f"{after}.", bold=True), *said]

    def _mark(self, key: str) -> str:
        """The bookmark of a table, given out when it is first spoken of."""
        return self.marks.setdefault(key, f"_Ref{len(self.marks) + 1:06d}")
