"""Two runs become a run of fused results."""

import argparse
import json
from dataclasses import replace

import numpy as np
import pytest

from dbs_core.cli import tables
from dbs_core.cli.main import main
from dbs_core.method.features.cache import FeatureCache
from dbs_core.method.fusion import fuse
from dbs_core.method.model_file import load_model
from dbs_core.paper.tables.table_runs import Workshop
from dbs_core.records import (
    FrameGeometry,
)
from dbs_core.runs.detecting import Detector, detect_all
from dbs_core.runs.fusing import fuse_runs
from dbs_core.runs.run import Run, is_fusion
from dbs_core.runtime import store
from dbs_core.runtime.errors import InputError
from tests.core.make_result import make_result
from tests.core.small_model import SETTINGS, MeanColours, small_run


@pytest.fixture
def runs(tmp_path):
    """Two runs with results of the same two videos."""
    made = [small_run(tmp_path / name) for name in ("rgb", "flow")]
    for seed, run in enumerate(made):
        for video in ("a", "b"):
            run.write_result(make_result(video, path=f"/v/{video}.mp4", seed=seed))
    return made


def changed(run: Run, **info: object) -> Run:
    """The run again, with another record of itself."""
    return Run.create(run.root, replace(run.info, **info))


def command(*words: object) -> int:
    return main([str(word) for word in words])


