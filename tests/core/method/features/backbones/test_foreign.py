"""Networks of timm and torchvision, played by modules that cost nothing.

Where the packages are installed their real networks are tried too, with random
weights.
"""

import sys
import tomllib
from types import ModuleType, SimpleNamespace

import numpy as np
import pytest
import torch
from torch import nn

from dbs_core.method.features.backbone import Backbone
from dbs_core.method.features.backbones import open_backbone
from dbs_core.method.features.backbones.from_timm import timm_backbone
from dbs_core.method.features.backbones.from_torchvision import (
    last_map,
    torchvision_backbone,
)
from dbs_core.method.features.backbones.optional_packages import INSTALLED
from dbs_core.runtime.errors import InputError
from tests.shared_data import ROOT

MEAN, STD = (0.1, 0.2, 0.3), (0.5, 0.25, 0.2)


class Colours(nn.Module):
    """Pools pictures to 7 x 7: the map is the normalised mean colour of each cell."""

    num_features = 3
    pretrained_cfg = {"tag": "tiny_in1k"}  # noqa: RUF012

    def __init__(self):
        super().__init__()
        self.cells = nn.AvgPool2d(32)
        self.pool = nn.AdaptiveAvgPool2d(1)
        self.fc = nn.Linear(3, 2)

    def forward_features(self, x):
        return self.cells(x)

    def forward(self, x):
        return self.fc(self.pool(self.cells(x)).flatten(1))


class LastAxis(Colours):
    def forward_features(self, x):
        return self.cells(x).permute(0, 2, 3, 1)


class Tokens(Colours):
    """A transformer: one class token, then the patches in rows."""

    patch_embed = SimpleNamespace(grid_size=(7, 7))

    def forward_features(self, x):
        patches = self.cells(x).flatten(2).transpose(1, 2)
        return torch.cat([torch.zeros_like(patches[:, :1]), patches], 1)


class Vector(Colours):
    def forward_features(self, x):
        return self.pool(x).flatten(1)


class OtherSize(Colours):
    def forward_features(self, x):
        raise AssertionError("Input height (224) doesn't match model (384)")


@pytest.fixture
def timm(monkeypatch):
    networks = {
        "colours": Colours,
        "last_axis": LastAxis,
        "tokens": Tokens,
        "vector": Vector,
        "other_size": OtherSize,
    }

    def create_model(name, pretrained):
        if name.split(".")[0] == "offline":
            raise OSError("Name or service not known\nsecond line")
        if name.split(".")[0] not in networks:
            raise RuntimeError(f"Unknown model ({name})")
        return networks[name.split(".")[0]]()

    fake = ModuleType("timm")
    fake.create_model = create_model
    fake.data = SimpleNamespace(
        resolve_model_data_config=lambda network: {"mean": MEAN, "std": STD}
    )
    monkeypatch.setitem(sys.modules, "timm", fake)


@pytest.fixture
def torchvision(monkeypatch):
    weights = SimpleNamespace(
        name="SMALL_V1", transforms=lambda: SimpleNamespace(mean=MEAN, std=STD)
    )

    def known(name):
        if name != "colours":
            raise ValueError(f"Unknown model {name}")
        return SimpleNamespace(DEFAULT=weights)

    fake = ModuleType("torchvision")
    fake.models = SimpleNamespace(
        get_model_weights=known, get_model=lambda name, weights: Colours()
    )
    monkeypatch.setitem(sys.modules, "torchvision", fake)


@pytest.fixture(scope="module")
def frames():
    return np.random.default_rng(0).integers(0, 256, (2, 224, 224, 3), np.uint8)


def normalised_cells(frames):
    """The mean colour of each 32 x 32 cell, normalised, by hand."""
    cells = frames.reshape(-1, 7, 32, 7, 32, 3).mean((2, 4)) / 255
    return (cells - np.array(MEAN)) / np.array(STD)


class TestTimm:
    @pytest.mark.parametrize("name", ["colours", "last_axis", "tokens"])
    def test_maps_whatever_their_layout(self, timm, frames, name):
        backbone = timm_backbone(name)
        assert isinstance(backbone, Backbone)
        assert backbone.dimensions == 3
        np.testing.assert_allclose(
            backbone(frames), normalised_cells(frames), atol=1e-5
        )

    def test_the_name_says_the_weights(self, timm):
        for name in ("colours", "colours.tiny_in1k"):
            assert open_backbone(f"timm:{name}").name == "timm:colours-tiny_in1k"

    @pytest.mark.parametrize(
        ("name", "words"),
        [
            ("nothing", r"timm:nothing: no such network.*Unknown model \(nothing\)"),
            ("offline", r"timm:offline: .*Name or service not known\).*cache\.$"),
            ("vector", r"timm:vector: gives no map .*\(1, 3\)"),
            ("other_size", r"timm:other_size.*doesn't match model \(384\)"),
        ],
    )
    def test_what_cannot_be_used_is_one_line(self, timm, name, words):
        with pytest.raises(InputError, match=words):
            timm_backbone(name)


class TestTorchvision:
    def test_takes_the_last_map_before_pooling(self, torchvision, frames):
        backbone = open_backbone("torchvision:colours")
        assert backbone.name == "torchvision:colours-SMALL_V1"
        np.testing.assert_allclose(
            backbone(frames), normalised_cells(frames), atol=1e-5
        )

    def test_unknown_network(self, torchvision):
        with pytest.raises(InputError, match="Unknown model resnet999"):
            torchvision_backbone("resnet999")

    def test_a_sequence_after_the_map_means_that_there_is_none(self):
        network = nn.Sequential(nn.AvgPool2d(32), nn.Flatten(2), nn.Linear(49, 2))
        with pytest.raises(InputError, match="vit: gives no map"):
            last_map(network, "vit")(torch.zeros(1, 3, 224, 224))


class TestPackage:
    @pytest.mark.parametrize("name", ["timm", "torchvision"])
    def test_missing_package_names_the_cure(self, monkeypatch, name):
        monkeypatch.setitem(sys.modules, name, None)
        with pytest.raises(InputError, match=f"{name} is not installed.*pip install"):
            open_backbone(f"{name}:resnet18")

    def test_the_cure_installs_what_the_project_names(self):
        project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
        extras = project["optional-dependencies"]
        assert {name: " ".join(extras[name]) for name in INSTALLED} == INSTALLED


class TestNames:
    @pytest.mark.parametrize("name", ["", "resnet18", "timm:", "timm", "clip:x", ":"])
    def test_unknown_names_list_the_known(self, name):
        with pytest.raises(InputError, match=r"no such backbone.*maps:FOLDER"):
            open_backbone(name)


@pytest.mark.parametrize("name", ["resnet18", "swin_t"])
def test_real_torchvision(name, frames):
    pytest.importorskip("torchvision", exc_type=ImportError)
    assert torchvision_backbone(name, pretrained=False)(frames).shape[:3] == (2, 7, 7)


@pytest.mark.parametrize("name", ["resnet18", "swin_tiny_patch4_window7_224"])
def test_real_timm(name, frames):
    pytest.importorskip("timm", exc_type=ImportError)
    assert timm_backbone(name, pretrained=False)(frames).shape[:3] == (2, 7, 7)
