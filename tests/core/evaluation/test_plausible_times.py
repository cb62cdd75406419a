"""Frame numbers in place of seconds are noticed by the videos' durations."""

import pytest

from dbs_core.evaluation.plausible_times import beyond_the_end
from dbs_core.records import Segments


def spans(*ends):
    return Segments.of([(0.0, end) for end in ends], [1] * len(ends))


def test_most_spans_past_the_end_are_said_with_one_of_them():
    found = {"v": spans(9.0, 250.0), "w": spans(300.0, 600.0)}
    (note,) = beyond_the_end("detections", found, {"v": 10.0, "w": 20.0})
    assert note.startswith("3 of 4 detections end after their video does (v: 250 of 10")
    assert "frame numbers" in note


@pytest.mark.parametrize(
    ("found", "durations"),
    [
        ({}, {}),
        ({"v": spans(250.0)}, {}),
        ({"v": spans(9.0, 250.0)}, {"v": 10.0}),
        ({"v": spans(10.9)}, {"v": 10.0}),
        ({"v": spans()}, {"v": 10.0}),
    ],
    ids=["nothing", "no duration", "half", "a little over", "no span"],
)
def test_what_is_not_known_or_not_most_is_not_said(found, durations):
    assert beyond_the_end("detections", found, durations) == ()
