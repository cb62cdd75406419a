"""The shipped sample: whole, small, quick to open, and what it says it is."""

import shutil
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from dbs_core.cli.main import main
from dbs_core.datasets import open_dataset
from dbs_core.evaluation.protocols import thumos
from dbs_core.method.model_file import load_model
from dbs_core.method.settings import Settings
from dbs_core.runs import places
from dbs_core.runs.run import Run
from dbs_core.runs.run_settings import settings_of
from dbs_core.runtime import files
from dbs_core.runtime.errors import Cancelled, InputError
from dbs_core.runtime.progress import Progress, Step
from dbs_core.training import sample
from dbs_core.training.sample_settings import SHIPPED_SETTINGS
from tests.core.small_model import SETTINGS, MeanColours, small_run

LARGEST = 26_000_000
NAMES = ("CleanAndJerk", "GolfSwing", "JavelinThrow", "SoccerPenalty", "TennisSwing")


both = pytest.mark.parametrize("name", places.SHIPPED_RUNS)


def all_files(folder: Path) -> dict[str, bytes]:
    """Read what is shipped: all but caches."""
    return {
        p.relative_to(folder).as_posix(): p.read_bytes()
        for p in sorted(folder.rglob("*"))
        if p.is_file() and "cache" not in p.relative_to(folder).parts
    }


def test_the_set_is_as_it_was_made() -> None:
    assert sample.changed_files() == ()
    lines = (places.SAMPLE_DATA / sample.SUMS).read_text().splitlines()
    shipped = {
        name
        for name in all_files(places.SAMPLE_DATA)
        if not name.startswith(("run/", "run-flow/")) and name != sample.SUMS
    }
    assert {line.split(maxsplit=1)[1] for line in lines} == shipped


def test_a_changed_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("one")
    (tmp_path / sample.SUMS).write_text(f"{'0' * 64}  a.txt\n{'0' * 64}  gone.txt\n")
    assert sample.changed_files(tmp_path) == ("a.txt", "gone.txt")
    with pytest.raises(InputError, match=r"a\.txt, gone\.txt"):
        sample.rebuild(tmp_path / "run", folder=tmp_path)


def test_everything_together_is_small() -> None:
    size = sum(len(content) for content in all_files(places.SAMPLE_DATA).values())
    assert size < LARGEST, f"{size / 1e6:.1f} MB"


@both
def test_the_run_opens_at_once(name: str) -> None:
    started = time.perf_counter()
    run = Run.open(places.SHIPPED_RUNS[name])
    results = list(run.results("test"))
    model = load_model(run.model_path)
    took = time.perf_counter() - started
    assert took < 5.0  # it watches for hangs: other work may go on beside it
    assert len(results) == 4
    assert (run.info.kind, run.info.name) == ("sample", name)
    assert settings_of(run) == SHIPPED_SETTINGS[name]()
    assert model.classes.names == run.info.classes.names == NAMES


@both
def test_the_run_travels_with_its_folder(name: str, tmp_path: Path) -> None:
    """No absolute path in it: copied elsewhere, it finds its videos there."""
    shutil.copytree(places.SAMPLE_DATA, tmp_path / "elsewhere")
    run = Run.open(tmp_path / "elsewhere" / places.SHIPPED_RUNS[name].name)
    for result in run.results("test"):
        assert run.video_file(result).is_file()
        assert run.video_file(result).is_relative_to(tmp_path)
    assert open_dataset(run.root / run.info.dataset).kind == "thumos14"
    machine = str(places.SAMPLE_DATA.parent.parent).encode()
    for name, content in all_files(run.root).items():
        assert machine not in content, name


def test_the_two_runs_are_fused_by_their_names(tmp_path: Path) -> None:
    names = [f"--run={name}" for name in places.SHIPPED_RUNS]
    assert main(["fuse", *names, "--to", str(tmp_path / "both")]) == 0
    fused = Run.open(tmp_path / "both")
    assert fused.info.streams == ("rgb", "flow")
    assert len(fused.result_files("test")) == 4


