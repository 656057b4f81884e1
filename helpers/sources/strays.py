"""Addresses and telephone numbers in columns where nobody looks for them: utm tags, managers, products, ids."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import ibis

from helpers.sources.contact import SHORTEST, WRITTEN, contact_key, without_contacts

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from helpers.client import Client
    from helpers.sources.tables import Column

STAFF = ("manager", "reviewed_by", "owner", "alias", "person")
"""Text columns that name people at work."""
ID_CONTACT = r"@|^\+\d"


def hashed_contact(raw: ir.StringValue, country: str | None, secret: str) -> ir.StringValue:
    """A keyed hash of an e-mail or phone; the key lives only in this process, so the hash can never be looked up."""
    key = contact_key(raw, country).nullif("")
    return (ibis.literal(secret) + key).hexdigest("sha256").left(32)


def given_meaning(client: Client) -> dict[str, str]:
    """Cells with an address or a telephone number to which client.yml itself gives a meaning, and that meaning."""
    names = client.aliases
    groups = (names.channel, names.campaign, names.manager)
    meant = {word: name for group in groups for name, words in group.items() for word in words}
    meant |= {stage: stage for stages in client.outcomes.values() for stage in stages}
    return {
        word.strip().lower(): name
        for word, name in meant.items()
        if "@" in word or sum(sign.isdigit() for sign in word) >= SHORTEST
    }


def holds_stray(text: ir.StringValue, column: Column, meant: Iterable[str]) -> ir.BooleanValue | None:
    """Whether a cell holds an address or telephone number; None for columns that cannot."""
    if column.type == "id":
        # Ids are often as long as telephone numbers: only what no system counts up is a contact.
        return text.re_search(ID_CONTACT)
    if column.type != "text":
        return None
    held = text.re_search(WRITTEN)
    return held & ~text.strip().lower().isin(list(meant)) if meant else held


def without_strays(client: Client, column: Column, text: ir.StringValue, secret: str) -> ir.StringValue:
    """A column without addresses and telephone numbers; where they serve as ids they become hashes, as persons do."""
    if column.type == "id":
        return ibis.ifelse(text.re_search(ID_CONTACT), hashed_contact(text, client.country, secret), text)
    # A name beside the address is kept where it belongs, and where a row is nothing without it.
    clean = without_contacts(text, whole=not (column.required or column.name in STAFF))
    word = text.strip().lower()
    return ibis.cases(*[(word == cell, name) for cell, name in given_meaning(client).items()], (True, clean))
