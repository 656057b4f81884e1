"""Calls and messages: who was reached, what was missed, how long people talked, how it was scored (METHOD.md)."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import ibis

from helpers.facts.exact import marks, marks_squared
from helpers.facts.ground import Ground, empty, fetched, span_of
from helpers.facts.ripe import RIPE_KEYS, by_age_of_winning
from helpers.facts.staff import teams
from helpers.sources.asking import together
from helpers.sources.quantiles import quantile

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import pandas as pd

MANY = 10
"""Calls and messages of one lead are told apart up to so many."""
THIRDS = ("low", "middle", "high")
TALK_KEYS = ["span", "month", "manager", "team"]
TALK_SUMS = [
    "touches", "linked", "calls", "messages", "out", "out_known", "reached", "incoming", "missed", "missed_linked",
    "missed_for_good", "talks", "seconds", "scored", "score", "score_sq",
]  # fmt: skip
CONTACT_KEYS = ["span", "tries", "reached", "answered"]


@dataclass(frozen=True)
class Conversations:
    """Counted tables. ``span`` and ``month`` are those of the touch in ``talks``, of the lead's creation elsewhere."""

    talks: pd.DataFrame
    """TALK_KEYS | TALK_SUMS. ``out``: calls made; of them ``out_known`` say whether anybody picked up and ``reached``
    that somebody did. ``incoming`` calls, of them ``missed``; of these ``missed_linked`` belong to a known lead and
    ``missed_for_good`` were followed by no call or message to it. ``talks``: calls with talk time, of ``seconds`` in
    all. ``scored``: touches with a checklist score, its sum and sum of squares."""
    contacts: pd.DataFrame
    """CONTACT_KEYS | leads, calls, messages: leads by the number of calls made and messages sent to them (MANY: so many
    and more), whether anybody ever spoke with them, and whether the company ever answered."""
    scores: pd.DataFrame
    """span, third (THIRDS), month, won_weeks (see `by_age_of_winning`) | leads, by the mean checklist score of their
    conversations."""
    lengths: pd.DataFrame
    """The same by the length of the first conversation of more than zero seconds."""
    score_cuts: tuple[float, float]
    """Scores up to which a lead is in the low and in the middle third; nan without scores."""
    length_cuts: tuple[float, float]
    """Seconds, in the same way."""

    @classmethod
    def empty(cls) -> Conversations:
        """No calls, no messages."""
        thirds = empty(["span", "third", *RIPE_KEYS], ["leads"])
        nothing = (math.nan, math.nan)
        return cls(
            talks=empty(TALK_KEYS, TALK_SUMS),
            contacts=empty(CONTACT_KEYS, ["leads", "calls", "messages"]),
            scores=thirds,
            lengths=thirds,
            score_cuts=nothing,
            length_cuts=nothing,
        )


async def count_conversations(ground: Ground) -> Conversations:
    """Count a client's calls and messages; ``Conversations.empty()`` without them."""
    if ground.touches is None:
        return Conversations.empty()
    if ground.leads is None:
        return replace(Conversations.empty(), talks=await _talks(ground, ground.touches))
    leads = ground.engine.keep("spoken_leads", _spoken(ground.leads, ground.touches))
    talks, contacts, (scores, score_cuts), (lengths, length_cuts) = await together(
        _talks(ground, ground.touches), _contacts(leads), _thirds(leads, "score"), _thirds(leads, "length")
    )
    return Conversations(talks, contacts, scores, lengths, score_cuts, length_cuts)


