"""The per-frame classifier without imprint."""

import numpy as np
import pytest
import torch

from dbs_core.method.control import FrameClassifier, classify, pooled
from dbs_core.method.segmentation.settings import ControlSettings
from dbs_core.records import Features
from dbs_core.runtime.errors import Cancelled
from dbs_core.runtime.progress import Progress
from dbs_core.training.control import train_classifier

D, C = 8, 3


def classifier(seed=0):
    torch.manual_seed(seed)
    return FrameClassifier(dimensions=D, channels=C, hidden=16, dropout=0.2)


@pytest.fixture
def toy(rng):
    """Three blobs, one a class."""
    labels = rng.integers(0, C, 300)
    centres = 2 * rng.normal(size=(C, D))
    points = centres[labels] + 0.3 * rng.normal(size=(300, D))
    return points.astype(np.float32), labels


def trained(points, targets, seed=0):
    model = classifier(seed)
    torch.manual_seed(1)
    train_classifier(
        model,
        points,
        targets,
        ControlSettings(epochs=20, batch=32, learning_rate=1e-2),
        generator=torch.Generator().manual_seed(seed),
    )
    return model


def scored(model, points):
    return classify(model, points, np.arange(len(points)) * 0.2, len(points) * 0.2)


def test_learns_a_toy_by_heart(toy):
    points, labels = toy
    model = trained(points, np.eye(C, dtype=np.float32)[labels])
    scores = scored(model, points)
    assert (scores.probability.argmax(1) == labels).mean() > 0.99
    np.testing.assert_allclose(scores.probability.sum(1), 1, atol=1e-5)


def test_frames_without_a_label_are_left_out(toy):
    """Ambiguous frames may hold anything, even NaN: they change nothing."""
    points, labels = toy
    targets = np.eye(C, dtype=np.float32)[labels]
    odd = np.concatenate([points, np.full((40, D), np.nan, np.float32)])
    none = np.concatenate([targets, np.zeros((40, C), np.float32)])
    first, second = trained(points, targets), trained(odd, none)
    for a, b in zip(first.parameters(), second.parameters(), strict=True):
        assert torch.equal(a, b)


def test_no_labelled_frame_leaves_the_weights_alone(toy):
    points, _ = toy
    model = trained(points, np.zeros((300, C), np.float32))
    for a, b in zip(model.parameters(), classifier().parameters(), strict=True):
        assert torch.equal(a, b)


def test_soft_targets_share_the_score(rng):
    """Frames of two classes at once: half each."""
    points = np.tile(rng.normal(size=(1, D)), (200, 1)).astype(np.float32)
    model = trained(points, np.tile(np.float32([0, 0.5, 0.5]), (200, 1)))
    np.testing.assert_allclose(
        scored(model, points[:1]).probability[0], [0, 0.5, 0.5], atol=0.05
    )


def test_no_frame_gives_no_score():
    nothing = classify(classifier(), np.zeros((0, D), np.float32), np.zeros(0), 1.0)
    assert nothing.probability.shape == (0, C)


def test_dropout_is_off_when_classifying(toy):
    model = classifier().train()
    first, second = (scored(model, toy[0]).probability for _ in range(2))
    np.testing.assert_array_equal(first, second)


def test_pooled_is_the_mean_over_cells(rng):
    maps = rng.normal(size=(300, 7, 7, D)).astype(np.float16)
    features = Features(maps, np.arange(300) * 0.2, 60.0)
    wanted = maps.astype(np.float64).mean((1, 2))
    np.testing.assert_allclose(pooled(features), wanted, atol=1e-5)


def test_can_be_stopped(toy):
    points, labels = toy
    steps = []
    progress = Progress(steps.append, lambda: len(steps) == 2)
    with pytest.raises(Cancelled):
        train_classifier(
            classifier(),
            points,
            np.eye(C, dtype=np.float32)[labels],
            ControlSettings(),
            generator=torch.Generator().manual_seed(0),
            progress=progress,
        )
    assert len(steps) == 2
