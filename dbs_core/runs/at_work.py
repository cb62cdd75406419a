"""One writer a run: whoever writes into a run's folder holds it meanwhile."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from dbs_core.runtime.errors import InputError
from dbs_core.runtime.locks import held
from dbs_core.runtime.unfinished import clear_below


class Occupied(InputError):
    """Another process writes the run."""


@contextmanager
def at_work(root: Path) -> Iterator[None]:
    """Write into a run's folder, alone; what a killed process left there goes first.

    Raises:
        Occupied: another process does.
    """
    with held(root) as ours:
        if not ours:
            raise Occupied(
                "another process is at work in this run",
                where=root,
                cure="wait until it has ended, or name another folder",
            )
        clear_below(root)
        yield
