"""Calibration and score threshold: told by videos held out, and by nothing else."""

from dataclasses import replace
from pathlib import Path

import pytest

from dbs_core.datasets import Elsewhere, open_dataset
from dbs_core.evaluation.judge import THRESHOLDS
from dbs_core.evaluation.protocols.rules import ACTIVITYNET, THUMOS, Rule
from dbs_core.method.features.cache import FeatureCache
from dbs_core.method.model_file import save_model
from dbs_core.runtime.errors import Cancelled
from dbs_core.runtime.progress import Progress, Step
from dbs_core.training import held_out, learning
from dbs_core.training import train_run as train_run_module
from dbs_core.training.learner import Learner
from dbs_core.training.learning import Learnt, learn, training_entries
from tests.core.as_activitynet import as_activitynet
from tests.core.colour_dataset import VIDEOS, write_dataset
from tests.core.training.test_learning import LEARN, learner

RUNNING, JUMPING = VIDEOS["video_validation_0000001"]
THREE = {
    "video_validation_0000001": (RUNNING, JUMPING),
    "video_validation_0000002": (JUMPING,),
    "video_validation_0000003": (RUNNING, JUMPING),
}
FEW = replace(LEARN, training=replace(LEARN.training, epochs=20))


def test_every_third_video_is_held_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    entries = training_entries(open_dataset(write_dataset(tmp_path / "set", THREE)))
    features = FeatureCache(tmp_path / "features")
    taught: list[set[str]] = []
    real = held_out.learn_network

    def spy(placed, *more):  # type: ignore[no-untyped-def]
        taught.append({video.entry.video_id for video, _ in placed})
        return real(placed, *more)

    monkeypatch.setattr(held_out, "learn_network", spy)
    learnt = learn(entries, learner(tmp_path / "a", features, FEW))
    assert taught == [set(list(THREE)[:2])]
    # Colours are classes: what is found in the third video is right.
    assert learnt.score_threshold in THRESHOLDS
    monkeypatch.setattr(learning, "found_held_out", lambda *_: ())
    without = learn(entries, learner(tmp_path / "b", features, FEW))
    assert (without.score_threshold, without.model.calibration) == (None, None)
    for name, one in (("a", learnt), ("b", without)):
        bare = replace(one.model, calibration=None)
        save_model(tmp_path / f"{name}.npz", bare)
    assert (tmp_path / "a.npz").read_bytes() == (tmp_path / "b.npz").read_bytes()


@pytest.mark.parametrize("rule", [THUMOS, ACTIVITYNET])
def test_it_is_chosen_by_the_rule_of_the_data_set_s_layout(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rule: Rule
) -> None:
    asked: list[Rule] = []

    def stopped(_: object, learner: Learner) -> Learnt:
        asked.append(learner.rule)
        raise Cancelled("enough")

    monkeypatch.setattr(train_run_module, "learn", stopped)
    path, folders = write_dataset(tmp_path / "set", THREE), []
    if rule is ACTIVITYNET:
        path, folders = as_activitynet(path, tmp_path / "set.json")
    dataset = open_dataset(path, elsewhere=Elsewhere(tuple(folders)))
    with pytest.raises(Cancelled):
        train_run_module.train_run(dataset, tmp_path / "run", FEW)
    assert asked == [rule]


def test_it_can_be_stopped_and_two_videos_tell_nothing(tmp_path: Path) -> None:
    steps: list[Step] = []
    progress = Progress(steps.append, lambda: steps[-1].stage == "held out")
    few = replace(FEW, training=replace(FEW.training, epochs=1))
    entries = training_entries(open_dataset(write_dataset(tmp_path / "set", THREE)))
    features = FeatureCache(tmp_path / "features")
    with pytest.raises(Cancelled, match="held out"):
        learn(entries, learner(tmp_path / "a", features, few, progress=progress))
    silent = learner(tmp_path / "b", features, few)
    assert learn(entries[:2], silent).score_threshold is None
