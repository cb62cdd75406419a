"""Late fusion: two results to one, two runs to one, and what cannot be fused."""

import argparse
import json
from dataclasses import replace

import numpy as np
import pytest

from dbs_core.cli import tables
from dbs_core.cli.main import main
from dbs_core.method.backprojection.frame_scores import frame_maps, maps_of
from dbs_core.method.features.cache import FeatureCache
from dbs_core.method.fusion import fuse
from dbs_core.method.model import load_model
from dbs_core.method.pipeline import localise
from dbs_core.method.settings import Settings
from dbs_core.paper.tables.table_runs import Workshop
from dbs_core.records import (
    FrameGeometry,
    FrameScores,
    Placement,
    Sharpened,
    VideoResult,
)
from dbs_core.runs.detecting import Detector, detect_all
from dbs_core.runs.fusing import fuse_runs
from dbs_core.runs.run import Run, is_fusion
from dbs_core.runtime import store
from dbs_core.runtime.errors import InputError
from tests.core.make_result import make_result
from tests.core.small_model import SETTINGS, MeanColours, small_run


def other(seed: int = 1) -> VideoResult:
    """The same video through another stream."""
    return make_result(seed=seed)


def cut(result: VideoResult, count: int, duration_s: float) -> VideoResult:
    """A stream that saw only the first frames."""

    def scores(of: FrameScores | None) -> FrameScores:
        assert of is not None
        return FrameScores(of.probability[:count], of.times_s[:count], duration_s)

    placement = result.placement
    return replace(
        result,
        frames=scores(result.frames),
        control=scores(result.control),
        trace=result.trace[:, :count],
        placement=Placement(
            placement.locations[:count],
            placement.weights[:count],
            placement.grid,
            placement.window,
            placement.times_s[:count],
            duration_s,
        ),
    )


def headed(result: VideoResult, reach_s: float) -> VideoResult:
    """The same with a temporal head, every frame reaching equally far."""
    reach = np.full((len(result.frames), 2), reach_s, np.float32)
    return replace(
        result,
        reach_s=reach,
        projected=result.control,
        control_head=Sharpened(result.control, reach),
    )


