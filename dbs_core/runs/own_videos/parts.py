"""Long videos in parts: each part an imprint of its own, so that memory has a bound.

The method is made for a few minutes of video (THUMOS'14: 230 s on average): the EM
holds every frame, and an imprint of hours would put everything on everything.
"""

import itertools
import math

LONGEST_S = 900.0
"""Longest video that goes through in one piece: 4500 frames, 1.5 GB at the peak (a
third of it pages of the features' file)."""

Span = tuple[float, float]


def parts_of(duration_s: float, longest_s: float = LONGEST_S) -> tuple[Span, ...]:
    """Cut a video into equal parts, none longer than allowed: one for a short video."""
    count = max(1, math.ceil(duration_s / longest_s))
    edges = [duration_s * i / count for i in range(count + 1)]
    return tuple(itertools.pairwise(edges))


def clock(seconds: float) -> str:
    """Write a time as people say it: 0:07, 12:30, 1:02:03."""
    whole = round(seconds)
    hours, minutes, rest = whole // 3600, whole // 60 % 60, whole % 60
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"
