"""Commands on Dask's workers: the bytes of one process, whoever is killed meanwhile.

With a real scheduler and real workers, of which one or the other gets SIGKILL in the
middle of the work.
"""

import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from contextlib import contextmanager

import pytest

from dbs_core.cli.main import main
from dbs_core.method.features.backbones import opening
from dbs_core.runtime import workers
from tests.core.colour_dataset import VIDEOS, write_actions, write_dataset
from tests.core.dask_processes import dask
from tests.core.small_model import MeanColours
from tests.kills.test_kills import SMALL, digests
from tests.shared_data import ROOT

pytestmark = pytest.mark.slow

WORKER = "tests.core.colour_worker"
MORE = 3
"""Videos to look at, beside those of the set."""
SLOW_S = "0.3"
COMMAND = """
import sys
import tests.core.colour_worker
from dbs_core.cli.main import main

sys.exit(main(sys.argv[1:]))
"""


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    """A small set, two of whose videos cannot be read."""
    root = write_dataset(tmp_path_factory.mktemp("workers") / "data")
    actions = VIDEOS["video_test_0000001"]
    for number in range(3, 3 + MORE):
        name = f"video_test_{number:07d}.mp4"
        write_actions(root / "test" / name, actions, seed=number)
    (root / "test" / "video_test_0000009.mp4").write_text("no video")
    return root


@pytest.fixture(scope="module")
def cheap_network():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(opening, "EfficientNetLite0", lambda device: MeanColours())
        yield


def words(data, run, *more):
    """The command lines that make a run and look at what it finds."""
    return {
        "train": ["train", str(data), "--run", str(run), "--crops", *SMALL, *more],
        "detect": ["detect", str(data), "--run", str(run), *more],
        "evaluate": ["evaluate", "--run", str(run), "--control", "--ceilings", *more],
    }


@pytest.fixture(scope="module")
def alone(data, cheap_network, tmp_path_factory):
    """What one process leaves: everything after training, and after the others."""
    root = tmp_path_factory.mktemp("alone")
    lines = words(data, root / "run")
    assert main(lines["train"]) == 0
    trained = tmp_path_factory.mktemp("trained") / "run"
    shutil.copytree(root / "run", trained)
    assert main(lines["detect"]) == 1  # one video cannot be read
    assert main(lines["evaluate"]) == 1
    return trained, digests(root)


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    with dask(tmp_path_factory.mktemp("dask")) as found:
        found.add(2, "--preload", WORKER)
        yield found


def test_the_same_bytes_as_of_one_process(data, alone, running, tmp_path, capsys):
    """Trained, detected, evaluated; a video that cannot be read is said."""
    lines = words(data, tmp_path / "run", "--scheduler", running.address)
    assert main(lines["train"]) == 0
    assert main(lines["detect"]) == 1
    said = capsys.readouterr().err
    assert [line for line in said.splitlines() if "failed" in line] == [
        line
        for line in said.splitlines()
        if line.startswith("failed video_test_0000009")
    ]
    assert main(lines["evaluate"]) == 1
    assert digests(tmp_path) == alone[1]


def for_processes_here():
    """What the environment must say to processes that a command starts."""
    path = os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH"))))
    return {"PYTHONPATH": path, "DASK_DISTRIBUTED__WORKER__PRELOAD": WORKER}


