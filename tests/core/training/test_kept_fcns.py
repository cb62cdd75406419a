"""An FCN of the very same samples is taken up; of any others it is trained."""

from dataclasses import replace

import numpy as np
import pytest

from dbs_core.datasets import open_dataset
from dbs_core.method.features.cache import FeatureCache
from dbs_core.method.segmentation.settings import TrainingSettings
from dbs_core.training import network
from dbs_core.training.learner import Learner
from dbs_core.training.learning import learn, training_entries
from tests.core.colour_dataset import write_dataset
from tests.core.small_model import SETTINGS, MeanColours

LEARN = replace(
    SETTINGS,
    training=TrainingSettings(epochs=2, held_out=False),
    head=replace(SETTINGS.head, kind="none"),
)


@pytest.fixture(scope="module")
def dataset(tmp_path_factory):
    return open_dataset(write_dataset(tmp_path_factory.mktemp("colours")))


@pytest.fixture
def trained(monkeypatch):
    """Count how often an FCN is really trained."""
    real, calls = network.train, []

    def train(*args, **kept):
        calls.append(args)
        return real(*args, **kept)

    monkeypatch.setattr(network, "train", train)
    return calls


@pytest.fixture
def learner(dataset, tmp_path):
    return Learner(
        dataset.classes,
        LEARN,
        0,
        MeanColours(),
        FeatureCache(tmp_path / "features"),
        tmp_path / "scratch",
    )


def learnt(dataset, learner):
    return learn(training_entries(dataset), learner)


def weights(found):
    return [part.numpy() for part in found.model.network.state_dict().values()]


def test_the_second_training_takes_it_up_to_the_last_bit(dataset, learner, trained):
    first, second = (learnt(dataset, learner) for _ in range(2))
    assert len(trained) == 1
    assert first.losses == second.losses
    for one, other in zip(weights(first), weights(second), strict=True):
        assert np.array_equal(one, other)


@pytest.mark.parametrize(
    "changed",
    [
        {"seed": 1},
        {"settings": replace(LEARN, dropout=0.9)},
        {"settings": replace(LEARN, training=replace(LEARN.training, epochs=3))},
    ],
)
def test_another_seed_or_setting_trains(dataset, learner, trained, changed):
    learnt(dataset, learner)
    learnt(dataset, replace(learner, **changed))
    assert len(trained) == 2


def test_another_truth_trains(dataset, learner, trained):
    learnt(dataset, learner)
    first, *rest = training_entries(dataset)
    spans = first.truth.segments.spans_s + 0.4
    moved = replace(first.truth.segments, spans_s=spans)
    first = replace(first, truth=replace(first.truth, segments=moved))
    learn([first, *rest], learner)
    assert len(trained) == 2


def test_a_damaged_file_is_trained_anew(dataset, learner, trained):
    first = learnt(dataset, learner)
    (path,) = (learner.cache.root / "networks").glob("*.npz")
    path.write_bytes(path.read_bytes()[:100])
    second = learnt(dataset, learner)
    assert len(trained) == 2
    assert first.losses == second.losses
    learnt(dataset, learner)
    assert len(trained) == 2
