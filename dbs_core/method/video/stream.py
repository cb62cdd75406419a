"""A video file as frames with their own times: the only code that opens a video.

Comes in: a path. Goes out: decoded frames, each with the seconds from the first
frame of the video. PyAV (FFmpeg) decodes. Time is always the presentation time the
file gives, never a frame number over a frame rate.
"""

import math
from collections.abc import Iterator
from contextlib import suppress
from fractions import Fraction
from itertools import chain
from pathlib import Path
from types import TracebackType

import av
import numpy as np
from jaxtyping import UInt8

from dbs_core.method.video.container import describe, open_container, packets
from dbs_core.method.video.leaving_out import Doubtful, LeavingOut
from dbs_core.method.video.ticks import TICK_S
from dbs_core.method.video.upright import Upright, quarter_turns
from dbs_core.runtime.errors import InputError

_STEPS_BACK_S = (0.0, 2.0, 10.0)
"""How far before the wanted time a seek is tried, in turn."""

_SEEKABLE = {"mov", "matroska", "avi", "mpegts", "flv", "asf"}
"""Containers that keep a time for every frame, so that it is right after a seek.

Others (MPEG program streams, raw streams) are decoded from the start.
"""

_TIMED = {"mov", "matroska"}
"""Of them those in which a packet is a whole picture, with the time it is shown."""

_DAMAGED_PLACES = 50
"""After so many places where reading fails, the rest of a file is given up."""

_CUT_SHORT = 0.03
"""Share of the promised length that may be missing before it is a problem."""

Timed = tuple[float, av.VideoFrame]


def cut_short(promised_s: float, found_s: float) -> str | None:
    """Say that a file ends before the time its header promises; None if it does not."""
    if promised_s - found_s <= max(0.5, _CUT_SHORT * promised_s):
        return None
    return f"cut short: {promised_s:.1f} s promised, {found_s:.1f} s found"


