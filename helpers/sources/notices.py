"""What happened to rows and money on the way from an export to a clean table: reason codes, notices, the ledger.

The rule of the ledger: rows before = rows after + dropped, money before = money after + dropped, to the last digit, for
each table. ``Ledger.check()`` enforces it on every load.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING

from helpers.errors import DataError, Problem
from helpers.sources.aside import aside_text

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from helpers.language import Language
    from helpers.sources.rawfiles import RawFile
    from helpers.survey.answers import Answers


class Code(StrEnum):
    """Why a row or an amount was dropped, changed or assumed."""

    # Dropped: the row is not in the clean table.
    NO_ID = "NO_ID"
    DATE_UNREAD = "DATE_UNREAD"
    DATE_OUT_OF_SENSE = "DATE_OUT_OF_SENSE"
    DUPLICATE_ROW = "DUPLICATE_ROW"
    DUPLICATE_ID = "DUPLICATE_ID"
    AFTER_AS_OF = "AFTER_AS_OF"
    ROW_BROKEN = "ROW_BROKEN"
    DELETED_IN_CRM = "DELETED_IN_CRM"
    OLDER_EXPORT = "OLDER_EXPORT"
    VANISHED_LEFT_OUT = "VANISHED_LEFT_OUT"
    TEST_LEFT_OUT = "TEST_LEFT_OUT"
    # Not data: part of the file's dress, outside "before" and "after".
    TOTAL_ROW = "TOTAL_ROW"
    PREAMBLE = "PREAMBLE"
    BLANK_ROW = "BLANK_ROW"
    FOOTER = "FOOTER"
    # Changed: the row stays, a value was read in a way worth knowing.
    ENCODING = "ENCODING"
    BYTES_REPLACED = "BYTES_REPLACED"
    QUOTES_ODD = "QUOTES_ODD"
    FORMULA_EMPTY = "FORMULA_EMPTY"
    HEADER_TWICE = "HEADER_TWICE"
    COLUMN_NAMELESS = "COLUMN_NAMELESS"
    HEADER_NEAR = "HEADER_NEAR"
    TOTAL_AGREES = "TOTAL_AGREES"
    TOTAL_DIFFERS = "TOTAL_DIFFERS"
    PARTIAL_REPORT = "PARTIAL_REPORT"
    ID_DAMAGED = "ID_DAMAGED"
    ID_DAMAGED_KEPT = "ID_DAMAGED_KEPT"
    FILE_UNUSED = "FILE_UNUSED"
    NUMBER_UNREAD = "NUMBER_UNREAD"
    VALUE_UNREAD = "VALUE_UNREAD"
    MACRO_UNFILLED = "MACRO_UNFILLED"
    PERCENT_DECODED = "PERCENT_DECODED"
    MOJIBAKE_REPAIRED = "MOJIBAKE_REPAIRED"
    LETTERS_ALIKE = "LETTERS_ALIKE"
    VAT_TAKEN_OFF = "VAT_TAKEN_OFF"
    CURRENCY_CONVERTED = "CURRENCY_CONVERTED"
    PLACEHOLDER = "PLACEHOLDER"
    OUTCOME_AFTER_AS_OF = "OUTCOME_AFTER_AS_OF"
    CLOCK_ENDS = "CLOCK_ENDS"
    DAY_MOVED = "DAY_MOVED"
    ID_PREFIX = "ID_PREFIX"
    CONTACT_UNREAD = "CONTACT_UNREAD"
    CONTACT_TAKEN_OUT = "CONTACT_TAKEN_OUT"
    # Kept as it is, and said.
    TEXT_DAMAGED = "TEXT_DAMAGED"
    DUPLICATE_ROW_KEPT = "DUPLICATE_ROW_KEPT"
    SAME_KEY_OTHER_AMOUNT = "SAME_KEY_OTHER_AMOUNT"
    SPEND_TWICE = "SPEND_TWICE"
    SPEND_SPANS = "SPEND_SPANS"
    VANISHED = "VANISHED"
    MERGED = "MERGED"
    AUTO_TITLE = "AUTO_TITLE"
    MANAGER_CHOSEN = "MANAGER_CHOSEN"
    CLOSED_BEFORE_CREATED = "CLOSED_BEFORE_CREATED"
    CLOSED_AFTER_AS_OF = "CLOSED_AFTER_AS_OF"
    WON_WITHOUT_AMOUNT = "WON_WITHOUT_AMOUNT"
    WON_ZERO_AMOUNT = "WON_ZERO_AMOUNT"
    NEGATIVE_AMOUNT = "NEGATIVE_AMOUNT"
    NO_MANAGER = "NO_MANAGER"
    NO_CAMPAIGN = "NO_CAMPAIGN"
    REPEATS = "REPEATS"
    TEST_LIKE = "TEST_LIKE"
    DEAL_WITHOUT_LEAD = "DEAL_WITHOUT_LEAD"
    OUTSIDE_PERIOD = "OUTSIDE_PERIOD"
    CAMPAIGN_WITHOUT_LEADS = "CAMPAIGN_WITHOUT_LEADS"
    CAMPAIGN_WITHOUT_SPEND = "CAMPAIGN_WITHOUT_SPEND"
    CHANNELS_ALIKE = "CHANNELS_ALIKE"
    CAMPAIGNS_ALIKE = "CAMPAIGNS_ALIKE"
    # Assumed: the client has not said.
    AS_OF_ASSUMED = "AS_OF_ASSUMED"
    PERIOD_ASSUMED = "PERIOD_ASSUMED"
    MARGIN_ASSUMED = "MARGIN_ASSUMED"
    VAT_ASSUMED = "VAT_ASSUMED"
    DATES_ASSUMED = "DATES_ASSUMED"
    HEADER_GUESSED = "HEADER_GUESSED"
    STAGE_GUESSED = "STAGE_GUESSED"
    PERIOD_OF_REPORT = "PERIOD_OF_REPORT"
    LEADS_FROM_DEALS = "LEADS_FROM_DEALS"
    CURRENCY_CLAIMED = "CURRENCY_CLAIMED"
    PERIOD_ROWS = "PERIOD_ROWS"
    NO_SOURCE = "NO_SOURCE"
    NO_ANSWERS = "NO_ANSWERS"
    ANSWERS_UNREAD = "ANSWERS_UNREAD"


DROPPED = frozenset(
    {
        Code.NO_ID,
        Code.DATE_UNREAD,
        Code.DATE_OUT_OF_SENSE,
        Code.DUPLICATE_ROW,
        Code.DUPLICATE_ID,
        Code.AFTER_AS_OF,
        Code.ROW_BROKEN,
        Code.DELETED_IN_CRM,
        Code.OLDER_EXPORT,
        Code.VANISHED_LEFT_OUT,
        Code.TEST_LEFT_OUT,
    }
)
DRESS = frozenset({Code.TOTAL_ROW, Code.PREAMBLE, Code.BLANK_ROW, Code.FOOTER})
ASSUMED = frozenset(
    {
        Code.AS_OF_ASSUMED,
        Code.PERIOD_ASSUMED,
        Code.MARGIN_ASSUMED,
        Code.VAT_ASSUMED,
        Code.DATES_ASSUMED,
        Code.HEADER_GUESSED,
        Code.STAGE_GUESSED,
        Code.PERIOD_OF_REPORT,
        Code.LEADS_FROM_DEALS,
        Code.CURRENCY_CLAIMED,
        Code.NO_SOURCE,
        Code.NO_ANSWERS,
    }
)


@dataclass(frozen=True)
class Notice:
    """One listed fact about the data."""

    code: Code
    table: str
    rows: int | None = None
    money: Decimal | None = None
    file: str = ""
    column: str = ""
    detail: str = ""
    """Language-free: the client's own value, a date, a list of examples."""
    first_rows: tuple[int, ...] = ()
    """Up to five row numbers in the file, as a person counts them."""

    @property
    def group(self) -> str:
        """'dropped', 'dress', 'assumed' or 'kept'."""
        if self.code in DROPPED:
            return "dropped"
        if self.code in DRESS:
            return "dress"
        return "assumed" if self.code in ASSUMED else "kept"


