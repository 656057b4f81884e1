"""The questionnaire in a notebook: the form that keeps every change, and a box that takes in what people sent.

The form is form.js, the same as in the HTML file. A filled form goes the way of every other: through ``take_in``, into
one file per person, checked and written whole.
"""

from __future__ import annotations

import json
import tempfile
from collections import Counter
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

import anywidget
import ipywidgets
import traitlets

from helpers.errors import AnswersError, Problem
from helpers.language import language
from helpers.survey.draft import draft_of, sent_state
from helpers.survey.form import form_data, source
from helpers.survey.intake import READABLE, Intake, take_in

if TYPE_CHECKING:
    from helpers.client import Client
    from helpers.language import Language

KEPT = ("taken in", "replaced", "already there")
"""What ``take_in`` says of a form that lies in the folder now."""


class Questionnaire(anywidget.AnyWidget):
    """The form of a client's survey, shown by itself in a notebook.

    Every change is saved at once as a draft (draft.py) and found again after a reload, a restart or another day. "Show
    my result" puts the answers into the client's ``answers/``; a changed form takes the place of the same person's.

    Args:
        client: whose survey.
        respondent: the person's id; empty: the form draws one by chance, as the HTML file does.
    """

    _esm = source("form.js")
    _css = source("form.css")

    _questionnaire = traitlets.Dict().tag(sync=True)
    lang = traitlets.Unicode("en").tag(sync=True)
    mode = traitlets.Unicode("open").tag(sync=True)
    threshold = traitlets.Int(5).tag(sync=True)
    respondent = traitlets.Unicode(None, allow_none=True).tag(sync=True)
    draft = traitlets.Dict().tag(sync=True)
    """The form's state as it is now."""
    submitted = traitlets.Dict().tag(sync=True)
    """The answers file last finished; empty: none since the form was opened."""
    problem = traitlets.Unicode("").tag(sync=True)
    """What the person must know because it could not be saved; empty: all is well."""
    tick = traitlets.Int(0).tag(sync=True)
    """Counts the changes in the form …"""
    saved = traitlets.Int(0).tag(sync=True)
    """… and this is the last one that lies on disk: the form warns where it stays behind."""

    def __init__(self, client: Client, respondent: str = "") -> None:
        data = form_data(client)
        self._client = client
        self._say: Language = language(client.lang)
        self._draft = draft_of(client, data, respondent)
        self._unsaved = self._refused = ""
        found = self._draft.read() or (sent_state(client, respondent) if respondent else {})
        super().__init__(
            _questionnaire=data,
            lang=client.lang,
            mode=client.survey.mode,
            threshold=client.survey.threshold,
            respondent=respondent or None,
            draft=found,
        )
        self.observe(self._save_draft, ["draft", "tick"])
        self.observe(self._take_in, "submitted")

    def __repr__(self) -> str:
        return f"Questionnaire({self._client.slug!r}, lang={self.lang!r}, mode={self.mode!r})"

    def _save_draft(self, change: Any) -> None:
        if change["name"] == "draft":
            try:
                self._draft.write(self.draft)
                self._unsaved = ""
            except OSError as error:
                say = self._say
                self._unsaved = say(
                    "The draft cannot be saved ({reason}): do not close the page before you have finished.",
                    reason=error.strerror or "?",
                )
            if self._refused and self.draft.get("page") == "result":
                # Finished once more without a change: the form has nothing new to send, the folder may be open again.
                self._keep(self.submitted)
        self.saved = self.tick
        self.problem = self._refused or self._unsaved

    def _take_in(self, change: Any) -> None:
        if change["new"]:
            self._keep(change["new"])
            self.problem = self._refused or self._unsaved

    def _keep(self, file: dict[str, Any]) -> None:
        found = take_in_bytes(self._client, "answers.json", json.dumps(file).encode())
        wrong = [str(problem) for problem in found.problems]
        wrong += [str(taken) for taken in found.taken if taken.what not in KEPT]
        self._refused = ""
        if not any(taken.what in KEPT for taken in found.taken):
            say = self._say
            self._refused = say(
                "Your answers could not be put into the client's folder: {reason}. The draft is kept; tell the person "
                "who gave you this form.",
                reason="; ".join(wrong) or "?",
            )


