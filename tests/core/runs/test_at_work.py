"""Two processes on one run: one works, the other says so."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

import dbs_core
from dbs_core.datasets import open_dataset
from dbs_core.method.features.cache import FeatureCache
from dbs_core.method.settings import Settings
from dbs_core.runs.at_work import Occupied, at_work
from dbs_core.runs.detecting import Detector, detect_all
from dbs_core.runs.folder import claim
from dbs_core.training.train_run import train_run
from tests.core.colour_dataset import write_dataset
from tests.core.small_model import MeanColours, small_model, small_run

HOLDER = """
import sys
from pathlib import Path
from dbs_core.runs.at_work import at_work
with at_work(Path(sys.argv[1])):
    print("begun", flush=True)
    sys.stdin.readline()
"""


@pytest.fixture(scope="module")
def dataset(tmp_path_factory):
    return open_dataset(write_dataset(tmp_path_factory.mktemp("made") / "colours"))


@pytest.fixture
def busy(tmp_path):
    """A run that another process writes."""
    root = tmp_path / "run"
    claim(root)
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(root)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(dbs_core.__file__).parents[1],
    )
    assert process.stdout.readline() == "begun\n"
    yield root
    process.communicate("\n")


def contents(root: Path) -> dict[str, bytes]:
    return {
        str(p.relative_to(root)): p.read_bytes() for p in root.rglob("*") if p.is_file()
    }


def test_training_says_so_and_touches_nothing(busy, dataset):
    before = contents(busy)
    with pytest.raises(Occupied, match=r"run: another process is at work .*Wait"):
        train_run(dataset, busy, replace(Settings(), crops=False))
    assert contents(busy) == before


def test_the_next_may_when_the_first_has_ended(tmp_path):
    claim(tmp_path)
    for _ in range(2):
        with at_work(tmp_path):
            pass


def test_in_one_process_too(tmp_path):
    """The app's lanes of jobs are threads."""
    with at_work(tmp_path), pytest.raises(Occupied), at_work(tmp_path):
        pass


def test_detection_says_so(busy, dataset, tmp_path):
    run = small_run(busy)
    cache = FeatureCache(tmp_path / "cache")
    with pytest.raises(Occupied):
        detect_all(
            dataset.split("test"), Detector(run, small_model(), MeanColours, cache)
        )
    assert not (busy / "results").exists()
