"""Making the next pieces while those before are worked at: a thread of its own."""

from collections import deque
from collections.abc import Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

Made = TypeVar("Made")


class _End:
    """Stands where no piece follows."""


_END = _End()


def ahead(pieces: Iterator[Made], most: int) -> Generator[Made, None, None]:
    """Give pieces in order, made on another thread while the caller is busy.

    When the caller is done, or an error comes through, that thread closes `pieces` and
    ends.

    Args:
        pieces: a generator, or another iterator; no one else asks it.
        most: how many are made before they are asked for.
    """
    with ThreadPoolExecutor(1, "ahead") as pool:
        waiting = deque(pool.submit(next, pieces, _END) for _ in range(most))
        try:
            while not isinstance(made := waiting.popleft().result(), _End):
                waiting.append(pool.submit(next, pieces, _END))
                yield made
        finally:
            for one in waiting:
                one.cancel()
            if close := getattr(pieces, "close", None):
                pool.submit(close).result()
