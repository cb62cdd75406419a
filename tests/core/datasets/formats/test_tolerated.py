"""What the field's own tools tolerate is mended or left out, and counted."""

import json

import numpy as np
import pytest

from dbs_core.datasets.formats import (
    Reading,
    load_detections,
    load_truth,
    read_frames,
)
from dbs_core.evaluation.protocols import activitynet, thumos
from dbs_core.records import ClassList

CLASSES = ClassList(("Dive", "Jump"), (26, 40))


def submission(tmp_path, text):
    path = tmp_path / "result.txt"
    path.write_text(text)
    return load_detections(path, CLASSES)


def results(tmp_path, value):
    path = tmp_path / "result.json"
    path.write_text(value if isinstance(value, str) else json.dumps(value))
    return load_detections(path, CLASSES)


def detection(segment, label="Dive", score=0.5):
    return {"label": label, "score": score, "segment": segment}


def test_a_submission_exchanges_start_and_end_as_its_kit(tmp_path):
    loaded = submission(tmp_path, "v 0 1 26 0.5\nv 9 7 26 0.5\nv 6 5 26 0.4\n")
    assert loaded.found["v"].spans_s.tolist() == [[0, 1], [7, 9], [5, 6]]
    assert loaded.warnings == (
        "2 x start after end, exchanged as the kit does (first: "
        f"{tmp_path}/result.txt:2)",
    )


def test_a_detection_without_length_stays_a_false_one(tmp_path):
    loaded = submission(tmp_path, "v 3 3 26 0.9\nv 0 5 26 0.5\n")
    assert "1 x no length" in loaded.warnings[0]
    truth = load_truth(ground_truth(tmp_path, [[0, 5]]))
    report = thumos.evaluate(loaded.found, truth.truths, truth.classes)
    assert report.average == 0.5


def ground_truth(tmp_path, segments, extra=None):
    path = tmp_path / "truth.json"
    annotations = [{"label": "Dive", "segment": s} for s in segments]
    entry = {"subset": "validation", "duration": 20, "annotations": annotations}
    path.write_text(json.dumps({"database": {"v": entry} | (extra or {})}))
    return path


def test_a_truth_without_length_counts_and_only_its_like_finds_it(tmp_path):
    truth = load_truth(ground_truth(tmp_path, [[0, 5], [7, 7]]))
    assert "1 x no length" in truth.warnings[0]
    other = results(tmp_path, {"results": {"v": [detection([0, 5])]}})
    report = activitynet.evaluate(other.found, truth.truths, truth.classes)
    assert report.average == 0.5
    covering = results(tmp_path, {"results": {"v": [detection([6.9, 7.1])]}})
    report = activitynet.evaluate(covering.found, truth.truths, truth.classes)
    assert report.average == 0
    alike = results(
        tmp_path, {"results": {"v": [detection([0, 5]), detection([7, 7])]}}
    )
    report = activitynet.evaluate(alike.found, truth.truths, truth.classes)
    assert report.average == 1


def test_a_reversed_result_matches_nothing_as_in_activitynet_s_kit(tmp_path):
    truth = load_truth(ground_truth(tmp_path, [[0, 5]]))
    path = tmp_path / "result.json"
    path.write_text(json.dumps({"results": {"v": [detection([5, 0])]}}))
    loaded = load_detections(path, CLASSES, Reading(when_reversed="empty"))
    assert "1 x start after end, overlaps nothing" in loaded.warnings[0]
    report = activitynet.evaluate(loaded.found, truth.truths, truth.classes)
    assert report.average == 0
    assert report.detections.tolist() == [1]


@pytest.mark.parametrize(("rule", "found"), [("exchange", 1.0), ("empty", 0.0)])
def test_a_reversed_truth_follows_the_protocol_too(tmp_path, rule, found):
    truth = load_truth(ground_truth(tmp_path, [[5, 0]]), when_reversed=rule)
    assert "1 x start after end" in truth.warnings[0]
    loaded = results(tmp_path, {"results": {"v": [detection([0, 5])]}})
    report = thumos.evaluate(loaded.found, truth.truths, truth.classes)
    assert (report.average, report.positives.tolist()) == (found, [1])


@pytest.mark.parametrize(
    "text",
    [
        "v 0 1 26 0.5\nw 0 1 99 0.5\nw 0 1 99 0.4",
        "v 0 1 26 0.5\n\nw 0 1 99.0 1\nw 0 2 99 1\r\n",
    ],
)
def test_an_unknown_class_id_is_left_out_and_counted(tmp_path, text):
    loaded = submission(tmp_path, text)
    assert len(loaded.found["v"]) == 1
    assert sum(map(len, loaded.found.values())) == 1
    assert len(loaded.warnings) == 1
    assert loaded.warnings[0].startswith("2 x class id 99 is not in the class list")