async def _talks(ground: Ground, touches: ir.Table) -> pd.DataFrame:
    """By month and manager; automatic messages are no conversations."""
    spoken = touches.filter(touches.kind != "auto")
    call, missed = spoken.kind == "call", _missed(spoken)
    out, incoming = call & (spoken.direction == "out"), call & (spoken.direction == "in")
    last = touches.filter(touches.human & touches.lead.notnull()).group_by("lead").agg(last_at=lambda t: t["at"].max())
    spoken = spoken.mutate(
        month=spoken["at"].cast("date").truncate("M"),
        span=span_of(spoken["at"].cast("date"), ground.data),
        is_call=call,
        is_out=out.fill_null(False),
        is_in=incoming.fill_null(False),
        is_missed=missed,
        talked=(call & (spoken.seconds > 0)).fill_null(False),
    )
    spoken = spoken.left_join(last.select(of="lead", last_at="last_at"), [("lead", "of")])
    followed = (spoken.last_at >= spoken["at"]).fill_null(False)
    known = spoken.lead.notnull()
    score = spoken.checklist
    keys = ["span", "month", "manager"]
    table = spoken.group_by(keys).agg(
        touches=spoken.count(),
        linked=known.sum(),
        calls=spoken.is_call.sum(),
        messages=(spoken.kind == "message").sum(),
        out=spoken.is_out.sum(),
        out_known=(spoken.is_out & spoken.answered.notnull()).sum(),
        reached=(spoken.is_out & spoken.answered).fill_null(False).sum(),
        incoming=spoken.is_in.sum(),
        missed=spoken.is_missed.sum(),
        missed_linked=(spoken.is_missed & known).sum(),
        missed_for_good=(spoken.is_missed & known & ~followed).sum(),
        talks=spoken.talked.sum(),
        seconds=marks(spoken.seconds, spoken.talked).fill_null(0),
        scored=score.count(),
        score=marks(score).fill_null(0),
        score_sq=marks_squared(score).fill_null(0),
    )
    frame = ground.one_spelling(await fetched(table, keys), TALK_SUMS)
    known_teams = teams(ground)
    frame["team"] = [known_teams.get(name, "") for name in frame["manager"]]
    return frame[[*TALK_KEYS, *TALK_SUMS]]


def _missed(touches: ir.Table) -> ir.BooleanValue:
    """An incoming call that nobody picked up."""
    return ((touches.kind == "call") & (touches.direction == "in") & ~touches.answered).fill_null(False)


def _spoken(leads: ir.Table, touches: ir.Table) -> ir.Table:
    """Leads since the first compared day with what was said to them up to ``as_of``."""
    own = touches.filter(touches.lead.notnull() & (touches.kind != "auto"))
    own = own.mutate(talked=((own.kind == "call") & (own.seconds > 0)).fill_null(False))
    first = ibis.ifelse(own.talked, own["at"], ibis.null("timestamp")).min().over(ibis.window(group_by="lead"))
    own = own.mutate(first_talk=(own.talked & (own["at"] == first)).fill_null(False))
    call, message = own.kind == "call", own.kind == "message"
    out, incoming = own.direction == "out", own.direction == "in"
    summed = own.group_by("lead").agg(
        calls=(call & out).fill_null(False).sum(),
        messages=(message & out).fill_null(False).sum(),
        reached=((call & own.answered) | (message & (own.answered | incoming)) | (own.kind == "meeting"))
        .fill_null(False)
        .any(),
        answered=own.human.any(),
        # Of calls that began at one moment the longest.
        length=own.seconds.max(where=own.first_talk),
        score=marks(own.checklist).cast("float64") / own.checklist.count().nullif(0),
    )
    recent = leads.filter(leads.fate.notnull())
    joined = recent.left_join(summed.rename(of="lead"), [("lead_id", "of")]).drop("of")
    return joined.mutate(
        calls=joined.calls.fill_null(0),
        messages=joined.messages.fill_null(0),
        reached=joined.reached.fill_null(False),
        answered=joined.answered.fill_null(False),
    )


async def _contacts(leads: ir.Table) -> pd.DataFrame:
    made = leads.mutate(tries=ibis.least(leads.calls + leads.messages, MANY).cast("int64"))
    table = made.group_by(CONTACT_KEYS).agg(leads=made.count(), calls=made.calls.sum(), messages=made.messages.sum())
    return await fetched(table, CONTACT_KEYS)


async def _thirds(leads: ir.Table, column: str) -> tuple[pd.DataFrame, tuple[float, float]]:
    """Leads by the third in which their value lies; equal values stay together."""
    known = leads.filter(leads[column].notnull())
    counted = known.group_by(column).agg(leads=known.count())
    # A value is within the third that ends at a quantile where no more than that share of all others are smaller.
    up_to = counted.leads.sum().over(ibis.cumulative_window(order_by=column)) - counted.leads
    placed = counted.select(_value=column, _less=up_to, _others=counted.leads.sum().over(ibis.window()) - 1)
    placed = placed.select(
        "_value",
        third=ibis.cases(
            (placed["_less"] * 3 <= placed["_others"], THIRDS[0]),
            (placed["_less"] * 3 <= placed["_others"] * 2, THIRDS[1]),
            else_=THIRDS[2],
        ),
    )
    thirds = known.inner_join(placed, [(column, "_value")])
    frame, values = await together(by_age_of_winning(thirds, ["span", "third"]), fetched(counted, [column]))
    low, high = (quantile(values, column, "leads", share) for share in (1 / 3, 2 / 3))
    if math.isnan(low):
        return Conversations.empty().scores, (math.nan, math.nan)
    return frame, (low, high)
