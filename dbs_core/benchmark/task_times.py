"""What it costs to hand work to Dask's workers: tasks without any work in them."""

import time

from dbs_core.runtime.cluster import each
from dbs_core.runtime.progress import SILENT, Progress
from dbs_core.runtime.workers import workers_here


def task_rows(
    workers: int, tasks: int, progress: Progress = SILENT
) -> dict[str, object]:
    """Time how long workers take to be there, and empty tasks from first to last.

    Args:
        workers: processes of this computer.
        tasks: how many.
        progress: told how many are done.

    Raises:
        InputError: Dask is not installed.
        Cancelled: asked to stop.
    """
    started = time.perf_counter()
    with workers_here(workers, (), ()):
        _map(2 * workers, SILENT)  # opens connections, and what a worker imports
        ready = time.perf_counter()
        _map(tasks, progress)
        done = time.perf_counter()
    return {
        "workers": workers,
        "workers_ready_s": ready - started,
        "empty_tasks": tasks,
        "empty_tasks_s": done - ready,
        "empty_task_ms": 1000 * (done - ready) / tasks,
    }


def _map(tasks: int, progress: Progress) -> None:
    def tell(done: int, number: int) -> None:
        progress("tasks", done, tasks)

    for _ in each(nothing, range(tasks), tell):
        pass


def nothing(number: int) -> None:
    """Do nothing, somewhere else."""
