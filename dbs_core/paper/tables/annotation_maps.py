"""Ours: annotation maps by Eq. 5 here, beside those that the first author stored."""

from collections.abc import Iterable, Iterator
from dataclasses import astuple, dataclass

import numpy as np
from jaxtyping import Bool

from dbs_core.datasets.formats.author_maps import Map, author_maps
from dbs_core.method.backprojection.annotation_maps import (
    assigned_mask,
    frame_labels,
    labelled_mass,
    target_map,
)
from dbs_core.paper.tables.table import PaperTable, TableRow
from dbs_core.paper.tables.table_runs import Workshop
from dbs_core.paper.tables.variants import note_of
from dbs_core.records import BACKGROUND
from dbs_core.runtime.errors import InputError


@dataclass(frozen=True)
class MapStatistics:
    """Figures of a set of maps, in percent of cells.

    `assigned` of all cells: mean, median and tenth percentile over videos. `action` of
    the assigned ones have an action, `several` of all cells have two or more.
    """

    videos: int
    assigned: float
    assigned_median: float
    assigned_low: float
    action: float
    several: float


def map_statistics(
    maps: Iterable[tuple[Bool[np.ndarray, "gh gw c"], Bool[np.ndarray, "gh gw"]]],
) -> MapStatistics:
    """Count over maps of actions (no background) with their masks.

    Raises:
        InputError: there is no map.
    """
    shares, assigned, action, several, cells = [], 0, 0, 0, 0
    for actions, mask in maps:
        number = (actions & mask[..., None]).sum(axis=-1)
        shares.append(float(mask.mean()))
        assigned += int(mask.sum())
        action += int((number > 0).sum())
        several += int((number > 1).sum())
        cells += mask.size
    if not shares:
        raise InputError("no annotation map")
    return MapStatistics(
        len(shares),
        100 * float(np.mean(shares)),
        100 * float(np.median(shares)),
        100 * float(np.quantile(shares, 0.1)),
        100 * action / max(assigned, 1),
        100 * several / cells,
    )


TAU = 2.0
"""Frames, as the author's stored maps have it (METHOD section 3.3)."""
ROWS = (
    ("Videos", ""),
    ("Assigned cells, mean", "%"),
    ("Assigned cells, median", "%"),
    ("Assigned cells, 10th percentile", "%"),
    ("Assigned cells with an action", "%"),
    ("Cells with several actions", "%"),
)
NOTE = (
    "Author: THUMOS'14, grid 32, tau 2, mirrored entries, 10 a second. Ours: the base "
    "run's imprints of the test videos, Eq. 5 with tau 2."
)


def stored_maps(workshop: Workshop) -> PaperTable:
    """Compare statistics of annotation maps.

    Raises:
        InputError: no folder of the author's maps was named, or it cannot be read.
    """
    folder = workshop.author_maps
    if folder is None:
        raise InputError(
            "no folder of the author's maps", cure="name it with --author-maps"
        )
    found = {
        "author, validation": map_statistics(author_maps(folder, "validation")),
        "author, test": map_statistics(author_maps(folder, "test")),
        "ours": map_statistics(_ours(workshop)),
    }
    run = workshop.run(workshop.base, workshop.seeds[0])
    return PaperTable(
        "maps",
        "Annotation maps",
        tuple(found),
        tuple(
            TableRow(
                name, tuple(float(astuple(s)[i]) for s in found.values()), unit=unit
            )
            for i, (name, unit) in enumerate(ROWS)
        ),
        note=f"{note_of(workshop, 'share of cells')} {NOTE}",
        provenance=workshop.provenance(run, "maps"),
    )


def _ours(workshop: Workshop) -> Iterator[Map]:
    workshop.rows(workshop.base)
    run = workshop.run(workshop.base, workshop.seeds[0])
    for result in run.results(workshop.split):
        if result.truth is None:
            continue
        placement, channels = result.placement, result.frames.probability.shape[1]
        labels = frame_labels(result.truth, placement.times_s, channels)
        mass = labelled_mass(placement, labels, "eq5")
        target = target_map(mass, placement.window, "eq5", TAU)
        actions = np.delete(target, BACKGROUND, axis=-1) > 0
        yield actions, assigned_mask(placement, TAU)
