"""A run's results as they are judged: the figures of `evaluate`, and clear refusals."""

import shutil
from dataclasses import replace

import pytest

from dbs_core.datasets.formats import load_truth
from dbs_core.evaluation.diagnosis.diagnose import diagnose
from dbs_core.evaluation.judged_file import judged_file
from dbs_core.evaluation.protocols.rules import ACTIVITYNET, THUMOS
from dbs_core.runs.judged_run import judged_run
from dbs_core.runs.places import SAMPLE, SAMPLE_DATA
from dbs_core.runs.run import Run
from dbs_core.runtime import files
from dbs_core.runtime.errors import InputError


@pytest.fixture
def copied(tmp_path):
    """The shipped sample's results without its model."""
    shutil.copytree(SAMPLE / "results", tmp_path / "run" / "results")
    shutil.copy(SAMPLE / "run.json", tmp_path / "run")
    return Run.open(tmp_path / "run")


def test_the_figures_are_those_of_the_run_s_own_file():
    """Read back from what the run wrote, against the annotation it came from."""
    run = Run.open(SAMPLE)
    own = diagnose(judged_run(run), tiou=THUMOS.tiou)
    truth = load_truth(SAMPLE_DATA, "test", "exchange")
    written = judged_file(SAMPLE / "detections" / "test.json", truth, THUMOS)
    same = diagnose(written, tiou=THUMOS.tiou)
    assert own.report.mean.tolist() == same.report.mean.tolist()
    assert own.by_group.tolist() == same.by_group.tolist()
    assert own.stages is not None
    assert same.stages is None
    shipped = files.read_json(SAMPLE / "figures.json")["dbs"]["map"]
    assert list(shipped.values()) == pytest.approx(100 * own.report.mean)


def test_a_run_is_judged_by_either_rule():
    assert judged_run(Run.open(SAMPLE), rule=ACTIVITYNET).rule is ACTIVITYNET


def test_what_cannot_be_read_is_said(copied):
    first, *rest = copied.result_files("test")
    first.write_bytes(b"half")
    counted = judged_run(copied).counted
    assert counted.videos == len(rest)
    assert list(counted.damaged) == [first.stem]


def test_a_run_without_results_says_how_to_make_them(copied):
    with pytest.raises(InputError, match=r"no results of split train.*one of test"):
        judged_run(copied, "train")
    shutil.rmtree(copied.root / "results")
    with pytest.raises(InputError, match=r"no results of split test\. Detect in its"):
        judged_run(copied)


def test_nothing_readable_says_why(copied):
    for path in copied.result_files("test"):
        path.write_bytes(b"half")
    with pytest.raises(InputError, match="4 that cannot be read"):
        judged_run(copied)


def test_results_without_truth_do_not_count(copied):
    """As those of own videos, which nobody annotated."""
    every = list(copied.results("test"))
    copied.write_result(replace(every[0], truth=None))
    assert judged_run(copied).counted.videos == len(every) - 1
    for result in every[1:]:
        copied.write_result(replace(result, truth=None))
    with pytest.raises(InputError, match=r"no result with truth.*4 without truth"):
        judged_run(copied)
