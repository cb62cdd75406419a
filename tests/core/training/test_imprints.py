"""Imprints of a training: on the device that was asked for, and stopped at once."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from dbs_core.datasets import open_dataset
from dbs_core.method.features.cache import FeatureCache
from dbs_core.method.imprint import accumulation, counting_grid, em, fitting
from dbs_core.method.imprint.settings import EpitomeSettings
from dbs_core.method.segmentation.settings import TrainingSettings
from dbs_core.records import Features, VideoEntry, VideoTruth
from dbs_core.runtime.errors import Cancelled
from dbs_core.runtime.progress import Progress
from dbs_core.training.imprints import place_all
from dbs_core.training.learner import Learner
from dbs_core.training.learning import learn, training_entries
from dbs_core.training.videos import TrainingVideo
from tests.core.colour_dataset import write_dataset
from tests.core.small_model import CLASSES, SETTINGS, MeanColours, small_model

EPITOME = EpitomeSettings(grid=16, tolerance=-1.0)
"""Never stands still."""
MODELS = {
    "full": (em, "iteration", EPITOME),
    "fast": (em, "iteration", replace(EPITOME, search="fast")),
    "counting": (counting_grid, "iteration", replace(EPITOME, model="counting-grid")),
}
MAKERS = ("samples", "projections", "both_heads")
"""Modules that average features into the cells of imprints."""


def learner(root, **options):
    cache = FeatureCache(root / "features")
    given = {"settings": SETTINGS, "seed": 0, **options}
    return Learner(
        CLASSES, backbone=MeanColours(), cache=cache, scratch=root / "s", **given
    )


def video(rng, video_id):
    maps = rng.random((40, 7, 7, 6)).astype(np.float16)
    features = Features(maps, np.arange(40) * 0.2, 8.0)
    entry = VideoEntry(video_id, Path(f"{video_id}.mp4"), "validation", None)
    return TrainingVideo(entry, "", features, VideoTruth.none())


def kept(root):
    return sorted((root / "features" / "placements").glob("*"))


@pytest.mark.parametrize("model", MODELS)
def test_a_stop_in_the_em_of_a_training_ends_before_the_next_iteration(
    model, rng, tmp_path, monkeypatch
):
    """The first video's imprint is kept, of the second nothing."""
    module, name, epitome = MODELS[model]
    step, steps, seen, stop = getattr(module, name), [], [], []

    def spied(*args, **options):
        found = step(*args, **options)
        steps.append(found)
        if "second" in seen[-1].detail and "imprint 3 of" in seen[-1].detail:
            stop.append(len(steps))
        return found

    monkeypatch.setattr(module, name, spied)
    settings = replace(SETTINGS, epitome=epitome)
    told = learner(
        tmp_path,
        settings=settings,
        progress=Progress(seen.append, lambda: bool(stop)),
    )
    videos = [video(rng, "first"), video(rng, "second")]
    with pytest.raises(Cancelled):
        place_all(videos, small_model().locate, told)
    assert stop == [len(steps)]
    assert len(kept(tmp_path)) == 1
    assert {(s.stage, s.total) for s in seen} == {("imprints", 2)}
    again = place_all(
        videos, small_model().locate, learner(tmp_path, settings=settings)
    )
    assert len(again) == len(kept(tmp_path)) == 2


def test_imprints_are_made_on_the_device_of_the_training(tmp_path, monkeypatch):
    """From the EM to the heads' input; "cpu:0" is told from the default "cpu"."""
    asked = {name: set() for name in ("fit", *MAKERS)}

    def fitted(*args, device="none", **options):
        asked["fit"].add(device)
        return fitting.fit(*args, device=device, **options)

    def averaging(name):
        def imprint_of(features, placement, device="none"):
            asked[name].add(device)
            return accumulation.imprint_of(features, placement, device)

        return imprint_of

    monkeypatch.setattr("dbs_core.training.imprints.fit", fitted)
    for name in MAKERS:
        module = f"dbs_core.training.{name}.imprint_of"
        monkeypatch.setattr(module, averaging(name))
    dataset = open_dataset(write_dataset(tmp_path / "colours"))
    few = replace(SETTINGS, training=TrainingSettings(epochs=1))
    learn(training_entries(dataset), learner(tmp_path, settings=few, device="cpu:0"))
    assert asked == {name: {"cpu:0"} for name in asked}