def test_an_unknown_class_name_is_left_out_and_counted(tmp_path):
    value = {"results": {"v": [detection([0, 1]), detection([0, 1], "Knit")]}}
    loaded = results(tmp_path, value)
    assert loaded.found["v"].labels.tolist() == [1]
    assert loaded.warnings == (
        "1 x class 'Knit' is not in the class list, left out (first: "
        f"{tmp_path}/result.json: results.v[1])",
    )


def test_of_a_doubled_video_the_last_counts_and_it_is_said(tmp_path):
    one, two = json.dumps([detection([0, 1])]), json.dumps([detection([2, 3])])
    loaded = results(tmp_path, f'{{"results": {{"v": {one}, "v": {two}}}}}')
    assert loaded.found["v"].spans_s.tolist() == [[2, 3]]
    assert "1 x key twice" in loaded.warnings[0]
    assert "'v'" in loaded.warnings[0]


def test_names_with_mp4_and_a_byte_order_mark_are_read(tmp_path):
    loaded = submission(tmp_path, "\ufeffv.mp4 0 1 26 0.5\n")
    assert list(loaded.found) == ["v"]


def test_negative_starts_are_kept_and_counted(tmp_path):
    loaded = submission(tmp_path, "v -0.5 1 26 0.5\n")
    assert loaded.found["v"].spans_s.tolist() == [[-0.5, 1]]
    assert "1 x start before 0 s" in loaded.warnings[0]


def test_numbers_as_text_are_read_as_the_kit_does(tmp_path):
    loaded = results(tmp_path, {"results": {"v": [detection(["0", "1.5"])]}})
    assert loaded.found["v"].spans_s.tolist() == [[0, 1.5]]


def test_videos_without_detections_stay_listed(tmp_path):
    loaded = results(tmp_path, {"results": {"v": [], "w": [detection([0, 1])]}})
    assert list(loaded.found) == ["v", "w"]
    assert len(loaded.found["v"]) == 0


def test_without_a_class_list_a_file_brings_its_own(tmp_path):
    path = tmp_path / "r.json"
    rows = [detection([0, 1], "Swim"), detection([0, 1], "Dive")]
    path.write_text(json.dumps({"results": {"v": rows}}))
    loaded = load_detections(path)
    assert loaded.classes.names == ("Dive", "Swim")
    assert loaded.found["v"].labels.tolist() == [2, 1]
    text = tmp_path / "r.txt"
    text.write_text("v 0 1 40 0.5\nv 0 1 7 0.5\n")
    loaded = load_detections(text)
    assert loaded.classes == ClassList(("class 7", "class 40"), (7, 40))
    assert loaded.found["v"].labels.tolist() == [2, 1]


@pytest.mark.parametrize(
    "header",
    ["video,start_s,end_s,label,score", "video-id,t-start,t-end,label,score,rank"],
)
def test_csv_columns_by_their_usual_names(tmp_path, header):
    path = tmp_path / "r.csv"
    more = ",1" if header.endswith("rank") else ""
    path.write_text(f"{header}\nv,0,1.5,Jump,0.25{more}\nv,2,3,26,0.5{more}\n")
    found = load_detections(path, CLASSES).found["v"]
    assert found.labels.tolist() == [2, 1]
    assert found.spans_s.tolist() == [[0, 1.5], [2, 3]]
    assert found.scores.tolist() == [0.25, 0.5]


def test_subsets_are_chosen_by_any_of_their_names(tmp_path):
    extra = {"w": {"subset": "testing", "annotations": []}, "x": {"subset": "training"}}
    path = ground_truth(tmp_path, [[0, 5]], extra)
    assert load_truth(path).split == "validation"
    assert list(load_truth(path, "val").truths) == ["v"]
    assert list(load_truth(path, "test").truths) == ["w"]
    assert list(load_truth(path, "training").truths) == ["x"]


def test_frame_scores_in_any_order_with_the_columns_there_are(tmp_path):
    path = tmp_path / "f.csv"
    path.write_text("Jump,extra,video,time_s,Dive\n.5,9,v,0.2,.25\n1,9,v,0,0\n")
    scores, warnings = read_frames(path, CLASSES)
    np.testing.assert_allclose(scores["v"].times_s, [0, 0.2])
    np.testing.assert_allclose(scores["v"].probability, [[0, 0, 1], [0, 0.25, 0.5]])
    assert scores["v"].duration_s == pytest.approx(0.4)
    assert warnings == (f"1 x column 'extra' is no class, left out (first: {path}:1)",)
