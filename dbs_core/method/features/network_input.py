"""What the network sees of each sampled frame: crop, motion, mirror image."""

from collections.abc import Generator
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

import numpy as np
from jaxtyping import UInt8

from dbs_core.method.features.backbone import INPUT_SIZE
from dbs_core.method.features.flow import estimator, sample_stacks
from dbs_core.method.features.settings import FeatureSettings
from dbs_core.method.video import sample_frames
from dbs_core.records import FrameGeometry


def mirrored_frame(
    frame: UInt8[np.ndarray, "height width 3"],
) -> UInt8[np.ndarray, "height width 3"]:
    """Flip a frame left to right."""
    return np.ascontiguousarray(frame[:, ::-1])


def mirrored_stack(
    stack: UInt8[np.ndarray, "height width channels"],
) -> UInt8[np.ndarray, "height width channels"]:
    """Flip a stack left to right: what moved right moves left (x := 255 - x)."""
    flipped = stack[:, ::-1].copy()
    flipped[..., 0::2] = 255 - flipped[..., 0::2]
    return flipped


RESIZED = (298, INPUT_SIZE)
"""METHOD section 2.1: resize to 298 x 224 (width x height), keep the middle 224."""
LEFT = (RESIZED[0] - INPUT_SIZE) // 2
GEOMETRY = FrameGeometry(LEFT / RESIZED[0], 0.0, (LEFT + INPUT_SIZE) / RESIZED[0], 1.0)


class Seen(NamedTuple):
    """A sampled frame, cropped, and what the network gets to see of it."""

    time_s: float
    frame: UInt8[np.ndarray, "224 224 3"]
    input: UInt8[np.ndarray, "224 224 channels"]


def seen(
    path: Path,
    settings: FeatureSettings,
    span_s: tuple[float, float] | None = None,
) -> Generator[Seen, None, None]:
    """Decode the middle 224 x 224 of each sampled frame, and what its stream sees.

    Raises:
        InputError: as `sample_frames`; the flow method is not there.
    """
    start_s, end_s = span_s or (0.0, None)
    crop = np.s_[:, LEFT : LEFT + INPUT_SIZE]
    rate_hz = settings.rate_hz
    if settings.stream == "rgb":
        sampled = sample_frames(
            path, rate_hz=rate_hz, start_s=start_s, end_s=end_s, size=RESIZED
        )
        with closing(sampled):
            for time_s, frame in sampled:
                yield Seen(time_s, frame[crop], frame[crop])
    else:
        stacked = sample_stacks(
            path,
            estimator(settings.flow),
            rate_hz=rate_hz,
            start_s=start_s,
            end_s=end_s,
            size=RESIZED,
        )
        for time_s, frame, stack in stacked:
            yield Seen(time_s, frame[crop], stack[crop])


def mirror(one: Seen) -> Seen:
    """Give the mirror image of a sampled frame; a stack's motion turns round too."""
    frame = mirrored_frame(one.frame)
    flows = one.input.shape[-1] != frame.shape[-1]
    return Seen(one.time_s, frame, mirrored_stack(one.input) if flows else frame)
