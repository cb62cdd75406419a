"""The time axis: a row a class, in it no bar over another one."""

from itertools import combinations

import numpy as np
import pytest
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from dbs_core.evaluation.video_spans import VideoSpans
from dbs_core.pictures.palette import PRINT
from dbs_core.pictures.timeline import draw_rows, row_height
from dbs_core.records import ClassList, Segments, VideoTruth

CLASSES = ClassList(("Dive", "Jump"), (1, 2))
TRUTH = [(0.5, 4, 1), (2, 6, 1), (5, 8, 1), (2.5, 5.5, 1), (1, 3, 2)]
FOUND = [(2, 6, 1), (2.5, 6.5, 1), (1, 3, 2)]


def segments(rows: list[tuple[float, float, int]]) -> Segments:
    table = np.array(rows, float)
    return Segments.of(table[:, :2], table[:, 2].astype(np.int64))


@pytest.mark.parametrize("order", [1, -1])
def test_truths_that_overlap_get_lanes_above_the_detections(order: int) -> None:
    truth = VideoTruth(segments(TRUTH[::order]), np.zeros((0, 2)))
    video = VideoSpans("a", segments(FOUND), truth)
    axes = Figure().subplots()
    middles = draw_rows(axes, video, [1, 2], CLASSES, PRINT)
    boxes = [patch for patch in axes.patches if isinstance(patch, Rectangle)]
    assert len(boxes) == len(TRUTH) + len(FOUND)
    for one, other in combinations(boxes, 2):
        assert not one.get_bbox().overlaps(other.get_bbox())
    heights = row_height(video, 1), row_height(video, 2)
    assert heights[0] > heights[1]
    assert middles[0] < heights[0] < middles[1] < sum(heights)
    assert max(box.get_y() + box.get_height() for box in boxes) < sum(heights)
