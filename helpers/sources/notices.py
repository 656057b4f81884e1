"""What happened to rows and money on the way from an export to a clean table: reason codes, notices, the ledger.

The rule of the ledger: rows before = rows after + dropped, money before = money after + dropped, to the last digit, for
each table. ``Ledger.check()`` enforces it on every load.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING

from helpers.errors import DataError, Problem

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from helpers.sources.rawfiles import RawFile
    from helpers.sources.rewritten import Rewritten
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
    CELL_ERROR = "CELL_ERROR"
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
    SPEND_ACROSS = "SPEND_ACROSS"
    VANISHED = "VANISHED"
    MERGED = "MERGED"
    AUTO_TITLE = "AUTO_TITLE"
    MANAGER_CHOSEN = "MANAGER_CHOSEN"
    CLOSED_BEFORE_CREATED = "CLOSED_BEFORE_CREATED"
    CLOSED_AFTER_AS_OF = "CLOSED_AFTER_AS_OF"
    WON_WITHOUT_AMOUNT = "WON_WITHOUT_AMOUNT"
    WON_ZERO_AMOUNT = "WON_ZERO_AMOUNT"
    NEGATIVE_AMOUNT = "NEGATIVE_AMOUNT"
    NO_STAGE = "NO_STAGE"
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
    first_file: str = ""
    """The file of the first of them, where the rows may lie in several."""
    first_id: str = ""
    """The first id of the rows, where they are found when their places are forgotten."""

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
    rewritten: list[Rewritten] = field(default_factory=list)
    """Values that are read otherwise than they are written, by source and column."""
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
    unread = (Notice(Code.ANSWERS_UNREAD, "answers", file=one.file, detail=str(one)) for one in answers.problems)
    return [*none, *unread]
