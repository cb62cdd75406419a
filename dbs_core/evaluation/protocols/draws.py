"""Draws of videos: how often each counts. Every interval of a split is of the same."""

from collections.abc import Sequence
from functools import lru_cache
from threading import Lock

import numpy as np
from jaxtyping import Float64, Real

Counts = Real[np.ndarray, "b v"]
"""How often each video counts in each draw."""
_AT_ONCE = 100
_DRAWING = Lock()


def whole_and_draws(
    videos: int, draws: int, generator: np.random.Generator
) -> Float64[np.ndarray, "b1 v"]:
    """Give how often each video counts: once in the first row, then in each draw."""
    drawn = draw_videos(videos, draws, generator)
    return np.concatenate([np.ones((1, videos)), drawn])


def draw_videos(
    videos: int, draws: int, generator: np.random.Generator
) -> Float64[np.ndarray, "b v"]:
    """Draw as many videos as there are, with replacement: how often each came."""
    if not videos:
        return np.zeros((draws, 0))
    share = np.full(videos, 1 / videos)
    return generator.multinomial(videos, share, size=draws).astype(np.float64)


def seeded_draws(videos: int, draws: int, seed: int) -> Counts:
    """Give `whole_and_draws` of a seed, in few bytes, and made once.

    Of ten thousand videos to draw takes as long as to judge the draws, and every tIoU,
    threshold and run of so many videos is judged on the same ones.
    """
    with _DRAWING:  # who comes while they are made waits for them
        return _seeded_draws(videos, draws, seed)


@lru_cache(maxsize=2)
def _seeded_draws(videos: int, draws: int, seed: int) -> Counts:
    generator = np.random.default_rng(seed)
    counts = np.ones((1 + draws, videos), np.min_scalar_type(videos))
    for first in range(1, 1 + draws, _AT_ONCE):
        part = counts[first : first + _AT_ONCE]
        part[:] = draw_videos(videos, len(part), generator)
    counts.flags.writeable = False
    return counts


def of_videos(
    counts: Counts, videos: Sequence[str], wanted: Sequence[str]
) -> Real[np.ndarray, "b w"]:
    """Take the columns of some of the videos that draws were made of."""
    if tuple(videos) == tuple(wanted):
        return counts
    number = {video: i for i, video in enumerate(videos)}
    return counts[:, [number[video] for video in wanted]]
