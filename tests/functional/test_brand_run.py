"""A brand from the command to the documents: found beside the client or named; a bad one stops before anything runs."""

import json
from pathlib import Path

import pytest

from helpers import cli
from helpers.report.save import load_report

PROJECT = Path(__file__).parents[2]
NOTE = "note: {}brand.yml: secondary #ffd400 has a contrast of 1.4:1 on white, 3:1 is needed to be read - #"


def client(folder: Path) -> Path:
    """A client who answered and has no exports: the shortest real audit there is."""
    sample = PROJECT / "data_samples" / "two-campaigns"
    (folder / "answers").mkdir(parents=True)
    text = "client: Окна\nlang: ru\ncurrency: RUB\nperiod: {from: 2026-03-01, to: 2026-05-31}\nas_of: 2026-06-15\n"
    (folder / "client.yml").write_text(text, encoding="utf-8")
    for path in (sample / "answers").iterdir():
        (folder / "answers" / path.name).write_bytes(path.read_bytes())
    return folder


def brand(folder: Path, name: str, more: str = "") -> Path:
    (folder / "brand.yml").write_text(f"name: {name}\n{more}", encoding="utf-8")
    return folder / "brand.yml"


def test_the_brand_around_the_clients_and_one_that_is_named(tmp_path, capsys):
    clients = client(tmp_path / "clients" / "okna").parent
    brand(clients, "Вокруг", 'secondary: "#ffd400"\n')
    other = tmp_path / "other"
    other.mkdir()
    named = brand(other, "Названный", 'primary: "#7a1f3d"\n')
    out = tmp_path / "reports"
    assert cli.main(["run", str(clients), "--out", str(out), "--formats", "html,xlsx"]) == 0
    assert NOTE.format("okna: ") in capsys.readouterr().err
    (folder,) = out.glob("*/*/ru")
    assert load_report(folder).brand.name == "Вокруг"
    assert "Вокруг" in (folder / "report.html").read_text(encoding="utf-8")
    assert cli.main(["run", str(clients), "--out", str(out), "--formats", "html", "--brand", str(named), "--json"]) == 0
    told = capsys.readouterr()
    assert "note:" not in told.err
    assert list(json.loads(told.out.splitlines()[-1])["clients"][0]["reports"]["ru"]) == ["html"]
    page = (folder / "report.html").read_text(encoding="utf-8")
    assert load_report(folder).brand.name == "Названный"
    assert "Названный" in page
    assert "#7a1f3d" in page
    assert "Вокруг" not in page


@pytest.mark.parametrize("where", ["", ".."])
def test_a_brand_that_cannot_be_used_stops_its_client_before_anything_runs(tmp_path, monkeypatch, capsys, where):
    folder = client(tmp_path / "clients" / "okna")
    brand(folder / where, "", "primary: green\n")

    def never(*arguments, **values):
        raise AssertionError("the notebook was executed")

    monkeypatch.setattr("helpers.batch.run.execute", never)
    assert cli.main(["run", str(folder), "--out", str(tmp_path / "reports")]) == 2
    told = capsys.readouterr().err.splitlines()
    assert [line.partition(": found")[0] for line in told if line.startswith("error")] == [
        "error: brand.yml:1 name",
        "error: brand.yml:2 primary",
    ]
