"""Tables 1 and 2, and ours: targets, start, counting grid, metric and head."""

from collections.abc import Mapping
from dataclasses import replace

from dbs_core.method.detection.settings import HeadKind
from dbs_core.method.imprint.settings import (
    ImprintModel,
    MetricKind,
    MetricSettings,
    Start,
)
from dbs_core.method.settings import Settings
from dbs_core.paper.tables.table import PaperTable, TableRow
from dbs_core.paper.tables.table_runs import Workshop
from dbs_core.paper.tables.variants import note_of, varied

AXES: dict[MetricKind, str] = {"pca": "principal", "labels": "end to end"}
TCG_GRID = 24
"""Of the counting grid's authors (METHOD section 1.5)."""


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


HEADS: Mapping[HeadKind, str] = {
    "none": "no head",
    "conv": "of one scale",
    "pyramid": "of several scales",
}
"""Kinds of temporal heads, and their columns."""


def heads(workshop: Workshop) -> PaperTable:
    """Ours: without temporal head, and with those there are."""
    base = workshop.base
    columns = [
        workshop.rows(replace(base, head=replace(base.head, kind=kind)))
        for kind in HEADS
    ]
    methods = {"DBS": ("dbs", "dbs"), "control": ("control", "control_head")}
    of_method = {
        name: [rows[headed if "control_head" in rows else alone] for rows in columns]
        for name, (alone, headed) in methods.items()
    }
    rows = [
        TableRow(f"{name}, per frame", tuple(one.frame_map for one in found))
        for name, found in of_method.items()
    ]
    rows += [
        TableRow(f"{name}, mAP@0.5", tuple(one.detection_map[0.5] for one in found))
        for name, found in of_method.items()
    ]
    none = replace(base, head=replace(base.head, kind="none"))
    run = workshop.run(none, workshop.seeds[0])
    return PaperTable(
        "head",
        "Temporal head",
        tuple(HEADS.values()),
        tuple(rows),
        note=note_of(workshop, "per-frame mAP and mAP at tIoU 0.5"),
        provenance=workshop.provenance(run, "head"),
    )
