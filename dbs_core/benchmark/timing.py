"""Seconds of a call: the least of several, since others may use the machine too."""

import time
from collections.abc import Callable
from typing import TypeVar

from dbs_core.runtime.stage_clock import wait_for

Value = TypeVar("Value")


def timed(
    call: Callable[[], Value], device: str = "cpu", repeats: int = 1
) -> tuple[float, Value]:
    """Give the least seconds that a call took, and what it gave."""
    best, value = _once(call, device)
    for _ in range(repeats - 1):
        seconds, value = _once(call, device)
        best = min(best, seconds)
    return best, value


def _once(call: Callable[[], Value], device: str) -> tuple[float, Value]:
    wait_for(device)
    started = time.perf_counter()
    value = call()
    wait_for(device)
    return time.perf_counter() - started, value
