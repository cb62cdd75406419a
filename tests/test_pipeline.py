"""The whole path on real videos, from the command line to the detections.

Two short training and two short test videos of `ucf9-untrimmed`, a small grid, one
epoch: whether the parts fit, not how good they are. Features are shared by all tests
of this file.
"""

import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest
import torch

from dbs_core.cli.main import main
from dbs_core.datasets import open_dataset
from dbs_core.method.features.backbones.efficientnet import EfficientNetLite0
from dbs_core.method.features.cache import FeatureCache
from dbs_core.method.features.network_maps import NetworkMaps
from dbs_core.method.features.settings import FeatureSettings
from dbs_core.method.imprint.fitting import fit
from dbs_core.method.imprint.settings import EpitomeSettings
from dbs_core.method.model_file import load_model
from dbs_core.records import Features, ImprintFit, VideoResult
from dbs_core.runs.run import Run
from tests.shared_data import shared_data

pytestmark = pytest.mark.slow

TRAIN = ("--grid", "16", "--epochs", "1")
VIDEOS = {
    "validation": ("video_validation_0000055", "video_validation_0000037"),
    "test": ("video_test_0000023", "video_test_0000015"),
}
TIOU = ["0.1", "0.2", "0.3", "0.4", "0.5", "0.6", "0.7"]


@dataclass(frozen=True)
class Work:
    """A data set, a run trained on it, and the features of all its videos."""

    dataset: Path
    run: Path
    cache: Path

    def call(self, command: str, *argv: object, run: Path | None = None) -> int:
        """Run a command on the run, or on another one."""
        words = [command, *argv, "--run", run or self.run, "--cache", self.cache]
        return main([str(word) for word in words])


def copy_dataset(root: Path) -> Path:
    """Copy a few videos of the real data set, with the annotation of those alone."""
    source = shared_data("ucf9-untrimmed")
    chosen = {video for videos in VIDEOS.values() for video in videos}
    for folder in ("annotation_val", "annotation_test"):
        (root / folder).mkdir(parents=True)
        for path in sorted((source / folder).iterdir()):
            lines = path.read_text().splitlines()
            kept = [line for line in lines if line.split()[0] in chosen]
            (root / folder / path.name).write_text("".join(f"{x}\n" for x in kept))
    shutil.copy(source / "detclasslist.txt", root)
    for split, videos in VIDEOS.items():
        (root / split).mkdir()
        for video in videos:
            shutil.copy(source / split / f"{video}.mp4", root / split)
    return root


@pytest.fixture(scope="module")
def work(tmp_path_factory: pytest.TempPathFactory) -> Work:
    root = tmp_path_factory.mktemp("pipeline")
    made = Work(copy_dataset(root / "data"), root / "run", root / "features")
    assert made.call("train", made.dataset, *TRAIN) == 0
    return made


@pytest.fixture(scope="module")
def figures(work: Work) -> dict[str, object]:
    path = work.run.parent / "figures.json"
    assert work.call("evaluate", "--control", "--ceilings", "--json", path) == 0
    return json.loads(path.read_text())


def contents(run: Path) -> dict[str, bytes]:
    """Every file of a run but its caches."""
    return {
        str(path.relative_to(run)): path.read_bytes()
        for path in sorted(run.rglob("*"))
        if path.is_file() and "cache" not in path.relative_to(run).parts
    }


@contextmanager
def no_network() -> Iterator[None]:
    """Let nobody load the network."""

    def never(device: str) -> None:
        raise AssertionError("the network was loaded")

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(
            "dbs_core.method.features.backbones.opening.EfficientNetLite0", never
        )
        yield