class TestFuse:
    @pytest.mark.parametrize("weight", [0.0, 0.25, 0.5, 1.0])
    def test_scores_and_maps_are_the_weighted_mean(self, weight):
        """Against a loop over every frame, cell and class."""
        first, second = make_result(), other()
        found = fuse(first, second, Settings(), weight)
        maps = [frame_maps(r.grid, r.placement) for r in (first, second)]
        assert found.maps.shape == (10, 7, 7, 3)
        for t in range(10):
            for c in range(3):
                for name in ("frames", "control"):
                    one, two = (getattr(r, name).probability for r in (first, second))
                    wanted = weight * one[t, c] + (1 - weight) * two[t, c]
                    got = getattr(found, name).probability[t, c]
                    assert got == pytest.approx(wanted, abs=1e-6)
                for i, j in np.ndindex(7, 7):
                    wanted = weight * maps[0][t, i, j, c]
                    wanted += (1 - weight) * maps[1][t, i, j, c]
                    assert found.maps[t, i, j, c] == pytest.approx(wanted, abs=1e-3)

    def test_scores_stay_probabilities(self):
        found = fuse(make_result(), other(), Settings(), 0.3)
        np.testing.assert_allclose(found.frames.probability.sum(axis=1), 1, atol=1e-5)
        np.testing.assert_allclose(found.maps.sum(axis=-1), 1, atol=5e-3)

    def test_actions_are_found_in_the_mean_not_in_either(self):
        found = fuse(make_result(), other(), Settings())
        proposals, candidates = localise(found.frames, Settings())
        np.testing.assert_array_equal(found.proposals.spans_s, proposals.spans_s)
        np.testing.assert_array_equal(
            found.candidates.segments.scores, candidates.segments.scores
        )

    def test_fused_with_itself_nothing_changes(self):
        first = make_result()
        found = fuse(first, first, Settings(), 0.3)
        np.testing.assert_allclose(
            found.frames.probability, first.frames.probability, atol=1e-6
        )
        assert found.info == first.info

    def test_weights_and_order_mirror_each_other(self):
        one = fuse(make_result(), other(), Settings(), 0.3)
        two = fuse(other(), make_result(), Settings(), 0.7)
        np.testing.assert_allclose(
            one.frames.probability, two.frames.probability, atol=1e-6
        )
        np.testing.assert_array_equal(one.maps, two.maps)

    def test_where_no_weight_is_named_the_first_has_seven_tenths(self):
        first, second = make_result(), other()
        found = fuse(first, second, Settings()).frames.probability
        wanted = 0.7 * first.frames.probability + 0.3 * second.frames.probability
        np.testing.assert_allclose(found, wanted, atol=1e-6)

    def test_the_imprint_is_the_first_streams(self):
        first = make_result()
        found = fuse(first, other(), Settings())
        np.testing.assert_array_equal(found.mosaic, first.mosaic)
        np.testing.assert_array_equal(found.grid.probability, first.grid.probability)
        np.testing.assert_array_equal(
            found.placement.locations, first.placement.locations
        )

    @pytest.mark.parametrize("swapped", [False, True])
    def test_the_longer_is_cut_to_the_shorter_and_it_is_said(self, swapped):
        both = [make_result(), cut(other(), 7, 1.4)]
        if swapped:
            both.reverse()
        found = fuse(*both, Settings())
        assert len(found.frames) == len(found.placement) == len(found.maps) == 7
        assert found.trace.shape[1] == 7
        assert found.frames.duration_s == pytest.approx(1.4)
        longer = "second" if swapped else "first"
        assert found.info.problems[-1] == (
            f"the {longer} stream has 10 samples, cut to 7"
        )

    def test_a_stream_without_control_gives_none(self):
        without = replace(other(), control=None)
        assert fuse(make_result(), without, Settings()).control is None

    def test_heads_of_both_are_averaged_and_say_where_actions_end(self):
        first, second = headed(make_result(), 0.5), headed(other(), 1.5)
        found = fuse(first, second, Settings(), 0.25)
        np.testing.assert_allclose(found.reach_s, 0.25 * 0.5 + 0.75 * 1.5)
        np.testing.assert_allclose(found.control_head.reach_s, found.reach_s)
        wanted = 0.25 * first.projected.probability
        wanted = wanted + 0.75 * second.projected.probability
        np.testing.assert_allclose(found.projected.probability, wanted, atol=1e-6)
        _, candidates = localise(found.frames, Settings(), found.reach_s)
        np.testing.assert_array_equal(
            found.candidates.segments.spans_s, candidates.segments.spans_s
        )

    @pytest.mark.parametrize("swapped", [False, True])
    def test_a_head_in_one_stream_only_has_no_say_in_borders(self, swapped):
        both = [headed(make_result(), 0.5), other()]
        if swapped:
            both.reverse()
        found = fuse(*both, Settings())
        assert found.reach_s is None
        assert found.projected is None
        assert found.control_head is None

    def test_survives_its_file(self, tmp_path):
        found = fuse(make_result(), other(), Settings())
        store.write_record(tmp_path / "v.npz", found)
        back = store.read_record(tmp_path / "v.npz", VideoResult)
        np.testing.assert_array_equal(back.maps, found.maps)
        np.testing.assert_array_equal(maps_of(back), found.maps.astype(np.float32))

    def test_maps_of_an_ordinary_result_are_those_on_its_grid(self):
        soft = replace(make_result(), projection="soft")
        np.testing.assert_array_equal(
            maps_of(soft), frame_maps(soft.grid, soft.placement, soft=True)
        )

    def test_each_stream_s_maps_are_projected_as_its_scores_were(self):
        first, second = make_result(), replace(other(), projection="soft")
        found = fuse(first, second, Settings(), 0.25)
        wanted = 0.25 * frame_maps(first.grid, first.placement)
        wanted += 0.75 * frame_maps(second.grid, second.placement, soft=True)
        np.testing.assert_allclose(found.maps, wanted, atol=1e-3)

    def test_other_geometry_is_refused(self):
        wide = replace(other(), geometry=FrameGeometry(0.0, 0.0, 1.0, 1.0))
        with pytest.raises(InputError, match=r"v: streams of other geometry.*x1=1\.0"):
            fuse(make_result(), wide, Settings())

    def test_other_sizes_of_maps_are_refused(self):
        small = replace(other(), placement=replace(other().placement, window=(5, 5)))
        with pytest.raises(InputError, match=r"wanted \(7, 7\), got \(5, 5\)"):
            fuse(make_result(), small, Settings())

    def test_other_times_are_refused(self):
        late = other()
        times = late.frames.times_s + 0.05
        late = replace(
            late,
            frames=FrameScores(late.frames.probability, times, 2.0),
        )
        with pytest.raises(InputError, match=r"got 0\.050 s apart"):
            fuse(make_result(), late, Settings())

    def test_other_classes_are_refused(self):
        frames = other().frames
        fewer = FrameScores(frames.probability[:, :2], frames.times_s, 2.0)
        with pytest.raises(InputError, match="other classes, wanted 3, got 2"):
            fuse(make_result(), replace(other(), frames=fewer), Settings())


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
