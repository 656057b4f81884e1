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
from helpers.wizard import entries, look_all, stage_meanings, stage_text, unknown_stages, write_stages

if TYPE_CHECKING:
    from helpers.client import Client
    from helpers.language import Language
    from helpers.sources.outcomes import UnknownStage
    from helpers.sources.plan import Looked

WIDE = ipywidgets.Layout(width="100%", max_width="60rem")
NARROW = ipywidgets.Layout(width="auto")


class ImportBox:
    """A box in which an export is told column by column: file, table, a header for each clean column, a button.

    Below it the stages of the CRM that have no meaning yet, once every file can be read.

    Args:
        client: whose exports; its client.yml is changed when the button is pressed, and nothing else.
        say: the language of the box.
    """

    def __init__(self, client: Client, say: Language) -> None:
        self._client, self._say = client, say
        self._looked: list[Looked] = self._look()
        self._unknown: list[UnknownStage] = []
        self._proposal: Proposal | None = None
        self._drawing = False
        self.file = ipywidgets.Dropdown(
            options=self._labels(),
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
        self.stages: list[ipywidgets.Dropdown] = []
        """A control for each stage of the CRM without a meaning."""
        self.stage_box = ipywidgets.VBox()
        self.stage_button = ipywidgets.Button(
            description=say("Write the stages into client.yml"), button_style="primary", layout=NARROW
        )
        self.stage_result = ipywidgets.HTML()
        self.file.observe(self._chosen, "value")
        self.table.observe(self._retabled, "value")
        self.button.on_click(self._write)
        self.stage_button.on_click(self._write_stages)
        column = ipywidgets.Layout(align_items="flex-start", grid_gap=".5rem")
        parts = [self.file, self.sample, self.table, self.map, self.button, self.result]
        self.box = ipywidgets.VBox([*parts, self.stage_box, self.stage_result], layout=column)
        self._chosen(None)
        if self._looked and all(one.candidate is not None for one in self._looked):
            self._ask_stages()

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

    def _look(self) -> list[Looked]:
        with tempfile.TemporaryDirectory(prefix="audit-") as scratch:
            # The first rows are in memory then; nothing more is read.
            return list(look_all(self._client, Path(scratch)))

    def _labels(self) -> list[tuple[str, int]]:
        return [(self._label(one), at) for at, one in enumerate(self._looked)]

    def _label(self, one: Looked) -> str:
        say = self._say
        return one.name if one.candidate is not None else say("{file} (not read yet)", file=one.name)

    def _first(self) -> int | None:
        """The first file that nobody has recognised."""
        unread = (at for at, one in enumerate(self._looked) if one.candidate is None)
        return next(unread, 0 if self._looked else None)

    def _chosen(self, _: Any) -> None:
        if self._drawing:
            return
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
                tooltip=say.known(match.column.meaning),
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
        self._looked, shown = self._look(), self.file.value
        self._drawing = True
        # What was "not read yet" is read now; the same file stays in sight.
        self.file.options = self._labels()
        self.file.value = shown
        self._drawing = False
        self.result.value = f"<p>{_safe(say('Written into {file}.', file='client.yml'))}</p>"
        self._ask_stages()

    def _ask_stages(self) -> None:
        """Show the stages without a meaning, each with what it can mean; nothing where there are none."""
        say, client = self._say, self._client
        self._unknown = unknown_stages(client)
        signs = {
            "w": say("won"),
            "l": say("lost"),
            **{str(at): say("open, has reached “{stage}”", stage=client.stage_label(key, say))
               for at, key in enumerate(client.stage_keys, 1)},
        }  # fmt: skip
        choices = [(say("leave it for now"), ""), *((signs[sign], sign) for sign in stage_meanings(client))]
        self.stages, lines = [], []
        for one in self._unknown:
            control = ipywidgets.Dropdown(options=choices, value="", layout=ipywidgets.Layout(width="24rem"))
            self.stages.append(control)
            lines.append(ipywidgets.HBox([control, ipywidgets.HTML(_safe(stage_text(one, say)))]))
        title = ipywidgets.HTML(f"<strong>{escape(say('Stages of the CRM without a meaning'))}</strong>")
        self.stage_box.children = (title, *lines, self.stage_button) if lines else ()

    def _write_stages(self, _: Any) -> None:
        say = self._say
        given = [(one, line.value) for one, line in zip(self._unknown, self.stages, strict=True)]
        try:
            changed = write_stages(self._client, given)
        except (AuditError, OSError) as error:
            self.stage_result.value = f"<p>{_safe(str(error))}</p>"
            return
        if changed is self._client:
            self.stage_result.value = f"<p>{_safe(say('Choose what a stage means first.'))}</p>"
            return
        self._client = changed
        self.stage_result.value = f"<p>{_safe(say('Written into {file}.', file='client.yml'))}</p>"
        self._ask_stages()


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
