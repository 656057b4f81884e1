"""One sentence about each notice, in the reader's language: for the report and the terminal."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import TYPE_CHECKING

from helpers.sources.aside import aside_text
from helpers.sources.notices import Code, Notice

if TYPE_CHECKING:
    from helpers.language import Language


def notice_text(notice: Notice, say: Language, currency: str) -> str:
    """One sentence about a notice; money in the client's currency."""
    rows, detail = say.plural("{n} row", "{n} rows", notice.rows or 0), _detail(notice, say, currency)
    parts = (_dropped, _dress, _changed, _kept, _assumed)
    text = next(text for part in parts if (text := part(notice, say, rows, detail)) is not None)
    if notice.money is not None:
        text = say("{text}; money: {money}", text=text.rstrip(". "), money=say.money(float(notice.money), currency, 2))
    return text.strip()


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
    if notice.code is Code.CURRENCY_CONVERTED and ": " in notice.detail:
        currencies, _, amount = notice.detail.partition(": ")
        value, _, code = amount.partition(" ")
        return f"{currencies}: {say.money(Decimal(value), code, 2)}"
    if notice.code in (Code.BYTES_REPLACED, Code.FORMULA_EMPTY, Code.CELL_ERROR):
        return say.count(int(notice.detail))
    if notice.code is Code.AS_OF_ASSUMED:
        return say.date(notice.detail)
    if notice.code in (Code.PERIOD_ASSUMED, Code.PERIOD_OF_REPORT):
        first, _, last = notice.detail.partition("..")
        return say.period(dt.date.fromisoformat(first), dt.date.fromisoformat(last))
    if notice.code is Code.DATES_ASSUMED:
        return say("month, day, year") if notice.detail == "mdy" else say("day, month, year")
    if notice.code is Code.DAY_MOVED:
        return say.share(float(notice.detail), 1)
    if notice.code is Code.FILE_UNUSED:
        return aside_text(notice.detail, say)
    return notice.detail


def _dropped(notice: Notice, say: Language, rows: str, detail: str) -> str | None:
    """Of rows that are not in the clean table; None for other notices."""
    column = notice.column
    return {
        Code.NO_ID: say(
            "{rows} without a required value that can be read in “{column}”: left out. {detail}",
            rows=rows,
            column=column,
            detail=detail,
        )
        if detail
        else say("{rows} without an id (or required value) in “{column}”: left out", rows=rows, column=column),
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
        Code.ROW_BROKEN: say(
            "{rows} with more cells than the header has columns: left out, their cells have moved", rows=rows
        ),
        Code.DELETED_IN_CRM: say("{rows} that the CRM itself marks as deleted: left out", rows=rows),
        Code.OLDER_EXPORT: say("{rows} that a newer export holds too: the newer state counts", rows=rows),
        Code.VANISHED_LEFT_OUT: say(
            "{rows} of an older export whose ids a newer one no longer holds: left out, as client.yml says", rows=rows
        ),
        Code.TEST_LEFT_OUT: say("{rows} that look like tests: left out, as client.yml says", rows=rows),
    }.get(notice.code)


