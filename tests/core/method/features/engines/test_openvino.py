"""OpenVINO beside PyTorch: the same maps, kept whole, and nothing told to anybody."""

import itertools
import logging
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from dbs_core.method.features.backbones.bn_inception import BNInception, BNInceptionFile
from dbs_core.method.features.backbones.efficientnet import EfficientNetLite0
from dbs_core.method.features.backbones.from_torchvision import last_map
from dbs_core.method.features.backbones.normalised import NormalisedNetwork
from dbs_core.method.features.cache import FeatureCache
from dbs_core.method.features.engines import choosing, conversion
from dbs_core.method.features.engines.choosing import engine_for
from dbs_core.method.features.engines.openvino_engine import OpenVINOEngine
from dbs_core.method.features.engines.openvino_package import Unusable, openvino
from dbs_core.method.features.engines.pytorch import PyTorchEngine
from dbs_core.method.features.flow.network import PictureBackbone, StackBackbone
from dbs_core.method.features.network_input import seen
from dbs_core.method.features.network_maps import NetworkMaps
from dbs_core.method.features.settings import FeatureSettings
from dbs_core.method.features.streams import named_backbone
from dbs_core.runs.places import SAMPLE_DATA
from dbs_core.runtime import threads
from dbs_core.runtime.errors import InputError
from tests.core.make_video import write_video
from tests.core.small_model import MeanColours
from tests.shared_data import ROOT

VIDEO = SAMPLE_DATA / "test" / "video_test_0000001.mp4"


@pytest.fixture(scope="module")
def frames():
    """Real ones, more than a pass takes and not a multiple of it."""
    taken = itertools.islice(seen(VIDEO, FeatureSettings()), 21)
    return np.stack([one.input for one in taken])


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    return tmp_path_factory.mktemp("networks")


@pytest.fixture(scope="module")
def network():
    return EfficientNetLite0()


@pytest.fixture(scope="module")
def output(network, root, frames):
    return engine_for(network, "float32", root)(frames)


def small(seed: int = 0) -> NormalisedNetwork:
    """Pools to 14 x 14 in a block, and ends with 7 x 7 x 8."""
    torch.manual_seed(seed)
    block = nn.Sequential(nn.AvgPool2d(16), nn.Conv2d(3, 5, 1))
    network = nn.Sequential(block, nn.ReLU(), nn.Conv2d(5, 8, 1), nn.AvgPool2d(2))
    look = last_map(network, "small")
    return NormalisedNetwork(
        "small", network, look, mean=[0.5] * 3, std=[0.2] * 3, device="cpu"
    )


def require_alike(found: np.ndarray, wanted: np.ndarray) -> None:
    """Equal to 1e-3 of each channel's spread, and to what float16 then rounds.

    A channel that is nearly always silent counts as a hundredth of the whole map.
    """
    found, wanted = (x.reshape(-1, x.shape[-1]).astype(float) for x in (found, wanted))
    spread = np.maximum(wanted.std(axis=0), wanted.std() / 100)
    step = np.spacing(np.abs(wanted).astype(np.float16)).astype(float)
    assert (np.abs(found - wanted) <= 1e-3 * spread + step).all()


