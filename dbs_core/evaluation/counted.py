"""What stands behind a figure: which videos and truths were counted, and which not.

A figure over fewer videos than asked for misleads; this record goes wherever the
figure goes.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

SHOWN = 5


@dataclass(frozen=True)
class Counted:
    """The videos and truths of a split that an evaluation counted.

    Attributes:
        protocol: by which rules.
        split: of which part of the data set.
        videos: how many annotated videos were counted, found or not.
        truths: how many instances they hold.
        absent: annotated videos without a file; their truths count as missed.
        failed: videos that could not be used, and why; their truths count as missed.
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
    noted: Mapping[str, str] = field(default_factory=dict)
    mended: tuple[str, ...] = ()

    def lines(self) -> list[str]:
        """Say it in a few lines of text."""
        found = [
            f"{self.protocol}, {self.split}: {self.videos} videos, "
            f"{self.truths} truths counted"
        ]
        if self.absent:
            found.append(
                f"{_videos(len(self.absent))} without a file, their truths count as "
                f"missed: {_some(self.absent)}"
            )
        if self.failed:
            found.append(
                f"{_videos(len(self.failed))} failed, their truths count as missed: "
                f"{_some(tuple(self.failed))}"
            )
        found += [f"{video}: {why}" for video, why in self.noted.items()]
        found += self.mended
        return found

    def as_json(self) -> dict[str, object]:
        """Give all of it as JSON."""
        return {
            "protocol": self.protocol,
            "subset": self.split,
            "videos": self.videos,
            "truths": self.truths,
            "absent": list(self.absent),
            "failed": dict(self.failed),
            "noted": dict(self.noted),
            "mended": list(self.mended),
        }


def _videos(count: int) -> str:
    return "1 video" if count == 1 else f"{count} videos"


def _some(names: tuple[str, ...]) -> str:
    shown = ", ".join(sorted(names)[:SHOWN])
    return f"{shown}, ..." if len(names) > SHOWN else shown
