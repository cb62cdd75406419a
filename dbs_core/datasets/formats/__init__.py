"""The field's files, in and out: what is written reads back equal.

| file                          | read                  | write                |
|-------------------------------|-----------------------|----------------------|
| THUMOS'14 annotation folder   | `datasets.read_truth` | `write_annotation`   |
| THUMOS'14 submission          | `load_detections`     | `write_submission`   |
| ActivityNet ground truth      | `read_ground_truth`   | `write_ground_truth` |
| either of these               | `load_truth`          |                      |
| ActivityNet results           | `load_detections`     | `write_results`      |
| detections as CSV             | `load_detections`     | `write_csv`          |
| frame scores as CSV or npz    | `read_frames`         | `write_frames`       |
| WebVTT tracks of a video      | `read_track`, or as   | `write_tracks`       |
|                               | `load_detections`     |                      |

Text files may be gzip. Bad files give an `InputError` with file and place; what the
field's own tools tolerate is mended or left out and counted in the warnings.
"""

from dbs_core.datasets.formats.activitynet_results import write_results
from dbs_core.datasets.formats.activitynet_truth import (
    GroundTruth,
    read_ground_truth,
    write_ground_truth,
)
from dbs_core.datasets.formats.csv_table import write_csv
from dbs_core.datasets.formats.detections import load_detections
from dbs_core.datasets.formats.frame_files import read_frames, write_frames
from dbs_core.datasets.formats.loaded import Loaded
from dbs_core.datasets.formats.reading import Reading
from dbs_core.datasets.formats.thumos_annotation import write_annotation
from dbs_core.datasets.formats.thumos_submission import write_submission
from dbs_core.datasets.formats.truth import Truth, load_truth
from dbs_core.datasets.formats.webvtt import read_track, track_text, write_tracks

__all__ = [
    "GroundTruth",
    "Loaded",
    "Reading",
    "Truth",
    "load_detections",
    "load_truth",
    "read_frames",
    "read_ground_truth",
    "read_track",
    "track_text",
    "write_annotation",
    "write_csv",
    "write_frames",
    "write_ground_truth",
    "write_results",
    "write_submission",
    "write_tracks",
]
