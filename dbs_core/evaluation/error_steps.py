"""From one error of a class to the next, through the videos of a data set."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from dbs_core.evaluation.judge import Judge, Judging


@dataclass(frozen=True)
class ErrorPlace:
    """A false detection or a missed truth: one of the two numbers is its own.

    Both count within the video, a detection among all of it, whatever the threshold.
    """

    video_id: str
    start_s: float
    detection: int | None = None
    truth: int | None = None


def errors_in(
    judge: Judge, judging: Judging, video_id: str, label: int
) -> list[ErrorPlace]:
    """List the errors of a class in a video by their start, truths first."""
    video = judge.videos[video_id]
    if video.truth is None:
        return []
    marks = judge.marks(judging).of_video(video_id, judging.tiou)
    found, truth = video.detections, video.truth.segments
    least = -np.inf if judging.threshold is None else judging.threshold
    numbers = np.flatnonzero(found.scores >= least)
    false = numbers[(marks.truth_of < 0) & ~marks.ignored]
    missed = np.flatnonzero(marks.found_by < 0)
    places = [
        ErrorPlace(video_id, float(truth.spans_s[i, 0]), truth=int(i))
        for i in missed
        if truth.labels[i] == label
    ]
    places += [
        ErrorPlace(video_id, float(found.spans_s[i, 0]), detection=int(i))
        for i in false
        if found.labels[i] == label
    ]
    return sorted(places, key=lambda place: place.start_s)


def error_elsewhere(
    judge: Judge,
    judging: Judging,
    label: int,
    videos: Sequence[str],
    here: str,
    sign: int,
) -> ErrorPlace | None:
    """Give the first error of a class in the videos after one, or the last before it.

    Args:
        judge: of the data set.
        judging: at which tIoU, and from which score on.
        label: the class.
        videos: in the order in which they are walked through.
        here: the video to go on from.
        sign: 1 for the videos after it, -1 for those before.

    Returns:
        None where there is no such error any more.
    """
    counts = judge.videos_at(judging, (label,))
    place = videos.index(here)
    rest = videos[place + 1 :] if sign > 0 else videos[:place][::-1]
    for video_id in rest:
        if video_id in counts and counts[video_id].errors:
            return errors_in(judge, judging, video_id, label)[0 if sign > 0 else -1]
    return None
