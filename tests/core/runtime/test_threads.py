"""One number of threads, whatever the machine or its owner says; more cores beside."""

import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path

import av
import pytest
import torch

import dbs_core
from dbs_core.runs.places import SAMPLE_DATA
from dbs_core.runtime import threads
from dbs_core.runtime.errors import InputError
from dbs_core.runtime.threads import THREADS, fixed_threads, side_by_side

pytestmark = pytest.mark.usefixtures("default_threads")

DETECT = """
import hashlib, sys
from pathlib import Path
from dataclasses import replace
from dbs_core.datasets import open_dataset
from dbs_core.method.settings import Settings
from dbs_core.runs.detecting import Detector, detect_all
from dbs_core.runs.run import Run
from dbs_core.training.train_run import train_run

data, root = open_dataset(Path(sys.argv[1])), Path(sys.argv[2])
settings = Settings()
settings = replace(
    settings,
    epitome=replace(settings.epitome, grid=16),
    training=replace(settings.training, epochs=2),
    control=replace(settings.control, epochs=2),
    head=replace(settings.head, epochs=2),
)
train_run(data, root, settings)
detect_all(data.split("test"), Detector.open(Run.open(root)))
for path in sorted(root.rglob("*")):
    # Summaries keep when the results were written.
    if path.is_file() and path.name not in ("run.json", "summaries-test.npz"):
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        print(path.relative_to(root), digest)
"""


@pytest.fixture
def two_videos(tmp_path):
    """A video to learn from, one to look at: the first seconds of the sample's."""
    folder, left = tmp_path / "data", {"run", "run-flow", "validation", "test"}
    shutil.copytree(SAMPLE_DATA, folder, ignore=lambda _, names: left & set(names))
    for split in ("validation", "test"):
        (folder / split).mkdir()
        name = f"video_{split}_0000001.mp4"
        begin_of(SAMPLE_DATA / split / name, folder / split / name)
    return folder


def begin_of(source: Path, path: Path, seconds: float = 4.0) -> None:
    """Copy the packets of a video's first seconds."""
    with av.open(str(source)) as given, av.open(str(path), "w") as out:
        stream = out.add_stream_from_template(given.streams.video[0])
        for packet in given.demux(given.streams.video[0]):
            if packet.dts is None or packet.dts * packet.time_base > seconds:
                break
            packet.stream = stream
            out.mux(packet)


def made(data: Path, root: Path, number: str) -> str:
    """Train and detect in a process of its own; give the digests of all files."""
    done = subprocess.run(
        [sys.executable, "-c", DETECT, str(data), str(root)],
        capture_output=True,
        text=True,
        check=False,
        cwd=Path(dbs_core.__file__).parents[1],
        env={
            "PATH": "/usr/bin:/bin",
            "HOME": str(root),
            "OMP_NUM_THREADS": number,
            "OMP_WAIT_POLICY": "PASSIVE",
        },
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_same_bytes_whatever_omp_num_threads_says(two_videos, tmp_path):
    """With the real network: it alone takes another algorithm on one thread."""
    one, four = (made(two_videos, tmp_path / n, n) for n in ("1", "4"))
    assert one.count("\n") > 10
    assert one == four


def test_the_number_is_put_back_when_the_last_block_ends():
    torch.set_num_threads(3)
    try:
        with fixed_threads():
            assert torch.get_num_threads() == THREADS
            with fixed_threads(1):  # the outermost says how many
                assert torch.get_num_threads() == THREADS
            assert torch.get_num_threads() == THREADS
        assert torch.get_num_threads() == 3
    finally:
        torch.set_num_threads(1)


def test_jobs_on_other_threads_have_it_too():
    seen = []

    def job():
        with fixed_threads():
            seen.append(torch.get_num_threads())

    with fixed_threads():
        other = threading.Thread(target=job)
        other.start()
        other.join()
        assert torch.get_num_threads() == THREADS
    assert seen == [THREADS]


@pytest.mark.parametrize("said", ["0", "-1", "two", "1e9", "9999", "²"])
def test_what_is_no_number_is_refused(monkeypatch, said):
    monkeypatch.setenv("DBS_THREADS", said)
    with (
        pytest.raises(InputError, match="DBS_THREADS, wanted 1 to 256"),
        fixed_threads(),
    ):
        pass


def test_another_number_may_be_asked_for(monkeypatch):
    monkeypatch.setenv("DBS_THREADS", "5")
    with fixed_threads():
        assert torch.get_num_threads() == 5


class TestSideBySide:
    @pytest.fixture(autouse=True)
    def cores(self, monkeypatch):
        monkeypatch.setattr(threads, "_ALLOWED", 8)

    def test_in_order_and_at_once(self):
        at_once, most, lock = 0, 0, threading.Lock()

        def work(number):
            nonlocal at_once, most
            with lock:
                at_once += 1
                most = max(most, at_once)
            assert torch.get_num_threads() == THREADS
            time.sleep(0.01 * (number % 3))
            with lock:
                at_once -= 1
            return number

        with fixed_threads():
            assert list(side_by_side(work, range(20))) == list(range(20))
        assert 2 <= most <= 8 // THREADS

    def test_an_error_comes_through_and_nothing_goes_on(self):
        begun = []

        def work(number):
            begun.append(number)
            if number == 2:
                raise InputError("odd")
            return number

        with fixed_threads(), pytest.raises(InputError, match="odd"):
            list(side_by_side(work, range(1000)))
        assert len(begun) < 20

    def test_no_more_is_asked_for_than_is_worked_at(self):
        asked = []

        def given():
            for number in range(100):
                asked.append(number)
                yield number

        with fixed_threads():
            found = side_by_side(lambda number: number, given())
            assert next(found) == 0
            assert len(asked) <= 8 // THREADS + 1
