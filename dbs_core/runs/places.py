"""Where runs lie: the sample, DBS_RUNS, DBS_HOME; and the ids of run folders.

The one home of the places that are worked out from where the program lies. In a
checkout the sample, the app's way in and its settings lie at the top, beside the two
packages; an installed copy has them in `dbs_core/shipped` (setup.py puts them there),
and never writes beside itself.
"""

import os
from collections.abc import Iterable, Mapping
from pathlib import Path

from dbs_core.runtime import store
from dbs_core.runtime.given_paths import given_path

ROOT = Path(__file__).resolve().parent.parent.parent
INSTALLED = not (ROOT / "pyproject.toml").is_file()
SHIPPED = ROOT / "dbs_core" / "shipped" if INSTALLED else ROOT
SAMPLE_DATA = SHIPPED / "assets" / "sample"
SAMPLE = SAMPLE_DATA / "run"
SAMPLE_FLOW = SAMPLE_DATA / "run-flow"
SHIPPED_RUNS = {"sample": SAMPLE, "sample-flow": SAMPLE_FLOW}
"""The shipped runs by their names: what is seen, and what moves, in the same videos."""
APP = SHIPPED / "run_app.py"
CONFIG = SHIPPED / ".streamlit" / "config.toml"
"""Settings and colours of the app; Streamlit finds them beside the way in."""
OPEN = "DBS_OPEN"
"""Tells the app with what it begins: `KIND:PATH`, as `explore` found it."""


def home(environment: Mapping[str, str] = os.environ) -> Path:
    """Folder of own videos and libraries.

    `DBS_HOME`, else `runs` in a checkout, else the user's folder for data.
    """
    if named := environment.get("DBS_HOME"):
        return given_path(named)
    return user_data(environment) if INSTALLED else ROOT / "runs"


def user_data(environment: Mapping[str, str] = os.environ) -> Path:
    """Where programs keep what a user made: `XDG_DATA_HOME`, Windows', or the usual."""
    common = environment.get("XDG_DATA_HOME") or environment.get("LOCALAPPDATA")
    place = Path(common) if common else Path.home() / ".local" / "share"
    return place / "dbs-explorer"


def run_places(environment: Mapping[str, str] = os.environ) -> tuple[Path, ...]:
    """Folders that may be runs: `DBS_RUNS`, shipped ones, `runs/*`, `DBS_HOME/*`."""
    named = [Path(p) for p in environment.get("DBS_RUNS", "").split(os.pathsep) if p]
    beside = () if INSTALLED else (ROOT / "runs",)
    homes = dict.fromkeys((*beside, home(environment)))
    grown = [path for place in homes for path in sorted(place.glob("*"))]
    return (*named, *SHIPPED_RUNS.values(), *grown)


def named_run(name: str | Path) -> Path:
    """Give the folder of a run as a user names it; a shipped one goes by its name.

    A folder of that name goes first.
    """
    folder = given_path(name)
    return folder if folder.exists() else SHIPPED_RUNS.get(str(name), folder)


def shipped_name(folder: Path) -> str | None:
    """Give the name of a shipped run by its folder; None for any other."""
    path = folder.resolve()
    return next((n for n, one in SHIPPED_RUNS.items() if one.resolve() == path), None)


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
    if (shipped := shipped_name(folder)) is not None:
        return shipped  # the same on every computer: its links can be shared
    path = folder.resolve()
    label = path.parent.name if path.name == "run" else path.name
    safe = "".join(c if c.isascii() and c.isalnum() else "-" for c in label)
    return f"{safe[:40]}-{store.fingerprint(str(path))[:6]}"