def begin(words, **environment):
    """Start a command in a process group of its own."""
    return subprocess.Popen(
        [sys.executable, "-W", "ignore", "-c", COMMAND, *words],
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env=os.environ | environment,
        start_new_session=True,
        # Where the tests themselves run behind a shell's &, it is deaf to Ctrl-C.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )


def wait_for_results(run, count, process):
    """Wait until some results are there, and not all."""
    while len(list(run.glob("results/*/*.npz"))) < count:
        assert process.poll() is None, process.stderr.read()
        time.sleep(0.02)
    assert process.poll() is None


def finished_like(alone, root):
    """Say whether what was detected, and all else, is what one process leaves."""
    wanted, found = alone[1], digests(root)
    evaluated = {name for name in wanted if "figures" in name}
    assert found == {n: d for n, d in wanted.items() if n not in evaluated}


@contextmanager
def killed_in_the_middle(process, run):
    """Kill a process once a result is there."""

    def kill():
        while not stopped.is_set():
            if list(run.glob("results/*/*.npz")):
                process.kill()
                return
            time.sleep(0.02)

    stopped = threading.Event()
    killer = threading.Thread(target=kill)
    killer.start()
    try:
        yield
    finally:
        stopped.set()
        killer.join()
    assert process.wait(timeout=60) == -signal.SIGKILL


def test_a_killed_workers_work_is_done_again(
    data, alone, cheap_network, tmp_path, capsys
):
    run = tmp_path / "run"
    shutil.copytree(alone[0], run)
    with dask(tmp_path / "dask") as running:
        running.add(2, "--preload", WORKER, DBS_TEST_SLOW_S=SLOW_S)
        with killed_in_the_middle(running.workers[0], run):
            detect = words(data, run, "--scheduler", running.address)["detect"]
            assert main(detect) == 1
    shutil.rmtree(tmp_path / "dask")
    said = capsys.readouterr().err
    assert said.count("failed") == said.count("failed video_test_0000009") == 1
    finished_like(alone, tmp_path)


def test_after_a_killed_scheduler_the_command_is_given_again(
    data, alone, cheap_network, tmp_path, capsys, monkeypatch
):
    monkeypatch.setattr(workers, "ANSWER_S", 3)
    run = tmp_path / "run"
    shutil.copytree(alone[0], run)
    with dask(tmp_path / "dask") as running:
        running.add(2, "--preload", WORKER, DBS_TEST_SLOW_S=SLOW_S)
        with killed_in_the_middle(running.scheduler, run):
            detect = words(data, run, "--scheduler", running.address)["detect"]
            assert main(detect) == 2
    assert lines_of(capsys.readouterr().err) == [
        f"error: {running.address}: the scheduler is gone. Start one and give the same "
        "command again: what was finished is kept."
    ]
    there = sorted((run / "results" / "test").glob("*.npz"))
    kept = {path: path.stat().st_mtime_ns for path in there}
    assert 1 <= len(kept) < 2 + MORE
    monkeypatch.undo()
    with dask(tmp_path / "dask") as running:
        running.add(1, "--preload", WORKER)
        assert main(words(data, run, "--scheduler", running.address)["detect"]) == 1
    shutil.rmtree(tmp_path / "dask")
    assert {path: path.stat().st_mtime_ns for path in there} == kept
    finished_like(alone, tmp_path)


def test_processes_of_this_computer_end_with_the_command(
    data, alone, cheap_network, tmp_path
):
    """Stopped as by Ctrl-C, which the workers get too, then ended: the same bytes."""
    shutil.copytree(alone[0], tmp_path / "run")
    lines = words(data, tmp_path / "run")
    slow = {"DBS_TEST_SLOW_S": "2", **for_processes_here()}  # busy cores hear late
    for count, sent in ((1, signal.SIGINT), (3, signal.SIGTERM)):
        process = begin([*lines["detect"], "--workers", "2"], **slow)
        wait_for_results(tmp_path / "run", count, process)
        os.killpg(process.pid, sent)
        _, said = process.communicate(timeout=300)
        if sent == signal.SIGINT:
            assert process.returncode == 130, said
            assert lines_of(said) == [
                "stopped; what was finished is kept, the same command goes on from "
                "there"
            ]
        else:
            assert process.returncode == -sent, said
        wait_until_gone(process.pid)
    assert main(lines["detect"]) == 1
    finished_like(alone, tmp_path)


def lines_of(said):
    """Give what was said beside progress."""
    return [line for line in said.splitlines() if not line.startswith("[")]


def wait_until_gone(group):
    """Wait until no process of a group is left."""
    for _ in range(600):
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return
        time.sleep(0.1)
    raise AssertionError(f"processes of group {group} are left")
