"""The head of several scales: its points, and what it tells of every frame."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from dbs_core.method.detection.pyramid import PyramidHead
from dbs_core.method.detection.settings import HeadSettings
from dbs_core.method.detection.sharpening import sharpen
from dbs_core.records import FrameScores
from dbs_core.runtime.errors import InputError
from dbs_core.training.head_sample import HeadSample
from dbs_core.training.head_strip import strip

SMALL = HeadSettings(kind="pyramid", width=8)


def network(inputs=5, channels=3, settings=SMALL):
    torch.manual_seed(0)
    return PyramidHead(dimensions=inputs, channels=channels, settings=settings).eval()


def scores(t, channels=3):
    probability = np.random.default_rng(0).dirichlet(np.ones(channels), t)
    return FrameScores(probability.astype(np.float32), np.arange(t) * 0.2, t * 0.2)


@pytest.mark.parametrize("t", [1, 2, 16, 37])
def test_each_level_has_half_the_points_of_the_one_before(t):
    logits, levels = network()(torch.randn(t, 5))
    assert logits.shape == (t, 3)
    assert [level.stride for level in levels] == [1, 2, 4, 8, 16]
    for level in levels:
        count = len(range(0, t, level.stride))
        assert level.logits.shape == (count, 2)
        assert level.reach.shape == (count, 2)
        assert bool((level.reach > 0).all())


def test_before_training_no_point_is_sure_of_anything():
    with torch.inference_mode():
        _, levels = network()(torch.randn(40, 5))
    for level in levels:
        assert float(level.logits.sigmoid().max()) < 0.1


@pytest.mark.parametrize("lengths", [(13, 40, 1), (16, 16), (32,)])
def test_videos_end_to_end_say_what_each_says_alone(lengths):
    """Whatever stands between them, which is filling."""
    head = network()
    videos = [HeadSample(torch.randn(t, 5), *empty(t)) for t in lengths]
    laid = strip(videos, SMALL.levels)
    frames = laid.frames + 100 * (laid.video < 0)[:, None]
    together, levels = head(frames, laid.video)
    start = 0
    for number, (video, span) in enumerate(zip(videos, laid.spans, strict=True)):
        alone, apart = head(video.frames)
        there = laid.video == number
        torch.testing.assert_close(together[there], alone)
        for one, other in zip(levels, apart, strict=True):
            first = start // one.stride
            for name in ("logits", "reach"):
                wanted = getattr(other, name)
                found = getattr(one, name)[first : first + len(wanted)]
                torch.testing.assert_close(found, wanted)
        start += span


def empty(t):
    """Target, reach, inside and actions of a video in which nothing happens."""
    nothing = torch.zeros(t, dtype=torch.bool)
    return torch.zeros(t, 3), torch.zeros(t, 2), nothing, torch.zeros(0, 3)


def test_each_video_of_a_strip_drops_channels_of_its_own():
    head = network(settings=replace(SMALL, dropout=0.0, input_dropout=0.5)).train()
    one = torch.ones(16, 5)
    laid = strip([HeadSample(one, *empty(16))] * 8, SMALL.levels)
    logits, _ = head(laid.frames, laid.video)
    said = {logits[laid.video == n].sum().item() for n in range(8)}
    assert len(said) > 3
    head.eval()
    logits, _ = head(laid.frames, laid.video)
    sums = torch.stack([logits[laid.video == n].sum() for n in range(8)])
    torch.testing.assert_close(sums, sums[:1].expand(8))


def test_the_surest_level_has_its_say_class_by_class():
    head, frames = network(), torch.randn(20, 5)
    with torch.inference_mode():
        _, told = head.tell(frames, every_s=0.5)
        _, levels = head(frames)
    assert told.shape == (20, 2, 3)
    for frame in range(20):
        for label in range(2):
            said = [
                (
                    float(level.logits[frame // level.stride, label].sigmoid()),
                    *(0.5 * level.reach[frame // level.stride]).tolist(),
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
