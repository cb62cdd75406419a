"""Which classes a video is about: those of its truth, then those found in it."""

import numpy as np

from dbs_core.figures.matches import Spans
from dbs_core.records import BACKGROUND, Segments


def classes_present(result: Spans) -> tuple[int, ...]:
    """List labels of truth as they come in time, then of detections, the best first."""
    truth = result.truth.segments if result.truth else Segments.empty()
    in_time = truth.labels[np.argsort(truth.spans_s[:, 0], kind="stable")]
    labels = [*in_time, *result.detections.labels]
    return tuple(dict.fromkeys(int(x) for x in labels if x != BACKGROUND))