@dataclass
class TableLedger:
    """Rows and money of one clean table, in and out."""

    table: str
    rows_before: int = 0
    rows_after: int = 0
    money_before: Decimal | None = None
    money_after: Decimal | None = None


@dataclass
class Ledger:
    """All notices and the balance of every table."""

    tables: dict[str, TableLedger] = field(default_factory=dict)
    files: dict[tuple[str, str], TableLedger] = field(default_factory=dict)
    """(Table, file) → the same for one file."""
    labels: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """Table → its files by number."""
    raw: tuple[RawFile, ...] = ()
    """What each file was taken for."""
    left: ir.Table | None = None
    """``lead_id`` of the leads left out as tests, while the deals are cleaned: their deals go too."""
    notices: list[Notice] = field(default_factory=list)

    def add(self, *notices: Notice) -> None:
        """List notices; those about no row at all are left out."""
        self.notices.extend(notice for notice in notices if notice.rows != 0)

    def leave_out(self, notice: Notice) -> None:
        """List rows of one file that leave a table after its account was opened."""
        for balance in (self.tables[notice.table], self.files[notice.table, notice.file]):
            balance.rows_after -= notice.rows or 0
            if balance.money_after is not None:
                balance.money_after -= notice.money or Decimal(0)
        self.add(notice)

    def dropped(self, table: str) -> Iterable[Notice]:
        """Notices of rows that did not reach the clean table."""
        return (notice for notice in self.notices if notice.table == table and notice.code in DROPPED)

    def check(self) -> None:
        """Before = after + dropped, for rows and money of each table.

        Raises:
            DataError: the toolkit itself has lost something; the figures must not be used.
        """
        problems = []
        for name in self.tables:
            parts = [balance for (table, _), balance in self.files.items() if table == name]
            if sum(part.rows_after for part in parts) != self.tables[name].rows_after:
                problems.append(
                    Problem(f"{name}: its files do not add up", "this is a fault of the toolkit, please report it")
                )
        for name, table in self.tables.items():
            rows = sum(notice.rows or 0 for notice in self.dropped(name))
            if table.rows_before != table.rows_after + rows:
                problems.append(
                    Problem(
                        f"{name}: {table.rows_before} rows before, {table.rows_after} after, {rows} listed as dropped",
                        "this is a fault of the toolkit, please report it",
                    )
                )
            if table.money_before is not None and table.money_after is not None:
                money = sum((notice.money or Decimal(0) for notice in self.dropped(name)), Decimal(0))
                before, after = table.money_before, table.money_after
                if before != after + money:
                    problems.append(
                        Problem(
                            f"{name}: {before} before, {after} after, {money} listed as dropped",
                            "this is a fault of the toolkit, please report it",
                        )
                    )
        if problems:
            raise DataError(problems)


