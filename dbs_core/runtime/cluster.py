"""Work on many pieces: in this process, or on the workers of Dask's `distributed`.

`each` is the one door. Where workers were opened (`workers.py`) it hands the pieces to
them; anywhere else it is a loop. What is lost with a worker its scheduler does
again, which is safe because the work is pure and writes files that are whole or absent.
Dask itself pickles what travels between processes of one user (SECURITY.md).
"""

import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import lru_cache
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Any, TypeVar

from dbs_core.runtime import worker_checks
from dbs_core.runtime.errors import CannotWrite, InputError

if TYPE_CHECKING:
    from distributed import Client, Future

Given = TypeVar("Given")
Made = TypeVar("Made")

LOOK_S = 1.0
"""How often is looked whether the user wants to stop, or the workers are gone."""
ALONE_S = 60
"""How long there may be no worker at all: Dask starts lost ones again."""


@dataclass(frozen=True)
class Cluster:
    """Workers, and what they must be like."""

    client: "Client"
    where: str
    software: dict[str, str] = field(default_factory=worker_checks.software)
    name: str = field(default_factory=lambda: uuid.uuid4().hex)
    """What is opened for one command is not what an earlier one opened."""

    def lost(self) -> InputError:
        """Say that the scheduler is gone."""
        return InputError(
            "the scheduler is gone",
            where=self.where,
            cure="start one and give the same command again: what was finished is kept",
        )


_CLUSTER: ContextVar[Cluster | None] = ContextVar("cluster", default=None)


def elsewhere() -> bool:
    """Say whether `each` hands its pieces to other processes."""
    return _CLUSTER.get() is not None


@contextmanager
def handed_to(cluster: Cluster) -> Iterator[None]:
    """Let `each` hand its pieces to these workers until the block ends."""
    token = _CLUSTER.set(cluster)
    try:
        yield
    finally:
        _CLUSTER.reset(token)


def each(
    work: Callable[[Given], Made],
    given: Sequence[Given],
    tell: Callable[[int, Given], None],
) -> Iterator[tuple[Given, Made | InputError]]:
    """Give every piece with what was made of it, or why it cannot be used.

    In the order in which they are done: by a loop that of `given`, by workers any.

    Args:
        work: a pure function; on workers it travels, and its files must be shared.
        given: the pieces.
        tell: told how many are done, and a piece in work or done last; it may raise.

    Raises:
        CannotWrite: the disk is full.
        InputError: the scheduler, or all workers, are gone, or one is another version.
    """
    cluster = _CLUSTER.get()
    if cluster is not None and given:
        yield from _there(cluster, work, given, tell)
        return
    for index, one in enumerate(given):
        tell(index, one)
        yield one, _attempt(work, one)


def _attempt(work: Callable[[Given], Made], one: Given) -> Made | InputError:
    try:
        return work(one)
    except CannotWrite:
        raise
    except InputError as error:
        return error.with_traceback(None)  # which would keep the video's arrays


def _there(
    cluster: Cluster,
    work: Callable[[Given], Made],
    given: Sequence[Given],
    tell: Callable[[int, Given], None],
) -> Iterator[tuple[Given, Made | InputError]]:
    """Let workers do it; what they have not begun when the caller stops is dropped."""
    from distributed.protocol import serialize_bytes

    tell(0, given[0])
    # As bytes: the scheduler opens neither.
    futures = cluster.client.map(
        _task,
        [serialize_bytes(one) for one in given],
        work=serialize_bytes((cluster.name, work)),
        software=cluster.software,
        key="dbs",
        pure=False,
    )
    place = {future.key: index for index, future in enumerate(futures)}
    done: SimpleQueue[Future] = SimpleQueue()
    for future in futures:
        future.add_done_callback(done.put)
    last, count = given[0], 0
    try:
        while count < len(given):
            some = _some(done, cluster)
            for future, made in zip(some, _made(some, cluster), strict=True):
                last, count = given[place[future.key]], count + 1
                yield last, made
            tell(count, last)
    finally:
        # Of a lost scheduler nobody hears it.
        if count < len(given) and cluster.client.status == "running":
            cluster.client.cancel(futures)


def _some(done: "SimpleQueue[Future]", cluster: Cluster) -> list["Future"]:
    """Give what is done by now, or nothing after a while.

    Raises:
        InputError: nothing is done, and there is nobody to do it.
    """
    some = []
    try:
        some.append(done.get(timeout=LOOK_S))
        while True:
            some.append(done.get_nowait())
    except Empty:
        if not some:
            _require_workers(cluster)
    return some


def _require_workers(cluster: Cluster) -> None:
    try:
        cluster.client.wait_for_workers(1, timeout=ALONE_S)
    except TimeoutError as error:
        raise InputError(
            "all workers are gone",
            where=cluster.where,
            cure="start workers and give the same command again: what was finished "
            "is kept",
        ) from error
    except (OSError, ValueError) as error:
        raise cluster.lost() from error


def _made(futures: Sequence["Future"], cluster: Cluster) -> list[Any]:
    """Give what tasks made, or why a piece cannot be used; raise anything else."""
    from distributed.client import FutureCancelledError

    well = [future for future in futures if future.status == "finished"]
    try:
        made = cluster.client.gather(well)
    except (OSError, RuntimeError, FutureCancelledError) as error:
        raise cluster.lost() from error
    found = {future.key: one for future, one in zip(well, made, strict=True)}
    return [found[f.key] if f.key in found else _why(f, cluster) for f in futures]


def _why(future: "Future", cluster: Cluster) -> InputError:
    from distributed import KilledWorker

    if future.status != "error":
        raise cluster.lost()
    error = future.exception()
    if isinstance(error, KilledWorker):
        return InputError(
            "every worker that took it died",
            cure="look at the memory that workers have",
        )
    raise error


def _task(one: bytes, work: bytes, software: dict[str, str]) -> Any:
    """What a worker does: the same work, once it is known to be the same software."""
    from distributed.protocol import deserialize_bytes

    worker_checks.require_same(software)
    return _attempt(_opened(work), deserialize_bytes(one))


@lru_cache(maxsize=1)
def _opened(work: bytes) -> Callable[[Any], Any]:
    """Open a model or a network once for all pieces."""
    from distributed.protocol import deserialize_bytes

    _, opened = deserialize_bytes(work)
    return opened
