"""What lists, judges and diagnoses a split's videos, kept beside the run.

A result is mostly maps: of ten thousand videos they take minutes to read. What pages,
files of detections and figures need of each lies in one file a split. Who writes
results writes it; only those that are new or changed are read for it.
"""

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from dbs_core.evaluation.video_spans import VideoSpans
from dbs_core.evaluation.video_summary import Summary, summarise
from dbs_core.records import Segments
from dbs_core.runs.cache_folder import cache_folder
from dbs_core.runs.catalogue import VideoEntry, list_videos
from dbs_core.runs.run import Run
from dbs_core.runs.summary_file import read_summaries, write_summaries
from dbs_core.runtime import files
from dbs_core.runtime.errors import CannotWrite, InputError

SAVE_EVERY = 1000  # new lines, so that a visit that is broken off is not lost


def summary_path(run: Run, split: str) -> Path:
    """Give the file that holds a split's summaries."""
    return cache_folder(run) / files.file_name(f"summaries-{split}", ".npz")


def summarise_all(
    run: Run,
    split: str,
    on_progress: Callable[[float], None] = lambda _: None,
) -> tuple[Summary, ...]:
    """Summarise a split; a result that cannot be read has a line that says so.

    Args:
        run: the run.
        split: one of its splits.
        on_progress: is told the share done, where results have to be read.
    """
    entries, path = list_videos(run, split), summary_path(run, split)
    kept = read_summaries(path)
    rows: list[Summary] = []
    fresh = 0
    for number, entry in enumerate(entries):
        row = kept.get(entry.key)
        if row is None or row.stamp != entry.stamp:
            row = _one(run, entry)
            fresh += not row.problem
            on_progress((number + 1) / len(entries))
            if not row.problem and fresh % SAVE_EVERY == 0:
                _write(path, [*rows, row])
        rows.append(row)
    if fresh or len(kept) > len(rows):
        _write(path, rows)
    return tuple(rows)


def readable_detections(
    run: Run, split: str
) -> tuple[dict[str, Segments], dict[str, str]]:
    """Give the detections of all results of a split that can be read.

    Returns:
        them by video, as files hold them; and for each other result, by its file's
        name, why not.
    """
    found: dict[str, Segments] = {}
    failures: dict[str, str] = {}
    for row in summarise_all(run, split):
        if row.problem:
            failures[row.file] = row.problem
        else:
            found[row.video_id] = row.spans.detections
    return found, failures


def _one(run: Run, entry: VideoEntry) -> Summary:
    try:
        result = run.read_result(entry.path)
    except InputError as error:
        return _broken(entry, error)
    return summarise(result, key=entry.key, stamp=entry.stamp)


def _broken(entry: VideoEntry, error: InputError) -> Summary:
    """Stand in for a result that cannot be read; it is looked at again each time."""
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
        problem=str(error),
        problem_in_public=error.without_content,
        file=entry.path.stem,
    )


def _write(path: Path, rows: list[Summary]) -> None:
    """Keep them; a run that cannot be written is summarised again next time."""
    with suppress(CannotWrite):
        write_summaries(path, (row for row in rows if not row.problem))