def answer_notices(answers: Answers | None) -> list[Notice]:
    """What of the questionnaire's files could not be used; one notice when nobody has answered."""
    if answers is None:
        return []
    none = [] if answers.respondents else [Notice(Code.NO_ANSWERS, "answers")]
    return none + [Notice(Code.ANSWERS_UNREAD, "answers", detail=str(problem)) for problem in answers.problems]


def _detail(notice: Notice, say: Language, currency: str) -> str:
    """The detail as a reader of that language writes it."""
    if notice.code is Code.TOTAL_DIFFERS:
        total, rows = (say.money(float(part), currency, 2) for part in notice.detail.split())
        return say("the total says {total}, the rows add up to {rows}", total=total, rows=rows)
    if notice.code is Code.DUPLICATE_ID and notice.detail:
        return say("Of two exports of one list the newer counts if their file names hold the day they were made.")
    if notice.code is Code.VAT_TAKEN_OFF:
        before, after = (say.money(float(part), currency, 2) for part in notice.detail.split())
        return say("It was {before}, it is {after}.", before=before, after=after)
    if notice.code in (Code.BYTES_REPLACED, Code.FORMULA_EMPTY):
        return say.count(int(notice.detail))
    if notice.code is Code.AS_OF_ASSUMED:
        return say.date(notice.detail)
    if notice.code in (Code.PERIOD_ASSUMED, Code.PERIOD_OF_REPORT):
        first, _, last = notice.detail.partition("..")
        return say.period(dt.date.fromisoformat(first), dt.date.fromisoformat(last))
    if notice.code is Code.DATES_ASSUMED:
        return say("month, day, year") if notice.detail == "mdy" else say("day, month, year")
    if notice.code is Code.FILE_UNUSED:
        return aside_text(notice.detail, say)
    return notice.detail