class TestTheShippedNetwork:
    def test_both_maps_of_real_frames_are_pytorchs(self, network, output, frames):
        wanted = PyTorchEngine(network)(frames)
        require_alike(output.maps, wanted.maps)
        require_alike(output.fine, wanted.fine)
        assert output.fine.shape == (21, 14, 14, 112)

    def test_bfloat16_is_near_and_another(self, network, root, output, frames):
        found = engine_for(network, "bfloat16", root)(frames).maps.astype(float)
        wanted = output.maps.astype(float)
        assert (found != wanted).any()
        cosine = (found * wanted).sum(-1)
        cosine /= np.linalg.norm(found, axis=-1) * np.linalg.norm(wanted, axis=-1)
        assert cosine.mean() > 0.98

    @pytest.mark.parametrize("precision", ["float32", "bfloat16"])
    def test_the_same_bytes_on_any_number_of_threads(
        self, network, root, frames, monkeypatch, precision
    ):
        found = set()
        for count in (1, 2, 4):
            monkeypatch.setattr(threads, "_ALLOWED", count)
            monkeypatch.setenv("DBS_THREADS", str(count))
            maps, fine = engine_for(network, precision, root)(frames)
            found.add((maps.tobytes(), fine.tobytes()))
        assert len(found) == 1

    def test_a_frame_has_its_maps_whatever_stands_beside_it(
        self, network, root, output, frames
    ):
        alone = engine_for(network, "float32", root)(frames[20:])
        np.testing.assert_array_equal(alone.maps, output.maps[20:])
        np.testing.assert_array_equal(alone.fine, output.fine[20:])


class TestOtherNetworks:
    @pytest.mark.parametrize("shown", [PictureBackbone, StackBackbone])
    def test_motion(self, shown, root):
        network = shown(EfficientNetLite0(), "dis")
        taken = itertools.islice(seen(VIDEO, FeatureSettings(stream="flow")), 3)
        stacks = np.stack([one.input for one in taken])
        engine = engine_for(network, "float32", root)
        assert isinstance(engine, OpenVINOEngine)
        # As a user computes: PyTorch takes other kernels on a single thread.
        with threads.fixed_threads(2):
            wanted = PyTorchEngine(network)(stacks)
        require_alike(engine(stacks).maps, wanted.maps)

    def test_bn_inception(self, root, tmp_path, frames):
        torch.manual_seed(0)
        file = tmp_path / "weights.pth"
        torch.save(BNInception().state_dict(), file)
        network = BNInceptionFile(file)
        engine = engine_for(network, "float32", root)
        assert isinstance(engine, OpenVINOEngine)
        require_alike(engine(frames).maps, PyTorchEngine(network)(frames).maps)

    def test_those_of_other_packages(self, root, frames):
        engine = engine_for(small(), "float32", root)
        assert isinstance(engine, OpenVINOEngine)
        wanted = PyTorchEngine(small())(frames)
        require_alike(engine(frames).maps, wanted.maps)
        require_alike(engine(frames).fine, wanted.fine)

    def test_what_is_no_module_is_called(self, root, frames):
        engine = engine_for(MeanColours(), "float32", root)
        assert isinstance(engine, PyTorchEngine)
        assert engine(frames).maps.shape == (21, 7, 7, 6)

    def test_threads_share_an_engine(self, root, frames):
        engine = engine_for(small(), "float32", root)
        with ThreadPoolExecutor(8) as pool:
            alone = list(pool.map(lambda one: engine(one[None]).maps, frames))
        np.testing.assert_array_equal(np.concatenate(alone), engine(frames).maps)


class TestKept:
    @pytest.fixture
    def conversions(self, monkeypatch):
        """How often a network was converted."""
        made = []
        convert = conversion.converted

        def counted(network):
            made.append(network)
            return convert(network)

        monkeypatch.setattr(
            "dbs_core.method.features.engines.openvino_engine.converted", counted
        )
        return made

    def test_converted_once(self, tmp_path, conversions, frames):
        first = engine_for(small(), "float32", tmp_path)(frames)
        again = engine_for(small(), "float32", tmp_path)(frames)
        np.testing.assert_array_equal(first.maps, again.maps)
        assert len(conversions) == len(list(tmp_path.iterdir())) == 1

    def test_other_weights_are_another_network(self, tmp_path, conversions):
        for seed in (0, 1):
            engine_for(small(seed), "float32", tmp_path)
        assert len(conversions) == len(list(tmp_path.iterdir())) == 2

    @pytest.mark.parametrize("kept", [0, 1, 100, -1])
    def test_a_damaged_one_is_made_again(self, tmp_path, conversions, frames, kept):
        first = engine_for(small(), "float32", tmp_path)(frames)
        (file,) = tmp_path.iterdir()
        whole = file.read_bytes()
        file.write_bytes(whole[:kept])
        again = engine_for(small(), "float32", tmp_path)(frames)
        np.testing.assert_array_equal(first.maps, again.maps)
        assert len(conversions) == 2
        assert file.read_bytes() == whole

    def test_one_of_another_content_is_made_again(self, tmp_path, conversions):
        engine_for(small(), "float32", tmp_path)
        (file,) = tmp_path.iterdir()
        nothing = np.zeros(3, np.uint8)
        np.savez(file, graph=nothing, weights=nothing)
        engine_for(small(), "float32", tmp_path)
        assert len(conversions) == 2


