"""The two-step scheme: EM in few dimensions by the chosen model, then means in all."""

import numpy as np
import torch

from dbs_core.method.features.projection import Projection
from dbs_core.method.imprint import counting_grid, em
from dbs_core.method.imprint.accumulation import imprint_of
from dbs_core.method.imprint.posterior import sparse_placement
from dbs_core.method.imprint.reduced_frames import ReducedFrames
from dbs_core.method.imprint.settings import EpitomeSettings
from dbs_core.records import Features, ImprintFit
from dbs_core.runtime.errors import InputError
from dbs_core.runtime.progress import SILENT, Progress


def fit(
    features: Features,
    locate: Projection,
    settings: EpitomeSettings,
    *,
    generator: torch.Generator,
    device: torch.device | str = "cpu",
    progress: Progress = SILENT,
) -> ImprintFit:
    """Learn the imprint of one video by the two-step scheme (METHOD section 2.3).

    Step 1: EM in the projected dimensions until nothing changes (a counting grid's, if
    that is wanted, in all dimensions). Step 2: one M
    step with that posterior and the original features gives the means.

    Raises:
        InputError: the video has no sampled frame, or maps that do not fit a
            counting grid.
        Cancelled: the progress was asked to stop, between two iterations.
    """
    if not len(features):
        raise InputError("no frame to make an imprint of")
    place = torch.device(device)
    window = features.maps.shape[1], features.maps.shape[2]
    settings = settings.of_maps(window).written_out()
    if settings.model == "counting-grid":
        course = counting_grid.learn(features, settings, generator, progress, place)
    else:
        frames = ReducedFrames(features, locate, place)
        course = em.learn(frames, settings, generator, progress)
    size = (settings.grid, settings.grid)
    placement = sparse_placement(course.posterior, features, size, settings.keep)
    origins = torch.stack(list(course.trace)).cpu()
    return ImprintFit(
        imprint_of(features, placement, device),
        placement,
        np.array(course.log_likelihood, np.float64),
        torch.stack([origins // size[1], origins % size[1]], -1).short().numpy(),
        course.converged,
    )
