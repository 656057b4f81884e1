"""A client in, a report folder out: what a run leaves, what a failure leaves, and what the command says about it.

Tiny notebooks in ``tests/notebooks_fixtures``, each named after one behaviour, stand for the audit's own.
"""

import json
import os
import re
import sys
from pathlib import Path

import nbformat
import pytest

from helpers import cli
from helpers.batch import job
from helpers.batch import run as running
from helpers.batch.run import run_client
from helpers.client import read_client
from helpers.errors import DataError, ParameterError, RunError

PROJECT = Path(__file__).parents[2]
NOTEBOOKS = PROJECT / "tests" / "notebooks_fixtures"
PERIOD = "2026-01-01_2026-06-30"
SECRET = "tok-0123456789abcdef"


def notebook(name: str) -> Path:
    return NOTEBOOKS / f"{name}.ipynb"


def make_client(folder: Path, lang: str = "ru") -> Path:
    folder.mkdir(parents=True)
    text = f"client: Окна\nlang: {lang}\ncurrency: RUB\nperiod: {{from: 2026-01-01, to: 2026-06-30}}\n"
    (folder / "client.yml").write_text(text, encoding="utf-8")
    return folder


@pytest.fixture(autouse=True)
def secret(monkeypatch):
    monkeypatch.setenv("AUDIT_TEST_TOKEN", SECRET)


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """One run in two languages, in folders whose names hold spaces, braces and Cyrillic."""
    base = tmp_path_factory.mktemp("клиенты {x} 1")
    folder = make_client(base / "Окна {Плюс} №1")
    reports = base / "отчёты {y}"
    before = os.getcwd()
    told = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AUDIT_TEST_TOKEN", SECRET)
        made = run_client(
            read_client(folder),
            reports,
            languages=("ru", "en"),
            notebook=notebook("leaks"),
            progress=lambda *args: told.append(args),
        )
    assert os.getcwd() == before
    return made, reports, told


def test_all_languages_are_published_together(finished):
    made, reports, _ = finished
    assert made.folder == reports / "окна-плюс-no1" / PERIOD
    assert made.languages == ("ru", "en")
    assert made.dropped == ()
    found = sorted(str(path.relative_to(made.folder)) for path in made.folder.rglob("*") if path.is_file())
    assert found == [
        ".state.json",
        "audit.json",
        "en/audit.ipynb",
        "en/report.html",
        "ru/audit.ipynb",
        "ru/report.html",
    ]


def test_nothing_else_is_left(finished):
    made, reports, _ = finished
    assert sorted(path.name for path in reports.iterdir()) == [".lock", "окна-плюс-no1"]
    assert sorted(path.name for path in made.folder.parent.iterdir()) == [".lock", PERIOD]


def test_progress_names_language_cell_and_section(finished):
    _, _, told = finished
    count = len(nbformat.read(notebook("leaks"), as_version=4).cells) + 1
    assert told[0] == ("ru", 1, count, "leaks")
    assert told[-1] == ("en", count, count, "Paths")


@pytest.mark.parametrize("lang", ["ru", "en"])
def test_the_executed_notebook_holds_nothing_of_this_machine(finished, lang):
    made, reports, _ = finished
    text = (made.folder / lang / "audit.ipynb").read_text(encoding="utf-8")
    done = nbformat.reads(text, as_version=4)
    nbformat.validate(done)
    for path in (reports, reports.parent, Path.home(), PROJECT, Path(sys.prefix)):
        assert str(path) not in text
    for word in (SECRET, "hunter22", "ipykernel_", ".run-", '"papermill"', "start_time", "iopub"):
        assert word not in text
    assert "a/b stays" in text
    injected = next(cell for cell in done.cells if "injected-parameters" in cell.metadata.tags)
    assert injected.source.splitlines() == [
        "# Parameters",
        "client = 'Окна {Плюс} №1'",
        "out = 'отчёты {y}'",
        f"lang = '{lang}'",
        "period = ''",
        "formats = 'html'",
    ]


