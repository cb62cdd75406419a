"""Traces of many videos in one table: what comes out is what was put in."""

import numpy as np
import pytest

from dbs_core.evaluation.traces import Traces, TraceTable
from tests.core.evaluation.diagnosis.test_stages import drawn_trace


def same(one, other):
    for mine, yours in (
        (one.proposals, other.proposals),
        (one.candidates.segments, other.candidates.segments),
    ):
        assert mine.spans_s.tolist() == yours.spans_s.tolist()
        assert mine.labels.tolist() == yours.labels.tolist()
        assert mine.scores.tolist() == yours.scores.tolist()
    for name in ("proposal", "level", "suppressed_by"):
        mine, yours = (getattr(x.candidates, name).tolist() for x in (one, other))
        assert mine == yours


@pytest.fixture
def traces():
    rng = np.random.default_rng(1)
    return [drawn_trace(rng) for _ in range(20)]


def test_each_video_comes_out_of_the_table(traces):
    for make, trace in zip(TraceTable.of(traces).makers(), traces, strict=True):
        same(make(), trace)


@pytest.mark.parametrize("of_a_table", [True, False])
def test_some_videos_in_any_order(traces, of_a_table):
    """Straight out of a table that all share, or made one by one."""
    makers = TraceTable.of(traces).makers()
    if not of_a_table:
        makers[3] = lambda: traces[3]
    every = Traces(dict(zip(map(str, range(20)), makers, strict=True)))
    wanted = [7, 3, 19, 0]
    table = every.table([str(i) for i in wanted])
    assert len(table) == 4
    for make, number in zip(table.makers(), wanted, strict=True):
        same(make(), traces[number])
    assert len(every.table([])) == 0


def test_a_winner_of_another_video_is_refused(traces):
    table = TraceTable.of(traces)
    beaten = table.suppressed_by.copy()
    beaten[0] = int(table.candidates_of[0])
    with pytest.raises(ValueError, match="winner"):
        TraceTable(
            table.proposals,
            table.proposals_of,
            table.candidates,
            table.candidates_of,
            table.proposal,
            table.level,
            beaten,
        )
