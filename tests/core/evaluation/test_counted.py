"""What a figure rests on, in words and as JSON, counted by hand."""

import numpy as np

from dbs_core.evaluation.counted import Apart, count
from dbs_core.records import Segments, VideoTruth


def spans(number):
    return Segments.of([(float(i), i + 1.0) for i in range(number)], [1] * number)


def truth(number):
    return VideoTruth(spans(number), np.zeros((0, 2)))


TRUTHS = {"a": truth(3), "b": truth(0), "c": truth(2)}


def counted(found=(), **more):
    videos = {video_id: spans(number) for video_id, number in dict(found).items()}
    given = {"excluded": {}} | more
    return count("thumos14", "test", TRUTHS, videos, **given)


def test_every_video_of_the_truth_counts_and_what_is_missing_is_said():
    some = counted({"a": 7, "x": 4, "y": 1})
    assert (some.videos, some.truths, some.found) == (3, 5, 3)
    assert some.missing == Apart(("b", "c"), 2)
    assert some.outside == Apart(("x", "y"), 5)
    assert some.lines() == (
        "counted   3 videos with 5 truths of subset test, by the rule of thumos14",
        "missing   2 videos with 2 truths, all missed: not in the result file: b, c",
        "outside   2 videos with 5 detections, all false: x, y",
        "excluded  none",
        "mended    nothing",
    )
    missing, outside = some.notes
    assert missing.startswith("2 videos of the truth's 3 are not in the result file")
    assert outside.startswith("2 of 3 videos with detections are not in the truth")


def test_a_video_that_is_listed_without_a_detection_is_not_missing():
    assert counted({"a": 7, "b": 0, "c": 0}).missing == Apart((), 0)


def test_where_all_fits_nothing_is_noted():
    assert counted({"a": 1, "b": 1, "c": 1}).notes == ()


def test_what_was_left_out_is_named_with_its_list():
    out = counted({"a": 1}, excluded={"d": truth(4)}, exclusion="212")
    assert "excluded  1 video with 4 truths, --exclude 212: d" in out.lines()
    none = counted({"a": 1}, exclusion="210")
    assert "excluded  none: no video of --exclude 210 is here" in none.lines()


def test_what_was_mended_is_said_without_places_and_not_at_any_length():
    lines = [f"{n} x oddity {n} (first: file:{n})" for n in range(1, 6)]
    some = counted({"a": 1}, mended=lines)
    assert some.lines()[-1] == (
        "mended    1 x oddity 1; 2 x oddity 2; 3 x oddity 3; and 2 more"
    )
    assert some.as_json()["mended"] == lines


def test_json_carries_the_same():
    some = counted({"a": 7, "x": 4}, excluded={"d": truth(4)}, exclusion="212")
    assert some.as_json() == {
        "subset": "test",
        "counted": {"videos": 3, "truths": 5},
        "missing": {"videos": 2, "truths": 2, "ids": ["b", "c"]},
        "outside": {"videos": 1, "detections": 4, "ids": ["x"]},
        "excluded": {"list": "212", "videos": 1, "truths": 4, "ids": ["d"]},
        "mended": [],
    }
