"""A run's split with what it keeps of each video, for knobs to be turned on."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np

from dbs_core.evaluation.video_summary import Summary
from dbs_core.evaluation.what_if.subject import Kept, Subject
from dbs_core.records import VideoResult
from dbs_core.runs.judged_run import judged_run
from dbs_core.runs.run import Run, is_fusion
from dbs_core.runs.run_settings import settings_of
from dbs_core.runtime.errors import InputError

AT_HAND = 500
"""Results that stay in memory: ten thousand would fill it, and take minutes to read."""


def run_subject(
    run: Run, split: str | None = None, rows: Sequence[Summary] | None = None
) -> Subject:
    """Read what knobs are turned on.

    `rows` are the summaries of the split, where somebody has read them already.

    Raises:
        InputError: no result with truth, or no valid settings.
    """
    judged = judged_run(run, split, rows=rows)
    results = KeptResults(run, judged.split, tuple(judged.found))
    if len(results) <= AT_HAND:
        results.read()
    return Subject(judged, Kept(results, settings_of(run), fused=is_fusion(run)))


class KeptResults(Mapping[str, VideoResult]):
    """The results of a split without their pictures, each read where it is asked for.

    So many as memory has room for stay at hand.
    """

    def __init__(self, run: Run, split: str, names: tuple[str, ...]) -> None:
        self._run, self._split = run, split
        self._names = dict.fromkeys(names)
        self._at_hand: dict[str, VideoResult] = {}

    def __getitem__(self, video_id: str) -> VideoResult:
        if video_id not in self._names:
            raise KeyError(video_id)
        found = self._at_hand.get(video_id)
        if found is None:
            found = lean(self._run.result(self._split, video_id))
            if len(self._at_hand) < AT_HAND:
                self._at_hand[video_id] = found
        return found

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)

    def read(self) -> None:
        """Read all of them.

        Raises:
            InputError: one that cannot be read.
        """
        for name in self._names:
            self[name]


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
