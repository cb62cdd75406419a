"""Tables 7 and 8: ActivityNet v1.2 and v1.3, by ActivityNet's rule.

Of any data set in ActivityNet's layout. With a hundred classes it is v1.2 and has no
Table 8, with two hundred v1.3 and no Table 7; data of other counts stands in both.
"""

from collections.abc import Mapping
from dataclasses import replace

from dbs_core.evaluation.protocols.rules import ACTIVITYNET
from dbs_core.evaluation.rows import Row
from dbs_core.method.features.settings import Stream
from dbs_core.method.settings import Settings
from dbs_core.paper.tables.printed import ACTIVITYNET_IOU, PRINTED
from dbs_core.paper.tables.table import PaperTable, TableRow
from dbs_core.paper.tables.table_runs import Workshop
from dbs_core.paper.tables.variants import METHODS, note_of
from dbs_core.runtime.errors import InputError

CLASSES: Mapping[str, int] = {"7": 100, "8": 200}
"""Classes of the ActivityNet that a table is of."""


def version_1_2(workshop: Workshop) -> PaperTable:
    """Table 7.

    Raises:
        InputError: the data is not in ActivityNet's layout, or is v1.3.
    """
    return _table(workshop, "7")


def version_1_3(workshop: Workshop) -> PaperTable:
    """Table 8.

    Raises:
        InputError: the data is not in ActivityNet's layout, or is v1.2.
    """
    return _table(workshop, "8")


def _table(workshop: Workshop, key: str) -> PaperTable:
    title = PRINTED[key].title
    _require(workshop, key, title)
    found = _rows(workshop)
    rows = [_row("DBS", found["dbs"])]
    rows += [
        _row(name, found[method])
        for method, name in METHODS.items()
        if method in found and method != "dbs"
    ]
    note = note_of(workshop, "mAP by tIoU, by ActivityNet's rule")
    run = workshop.run(workshop.base, workshop.seeds[0])
    made = workshop.provenance(run, key)
    if not workshop.one_stream:
        made = replace(made, features=made.features.replace("RGB", "RGB and flow"))
    return PaperTable(
        key, title, ACTIVITYNET_IOU, tuple(rows), note=note, provenance=made
    )


def _require(workshop: Workshop, key: str, title: str) -> None:
    dataset = workshop.dataset
    if dataset.kind != "activitynet":
        raise InputError(
            "no data in ActivityNet's layout",
            where=dataset.root,
            wanted="a JSON with 'database', and its videos",
            cure="name it by --data; a result file is scored by: "
            "python -m dbs_core score --protocol activitynet",
        )
    count = len(dataset.classes)
    if count in CLASSES.values() and count != CLASSES[key]:
        raise InputError(
            f"not {title}",
            where=dataset.root,
            wanted=f"{CLASSES[key]} classes",
            got=count,
        )


def _rows(workshop: Workshop) -> Mapping[str, Row]:
    """Figures of both streams, as the paper's; of RGB alone where there is but one."""
    if workshop.one_stream:
        return workshop.rows(workshop.base, rule=ACTIVITYNET)

    def of(stream: Stream) -> Settings:
        base = workshop.base
        return replace(base, features=replace(base.features, stream=stream))

    return workshop.fused(of("rgb"), of("flow"), ACTIVITYNET)


def _row(name: str, found: Row) -> TableRow:
    by_name = {f"{tiou:g}": value for tiou, value in found.detection_map.items()}
    cells = [by_name[column] for column in ACTIVITYNET_IOU[:-1]]
    return TableRow(name, (*cells, found.average))
