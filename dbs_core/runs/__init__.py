"""A run on disk: what a training made, and what was found with it. Loads no PyTorch."""

from dbs_core.runs.run import Run, RunInfo

__all__ = ["Run", "RunInfo"]
