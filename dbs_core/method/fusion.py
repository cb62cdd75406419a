"""Late fusion: two streams' results of one video become one (METHOD section 5).

Imprints differ, so streams meet behind the back-projection: frame scores and 7 x 7 maps
are averaged by weight, then proposals, class choice and refinement run once on the sum;
with temporal heads in both, what they say of boundaries is averaged too.
The imprint of the result, which cannot be averaged, is the first stream's.
"""

from dataclasses import replace

import numpy as np
from jaxtyping import UInt8

from dbs_core.method.backprojection.frame_scores import maps_of
from dbs_core.method.labels_to_spans import localise
from dbs_core.method.settings import FUSION_WEIGHT, Settings
from dbs_core.records import FrameScores, Placement, Sharpened, VideoResult
from dbs_core.runtime.errors import InputError

SAME_S = 1e-3
"""Two sampled frames closer than this are the same one."""
CUT = "samples, cut to"
"""In the note on two streams of which one is longer."""


def fuse(
    first: VideoResult,
    second: VideoResult,
    settings: Settings,
    weight: float = FUSION_WEIGHT,
) -> VideoResult:
    """Put the results of two streams of one video together.

    Where one is longer it is cut to the shorter, and the result's problems say so.

    Args:
        first: the stream whose imprint the result shows.
        second: the other.
        settings: of proposals and refinement.
        weight: of the first, 0 to 1; the other has the rest.

    Raises:
        InputError: they do not belong together.
    """
    _require_alike(first, second)
    length = min(len(first.frames), len(second.frames))
    frames = _mixed(first.frames, second.frames, length, weight)
    maps = weight * maps_of(first)[:length]
    maps += (1 - weight) * maps_of(second)[:length]
    control = None
    if first.control is not None and second.control is not None:
        control = _mixed(first.control, second.control, length, weight)
    head = _mixed_head(_head_of(first), _head_of(second), length, weight)
    reach_s = head.reach_s if head else None
    projected = None
    if first.projected is not None and second.projected is not None:
        projected = _mixed(first.projected, second.projected, length, weight)
    control_head = _mixed_head(first.control_head, second.control_head, length, weight)
    proposals, candidates = localise(frames, settings, reach_s)
    return replace(
        first,
        info=replace(
            first.info, problems=(*first.info.problems, *_cut_note(first, second))
        ),
        placement=_cut(first.placement, length, frames.duration_s),
        trace=first.trace[:, :length],
        frames=frames,
        maps=maps.astype(np.float16),
        unusual=_unusual(first, second, length, weight),
        control=control,
        reach_s=reach_s,
        projected=projected,
        control_head=control_head,
        proposals=proposals,
        candidates=candidates,
    )


def _unusual(
    first: VideoResult, second: VideoResult, length: int, weight: float
) -> UInt8[np.ndarray, "t tall wide"] | None:
    """Average where both streams see something unusual; else one's, if it says so."""
    one, other = (
        None if r.unusual is None else r.unusual[:length] for r in (first, second)
    )
    if one is None or other is None or one.shape != other.shape:
        return other if one is None else one
    return np.rint(weight * one + (1 - weight) * other).astype(np.uint8)


def _require_alike(first: VideoResult, second: VideoResult) -> None:
    """Check that two results can be averaged cell by cell and frame by frame."""
    for what, one, other in (
        ("streams of other geometry", first.geometry, second.geometry),
        ("maps of other sizes", first.placement.window, second.placement.window),
        ("streams of other classes", _channels(first), _channels(second)),
    ):
        if one != other:
            raise InputError(what, where=first.video_id, wanted=one, got=other)
    length = min(len(first.frames), len(second.frames))
    if not length:
        raise InputError("no frame in one of the streams", where=first.video_id)
    apart = np.abs(first.frames.times_s[:length] - second.frames.times_s[:length])
    if apart.max() > SAME_S:
        raise InputError(
            "streams sampled at other times",
            where=first.video_id,
            wanted=f"the same within {SAME_S:g} s",
            got=f"{apart.max():.3f} s apart",
            cure="detect in both with the same rate, in the same file",
        )


def _channels(result: VideoResult) -> int:
    return result.frames.probability.shape[1]


def _mixed(
    first: FrameScores, second: FrameScores, length: int, weight: float
) -> FrameScores:
    """Average the first frames of both."""
    probability = weight * first.probability[:length]
    probability = probability + (1 - weight) * second.probability[:length]
    times_s = first.times_s[:length]
    duration_s = first.duration_s
    if len(first) != len(second):
        duration_s = max(min(duration_s, second.duration_s), times_s[-1] + SAME_S)
    return FrameScores(
        probability.astype(np.float32), times_s, float(duration_s), first.lead_s
    )


def _mixed_head(
    first: Sharpened | None, second: Sharpened | None, length: int, weight: float
) -> Sharpened | None:
    """Average what both streams' heads say; None where one has none, or another."""
    if first is None or second is None or first.reach_s.ndim != second.reach_s.ndim:
        return None
    reach_s = weight * first.reach_s[:length] + (1 - weight) * second.reach_s[:length]
    frames = _mixed(first.frames, second.frames, length, weight)
    return Sharpened(frames, reach_s.astype(np.float32))


def _head_of(result: VideoResult) -> Sharpened | None:
    if result.reach_s is None:
        return None
    return Sharpened(result.frames, result.reach_s)


def _cut_note(first: VideoResult, second: VideoResult) -> tuple[str, ...]:
    one, other = len(first.frames), len(second.frames)
    if one == other:
        return ()
    longer = "first" if one > other else "second"
    shorter = min(one, other)
    return (f"the {longer} stream has {max(one, other)} {CUT} {shorter}",)


def is_cut(result: VideoResult) -> bool:
    """Say whether a fused result had a longer stream."""
    return any(CUT in problem for problem in result.info.problems)


def _cut(placement: Placement, length: int, duration_s: float) -> Placement:
    """Keep the first frames of a placement."""
    return replace(
        placement,
        locations=placement.locations[:length],
        weights=placement.weights[:length],
        times_s=placement.times_s[:length],
        duration_s=duration_s,
    )
