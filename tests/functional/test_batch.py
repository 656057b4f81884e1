"""Many clients at once: workers, limits, what changed, and a batch that is interrupted.

Tiny notebooks stand for the audit's own; they are written here, next to what is expected of them.
"""

import json
import os
import re
import signal
import subprocess
import sys
import textwrap
import threading
import time
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from helpers import cli
from helpers.batch import job as jobs
from helpers.batch import run as running
from helpers.batch.job import Job, run_job
from helpers.batch.limits import CellError, Limits
from helpers.batch.state import STATE_FILE, toolkit
from helpers.batch.workers import can_fork, run_in_worker
from helpers.errors import RunError

pytestmark = pytest.mark.skipif(not can_fork(), reason="forked workers are for Linux")

PARAMETERS = '''client: str = ""
out: str = "reports"
lang: str = ""
period: str = ""
formats: str = "html"'''

WRITES = """from pathlib import Path
import json
report = Path(out) / "{slug}" / "2026-01-01_2026-06-30"
(report / lang).mkdir(parents=True, exist_ok=True)
(report / "audit.json").write_text(json.dumps({{"lang": lang}}))
for name in ("report.html", "report.json"):
    (report / lang / name).write_text("<p>ok</p>")"""


def notebook(*cells: str, parameters: str = PARAMETERS):
    head = new_code_cell(parameters)
    head.metadata["tags"] = ["parameters"]
    made = new_notebook(cells=[head, new_markdown_cell("## Work"), *map(new_code_cell, cells)])
    for number, cell in enumerate(made.cells):
        cell.id = f"cell-{number}"
    return made


def make_client(folder: Path) -> Path:
    folder.mkdir(parents=True)
    text = "client: Окна\nlang: ru\ncurrency: RUB\nperiod: {from: 2026-01-01, to: 2026-06-30}\n"
    (folder / "client.yml").write_text(text, encoding="utf-8")
    return folder


@pytest.fixture
def use(monkeypatch, tmp_path):
    """Put a notebook of these cells in the place of the audit's."""

    def put(*cells: str) -> Path:
        path = tmp_path / "audit.ipynb"
        nbformat.write(notebook(*cells), path)
        toolkit.cache_clear()
        for module in (running, jobs):
            monkeypatch.setattr(module, "NOTEBOOK", path)
        return path

    return put


def outputs(done) -> list:
    shown = [cell.get("outputs", []) for cell in done.cells]
    text = re.sub(r"ipykernel_\d+/\d+\.py", "<cell>", json.dumps(shown))
    for number, name in enumerate(dict.fromkeys(re.findall(r'"model_id": "([0-9a-f]{32})"', text))):
        text = text.replace(name, f"model-{number}")
    return json.loads(text)


def test_a_worker_shows_what_a_kernel_shows(monkeypatch):
    # A kernel that knows of pytest does not watch its file descriptors.
    monkeypatch.delenv("PYTEST_CURRENT_TEST")
    source = notebook(
        "import os, sys\nprint('out'); print('err', file=sys.stderr)\n"
        "os.write(1, b'past Python\\n'); os.system('echo sub')",
        "1 + 1",
        "import ipywidgets\nipywidgets.IntSlider(value=3)",
        "import asyncio\nawait asyncio.sleep(0)\n'awaited'",
        "import matplotlib.pyplot as plt\nplt.plot([1, 2]);",
        "from IPython.display import HTML, display\nhandle = display(HTML('<b>x</b>'), display_id=True)\n"
        "handle.update(HTML('y'))",
        "import warnings\nwarnings.warn('careful')",
        "try:\n    input('?')\nexcept Exception as error:\n    print(type(error).__name__)",
        "client, client_is_text",
        parameters="client: str = ''\nclient_is_text: bool = False",
    )
    values = {"client": "007", "client_is_text": True}
    warm = running.execute(source, values)
    kernel = running.execute(source, values, isolated=True)
    assert outputs(warm) == outputs(kernel)
    assert [cell.get("execution_count") for cell in warm.cells] == [
        cell.get("execution_count") for cell in kernel.cells
    ]
    states = [done.metadata.widgets["application/vnd.jupyter.widget-state+json"].state for done in (warm, kernel)]
    assert [sorted(model.model_name for model in state.values()) for state in states] == 2 * [
        ["IntSliderModel", "LayoutModel", "SliderStyleModel"]
    ]
    assert warm.metadata.language_info == kernel.metadata.language_info