class TestRun:
    def test_holds_all_that_it_should(self, work, figures):
        assert sorted(contents(work.run)) == [
            "detections/test.json",
            "figures-test.json",
            "model.npz",
            "results/test/video_test_0000015.npz",
            "results/test/video_test_0000023.npz",
            "run.json",
        ]
        info = Run.open(work.run).info
        assert (info.kind, info.seed, info.schema) == ("thumos14", 0, 1)
        assert info.classes.names[3:] == (
            "BaseballPitch",
            "Basketball",
            "BasketballDunk",
        )
        assert info.settings["epitome"]["grid"] == 16
        assert {"torch", "numpy", "av"} <= set(info.versions)

    def test_json_has_the_agreed_shape(self, figures):
        rows = ("dbs", "control", "ceiling_labels", "ceiling_imprint")
        for name in rows:
            row = figures[name]
            assert 0 <= row["frame_map"] <= 100
            assert sorted(row["map"]) == TIOU
            falling = [row["map"][tiou] for tiou in TIOU]
            assert falling == sorted(falling, reverse=True)
            assert all(0 <= value <= 100 for value in falling)
        arranged = figures["imprints"]
        assert -1 <= arranged["nearness"] <= 1
        assert all(0 <= arranged[x] <= 1 for x in ("coverage", "distinct", "overlap"))

    def test_perfect_labels_find_everything(self, figures):
        """What the common stages lose: nothing at 0.5, and rounding per frame."""
        assert figures["ceiling_labels"]["map"]["0.5"] == pytest.approx(100)
        assert figures["ceiling_labels"]["frame_map"] > 97

    def test_no_row_passes_the_ceilings(self, figures):
        for name in ("dbs", "control", "ceiling_imprint"):
            assert (
                figures[name]["map"]["0.5"] <= figures["ceiling_labels"]["map"]["0.5"]
            )

    @pytest.mark.parametrize("video", VIDEOS["test"])
    def test_results_are_sound(self, work, figures, video):
        sound(Run.open(work.run).result("test", video), grid=16)

    def test_results_hold_their_truth(self, work, figures):
        truth = Run.open(work.run).result("test", "video_test_0000023").truth
        np.testing.assert_allclose(
            truth.segments.spans_s, [[3.2, 4.6], [5.3, 6.6], [7.6, 9.0]], atol=0.05
        )
        assert set(truth.segments.labels.tolist()) == {6}

    def test_detection_file_names_the_results(self, work, figures):
        value = json.loads((work.run / "detections" / "test.json").read_text())
        assert sorted(value["results"]) == sorted(VIDEOS["test"])
        for result in Run.open(work.run).results("test"):
            listed = value["results"][result.video_id]
            assert len(listed) == len(result.detections)
            scores = [found["score"] for found in listed]
            assert scores == sorted(scores, reverse=True)


class TestAgain:
    def test_same_seed_gives_the_same_bytes(self, work, figures):
        """Trained and detected anew, on the same features."""
        again = work.run.parent / "again"
        assert work.call("train", work.dataset, *TRAIN, run=again) == 0
        assert work.call("detect", work.dataset, run=again) == 0
        first, second = contents(work.run), contents(again)
        assert second["model.npz"] == first["model.npz"]
        assert second["detections/test.json"] == first["detections/test.json"]
        assert second.keys() == first.keys() - {"figures-test.json"}, "not evaluated"

    def test_other_seed_gives_another_model(self, work):
        other = work.run.parent / "other"
        assert work.call("train", work.dataset, *TRAIN, "--seed", 1, run=other) == 0
        assert contents(other)["model.npz"] != contents(work.run)["model.npz"]

    def test_second_call_finds_its_work_done(self, work, figures, capsys):
        before = contents(work.run)
        with no_network():
            assert work.call("train", work.dataset, *TRAIN) == 0
            assert "trained already" in capsys.readouterr().err
            assert work.call("detect", work.dataset) == 0
            assert work.call("evaluate", work.dataset) == 0
        assert contents(work.run) == before

    def test_says_what_it_does_and_what_it_took(self, work, capsys):
        path = work.run.parent / "says"
        assert work.call("train", work.dataset, *TRAIN, run=path) == 0
        said = capsys.readouterr().err
        for stage in ("videos", "imprints", "train", "control", "peak memory"):
            assert stage in said
        assert work.call("detect", work.dataset, run=path) == 0
        captured = capsys.readouterr()
        assert "video_test_0000023: " in captured.out
        assert "peak memory" in captured.err


