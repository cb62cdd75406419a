"""Figures against slow, obvious loops; pictures that hold what they should."""

import io
from dataclasses import replace

import cv2
import numpy as np
import pytest

from dbs_core.evaluation.projections import Projections, sharpness
from dbs_core.method.backprojection.windows import (
    coverage,
    frame_index,
    outlines,
)
from dbs_core.pictures.heat_maps import strip_picture, strip_times
from dbs_core.pictures.imprint import layer_picture, maps_picture
from dbs_core.pictures.layers import posterior_map
from dbs_core.pictures.panels import candidates_picture, em_picture, projection_picture
from dbs_core.pictures.teaser import teaser
from dbs_core.pictures.timeline import pack_lanes, timeline_picture
from dbs_core.records import Placement, VideoResult
from dbs_core.runs.run import Run
from explorer.elements.palette import palette
from explorer.explore.figures import em, grids, projection
from explorer.explore.figures.candidates import candidates_figure
from explorer.selection.address import LAYERS
from tests.app.make_run import CLASSES, HOSTILE

LIGHT = palette("light")


@pytest.fixture(scope="module")
def result(made_run: Run) -> VideoResult:
    return made_run.result("test", "two_jumps")


@pytest.fixture(scope="module")
def hostile(made_run: Run) -> VideoResult:
    return made_run.result("validation", HOSTILE)


@pytest.mark.parametrize(
    ("origin", "pieces"),
    [
        pytest.param((0, 0), 1, id="inside"),
        pytest.param((20, 3), 2, id="over the lower edge"),
        pytest.param((3, 20), 2, id="over the right edge"),
        pytest.param((20, 20), 4, id="over the corner"),
    ],
)
def test_outlines_cover_exactly_the_window(
    origin: tuple[int, int], pieces: int
) -> None:
    found = outlines(origin, (7, 7), (24, 24))
    painted = np.zeros((24, 24), int)
    for r, c, h, w in found:
        painted[r : r + h, c : c + w] += 1
    expected = np.zeros((24, 24), int)
    for i in range(7):
        for j in range(7):
            expected[(origin[0] + i) % 24, (origin[1] + j) % 24] = 1
    assert len(found) == pieces
    assert (painted == expected).all()


def slow_coverage(placement: Placement) -> np.ndarray:
    count = np.zeros(placement.grid)
    for row, column in placement.best.astype(int):
        for i in range(placement.window[0]):
            for j in range(placement.window[1]):
                count[(row + i) % 24, (column + j) % 24] += 1
    return count


def test_coverage_agrees_with_loops(result: VideoResult) -> None:
    placement = result.placement
    count = slow_coverage(placement)
    assert (coverage(placement.best, placement) == count).all()


def test_frame_index_is_the_last_frame_not_after() -> None:
    times = np.array([0.0, 0.2, 0.4, 1.0])
    asked = {-1.0: 0, 0.0: 0, 0.19: 0, 0.2: 1, 0.99: 2, 1.0: 3, 9.0: 3}
    assert {t: frame_index(times, t) for t in asked} == asked


def test_the_replay_ends_where_the_frames_lie(result: VideoResult) -> None:
    figure = em.replay_figure(result, 5, LIGHT.wrong)
    last = np.nan_to_num(np.array(figure.frames[-1].data[0].z, float))
    assert len(figure.frames) == len(result.trace)
    assert (last == slow_coverage(result.placement)).all()


def test_posterior_map_holds_the_weights(result: VideoResult) -> None:
    spread = np.nan_to_num(posterior_map(result.placement, 3))
    assert spread.sum() == pytest.approx(1.0, abs=1e-6)
    row, column = result.placement.best[3]
    assert spread[row, column] == pytest.approx(0.97, abs=1e-6)


def test_sharpness_counts_every_frame(result: VideoResult) -> None:
    found = sharpness(result.placement.weights[:, 0])
    assert sum(projection.sharpness_figure(found, LIGHT.primary).data[0].y) == 60


def test_candidates_are_kept_removed_and_named(hostile: VideoResult) -> None:
    figure = candidates_figure(hostile, 4, CLASSES, LIGHT)
    kept = next(bar for bar in figure.data if bar.y[0] == "kept")
    removed = next(bar for bar in figure.data if bar.y[0] == "removed")
    assert (len(kept.x), len(removed.x)) == (2, 1)
    assert "<img" not in figure.to_json()
    assert "removed by candidate 0" in removed.text[0]


