"""Workers for `cluster.each`: processes of this computer, or those of a scheduler."""

import logging
import signal
import warnings
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from multiprocessing import resource_tracker
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from dbs_core.runtime.cluster import Cluster, handed_to
from dbs_core.runtime.errors import InputError
from dbs_core.runtime.worker_checks import require_workers

if TYPE_CHECKING:
    from distributed import Client

INSTALL = "pip install '.[cluster]'"
ADDRESS = "what `dask scheduler` printed: tcp://HOST:8786"
ANSWER_S = 10
"""Within which a scheduler must answer."""
OURS = {
    "distributed.scheduler.http.routes": [],
    "distributed.worker.http.routes": [],
    "distributed.worker.profile.enabled": False,
    # A video's entry is a kilobyte, a data set's tens of megabytes.
    "distributed.admin.large-graph-warning-threshold": "1 GiB",
}


@contextmanager
def workers_here(
    count: int, reads: Sequence[Path], writes: Sequence[Path]
) -> Iterator[None]:
    """Let `cluster.each` use processes of this computer, which end with the block.

    They listen on 127.0.0.1 alone, and only to who has keys that are made here and
    never written down: other users of the computer have not.

    Args:
        count: of processes.
        reads: files and folders of data.
        writes: folders of runs and features, there or not.

    Raises:
        InputError: the extra is not installed.
    """
    dask = _dask()
    from distributed import LocalCluster

    with dask.config.set(OURS), ExitStack() as stack:
        with _without_interrupts():
            local = LocalCluster(
                n_workers=count,
                threads_per_worker=1,
                host="127.0.0.1",
                security=True,
                # The HTTP servers that there always are; nothing is behind them.
                dashboard_address="127.0.0.1:0",
                scheduler_kwargs={"dashboard": False},
                # Features are mapped from disk: no memory that could be spared.
                memory_limit=0,
                silence_logs=logging.CRITICAL,
            )
        stack.enter_context(local)
        where = f"{count} processes here"
        stack.enter_context(_using(local, where, reads, writes))
        yield


@contextmanager
def _without_interrupts() -> Iterator[None]:
    """Begin threads and processes that leave Ctrl-C on the terminal to this thread.

    They inherit that it is held back, and so do workers that they start later.
    """
    if not hasattr(signal, "pthread_sigmask"):  # Windows
        yield
        return
    # It begins with the first process, and what begins it takes interrupts again.
    resource_tracker.ensure_running()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


@contextmanager
def workers_of(
    address: str, reads: Sequence[Path], writes: Sequence[Path]
) -> Iterator[None]:
    """Let `cluster.each` use the workers of a scheduler that runs.

    Args:
        address: its address, `tcp://HOST:8786`.
        reads: files and folders of data.
        writes: folders of runs and features, there or not.

    Raises:
        InputError: the extra is not installed; no scheduler answers, or it has no
            workers; they are of another version or do not see the folders.
    """
    _require_address(address)
    dask = _dask()
    with dask.config.set(OURS), _using(address, address, reads, writes):
        yield


def _require_address(text: str) -> None:
    try:
        parts = urlsplit(text)
        if parts.scheme in ("tcp", "tls") and parts.hostname and parts.port:
            return
    except ValueError:  # no port, or no IPv6
        pass
    raise InputError("no address of a scheduler", wanted=ADDRESS, got=repr(text))


@contextmanager
def _using(
    scheduler: object, where: str, reads: Sequence[Path], writes: Sequence[Path]
) -> Iterator[None]:
    with _connected(scheduler, where) as client:
        cluster = Cluster(client, where)
        try:
            require_workers(client, cluster.software, where, reads, writes)
        except OSError as error:
            raise cluster.lost() from error
        with handed_to(cluster):
            yield


@contextmanager
def _connected(scheduler: object, where: str) -> Iterator["Client"]:
    """Connect to a scheduler.

    Raises:
        InputError: none answers there.
    """
    from distributed import Client

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # versions: `require_workers` says
            client = Client(scheduler, timeout=ANSWER_S, set_as_default=False)
    except (OSError, ValueError) as error:
        raise InputError(
            "no scheduler answers",
            where=where,
            because=_of_the_system(error),
            wanted=ADDRESS,
            cure="start it, or work here: --workers N",
        ) from error
    with client:
        yield client


def _of_the_system(error: BaseException | None) -> str:
    """Give what the system said of a connection, in a chain of errors."""
    said = ""
    while error is not None:
        if isinstance(error, OSError) and error.strerror:
            said = error.strerror
        error = error.__cause__ or error.__context__
    return said


def _dask() -> Any:
    """Load Dask, and let it speak through our lines only.

    Raises:
        InputError: it is not installed.
    """
    try:
        import dask
        import distributed
    except ModuleNotFoundError as error:
        raise InputError(
            "no workers without Dask",
            because=error,
            cure=f"install it: {INSTALL}",
        ) from error
    for name in list(logging.root.manager.loggerDict):
        if name.split(".")[0] == distributed.__name__:
            logging.getLogger(name).setLevel(logging.CRITICAL + 1)
    return dask