@pytest.mark.parametrize("isolated", [False, True])
@pytest.mark.parametrize(
    ("cell", "name", "value"),
    [
        ("raise ValueError('no')", "ValueError", "no"),
        ("import sys; sys.exit(3)", "SystemExit", "3"),
        ("import os; os._exit(3)", "the kernel died", "too little memory?"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", "the kernel died", "too little memory?"),
    ],
)
def test_how_a_notebook_ends_is_told_as_it_is(cell, name, value, isolated):
    source = notebook("print('before')", cell, "print('never')", parameters="client: str = ''")
    with pytest.raises(CellError) as error:
        running.execute(source, {}, isolated=isolated)
    assert (error.value.name, error.value.value, error.value.cell) == (name, value, 3)
    shown = [output.get("text") for cell in error.value.notebook.cells for output in cell.get("outputs", [])]
    assert "before\n" in shown
    assert "never\n" not in shown


@pytest.mark.parametrize("isolated", [False, True])
def test_time_and_memory_have_limits(isolated):
    slow = notebook("print('begun')", "import time\ntime.sleep(60)", parameters="client: str = ''")
    begun = time.monotonic()
    seconds = 30 if isolated else 5  # a kernel takes some seconds before its first cell
    with pytest.raises(CellError, match=rf"stopped: took more than {seconds} s \(--timeout\)") as error:
        running.execute(slow, {}, isolated=isolated, limits=Limits(seconds=seconds))
    assert time.monotonic() - begun < 55
    assert "KeyboardInterrupt" in json.dumps(error.value.notebook.cells)
    greedy = notebook("import time\nkept = bytearray(900_000_000)\ntime.sleep(60)", parameters="client: str = ''")
    with pytest.raises(CellError, match=r"stopped: needs more than 800 MB of memory \(--memory\)"):
        running.execute(greedy, {}, isolated=isolated, limits=Limits(megabytes=800))


def gone(processes: list[int]) -> bool:
    """Whether none of them runs any more, or within half a minute: a killed process may have to wait for a core."""
    end = time.monotonic() + 30
    while any(map(alive, processes)) and time.monotonic() < end:
        time.sleep(0.1)
    return not any(map(alive, processes))


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().split()[2] != "Z"
    except OSError:
        return False


def test_nothing_that_was_started_is_left():
    source = notebook(
        "import subprocess\nleft = subprocess.Popen(['sleep', '300'])\nprint(left.pid)", parameters="client: str = ''"
    )
    done = running.execute(source, {})
    pid = int(done.cells[-1].outputs[0].text)
    assert gone([pid])


def test_the_template_has_one_thread_and_no_state_of_a_client():
    looks = notebook(
        "import os, sys\ntemplate = sys.modules['helpers.batch.template']\n"
        "print(template.THREADS, os.getppid() == template.PROCESS)",
        "import builtins, locale, os, random\nimport duckdb, matplotlib, numpy, pandas\n"
        "print(getattr(builtins, 'left_behind', None), 'LEFT_BEHIND' in os.environ, os.getcwd(),"
        " matplotlib.rcParams['font.size'], pandas.get_option('display.max_rows'), locale.setlocale(locale.LC_ALL),"
        " duckdb.sql('show tables').fetchall(), random.random(), numpy.random.random(), sep='|')",
        parameters="client: str = ''",
    )
    spoils = notebook(
        "import builtins, locale, os, random\nimport duckdb, matplotlib, numpy, pandas\nbuiltins.left_behind = 1\n"
        "os.environ['LEFT_BEHIND'] = '1'; os.chdir('/'); matplotlib.rcParams['font.size'] = 77\n"
        "pandas.set_option('display.max_rows', 7); locale.setlocale(locale.LC_ALL, 'C')\n"
        "duckdb.sql('create table left_behind (x int)'); random.seed(1); numpy.random.seed(1)",
        parameters="client: str = ''",
    )

    def looked() -> list[str]:
        done = running.execute(looks, {})
        assert done.cells[-2].outputs[0].text == "1 True\n"
        return done.cells[-1].outputs[0].text.strip().split("|")

    before = looked()
    running.execute(spoils, {})
    after = looked()
    assert after[:-2] == before[:-2]
    assert before[0] == "None"
    assert before[2] == os.getcwd()
    # Each worker has random numbers of its own, in both of the old generators.
    assert all(one != other for one, other in zip(before[-2:], after[-2:], strict=True))


def test_an_unchanged_client_is_left_as_it_is(use, tmp_path):
    path = use(WRITES.format(slug="x"))
    job = Job(make_client(tmp_path / "x"), tmp_path / "out")
    first = run_job(job)
    assert (first.status, first.languages) == ("made", ("ru",))
    report = tmp_path / "out" / "x" / first.period / "ru" / "report.html"
    made = report.stat().st_mtime_ns
    assert run_job(job).status == "unchanged"
    # Another time, the same content.
    os.utime(job.folder / "client.yml", (1, 1))
    assert run_job(job).status == "unchanged"
    assert report.stat().st_mtime_ns == made
    (job.folder / "exports").mkdir()
    for change in (
        lambda: (job.folder / "exports" / "deals.csv").write_text("id\n1\n", encoding="utf-8"),
        lambda: (job.folder / "exports" / "deals.csv").write_text("id\n2\n", encoding="utf-8"),
        lambda: (job.folder / "exports" / "deals.csv").unlink(),
        lambda: report.with_name("report.json").unlink(),
        lambda: nbformat.write(notebook(WRITES.format(slug="x"), "1"), path),
    ):
        change()
        toolkit.cache_clear()
        assert run_job(job).status == "made"
        assert run_job(job).status == "unchanged"
    assert run_job(Job(job.folder, job.out, force=True)).status == "made"
    assert run_job(Job(job.folder, job.out, languages=("ru", "en"))).status == "made"
    assert run_job(Job(job.folder, job.out, languages=("en",))).status == "unchanged"
    assert run_job(Job(job.folder, job.out, period="2025-01-01..2025-06-30")).status == "made"


def test_a_damaged_state_is_no_state(use, tmp_path):
    use(WRITES.format(slug="x"))
    job = Job(make_client(tmp_path / "x"), tmp_path / "out")
    run_job(job)
    (state,) = (tmp_path / "out").glob(f"x/*/{STATE_FILE}")
    for text in ("", "{", "[]", '{"schema": 99}', '{"schema": 1, "inputs": 7}'):
        state.write_text(text, encoding="utf-8")
        assert run_job(job).status == "made"


def test_two_runs_at_once_audit_a_client_once(use, tmp_path):
    use("import time; time.sleep(2)", WRITES.format(slug="x"))
    job = Job(make_client(tmp_path / "x"), tmp_path / "out")
    waited = []
    found = []
    threads = [
        threading.Thread(target=lambda: found.append(run_job(job, waiting=lambda: waited.append(1)))) for _ in range(2)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(result.status for result in found) == ["made", "unchanged"]
    assert waited == [1]


def test_a_folder_that_vanishes_midway_is_one_clear_line(use, tmp_path):
    use("import shutil; shutil.rmtree(client)", "open(client + '/client.yml')")
    result = run_job(Job(make_client(tmp_path / "x"), tmp_path / "out"))
    assert result.status == "failed"
    (line,) = result.failure.lines
    assert line.startswith("Окна: section 'Work': FileNotFoundError: ")
    assert str(tmp_path) not in line


needs_root = pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="mounting needs root")


@pytest.fixture
def small_disk(tmp_path):
    """A disk of 3 MB."""
    place = tmp_path / "диск"
    place.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", str(place)], capture_output=True)
    if mounted.returncode:
        pytest.skip(f"tmpfs cannot be mounted here: {mounted.stderr.decode().strip()}")
    yield place
    subprocess.run(["umount", "-l", str(place)], check=True)


@needs_root
def test_a_full_disk_keeps_the_last_good_report(use, tmp_path, small_disk):
    use(WRITES.format(slug="x"))
    job = Job(make_client(tmp_path / "x"), small_disk / "out")
    assert run_job(job).status == "made"
    before = {path: path.read_bytes() for path in (small_disk / "out" / "x").glob("2026*/**/*") if path.is_file()}
    use(WRITES.format(slug="x"), "(report / 'big.bin').write_bytes(bytes(4_000_000))")
    result = run_job(job)
    assert result.status == "failed"
    assert "No space left on device" in result.failure.lines[0]
    after = {path: path.read_bytes() for path in (small_disk / "out" / "x").glob("2026*/**/*") if path.is_file()}
    assert after == before


@needs_root
def test_a_read_only_folder_is_one_clear_line(use, tmp_path, small_disk):
    use(WRITES.format(slug="x"))
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    result = run_job(Job(make_client(tmp_path / "x"), small_disk / "out"))
    assert result.status == "failed"
    assert result.failure.lines == ("Read-only file system: out",)


DRIVER = """
    import sys
    from pathlib import Path
    from helpers import cli
    from helpers.batch import job, run

    for module in (run, job):
        module.NOTEBOOK = Path(sys.argv[1])
    if __name__ == "__main__":
        sys.exit(cli.main(sys.argv[2:]))
"""


@pytest.fixture
def batch(tmp_path, use):
    """Start `audit run` over four clients whose notebook takes a while; the process leads its own group."""
    script = tmp_path / "driver.py"
    script.write_text(textwrap.dedent(DRIVER), encoding="utf-8")
    slug = "{slug}"
    cells = [
        "import os, time\nopen(client + '/begun', 'a').write(str(os.getpid()) + '\\n')",
        "time.sleep(float(open(client + '/seconds').read()))",
        "slug = Path(client).name\n"
        + WRITES.replace('"{slug}"', slug.strip("{}")).replace("{{", "{").replace("}}", "}"),
    ]
    cells[0] = "from pathlib import Path\n" + cells[0]
    path = use(*cells)
    for name in "abcd":
        folder = make_client(tmp_path / "clients" / name)
        (folder / "seconds").write_text("4", encoding="utf-8")

    def start(*more: str) -> subprocess.Popen:
        arguments = ["run", str(tmp_path / "clients"), "--out", str(tmp_path / "out"), "--jobs", "2", *more]
        return subprocess.Popen(
            [sys.executable, str(script), str(path), *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
            # Where the tests run in the background of a shell, Ctrl-C is ignored and that is inherited.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        )

    return start


def begun(tmp_path: Path, count: int) -> list[int]:
    """Wait until so many notebooks run; their processes."""
    end = time.monotonic() + 120
    while time.monotonic() < end:
        files = list((tmp_path / "clients").glob("*/begun"))
        if len(files) >= count:
            return [int(file.read_text().split()[-1]) for file in files]
        time.sleep(0.1)
    raise AssertionError("the notebooks have not begun")


def test_ctrl_c_lets_the_running_clients_finish(batch, tmp_path):
    process = batch()
    begun(tmp_path, 2)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=120)
    assert process.returncode == 130
    assert "finishing 2 running - press Ctrl-C again to stop now" in err
    states = sorted(row.split()[3] for row in out.splitlines()[1:])
    assert states == ["made", "made", "stopped", "stopped"]


def test_the_second_ctrl_c_stops_them(batch, tmp_path):
    for file in (tmp_path / "clients").glob("*/seconds"):
        file.write_text("300", encoding="utf-8")
    process = batch()
    workers = begun(tmp_path, 2)
    for _ in range(2):
        process.send_signal(signal.SIGINT)
        time.sleep(1)
    out, _ = process.communicate(timeout=60)
    assert process.returncode == 130
    assert [row.split()[3] for row in out.splitlines()[1:]] == 4 * ["stopped"]
    assert gone(workers)


def test_after_a_kill_nothing_runs_on_and_the_next_run_goes_on(batch, tmp_path):
    process = batch()
    workers = begun(tmp_path, 2)
    process.kill()
    process.communicate()
    assert gone(workers)
    again = batch()
    out, err = again.communicate(timeout=180)
    assert again.returncode == 0, err
    assert sorted(row.split()[3] for row in out.splitlines()[1:]) == 4 * ["made"]
    hidden = sorted(path.name for path in (tmp_path / "out").glob("**/.*") if path.is_dir())
    assert hidden == []
    whole = json.loads((tmp_path / "out" / "batch.json").read_text(encoding="utf-8"))
    assert [(row["client"], row["status"]) for row in whole["clients"]] == [(name, "made") for name in "abcd"]
    assert str(tmp_path) not in json.dumps(whole)


def test_a_list_of_clients_with_parameters_of_their_own(use, tmp_path, capsys):
    use(WRITES.format(slug="007"))
    make_client(tmp_path / "007")
    (tmp_path / "clients.csv").write_text("client;lang;period\n007;ru,en;\n", encoding="utf-8")
    assert cli.main(["run", str(tmp_path / "clients.csv"), "--out", str(tmp_path / "out")]) == 0
    rows = [row.split() for row in capsys.readouterr().out.splitlines()[1:]]
    assert [(row[0], row[1], row[3]) for row in rows] == [("007", "ru", "made"), ("007", "en", "made")]
    (tmp_path / "clients.yml").write_text("- 007\n- {client: 007, lang: [uk], period: 2026-01-01..2026-03-31}\n")
    assert cli.main(["run", str(tmp_path / "clients.yml"), "--out", str(tmp_path / "out")]) == 0
    rows = [row.split() for row in capsys.readouterr().out.splitlines()[1:]]
    assert [(row[0], row[1], row[3]) for row in rows] == [("007", "ru", "unchanged"), ("007", "uk", "made")]


def test_a_wrong_list_stops_before_anything_runs(use, tmp_path, capsys):
    use(WRITES.format(slug="a"))
    make_client(tmp_path / "a")
    (tmp_path / "clients.csv").write_text(
        "client,lang,period,color\na,xx,,\na,,yesterday,\nb,,,\na,,,red\n", encoding="utf-8"
    )
    assert cli.main(["run", str(tmp_path / "clients.csv"), "--out", str(tmp_path / "out")]) == 2
    assert "clients.csv:4: b: there is no client.yml in this folder" in capsys.readouterr().err
    (tmp_path / "clients.csv").write_text(
        "client,lang,period,color\na,xx,,\na,,yesterday,\na,,,red\n", encoding="utf-8"
    )
    assert cli.main(["run", str(tmp_path / "clients.csv"), "--out", str(tmp_path / "out")]) == 2
    told = capsys.readouterr().err
    assert "clients.csv:2: lang: unknown language 'xx'" in told
    assert "clients.csv:3: period: period 'yesterday' must look like" in told
    assert "clients.csv:4: color: there is no such parameter" in told
    assert not (tmp_path / "out").exists()


def test_a_worker_that_cannot_start_says_what_to_do(monkeypatch):
    from helpers.batch import workers

    class Broken:
        def Pipe(self):  # noqa: N802
            import multiprocessing

            return multiprocessing.Pipe()

        def Process(self, **_):  # noqa: N802
            return self

        def set_forkserver_preload(self, _):
            pass

        def start(self):
            raise OSError("no more processes")

    monkeypatch.setattr(workers, "get_context", lambda _: Broken())
    with pytest.raises(RunError, match="no worker could be started: no more processes - see `audit doctor`"):
        run_in_worker(notebook(), {})
