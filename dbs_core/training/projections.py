"""The axes of the EM and of the descriptors, from sample cells."""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float32

from dbs_core.method.backprojection.annotation_maps import assigned_mask
from dbs_core.method.features.projection import Projection, fit_projection
from dbs_core.method.imprint.accumulation import imprint_of
from dbs_core.records import Features, Placement
from dbs_core.runtime.errors import InputError
from dbs_core.training.learner import Learner
from dbs_core.training.videos import TrainingVideo

CELLS_PER_VIDEO = 400
"""Sample cells of each video for the locating projection."""
CELLS_PER_IMPRINT = 500
"""Sample cells of each whole video's imprint for the descriptors' (METHOD 2.5)."""


def locating_axes(videos: Sequence[TrainingVideo], learner: Learner) -> Projection:
    """Learn the EM's projection from sample cells of the whole videos."""
    rng = np.random.default_rng(learner.seed)
    cells = [_sample_cells(v.features, CELLS_PER_VIDEO, rng) for v in videos if v.whole]
    dimensions = learner.settings.epitome.locate_dimensions
    return fit_projection(np.concatenate(cells), dimensions)


def _sample_cells(
    features: Features, count: int, rng: np.random.Generator
) -> Float32[np.ndarray, "n d"]:
    """Draw cells of a few frames: maps on disk are read frame by frame."""
    frames = np.sort(rng.choice(len(features), min(40, len(features)), replace=False))
    cells = np.asarray(features.maps[frames], np.float32)
    flat = cells.reshape(-1, cells.shape[-1])
    return flat[rng.choice(len(flat), min(count, len(flat)), replace=False)]


def describing_axes(
    videos: Sequence[TrainingVideo], placements: Sequence[Placement], learner: Learner
) -> Projection:
    """Learn the descriptors' projection from assigned cells of whole videos.

    Raises:
        InputError: no cell of any imprint holds enough of a frame.
    """
    rng = np.random.default_rng(learner.seed)
    cells = []
    for video, placement in zip(videos, placements, strict=True):
        if video.whole:
            mask = assigned_mask(placement, learner.settings.target.mask_tau)
            imprint = imprint_of(video.features, placement, learner.device)
            flat = imprint.mean[mask]
            count = min(CELLS_PER_IMPRINT, len(flat))
            cells.append(flat[rng.choice(len(flat), count, replace=False)])
    found = np.concatenate(cells)
    if not len(found):
        raise InputError(
            "imprints so large for these videos that no cell holds a frame",
            wanted=f"more than {learner.settings.target.mask_tau:g} frames on some",
            cure="a smaller --grid",
        )
    return describer(found, learner)


def describer(cells: Float32[np.ndarray, "n d"], learner: Learner) -> Projection:
    """The descriptors' projection; the control's has the same settings."""
    settings = learner.settings.descriptor
    return fit_projection(
        cells, settings.dimensions, power=settings.power, whiten=settings.whiten
    )
