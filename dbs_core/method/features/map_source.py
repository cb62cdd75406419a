"""Where a video's feature maps come from: a network, or files made elsewhere.

The path asks a `MapSource` and does not know which of the two it is. `NetworkMaps` in
`network_maps.py` is the one, `PrecomputedMaps` in `precomputed_maps.py` the other.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, runtime_checkable

from dbs_core.method.features.backbone import Backbone
from dbs_core.method.features.settings import FeatureSettings
from dbs_core.records import SampledVideo
from dbs_core.runtime.errors import InputError
from dbs_core.runtime.progress import Progress


@dataclass(frozen=True)
class VideoPart:
    """What is wanted of a video file."""

    path: Path
    settings: FeatureSettings
    """How often to sample, and which stream."""
    span_s: tuple[float, float] | None = None
    """Only this part, [start, end); times stay those of the whole video."""
    mirrored: bool = False
    """Of the video's mirror image."""
    duration_s: float | None = None
    """Seconds that the annotation gives it, where the video itself is not there."""


@runtime_checkable
class MapSource(Protocol):
    """Gives the feature maps of videos; all of one size and number of channels."""

    @property
    def name(self) -> str:
        """Whose maps; part of every cache key, of the model and of run.json."""

    @property
    def dimensions(self) -> int:
        """Number of channels of the maps."""

    @property
    def network(self) -> Backbone | None:
        """What makes maps of new frames; None where they are made elsewhere."""

    def sampled(self, part: VideoPart, root: Path, progress: Progress) -> SampledVideo:
        """Give a video's maps with their times, and its thumbnails.

        Args:
            part: which video, and what of it.
            root: folder to keep in what takes long, and to find it again.
            progress: told how far it is.

        Raises:
            InputError: the video, or its maps, cannot be used, or the disk is full.
            Cancelled: asked to stop; nothing half-written stays.
        """


def network_of(source: MapSource) -> Backbone:
    """Give the network of a source, for frames that no file holds the maps of.

    Raises:
        InputError: it has none.
    """
    if source.network is None:
        raise InputError(
            "no network, only maps made elsewhere",
            where=source.name,
            cure="use a run with a network for new videos",
        )
    return source.network
