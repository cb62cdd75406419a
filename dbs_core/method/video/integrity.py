"""Whether a video and its truth fit: the integrity record, and truth cut to fit.

THUMOS'14 has spans past the end of four videos, one by nine minutes (METHOD 8.1).
"""

from dataclasses import replace

from dbs_core.method.video.probing import probe
from dbs_core.records import VideoEntry, VideoInfo, VideoTruth
from dbs_core.runtime.errors import InputError

ROUNDING_S = 0.1
"""Annotation is written to a tenth of a second: so much past the end is no error."""


def check(entry: VideoEntry) -> VideoInfo:
    """Probe a video and compare it with its truth; never raises for one video.

    A missing or unreadable file gives `readable=False` and a problem that says why.
    """
    try:
        info = probe(entry.path)
    except InputError as error:
        problem = str(error).removeprefix(f"{entry.path}: ")
        return VideoInfo(0.0, 0.0, 0, 0, "", readable=False, problems=(problem,))
    if entry.truth is None or not info.readable:
        return info
    outside = _outside(entry.truth, info.duration_s)
    return replace(info, problems=(*info.problems, *outside))


def unseen(entry: VideoEntry, duration_s: float) -> VideoInfo:
    """Say what is known of a video that is not there, from its features and truth."""
    problems = () if entry.truth is None else _outside(entry.truth, duration_s)
    return VideoInfo(duration_s, 0.0, 0, 0, "", problems=tuple(problems))


def _outside(truth: VideoTruth, duration_s: float) -> list[str]:
    named = (
        ("truth ends", truth.segments.spans_s),
        ("an ambiguous span ends", truth.ambiguous_s),
    )
    return [
        f"{what} at {spans_s.max():.1f} s, the video at {duration_s:.1f} s"
        for what, spans_s in named
        if spans_s.size and spans_s.max() > duration_s + ROUNDING_S
    ]
