"""Memory of a usual video, and how time and memory grow with the video's length."""

import tempfile
from pathlib import Path
from typing import Any

import torch

from dbs_core.benchmark.material import Material
from dbs_core.benchmark.memory import Job, measured, write_maps, write_projections
from dbs_core.benchmark.sizes import Sizes
from dbs_core.method.imprint.settings import EpitomeSettings
from dbs_core.runtime.progress import Progress

EACH = "ms_per_frame_and_iteration"
"""What should be the same at every length."""


def length_rows(
    material: Material, sizes: Sizes, device: str, progress: Progress
) -> dict[str, object]:
    """Measure all lengths, each in a process of its own, frames from a file."""
    found: dict[str, object] = {}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "maps.f16"
        usual = _one(path, material, sizes.frames, sizes, device, progress)
        found["imprint_fcn_peak_mb"] = usual["peak_mb"]
        # One width for all lengths, or they could not be compared.
        maps = material.maps[..., : sizes.growth_dimensions]
        narrow = Material(maps.copy(), material.note)
        growth = [
            _row(n, _one(path, narrow, n, sizes, device, progress))
            for n in sizes.growth
        ]
    if growth:
        found["growth"] = growth
        found["growth_dimensions"] = maps.shape[-1]
        each = [row[EACH] for row in growth]
        found["growth_most_over_least"] = max(each) / min(each)
    return found


def _one(
    path: Path,
    material: Material,
    frames: int,
    sizes: Sizes,
    device: str,
    progress: Progress,
) -> dict[str, float]:
    progress("memory", 0, 1, f"{frames} frames")
    shape = write_maps(path, material.maps, frames)
    projections = path.with_suffix(".npz")
    write_projections(projections, material, EpitomeSettings(grid=sizes.grid))
    job = Job(
        str(path),
        str(projections),
        shape,
        sizes.grid,
        device,
        torch.get_num_threads(),
    )
    return measured(job)


def _row(frames: int, figures: dict[str, Any]) -> dict[str, Any]:
    """Add what should stay the same at every length."""
    each = figures["seconds"] / frames / figures["iterations"]
    return {"frames": frames, **figures, EACH: 1000 * each}
