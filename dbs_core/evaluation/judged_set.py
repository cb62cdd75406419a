"""What is diagnosed or compared: a split's detections and truth, and the rule.

A run gives one (`runs.judged_run`), a result file with its truth another
(`judged_file`); what looks for errors does not ask which it was.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from dbs_core.evaluation.counted import Counted
from dbs_core.evaluation.protocols.rules import Rule
from dbs_core.evaluation.run_counted import RunCounted
from dbs_core.evaluation.traces import Trace
from dbs_core.records import ClassList, Segments, VideoTruth
from dbs_core.runtime.errors import InputError


@dataclass(frozen=True, eq=False)
class JudgedSet:
    """Detections and truth of a split, to be judged by a benchmark's rule.

    Attributes:
        name: of the run or the file.
        rule: the benchmark's rule.
        split: as the truth has it.
        classes: what labels 1, 2, ... mean, on both sides.
        found: detections of each video, in file order.
        truths: truth of each video that counts.
        durations_s: how long videos are, where that is known.
        counted: what stands behind the figures.
        traces: of a run's videos; nothing where only spans are known.
    """

    name: str
    rule: Rule
    split: str
    classes: ClassList
    found: Mapping[str, Segments]
    truths: Mapping[str, VideoTruth]
    durations_s: Mapping[str, float]
    counted: Counted | RunCounted
    traces: Mapping[str, Trace] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not any(len(known.segments) for known in self.truths.values()):
            raise InputError(
                f"no action annotated in the {len(self.truths)} videos of "
                f"{self.split!r}",
                where=self.name,
                wanted="a split with truth: --split",
            )

    @property
    def in_shares(self) -> bool:
        """Whether all times lie from 0 to 1: shares of a video, not seconds."""
        if max(self.durations_s.values(), default=1.0) > 1:
            return False
        truths = [known.segments for known in self.truths.values()]
        spans = (*self.found.values(), *truths)
        return all(float(one.spans_s[:, 1].max(initial=0.0)) <= 1 for one in spans)

    def from_score(self, least: float | None) -> "JudgedSet":
        """Keep the detections whose score is not below `least`; None keeps all."""
        if least is None:
            return self
        kept = {v: one.select(one.scores >= least) for v, one in self.found.items()}
        return replace(self, found=kept)

    def in_classes(self, classes: ClassList) -> "JudgedSet":
        """Give the same with the labels of another list of the same classes.

        Raises:
            InputError: the lists do not have the same classes.
        """
        if classes.names == self.classes.names:
            return self
        others = set(classes.names) ^ set(self.classes.names)
        if others:
            raise InputError(
                "other classes than what it is compared with",
                where=self.name,
                wanted=f"{len(classes)} classes",
                got=f"{len(self.classes)}, {min(others)} is on one side only",
            )
        new = np.array([0, *map(classes.label_of, self.classes.names)])
        return replace(
            self,
            classes=classes,
            found={v: _renamed(one, new) for v, one in self.found.items()},
            truths={
                v: VideoTruth(_renamed(known.segments, new), known.ambiguous_s)
                for v, known in self.truths.items()
            },
            traces={},
        )


def _renamed(segments: Segments, new: np.ndarray) -> Segments:
    return Segments(segments.spans_s, new[segments.labels], segments.scores)
