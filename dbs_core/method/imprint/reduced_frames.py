"""A video's frames in the EM's dimensions, read as often as the EM needs them.

A few minutes of video are projected once and held. Longer ones are projected anew in
every pass, piece by piece from the features' file, so that memory does not grow with
the video.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import islice

import numpy as np
import torch
from jaxtyping import Float32, Int64

from dbs_core.method.features.projection import Projection
from dbs_core.method.imprint.accumulation import CHUNK, frame_chunks
from dbs_core.records import Features, let_go

BLOCK = 512
"""Frames of a piece: what the EM adds up at a time."""
PROJECTED = 16
"""Frames projected at a time on a CPU: all of their numbers stay in its cache, which
takes a sixth off the time of 128. The bits are the same."""
HELD = 2048
"""Frames up to which they are held: nearly seven minutes at 5 Hz, some 60 MB."""


@dataclass(frozen=True, eq=False)
class ReducedFrames:
    """All frames of a video, projected."""

    features: Features
    locate: Projection
    device: torch.device

    def __len__(self) -> int:
        return len(self.features)

    def blocks(self) -> Iterable[tuple[int, Float32[torch.Tensor, "t h w r"]]]:
        """Give all frames in order in bounded pieces, each with its first number."""
        return self._held_blocks if len(self) <= HELD else self._joined()

    def at(self, index: Int64[torch.Tensor, " n"]) -> Float32[torch.Tensor, "n h w r"]:
        """Project some frames only."""
        maps = np.stack([self._read(i) for i in index.tolist()])
        return self.locate(torch.from_numpy(maps).to(self.device).float())

    def _read(self, index: int) -> np.ndarray:
        """Read a frame; one at a time, since each brings megabytes of pages along."""
        frame = np.array(self.features.maps[index])
        let_go(self.features.maps)
        return frame

    @cached_property
    def _held_blocks(self) -> list[tuple[int, torch.Tensor]]:
        return list(self._joined())

    def _joined(self) -> Iterator[tuple[int, torch.Tensor]]:
        few = PROJECTED if self.device.type == "cpu" else CHUNK
        chunks = frame_chunks(self.features, self.device, few)
        pieces = ((first, self.locate(maps)) for first, maps in chunks)
        while some := list(islice(pieces, BLOCK // few)):
            yield some[0][0], torch.cat([frames for _, frames in some])
