"""Small runs with coarse times and scores, so that ties and overlaps are common."""

import numpy as np
from hypothesis import strategies as st

from dbs_core.records import ClassList, Segments, VideoTruth

CLASSES = ClassList(("Dive", "Jump"), (7, 3))
VIDEOS = ("b", "a", "c")


def made(spans, labels, scores=None):
    """Build segments of plain numbers, integers too.

    Not Segments.of: the shape checker looks into lists at random, which Hypothesis
    does not allow inside a strategy.
    """
    return Segments(
        np.array(spans, np.float64).reshape(-1, 2),
        np.array(labels, np.int64),
        np.ones(len(spans)) if scores is None else np.array(scores, np.float64),
    )


@st.composite
def spans(draw, most=5):
    pairs = draw(
        st.lists(st.tuples(st.integers(0, 12), st.integers(1, 8)), max_size=most)
    )
    return [(start / 2, (start + length) / 2) for start, length in pairs]


@st.composite
def segments(draw, scores=True, most=5):
    pairs = draw(spans(most))
    n = len(pairs)
    labels = draw(st.lists(st.integers(1, 2), min_size=n, max_size=n))
    value = st.sampled_from([0.1, 0.4, 0.5, 0.9]) if scores else st.just(1.0)
    return made(pairs, labels, draw(st.lists(value, min_size=n, max_size=n)))


@st.composite
def runs(draw):
    """Give detections and truth of a few videos; some videos lack either."""
    names = st.lists(st.sampled_from(VIDEOS), unique=True)
    found = {video: draw(segments(most=7)) for video in draw(names)}
    truth = {
        video: VideoTruth(
            draw(segments(scores=False)),
            np.array(draw(spans(most=1)), np.float64).reshape(-1, 2),
        )
        for video in draw(names)
    }
    return found, truth
