"""Table 3: what a run is trained on."""

from dataclasses import replace

from dbs_core.datasets.mixing import with_clips
from dbs_core.learning import training_entries
from dbs_core.tables.records import PaperTable, TableRow
from dbs_core.tables.variants import method_rows, note_of
from dbs_core.tables.workshop import Workshop
from dbs_core.training_set import SHORTEST_CROP

NOT_MADE = (
    "gt + UCF20 is not made: projections and temporal context come from whole videos."
)


def mixes(workshop: Workshop) -> PaperTable:
    """Videos, their instances, trimmed clips, and mixes of them.

    Columns with trimmed clips are empty where no folder of them was named.
    """
    named = workshop.trimmed is not None
    kinds = {
        "val": (False, False),
        "val + gt": (True, False),
        "val + UCF20": (False, True),
        "val + gt + UCF20": (True, True),
    }
    if workshop.quick:
        kinds = dict(list(kinds.items())[:3])
    columns, counts = [], []
    for crops, trimmed in kinds.values():
        known = named or not trimmed
        settings = replace(workshop.base, crops=crops)
        columns.append(workshop.rows(settings, trimmed=trimmed) if known else None)
        counts.append(_samples(workshop, crops, trimmed) if known else None)
    note = f"{note_of(workshop)} {NOT_MADE}"
    if not named:
        note += " No folder of trimmed clips was named (--trimmed)."
    run = workshop.run(replace(workshop.base, crops=False), workshop.seeds[0])
    return PaperTable(
        "3",
        "Training data",
        tuple(kinds),
        (TableRow("No. of samples", tuple(counts), unit=""), *method_rows(columns)),
        note=note,
        provenance=workshop.provenance(run, "3"),
    )


def _samples(workshop: Workshop, crops: bool, trimmed: bool) -> float:
    """Count imprints that are learnt from, by the annotation."""
    dataset = workshop.dataset
    count = len(training_entries(dataset))
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
