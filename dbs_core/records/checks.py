"""How a record checks itself and makes its arrays read-only."""

from collections.abc import Mapping
from dataclasses import fields
from functools import cache
from typing import Any

import numpy as np

UNKEPT: Mapping[str, bool] = {"kept": False}
"""Metadata of a field that no file holds: whoever makes or reads the record knows."""
PICTURE: Mapping[str, bool] = {"picture": True}
"""Metadata of a field that is a picture: a file holds it as differences of pixels."""


LONGEST_S = 1e5
"""No video is longer, 28 hours: frames of it at 25 fps would fill any memory."""
MOST_CELLS = 4096
"""Along a side of a grid; 64 are learnt at most."""


def freeze(record: object) -> None:
    """Make every array of a record read-only, so that sharing it is safe."""
    for name in _names(type(record)):  # type: ignore[arg-type]
        value = getattr(record, name)
        if isinstance(value, np.ndarray) and value.flags.writeable:
            view = value.view()
            view.flags.writeable = False
            object.__setattr__(record, name, view)


@cache
def _names(kind: type[Any]) -> tuple[str, ...]:
    return tuple(field.name for field in fields(kind))


def require(ok: bool, message: str) -> None:
    """Raise ValueError with the message unless it holds."""
    if not ok:
        raise ValueError(message)


def check_times(times_s: np.ndarray, duration_s: float, lead_s: float = 0.0) -> None:
    """Require increasing times within the duration, and a duration of a video."""
    require(0 <= lead_s <= LONGEST_S, f"lead_s: wanted seconds, got {lead_s:g}")
    require(
        bool(np.all(np.diff(times_s) > 0)),
        "times_s: wanted increasing seconds, got a step of "
        f"{np.diff(times_s).min() if len(times_s) > 1 else 0:g}",
    )
    first = float(times_s[0]) if len(times_s) else 0.0
    require(first >= 0, f"times_s: wanted seconds from 0 on, got {first:g}")
    last = float(times_s[-1]) if len(times_s) else 0.0
    require(
        duration_s >= last,
        f"duration_s: wanted at least the last time {last:g}, got {duration_s:g}",
    )
    require(
        duration_s <= LONGEST_S,
        f"duration_s: wanted at most {LONGEST_S:g}, got {duration_s:g}",
    )
