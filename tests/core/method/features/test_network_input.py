"""Mirrored entries: each training video once more, as a mirror shows it."""

from dataclasses import replace

import numpy as np

from dbs_core.datasets import open_dataset
from dbs_core.method.features.cache import FeatureCache
from dbs_core.method.segmentation.settings import TrainingSettings
from dbs_core.training.learner import Learner
from dbs_core.training.learning import learn, training_entries
from dbs_core.training.videos import training_videos
from tests.core.colour_dataset import write_dataset
from tests.core.small_model import CLASSES, SETTINGS, MeanColours

BRIEF = replace(
    SETTINGS,
    training=TrainingSettings(epochs=1),
    features=replace(SETTINGS.features, mirrored=True),
    crops=True,
)


def test_every_imprint_comes_twice(tmp_path):
    """Two videos with two instances each: six imprints, and their mirror images."""
    entries = training_entries(open_dataset(write_dataset(tmp_path / "data")))
    cache = FeatureCache(tmp_path / "features")

    def learnt(settings, scratch):
        return learn(
            entries,
            Learner(CLASSES, settings, 0, MeanColours(), cache, tmp_path / scratch),
        )

    plain = replace(BRIEF, features=SETTINGS.features)
    assert learnt(plain, "plain").imprints == 6
    both = learnt(BRIEF, "both")
    assert (both.imprints, both.short, both.failures) == (12, 0, ())
    kept = sorted(
        path.name for path in (tmp_path / "features" / "placements").iterdir()
    )
    assert len(kept) == 6 + 12


def test_parts_have_names_of_their_own_and_the_same_truth(tmp_path):
    entry = training_entries(open_dataset(write_dataset(tmp_path / "data")))[0]
    cache = FeatureCache(tmp_path / "features")
    found = [
        video
        for mirrored in (False, True)
        for video in training_videos(
            entry,
            cache.get(entry.path, MeanColours(), SETTINGS.features, mirrored=mirrored),
            True,
            mirrored,
        )
    ]
    assert [video.whole for video in found] == [True, False, False] * 2
    assert len({video.part for video in found}) == 6
    for plain, turned in zip(found[:3], found[3:], strict=True):
        np.testing.assert_array_equal(plain.labels(3), turned.labels(3))
        np.testing.assert_allclose(
            turned.features.maps, plain.features.maps[:, :, ::-1], atol=2e-3
        )
