"""Two runs video by video: the AP that each has in it."""

from dataclasses import dataclass

from dbs_core.evaluation.diagnosis.two_runs import TwoRuns
from dbs_core.evaluation.judged_set import JudgedSet
from dbs_core.evaluation.protocols.marks import Marks
from dbs_core.evaluation.protocols.of_videos import precision_of_videos


@dataclass(frozen=True)
class VideoPair:
    """A video's mean AP over the classes of its truth, by each run; fractions of 1."""

    video_id: str
    a: float
    b: float


def by_video(two: TwoRuns, tiou: float) -> list[VideoPair]:
    """Give the videos with truth, those that moved most first."""
    a, b = (precisions(one.judged, one.marks, tiou) for one in (two.a, two.b))
    pairs = [VideoPair(key, value, b[key]) for key, value in a.items() if key in b]
    return sorted(pairs, key=lambda one: (-abs(one.b - one.a), one.video_id))


def precisions(judged: JudgedSet, marks: Marks, tiou: float) -> dict[str, float]:
    """Give the mean AP of each video with truth over the classes of its truth.

    Raises:
        KeyError: the threshold was not evaluated.
    """
    found = precision_of_videos(marks.at_one(tiou), judged.rule.interpolation)
    named = ((marks.videos[number], value) for number, value in found.items())
    return {key: value for key, value in named if key in judged.found}
