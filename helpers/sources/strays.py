"""Addresses and telephone numbers in columns where nobody looks for them: utm tags, managers, products, ids."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import ibis

from helpers.sources.contact import ID_CONTACT, SHORTEST, contact_key, without_contacts
from helpers.sources.csvfile import quoted

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from helpers.client import Client
    from helpers.sources.tables import Column

STAFF = ("manager", "reviewed_by", "owner", "alias", "person")
"""Text columns that name people at work."""


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


def holds_stray(cell: str, column: Column, meant: Iterable[str]) -> str:
    """In SQL, whether a cell holds an address or telephone number; '' for columns that cannot."""
    if column.type == "id":
        return f"audit_stray_id({cell})"
    if column.type != "text":
        return ""
    known = ", ".join(quoted(word) for word in meant)
    return f"audit_stray({cell})" + (f" AND audit_key({cell}) NOT IN ({known})" if known else "")


def without_strays(client: Client, column: Column, text: ir.StringValue, secret: str) -> ir.StringValue:
    """A column without addresses and telephone numbers; where they serve as ids they become hashes, as persons do."""
    if column.type == "id":
        return ibis.ifelse(text.re_search(ID_CONTACT), hashed_contact(text, client.country, secret), text)
    # A name beside the address is kept where it belongs, and where a row is nothing without it.
    clean = without_contacts(text, whole=not (column.required or column.name in STAFF))
    word = text.strip().lower()
    return ibis.cases(*[(word == cell, name) for cell, name in given_meaning(client).items()], (True, clean))
