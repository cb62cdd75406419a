"""What tells a fused run from a trained one: a file that says of what it is made."""

from dbs_core.errors import InputError
from dbs_core.runs import Run

FILE = "fusion.json"
"""In the folder of a fused run: of which runs, and with which weight."""


def is_fusion(run: Run) -> bool:
    """Say whether a run was put together from two others."""
    return (run.root / FILE).is_file()


def require_own_model(run: Run) -> None:
    """Check that a run can look at videos by itself.

    Raises:
        InputError: it is a fusion, whose streams have one model each.
    """
    if is_fusion(run):
        raise InputError(
            "no fused result of this video",
            where=run.root,
            cure="detect in both runs, then fuse them again",
        )