def test_some_detections_are_right_and_some_wrong() -> None:
    run = Run.open(places.SAMPLE)
    results = {r.video_id: r for r in run.results("test")}
    truth = {v: r.truth for v, r in results.items() if r.truth is not None}
    best = {v: r.detections.select(slice(0, 6)) for v, r in results.items()}
    marks = thumos.match(best, truth, tiou=(0.5,))
    assert marks.true[0].sum() >= 5
    assert marks.false[0].sum() >= 3


@both
def test_the_printed_figures_are_those_of_the_shipped_results(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Evaluated again from the result files alone, the table is the same."""
    figures = sample.read_figures(places.SHIPPED_RUNS[name])
    assert main(["evaluate", "--run", name, "--control", "--ceilings"]) == 0
    lines = capsys.readouterr().out.splitlines()
    # How imprints are arranged is no figure of the sample.
    printed = "\n".join(one for one in lines if not one.startswith("imprints:"))
    assert main(["sample"]) == 0
    assert f"Run {name}\n{printed.rstrip()}\n" in capsys.readouterr().out
    assert figures.videos == 4
    assert figures.found.frames <= figures.every.frames
    for row in ("dbs", "control", "centre", "uniform"):
        assert 0 <= figures.found.shares[row] <= 100


def test_figures_of_another_version_are_one_line(tmp_path: Path) -> None:
    files.write_json(tmp_path / "figures.json", {"dbs": {}})
    with pytest.raises(InputError, match="'pointing'"):
        sample.read_figures(tmp_path)


@pytest.fixture
def small_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Three videos of the sample with features that cost nothing."""
    monkeypatch.setattr(
        "dbs_core.method.features.backbones.opening.EfficientNetLite0",
        lambda _: MeanColours(),
    )
    folder = tmp_path / "set"
    shutil.copytree(
        places.SAMPLE_DATA,
        folder,
        ignore=shutil.ignore_patterns("run*", "*.mp4", sample.SUMS),
    )
    videos = (
        "validation/video_validation_0000001",
        "validation/video_validation_0000002",
    )
    for name in (*videos, "test/video_test_0000001"):
        shutil.copyfile(places.SAMPLE_DATA / f"{name}.mp4", folder / f"{name}.mp4")
    (folder / sample.SUMS).write_text("")
    return folder


def short() -> Settings:
    return replace(SETTINGS, training=replace(SETTINGS.training, epochs=1), crops=False)


def test_rebuilding_twice_gives_the_same_bytes(small_set: Path) -> None:
    out = small_set / "run"
    again = {"folder": small_set, "name": "sample-flow", "settings": short()}
    figures = sample.rebuild(out, **again)
    first = all_files(out)
    assert set(first) >= {
        "run.json",
        "model.npz",
        "figures.json",
        "detections/test.json",
    }
    sample.rebuild(out, **again)
    assert all_files(out) == first
    assert Run.open(out).info.name == "sample-flow"
    assert sample.read_figures(out) == figures
    with np.load(out / "model.npz") as arrays:
        assert arrays["describe.axes"].dtype == np.float16


def test_a_stopped_rebuild_changes_nothing(small_set: Path) -> None:
    out = small_set / "run"
    Run.create(out, Run.open(places.SAMPLE).info)
    before = all_files(out)
    steps: list[Step] = []
    progress = Progress(steps.append, lambda: steps[-1].stage == "train")
    with pytest.raises(Cancelled):
        sample.rebuild(out, folder=small_set, settings=short(), progress=progress)
    assert all_files(out) == before
    assert not list(small_set.glob(".part-*"))


def test_only_a_sample_is_replaced(small_set: Path, tmp_path: Path) -> None:
    """The folder goes as a whole: it may be neither somebody's files nor work."""
    (tmp_path / "papers").mkdir()
    (tmp_path / "papers" / "thesis.csv").write_text("mine")
    trained = small_run(tmp_path / "trained").root
    for out, said in (
        (tmp_path / "papers", "got thesis.csv. Name another folder"),
        (trained, "wanted the sample's, got thumos14. Name another folder"),
    ):
        before = all_files(out)
        with pytest.raises(InputError, match=said):
            sample.rebuild(out, folder=small_set, settings=short())
        assert all_files(out) == before
