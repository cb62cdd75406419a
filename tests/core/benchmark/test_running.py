"""The benchmark at small sizes: every figure there and sensible, never a time limit."""

import json
import math
from dataclasses import replace

import numpy as np
import pytest
import torch

from dbs_core.benchmark import QUICK, exact_em, lengths, measure
from dbs_core.benchmark.imprint_times import fitted, locating
from dbs_core.benchmark.material import Material, as_features, gather, repeated
from dbs_core.benchmark.memory import Job, measured, write_maps
from dbs_core.benchmark.scoring_times import patches
from dbs_core.cli import benchmark as command
from dbs_core.cli.main import main
from dbs_core.method.features.cache import FeatureCache
from dbs_core.method.features.engines.openvino_package import openvino
from dbs_core.method.features.streams import named_backbone
from dbs_core.method.imprint.settings import EpitomeSettings
from dbs_core.method.model_file import load_model
from dbs_core.runs.places import SAMPLE
from dbs_core.runtime.errors import InputError
from dbs_core.runtime.progress import SILENT

TINY = replace(
    QUICK,
    frames=40,
    grid=16,
    other_grids=(20,),
    exact_frames=20,
    repeats=1,
    growth=(10, 60),
    growth_dimensions=32,
    flow_pairs=2,
    gemm=64,
)
WANTED = (
    *("imprint_16_s", "imprint_16_speedup", "imprint_16_gain_share", "imprint_20_s"),
    *("imprint_16_full_search_speedup", "imprint_16_full_search_gain_share"),
    *("fcn_c3_16_s", "video_seconds_per_second", "imprint_fcn_peak_mb"),
    *("post_stages_s", "flow_frames_per_second", "gemm_gflops"),
    *("memcpy_gb_per_second", "exact_s", "backbone_frames_per_second"),
    *("pytorch_backbone_frames_per_second", "backbone_over_pytorch"),
    *("pytorch_video_seconds_per_second", "video_seconds_per_second_at_gemm_limit"),
    *("training_fcn_step_s", "training_head_step_s"),
    "training_fcn_step_on_whole_grids_s",
    "video_seconds_per_second_of_backbone_alone",
)


@pytest.fixture(scope="module")
def figures(tmp_path_factory):
    model = load_model(SAMPLE / "model.npz")
    return measure(
        command.shipped(quick=True),
        model,
        named_backbone(model.settings.features),
        FeatureCache(tmp_path_factory.mktemp("features")),
        TINY,
    )


class TestMeasure:
    @pytest.mark.parametrize("name", WANTED)
    def test_figures_are_there_and_positive(self, figures, name):
        assert math.isfinite(figures[name])
        assert figures[name] > 0

    def test_shares_of_the_stages_make_a_whole(self, figures):
        stages = ("decode", "backbone", "imprint", "fcn", "proposals")
        for engine in ("", "pytorch_"):
            shares = [figures[f"{engine}share_{name}"] for name in stages]
            assert sum(shares) == pytest.approx(1)
            assert min(shares) >= 0

    def test_bfloat16_is_beside_them_where_the_cpu_has_it(self, figures):
        able = openvino().Core().get_property("CPU", "OPTIMIZATION_CAPABILITIES")
        for name in ("backbone_over_pytorch", "video_seconds_per_second"):
            assert (f"bfloat16_{name}" in figures) == ("BF16" in able)
        rows = [name for name in figures if name.startswith("fcn_c3_")]
        of_fcn = [name for name in rows if name.endswith("_bfloat16_s")]
        assert len(of_fcn) == 2 * ("BF16" in able)

    def test_lengths_say_what_they_are(self, figures):
        short, long = figures["growth"]
        assert (short["frames"], long["frames"]) == (10, 60)
        assert figures["growth_dimensions"] == 32
        assert min(short["seconds"], long["seconds"]) > 0
        assert figures["growth_most_over_least"] >= 1

    def test_says_what_was_extrapolated_and_from_what(self, figures):
        assert figures["exact_how"] == "extrapolated from 20 frames"
        assert "video_test_0000001" in figures["data"]
        assert "1024 of 1280 channels" in figures["data"]

    def test_becomes_a_table_and_json(self, figures):
        again = json.loads(json.dumps(figures))
        shown = command.text(again)
        for name in again:
            assert name in shown


class TestCommand:
    def test_writes_what_it_prints(self, figures, monkeypatch, tmp_path, capsys):
        monkeypatch.setattr(command, "measure", lambda *args, **options: figures)
        target = tmp_path / "figures.json"
        assert main(["benchmark", "--quick", "--json", str(target)]) == 0
        assert json.loads(target.read_text()) == json.loads(json.dumps(figures))
        assert "gain_share" in capsys.readouterr().out

    def test_the_keys_are_those_of_a_grid_of_48(self):
        assert QUICK.grid == 48

    def test_a_missing_video(self, tmp_path, capsys):
        missing = tmp_path / "none.mp4"
        assert main(["benchmark", "--quick", "--video", str(missing)]) == 2
        assert "none.mp4" in capsys.readouterr().err


