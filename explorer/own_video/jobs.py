"""Long work in the background: queued, told about by stage, stopped on request.

Jobs belong to the server, not to a page: they go on while pages change, and every
session sees them. One lane works at one job at a time, so that memory has a bound;
videos and libraries have a lane each. No Streamlit here.
"""

import atexit
import logging
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import count
from queue import SimpleQueue
from typing import Literal

from dbs_core.runtime.errors import Cancelled, InputError
from dbs_core.runtime.progress import Progress, Step

State = Literal["waiting", "running", "done", "failed", "stopped"]
AROUND = ("parts", "videos", "detect")
"""Stages that go through videos, with other stages inside them."""
INSIDE = ("features", "imprint", "segment")
KEPT = 40
"""Finished jobs that are remembered."""
_LOG = logging.getLogger(__name__)


@dataclass(eq=False)
class Job:
    """One piece of work and how it stands; written by its lane, read by pages."""

    number: int
    title: str
    lane: str
    work: Callable[[Progress], object]
    about: Mapping[str, str] = field(default_factory=dict)
    state: State = "waiting"
    steps: dict[str, Step] = field(default_factory=dict)
    stage: str = ""
    around: str = ""
    begun: dict[str, float] = field(default_factory=dict)
    error: str = ""
    started: float = 0.0
    ended: float = 0.0
    _stop: threading.Event = field(default_factory=threading.Event)

    @property
    def active(self) -> bool:
        """Say whether it waits or runs."""
        return self.state in ("waiting", "running")

    @property
    def stopping(self) -> bool:
        """Say whether it was asked to stop and has not stopped yet."""
        return self.active and self._stop.is_set()

    @property
    def seconds(self) -> float:
        """How long it has been at work."""
        if not self.started:
            return 0.0
        return (self.ended or time.monotonic()) - self.started

    def stop(self) -> None:
        """Ask it to stop; what it has finished stays."""
        self._stop.set()
        if self.state == "waiting":
            self.state = "stopped"

    def run(self) -> None:
        """Do the work and note how it ended. Never raises."""
        self.started, self.state = time.monotonic(), "running"
        state, error = "done", ""
        try:
            self._raise_if_stopped()
            self.work(Progress(self._report, self._stop.is_set))
        except Cancelled:
            state = "stopped"
        except InputError as problem:
            state, error = "failed", problem.without_content
        except MemoryError:
            state, error = "failed", "not enough memory for this; what is done is kept"
        except Exception:  # noqa: BLE001 - the lane must outlive any job
            _LOG.exception("a job failed: %s", self.title)
            state = "failed"
            error = "something went wrong; the server's log holds the details"
        self.ended, self.error = time.monotonic(), error
        self.state = state

    def _raise_if_stopped(self) -> None:
        if self._stop.is_set():
            raise Cancelled

    def _report(self, step: Step) -> None:
        before = self.steps.get(step.stage)
        if before is None or step.done < before.done:
            self.begun[step.stage] = time.monotonic()
        # A new dictionary each time: pages read while this is written.
        self.steps = self.steps | {step.stage: step}
        self.stage = step.stage
        if step.stage in AROUND:
            self.around = step.stage
        elif step.stage not in INSIDE:
            self.around = ""


class Jobs:
    """The server's jobs, in lanes of one worker each."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._numbers = count(1)
        self._jobs: list[Job] = []
        self._lanes: dict[str, SimpleQueue[Job]] = {}
        atexit.register(self.stop_all)

    def add(
        self,
        title: str,
        lane: str,
        work: Callable[[Progress], object],
        **about: str,
    ) -> Job:
        """Put work in a lane's queue."""
        with self._lock:
            job = Job(next(self._numbers), title, lane, work, about)
            self._jobs.append(job)
            finished = [old for old in self._jobs if not old.active]
            for old in finished[: max(0, len(finished) - KEPT)]:
                self._jobs.remove(old)
            self._lane(lane).put(job)
        return job

    def all(self) -> tuple[Job, ...]:
        """Give every job that is remembered, the newest first."""
        with self._lock:
            return tuple(reversed(self._jobs))

    def active(self, **about: str) -> tuple[Job, ...]:
        """Give the jobs at work or waiting that are about this."""
        return tuple(
            job
            for job in self.all()
            if job.active and about.items() <= job.about.items()
        )

    def dismiss(self, job: Job) -> None:
        """Take a finished job off the list."""
        with self._lock:
            if not job.active and job in self._jobs:
                self._jobs.remove(job)

    def stop_all(self, wait_s: float = 5.0) -> None:
        """Ask all to stop and wait a moment, so that no half-written file stays."""
        for job in self.all():
            job.stop()
        end = time.monotonic() + wait_s
        while self.running() and time.monotonic() < end:
            time.sleep(0.05)

    def running(self) -> bool:
        """Say whether a job is at work."""
        return any(job.state == "running" for job in self.all())

    def _lane(self, name: str) -> "SimpleQueue[Job]":
        if name not in self._lanes:
            self._lanes[name] = SimpleQueue()
            threading.Thread(
                target=_work_through,
                args=(self._lanes[name],),
                name=f"jobs-{name}",
                daemon=True,
            ).start()
        return self._lanes[name]


def _work_through(queue: "SimpleQueue[Job]") -> None:
    while True:
        queue.get().run()


JOBS = Jobs()
"""The one list of this server: a module lives as long as the process."""
