"""The settings of a run, out of its run.json."""

from dbs_core.method.settings import Settings
from dbs_core.runs.run import Run
from dbs_core.runtime import store
from dbs_core.runtime.errors import InputError


def settings_of(run: Run) -> Settings:
    """Give the settings of a run.

    Raises:
        InputError: they are none of this version.
    """
    try:
        return store.from_json(Settings, run.info.settings)
    except store.MISFITS as error:
        raise InputError("no valid settings", where=run.root, because=error) from error
