"""One data set in two layouts: the same model and figures, to the last digit.

And what is ActivityNet's own: its splits, its rule, videos that are gone or blocked.
"""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from dbs_core.cli.main import main
from dbs_core.datasets import Elsewhere, open_dataset
from dbs_core.runs.run import Run
from dbs_core.runtime.errors import InputError
from dbs_core.training.train_run import train_run
from tests.core.as_activitynet import as_activitynet
from tests.core.colour_dataset import write_dataset
from tests.core.small_model import SETTINGS, MeanColours

pytestmark = pytest.mark.slow

SPLITS = {"validation": "training", "test": "validation"}


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = write_dataset(tmp_path_factory.mktemp("colours"))
    # As the JSON's classes are ordered: by their names.
    (root / "detclasslist.txt").write_text("1 Jumping\n2 Running\n")
    return root


@pytest.fixture(autouse=True)
def cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "dbs_core.method.features.backbones.opening.EfficientNetLite0",
        lambda _: MeanColours(),
    )


def evaluated(run: Path, *more: str) -> dict:
    out = run / "figures.json"
    assert main(["evaluate", "--run", str(run), "--json", str(out), *more]) == 0
    return json.loads(out.read_text())


def test_both_layouts_give_the_same_to_the_last_digit(
    root: Path, tmp_path: Path
) -> None:
    path, folders = as_activitynet(root, tmp_path / "same.json")
    apart = open_dataset(path, elsewhere=Elsewhere(tuple(folders)))
    both = tmp_path / "thumos", tmp_path / "activitynet"
    for run, dataset in zip(both, (open_dataset(root), apart), strict=True):
        train_run(dataset, run, SETTINGS, cache=tmp_path / "cache")
    first, second = (np.load(r / "model.npz", allow_pickle=False) for r in both)
    names = sorted(set(first.files) - {"header"})
    assert names == sorted(set(second.files) - {"header"})
    assert all(np.array_equal(first[name], second[name]) for name in names)
    rule = ("--protocol", "thumos14", "--cache", str(tmp_path / "cache"), "--control")
    figures = [evaluated(run, *rule) for run in both]
    for name in ("dbs", "control", "dbs_without_head"):
        assert figures[0][name] == figures[1][name]
    assert figures[0]["dbs"]["map"]["0.5"] > 0


