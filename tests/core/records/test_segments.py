"""Segments as a sequence of single spans, and as rows of plain values."""

import numpy as np
import pytest

from dbs_core.records import Candidates, ClassList, Segment, Segments

CLASSES = ClassList(("Run", "Jump"), (7, 9))
FOUND = Segments.of([[0.0, 1.0], [1.5, 2.0], [2.0, 4.0]], [2, 1, 2], [0.9, 0.5, 0.25])


def test_each_is_a_span_with_label_and_score():
    assert list(FOUND) == [
        Segment(0.0, 1.0, 2, 0.9),
        Segment(1.5, 2.0, 1, 0.5),
        Segment(2.0, 4.0, 2, 0.25),
    ]
    assert FOUND[0] == FOUND[np.int64(0)] == next(iter(FOUND))
    assert FOUND[-1].end_s == 4.0
    assert [type(x) for x in (FOUND[0].start_s, FOUND[0].label)] == [float, int]


def test_there_is_none_past_the_end():
    for place in (3, -4):
        with pytest.raises(IndexError):
            FOUND[place]
    assert list(Segments.empty()) == []


def test_a_part_is_segments_again():
    for part in (FOUND[1:], FOUND[FOUND.scores < 0.6], FOUND[np.array([1, 2])]):
        assert part.spans_s.tolist() == [[1.5, 2.0], [2.0, 4.0]]
        assert part.scores.tolist() == [0.5, 0.25]


def test_the_best_come_first_and_of_equal_ones_the_earlier():
    found = Segments.of(
        [[float(i), i + 1.0] for i in range(5)], [1] * 5, [2.0, 7.0, 2.0, 9.0, 7.0]
    )
    assert found.ranking.tolist() == [3, 1, 4, 0, 2]
    assert found.best_first().spans_s[:, 0].tolist() == [3, 1, 4, 0, 2]
    assert len(Segments.empty().best_first()) == 0


def test_candidates_that_were_kept_stand_in_that_order_too():
    found = Segments.of(
        [[float(i), i + 1.0] for i in range(5)], [1] * 5, [2.0, 7.0, 2.0, 9.0, 7.0]
    )
    lost = np.array([-1, -1, -1, 1, -1])
    table = Candidates(found, np.arange(5), np.zeros(5), lost)
    assert table.kept.tolist() == [1, 4, 0, 2]
    assert table.detections.scores.tolist() == [7, 7, 2, 2]


def test_classes_go_along():
    named = FOUND.named(CLASSES)
    assert [one.name for one in named] == ["Jump", "Run", "Jump"]
    assert [one.name for one in named[named.labels == 1]] == ["Run"]
    assert [one.name for one in FOUND] == [None, None, None]


def test_a_label_that_is_in_no_list_has_no_name():
    odd = Segments.of([[0.0, 1.0], [0.0, 1.0]], [3, -1]).named(CLASSES)
    assert [one.name for one in odd] == [None, None]
    assert "label 3" in repr(odd)


def test_rows_are_for_tables():
    rows = FOUND.to_rows(CLASSES)
    assert rows[0] == {"start_s": 0.0, "end_s": 1.0, "label": "Jump", "score": 0.9}
    assert rows == FOUND.named(CLASSES).to_rows()
    assert [row["label"] for row in FOUND.to_rows()] == [2, 1, 2]
    assert Segments.empty().to_rows(CLASSES) == []


def test_shown_short():
    assert repr(Segments.empty()) == "Segments(0)"
    assert repr(FOUND[:1].named(CLASSES)) == "Segments(1: 0.0-1.0 s Jump 0.900)"
    many = Segments.of([[0.0, 1.0]] * 400, [1] * 400)
    assert repr(many).startswith("Segments(400: 0.0-1.0 s label 1 1.000; ")
    assert len(repr(many)) < 100
