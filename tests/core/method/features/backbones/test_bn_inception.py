"""TSN's BN-Inception: published size, the file's wrappings, what it refuses."""

from pathlib import Path

import numpy as np
import pytest
import torch

from dbs_core.method.features.backbone import Backbone
from dbs_core.method.features.backbones.bn_inception import BNInception, BNInceptionFile
from dbs_core.runtime.errors import InputError


@pytest.fixture(scope="module")
def network():
    """Random weights with batch norms that do something."""
    torch.manual_seed(0)
    network = BNInception().eval()
    for module in network.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            module.weight.data.uniform_(0.8, 1.2)
            module.bias.data.uniform_(-0.1, 0.1)
            module.running_mean.uniform_(-0.1, 0.1)
            module.running_var.uniform_(0.5, 1.5)
    return network


@pytest.fixture(scope="module")
def file(network, tmp_path_factory):
    path = tmp_path_factory.mktemp("weights") / "bn_inception.pth"
    torch.save(network.state_dict(), path)
    return path


@pytest.fixture(scope="module")
def backbone(file):
    return BNInceptionFile(file)


@pytest.fixture(scope="module")
def frames():
    return np.random.default_rng(0).integers(0, 256, (2, 224, 224, 3), np.uint8)


def saved(path: Path, weights: object) -> Path:
    torch.save(weights, path)
    return path


def test_has_the_published_number_of_weights(network):
    """11,295,240 with the classifier of 1000 classes, as its conversions print."""
    count = sum(p.numel() for p in network.parameters())
    assert count + 1024 * 1000 + 1000 == 11_295_240


def test_widths_of_the_blocks_are_the_papers(network):
    """Output channels of 3a, 3b, ... 5b (Ioffe and Szegedy, figure 5)."""
    widths = [
        network.get_submodule(f"inception_{block}_1x1").in_channels
        for block in ("3a", "3b", "4a", "4b", "4c", "4d", "5a", "5b")
    ]
    assert widths == [192, 256, 576, 576, 576, 608, 1056, 1024]


def test_is_a_backbone_of_1024_channels(backbone, frames):
    assert isinstance(backbone, Backbone)
    maps = backbone(frames)
    assert maps.shape == (2, 7, 7, 1024) == (2, 7, 7, backbone.dimensions)
    assert maps.min() >= 0  # a concatenation of rectified branches


def test_sees_bgr_minus_the_mean(network, backbone, frames):
    """Against the unfolded network on what METHOD section 2.1 writes down."""
    picture = frames[:1].astype(np.float32)
    blue, green, red = (
        picture[..., 2] - 104,
        picture[..., 1] - 117,
        picture[..., 0] - 123,
    )
    bgr = torch.from_numpy(np.stack([blue, green, red], 1))
    with torch.inference_mode():
        wanted = network(bgr).permute(0, 2, 3, 1)
    np.testing.assert_allclose(
        backbone(frames[:1]), wanted, atol=1e-3 * float(wanted.abs().max())
    )


def test_flow_weights_see_ten_channels_around_128(tmp_path):
    torch.manual_seed(1)
    network = BNInception(10).eval()
    backbone = BNInceptionFile(saved(tmp_path / "flow.pth", network.state_dict()))
    assert backbone.channels == 10
    still = np.full((1, 224, 224, 10), 128, np.uint8)
    with torch.inference_mode():
        wanted = network(torch.zeros(1, 10, 224, 224)).permute(0, 2, 3, 1)
    np.testing.assert_allclose(backbone(still), wanted, atol=1e-4)
    with pytest.raises(InputError, match="wanted 10 channels, got 3"):
        backbone(still[..., :3])


class TestWrappings:
    """One network, however its conversion was saved."""

    @pytest.mark.parametrize("prefix", ["module.", "base_model.", "module.base_model."])
    def test_prefixes(self, network, backbone, frames, tmp_path, prefix):
        weights = {f"{prefix}{n}": t for n, t in network.state_dict().items()}
        weights[f"{prefix.split('.')[0]}.new_fc.weight"] = torch.zeros(20, 1024)
        other = BNInceptionFile(saved(tmp_path / "a.pth", {"state_dict": weights}))
        np.testing.assert_array_equal(other(frames[:1]), backbone(frames[:1]))

    def test_batch_norms_from_caffe_have_an_axis_more(
        self, network, backbone, frames, tmp_path
    ):
        weights = {
            name: t[None] if "_bn." in name and t.ndim == 1 else t
            for name, t in network.state_dict().items()
            if not name.endswith("num_batches_tracked")
        }
        weights["fc.weight"], weights["fc.bias"] = (
            torch.zeros(1000, 1024),
            torch.zeros(1),
        )
        other = BNInceptionFile(saved(tmp_path / "a.pth", weights))
        np.testing.assert_array_equal(other(frames[:1]), backbone(frames[:1]))

    def test_the_name_follows_the_weights(self, network, backbone, tmp_path):
        weights = {n: t.clone() for n, t in network.state_dict().items()}
        weights["inception_5b_1x1.bias"] += 1
        other = BNInceptionFile(saved(tmp_path / "a.pth", weights))
        assert other.name != backbone.name
        assert other.name.startswith("bn-inception-3ch-")


class TestRefused:
    def refused(self, path: Path) -> str:
        with pytest.raises(InputError) as caught:
            BNInceptionFile(path)
        line = str(caught.value)
        assert "\n" not in line
        assert str(path) in line
        return line

    def test_missing_extra_and_misshapen_layers_are_named(self, network, tmp_path):
        weights = dict(network.state_dict())
        del weights["inception_3a_1x1.weight"]
        weights["inception_9z_1x1.weight"] = torch.zeros(1)
        weights["conv2_3x3.bias"] = torch.zeros(191)
        line = self.refused(saved(tmp_path / "a.pth", weights))
        assert "missing: inception_3a_1x1.weight" in line
        assert "left over: inception_9z_1x1.weight" in line
        assert "of another shape: conv2_3x3.bias (191,) for (192,)" in line

    def test_many_are_counted(self, network, tmp_path):
        weights = {
            n: t for n, t in network.state_dict().items() if n.startswith("conv")
        }
        assert " more" in self.refused(saved(tmp_path / "a.pth", weights))

    def test_weights_that_are_no_numbers(self, network, tmp_path):
        weights = {n: t.clone() for n, t in network.state_dict().items()}
        weights["conv2_3x3.bias"][3] = float("nan")
        line = self.refused(saved(tmp_path / "a.pth", weights))
        assert "not finite: conv2_3x3.bias" in line

    def test_another_network(self, tmp_path):
        other = torch.nn.Sequential(torch.nn.Conv2d(3, 8, 3)).state_dict()
        assert "no BN-Inception" in self.refused(saved(tmp_path / "a.pth", other))

    def test_no_state_dict(self, tmp_path):
        assert "no weights" in self.refused(saved(tmp_path / "a.pth", [1, 2]))

    def test_whole_modules_are_not_run(self, network, tmp_path):
        line = self.refused(saved(tmp_path / "a.pth", network))
        assert "cannot be read as plain weights" in line
        assert "state_dict()" in line

    @pytest.mark.parametrize("content", [b"", b"caffe", b"\x80\x02" + b"x" * 100])
    def test_damaged_file(self, tmp_path, content):
        path = tmp_path / "a.pth"
        path.write_bytes(content)
        assert "cannot be read as plain weights" in self.refused(path)

    @pytest.mark.parametrize("name", ["", "gone.pth"])
    def test_no_file(self, tmp_path, name):
        assert "no such checkpoint file" in self.refused(tmp_path / name)
