"""Features and annotation alone: trained, detected in and evaluated without a video.

The same features beside their videos give the same detections.
"""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from dbs_core import evaluate
from dbs_core.cli.main import main
from dbs_core.datasets import open_dataset, read_truth
from dbs_core.method.features.cache import FeatureCache
from dbs_core.method.features.settings import FeatureSettings
from dbs_core.method.imprint.mosaic import EMPTY
from dbs_core.runs.run import Run
from dbs_core.runs.unseen import unseen_videos
from tests.core.colour_dataset import SECONDS, write_dataset
from tests.core.small_model import CLASSES, MeanColours

TRAIN = ("--grid", "16", "--epochs", "1", "--architecture", "C3", "--start", "snake")
RATE = 2.5
NETWORK = "dbs_core.method.features.backbones.opening.EfficientNetLite0"


@pytest.fixture(scope="module", autouse=True)
def _no_network() -> Iterator[None]:
    def never(device: object) -> None:
        raise AssertionError("the network was loaded")

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(NETWORK, never)
        yield


def call(*argv: object) -> int:
    return main([str(part) for part in argv])


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_dataset(tmp_path_factory.mktemp("made") / "colours")


@pytest.fixture(scope="module")
def alone(made: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same data set without a single video."""
    bare = tmp_path_factory.mktemp("bare") / "colours"
    shutil.copytree(made, bare)
    for split in ("validation", "test"):
        shutil.rmtree(bare / split)
    return bare


@pytest.fixture(scope="module")
def features(made: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Pooled colours of every video, [d, t], every other sample: 2.5 a second."""
    folder = tmp_path_factory.mktemp("features") / "pooled"
    folder.mkdir()
    cache = FeatureCache(folder.parent / "network")
    for entry in open_dataset(made).videos:
        maps = cache.get(entry.path, MeanColours(), FeatureSettings()).features.maps
        pooled = np.array(maps, np.float32).mean(axis=(1, 2))[::2]
        np.save(folder / f"{entry.video_id}.npy", pooled.T)
    return folder


def trained(data: Path, features: Path, root: Path) -> Run:
    argv = ("--backbone", f"maps:{features}", "--rate", RATE, "--channels", 6, *TRAIN)
    assert call("train", data, "--run", root, *argv) == 0
    return Run.open(root)


@pytest.fixture(scope="module")
def run(alone: Path, features: Path, tmp_path_factory: pytest.TempPathFactory) -> Run:
    root = tmp_path_factory.mktemp("runs") / "alone"
    found = trained(alone, features, root)
    assert call("evaluate", "--run", root, "--control", "--ceilings") == 0
    return found


def test_every_annotated_video_counts_as_any_other(run, alone, made):
    truths = open_dataset(made).split("test")
    found = evaluate(run)
    counted = found.counted.as_json()
    assert counted["absent"] == []
    assert counted["counted"]["videos"] == len([t for t in truths if t.truth])
    assert not unseen_videos(run, "test")


def test_finds_what_it_finds_beside_the_videos(run, made, features, tmp_path):
    beside = trained(made, features, tmp_path / "run")
    assert call("detect", made, "--run", beside.root) == 0
    for result in run.results("test"):
        other = beside.result("test", result.video_id)
        np.testing.assert_array_equal(other.placement.best, result.placement.best)
        np.testing.assert_allclose(
            other.frames.probability, result.frames.probability, atol=1e-5
        )
        assert other.info.seen
        assert not result.info.seen


def test_times_are_the_features_own(run):
    for result in run.results("test"):
        np.testing.assert_allclose(np.diff(result.frames.times_s), 1 / RATE)
        assert result.placement.window == (1, 1)
        assert (result.mosaic == EMPTY).all()


def test_a_second_look_finds_its_work_done(run, alone):
    before = {p: p.stat().st_mtime_ns for p in run.result_files("test")}
    assert call("detect", alone, "--run", run.root) == 0
    assert {p: p.stat().st_mtime_ns for p in run.result_files("test")} == before


def test_results_count_where_the_features_are_gone(run, features):
    figures = evaluate(run).to_rows()
    moved = features.rename(features.with_name("elsewhere"))
    try:
        assert evaluate(run).to_rows() == figures
    finally:
        moved.rename(features)


def test_what_is_missing_or_unknown_is_said(alone, features, tmp_path, capsys):
    some = tmp_path / "features"
    shutil.copytree(features, some)
    (gone, *_) = sorted(some.glob("*validation*"))
    gone.rename(some / "video_of_another_set.npy")
    trained(alone, some, tmp_path / "run")
    said = capsys.readouterr().err
    assert "without a file: features stand for them" in said
    assert (
        "features of 1 video that the data set does not know, not used: "
        "video_of_another_set" in said
    )
    info = json.loads((tmp_path / "run" / "run.json").read_text())
    assert info["left_out"] == []


@pytest.fixture
def listed(alone: Path, tmp_path: Path) -> Path:
    """The same annotation as one JSON in ActivityNet's layout."""
    database = {}
    for split, subset in (("validation", "training"), ("test", "validation")):
        for name, truth in read_truth(alone, split).items():
            spans = zip(truth.segments.spans_s, truth.segments.labels, strict=True)
            database[name] = {
                "subset": subset,
                "duration": SECONDS,
                "annotations": [
                    {"label": CLASSES.name_of(int(c)), "segment": s.tolist()}
                    for s, c in spans
                ],
            }
    (tmp_path / "json").mkdir()
    path = tmp_path / "json" / "truth.json"
    path.write_text(json.dumps({"database": database}))
    return path


def test_with_activitynets_json(listed, features, tmp_path):
    run = trained(listed, features, tmp_path / "run")
    found = evaluate(run, split="validation")
    assert found.counted.as_json()["absent"] == []
    assert found.counted.as_json()["counted"] == {"videos": 2, "truths": 3}


def test_its_durations_must_fit(listed, features, tmp_path, capsys):
    """Features of 8 s at 2.5 a second, taken for 5: they would end at 4."""
    argv = ("--backbone", f"maps:{features}", "--channels", 6, *TRAIN)
    assert call("train", listed, "--run", tmp_path / "run", *argv) == 2
    last = capsys.readouterr().err.strip().splitlines()[-1]
    assert "maps end much before the video, wanted 20 maps over the video's 8.0" in last


@pytest.mark.parametrize("layout", ["thumos", "table"])
def test_where_no_duration_is_told_truths_must_fit(
    alone, features, tmp_path, capsys, layout
):
    """Features of 8 s at 2.5 a second, taken for 5, end at 4; truths end at 7."""
    data = alone if layout == "thumos" else write_table(alone, tmp_path / "truth.csv")
    argv = ("--backbone", f"maps:{features}", "--channels", 6, *TRAIN)
    assert call("train", data, "--run", tmp_path / "run", *argv) == 2
    last = capsys.readouterr().err.strip().splitlines()[-1]
    assert "maps end much before the truth, 4.0 of 7.0 s" in last
    assert "--rate" in last
    assert not (tmp_path / "run").exists()


def write_table(alone: Path, path: Path) -> Path:
    rows = ["video,start,end,label"]
    for name, truth in read_truth(alone, "validation").items():
        spans = zip(truth.segments.spans_s, truth.segments.labels, strict=True)
        rows += [f"{name},{a},{b},{CLASSES.name_of(int(c))}" for (a, b), c in spans]
    path.write_text("\n".join(rows))
    return path


def test_annotation_alone_is_not_enough_for_a_network(alone, tmp_path, capsys):
    assert call("train", alone, "--run", tmp_path / "run") == 2
    assert "no video file in it" in capsys.readouterr().err


def test_features_of_none_of_its_videos(alone, features, tmp_path, capsys):
    (tmp_path / "f").mkdir()
    np.save(tmp_path / "f" / "other.npy", np.zeros((9, 6)))
    argv = ("--backbone", f"maps:{tmp_path / 'f'}", "--channels", 6, *TRAIN)
    assert call("train", alone, "--run", tmp_path / "run", *argv) == 2
    assert len(capsys.readouterr().err.strip().splitlines()[-1]) > 20
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (("--clips", "16:4"), "no clips"),
        (("--clips", "16:4:0"), "no clips"),
        (("--clips", "16:4:25", "--rate", "5"), "--clips says --rate and --offset"),
        (("--offset", "-1"), "wanted 0 or more"),
        (("--channels", "0"), "1 or more"),
    ],
)
def test_odd_options_are_one_line(alone, features, tmp_path, capsys, given, words):
    argv = ("train", alone, "--run", tmp_path / "run", "--backbone", f"maps:{features}")
    assert call(*argv, *given) == 2
    assert words in capsys.readouterr().err
    assert not (tmp_path / "run").exists()


def test_clips_say_rate_and_offset(alone, features, tmp_path):
    argv = ("--backbone", f"maps:{features}", "--channels", 6, *TRAIN)
    argv += ("--clips", "16:10:25")
    assert call("train", alone, "--run", tmp_path / "run", *argv) == 0
    made_of = Run.open(tmp_path / "run").info.settings["features"]
    assert (made_of["rate_hz"], made_of["offset_s"]) == (2.5, 0.32)
