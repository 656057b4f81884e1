"""A new client's folder, with every option of client.yml explained in the client's language."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from helpers.errors import ParameterError, Problem

if TYPE_CHECKING:
    from helpers.client import Client

TEMPLATES = Path(__file__).parent / "templates"
CLIENT = "{{client}}"


def write_client_folder(path: Path, lang: str) -> tuple[Path, ...]:
    """Make the folder ``path`` with client.yml, README.md, exports/, answers/ and the questionnaire; what was made.

    The questionnaire is one HTML file and one workbook, in the client's language; the page can be switched to others.

    The folder's name becomes the client's name and, later, the name of its reports.

    Raises:
        ParameterError: something lies there already, or no folder can be made there; nothing is overwritten.
    """
    folder = path.expanduser().absolute()
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise ParameterError([Problem(f"{path} is not empty", "name a new folder; nothing is overwritten")])
    from helpers.client import read_client

    folders = (folder / "exports", folder / "answers")
    forms = tuple(folder / f"questionnaire-{lang}.{kind}" for kind in ("html", "xlsx"))
    made = (folder / "client.yml", folder / "README.md", *folders, *forms)
    try:
        for inside in folders:
            inside.mkdir(parents=True)
        # JSON's quotes are YAML's: the name stays text whatever it holds.
        _fill(f"client.{lang}.yml", made[0], json.dumps(folder.name, ensure_ascii=False))
        _fill(f"README.{lang}.md", made[1], folder.name)
        write_forms(read_client(folder), (lang,))
    except OSError as error:
        raise ParameterError([Problem(f"{path} cannot be made ({error.strerror})", "name another folder")]) from error
    return made


def write_forms(client: Client, languages: Sequence[str]) -> tuple[Path, ...]:
    """Write (or write again) the client's questionnaire in ``languages`` as an HTML page and a workbook; what was made.

    The forms carry the stages and the mode of client.yml: when these change, so must the forms.
    """
    from helpers.survey.form import write_page
    from helpers.survey.workbook import write_workbook

    made: list[Path] = []
    for lang in languages:
        workbook = client.folder / f"questionnaire-{lang}.xlsx"
        made.append(write_page(client, lang=lang))
        write_workbook(workbook, lang, client)
        made.append(workbook)
    return tuple(made)


def _fill(template: str, to: Path, name: str) -> None:
    text = (TEMPLATES / template).read_text(encoding="utf-8")
    to.write_text(text.replace(CLIENT, name), encoding="utf-8", newline="\n")
