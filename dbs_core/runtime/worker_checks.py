"""Before any work: are the workers the same software, and do they see the folders?"""

import hashlib
import platform
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING

from dbs_core.runtime.errors import InputError, reason
from dbs_core.runtime.files import scratch

if TYPE_CHECKING:
    from distributed import Client

PROJECT = "version of this project"
PACKAGES = (
    *("torch", "numpy", "scipy", "scikit-learn", "av", "opencv-python-headless"),
    *("openvino", "distributed"),
)
"""What decides the figures, and what the workers talk with."""
NAMES = 200
"""Of a folder that are compared."""


@lru_cache(maxsize=1)
def software() -> dict[str, str]:
    """Say what computes here: the project's source, packages, number of threads."""
    # Imported here: it loads PyTorch, which a scheduler need not.
    from dbs_core.runtime.threads import threads

    return {
        PROJECT: _source(),
        "python": platform.python_version(),
        **{name: _version(name) for name in PACKAGES},
        "DBS_THREADS": str(threads()),
    }


def _source() -> str:
    """Hash the engine's source: versions of a checkout bear no number."""
    root = Path(__file__).parents[1]
    digest = hashlib.sha256()
    for path in sorted(root.rglob("*.py")):
        digest.update(path.relative_to(root).as_posix().encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "none"


def require_same(wanted: Mapping[str, str], where: str = "a worker") -> None:
    """Check that what computes here is what was asked for.

    Raises:
        InputError: it is another version.
    """
    _compare(wanted, software(), where)


def _compare(wanted: Mapping[str, str], got: Mapping[str, str], where: str) -> None:
    for name, value in wanted.items():
        if got.get(name) != value:
            raise InputError(
                f"worker with another {name}",
                where=where,
                wanted=value,
                got=got.get(name, "none"),
                cure="give workers the same environment as this command",
            )


def require_workers(
    client: "Client",
    wanted: Mapping[str, str],
    where: str,
    reads: Sequence[Path],
    writes: Sequence[Path],
) -> None:
    """Check that there are workers, the same software, with the folders in sight.

    Raises:
        InputError: there are none, or one is not as wanted.
        CannotWrite: a folder cannot be written here.
    """
    _require_scheduler(client, where)
    threads = client.nthreads()
    if not threads:
        raise InputError(
            "the scheduler has no workers",
            where=where,
            cure=f"start some: dask worker {where} --nthreads 1 --memory-limit 0",
        )
    for address, count in threads.items():
        if count != 1:
            raise InputError(
                "worker of several threads",
                where=address,
                wanted="--nthreads 1 (a piece of work has threads of its own)",
                got=count,
            )
    seen = {str(path): glimpse(path) for path in reads if path.exists()}
    with ExitStack() as stack:
        marks = {
            str(folder): str(stack.enter_context(scratch(folder)))
            for folder in {_there(path) for path in writes}
        }
        found = client.run(look, seen, marks, on_error="return")
    for address, one in found.items():
        if isinstance(one, BaseException):
            raise _without_project("worker", address, one)
        there, missing = one
        _compare(wanted, there, address)
        for path in missing:
            raise InputError(
                "worker that does not see the shared folder",
                where=address,
                wanted=path,
                cure="use folders that lie at the same path for all, and that all "
                "may write",
            )


def _require_scheduler(client: "Client", where: str) -> None:
    """Check that the scheduler can name our work, which it never opens."""
    try:
        client.run_on_scheduler(glimpse, Path())
    except (ImportError, AttributeError) as error:
        raise _without_project("scheduler", where, error) from error


def _without_project(what: str, where: str, error: BaseException) -> InputError:
    return InputError(
        f"{what} without this version of the project",
        where=where,
        because=reason(error),
        cure=f"start the {what} in the same environment as this command",
    )


def look(
    seen: Mapping[str, str], marks: Mapping[str, str]
) -> tuple[dict[str, str], list[str]]:
    """What a worker says of itself: its software, and which folders it lacks.

    Args:
        seen: what `glimpse` gave of each file or folder of data.
        marks: of each folder to write into, a file that is there right now.
    """
    missing = [path for path, what in seen.items() if glimpse(Path(path)) != what]
    missing += [folder for folder, mark in marks.items() if not _writes(folder, mark)]
    return software(), missing


def _writes(folder: str, mark: str) -> bool:
    if not Path(mark).exists():
        return False
    try:
        with scratch(Path(folder)):
            return True
    except InputError:
        return False


def glimpse(path: Path) -> str:
    """Tell a file by its size, a folder by the first names in it; "" where none is."""
    try:
        if path.is_file():
            return f"{path.stat().st_size} bytes"
        every = sorted(entry.name for entry in path.iterdir())
        names = [name for name in every if not name.startswith(".")][:NAMES]
    except OSError:
        return ""
    return hashlib.sha256("\0".join(names).encode(errors="surrogatepass")).hexdigest()


def _there(folder: Path) -> Path:
    """Give the folder, or the nearest above it that is there."""
    return next(path for path in (folder, *folder.absolute().parents) if path.is_dir())
