"""One made run and one server for all tests of the explorer."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from dbs_core.records import VideoResult
from dbs_core.runs.places import SAMPLE, run_id
from dbs_core.runs.run import Run
from explorer.sources import known_folders
from tests.app.make_run import make_run
from tests.app.real_run import write_real_run
from tests.shared_data import ROOT, shared_data


@dataclass(frozen=True)
class Site:
    """A running explorer and the run it shows."""

    address: str
    run: Run
    run_id: str
    pid: int


@pytest.fixture(autouse=True)
def _no_folders_of_others() -> None:
    """Forget what another test opened in the page."""
    known_folders._of_this_server().clear()
    known_folders.state_file().unlink(missing_ok=True)


@pytest.fixture(scope="session")
def made_run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return make_run(tmp_path_factory.mktemp("runs") / "made")


def free_port() -> int:
    """Give a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(
    address: str, process: subprocess.Popen[bytes], seconds: float = 40
) -> None:
    """Wait until the explorer answers."""
    end = time.monotonic() + seconds
    while time.monotonic() < end and process.poll() is None:
        try:
            urllib.request.urlopen(f"{address}/_stcore/health", timeout=2).close()
            return
        except OSError:
            time.sleep(0.2)
    raise RuntimeError(f"the explorer did not start: exit {process.poll()}")


@contextmanager
def serve(run: Run, folder: Path, **environment: str) -> Iterator[Site]:
    """Start the explorer on a run as a user does, from another folder.

    What it keeps goes into that folder, not beside the program.
    """
    port = free_port()
    command = [sys.executable, "-m", "streamlit", "run", str(ROOT / "run_app.py")]
    options = ["--server.headless=true"]
    with (folder / "server.txt").open("wb") as out:
        process = subprocess.Popen(
            [*command, *options, f"--server.port={port}"],
            cwd=folder,
            env=os.environ
            | {"DBS_RUNS": str(run.root), "DBS_HOME": str(folder / "home")}
            | {"DBS_CACHE": str(folder / "cache")}
            | {"DBS_STATE": str(folder / "state")}
            | {"OMP_NUM_THREADS": "1"}
            | environment,
            stdout=out,
            stderr=subprocess.STDOUT,
        )
    try:
        wait_for(f"http://127.0.0.1:{port}", process)
        yield Site(f"http://127.0.0.1:{port}", run, run_id(run.root), process.pid)
    finally:
        process.terminate()
        process.wait(timeout=10)


@pytest.fixture(scope="session")
def site(made_run: Run, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """One explorer for all tests that need a server."""
    folder, runs = tmp_path_factory.mktemp("server"), str(made_run.root.parent)
    with serve(made_run, folder, DBS_RUNS=runs) as running:
        yield running


@dataclass(frozen=True)
class Shown:
    """A video that the explorer shows: of the made run, the sample, or real video."""

    run: Run
    split: str
    video_id: str

    @property
    def query(self) -> dict[str, str]:
        """Its part of an address."""
        return {
            "run": run_id(self.run.root),
            "split": self.split,
            "video": self.video_id,
        }

    @property
    def result(self) -> VideoResult:
        """Its records."""
        return self.run.result(self.split, self.video_id)


@pytest.fixture(scope="session")
def real_run(made_run: Run) -> Run:
    """A run of real video beside the made one, where the explorer finds it."""
    data = shared_data("ucf9-untrimmed")
    return write_real_run(made_run.root.parent / "real", data)


@pytest.fixture(scope="session", params=["made", "sample", "real video"])
def shown(request: pytest.FixtureRequest, made_run: Run) -> Shown:
    """One video after the other of all three kinds."""
    if request.param == "made":
        return Shown(made_run, "test", "two_jumps")
    sample = request.param == "sample"
    run = Run.open(SAMPLE) if sample else request.getfixturevalue("real_run")
    split = run.splits[0]
    return Shown(run, split, next(run.results(split)).video_id)


@pytest.fixture(scope="session")
def artefacts() -> Path:
    """Where screenshots go, for people to look at."""
    folder = ROOT / "artefacts"
    folder.mkdir(exist_ok=True)
    return folder
