"""Every text of a report with a mark of its own: what a format does not show can be named."""

import datetime as dt

from pydantic import BaseModel

NO_TEXT = {
    "key",
    "section",
    "name",
    "kind",
    "tone",
    "lang",
    "currency",
    "sha256",
    "logo",
    "primary",
    "secondary",
    "svg",
}
"""Fields that are names for the program, or are written another way than they are kept."""


def tokened(report):
    """The report with "Q12Z" behind each text, and mark → where it stands."""
    marks = {}

    def mark(value, place, field=""):
        if isinstance(value, BaseModel):
            fields = {name: mark(getattr(value, name), f"{place}.{name}", name) for name in type(value).model_fields}
            return value.model_copy(update=fields)
        if isinstance(value, tuple):
            return tuple(mark(one, f"{place}[{i}]", field) for i, one in enumerate(value))
        if not isinstance(value, str) or not value or field in NO_TEXT or _is_date(value):
            return value
        token = f"Q{len(marks)}Z"
        marks[token] = place
        return f"{value} {token}"

    return mark(report, "report"), marks


def _is_date(text):
    try:
        dt.date.fromisoformat(text)
    except ValueError:
        return False
    return True
