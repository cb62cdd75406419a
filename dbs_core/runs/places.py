"""Where runs lie: the sample, DBS_RUNS, DBS_HOME; and the ids of run folders.

The one home of the places that are worked out from where the program lies.
"""

import os
from collections.abc import Iterable, Mapping
from pathlib import Path

from dbs_core.runtime import store

ROOT = Path(__file__).resolve().parent.parent.parent
SAMPLE_DATA = ROOT / "assets" / "sample"
SAMPLE = SAMPLE_DATA / "run"


def home(environment: Mapping[str, str] = os.environ) -> Path:
    """Folder of own videos and libraries: `DBS_HOME`, else `runs` beside us."""
    named = environment.get("DBS_HOME")
    return Path(named).expanduser() if named else ROOT / "runs"


def run_places(environment: Mapping[str, str] = os.environ) -> tuple[Path, ...]:
    """Folders that may be runs: `DBS_RUNS`, the sample, `runs/*` and `DBS_HOME/*`."""
    named = [Path(p) for p in environment.get("DBS_RUNS", "").split(os.pathsep) if p]
    homes = dict.fromkeys((ROOT / "runs", home(environment)))
    grown = [path for place in homes for path in sorted(place.glob("*"))]
    return (*named, SAMPLE, *grown)


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
