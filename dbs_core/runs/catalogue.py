"""Which runs and videos there are, each under an id that is safe in an address.

Ids are looked up here and never joined into paths: a route or link that names an
unknown id finds nothing.
"""

from dataclasses import dataclass
from pathlib import Path

from dbs_core.runs.run import Run, video_id_of
from dbs_core.runtime import store
from dbs_core.runtime.errors import InputError


@dataclass(frozen=True)
class VideoEntry:
    """One result file of a run.

    `key` is its id in addresses of data, `stamp` changes when the file does.
    """

    video_id: str
    split: str
    key: str
    path: Path
    stamp: str


def list_videos(run: Run, split: str) -> tuple[VideoEntry, ...]:
    """List a split's result files, sorted by file name."""
    return tuple(_entry(path, split) for path in run.result_files(split))


def _entry(path: Path, split: str) -> VideoEntry:
    status = path.stat()
    try:
        video_id = video_id_of(path)
    except InputError:  # listed all the same; whoever opens it is told
        video_id = path.stem
    return VideoEntry(
        video_id,
        split,
        store.fingerprint(split, path.stem),
        path,
        store.fingerprint(path.stem, status.st_mtime_ns, status.st_size),
    )
