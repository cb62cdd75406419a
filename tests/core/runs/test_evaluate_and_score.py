"""`evaluate` and `score` say the same of the same detections and truth.

Two ways to one figure: `evaluate` groups the kept frame scores again and matches in
memory, `score` reads the files that were written. Random sets, with videos that are
absent, end before their truth, have no action, or spans that leave nothing to find.
"""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from dbs_core.datasets.dataset import Dataset
from dbs_core.datasets.formats import load_detections, load_truth
from dbs_core.datasets.formats.thumos_annotation import write_annotation
from dbs_core.evaluation.protocols import thumos
from dbs_core.evaluation.rows import TIOU
from dbs_core.method.features.cache import FeatureCache
from dbs_core.method.labels_to_spans import localise
from dbs_core.records import FrameScores, Placement, Segments, VideoEntry, VideoTruth
from dbs_core.runs.detecting import Detector
from dbs_core.runs.evaluating import evaluate_run
from tests.core.make_result import GRID, make_result
from tests.core.small_model import MeanColours, small_model, small_run

STEP_S = 0.2


def random_truth(rng: np.random.Generator, end_s: float, classes: int) -> VideoTruth:
    """Up to five spans to a tenth of a second; some reach past the end."""
    count = int(rng.integers(0, 6))
    starts = rng.integers(0, int(end_s * 10), count) / 10
    spans = np.stack([starts, starts + rng.integers(5, 60, count) / 10], axis=1)
    labels = rng.integers(1, classes + 1, count)
    ambiguous = np.array([[0.0, 0.5]]) if rng.random() < 0.3 else np.zeros((0, 2))
    return VideoTruth(Segments.of(spans.tolist(), labels.tolist()), ambiguous)


def random_frames(
    rng: np.random.Generator, truth: VideoTruth, frames: int, channels: int
) -> FrameScores:
    """Scores that rise where an action is, and some noise."""
    times_s = np.arange(frames) * STEP_S
    scores = rng.random((frames, channels))
    for (start, end), label in zip(
        truth.segments.spans_s, truth.segments.labels, strict=True
    ):
        scores[(times_s >= start) & (times_s < end), label] += rng.random() * 4
    scores /= scores.sum(axis=1, keepdims=True)
    return FrameScores(scores.astype(np.float32), times_s, frames * STEP_S)


def resting(frames: FrameScores) -> Placement:
    """Frames that all lie on one cell: where they lie decides nothing here."""
    shape = (len(frames), 1)
    return Placement(
        np.zeros((*shape, 2), np.int16),
        np.ones(shape, np.float32),
        (GRID, GRID),
        (7, 7),
        frames.times_s,
        frames.duration_s,
    )


@pytest.mark.parametrize("seed", range(12))
def test_they_agree(tmp_path: Path, seed: int) -> None:
    rng = np.random.default_rng(seed)
    run, model = small_run(tmp_path / "run"), small_model()
    classes, found = run.info.classes, {}
    entries, truths = [], {}
    for number in range(int(rng.integers(3, 8))):
        name, frames = f"video_test_{number:07d}", int(rng.integers(20, 120))
        truth = random_truth(rng, frames * STEP_S, len(classes))
        path = tmp_path / f"{name}.mp4"
        frame_scores = random_frames(rng, truth, frames, classes.channels)
        proposals, candidates = localise(frame_scores, model.settings, None)
        made = make_result(name, path=str(path))
        run.write_result(
            replace(
                made,
                placement=resting(frame_scores),
                trace=np.zeros((3, frames, 2), np.int16),
                frames=frame_scores,
                proposals=proposals,
                candidates=candidates,
                truth=None,
                info=replace(made.info, duration_s=frame_scores.duration_s),
            )
        )
        found[name], truths[name] = candidates.detections, truth
        entries.append(VideoEntry(name, path, "test", truth))
    absent = {"video_test_0000099": random_truth(rng, 20.0, len(classes))}
    sure = VideoTruth(Segments.of([[0.5, 4.0]], [1]), np.zeros((0, 2)))
    entries[0] = replace(entries[0], truth=sure)
    truths[entries[0].video_id] = sure
    dataset = Dataset(
        *("made", "thumos14", tmp_path, classes, tuple(entries), ()),
        absent={"test": absent},
    )
    detector = Detector(run, model, MeanColours, FeatureCache(tmp_path / "cache"))
    told = evaluate_run(dataset, detector, control=False, ceilings=False)

    write_annotation(tmp_path / "truth", {**truths, **absent}, classes, "test")
    truth = load_truth(tmp_path / "truth", "test")
    loaded = load_detections(run.root / "detections" / "test.json", truth.classes)
    scored = thumos.evaluate(loaded.found, truth.truths, truth.classes, tiou=TIOU)
    (row,) = told.rows
    for tiou, mean in zip(TIOU, scored.mean, strict=True):
        assert row.detection_map[tiou] == pytest.approx(100 * mean, abs=1e-9)
    everything = [*truths.values(), *absent.values()]
    assert told.counted.truths == sum(len(t.segments) for t in everything)
    assert told.counted.videos == len(entries) + 1
