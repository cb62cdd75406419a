"""The head of several scales: its points, and what it tells of every frame."""

import numpy as np
import pytest
import torch

from dbs_core.method.detection.pyramid import PyramidHead
from dbs_core.method.detection.settings import HeadSettings
from dbs_core.method.detection.sharpening import sharpen
from dbs_core.records import FrameScores
from dbs_core.runtime.errors import InputError

SMALL = HeadSettings(kind="pyramid", width=8)


def network(inputs=5, channels=3, settings=SMALL):
    torch.manual_seed(0)
    return PyramidHead(dimensions=inputs, channels=channels, settings=settings).eval()


def scores(t, channels=3):
    probability = np.random.default_rng(0).dirichlet(np.ones(channels), t)
    return FrameScores(probability.astype(np.float32), np.arange(t) * 0.2, t * 0.2)


@pytest.mark.parametrize("t", [1, 2, 16, 37])
def test_each_level_has_half_the_points_of_the_one_before(t):
    logits, levels = network()(torch.randn(2, t, 5))
    assert logits.shape == (2, t, 3)
    assert [level.stride for level in levels] == [1, 2, 4, 8, 16]
    for level in levels:
        count = len(range(0, t, level.stride))
        assert level.logits.shape == (2, count, 2)
        assert level.reach.shape == (2, count, 2)
        assert bool((level.reach > 0).all())


def test_before_training_no_point_is_sure_of_anything():
    with torch.inference_mode():
        _, levels = network()(torch.randn(1, 40, 5))
    for level in levels:
        assert float(level.logits.sigmoid().max()) < 0.1


def test_filling_up_a_shorter_video_changes_nothing_it_says():
    head, video = network(), torch.randn(1, 13, 5)
    filled = torch.cat([video, 100 * torch.ones(1, 8, 5)], dim=1)
    there = (torch.arange(21) < 13)[None]
    alone, apart = head(video), head(filled, there)
    torch.testing.assert_close(apart[0][:, :13], alone[0])
    for one, other in zip(apart[1], alone[1], strict=True):
        count = other.logits.shape[1]
        torch.testing.assert_close(one.logits[:, :count], other.logits)
        torch.testing.assert_close(one.reach[:, :count], other.reach)


def test_the_surest_level_has_its_say_class_by_class():
    head, frames = network(), torch.randn(20, 5)
    with torch.inference_mode():
        _, told = head.tell(frames, every_s=0.5)
        _, levels = head(frames[None])
    assert told.shape == (20, 2, 3)
    for frame in range(20):
        for label in range(2):
            said = [
                (
                    float(level.logits[0, frame // level.stride, label].sigmoid()),
                    *(0.5 * level.reach[0, frame // level.stride]).tolist(),
                )
                for level in levels
                if frame % level.stride == 0
            ]
            score, back, ahead = max(said)
            assert told[frame, label].tolist() == pytest.approx([back, ahead, score])


def test_it_sharpens_as_any_head_does_and_keeps_a_reach_for_each_class():
    frames = np.random.default_rng(1).normal(size=(12, 5)).astype(np.float32)
    own, head = scores(12), network()
    found = sharpen(head, frames, own, SMALL)
    assert found.reach_s.shape == (12, 2, 3)
    with torch.inference_mode():
        alone = head.tell(torch.from_numpy(frames), 0.2)[0].softmax(-1).numpy()
    wanted = (alone + own.probability) / 2
    np.testing.assert_allclose(found.frames.probability, wanted, atol=1e-6)


def test_a_single_frame_is_a_video_too():
    found = sharpen(network(), np.ones((1, 5), np.float32), scores(1), SMALL)
    assert np.isfinite(found.frames.probability).all()
    assert np.isfinite(found.reach_s).all()


def test_ranges_come_in_pairs():
    with pytest.raises(InputError, match="two numbers a level"):
        HeadSettings(ranges=(0, 5, 4))
