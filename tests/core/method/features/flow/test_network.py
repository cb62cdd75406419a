"""Networks on motion: what they see, and that only the first layer is changed."""

import numpy as np
import pytest
import torch
from torch import nn

from dbs_core.method.features.backbone import Backbone
from dbs_core.method.features.backbones.efficientnet import EfficientNetLite0
from dbs_core.method.features.flow.network import (
    cross_modality,
    flow_backbone,
    motion_picture,
)
from dbs_core.method.features.settings import FeatureSettings
from dbs_core.method.features.streams import stream_backbone
from dbs_core.runtime.errors import InputError
from tests.core.small_model import MeanColours


@pytest.fixture(scope="module")
def rgb():
    return EfficientNetLite0()


@pytest.fixture(scope="module")
def stack():
    return flow_backbone(EfficientNetLite0(), "dis", "stack")


def steady(right: int, down: int, count: int = 1) -> np.ndarray:
    """Give stacks of one motion, in bytes from 128."""
    both = np.array([128 + right, 128 + down] * 5, np.uint8)
    return np.tile(both, (count, 224, 224, 1))


class TestCrossModality:
    def test_each_channel_has_the_mean_weight_and_the_bias_stays(self):
        """Ten equal channels answer as RGB with 10 / 3 of the grey level."""
        first = nn.Conv2d(3, 4, 3, padding=1)
        weight, bias = first.weight.data.clone(), first.bias.data.clone()
        grey = torch.rand(2, 1, 8, 8)
        wanted = first((grey * 10 / 3).repeat(1, 3, 1, 1))
        cross_modality(nn.Sequential(first, nn.ReLU()), 10)
        assert first.weight.shape == (4, 10, 3, 3)
        np.testing.assert_allclose(
            first.weight[:, 7].detach(), weight.mean(dim=1), rtol=1e-6
        )
        np.testing.assert_array_equal(first.bias.detach(), bias)
        torch.testing.assert_close(first(grey.repeat(1, 10, 1, 1)), wanted)

    def test_a_network_without_colours_is_refused(self):
        with pytest.raises(ValueError, match="3 channels"):
            cross_modality(nn.Sequential(nn.Conv2d(1, 4, 3)), 10)


class TestStack:
    def test_is_a_backbone_of_the_same_geometry(self, stack, rgb):
        assert isinstance(stack, Backbone)
        assert stack.dimensions == rgb.dimensions
        maps = stack(steady(5, -5, 2))
        assert maps.shape == (2, 7, 7, 1280)
        assert maps.dtype == torch.float32
        assert maps.min() >= 0

    def test_no_motion_is_what_rgb_makes_of_zero(self, stack, rgb):
        """128 in a stack is 0 to the network, as is 127 in a frame."""
        grey = np.full((1, 224, 224, 3), 127, np.uint8)
        torch.testing.assert_close(stack(steady(0, 0)), rgb(grey), atol=1e-3, rtol=0)

    def test_a_motion_is_a_grey_picture(self, stack, rgb):
        """Every channel 3 levels up: the mean weights see 30, as RGB of 3 x 10."""
        grey = np.full((1, 224, 224, 3), 127 + 10, np.uint8)
        torch.testing.assert_close(stack(steady(3, 3)), rgb(grey), atol=2e-3, rtol=0)

    def test_only_known_networks(self):
        with pytest.raises(InputError, match=r"got mean-colours.*--flow-input picture"):
            flow_backbone(MeanColours(), "dis", "stack")


class TestPicture:
    @pytest.mark.parametrize(
        ("motion", "colour"),
        [
            ((0, 0), (127, 127, 127)),
            ((6, -8), (127 + 24, 127 - 32, 127 + 40)),  # 3-4-5, four times
            ((-100, 100), (0, 255, 255)),
        ],
    )
    def test_colours(self, motion, colour):
        np.testing.assert_array_equal(
            motion_picture(steady(*motion))[0, 0, 0], np.uint8(colour)
        )

    def test_motion_is_averaged_over_the_pairs(self):
        stacks = steady(0, 0)
        stacks[..., 0::2] = 128 + np.array([0, 1, 2, 3, 4], np.uint8)
        assert motion_picture(stacks)[0, 0, 0].tolist() == [135, 127, 135]

    def test_any_backbone_sees_it(self):
        found = flow_backbone(MeanColours(), "dis", "picture")
        wanted = MeanColours()(motion_picture(steady(6, -8)))
        torch.testing.assert_close(found(steady(6, -8)), wanted)


class TestStream:
    def test_rgb_is_the_network_itself(self):
        network = MeanColours()
        assert stream_backbone(FeatureSettings(), lambda: network) is network

    def test_what_decides_the_features_is_in_the_name(self):
        names = {
            stream_backbone(
                FeatureSettings(stream="flow", flow=method), MeanColours
            ).name
            for method in ("dis", "farneback")
        }
        shown = {flow_backbone(EfficientNetLite0(), "dis", "stack").name}
        assert len(names | shown | {MeanColours.name}) == 4
        assert "mean-colours-flow-dis-picture" in names

    def test_a_missing_method_is_said_before_the_network_is_loaded(self, monkeypatch):
        def never():
            raise AssertionError("the network was loaded")

        import cv2

        monkeypatch.delattr(cv2, "optflow", raising=False)
        with pytest.raises(InputError, match="TV-L1"):
            stream_backbone(FeatureSettings(stream="flow", flow="tvl1"), never)
