"""ActivityNet's detection results: `{version, results: {id: [...]}, external_data}`.

Every result is `{label, score, segment: [start, end]}` (METHOD section 8.5).
"""

from collections.abc import Mapping
from pathlib import Path

from dbs_core.datasets.formats.class_labels import own_classes
from dbs_core.datasets.formats.counted_warnings import Tally
from dbs_core.datasets.formats.json_rows import JsonRows
from dbs_core.datasets.formats.json_text import member, parse_json, write_json_text
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
    results = member(parse_json(path, tally), "results", dict, str(path))
    rows = JsonRows(
        {
            f"{path}: results.{video_id}": member(
                results, video_id, list, f"{path}: results"
            )
            for video_id in results
        }
    )
    labels = rows.labels("label")
    if classes is None:
        classes = own_classes(labels)
    columns = Rows(
        [video_id for video_id, found in results.items() for _ in found],
        rows.numbers("segment", 2),
        labels,
        rows.numbers("score", 1)[:, 0],
        list(results),
    )
    return loaded(path, columns, rows.place, classes, reading, tally)


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
