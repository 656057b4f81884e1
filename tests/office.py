"""Documents as LibreOffice reads and writes them, and workbooks compared cell by cell."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from pathlib import Path

from needs import find
from python_calamine import CalamineWorkbook

# LibreOffice would otherwise believe the values that stand beside the formulas.
ALWAYS_COUNT = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry"><item oor:path="/org.openoffice.Office.Calc/Formula/Load">
<prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop></item></oor:items>
"""


def convert(folder: Path, kind: str, *files: Path) -> Path:
    """Opens the files, counts workbooks anew and writes all as ``kind``; the folder they are in."""
    profile = folder / "profile"
    (profile / "user").mkdir(parents=True, exist_ok=True)
    (profile / "user" / "registrymodifications.xcu").write_text(ALWAYS_COUNT, encoding="utf-8")
    out = folder / kind
    program = find("libreoffice")
    assert program
    command = [
        program,
        f"-env:UserInstallation={profile.as_uri()}",
        "--headless",
        "--convert-to",
        kind,
        "--outdir",
        out,
    ]
    subprocess.run([*map(str, command), *map(str, files)], check=True, capture_output=True, timeout=300)
    return out


def cells(path: Path) -> dict[tuple[str, int, int], object]:
    """All cells of all sheets that hold something."""
    book = CalamineWorkbook.from_path(str(path))
    found = {}
    for name in book.sheet_names:
        for row, values in enumerate(book.get_sheet_by_name(name).to_python(skip_empty_area=False)):
            found.update({(name, row, column): value for column, value in enumerate(values) if value != ""})
    return found


def same(one: Mapping[tuple[str, int, int], object], two: Mapping[tuple[str, int, int], object]) -> list[str]:
    """What differs between two workbooks; nothing where they are the same."""
    wrong = []
    for key in sorted(one.keys() | two.keys()):
        a, b = one.get(key), two.get(key)
        numbers = isinstance(a, (int, float)) and isinstance(b, (int, float))
        if a != b and not (numbers and abs(float(str(a)) - float(str(b))) < 1e-9):
            wrong.append(f"{key}: {a!r} against {b!r}")
    return wrong
