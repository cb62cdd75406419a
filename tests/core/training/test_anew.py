"""A training anew: its settings, what it takes, its commands, and that it goes on."""

import shlex
from dataclasses import replace
from pathlib import Path

import pytest

from dbs_core.cli.main import main
from dbs_core.cli.train_command import commands, unsaid
from dbs_core.datasets import Dataset
from dbs_core.method.settings import Settings
from dbs_core.runs.own_videos.estimate import Speed
from dbs_core.runs.places import SAMPLE
from dbs_core.runs.run import Run
from dbs_core.runs.run_settings import settings_of
from dbs_core.runtime.errors import InputError
from dbs_core.training.anew import data_of, plan, train_anew
from dbs_core.training.outlook import (
    CONTROL_S,
    HEAD_S,
    HELD_OUT,
    Counts,
    outlook,
    worked_out,
)
from dbs_core.training.train_run import train
from tests.core.colour_dataset import SECONDS, write_dataset
from tests.core.small_model import SETTINGS, MeanColours

SHORT = replace(SETTINGS, training=replace(SETTINGS.training, epochs=1), crops=False)
FRAMES = round(SECONDS * SHORT.features.rate_hz)


@pytest.fixture
def base(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setattr(
        "dbs_core.method.features.backbones.opening.EfficientNetLite0",
        lambda _: MeanColours(),
    )
    return train(write_dataset(tmp_path / "colours"), tmp_path / "base", SHORT)


def test_it_is_trained_with_the_kept_features_and_goes_on(
    base: Run, tmp_path: Path
) -> None:
    given = {"head.kind": "none", "architecture": "F3"}
    wanted = plan(base, tmp_path / "new", given, seed=0, split="test")
    kept = {p: p.stat().st_mtime_ns for p in base.features_path.glob("*.f16")}
    # Two videos are learnt from and their features kept; two are to be looked at.
    found = outlook(wanted).counts
    assert found == Counts(2 * FRAMES, 2, 2 * FRAMES, 2 * FRAMES)
    assert train_anew(wanted) == {}
    new = Run.open(tmp_path / "new")
    assert settings_of(new) == replace(
        SHORT, head=replace(SHORT.head, kind="none"), architecture="F3"
    )
    assert new.splits == ("test",)
    assert len(list(new.results("test"))) == 2
    assert not list((new.root / "cache").rglob("*.f16"))
    assert {p: p.stat().st_mtime_ns for p in kept} == kept
    model = new.model_path.stat().st_mtime_ns
    assert outlook(wanted).counts.unkept == 0
    again = plan(base, tmp_path / "new", given, seed=0, split="test")
    assert train_anew(again) == {}
    assert new.model_path.stat().st_mtime_ns == model


def test_what_is_no_training_anew_is_one_clear_line(base: Run, tmp_path: Path) -> None:
    mine = tmp_path / "mine"
    mine.mkdir()
    (mine / "thesis.txt").write_text("a year")

    def refusal(root: Path, grid: int, data: Path | None = None) -> str:
        with pytest.raises(InputError) as refused:
            data_of(
                plan(
                    base, root, {"epitome.grid": grid}, seed=0, split="test", data=data
                )
            )
        assert "\n" not in str(refused.value)
        return str(refused.value)

    assert "nothing is changed" in refusal(tmp_path / "new", 16)
    assert "16 to 64" in refusal(tmp_path / "new", 15)
    assert "not empty" in refusal(mine, 24)
    assert "the run itself" in refusal(base.root, 24)
    assert "other settings" in refusal(SAMPLE, 24)
    assert "not there any more" in refusal(tmp_path / "new", 24, tmp_path / "gone")
    (tmp_path / "colours").rename(tmp_path / "moved")
    assert "not there any more" in refusal(tmp_path / "new", 24)
    moved = plan(
        base,
        tmp_path / "new",
        {"epitome.grid": 24},
        seed=0,
        split="test",
        data=tmp_path / "moved",
    )
    assert len(data_of(moved).split("test")) == 2
    assert not (tmp_path / "new").exists()


def test_the_shipped_sample_is_not_written_beside(tmp_path: Path) -> None:
    wanted = plan(
        Run.open(SAMPLE), tmp_path, {"epitome.grid": 24}, seed=0, split="test"
    )
    assert wanted.cache.is_relative_to(tmp_path)


def test_what_it_takes_is_worked_out_from_counts_and_speed() -> None:
    counts, speed = Counts(1000, 10, 500, 300), Speed(0.01, 0.002, 100)
    ours = Settings()
    found = worked_out(ours, counts, speed, 0.05, 7)
    assert found.features_s == pytest.approx(3.0)
    assert found.imprints_s == pytest.approx(3.0)
    assert found.network_s == pytest.approx(HELD_OUT * 10 * ours.training.epochs / 20)
    each = CONTROL_S + 2 * ours.head.epochs * HEAD_S
    assert found.heads_s == pytest.approx(HELD_OUT * 1000 * each)
    assert found.stays == 7 + 300 * 100 * 2
    assert found.meanwhile == 10 * 48 * 48 * 256 * 2
    noise = replace(ours, epitome=replace(ours.epitome, start="noise"))
    assert worked_out(noise, counts, speed, 0.05, 7).imprints_s == pytest.approx(10.0)
    three = worked_out(replace(ours, members=3), counts, speed, 0.05, 7)
    assert three.features_s == found.features_s
    learnt_s = found.total_s - found.features_s
    assert three.total_s - three.features_s == pytest.approx(3 * learnt_s)
    once = replace(ours, training=replace(ours.training, held_out=False))
    less = worked_out(once, counts, speed, 0.05, 7)
    assert less.network_s == pytest.approx(found.network_s / HELD_OUT)
    plain = replace(ours, head=replace(ours.head, kind="none"))
    assert worked_out(plain, counts, speed, 0.05, 7).heads_s < found.heads_s / 5


def test_the_command_trains_the_very_same(
    base: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Read by the program itself, whatever the folder is called."""
    asked: list[tuple[object, ...]] = []

    def noted(dataset: Dataset, root: Path, settings: Settings, **more: object) -> None:
        asked.append((dataset.root, root, settings, more["seed"], more["cache"]))
        raise InputError("far enough")

    monkeypatch.setattr("dbs_core.cli.train.train_run", noted)
    odd = tmp_path / "new run; it's $HOME"
    ours = Settings()
    for settings in (
        replace(ours, epitome=replace(ours.epitome, grid=32, start="noise")),
        replace(ours, architecture="C3", crops=True, projection="soft"),
        replace(
            ours,
            untrimmed=False,
            crops=True,
            head=replace(ours.head, kind="none"),
            features=replace(ours.features, rate_hz=2.5, mirrored=True),
        ),
    ):
        assert unsaid(settings) == ()
        wanted = plan(base, odd, {"epitome.grid": 24}, seed=3, split="test")
        wanted = replace(wanted, settings=settings)
        first, second = (shlex.split(line) for line in commands(wanted).splitlines())
        assert first[:3] == ["python", "-m", "dbs_core"]
        assert main(first[3:]) == 2
        assert asked.pop() == (wanted.data, odd, settings, 3, wanted.cache)
        assert second[3:5] == ["detect", str(wanted.data)]


def test_what_no_option_says_is_named() -> None:
    ours = Settings()
    turned = replace(ours, smoothing=2.0, head=replace(ours.head, share=0.3))
    assert set(unsaid(turned)) == {"smoothing", "head.share"}
