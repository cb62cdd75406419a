"""From labels in time to labels on the grid (METHOD sections 2.4 and 3).

Frame labels -> target map and loss mask of one imprint. `eq5` is the paper's: a
location is active for a class when more than tau of its frames lie there, and its
whole window gets the class. `purity` (ours) shares each cell among the classes by
how much of each lies there, which needs no tau and does not bleed.
"""

import numpy as np
from jaxtyping import Bool, Float32, Float64

from dbs_core.method.backprojection.settings import TargetKind
from dbs_core.method.backprojection.windows import window_sum
from dbs_core.records import BACKGROUND, Placement, VideoTruth


def frame_labels(
    truth: VideoTruth, times_s: Float64[np.ndarray, " t"], channels: int
) -> Bool[np.ndarray, "t c"]:
    """Say which classes each frame shows: true multi-label (METHOD 9, row 8).

    A frame at time x belongs to every span with start <= x < end; to background
    when it is in none. Frames in an ambiguous span belong to nothing, unless an
    action is annotated there too.
    """
    labels = np.zeros((len(times_s), channels), bool)
    segments = truth.segments
    for (start, end), label in zip(segments.spans_s, segments.labels, strict=True):
        labels[(start <= times_s) & (times_s < end), label] = True
    labels[:, BACKGROUND] = ~labels.any(axis=1)
    for start, end in truth.ambiguous_s:
        labels[(start <= times_s) & (times_s < end), BACKGROUND] = False
    return labels


def frame_targets(labels: Bool[np.ndarray, "t c"]) -> Float32[np.ndarray, "t c"]:
    """Share each frame evenly among its classes; rows of zeros stay zero."""
    total = labels.sum(axis=1, keepdims=True)
    return (labels / np.maximum(total, 1)).astype(np.float32)


def class_mass(
    placement: Placement, share: Float32[np.ndarray, "t c"]
) -> Float32[np.ndarray, "gh gw c"]:
    """Sum the posterior of each class's frames per window ORIGIN."""
    mass = np.zeros((*placement.grid, share.shape[1]), np.float32)
    row, column = placement.locations[..., 0], placement.locations[..., 1]
    weighted = placement.weights[..., None] * share[:, None, :]  # [t, k, c]
    np.add.at(mass, (row, column), weighted)
    return mass


def labelled_mass(
    placement: Placement, labels: Bool[np.ndarray, "t c"], kind: TargetKind
) -> Float32[np.ndarray, "gh gw c"]:
    """Sum the posterior of labelled frames per window origin, for a kind of target.

    A frame of two classes counts for both in `eq5`, whose T_c are sets (METHOD 2.4),
    and half for each in `purity`, where shares of a whole are wanted.
    """
    counted = labels.astype(np.float32) if kind == "eq5" else frame_targets(labels)
    return class_mass(placement, counted)


def assigned_mask(placement: Placement, tau: float) -> Bool[np.ndarray, "gh gw"]:
    """Label-free mask: cells of every window whose origin holds more than tau frames.

    The same at training and test time (METHOD section 2.4: AUTHOR's uses labels).
    """
    everything = np.ones((len(placement), 1), np.float32)
    active = class_mass(placement, everything) > tau
    return window_sum(active.astype(np.float32), placement.window)[..., 0] > 0


def target_map(
    mass: Float32[np.ndarray, "gh gw c"],
    window: tuple[int, int],
    kind: TargetKind,
    tau: float,
) -> Float32[np.ndarray, "gh gw c"]:
    """Build the annotation map; each cell sums to 1, or to 0 where nothing is known.

    Args:
        mass: what `labelled_mass` gives for the frames.
        window: cells of a frame.
        kind: `eq5` (Eq. 5 with AUTHOR's rules: action wins shared cells, two
            actions share one) or `purity` (shares by mass).
        tau: frames a location must exceed, `eq5` only; never more than 0.15 of
            the class's frames, so that short instances keep cells (METHOD 3.4).
    """
    if kind == "eq5":
        limit = np.minimum(tau, 0.15 * mass.sum(axis=(0, 1)))
        active = window_sum((mass > limit).astype(np.float32), window) > 0
        active[..., BACKGROUND] &= ~active[..., BACKGROUND + 1 :].any(axis=-1)
        shares = active.astype(np.float32)
    else:
        shares = window_sum(mass, window)
    total = shares.sum(axis=-1, keepdims=True)
    return np.divide(shares, total, out=np.zeros_like(shares), where=total > 1e-6)
