"""How many threads compute: one number everywhere, so that cores do not change sums.

PyTorch adds up in another order on another number of threads, and takes other
algorithms on one. What decides results is computed on THREADS threads whatever
OMP_NUM_THREADS says and however many cores there are; more cores work at more pieces
`side_by_side`, each on so many threads.
"""

import os
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import TypeVar

import torch
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from dbs_core.runtime.errors import InputError

THREADS = 2
"""As many as every laptop has; `DBS_THREADS` says another number, for other bytes."""
MOST = 256
_ALLOWED = torch.get_num_threads()
"""What OMP_NUM_THREADS, or else the number of cores, allows the process."""

Given = TypeVar("Given")
Made = TypeVar("Made")


def threads() -> int:
    """Give the number of threads: THREADS, or what `DBS_THREADS` says.

    Raises:
        InputError: it says no such number.
    """
    said = os.environ.get("DBS_THREADS", "").strip() or str(THREADS)
    if not said.isdecimal() or len(said) > 3 or not 1 <= int(said) <= MOST:
        raise InputError("DBS_THREADS", wanted=f"1 to {MOST}", got=repr(said))
    return int(said)


@contextmanager
def fixed_threads(count: int | None = None) -> Iterator[None]:
    """Compute on a fixed number of threads; within another such block, on its.

    NumPy's linear algebra has threads of its own beside PyTorch's.

    Raises:
        InputError: `DBS_THREADS` says no number.
    """
    with _LOCK:
        if not _BLOCKS:
            _BLOCKS.append(_Block(count or threads(), torch.get_num_threads()))
        outermost = _BLOCKS[0]
        _BLOCKS.append(outermost)
    # PyTorch keeps the number for each thread that calls it.
    torch.set_num_threads(outermost.count)
    try:
        yield
    finally:
        with _LOCK:
            _BLOCKS.pop()
            if len(_BLOCKS) == 1:
                _BLOCKS.pop().end()


class _Block:
    """A stretch of work on so many threads, and what to go back to."""

    def __init__(self, count: int, before: int) -> None:
        self.count, self._before = count, before
        self._blas = threadpool_limits(count, user_api="blas")

    def end(self) -> None:
        """Go back."""
        self._blas.restore_original_limits()
        torch.set_num_threads(self._before)


_LOCK = threading.Lock()
_BLOCKS: list[_Block] = []
"""The outermost block, and once more for each that is open."""


def allowed_threads() -> int:
    """Give how many threads may compute at once: at least those that decide results.

    Raises:
        InputError: `DBS_THREADS` says no number.
    """
    return max(threads(), _ALLOWED)


def idle_workers() -> int:
    """Give how many pieces at once keep all allowed cores busy."""
    return _ALLOWED // torch.get_num_threads()


def side_by_side(
    work: Callable[[Given], Made],
    given: Iterable[Given],
    workers: int | None = None,
) -> Iterator[Made]:
    """Give `work` of each, in order, on as many cores as are allowed.

    Args:
        work: what to do; on several threads at once.
        given: the pieces; one more is asked for than there are workers.
        workers: how many at once (default: `idle_workers`).
    """
    count = torch.get_num_threads()
    workers = idle_workers() if workers is None else workers
    if workers < 2:
        yield from map(work, given)
        return
    waiting: deque[Future[Made]] = deque()
    with ThreadPoolExecutor(workers, "side", torch.set_num_threads, (count,)) as pool:
        try:
            for one in given:
                waiting.append(pool.submit(work, one))
                if len(waiting) > workers:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            for future in waiting:
                future.cancel()
