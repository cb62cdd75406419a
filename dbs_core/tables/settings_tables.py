"""Tables 1 and 2, and ours: targets, start, counting grid, metric and head."""

import time
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from dbs_core.datasets import VideoEntry
from dbs_core.epitome import fit
from dbs_core.epitome_settings import ImprintModel
from dbs_core.metric import MetricKind, MetricSettings
from dbs_core.pipeline import descriptors, imprint_generator
from dbs_core.segmentation import Architecture, segment
from dbs_core.settings import Settings
from dbs_core.start import Start
from dbs_core.tables.records import PaperTable, TableRow
from dbs_core.tables.variants import note_of, varied
from dbs_core.tables.workshop import Workshop
from dbs_core.targets import assigned_mask

GRIDS = (24, 32, 48, 64)
ARCHITECTURES: tuple[Architecture, ...] = ("C1", "C2", "C3", "C4", "F3")
AXES: dict[MetricKind, str] = {"pca": "principal", "labels": "end to end"}
TCG_GRID = 24
"""Of the counting grid's authors (METHOD section 1.5)."""
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


def architectures(workshop: Workshop) -> PaperTable:
    """Table 2: the FCN's layers; ours is the last column where it is none of them."""
    some = ARCHITECTURES[:2] if workshop.quick else ARCHITECTURES
    names = dict.fromkeys((*some, workshop.base.architecture))
    variants: dict[str, Settings] = {
        name: replace(workshop.base, architecture=name) for name in names
    }
    return varied(workshop, "2", "Architecture of the FCN", variants)


def targets(workshop: Workshop) -> PaperTable:
    """Ours: Eq. 5's maps against cells shared by purity, and a loss on windows.

    Only a loss on cells looks at the maps; ours, on windows, looks at the frames.
    """
    base = workshop.base
    cells = replace(base, training=replace(base.training, loss="cells"))
    windows = replace(base, training=replace(base.training, loss="windows"))
    variants = {
        "Eq. 5": replace(cells, target=replace(base.target, kind="eq5")),
        "purity": replace(cells, target=replace(base.target, kind="purity")),
        "purity, loss on windows": replace(
            windows, target=replace(base.target, kind="purity")
        ),
    }
    return varied(workshop, "targets", "Annotation maps", variants)


def starts(workshop: Workshop) -> PaperTable:
    """Ours: where the EM starts from."""
    base = workshop.base
    variants = {
        name: replace(base, epitome=replace(base.epitome, start=name))
        for name in ("noise", "tiled", "snake")
    }
    return varied(workshop, "start", "Start of the EM", variants)


def counting_grids(workshop: Workshop) -> PaperTable:
    """Ours: the tessellated counting grid beside the epitome, at its grid size."""
    base = workshop.base

    def sized(model: ImprintModel, start: Start) -> Settings:
        epitome = replace(base.epitome, model=model, start=start, grid=TCG_GRID)
        return replace(base, epitome=epitome, metric=MetricSettings())

    variants = {
        "TCG": sized("counting-grid", base.epitome.start),
        "epitome, noise start": sized("epitome", "noise"),
        "epitome, our start": sized("epitome", "tiled"),
    }
    title = f"Counting grid and epitome, {TCG_GRID} × {TCG_GRID}"
    return varied(workshop, "tcg", title, variants)


def metrics(workshop: Workshop) -> PaperTable:
    """Ours: the EM's axes as they are, and trained end to end with the labels."""
    base = workshop.base
    variants = {
        title: replace(base, metric=replace(base.metric, kind=kind))
        for kind, title in AXES.items()
    }
    return varied(workshop, "metric", "Axes of the EM", variants)


def heads(workshop: Workshop) -> PaperTable:
    """Ours: without and with the temporal head."""
    base = workshop.base
    none = replace(base, head=replace(base.head, kind="none"))
    conv = replace(base, head=replace(base.head, kind="conv"))
    plain, headed = workshop.rows(none), workshop.rows(conv)
    pairs = {
        "DBS": (plain["dbs"], headed["dbs"]),
        "control": (plain["control"], headed["control_head"]),
    }
    rows = [
        TableRow(f"{name}, per frame", (one.frame_map, other.frame_map))
        for name, (one, other) in pairs.items()
    ]
    rows += [
        TableRow(f"{name}, mAP@0.5", (one.detection_map[0.5], other.detection_map[0.5]))
        for name, (one, other) in pairs.items()
    ]
    run = workshop.run(none, workshop.seeds[0])
    return PaperTable(
        "head",
        "Temporal head",
        ("no head", "temporal head"),
        tuple(rows),
        note=note_of(workshop, "per-frame mAP and mAP at tIoU 0.5"),
        provenance=workshop.provenance(run, "head"),
    )


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
