"""A run of several members: each a run of its seed, their scores averaged."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from dbs_core.datasets import Dataset, open_dataset
from dbs_core.method.backprojection.frame_scores import maps_of
from dbs_core.method.features.cache import FeatureCache
from dbs_core.method.fusion import fuse
from dbs_core.method.model import Model
from dbs_core.method.model_file import save_model
from dbs_core.method.pipeline import detect
from dbs_core.method.repainting import repaint
from dbs_core.method.segmentation.settings import TrainingSettings
from dbs_core.method.settings import Settings
from dbs_core.records import VideoResult
from dbs_core.runtime import files
from dbs_core.runtime.errors import Cancelled, InputError
from dbs_core.runtime.progress import Progress, Step
from dbs_core.training import held_out, imprints
from dbs_core.training.learning import learn, training_entries
from tests.core.colour_dataset import write_dataset
from tests.core.small_model import MeanColours
from tests.core.training.test_held_out import THREE
from tests.core.training.test_learning import LEARN, learner

FEW = replace(
    LEARN,
    training=TrainingSettings(epochs=2),
    head=replace(LEARN.head, epochs=2),
    crops=False,
)
TWO = replace(FEW, members=2)
PARTS = ("frames", "control", "projected")


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    return open_dataset(write_dataset(tmp_path_factory.mktemp("colours")))


@pytest.fixture(scope="module")
def features(tmp_path_factory: pytest.TempPathFactory) -> FeatureCache:
    return FeatureCache(tmp_path_factory.mktemp("features"))


@pytest.fixture(scope="module")
def models(
    dataset: Dataset, features: FeatureCache, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Model]:
    """Runs of seed 0 and 1000, and the one that has both for members."""
    entries, scratch = training_entries(dataset), tmp_path_factory.mktemp("scratch")

    def made(settings: Settings, seed: int) -> Model:
        return learn(entries, learner(scratch, features, settings, seed)).model

    return {"first": made(FEW, 0), "second": made(FEW, 1000), "both": made(TWO, 0)}


@pytest.fixture(scope="module")
def results(
    models: dict[str, Model], dataset: Dataset, features: FeatureCache
) -> dict[str, VideoResult]:
    entry = dataset.split("test")[0]
    return {
        name: detect(entry, model, MeanColours(), features)
        for name, model in models.items()
    }


def test_scores_are_the_mean_of_single_runs(results: dict[str, VideoResult]) -> None:
    both = results["both"]
    fused = fuse(results["first"], results["second"], FEW, 0.5)
    for part in PARTS:
        one, other = (getattr(r, part).probability for r in (both, fused))
        np.testing.assert_array_equal(one, other, part)
    np.testing.assert_array_equal(both.reach_s, fused.reach_s)
    np.testing.assert_array_equal(maps_of(both), maps_of(fused))
    assert both.control_head is not None
    assert fused.control_head is not None
    np.testing.assert_array_equal(
        both.control_head.frames.probability, fused.control_head.frames.probability
    )
    np.testing.assert_array_equal(both.detections.spans_s, fused.detections.spans_s)
    np.testing.assert_array_equal(both.detections.scores, fused.detections.scores)
    apart = results["first"].frames.probability - results["second"].frames.probability
    assert np.abs(apart).max() > 1e-3


def test_the_first_member_s_imprint_is_shown(results: dict[str, VideoResult]) -> None:
    both, first = results["both"], results["first"]
    np.testing.assert_array_equal(both.placement.locations, first.placement.locations)
    np.testing.assert_array_equal(both.grid.probability, first.grid.probability)
    np.testing.assert_array_equal(both.mosaic, first.mosaic)
    np.testing.assert_array_equal(both.unusual, first.unusual)
    assert both.share == pytest.approx(0.5)


def test_paint_reaches_the_first_member_alone(results: dict[str, VideoResult]) -> None:
    """Painted all over, its part of the scores changes, and by no more than that."""
    both, first = results["both"], results["first"]
    paint = {(row, column): 1 for row in range(16) for column in range(16)}
    painted = repaint(both, paint, TWO, weight=both.share or 0.0)
    alone = repaint(first, paint, FEW)
    change = painted.frames.probability - both.frames.probability
    whole = alone.frames.probability - first.frames.probability
    np.testing.assert_allclose(change, whole / 2, atol=1e-5)
    np.testing.assert_allclose(maps_of(painted).sum(axis=-1), 1, atol=5e-3)


def test_a_file_holds_single_runs_arrays(models: dict[str, Model], tmp_path: Path):
    """A run of one has what it always had; one of two has both runs' arrays."""
    kept = {}
    for name, model in models.items():
        save_model(tmp_path / f"{name}.npz", model)
        kept[name], _ = files.read_arrays(tmp_path / f"{name}.npz")
    assert not any(name.startswith("member") for name in kept["first"])
    wanted = kept["first"] | {f"member1/{n}": a for n, a in kept["second"].items()}
    assert kept["both"].keys() == wanted.keys()
    for name, array in wanted.items():
        np.testing.assert_array_equal(kept["both"][name], array, name)


def test_same_seed_gives_the_same_bytes(
    models: dict[str, Model], dataset: Dataset, features: FeatureCache, tmp_path: Path
) -> None:
    again = learn(training_entries(dataset), learner(tmp_path, features, TWO)).model
    for name, model in (("one", models["both"]), ("two", again)):
        save_model(tmp_path / f"{name}.npz", model)
    assert (tmp_path / "one.npz").read_bytes() == (tmp_path / "two.npz").read_bytes()


def test_stopped_it_goes_on_with_the_imprints_that_are_there(
    dataset: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    entries, kept = training_entries(dataset), FeatureCache(tmp_path / "features")
    steps: list[Step] = []

    def enough() -> bool:
        last = steps[-1]
        return last.stage == "train" and last.detail.startswith("member 2 of 2")

    progress = Progress(steps.append, enough)
    with pytest.raises(Cancelled):
        learn(entries, learner(tmp_path, kept, TWO, progress=progress))
    monkeypatch.setattr(imprints, "place", None)  # none is made again
    assert len(learn(entries, learner(tmp_path, kept, TWO)).model.members) == 2


def test_what_is_held_out_is_looked_at_by_all_members(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    entries = training_entries(open_dataset(write_dataset(tmp_path / "set", THREE)))
    taught, real, seen = [], held_out.learn_network, []

    def spy(placed, describe, learner):  # type: ignore[no-untyped-def]
        taught.append(learner.seed)
        return real(placed, describe, learner)

    def mean(scores, weights):  # type: ignore[no-untyped-def]
        seen.append((len(scores), list(weights)))
        return real_mean(scores, weights)

    real_mean = held_out.mean_scores
    monkeypatch.setattr(held_out, "learn_network", spy)
    monkeypatch.setattr(held_out, "mean_scores", mean)
    learn(entries, learner(tmp_path, FeatureCache(tmp_path / "features"), TWO))
    assert taught == [0, 1000]
    assert seen == [(2, [0.5, 0.5])]


@pytest.mark.parametrize("members", [0, 17])
def test_too_few_and_too_many_are_refused(members: int) -> None:
    with pytest.raises(InputError, match="members"):
        Settings(members=members)
