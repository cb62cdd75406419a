"""Spans of a clip are drawn as they are judged where the user looks."""

import numpy as np

from dbs_core.evaluation.video_spans import VideoSpans
from dbs_core.pictures.palette import PRINT
from dbs_core.pictures.spans import spans_picture
from dbs_core.records import ClassList, Segments, VideoTruth


def test_a_detection_is_drawn_right_or_wrong_by_the_tiou() -> None:
    """It overlaps by 0.7: hatched, as all wrong ones are, from there on."""
    truth = VideoTruth(Segments.of([[0.0, 7.0]], [1]), np.empty((0, 2)))
    video = VideoSpans("v", Segments.of([[0.0, 10.0]], [1], [0.9]), truth)
    classes = ClassList(("Jump",), (1,))

    def drawn(tiou: float) -> bytes:
        return spans_picture(video, classes, PRINT, (0.0, 12.0), tiou=tiou)("svg")

    assert b"<pattern" not in drawn(0.5)
    assert b"<pattern" in drawn(0.8)
