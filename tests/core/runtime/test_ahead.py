"""Pieces made ahead: all of them, in order, and no thread that stays."""

import threading
import time

import pytest

from dbs_core.runtime.ahead import ahead
from dbs_core.runtime.errors import InputError


@pytest.fixture(autouse=True)
def no_thread_stays():
    before = set(threading.enumerate())
    yield
    assert set(threading.enumerate()) <= before


class Source:
    """Numbers, and what became of who makes them."""

    def __init__(self, bad: int = -1) -> None:
        self.bad, self.made, self.threads, self.closed = bad, 0, set(), 0

    def pieces(self):
        try:
            for number in range(20):
                if number == self.bad:
                    raise InputError("odd")
                self.made += 1
                self.threads.add(threading.current_thread())
                yield number
        finally:
            self.closed += 1


def test_all_in_order_from_one_other_thread():
    source = Source()
    assert list(ahead(source.pieces(), 3)) == list(range(20))
    assert len(source.threads) == source.closed == 1
    assert threading.current_thread() not in source.threads


def test_none_at_all():
    assert list(ahead(iter(()), 2)) == []


def test_they_are_made_while_the_caller_is_busy_but_not_without_end():
    source = Source()
    found = ahead(source.pieces(), 2)
    assert next(found) == 0
    deadline = time.monotonic() + 20
    while source.made < 3 and time.monotonic() < deadline:
        time.sleep(0.01)
    time.sleep(0.05)
    assert source.made == 3
    found.close()


def test_an_error_comes_in_its_turn():
    source = Source(bad=3)
    found = ahead(source.pieces(), 5)
    assert [next(found) for _ in range(3)] == [0, 1, 2]
    with pytest.raises(InputError, match="odd"):
        next(found)
    assert source.closed == 1


def test_whoever_stops_early_closes_them():
    source = Source()
    found = ahead(source.pieces(), 2)
    next(found)
    found.close()
    assert source.closed == 1
    assert source.made < 20
