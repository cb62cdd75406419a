"""Temporal actionness grouping: frame scores to proposals (METHOD section 6.2).

Frames above a threshold form runs; from each run, later runs are absorbed as long
as the share of frames below the threshold stays within a tolerance, forwards and
backwards in time. All thresholds and tolerances are pooled and near-duplicates
removed. The actionness is 1 - background score (METHOD section 6.1: TAG trains a
network of its own for it).
"""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Bool, Float, Float64, Int64
from scipy.ndimage import gaussian_filter1d

from dbs_core.method.detection.settings import ProposalSettings
from dbs_core.records import BACKGROUND, FrameScores, Segments
from dbs_core.records.overlap import nms


def propose(scores: FrameScores, settings: ProposalSettings) -> Segments:
    """Group frames into class-agnostic proposals, best score first.

    A proposal's score is the sum of log odds of its frames; as in TAG it serves only
    the removal of near-duplicates. We leave out the released code's quirk of ending
    one sample late.
    """
    boxes = [_boxes(column, settings) for column in _columns(scores, settings)]
    spans = _distinct(np.concatenate([np.zeros((0, 2), np.int64), *boxes]), len(scores))
    if not len(spans):
        return Segments.empty()
    clipped = np.clip(1.0 - scores.probability[:, BACKGROUND], 1e-4, 1 - 1e-4)
    total = np.append(0, np.log(clipped / (1 - clipped)).cumsum(dtype=np.float64))
    edges = scores.edges_s
    pool = Segments(
        np.stack([edges[spans[:, 0]], edges[spans[:, 1]]], axis=1),
        np.zeros(len(spans), np.int64),
        total[spans[:, 1]] - total[spans[:, 0]],
    )
    return pool.select(nms(pool, settings.overlap) < 0).best_first()


def _distinct(spans: Int64[np.ndarray, "n 2"], frames: int) -> Int64[np.ndarray, "m 2"]:
    """Each span once, in order: as one number each, ten times as fast as as rows."""
    first, last = np.divmod(np.unique(spans @ [frames + 1, 1]), frames + 1)
    return np.stack([first, last], axis=1)


def _columns(
    scores: FrameScores, settings: ProposalSettings
) -> list[Float64[np.ndarray, " t"]]:
    """The curves that are grouped: the actionness, then each class's score."""
    columns = [1.0 - scores.probability[:, BACKGROUND].astype(np.float64)]
    if settings.per_class:
        columns += list(scores.probability[:, BACKGROUND + 1 :].astype(np.float64).T)
    if settings.smoothing:
        columns = [gaussian_filter1d(curve, settings.smoothing) for curve in columns]
    return columns


def _boxes(
    curve: Float64[np.ndarray, " t"], settings: ProposalSettings
) -> Int64[np.ndarray, "n 2"]:
    """Group one curve at every threshold and tolerance."""
    if not len(curve) or curve.max() <= min(settings.thresholds):
        return np.zeros((0, 2), np.int64)
    # Peaked scores pass many thresholds with the same frames: those are grouped once.
    passing = {(curve > threshold).tobytes() for threshold in settings.thresholds}
    return np.concatenate(
        [_groups(np.frombuffer(one, bool), settings.tolerances) for one in passing]
    )


def group(active: np.ndarray, tolerance: float) -> Int64[np.ndarray, "n 2"]:
    """Group runs of active frames at one tolerance: `[first, one past last)`.

    Forward, run x absorbs runs up to the first y with g(u_y) > g(u_x), where g counts
    inactive frames less tolerance times frames; backward is the mirror image. Each
    is a "next greater element" search.
    """
    return _groups(np.asarray(active, bool), (tolerance,))


def _groups(
    active: Bool[np.ndarray, " t"], tolerances: Sequence[float]
) -> Int64[np.ndarray, "n 2"]:
    """Group at several tolerances: all but the search is the same for each."""
    padded = np.concatenate([[0], active.astype(np.int8), [0]])
    steps = np.diff(padded)
    first, last = np.flatnonzero(steps == 1), np.flatnonzero(steps == -1)
    if len(first) < 2:
        return np.stack([first, last], axis=1)
    inactive = np.cumsum(~active)
    inside = np.minimum(last, len(active) - 1)
    tolerance = np.array(tolerances)[:, None]
    excess = inactive[inside] - tolerance * inside - tolerance * (last - inside)
    both = np.concatenate([inactive[first] - tolerance * first, -excess[:, ::-1]])
    ahead, behind = np.split(_next_greater(both), 2)
    behind = len(last) - 1 - behind[:, ::-1]
    starts, ends = np.broadcast_arrays(first, last[ahead - 1])
    early, late = np.broadcast_arrays(first[behind + 1], last)
    return np.stack(
        [np.append(starts, early), np.append(ends, late)], axis=1, dtype=np.int64
    )


def _next_greater(values: Float[np.ndarray, "k r"]) -> Int64[np.ndarray, "k r"]:
    """Index of the first later value of a row that is greater; r when none is.

    Steps of falling powers of two, each taken where all it passes is no greater: the
    largest of every stretch of such a length is known from two of half the length.
    """
    count = values.shape[1]
    wall = np.full((values.shape[0], 1), np.inf)
    largest = [np.concatenate([values, wall], axis=1)]
    while (step := 2 ** len(largest)) <= count:
        shorter = largest[-1]
        later = np.minimum(np.arange(count + 1) + step // 2, count)
        largest.append(np.maximum(shorter, shorter[:, later]))
    found = np.broadcast_to(np.arange(1, count + 1), values.shape).copy()
    row = np.arange(values.shape[0])[:, None]
    for power in reversed(range(len(largest))):
        passed = largest[power][row, found] <= values
        found += passed * 2**power
    return found
