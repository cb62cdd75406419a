"""Both streams on real videos: trained, fused and evaluated from the command line.

The videos of `test_pipeline`, one epoch, a small grid: whether the parts fit.
"""

import json
from pathlib import Path

import numpy as np
import pytest

from dbs_core.runs.run import Run
from tests.test_pipeline import TRAIN, VIDEOS, Work, copy_dataset, sound

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def rgb(tmp_path_factory: pytest.TempPathFactory) -> Work:
    root = tmp_path_factory.mktemp("streams")
    made = Work(copy_dataset(root / "data"), root / "rgb", root / "features")
    assert made.call("train", made.dataset, *TRAIN) == 0
    assert made.call("detect", made.dataset) == 0
    return made


@pytest.fixture(scope="module")
def flow(rgb: Work) -> Work:
    made = Work(rgb.dataset, rgb.run.parent / "flow", rgb.cache)
    assert made.call("train", made.dataset, *TRAIN, "--stream", "flow") == 0
    assert made.call("detect", made.dataset) == 0
    return made


@pytest.fixture(scope="module")
def both(rgb: Work, flow: Work) -> Work:
    made = Work(rgb.dataset, rgb.run.parent / "both", rgb.cache)
    words = ("--run", rgb.run, "--run", flow.run, "--to", made.run)
    from dbs_core.cli.main import main

    assert main(["fuse", *map(str, words)]) == 0
    return made


@pytest.mark.parametrize("video", VIDEOS["test"])
def test_the_flow_stream_has_the_same_frames_and_an_imprint_of_its_own(
    rgb, flow, video
):
    one, other = (Run.open(work.run).result("test", video) for work in (rgb, flow))
    sound(other, grid=16)
    np.testing.assert_array_equal(one.frames.times_s, other.frames.times_s)
    assert one.geometry == other.geometry
    assert not np.array_equal(one.placement.locations, other.placement.locations)


def test_a_flow_run_knows_its_stream(flow, capsys):
    features = Run.open(flow.run).info.settings["features"]
    assert (features["stream"], features["flow"]) == ("flow", "dis")
    assert flow.call("train", flow.dataset, *TRAIN) == 2
    assert "other data, settings or seed" in capsys.readouterr().err


def test_a_fused_run_is_evaluated_like_any_other(both):
    path = both.run.parent / "figures.json"
    assert both.call("evaluate", "--control", "--ceilings", "--json", path) == 0
    figures = json.loads(path.read_text())
    assert set(figures) >= {"dbs", "control", "ceiling_labels", "ceiling_imprint"}
    assert figures["ceiling_labels"]["map"]["0.5"] == pytest.approx(100)


def test_fused_scores_are_seven_parts_rgb_and_three_flow(rgb, flow, both):
    """The weight that README and docs state, where none is named."""
    for video in VIDEOS["test"]:
        one, other, mean = (
            Run.open(work.run).result("test", video).frames.probability
            for work in (rgb, flow, both)
        )
        np.testing.assert_allclose(mean, 0.7 * one + 0.3 * other, atol=1e-6)


def test_what_flow_is_shown_decides_what_is_kept(flow):
    """Another method or another picture: nothing of the first is taken for it."""
    before = sorted(path.name for path in flow.cache.iterdir())
    again = flow.run.parent / "stack"
    words = (*TRAIN, "--stream", "flow", "--flow-input", "stack", "--mirrored")
    assert flow.call("train", flow.dataset, *words, run=again) == 0
    after = {path.name for path in flow.cache.iterdir()}
    assert set(before) <= after
    networks = {name for name in after if name.endswith(".openvino.npz")}
    new, kinds = after - set(before) - networks, {".f16", ".fine8", ".rgb8", ".npz"}
    assert {Path(name).suffix for name in new} == kinds
    assert len(new) == 2 * len(kinds) * len(VIDEOS["validation"])
