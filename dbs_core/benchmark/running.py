"""All measurements, one after the other, as one flat record for JSON and table."""

from collections.abc import Sequence
from pathlib import Path

from dbs_core.benchmark import (
    backbone_times,
    imprint_times,
    scoring_times,
    stage_times,
    training_times,
)
from dbs_core.benchmark.lengths import length_rows
from dbs_core.benchmark.machine import limits
from dbs_core.benchmark.material import as_features, gather
from dbs_core.benchmark.sizes import Sizes
from dbs_core.method.features.cache import FeatureCache
from dbs_core.method.features.map_source import MapSource, network_of
from dbs_core.method.features.network_maps import NetworkMaps
from dbs_core.method.imprint.settings import EpitomeSettings
from dbs_core.method.model import Model
from dbs_core.runtime.progress import SILENT, Progress


def measure(
    videos: Sequence[Path],
    model: Model,
    backbone: MapSource,
    cache: FeatureCache,
    sizes: Sizes,
    *,
    device: str = "cpu",
    progress: Progress = SILENT,
) -> dict[str, object]:
    """Measure everything on features of some videos, and the path from the first file.

    Args:
        videos: files to take frames from; more than one is read only where needed.
        model: of a run; what detects in the first video.
        backbone: the network the model was trained on.
        cache: where features are kept.
        sizes: how much to measure.
        device: where to compute.
        progress: told about each part.

    Raises:
        InputError: a video cannot be read, or the model has no network.
        Cancelled: asked to stop.
    """
    progress("machine", 0, 1)
    found = limits(device, sizes.gemm, sizes.repeats)
    material = gather(videos, backbone, cache, sizes, progress)
    found["data"] = material.note
    settings = EpitomeSettings(grid=sizes.grid, search="fast")
    locate = imprint_times.locating(material, settings)
    found |= imprint_times.rows(material, locate, settings, sizes, device, progress)
    found |= scoring_times.fcn_rows(sizes, device)
    found |= training_times.step_rows(sizes, device)
    fit = imprint_times.fitted(as_features(material.maps), locate, settings, device)
    found |= scoring_times.post_row(fit.placement, sizes.repeats)
    found |= stage_times.flow_row(videos[0], sizes.flow_pairs)
    rows, compared = _engines(videos[0], model, backbone, cache, sizes, device)
    found |= rows
    found |= stage_times.file_rows(
        videos[0],
        model,
        compared,
        device,
        float(str(found["gemm_gflops"])),
        max(1, sizes.repeats // 2),
        progress,
    )
    found |= length_rows(material, sizes, device, progress)
    return found | imprint_times.against_exact(
        material, locate, settings, sizes, device, progress, found
    )


def _engines(
    video: Path,
    model: Model,
    backbone: MapSource,
    cache: FeatureCache,
    sizes: Sizes,
    device: str,
) -> tuple[dict[str, object], dict[str, NetworkMaps]]:
    """Measure the backbone alone by engine; give also what then goes through a file."""
    if not isinstance(backbone, NetworkMaps):
        backbone = NetworkMaps(network_of(backbone))
    compared = backbone_times.sources(backbone, device)
    made = backbone_times.engines(compared, cache.root)
    settings = model.settings.features
    rows = backbone_times.engine_rows(video, settings, made, sizes.repeats)
    return rows, {name: compared[name] for name in made}
