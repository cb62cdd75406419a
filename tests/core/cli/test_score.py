"""`python -m dbs_core score`: tables, JSON in percent, errors in one line."""

import json

import numpy as np
import pytest

from dbs_core.cli.main import main
from dbs_core.cli.score import thresholds
from dbs_core.datasets.formats import write_annotation
from dbs_core.records import ClassList, Segments, VideoTruth
from dbs_core.runtime.errors import InputError
from tests.shared_data import shared_data

CLASSES = ClassList(("CliffDiving", "Diving"), (22, 26))


@pytest.fixture
def root(tmp_path):
    """A small data set: a dive of 10 s in each of two test videos, one validation."""
    dive = VideoTruth(Segments.of([[0.0, 10.0]], [2]), np.array([[50.0, 60.0]]))
    write_annotation(tmp_path / "test", {"v": dive, "w": dive}, CLASSES, "test")
    write_annotation(tmp_path / "val", {"x": dive}, CLASSES, "validation")
    return tmp_path


def score(capsys, *arguments):
    code = main(["score", *map(str, arguments)])
    said = capsys.readouterr()
    return code, said.out, said.err


def test_thumos_table_and_json(root, capsys):
    found = root / "result.txt"
    found.write_text("v 0 8 26 0.9\nw 40 55 26 0.8\nw 0 6.5 26 0.7\n")
    code, out, err = score(
        capsys,
        *("--protocol", "thumos14", "--truth", root, "--detections", found),
        *("--split", "test", "--tiou", "0.5,0.75", "--json", root / "f.json"),
    )
    assert code == 0
    value = json.loads((root / "f.json").read_text())
    assert value["map"] == {"0.5": 100.0, "0.75": 50.0}
    assert value["average"] == 75.0
    assert value["per_class"]["Diving"] == {"0.5": 100.0, "0.75": 50.0}
    assert value["per_class"]["CliffDiving"] == {"0.5": None, "0.75": None}
    lines = out.split("\n")
    assert "IoU > threshold" in lines[0]
    assert lines[2].split() == ["class", "truths", "0.5", "0.75"]
    assert ["CliffDiving", "0", "-", "-"] in [line.split() for line in lines]
    assert ["mAP", "2", "100.00", "50.00"] in [line.split() for line in lines]
    assert "1 of 2 classes have no truth" in err


def test_activitynet_json_truth_and_csv_detections(root, capsys):
    truth = root / "truth.json"
    entry = {
        "subset": "validation",
        "annotations": [{"label": "Diving", "segment": [0, 10]}],
    }
    truth.write_text(json.dumps({"database": {"v": entry}}))
    found = root / "result.csv"
    found.write_text("video,start_s,end_s,label,score\nv,0,5,Diving,0.9\n")
    arguments = ("--protocol", "activitynet", "--truth", truth, "--detections", found)
    code, out, _ = score(capsys, *arguments, "--tiou", "0.5:0.25:1")
    assert code == 0
    assert ["mAP", "1", "100.00", "0.00", "0.00"] in [
        x.split() for x in out.split("\n")
    ]


def test_frames_from_csv(root, capsys):
    found = root / "frames.csv"
    lines = [f"{v},{t},0,{float(t < 10)}" for v in "vw" for t in range(20)]
    found.write_text("video,time_s,CliffDiving,Diving\n" + "\n".join(lines))
    code, out, _ = score(
        capsys,
        *("--protocol", "frames", "--truth", root, "--detections", found),
        *("--max-filter", 5, "--json", root / "f.json"),
    )
    assert code == 0
    value = json.loads((root / "f.json").read_text())
    assert value["map"] == {"frame": value["average"]}
    # The maximum lights up two frames after each dive, and two before the second
    # video's start: 4 false ones come before its dive, equal scores go by time.
    want = 250 + sum(i / (i + 4) for i in range(251, 501))
    assert value["average"] == pytest.approx(100 * want / 500)
    assert "all 1000 frames at 25 fps" in out


def test_cdc_s_steps_and_the_prior(root, capsys):
    found = root / "result.txt"
    found.write_text("v 0 10 22 0.9\nv 0 9 22 0.8\n")
    arguments = ("--protocol", "thumos14", "--truth", root, "--detections", found)
    _, out, _ = score(capsys, *arguments, "--tiou", "0.5")
    assert ["mAP", "2", "0.00"] in [line.split() for line in out.split("\n")]
    _, out, _ = score(capsys, *arguments, "--tiou", "0.5", "--cdc", "--duration-prior")
    assert ["mAP", "2", "50.00"] in [line.split() for line in out.split("\n")]
    assert "scores times a duration prior" in out


def test_what_does_not_fit_is_noted(root, capsys):
    found = root / "result.txt"
    found.write_text("v 9 0 26 0.9\nother 0 1 26 0.5\nv 0 1 99 0.5\n")
    code, _, err = score(
        capsys, "--protocol", "thumos14", "--truth", root, "--detections", found
    )
    assert code == 0
    assert "1 x start after end" in err
    assert "1 x class id 99" in err
    assert "1 of 2 videos with detections are not in the truth" in err


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"--detections": "nowhere.txt"}, "nowhere.txt"),
        ({"--truth": "nowhere"}, "nowhere"),
        ({"--tiou": "half"}, "got 'half'"),
        ({"--split": "train"}, "train"),
        ({"--protocol": "frames", "--tiou": "0.5"}, "no tIoU"),
    ],
)
def test_errors_are_one_line_and_code_two(root, capsys, change, message):
    (root / "r.txt").write_text("v 0 1 26 0.5\n")
    arguments = {
        "--protocol": "thumos14",
        "--truth": root,
        "--detections": root / "r.txt",
    }
    flat = [x for pair in (arguments | change).items() for x in pair]
    code, out, err = score(capsys, *flat)
    assert code == 2
    assert out == ""
    assert err.startswith("error: ")
    assert message in err
    assert err.count("\n") == 1


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("0.5", [0.5]),
        ("0.3,0.5", [0.3, 0.5]),
        ("0.5:0.05:0.95", np.linspace(0.5, 0.95, 10).tolist()),
        ("0.1:0.1:0.7", np.linspace(0.1, 0.7, 7).tolist()),
    ],
)
def test_thresholds(text, values):
    assert thresholds(text).tolist() == values


@pytest.mark.parametrize(
    "text", ["", "x", "1.5", "-0.1", "0.5:0:0.9", "0.9:0.1:0.5", "nan", "0.1:0.2"]
)
def test_bad_thresholds(text):
    with pytest.raises(InputError, match=f"got '{text}'"):
        thresholds(text)


def test_a_published_file_by_the_command_line(tmp_path, capsys):
    code, out, _ = score(
        capsys,
        *("--protocol", "thumos14", "--truth", shared_data("thumos14")),
        *("--detections", shared_data("detections", "rc3d_thumos14_test.txt")),
        *("--json", tmp_path / "f.json"),
    )
    assert code == 0
    value = json.loads((tmp_path / "f.json").read_text())
    assert round(value["map"]["0.5"], 2) == 38.48
    assert value["positives"]["BasketballDunk"] == 488
    assert "38.48" in out
