"""Sampling times: the multiples of 1/rate_hz, and what counts as the same time."""

import math

TICK_S = 1e-6
"""Two times closer than this are the same time (rounding of time bases)."""


def tick_from(time_s: float, rate_hz: float) -> int:
    """Number of the first sampling time at or after a time."""
    return math.ceil((time_s - TICK_S) * rate_hz)


def is_sampled(from_s: float, until_s: float, rate_hz: float) -> bool:
    """Say whether a sampling time falls between a frame's start and the next one's."""
    return tick_from(from_s, rate_hz) / rate_hz < until_s - TICK_S
