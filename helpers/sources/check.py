"""What was read, dropped, changed and assumed, as lines for the terminal (``audit check``)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from helpers.sources.aside import aside_text
from helpers.sources.notices import Notice, answer_notices
from helpers.sources.noticetexts import notice_text

if TYPE_CHECKING:
    from helpers.language import Language
    from helpers.sources.loading import Data
    from helpers.sources.rawfiles import RawFile
    from helpers.survey.answers import Answers


def check_lines(data: Data, say: Language, answers: Answers | None = None) -> list[str]:
    """The account of a load: files, tables with rows and money in and out, notices by kind; then the answers."""
    currency = data.client.currency
    lines = [f"{data.client.name}: {say.period(data.period.from_, data.period.to)}", "", say("Files")]
    lines += [f"  {file_line(raw, say)}" for raw in data.files]
    lines += ["", say("Tables: rows and money, before = after + left out")]
    for table in data.ledger.tables.values():
        dropped = table.rows_before - table.rows_after
        line = f"  {table.table}: {say.count(table.rows_before)} = {say.count(table.rows_after)} + {say.count(dropped)}"
        if table.money_before is not None and table.money_after is not None:
            before, after = float(table.money_before), float(table.money_after)
            lost = float(table.money_before - table.money_after)
            line += (
                f"; {say.money(before, currency, 2)} = {say.money(after, currency, 2)} + {say.money(lost, currency, 2)}"
            )
        lines.append(line)
    for group, title in (
        ("dropped", say("Left out")),
        ("dress", say("Not data")),
        ("kept", say("Changed, or kept and worth knowing")),
        ("assumed", say("Assumed")),
    ):
        notices = [notice for notice in (*data.notices, *answer_notices(answers)) if notice.group == group]
        if notices:
            lines += ["", title, *(f"  {_line(notice, say, currency)}" for notice in notices)]
    return lines


def read_lines(data: Data, decided: Mapping[str, int], say: Language) -> list[str]:
    """How many times each table of the client's database is read.

    Args:
        data: loaded and counted.
        decided: reads by table, see `Engine.reads`, before anything was counted.
        say: the language.
    """
    lines = ["", say("Reads of each table: to decide what is in it + to count the facts")]
    if not data.engine.base:
        return [*lines, f"  {say('Each file is taken in once; all else is asked of what was taken in.')}"]
    for name in sorted(set(data.engine.base.values())):
        first, every = decided.get(name, 0), data.engine.reads[name]
        lines.append(f"  {name}: {say.count(every)} = {say.count(first)} + {say.count(every - first)}")
    return lines


def taken_for(raw: RawFile, say: Language) -> str:
    """'CSV, UTF-8, ";"': the only word among its marks is the name of one that cannot be seen."""
    return raw.taken_for.removesuffix(", tab") + ", " + say("tab") if raw.taken_for.endswith(", tab") else raw.taken_for


def file_line(raw: RawFile, say: Language) -> str:
    """What a file was taken for and why: its form, its header's row, the preset and how much of the file it knows."""
    if raw.unused:
        return f"{raw.name}: {say('not used: {why}', why=aside_text(raw.unused, say))}"
    parts = [taken_for(raw, say), say.plural("{n} row", "{n} rows", raw.rows)]
    parts.append(say("header in row {row}", row=raw.header_row))
    named = sum(bool(header.strip()) for header in raw.headers)
    if raw.preset:
        found = say("{known} of {all} columns known", known=raw.known, all=named)
        parts.append(f"{raw.table} ← {raw.preset} ({found})")
    else:
        parts.append(f"{raw.table} ← client.yml")
    return f"{raw.name}: {'; '.join(parts)}"


def _line(notice: Notice, say: Language, currency: str) -> str:
    place = notice.file if notice.file and notice.file not in (notice.detail,) else notice.table
    if notice.group in ("dropped", "dress") and place != notice.table:
        place = f"{notice.table}, {place}"  # One file may fill several tables.
    told = notice_text(notice, say, currency).removeprefix(f"{place}: ")
    text = f"{notice.code} · {place}: {told}"
    if notice.first_rows and notice.first_rows[0]:
        row, file = notice.first_rows[0], notice.first_file
        where = say("from row {row} of {file}", row=row, file=file) if file else say("from row {row}", row=row)
        text += f" ({where})"
    if notice.first_id:
        text += f" ({say('for example {id}', id=notice.first_id)})"
    return text
