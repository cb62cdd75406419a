"""The run of many videos whose pages docs/time_big_run.py times."""

import pytest

from dbs_core.runs.places import SAMPLE
from dbs_core.runs.run import Run
from dbs_core.runs.summaries import summarise_all
from docs.time_big_run import multiplied

VIDEOS = 9
"""Of four results."""


def unread(*_):
    pytest.fail("a result was read")


def test_its_pages_read_no_result(tmp_path, monkeypatch):
    source = Run.open(SAMPLE)
    before = summarise_all(source, "test")
    big = multiplied(source, "test", VIDEOS, tmp_path / "many")
    monkeypatch.setattr(Run, "read_result", unread)
    rows = summarise_all(big, "test")
    assert [row.video_id for row in rows] == [
        f"video_many_{number:07}" for number in range(VIDEOS)
    ]
    for number, row in enumerate(rows):
        assert row.spans.video_id == row.video_id
        source_row = before[number % len(before)]
        assert row.spark == source_row.spark
        assert len(row.spans.detections) == len(source_row.spans.detections)