class VideoStream:
    """An open video: its frames in order of presentation, from any time on.

    The first frame that decodes is second 0. `problem` says what was wrong with the
    file, as far as it has been read.

    Raises:
        InputError: the file cannot be opened, or not one frame of it decodes.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.problem: str | None = None
        self._container = open_container(path)
        self._upright = Upright(path)
        self._run: Iterator[av.VideoFrame] = iter(())
        self._pristine = False
        self._sampled_hz: float | None = None
        try:
            self._open()
        except BaseException:
            self.close()
            raise

    def _open(self) -> None:
        stream = self._container.streams.best("video")
        if stream is None or not isinstance(stream, av.video.stream.VideoStream):
            raise InputError("no video stream in it", where=self.path)
        if stream.disposition & av.stream.Disposition.attached_pic:
            raise InputError("no video in it, only a cover image", where=self.path)
        if stream.codec_context is None:
            raise InputError("a codec that cannot be decoded here", where=self.path)
        self.stream = stream
        stream.thread_type = "AUTO"
        # AVI stores no presentation times; those guessed for packed B-frames run
        # backward, while the order of decoding is right.
        kinds = self._container.format.name.split(",")
        self._by_dts = "avi" in kinds
        self._seekable = not _SEEKABLE.isdisjoint(kinds)
        self._timed = not _TIMED.isdisjoint(kinds)
        self._run = self._decoded()
        first = next(self._run, None)
        if first is None:
            raise InputError(
                "not one frame can be decoded", where=self.path, got=self.problem or ""
            )
        self.first = first
        self._zero = self._stamp(first) or 0
        self._pristine = True

    @property
    def _promised_s(self) -> float:
        """Length of the video by its header; 0 where the header speaks of audio too."""
        if self._by_dts:
            # FFmpeg cuts an AVI's duration to the file's size, but not its count.
            return self.stream.frames * self.frame_s
        if self.stream.duration:
            return float(self.stream.duration * self._step)
        alone = len(self._container.streams) == 1
        return (self._container.duration or 0) / av.time_base if alone else 0.0

    @property
    def frame_s(self) -> float:
        """Seconds that a frame stays on screen, by the header."""
        rate = self.stream.average_rate or self.stream.guessed_rate
        return float(1 / rate) if rate else 1 / 25

    @property
    def zero_s(self) -> float | None:
        """Second 0 on the file's clock; None where only decoding order is known."""
        stamp = self.first.pts
        known = stamp is not None and not self._by_dts
        return float(stamp * self._step) if known and stamp is not None else None

    def stay_s(self, frame: av.VideoFrame) -> float:
        """Seconds that the last frame of the video stays on screen."""
        return float((frame.duration or 0) * self._step) or self.frame_s

    def sampled(self, from_s: float, rate_hz: float) -> Iterator[Timed]:
        """Give of `frames` at least those on screen at a multiple of 1/rate_hz.

        The first and the last of all are among them. `problem` then says nothing of
        pictures that were not decoded.
        """
        last_s, before = -math.inf, self.problem
        self._sampled_hz = rate_hz
        try:
            for last_s, frame in self.frames(from_s):
                yield last_s, frame
            return
        except Doubtful:
            self.problem = before
        finally:
            self._sampled_hz = None
        for time_s, frame in self.frames(from_s):
            if time_s > last_s:
                yield time_s, frame

    def frames(self, from_s: float = 0.0) -> Iterator[Timed]:
        """Give (seconds, frame), the first at or before `from_s`, times increasing.

        Seeks to a key frame before `from_s` where the file allows it, else decodes
        from the start.
        """
        if from_s > 1.0:
            for back_s in _STEPS_BACK_S:
                before = self.problem
                found = self._sought(from_s - back_s)
                # What broke on the way to the key frame broke only by jumping there.
                self.problem = before
                if found is not None:
                    return self._increasing(found)
        return self._increasing(self._from_start())

    def _from_start(self) -> Iterator[av.VideoFrame]:
        if not self._pristine:
            # Seeking back to the start fails on some transport streams.
            self._container.close()
            self._container = open_container(self.path)
            self._open()
        return chain([self.first], self._taken())

    def _taken(self) -> Iterator[av.VideoFrame]:
        """Hand over the frames behind the first one; they refer back to this stream."""
        run, self._run, self._pristine = self._run, iter(()), False
        return run

    def _sought(self, time_s: float) -> Iterator[av.VideoFrame] | None:
        """Decode from a key frame at or before a time; None when seeking fails."""
        if time_s <= 0 or not self._seekable:
            return None
        self._taken()
        try:
            self._container.seek(
                self._zero + int(time_s / self._step), stream=self.stream
            )
        except (av.error.FFmpegError, OSError):
            return None
        run = self._decoded()
        for frame in run:
            stamp = self._stamp(frame)
            if stamp is None or self._seconds(stamp) > time_s + TICK_S:
                return None
            # What comes before the first key frame may lack its references.
            if frame.key_frame:
                return chain([frame], run)
        return None

    def _decoded(self) -> Iterator[av.VideoFrame]:
        """Decode what can be decoded; damaged packets are noted and passed over."""
        context = self.stream.codec_context
        watch = LeavingOut(context, self._seconds, trusted=self._timed)
        for packet in self._packets():
            watch.before(packet, self._sampled_hz)
            try:
                frames = packet.decode()
            except av.error.FFmpegError as error:
                self._note(error)
                watch.doubt()
            else:
                yield from watch.after(frames)
        with suppress(av.error.FFmpegError):
            yield from watch.after(context.decode(None))
        watch.ended()

    def _packets(self) -> Iterator[av.Packet]:  # type: ignore[type-arg]
        """Read on behind damaged places, a limited number of times."""
        for _ in range(_DAMAGED_PLACES):
            try:
                yield from packets(self._container, self.stream)
                return
            except (av.error.FFmpegError, OSError) as error:
                self._note(error)

    def _note(self, error: BaseException) -> None:
        self.problem = self.problem or f"damaged: {describe(error)}"

    @property
    def _step(self) -> Fraction:
        return self.stream.time_base or Fraction(1)

    def _stamp(self, frame: av.VideoFrame) -> int | None:
        if self._by_dts or frame.pts is None:
            return frame.dts
        return frame.pts

    def _seconds(self, stamp: int) -> float:
        return float((stamp - self._zero) * self._step)

    def _increasing(self, frames: Iterator[av.VideoFrame]) -> Iterator[Timed]:
        """Add times; a missing or backward one is a frame after the one before."""
        last_s, stay_s = -self.frame_s, self.frame_s
        for frame in frames:
            stamp = self._stamp(frame)
            time_s = last_s if stamp is None else self._seconds(stamp)
            last_s = time_s if time_s > last_s else last_s + self.frame_s
            if frame.is_corrupt:
                self.problem = self.problem or "damaged: some frames are incomplete"
            stay_s = self.stay_s(frame)
            yield last_s, frame
        # Matroska promises the end on the file's clock, others the length.
        end_s = max(self.zero_s or 0.0, 0.0) + last_s + stay_s
        self.problem = self.problem or cut_short(self._promised_s, end_s)

    def upright_size(self, frame: av.VideoFrame) -> tuple[int, int]:
        """Give (width, height) of a frame after its rotation flag."""
        turned = quarter_turns(frame) % 2
        return (frame.height, frame.width) if turned else (frame.width, frame.height)

    def rgb(
        self, frame: av.VideoFrame, size: tuple[int, int]
    ) -> UInt8[np.ndarray, "height width 3"]:
        """Convert a frame to upright RGB of a size (width, height).

        Raises:
            InputError: the pixel format cannot be converted, or is too large.
        """
        return self._upright.convert(frame, size, "rgb24")

    def grey(
        self, frame: av.VideoFrame, size: tuple[int, int]
    ) -> UInt8[np.ndarray, "height width"]:
        """Convert a frame to upright grey levels of a size (width, height).

        Raises:
            InputError: the pixel format cannot be converted, or is too large.
        """
        return self._upright.convert(frame, size, "gray")

    def close(self) -> None:
        """Close the file; its decoder's threads end with the last frame in use."""
        self._taken()
        self._container.close()

    def __enter__(self) -> "VideoStream":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
