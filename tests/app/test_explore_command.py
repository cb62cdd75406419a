"""`explore` started for real, from a folder of somebody's: this app, and no other's."""

import os
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from dbs_core.runs.run import Run
from tests.app.conftest import free_port, wait_for
from tests.app.test_loopback import listening
from tests.shared_data import ROOT


def refuses(port: int) -> bool:
    """Say whether nobody listens."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_it_serves_this_computer_alone_and_ends_when_told(
    made_run: Run, tmp_path: Path
) -> None:
    """Settings of the folder it is started in are not the app's."""
    (tmp_path / ".streamlit").mkdir()
    foreign = '[server]\naddress = "0.0.0.0"\nbaseUrlPath = ""\n'
    (tmp_path / ".streamlit" / "config.toml").write_text(foreign)
    port = free_port()
    words = ["explore", str(made_run.root), "--no-browser", "--port", str(port)]
    kept = {f"DBS_{name}": str(tmp_path / name) for name in ("HOME", "CACHE")}
    clean = {k: v for k, v in os.environ.items() if not k.startswith("STREAMLIT_")}
    with (tmp_path / "server.txt").open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "dbs_core", *words],
            cwd=tmp_path,
            env=clean | kept | {"PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"},
            stdout=out,
            stderr=subprocess.STDOUT,
        )
    try:
        wait_for(f"http://127.0.0.1:{port}", process)
        found = listening(process.pid)
        assert port in {one for _, one in found}
        assert {address for address, _ in found if not address.is_loopback} == set()
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=10) as page:
            assert b"<title>" in page.read()
    finally:
        process.terminate()
        process.wait(timeout=20)
    assert refuses(port)
