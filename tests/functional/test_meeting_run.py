"""`audit meeting` end to end: a client in, the agenda of a week out, published as a whole."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from claims_client import write_client

from helpers.cli import main


def test_the_agenda_is_published_as_a_whole(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = write_client(tmp_path / "malyi")
    out = tmp_path / "reports"
    wish = ["meeting", str(folder), "--week", "2026-W22", "--formats", "html,docx", "--out", str(out)]
    assert main(wish) == 0
    place = out / "malyi" / "2026-W22"
    assert capsys.readouterr().out.splitlines() == [str(place / "ru" / f"agenda.{name}") for name in ("html", "docx")]
    assert sorted(path.name for path in (place / "ru").iterdir()) == ["agenda.docx", "agenda.html", "meeting.ipynb"]
    figures = json.loads((place / "meeting.json").read_text("utf-8"))
    assert (figures["week"], figures["state"], figures["days"][0]) == ("2026-W22", "whole", "2026-05-25")
    assert str(tmp_path) not in (place / "ru" / "meeting.ipynb").read_text("utf-8")
    # A run that fails leaves the last agenda as it was.
    before = {path: path.read_bytes() for path in place.rglob("*") if path.is_file()}
    (folder / "exports" / "deals.csv").unlink()
    assert main(wish) == 3
    assert {path: path.read_bytes() for path in place.rglob("*") if path.is_file()} == before


@pytest.mark.parametrize(
    ("option", "value", "said"),
    [("--week", "2026-W54", "written like 2026-W40"), ("--formats", "pptx", "there is html, pdf, docx")],
)
def test_a_wrong_wish_is_refused_at_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], option: str, value: str, said: str
) -> None:
    assert main(["meeting", str(tmp_path), option, value]) == 2
    assert said in capsys.readouterr().err
