"""An earlier map of any network, found by looking, and kept with the features."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import torch
from torch import nn

from dbs_core.method.features.backbones.efficientnet import EfficientNetLite0
from dbs_core.method.features.backbones.normalised import NormalisedNetwork
from dbs_core.method.features.cache import FeatureCache
from dbs_core.method.features.fine_layer import fine_layer
from dbs_core.method.features.flow.network import PictureBackbone
from dbs_core.method.features.network_maps import NetworkMaps
from dbs_core.method.features.settings import FeatureSettings
from tests.core.make_video import write_video
from tests.core.small_model import MeanColours


def blocks() -> NormalisedNetwork:
    """Pools to 14 x 14 in a block, widens there, and ends with 7 x 7."""
    same = nn.Conv2d(3, 3, 1, bias=False)
    same.weight.data = torch.eye(3)[:, :, None, None]
    block = nn.Sequential(nn.AvgPool2d(16), same)
    network = nn.Sequential(block, nn.Conv2d(3, 8, 1), nn.AvgPool2d(2))
    return NormalisedNetwork(
        "blocks", network, network, mean=[0.0] * 3, std=[1.0] * 3, device="cpu"
    )


def test_the_end_of_the_last_block_of_that_size_is_listened_to(rng):
    network = blocks()
    layer = fine_layer(network)
    frames = rng.integers(0, 255, (2, 224, 224, 3), np.uint8)
    with layer.listening() as heard:
        network(frames)
    (found,) = heard
    wanted = frames.reshape(2, 14, 16, 14, 16, 3).mean(axis=(2, 4)) / 255
    np.testing.assert_allclose(found, wanted, atol=1e-3)
    network(frames)
    assert len(heard) == 1


def test_each_thread_hears_its_own_frames(rng):
    network = blocks()
    layer = fine_layer(network)

    def level(value: int) -> float:
        with layer.listening() as heard:
            network(np.full((1, 224, 224, 3), value, np.uint8))
        return float(heard[0].mean()) * 255

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(level, range(0, 250, 10))) == pytest.approx(
            list(range(0, 250, 10)), abs=0.2
        )


def test_the_shipped_network_has_one_for_pictures_and_for_motion():
    network = EfficientNetLite0()
    for one, channels in ((network, 3), (PictureBackbone(network, "dis"), 10)):
        layer = fine_layer(one)
        with layer.listening() as heard:
            one(np.zeros((5, 224, 224, channels), np.uint8))
        assert np.concatenate(heard).shape == (5, 14, 14, 112)


def test_a_network_that_cannot_be_listened_to_has_none():
    assert fine_layer(MeanColours()) is None


def test_one_whose_maps_never_are_so_fine_has_none():
    network = nn.AvgPool2d(32)
    small = NormalisedNetwork(
        "small", network, network, mean=[0.0] * 3, std=[1.0] * 3, device="cpu"
    )
    assert fine_layer(small) is None


class TestKept:
    SETTINGS = FeatureSettings(batch=4)

    @pytest.fixture
    def video(self, tmp_path):
        return write_video(tmp_path / "a.mp4", 100)

    def test_bytes_are_kept_beside_the_features(self, video, tmp_path):
        cache = FeatureCache(tmp_path / "cache")
        first = cache.get(video, NetworkMaps(blocks()), self.SETTINGS)
        again = cache.get(video, NetworkMaps(blocks()), self.SETTINGS)
        assert first.fine.shape == (len(first.features), 14, 14)
        assert first.fine.max(axis=(1, 2)).tolist() == [255] * len(first.features)
        np.testing.assert_array_equal(first.fine, again.fine)

    def test_whatever_the_batch(self, video, tmp_path):
        kept = [
            FeatureCache(tmp_path / str(batch)).get(
                video, NetworkMaps(blocks()), FeatureSettings(batch=batch)
            )
            for batch in (3, 16)
        ]
        np.testing.assert_allclose(kept[0].fine.astype(int), kept[1].fine, atol=1)

    def test_a_cache_from_before_has_features_alone(self, video, tmp_path):
        cache = FeatureCache(tmp_path / "cache")
        first = cache.get(video, NetworkMaps(blocks()), self.SETTINGS)
        (fine,) = (tmp_path / "cache").glob("*.fine8")
        fine.unlink()
        old = cache.get(video, NetworkMaps(blocks()), self.SETTINGS)
        assert old.fine is None
        np.testing.assert_array_equal(old.features.maps, first.features.maps)

    def test_a_network_without_one_keeps_none(self, video, tmp_path):
        found = FeatureCache(tmp_path / "cache").get(
            video, MeanColours(), self.SETTINGS
        )
        assert found.fine is None
        assert not list((tmp_path / "cache").glob("*.fine8"))


def test_a_slice_of_a_batch_is_heard_too():
    """The shipped network takes four frames at once."""
    network = EfficientNetLite0()
    layer = fine_layer(network)
    frames = np.random.default_rng(0).integers(0, 255, (6, 224, 224, 3), np.uint8)
    with layer.listening() as together:
        network(frames)
    with layer.listening() as last:
        network(frames[5:])
    np.testing.assert_allclose(
        np.concatenate(together)[5:], last[0], atol=0.05, rtol=0.01
    )
