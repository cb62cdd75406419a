"""Detections of any method from any of the field's files, told apart by content."""

from pathlib import Path

from dbs_core.datasets.formats.activitynet_results import read_results
from dbs_core.datasets.formats.csv_table import ALSO, read_csv
from dbs_core.datasets.formats.foreign import (
    DETECTIONS,
    refuse_foreign,
    refuse_other_table,
)
from dbs_core.datasets.formats.loaded import Loaded
from dbs_core.datasets.formats.reading import AS_WRITTEN, Reading
from dbs_core.datasets.formats.text import read_head
from dbs_core.datasets.formats.thumos_submission import read_submission
from dbs_core.datasets.formats.webvtt import MARK, read_detections
from dbs_core.records import ClassList


def load_detections(
    path: Path, classes: ClassList | None = None, reading: Reading = AS_WRITTEN
) -> Loaded:
    """Read a result file: ActivityNet JSON, THUMOS'14 submission, CSV, our WebVTT.

    Args:
        path: the file, gzip or plain. JSON starts with a brace, WebVTT with its name;
            CSV has commas in its first line; what is of no other known kind is a
            submission.
        classes: the classes to read it with. Detections of other classes are left
            out with a warning. None takes the classes of the file itself; the ids
            of a submission become "class 7".
        reading: how ids, numbers as labels and reversed spans are taken; with the
            videos of a truth, something must fit it.

    Raises:
        InputError: the file is missing or broken, with file and place, or has
            nothing in common with the truth.
    """
    refuse_foreign(path, DETECTIONS)
    head = read_head(path).lstrip()
    if head.startswith(("{", "[")):
        return read_results(path, classes, reading)
    if head.startswith(MARK):
        return read_detections(path, classes, reading)
    line = head.split("\n", 1)[0]
    if "," in line:
        return read_csv(path, classes, reading)
    refuse_other_table(path, line, [name for names in ALSO.values() for name in names])
    return read_submission(path, classes, reading)
