"""One line a video for the Videos page, kept beside the run so that it opens fast."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from dbs_core import store
from dbs_core.errors import InputError
from dbs_core.figures.matches import judge, video_precision
from dbs_core.figures.presence import classes_present
from dbs_core.records import ClassList, VideoResult
from dbs_core.runs import Run
from explorer.caching import cache_folder
from explorer.catalogue import VideoEntry

POINTS = 40  # of the sparkline
SAVE_EVERY = 1000  # new lines, so that a visit that is broken off is not lost
SCHEMA = 2


@dataclass(frozen=True)
class Summary:
    """What the table says of a video. Counts against the truth are None without one."""

    stamp: str
    video_id: str
    key: str
    duration_s: float
    labels: tuple[int, ...]
    instances: int | None
    found: int
    wrong: int | None
    missed: int | None
    precision: float | None
    best: float
    spark: tuple[float, ...]
    thumb: int
    problem: str = ""

    @property
    def errors(self) -> int:
        """Wrong detections and missed truths."""
        return (self.wrong or 0) + (self.missed or 0)


def summarise(entry: VideoEntry, result: VideoResult, classes: ClassList) -> Summary:
    """Put a result into one line."""
    found, truth = result.detections, result.truth
    matches = judge(result)
    precision = video_precision(result, classes)
    action = result.frames.probability[:, 1:].max(axis=1, initial=0.0)
    return Summary(
        stamp=entry.stamp,
        video_id=entry.video_id,
        key=entry.key,
        duration_s=result.info.duration_s,
        labels=classes_present(result),
        instances=len(truth.segments) if truth is not None else None,
        found=len(found),
        wrong=matches.wrong if matches else None,
        missed=matches.missed if matches else None,
        precision=None if precision is None else round(precision, 4),
        best=round(float(action.max(initial=0.0)), 4),
        spark=peaks(action),
        thumb=int(action.argmax()) if len(action) else 0,
    )


def peaks(values: np.ndarray) -> tuple[float, ...]:
    """Thin a curve out to its largest value in each of forty equal parts."""
    if len(values) <= POINTS:
        return tuple(round(float(v), 3) for v in values)
    starts = np.linspace(0, len(values), POINTS, endpoint=False).astype(int)
    return tuple(round(float(v), 3) for v in np.maximum.reduceat(values, starts))


def broken(entry: VideoEntry, problem: str) -> Summary:
    """Stand in for a result that cannot be read."""
    return Summary(
        stamp=entry.stamp,
        video_id=entry.video_id,
        key=entry.key,
        duration_s=0.0,
        labels=(),
        instances=None,
        found=0,
        wrong=None,
        missed=None,
        precision=None,
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
    path = cache_folder(run) / store.file_name(f"explorer-{split}", ".json")
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
        return summarise(
            entry, run.result(entry.split, entry.video_id), run.info.classes
        )
    except InputError as error:
        return broken(entry, str(error))


def _read(path: Path) -> Mapping[str, Summary]:
    """Read what was kept; anything unfit is made again."""
    try:
        value = store.read_json(path)
        if value["schema"] != SCHEMA:
            return {}
        rows = [store.from_json(Summary, row) for row in value["rows"]]
    except (InputError, KeyError, TypeError, ValueError):
        return {}
    return {row.key: row for row in rows}


def _write(path: Path, rows: Iterable[Summary]) -> None:
    try:
        store.write_json(path, {"schema": SCHEMA, "rows": [asdict(r) for r in rows]})
    except InputError:
        return  # a run that cannot be written is summarised again next time