class Plain:
    """A source that is never asked for anything."""

    name = "plain"
    dimensions = 4
    network = None

    def sampled(self, part, root, progress):
        raise AssertionError


class TestMaterial:
    def test_frames_come_again_from_the_first(self):
        maps = np.arange(3, dtype=np.float16).reshape(3, 1, 1, 1)
        found = repeated(maps, 7)[:, 0, 0, 0]
        assert found.tolist() == [0, 1, 2, 0, 1, 2, 0]
        assert repeated(maps, 2)[:, 0, 0, 0].tolist() == [0, 1]

    def test_no_video(self, tmp_path):
        with pytest.raises(InputError, match="no video"):
            gather([], Plain(), FeatureCache(tmp_path), TINY, SILENT)

    def test_score_maps_are_probabilities_with_several_classes(self):
        found = patches((16, 18))
        np.testing.assert_allclose(found.sum(-1), 1, atol=1e-5)
        assert len(np.unique(found.argmax(-1))) > 5


class TestExact:
    @pytest.fixture
    def maps(self, rng):
        scenes = rng.normal(size=(4, 7, 7, 24))
        noise = rng.normal(size=(24, 7, 7, 24))
        return (scenes.repeat(6, axis=0) + 0.3 * noise).astype(np.float16)

    def test_likelihood_rises_until_the_rule_stops_it(self, maps):
        settings = EpitomeSettings(grid=16)
        frames = torch.nn.functional.normalize(torch.from_numpy(maps).float(), dim=-1)
        found = exact_em.run(frames, settings, SILENT)
        steps = np.array(found.log_likelihood)
        assert found.iterations == len(steps) > 1
        assert steps[-1] > steps[0]
        growth = np.diff(steps) / np.abs(steps[:-1])
        assert growth[-1] <= settings.tolerance
        assert np.all(growth[:-1] > settings.tolerance)

    def test_share_of_the_gain_is_one_for_the_exact_imprint_itself(self, maps):
        """All dimensions, learnt variances: nothing is left out but the fast path."""
        settings = EpitomeSettings(grid=16, locate_dimensions=24)
        locate = locating(Material(maps, ""), settings)
        exact, shares = exact_em.compare(
            torch.from_numpy(maps), locate, settings, "cpu", SILENT
        )
        assert exact.seconds > 0
        assert set(shares) == {"full", "fast"}
        assert list(shares.values()) == pytest.approx([1, 1], abs=0.1)

    def test_share_is_small_for_frames_put_anywhere(self, maps, rng):
        settings = EpitomeSettings(grid=16, locate_dimensions=24)
        locate = locating(Material(maps, ""), settings)
        found = fitted(as_features(maps), locate, settings, "cpu")
        frames = torch.nn.functional.normalize(torch.from_numpy(maps).float(), dim=-1)
        exact = exact_em.run(frames, settings, SILENT)
        shuffled = replace(found, placement=moved(found.placement, rng))
        good = exact_em.gain_share(frames, found, settings, exact)
        assert exact_em.gain_share(frames, shuffled, settings, exact) < good


def moved(placement, rng):
    places = rng.permutation(placement.locations)
    return replace(placement, locations=places)


class TestMemory:
    def test_a_failing_process_is_one_line(self, tmp_path):
        missing = str(tmp_path / "none.f16")
        job = Job(missing, str(tmp_path / "none.npz"), (1, 7, 7, 8), 16, "cpu", 1)
        with pytest.raises(InputError, match=r"none\.f16"):
            measured(job)

    def test_files_hold_the_frames_again_from_the_first(self, tmp_path):
        maps = np.arange(6, dtype=np.float16).reshape(3, 1, 2, 1)
        shape = write_maps(tmp_path / "maps.f16", maps, 5)
        kept = np.fromfile(tmp_path / "maps.f16", np.float16).reshape(shape)
        np.testing.assert_array_equal(kept, repeated(maps, 5))

    def test_a_mapped_file_is_read_the_same(self, tmp_path, rng):
        """Its pages are let go of after each piece."""
        maps = rng.normal(size=(30, 7, 7, 8)).astype(np.float16)
        write_maps(tmp_path / "maps.f16", maps, 30)
        mapped = np.memmap(tmp_path / "maps.f16", np.float16, "r").reshape(maps.shape)
        settings = EpitomeSettings(grid=16, locate_dimensions=8, search="fast")
        locate = locating(Material(maps, ""), settings)
        held, read = (
            fitted(as_features(each), locate, settings, "cpu")
            for each in (maps, mapped)
        )
        assert held.imprint.mean.tobytes() == read.imprint.mean.tobytes()

    def test_time_of_each_frame_and_iteration(self):
        row = lengths._row(100, {"seconds": 2.0, "iterations": 4, "peak_mb": 1.0})
        assert row["ms_per_frame_and_iteration"] == pytest.approx(5.0)