class TestFuseRuns:
    def test_the_run_holds_what_an_ordinary_one_does(self, runs, tmp_path):
        found = fuse_runs(*runs, tmp_path / "both", weight=0.25)
        assert (found.videos, dict(found.notes), dict(found.failures)) == (2, {}, {})
        run = Run.open(tmp_path / "both")
        assert is_fusion(run)
        assert not is_fusion(runs[0])
        assert load_model(run.root / "model.npz").classes == runs[0].info.classes
        wanted = fuse(make_result("a"), make_result("a", seed=1), SETTINGS, 0.25)
        got = run.result("test", "a")
        np.testing.assert_allclose(
            got.frames.probability, wanted.frames.probability, atol=1e-6
        )
        listed = json.loads((run.root / "detections" / "test.json").read_text())
        assert sorted(listed["results"]) == ["a", "b"]
        assert json.loads((run.root / "fusion.json").read_text()) == {
            "runs": [str(r.root) for r in runs],
            "streams": ["rgb", "rgb"],
            "weight": 0.25,
        }

    def test_a_video_of_one_stream_is_used_alone_and_said(self, runs, tmp_path):
        runs[1].result_path("test", "b").unlink()
        found = fuse_runs(*runs, tmp_path / "both")
        assert dict(found.failures) == {}
        (note,) = found.notes.items()
        assert note[0] == "b"
        assert "no result in" in note[1]
        assert "flow; the other stream alone" in note[1]
        alone = Run.open(tmp_path / "both").result("test", "b")
        assert alone.info.problems[-1] == "one stream only, not fused"
        np.testing.assert_array_equal(
            alone.frames.probability, make_result("b").frames.probability
        )

    def test_a_damaged_result_is_named_and_the_other_used(self, runs, tmp_path):
        runs[0].result_path("test", "a").write_bytes(b"nothing")
        found = fuse_runs(*runs, tmp_path / "both")
        assert "a.npz: damaged" in found.notes["a"]
        assert dict(found.failures) == {}

    def test_what_does_not_belong_together_is_named_and_the_rest_goes_on(
        self, runs, tmp_path
    ):
        wide = replace(
            make_result("a", seed=1), geometry=FrameGeometry(0.0, 0.0, 1.0, 1.0)
        )
        runs[1].write_result(wide)
        found = fuse_runs(*runs, tmp_path / "both")
        assert "other geometry" in found.failures["a"]
        run = Run.open(tmp_path / "both")
        assert [r.video_id for r in run.results("test")] == ["b"]

    def test_another_weight_makes_it_anew(self, runs, tmp_path):
        fuse_runs(*runs, tmp_path / "both", weight=1.0)
        fuse_runs(*runs, tmp_path / "both", weight=0.0)
        np.testing.assert_allclose(
            Run.open(tmp_path / "both").result("test", "a").frames.probability,
            make_result("a", seed=1).frames.probability,
            atol=1e-6,
        )

    def test_runs_commands_and_tables_have_the_weight_of_results(self, runs, tmp_path):
        """One default, whoever fuses: README, docs and measured tables say 0.7."""
        words = ("fuse", "--run", runs[0].root, "--run", runs[1].root)
        assert command(*words, "--to", tmp_path / "command") == 0
        fuse_runs(*runs, tmp_path / "both")
        for name in ("command", "both"):
            noted = json.loads((tmp_path / name / "fusion.json").read_text())
            assert noted["weight"] == 0.7
        parser = argparse.ArgumentParser()
        tables.add_parser(parser.add_subparsers())
        asked = parser.parse_args(["tables", "--data", "DATASET"])
        assert asked.weight == Workshop.weight == 0.7

    def test_detects_nothing_by_itself(self, runs, tmp_path):
        """The first stream's model alone would pass for a fusion."""
        fuse_runs(*runs, tmp_path / "both")
        run = Run.open(tmp_path / "both")
        from dbs_core.records import VideoEntry

        detector = Detector(
            run,
            load_model(run.root / "model.npz"),
            MeanColours,
            FeatureCache(tmp_path / "features"),
        )
        entry = VideoEntry("new", tmp_path / "new.mp4", "test", None)
        failures = detect_all([entry], detector)
        assert "no fused result" in failures["new"]
        assert "fuse them again" in failures["new"]

    @pytest.mark.parametrize("weight", [-0.1, 1.5, float("nan")])
    def test_weight(self, runs, tmp_path, weight):
        with pytest.raises(InputError, match=rf"got {weight}"):
            fuse_runs(*runs, tmp_path / "both", weight=weight)

    def test_other_classes(self, runs, tmp_path):
        classes = replace(runs[1].info.classes, names=("Running", "Flying"))
        with pytest.raises(InputError, match="got Running, Flying"):
            fuse_runs(runs[0], changed(runs[1], classes=classes), tmp_path / "both")

    def test_another_rate(self, runs, tmp_path):
        settings = replace(SETTINGS, features=replace(SETTINGS.features, rate_hz=10.0))
        slow = changed(runs[1], settings=store.to_json(settings))
        with pytest.raises(InputError, match="wanted 5 Hz, got 10 Hz"):
            fuse_runs(runs[0], slow, tmp_path / "both")

    def test_a_trained_run_is_not_overwritten(self, runs, tmp_path):
        with pytest.raises(InputError, match="rgb: holds a run that is no fusion"):
            fuse_runs(*runs, runs[0].root)

    @pytest.mark.parametrize("name", ["thesis.csv", "fusion.json", "run.json"])
    def test_a_folder_of_other_files_stays_as_it_is(self, runs, tmp_path, capsys, name):
        both = tmp_path / "both"
        before = {
            both / "results/2024/thesis.csv": b"a year",
            both / "detections/my.json": b"{}",
            both / name: b"{}",
        }
        for path, content in before.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        words = ("fuse", "--run", runs[0].root, "--run", runs[1].root)
        assert command(*words, "--to", both) == 2
        (line,) = capsys.readouterr().err.splitlines()
        assert f"{both}: not empty, and without a run.json of ours" in line
        assert "Name another folder" in line
        assert {p: p.read_bytes() for p in both.rglob("*") if p.is_file()} == before

    def test_the_same_run_twice(self, runs, tmp_path):
        with pytest.raises(InputError, match="same run twice"):
            fuse_runs(runs[0], runs[0], tmp_path / "both")

    def test_no_results(self, runs, tmp_path):
        with pytest.raises(InputError, match="no results of the validation split"):
            fuse_runs(*runs, tmp_path / "both", split="validation")
        assert not (tmp_path / "both").exists()


class TestCommand:
    def test_fuses_and_says_so(self, runs, tmp_path, capsys):
        words = ("fuse", "--run", runs[0].root, "--run", runs[1].root)
        assert command(*words, "--to", tmp_path / "both", "--weight", "0.75") == 0
        assert "2 videos in" in capsys.readouterr().err
        assert Run.open(tmp_path / "both").result("test", "b").maps is not None

    def test_one_run_is_not_enough(self, runs, tmp_path, capsys):
        code = command("fuse", "--run", runs[0].root, "--to", tmp_path / "both")
        assert code == 2
        assert "wanted two runs, got 1" in capsys.readouterr().err
