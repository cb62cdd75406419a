"""The pointing game over many videos: shares by map and class, with intervals."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from dbs_core.evaluation.pointing import Played, Pointing, total
from dbs_core.evaluation.protocols.draws import draw_videos

NAMES = {
    "dbs_placed": "ours: score, weighted by place",
    "dbs": "score alone (Eq. 7)",
    "control_placed": "control's map, weighted alike",
    "control": "control's activation map",
    "centre": "always the middle",
    "uniform": "no preference (box area)",
}
"""The maps that are judged, as they are called in tables."""
LEVEL = 0.95


@dataclass(frozen=True)
class PointingRow:
    """One map: percent of frames, how far that may be chance, and by class label."""

    name: str
    percent: float
    low: float
    high: float
    by_class: dict[int, float]


def pointing_rows(
    videos: Sequence[Played], *, draws: int = 1000, seed: int = 0
) -> tuple[PointingRow, ...]:
    """Make a row of each map; its interval is by a bootstrap over videos."""
    games = [one.pointing() for one in videos]
    labels = sorted({int(label) for one in videos for label in one.labels})
    of_class = {x: total(one.pointing(x) for one in videos) for x in labels}
    counts = draw_videos(len(games), draws, np.random.default_rng(seed))
    whole = total(games)
    return tuple(
        PointingRow(
            name,
            whole.shares[name],
            *_interval(games, name, counts),
            {label: game.shares[name] for label, game in of_class.items()},
        )
        for name in NAMES
        if name in whole.hits
    )


def _interval(
    games: Sequence[Pointing], name: str, counts: np.ndarray
) -> tuple[float, float]:
    """Give the middle 95 % of the shares that other draws of videos would have."""
    frames = counts @ np.array([game.frames for game in games], np.float64)
    hits = counts @ np.array([game.hits.get(name, 0.0) for game in games])
    shares = 100 * hits[frames > 0] / frames[frames > 0]
    if not len(shares):
        return float("nan"), float("nan")
    low, high = np.quantile(shares, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return float(low), float(high)
