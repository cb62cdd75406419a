"""Folds end to end, on videos whose answer is their colour."""

import json
from dataclasses import replace

import pytest

from dbs_core.cli.main import main
from dbs_core.datasets import open_dataset
from dbs_core.datasets.folds import make_folds
from dbs_core.runtime.errors import Cancelled
from dbs_core.runtime.progress import Progress
from dbs_core.training.cross_validation import CrossValidation, Trial
from dbs_core.training.learning import training_entries
from tests.core.colour_dataset import VIDEOS, write_dataset
from tests.core.small_model import SETTINGS, MeanColours

TIOU = (0.3, 0.5, 0.7)
MORE = {
    "video_validation_0000003": ((0.5, 2.5, "Running"), (4.0, 6.0, "Jumping")),
    "video_validation_0000004": ((1.5, 3.5, "Jumping"), (4.5, 6.5, "Running")),
}
HEADLESS = replace(SETTINGS, head=replace(SETTINGS.head, kind="none"))


@pytest.fixture(scope="module")
def dataset(tmp_path_factory):
    folder = tmp_path_factory.mktemp("colours")
    return open_dataset(write_dataset(folder, {**VIDEOS, **MORE}))


@pytest.fixture(scope="module")
def features(tmp_path_factory):
    """Kept between the tests, as between runs: features and imprints."""
    return tmp_path_factory.mktemp("features")


@pytest.fixture
def validation(dataset, features, tmp_path, monkeypatch):
    for module in ("training.train_run", "runs.detecting"):
        monkeypatch.setattr(
            f"dbs_core.{module}.named_backbone", lambda *_: MeanColours()
        )
    folds = make_folds(dataset, training_entries(dataset), 2, {})
    return CrossValidation(folds, tmp_path / "runs", cache=features)


def test_every_video_is_judged_by_a_run_that_has_not_seen_it(validation):
    validation = replace(validation, seeds=(0, 1))
    headed, headless = validation.compare(
        (Trial("as it is", SETTINGS), Trial("head=none", HEADLESS)), TIOU
    )
    for fold in validation.folds:
        run = validation.run(Trial("as it is", SETTINGS), 0, fold)
        held = {video.video_id for video in fold.held}
        assert {path.stem for path in run.result_files("test")} == held
    assert headed.headless is not None
    assert headless.headless is None
    assert headed.whole.over_first is None
    assert headless.whole.over_first is not None
    for one in (headed.whole, headed.headless, headless.whole):
        assert len(one.seeds) == 2
        mean = sum(ours.detection_map[0.5] for ours, _ in one.seeds) / 2
        assert one.ours.detection_map[0.5] == pytest.approx(mean)
        apart = one.ours.detection_map[0.5] - one.control.detection_map[0.5]
        assert 100 * one.over_control.estimate[1] == pytest.approx(apart)


def test_no_run_learns_from_the_test_split(validation):
    tests = {name for name in VIDEOS if "test" in name}
    for fold in validation.folds:
        assert not {video.video_id for video in fold.dataset.videos} & tests


def test_the_same_call_finds_its_work_done(validation):
    trials = (Trial("as it is", HEADLESS),)
    once = validation.compare(trials, TIOU)
    stages = []

    def note(step):
        stages.append(step.detail)

    again = replace(validation, progress=Progress(note)).compare(trials, TIOU)
    assert again[0].whole.ours == once[0].whole.ours
    assert not [detail for detail in stages if "train" in detail or "loss" in detail]


def test_a_stop_keeps_what_is_finished(validation, tmp_path):
    told = []

    def stopped():
        return any(step.detail and "control" in step.detail for step in told)

    with pytest.raises(Cancelled):
        replace(validation, progress=Progress(told.append, stopped)).compare(
            (Trial("as it is", HEADLESS),), TIOU
        )
    assert validation.compare((Trial("as it is", HEADLESS),), TIOU)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("heads=conv", "got 'heads=conv'"),
        ("head", "got 'head'"),
        ("head=other", "invalid choice: 'other'"),
        ("crops=perhaps", "wanted yes or no"),
    ],
)
def test_what_is_no_setting_is_one_line_before_any_work(tmp_path, capsys, text, said):
    words = ["folds", str(tmp_path), "--runs", str(tmp_path / "runs"), "--try", text]
    assert main(words) == 2
    error = capsys.readouterr().err
    assert said in error
    assert len(error.splitlines()) == 1
    assert not (tmp_path / "runs").exists()


def test_the_command_says_everything_and_goes_on(
    dataset, tmp_path, monkeypatch, capsys
):
    for module in ("training.train_run", "runs.detecting"):
        monkeypatch.setattr(
            f"dbs_core.{module}.named_backbone", lambda *_: MeanColours()
        )
    sources = tmp_path / "sources.tsv"
    sources.write_text("video_validation_0000001\ttape 1\n")
    words = [
        *("folds", str(dataset.root), "--runs", str(tmp_path / "runs")),
        *("--folds", "2", "--sources", str(sources)),
        *("--json", str(tmp_path / "folds.json")),
        *("--grid", "16", "--epochs", "1", "--architecture", "C1", "--head", "none"),
        *("--try", "start=sorted"),
    ]
    assert main(words) == 0
    said = capsys.readouterr()
    first, second = said.out.splitlines()[2:]
    assert first.startswith("| as it is | ")
    assert second.startswith("| start=sorted | ")
    assert "4 videos in 2 folds of 2, 2" in said.err
    assert "--sources names no source of 3 videos" in said.err
    figures = json.loads((tmp_path / "folds.json").read_text())
    held = [name for fold in figures["folds"] for name in fold]
    assert sorted(held) == sorted({*VIDEOS, *MORE} - {n for n in VIDEOS if "test" in n})
    assert [one["name"] for one in figures["trials"]] == ["as it is", "start=sorted"]
    assert figures["trials"][0]["without_head"] is None
    # Once more with another setting: what is there is not made again.
    assert main([*words[:-1], "head=none"]) == 0
    assert capsys.readouterr().out.splitlines()[2] == first
