"""The temporal head: what it is given, and what its scores become."""

import numpy as np
import pytest
import torch

from dbs_core.method.detection.head import TemporalHead
from dbs_core.method.detection.head_input import (
    PATH,
    ReadBack,
    frame_input,
    imprint_input,
)
from dbs_core.method.detection.settings import HeadSettings
from dbs_core.method.detection.sharpening import sharpen
from dbs_core.method.features.projection import Projection
from dbs_core.records import FrameScores, Imprint, Placement
from dbs_core.runtime.errors import InputError

SMALL = HeadSettings(kind="conv", width=8, dilations=(1, 2))


def network(inputs=5, channels=3, settings=SMALL):
    torch.manual_seed(0)
    return TemporalHead(dimensions=inputs, channels=channels, settings=settings).eval()


def scores(t=12, channels=3, seed=0):
    rng = np.random.default_rng(seed)
    probability = rng.dirichlet(np.ones(channels), t).astype(np.float32)
    return FrameScores(probability, np.arange(t) * 0.2, t * 0.2)


def test_gives_logits_and_positive_seconds_for_every_frame():
    logits, reach = network()(torch.randn(2, 12, 5))
    assert logits.shape == (2, 12, 3)
    assert reach.shape == (2, 12, 2)
    assert bool((reach > 0).all())


def test_before_training_every_frame_reaches_the_same():
    _, reach = network()(torch.randn(1, 12, 5))
    wanted = 0.8 * np.log1p(np.exp(2.0))
    np.testing.assert_allclose(reach.detach().numpy(), wanted, rtol=1e-6)


@pytest.mark.parametrize("share", [0.0, 0.3, 1.0])
def test_scores_are_mixed_by_share(share):
    frames = np.random.default_rng(1).normal(size=(12, 5)).astype(np.float32)
    settings = HeadSettings(width=8, dilations=(1, 2), share=share)
    own, head = scores(), network()
    found = sharpen(head, frames, own, settings)
    with torch.inference_mode():
        alone = head(torch.from_numpy(frames)[None])[0].softmax(-1)[0].numpy()
    wanted = share * alone + (1 - share) * own.probability
    np.testing.assert_allclose(found.frames.probability, wanted, atol=1e-6)
    np.testing.assert_allclose(found.frames.probability.sum(1), 1, atol=1e-5)
    assert found.reach_s.shape == (12, 2)
    np.testing.assert_array_equal(found.frames.times_s, own.times_s)


def test_a_single_frame_is_a_video_too():
    frames = np.ones((1, 5), np.float32)
    found = sharpen(network(), frames, scores(1), SMALL, smoothing=1.0)
    assert np.isfinite(found.frames.probability).all()


def test_frames_of_unit_length_get_unit_variance():
    rng = np.random.default_rng(2)
    rows = rng.normal(size=(2000, 16)).astype(np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    assert frame_input(rows).var() == pytest.approx(1, abs=0.05)


def test_the_head_sees_frame_read_back_and_path():
    rng = np.random.default_rng(3)
    t, d, r = 4, 6, 5
    imprint = Imprint(
        rng.random((16, 16, d)).astype(np.float32), np.ones((16, 16), np.float32)
    )
    locations = np.array([[0, 0], [0, 0], [8, 8], [0, 0]], np.int16)[:, None]
    placement = Placement(
        locations,
        np.ones((t, 1), np.float32),
        (16, 16),
        (7, 7),
        np.arange(t) * 0.2,
        t * 0.2,
    )
    axes = np.linalg.qr(rng.normal(size=(d, r)))[0].astype(np.float32)
    one = Projection(np.zeros(d, np.float32), axes)
    described = rng.random((t, r)).astype(np.float32)
    told = imprint_input(described, imprint, placement, ReadBack(one, one))
    assert told.shape == (t, 3 * r + PATH)
    np.testing.assert_allclose(told[:, :r], described * r**0.5, rtol=1e-6)
    # Frames of one place are told the same of it, those of another something else.
    np.testing.assert_array_equal(told[0, r : 3 * r], told[3, r : 3 * r])
    assert not np.allclose(told[0, r : 3 * r], told[2, r : 3 * r])
    cells = imprint.mean[8:15, 8:15].reshape(-1, d)
    mean = cells.mean(0) / np.linalg.norm(cells.mean(0)) @ axes
    wanted = mean / np.linalg.norm(mean) * r**0.5
    np.testing.assert_allclose(told[2, r : 2 * r], wanted, rtol=1e-4)


def test_wrong_settings_are_named():
    with pytest.raises(InputError, match="got 0"):
        HeadSettings(epochs=0)