class Deciding(nn.Module):
    """Does one thing for dark frames, another for bright ones: no trace holds both."""

    def __init__(self) -> None:
        super().__init__()
        self.seen = 0

    def forward(self, pictures):
        self.seen += 1
        return nn.functional.avg_pool2d(pictures, 32) * self.seen


class TestNotThere:
    """One line, and PyTorch; no result where bfloat16 was asked for."""

    SAID = "dbs_core.method.features.engines.choosing.openvino_engine"

    def unusable(self, monkeypatch):
        def refused(*_):
            raise Unusable("the package openvino is not there")

        monkeypatch.setattr(self.SAID, refused)
        monkeypatch.setattr(choosing, "openvino", refused)

    def test_pytorch_makes_the_features_and_one_line_says_so(
        self, monkeypatch, tmp_path, caplog
    ):
        self.unusable(monkeypatch)
        video = write_video(tmp_path / "a.mp4", 60)
        source = NetworkMaps(small(), on_cpu=True)
        with caplog.at_level(logging.WARNING):
            found = FeatureCache(tmp_path / "a").get(video, source, FeatureSettings())
            FeatureCache(tmp_path / "a").get(
                video, source, FeatureSettings(), span_s=(0.0, 1.0)
            )
        (line,) = caplog.messages
        assert "small: not through OpenVINO, the package openvino is not there" in line
        alone = FeatureCache(tmp_path / "b").get(
            video, NetworkMaps(small()), FeatureSettings()
        )
        np.testing.assert_array_equal(found.features.maps, alone.features.maps)

    def test_bfloat16_is_refused_before_any_work(self, monkeypatch):
        self.unusable(monkeypatch)
        with pytest.raises(
            InputError, match=r"no features in bfloat16 here.*got the package openvino"
        ):
            named_backbone(FeatureSettings(precision="bfloat16"))
        with pytest.raises(InputError, match="got the package"):
            engine_for(small(), "bfloat16", Path("nowhere"))

    def test_on_a_cpu_without_it_too(self, monkeypatch):
        class Old:
            def get_property(self, *_):
                return ["FP32", "INT8"]

        class Package:
            Core = Old

        monkeypatch.setattr(choosing, "openvino", lambda: Package)
        with pytest.raises(InputError, match="got a CPU without it"):
            named_backbone(FeatureSettings(precision="bfloat16"))

    def test_nor_on_a_gpu_nor_of_maps_made_elsewhere(self, tmp_path):
        with pytest.raises(InputError, match="got device cuda"):
            named_backbone(FeatureSettings(precision="bfloat16"), "cuda")
        np.save(tmp_path / "a.npy", np.zeros((4, 7, 7, 3), np.float32))
        maps = FeatureSettings(backbone=f"maps:{tmp_path}", precision="bfloat16")
        with pytest.raises(InputError, match="Leave out --precision"):
            named_backbone(maps)

    def test_a_network_that_a_trace_does_not_hold(self, tmp_path, frames, caplog):
        module = Deciding()
        network = NormalisedNetwork(
            "odd", module, module, mean=[0.0] * 3, std=[1.0] * 3, device="cpu"
        )
        with caplog.at_level(logging.WARNING):
            engine = engine_for(network, "float32", tmp_path)
        assert isinstance(engine, PyTorchEngine)
        assert "converted, it gives other maps" in caplog.text
        assert not list(tmp_path.iterdir())

    def test_one_that_does_not_compile(self, monkeypatch, tmp_path, caplog):
        class Refusing:
            def __getattr__(self, name):
                return getattr(openvino().Core(), name)

            def compile_model(self, *_):
                raise RuntimeError("no such kernel")

        class Package:
            Core = Refusing

        monkeypatch.setattr(
            "dbs_core.method.features.engines.openvino_engine.openvino",
            lambda: Package,
        )
        with caplog.at_level(logging.WARNING):
            engine = engine_for(small(), "float32", tmp_path)
        assert isinstance(engine, PyTorchEngine)
        assert "it does not compile (no such kernel)" in caplog.text
        assert not list(tmp_path.iterdir())


