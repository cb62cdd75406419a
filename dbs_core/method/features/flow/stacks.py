"""Flow stacks of a video's sampled frames: what the flow network sees.

METHOD section 2.1: frames of 340 x 256, flow between neighbours, bytes with 128 for
no motion, resized to 298 x 224, the middle 224. Times are those of the RGB stream, so
both streams can be put together sample by sample.
"""

import itertools
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

import av
import cv2
import numpy as np
from jaxtyping import Float32, UInt8

from dbs_core.method.features.flow.methods import Estimator
from dbs_core.method.features.flow.pairs import PAIRS, with_flows
from dbs_core.method.video.sampling import on_screen
from dbs_core.method.video.stream import VideoStream

FLOW_SIZE = (340, 256)
"""Width x height of the frames between which flow is found."""
BOUND = 20.0
"""Pixels a frame: motion beyond it is cut off."""
STILL = 128
"""The byte of no motion."""
CHANNELS = 2 * PAIRS


class Stacked(NamedTuple):
    """A sampled frame with its flows, each at the size that was asked for."""

    time_s: float
    frame: UInt8[np.ndarray, "height width 3"]
    stack: UInt8[np.ndarray, "height width channels"]


def sample_stacks(
    path: Path,
    estimate: Estimator,
    *,
    size: tuple[int, int],
    rate_hz: float = 5.0,
    start_s: float = 0.0,
    end_s: float | None = None,
) -> Iterator[Stacked]:
    """Give the frames that `sample_frames` gives, each with its flow stack.

    Channels are x1, y1 ... x5, y5. Flows may come from frames behind `end_s`.

    Args:
        path: the video file.
        estimate: finds the flow between two grey pictures.
        size: (width, height) of frame and stack.
        rate_hz: samples a second.
        start_s: no sample before this time.
        end_s: no sample at or after this time; None for the end of the video.

    Raises:
        InputError: missing, no video, or without a single frame that decodes.
    """
    with VideoStream(path) as stream:
        natives = (
            (time_s, _Native(frame, stream)) for time_s, frame in stream.frames(start_s)
        )
        ahead, sampled = itertools.tee(natives)
        chosen = on_screen(
            sampled,
            rate_hz=rate_hz,
            start_s=max(0.0, start_s),
            end_s=math.inf if end_s is None else end_s,
            stay_s=lambda native: stream.stay_s(native.frame),
        )
        between = _between(estimate, size)
        for time_s, native, flows in with_flows(ahead, chosen, between):
            yield Stacked(time_s, stream.rgb(native.frame, size), _stack(flows, size))


@dataclass(eq=False)
class _Native:
    """A decoded frame; its grey picture is made when a pair needs it, once."""

    frame: av.VideoFrame
    stream: VideoStream

    @cached_property
    def grey(self) -> UInt8[np.ndarray, "256 340"]:
        return self.stream.grey(self.frame, FLOW_SIZE)


def _between(
    estimate: Estimator, size: tuple[int, int]
) -> Callable[[_Native, _Native], np.ndarray]:
    """Give the function from two frames to the bytes of their flow."""

    def between(first: _Native, second: _Native) -> np.ndarray:
        flow = quantised(estimate(first.grey, second.grey))
        # Motion stays in pixels of 340 x 256, as AUTHOR's: only the picture shrinks.
        return cv2.resize(flow, size, interpolation=cv2.INTER_LINEAR)

    return between


def quantised(
    flow: Float32[np.ndarray, "height width 2"],
) -> UInt8[np.ndarray, "height width 2"]:
    """Turn pixels of motion into bytes: 0 for -20, 128 for none, 255 for +20."""
    levels = np.rint((flow + BOUND) * (255 / (2 * BOUND)))
    return np.clip(levels, 0, 255).astype(np.uint8)


def _stack(
    flows: tuple[np.ndarray, ...], size: tuple[int, int]
) -> UInt8[np.ndarray, "height width channels"]:
    """Put flows behind each other; a video of one frame stands still."""
    if not flows:
        return np.full((size[1], size[0], CHANNELS), STILL, np.uint8)
    return np.concatenate(flows, axis=-1)
