"""Tables 4, 5 and 6: RGB, flow and both; per frame; by tIoU."""

from dataclasses import replace

from dbs_core.evaluation.rows import TIOU
from dbs_core.method.features.settings import Stream
from dbs_core.method.settings import Settings
from dbs_core.paper.tables.table import PaperTable, TableRow
from dbs_core.paper.tables.table_runs import Rows, Workshop
from dbs_core.paper.tables.variants import METHODS, note_of

OTHERS = {name: title for name, title in METHODS.items() if name != "dbs"}


def streams(workshop: Workshop) -> PaperTable:
    """Table 4: what motion adds, by tIoU up to 0.5."""
    thresholds = TIOU[:5]
    rows = []
    for title, found in _streams(workshop).items():
        rows.append(_by_tiou(title, found, "dbs", thresholds))
        rows += [
            _by_tiou(f"{title}: {OTHERS[name]}", found, name, thresholds)
            for name in OTHERS
            if name in found
        ]
    note = note_of(workshop, "mAP by tIoU")
    if not workshop.one_stream:
        note += f" R+F: weight of RGB {workshop.weight:g}."
    return _table(workshop, "4", "Appearance, motion, and both", thresholds, rows, note)


def labelling(workshop: Workshop) -> PaperTable:
    """Table 5: per-frame mAP, of both streams where there are both."""
    rows = [TableRow("DBS", (_best(workshop)["dbs"].frame_map,))]
    for title, found in _streams(workshop).items():
        rows += [
            TableRow(f"{title}: {OTHERS.get(name, 'DBS')}", (row.frame_map,))
            for name, row in found.items()
        ]
    note = note_of(workshop, "per-frame mAP")
    return _table(workshop, "5", "Per-frame labelling", (), rows, note)


def thresholds(workshop: Workshop) -> PaperTable:
    """Table 6: detection by tIoU, of both streams where there are both."""
    found = _best(workshop)
    rows = [_by_tiou("DBS", found, "dbs", TIOU)]
    rows += [
        _by_tiou(OTHERS[name], found, name, TIOU) for name in OTHERS if name in found
    ]
    note = note_of(workshop, "mAP by tIoU")
    return _table(workshop, "6", "Detection by tIoU", TIOU, rows, note)


def _streams(workshop: Workshop) -> dict[str, Rows]:
    """Figures of RGB, flow and both; of RGB alone where there is but one stream."""
    rgb, flow = _settings(workshop, "rgb"), _settings(workshop, "flow")
    found = {"RGB": workshop.rows(rgb)}
    if not workshop.one_stream:
        found["Flow"] = workshop.rows(flow)
        found["R+F"] = workshop.fused(rgb, flow)
    return found


def _best(workshop: Workshop) -> Rows:
    """The last of them, as the paper's "DBS" is both streams."""
    return list(_streams(workshop).values())[-1]


def _settings(workshop: Workshop, stream: Stream) -> Settings:
    base = workshop.base
    return replace(base, features=replace(base.features, stream=stream))


def _by_tiou(title: str, found: Rows, name: str, tiou: tuple[float, ...]) -> TableRow:
    return TableRow(title, tuple(found[name].detection_map[t] for t in tiou))


def _table(
    workshop: Workshop,
    key: str,
    title: str,
    tiou: tuple[float, ...],
    rows: list[TableRow],
    note: str,
) -> PaperTable:
    run = workshop.run(_settings(workshop, "rgb"), workshop.seeds[0])
    made = workshop.provenance(run, key)
    if not workshop.one_stream:
        made = replace(made, features=made.features.replace("RGB", "RGB and flow"))
    elif workshop.quick:
        note += " RGB alone: quick."
    else:
        note += (
            " One stream: no <video>_rgb and <video>_flow in the folder of features."
        )
    columns = tuple(f"{t:g}" for t in tiou) or ("mAP",)
    return PaperTable(key, title, columns, tuple(rows), note=note, provenance=made)
