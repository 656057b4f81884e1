"""Whose report it is: brand.yml, the logo and the template documents beside it, checked before anything is drawn.

::

    name: Ivanova & Partners          # on the cover, in the properties of documents
    logo: logo.svg                    # SVG or PNG beside this file
    primary: "#7a1f3d"                # headings; in quotes, for YAML takes # for a comment
    secondary: "#c8963e"              # lines and marks
    contact: hello@ivanova.example · +44 20 7946 0018
    footer: Confidential. For the management of the client only.

``brand.docx`` and ``brand.pptx`` beside it, if there are any, are the templates of these formats. The file is looked
for in the client's folder, then in the folder that holds the clients: one brand for all of them.
"""

from __future__ import annotations

import re
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, ValidationError

from helpers.errors import BrandError, Problem
from helpers.report.logo import Logo, LogoError, read_logo
from helpers.report.look import ACCENT, SECOND, contrast, readable
from helpers.report.model import Brand
from helpers.validation import Strict, problems_of
from helpers.yamlfile import YamlText, read_yaml

BRAND_FILE = "brand.yml"
TEMPLATE_BYTES = 20_000_000
WHITE = "#ffffff"
CONTRASTS = {"primary": 4.5, "secondary": 3.0}
"""On white paper: text, and lines and marks (WCAG 2.2, 1.4.3 and 1.4.11)."""
_PARTS = {"docx": "word/document.xml", "pptx": "ppt/presentation.xml"}


@dataclass(frozen=True)
class Branding:
    """A brand that can be used, and what was changed to make it so, a sentence each."""

    brand: Brand
    notes: tuple[str, ...] = ()


def _colour(value: Any) -> Any:
    if value is None:
        raise ValueError('must be a colour in quotes, as "#1f4fa8": YAML takes what follows a bare # for a comment')
    text = str(value).strip().lower().removeprefix("#")
    if re.fullmatch(r"[0-9a-f]{3}", text):
        text = "".join(2 * digit for digit in text)
    if isinstance(value, bool) or not re.fullmatch(r"[0-9a-f]{6}", text):
        raise ValueError('must be a colour such as "#1f4fa8", in quotes')
    return f"#{text}"


def _line(value: Any) -> Any:
    return " ".join(value.split()) if isinstance(value, str) else value


Colour = Annotated[str, BeforeValidator(_colour)]
Line = Annotated[str, BeforeValidator(_line), Field(max_length=160)]


class BrandFile(Strict):
    """What may stand in brand.yml."""

    name: Annotated[str, BeforeValidator(_line), Field(min_length=1, max_length=80)]
    logo: str = ""
    primary: Colour = ACCENT
    secondary: Colour = SECOND
    contact: Line = ""
    footer: Line = ""


def find_brand(folder: Path) -> Branding | None:
    """The brand of a client: of its own folder, else of the folder around it; None where neither has a brand.yml.

    Raises:
        BrandError: it cannot be used; one line per mistake.
    """
    for place in (folder, folder.resolve().parent):
        if (place / BRAND_FILE).is_file():
            return read_brand(place / BRAND_FILE)
    return None


def read_brand(path: Path) -> Branding:
    """The brand of a file, with its logo and template documents.

    A colour too light to be read on white is darkened until it can be, and that is told.

    Raises:
        BrandError: the file, the logo or a template cannot be used; all mistakes, one line each.
    """
    if path.is_dir():
        path = path / BRAND_FILE
    if not path.is_file():
        raise BrandError([Problem("there is no such file", f"name a {BRAND_FILE}", path.name)])
    text = _read(path)
    try:
        found = BrandFile.model_validate(text.data)
    except ValidationError as error:
        raise BrandError(problems_of(error, BrandFile, path.name, text.line)) from None
    problems: list[Problem] = []
    logo = _logo(path, found.logo, text, problems)
    templates = {kind: _template(path, kind, problems) for kind in _PARTS}
    if problems:
        raise BrandError(problems)
    colours, notes = _colours(path.name, found)
    brand = Brand(
        name=found.name,
        contact=found.contact,
        footer=found.footer,
        logo=logo.uri if logo else "",
        logo_size=logo.size if logo else (0, 0),
        primary=colours["primary"],
        secondary=colours["secondary"],
        docx=templates["docx"],
        pptx=templates["pptx"],
    )
    return Branding(brand, notes)


def _read(path: Path) -> YamlText:
    read = read_yaml(path, path.name)
    if isinstance(read, list):
        raise BrandError([Problem(p.what, p.todo if "audit new" not in p.todo else "", p.file, p.line) for p in read])
    if not isinstance(read.data, dict):
        raise BrandError([Problem("holds no keys", "write `name: Your firm` and so on", path.name, 1)])
    return read


def _logo(path: Path, name: str, text: YamlText, problems: list[Problem]) -> Logo | None:
    if not name:
        return None
    try:
        # A brand travels as a folder: what it names lies in it.
        if Path(name).is_absolute() or ".." in Path(name).parts:
            raise LogoError(f"found {name!r}", f"must be the name of a file beside {path.name}")
        return read_logo(path.parent / name)
    except LogoError as error:
        problems.append(Problem(error.what, error.todo, path.name, text.line(("logo",)), "logo"))
        return None


def _template(path: Path, kind: str, problems: list[Problem]) -> bytes:
    """brand.docx or brand.pptx beside brand.yml; b"" where there is none."""
    file = path.with_name(f"brand.{kind}")
    if not file.is_file():
        return b""
    wrong = ""
    try:
        with zipfile.ZipFile(file) as package:
            names = set(package.namelist())
            if _PARTS[kind] not in names:
                wrong = f"is not a .{kind} file"
            elif any(name.endswith("vbaProject.bin") for name in names):
                wrong = "holds macros"
            elif b"ml.template.main+xml" in package.read("[Content_Types].xml"):
                wrong = "is a template by its type"
        data = file.read_bytes()
    except (OSError, KeyError, zipfile.BadZipFile):
        wrong, data = f"is not a .{kind} file", b""
    if not wrong and len(data) > TEMPLATE_BYTES:
        wrong = f"holds {len(data):,} bytes, at most {TEMPLATE_BYTES:,}"
    if wrong:
        problems.append(Problem(wrong, f"open it in an office program and save it as an ordinary .{kind}", file.name))
        return b""
    return data


def _colours(file: str, found: BrandFile) -> tuple[dict[str, str], tuple[str, ...]]:
    colours, notes = {}, []
    for key, ratio in CONTRASTS.items():
        wanted = getattr(found, key)
        colours[key] = readable(wanted, WHITE, ratio)
        if colours[key] != wanted:
            notes.append(
                f"{file}: {key} {wanted} has a contrast of {contrast(wanted, WHITE):.1f}:1 on white, {ratio:g}:1 is "
                f"needed to be read - {colours[key]} is used"
            )
    return colours, tuple(notes)
