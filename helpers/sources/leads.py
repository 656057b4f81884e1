"""Leads, deals and stage history with their meaning: stage of the funnel, outcome, qualification, first answer."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import ibis
import pandas as pd

from helpers.errors import DataError
from helpers.sources.asking import asked, asked_row, together
from helpers.sources.discreet import discreet
from helpers.sources.notices import Code, Ledger, Notice
from helpers.sources.outcomes import OUTCOMES, outcome_problems, stage_map, stageless, with_meaning
from helpers.sources.presets import Preset
from helpers.sources.values import MONEY

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from helpers.client import Client
    from helpers.sources.engines import Engine

WIDE = "decimal(20, 6)"
Told = Callable[[], Coroutine[Any, Any, Any]]
"""Asks about a clean table what becomes notices."""
TEST_WORDS = ("test", "тест", "testing", "testone", "тестирование", "тестування")
NOBODY = ("false", "0", "null", "deleted user", "удален", "удалён", "удаленный сотрудник", "видалений користувач")
"""What CRMs write where a person is gone: nobody is in charge."""


@dataclass(frozen=True)
class Cleaning:
    """What every table is cleaned with: where it lies, what the client told, the day of the audit, the account."""

    engine: Engine
    client: Client
    as_of: dt.date
    ledger: Ledger


def _clean_leads(
    work: Cleaning, table: ir.Table, pairs: pd.DataFrame, presets: Sequence[Preset]
) -> tuple[ir.Table, Told]:
    """Leads as ``facts`` reads them: ``at`` position of the stage known at least, ``outcome``, ``age_days`` ...

    The questions that come with them are still to be asked.

    Raises:
        DataError: stages without an outcome.
    """
    table = _with_meaning(work, table, pairs, presets, "leads")
    table, closed = _as_of_outcome(work, table)
    answered = (table.first_answer_at.epoch_seconds() - table.created_at.epoch_seconds()) / 60
    minutes = ibis.coalesce(table.first_answer_min, answered)
    made = table.mutate(
        first_answer_min=ibis.ifelse(minutes >= 0, minutes, ibis.null("float64")),
        qualified=_qualified(work.client, table),
        channel=ibis.coalesce(table.channel, table.source).fill_null(""),
        campaign=table.campaign.fill_null(""),
        campaign_id=table.campaign_id.fill_null(""),
        manager=_in_charge(table).fill_null(""),
        product=table["product"].fill_null(""),
        age_days=_age(table, closed, work.as_of),
        test=_test_like(work.client, table),
    )
    made, left = _without_tests(work, made, "leads")
    clean = work.engine.keep("clean_leads", made.drop("stage", "pipeline", "_file", "_row"))
    return clean, lambda: together(left(), _notices(work, clean))


def _clean_deals(
    work: Cleaning, table: ir.Table, pairs: pd.DataFrame, presets: Sequence[Preset]
) -> tuple[ir.Table, Told]:
    """Deals with ``at``, ``outcome`` and gross profit, and questions still to be asked.

    Raises:
        DataError: stages without an outcome.
    """
    table = _with_meaning(work, table, pairs, presets, "deals")
    table, closed = _as_of_outcome(work, table)
    # Wider than MONEY: DuckDB multiplies decimals of up to 18 digits in 64 bits, which 26 millions overflow.
    usual = (
        table.amount if work.client.margin == 1 else (table.amount.cast(WIDE) * _exact(work.client.margin)).cast(MONEY)
    )
    made = table.mutate(
        gross=ibis.coalesce(table.margin, usual),
        closed_at=closed,
        manager=_in_charge(table),
        test=_test_like(work.client, table),
    )
    if work.ledger.left is not None:
        # The deal of a test is a test.
        left = work.ledger.left.select(_left="lead_id")
        joined = made.left_join(left, [made.lead_id == left["_left"]])
        made = joined.mutate(test=joined.test | joined["_left"].notnull()).drop("_left")
    made, gone = _without_tests(work, made, "deals")
    clean = work.engine.keep("clean_deals", made.drop("stage", "pipeline", "margin", "currency", "_file", "_row"))
    return clean, lambda: together(gone(), _unpaid(clean, work.ledger))


async def _unpaid(clean: ir.Table, ledger: Ledger) -> None:
    """Won deals without money."""
    won = clean.outcome == "won"
    odd = {"without": won & clean.amount.isnull(), "zero": won & (clean.amount == 0)}
    found = await asked_row(clean.aggregate(**_with_first(odd, clean.deal_id)))
    ledger.add(
        Notice(Code.WON_WITHOUT_AMOUNT, "deals", int(found["without"] or 0), first_id=_id(found["without_id"])),
        Notice(Code.WON_ZERO_AMOUNT, "deals", int(found["zero"] or 0), first_id=_id(found["zero_id"])),
    )


def _with_first(odd: Mapping[str, ir.BooleanValue], key: ir.StringValue) -> dict[str, ir.Value]:
    """How many rows are odd in each way, and the first id of them as ``<name>_id``."""
    return {
        **{name: where.sum() for name, where in odd.items()},
        **{f"{name}_id": key.min(where=where) for name, where in odd.items()},
    }


def _id(found: object) -> str:
    """An id as a message may show it."""
    return "" if found is None else discreet(str(found))


def _clean_events(
    work: Cleaning, table: ir.Table, pairs: pd.DataFrame, presets: Sequence[Preset]
) -> tuple[ir.Table, Told]:
    """Stage history: lead_id, deal_id, ``at`` and ``entered_at``; nothing is to be asked of it."""
    table = _with_meaning(work, table, pairs, presets, "stage_events")
    clean = table.select("lead_id", "deal_id", "at", "outcome", "entered_at")
    return work.engine.keep("clean_stage_events", clean), together


def _in_charge(table: ir.Table) -> ir.StringValue:
    """The manager, NULL where the CRM holds a word for nobody."""
    return ibis.ifelse(_is_one_of(table.manager, NOBODY), ibis.null("string"), table.manager)


def _is_one_of(text: ir.StringValue, words: Sequence[str]) -> ir.BooleanValue:
    """Whether a text is one of some words in any case; by its first letter most rows are spared the small letters.

    Of an IN with more than five values DuckDB makes a join of the whole row.
    """
    first = sorted({ord(letter) for word in words for letter in (word[0], word[0].upper())})
    begins = ibis.or_(*(text.ascii_str().isin(first[at : at + 5]) for at in range(0, len(first), 5)))
    return ibis.ifelse(begins, text.lower().cases(*[(word, True) for word in words], else_=False), False)


def _test_like(client: Client, table: ir.Table) -> ir.BooleanValue:
    """What looks like a test: by its name, source, campaign or stage, or by the rules of client.yml."""
    rules = client.left_out
    found = (table.title == "test").fill_null(False)
    for name in ("source", "channel", "campaign", "stage"):
        if name in table.columns:
            found = found | _is_one_of(table[name], TEST_WORDS)
            for word in rules.words:
                found = found | table[name].lower().contains(word.strip().lower()).fill_null(False)
    managers = [name.strip().lower() for name in rules.managers]
    return found | table.manager.fill_null("").lower().isin(managers) if managers else found


def _without_tests(work: Cleaning, table: ir.Table, name: str) -> tuple[ir.Table, Told]:
    """The table without its tests, where client.yml confirms the rules; won ones stay unless it names them too.

    The question how many they are is still to be asked.
    """
    rules = work.client.left_out
    if not rules.tests:
        return table, together
    gone = table.test if rules.won else table.test & (table.outcome != "won")
    left = table.filter(gone)
    if name == "leads":
        # Deals that are cleaned after them read it.
        work.ledger.left = work.engine.keep("left_leads", left.select("lead_id").distinct())
    return table.filter(~gone), lambda: _left_out(left, name, work.ledger)


async def _left_out(left: ir.Table, name: str, ledger: Ledger) -> None:
    """Tests that were left out, by file."""
    # As text: the account is exact to the last digit.
    money = left.amount.sum().cast("decimal(38, 6)").cast("string") if name == "deals" else ibis.null("string")
    counted = left.group_by("_file").agg(rows=left.count(), money=money, first=left["_row"].min())
    for row in (await asked(counted)).sort_values("_file").to_dict("records"):
        amount = None if name != "deals" else Decimal(0 if pd.isna(row["money"]) else row["money"])
        first = (int(row["first"]),) if row["first"] else ()
        file = ledger.labels[name][int(row["_file"])]
        ledger.leave_out(Notice(Code.TEST_LEFT_OUT, name, int(row["rows"]), amount, file, first_rows=first))


def _with_meaning(
    work: Cleaning, table: ir.Table, pairs: pd.DataFrame, presets: Sequence[Preset], name: str
) -> ir.Table:
    pairs = pairs.sort_values(["pipeline", "stage"])
    mapping, problems, guessed = stage_map(work.client, presets, pairs)
    problems += outcome_problems(pairs)
    if problems:
        raise DataError(problems)
    work.ledger.add(Notice(Code.NO_STAGE, name, stageless(pairs)))
    if guessed:
        work.ledger.add(Notice(Code.STAGE_GUESSED, name, detail=", ".join(guessed)))
    table = with_meaning(table, mapping, work.client.stage_keys)
    at, outcome = table["at"], table.by_stage
    if "outcome" in table.columns:
        # A column of its own says more than the stage: in Pipedrive a lost deal keeps its last stage.
        own = table.outcome.lower()
        outcome = ibis.ifelse(own.isin(OUTCOMES), own, outcome)
        won = work.client.stage_keys.index("won")
        at = ibis.ifelse(outcome == "won", ibis.greatest(at, won), at)
    return table.mutate(at=at.cast("int32"), outcome=outcome).drop("by_stage")


def _as_of_outcome(work: Cleaning, table: ir.Table) -> tuple[ir.Table, ir.TimestampValue]:
    """What a later closing decided was not yet known on a day of audit that the client has chosen."""
    if work.client.as_of is None:
        return table, table.closed_at
    late = (table.closed_at.cast("date") > ibis.literal(work.as_of)).fill_null(False)
    lead = work.client.stage_keys.index("leads")
    changed = table.mutate(
        outcome=ibis.ifelse(late, "open", table.outcome),
        at=ibis.ifelse(late, ibis.least(table["at"], lead), table["at"]).cast("int32"),
    )
    return changed, ibis.ifelse(late, ibis.null("timestamp"), changed.closed_at)


def _qualified(client: Client, table: ir.Table) -> ir.BooleanValue:
    """The CRM's mark, else BANT (unknown when no mark is filled in), else unknown."""
    wish = client.qualified
    if wish and wish.mark and wish.mark in table.columns and wish.mark != "qualified":
        return ibis.coalesce(table.qualified, table[wish.mark].cast("boolean"))
    bant = wish.bant if wish else None
    if bant is None:
        return table.qualified
    marks = [table[name] for name in bant.columns]
    filled = ibis.or_(*[mark.notnull() for mark in marks])
    held = sum((mark.fill_null(False).cast("int32") for mark in marks), ibis.literal(0))
    return ibis.coalesce(table.qualified, ibis.ifelse(filled, held >= bant.at_least, ibis.null("boolean")))


