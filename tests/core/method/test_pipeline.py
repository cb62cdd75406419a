"""The path on made features: what a result says of how it was made, and a stop."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from dbs_core.method.backprojection.frame_scores import to_frames
from dbs_core.method.backprojection.smoothing import smooth
from dbs_core.method.imprint import em
from dbs_core.method.imprint.arranging import arrangement
from dbs_core.method.pipeline import detect_in
from dbs_core.records import Features, SampledVideo, VideoEntry, VideoInfo, VideoResult
from dbs_core.runtime.errors import Cancelled
from dbs_core.runtime.progress import SILENT, Progress
from tests.core.small_model import SETTINGS, small_model

T = 12


def made_video() -> SampledVideo:
    rng = np.random.default_rng(3)
    maps = rng.random((T, 7, 7, 6)).astype(np.float32)
    features = Features(maps, np.arange(T) * 0.2, T * 0.2)
    return SampledVideo(features, rng.integers(0, 256, (T, 84, 84, 3), np.uint8))


def detected(settings=SETTINGS, progress: Progress = SILENT) -> VideoResult:
    return detect_in(
        VideoEntry("v", Path("v.mp4"), "test", None),
        VideoInfo(T * 0.2, 25.0, 64, 64, "h264"),
        made_video(),
        replace(small_model(), settings=settings),
        progress=progress,
    )


@pytest.mark.parametrize("projection", ["argmax", "soft"])
def test_a_result_knows_how_its_run_projects(projection):
    found = detected(replace(SETTINGS, projection=projection))
    assert found.projection == projection
    scores = to_frames(found.grid, found.placement, projection)
    np.testing.assert_array_equal(
        found.projected.probability, smooth(scores, SETTINGS.smoothing).probability
    )


def test_a_result_knows_how_its_imprint_is_arranged():
    found = detected()
    assert found.arrangement == arrangement(made_video().features, found.placement)


def test_tells_of_every_iteration_of_the_em():
    seen = []
    found = detected(progress=Progress(seen.append))
    told = [step.detail for step in seen if step.stage == "imprint"]
    steps = len(found.log_likelihood)
    assert told == ["v", *(f"v: imprint {n + 1} of 4" for n in range(steps))]


def test_a_stop_in_the_em_ends_before_the_next_iteration(monkeypatch):
    taken, step = [], em.iteration

    def spied(*args, **options):
        taken.append(step(*args, **options))
        return taken[-1]

    monkeypatch.setattr(em, "iteration", spied)
    with pytest.raises(Cancelled):
        detected(progress=Progress(cancelled=lambda: bool(taken)))
    assert len(taken) == 1
