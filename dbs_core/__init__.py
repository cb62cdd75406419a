"""DBS: temporal action detection by spatial segmentation of video imprints.

`method/` is the paper's path, a folder a stage; read `method/pipeline.py` first, then
`method/imprint/em.py`:

    video           file            -> frames, 5 a second, each with its own time
    features        frames          -> Features        7 x 7 x D maps
    imprint         Features        -> ImprintFit      EM on a torus, Eq. 1-4
    segmentation    Imprint         -> GridScores      the FCN, PAPER Table 2
    backprojection  GridScores      -> FrameScores     Eq. 6 and 7
    detection       FrameScores     -> Candidates      TAG, CDC's rule, NMS

`training` learns it, `runs` keeps it, `evaluation` sets it beside the control and the
ceilings, `python -m dbs_core` runs it. Nothing here knows of any UI.

For a script or a notebook the names below are all it takes (docs/api.md); each is
loaded when it is first used, so that importing this costs nothing.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dbs_core.datasets.opening import open_dataset
    from dbs_core.method.settings import Settings, paper_settings
    from dbs_core.pictures.views import heat_map, timeline
    from dbs_core.records.result import VideoResult
    from dbs_core.records.segments import Segments
    from dbs_core.runs.evaluating import evaluate
    from dbs_core.runs.one_video import detect
    from dbs_core.runs.run import Run, open_run
    from dbs_core.runtime.errors import InputError
    from dbs_core.runtime.progress import Progress
    from dbs_core.training.train_run import train

__all__ = [
    "InputError",
    "Progress",
    "Run",
    "Segments",
    "Settings",
    "VideoResult",
    "detect",
    "evaluate",
    "heat_map",
    "open_dataset",
    "open_run",
    "paper_settings",
    "timeline",
    "train",
]

_HOMES = {
    "InputError": "runtime.errors",
    "Progress": "runtime.progress",
    "Run": "runs.run",
    "Segments": "records.segments",
    "Settings": "method.settings",
    "VideoResult": "records.result",
    "detect": "runs.one_video",
    "evaluate": "runs.evaluating",
    "heat_map": "pictures.views",
    "open_dataset": "datasets.opening",
    "open_run": "runs.run",
    "paper_settings": "method.settings",
    "timeline": "pictures.views",
    "train": "training.train_run",
}
"""Where each name lives."""


def __dir__() -> list[str]:
    """List the names; some are not loaded yet."""
    return sorted({*globals(), *__all__})


if not TYPE_CHECKING:  # a type checker would take any name for one of ours

    def __getattr__(name: str) -> object:
        """Load a name from its home, once."""
        from importlib import import_module

        if name not in _HOMES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        found = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
        globals()[name] = found
        return found
