"""Table 3: what a run is trained on."""

from dataclasses import replace

from dbs_core.datasets.trimmed_clips import with_clips
from dbs_core.paper.tables.table import PaperTable, TableRow
from dbs_core.paper.tables.table_runs import Rows, Workshop
from dbs_core.paper.tables.variants import method_rows, note_of
from dbs_core.training.learning import training_entries
from dbs_core.training.videos import SHORTEST_CROP

COLUMNS = {
    "val": (True, False, False),
    "val + gt": (True, True, False),
    "val + UCF20": (True, False, True),
    "gt + UCF20": (False, True, True),
    "val + gt + UCF20": (True, True, True),
}
"""Untrimmed videos, their instances, trimmed clips."""
WITHOUT = (
    "gt + UCF20 shows neither FCN nor control any background; the projections come "
    "from whole videos there too."
)


def mixes(workshop: Workshop) -> PaperTable:
    """Videos, their instances, trimmed clips, and mixes of them.

    Columns with trimmed clips are empty where no folder of them was named; that without
    whole videos where there is a temporal head, which learns from them.
    """
    named = workshop.trimmed is not None
    kinds = dict(list(COLUMNS.items())[:3]) if workshop.quick else COLUMNS
    headless = workshop.base.head.kind == "none"
    columns: list[Rows | None] = []
    counts: list[float | None] = []
    for untrimmed, crops, trimmed in kinds.values():
        known = (named or not trimmed) and (untrimmed or headless)
        if not known:
            columns.append(None)
            counts.append(None)
            continue
        settings = replace(workshop.base, untrimmed=untrimmed, crops=crops)
        columns.append(workshop.rows(settings, trimmed=trimmed))
        counts.append(_samples(workshop, untrimmed, crops, trimmed))
    note = f"{note_of(workshop)} {WITHOUT}"
    if not headless:
        note += " With a temporal head, which learns from whole videos, it is not made."
    if not named:
        note += " No folder of trimmed clips was named (--trimmed)."
    run = workshop.run(
        replace(workshop.base, untrimmed=True, crops=False), workshop.seeds[0]
    )
    return PaperTable(
        "3",
        "Training data",
        tuple(kinds),
        (TableRow("No. of samples", tuple(counts), unit=""), *method_rows(columns)),
        note=note,
        provenance=workshop.provenance(run, "3"),
    )


def _samples(workshop: Workshop, untrimmed: bool, crops: bool, trimmed: bool) -> float:
    """Count imprints that are learnt from, by the annotation."""
    dataset = workshop.dataset
    count = len(training_entries(dataset)) if untrimmed else 0
    if crops:
        shortest = SHORTEST_CROP / workshop.base.features.rate_hz
        count += sum(
            int((end - start) >= shortest)
            for entry in training_entries(dataset)
            if entry.truth is not None
            for start, end in entry.truth.segments.spans_s
        )
    if trimmed and workshop.trimmed is not None:
        both = with_clips(dataset, workshop.trimmed)
        count += len(both.videos) - len(dataset.videos)
    return float(count)
