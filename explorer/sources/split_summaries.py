"""One line a video for the Videos page, kept beside the run so that it opens fast."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

from dbs_core.evaluation.video_spans import VideoSpans
from dbs_core.evaluation.video_summary import Summary, summarise
from dbs_core.records import Segments, VideoTruth
from dbs_core.runs.run import Run
from dbs_core.runtime import files, store
from dbs_core.runtime.errors import InputError
from explorer.sources.cache_folder import cache_folder
from explorer.sources.catalogue import VideoEntry

SAVE_EVERY = 1000  # new lines, so that a visit that is broken off is not lost
SCHEMA = 3


def broken(entry: VideoEntry, problem: str) -> Summary:
    """Stand in for a result that cannot be read."""
    return Summary(
        stamp=entry.stamp,
        video_id=entry.video_id,
        key=entry.key,
        duration_s=0.0,
        labels=(),
        spans=VideoSpans(entry.video_id, Segments.empty(), None),
        best=0.0,
        spark=(),
        thumb=0,
        problem=problem,
    )


def summarise_all(
    run: Run,
    split: str,
    entries: Iterable[VideoEntry],
    on_progress: Callable[[float], None],
) -> tuple[Summary, ...]:
    """Summarise a split; only results that are new or changed are read."""
    entries = tuple(entries)
    path = cache_folder(run) / files.file_name(f"explorer-{split}", ".json")
    kept = _read(path)
    rows: list[Summary] = []
    fresh = 0
    for number, entry in enumerate(entries):
        row = kept.get(entry.key)
        if row is None or row.stamp != entry.stamp:
            row = _one(run, entry)
            fresh += 1
            on_progress((number + 1) / len(entries))
            if fresh % SAVE_EVERY == 0:
                _write(path, (*rows, row))
        rows.append(row)
    if fresh:
        _write(path, rows)
    return tuple(rows)


def _one(run: Run, entry: VideoEntry) -> Summary:
    try:
        result = run.result(entry.split, entry.video_id)
        return summarise(result, key=entry.key, stamp=entry.stamp)
    except InputError as error:
        return broken(entry, error.without_content)


def _read(path: Path) -> Mapping[str, Summary]:
    """Read what was kept; anything unfit is made again."""
    try:
        value = files.read_json(path)
        if value["schema"] != SCHEMA:
            return {}
        rows = [_from_json(row) for row in value["rows"]]
    except store.MISFITS:
        return {}
    return {row.key: row for row in rows}


def _write(path: Path, rows: Iterable[Summary]) -> None:
    try:
        files.write_json(path, {"schema": SCHEMA, "rows": [_to_json(r) for r in rows]})
    except InputError:
        return  # a run that cannot be written is summarised again next time


def _to_json(row: Summary) -> dict[str, object]:
    """Write spans as columns of numbers: most of the file are theirs."""
    found, truth = row.spans.detections, row.spans.truth
    plain = {f.name: getattr(row, f.name) for f in fields(row) if f.name != "spans"}
    return plain | {
        "found": [found.spans_s.tolist(), found.labels.tolist(), found.scores.tolist()],
        "truth": truth
        and [
            truth.segments.spans_s.tolist(),
            truth.segments.labels.tolist(),
            truth.ambiguous_s.tolist(),
        ],
    }


def _from_json(row: Any) -> Summary:
    """Rebuild a line; one of `MISFITS` where the value is none."""
    found, truth = row.pop("found"), row.pop("truth")
    known = None
    if truth is not None:
        spans_s, labels, ambiguous_s = truth
        ambiguous = Segments.of(ambiguous_s, [0] * len(ambiguous_s))
        known = VideoTruth(Segments.of(spans_s, labels), ambiguous.spans_s)
    spans = VideoSpans(str(row["video_id"]), Segments.of(*found), known)
    row["labels"], row["spark"] = tuple(row["labels"]), tuple(row["spark"])
    return Summary(spans=spans, **row)
