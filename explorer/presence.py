"""Which classes a video is about: those of its truth, then those found in it."""

from dbs_core.records import BACKGROUND, VideoResult


def classes_present(result: VideoResult) -> tuple[int, ...]:
    """List labels of truth, then of detections by best score; no background."""
    labels = list(result.truth.segments.labels) if result.truth else []
    labels += list(result.detections.labels)
    return tuple(dict.fromkeys(int(x) for x in labels if x != BACKGROUND))