class AnswersBox:
    """A box for what people sent: files to choose, short codes to paste, one a line - and what became of them.

    It goes the way of ``audit answers``.
    """

    def __init__(self, client: Client, say: Language) -> None:
        self._client, self._say = client, say
        # As wide as the form beside it.
        wide = ipywidgets.Layout(width="100%", max_width="46rem")
        # By itself a column stretches its buttons.
        column = ipywidgets.Layout(align_items="flex-start", grid_gap=".5rem")
        self.files = ipywidgets.FileUpload(
            accept=",".join(READABLE),
            multiple=True,
            description=say("Choose files"),
            layout=ipywidgets.Layout(width="auto"),
        )
        self.codes = ipywidgets.Textarea(
            placeholder=say("Short codes, one a line"), rows=4, layout=wide, tooltip=say("Short codes, one a line")
        )
        self.button = ipywidgets.Button(
            description=say("Take in"), button_style="primary", layout=ipywidgets.Layout(width="auto")
        )
        self.result = ipywidgets.HTML()
        self.button.on_click(self._clicked)
        self.box = ipywidgets.VBox([self.files, self.codes, self.button, self.result], layout=column)

    def __repr__(self) -> str:
        return f"AnswersBox({self._client.slug!r})"

    def _repr_mimebundle_(self, **kwargs: Any) -> dict[str, Any]:
        bundle: dict[str, Any] = self.box._repr_mimebundle_(**kwargs)
        return {**bundle, "text/plain": repr(self)}

    def _clicked(self, _: Any) -> None:
        uploads = [take_in_bytes(self._client, one["name"], bytes(one["content"])) for one in self.files.value]
        lines = [line.strip() for line in self.codes.value.splitlines() if line.partition("#")[0].strip()]
        codes = [taken_in(self._client, line) for line in lines]
        self.files.value = ()
        # What was refused stays in sight, to be put right.
        self.codes.value = "\n".join(line for line, one in zip(lines, codes, strict=True) if one.problems)
        self.result.value = self._told([*uploads, *codes])

    def _told(self, found: list[Intake]) -> str:
        """Counts, never who: in an anonymous survey a form shows up as one more."""
        say = self._say
        if not found:
            return f"<p>{escape(say('Choose files or paste codes first.'))}</p>"
        counts = Counter(taken.what if taken.what in KEPT else "left out" for one in found for taken in one.taken)
        said = [
            text
            for what, text in (
                ("taken in", say("New forms: {n}.", n=counts["taken in"])),
                ("replaced", say("Later versions of forms that were there: {n}.", n=counts["replaced"])),
                ("already there", say("Already there: {n}.", n=counts["already there"])),
                ("left out", say("Earlier than what is there, left out: {n}.", n=counts["left out"])),
            )
            if counts[what]
        ]
        if counts:
            said.append(say("Run the cells below again to count them."))
        wrong = [str(problem) for one in found for problem in one.problems]
        notes = [str(notice) for one in found for notice in one.notices]
        items = "".join(f"<li>{escape(text)}</li>" for text in [*wrong, *notes])
        head = f"<p>{escape(say('Not taken in, or not whole:'))}</p>" if items else ""
        # Jupyter must not read $...$ of a file's name as a formula.
        return (
            f'<div class="tex2jax_ignore mathjax_ignore" role="status"><p>{escape(" ".join(said))}</p>'
            f"{head}<ul>{items}</ul></div>"
        )


def take_in_bytes(client: Client, name: str, content: bytes) -> Intake:
    """``take_in`` of a file that came without a folder; ``name`` is how the sender called it."""
    # Of a name that is a path the last part; at most 200 of the 255 bytes that a file system allows.
    own = Path(name.replace("\\", "/").replace("\0", "")).name.lstrip(".")[-100:]
    try:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / (own or "answers")
            path.write_bytes(content)
            return taken_in(client, str(path))
    except OSError as error:
        return Intake((), (Problem(f"cannot be read ({error.strerror})", "", own),), ())


def taken_in(client: Client, item: str) -> Intake:
    """``take_in`` of one file or code; a folder that cannot be written is a problem like any other."""
    try:
        return take_in(client, [item])
    except AnswersError as error:
        return Intake((), tuple(error.problems), ())
