"""The table of DBS, control and ceilings."""

import json
from dataclasses import replace

import numpy as np
import pytest

from dbs_core.evaluation.comparison import Scored, compare, scored
from dbs_core.evaluation.rows import TIOU
from dbs_core.method.backprojection.annotation_maps import frame_labels, frame_targets
from dbs_core.method.settings import Settings
from dbs_core.records import ClassList, FrameScores, Segments, VideoTruth
from dbs_core.runtime.errors import InputError
from tests.core.make_result import make_result

CLASSES = ClassList(("Run", "Jump"), (7, 9))
TIMES = np.arange(50) * 0.2
TRUTH = VideoTruth(
    Segments.of([[1.0, 3.0], [5.0, 8.0]], [1, 2]), np.zeros((0, 2), np.float64)
)


def frames_of(probability):
    return FrameScores(np.asarray(probability, np.float32), TIMES, 10.0)


def perfect(truth=TRUTH):
    return frames_of(frame_targets(frame_labels(truth, TIMES, 3)))


def one_video(truth=TRUTH, **rows):
    return [Scored("v", truth, rows)]


class TestCompare:
    def test_perfect_frame_scores_give_a_hundred(self):
        (row,) = compare(one_video(dbs=perfect()), CLASSES, Settings())
        assert row.frame_map == pytest.approx(100)
        assert row.detection_map == dict.fromkeys(TIOU, pytest.approx(100))
        assert row.per_class == {"Run": pytest.approx(100), "Jump": pytest.approx(100)}

    def test_all_background_gives_nothing(self):
        dull = frames_of(np.tile([1, 0, 0], (50, 1)))
        (row,) = compare(one_video(dbs=dull), CLASSES, Settings())
        assert row.detection_map == dict.fromkeys(TIOU, 0.0)
        assert row.frame_map < 50

    def test_a_row_for_each_kind_of_scores_in_its_order(self):
        wrong = frames_of(perfect().probability[:, [0, 2, 1]])
        rows = compare(one_video(dbs=wrong, control=perfect()), CLASSES, Settings())
        assert [row.name for row in rows] == ["dbs", "control"]
        assert rows[0].detection_map[0.5] == 0
        assert rows[1].detection_map[0.5] == pytest.approx(100)

    def test_rows_that_some_videos_lack_are_left_out(self):
        """One stream alone has a head, the fusion of the others has none."""
        reach = np.ones((50, 2), np.float32)
        alone = Scored(
            "a",
            TRUTH,
            {"dbs": perfect(), "dbs_without_head": perfect()},
            {"dbs": reach},
        )
        videos = [alone, *one_video(dbs=perfect())]
        for order in (videos, videos[::-1]):
            rows = compare(order, CLASSES, Settings())
            assert [row.name for row in rows] == ["dbs"]

    def test_class_without_truth_is_left_out_of_the_mean(self):
        only = VideoTruth(Segments.of([[1.0, 3.0]], [1]), np.zeros((0, 2)))
        (row,) = compare(one_video(only, dbs=perfect(only)), CLASSES, Settings())
        assert row.frame_map == pytest.approx(100)
        assert list(row.per_class) == ["Run"]

    def test_a_video_that_failed_counts_as_missed(self):
        """One perfect video and one that cannot be read: half of all is found."""
        (row,) = compare(
            one_video(dbs=perfect()), CLASSES, Settings(), missed={"damaged": TRUTH}
        )
        assert row.detection_map == dict.fromkeys(TIOU, pytest.approx(50))
        assert row.frame_map == pytest.approx(50)

    def test_no_video_is_refused(self):
        with pytest.raises(InputError, match="no video with results"):
            compare([], CLASSES, Settings())

    def test_no_action_in_any_video_is_refused(self):
        """There is no mAP of nothing; NaN is no JSON."""
        nothing = VideoTruth.none()
        with pytest.raises(InputError, match="no action"):
            compare(one_video(nothing, dbs=perfect(nothing)), CLASSES, Settings())

    def test_json_is_of_the_agreed_shape(self):
        (row,) = compare(one_video(dbs=perfect()), CLASSES, Settings())
        value = json.loads(json.dumps(row.as_json(), allow_nan=False))
        assert isinstance(value["frame_map"], float)
        assert list(value["map"]) == ["0.1", "0.2", "0.3", "0.4", "0.5", "0.6", "0.7"]


class TestScored:
    def test_takes_the_wanted_rows(self):
        result = make_result()
        kept = scored(result, Settings(), control=True, ceilings=True)
        assert list(kept.frames) == [
            "dbs",
            "control",
            "ceiling_labels",
            "ceiling_imprint",
        ]
        alone = scored(result, Settings(), control=False, ceilings=False)
        assert list(alone.frames) == ["dbs"]
        assert alone.frames["dbs"] is result.frames

    def test_video_without_truth_is_named(self):
        result = replace(make_result("mystery"), truth=None)
        with pytest.raises(InputError, match="mystery: no annotation"):
            scored(result, Settings(), control=False, ceilings=False)

    def test_missing_control_is_named(self):
        result = replace(make_result("old"), control=None)
        with pytest.raises(InputError, match="old: no control"):
            scored(result, Settings(), control=True, ceilings=False)