def notice_text(notice: Notice, say: Language, currency: str) -> str:
    """One sentence about a notice, for the report and the terminal."""
    n = notice.rows or 0
    rows = say.plural("{n} row", "{n} rows", n)
    column, detail, file = notice.column, _detail(notice, say, currency), notice.file
    text = {
        Code.NO_ID: say("{rows} without an id (or required value) in “{column}”: left out", rows=rows, column=column),
        Code.DATE_UNREAD: say(
            "{rows} without a readable date in “{column}”: left out. {detail}", rows=rows, column=column, detail=detail
        ),
        Code.DATE_OUT_OF_SENSE: say(
            "{rows} with an impossible date in “{column}”: left out. {detail}", rows=rows, column=column, detail=detail
        ),
        Code.DUPLICATE_ROW: say("{rows} repeated word for word: counted once", rows=rows),
        Code.DUPLICATE_ID: say(
            "{rows} with an id that had already come: the first one is kept. {detail}", rows=rows, detail=detail
        ),
        Code.AFTER_AS_OF: say("{rows} dated after the day of the audit: left out", rows=rows),
        Code.TOTAL_ROW: say("{rows} with totals: not counted as data", rows=rows),
        Code.PREAMBLE: say("{rows} above the header: not data", rows=rows),
        Code.BLANK_ROW: say("{rows} empty in all columns that are read: not data", rows=rows),
        Code.ENCODING: say("the file was read as {detail}", detail=detail),
        Code.NUMBER_UNREAD: say(
            "{rows} where “{column}” is not a number: taken as unknown. {detail}",
            rows=rows,
            column=column,
            detail=detail,
        ),
        Code.VALUE_UNREAD: say(
            "{rows} where “{column}” has a value without a meaning given: taken as unknown. {detail}",
            rows=rows,
            column=column,
            detail=detail,
        ),
        Code.MACRO_UNFILLED: say(
            "{rows} where the advertising system left a template in “{column}” unfilled: taken as unknown. {detail}",
            rows=rows,
            column=column,
            detail=detail,
        ),
        Code.CURRENCY_CONVERTED: say(
            "{rows} converted to the report's currency by the rates of client.yml. {detail}", rows=rows, detail=detail
        ),
        Code.PLACEHOLDER: say(
            "{rows} where “{column}” holds a placeholder instead of a value: taken as unknown. {detail}",
            rows=rows,
            column=column,
            detail=detail,
        ),
        Code.OUTCOME_AFTER_AS_OF: say(
            "{rows} won or lost after the day of the audit: still counted as open", rows=rows
        ),
        Code.DUPLICATE_ROW_KEPT: say("{rows} repeated word for word but holding money: kept, please check", rows=rows),
        Code.CLOSED_BEFORE_CREATED: say(
            "{rows} closed before they were created: kept, their age is not used", rows=rows
        ),
        Code.CLOSED_AFTER_AS_OF: say(
            "{rows} with a closing date after the last day of the data: kept, their age is not used", rows=rows
        ),
        Code.WON_WITHOUT_AMOUNT: say("{rows} won without an amount: counted as won, with no revenue", rows=rows),
        Code.WON_ZERO_AMOUNT: say("{rows} won with an amount of zero: counted as won, with no revenue", rows=rows),
        Code.NEGATIVE_AMOUNT: say(
            "{rows} with a negative amount in “{column}”: kept with its sign", rows=rows, column=column
        ),
        Code.NO_MANAGER: say("{rows} without a manager", rows=rows),
        Code.NO_CAMPAIGN: say("{rows} without a campaign name", rows=rows),
        Code.OLDER_EXPORT: say("{rows} that a newer export holds too: the newer state counts", rows=rows),
        Code.VANISHED: say(
            "{rows} of an older export whose ids a newer one no longer holds - merged or deleted in the CRM, for "
            "example {detail}: counted until you write “vanished: true” under left_out",
            rows=rows,
            detail=detail,
        ),
        Code.MERGED: say(
            "{rows} of these belong to a person who lives on under another id: probably merged", rows=rows
        ),
        Code.VANISHED_LEFT_OUT: say(
            "{rows} of an older export whose ids a newer one no longer holds: left out, as client.yml says", rows=rows
        ),
        Code.TEST_LEFT_OUT: say("{rows} that look like tests: left out, as client.yml says", rows=rows),
        Code.AUTO_TITLE: say("{rows} with a name that a form or telephony has given: kept", rows=rows),
        Code.MANAGER_CHOSEN: say(
            "the manager is taken from “{column}”; the file also holds: {detail}", column=column, detail=detail
        ),
        Code.PERCENT_DECODED: say(
            "{rows} where “{column}” came percent-encoded: read as {detail}", rows=rows, column=column, detail=detail
        ),
        Code.MOJIBAKE_REPAIRED: say(
            "{rows} where “{column}” came in a wrong encoding: read as {detail}",
            rows=rows,
            column=column,
            detail=detail,
        ),
        Code.LETTERS_ALIKE: say(
            "{rows} where “{column}” mixes Latin and Cyrillic letters in one word: read as {detail}",
            rows=rows,
            column=column,
            detail=detail,
        ),
        Code.VAT_TAKEN_OFF: say(
            "{rows} with VAT: taken off, so that all spend is without it. {detail}", rows=rows, detail=detail
        ),
        Code.SAME_KEY_OTHER_AMOUNT: say(
            "{rows} with the day and campaign of another row, but another amount: kept; look whether one of the two is "
            "a correction",
            rows=rows,
        ),
        Code.SPEND_TWICE: say(
            "{rows} of one channel and day in two files ({detail}): perhaps the same spend, uploaded twice; both are "
            "counted until one of the files is taken away",
            rows=rows,
            detail=detail,
        ),
        Code.SPEND_SPANS: say(
            "{rows} that cover several days at once, while another file has the same days in shorter pieces "
            "({detail}): perhaps the same spend twice; both are counted until one of the files is taken away",
            rows=rows,
            detail=detail,
        ),
        Code.CHANNELS_ALIKE: say(
            "channels with similar names: {detail}; if they are one, write it under aliases: channel", detail=detail
        ),
        Code.CAMPAIGNS_ALIKE: say(
            "{rows} of campaigns without spend whose names are like those of campaigns without leads (first seen): "
            "{detail}; if they are one, write it under aliases: campaign",
            rows=rows,
            detail=detail,
        ),
        Code.REPEATS: say("{rows} from people who had written before", rows=rows),
        Code.TEST_LIKE: say(
            "{rows} look like tests (won among them: {detail}): kept until you say otherwise", rows=rows, detail=detail
        ),
        Code.DEAL_WITHOUT_LEAD: say("{rows} that belong to no lead: their money is shown apart", rows=rows),
        Code.CAMPAIGN_WITHOUT_LEADS: say(
            "{rows} of campaigns that no lead of any channel names (campaigns: {detail})", rows=rows, detail=detail
        ),
        Code.CAMPAIGN_WITHOUT_SPEND: say(
            "{rows} that name a campaign without any spend (campaigns: {detail})", rows=rows, detail=detail
        ),
        Code.OUTSIDE_PERIOD: say("{rows} outside the period: used only where history is needed", rows=rows),
        Code.AS_OF_ASSUMED: say("the day of the audit is taken as {detail}, the last day of the data", detail=detail),
        Code.PERIOD_ASSUMED: say("the period is taken as {detail}, all days of the leads", detail=detail),
        Code.MARGIN_ASSUMED: say("no margin is given: all revenue is counted as gross profit"),
        Code.VAT_ASSUMED: say("{file}: nobody has said whether the money includes VAT", file=file),
        Code.DATES_ASSUMED: say(
            "the order of day and month in “{column}” was told from the values: {detail}", column=column, detail=detail
        ),
        Code.PERIOD_ROWS: say("{rows} cover several days: counted in the month in which they begin", rows=rows),
        Code.ROW_BROKEN: say(
            "{rows} with more cells than the header has columns: left out, their cells have moved", rows=rows
        ),
        Code.DELETED_IN_CRM: say("{rows} that the CRM itself marks as deleted: left out", rows=rows),
        Code.FOOTER: say("{rows} of service text, such as a legal note or the header once more: not data", rows=rows),
        Code.BYTES_REPLACED: say("characters of the file that could not be read: {detail}", detail=detail),
        Code.QUOTES_ODD: say(
            "quotes in the file are out of order: it was read line by line, please compare a few rows"
        ),
        Code.FORMULA_EMPTY: say(
            "formulas without a stored result, read as empty: {detail}. Open the file in a spreadsheet program and "
            "save it",
            detail=detail,
        ),
        Code.HEADER_TWICE: say(
            "a column name that stands twice, each row's first value is used: {detail}", detail=detail
        ),
        Code.COLUMN_NAMELESS: say(
            "{rows} with a value in a column without a name (number {detail} from the left): not read; if something "
            "of it is needed, give the column a name",
            rows=rows,
            detail=detail,
        ),
        Code.HEADER_NEAR: say(
            "columns that are not read, though their names are like ones that are: {detail}. If they are the same, "
            "write them under columns",
            detail=detail,
        ),
        Code.TOTAL_AGREES: say("the report's own total agrees with the sum of its rows"),
        Code.TOTAL_DIFFERS: say("the file is filtered or cut: {detail}", detail=detail),
        Code.PARTIAL_REPORT: say("the report may hold a part of the money only: {detail}", detail=detail),
        Code.ID_DAMAGED: say(
            "{rows} where “{column}” holds an id turned into a number, such as {detail}: digits are lost, the column "
            "is not used",
            rows=rows,
            column=column,
            detail=detail,
        ),
        Code.ID_DAMAGED_KEPT: say(
            "{rows} whose id in “{column}” was turned into a number, such as {detail}: digits are lost; they are "
            "counted, but cannot be linked with other tables",
            rows=rows,
            column=column,
            detail=detail,
        ),
        Code.CLOCK_ENDS: say(
            "{rows} where “{column}” is 23:59, and none is longer: a clock starts anew at midnight, so longer times "
            "may be cut; export durations in hours or seconds",
            rows=rows,
            column=column,
        ),
        Code.DAY_MOVED: say(
            "{rows} moved to another day when the times of the export became the client's local time; before that, "
            "dates of different systems may differ by a day",
            rows=rows,
        ),
        Code.ID_PREFIX: say(
            "{rows} where “{column}” carries a prefix, such as {detail}: the number behind it is used",
            rows=rows,
            column=column,
            detail=detail,
        ),
        Code.TEXT_DAMAGED: say(
            "{rows} where “{column}” looks damaged on its way ({detail}): kept as it is, because the texts of a "
            "database are not repaired; correct them there, or in the view",
            rows=rows,
            column=column,
            detail=detail,
        ),
        Code.CONTACT_UNREAD: say(
            "{rows} where “{column}” is no telephone number that could be told from others (glued together, or turned "
            "into a number with lost digits): the person is unknown",
            rows=rows,
            column=column,
        ),
        Code.CONTACT_TAKEN_OUT: say(
            "{rows} where “{column}” holds an e-mail address or a telephone number: it is taken out and goes no "
            "further; please find out which form or system writes it there",
            rows=rows,
            column=column,
        ),
        Code.FILE_UNUSED: say("the file is not used: {detail}", detail=detail),
        Code.HEADER_GUESSED: say("recognised by column names never seen in a real export: {detail}", detail=detail),
        Code.STAGE_GUESSED: say("stages whose meaning is a guess, please confirm: {detail}", detail=detail),
        Code.PERIOD_OF_REPORT: say("all rows cover the report's own period, {detail}", detail=detail),
        Code.LEADS_FROM_DEALS: say("no other source of leads: each deal counts as one lead"),
        Code.CURRENCY_CLAIMED: say("the header says only “$”: taken as {detail}", detail=detail),
        Code.NO_SOURCE: say("no source for this table in client.yml"),
        Code.NO_ANSWERS: say("no answers to the questionnaire: there is no score"),
        Code.ANSWERS_UNREAD: say("answers that could not be used: {detail}", detail=detail),
    }[notice.code]
    if notice.money is not None:
        text = say("{text}; money: {money}", text=text.rstrip(". "), money=say.money(float(notice.money), currency, 2))
    return text.strip()
