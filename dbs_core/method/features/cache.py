"""A folder in which the features of videos are kept, from whichever source they are."""

import hashlib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from dbs_core.method.features.map_source import MapSource, VideoPart
from dbs_core.method.features.settings import FeatureSettings
from dbs_core.records import SampledVideo
from dbs_core.runtime.errors import InputError, reason
from dbs_core.runtime.progress import SILENT, Progress


@dataclass(frozen=True)
class FeatureCache:
    """A folder of feature maps, one pair of files a video."""

    root: Path

    def get(
        self,
        path: Path,
        source: MapSource,
        settings: FeatureSettings,
        progress: Progress = SILENT,
        span_s: tuple[float, float] | None = None,
        mirrored: bool = False,
        duration_s: float | None = None,
    ) -> SampledVideo:
        """Give a video's features, made where they are not kept yet.

        Args:
            path: the video file.
            source: the network, or the folder of maps made elsewhere.
            settings: how often to sample, and which stream.
            progress: told about each batch.
            span_s: only this part, [start, end); times stay those of the whole video.
            mirrored: of the video's mirror image.
            duration_s: what the annotation gives a video that is not there itself.

        Raises:
            InputError: the video, or its maps, cannot be used, or the disk is full.
            Cancelled: asked to stop; nothing half-written stays.
        """
        part = VideoPart(path, settings, span_s, mirrored, duration_s)
        return source.sampled(part, self.root, progress)


def content_hash(path: Path) -> str:
    """Hash a file's bytes: the same video under another name is the same video.

    Raises:
        InputError: it cannot be read.
    """
    try:
        status = path.stat()
        return _hash(path, status.st_size, status.st_mtime_ns)
    except OSError as error:
        raise InputError(
            f"cannot read ({reason(error)})", where=path, cure="check the path"
        ) from error


@lru_cache(maxsize=64)
def _hash(path: Path, size: int, changed_ns: int) -> str:
    """Hash a file once for as long as it stays the same: long videos take seconds."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
