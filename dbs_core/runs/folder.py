"""A folder for a run: whose it may be, and how a new run takes an old one's place.

Making a run ends with clearing what an older one left there. In a folder of somebody's
own files that would be a loss: everything that writes a run asks here first, and gets
a folder that is new, empty, a run, or was begun by us. `cache/CACHEDIR.TAG` tells the
last: a library has its links before `run.json`, and features may outlive a failed
training.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

from dbs_core.runs.run import FUSION, MODEL, Run
from dbs_core.runtime import files, store
from dbs_core.runtime.errors import InputError, reason
from dbs_core.runtime.unfinished import PREFIX, part_folder

LINKS = "dataset"
LIBRARY = "library.json"
TAG = "cache/CACHEDIR.TAG"
TAGGED = (
    b"Signature: 8a477f597d28d172789f06886806bc55\n"
    b"# In the folder above a run of DBS Explorer is made. Backups may pass this by.\n"
)
BEFORE_THE_RUN = {"cache", LINKS, LIBRARY, FUSION}
"""What may lie in a folder that we began and that is no run yet."""
SHOWN = 3


def is_run(root: Path) -> bool:
    """Say whether a run.json of ours is there, of whatever version."""
    try:
        value = files.read_json(root / "run.json")
    except InputError:
        return False
    wanted = {"name", "kind", "dataset", "classes", "settings", "seed", "schema"}
    return isinstance(value, dict) and wanted <= value.keys()


def require_ours(root: Path) -> None:
    """Check that a run may be written into a folder; nothing is touched.

    Raises:
        InputError: it is a file, cannot be read, or holds what is no run's.
    """
    # Listed before it is asked for run.json: another thread may be making the run.
    names = _names(root)
    if not names or is_run(root):
        return
    if set(names) <= BEFORE_THE_RUN and (_is_tagged(root) or not any(_files(root))):
        return
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    raise InputError(
        "not empty, and without a run.json of ours",
        where=root,
        wanted="a new or empty folder, or a run's",
        got=", ".join(names[:SHOWN]) + more,
        cure="name another folder",
    )


def claim(root: Path) -> None:
    """Take a folder for a run; where it is none yet, mark it as ours.

    Raises:
        InputError: it may hold somebody else's files, or cannot be written.
    """
    require_ours(root)
    if not is_run(root) and not _is_tagged(root):
        files.write_bytes(root / TAG, TAGGED)


def discard(root: Path) -> None:
    """Take back what was begun in a folder and became no run; kept features stay."""
    if not _is_tagged(root):
        return
    links = (root / LINKS).iterdir() if (root / LINKS).is_dir() else ()
    begun = [root / "run.json", root / LIBRARY, *(p for p in links if p.is_symlink())]
    if not has_kept(root):
        begun.append(root / TAG)
    for path in begun:
        path.unlink(missing_ok=True)
    for folder, _, _ in os.walk(root, topdown=False):
        with suppress(OSError):  # not empty
            Path(folder).rmdir()


def has_kept(root: Path) -> bool:
    """Say whether features or imprints of an unfinished training are in a folder."""
    return any(path != root / TAG for path in _files(root / "cache"))


def put_model(run: Run, save: Callable[[Path], None]) -> None:
    """Give a run its new model; an old run goes only when that is whole on disk.

    Args:
        run: its folder, claimed before, and what the run is now.
        save: writes the model into the file it is given.

    Raises:
        CannotWrite: the disk is full or the folder cannot be written: all is as before.
    """
    root = run.root
    try:
        with part_folder(root) as beside:
            # Under names that make no run of the folder they wait in.
            model, card = beside / "model", beside / "info"
            save(model)
            files.write_json(card, store.to_json(run.info))
            for stale in ("results", "detections"):
                shutil.rmtree(root / stale, ignore_errors=True)
            # Without model first: stopped in between it is trained again, while an old
            # model beside the new run.json would pass for trained.
            for name in (MODEL, FUSION):
                (root / name).unlink(missing_ok=True)
            card.replace(root / "run.json")
            model.replace(run.model_path)
    except OSError as error:
        raise files.cannot_write(root, error) from error


def _names(root: Path) -> list[str]:
    """List what lies in a folder: none where there is no folder."""
    if root.exists() and not root.is_dir():
        raise InputError(
            "a file, not a folder for a run", where=root, cure="name another"
        )
    try:
        return sorted(p.name for p in root.iterdir() if not p.name.startswith(PREFIX))
    except (FileNotFoundError, NotADirectoryError):
        return []  # where it cannot be made either, writing says so
    except OSError as error:
        raise InputError(f"cannot read ({reason(error)})", where=root) from error


def _is_tagged(root: Path) -> bool:
    try:
        return (root / TAG).read_bytes() == TAGGED
    except OSError:
        return False


def _files(root: Path) -> Iterator[Path]:
    """Give everything below a folder but plain folders and unfinished files."""
    for folder, folders, names in os.walk(root):
        for name in (*names, *folders):
            path = Path(folder, name)
            plain = path.is_dir() and not path.is_symlink()
            if not plain and not name.startswith(PREFIX):
                yield path
