"""One client through the notebook: checked, executed by papermill, scrubbed, published as a whole.

All languages are written into a hidden run folder in ``reports/`` and put into place together at the end, so a
failure - of any language, at any cell - leaves the last good report as it was.
"""

from __future__ import annotations

import hashlib
import re
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import nbformat

import helpers.errors
from helpers.batch.kernel import run_in_kernel
from helpers.batch.limits import UNLIMITED, CellError, Limits
from helpers.batch.parameters import check_parameters, declared_parameters
from helpers.batch.publish import FIGURES_FILE, MEETING_FILE, publish, workplace
from helpers.batch.scrub import Scrubber
from helpers.batch.state import State, earlier_reports, read_inputs, toolkit, write_state
from helpers.batch.workers import can_fork, run_in_worker
from helpers.brand import Branding, find_brand
from helpers.client import Client
from helpers.errors import AuditError, Problem, ProblemsError, RunError
from helpers.portfolio.peers import Peer, write_peers
from helpers.terminal import printable

NOTEBOOK = Path(__file__).parents[2] / "notebooks" / "audit.ipynb"
MEETING = NOTEBOOK.with_name("meeting.ipynb")
FAILED = ".failed.ipynb"

CellProgress = Callable[[int, int, str], None]
"""Told at the start of each cell: its number from 1, how many there are, the section it stands in."""

Progress = Callable[[str, int, int, str], None]
"""The same after the language."""


@dataclass(frozen=True)
class Run:
    """A published report: its folder, the languages made now, languages of the older report that were dropped."""

    folder: Path
    languages: tuple[str, ...]
    dropped: tuple[str, ...]
    notes: tuple[str, ...] = ()
    """What was changed in the client's brand."""


def run_client(
    client: Client,
    reports: Path,
    *,
    languages: Sequence[str] = (),
    period: str = "",
    formats: Sequence[str] = ("html",),
    more: Mapping[str, Any] | None = None,
    brand: Branding | None = None,
    notebook: Path | None = None,
    progress: Progress | None = None,
    isolated: bool = False,
    limits: Limits = UNLIMITED,
    stop: threading.Event | None = None,
    peers: Sequence[Peer] | None = None,
) -> Run:
    """Run a notebook on one client and publish ``reports/<slug>/<from>_<to>/``, of a meeting ``<year>-W<week>/``.

    ``languages`` empty: the client's own; ``period`` empty: the client's own, else '2026-01-01..2026-06-30'; ``more``:
    further parameters of the notebook; ``brand`` None: that of brand.yml in the client's folder or beside it. Existing
    reports of the same figures in other languages stay. ``peers``: the other clients as they stood before the batch;
    None: as the ledger is when the notebook looks. ``limits`` hold for each notebook. Beside the report stands
    what it was made from (state.py).

    Raises:
        ParameterError: the notebook does not take these parameters; nothing has run.
        BrandError: the client's brand.yml cannot be used; nothing has run.
        DataError, AnswersError, ClientFileError: as raised inside the notebook.
        RunError: a cell failed; the partly executed notebook lies where the message says.
    """
    path = notebook or NOTEBOOK
    source = read_notebook(path)
    reports = reports.resolve()
    # Before the run: what changes while it runs is for the next one.
    inputs = read_inputs(client.folder)
    asked = asked_values(period, more, brand)
    place = reports / client.slug
    # A notebook without periods, that of the meeting, is not given an empty one.
    spans = {"period": period} if period or "period" in declared_parameters(source) else {}
    figures = MEETING_FILE if path == MEETING else FIGURES_FILE
    own = find_brand(client.folder) if brand is None else None
    with workplace(reports) as out:
        if peers is not None:
            write_peers(peers, out)
        scrub = Scrubber({client.folder: client.folder.name, out: reports.name, reports: reports.name})
        executed: dict[str, Any] = {}
        for lang in languages or (client.lang,):
            values = {"client": str(client.folder), "out": str(out), "lang": lang, **spans,
                      "formats": ",".join(formats), **(more or {})}  # fmt: skip
            public = {**values, "client": client.folder.name, "out": reports.name}
            try:
                tell = partial(progress, lang) if progress else None
                done = execute(source, values, progress=tell, isolated=isolated, limits=limits, stop=stop)
            except CellError as failed:
                span = period or (str(client.period or "audit") if spans else path.stem)
                saved = place / f"{span.replace('..', '_')}{FAILED}"
                raise _error(failed, sections(source)(failed.cell), client.name, saved, scrub, public) from None
            executed[lang] = scrub.notebook(done, public)
        written = _written(out, client, figures)
        for lang, done in executed.items():
            if not (written / lang).is_dir():
                raise RunError(f"{client.name}: the notebook wrote no report in {lang!r}")
            _save(done, written / lang / path.name)
        if brand is not None:
            # The notebook knows the client's own brand only.
            from helpers.report.render import render

            render(written, formats, brand.brand)
        earlier = earlier_reports(place, written.name)
        write_state(State(toolkit(path), asked, client.lang, tuple(executed), inputs, earlier), written)
        published = publish(written, reports, client.slug, written.name, figures)
    for name in (written.name, "audit" if spans else path.stem):
        (place / f"{name}{FAILED}").unlink(missing_ok=True)
    return Run(published.target, tuple(executed), published.dropped, own.notes if own else ())


