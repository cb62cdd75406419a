"""Heat maps follow the run's projection: Eq. 6 where it is soft, else Eq. 7."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest

from dbs_core.method.backprojection.frame_scores import maps_of
from dbs_core.method.backprojection.heat import heat_map
from dbs_core.paper.figures.subject import Subject
from dbs_core.pictures import heat_maps, teaser
from dbs_core.pictures.palette import PRINT
from dbs_core.records import BackProjection, ClassList, VideoResult
from dbs_core.runs.run import Run, RunInfo
from tests.core.make_result import make_result

CLASSES = ClassList(("Run", "Jump"), (7, 9))
FRAME, LABEL = 4, 2
BOTH: tuple[BackProjection, ...] = ("argmax", "soft")


def result_of(projection: BackProjection) -> VideoResult:
    """Two places a frame, 3 to 2, so that the equations differ."""
    made = make_result()
    weights = np.tile(np.float32([0.54, 0.36]), (len(made.frames), 1))
    placement = replace(made.placement, weights=weights)
    return replace(made, placement=placement, projection=projection)


def slow_map(result: VideoResult, frame: int, label: int) -> np.ndarray:
    """The equation cell by cell: windows of the grid, weighed by the posterior."""
    placement, grid = result.placement, result.grid.probability
    kept = 2 if result.projection == "soft" else 1
    heat = np.zeros((7, 7))
    for i, j in np.ndindex(7, 7):
        total = 0.0
        for k in range(kept):
            row, column = (int(x) for x in placement.locations[frame, k])
            weight = float(placement.weights[frame, k])
            total += weight
            heat[i, j] += weight * grid[(row + i) % 16, (column + j) % 16, label]
        heat[i, j] /= total
    return heat


def test_the_two_equations_differ_here():
    """Or the tests below would say nothing."""
    hard, soft = (slow_map(result_of(name), FRAME, LABEL) for name in BOTH)
    assert np.abs(hard - soft).mean() > 0.05


@pytest.mark.parametrize("projection", BOTH)
def test_maps_are_those_of_the_run_s_equation(projection):
    result = result_of(projection)
    for frame in range(len(result.frames)):
        for label in range(3):
            wanted = slow_map(result, frame, label)
            np.testing.assert_allclose(
                maps_of(result)[frame, :, :, label], wanted, atol=1e-6
            )
            np.testing.assert_allclose(
                heat_map(result, frame, label), wanted, atol=1e-6
            )


def test_chosen_labels_come_in_their_order():
    result = result_of("soft")
    np.testing.assert_allclose(
        maps_of(result, (2, 0)), maps_of(result)[..., [2, 0]], atol=1e-7
    )


def test_fused_maps_are_drawn_as_they_are():
    maps = np.random.default_rng(1).random((10, 7, 7, 3)).astype(np.float16)
    fused = replace(result_of("soft"), maps=maps)
    np.testing.assert_array_equal(heat_map(fused, FRAME, LABEL), maps[FRAME, ..., 2])
    np.testing.assert_array_equal(maps_of(fused, (2, 1)), maps[..., [2, 1]])


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[np.ndarray]]:
    """The heat maps that pictures lay over frames, as they come."""
    shares: list[np.ndarray] = []

    def note(axes, result, image, heat, colours):
        shares.append(np.array(heat))

    monkeypatch.setattr(heat_maps, "draw_frame", note)
    monkeypatch.setattr(teaser, "draw_frame", note)
    return shares


def shares_of(result: VideoResult, frame: int, label: int) -> np.ndarray:
    shown = result.grid.probability[..., label][result.grid.mask]
    return slow_map(result, frame, label) / max(shown.max(), 0.05)


IMAGE = np.zeros((24, 32, 3), np.uint8)


@pytest.mark.parametrize("projection", BOTH)
def test_every_picture_lays_that_map_over_its_frames(projection, drawn, tmp_path):
    result = result_of(projection)
    heat_maps.frame_picture(result, IMAGE, LABEL, FRAME, PRINT)
    teaser.teaser(result, IMAGE, LABEL, FRAME, CLASSES, PRINT)
    wanted = shares_of(result, FRAME, LABEL)
    assert len(drawn) == 2
    np.testing.assert_allclose(drawn, [wanted, wanted], atol=1e-5)
    info = RunInfo("x", "sample", "", CLASSES, {}, 0, {})
    paper = Subject(Run(tmp_path, info), result, 0.0).heat(FRAME, LABEL)
    np.testing.assert_allclose(paper, wanted, atol=1e-5)


@pytest.mark.parametrize("projection", BOTH)
def test_a_strip_lays_it_over_each_of_its_frames(projection, drawn):
    result = result_of(projection)
    number, indices = 0, (2, 5, 7)
    label = int(result.detections.labels[number])
    heat_maps.strip_picture(result, number, indices, [IMAGE] * 3, CLASSES, PRINT)
    wanted = [shares_of(result, frame, label) for frame in indices]
    np.testing.assert_allclose(drawn, wanted, atol=1e-5)
