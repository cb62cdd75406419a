"""Two runs video by video: the AP that each has in it."""

from dataclasses import dataclass

from dbs_core.evaluation.diagnosis.two_runs import TwoRuns
from dbs_core.evaluation.judge import Judge, Judging
from dbs_core.evaluation.judged_set import JudgedSet
from dbs_core.evaluation.video_spans import VideoSpans


@dataclass(frozen=True)
class VideoPair:
    """A video's mean AP over the classes of its truth, by each run; fractions of 1."""

    video_id: str
    a: float
    b: float


def by_video(two: TwoRuns, tiou: float) -> list[VideoPair]:
    """Give the videos with truth, those that moved most first."""
    a, b = (precisions(one.judged, tiou) for one in (two.a, two.b))
    pairs = [VideoPair(key, value, b[key]) for key, value in a.items() if key in b]
    return sorted(pairs, key=lambda one: (-abs(one.b - one.a), one.video_id))


def precisions(judged: JudgedSet, tiou: float) -> dict[str, float]:
    """Give the mean AP of each video with truth over the classes of its truth."""
    judge = Judge(
        (
            VideoSpans(key, judged.found[key].best_first(), truth)
            for key, truth in judged.truths.items()
            if key in judged.found
        ),
        judged.rule,
    )
    rows = judge.videos_at(Judging(tiou))
    return {
        key: row.precision for key, row in rows.items() if row.precision is not None
    }
