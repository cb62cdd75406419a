"""Table 1: the grid's size, its time and its mAP."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from dbs_core.method.settings import Settings
from dbs_core.paper.tables.table import PaperTable, TableRow
from dbs_core.paper.tables.table_runs import Workshop
from dbs_core.paper.tables.variants import note_of, varied
from dbs_core.records import VideoEntry
from dbs_core.runs.detecting import Detector
from dbs_core.runtime.stage_clock import StageClock

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
    known = [entry for entry in entries if entry.video_id not in workshop.failures]
    spent = [_spent(entry, detector) for entry in known]
    return np.mean(spent, axis=0).tolist() if spent else [0.0, 0.0, 0.0]


def _spent(entry: VideoEntry, detector: Detector) -> tuple[float, float, float]:
    """Seconds of one video's imprint, of the FCN on it, and of the video itself."""
    clock = StageClock(detector.device)
    result = detector.detect(entry, clock)
    took = clock.seconds
    return took["imprint"], took["segment"], result.frames.duration_s
