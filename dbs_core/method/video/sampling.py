"""Frames of a video by time: a steady sampling, and the frame at one moment.

Comes in: a path and times in seconds. Goes out: upright RGB frames with their own
presentation times. METHOD section 0 samples at 5 Hz; here by time instead of every
round(fps / 5)-th frame, so that no frame rate drifts.
"""

import math
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TypeVar

import numpy as np
from jaxtyping import UInt8

from dbs_core.method.video.stream import VideoStream
from dbs_core.method.video.ticks import TICK_S, tick_from
from dbs_core.runtime.errors import InputError

Image = UInt8[np.ndarray, "height width 3"]
Frame = TypeVar("Frame")


class Sampling(Iterator[tuple[float, np.ndarray]]):
    """The sampled frames of a video, one at a time: (seconds, upright RGB).

    After the last frame `problem` is None, or says what kept the rest from being
    decoded. Use it once; `close()` or the end of the iteration closes the file.
    """

    def __init__(
        self,
        path: Path,
        *,
        rate_hz: float = 5.0,
        start_s: float = 0.0,
        end_s: float | None = None,
        size: tuple[int, int] | None = None,
    ) -> None:
        if not (math.isfinite(rate_hz) and rate_hz > 0):
            raise InputError(
                "sampling rate", wanted="a positive number of Hz", got=rate_hz
            )
        _check_size(size)
        self._stream = VideoStream(path)
        self._size = size or self._stream.upright_size(self._stream.first)
        self._chosen = on_screen(
            self._stream.sampled(start_s, rate_hz),
            rate_hz=rate_hz,
            start_s=max(0.0, start_s),
            end_s=math.inf if end_s is None else end_s,
            stay_s=self._stream.stay_s,
        )

    @property
    def problem(self) -> str | None:
        """What was wrong with the file, as far as it has been read."""
        return self._stream.problem

    def __iter__(self) -> "Sampling":
        return self

    def __next__(self) -> tuple[float, np.ndarray]:
        try:
            time_s, frame = next(self._chosen)
            return time_s, self._stream.rgb(frame, self._size)
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Close the file before the end."""
        self._stream.close()


def sample_frames(
    path: Path,
    *,
    rate_hz: float = 5.0,
    start_s: float = 0.0,
    end_s: float | None = None,
    size: tuple[int, int] | None = None,
) -> Sampling:
    """Sample the frame on screen at each multiple of 1/rate_hz in [start_s, end_s).

    Each frame of the file comes at most once, with its own time, so times are
    strictly increasing but not evenly spaced. A frame stays on screen until the next
    one; the first is on screen before its time too. Frames are decoded one by one:
    memory does not grow with the length of the video.

    Args:
        path: the video file.
        rate_hz: samples a second.
        start_s: no sample before this time; the file is sought there.
        end_s: no sample at or after this time; None for the end of the video.
        size: (width, height) of the upright image; None keeps the video's own.

    Raises:
        InputError: missing, no video, or without a single frame that decodes.
    """
    return Sampling(path, rate_hz=rate_hz, start_s=start_s, end_s=end_s, size=size)


def frame_at(
    path: Path, time_s: float, size: tuple[int, int] | None = None
) -> tuple[float, Image]:
    """Give the frame on screen at a time, with its own time: upright RGB.

    The same frame that `sample_frames` gives for that time. Before the start it is
    the first frame, after the end the last.

    Raises:
        InputError: missing, no video, or without a single frame that decodes.
    """
    _check_size(size)
    with VideoStream(path) as stream:
        size = size or stream.upright_size(stream.first)
        frames = stream.frames(time_s)
        shown_s, shown = next(frames)
        for next_s, frame in frames:
            if next_s > time_s + TICK_S:
                break
            shown_s, shown = next_s, frame
        return shown_s, stream.rgb(shown, size)


def on_screen(
    frames: Iterable[tuple[float, Frame]],
    *,
    rate_hz: float,
    start_s: float,
    end_s: float,
    stay_s: Callable[[Frame], float],
) -> Iterator[tuple[float, Frame]]:
    """Keep the frames that are on screen at a multiple of 1/rate_hz.

    Args:
        frames: (seconds, frame) with increasing times.
        rate_hz: samples a second.
        start_s: first second that counts.
        end_s: second from which on none counts.
        stay_s: how long a frame stays on screen when no other follows.
    """
    tick = tick_from(start_s, rate_hz)
    shown: tuple[float, Frame] | None = None
    for time_s, frame in frames:
        if shown is not None and tick / rate_hz < min(time_s, end_s) - TICK_S:
            yield shown
            tick = tick_from(time_s, rate_hz)
        if tick / rate_hz >= end_s - TICK_S:
            return
        shown = time_s, frame
    if shown is not None:
        gone_s = shown[0] + stay_s(shown[1])
        if tick / rate_hz < min(gone_s, end_s) - TICK_S:
            yield shown


def _check_size(size: tuple[int, int] | None) -> None:
    if size is not None and min(size) < 1:
        raise InputError("frame size", wanted="at least 1 x 1", got=size)
