"""More documents from a report that is on disk: other formats, another brand. No export is read, nothing is counted.

Everything is made in memory first and then put into place file by file, each as a whole: whatever fails, every file
in the folder is one that can be opened.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from helpers.errors import ReportError
from helpers.language import LANGUAGES
from helpers.report.model import Brand, Report
from helpers.report.save import MODEL_FILE, TEMPLATES, WRITERS, documents, load_report, to_json
from helpers.whole import write_together


def render(place: Path, formats: Sequence[str], brand: Brand | None = None) -> tuple[Path, ...]:
    """Documents of the report in ``place`` - the folder of a language, or of a period with its languages; their paths.

    A ``brand`` takes the place of the report's own and stays with it: documents that are there already are made
    again, so that all carry one name.

    Raises:
        ReportError: there is no report, it is damaged or of another version, or a document cannot be made or written.
    """
    written: list[Path] = []
    for folder in _languages(place):
        with _named(folder):
            report = load_report(folder)
            wanted = dict.fromkeys(formats)
            files: dict[str, bytes] = {}
            if brand is not None:
                report = report.model_copy(update={"brand": brand})
                wanted |= dict.fromkeys(kind for kind in WRITERS if (folder / f"report.{kind}").exists())
            files |= documents(report, tuple(wanted))
            if brand is not None:
                files |= _model(report)
            made = {folder / name: data for name, data in files.items()}
            for path in made:
                path.parent.mkdir(exist_ok=True)
            write_together(made)
            if brand is not None:
                for kind in TEMPLATES:
                    if f"brand.{kind}" not in files:
                        (folder / f"brand.{kind}").unlink(missing_ok=True)
            written += [path for path in made if path.name != MODEL_FILE and path.stem != "brand"]
    return tuple(written)


def _languages(place: Path) -> tuple[Path, ...]:
    if (place / MODEL_FILE).is_file():
        return (place,)
    if place.name == MODEL_FILE and place.is_file():
        return (place.parent,)
    found = tuple(place / lang for lang in LANGUAGES if (place / lang / MODEL_FILE).is_file())
    if not found:
        what = f"holds no {MODEL_FILE}" if place.is_dir() else "is no folder"
        raise ReportError(f"{place} {what} - name a report's folder, as reports/<client>/<from>_<to> or one language")
    return found


@contextmanager
def _named(folder: Path) -> Iterator[None]:
    """Errors inside the block begin with the language's folder."""
    name = folder.resolve().name
    try:
        yield
    except ReportError as error:
        raise ReportError(f"{name}: {error}") from error
    except OSError as error:
        file = Path(str(error.filename or "")).name
        raise ReportError(f"{name}: {file} cannot be written ({error.strerror})") from error


def _model(report: Report) -> dict[str, bytes]:
    """The model itself with its brand's templates, as ``save_report`` writes them; its pictures stay."""
    files = {f"brand.{kind}": data for kind in TEMPLATES if (data := getattr(report.brand, kind, b""))}
    return files | {MODEL_FILE: to_json(report).encode("utf-8")}