def _dress(notice: Notice, say: Language, rows: str, detail: str) -> str | None:
    """Of rows that are no data, and how a file came; None for other notices."""
    return {
        Code.TOTAL_ROW: say("{rows} with totals: not counted as data", rows=rows),
        Code.PREAMBLE: say("{rows} above the header: not data", rows=rows),
        Code.BLANK_ROW: say("{rows} empty in all columns that are read: not data", rows=rows),
        Code.FOOTER: say("{rows} of service text, such as a legal note or the header once more: not data", rows=rows),
        Code.ENCODING: say("the file was read as {detail}", detail=detail),
        Code.BYTES_REPLACED: say("characters of the file that could not be read: {detail}", detail=detail),
        Code.QUOTES_ODD: say(
            "quotes in the file are out of order: it was read line by line, please compare a few rows"
        ),
        Code.FORMULA_EMPTY: say(
            "formulas without a stored result, read as empty: {detail}. Open the file in a spreadsheet program and "
            "save it",
            detail=detail,
        ),
        Code.CELL_ERROR: say(
            "cells of the workbook with an error such as #N/A or #REF!, read as empty: {detail}. Correct the formulas "
            "and save it",
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
        Code.FILE_UNUSED: say("the file is not used: {detail}", detail=detail),
    }.get(notice.code)


def _changed(notice: Notice, say: Language, rows: str, detail: str) -> str | None:
    """Of values that were read in a way worth knowing; None for other notices."""
    column = notice.column
    return {
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
        Code.CLOCK_ENDS: say(
            "{rows} where “{column}” is 23:59, and none is longer: a clock starts anew at midnight, so longer times "
            "may be cut; export durations in hours or seconds",
            rows=rows,
            column=column,
        ),
        Code.DAY_MOVED: say(
            "{rows} ({share} of those with a date) moved to another day when the times of the export became the "
            "client's local time; before that, dates of different systems may differ by a day",
            rows=rows,
            share=detail,
        ),
        Code.ID_PREFIX: say(
            "{rows} where “{column}” carries a prefix, such as {detail}: the number behind it is used",
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
    }.get(notice.code)


def _kept(notice: Notice, say: Language, rows: str, detail: str) -> str | None:
    """Of rows that are kept as they are; None for other notices."""
    column = notice.column
    return {
        Code.TEXT_DAMAGED: say(
            "{rows} where “{column}” looks damaged on its way ({detail}): kept as it is, because the texts of a "
            "database are not repaired; correct them there, or in the view",
            rows=rows,
            column=column,
            detail=detail,
        ),
        Code.DUPLICATE_ROW_KEPT: say("{rows} repeated word for word but holding money: kept, please check", rows=rows),
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
        Code.SPEND_ACROSS: say(
            "{rows} of spend that begin in the period and end behind it, or began before it: nobody can tell what of "
            "them belongs to the period; they count where they begin. Export the spend of the period by itself",
            rows=rows,
        ),
        Code.VANISHED: say(
            "{rows} of an older export whose ids a newer one no longer holds - merged or deleted in the CRM, for "
            "example {detail}: counted until you write “vanished: true” under left_out",
            rows=rows,
            detail=detail,
        ),
        Code.MERGED: say(
            "{rows} of these belong to a person who lives on under another id: probably merged", rows=rows
        ),
        Code.AUTO_TITLE: say("{rows} with a name that a form or telephony has given: kept", rows=rows),
        Code.MANAGER_CHOSEN: say(
            "the manager is taken from “{column}”; the file also holds: {detail}", column=column, detail=detail
        ),
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
        Code.NO_STAGE: say("{rows} without a stage: counted as open, as far as a lead", rows=rows),
        Code.NO_MANAGER: say("{rows} without a manager", rows=rows),
        Code.NO_CAMPAIGN: say("{rows} without a campaign name", rows=rows),
        Code.REPEATS: say("{rows} from people who had written before", rows=rows),
        Code.TEST_LIKE: say(
            "{rows} look like tests (won among them: {detail}): kept until you say otherwise", rows=rows, detail=detail
        ),
        Code.DEAL_WITHOUT_LEAD: say("{rows} that belong to no lead: their money is shown apart", rows=rows),
        Code.OUTSIDE_PERIOD: say("{rows} outside the period: used only where history is needed", rows=rows),
        Code.CAMPAIGN_WITHOUT_LEADS: say(
            "{rows} of campaigns that no lead of any channel names (campaigns: {detail})", rows=rows, detail=detail
        ),
        Code.CAMPAIGN_WITHOUT_SPEND: say(
            "{rows} that name a campaign without any spend (campaigns: {detail})", rows=rows, detail=detail
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
    }.get(notice.code)


def _assumed(notice: Notice, say: Language, rows: str, detail: str) -> str | None:
    """Of what the client has not said; None for other notices."""
    column = notice.column
    file = notice.file
    return {
        Code.AS_OF_ASSUMED: say("the day of the audit is taken as {detail}, the last day of the data", detail=detail),
        Code.PERIOD_ASSUMED: say("the period is taken as {detail}, all days of the data", detail=detail),
        Code.MARGIN_ASSUMED: say("no margin is given: all revenue is counted as gross profit"),
        Code.VAT_ASSUMED: say("{file}: nobody has said whether the money includes VAT", file=file),
        Code.DATES_ASSUMED: say(
            "dates in “{column}” that could be read in two ways are read as {detail}", column=column, detail=detail
        ),
        Code.HEADER_GUESSED: say("recognised by column names never seen in a real export: {detail}", detail=detail),
        Code.STAGE_GUESSED: say("stages whose meaning is a guess, please confirm: {detail}", detail=detail),
        Code.PERIOD_OF_REPORT: say("all rows cover the report's own period, {detail}", detail=detail),
        Code.LEADS_FROM_DEALS: say("no other source of leads: each deal counts as one lead"),
        Code.CURRENCY_CLAIMED: say("the header says only “$”: taken as {detail}", detail=detail),
        Code.PERIOD_ROWS: say(
            "{rows} for several days at once: they count as a whole; what is told by month leaves out those of several "
            "months, what is told by week those that a week would cut in two",
            rows=rows,
        ),
        Code.NO_SOURCE: say("no source for this table in client.yml"),
        Code.NO_ANSWERS: say("no answers to the questionnaire: there is no score"),
        Code.ANSWERS_UNREAD: say("answers that could not be used: {detail}", detail=detail)
        if say.code == "en"
        else say(
            "answers that could not be used: {file}. Given this file, the command “audit answers” says why", file=file
        ),
    }.get(notice.code)
