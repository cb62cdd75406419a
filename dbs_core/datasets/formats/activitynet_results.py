"""ActivityNet's detection results: `{version, results: {id: [...]}, external_data}`.

Every result is `{label, score, segment: [start, end]}` (METHOD section 8.5).
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

from dbs_core.datasets.formats.counted_warnings import Tally
from dbs_core.datasets.formats.json_rows import JsonRows
from dbs_core.datasets.formats.json_text import member, parse_json, write_json_text
from dbs_core.datasets.formats.loaded import Loaded, Rows, by_video
from dbs_core.records import ClassList, Segments


def read_results(path: Path, classes: ClassList | None = None) -> Loaded:
    """Read a result file, gzip or plain.

    Args:
        path: the file.
        classes: what labels mean; detections of other classes are left out with a
            warning. Without a list, the names in the file by alphabet.

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
    labels = rows.texts("label")
    if classes is None:
        classes = _classes_of(labels)
    columns = Rows(
        [video_id for video_id, found in results.items() for _ in found],
        rows.numbers("segment", 2),
        _numbered(labels, classes, rows, tally),
        rows.numbers("score", 1)[:, 0],
    )
    found = by_video(columns, rows.place, tally, "empty")
    every = {video_id: found.get(video_id, Segments.empty()) for video_id in results}
    return Loaded(every, classes, tally.lines())


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


def _classes_of(labels: Sequence[str]) -> ClassList:
    present = sorted(set(labels))
    return ClassList(tuple(present), tuple(range(1, len(present) + 1)))


def _numbered(
    labels: Sequence[str], classes: ClassList, rows: JsonRows, tally: Tally
) -> list[int]:
    """Turn names into labels, -1 for a class that is not in the list."""
    label_of = {name: i for i, name in enumerate(classes.names, start=1)}
    numbers = [label_of.get(name, -1) for name in labels]
    for row, number in enumerate(numbers):
        if number < 0:
            what = f"class '{labels[row][:80]}' is not in the class list, left out"
            tally.add(what, rows.place(row) if not tally.count(what) else "")
    return numbers
