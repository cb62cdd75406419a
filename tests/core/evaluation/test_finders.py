"""Who finds a truth at every threshold: against judging what is left of the file."""

import time
from dataclasses import dataclass, replace

import numpy as np
import pytest

from dbs_core.evaluation.finders import Finders, finders
from dbs_core.evaluation.protocols.rules import ACTIVITYNET, THUMOS, Rule
from dbs_core.evaluation.video_matches import judge
from dbs_core.records import Segments, VideoTruth


@dataclass(frozen=True)
class Video:
    detections: Segments
    truth: VideoTruth | None
    video_id: str = "v"


def none_ambiguous(truth: Segments) -> VideoTruth:
    return VideoTruth(truth, np.zeros((0, 2)))


def at(steps: Finders, threshold: float) -> int:
    """Read a truth's finders as their description says."""
    return next((s.detection for s in steps if threshold <= s.to_score), -1)


def random_video(rng: np.random.Generator, found: int = 60) -> Video:
    starts, label = rng.uniform(0, 50, 12), rng.integers(1, 4, 12)
    truth = np.stack([starts, starts + rng.uniform(1, 12, 12)], axis=1)
    of = rng.integers(0, 12, found)
    spans = truth[of] + rng.normal(0, 1.5, (found, 2))
    spans = np.sort(spans, axis=1) + np.array([0, 0.01])
    scores = -np.sort(-rng.integers(0, 30, found) / 30)  # with equal ones
    return Video(
        Segments.of(spans, label[of], scores),
        none_ambiguous(Segments.of(truth, label)),
    )


def test_a_better_overlap_below_the_threshold_lets_go_of_the_truth() -> None:
    """THUMOS'14: the truth takes the best overlap, so what is cut off decides."""
    found = Segments.of([(0.0, 14.0), (0.5, 10.0)], [1, 1], [0.9, 0.2])
    video = Video(found, none_ambiguous(Segments.of([(0.0, 10.0)], [1])))
    ((*levels,),) = finders(video)
    steps = dict(zip(THUMOS.tiou, levels, strict=True))[0.5]
    assert [(s.detection, s.to_score) for s in steps] == [(1, 0.2), (0, 0.9)]
    assert [s.overlap for s in steps] == pytest.approx([9.5 / 10, 10 / 14])
    whole = judge(video)
    assert whole is not None
    assert whole.verdicts == ("wrong", "right")


@pytest.mark.parametrize("rule", [THUMOS, ACTIVITYNET])
def test_it_is_what_judging_the_rest_says(rule: Rule, rng: np.random.Generator) -> None:
    for _ in range(2):
        video = random_video(rng, found=30)
        told = finders(video, rule)
        for threshold in (-1.0, *np.unique(video.detections.scores)[::3], 0.471, 2.0):
            kept = video.detections.scores >= threshold
            rest = replace(video, detections=video.detections.select(kept))
            for level, tiou in enumerate(rule.tiou[::2]):
                judged = judge(rest, rule, tiou=tiou)
                assert judged is not None
                mine = [at(levels[2 * level], threshold) for levels in told]
                assert mine == judged.found_by.tolist(), (threshold, tiou)


def test_without_truth_or_detections_nothing_is_found(
    rng: np.random.Generator,
) -> None:
    video = random_video(rng)
    assert finders(replace(video, truth=None)) == ()
    empty = replace(video, detections=Segments.empty())
    assert finders(empty) == (((),) * len(THUMOS.tiou),) * 12


def test_a_long_list_is_judged_in_a_moment(rng: np.random.Generator) -> None:
    start = time.process_time()
    finders(random_video(rng, found=2000))
    assert time.process_time() - start < 5
