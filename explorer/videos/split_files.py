"""The detections of a whole split as files, as its table shows them and more."""

from collections.abc import Iterator, Sequence
from functools import lru_cache

from dbs_core.datasets.formats.thumos_submission import can_submit
from dbs_core.evaluation.result_rows import detection_rows
from dbs_core.evaluation.video_summary import Summary
from dbs_core.records import Segments
from dbs_core.runs.run import Run
from dbs_core.runs.run_rule import rule_of_run
from dbs_core.runtime import files
from dbs_core.runtime.errors import InputError
from explorer.elements.data_files import DataFile, to_csv, to_json, to_submission


def split_files(run: Run, split: str, rows: Sequence[Summary]) -> list[DataFile]:
    """List the files of a split: all its videos whose result can be read.

    A submission is offered where it can hold the name of every video.
    """

    def found() -> dict[str, Segments]:
        return {row.video_id: row.spans.detections for row in rows if not row.problem}

    stem = files.file_name(f"{run.info.name}_{split}", "")
    offered = [
        DataFile(
            "CSV",
            f"{stem}_detections.csv",
            "text/csv",
            lambda: to_csv(list(_rows(run, split))),
        ),
        DataFile(
            "JSON",
            f"{stem}_detections.json",
            "application/json",
            lambda: to_json(found(), run.info.classes),
        ),
    ]
    if _can_submit(tuple(rows)):
        offered.append(
            DataFile(
                "THUMOS'14",
                f"{stem}_detections.txt",
                "text/plain",
                lambda: to_submission(found(), run.info.classes),
            )
        )
    return offered


@lru_cache(maxsize=4)
def _can_submit(rows: tuple[Summary, ...]) -> bool:
    """Say whether a submission can hold all names; asked at each letter of a search."""
    return all(can_submit(row.video_id) for row in rows)


def _rows(run: Run, split: str) -> Iterator[dict[str, object]]:
    """Give one detection after the other; a result that is none has no row."""
    rule = rule_of_run(run)
    for path in run.result_files(split):
        try:
            result = run.read_result(path)
        except InputError:
            continue
        yield from detection_rows(result, run.info.classes, rule=rule)