def _exact(value: float) -> ir.DecimalScalar:
    return ibis.literal(repr(value)).cast("decimal(18, 6)")


def _age(table: ir.Table, closed: ir.TimestampValue, as_of: dt.date) -> ir.IntegerValue:
    """Whole days from creation to the outcome, or to ``as_of`` for open ones; NULL where the dates contradict."""
    end = ibis.ifelse(table.outcome == "open", ibis.literal(as_of), closed.cast("date"))
    days = end.epoch_days() - table.created_at.cast("date").epoch_days()
    known = (days >= 0) & ((table.outcome == "open") | (closed.cast("date") <= ibis.literal(as_of)))
    return ibis.ifelse(known, days, ibis.null("int64")).cast("int64")


async def _notices(work: Cleaning, table: ir.Table) -> None:
    """What is odd about leads."""
    name = "leads"
    closed = table.closed_at.cast("date")
    late = closed > ibis.literal(work.as_of)
    # On a day of audit that the client has chosen, what closed later is still open.
    known = closed if work.client.as_of is None else ibis.ifelse(late, ibis.null("date"), closed)
    test = table.test
    odd = {"before": known < table.created_at.cast("date"), "late": late}
    found = await asked_row(
        table.aggregate(
            **_with_first(odd, table.lead_id),
            nobody=(table.manager == "").sum(),
            nameless=((table.campaign == "") & (table.campaign_id == "")).sum(),
            people=table.person.nunique(),
            with_person=table.person.count(),
            auto=(table.title == "auto").sum(),
            tests=test.sum(),
            tests_won=(test & (table.outcome == "won")).sum(),
        )
    )
    later = Code.CLOSED_AFTER_AS_OF if work.client.as_of is None else Code.OUTCOME_AFTER_AS_OF
    work.ledger.add(
        Notice(Code.CLOSED_BEFORE_CREATED, name, int(found["before"] or 0), first_id=_id(found["before_id"])),
        Notice(later, name, int(found["late"] or 0), first_id=_id(found["late_id"])),
        Notice(Code.NO_MANAGER, name, int(found["nobody"] or 0)),
        Notice(Code.NO_CAMPAIGN, name, int(found["nameless"] or 0)),
        Notice(Code.REPEATS, name, int(found["with_person"] or 0) - int(found["people"] or 0)),
        Notice(Code.AUTO_TITLE, name, int(found["auto"] or 0)),
        Notice(Code.TEST_LIKE, name, int(found["tests"] or 0), detail=str(int(found["tests_won"] or 0))),
    )


MEANT = {"leads": _clean_leads, "deals": _clean_deals, "stage_events": _clean_events}
"""Tables whose rows get a meaning; deals come after leads: the deal of a left-out lead is left out."""
