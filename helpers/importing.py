"""The wizard of ``audit map`` in a notebook: a file is chosen, its map changed and written by clicking.

Everything that decides stands in ``sources.proposal`` and ``wizard``; here are only the controls.
"""

from __future__ import annotations

import tempfile
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

import ipywidgets

from helpers.clientfile import write_sources
from helpers.errors import AuditError, DataError
from helpers.sources.proposal import Proposal, propose
from helpers.sources.tables import TABLES
from helpers.wizard import entries, look_all

if TYPE_CHECKING:
    from helpers.client import Client
    from helpers.language import Language
    from helpers.sources.plan import Looked

WIDE = ipywidgets.Layout(width="100%", max_width="60rem")
NARROW = ipywidgets.Layout(width="auto")


class ImportBox:
    """A box in which an export is told column by column: file, table, a header for each clean column, a button.

    Args:
        client: whose exports; its client.yml is changed when the button is pressed, and nothing else.
        say: the language of the box.
    """

    def __init__(self, client: Client, say: Language) -> None:
        self._client, self._say = client, say
        with tempfile.TemporaryDirectory(prefix="audit-") as scratch:
            # The first rows are in memory then; nothing more is read.
            self._looked: list[Looked] = list(look_all(client, Path(scratch)))
        self._proposal: Proposal | None = None
        self._drawing = False
        self.file = ipywidgets.Dropdown(
            options=[(self._label(one), at) for at, one in enumerate(self._looked)],
            value=self._first(),
            description=say("File"),
            layout=WIDE,
        )
        self.sample = ipywidgets.HTML()
        self.table = ipywidgets.Dropdown(options=list(TABLES), description=say("Table"), layout=NARROW)
        self.columns: dict[str, ipywidgets.Combobox] = {}
        """Clean column → its control: a header of the file, or =value for all rows."""
        self.map = ipywidgets.VBox()
        self.button = ipywidgets.Button(
            description=say("Write into client.yml"), button_style="primary", layout=NARROW, disabled=True
        )
        self.result = ipywidgets.HTML()
        self.file.observe(self._chosen, "value")
        self.table.observe(self._retabled, "value")
        self.button.on_click(self._write)
        column = ipywidgets.Layout(align_items="flex-start", grid_gap=".5rem")
        self.box = ipywidgets.VBox(
            [self.file, self.sample, self.table, self.map, self.button, self.result], layout=column
        )
        self._chosen(None)

    def __repr__(self) -> str:
        unread = sum(one.candidate is None for one in self._looked)
        return f"ImportBox({self._client.slug!r}, files={len(self._looked)}, unread={unread})"

    def _repr_mimebundle_(self, **kwargs: Any) -> dict[str, Any]:
        bundle: dict[str, Any] = self.box._repr_mimebundle_(**kwargs)
        return {**bundle, "text/plain": repr(self)}

    @property
    def proposal(self) -> Proposal | None:
        """The map as it stands in the box; None where there is no file."""
        return self._proposal

    def _label(self, one: Looked) -> str:
        say = self._say
        return one.name if one.candidate is not None else say("{file} (not read yet)", file=one.name)

    def _first(self) -> int | None:
        """The first file that nobody has recognised."""
        unread = (at for at, one in enumerate(self._looked) if one.candidate is None)
        return next(unread, 0 if self._looked else None)

    def _chosen(self, _: Any) -> None:
        if self.file.value is None:
            self.result.value = f"<p>{escape(self._say('There is no file in exports/.'))}</p>"
            return
        self.result.value = ""
        self._show(propose(self._looked[self.file.value], self._say))

    def _retabled(self, change: Any) -> None:
        if not self._drawing and self._proposal is not None:
            self._show(self._proposal.as_table(change["new"]))

    def _show(self, proposal: Proposal) -> None:
        """Draw all controls anew."""
        say = self._say
        self._proposal, self._drawing = proposal, True
        self.table.value = proposal.table
        self.sample.value = _sample_html(proposal)
        self.columns = {}
        lines = []
        for match in proposal.matches:
            name = f"{match.column.name} *" if match.column.required else match.column.name
            control = ipywidgets.Combobox(
                value=_written(match.headers, match.constant),
                options=proposal.headers,
                ensure_option=False,
                description=name,
                tooltip=match.column.meaning,
                placeholder=say("nothing"),
                continuous_update=False,
                style={"description_width": "10rem"},
                layout=ipywidgets.Layout(width="28rem"),
            )
            why = ipywidgets.HTML(_safe(match.reason))
            control.observe(lambda change, clean=match.column.name: self._changed(clean, change["new"]), "value")
            self.columns[match.column.name] = control
            lines.append(ipywidgets.HBox([control, why]))
        self.map.children = tuple(lines)
        self._drawing = False
        self._judge()

    def _changed(self, clean: str, text: str) -> None:
        if self._drawing or self._proposal is None:
            return
        before = self._proposal.match(clean)
        if text == _written(before.headers, before.constant):
            return
        try:
            self._proposal = self._proposal.changed(clean, text)
        except DataError as error:
            self.result.value = f"<p>{_safe(str(error.problems[0]))}</p>"
            self.button.disabled = True
            return
        at = [match.column.name for match in self._proposal.matches].index(clean)
        self.map.children[at].children[1].value = _safe(self._proposal.match(clean).reason)
        self.sample.value = _sample_html(self._proposal)
        self._judge()

    def _judge(self) -> None:
        """The button works when nothing required is missing; what is missing is said."""
        assert self._proposal is not None
        missing = self._proposal.missing()
        self.button.disabled = bool(missing)
        text = self._say("Still needed: {columns}", columns=", ".join(missing)) if missing else ""
        self.result.value = f"<p>{_safe(text)}</p>" if text else ""

    def _write(self, _: Any) -> None:
        assert self._proposal is not None
        say = self._say
        try:
            self._client = write_sources(self._client, entries(self._client, self._proposal, self._looked))
        except (AuditError, OSError) as error:
            self.result.value = f"<p>{_safe(str(error))}</p>"
            return
        self.result.value = f"<p>{_safe(say('Written into {file}.', file='client.yml'))}</p>"


def _written(headers: tuple[str, ...], constant: str) -> str:
    """What a control shows for a match."""
    return headers[0] if headers else f"={constant}" if constant else ""


def _safe(text: str) -> str:
    # Jupyter must not read $...$ of a header as a formula.
    return f'<span class="tex2jax_ignore mathjax_ignore">{escape(text)}</span>'


def _sample_html(proposal: Proposal) -> str:
    """What the file was taken for, why it is not read yet, and five rows of it."""
    headers, rows = proposal.rows()
    head = "".join(f"<th>{escape(header)}</th>" for header in headers)
    body = "".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in rows)
    problem = f"<p>{escape(proposal.problem.what)}</p>" if proposal.problem else ""
    return (
        f'<div class="tex2jax_ignore mathjax_ignore" style="overflow-x:auto;max-width:60rem">'
        f"<p>{escape(proposal.taken_for)}</p>{problem}"
        f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )
