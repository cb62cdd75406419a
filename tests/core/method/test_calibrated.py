"""Calibrated detections along the path: in results, and in whatever comes of them."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from dbs_core.method.detecting_again import detect_again
from dbs_core.method.features.cache import FeatureCache
from dbs_core.method.fusion import fuse
from dbs_core.method.labels_to_spans import localise
from dbs_core.method.pipeline import detect
from dbs_core.method.repainting import repaint
from dbs_core.records import Calibration, VideoEntry, VideoResult
from dbs_core.runtime import store
from tests.core.make_video import write_video
from tests.core.small_model import SETTINGS, MeanColours, small_model

SCALE = Calibration(6.0, np.array([-2.0, -4.0]))


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> dict[str, VideoResult]:
    """What one model finds, with and without, and another with a calibration."""
    root = tmp_path_factory.mktemp("calibrated")
    entry = VideoEntry("a", write_video(root / "a.mp4", 100), "test", None)
    other = Calibration(2.0, np.array([0.0, 1.0]))
    models = {
        "raw": small_model(),
        "calibrated": replace(small_model(), calibration=SCALE),
        "other": replace(small_model(1), calibration=other),
        "members": replace(
            small_model(), others=(small_model(1000),), calibration=SCALE
        ),
    }
    cache = FeatureCache(root / "features")
    return {n: detect(entry, m, MeanColours(), cache) for n, m in models.items()}


def test_scores_are_probabilities_of_the_raw_ones(
    results: dict[str, VideoResult],
) -> None:
    raw, found = results["raw"].candidates, results["calibrated"].candidates
    assert len(raw.segments)
    np.testing.assert_array_equal(found.segments.spans_s, raw.segments.spans_s)
    np.testing.assert_array_equal(found.suppressed_by, raw.suppressed_by)
    wanted = SCALE(raw.segments).scores
    np.testing.assert_array_equal(found.segments.scores, wanted)
    before, after = (results[n].frames for n in ("raw", "calibrated"))
    np.testing.assert_array_equal(before.probability, after.probability)


def test_members_are_calibrated_once_all_together(
    results: dict[str, VideoResult],
) -> None:
    found = results["members"]
    _, raw = localise(found.frames, SETTINGS, found.reach_s)
    np.testing.assert_array_equal(
        found.candidates.segments.scores, SCALE(raw.segments).scores
    )


def test_a_result_keeps_what_it_needs(
    results: dict[str, VideoResult], tmp_path: Path
) -> None:
    store.write_record(tmp_path / "a.npz", results["calibrated"])
    back = store.read_record(tmp_path / "a.npz", VideoResult)
    unchanged = repaint(back, {}, SETTINGS)
    for found in (back, unchanged):
        np.testing.assert_array_equal(
            found.detections.scores, results["calibrated"].detections.scores
        )
    painted = repaint(back, {(0, 0): 1}, SETTINGS)
    assert painted.candidates.segments.scores.max(initial=0) < 1


def test_found_again_it_is_calibrated_unless_the_head_goes(
    results: dict[str, VideoResult],
) -> None:
    raw, found = results["raw"], results["calibrated"]
    for change in (
        {"overlap": 0.7},
        {"share": 0.25},
        {"floor": 0.2},
    ):
        after = replace(SETTINGS, head=replace(SETTINGS.head, **change))
        one, other = (detect_again(r, SETTINGS, after) for r in (raw, found))
        np.testing.assert_array_equal(
            one.candidates.kept.size, other.candidates.kept.size
        )
        np.testing.assert_array_equal(
            SCALE(one.candidates.segments).scores, other.candidates.segments.scores
        )
    headless = replace(SETTINGS, head=replace(SETTINGS.head, kind="none"))
    one, other = (detect_again(r, SETTINGS, headless) for r in (raw, found))
    assert other.calibration is None
    np.testing.assert_array_equal(one.detections.scores, other.detections.scores)


def test_fused_streams_meet_half_way(results: dict[str, VideoResult]) -> None:
    found = fuse(results["calibrated"], results["other"], SETTINGS, 0.25)
    assert found.calibration is not None
    assert found.calibration.slope == pytest.approx(0.25 * 6 + 0.75 * 2)
    np.testing.assert_allclose(found.calibration.offsets, [-0.5, -0.25])
    _, raw = localise(found.frames, SETTINGS, found.reach_s)
    np.testing.assert_allclose(
        found.candidates.segments.scores, found.calibration(raw.segments).scores
    )
    assert fuse(results["raw"], results["other"], SETTINGS).calibration is None
