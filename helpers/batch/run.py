"""One client through the notebook: checked, executed by papermill, scrubbed, published as a whole.

All languages are written into a hidden run folder in ``reports/`` and put into place together at the end, so a
failure - of any language, at any cell - leaves the last good report as it was.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import nbformat

import helpers.errors
from helpers.batch.kernel import NAME, OwnKernelManager, kernel_config
from helpers.batch.parameters import check_parameters, declared_parameters
from helpers.batch.publish import FIGURES_FILE, publish, workplace
from helpers.batch.scrub import Scrubber
from helpers.brand import Branding, find_brand
from helpers.client import Client
from helpers.errors import AuditError, Problem, ProblemsError, RunError
from helpers.terminal import printable

NOTEBOOK = Path(__file__).parents[2] / "notebooks" / "audit.ipynb"
EXECUTED = "audit.ipynb"
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


class CellError(Exception):
    """A cell raised or its kernel died; ``notebook`` holds all that ran before. Users see it as an AuditError."""

    def __init__(self, notebook: Any, section: str, name: str, value: str) -> None:
        self.notebook, self.section, self.name, self.value = notebook, section, name, value
        super().__init__(f"{name}: {value}")


def run_client(
    client: Client,
    reports: Path,
    *,
    languages: Sequence[str] = (),
    period: str = "",
    formats: Sequence[str] = ("html",),
    brand: Branding | None = None,
    notebook: Path | None = None,
    progress: Progress | None = None,
) -> Run:
    """Audit one client and publish ``reports/<slug>/<from>_<to>/``.

    ``languages`` empty: the client's own; ``period`` empty: the client's own, else '2026-01-01..2026-06-30'; ``brand``
    None: that of brand.yml in the client's folder or beside it. Existing reports of the same figures in other
    languages stay.

    Raises:
        ParameterError: the notebook does not take these parameters; nothing has run.
        BrandError: the client's brand.yml cannot be used; nothing has run.
        DataError, AnswersError, ClientFileError: as raised inside the notebook.
        RunError: a cell failed; the partly executed notebook lies where the message says.
    """
    source = read_notebook(notebook or NOTEBOOK)
    reports = reports.resolve()
    place = reports / client.slug
    own = find_brand(client.folder) if brand is None else None
    with workplace(reports) as out:
        scrub = Scrubber({client.folder: client.folder.name, out: reports.name, reports: reports.name})
        executed: dict[str, Any] = {}
        for lang in languages or (client.lang,):
            values = {"client": str(client.folder), "out": str(out), "lang": lang, "period": period,
                      "formats": ",".join(formats)}  # fmt: skip
            public = {**values, "client": client.folder.name, "out": reports.name}
            try:
                done = execute(source, values, progress=partial(progress, lang) if progress else None)
            except CellError as failed:
                span = period or str(client.period or "audit")
                saved = place / f"{span.replace('..', '_')}{FAILED}"
                raise _error(failed, client.name, saved, scrub, public) from None
            executed[lang] = scrub.notebook(done, public)
        written = _written(out, client)
        for lang, done in executed.items():
            if not (written / lang).is_dir():
                raise RunError(f"{client.name}: the notebook wrote no report in {lang!r}")
            _save(done, written / lang / EXECUTED)
        if brand is not None:
            # The notebook knows the client's own brand only.
            from helpers.report.render import render

            render(written, formats, brand.brand)
        published = publish(written, reports, client.slug, written.name)
    for name in (written.name, "audit"):
        (place / f"{name}{FAILED}").unlink(missing_ok=True)
    return Run(published.target, tuple(executed), published.dropped, own.notes if own else ())


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


def execute(notebook: Any, values: Mapping[str, Any], *, progress: CellProgress | None = None) -> Any:
    """A copy of ``notebook``, executed with ``values`` in a kernel of this interpreter; nothing is written.

    Raises:
        ParameterError: before anything runs.
        CellError: a cell failed or the kernel died.
        RunError: the kernel did not start.
    """
    check_parameters(values, declared_parameters(notebook))
    import papermill
    from nbclient.exceptions import DeadKernelError
    from papermill.exceptions import PapermillExecutionError

    # What papermill logs (a dead kernel) is raised as well and told once, in the audit's words.
    logging.getLogger("papermill").setLevel(logging.CRITICAL)

    live: list[Any] = []
    section = ""
    sections = _sections(notebook)

    def keep(notebook: Any) -> None:
        # papermill hands its copy back only when all went well; after a failure this one is what there is.
        live.append(notebook)

    def tell(cell: Any, cell_index: int) -> None:
        nonlocal section
        section = sections.get(cell.get("id", ""), section)
        if progress is not None:
            progress(cell_index + 1, len(live[0].cells), section)

    with kernel_config() as config:
        try:
            # Nodes instead of paths: papermill formats {} in paths. No cwd: papermill would chdir the whole process.
            return papermill.execute_notebook(
                notebook,
                None,
                parameters=dict(values),
                kernel_name=NAME,
                language="python",
                progress_bar=False,
                kernel_manager_class=OwnKernelManager,
                config=config,
                on_notebook_start=keep,
                on_cell_start=tell,
            )
        except PapermillExecutionError as error:
            raise CellError(live[0], section, error.ename, _plain(error.evalue)) from None
        except DeadKernelError:
            if not live:
                raise RunError("the kernel died before it was ready - see `audit doctor`") from None
            raise CellError(live[0], section, "the kernel died", "too little memory?") from None
        except Exception as error:
            if not live:
                raise RunError(f"the kernel did not start: {_line(str(error))}") from error
            raise CellError(live[0], section, type(error).__name__, _plain(str(error))) from error


def _sections(notebook: Any) -> dict[str, str]:
    """Cell id → title of the nearest heading above it (or of the cell itself)."""
    titles: dict[str, str] = {}
    title = ""
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            title = [title, *re.findall(r"^#{1,6}\s+(.+?)\s*$", cell.source, re.MULTILINE)][-1]
        titles[cell.get("id", "")] = title
    return titles


def _error(failed: CellError, client: str, saved: Path, scrub: Scrubber, parameters: Mapping[str, Any]) -> AuditError:
    """What to raise for a failed cell: the audit's own error again, else RunError with the notebook left to look at."""
    text = scrub.text(failed.value)
    own = getattr(helpers.errors, failed.name, None)
    if isinstance(own, type) and issubclass(own, ProblemsError):
        return own(Problem(line) for line in text.splitlines())
    saved.parent.mkdir(parents=True, exist_ok=True)
    _save(scrub.notebook(failed.notebook, parameters), saved)
    where = f"section {failed.section!r}: " if failed.section else ""
    what = _line(text) if isinstance(own, type) else f"{failed.name}: {_line(text)}"
    return RunError(f"{client}: {where}{what} - see {saved.parent.parent.name}/{saved.parent.name}/{saved.name}")


def _written(out: Path, client: Client) -> Path:
    found = [figures.parent for figures in out.glob(f"[!.]*/[!.]*/{FIGURES_FILE}")]
    if len(found) != 1 or found[0].parent.name != client.slug:
        raise RunError(f"{client.name}: the notebook wrote no report")
    return found[0]


def _plain(text: str) -> str:
    return "\n".join(printable(line) for line in text.splitlines())


def _line(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 300 else line[:299] + "…"
