"""Work on real workers of Dask: all of it, once, as a loop would; clear refusals."""

import os
import socket
import sys
import time
from contextlib import nullcontext
from functools import partial
from pathlib import Path

import psutil
import pytest
from distributed import KilledWorker

from dbs_core.runtime import cluster, worker_checks, workers
from dbs_core.runtime.cluster import each, elsewhere
from dbs_core.runtime.errors import Cancelled, CannotWrite, InputError
from dbs_core.runtime.workers import workers_here, workers_of
from tests.core.dask_processes import dask
from tests.shared_data import ROOT


def silent(done, one):
    pass


def squared(number):
    return number**2


def only_even(number):
    if number % 2:
        raise InputError("odd", where=number, wanted="an even number")
    return number


def on_a_full_disk(number):
    raise CannotWrite("the disk is full", where=number)


def with_a_slip(number):
    raise ZeroDivisionError(number)


def noted(folder, number):
    """Leave a file a piece, so that it is known what was begun."""
    (folder / str(number)).touch()
    time.sleep(0.2)


def ending_its_process(number):
    os._exit(1)


def process_of(number):
    time.sleep(0.2)
    return os.getpid()


class Counted:
    """Counts how often it is opened in a process."""

    opened = 0

    def __reduce__(self):
        return opened_again, ()

    def __call__(self, number):
        return os.getpid(), Counted.opened


def opened_again():
    Counted.opened += 1
    return Counted()


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    """A scheduler with two workers."""
    with dask(tmp_path_factory.mktemp("dask")) as found:
        found.add(2)
        yield found


@pytest.fixture(params=["a loop", "workers"])
def place(request, running):
    """Both places where work is done."""
    if request.param == "a loop":
        return nullcontext
    return partial(workers_of, running.address, (), ())


class TestBothWays:
    def test_every_piece_comes_once_with_what_was_made_of_it(self, place):
        with place():
            found = list(each(squared, range(50), silent))
        assert sorted(found) == [(n, n**2) for n in range(50)]

    def test_nothing_is_made_of_nothing(self, place):
        with place():
            assert list(each(squared, [], silent)) == []

    def test_a_piece_that_cannot_be_used_does_not_stop_the_others(self, place):
        with place():
            found = dict(each(only_even, range(6), silent))
        assert {n: found[n] for n in (0, 2, 4)} == {0: 0, 2: 2, 4: 4}
        for n in (1, 3, 5):
            assert str(found[n]) == f"{n}: odd, wanted an even number"
            assert found[n].wanted == "an even number"

    @pytest.mark.parametrize(
        ("work", "error"),
        [(on_a_full_disk, CannotWrite), (with_a_slip, ZeroDivisionError)],
    )
    def test_what_no_other_piece_would_mend_ends_the_work(self, place, work, error):
        with place(), pytest.raises(error):
            list(each(work, range(4), silent))

    def test_a_stop_ends_it_and_what_was_not_begun_is_dropped(self, place, tmp_path):
        def tell(done, number):
            if done == 4:
                raise Cancelled("asked to")

        with place():
            with pytest.raises(Cancelled):
                list(each(partial(noted, tmp_path), range(100), tell))
            time.sleep(1)
        assert 4 <= len(list(tmp_path.iterdir())) < 20

    def test_it_tells_how_much_is_done(self, place):
        told = []
        with place():
            list(each(squared, range(5), lambda done, one: told.append((done, one))))
        counts = [done for done, _ in told]
        assert counts == sorted(counts)
        assert counts[0] == 0
        assert {one for _, one in told} <= set(range(5))


def test_workers_work_at_once_and_open_what_they_need_once(running):
    with workers_of(running.address, (), ()):
        assert elsewhere()
        used = {pid for _, pid in each(process_of, range(8), silent)}
        opened = {made for _, made in each(Counted(), range(20), silent)}
    assert not elsewhere()
    assert used == {worker.pid for worker in running.workers}
    assert {count for _, count in opened} == {1}


@pytest.fixture
def pretended(monkeypatch):
    """Let this process, and no worker, take itself for other software."""

    def pretend(function, value):
        monkeypatch.setattr(worker_checks, function, lambda *args: value)
        worker_checks.software.cache_clear()

    yield pretend
    worker_checks.software.cache_clear()


def test_when_no_worker_is_left_it_ends_with_a_line(tmp_path, monkeypatch):
    monkeypatch.setattr(cluster, "ALONE_S", 1)
    with dask(tmp_path) as running:
        running.add(1)
        with (
            workers_of(running.address, (), ()),
            pytest.raises(InputError, match=f"{running.address}: all workers are gone"),
        ):
            list(each(ending_its_process, [1], silent))


def test_a_piece_that_kills_its_workers_cannot_be_used():
    """Dask says so after some deaths; the other pieces go on."""

    class Dead:
        status = "error"

        def exception(self):
            return KilledWorker("dbs-0", None, 3)

    why = cluster._why(Dead(), cluster.Cluster(None, "nowhere"))
    assert isinstance(why, InputError)
    assert "every worker that took it died" in str(why)


def without_project(folder: Path) -> Path:
    """Hide the project from a process, whether it is installed or not."""
    hidden = folder / "other" / "dbs_core"
    hidden.mkdir(parents=True)
    (hidden / "__init__.py").write_text("raise ImportError('hidden')")
    return hidden.parent


