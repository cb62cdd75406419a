"""Decoded frames as arrays: turned upright by their flag, scaled, RGB or grey."""

from pathlib import Path
from typing import Literal

import av
import numpy as np
from av.video.reformatter import VideoReformatter

from dbs_core.method.video.container import describe
from dbs_core.runtime.errors import InputError

Pixels = Literal["rgb24", "gray"]


class Upright:
    """Converts the frames of one video."""

    def __init__(self, path: Path) -> None:
        self._path = path
        # One for each format: going to and fro would set it up anew every time.
        self._reformatters = {"rgb24": VideoReformatter(), "gray": VideoReformatter()}

    def convert(
        self, frame: av.VideoFrame, size: tuple[int, int], pixels: Pixels
    ) -> np.ndarray:
        """Convert a frame to an upright image of a size (width, height).

        Raises:
            InputError: the pixel format cannot be converted, or is too large.
        """
        turns = quarter_turns(frame)
        width, height = size[::-1] if turns % 2 else size
        try:
            image = (
                self._reformatters[pixels]
                .reformat(frame, width, height, pixels, threads=1)
                .to_ndarray()
            )
        except (av.error.FFmpegError, ValueError, MemoryError) as error:
            raise InputError(
                f"a frame cannot be shown as RGB ({describe(error)})",
                where=self._path,
                got=f"{frame.format.name} {frame.width} x {frame.height}",
            ) from error
        return np.ascontiguousarray(np.rot90(image, turns))


def quarter_turns(frame: av.VideoFrame) -> int:
    """Counter-clockwise quarter turns that put a frame upright."""
    return round(frame.rotation / 90) % 4
