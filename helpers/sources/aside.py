"""Why a file is left aside, in the reader's language.

The reasons are the presets' and the readers' own sentences, English as all errors are; a report and ``audit check`` say
them in the client's language.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from helpers.sources.containers import EMPTY

if TYPE_CHECKING:
    from helpers.language import Language

NOTE = "a note, by its name"
UNNAMED = "client.yml does not name it under sources"
OTHER_SHEET = (
    "another sheet of this file is read - if this one holds other rows, name the file under sources once for each, "
    "with sheet:"
)
UNKNOWN = "not recognised; "
"""How the reason begins of a table that nobody knows."""


def aside_text(reason: str, say: Language) -> str:
    """The reason of ``RawFile.unused``; in English word for word."""
    if say.code == "en":
        return reason
    known = {
        NOTE: say("a note, by its name"),
        UNNAMED: say("client.yml does not name it under sources"),
        OTHER_SHEET: say(
            "another sheet of this file is read; if this one holds other rows, name the file under sources once for "
            "each, with “sheet:”"
        ),
        " - ".join(EMPTY): say("the file is empty: export it again"),
        "contacts are people, not enquiries; the deals are read": say(
            "contacts are people, not enquiries; the deals are read"
        ),
        "contacts are people, not enquiries; the list of deals is read": say(
            "contacts are people, not enquiries; the list of deals is read"
        ),
        "requests have no date here; the CRM's list of leads is read": say(
            "requests have no date here; the CRM's list of leads is read"
        ),
        "an activity here is a day without a time, so it tells no waiting; reports of leads and opportunities "
        "are read": say(
            "an activity here is a day without a time, so it tells no waiting; reports of leads and opportunities "
            "are read"
        ),
    }
    if reason in known:
        return known[reason]
    if reason.startswith(UNKNOWN):
        return say("not recognised: run `audit map`, or name its columns under sources in client.yml")
    return say("not a table that can be read: export it as CSV or XLSX")
