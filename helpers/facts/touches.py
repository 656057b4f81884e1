"""Calls and messages with the lead they belong to, in words of our own: kind, direction, whether somebody answered."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis

from helpers.sources.engines import without

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from helpers.sources.loading import Data

# What telephony and messengers write, where client.yml maps nothing. An automatic answer is no human one.
AUTO = "auto|автоотв|автомат|автовідп|robot|робот|(^|[^a-zа-яё])(бот|bot)"
MESSAGE = "mess|sms|смс|chat|чат|whats|viber|telegram|mail|почт|пошт|письм|лист|повідом|сообщ"
MEETING = "meet|visit|встреч|зустріч|визит|візит"
CALL = "call|phone|звон|дзвін|inbound|outbound|missed|вход|исход|вхід|вихід|пропущ"
OUT = "^out|исх|вих"
IN = "^in|вх|missed|пропущ"


def linked_touches(data: Data, deals: ir.Table | None) -> ir.Table | None:
    """A row per touch up to ``as_of``; None without calls and messages.

    - ``lead``: the lead it belongs to, NULL for none that is known; it names a lead or a deal, a lead's own id wins
    - ``at``, ``kind`` (call, message, meeting, auto, other), ``direction`` (in, out, NULL), ``manager``, ``seconds``,
      ``checklist``
    - ``answered``: as exported; a call without a mark is answered when somebody talked
    - ``human``: a person of the company spoke with the lead or tried to
    """
    if "touches" not in data.tables:
        return None
    touches = data.tables["touches"]
    touches = touches.filter(touches["at"].cast("date") <= ibis.literal(data.as_of))
    kind, way = touches.kind.fill_null("").lower(), touches.direction.fill_null("").lower()
    timed = touches.seconds.notnull()
    kind = ibis.cases(
        (kind.re_search(AUTO), "auto"),
        (kind.re_search(MESSAGE), "message"),
        (kind.re_search(MEETING), "meeting"),
        (kind.re_search(CALL) | timed, "call"),
        else_="other",
    )
    direction = ibis.cases((way.re_search(OUT), "out"), (way.re_search(IN), "in"), else_=ibis.null("string"))
    talked = ibis.ifelse(timed & (kind == "call"), touches.seconds > 0, ibis.null("boolean"))
    named = touches.select(
        key=touches.lead_id,
        at=touches["at"],
        kind=kind,
        direction=direction,
        answered=ibis.coalesce(touches.answered, talked),
        seconds=touches.seconds,
        manager=touches.manager.fill_null(""),
        checklist=touches.checklist,
    )
    spoke = (named.kind == "meeting") | ((named.kind == "call") & named.answered)
    tried = named.kind.isin(["call", "message"]) & (named.direction == "out")
    named = named.mutate(human=spoke.fill_null(False) | tried.fill_null(False))
    leads = data.tables.get("leads")
    if leads is None:
        return named.drop("key").mutate(lead=ibis.null("string"))
    return named.left_join(ids_of_leads(leads, deals), [("key", "id")]).drop("key", "id")


def ids_of_leads(leads: ir.Table, deals: ir.Table | None) -> ir.Table:
    """Every id by which a touch may name a lead → the lead."""
    own = leads.select(id=leads.lead_id, lead=leads.lead_id)
    if deals is None:
        return own
    grown = deals.filter(deals.to_lead.notnull()).select(id=deals.deal_id, lead=deals.to_lead)
    return ibis.union(own, without(grown, "id", own.id))