def asked_values(period: str, more: Mapping[str, Any] | None, brand: Branding | None) -> dict[str, Any]:
    """What a report depends on besides the client's files: the parameters of the run and a brand of the command's."""
    values = {"period": period, **(more or {})}
    if brand is not None:
        values["brand"] = hashlib.sha256(repr(sorted(brand.brand.model_dump().items())).encode()).hexdigest()
    return values


def read_notebook(path: Path) -> Any:
    """The notebook of a file; RunError if there is none or it is no notebook."""
    try:
        return nbformat.read(path, as_version=4)  # type: ignore[no-untyped-call]
    except FileNotFoundError:
        raise RunError(
            f"there is no notebook {path.parent.name}/{path.name} - run from a checkout of the project"
        ) from None
    except (ValueError, nbformat.reader.NotJSONError) as error:
        raise RunError(f"{path.name} is not a notebook: {' '.join(str(error).split())[:200]}") from error


def _save(notebook: Any, path: Path) -> None:
    nbformat.write(notebook, path)  # type: ignore[no-untyped-call]


def execute(
    notebook: Any,
    values: Mapping[str, Any],
    *,
    progress: CellProgress | None = None,
    isolated: bool = False,
    limits: Limits = UNLIMITED,
    stop: threading.Event | None = None,
) -> Any:
    """A copy of ``notebook``, executed with ``values``; nothing is written.

    In a worker forked from a warm process; in an ordinary kernel with ``isolated`` or where forking is not safe. The
    executed notebook is the same either way.

    Raises:
        ParameterError: before anything runs.
        CellError: a cell failed, the kernel died, a limit was reached or ``stop`` was set.
        RunError: the worker or the kernel did not start.
    """
    check_parameters(values, declared_parameters(notebook))
    titles = sections(notebook)
    cells = len(notebook.cells) + 1  # papermill puts one with the parameters in

    def tell(cell: int) -> None:
        if progress is not None:
            progress(cell + 1, cells, titles(cell))

    run = run_in_kernel if isolated or not can_fork() else run_in_worker
    return run(notebook, values, on_cell=tell, limits=limits, stop=stop)


def sections(notebook: Any) -> Callable[[int], str]:
    """Number of a cell of the executed notebook -> title of the nearest heading above it."""
    titles: list[str] = []
    title = ""
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            title = [title, *re.findall(r"^#{1,6}\s+(.+?)\s*$", cell.source, re.MULTILINE)][-1]
        titles.append(title)
        if "parameters" in cell.metadata.get("tags", []):
            titles.append(title)  # papermill's own cell comes behind it
    return lambda cell: titles[cell] if 0 <= cell < len(titles) else title


def _error(
    failed: CellError, section: str, client: str, saved: Path, scrub: Scrubber, parameters: Mapping[str, Any]
) -> AuditError:
    """What to raise for a failed cell: the audit's own error again, else RunError with the notebook left to look at."""
    text = scrub.text(_plain(failed.value))
    own = getattr(helpers.errors, failed.name, None)
    if isinstance(own, type) and issubclass(own, ProblemsError):
        return own(Problem(line) for line in text.splitlines())
    saved.parent.mkdir(parents=True, exist_ok=True)
    _save(scrub.notebook(failed.notebook, parameters), saved)
    where = f"section {section!r}: " if section else ""
    what = _line(text) if isinstance(own, type) else f"{failed.name}: {_line(text)}"
    return RunError(f"{client}: {where}{what} - see {saved.parent.parent.name}/{saved.parent.name}/{saved.name}")


def _written(out: Path, client: Client, figures: str) -> Path:
    found = [file.parent for file in out.glob(f"[!.]*/[!.]*/{figures}")]
    if len(found) != 1 or found[0].parent.name != client.slug:
        raise RunError(f"{client.name}: the notebook wrote no report")
    return found[0]


def _plain(text: str) -> str:
    return "\n".join(printable(line) for line in text.splitlines())


def _line(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 300 else line[:299] + "…"
