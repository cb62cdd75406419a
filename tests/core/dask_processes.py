"""A real scheduler and real workers of Dask, each a process to be killed."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.shared_data import ROOT

LISTENS = re.compile(r"Scheduler at:\s+(tcp://\S+)")
JOINED = "Registered to:"


@dataclass
class Dask:
    """A scheduler's address, its process, and those of its workers."""

    address: str
    scheduler: "subprocess.Popen[str]"
    folder: Path
    workers: "list[subprocess.Popen[str]]" = field(default_factory=list)

    def add(self, count: int, *options: str, **environment: str) -> None:
        """Start workers and wait until the scheduler has them."""
        words = ("--nthreads", "1", "--no-nanny", "--no-dashboard")
        more = ("--memory-limit", "0", "--local-directory", str(self.folder))
        started = [
            _begin(
                *("worker", self.address, *words, *more, *options),
                cwd=self.folder,
                **environment,
            )
            for _ in range(count)
        ]
        for worker in started:
            _read_until(worker, re.compile(JOINED))
        self.workers += started

    def remove_last(self) -> None:
        """End the worker that was started last, as the scheduler will have seen."""
        worker = self.workers.pop()
        worker.terminate()
        worker.communicate()


@contextmanager
def dask(folder: Path, **environment: str) -> Iterator[Dask]:
    """Run a scheduler without workers; what is started at it ends with the block."""
    folder.mkdir(parents=True, exist_ok=True)
    scheduler = _begin(
        *("scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard"),
        *("--dashboard-address", "127.0.0.1:0"),
        cwd=folder,
        **environment,
    )
    found = Dask(_read_until(scheduler, LISTENS), scheduler, folder)
    try:
        yield found
    finally:
        for process in (*found.workers, scheduler):
            process.kill()
            process.communicate()


def _begin(*words: str, cwd: Path, **environment: str) -> "subprocess.Popen[str]":
    """Start one of Dask's commands; it stands in a folder of its own."""
    path = os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH"))))
    return subprocess.Popen(
        [sys.executable, "-W", "ignore", "-m", "dask", *words],
        stderr=subprocess.PIPE,
        text=True,
        cwd=cwd,
        env=os.environ | {"PYTHONPATH": path} | environment,
    )


def _read_until(process: "subprocess.Popen[str]", wanted: re.Pattern[str]) -> str:
    assert process.stderr is not None
    said = []
    for line in process.stderr:
        said.append(line)
        if found := wanted.search(line):
            return found[found.re.groups]
    raise AssertionError("".join(said))
