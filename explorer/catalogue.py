"""Which runs and videos there are, each under an id that is safe in an address.

Ids are looked up here and never joined into paths: a route or link that names an
unknown id finds nothing.
"""

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

from dbs_core import inbox, store
from dbs_core.runs import Run

ROOT = Path(__file__).resolve().parent.parent
SAMPLE = ROOT / "assets" / "sample" / "run"


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


def run_places(environment: Mapping[str, str] = os.environ) -> tuple[Path, ...]:
    """Folders that may be runs: `DBS_RUNS`, the sample, `runs/*` and `DBS_HOME/*`."""
    named = [Path(p) for p in environment.get("DBS_RUNS", "").split(os.pathsep) if p]
    homes = dict.fromkeys((ROOT / "runs", home(environment)))
    grown = [path for place in homes for path in sorted(place.glob("*"))]
    return (*named, SAMPLE, *grown)


def home(environment: Mapping[str, str] = os.environ) -> Path:
    """Folder of own videos and libraries: `DBS_HOME`, else `runs` beside us."""
    return inbox.home(environment, ROOT / "runs")


def find_runs(places: Iterable[Path]) -> dict[str, Path]:
    """Give the id and folder of each run; a folder of runs counts as its runs."""
    found: dict[str, Path] = {}
    for place in places:
        for folder in (place, *sorted(place.glob("*/"))):
            if (folder / "run.json").is_file():
                found.setdefault(run_id(folder), folder.resolve())
    return found


def run_id(folder: Path) -> str:
    """Name a run folder: its own name, and six digits that tell namesakes apart."""
    path = folder.resolve()
    if path == SAMPLE.resolve():
        return "sample"  # the same on every computer: its links can be shared
    label = path.parent.name if path.name == "run" else path.name
    safe = "".join(c if c.isascii() and c.isalnum() else "-" for c in label)
    return f"{safe[:40]}-{store.fingerprint(str(path))[:6]}"


def list_videos(run: Run, split: str) -> tuple[VideoEntry, ...]:
    """List a split's result files, sorted by file name."""
    return tuple(_entry(path, split) for path in run.result_files(split))


def _entry(path: Path, split: str) -> VideoEntry:
    status = path.stat()
    return VideoEntry(
        _video_id(path),
        split,
        store.fingerprint(split, path.stem),
        path,
        store.fingerprint(path.stem, status.st_mtime_ns, status.st_size),
    )


def _video_id(path: Path) -> str:
    """Undo `store.file_name`; only a cut name needs the file itself."""
    if len(path.stem) > 120:
        _, header = store.read_arrays(path)
        return str(header["video_id"])
    return unquote(path.stem)
