"""The report on disk: ``report.json`` and ``figures/`` hold the model, beside them the documents made from it."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path

from pydantic import ValidationError

from helpers.errors import ReportError
from helpers.report.model import SCHEMA, Figure, Report

MODEL_FILE = "report.json"
FIGURES = "figures"
HANDOUTS = "handouts"
"""Working documents, a DOCX each, where Word documents are asked for."""
TEMPLATES = ("docx", "pptx")
"""Formats that a brand may bring a template document for; it lies beside the model as ``brand.<format>``."""


def _html(report: Report) -> bytes:
    from helpers.report.html import html_page

    return html_page(report).encode()


def _pdf(report: Report) -> bytes:
    from helpers.report.pdf import pdf_document

    return pdf_document(report)


def _docx(report: Report) -> bytes:
    from helpers.report.docx import docx_document

    return docx_document(report)


def _handouts(report: Report) -> dict[str, bytes]:
    from helpers.report.docx import handout_docx

    return {f"{HANDOUTS}/{handout.key}.docx": handout_docx(report, handout) for handout in report.handouts}


def _pptx(report: Report) -> bytes:
    from helpers.report.pptx import pptx_document

    return pptx_document(report)


def _xlsx(report: Report) -> bytes:
    from helpers.report.xlsx import xlsx_document

    return xlsx_document(report)


WRITERS: dict[str, Callable[[Report], bytes]] = {
    "html": _html,
    "pdf": _pdf,
    "docx": _docx,
    "pptx": _pptx,
    "xlsx": _xlsx,
}
"""Format -> what writes it; the document is ``report.<format>``. Each is imported when it is first asked for."""


def save_report(report: Report, folder: Path, formats: Sequence[str] = ("html",)) -> None:
    """Write the model and the documents asked for; the same report gives the same bytes.

    Raises:
        ReportError: a format is not known, two figures have one name, or a file cannot be written.
    """
    refuse_unknown(formats)
    figures = report.figures()
    names = [figure.name for figure in figures]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise ReportError(f"two pictures of the report have the name {twice[0]!r} - give each its own")
    keys = [handout.key for handout in report.handouts]
    if twice := sorted({key for key in keys if keys.count(key) > 1}):
        raise ReportError(f"two working documents of the report have the key {twice[0]!r} - give each its own")
    try:
        (folder / FIGURES).mkdir(parents=True, exist_ok=True)
        for figure in figures:
            _write(folder / FIGURES / f"{figure.name}.svg", figure.svg)
        _write(folder / MODEL_FILE, to_json(report))
        _write_templates(report, folder)
        for name, data in documents(report, formats).items():
            (folder / name).parent.mkdir(exist_ok=True)
            (folder / name).write_bytes(data)
    except OSError as error:
        raise ReportError(
            f"the report cannot be written: {error.strerror} ({Path(str(error.filename)).name})"
        ) from error


def documents(report: Report, formats: Sequence[str]) -> dict[str, bytes]:
    """Name of the file in the report's folder → the document, for each of the formats.

    Raises:
        ReportError: a format is not known, or a document cannot be made.
    """
    refuse_unknown(formats)
    made = {f"report.{name}": WRITERS[name](report) for name in dict.fromkeys(formats)}
    if "docx" in formats:
        made |= _handouts(report)
    return made


def refuse_unknown(formats: Sequence[str]) -> None:
    """ReportError for a format that nobody writes."""
    if unknown := [name for name in formats if name not in WRITERS]:
        raise ReportError(
            f"unknown report format {', '.join(map(repr, unknown))} - possible: {', '.join(sorted(WRITERS))}"
        )


def to_json(report: Report) -> str:
    """The model as text: keys in the model's order, two spaces, a line break at the end."""
    # By way of pydantic's own JSON, where a number that is not one is null.
    return json.dumps(json.loads(report.model_dump_json()), ensure_ascii=False, indent=2, allow_nan=False) + "\n"


def load_report(folder: Path) -> Report:
    """The report that ``save_report`` left in ``folder``, with its pictures.

    Raises:
        ReportError: there is none, it is damaged, or another version of the toolkit wrote it.
    """
    try:
        data = json.loads((folder / MODEL_FILE).read_text(encoding="utf-8"))
    except OSError as error:
        raise ReportError(
            f"{MODEL_FILE}: cannot be read ({error.strerror}) - name the folder of one language"
        ) from error
    except ValueError as error:
        raise ReportError(f"{MODEL_FILE}: is damaged - run the audit again") from error
    found = data.get("schema_version") if isinstance(data, dict) else None
    if found != SCHEMA:
        raise ReportError(f"{MODEL_FILE}: has schema {found!r}, this version reads {SCHEMA} - run the audit again")
    try:
        report = Report.model_validate(data)
    except ValidationError as error:
        place = ".".join(map(str, error.errors()[0]["loc"]))
        raise ReportError(f"{MODEL_FILE}: {place} is not as it was written - run the audit again") from error
    return _with_templates(_with_pictures(report, folder / FIGURES), folder)


def _with_pictures(report: Report, folder: Path) -> Report:
    def drawn(figure: Figure) -> Figure:
        path = folder / f"{figure.name}.svg"
        try:
            return figure.model_copy(update={"svg": path.read_text(encoding="utf-8")})
        except (OSError, UnicodeDecodeError) as error:
            raise ReportError(f"{FIGURES}/{path.name}: cannot be read - run the audit again") from error

    sections = []
    for section in report.sections:
        exhibits = [
            x.model_copy(update={"figure": drawn(x.figure)}) if x.figure is not None else x for x in section.exhibits
        ]
        sections.append(section.model_copy(update={"exhibits": tuple(exhibits)}))
    return report.model_copy(update={"sections": tuple(sections)})


def _write_templates(report: Report, folder: Path) -> None:
    """The brand's template documents, so that another format needs nothing but this folder."""
    for kind in TEMPLATES:
        path = folder / f"brand.{kind}"
        if data := getattr(report.brand, kind, b""):
            path.write_bytes(data)
        else:
            path.unlink(missing_ok=True)


def _with_templates(report: Report, folder: Path) -> Report:
    if report.brand is None:
        return report
    found = {kind: folder / f"brand.{kind}" for kind in TEMPLATES}
    try:
        data = {kind: path.read_bytes() for kind, path in found.items() if path.is_file()}
    except OSError as error:
        raise ReportError(f"{Path(str(error.filename)).name}: cannot be read ({error.strerror})") from error
    return report.model_copy(update={"brand": report.brand.model_copy(update=data)})


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")
