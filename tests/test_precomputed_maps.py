"""Maps made elsewhere through the command line: trained, detected, evaluated."""

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from dbs_core.cli.main import main
from dbs_core.datasets import open_dataset
from dbs_core.method.features.cache import FeatureCache
from dbs_core.method.features.settings import FeatureSettings
from dbs_core.method.model_file import load_model
from dbs_core.runs.run import Run
from tests.core.colour_dataset import write_dataset
from tests.core.small_model import MeanColours

TRAIN = ("--grid", "16", "--epochs", "1", "--architecture", "P3")
NETWORK = "dbs_core.method.features.backbones.opening.EfficientNetLite0"


@pytest.fixture(scope="module", autouse=True)
def _no_network() -> Iterator[None]:
    def never(device: object) -> None:
        raise AssertionError("the network was loaded")

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(NETWORK, never)
        yield


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_dataset(tmp_path_factory.mktemp("made") / "colours")


def write_maps(made: Path, folder: Path, size: int = 7) -> Path:
    """Mean colours of every video as .npz with times, cut to size x size cells."""
    folder.mkdir()
    cache = FeatureCache(folder.parent / "network")
    for entry in open_dataset(made).videos:
        found = cache.get(entry.path, MeanColours(), FeatureSettings()).features
        np.savez(
            folder / f"{entry.video_id}.npz",
            maps=found.maps[:, :size, :size],
            times_s=found.times_s,
            duration_s=found.duration_s,
            lead_s=found.lead_s,
        )
    return folder


def call(*argv: object) -> int:
    return main([str(part) for part in argv])


@pytest.fixture(scope="module")
def maps(made: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_maps(made, tmp_path_factory.mktemp("maps") / "maps")


@pytest.fixture(scope="module")
def run(made: Path, maps: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("runs") / "run"
    assert call("train", made, "--run", root, "--backbone", f"maps:{maps}", *TRAIN) == 0
    assert call("detect", made, "--run", root) == 0
    return root


def test_the_run_says_whose_maps(run, maps):
    model = load_model(run / "model.npz")
    assert model.backbone == "maps-7x7x6"
    settings = json.loads((run / "run.json").read_text())["settings"]
    assert settings["features"]["backbone"] == f"maps:{maps}"


def test_finds_what_the_network_that_made_them_finds(run, made, tmp_path, monkeypatch):
    """The same maps, kept by us or read from a folder: the same detections."""
    monkeypatch.setattr(NETWORK, lambda device: MeanColours())
    own = tmp_path / "own"
    assert call("train", made, "--run", own, *TRAIN) == 0
    assert call("detect", made, "--run", own) == 0
    for split in Run.open(own).splits:
        for result in Run.open(own).results(split):
            other = Run.open(run).result(split, result.video_id)
            np.testing.assert_array_equal(other.placement.best, result.placement.best)
            np.testing.assert_allclose(
                other.detections.spans_s, result.detections.spans_s, atol=1e-6
            )
            np.testing.assert_array_equal(other.mosaic, result.mosaic)


def test_is_evaluated(run, capsys):
    assert call("evaluate", "--run", run, "--control") == 0


def test_maps_may_move(run, maps, made, tmp_path, capsys):
    moved = tmp_path / "moved"
    moved.mkdir()
    for path in maps.iterdir():
        (moved / path.name).write_bytes(path.read_bytes())
    (run / "results").rename(tmp_path / "results")
    try:
        argv = ("detect", made, "--run", run, "--backbone", f"maps:{moved}")
        assert call(*argv) == 0
    finally:
        if (run / "results").exists():
            (run / "results").rename(tmp_path / "again")
        (tmp_path / "results").rename(run / "results")


def test_a_video_without_maps_fails_alone(run, maps, made, tmp_path, capsys):
    fewer = tmp_path / "fewer"
    fewer.mkdir()
    ids = [path.name for path in sorted(maps.iterdir()) if "validation" in path.name]
    for name in ids[1:]:
        (fewer / name).write_bytes((maps / name).read_bytes())
    argv = ("--run", tmp_path / "run", "--backbone", f"maps:{fewer}", *TRAIN)
    assert call("train", made, *argv) == 2
    assert call("train", made, *argv, "--leave-out") == 1
    said = capsys.readouterr().err
    missing = ids[0].removesuffix(".npz")
    assert f"left out {missing}: " in said
    assert "no maps of this video" in said


def test_maps_of_other_channels_are_said_once(run, maps, made, tmp_path, capsys):
    wide = tmp_path / "wide"
    wide.mkdir()
    for path in maps.iterdir():
        kept = dict(np.load(path, allow_pickle=False))
        kept["maps"] = np.concatenate([kept["maps"]] * 2, axis=-1)
        np.savez(wide / path.name, **kept)
    (run / "results").rename(tmp_path / "results")
    try:
        argv = ("detect", made, "--run", run, "--backbone", f"maps:{wide}")
        assert call(*argv) == 2
    finally:
        (tmp_path / "results").rename(run / "results")
    said = capsys.readouterr().err
    assert said.count("wanted maps-7x7x6, got maps-7x7x12") == 1


def test_maps_of_another_size_go_the_whole_way(made, tmp_path):
    """5 x 5 cells: windows, loss and back-projection follow."""
    maps = write_maps(made, tmp_path / "maps", size=5)
    root = tmp_path / "run"
    assert call("train", made, "--run", root, "--backbone", f"maps:{maps}", *TRAIN) == 0
    assert call("detect", made, "--run", root) == 0
    (result, *_) = Run.open(root).results("test")
    assert result.placement.window == (5, 5)
    assert call("evaluate", "--run", root) == 0


def test_fewer_times_are_said_before_the_work(made, maps, tmp_path, capsys):
    cut = tmp_path / "cut"
    cut.mkdir()
    for path in maps.iterdir():
        kept = dict(np.load(path, allow_pickle=False))
        kept["times_s"] = kept["times_s"][:-1]
        np.savez(cut / path.name, **kept)
    root = tmp_path / "run"
    assert call("train", made, "--run", root, "--backbone", f"maps:{cut}", *TRAIN) == 0
    said = capsys.readouterr().err
    assert "are used" in said


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("resnet18", "no such backbone"),
        ("timm:", "no such backbone"),
        ("maps:/nowhere", "no such folder of maps"),
        ("bn-inception:/nowhere.pth", "no such checkpoint file"),
    ],
)
def test_wrong_names_are_one_line_and_leave_no_run(made, tmp_path, capsys, name, words):
    root = tmp_path / "run"
    assert call("train", made, "--run", root, "--backbone", name, *TRAIN) == 2
    said = capsys.readouterr().err
    assert words in said
    assert not root.exists()


