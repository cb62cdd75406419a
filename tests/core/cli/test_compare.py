"""`python -m dbs_core compare`: runs and files side by side, refusals in one line."""

import csv
import json
import shutil
from dataclasses import replace

import numpy as np
import pytest

from dbs_core.cli.main import main
from dbs_core.datasets.formats import write_annotation
from dbs_core.records import ClassList, Segments, VideoTruth
from dbs_core.runs.places import SAMPLE, SAMPLE_DATA
from dbs_core.runs.run import Run

CLASSES = ClassList(("CliffDiving", "Diving"), (22, 26))
WRITTEN = SAMPLE / "detections" / "test.json"


@pytest.fixture
def root(tmp_path):
    """A dive of 10 s in each of two test videos; b finds another one than a."""
    dive = VideoTruth(Segments.of([[0.0, 10.0]], [2]), np.zeros((0, 2)))
    write_annotation(tmp_path / "test", {"v": dive, "w": dive}, CLASSES, "test")
    (tmp_path / "a.txt").write_text("v 0 8 26 0.9\nw 40 50 26 0.8\n")
    (tmp_path / "b.txt").write_text("w 0 9 26 0.7\nw 41 50 26 0.6\nw 60 65 22 0.5\n")
    return tmp_path


@pytest.fixture
def other(tmp_path):
    """The sample's results as another run would have them: without one video."""
    shutil.copytree(SAMPLE / "results", tmp_path / "other" / "results")
    shutil.copy(SAMPLE / "run.json", tmp_path / "other")
    return Run.open(tmp_path / "other")


def compare(capsys, *arguments):
    code = main(["compare", *map(str, arguments)])
    said = capsys.readouterr()
    return code, said.out, said.err


def test_two_files(root, capsys):
    options = ("--truth", root, "--protocol", "thumos14", "--draws", 50)
    code, out, _ = compare(
        capsys,
        *("--a", root / "a.txt", "--b", root / "b.txt", *options),
        *("--json", root / "c.json", "--csv", root / "c.csv"),
    )
    assert code == 0
    value = json.loads((root / "c.json").read_text())
    assert value["a"]["map"]["0.5"] == 50
    assert value["b"]["map"]["0.5"] == 50
    assert value["difference"]["0.5"]["estimate"] == 0
    assert value["difference"]["0.5"]["low"] <= 0 <= value["difference"]["0.5"]["high"]
    assert value["difference_by_class"]["CliffDiving"]["0.5"]["estimate"] is None
    assert value["truths"]["0.5"] == {
        "fixed": 1,
        "broken": 1,
        "both wrong": 0,
        "both right": 0,
    }
    assert value["false_alarms"]["0.5"] == {"fixed": 0, "broken": 1, "both wrong": 1}
    with (root / "c.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert [(row["change"], row["what"], row["video"]) for row in rows] == [
        ("broken", "truth", "v"),
        ("fixed", "truth", "w"),
        ("both wrong", "false alarm", "w"),
        ("broken", "false alarm", "w"),
    ]
    assert ["truths", "1", "1", "0", "0"] in [line.split() for line in out.split("\n")]


@pytest.mark.parametrize("truth", [(), ("--truth", SAMPLE_DATA)])
def test_a_run_beside_the_file_that_it_wrote(capsys, truth, tmp_path):
    """The same figures, from the run's truth or from the annotation."""
    code, _, _ = compare(
        capsys,
        *("--a", "sample", "--b", WRITTEN, "--protocol", "thumos14", *truth),
        *("--draws", 20, "--json", tmp_path / "c.json"),
    )
    assert code == 0
    value = json.loads((tmp_path / "c.json").read_text())
    assert value["a"]["map"] == value["b"]["map"]
    assert value["difference"]["0.5"] == {
        "estimate": 0,
        "low": 0,
        "high": 0,
        "above_zero": 0,
    }
    assert value["truths"]["0.5"]["fixed"] == value["truths"]["0.5"]["broken"] == 0


def test_runs_on_different_videos_are_refused(other, capsys):
    other.result_files("test")[0].unlink()
    code, out, err = compare(capsys, "--a", "sample", "--b", other.root)
    assert (code, out) == (2, "")
    assert err.count("\n") == 1
    assert f"{other.root}: other videos than " in err  # both are called sample
    assert "wanted the same 4 videos, got 3" in err


def test_runs_with_other_truth_are_refused(other, capsys):
    result = next(other.results("test"))
    other.write_result(replace(result, truth=VideoTruth.none()))
    code, out, err = compare(capsys, "--a", "sample", "--b", other.root)
    assert (code, out) == (2, "")
    assert f"{other.root}: {result.video_id}: other truth than " in err


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--a", WRITTEN, "--b", WRITTEN, "--protocol", "thumos14"], "and no truth"),
        (["--a", "sample", "--b", WRITTEN], "--protocol thumos14 or activitynet"),
        (["--a", "sample", "--b", "nowhere"], "nowhere: no such run or result file"),
        (["--a", "sample", "--b", SAMPLE_DATA], "run.json"),
        (["--a", "sample", "--b", "sample", "--split", "train"], "no results of split"),
        (["--a", "sample", "--b", "sample", "--at", "0.55"], "--at is no threshold"),
    ],
)
def test_errors_are_one_line_and_code_two(capsys, options, message):
    code, out, err = compare(capsys, *options)
    assert code == 2
    assert out == ""
    assert err.startswith("error: ")
    assert message in err
    assert err.count("\n") == 1
