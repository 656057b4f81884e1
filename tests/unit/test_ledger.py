"""The ledger of all audits: what is read, what is left out and why; the sample ledger is what its generator writes."""

import json
from pathlib import Path

import pytest
from ledgers import FIRST, SECOND, put_audit

from data_samples.make.ledger import make_ledger
from helpers.errors import ReportError
from helpers.portfolio.failures import read_failures
from helpers.portfolio.ledger import read_ledger

SAMPLES = Path(__file__).parents[2] / "data_samples"


def reasons(reports: Path) -> dict[str, str]:
    return {one.file.split("/")[0]: one.reason for one in read_ledger(reports).unusable}


def test_the_newest_audit_counts_and_the_one_before_is_its_pair(tmp_path):
    put_audit(tmp_path, "a", 50, span=FIRST)
    put_audit(tmp_path, "a", 70, span=SECOND)
    put_audit(tmp_path, "a", 65, span=("2025-10-01", "2026-03-31"))
    put_audit(tmp_path, "b", 40)
    ledger = read_ledger(tmp_path)
    assert list(ledger.latest["total"]) == [70, 40]
    # The overlapping one shares days with the newest: it is not "the last audit".
    assert [(row["slug"], row["total"], row["total_then"]) for row in ledger.pairs.to_dict("records")] == [
        ("a", 70, 50)
    ]
    assert len(ledger.audits) == 4
    assert ledger.unusable == ()


def test_what_cannot_be_used_is_listed_and_stops_nothing(tmp_path):
    good = put_audit(tmp_path, "good")
    text = good.read_text(encoding="utf-8")
    cases = {
        "cut": text[:200],
        "list": "[1, 2]",
        "nothing": "",
        "older": text.replace('"schema": 1', '"schema": 0'),
        "nameless": text.replace('"client": "Good"', '"client": " "'),
        "timeless": text.replace('"2026-01-01"', '"soon"'),
        "copy": text,
        "wild": text.replace('"total": 60.0', '"total": 250'),
        "turned": text.replace('"interval": [55.0, 65.0]', '"interval": [65.0, 70.0]'),
        "text-for-number": text.replace('"total": 60.0', '"total": "many"').replace("[55.0, 65.0]", "null"),
    }
    for name, content in cases.items():
        assert name in ("copy", "cut", "list", "nothing") or content != text
        file = tmp_path / name / "2026-01-01_2026-06-30" / "audit.json"
        file.parent.mkdir(parents=True)
        file.write_text(content.replace('"slug": "good"', f'"slug": "{name}"') if name != "copy" else content, "utf-8")
    bad = tmp_path / "bytes" / "2026-01-01_2026-06-30" / "audit.json"
    bad.parent.mkdir(parents=True)
    bad.write_bytes(b"\xff\xfe\x00{")
    put_audit(tmp_path, "lacking", leads=None, speed=None)
    assert reasons(tmp_path) == {
        "cut": "json", "list": "json", "nothing": "json", "bytes": "json", "older": "schema", "nameless": "who",
        "timeless": "when", "copy": "place", "wild": "total", "turned": "total", "lacking": "lacks",
    }  # fmt: skip
    assert list(read_ledger(tmp_path).latest["slug"]) == ["good", "lacking", "text-for-number"]
    assert next(one.detail for one in read_ledger(tmp_path).unusable if one.reason == "lacks") == "leads, speed"


def test_hidden_folders_are_not_reports(tmp_path):
    put_audit(tmp_path, "a")
    put_audit(tmp_path / ".run-1", "b")
    put_audit(tmp_path, ".c")
    assert list(read_ledger(tmp_path).latest["slug"]) == ["a"]


def test_no_folder_is_an_error_and_an_empty_one_is_empty(tmp_path):
    with pytest.raises(ReportError, match="is no folder"):
        read_ledger(tmp_path / "none")
    assert read_ledger(tmp_path).audits.empty


def test_failures_come_from_the_last_batch_and_from_notebooks_left_behind(tmp_path):
    rows = [{"slug": "a", "status": "failed", "error": ["x: wrong", "y"]}, {"slug": "b", "status": "made", "error": []}]
    (tmp_path / "batch.json").write_text(json.dumps({"clients": rows}), encoding="utf-8")
    for slug in ("a", "c"):
        (tmp_path / slug).mkdir()
        (tmp_path / slug / "2026-01-01_2026-06-30.failed.ipynb").touch()
    found, wrong = read_failures(tmp_path)
    assert [(one.slug, one.reason) for one in found] == [("a", "x: wrong"), ("c", "")]
    assert wrong == ""


@pytest.mark.parametrize("text", ["{", "[]", '{"clients": [1]}', '{"clients": null}'])
def test_a_damaged_summary_of_the_batch_is_told(tmp_path, text):
    (tmp_path / "batch.json").write_text(text, encoding="utf-8")
    assert read_failures(tmp_path) == ((), "json")


def test_the_sample_ledger_is_what_its_generator_writes(tmp_path):
    made = make_ledger(tmp_path)
    files = {path.relative_to(made): path.read_bytes() for path in made.rglob("*") if path.is_file()}
    stored = SAMPLES / "reports"
    assert files == {path.relative_to(stored): path.read_bytes() for path in stored.rglob("*") if path.is_file()}
    assert [one.reason for one in read_ledger(made).unusable] == ["json"]