class TestRefusals:
    def refused(self, address, reads=(), writes=()):
        started = time.monotonic()
        with pytest.raises(InputError) as caught, workers_of(address, reads, writes):
            pass
        assert time.monotonic() - started < 60  # 5 s on a machine that is not loaded
        assert "\n" not in str(caught.value)
        return str(caught.value)

    def test_no_scheduler_there(self, monkeypatch):
        monkeypatch.setattr(workers, "ANSWER_S", 1)
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))  # and does not listen
            address = f"tcp://127.0.0.1:{taken.getsockname()[1]}"
            line = self.refused(address)
        assert line.startswith(f"{address}: no scheduler answers")

    @pytest.mark.parametrize(
        "address",
        [
            *("", "nonsense", "a:b", "127.0.0.1:8786", "http://127.0.0.1:1"),
            *("tcp://", "tcp://host", "tcp://host:x", "tcp://:8786", "tcp://[::1:8786"),
        ],
    )
    def test_no_address(self, address):
        line = self.refused(address)
        assert line.startswith(
            "no address of a scheduler, wanted what `dask scheduler`"
        )
        assert line.endswith(f"got {address!r}")

    def test_no_workers(self, tmp_path):
        with dask(tmp_path) as empty:
            line = self.refused(empty.address)
        assert "the scheduler has no workers" in line
        assert f"dask worker {empty.address}" in line

    @pytest.mark.parametrize(
        ("option", "known", "line"),
        [
            ("1", False, "worker without this version of the project"),
            ("2", True, "worker of several threads, wanted --nthreads 1"),
        ],
    )
    def test_a_worker_started_otherwise(self, running, tmp_path, option, known, line):
        path = ROOT if known else without_project(tmp_path)
        running.add(1, "--nthreads", option, PYTHONPATH=str(path))
        try:
            assert line in self.refused(running.address)
        finally:
            running.remove_last()

    def test_a_scheduler_of_another_environment(self, tmp_path):
        with dask(tmp_path, PYTHONPATH=str(without_project(tmp_path))) as other:
            line = self.refused(other.address)
        assert "scheduler without this version of the project" in line

    @pytest.mark.parametrize(
        ("function", "what"),
        [("_version", "torch"), ("_source", "version of this project")],
    )
    def test_other_software(self, running, pretended, function, what):
        own = worker_checks.software()
        pretended(function, "0.0.1")
        line = self.refused(running.address)
        assert f"worker with another {what}, wanted 0.0.1, got {own[what]}." in line

    def test_another_number_of_threads(self, running, pretended, monkeypatch):
        monkeypatch.setenv("DBS_THREADS", "3")
        pretended("_source", worker_checks.software()[worker_checks.PROJECT])
        line = self.refused(running.address)
        assert "worker with another DBS_THREADS, wanted 3, got 1" in line

    def test_a_worker_that_comes_later_is_looked_at_too(
        self, running, pretended, monkeypatch
    ):
        """Between the check and the work: SLURM starts workers when it likes."""
        monkeypatch.setattr(workers, "require_workers", lambda *args: None)
        pretended("_source", "0.0.1")
        with (
            workers_of(running.address, (), ()),
            pytest.raises(InputError, match="another version of this project"),
        ):
            list(each(squared, range(3), silent))

    def test_folders_that_a_worker_does_not_see(self, running, tmp_path, monkeypatch):
        """What it gives of itself is another folder's of that name."""
        (tmp_path / "data").mkdir()
        (tmp_path / "data" / "video.mp4").touch()
        monkeypatch.setattr(worker_checks, "glimpse", lambda path: "as seen here")
        line = self.refused(running.address, reads=[tmp_path / "data"])
        assert "worker that does not see the shared folder" in line
        assert f"wanted {tmp_path / 'data'}" in line

    def test_the_package_is_not_there(self, monkeypatch):
        monkeypatch.setitem(sys.modules, "distributed", None)
        line = self.refused("tcp://127.0.0.1:1")
        assert "no workers without Dask" in line
        assert workers.INSTALL in line


def test_what_is_looked_at_of_folders(tmp_path):
    """Sizes and names, in whatever order; hidden files are not data."""
    one, other = tmp_path / "one", tmp_path / "other"
    for folder in (one, other):
        folder.mkdir()
        for name in ("b", "a") if folder == one else ("a", "b"):
            (folder / name).write_text(name)
    (other / ".part-dbs-x").touch()
    assert worker_checks.glimpse(one) == worker_checks.glimpse(other) != ""
    (other / "c").touch()
    assert worker_checks.glimpse(one) != worker_checks.glimpse(other)
    assert worker_checks.glimpse(one / "a") == "1 bytes"
    assert worker_checks.glimpse(tmp_path / "missing") == ""


def test_folders_that_workers_can_write_are_left_as_they_were(running, tmp_path):
    (tmp_path / "data").mkdir()
    new = tmp_path / "runs" / "mine"
    with workers_of(running.address, [tmp_path / "data"], [new, tmp_path]):
        pass
    assert [p.name for p in tmp_path.iterdir()] == ["data"]


def test_workers_here_listen_to_this_computer_alone_and_go_away():
    own = psutil.Process()
    others = set(own.children(recursive=True))
    with workers_here(2, (), ()):
        used = {pid for _, pid in each(process_of, range(8), silent)}
        started = [p for p in own.children(recursive=True) if p not in others]
        at = {one: list(listening(one)) for one in (own, *started)}
    assert len(used) == 2
    assert used <= {process.pid for process, ips in at.items() if ips}
    assert {ip for ips in at.values() for ip in ips} == {"127.0.0.1"}
    _, alive = psutil.wait_procs([p for p in started if at[p]], timeout=60)
    assert alive == []


def listening(process):
    for connection in process.net_connections():
        if connection.status == psutil.CONN_LISTEN:
            yield connection.laddr.ip