class TestKeys:
    """Features kept before are found; those of bfloat16 are others."""

    def test_float32_has_the_name_it_had(self):
        assert NetworkMaps(small(), on_cpu=True).name == NetworkMaps(small()).name
        assert NetworkMaps(EfficientNetLite0(), on_cpu=True).name == (
            "efficientnet-lite0-imagenet"
        )

    def test_features_of_pytorch_are_taken_as_they_are(self, tmp_path):
        video = write_video(tmp_path / "a.mp4", 60)
        cache = FeatureCache(tmp_path / "cache")
        cache.get(video, NetworkMaps(small()), FeatureSettings())
        before = {p: p.stat().st_mtime_ns for p in cache.root.iterdir()}
        cache.get(video, NetworkMaps(small(), on_cpu=True), FeatureSettings())
        assert {p: p.stat().st_mtime_ns for p in cache.root.iterdir()} == before

    def test_bfloat16_has_its_own(self, tmp_path):
        video = write_video(tmp_path / "a.mp4", 60)
        cache = FeatureCache(tmp_path / "cache")
        sources = [
            NetworkMaps(small(), on_cpu=True, precision=p)
            for p in ("float32", "bfloat16")
        ]
        for source in sources:
            cache.get(video, source, FeatureSettings())
        assert sources[1].name == f"{sources[0].name}-bfloat16"
        assert len(list(cache.root.glob("*.f16"))) == 2


TELLING = """
import socket, sys
from pathlib import Path

def refused(*_):
    raise SystemExit("spoke to somebody")

socket.socket.connect = socket.getaddrinfo = refused
from dbs_core.method.features.cache import FeatureCache
from dbs_core.method.features.network_maps import NetworkMaps
from dbs_core.method.features.backbones.efficientnet import EfficientNetLite0
from dbs_core.method.features.settings import FeatureSettings

source = NetworkMaps(EfficientNetLite0(), on_cpu=True)
FeatureCache(Path(sys.argv[2])).get(Path(sys.argv[1]), source, FeatureSettings())
assert "openvino" in sys.modules
assert not [name for name in sys.modules if name.startswith("openvino_telemetry")]
import openvino_telemetry  # whoever wants it finds it as ever
"""


def test_nothing_is_told_to_its_makers(tmp_path):
    """Neither over the network nor in files of the user's home."""
    home, video = tmp_path / "home", write_video(tmp_path / "a.mp4", 30)
    home.mkdir()
    kept = {"PATH": os.environ["PATH"], "HOME": str(home), "PYTHONWARNINGS": "ignore"}
    words = [sys.executable, "-c", TELLING, str(video), str(tmp_path / "cache")]
    done = subprocess.run(
        words, cwd=ROOT, env=kept, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert not done.stderr
    assert list((tmp_path / "cache").glob("*.openvino.npz"))
    assert not list(home.iterdir())
