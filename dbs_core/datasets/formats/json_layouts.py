"""Layouts of detections in JSON: ActivityNet's, and two that are read like it.

- `{"results": {id: [{label, score, segment}]}}`: ActivityNet's, OpenTAD's;
- `[{"video_name": id, "proposal_list": [{score, segment}]}]`: mmaction2's proposals;
- `{"video-id": [...], "t-start": [...], ...}`: ActionFormer's columns.
"""

from pathlib import Path
from typing import Any

from dbs_core.datasets.counted_warnings import Tally
from dbs_core.datasets.formats.json_rows import JsonRows
from dbs_core.datasets.formats.json_text import member
from dbs_core.records import ClassList
from dbs_core.runtime.errors import InputError


def lists_of_videos(path: Path, value: Any) -> list[tuple[str, str, list[Any]]]:
    """Give place, video id and rows of every list of detections.

    Raises:
        InputError: another layout, said which where it is known.
    """
    if _proposals(value):
        return [
            (f"{path}: [{i}].proposal_list", one["video_name"], one["proposal_list"])
            for i, one in enumerate(value)
        ]
    _refuse_other(path, value)
    results = member(value, "results", dict, str(path))
    return [
        (f"{path}: results.{v}", v, member(results, v, list, f"{path}: results"))
        for v in results
    ]


def is_table(path: Path, value: Any) -> bool:
    """Say whether it is a table: lists by the names of columns.

    Raises:
        InputError: it is one, and its columns have different lengths.
    """
    if not isinstance(value, dict) or "video-id" not in value:
        return False
    if not all(isinstance(column, list) for column in value.values()):
        return False
    lengths = {name: len(column) for name, column in value.items()}
    if len(set(lengths.values())) > 1:
        raise InputError("columns of different lengths", where=path, got=lengths)
    return True


def class_names(
    path: Path, rows: JsonRows, classes: ClassList | None, tally: Tally
) -> list[str]:
    """Read the label of each row; proposals without one have the only class there is.

    Raises:
        InputError: a row without a label where there are several classes.
    """
    every = rows.rows()
    bare = all(isinstance(row, dict) and "label" not in row for row in every)
    if not every or not bare:
        return rows.labels("label")
    if classes is not None and len(classes) != 1:
        raise InputError(
            "proposals without a class (mmaction2's layout)",
            where=rows.place(0),
            wanted="a label beside score and segment",
            got=f"members {list(every[0])}",
            cure="give every proposal its label: mAP judges each class by itself",
        )
    name = "proposal" if classes is None else classes.names[0]
    tally.say(f"{path}: proposals without a class are taken as {name}, the only one")
    return [name] * len(every)


def _proposals(value: Any) -> bool:
    return (
        isinstance(value, list)
        and bool(value)
        and all(
            isinstance(one, dict)
            and isinstance(one.get("video_name"), str)
            and isinstance(one.get("proposal_list"), list)
            for one in value
        )
    )


def _refuse_other(path: Path, value: Any) -> None:
    """Refuse what is known to be something else than results."""
    if not isinstance(value, dict) or "results" in value:
        return
    if "database" in value:
        raise InputError(
            "a ground truth, no result file",
            where=path,
            wanted="'results' with a list of detections for each video",
            got="'database'",
        )
    if value and all(isinstance(rows, list) for rows in value.values()):
        raise InputError(
            "no member 'results'",
            where=path,
            got=f"lists by video, as of {next(iter(value))!r}"[:120],
            cure="put the lists under 'results'",
        )
