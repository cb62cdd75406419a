"""Seconds of an imprint, fast and exact, and how much of the likelihood it reaches."""

from collections.abc import Mapping
from dataclasses import asdict, replace
from functools import partial

import numpy as np
import torch

from dbs_core.benchmark import exact_em
from dbs_core.benchmark.material import Material, as_features
from dbs_core.benchmark.sizes import Sizes
from dbs_core.benchmark.timing import timed
from dbs_core.method.features.projection import Projection, fit_projection
from dbs_core.method.imprint import fitting
from dbs_core.method.imprint.arranging import arrangement
from dbs_core.method.imprint.settings import EpitomeSettings
from dbs_core.records import Features, ImprintFit
from dbs_core.runtime.progress import Progress
from dbs_core.runtime.seeds import generator_for

SAMPLED_CELLS = 8000


def locating(material: Material, settings: EpitomeSettings) -> Projection:
    """Learn the EM's dimensions from some of the cells, as training does."""
    cells = material.maps.reshape(-1, material.maps.shape[-1])
    step = max(1, len(cells) // SAMPLED_CELLS)
    return fit_projection(cells[::step].astype(np.float32), settings.locate_dimensions)


def fitted(
    features: Features, locate: Projection, settings: EpitomeSettings, device: str
) -> ImprintFit:
    """Make one imprint: projection, EM, and the means in all dimensions."""
    with torch.inference_mode():
        return fitting.fit(
            features,
            locate,
            settings,
            generator=generator_for(0, "benchmark"),
            device=device,
        )


def rows(
    material: Material,
    locate: Projection,
    settings: EpitomeSettings,
    sizes: Sizes,
    device: str,
    progress: Progress,
) -> dict[str, object]:
    """Time the imprint of every grid size, by the fast search and by the full one."""
    features = as_features(material.maps)
    found: dict[str, object] = {}
    for grid in (sizes.grid, *sizes.other_grids):
        progress("imprint", 0, 1, f"{grid} x {grid}")
        sized = replace(settings, grid=grid)
        seconds, fit = timed(
            partial(fitted, features, locate, sized, device), device, sizes.repeats
        )
        found[f"imprint_{grid}_s"] = seconds
        found[f"imprint_{grid}_iterations"] = len(fit.log_likelihood)
        found[f"imprint_{grid}_arrangement"] = asdict(
            arrangement(features, fit.placement)
        )
        full = replace(sized, search="full")
        seconds, fit = timed(
            partial(fitted, features, locate, full, device), device, sizes.repeats
        )
        found[f"imprint_{grid}_full_search_s"] = seconds
        found[f"imprint_{grid}_full_search_iterations"] = len(fit.log_likelihood)
    return found


def against_exact(
    material: Material,
    locate: Projection,
    settings: EpitomeSettings,
    sizes: Sizes,
    device: str,
    progress: Progress,
    before: Mapping[str, object],
) -> dict[str, object]:
    """Compare with the exact EM; its time is scaled to all frames.

    Both searches are timed once more afterwards, so that a machine that others use is
    not slow for some of them only; the least of all their times counts.
    """
    chosen = np.linspace(0, len(material.maps) - 1, sizes.exact_frames).round()
    maps = torch.from_numpy(np.ascontiguousarray(material.maps[chosen.astype(int)]))
    with torch.inference_mode():
        exact, shares = exact_em.compare(maps, locate, settings, device, progress)
    seconds = exact.seconds * sizes.frames / sizes.exact_frames
    features = as_features(material.maps)
    found: dict[str, object] = {}
    for search, share in shares.items():
        name = f"imprint_{sizes.grid}{'_full_search' if search == 'full' else ''}"
        chosen_search = replace(settings, search=search)
        again_s, _ = timed(
            partial(fitted, features, locate, chosen_search, device),
            device,
            sizes.repeats,
        )
        imprint_s = min(float(str(before[f"{name}_s"])), again_s)
        found[f"{name}_s"] = imprint_s
        found[f"{name}_speedup"] = seconds / imprint_s
        found[f"{name}_gain_share"] = share
    part = sizes.exact_frames < sizes.frames
    how = f"extrapolated from {sizes.exact_frames} frames" if part else "complete"
    return {
        "exact_s": seconds,
        "exact_iterations": exact.iterations,
        "exact_how": how,
        **found,
    }
