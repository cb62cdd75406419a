"""`python -m dbs_core errors`: tables, JSON, the list as CSV, refusals in one line."""

import csv
import json

import numpy as np
import pytest

from dbs_core.cli.main import main
from dbs_core.datasets.formats import write_annotation
from dbs_core.evaluation.diagnosis.curve import curves
from dbs_core.evaluation.diagnosis.diagnose import diagnose
from dbs_core.evaluation.diagnosis.error_table import error_table
from dbs_core.evaluation.diagnosis.figures import figures
from dbs_core.evaluation.protocols.rules import THUMOS
from dbs_core.records import ClassList, Segments, VideoTruth
from dbs_core.runs.judged_run import judged_run
from dbs_core.runs.places import SAMPLE
from dbs_core.runs.run import Run

CLASSES = ClassList(("CliffDiving", "Diving"), (22, 26))


@pytest.fixture
def root(tmp_path):
    """A dive of 10 s in each of two test videos, and an empty validation set."""
    dive = VideoTruth(Segments.of([[0.0, 10.0]], [2]), np.array([[50.0, 60.0]]))
    write_annotation(tmp_path / "test", {"v": dive, "w": dive}, CLASSES, "test")
    (tmp_path / "result.txt").write_text(
        "v 0 8 26 0.9\nv 1 10 26 0.8\nw 5 15 22 0.7\nw 80 90 26 0.6\nw 51 52 26 0.5\n"
    )
    return tmp_path


def errors(capsys, *arguments):
    code = main(["errors", *map(str, arguments)])
    said = capsys.readouterr()
    return code, said.out, said.err


def of_file(root):
    return (
        *("--protocol", "thumos14", "--truth", root, "--split", "test"),
        *("--detections", root / "result.txt"),
    )


def test_tables_json_and_list_of_a_file(root, capsys):
    code, out, _ = errors(
        capsys, *of_file(root), "--json", root / "e.json", "--csv", root / "e.csv"
    )
    assert code == 0
    assert "missed 1 of 2 truths" in out
    assert "IoU > threshold" in out
    value = json.loads((root / "e.json").read_text())
    assert value["missed"]["0.5"] == 1
    assert value["kinds"]["0.5"] == {
        "true": 1,
        "double": 1,
        "label": 0,
        "location": 0,
        "confusion": 0,  # of CliffDiving there is no truth: G is 0
        "background": 1,
        "ignored": 1,
    }
    assert set(value["map_interval"]) == set(value["map"]) - {"average"}
    with (root / "e.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert [(row["video"], row["kind"]) for row in rows] == [
        ("v", "double"),
        ("w", "confusion"),
        ("w", "background"),
        ("w", "missed"),
    ]
    assert rows[1]["truth_class"] == "Diving"
    assert float(rows[1]["iou"]) == pytest.approx(1 / 3)
    assert rows[3]["score"] == ""


def test_the_command_says_what_the_engine_says(tmp_path, capsys):
    """Of a run: the same figures, and the same list every time."""
    options = ("--run", "sample", "--draws", 0, "--min-score", 0.1)
    paths = [tmp_path / "1.csv", tmp_path / "2.csv"]
    for path in paths:
        code, out, _ = errors(
            capsys, *options, "--csv", path, "--json", tmp_path / "e.json"
        )
        assert code == 0
    assert paths[0].read_bytes() == paths[1].read_bytes()
    diagnosis = diagnose(judged_run(Run.open(SAMPLE)), tiou=THUMOS.tiou, least=0.1)
    said = json.loads((tmp_path / "e.json").read_text())
    assert said == figures(diagnosis) | curves(diagnosis, 0.5)
    with paths[0].open() as file:
        listed = list(csv.DictReader(file))
    rows = error_table(diagnosis, 0.5).errors.to_rows()
    assert listed == [
        {name: "" if cell is None else str(cell) for name, cell in row.items()}
        for row in rows
    ]
    assert "never proposed" in out


def test_a_threshold_for_the_list(root, capsys):
    options = (*of_file(root), "--tiou", "0.7:0.1:0.9", "--csv", root / "e.csv")
    errors(capsys, *options)
    assert {line[:4] for line in (root / "e.csv").read_text().split()[1:]} == {"0.7,"}
    errors(capsys, *options, "--at", "0.9")
    assert {line[:4] for line in (root / "e.csv").read_text().split()[1:]} == {"0.9,"}


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ([], "either --run, or --truth and --detections"),
        (["--run", "sample", "--truth", "x"], "either --run, or --truth"),
        (["--truth", "x"], "one of two files is missing"),
        (["--truth", "x", "--detections", "y"], "--protocol thumos14 or activitynet"),
        (["--run", "nowhere"], "nowhere"),
        (["--run", "sample", "--split", "train"], "no results of split train"),
        (["--run", "sample", "--at", "0.55"], "--at is no threshold"),
        (["--run", "sample", "--tiou", "half"], "got 'half'"),
        (["--run", "sample", "--min-score", "inf"], "wanted a finite number"),
        (["--run", "sample", "--exclude", "two"], "--exclude means nothing to --run"),
    ],
)
def test_errors_are_one_line_and_code_two(capsys, options, message):
    code, out, err = errors(capsys, *options)
    assert code == 2
    assert out == ""
    assert err.startswith("error: ")
    assert message in err
    assert err.count("\n") == 1


def test_no_truth_in_the_split_and_no_detection(root, capsys):
    write_annotation(root / "val", {"x": VideoTruth.none()}, CLASSES, "validation")
    code, _, err = errors(capsys, *of_file(root)[:5], "validation", *of_file(root)[6:])
    assert code == 2
    assert err.count("\n") == 1
    (root / "result.txt").write_text("")
    code, _, err = errors(capsys, *of_file(root))
    assert (code, err.count("\n")) == (2, 1)


def test_somebody_s_table_stays(root, capsys):
    (root / "e.csv").write_text("chapter,title\n")
    code, _, err = errors(capsys, *of_file(root), "--csv", root / "e.csv")
    assert code == 2
    assert "a file that this command did not write" in err
    assert (root / "e.csv").read_text() == "chapter,title\n"
