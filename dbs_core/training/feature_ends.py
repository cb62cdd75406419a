"""Features that end long before their truths: at a wrong rate those of most videos do.

Of a video that is not there, and whose length its annotation does not tell, truths are
all that says how far its features should reach. A few may end early for an annotator's
slip: of THUMOS'14's 200 validation videos 2 have truths of 8 s and 14 s past their end.
"""

from collections.abc import Iterable, Sequence

import numpy as np

from dbs_core.datasets.folders import some_of
from dbs_core.method.features.map_times import reach_s, slack_s
from dbs_core.runtime.amounts import many
from dbs_core.training.videos import TrainingVideo

MOST = 0.25
"""Share of such videos up to which it is taken for slips of the annotation."""
CURE = "give their own rate with --rate, or times_s in an .npz"


def ending_early(videos: Iterable[TrainingVideo]) -> dict[str, str]:
    """Say of each video whose features end long before its truths where both end."""
    early = {}
    for video in _of_unknown_length(videos):
        ends_s = reach_s(video.features.times_s)
        truth_s = _last_s(video)
        if truth_s - ends_s > slack_s(truth_s):
            early[video.entry.video_id] = f"{ends_s:.1f} of {truth_s:.1f} s"
    return early


def failures_of(videos: Sequence[TrainingVideo]) -> list[tuple[str, str]]:
    """Give (video, why) of those that end early, if they are too many for slips."""
    early, of = ending_early(videos), sum(1 for _ in _of_unknown_length(videos))
    if len(early) <= MOST * of:
        return []
    return [
        (name, f"maps end much before the truth, {ends}; {CURE}")
        for name, ends in early.items()
    ]


def note_of(videos: Iterable[TrainingVideo]) -> tuple[str, ...]:
    """Say which videos' truths were cut to what their features reach to, if any."""
    early = ending_early(videos)
    if not early:
        return ()
    named = some_of(f"{name} ({ends})" for name, ends in early.items())
    return (
        f"features of {many(len(early), 'video')} end much before the truth, which is "
        f"cut there: {named}",
    )


def _of_unknown_length(videos: Iterable[TrainingVideo]) -> Iterable[TrainingVideo]:
    return (
        video
        for video in videos
        if video.part == ""
        and video.entry.duration_s is None
        and not video.entry.path.exists()
    )


def _last_s(video: TrainingVideo) -> float:
    truth = video.entry.truth
    return 0.0 if truth is None else float(np.max(truth.segments.spans_s, initial=0.0))
