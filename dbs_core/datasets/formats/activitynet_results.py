"""ActivityNet's detection results: `{version, results: {id: [...]}, external_data}`.

Every result is `{label, score, segment: [start, end]}` (METHOD section 8.5). Other
layouts of the same are read too: see `json_layouts`.
"""

from collections.abc import Mapping
from pathlib import Path

from dbs_core.datasets.counted_warnings import Tally
from dbs_core.datasets.formats.class_labels import own_classes
from dbs_core.datasets.formats.csv_table import of_cells
from dbs_core.datasets.formats.json_layouts import (
    class_names,
    is_table,
    lists_of_videos,
)
from dbs_core.datasets.formats.json_rows import JsonRows
from dbs_core.datasets.formats.json_text import parse_json, write_json_text
from dbs_core.datasets.formats.loaded import Loaded, Rows, loaded
from dbs_core.datasets.formats.reading import AS_WRITTEN, Reading
from dbs_core.records import ClassList, Segments


def read_results(
    path: Path, classes: ClassList | None = None, reading: Reading = AS_WRITTEN
) -> Loaded:
    """Read a result file, gzip or plain.

    Args:
        path: the file.
        classes: what labels mean; detections of other classes are left out with a
            warning. Without a list, the names in the file by alphabet.
        reading: how ids, numbers as labels and reversed spans are taken.

    Raises:
        InputError: no JSON, another layout, or a number that is none; with place.
    """
    tally = Tally()
    value = parse_json(path, tally)
    if is_table(path, value):
        return _of_columns(path, value, classes, reading, tally)
    lists = lists_of_videos(path, value)
    rows = JsonRows({place: found for place, _, found in lists})
    labels = class_names(path, rows, classes, tally)
    if classes is None:
        classes = own_classes(labels)
    columns = Rows(
        [video_id for _, video_id, found in lists for _ in found],
        rows.numbers("segment", 2),
        labels,
        rows.numbers("score", 1)[:, 0],
        [video_id for _, video_id, _ in lists],
    )
    return loaded(path, columns, rows.place, classes, reading, tally)


def _of_columns(
    path: Path,
    value: Mapping[str, list[object]],
    classes: ClassList | None,
    reading: Reading,
    tally: Tally,
) -> Loaded:
    """Read columns by name, as ActionFormer keeps them, like a CSV table."""
    rows = [[str(cell) for cell in row] for row in zip(*value.values(), strict=True)]
    return of_cells(
        path,
        list(value),
        rows,
        lambda row: f"{path}: row {row}",
        classes,
        reading,
        tally,
    )


def write_results(
    path: Path,
    found: Mapping[str, Segments],
    classes: ClassList,
    version: str = "DBS",
) -> None:
    """Write a result file; it reads back equal."""
    results = {
        video_id: [
            {"label": classes.name_of(label), "score": score, "segment": span}
            for span, label, score in zip(
                segments.spans_s.tolist(),
                segments.labels.tolist(),
                segments.scores.tolist(),
                strict=True,
            )
        ]
        for video_id, segments in found.items()
    }
    external = {"used": False, "details": ""}
    write_json_text(
        path, {"version": version, "results": results, "external_data": external}
    )
