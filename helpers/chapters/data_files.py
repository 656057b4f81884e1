"""The data chapter, file by file: what each was taken for, rows and money in and out, where the rest went."""

from __future__ import annotations

from typing import TYPE_CHECKING

from helpers.report.model import Column, Exhibit, Table
from helpers.sources.aside import aside_text
from helpers.sources.check import taken_for
from helpers.sources.notices import Code, Ledger

if TYPE_CHECKING:
    from collections.abc import Callable

    from helpers.language import Language


def files_exhibit(ledger: Ledger, say: Language, table_name: Callable[[str], str]) -> Exhibit | None:
    """A row per file and table; files that are not used come last. None where no file was read."""
    if not ledger.raw:
        return None
    raws = {raw.name: raw for raw in ledger.raw}
    rows: list[tuple[str | int | float | None, ...]] = []
    for (table, name), part in ledger.files.items():
        raw = raws.get(name)
        lost = [notice for notice in ledger.dropped(table) if notice.file == name]
        reasons = ", ".join(f"{reason(notice.code, say)} – {say.count(notice.rows or 0)}" for notice in lost)
        money = part.money_before is not None and part.money_after is not None
        rows.append(
            (
                name,
                taken_for(raw, say) if raw else "",
                table_name(table),
                part.rows_before,
                part.rows_after,
                float(part.money_before or 0) if money else None,
                float(part.money_after or 0) if money else None,
                reasons,
            )
        )
    unused = [raw for raw in ledger.raw if raw.unused]
    rows += [
        (raw.name, taken_for(raw, say), say("not used"), None, None, None, None, aside_text(raw.unused, say))
        for raw in unused
    ]
    used = len(raws) - len(unused)
    title = say.plural("{n} file is read", "{n} files are read", used)
    if unused:
        left = say.plural("{n} file is left aside", "{n} files are left aside", len(unused))
        title = say("{read}, {left}", read=title, left=left)
    return Exhibit(
        key="data-files",
        title=title,
        reading=(
            say(
                "A file is recognised by what is in it, not by its name. If one was taken for the wrong thing, name "
                "its columns under sources in client.yml."
            ),
        ),
        table=Table(
            columns=(
                Column(label=say("File")),
                Column(label=say("Taken for")),
                Column(label=say("Table")),
                Column(label=say("Rows read"), kind="count"),
                Column(label=say("Rows used"), kind="count"),
                Column(label=say("Money read"), kind="money", digits=2),
                Column(label=say("Money used"), kind="money", digits=2),
                Column(label=say("Where the rest went")),
            ),
            rows=tuple(rows),
        ),
    )


def reason(code: Code, say: Language) -> str:
    """Why rows were left out, in two or three words."""
    return {
        Code.NO_ID: say("without an id"),
        Code.DATE_UNREAD: say("without a readable date"),
        Code.DATE_OUT_OF_SENSE: say("with an impossible date"),
        Code.DUPLICATE_ROW: say("repeated word for word"),
        Code.DUPLICATE_ID: say("repeated id"),
        Code.AFTER_AS_OF: say("after the day of the audit"),
        Code.ROW_BROKEN: say("shifted cells"),
        Code.DELETED_IN_CRM: say("deleted in the CRM"),
        Code.OLDER_EXPORT: say("newer in another export"),
        Code.VANISHED_LEFT_OUT: say("gone in a newer export"),
        Code.TEST_LEFT_OUT: say("tests"),
    }.get(code, code.value)
