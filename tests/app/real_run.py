"""A run of real videos, its records made up: what a browser must bear is the video.

The truth is that of the data set, the video file is played where it lies. Places and
scores are those of `make_run`: right in shape, and known.
"""

from pathlib import Path

from dbs_core.datasets import open_dataset
from dbs_core.method.video.probing import probe
from dbs_core.records import VideoEntry
from dbs_core.runs.run import Run, RunInfo
from tests.app.make_run import Plan, make_result

VIDEOS = ("video_test_0000001", "video_test_0000009")


def write_real_run(root: Path, data: Path) -> Run:
    """Write results of two videos of a data set in the THUMOS'14 layout."""
    opened = open_dataset(data)
    run = Run.create(
        root, RunInfo("real", "ucf101", str(data), opened.classes, {}, 0, {})
    )
    for entry in opened.split("test"):
        if entry.video_id in VIDEOS:
            info = probe(entry.path)
            plan = _plan(entry, info.duration_s)
            run.write_result(
                make_result(plan, entry.path, classes=opened.classes, info=info)
            )
    return run


def _plan(entry: VideoEntry, duration_s: float) -> Plan:
    assert entry.truth is not None
    segments = entry.truth.segments
    actions = [
        (float(a), float(b), int(label))
        for (a, b), label in zip(segments.spans_s, segments.labels, strict=True)
    ]
    return Plan(entry.video_id, tuple(sorted(actions)), duration_s)
