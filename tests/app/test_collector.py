"""What lasts is passed over by the garbage collector, and freed all the same."""

import gc
import weakref

import pytest

from explorer.collector import settle


class Node:
    """Something that can hold itself."""


@pytest.fixture(autouse=True)
def _as_it_was():
    yield
    gc.unfreeze()


def test_what_is_there_is_passed_over():
    kept = [Node() for _ in range(1000)]
    settle()
    assert gc.get_freeze_count() > len(kept)
    assert all(one not in gc.get_objects() for one in kept[:3])


def test_what_nobody_holds_is_freed():
    one = Node()
    gone = weakref.ref(one)
    settle()
    del one
    assert gone() is None


def test_a_ring_that_was_passed_over_goes_next_time():
    one = Node()
    one.itself = one
    gone = weakref.ref(one)
    settle()
    del one
    gc.collect()
    assert gone() is not None
    settle()
    assert gone() is None
