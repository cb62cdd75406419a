"""Features written small: what is read back, how large it is, that it trains."""

import numpy as np
import pytest

from dbs_core.cli.main import main
from dbs_core.datasets import open_dataset
from dbs_core.method.features.cache import FeatureCache
from dbs_core.method.features.kept_maps import as_bytes, leading_axes
from dbs_core.method.features.precomputed_maps import PrecomputedMaps
from dbs_core.method.features.settings import FeatureSettings
from dbs_core.runtime.errors import InputError
from tests.core.colour_dataset import write_dataset
from tests.core.small_model import MeanColours

NETWORK = "dbs_core.method.features.backbones.opening.EfficientNetLite0"
VIDEO = "video_test_0000001"


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    return write_dataset(tmp_path_factory.mktemp("made") / "colours")


@pytest.fixture(autouse=True)
def _small_network(monkeypatch):
    monkeypatch.setattr(NETWORK, lambda device: MeanColours())


@pytest.fixture(scope="module")
def full(data, tmp_path_factory):
    """The very maps of the test video."""
    entry = next(v for v in open_dataset(data).videos if v.video_id == VIDEO)
    cache = FeatureCache(tmp_path_factory.mktemp("cache"))
    return cache.get(entry.path, MeanColours(), FeatureSettings()).features


def features(*argv):
    return main(["features", *map(str, argv)])


def read(folder, name=VIDEO):
    return PrecomputedMaps(folder).features(name, FeatureSettings(), None)


def test_bytes_are_right_to_half_a_step(data, full, tmp_path):
    assert features(data, "--to", tmp_path / "f", "--precision", "uint8") == 0
    found, maps = read(tmp_path / "f"), np.asarray(full.maps, np.float32)
    step = (maps.max(axis=(0, 1, 2)) - maps.min(axis=(0, 1, 2))) / 255
    error = np.abs(np.asarray(found.maps, np.float32) - maps)
    assert (error <= step / 2 + 1e-3 * np.abs(maps) + 1e-6).all()
    assert error.max() > 0
    np.testing.assert_array_equal(found.times_s, full.times_s)
    assert (found.duration_s, found.lead_s) == (full.duration_s, 0.0)


def test_axes_hold_what_lies_on_them():
    """Cells on three directions of eight: three axes keep every length and angle."""
    rng = np.random.default_rng(0)
    cells = rng.normal(size=(400, 3)) @ rng.normal(size=(3, 8))
    axes = leading_axes(cells, 3)
    np.testing.assert_allclose(axes.T @ axes, np.eye(3), atol=1e-5)
    kept = cells @ axes
    np.testing.assert_allclose(kept @ kept.T, cells @ cells.T, rtol=1e-3, atol=1e-3)


def test_a_channel_that_never_changes(full):
    maps = np.full((3, 2, 2, 1), 0.5, np.float16)
    few = as_bytes(maps)
    np.testing.assert_array_equal(few, maps)


def test_fewer_channels_train_and_a_new_video_is_kept_alike(data, tmp_path, capsys):
    few = ("--to", tmp_path / "f", "--keep", 3, "--precision", "uint8")
    first = next(v.path for v in open_dataset(data).videos if v.video_id == VIDEO)
    assert features(first, *few) == 2
    assert "no training videos" in capsys.readouterr().err
    assert features(data, *few) == 0
    assert PrecomputedMaps(tmp_path / "f").dimensions == 3
    written = read(tmp_path / "f").maps
    (tmp_path / "f" / f"{VIDEO}.npz").unlink()
    assert features(first, *few) == 0
    np.testing.assert_array_equal(read(tmp_path / "f").maps, written)
    assert (
        sorted(p.name for p in (tmp_path / "f" / "kept").iterdir() if p.is_dir()) == []
    )
    words = ["--grid", "16", "--epochs", "1", "--architecture", "C1", "--head", "none"]
    argv = ["train", str(data), "--run", str(tmp_path / "run"), *words]
    assert main([*argv, "--backbone", f"maps:{tmp_path / 'f'}"]) == 0


def test_maps_kept_otherwise_are_not_mixed(data, tmp_path, capsys):
    assert features(data, "--to", tmp_path / "f") == 0
    assert features(data, "--to", tmp_path / "f", "--precision", "uint8") == 2
    assert "kept otherwise" in capsys.readouterr().err


def test_its_size_is_what_is_written(data, tmp_path, capsys):
    few = ("--to", tmp_path / "f", "--keep", 3, "--precision", "uint8")
    assert features(data, *few, "--size") == 0
    assert not (tmp_path / "f").exists()
    said = capsys.readouterr().out
    # 4 videos of 8 s, 5 frames a second, 49 cells of 3 bytes; in full 6 channels of 2.
    assert "4 videos, 160 frames of 49 cells: 0.1 KB each" in said
    assert "in full 0.6 KB" in said


@pytest.mark.parametrize(
    "arrays", [{"low": np.zeros(6)}, {"low": np.zeros(6), "scale": np.ones(5)}]
)
def test_bytes_without_their_scale_are_one_line(tmp_path, arrays):
    np.savez(tmp_path / "v.npz", maps=np.ones((4, 7, 7, 6), np.uint8), **arrays)
    with pytest.raises(InputError, match="no scale of each channel"):
        read(tmp_path, "v")
