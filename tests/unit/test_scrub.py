"""What may leave this machine: names in place of paths, no times, no secrets."""

import json
import sys
from html import escape
from pathlib import Path
from urllib.parse import quote

import nbformat
import pytest

from helpers.batch.scrub import Scrubber

KERNEL = {"name": "python3", "display_name": "Python 3"}
CLIENT = Path('/data/work shop/Окна {Плюс} & "сыновья"')


@pytest.fixture
def scrubber(monkeypatch):
    monkeypatch.setenv("AUDIT_TEST_TOKEN", "s3cret-value")
    monkeypatch.setenv("AUDIT_TEST_NAME", "plain-value")
    monkeypatch.setenv("SHORT_PASSWORD", "abc")
    return Scrubber({CLIENT: "client", CLIENT.parent: "clients"})


SPELLINGS = (
    str,
    lambda path: repr(str(path)),
    lambda path: json.dumps(str(path)),
    lambda path: escape(str(path)),
    lambda path: "file://" + quote(str(path)),
)


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_a_known_folder_is_named_in_every_spelling(scrubber, spelling):
    text = scrubber.text(f"read {spelling(CLIENT)} well")
    assert "/data" not in text
    assert "client" in text


def test_the_longest_folder_wins_and_words_stay_whole(scrubber):
    assert scrubber.text(f"{CLIENT}/exports/a.csv") == "client/exports/a.csv"
    assert scrubber.text(f"{CLIENT.parent}/other") == "clients/other"
    assert scrubber.text(f"x{CLIENT.parent}") == f"x{CLIENT.parent}"
    assert scrubber.text(f"{CLIENT.parent}s") == f"{CLIENT.parent}s"


def test_this_machine_is_not_named(scrubber):
    text = scrubber.text(f"{Path.home()}/x {sys.executable} {Path.cwd()} {Path(__file__)} {json.__file__}")
    for path in (Path.home(), Path(sys.prefix), Path(sys.base_prefix), Path.cwd(), Path(__file__).parent):
        assert str(path) not in text


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("token s3cret-value.", "token ***."),
        ("plain-value abc", "plain-value abc"),
        ("postgres://me:pass1234@db:5432/x", "postgres://***@db:5432/x"),
        ("ghp_" + "a1" * 12, "***"),
        ("https://example.org/a:b", "https://example.org/a:b"),
        ("/var/x/ipykernel_12/345.py:3: UserWarning", "<cell>:3: UserWarning"),
    ],
)
def test_secrets_and_kernel_files(scrubber, text, clean):
    assert scrubber.text(text) == clean


def test_a_notebook_keeps_its_story_and_loses_the_machine(scrubber):
    new = nbformat.v4
    injected = new.new_code_cell(f"# Parameters\nclient = {str(CLIENT)!r}", metadata={"tags": ["injected-parameters"]})
    png = {"image/png": "s3cret-value"}
    outputs = [
        new.new_output("stream", name="stdout", text=f"{CLIENT} s3cret-value"),
        new.new_output(
            "display_data",
            data={"text/html": f"<b>{escape(str(CLIENT))}</b>", "application/json": {"at": [str(CLIENT)]}, **png},
        ),
        new.new_output("error", ename="E", evalue=str(CLIENT), traceback=[f"in {CLIENT}"]),
    ]
    told = new.new_code_cell(
        "1 + 1", outputs=outputs, execution_count=4, metadata={"papermill": {"duration": 3}, "execution": {}}
    )
    marker = new.new_markdown_cell("failed", metadata={"tags": ["papermill-error-cell-tag"]})
    notebook = new.new_notebook(
        cells=[injected, marker, told],
        metadata={"papermill": {"input_path": str(CLIENT)}, "kernelspec": KERNEL},
    )
    before = json.dumps(notebook)
    clean = scrubber.notebook(notebook, {"client": "Окна", "count": 3})
    assert json.dumps(notebook) == before
    assert "/data" not in json.dumps(clean)
    assert clean.metadata == {"kernelspec": KERNEL}
    assert [cell.source for cell in clean.cells] == ["# Parameters\nclient = 'Окна'\ncount = 3", "1 + 1"]
    assert clean.cells[1].metadata == {}
    assert clean.cells[1].outputs[0].text == "client ***"
    assert clean.cells[1].outputs[1].data["application/json"] == {"at": ["client"]}
    assert clean.cells[1].outputs[1].data["image/png"] == png["image/png"]
    nbformat.validate(clean)