def test_activitynet_trains_on_training_and_is_judged_on_validation(
    root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path, folders = as_activitynet(root, tmp_path / "anet.json", SPLITS)
    value = json.loads(path.read_text())
    ones = {"annotations": [{"label": "Running", "segment": [1.0, 4.0]}]}
    value["database"] |= {
        "gone_1": {"subset": "training", **ones},
        "gone_2": {"subset": "validation", **ones},
    }
    path.write_text(json.dumps(value))
    dataset = open_dataset(path, elsewhere=Elsewhere(tuple(folders)))
    run = tmp_path / "run"
    train_run(dataset, run, SETTINGS)
    info = Run.open(run).info
    assert (info.absent, info.kind, info.left_out) == (1, "activitynet", ())
    assert (run / "missing" / "train.txt").read_text() == "gone_1\n"

    found = evaluated(run)  # of the run's own data, its folders known again
    assert list(found["dbs"]["map"]) == [f"{0.5 + n / 20:g}" for n in range(10)]
    assert found["average"]["dbs"] == pytest.approx(
        np.mean(list(found["dbs"]["map"].values()))
    )
    (counted,) = found["counted"]
    assert (counted["protocol"], counted["subset"]) == (
        "ActivityNet rule",
        "validation",
    )
    assert (counted["counted"]["videos"], counted["absent"]) == (3, ["gone_2"])
    assert Run.open(run).splits == ("validation",)

    gone = run / "missing" / "validation.txt"
    without = evaluated(run, "--blocked", str(gone))
    assert without["counted"][0]["counted"] == {"videos": 2, "truths": 3}
    assert without["dbs"]["map"]["0.5"] >= found["dbs"]["map"]["0.5"]
    assert scored(run, path, tmp_path) == found["dbs"]["map"]
    assert scored(run, path, tmp_path, "--blocked", str(gone)) == without["dbs"]["map"]
    assert "--blocked validation.txt" in capsys.readouterr().out
    assert main(["errors", "--run", str(run), "--draws", "0"]) == 0
    assert "run, activitynet, validation" in capsys.readouterr().out


def test_a_training_of_nothing_but_videos_that_are_gone_is_refused(
    root: Path, tmp_path: Path
) -> None:
    path, folders = as_activitynet(root, tmp_path / "anet.json", SPLITS)
    dataset = open_dataset(path, elsewhere=Elsewhere(tuple(folders[:1])))
    with pytest.raises(InputError, match="no file of any of the 2 videos to train on"):
        train_run(dataset, tmp_path / "run", SETTINGS)
    assert not (tmp_path / "run").exists()


def scored(run: Path, truth: Path, folder: Path, *more: str) -> dict:
    """Give the mAP that `score` counts of the detections that were written."""
    out = folder / "scored.json"
    found = run / "detections" / "validation.json"
    named = ["--truth", str(truth), "--detections", str(found), "--json", str(out)]
    assert main(["score", "--protocol", "activitynet", *named, *more]) == 0
    return json.loads(out.read_text())["map"]


def test_the_library_takes_such_a_file(root: Path, tmp_path: Path) -> None:
    path, folders = as_activitynet(root, tmp_path / "anet.json", SPLITS)
    run = tmp_path / "run"
    words = ["library", str(path), "--videos", *map(str, folders), "--run", str(run)]
    assert main([*words, "--grid", "16", "--epochs", "1", "--head", "none"]) == 0
    assert len(Run.open(run).result_files("validation")) == 2
    assert len(json.loads((run / "library.json").read_text())["videos"]) == 2


def test_a_table_trains_and_is_judged_by_thumos_14_s_rule(
    root: Path, tmp_path: Path
) -> None:
    dataset = open_dataset(root)
    lines = [
        f"{v.video_id}.mp4,{a},{b},{dataset.classes.name_of(int(label))},"
        + {"validation": "train", "test": "test"}[v.split]
        for v in dataset.videos
        if v.truth is not None
        for (a, b), label in zip(
            v.truth.segments.spans_s, v.truth.segments.labels, strict=True
        )
    ]
    table = tmp_path / "mine.csv"
    table.write_text("\n".join(("video,start,end,label,split", *lines)))
    folders = [str(root / split) for split in ("validation", "test")]
    words = ["train", str(table), "--videos", *folders, "--run", str(tmp_path / "run")]
    assert main([*words, "--grid", "16", "--epochs", "2", "--head", "none"]) == 0
    found = evaluated(tmp_path / "run")
    (counted,) = found["counted"]
    assert (counted["protocol"], counted["subset"]) == ("THUMOS'14 rule", "test")
    assert counted["counted"] == {"videos": 2, "truths": 3}
    assert list(found["dbs"]["map"]) == [f"{n / 10:g}" for n in range(1, 8)]


def test_the_two_clips_with_the_official_file_train_and_show(tmp_path: Path) -> None:
    from tests.shared_data import shared_data

    truth = shared_data("activitynet", "activity_net.v1-3.rebuilt.json.gz")
    clips = tmp_path / "clips"
    shutil.copytree(shared_data("clips", "activitynet"), clips)
    run, words = tmp_path / "run", ["--grid", "16", "--epochs", "1"]
    words += ["--videos", str(clips), "--run", str(run)]
    assert main(["train", str(truth), *words]) == 0
    assert main(["detect", str(truth), "--videos", str(clips), "--run", str(run)]) == 0
    result = Run.open(run).result("validation", "GGSY1Qvo990")
    assert result.truth is not None
    assert result.truth.segments.spans_s.tolist() == [[5.824, 16.199]]
