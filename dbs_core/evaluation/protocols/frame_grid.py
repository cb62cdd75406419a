"""Frame scores and labels of many videos on one grid of frames a second.

Comes in: scores at each video's own sampling times, truth in seconds. Goes out: one
table of all frames, videos by name, as the per-frame figures need it (METHOD 8.4).
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float32, Float64, Int

from dbs_core.records import ClassList, FrameScores, VideoTruth
from dbs_core.records.checks import LONGEST_S
from dbs_core.runtime.amounts import many
from dbs_core.runtime.errors import InputError

_SLACK_S = 1e-6
"""A time this little before a border counts as on it: 3 x 0.2 s is 0.6 s."""


@dataclass(frozen=True, eq=False)
class FrameGrid:
    """Scores and labels of all frames, video after video by name.

    `missed[i]` counts the positive frames of class i that have no score: of videos
    without any, and after the last score of the others.
    """

    scores: Float32[np.ndarray, "f a"]
    labels: Bool[np.ndarray, "f a"]
    missed: Int[np.ndarray, " a"]
    notes: tuple[str, ...]


def lay_out(
    scores: Mapping[str, FrameScores],
    truth: Mapping[str, VideoTruth],
    classes: ClassList,
    rate_hz: float,
    drop_ambiguous: bool,
) -> FrameGrid:
    """Put scores and labels of all videos on the frame grid.

    Raises:
        InputError: scores of another class list, or a truth beyond any video's end.
    """
    score_parts = [np.zeros((0, len(classes)), np.float32)]
    label_parts = [np.zeros((0, len(classes)), bool)]
    for video_id in sorted(scores):
        video = scores[video_id]
        _check_channels(video_id, video, classes)
        known = truth.get(video_id, VideoTruth.none())
        times_s = grid_times(video.duration_s, rate_hz)
        keep = np.ones(len(times_s), bool)
        if drop_ambiguous:
            keep = ~_inside(times_s, known.ambiguous_s)
        score_parts.append(held(video, times_s[keep]))
        label_parts.append(frame_labels(known, times_s[keep], classes))
    missed = _missed(scores, truth, classes, rate_hz, drop_ambiguous)
    return FrameGrid(
        np.concatenate(score_parts),
        np.concatenate(label_parts),
        sum(missed.values(), np.zeros(len(classes), np.int64)),
        _notes(scores, truth, missed),
    )


def grid_times(duration_s: float, rate_hz: float) -> Float64[np.ndarray, " f"]:
    """Give the times of the grid frames of a video: 0, 1 / rate, ... below its end."""
    return np.arange(grid_size(duration_s, rate_hz)) / rate_hz


def grid_size(duration_s: float, rate_hz: float) -> int:
    """Give the number of the grid frames of a video, at least one."""
    return max(1, math.ceil((duration_s - _SLACK_S) * rate_hz))


def grid_places(
    seconds: Float64[np.ndarray, "*n"], rate_hz: float
) -> Int[np.ndarray, "*n"]:
    """Give the first grid frame at or after each moment, without a grid."""
    places = np.ceil((seconds - _SLACK_S) * rate_hz).astype(np.int64)
    # Rounded as the times themselves are.
    places -= (places - 1) / rate_hz + _SLACK_S >= seconds
    places += places / rate_hz + _SLACK_S < seconds
    return np.maximum(places, 0)


def held(
    video: FrameScores, times_s: Float64[np.ndarray, " f"]
) -> Float32[np.ndarray, "f a"]:
    """Give the action scores at any times: each sampled frame holds until the next."""
    if not len(video):
        return np.zeros((len(times_s), video.probability.shape[1] - 1), np.float32)
    sample = np.searchsorted(video.starts_s, times_s + _SLACK_S, side="right") - 1
    return video.probability[np.maximum(sample, 0), 1:]


def frame_labels(
    truth: VideoTruth, times_s: Float64[np.ndarray, " f"], classes: ClassList
) -> Bool[np.ndarray, "f a"]:
    """Give the classes of frames at some times: start <= time < end."""
    labels = np.zeros((len(times_s), len(classes)), bool)
    segments = truth.segments
    for label in np.unique(segments.labels):
        own_s = segments.spans_s[segments.labels == label]
        labels[:, label - 1] = _inside(times_s, own_s)
    return labels


def _inside(
    times_s: Float64[np.ndarray, " f"], spans_s: Float64[np.ndarray, "m 2"]
) -> Bool[np.ndarray, " f"]:
    """Say which frames lie in a span, however many spans lie on one another."""
    first, end = np.searchsorted(times_s + _SLACK_S, spans_s).T
    change = np.bincount(first, minlength=len(times_s) + 1)
    change -= np.bincount(end, minlength=len(times_s) + 1)
    return np.cumsum(change[:-1]) > 0


def _check_channels(video_id: str, video: FrameScores, classes: ClassList) -> None:
    if video.probability.shape[1] != classes.channels:
        raise InputError(
            "frame scores of another class list",
            where=video_id,
            wanted=f"{classes.channels} columns (background and the classes)",
            got=video.probability.shape[1],
        )


def _missed(
    scores: Mapping[str, FrameScores],
    truth: Mapping[str, VideoTruth],
    classes: ClassList,
    rate_hz: float,
    drop_ambiguous: bool,
) -> dict[str, Int[np.ndarray, " a"]]:
    """Count the positive grid frames of each video that come after its last score."""
    missed = {}
    for video_id, known in truth.items():
        end_s = float(known.segments.spans_s.max(initial=0))
        if end_s > LONGEST_S:
            raise InputError(
                "truth beyond the end of any video",
                where=video_id,
                wanted=f"seconds, at most {LONGEST_S:g}",
                got=end_s,
            )
        scored = 0
        if video_id in scores:
            scored = grid_size(scores[video_id].duration_s, rate_hz)
        out_s = known.ambiguous_s if drop_ambiguous else np.zeros((0, 2))
        last = max(scored, grid_size(end_s, rate_hz))
        left_out = _frames_in(grid_places(out_s, rate_hz).clip(scored, last))
        positive = np.zeros(len(classes), np.int64)
        for label in np.unique(known.segments.labels):
            own_s = known.segments.spans_s[known.segments.labels == label]
            both = grid_places(np.concatenate([own_s, out_s]), rate_hz)
            positive[label - 1] = _frames_in(both.clip(scored, last)) - left_out
        missed[video_id] = positive
    return missed


def _frames_in(places: Int[np.ndarray, "n 2"]) -> int:
    """Count the frames that lie in any of some spans of frames, `[first, end)`."""
    first, end = places[np.argsort(places[:, 0], kind="stable")].T
    reached = np.maximum.accumulate(np.append(0, end))[:-1]
    return int(np.maximum(end - np.maximum(first, reached), 0).sum())


def _notes(
    scores: Mapping[str, FrameScores],
    truth: Mapping[str, VideoTruth],
    missed: Mapping[str, Int[np.ndarray, " a"]],
) -> tuple[str, ...]:
    unscored = sorted(truth.keys() - scores.keys())
    unknown = sorted(scores.keys() - truth.keys())
    short = sorted(v for v in missed if v in scores and missed[v].any())
    notes = []
    if unscored:
        notes.append(
            f"no scores for {many(len(unscored), 'video')} of the truth, the positive "
            f"frames there count as missed: {unscored[0]}, ..."
        )
    if short:
        frames = sum(int(missed[video_id].sum()) for video_id in short)
        end_s = truth[short[0]].segments.spans_s.max()
        notes.append(
            f"scores end before the truth in {many(len(short), 'video')}, "
            f"{many(frames, 'positive frame')} after them count as missed: {short[0]} "
            f"({scores[short[0]].duration_s:g} of {end_s:g} s), ..."
        )
    if unknown:
        notes.append(
            f"no truth for {many(len(unknown), 'video')} with scores, all frames there "
            f"count as background: {unknown[0]}, ..."
        )
    return tuple(notes)