class TestOtherVideos:
    """Every clip at hand ends with a result or one clear line."""

    def ends_well(self, work: Work, folder: Path, capsys) -> list[VideoResult]:
        capsys.readouterr()
        code = work.call("detect", folder)
        said = capsys.readouterr().err.splitlines()
        run = Run.open(work.run)
        failed = [line for line in said if line.startswith("failed ")]
        videos = open_dataset(folder).videos
        results = [
            run.result("video", video.video_id)
            for video in videos
            if run.result_path("video", video.video_id).exists()
        ]
        for result in results:
            sound(result, grid=16)
        assert len(videos) > 0
        assert len(results) + len(failed) == len(videos)
        assert code == (1 if failed else 0)
        return results

    def test_every_codec(self, work, capsys):
        results = self.ends_well(work, shared_data("clips", "codecs"), capsys)
        assert len(results) == 10

    def test_activitynet_clips(self, work, capsys):
        results = self.ends_well(work, shared_data("clips", "activitynet"), capsys)
        lengths = {r.video_id: r.info.duration_s for r in results}
        assert lengths == {
            "v_GGSY1Qvo990": pytest.approx(18.07, abs=0.1),
            "v_ZNVhz7ctTq0": pytest.approx(14.0, abs=0.1),
        }

    def test_a_single_video(self, work, capsys):
        clip = shared_data("clips", "women_long_jump.mp4")
        (result,) = self.ends_well(work, clip, capsys)
        assert len(result.frames) == pytest.approx(35 * 5, abs=3)


@pytest.fixture(scope="module")
def features(work: Work) -> Features:
    """The features of one training video."""
    path = work.dataset / "validation" / f"{VIDEOS['validation'][1]}.mp4"
    cache = FeatureCache(work.cache)
    return cache.get(path, NetworkMaps(EfficientNetLite0()), FeatureSettings()).features


@pytest.fixture(scope="module")
def learn(work: Work, features: Features) -> Callable[[str], ImprintFit]:
    """Learn that video's imprint from a start."""
    locate = load_model(work.run / "model.npz").locate

    def learnt(start: str) -> ImprintFit:
        settings = replace(EpitomeSettings(grid=24), start=start)
        generator = torch.Generator().manual_seed(0)
        return fit(features, locate, settings, generator=generator)

    return learnt


class TestStart:
    """FINDINGS 4: a noise start collapses on real features, a tiled one does not."""

    def test_noise_collapses(self, learn):
        places, covered = {}, {}
        for start in ("tiled", "snake", "noise"):
            found = learn(start)
            places[start] = len({tuple(p) for p in found.placement.best.tolist()})
            covered[start] = float((found.imprint.usage > 0.5).mean())
        for start in ("tiled", "snake"):
            assert places[start] > 1.2 * places["noise"], places
            assert covered[start] > covered["noise"] + 0.1, covered

    @pytest.mark.parametrize("start", ["tiled", "snake", "noise"])
    def test_likelihood_never_falls(self, learn, features, start):
        """By more than float32 can tell; see the tests of the EM."""
        steps = learn(start).log_likelihood
        rounding = 1e-7 * len(features) * 49 / EpitomeSettings().variance_floor
        assert np.all(np.diff(steps) >= -rounding)

    def test_posteriors_are_nearly_one_hot(self, learn):
        """PAPER Fig. 3: max q above 0.99."""
        assert np.median(learn("tiled").placement.weights[:, 0]) > 0.99


def test_features_match_the_video(work):
    """Real features: 5 a second, in [0, 6], times within the video."""
    video = open_dataset(work.dataset).split("test")[0]
    found = FeatureCache(work.cache).get(
        video.path, NetworkMaps(EfficientNetLite0()), FeatureSettings()
    )
    features = found.features
    assert features.maps.shape[1:] == (7, 7, 1280)
    assert features.maps.min() == 0
    assert features.maps.max() <= 6
    np.testing.assert_allclose(np.diff(features.times_s), 0.2, atol=0.021)


def sound(result: VideoResult, grid: int) -> None:
    """Check what must hold of every result, whatever the video."""
    t = len(result.frames)
    assert t > 0
    duration = result.frames.duration_s
    assert result.frames.times_s[0] >= 0
    assert duration >= result.frames.times_s[-1]
    for scores in (result.frames, result.control):
        assert scores.probability.shape[0] == t
        np.testing.assert_allclose(scores.probability.sum(1), 1, atol=1e-3)
    np.testing.assert_allclose(result.grid.probability.sum(-1), 1, atol=1e-3)
    assert result.grid.mask.shape == (grid, grid)
    assert result.grid.mask.any()
    kept = result.placement.weights.sum()
    assert result.usage.sum() == pytest.approx(49 * kept, rel=1e-3)
    assert result.trace.shape == (len(result.log_likelihood), t, 2)
    np.testing.assert_array_equal(result.trace[-1], result.placement.best)
    spans = result.detections.spans_s
    assert np.all((spans >= 0) & (spans <= duration))
    assert np.all(result.detections.labels > 0)
    assert np.all(np.diff(result.detections.scores) <= 0)
