"""Tables whose columns are settings: one figure of every method for each."""

from collections.abc import Mapping

from dbs_core.evaluation.rows import NAMES
from dbs_core.method.settings import Settings
from dbs_core.paper.tables.table import PaperTable, TableRow
from dbs_core.paper.tables.table_runs import Rows, Workshop

TIOU = 0.5
METHODS = NAMES | {"dbs": "mAP", "dbs_without_head": "mAP without temporal head"}
"""Row names; the first is the paper's."""


def method_rows(columns: list[Rows | None]) -> tuple[TableRow, ...]:
    """Give mAP at tIoU 0.5 of every method; None is a column that is not known."""
    known = [rows for rows in columns if rows is not None]
    return tuple(
        TableRow(
            title,
            tuple(None if c is None else c[name].detection_map[TIOU] for c in columns),
        )
        for name, title in METHODS.items()
        if all(name in rows for rows in known)
    )


def varied(
    workshop: Workshop,
    key: str,
    title: str,
    variants: Mapping[str, Settings],
    note: str = "",
) -> PaperTable:
    """Make a table with a column for each set of settings.

    Raises:
        InputError: no video could be used.
        Cancelled: asked to stop; finished runs are kept.
    """
    columns: list[Rows | None] = [workshop.rows(s) for s in variants.values()]
    run = workshop.run(next(iter(variants.values())), workshop.seeds[0])
    return PaperTable(
        key,
        title,
        tuple(variants),
        method_rows(columns),
        note=note or note_of(workshop),
        provenance=workshop.provenance(run, key),
    )


def note_of(workshop: Workshop, figure: str = "mAP at tIoU 0.5") -> str:
    """Say what the figures are of."""
    return f"{workshop.counted} of {workshop.dataset.name}, {figure}."
