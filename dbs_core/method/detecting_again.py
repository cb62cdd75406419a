"""A result found again under other settings, from what it keeps: no network runs.

Frame scores follow from the labelled cells, detections from frame scores, so whatever
comes behind the network can be changed in milliseconds. A head's own scores are kept
smoothed and mixed only; both can be taken back. What the result does not keep is
refused with the reason; so is what a model would have to be trained for.
"""

from dataclasses import fields, replace

import numpy as np

from dbs_core.method.backprojection.smoothing import (
    exchange,
    is_told,
    smooth_otherwise,
)
from dbs_core.method.fusion import is_cut
from dbs_core.method.labels_to_spans import localise, project
from dbs_core.method.settings import Settings
from dbs_core.records import FrameScores, Sharpened, VideoResult
from dbs_core.records.overlap import nms
from dbs_core.runtime.errors import InputError

BEHIND = ("projection", "smoothing", "proposals", "refinement", "target", "head")
"""The settings of which some decide only what comes behind the network."""
OF_HEAD = ("kind", "share", "floor", "overlap")
"""The head's settings that decide how it is used, not what it learns."""


def detect_again(result: VideoResult, before: Settings, after: Settings) -> VideoResult:
    """Give what detection under other settings would have found in a video.

    Equal to detecting anew, but for the rounding of 32 bits where a head's share of the
    scores, or what they were before they were smoothed, has to be worked out of what is
    kept. The control's scores are left out where they are kept under the old settings
    only.

    Args:
        result: of a run.
        before: the settings of that run.
        after: the others.

    Raises:
        InputError: the result keeps too little for it, or a model would have to be
            trained.
    """
    if before == after:
        return result
    scored = rescored(result, before, after)
    if scored is result and (again := _only_suppressed(result, before, after)):
        return again
    proposals, candidates = localise(
        scored.frames, after, scored.reach_s, scored.calibration
    )
    return replace(scored, proposals=proposals, candidates=candidates)


def rescored(result: VideoResult, before: Settings, after: Settings) -> VideoResult:
    """Give the frame scores under other settings, the detections as they were.

    The very same result where no score changes.

    Raises:
        InputError: as `detect_again`.
    """
    if reason := why_not(result, before, after):
        raise InputError(reason, where=result.video_id)
    headless = result.reach_s is not None and after.head.kind == "none"
    moved = _projected_otherwise(before, after)
    mixed = result.reach_s is not None and before.head.share != after.head.share
    if not (headless or moved or mixed):
        return result
    own = result.frames if result.projected is None else result.projected
    if result.maps is not None:
        own = smooth_otherwise(own, before.smoothing, after.smoothing)
    elif moved:
        own = project(result.grid, result.placement, after)
    control = _smoothed_control(result, before, after)
    changed = replace(
        result,
        projection=after.projection,
        control=control,
        control_head=None if headless else _control(result, control, before, after),
    )
    if result.reach_s is None or headless:
        if headless:  # what was fitted to scores with the head is not theirs
            changed = replace(changed, calibration=None)
        return replace(changed, frames=own, projected=None, reach_s=None)
    assert result.projected is not None  # `why_not` has looked
    head = Sharpened(result.frames, result.reach_s)
    frames = _mixed_anew(head, result.projected, own, before, after).frames
    return replace(changed, frames=frames, projected=own)


def why_not(result: VideoResult, before: Settings, after: Settings) -> str:
    """Say why a result cannot be found again under other settings; "" if it can."""
    if name := trained(before, after):
        return f"{name} decides what is learnt: train a run with it"
    moved = _projected_otherwise(before, after)
    if before.projection != after.projection and result.maps is not None:
        return "streams or members have met behind the back-projection"
    if reason := _untold(result, before, after):
        return reason
    if result.reach_s is None:
        return ""
    headless = after.head.kind == "none"
    mixed = before.head.share != after.head.share
    if result.projected is None and (headless or moved or mixed):
        return "scores without the head are not kept here"
    if headless:
        return ""
    if before.head.share == 0 and mixed:
        return "the head had no share, so its scores are not kept"
    return ""


def _untold(result: VideoResult, before: Settings, after: Settings) -> str:
    """Say why scores that are kept smoothed do not tell another smoothing's."""
    one, other = before.smoothing, after.smoothing
    behind_head = result.reach_s is not None and after.head.kind != "none"
    if one == other or not (behind_head or result.maps is not None):
        return ""  # the imprint's own are projected anew
    if is_cut(result):
        return "one of the fused streams was cut after it was smoothed"
    if not is_told(len(result.frames), one, other):
        return f"scores smoothed by {one:g} do not tell any more what {other:g} gives"
    return ""


def trained(before: Settings, after: Settings) -> str:
    """Name a setting that differs and decides what is learnt; "" for none."""
    for field in fields(Settings):
        one, other = getattr(before, field.name), getattr(after, field.name)
        if one != other and field.name not in BEHIND:
            return field.name
    for field in fields(before.head):
        one, other = getattr(before.head, field.name), getattr(after.head, field.name)
        if one != other and field.name not in OF_HEAD:
            return f"head.{field.name}"
    if after.head.kind not in ("none", before.head.kind):
        return "head.kind"
    # Both decide what the network sees; no detection of a trained run asks for them.
    return "target" if before.target != after.target else ""


def _projected_otherwise(before: Settings, after: Settings) -> bool:
    one, other = ((s.projection, s.smoothing) for s in (before, after))
    return one != other


def _smoothed_control(
    result: VideoResult, before: Settings, after: Settings
) -> FrameScores | None:
    one, other = before.smoothing, after.smoothing
    if result.control is None or not is_told(len(result.control), one, other):
        return None
    return smooth_otherwise(result.control, one, other)


def _control(
    result: VideoResult, own: FrameScores | None, before: Settings, after: Settings
) -> Sharpened | None:
    """Mix the control's head with the control, smoothed anew, by the new share."""
    if result.control_head is None or result.control is None or own is None:
        return None
    if own is result.control and before.head.share == after.head.share:
        return result.control_head
    if before.head.share == 0 != after.head.share:
        return None
    return _mixed_anew(result.control_head, result.control, own, before, after)


def _mixed_anew(
    kept: Sharpened,
    own_before: FrameScores,
    own_after: FrameScores,
    before: Settings,
    after: Settings,
) -> Sharpened:
    """Take the head's scores out of the mixture that is kept; smooth and mix anew."""
    old, new = before.head.share, after.head.share
    if old == 0:  # and so is the new one
        return replace(kept, frames=own_after)
    part = kept.frames.probability - (1 - old) * own_before.probability.astype(float)
    part = exchange(part, before.smoothing, after.smoothing)
    mixed = new * part / old + (1 - new) * own_after.probability
    probability = np.clip(mixed, 0, 1).astype(np.float32)
    return replace(kept, frames=replace(own_after, probability=probability))


def _only_suppressed(
    result: VideoResult, before: Settings, after: Settings
) -> VideoResult | None:
    """Thin the candidates out anew; None where they are not the same ones."""
    used = "head" if result.reach_s is not None else "refinement"
    overlap = getattr(after, used).overlap
    same = replace(
        after,
        **{used: replace(getattr(after, used), overlap=getattr(before, used).overlap)},
    )
    if same != before:
        return None
    candidates = result.candidates
    winner = nms(candidates.segments, overlap)
    return replace(result, candidates=replace(candidates, suppressed_by=winner))


__all__ = ["detect_again", "rescored", "trained", "why_not"]