def test_the_same_run_gives_the_same_bytes(finished, tmp_path):
    made, reports, _ = finished
    again = run_client(
        read_client(reports.parent / "Окна {Плюс} №1"),
        tmp_path / reports.name,
        languages=("ru",),
        notebook=notebook("leaks"),
    )
    for name in ("ru/audit.ipynb", "ru/report.html"):
        assert (again.folder / name).read_bytes() == (made.folder / name).read_bytes()


def test_a_client_named_007_stays_text(tmp_path):
    made = run_client(read_client(make_client(tmp_path / "007")), tmp_path / "out", notebook=notebook("works"))
    assert made.folder == tmp_path / "out" / "007" / PERIOD
    done = nbformat.read(made.folder / "ru" / "audit.ipynb", as_version=4)
    assert "client = '007'" in done.cells[2].source


def test_values_of_every_type_arrive_as_they_are():
    source = running.read_notebook(notebook("typed_parameters"))
    done = running.execute(source, {"client": "007", "count": 7, "limit": None, "tags": ["a{b}", "'\""]})
    assert done.cells[-1].outputs[0].data["text/plain"] == """('str', '007', 7, None, ['a{b}', '\\'"'])"""


def test_a_wrong_parameter_stops_before_anything_runs(tmp_path):
    source = running.read_notebook(notebook("kernel_dies"))
    with pytest.raises(ParameterError, match="parameter client: found 7 - must be str"):
        running.execute(source, {"client": 7})
    with pytest.raises(ParameterError, match="no cell tagged"):
        run_client(read_client(make_client(tmp_path / "x")), tmp_path / "out", notebook=notebook("no_parameters"))


def test_a_failure_keeps_the_last_good_report_and_leaves_the_notebook(tmp_path):
    client, out = read_client(make_client(tmp_path / "Окна")), tmp_path / "out"
    good = run_client(client, out, notebook=notebook("works")).folder
    before = {path: path.read_bytes() for path in good.rglob("*") if path.is_file()}
    with pytest.raises(RunError) as error:
        run_client(client, out, notebook=notebook("raises"))
    failed = out / "окна" / f"{PERIOD}.failed.ipynb"
    assert str(error.value) == (
        "Окна: section 'Money by campaign': ValueError: no spend in Окна - "
        "see out/окна/2026-01-01_2026-06-30.failed.ipynb"
    )
    assert error.value.exit_code == 1
    assert {path: path.read_bytes() for path in good.rglob("*") if path.is_file()} == before
    text = failed.read_text(encoding="utf-8")
    assert "before Окна ***" in text
    assert str(tmp_path) not in text
    assert "papermill-error" not in text
    assert sorted(path.name for path in out.iterdir()) == [".lock", "окна"]
    run_client(client, out, notebook=notebook("works"))
    assert not failed.exists()


def test_a_failure_of_the_first_run_publishes_nothing(tmp_path):
    client, out = read_client(make_client(tmp_path / "x")), tmp_path / "out"
    with pytest.raises(RunError, match=r"section 'Funnel': the kernel died: too little memory\? - see out/x/"):
        run_client(client, out, notebook=notebook("kernel_dies"))
    assert sorted(path.name for path in (out / "x").iterdir()) == [f"{PERIOD}.failed.ipynb"]


def test_a_notebook_that_writes_nothing_is_a_failure(tmp_path):
    with pytest.raises(RunError, match="Окна: the notebook wrote no report"):
        run_client(read_client(make_client(tmp_path / "x")), tmp_path / "out", notebook=notebook("writes_nothing"))


def test_an_error_about_data_comes_out_of_the_kernel_as_it_is(tmp_path):
    with pytest.raises(DataError) as error:
        run_client(read_client(make_client(tmp_path / "x")), tmp_path / "out", notebook=notebook("stops_by_data"))
    assert str(error.value).splitlines() == [
        'exports/deals.csv row 3, column "Amount": two currencies - give rates',
        "exports/spend.csv: no such file",
    ]


