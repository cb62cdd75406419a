"""A data set judged from a score on: as if the weaker detections had not been made."""

import numpy as np
import pytest

from dbs_core.evaluation.judge import Judge, Judging, OperatingPoint
from dbs_core.evaluation.protocols.rules import ACTIVITYNET, THUMOS, Rule
from dbs_core.evaluation.video_matches import judge, video_precision
from dbs_core.evaluation.video_spans import VideoSpans
from dbs_core.records import ClassList, Segments, VideoTruth

CLASSES = ClassList(("Run", "Jump", "Throw"), (1, 2, 3))
RULES = pytest.mark.parametrize("rule", [THUMOS, ACTIVITYNET], ids=lambda r: r.name)


def spans(seed: np.random.Generator, count: int) -> np.ndarray:
    start = seed.uniform(0, 40, count)
    return np.stack([start, start + seed.uniform(0.5, 12, count)], axis=1)


def random_videos(number: int, seed: int) -> list[VideoSpans]:
    draw = np.random.default_rng(seed)
    videos = []
    for place in range(number):
        n, m = draw.integers(0, 30), draw.integers(0, 7)
        found = Segments.of(
            spans(draw, n), draw.integers(1, 4, n), draw.integers(1, 9, n) / 10
        )
        truth = Segments.of(spans(draw, m), draw.integers(1, 4, m))
        ambiguous = spans(draw, draw.integers(0, 2))
        known = None if place == 3 else VideoTruth(truth, ambiguous)
        videos.append(VideoSpans(f"v{place}", found.best_first(), known))
    return videos


@RULES
@pytest.mark.parametrize("threshold", [None, 0.3, 0.55, 0.95])
def test_videos_are_judged_as_if_weaker_detections_were_not_there(
    rule: Rule, threshold: float | None
) -> None:
    for seed in range(4):
        videos = random_videos(8, seed)
        judged = Judge(videos, rule).videos_at(Judging(0.5, threshold))
        for video in videos:
            kept = video if threshold is None else video.from_score(threshold)
            alone, one = judge(kept, rule), judged[video.video_id]
            assert one.found == len(kept.detections)
            if alone is None:
                assert (one.instances, one.wrong, one.precision) == (None,) * 3
                continue
            assert one.right == alone.verdicts.count("right")
            assert (one.wrong, one.missed) == (alone.wrong, alone.missed)
            wanted = video_precision(kept, CLASSES, rule)
            assert one.precision == pytest.approx(wanted)


@RULES
def test_counts_of_all_videos_are_the_sum_of_each(rule: Rule) -> None:
    everything = Judge(random_videos(8, 1), rule)
    for judging in (Judging(0.5), Judging(0.1 if rule is THUMOS else 0.75, 0.4)):
        for labels in ((), (2,), (1, 3)):
            rows = everything.videos_at(judging, labels).values()
            known = [row for row in rows if row.instances is not None]
            whole = everything.whole(judging, labels)
            assert whole.right == sum(row.right or 0 for row in known)
            assert whole.wrong == sum(row.wrong or 0 for row in known)
            assert whole.missed == sum(row.missed or 0 for row in known)


def test_classes_add_up() -> None:
    everything = Judge(random_videos(8, 2))
    parts = [everything.whole(Judging(), (label,)) for label in (1, 2, 3)]
    whole = everything.whole(Judging())
    assert whole.wrong == sum(part.wrong for part in parts)
    assert whole.missed == sum(part.missed for part in parts)


@RULES
def test_mean_precision_is_the_evaluations(rule: Rule) -> None:
    videos = [v for v in random_videos(8, 3) if v.truth]
    report = rule.evaluate(
        {v.video_id: v.detections for v in videos},
        {v.video_id: v.truth for v in videos},
        CLASSES,
        tiou=rule.tiou,
    )
    everything = Judge(random_videos(8, 3), rule)
    for level, tiou in enumerate(rule.tiou):
        mean = everything.mean_precision(CLASSES, tiou)
        assert mean == pytest.approx(report.mean[level])
        jump = everything.mean_precision(CLASSES, tiou, (2,))
        assert jump == pytest.approx(report.average_precision[level, 1])


@RULES
def test_no_threshold_gives_a_better_f1(rule: Rule) -> None:
    for seed in range(6):
        everything = Judge(random_videos(8, seed), rule)
        best = everything.best_threshold()
        scores = [None, *np.linspace(0, 1, 101)]
        figures = [everything.whole(Judging(0.5, one)).f1 or 0 for one in scores]
        if best is None:
            assert max(figures) == 0
        else:
            mine = everything.whole(Judging(0.5, best)).f1
            assert mine == pytest.approx(max(figures))


def test_the_threshold_is_the_first_that_parts_right_from_wrong() -> None:
    found = Segments.of(
        [[0.0, 1.0], [5.0, 6.0], [10.0, 11.0]], [1, 1, 1], [0.9, 0.7, 0.22]
    )
    truth = VideoTruth(Segments.of([[0.0, 1.0], [5.0, 6.0]], [1, 1]), np.zeros((0, 2)))
    videos = [VideoSpans("v", found, truth)]
    assert Judge(videos).best_threshold() == 0.25
    point = Judge(videos).whole(Judging(0.5, 0.25))
    assert (point.precision, point.recall, point.f1) == (1.0, 1.0, 1.0)


def test_a_weaker_detection_can_take_a_truth_from_a_stronger() -> None:
    """By THUMOS'14's rule, where it overlaps more; not by ActivityNet's."""
    found = Segments.of([[0.0, 7.0], [0.0, 10.0]], [1, 1], [0.9, 0.3])
    truth = VideoTruth(Segments.of([[0.0, 10.0]], [1]), np.zeros((0, 2)))
    for rule, precisions in ((THUMOS, (0.5, 1.0)), (ACTIVITYNET, (1.0, 1.0))):
        everything = Judge([VideoSpans("v", found, truth)], rule)
        for threshold, wanted in zip((None, 0.5), precisions, strict=True):
            row = everything.videos_at(Judging(0.5, threshold))["v"]
            assert row.precision == wanted


def test_without_anything_there_is_no_figure() -> None:
    assert Judge([]).best_threshold() is None
    assert Judge([]).videos_at(Judging()) == {}
    nothing = OperatingPoint(0, 0, 0)
    assert (nothing.precision, nothing.recall, nothing.f1) == (None, None, None)
    assert Judge([]).mean_precision(CLASSES) is None
