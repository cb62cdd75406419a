"""Tiny videos with a known answer: every frame shows its own number."""

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np

SIZE = (64, 48)
BITS = 8


def numbered(number: int, size: tuple[int, int] = SIZE) -> np.ndarray:
    """Draw a number as eight bars across the top half; the bottom half is grey."""
    width, height = size
    image = np.full((height, width, 3), 90, np.uint8)
    for bit in range(BITS):
        value = 235 if number >> bit & 1 else 20
        image[: height // 2, bit * width // BITS : (bit + 1) * width // BITS] = value
    return image


def number_in(image: np.ndarray) -> int:
    """Read the number (modulo 256) off a frame, whatever its size."""
    height, width = image.shape[:2]
    row = image[height // 4, :, 0].astype(int)
    middles = [(2 * bit + 1) * width // (2 * BITS) for bit in range(BITS)]
    return sum(1 << bit for bit, x in enumerate(middles) if row[x] > 128)


def write_video(
    path: Path,
    count: int = 50,
    *,
    codec: str = "libx264",
    rate: Fraction = Fraction(25),
    times_ms: Sequence[int] | None = None,
    first: int = 0,
    size: tuple[int, int] = SIZE,
    rotation: int | None = None,
    pixels: str = "yuv420p",
    faststart: bool = False,
    **options: str,
) -> Path:
    """Write numbered frames at a steady rate from frame time `first`, or at times."""
    clock = Fraction(1, 1000) if times_ms is not None else 1 / rate
    stamps = range(first, first + count) if times_ms is None else times_ms
    muxing = {"movflags": "faststart"} if faststart else {}
    with av.open(str(path), "w", options=muxing) as container:
        stream: Any = container.add_stream(codec, rate=rate)
        stream.width, stream.height = size
        stream.pix_fmt = pixels
        stream.options = options
        if times_ms is not None:
            stream.time_base = stream.codec_context.time_base = clock
        if rotation is not None:
            stream.set_display_rotation(rotation)
        for number, stamp in enumerate(stamps):
            frame = av.VideoFrame.from_ndarray(numbered(number, size), "rgb24")
            frame.pts, frame.time_base = stamp, clock
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def write_sound(path: Path) -> Path:
    """Write a second of silence: a media file without video."""
    with av.open(str(path), "w") as container:
        stream: Any = container.add_stream("aac", rate=16000)
        for start in range(0, 16000, 1024):
            silence = np.zeros((1, 1024), np.float32)
            frame = av.AudioFrame.from_ndarray(silence, "fltp", "mono")
            frame.sample_rate, frame.pts = 16000, start
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def repeated(path: Path, to: Path, times: int) -> Path:
    """Write a video's packets several times over: a long video, without its work."""
    with av.open(str(to), "w") as container:
        stream: Any = None
        for turn in range(times):
            with av.open(str(path)) as given:
                source = given.streams.video[0]
                if stream is None:
                    stream = container.add_stream_from_template(source)
                for packet in given.demux(source):
                    if packet.dts is None or source.duration is None:
                        continue
                    packet.pts = (packet.pts or 0) + turn * source.duration
                    packet.dts += turn * source.duration
                    packet.stream = stream
                    container.mux(packet)
    return to
