"""A copy of a video that every browser plays, with the same times.

Comes in: any video that PyAV decodes. Goes out: whether a browser plays it as it is,
and where not, an MP4 (H.264, at most 640 wide, upright, no sound) whose frames keep
their presentation times, so that a moment found in one is that moment in the other.
A painter may draw on every frame of such a copy.
"""

import shutil
from fractions import Fraction
from pathlib import Path
from typing import Protocol, runtime_checkable

import av
import numpy as np
from jaxtyping import UInt8

from dbs_core.method.video.container import describe, open_container
from dbs_core.method.video.probing import duration_s
from dbs_core.method.video.stream import VideoStream
from dbs_core.method.video.ticks import TICK_S
from dbs_core.runtime import files
from dbs_core.runtime.errors import InputError
from dbs_core.runtime.progress import SILENT, Progress
from dbs_core.runtime.unfinished import part_folder

MAX_WIDTH = 640
_CLOCK = Fraction(1, 90000)
_PLAYED = {
    ".mp4": {"h264", "vp9", "av1"},
    ".m4v": {"h264"},
    ".webm": {"vp8", "vp9", "av1"},
}
_PIXELS = {"yuv420p", "yuvj420p"}


@runtime_checkable
class Painter(Protocol):
    """Draws on the frames of a copy."""

    def canvas(self, size: tuple[int, int]) -> tuple[int, int]:
        """Give (width, height) of what is painted of frames of a size, both even."""

    def paint(
        self, time_s: float, image: UInt8[np.ndarray, "height width 3"]
    ) -> UInt8[np.ndarray, "tall wide 3"]:
        """Give what is shown in place of a frame."""


class _Plain:
    """Leaves frames as they are."""

    def canvas(self, size: tuple[int, int]) -> tuple[int, int]:
        return size

    def paint(self, time_s: float, image: np.ndarray) -> np.ndarray:
        return image


def browser_can_play(path: Path) -> bool:
    """Say whether browsers play a file as it is, and count its time as we do.

    False too for a video that begins later than its container: a browser's second 0
    would not be the first frame.

    Raises:
        InputError: missing, no video, or without a single frame that decodes.
    """
    with VideoStream(path) as video:
        codec = video.stream.codec_context.codec.canonical_name
        return (
            codec in _PLAYED.get(path.suffix.lower(), ())
            and video.first.format.name in _PIXELS
            and video.zero_s is not None
            and abs(video.zero_s) < TICK_S
        )


def write_proxy(path: Path, out: Path, progress: Progress = SILENT) -> None:
    """Transcode a video for the browser; `out` is whole or absent.

    Raises:
        InputError: the video cannot be read, or `out` not written.
        Cancelled: `progress` says so.
    """
    write_painted(path, out, _Plain(), "Copy for the browser", progress)


def write_painted(
    path: Path, out: Path, painter: Painter, stage: str, progress: Progress = SILENT
) -> None:
    """Transcode a video with something drawn on it; `out` is whole or absent.

    One frame is held at a time.

    Raises:
        InputError: the video cannot be read, or `out` not written.
        Cancelled: `progress` says so.
    """
    try:
        # The index is put before the frames in a second pass over a named file.
        with part_folder(out.parent) as folder:
            draft = folder / "proxy.mp4"
            _transcode(path, draft, painter, stage, progress)
            with draft.open("rb") as source, files.atomic(out) as target:
                shutil.copyfileobj(source, target)
    except OSError as error:
        raise InputError(
            f"cannot write the video ({describe(error)})", where=out
        ) from error


def proxy_size(size: tuple[int, int]) -> tuple[int, int]:
    """Give (width, height) of the copy: at most 640 wide, both even, same shape."""
    scale = min(1.0, MAX_WIDTH / size[0])
    width, height = (max(2, round(length * scale / 2) * 2) for length in size)
    return width, height


def made_here(path: Path) -> bool:
    """Say whether a video is one that was written here."""
    try:
        with open_container(path) as video:
            return video.metadata.get("comment") == files.MADE_BY
    except InputError:
        return False


def _transcode(
    path: Path, draft: Path, painter: Painter, stage: str, progress: Progress
) -> None:
    total_s = duration_s(path)
    with (
        VideoStream(path) as video,
        av.open(str(draft), "w", options={"movflags": "faststart"}) as target,
    ):
        size = proxy_size(video.upright_size(video.first))
        target.metadata["comment"] = files.MADE_BY
        stream = _h264(target, painter.canvas(size), video.frame_s)
        for time_s, frame in video.frames():
            progress(stage, int(time_s), int(total_s), path.name)
            image = av.VideoFrame.from_ndarray(
                painter.paint(time_s, video.rgb(frame, size)), "rgb24"
            )
            image.pts, image.time_base = round(time_s / _CLOCK), _CLOCK
            target.mux(stream.encode(image))
        target.mux(stream.encode(None))


def _h264(
    target: av.container.OutputContainer, size: tuple[int, int], frame_s: float
) -> av.video.stream.VideoStream:
    """Add an H.264 stream: key frames often, so that seeking in the page is quick."""
    rate = Fraction(1 / frame_s).limit_denominator(1001)
    stream = target.add_stream("libx264", rate=rate)
    stream.width, stream.height = size
    stream.pix_fmt = "yuv420p"
    stream.time_base = stream.codec_context.time_base = _CLOCK
    stream.options = {"preset": "veryfast", "crf": "23", "g": "25", "bf": "0"}
    return stream
