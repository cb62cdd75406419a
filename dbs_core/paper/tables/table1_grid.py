"""Table 1: the grid's size, its time and its mAP."""

import time
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from dbs_core.method.backprojection.annotation_maps import assigned_mask
from dbs_core.method.imprint.fitting import fit
from dbs_core.method.pipeline import imprint_generator
from dbs_core.method.segmentation.descriptors import descriptors
from dbs_core.method.segmentation.fcn import segment
from dbs_core.method.settings import Settings
from dbs_core.paper.tables.table import PaperTable, TableRow
from dbs_core.paper.tables.table_runs import Workshop
from dbs_core.paper.tables.variants import note_of, varied
from dbs_core.records import VideoEntry

GRIDS = (24, 32, 48, 64)


TIMED = 3
"""Videos whose imprints are timed."""


def grids(workshop: Workshop) -> PaperTable:
    """Table 1: the grid's size, its time and its mAP."""
    sizes = GRIDS[:2] if workshop.quick else GRIDS
    variants = {
        f"{n} × {n}": replace(
            workshop.base, epitome=replace(workshop.base.epitome, grid=n)
        )
        for n in sizes
    }
    table = varied(workshop, "1", "Grid size: detection and running time", variants)
    timed = workshop.videos[:TIMED]
    times = np.array([_seconds(workshop, s, timed) for s in variants.values()])
    first = (
        TableRow("Imprint generation", tuple(times[:, 0].tolist()), unit="s"),
        TableRow("Inference", tuple((1000 * times[:, 1]).tolist()), unit="ms"),
    )
    note = (
        f"{note_of(workshop)} Times: mean of the first {len(timed)} videos "
        f"({times[:, 2].mean():.0f} s long), on {workshop.device}."
    )
    return replace(table, rows=(*first, *table.rows), note=note)


def _seconds(
    workshop: Workshop, settings: Settings, entries: Sequence[VideoEntry]
) -> list[float]:
    """Mean seconds of an imprint, of the FCN on it, and of the videos themselves."""
    detector = workshop.detector(workshop.run(settings, workshop.seeds[0]))
    model, spent = detector.model, []
    for entry in entries:
        if entry.video_id in workshop.failures:
            continue
        video = detector.cache.get(
            entry.path, detector.backbone, settings.features, workshop.progress
        )
        began = time.perf_counter()
        fitted = fit(
            video.features,
            model.locate,
            settings.epitome,
            generator=imprint_generator(model.seed, entry),
            device=workshop.device,
        )
        middle = time.perf_counter()
        mask = assigned_mask(fitted.placement, settings.target.mask_tau)
        described = descriptors(fitted.imprint, mask, model.describe)
        before = time.perf_counter()
        segment(model.network, described, mask, device=workshop.device)
        inference = time.perf_counter() - before
        spent.append((middle - began, inference, video.features.duration_s))
    if not spent:
        return [0.0, 0.0, 0.0]
    return np.mean(spent, axis=0).tolist()
