"""What a figure is of: which videos and truths count, and which are missing or out."""

from collections.abc import Mapping, Sequence, Sized
from dataclasses import dataclass

from dbs_core.datasets.folders import some_of
from dbs_core.records import VideoTruth
from dbs_core.runtime.amounts import many

_SHOWN = 3


@dataclass(frozen=True)
class Apart:
    """Videos that stand apart, and how many spans (or frames) are in them."""

    videos: tuple[str, ...]
    spans: int

    @classmethod
    def of(cls, videos: Mapping[str, Sized]) -> "Apart":
        """Count what is in the videos."""
        return cls(tuple(sorted(videos)), sum(map(len, videos.values())))


@dataclass(frozen=True)
class Counted:
    """All that a figure rests on.

    `videos` and `truths` are those that count, `found` are the videos of the result
    file. Of the truth's `missing` are not in the result
    file: their truths are missed. `outside` are videos of the result file that the
    truth does not have: their detections are false. `excluded` were left out on both
    sides, by the list `exclusion`. `mended` says what the readers mended or left out.
    """

    protocol: str
    subset: str
    videos: int
    truths: int
    found: int
    missing: Apart
    outside: Apart
    excluded: Apart
    exclusion: str = "none"
    mended: tuple[str, ...] = ()

    @property
    def _exclusion(self) -> str:
        own = self.exclusion.startswith("--")
        return self.exclusion if own else f"--exclude {self.exclusion}"

    def lines(self) -> tuple[str, ...]:
        """Say it, a line each."""
        out, listed = self.excluded, self._exclusion
        return (
            f"counted   {_amount(self.videos, self.truths)} of {self._subset}, by the "
            f"rule of {self.protocol}",
            f"missing   {_apart(self.missing, 'all missed: not in the result file')}",
            f"outside   {_apart(self.outside, 'all false', 'detection')}",
            "excluded  "
            + (
                _apart(out, listed)
                if out.videos or self.exclusion == "none"
                else f"none: no video of {listed} is here"
            ),
            f"mended    {self._mended}",
        )

    @property
    def notes(self) -> tuple[str, ...]:
        """Say what does not fit: videos that only one side has."""
        said = []
        if self.missing.videos:
            amount = many(len(self.missing.videos), "video")
            said.append(
                f"{amount} of the truth's {self.videos} are not in the result file, "
                f"their {many(self.missing.spans, 'truth')} count as missed: "
                f"{some_of(self.missing.videos, 1)}"
            )
        if self.outside.videos:
            said.append(
                f"{len(self.outside.videos)} of {self.found} videos with detections "
                "are not in the truth, their detections count as false: "
                f"{some_of(self.outside.videos, 1)}"
            )
        return tuple(said)

    @property
    def _subset(self) -> str:
        return f"subset {self.subset}" if self.subset else "the whole file"

    @property
    def _mended(self) -> str:
        """What was mended, without the places, which the notes have."""
        if not self.mended:
            return "nothing"
        kinds = [line.partition(" (first: ")[0] for line in self.mended]
        beyond = f"; and {len(kinds) - _SHOWN} more" if len(kinds) > _SHOWN else ""
        return "; ".join(kinds[:_SHOWN]) + beyond

    def as_json(self) -> dict[str, object]:
        """Give the same as JSON values."""
        return {
            "subset": self.subset,
            "counted": {"videos": self.videos, "truths": self.truths},
            "missing": _values(self.missing, "truths"),
            "outside": _values(self.outside, "detections"),
            "excluded": {"list": self.exclusion, **_values(self.excluded, "truths")},
            "mended": list(self.mended),
        }


def count(
    protocol: str,
    subset: str,
    truths: Mapping[str, VideoTruth],
    found: Mapping[str, Sized],
    *,
    excluded: Mapping[str, VideoTruth],
    exclusion: str = "none",
    mended: Sequence[str] = (),
) -> Counted:
    """Count what a figure rests on.

    Args:
        protocol: by whose rule.
        subset: the split or subset that is scored.
        truths: truth of the videos that count.
        found: what the result file has of each video, after the exclusion.
        excluded: truth of the videos that were left out.
        exclusion: the list that they are on.
        mended: what the readers said.
    """
    instances = {video_id: known.segments for video_id, known in truths.items()}
    return Counted(
        protocol,
        subset,
        len(truths),
        sum(map(len, instances.values())),
        len(found),
        Apart.of({v: spans for v, spans in instances.items() if v not in found}),
        Apart.of({v: spans for v, spans in found.items() if v not in truths}),
        Apart.of({v: known.segments for v, known in excluded.items()}),
        exclusion,
        tuple(mended),
    )


def _amount(videos: int, spans: int, what: str = "truth") -> str:
    return f"{many(videos, 'video')} with {many(spans, what)}"


def _apart(apart: Apart, why: str, what: str = "truth") -> str:
    if not apart.videos:
        return "none"
    amount = _amount(len(apart.videos), apart.spans, what)
    return f"{amount}, {why}: {some_of(apart.videos)}"


def _values(apart: Apart, what: str) -> dict[str, object]:
    return {
        "videos": len(apart.videos),
        what: apart.spans,
        "ids": list(apart.videos),
    }
