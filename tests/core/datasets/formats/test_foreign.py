"""Files of other kinds are read where they are plain, else named as what they are."""

import bz2
import io
import json
import subprocess
import sys

import numpy as np
import pytest

from dbs_core.datasets.formats import (
    Reading,
    load_detections,
    load_truth,
    read_frames,
)
from dbs_core.records import ClassList
from dbs_core.runtime.errors import InputError
from tests.core.cli.test_score_cases import CASES

CLASSES = ClassList(("Dive", "Jump"), (0, 1))
FOREIGN = CASES / "15-foreign-file-kinds"


def npy():
    buffer = io.BytesIO()
    np.save(buffer, np.zeros(2))
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"\x80\x04\x95)", "a Python pickle"),
        (b"PK\x03\x04abc", "a zip archive"),
        (npy(), "a NumPy array"),
        (b"\x89HDF\r\n\x1a\n", "an HDF5 file"),
        (b"MATLAB 5.0 MAT-file", "a MATLAB file"),
        (bz2.compress(b"v 0 1 1 1"), "a bzip2 archive"),
        (b"\x00\x00\x00 ftypisom", "a video"),
        (b"\n<!DOCTYPE html><html>", "a web page"),
        (b"version https://git-lfs.github.com/spec/v1\n", "a pointer of Git LFS"),
    ],
)
def test_a_file_of_another_kind_is_named_on_either_side(tmp_path, content, kind):
    path = tmp_path / "file"
    path.write_bytes(content)
    with pytest.raises(
        InputError, match=f"{path}: {kind}.*submission.* CSV or our WebVTT"
    ):
        load_detections(path, CLASSES)
    with pytest.raises(InputError, match=f"{path}: {kind}.*annotation folder"):
        load_truth(path)


def test_a_text_pickle_is_known_by_its_name(tmp_path):
    path = tmp_path / "eval_results.pkl"
    path.write_text("(dp0\nS'video-id'\np1\n")
    with pytest.raises(InputError, match="a Python pickle"):
        load_detections(path, CLASSES)
    path.write_text("v 0 1 0 0.5\n".replace(" ", ","))
    with pytest.raises(InputError, match="no column"):
        load_detections(path, CLASSES)


def test_the_two_lines_make_json_of_actionformer_s_pickle(tmp_path):
    path = tmp_path / "eval_results.pkl"
    path.write_bytes((FOREIGN / "d.pkl").read_bytes())
    with pytest.raises(InputError) as caught:
        load_detections(path, CLASSES)
    _, first, _, second, _ = str(caught.value).split("`")
    subprocess.run([sys.executable, "-c", f"{first}\n{second}"], check=True)
    loaded = load_detections(path.with_suffix(".json"), CLASSES)
    assert loaded.found["a"].spans_s.tolist() == [[2.0, 6.0]]
    assert loaded.found["a"].labels.tolist() == [1]
    assert loaded.found["a"].scores.tolist() == [0.9]


def test_columns_of_numpy_arrays_read_as_a_table_does(tmp_path):
    path = tmp_path / "d.json"
    columns = {
        "video-id": ["v", "w", "v"],
        "t-start": np.array([0.1, 1, 2], np.float32).tolist(),
        "t-end": [1.0, 2.0, 3.5],
        "label": [1, 0, 0],
        "score": [0.5, 0.25, 1.0],
    }
    path.write_text(json.dumps(columns))
    found = load_detections(path, CLASSES).found
    assert found["v"].spans_s.tolist() == [[float(np.float32(0.1)), 1], [2, 3.5]]
    assert found["v"].labels.tolist() == [2, 1]
    path.write_text(json.dumps(columns | {"t-end": ["late", 2, 3]}))
    with pytest.raises(InputError, match="row 0: no number, got 'late'"):
        load_detections(path, CLASSES)
    path.write_text(json.dumps(columns | {"t-end": [1.0, 2.0]}))
    with pytest.raises(InputError, match=r"different lengths.*'t-end': 2"):
        load_detections(path, CLASSES)


def test_opentad_s_results_are_read(tmp_path):
    """result_detection.json of its test.py: ActivityNet's members and no others."""
    path = tmp_path / "result_detection.json"
    row = {"segment": [0.12, 3.4], "label": "Jump", "score": 0.7}
    path.write_text(json.dumps({"results": {"v_x": [row]}}))
    loaded = load_detections(path, CLASSES, Reading(videos=["x"]))
    assert loaded.found["x"].labels.tolist() == [2]


class TestProposalsOfMmaction2:
    def written(self, tmp_path, **more):
        path = tmp_path / "proposals.json"
        rows = [{"score": 0.9, "segment": [2.0, 6.0]} | more]
        path.write_text(json.dumps([{"video_name": "v_a", "proposal_list": rows}]))
        return path

    def test_with_labels_they_are_detections(self, tmp_path):
        loaded = load_detections(self.written(tmp_path, label="Jump"), CLASSES)
        assert loaded.found["v_a"].labels.tolist() == [2]

    def test_without_they_are_of_the_only_class_and_that_is_said(self, tmp_path):
        loaded = load_detections(self.written(tmp_path), ClassList(("Jump",), (1,)))
        assert loaded.found["v_a"].spans_s.tolist() == [[2, 6]]
        assert "taken as Jump, the only one" in loaded.warnings[0]

    def test_of_several_classes_they_are_refused(self, tmp_path):
        path = self.written(tmp_path)
        with pytest.raises(InputError, match=r"list\[0\]: proposals without a class"):
            load_detections(path, CLASSES)

    def test_without_a_truth_they_are_shown(self, tmp_path):
        assert load_detections(self.written(tmp_path)).classes.names == ("proposal",)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"database": {}}', "a ground truth, no result file"),
        ('{"v": [{"label": "Dive"}]}', "no member 'results'.*under 'results'"),
        ("video|start|end|label|score\nv|0|1|Dive|1", "a table with bars"),
        ('"Video";"t-start"\n"v";0', "a table with semicolons"),
    ],
)
def test_layouts_that_are_not_read_are_named(tmp_path, text, message):
    path = tmp_path / "d"
    path.write_text(text)
    with pytest.raises(InputError, match=message):
        load_detections(path, CLASSES)


def test_frame_scores_of_another_kind_are_named(tmp_path):
    path = tmp_path / "frames.csv"
    path.write_bytes(b"\x80\x04\x95)")
    with pytest.raises(InputError, match=r"a Python pickle.*frame scores as CSV"):
        read_frames(path, CLASSES)


def test_an_npz_of_any_name_is_known_by_its_content(tmp_path):
    path = tmp_path / "frames"
    arrays = {
        "v/probability": np.zeros((2, 3), np.float32),
        "v/times_s": np.arange(2.0),
        "v/duration_s": np.array(2.0),
    }
    with path.open("wb") as file:
        np.savez(file, **arrays)
    assert list(read_frames(path, CLASSES)[0]) == ["v"]
