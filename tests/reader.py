"""What a reader sees of a document in any format, as plain texts; and the English words among them."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import tempfile
import zipfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from lxml import etree, html

from helpers.client import Client, LeftOut, Limits, Source
from helpers.report.model import Model, Report
from helpers.report.save import documents
from helpers.sources.tables import TABLES

ALLOWED = {
    # The field's own words and names, as the glossary has them.
    *("CAC", "CPL", "ROMI", "UTM", "BANT", "KPI", "CRM", "CJM", "ID", "run", "rate", "amoCRM", "Bitrix24", "ISO"),
    # Files and formats, and what stands in client.yml.
    *("HTML", "PDF", "DOCX", "PPTX", "XLSX", "CSV", "Excel", "SHA", "client", "yml", "csv", "xlsx", "json", "JSON"),
    *("exports", "answers", "alignment", "audit", "joint", "review", "windows"),
    *Client.model_fields,
    *Limits.model_fields,
    *LeftOut.model_fields,
    *Source.model_fields,
    *("dmy", "mdy", "included", "excluded", "true"),
    *TABLES,
    *(name for table in TABLES.values() for name in table.names),
    *("Yandex", "Direct", "Google", "Ads", "Meta", "VK", "Telegram"),
    # UTM marks as they are written.
    *("utm", "cpc", "cpm", "social", "email", "offline"),
    # Codes of currencies.
    *("RUB", "UAH", "USD", "EUR", "KZT", "BYN", "GBP"),
}
PLAIN = {"to", "from", "name", "date", "week", "value", "on", "at"}
"""Names of columns and keys that are everyday words: as such they are not let through."""
CODE = re.compile(
    r"\b[A-Z]+(?:_[A-Z0-9]+)+\b|\b[a-z]+(?:_[a-z0-9]+)+\b|`[^`]*`|\{[^}]*\}|\b[A-E][1-4]\b|\b[0-9a-f]{8,64}\b"
)
"""Reason codes, names of columns, commands, templates of an advertising system, criteria, fingerprints."""
WORD = re.compile(r"[A-Za-z][A-Za-z'’]*[A-Za-z]")


def english(texts: Iterable[str], known: Iterable[str] = ()) -> set[str]:
    """Latin words in ``texts`` that are neither allowed nor part of ``known``, the client's own names."""
    names = sorted({name for name in known if re.search("[A-Za-z]", name)}, key=len, reverse=True)
    # Whole words: a client's "in" is no part of "offline".
    own = re.compile(rf"(?<![A-Za-z_])(?:{'|'.join(map(re.escape, names))})(?![A-Za-z_])") if names else None
    found: set[str] = set()
    for text in texts:
        left = own.sub(" ", text) if own else text
        found.update(WORD.findall(CODE.sub(" ", left)))
    return found - (ALLOWED - PLAIN)


def model_texts(part: Any) -> list[str]:
    """Every text of the report's model that is shown."""
    if isinstance(part, str):
        return [part]
    if isinstance(part, (tuple, list)):
        return [text for item in part for text in model_texts(item)]
    if isinstance(part, Model):
        hidden = {"key", "name", "kind", "tone", "section", "svg", "lang", "currency", "sha256", "logo", "version"}
        return [
            text
            for field in type(part).model_fields
            if field not in hidden
            for text in model_texts(getattr(part, field))
        ]
    return []


def document_texts(report: Report, format: str) -> list[str]:
    """Every text of the document, alternative texts and properties included."""
    name, data = next(iter(documents(report, (format,)).items()))
    assert name == f"report.{format}"
    return _READERS[format](data)


def _html(data: bytes) -> list[str]:
    page = html.fromstring(data.decode())
    for drop in page.xpath("//style|//script"):
        drop.getparent().remove(drop)
    return [
        str(text) for text in page.xpath("//text()|//@alt|//@aria-label|//@title|//meta[@name='description']/@content")
    ]


def _pdf(data: bytes) -> list[str]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.pdf"
        path.write_bytes(data)
        done = subprocess.run(["pdftotext", path, "-"], capture_output=True, check=True)
    return done.stdout.decode().splitlines()


def _office(*wanted: str) -> Callable[[bytes], list[str]]:
    """Texts and alternative texts of the parts whose names match."""

    def read(data: bytes) -> list[str]:
        found: list[str] = []
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            for name in package.namelist():
                if any(re.fullmatch(pattern, name) for pattern in wanted):
                    root = etree.fromstring(package.read(name))
                    for paragraph in root.iter("{*}p", "{*}si", "{*}sheet", "{*}tableColumn", "{*}title", "{*}subject"):
                        # A word may be cut into runs.
                        texts = paragraph.xpath(".//*[local-name()='t']/text()") or [paragraph.text or ""]
                        found.append("".join(map(str, texts)))
                        found.append(str(paragraph.get("name") or ""))
                    found += map(str, root.xpath("//@descr"))
        return found

    return read


_READERS = {
    "html": _html,
    "pdf": _pdf,
    "docx": _office(r"word/(document|header\d*|footer\d*|footnotes)\.xml", r"docProps/core\.xml"),
    "pptx": _office(r"ppt/(slides|notesSlides)/[^/]+\.xml", r"docProps/core\.xml"),
    "xlsx": _office(r"xl/(sharedStrings|workbook|tables/[^/]+|drawings/[^/]+)\.xml", r"docProps/core\.xml"),
}
READABLE = tuple(format for format in _READERS if format != "pdf" or shutil.which("pdftotext"))
