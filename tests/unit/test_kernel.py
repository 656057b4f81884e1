"""Where a notebook's kernel comes from and how it is reached."""

import os
import sys
import tempfile
from pathlib import Path

import pytest

from helpers.batch.kernel import OwnKernelManager, kernel_config


def test_the_kernel_is_the_running_interpreter_whatever_is_installed(tmp_path, monkeypatch):
    foreign = tmp_path / "kernels" / "python3"
    foreign.mkdir(parents=True)
    (foreign / "kernel.json").write_text('{"argv": ["elsewhere"], "display_name": "x", "language": "python"}', "utf-8")
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path))
    manager = OwnKernelManager(kernel_name="python3")
    assert manager.format_kernel_cmd()[:3] == [sys.executable, "-m", "ipykernel_launcher"]


@pytest.mark.skipif(os.name != "posix", reason="Unix sockets are for POSIX")
def test_sockets_lie_in_a_private_folder_that_goes_away():
    with kernel_config() as config:
        manager = OwnKernelManager(kernel_name="python3", config=config)
        folder = Path(manager.connection_file).parent
        assert manager.transport == "ipc"
        assert folder.stat().st_mode & 0o077 == 0
    assert not folder.exists()


def test_a_path_too_long_for_a_socket_goes_over_tcp(tmp_path, monkeypatch):
    deep = tmp_path / ("x" * 100)
    deep.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(deep))
    with kernel_config() as config:
        assert OwnKernelManager(kernel_name="python3", config=config).transport == "tcp"