def use(monkeypatch, name: str) -> None:
    for module in (running, job):
        monkeypatch.setattr(module, "NOTEBOOK", notebook(name))


def test_the_command_prints_where_the_reports_are(tmp_path, monkeypatch, capsys):
    use(monkeypatch, "works")
    make_client(tmp_path / "clients" / "[red]Окна")
    monkeypatch.chdir(tmp_path)
    assert cli.main(["run", "clients", "--lang", "ru,uk"]) == 0
    told = capsys.readouterr()
    rows = told.out.splitlines()
    assert rows[0].split() == ["client", "language", "period", "state", "report"]
    assert [row.split() for row in rows[1:]] == [
        ["[red]Окна", lang, "2026-01-01..2026-06-30", "made", f"reports/red-окна/{PERIOD}/{lang}/report.html"]
        for lang in ("ru", "uk")
    ]
    assert all(Path(row.split()[-1]).is_file() for row in rows[1:])
    assert re.fullmatch(r"1/1 \[red\]Окна: made, \d+\.\d s\n", told.err)


def test_data_that_stop_the_audit_of_one_client_are_exit_3(tmp_path, monkeypatch, capsys):
    use(monkeypatch, "stops_by_data")
    assert cli.main(["run", str(make_client(tmp_path / "x")), "--out", str(tmp_path / "out")]) == 3
    told = capsys.readouterr()
    assert [line for line in told.err.splitlines() if line.startswith("error: ")] == [
        'error: exports/deals.csv row 3, column "Amount": two currencies - give rates',
        "error: exports/spend.csv: no such file",
    ]
    assert "error" not in told.out


def test_one_broken_client_does_not_stop_the_others(tmp_path, monkeypatch, capsys):
    use(monkeypatch, "works")
    make_client(tmp_path / "clients" / "good")
    (make_client(tmp_path / "clients" / "a-bad") / "client.yml").write_text("client: x\n", encoding="utf-8")
    out = tmp_path / "out"
    assert cli.main(["run", str(tmp_path / "clients"), "--out", str(out), "--json"]) == 1
    told = capsys.readouterr()
    *events, whole = [json.loads(line) for line in told.out.splitlines()]
    assert {event["event"] for event in events} == {"started", "section", "finished"}
    assert (whole["event"], whole["exit_code"]) == ("batch", 1)
    bad, good = whole["clients"]
    assert (bad["ok"], bad["exit_code"], bad["reports"]) == (False, 2, {})
    assert (good["ok"], good["exit_code"], good["error"]) == (True, 0, [])
    assert good["reports"] == {"ru": {"html": str(out / "good" / PERIOD / "ru" / "report.html")}}
    assert "error: a-bad: client.yml" in told.err


@pytest.mark.skipif(not running.NOTEBOOK.exists(), reason="notebooks/audit.ipynb is not there")
def test_the_two_campaigns_give_their_report(tmp_path, capsys):
    out = tmp_path / "отчёты {x}"
    assert cli.main(["run", str(PROJECT / "data_samples" / "two-campaigns"), "--lang", "all", "--out", str(out)]) == 0
    (audit,) = out.glob("two-campaigns/*/audit.json")
    figures = json.loads(audit.read_text(encoding="utf-8"))
    assert sorted(row["profit"] for row in figures["money"]["campaigns"]) == [-10_000, 60_000]
    for lang in ("en", "ru", "uk"):
        files = {path.name for path in (audit.parent / lang).iterdir()}
        assert files >= {"report.html", "report.json", "figures", "audit.ipynb"}
        text = (audit.parent / lang / "audit.ipynb").read_text(encoding="utf-8")
        assert not any(str(path) in text for path in (PROJECT, tmp_path, Path.home()))
    assert capsys.readouterr().out.count("report.html") == 3
