"""The questionnaire as an Excel workbook: a sheet to fill in, a sheet that counts the result by formulas, no macros.

The same inputs give the same bytes. Filled workbooks come back through ``read_answers`` (workbook_read.py).
"""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from helpers.language import language
from helpers.survey import workbook_cells as at
from helpers.survey.answers import Respondent
from helpers.survey.criteria import questionnaire
from helpers.survey.workbook_data import NAME, DataSheet
from helpers.survey.workbook_form import FormSheet
from helpers.survey.workbook_read import code_of
from helpers.survey.workbook_result import ResultSheet
from helpers.survey.workbook_style import FONT, SIZE, formats
from helpers.survey.workbook_tally import Tally
from helpers.survey.workbook_words import words

if TYPE_CHECKING:
    from helpers.client import Client

CREATED = dt.datetime(2026, 1, 1)
"""Written into every workbook, so that its bytes repeat."""


def write_workbook(
    path: Path, lang: str, client: Client | None = None, filled: Respondent | Mapping[str, object] | None = None
) -> None:
    """Write the questionnaire in one language.

    Args:
        path: the file, replaced if it is there.
        lang: en, ru or uk.
        client: gives the name, the stages and how the survey was announced; None: the usual stages, an open survey.
        filled: answers that stand in it already: a form, or cells by key as ``workbook_cells.typed`` names them.
    """
    from xlsxwriter import Workbook

    questions, texts = questionnaire(), words(lang)
    cells = at.typed(filled, lang, client) if isinstance(filled, Respondent) else dict(filled or {})
    codes = {one.id: code_of(cells.get(one.id), one.not_applicable) for one in questions.criteria}
    chosen = all(at.clean(cells.get(key)) for key in ("department", "role"))
    stages = at.stages(client, language(lang))
    data = DataSheet(lang, stages, Tally(questions, codes, chosen))
    survey = (client.survey.mode, client.survey.threshold) if client is not None else ("open", 5)
    name = client.name if client is not None else ""
    made = io.BytesIO()
    # Made anew each time: XlsxWriter changes what it is given.
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        # Widths of columns are measured in digits of this font; Excel's own Calibri is not on every machine.
        "default_format_properties": {"font_name": FONT, "font_size": SIZE},
    }
    with Workbook(made, options) as book:
        book.set_properties({"title": texts["title"], "created": CREATED})
        looks = formats(book)
        form, result, hidden = (
            book.add_worksheet(title) for title in (texts["sheet_form"], texts["sheet_result"], NAME)
        )
        FormSheet(form, looks, stages, data, cells, survey).write()
        ResultSheet(result, looks, data, name).write()
        data.write(hidden)
    path.write_bytes(made.getvalue())
