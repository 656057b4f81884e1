"""The same jobs on other machines: a real scheduler and two workers, as processes on this one."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from helpers import cli
from helpers.batch.cluster import cluster_executor
from helpers.errors import RunError

PROJECT = Path(__file__).parents[2]
SAMPLE = PROJECT / "data_samples" / "two-campaigns"


@pytest.fixture
def cluster():
    """Address of a scheduler with two workers, and the workers' processes."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    address = f"tcp://127.0.0.1:{port}"
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "start_new_session": True}
    command = [sys.executable, "-m", "distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", str(port)]
    processes = [subprocess.Popen([*command, "--no-dashboard"], **quiet)]
    worker = [sys.executable, "-m", "distributed.cli.dask_worker", address, "--no-nanny", "--nthreads", "1"]
    processes += [subprocess.Popen([*worker, "--no-dashboard"], **quiet) for _ in range(2)]
    try:
        yield address, processes[1:]
    finally:
        for process in processes:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def clients(folder: Path, count: int) -> Path:
    import shutil

    for number in range(count):
        shutil.copytree(SAMPLE, folder / f"two-{number}")
    return folder


def figures(out: Path) -> dict[str, str]:
    return {path.relative_to(out).as_posix(): path.read_text(encoding="utf-8") for path in out.glob("*/*/audit.json")}


def test_the_cluster_finds_the_same_and_a_lost_machine_is_made_up_for(cluster, tmp_path, capsys):
    address, workers = cluster
    folder = clients(tmp_path / "clients", 2)
    assert cli.main(["run", str(folder), "--out", str(tmp_path / "here")]) == 0
    process = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "helpers.cli",
            "run",
            str(folder),
            "--out",
            str(tmp_path / "there"),
            "--cluster",
            address,
        ],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=PROJECT,
    )
    end = time.monotonic() + 180
    while time.monotonic() < end and not list((tmp_path / "there").glob("*/.busy")):
        time.sleep(0.2)
    # The first clients are in work: one of the two machines goes.
    os.killpg(workers[0].pid, signal.SIGKILL)
    out, err = process.communicate(timeout=400)
    assert process.returncode == 0, err
    assert [row.split()[3] for row in out.splitlines()[1:]] == 2 * ["made"]
    assert figures(tmp_path / "there") == figures(tmp_path / "here")
    for path in (tmp_path / "there").glob("*/*/*/audit.ipynb"):
        assert str(tmp_path) not in path.read_text(encoding="utf-8")
    assert json.loads((tmp_path / "there" / "batch.json").read_text(encoding="utf-8"))["clients"][0]["status"] == "made"


def test_no_scheduler_is_one_clear_line(monkeypatch):
    from helpers.batch import cluster as module

    monkeypatch.setattr(module, "PATIENCE", 1)
    with (
        pytest.raises(RunError, match=r"no scheduler at tcp://127\.0\.0\.1:9"),
        cluster_executor("tcp://127.0.0.1:9"),
    ):
        pass
