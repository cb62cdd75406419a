"""Progress: reported, then stopped when asked."""

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