def test_mirrored_maps_are_refused(made, maps, tmp_path, capsys):
    argv = ("train", made, "--run", tmp_path / "run", "--backbone", f"maps:{maps}")
    assert call(*argv, "--mirrored", *TRAIN) == 2
    assert "no mirror images" in capsys.readouterr().err


def write_bare(maps: Path, folder: Path, step: int = 1) -> Path:
    """The same maps as .npy without times, each step-th of them."""
    folder.mkdir()
    for path in maps.iterdir():
        np.save(folder / f"{path.stem}.npy", np.load(path)["maps"][::step])
    return folder


def test_maps_without_times_of_another_rate_are_refused_with_both_lengths(
    maps, made, tmp_path, capsys
):
    """Every other map, taken for 5 a second: they end at half of the video."""
    bare = write_bare(maps, tmp_path / "bare", 4)
    argv = ("--run", tmp_path / "run", "--backbone", f"maps:{bare}", *TRAIN)
    code = call("train", made, *argv)
    said = capsys.readouterr().err
    assert code == 2
    assert "maps end much before the video" in said
    assert "--rate" in said
    assert not (tmp_path / "run").exists()


def test_their_rate_makes_them_right(maps, made, tmp_path):
    bare = write_bare(maps, tmp_path / "bare", 4)
    argv = ("--run", tmp_path / "run", "--backbone", f"maps:{bare}", *TRAIN)
    assert call("train", made, *argv, "--rate", "1.25") == 0
    assert call("detect", made, "--run", tmp_path / "run") == 0
    run = Run.open(tmp_path / "run")
    for result in run.results("test"):
        np.testing.assert_allclose(np.diff(result.frames.times_s), 0.8, atol=1e-9)
