"""Which videos of a result file are videos of the truth, in every format alike."""

import json

import numpy as np
import pytest

from dbs_core.datasets.formats import (
    Reading,
    load_detections,
    read_frames,
    write_frames,
)
from dbs_core.records import ClassList, FrameScores
from dbs_core.runtime.errors import InputError

CLASSES = ClassList(("Dive", "Jump"), (26, 40))
SPELLINGS = ["v_a", "a.mp4", "v_a.MKV", " a "]


def read(tmp_path, kind, videos, truth):
    """Read one detection in each video against a truth with some videos."""
    path = tmp_path / f"d.{kind}"
    if kind == "csv":
        rows = [f"{video},0,1,Dive,0.5" for video in videos]
        path.write_text("\n".join(["video,start_s,end_s,label,score", *rows]))
    elif kind == "txt":
        path.write_text("\n".join(f"{video} 0 1 26 0.5" for video in videos))
    else:
        row = {"label": "Dive", "score": 0.5, "segment": [0, 1]}
        path.write_text(json.dumps({"results": {video: [row] for video in videos}}))
    return load_detections(path, CLASSES, Reading(videos=truth))


@pytest.mark.parametrize("kind", ["csv", "txt", "json"])
@pytest.mark.parametrize("name", SPELLINGS)
def test_a_video_is_found_in_any_spelling(tmp_path, kind, name):
    loaded = read(tmp_path, kind, [name], ["a", "b"])
    assert list(loaded.found) == ["a"]
    assert read(tmp_path, kind, ["a"], [name.strip()]).found.keys() == {name.strip()}


def test_another_spelling_is_counted_and_said(tmp_path):
    loaded = read(tmp_path, "csv", ["v_a", "b", "v_a"], ["a", "b"])
    assert loaded.warnings == (
        f"2 x video id in another spelling, 'v_a' is a (first: {tmp_path}/d.csv)",
    )


def test_an_exact_id_wins_and_what_could_be_two_is_none(tmp_path):
    loaded = read(tmp_path, "csv", ["v_a", "a", "a.mp4"], ["a", "v_a"])
    assert list(loaded.found) == ["v_a", "a", "a.mp4"]


def test_spellings_of_one_video_are_put_together_in_the_order_of_the_file(tmp_path):
    path = tmp_path / "d.txt"
    path.write_text("a 0 1 26 0.5\nb 0 1 26 0.5\nv_a 2 3 26 0.5\n")
    loaded = load_detections(path, CLASSES, Reading(videos=["a", "b"]))
    assert loaded.found["a"].spans_s.tolist() == [[0, 1], [2, 3]]


def test_without_a_truth_ids_stay_as_they_are_written(tmp_path):
    assert list(read(tmp_path, "csv", ["v_a", "b.mp4"], ()).found) == ["v_a", "b.mp4"]


@pytest.mark.parametrize("kind", ["csv", "txt", "json"])
def test_nothing_in_common_names_both_sides(tmp_path, kind):
    with pytest.raises(InputError, match=r"no video .*wanted ids like 'a', got 'c'"):
        read(tmp_path, kind, ["c", "d"], ["b", "a"])


def test_videos_that_a_file_only_lists_are_matched_too(tmp_path):
    path = tmp_path / "d.json"
    row = {"label": "Dive", "score": 0.5, "segment": [0, 1]}
    path.write_text(json.dumps({"results": {"v_b": [], "v_a": [row]}}))
    loaded = load_detections(path, CLASSES, Reading(videos=["a", "b"]))
    assert {v: len(s) for v, s in loaded.found.items()} == {"b": 0, "a": 1}


@pytest.mark.parametrize("kind", ["csv", "npz"])
class TestFrameScores:
    def written(self, tmp_path, kind, *videos):
        path = tmp_path / f"f.{kind}"
        frames = FrameScores(np.zeros((2, 3), np.float32), np.arange(2.0), 2.0)
        write_frames(path, dict.fromkeys(videos, frames), CLASSES)
        return path

    @pytest.mark.parametrize("name", SPELLINGS)
    def test_a_video_is_found_in_any_spelling(self, tmp_path, kind, name):
        path = self.written(tmp_path, kind, name)
        scores, warnings = read_frames(path, CLASSES, Reading(videos=["a"]))
        assert list(scores) == ["a"]
        assert "1 x video id in another spelling" in warnings[0]

    def test_nothing_in_common_names_both_sides(self, tmp_path, kind):
        path = self.written(tmp_path, kind, "c")
        with pytest.raises(InputError, match=r"no video .*'a', got 'c'"):
            read_frames(path, CLASSES, Reading(videos=["a"]))

    def test_one_video_in_two_spellings_is_refused(self, tmp_path, kind):
        path = self.written(tmp_path, kind, "a", "v_a")
        with pytest.raises(InputError, match=r"one video twice, got a and v_a"):
            read_frames(path, CLASSES, Reading(videos=["a"]))


def test_columns_of_frame_scores_are_found_in_another_spelling(tmp_path):
    path = tmp_path / "f.csv"
    path.write_text("Video, time_s ,dive,J_ump\nv,0,0.5,0.25\n")
    scores, warnings = read_frames(path, CLASSES)
    assert scores["v"].probability.tolist() == [[0, 0.5, 0.25]]
    assert len(warnings) == 3
    assert "1 x column in another spelling, 'dive' is Dive" in warnings[1]
