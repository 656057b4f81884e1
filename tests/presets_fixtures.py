"""The fixtures of tests/presets: one export as a system writes it, and what must come out of it."""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from folders import make_folder
from ruamel.yaml import YAML

from helpers.client import read_client
from helpers.sources import load
from helpers.sources.loading import Data

FOLDER = Path(__file__).parent / "presets"
TABLE = "Date,Source,Campaign,Spend\n2026-01-01,google,a,1.00\n2026-04-01,google,a,1.00\n"
"""A spend table, without which calls and contacts alone are no audit."""
PRIVATE = ("zarechn", "заречн", "@", ".example", "9000000000", "9900000000", "55000000", "30000000001")
"""What only the clients of the fixtures have."""


@dataclass(frozen=True)
class Fixture:
    """One form of a preset's export."""

    folder: Path

    @property
    def preset(self) -> str:
        return self.folder.parent.name

    def __str__(self) -> str:
        return f"{self.preset}-{self.folder.name}"

    @property
    def expected(self) -> dict[str, Any]:
        return plain_yaml((self.folder / "expected.yml").read_text(encoding="utf-8"))

    @property
    def files(self) -> dict[str, bytes]:
        """The exports by name; workbooks made of their YAML."""
        found = {}
        for path in sorted((self.folder / "exports").iterdir()):
            if path.name.endswith(".xlsx.yml"):
                found[path.name.removesuffix(".yml")] = workbook(plain_yaml(path.read_text(encoding="utf-8")))
            else:
                found[path.name] = path.read_bytes()
        return found

    def client(self, folder: Path, **more: Any) -> Path:
        """A client's folder that holds the exports; ``more`` goes into client.yml."""
        given = {"client": "Firm", "lang": "en", **self.expected["client"], **more}
        files: dict[str, str | bytes] = {f"exports/{name}": content for name, content in self.files.items()}
        if "touches" in self.expected.get("records", {}) or "unused" in self.expected:
            files["exports/other.csv"] = TABLE
        return make_folder(folder, {"client.yml": written_yaml(given), **files})

    def load(self, folder: Path, **more: Any) -> Data:
        """Its clean tables.

        Raises:
            DataError: what stops the audit.
        """
        return load(read_client(self.client(folder, **more)))


def fixtures() -> list[Fixture]:
    """All of them."""
    return [Fixture(path.parent) for path in sorted(FOLDER.glob("*/*/expected.yml"))]


def plain_yaml(text: str) -> Any:
    """Plain dicts and lists of a YAML text."""
    return YAML(typ="safe", pure=True).load(text)


def written_yaml(data: Any) -> str:
    """The YAML text of plain dicts and lists."""
    stream = io.StringIO()
    YAML(typ="safe", pure=True).dump(data, stream)
    return stream.getvalue()


def workbook(sheets: dict[str, list[list[Any]]]) -> bytes:
    """An XLSX of these rows: texts stay texts, numbers are numbers."""
    import xlsxwriter

    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True}) as book:
        for title, rows in sheets.items():
            sheet = book.add_worksheet(title)
            for at, row in enumerate(rows):
                for column, value in enumerate(row):
                    if isinstance(value, str):
                        sheet.write_string(at, column, value)
                    else:
                        sheet.write(at, column, value)
    return stream.getvalue()
