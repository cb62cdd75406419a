"""Late fusion: several results of one video become one (METHOD section 5).

Of two streams, or of a run's members. Imprints differ, so they meet behind the
back-projection: frame scores and 7 x 7 maps are averaged by weight, then proposals,
class choice and refinement run once on the sum; with temporal heads in all, what they
say of boundaries is averaged too. The imprint of the result, which cannot be averaged,
is the first's.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from jaxtyping import UInt8

from dbs_core.method.backprojection.frame_scores import maps_of
from dbs_core.method.labels_to_spans import localise
from dbs_core.method.settings import FUSION_WEIGHT, Settings
from dbs_core.records import Calibration, FrameScores, Placement, Sharpened, VideoResult
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
    return averaged((first, second), (weight, 1 - weight), settings)


def averaged(
    results: Sequence[VideoResult],
    weights: Sequence[float],
    settings: Settings,
    calibration: Calibration | None = None,
) -> VideoResult:
    """Average the results of one video: of two streams, or of a run's members.

    Args:
        results: the first is the one whose imprint is shown.
        weights: of each, 1 in all.
        settings: of proposals and refinement.
        calibration: of what is found in the mean (default: the mean of theirs).

    Raises:
        InputError: they do not belong together.
    """
    first = results[0]
    for other in results[1:]:
        _require_alike(first, other)
    length = min(len(one.frames) for one in results)
    frames = mean_scores([one.frames for one in results], weights)
    maps = _mean([maps_of(one)[:length] for one in results], weights)
    head = mean_heads([_head_of(one) for one in results], weights)
    reach_s = head.reach_s if head else None
    lost = reach_s is None and any(one.reach_s is not None for one in results)
    if calibration is None and not lost:  # fitted to what heads say
        calibration = _mean_calibration([one.calibration for one in results], weights)
    proposals, candidates = localise(frames, settings, reach_s, calibration)
    return replace(
        first,
        info=replace(first.info, problems=(*first.info.problems, *_cut_notes(results))),
        placement=_cut(first.placement, length, frames.duration_s),
        trace=first.trace[:, :length],
        frames=frames,
        maps=maps.astype(np.float16),
        share=weights[0] * (1.0 if first.share is None else first.share),
        unusual=_unusual([one.unusual for one in results], weights, length),
        control=_of_all([one.control for one in results], weights),
        reach_s=reach_s,
        projected=_of_all([one.projected for one in results], weights),
        control_head=mean_heads([one.control_head for one in results], weights),
        proposals=proposals,
        candidates=candidates,
        calibration=calibration,
    )


def mean_scores(scores: Sequence[FrameScores], weights: Sequence[float]) -> FrameScores:
    """Average the frames that all have."""
    first, lengths = scores[0], [len(one) for one in scores]
    length = min(lengths)
    probability = _mean([one.probability[:length] for one in scores], weights)
    times_s, duration_s = first.times_s[:length], first.duration_s
    if max(lengths) != length:
        shortest_s = min(one.duration_s for one in scores)
        duration_s = max(shortest_s, times_s[-1] + SAME_S)
    return FrameScores(
        probability.astype(np.float32), times_s, float(duration_s), first.lead_s
    )


def mean_heads(
    heads: Sequence[Sharpened | None], weights: Sequence[float]
) -> Sharpened | None:
    """Average what heads say; None where one is missing, or of another kind."""
    known = [one for one in heads if one is not None]
    if len(known) < len(heads) or len({one.reach_s.ndim for one in known}) > 1:
        return None
    frames = mean_scores([one.frames for one in known], weights)
    reach_s = _mean([one.reach_s[: len(frames)] for one in known], weights)
    return Sharpened(frames, reach_s.astype(np.float32))


def _of_all(
    scores: Sequence[FrameScores | None], weights: Sequence[float]
) -> FrameScores | None:
    """Average scores that all results have; None where one has none."""
    known = [one for one in scores if one is not None]
    return mean_scores(known, weights) if len(known) == len(scores) else None


def _mean(arrays: Sequence[np.ndarray], weights: Sequence[float]) -> np.ndarray:
    """Average arrays by their weights."""
    found = weights[0] * arrays[0]
    for weight, array in zip(weights[1:], arrays[1:], strict=True):
        found = found + weight * array
    return found


def _mean_calibration(
    known: Sequence[Calibration | None], weights: Sequence[float]
) -> Calibration | None:
    """Average slopes and offsets, as scores are; None where a result has none."""
    every = [one for one in known if one is not None]
    if len(every) < len(known):
        return None
    slope = sum(w * one.slope for w, one in zip(weights, every, strict=True))
    return Calibration(slope, _mean([one.offsets for one in every], weights))


def _unusual(
    places: Sequence[UInt8[np.ndarray, "_ tall wide"] | None],
    weights: Sequence[float],
    length: int,
) -> UInt8[np.ndarray, "t tall wide"] | None:
    """Average where all see something unusual; else the first's that says so."""
    known = [one[:length] for one in places if one is not None]
    alike = len({one.shape for one in known}) == 1
    if not known or len(known) < len(places) or not alike:
        return known[0] if known else None
    return np.rint(_mean(known, weights)).astype(np.uint8)


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


def _head_of(result: VideoResult) -> Sharpened | None:
    if result.reach_s is None:
        return None
    return Sharpened(result.frames, result.reach_s)


def _cut_notes(results: Sequence[VideoResult]) -> tuple[str, ...]:
    """Say which of two streams is longer; members all see the same frames."""
    lengths = [len(one.frames) for one in results]
    shorter = min(lengths)
    return tuple(
        f"the {name} stream has {length} {CUT} {shorter}"
        for name, length in zip(("first", "second"), lengths, strict=False)
        if length > shorter
    )


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
