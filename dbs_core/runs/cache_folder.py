"""Where the explorer keeps what it can make again: beside a run, never in a sample.

What is shipped is part of the program and stays as it was; a run that
cannot be written (another user's, a read-only disk) is left alone too. Their
summaries and copies go to the user's cache folder, which is safe to delete.
"""

import os
from collections.abc import Mapping
from pathlib import Path

from dbs_core.runs import places
from dbs_core.runs.run import Run


def user_cache(environment: Mapping[str, str] = os.environ) -> Path:
    """Give `DBS_CACHE`, else `dbs-explorer` in `XDG_CACHE_HOME` or in `~/.cache`."""
    if named := environment.get("DBS_CACHE"):
        return Path(named).expanduser()
    common = environment.get("XDG_CACHE_HOME")
    return (Path(common) if common else Path.home() / ".cache") / "dbs-explorer"


def cache_folder(run: Run) -> Path:
    """Give the folder of a run's caches."""
    if places.shipped_name(run.root) or not os.access(run.root, os.W_OK):
        return user_cache() / places.run_id(run.root)
    return run.root / "cache"
