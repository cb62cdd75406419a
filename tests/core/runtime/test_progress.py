"""Progress: reported, then stopped when asked; told of parts of a whole."""

import pytest

from dbs_core.runtime.errors import Cancelled
from dbs_core.runtime.progress import SILENT, Progress, Step


def test_reports_each_step():
    steps = []
    Progress(steps.append)("train", 3, 10, "epoch 1")
    assert steps == [Step("train", 3, 10, "epoch 1")]


def test_stops_after_reporting():
    steps = []
    with pytest.raises(Cancelled, match="train"):
        Progress(steps.append, lambda: True)("train", 3, 10)
    assert len(steps) == 1


def test_silent_says_nothing_and_never_stops(capsys):
    SILENT("train", 0, 1)
    assert SILENT.cancelled() is False
    assert capsys.readouterr() == ("", "")


def test_within_tells_the_parts_as_detail_of_the_whole():
    steps = []
    inner = Progress(steps.append).within("imprints", 3, 8, "video")
    inner("imprint", 0, 20)
    inner("imprint", 1, 20)
    assert steps == [
        Step("imprints", 3, 8, "video"),
        Step("imprints", 3, 8, "video: imprint 1 of 20"),
        Step("imprints", 3, 8, "video: imprint 2 of 20"),
    ]


def test_a_stop_reaches_the_parts():
    stop = []
    outer = Progress(cancelled=lambda: bool(stop))
    inner = outer.within("imprints", 0, 1, "video")
    inner("imprint", 0, 4)
    stop.append(True)
    with pytest.raises(Cancelled):
        inner("imprint", 1, 4)
    assert inner.cancelled()
