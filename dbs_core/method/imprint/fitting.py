"""The two-step scheme: EM in few dimensions by the chosen model, then means in all."""

from collections.abc import Callable

import numpy as np
import torch

from dbs_core.method.features.projection import Projection
from dbs_core.method.imprint import counting_grid, em_fast
from dbs_core.method.imprint.accumulation import imprint_of
from dbs_core.method.imprint.convergence import Course, stands_still
from dbs_core.method.imprint.em import e_step, m_step, project, start
from dbs_core.method.imprint.posterior import sparse_placement
from dbs_core.method.imprint.reduced_frames import ReducedFrames
from dbs_core.method.imprint.settings import EpitomeSettings
from dbs_core.records import Features, ImprintFit
from dbs_core.runtime.errors import Cancelled, InputError


def fit(
    features: Features,
    locate: Projection,
    settings: EpitomeSettings,
    *,
    generator: torch.Generator,
    device: torch.device | str = "cpu",
    cancelled: Callable[[], bool] = lambda: False,
) -> ImprintFit:
    """Learn the imprint of one video by the two-step scheme (METHOD section 2.3).

    Step 1: EM in the projected dimensions until nothing changes (a counting grid's, if
    that is wanted, in all dimensions). Step 2: one M
    step with that posterior and the original features gives the means.

    Raises:
        InputError: the video has no sampled frame, or maps that do not fit a
            counting grid.
        Cancelled: `cancelled()` said so between two iterations.
    """
    if not len(features):
        raise InputError("no frame to make an imprint of")
    place = torch.device(device)
    if settings.model == "counting-grid":
        course = counting_grid.learn(
            features, settings.grid, generator, cancelled, place
        )
    else:
        learn = em_fast.learn if settings.fast else _learn
        frames = ReducedFrames(features, locate, place)
        course = learn(frames, settings, generator, cancelled)
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


def _learn(
    frames: ReducedFrames,
    settings: EpitomeSettings,
    generator: torch.Generator,
    cancelled: Callable[[], bool],
) -> Course:
    """Iterate full E and M steps until the likelihood stands still."""
    reduced = project(frames.features, frames.locate, frames.device)
    epitome = start(reduced, settings, generator)
    likelihood: list[float] = []
    trace: list[torch.Tensor] = []
    converged = False
    while not converged and len(likelihood) < settings.iterations:
        if cancelled():
            raise Cancelled
        posterior, best, total = e_step(reduced, epitome)
        epitome = m_step(reduced, posterior, epitome, settings)
        converged = stands_still(likelihood, total, settings.tolerance)
        likelihood.append(total)
        trace.append(best)
    return Course(posterior, tuple(likelihood), tuple(trace), converged)
