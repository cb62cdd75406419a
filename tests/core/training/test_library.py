"""Libraries: folders named once, links in the official layout, resumed building."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from dbs_core.cli.main import main
from dbs_core.datasets import open_dataset
from dbs_core.runs.places import SAMPLE_DATA
from dbs_core.runs.run import Run
from dbs_core.runtime.errors import Cancelled, InputError
from dbs_core.runtime.progress import Progress, Step
from dbs_core.training.library import (
    Folders,
    Work,
    build,
    lay_out,
    remember,
    remembered,
    survey,
)
from tests.core.small_model import SETTINGS, MeanColours
from tests.core.small_set import set_apart

SHORT = replace(SETTINGS, training=replace(SETTINGS.training, epochs=1), crops=False)


@pytest.fixture
def apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Folders:
    """A data set whose videos lie away from the annotation, as people keep them."""
    monkeypatch.setattr(
        "dbs_core.method.features.backbones.opening.EfficientNetLite0",
        lambda _: MeanColours(),
    )
    return set_apart(tmp_path)


def test_one_folder_stays_that_folder(tmp_path: Path) -> None:
    assert lay_out(Folders(SAMPLE_DATA), tmp_path / "run") == SAMPLE_DATA
    assert not (tmp_path / "run").exists()


def test_folders_apart_become_one_in_the_official_layout(
    apart: Folders, tmp_path: Path
) -> None:
    layout = lay_out(apart, tmp_path / "run")
    dataset = open_dataset(layout)
    assert {v.video_id: v.split for v in dataset.videos} == {
        "video_validation_0000001": "validation",
        "video_validation_0000002": "validation",
        "video_test_0000001": "test",
        "video_test_0000003": "test",
    }
    assert all(v.truth is not None and len(v.truth.segments) for v in dataset.videos)
    assert lay_out(apart, tmp_path / "run") == layout  # again: no complaint
    found = survey(apart, tmp_path / "run")
    assert (found.classes, found.videos) == (5, {"validation": 2, "test": 2})


def test_named_videos_take_the_place_of_those_in_the_root(
    apart: Folders, tmp_path: Path
) -> None:
    inside = apart.root / "TH14_test_set_mp4"
    inside.mkdir()
    shutil.copyfile(SAMPLE_DATA / "test/video_test_0000004.mp4", inside / "old.mp4")
    names = {v.video_id for v in open_dataset(lay_out(apart, tmp_path / "r")).videos}
    assert "old" not in names


@pytest.mark.parametrize("part", ["root", "validation", "test"])
def test_a_missing_folder_is_named(apart: Folders, tmp_path: Path, part: str) -> None:
    wrong = replace(apart, **{part: tmp_path / "nowhere"})
    with pytest.raises(InputError, match="nowhere: no such folder"):
        lay_out(wrong, tmp_path / "run")


def test_where_links_cannot_be_made_it_says_what_to_do(
    apart: Folders, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(1, "a required privilege is not held")

    monkeypatch.setattr(Path, "symlink_to", refuse)
    with pytest.raises(InputError, match=r"privilege.*Put the videos into"):
        lay_out(apart, tmp_path / "run")


def test_building_resumes_and_results_come_one_by_one(
    apart: Folders, tmp_path: Path
) -> None:
    work = Work(tmp_path / "run", SHORT)
    steps: list[Step] = []
    second = Progress(
        steps.append, lambda: steps[-1].stage == "detect" and steps[-1].done == 1
    )
    with pytest.raises(Cancelled):
        build(apart, work, second)
    run = Run.open(work.run)
    assert len(run.result_files("test")) == 1  # can be browsed already
    model = (run.root / "model.npz").stat().st_mtime_ns
    assert build(apart, work) == {}
    assert len(run.result_files("test")) == 2
    assert (run.root / "model.npz").stat().st_mtime_ns == model
    with pytest.raises(InputError, match="other data, settings or seed"):
        build(apart, replace(work, seed=1))


def test_a_damaged_video_is_listed_and_the_rest_goes_on(
    apart: Folders, tmp_path: Path
) -> None:
    assert apart.test is not None
    (apart.test / "video_test_0000003.mp4").write_bytes(b"cut off")
    failures = build(apart, Work(tmp_path / "run", SHORT))
    assert list(failures) == ["video_test_0000003"]
    assert len(Run.open(tmp_path / "run").result_files("test")) == 1


def test_a_folder_of_other_files_gets_no_links(apart: Folders, tmp_path: Path) -> None:
    run, target = tmp_path / "papers", tmp_path / "elsewhere"
    (run / "dataset").mkdir(parents=True)
    target.mkdir()
    (run / "dataset" / "validation").symlink_to(target)
    for write in (
        lambda: survey(apart, run),
        lambda: build(apart, Work(run, SHORT)),
        lambda: build(Folders(SAMPLE_DATA), Work(run, SHORT)),
        lambda: remember(apart, Work(run, SHORT)),
    ):
        with pytest.raises(InputError, match=r"papers: not empty.*got dataset\. Name"):
            write()
    assert (run / "dataset" / "validation").resolve() == target
    assert len(list(run.rglob("*"))) == 2


def test_what_cannot_be_built_leaves_no_folder(apart: Folders, tmp_path: Path) -> None:
    """Links and names are made before it is known that there is nothing to learn."""
    work = Work(tmp_path / "run", SHORT)
    only_test = replace(apart, validation=None)
    assert survey(only_test, work.run).videos == {"test": 2}
    remember(only_test, work)
    with pytest.raises(InputError, match="nothing to train on"):
        build(only_test, work)
    assert not work.run.exists()
    (apart.root / "detclasslist.txt").write_text("")
    with pytest.raises(InputError, match="class list"):
        survey(apart, work.run)
    assert not work.run.exists()


def test_folders_are_remembered_with_the_run(apart: Folders, tmp_path: Path) -> None:
    remember(apart, Work(tmp_path / "run", SHORT))
    assert remembered(tmp_path / "run") == apart
    assert remembered(tmp_path) is None
    remember(Folders(SAMPLE_DATA), Work(tmp_path / "one", SHORT))
    assert remembered(tmp_path / "one") == Folders(SAMPLE_DATA)


def test_the_command_builds_and_says_what_it_found(
    apart: Folders, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["library", str(apart.root), "--run", str(tmp_path / "run")]
    parts = ["--validation", str(apart.validation), "--test", str(apart.test)]
    short = ["--grid", "16", "--epochs", "1", "--no-crops", "--dimensions", "4"]
    assert main([*command, *parts, *short]) == 0
    said = capsys.readouterr().err
    assert "5 classes; videos: 2 validation, 2 test" in said
    assert len(Run.open(tmp_path / "run").result_files("test")) == 2
