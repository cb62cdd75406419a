"""Jobs in the background: in turn, told about, stopped, and never in the way."""

import threading
import time
from collections.abc import Callable

import pytest

from dbs_core.runtime.errors import InputError
from dbs_core.runtime.progress import Progress, Step
from explorer.own_video.jobs import KEPT, Job, Jobs
from explorer.own_video.progress import (
    plan_words,
    shown_steps,
    stage_words,
    state_words,
)


def until(condition: Callable[[], bool], seconds: float = 5.0) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not come to pass"
        time.sleep(0.005)


@pytest.fixture
def jobs() -> Jobs:
    return Jobs()


class Held:
    """Work that reports, then waits until it is let go or stopped."""

    def __init__(self) -> None:
        self.begun, self.go = threading.Event(), threading.Event()

    def __call__(self, progress: Progress) -> str:
        self.begun.set()
        for done in range(10_000):
            progress("features", min(done, 8), 10)
            if self.go.wait(0.005):
                return "found"
        raise AssertionError("nobody let it go")


def test_a_job_tells_how_it_goes_and_ends(jobs: Jobs) -> None:
    work = Held()
    job = jobs.add("a.mp4", "videos", work, video="a")
    assert work.begun.wait(5)
    until(lambda: job.stage == "features")
    assert job.state == "running"
    assert jobs.active(video="a") == (job,)
    assert jobs.active(video="b") == ()
    work.go.set()
    until(lambda: not job.active)
    assert job.state == "done"
    assert job.seconds > 0


def test_a_lane_takes_one_at_a_time_and_lanes_do_not_wait(jobs: Jobs) -> None:
    first, second, other = Held(), Held(), Held()
    a = jobs.add("a", "videos", first)
    b = jobs.add("b", "videos", second)
    c = jobs.add("c", "libraries", other)
    assert first.begun.wait(5)
    assert other.begun.wait(5)
    assert not second.begun.wait(0.05)
    assert b.state == "waiting"
    assert state_words(b, 1) == "waiting, 1 before it"
    first.go.set()
    assert second.begun.wait(5)
    second.go.set()
    other.go.set()
    until(lambda: not any(job.active for job in (a, b, c)))
    assert [job.title for job in jobs.all()] == ["c", "b", "a"]


def test_stopping_ends_work_and_waiting_alike(jobs: Jobs) -> None:
    first, second = Held(), Held()
    a, b = jobs.add("a", "videos", first), jobs.add("b", "videos", second)
    assert first.begun.wait(5)
    b.stop()
    assert b.state == "stopped"
    a.stop()
    until(lambda: not a.active)
    assert a.state == "stopped"
    c = jobs.add("c", "videos", lambda _: "next")
    until(lambda: c.state == "done")
    assert not second.begun.is_set()


def fail_with(error: Exception) -> Callable[[Progress], object]:
    def work(progress: Progress) -> object:
        raise error

    return work


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (InputError("not a video", where="a.mp4"), "a.mp4: not a video"),
        (MemoryError(), "not enough memory"),
        (ZeroDivisionError("secret detail"), "the server's log"),
    ],
)
def test_a_failure_is_one_line_and_the_lane_goes_on(
    jobs: Jobs, error: Exception, told: str
) -> None:
    job = jobs.add("a", "videos", fail_with(error))
    after = jobs.add("b", "videos", lambda _: None)
    until(lambda: after.state == "done")
    assert job.state == "failed"
    assert told in job.error
    assert "secret" not in job.error


def test_finished_jobs_are_forgotten_in_the_end(jobs: Jobs) -> None:
    for _ in range(KEPT + 10):
        job = jobs.add("a", "videos", lambda _: None)
        until(lambda job=job: not job.active)
    assert len(jobs.all()) <= KEPT + 1
    jobs.dismiss(jobs.all()[0])
    assert job not in jobs.all()


def test_the_server_can_stop_all_when_it_ends(jobs: Jobs) -> None:
    held = [Held() for _ in range(3)]
    for work in held:
        jobs.add("a", "videos", work)
    assert held[0].begun.wait(5)
    jobs.stop_all()
    assert not jobs.running()
    assert {job.state for job in jobs.all()} == {"stopped"}


def test_words_name_stage_video_and_time_left() -> None:
    job = Job(1, "a", "libraries", lambda _: None)
    around, now = Step("detect", 2, 16), Step("features", 50, 100)
    job._report(around)
    job._report(now)
    assert shown_steps(job) == [around, now]
    assert around.share == 2 / 16
    job.begun["features"] -= 10
    assert stage_words(job, now) == "Features 50 of 100, about 10 s left of it"
    assert stage_words(job, around) == "Detecting in video 3 of 16"
    assert plan_words(job).endswith(":material/play_arrow: Detecting in video")
    job._report(train := Step("train", 1, 9))
    assert shown_steps(job) == [train]
    job._report(Step("features", 0, 50))  # the next video: the clock begins anew
    assert "left" not in stage_words(job, Step("features", 1, 50))
