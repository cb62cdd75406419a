"""Whether the annotation of videos that were looked at can be in seconds."""

from collections.abc import Iterable

from dbs_core.evaluation.plausible_times import beyond_the_end
from dbs_core.records import VideoEntry, VideoInfo

_NOT_WHOLE = ("cut short", "decodes only to", "damaged")
"""Problems of files that end early: a span past their end is none of a frame number."""


def truth_past_the_end(
    seen: Iterable[tuple[VideoEntry, VideoInfo]],
) -> tuple[str, ...]:
    """Say so where most truths end after their video, split by split.

    Args:
        seen: videos with what their files hold; those that end early tell nothing.
    """
    splits: dict[str, list[tuple[VideoEntry, VideoInfo]]] = {}
    for entry, info in seen:
        if entry.truth is not None and not _ends_early(info):
            splits.setdefault(entry.split, []).append((entry, info))
    return tuple(
        note
        for split, pairs in splits.items()
        for note in beyond_the_end(
            f"truths of {split}",
            {e.video_id: e.truth.segments for e, _ in pairs if e.truth},
            {e.video_id: info.duration_s for e, info in pairs},
        )
    )


def _ends_early(info: VideoInfo) -> bool:
    return any(problem.startswith(_NOT_WHOLE) for problem in info.problems)
