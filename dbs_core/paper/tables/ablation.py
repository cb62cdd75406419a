"""Ours: one setting changed at a time, and what that does to DBS and its control."""

from collections.abc import Mapping
from dataclasses import replace

from dbs_core.evaluation.rows import NAMES
from dbs_core.method.settings import Settings
from dbs_core.paper.tables.table import PaperTable, TableRow, Values
from dbs_core.paper.tables.table_runs import Rows, Workshop
from dbs_core.paper.tables.variants import TIOU, note_of

COLUMNS = (
    "per frame",
    "mAP@0.5",
    "control, per frame",
    "control, mAP@0.5",
    NAMES["ceiling_imprint"],
)


def changes(base: Settings) -> Mapping[str, Settings]:
    """Give the base and every change of one choice of ours (METHOD section 10)."""
    training, epitome = base.training, base.epitome
    changed = {
        "whitened descriptors (PAPER)": replace(
            base, descriptor=replace(base.descriptor, whiten=True)
        ),
        "soft projection, Eq. 6": replace(base, projection="soft"),
        "no smoothing over time (PAPER)": replace(base, smoothing=0.0),
        "no cyclic shifts in training (PAPER)": replace(
            base, training=replace(training, augment=False)
        ),
        "mirrored imprints in training": replace(
            base, training=replace(training, augment=True, mirror=True)
        ),
        "loss on cells (PAPER)": replace(
            base, training=replace(training, loss="cells")
        ),
        "no dropout (PAPER)": replace(base, dropout=0.0),
    }
    if epitome.model == "epitome" and not epitome.fast:
        fixed = replace(epitome, learn_variance=False)
        changed["one fixed variance"] = replace(base, epitome=fixed)
        fast = replace(epitome, search="fast")
        changed["fast search"] = replace(base, epitome=fast)
    others = {name: settings for name, settings in changed.items() if settings != base}
    return {"as it is": base, **others}


def ablations(workshop: Workshop) -> PaperTable:
    """One row for each change; the first is the base."""
    variants = dict(changes(workshop.base))
    if workshop.quick:
        variants = dict(list(variants.items())[:2])
    rows = [TableRow(name, _values(workshop.rows(s))) for name, s in variants.items()]
    run = workshop.run(workshop.base, workshop.seeds[0])
    return PaperTable(
        "ablation",
        "One choice changed at a time",
        COLUMNS,
        tuple(rows),
        note=note_of(workshop, "per-frame mAP and mAP at tIoU 0.5"),
        provenance=workshop.provenance(run, "ablation"),
    )


def _values(rows: Rows) -> Values:
    # With temporal heads on both sides, or on none.
    both = (rows["dbs"], rows.get("control_head", rows["control"]))
    pairs = [(row.frame_map, row.detection_map[TIOU]) for row in both]
    ceiling = rows["ceiling_imprint"].detection_map[TIOU]
    return (*pairs[0], *pairs[1], ceiling)
