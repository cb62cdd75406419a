"""A run's split with what it keeps of each video, for knobs to be turned on."""

from dataclasses import replace

import numpy as np

from dbs_core.evaluation.what_if.subject import Kept, Subject
from dbs_core.records import VideoResult
from dbs_core.runs.judged_run import judged_run
from dbs_core.runs.run import Run
from dbs_core.runs.run_settings import settings_of
from dbs_core.runtime.errors import InputError


def run_subject(run: Run, split: str | None = None) -> Subject:
    """Read what knobs are turned on.

    Raises:
        InputError: no result with truth, or no valid settings.
    """
    judged = judged_run(run, split)
    results = {name: lean(run.result(judged.split, name)) for name in judged.found}
    return Subject(judged, Kept(results, settings_of(run)))


def with_partner(first: Subject, second: Subject) -> Subject:
    """Let knobs be turned on the fusion of two runs.

    Raises:
        InputError: they have no video in common, or other classes.
    """
    one, other = first.judged, second.judged
    if one.classes.names != other.classes.names:
        raise InputError(
            "a run of other classes cannot be fused",
            where=other.name,
            wanted=", ".join(one.classes.names),
        )
    if not one.found.keys() & other.found.keys():
        raise InputError("no video that both runs have", where=other.name)
    return replace(first, partner=second.kept)


def lean(result: VideoResult) -> VideoResult:
    """Leave out what no knob asks for and what takes most memory: the pictures."""
    return replace(
        result,
        mosaic=np.zeros((0, 0, 3), np.uint8),
        trace=result.trace[:0],
        log_likelihood=result.log_likelihood[:0],
    )