def test_plain_names_hold_no_tags() -> None:
    assert grids.plain(HOSTILE) == "&lt;img src=x onerror=window.hacked=1&gt;"


@pytest.mark.parametrize(
    ("spans", "lanes"),
    [
        pytest.param([], [], id="none"),
        pytest.param([[0, 2], [2, 3], [5, 6]], [0, 0, 0], id="side by side"),
        pytest.param([[0, 9], [1, 2], [3, 4], [1, 4]], [0, 1, 1, 2], id="stacked"),
        pytest.param([[0, 1]] * 8, [0, 1, 2, 3, 4, 4, 4, 4], id="at most five"),
    ],
)
def test_overlapping_spans_get_lanes(spans: list, lanes: list[int]) -> None:
    assert pack_lanes(np.array(spans, float).reshape(-1, 2)) == lanes


@pytest.mark.parametrize("kind", ["light", "dark"])
def test_pictures_are_png_and_svg_with_names_as_text(
    kind: str, hostile: VideoResult
) -> None:
    colours = palette(kind)
    pictures = (
        timeline_picture(hostile, 4, CLASSES, colours, 2.0),
        layer_picture(hostile, "segmentation", 4, 3, CLASSES, colours),
        maps_picture(hostile, 4, CLASSES, 3, colours),
    )
    for picture in pictures:
        assert cv2.imdecode(np.frombuffer(picture("png"), np.uint8), 1) is not None
        text = picture("svg").decode()
        assert "</svg>" in text
        assert "<img" not in text
    assert "&lt;img" in pictures[0]("svg").decode()


@pytest.mark.parametrize("layer", list(LAYERS))
def test_every_layer_can_be_taken_along(
    layer: str, result: VideoResult, made_run: Run
) -> None:
    picture = layer_picture(result, layer, 1, 3, CLASSES, LIGHT)
    assert picture is not None
    assert picture("png")[:4] == b"\x89PNG"
    assert "mathdefault" not in picture("svg").decode()
    blind = made_run.result("test", "no_truth")
    without = layer_picture(blind, layer, 3, 3, CLASSES, LIGHT)
    assert (without is None) == (layer == "annotation")


def test_the_plotly_panels_can_be_taken_along(
    result: VideoResult, hostile: VideoResult
) -> None:
    candidates = candidates_picture(result, 1, LIGHT)
    frames = hostile.frames
    scores = projection_picture(hostile, Projections(frames, frames), 4, CLASSES, LIGHT)
    replay = em_picture(result, LIGHT)
    assert replay is not None
    for picture, word in (
        (candidates, "removed"),
        (scores, "&lt;img"),
        (replay, f"iteration {len(result.trace)}"),
    ):
        assert picture("png")[:4] == b"\x89PNG"
        assert word in picture("svg").decode()
        assert "mathdefault" not in picture("svg").decode()
    none = {"trace": result.trace[:0], "log_likelihood": result.log_likelihood[:0]}
    assert em_picture(replace(result, **none), LIGHT) is None


def test_a_strip_shows_the_detection_and_its_sides(result: VideoResult) -> None:
    indices = strip_times(result, 0)
    times = result.placement.times_s[list(indices)]
    start, end = result.detections.spans_s[0]
    assert times[0] < start
    assert times[-1] >= end
    images = [np.zeros((240, 320, 3), np.uint8)] * len(indices)
    picture = strip_picture(result, 0, indices, images, CLASSES, LIGHT)
    assert picture("png")[:4] == b"\x89PNG"


def test_the_teaser_has_four_pictures_or_three(result: VideoResult) -> None:
    image = np.zeros((240, 320, 3), np.uint8)
    assert list(teaser(result, image, 1, 3, CLASSES, LIGHT)) == [
        "video",
        "imprint",
        "segmentation",
        "timeline",
    ]
    without = teaser(result, None, 1, 3, CLASSES, LIGHT)
    assert "video" not in without
    sizes = {
        cv2.imdecode(np.frombuffer(p, np.uint8), 1).shape for p in without.values()
    }
    assert len(sizes) == 1
    assert io.BytesIO(without["imprint"]).read(4) == b"\x89PNG"
