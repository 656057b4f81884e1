"""Slides, documents and workbooks opened by LibreOffice: what was written is there after the round trip."""

from __future__ import annotations

import datetime as dt
import io
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from demo_report import demo_report
from needs import needs
from office import cells, convert
from pptx import Presentation
from pptx.enum.shapes import MSO_SHAPE_TYPE

from helpers.report import model
from helpers.report.docx import docx_document
from helpers.report.lettering import JOINER
from helpers.report.pptx import pptx_document
from helpers.report.xlsx import xlsx_document

CASES: dict[str, dict[str, object]] = {
    "en": {"lang": "en"},
    "ru": {"lang": "ru", "long": True},
    "uk": {"lang": "uk", "nasty": True},
}


@pytest.fixture(scope="module")
def slides(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Slides of each case as written, as PDF and as PowerPoint written by LibreOffice."""
    folder = tmp_path_factory.mktemp("slides")
    for name, case in CASES.items():
        (folder / f"{name}.pptx").write_bytes(pptx_document(demo_report(**case)))
    files = sorted(folder.glob("*.pptx"))
    convert(folder, "pdf", *files)
    convert(folder, "pptx", *files)
    return folder


@needs("impress")
@pytest.mark.parametrize("name", CASES)
def test_every_slide_is_a_page(slides: Path, name: str) -> None:
    written = Presentation(str(slides / f"{name}.pptx"))
    pages = re.findall(rb"/Type\s*/Page\b(?!s)", (slides / "pdf" / f"{name}.pdf").read_bytes())
    assert len(pages) == len(written.slides) == 8


@needs("impress")
@pytest.mark.parametrize("name", CASES)
def test_pictures_tables_titles_and_notes_come_back(slides: Path, name: str) -> None:
    written, again = (Presentation(str(path / f"{name}.pptx")) for path in (slides, slides / "pptx"))

    def inside(deck: object) -> list[tuple[str, int, int, int, str]]:
        found = []
        for slide in deck.slides:  # type: ignore[attr-defined]
            kinds = [shape.shape_type for shape in slide.shapes]
            rows = sum(len(shape.table.rows) for shape in slide.shapes if shape.has_table)
            alts = slide.shapes._spTree.xpath(".//p:pic/p:nvPicPr/p:cNvPr/@descr")
            title = " ".join(slide.shapes.title.text_frame.text.split())
            notes = slide.notes_slide.notes_text_frame.text if slide.has_notes_slide else ""
            found.append((title, kinds.count(MSO_SHAPE_TYPE.PICTURE), rows, len(notes.split()), "".join(alts)))
        return found

    assert inside(again) == inside(written)


@needs("impress")
@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="pdftotext is not installed")
def test_no_letter_is_missing(slides: Path) -> None:
    done = subprocess.run(["pdftotext", slides / "pdf" / "uk.pdf", "-"], capture_output=True, check=True)
    text = " ".join(done.stdout.decode().split())
    assert "Як працюють разом маркетинг і відділ продажів" in text
    assert "₽" in text
    assert "�" not in text


@needs("impress")
@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="pdftotext is not installed")
def test_no_line_ends_within_a_range(tmp_path: Path) -> None:
    said = "59–200 тыс. ₽ в месяц; прибыль: −₽290K, отвечают за 1–2 ч"
    texts = tuple(f"Кампании{' в минусе' * n} обходятся примерно{'о' * n} в {said}" for n in range(12))
    exhibits = tuple(
        model.Exhibit(key=f"e{n}", title=text, reading=texts[n : n + 3]) for n, text in enumerate(texts[:10])
    )
    section = model.Section(key="a", title="a", exhibits=exhibits)
    path = tmp_path / "ranges.pptx"
    path.write_bytes(pptx_document(demo_report("ru").model_copy(update={"sections": (section,)})))
    deck = Presentation(str(path))
    # Were no line ended by us, the test would say nothing of how that is read.
    assert any("\v" in shape.text_frame.text for slide in deck.slides for shape in slide.shapes if shape.has_text_frame)
    convert(tmp_path, "pdf", path)
    done = subprocess.run(
        ["pdftotext", "-f", "6", tmp_path / "pdf" / "ranges.pdf", "-"], capture_output=True, check=True
    )
    lines = [line.strip() for line in done.stdout.decode().splitlines()]
    assert sum("59–200" in line for line in lines) == 4 * len(exhibits)
    assert [line for line in lines if line.endswith(("–", "−"))] == []


@needs("writer")
@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="pdftotext is not installed")
def test_no_line_of_a_document_ends_within_a_range(tmp_path: Path) -> None:
    said = "59–200 тыс. ₽ −₽290K " * 30
    texts = tuple(f"{'о' * n} {said}" for n in range(12))
    section = model.Section(key="a", title="a", lead=texts)
    path = tmp_path / "ranges.docx"
    path.write_bytes(docx_document(demo_report("ru").model_copy(update={"sections": (section,)})))
    convert(tmp_path, "pdf", path)
    done = subprocess.run(["pdftotext", tmp_path / "pdf" / "ranges.pdf", "-"], capture_output=True, check=True)
    lines = [line.strip() for line in done.stdout.decode().replace(JOINER, "").splitlines()]
    assert sum(line.count("59–200") for line in lines) == 30 * len(texts)
    assert sum(line.count("−₽290K") for line in lines) == 30 * len(texts)
    assert [line for line in lines if line.endswith(("–", "−")) and len(line) > 1] == []


@pytest.fixture(scope="module")
def books(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("books")
    for name, case in CASES.items():
        (folder / f"{name}.xlsx").write_bytes(xlsx_document(demo_report(**case)))
    convert(folder, "xlsx", *sorted(folder.glob("*.xlsx")))
    return folder


@needs("libreoffice")
@pytest.mark.parametrize("name", CASES)
def test_every_cell_comes_back(books: Path, name: str) -> None:
    written, again = cells(books / f"{name}.xlsx"), cells(books / "xlsx" / f"{name}.xlsx")
    assert len(written) > 200
    assert written.keys() == again.keys()
    # What is no text for XML is gone before; line breaks and spaces stay.
    wrong = [key for key, value in written.items() if not _same(value, again[key])]
    assert wrong == []


def _same(one: object, two: object) -> bool:
    if isinstance(one, float) and isinstance(two, float):
        return one == pytest.approx(two, rel=1e-12)
    if isinstance(one, dt.date) and isinstance(two, dt.date):
        return str(one)[:10] == str(two)[:10]
    return one == two


@needs("libreoffice")
def test_a_formula_of_the_clients_is_still_text_for_libreoffice(tmp_path: Path) -> None:
    texts = ("=1+1", '=HYPERLINK("https://evil.example")', "+1", "-1", "@SUM(A1)")
    table = model.Table(columns=(model.Column(label="a"),), rows=tuple((text,) for text in texts))
    section = model.Section(key="a", title="a", exhibits=(model.Exhibit(key="a", title="a", table=table),))
    path = tmp_path / "a.xlsx"
    path.write_bytes(xlsx_document(demo_report("en").model_copy(update={"sections": (section,)})))
    held = cells(convert(tmp_path, "xlsx", path) / "a.xlsx").values()
    assert set(texts) <= set(held)
    deck = io.BytesIO(pptx_document(demo_report("en").model_copy(update={"sections": (section,)})))
    shown = next(shape for shape in Presentation(deck).slides[-1].shapes if shape.has_table).table
    assert [row.cells[0].text for row in shown.rows] == ["a", *texts]
