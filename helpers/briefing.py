"""What one run is about: the client, the language, where the report goes - from a notebook's parameters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from helpers.batch.parameters import AuditParameters, MeetingParameters, read_parameters
from helpers.batch.wishes import parse_formats, parse_period
from helpers.brand import find_brand
from helpers.client import Client, Span, read_client
from helpers.language import Language, language

if TYPE_CHECKING:
    from helpers.report.model import Brand

PROJECT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Brief:
    """A client and the wishes of one run."""

    client: Client
    say: Language
    out: Path
    formats: tuple[str, ...]
    brand: Brand | None = None
    """Whose name and look the report carries: that of brand.yml in the client's folder or beside it."""
    week: str = ""
    """Of a meeting: '2026-W40'; empty: the last whole week."""

    def __repr__(self) -> str:
        return f"Brief({self.client.slug!r}, lang={self.say.code!r}, formats={','.join(self.formats)!r})"

    def _repr_html_(self) -> str:
        client, say = self.client, self.say
        lines = [
            (say("Client"), client.name),
            (say("Currency"), client.currency),
            (say("Language"), say.code),
            (say("Sources"), ", ".join(source.shown for source in client.sources) or "-"),
            (say("Funnel"), " → ".join(client.stage_label(key, say) for key in client.stage_keys)),
        ]
        rows = "".join(f"<tr><th>{escape(name)}</th><td>{escape(value)}</td></tr>" for name, value in lines)
        return f'<table class="tex2jax_ignore mathjax_ignore">{rows}</table>'


def brief(namespace: Mapping[str, Any]) -> Brief:
    """The brief of a notebook: ``brief(globals())`` after its parameters cell.

    Raises:
        ParameterError: an unknown or ill-typed parameter.
        ClientFileError: the client's folder or its client.yml cannot be used.
        BrandError: there is a brand.yml and it cannot be used.
    """
    wish = read_parameters(namespace, AuditParameters)
    changes: dict[str, Any] = {}
    if days := parse_period(wish.period):
        changes["period"] = Span.model_validate({"from": days[0], "to": days[1]})
        # The comparison of client.yml belongs to its own period.
        changes["compare_with"] = None
    return _brief(wish, changes)


def meeting_brief(namespace: Mapping[str, Any]) -> Brief:
    """The brief of the weekly meeting: ``meeting_brief(globals())`` after the notebook's parameters cell.

    Raises:
        ParameterError: an unknown or ill-typed parameter.
        ClientFileError: the client's folder or its client.yml cannot be used.
        BrandError: there is a brand.yml and it cannot be used.
    """
    wish = read_parameters(namespace, MeetingParameters)
    return _brief(wish, {}, wish.week)


def _brief(wish: AuditParameters | MeetingParameters, changes: dict[str, Any], week: str = "") -> Brief:
    client = read_client(found_folder(wish.client))
    client = client.model_copy(update=changes | ({"lang": wish.lang} if wish.lang else {}))
    branding = find_brand(client.folder)
    return Brief(
        client,
        language(client.lang),
        out_folder(wish.out),
        parse_formats(wish.formats, wish.writes),
        branding.brand if branding else None,
        week,
    )


def found_folder(text: str) -> Path:
    """A folder relative to where the notebook runs, else to the project: both `jupyter lab` and `papermill` work."""
    path = Path(text).expanduser()
    if path.exists() or path.is_absolute():
        return path
    return PROJECT / path


def out_folder(text: str) -> Path:
    """Where a notebook writes to."""
    # Started inside notebooks/, "reports" still means the project's reports/.
    path = Path(text).expanduser()
    return PROJECT / path if not path.is_absolute() and Path.cwd() == PROJECT / "notebooks" else path
