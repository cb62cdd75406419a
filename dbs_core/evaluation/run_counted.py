"""What stands behind a run's figure: videos and truths counted.

A run finds its videos itself, so they can be absent, fail or be cut short, which a
result file's cannot (`counted.py`). This record goes wherever the figure goes.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from dbs_core.datasets.folders import some_of
from dbs_core.runtime.amounts import many


@dataclass(frozen=True)
class RunCounted:
    """The videos and truths of a split that an evaluation counted.

    Attributes:
        protocol: by which rules.
        split: of which part of the data set.
        videos: how many annotated videos were counted, found or not.
        truths: how many instances they hold.
        absent: annotated videos without a file; their truths count as missed.
        failed: videos that could not be used, and why; their truths count as missed.
        damaged: results of other videos in the run that cannot be read, and why: they
            count nowhere, and are not among the detections that were written.
        noted: videos that were used and are odd, and how (cut short, truth past the
            end); their truths count whole.
        mended: what the annotation reader mended or left out, with file and line.
    """

    protocol: str
    split: str
    videos: int
    truths: int
    absent: tuple[str, ...] = ()
    failed: Mapping[str, str] = field(default_factory=dict)
    damaged: Mapping[str, str] = field(default_factory=dict)
    noted: Mapping[str, str] = field(default_factory=dict)
    mended: tuple[str, ...] = ()

    def lines(self) -> list[str]:
        """Say it in a few lines of text."""
        found = [
            f"{self.protocol}, {self.split}: {many(self.videos, 'video')}, "
            f"{many(self.truths, 'truth')} counted"
        ]
        if self.absent:
            found.append(
                f"{many(len(self.absent), 'video')} without a file, their truths "
                f"count as missed: {some_of(self.absent)}"
            )
        if self.failed:
            found.append(
                f"{many(len(self.failed), 'video')} failed, their truths count "
                f"as missed: {some_of(self.failed)}"
            )
        found += [f"{video}: {why}" for video, why in self.noted.items()]
        found += self.mended
        return found

    def as_json(self) -> dict[str, object]:
        """Give all of it as JSON."""
        return {
            "protocol": self.protocol,
            "subset": self.split,
            "counted": {"videos": self.videos, "truths": self.truths},
            "absent": list(self.absent),
            "failed": dict(self.failed),
            "damaged": dict(self.damaged),
            "noted": dict(self.noted),
            "mended": list(self.mended),
        }
