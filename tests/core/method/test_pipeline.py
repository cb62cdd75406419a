"""The path on made features: what a result says of how it was made."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from dbs_core.method.backprojection.frame_scores import to_frames
from dbs_core.method.backprojection.smoothing import smooth
from dbs_core.method.pipeline import detect_in
from dbs_core.records import Features, SampledVideo, VideoEntry, VideoInfo
from tests.core.small_model import SETTINGS, small_model

T = 12


def made_video() -> SampledVideo:
    rng = np.random.default_rng(3)
    maps = rng.random((T, 7, 7, 6)).astype(np.float32)
    features = Features(maps, np.arange(T) * 0.2, T * 0.2)
    return SampledVideo(features, rng.integers(0, 256, (T, 84, 84, 3), np.uint8))


@pytest.mark.parametrize("projection", ["argmax", "soft"])
def test_a_result_knows_how_its_run_projects(projection):
    model = small_model()
    model = replace(model, settings=replace(SETTINGS, projection=projection))
    entry = VideoEntry("v", Path("v.mp4"), "test", None)
    found = detect_in(
        entry, VideoInfo(T * 0.2, 25.0, 64, 64, "h264"), made_video(), model
    )
    assert found.projection == projection
    scores = to_frames(found.grid, found.placement, soft=projection == "soft")
    np.testing.assert_array_equal(
        found.projected.probability, smooth(scores, SETTINGS.smoothing).probability
    )
