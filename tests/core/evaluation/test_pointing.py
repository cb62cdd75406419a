"""Boxes and the pointing game, on maps whose answer can be seen."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from dbs_core.datasets.actor_boxes import ActorBoxes, read_boxes
from dbs_core.evaluation.pointing import (
    Played,
    Pointing,
    area_share,
    cells_inside,
    peak_share,
    point,
    total,
)
from dbs_core.evaluation.pointing_table import pointing_rows
from dbs_core.method.control import Control, FrameClassifier, activation_maps
from dbs_core.method.features.projection import Projection
from dbs_core.records import (
    Candidates,
    Features,
    FrameGeometry,
    FrameScores,
    GridScores,
    Placement,
    Segments,
    VideoInfo,
    VideoResult,
    VideoTruth,
)
from dbs_core.runtime.errors import InputError
from tests.shared_data import shared_data

WHOLE = FrameGeometry(0.0, 0.0, 1.0, 1.0)
SIZE = (70, 140)  # cells of 10 x 20 pixels


def write(path: Path, value: object) -> Path:
    path.write_text(json.dumps(value))
    return path


def result_of(
    probability: np.ndarray, found: Segments, truth: Segments | None
) -> VideoResult:
    """Make a video of 10 frames, 5 a second, all at the grid's corner."""
    t, (gh, gw) = 10, probability.shape[:2]
    times = np.arange(t) / 5
    n = len(found)
    return VideoResult(
        video_id="made",
        split="test",
        video_path="made.mp4",
        info=VideoInfo(2.0, 25.0, *SIZE, "h264"),
        geometry=WHOLE,
        placement=Placement(
            np.zeros((t, 1, 2), np.int16),
            np.ones((t, 1), np.float32),
            (gh, gw),
            (7, 7),
            times,
            2.0,
        ),
        usage=np.ones((gh, gw), np.float32),
        log_likelihood=np.zeros(1),
        trace=np.zeros((1, t, 2), np.int16),
        mosaic=np.zeros((gh, gw, 3), np.uint8),
        grid=GridScores(probability, np.ones((gh, gw), bool)),
        frames=FrameScores(np.full((t, 2), 0.5, np.float32), times, 2.0),
        proposals=Segments.empty(),
        candidates=Candidates(found, np.full(n, -1), np.zeros(n), np.full(n, -1)),
        truth=None if truth is None else VideoTruth(truth, np.zeros((0, 2))),
    )


def peaked(row: int, column: int) -> np.ndarray:
    """Make grid scores whose class 1 peaks at one cell."""
    probability = np.full((16, 16, 2), 0.1, np.float32)
    probability[row, column, 1] = 0.9
    return probability


def boxes_at(times: list[float], box: list[float]) -> ActorBoxes:
    return ActorBoxes(
        np.array(times, np.float64),
        np.array([box] * len(times), np.float64).reshape(-1, 4),
    )


ALL_TIMES = [i / 5 for i in range(10)]
HERE = [20.0, 60.0, 40.0, 100.0]  # cells of columns 2-3, rows 3-4


def test_both_layouts_of_boxes_are_read(tmp_path: Path) -> None:
    ours = read_boxes(
        write(
            tmp_path / "a.json",
            {
                "fps": 5,
                "videos": {
                    "v": [[[1, 2, 3, 4], "Run"], [None, None], [[5, 6, 9, 9], None]]
                },
            },
        )
    )
    assert ours["v"].times_s.tolist() == [0.0, 0.4]
    assert ours["v"].boxes.tolist() == [[1, 2, 3, 4], [5, 6, 9, 9]]
    theirs = read_boxes(
        write(
            tmp_path / "b.json",
            {"v": [[2.0, "Run", 1, 2, 3, 4], [1.0, "Run", 0, 0, 1, 1]]},
        )
    )
    assert theirs["v"].times_s.tolist() == [1.0, 2.0]
    assert theirs["v"].boxes[1].tolist() == [1, 2, 3, 4]


@pytest.mark.parametrize(
    ("value", "told"),
    [
        pytest.param(
            {"fps": 5, "videos": {"v": [[[9, 0, 3, 4], None]]}},
            "9.0, 0.0, 3",
            id="box upside down",
        ),
        pytest.param({"v": [["soon", "Run", 0, 0, 1, 1]]}, "soon", id="no number"),
        pytest.param([1, 2], "list", id="a list"),
        pytest.param(
            {"fps": 5, "videos": {"v": [[7, 1]]}}, "int", id="box is a number"
        ),
    ],
)
def test_other_layouts_are_refused(tmp_path: Path, value: object, told: str) -> None:
    with pytest.raises(InputError, match=told):
        read_boxes(write(tmp_path / "boxes.json", value))


def test_boxes_of_the_real_sets_are_read() -> None:
    """The sample's has boxes in most sampled frames; UCF's only in two classes."""
    sample = read_boxes(shared_data("sample", "boxes.json"))
    assert len(sample) == 28
    assert sum(len(boxes) for boxes in sample.values()) > 28 * 100
    real = read_boxes(shared_data("ucf9-untrimmed", "boxes_test.json"))
    assert all(len(boxes) for boxes in real.values())


def test_a_box_serves_only_moments_near_it() -> None:
    boxes = boxes_at([0.0, 1.0, 1.2], HERE)
    times = np.array([0.0, 0.05, 0.3, 1.09, 1.11, 1.5])
    assert boxes.nearest(times, 0.11).tolist() == [0, 0, -1, 1, 2, -1]
    assert boxes_at([], HERE).nearest(np.array([0.0]), 1.0).tolist() == [-1]


def test_cells_are_those_whose_middle_lies_in_the_box() -> None:
    inside = cells_inside(np.array([HERE]), WHOLE, SIZE, (7, 7))[0]
    assert np.argwhere(inside).tolist() == [[3, 2], [3, 3], [4, 2], [4, 3]]


def test_cells_follow_the_part_of_the_frame_that_the_map_sees() -> None:
    """The map of METHOD 2.1 begins at column 37 of 298, the box is in pixels of all."""
    left = np.array([[0.0, 0.0, 37.0 / 298 * 340 - 0.1, 256.0]])
    assert not cells_inside(left, FrameGeometry(), (340, 256), (7, 7)).any()
    first = np.array([[0.0, 0.0, (37 + 32) / 298 * 340, 256.0]])
    inside = cells_inside(first, FrameGeometry(), (340, 256), (7, 7))[0]
    assert inside[:, 0].all()
    assert not inside[:, 1:].any()


def test_a_map_without_preference_points_by_area() -> None:
    """Two of seven columns and two of seven rows: 4 / 49."""
    share = area_share(np.array([HERE, [0.0, 0.0, 70.0, 140.0]]), WHOLE, SIZE)
    assert share == pytest.approx([4 / 49, 1.0])
    outside = np.array([[0.0, 0.0, 10.0, 256.0]])
    assert area_share(outside, FrameGeometry(), (340, 256)) == pytest.approx([0.0])


@given(
    st.lists(st.integers(0, 3), min_size=49, max_size=49),
    st.lists(st.booleans(), min_size=49, max_size=49),
)
def test_peak_share_is_the_slow_count(values: list[int], cells: list[bool]) -> None:
    best = max(values)
    peaks = [i for i in range(49) if values[i] == best]
    wanted = sum(cells[i] for i in peaks) / len(peaks)
    found = peak_share(
        np.array(values, np.float32).reshape(1, 7, 7), np.array(cells).reshape(1, 7, 7)
    )
    assert found[0] == pytest.approx(wanted)


@pytest.mark.parametrize(
    ("cell", "share"),
    [pytest.param((3, 2), 100.0, id="in"), pytest.param((0, 0), 0.0, id="out")],
)
def test_the_peak_of_the_found_class_decides(
    cell: tuple[int, int], share: float
) -> None:
    truth = Segments.of([[0.4, 1.4]], [1])
    found = Segments.of([[0.6, 1.6]], [1], [0.9])
    game = point(
        result_of(peaked(*cell), found, truth), boxes_at(ALL_TIMES, HERE)
    ).pointing()
    assert game.frames == 4  # 0.6, 0.8, 1.0, 1.2: in the truth and in the detection
    assert game.shares["dbs"] == share
    assert game.shares["uniform"] == pytest.approx(100 * 4 / 49)
    assert game.shares["centre"] == 100.0  # cell (3, 3) lies in the box


def test_only_right_detections_count_and_every_action_on_request() -> None:
    truth = Segments.of([[0.4, 1.4]], [1])
    result = result_of(peaked(3, 2), Segments.of([[0.0, 0.5]], [1], [0.9]), truth)
    boxes = boxes_at(ALL_TIMES, HERE)
    none = point(result, boxes).pointing()
    assert none.frames == 0
    assert np.isnan(none.shares["dbs"])
    assert point(result, boxes, which="every").pointing().frames == 5
    blind = replace(result, truth=None)
    assert point(blind, boxes, which="every").pointing().frames == 0


def test_frames_without_a_box_are_left_out() -> None:
    whole = Segments.of([[0.0, 2.0]], [1])
    result = result_of(peaked(3, 2), whole, whole)
    game = point(result, boxes_at([0.0, 0.2, 1.8], HERE)).pointing()
    assert game.frames == 3


def test_other_maps_play_by_the_same_rules_and_videos_add_up() -> None:
    whole = Segments.of([[0.0, 2.0]], [1])
    result = result_of(peaked(3, 2), whole, whole)
    other = np.zeros((10, 7, 7, 2), np.float32)
    other[:5, 4, 3, 1] = 1  # inside in half of the frames
    other[5:, 0, 0, 1] = 1
    game = point(result, boxes_at(ALL_TIMES, HERE), {"control": other}).pointing()
    assert game.shares["control"] == 50.0
    both = total([game, Pointing(30, {"dbs": 0.0, "control": 30.0})])
    assert both.frames == 40
    assert both.shares["dbs"] == 25.0
    assert both.shares["control"] == pytest.approx(100 * 35 / 40)
    assert total([]).frames == 0


def test_a_tolerance_widens_the_box() -> None:
    """The peak's middle, (35, 130), is 30 pixels below the box."""
    whole = Segments.of([[0.0, 2.0]], [1])
    result, boxes = result_of(peaked(6, 3), whole, whole), boxes_at(ALL_TIMES, HERE)
    near = {r: point(result, boxes, tolerance=r).pointing() for r in (0.0, 29.0, 31.0)}
    assert [game.shares["dbs"] for game in near.values()] == [0.0, 0.0, 100.0]
    assert near[29.0].shares["uniform"] == pytest.approx(100 * 69 * 98 / 70 / 140)


def test_a_place_moves_the_peak_of_any_map_to_its_finer_cells() -> None:
    """The score prefers another cell a little, the place the box by much."""
    whole = Segments.of([[0.0, 2.0]], [1])
    probability = np.full((16, 16, 2), 0.8, np.float32)
    probability[0, 0, 1] = 0.9
    place = np.full((10, 14, 14), 20, np.uint8)
    place[:, 7, 5] = 255  # its middle: (27.5, 75)
    result = replace(result_of(probability, whole, whole), unusual=place)
    flat = np.ones((10, 7, 7, 2), np.float32)
    boxes = boxes_at(ALL_TIMES, [26.0, 70.5, 30.0, 80.0])
    shares = point(result, boxes, {"control": flat}).pointing().shares
    assert shares["dbs"] == 0.0
    assert shares["dbs_placed"] == shares["control_placed"] == 100.0
    assert shares["control"] == 0.0  # no middle of 7 x 7 cells lies in so small a box


def test_boxes_of_another_size_are_refused() -> None:
    whole = Segments.of([[0.0, 2.0]], [1])
    boxes = boxes_at(ALL_TIMES, [20.0, 60.0, 300.0, 200.0])
    with pytest.raises(InputError, match=r"another size.*70 x 140.*x to 300, y to 200"):
        point(result_of(peaked(3, 2), whole, whole), boxes)


def test_rows_have_classes_and_an_interval_over_videos() -> None:
    """One video is all right, one all wrong: draws give 0, 50 or 100 %."""
    labels = np.array([1, 1, 2, 2])
    right, wrong = (
        Played(labels, {"dbs": np.array(hits), "uniform": np.full(4, 0.25)})
        for hits in ([1.0, 1, 1, 1], [0.0, 0, 0, 0])
    )
    rows = {row.name: row for row in pointing_rows([right, wrong])}
    assert set(rows) == {"dbs", "uniform"}
    assert rows["dbs"].percent == 50.0
    assert (rows["dbs"].low, rows["dbs"].high) == (0.0, 100.0)
    assert rows["dbs"].by_class == {1: 50.0, 2: 50.0}
    assert (rows["uniform"].low, rows["uniform"].high) == (25.0, 25.0)


def test_activation_maps_are_the_control_on_each_cell_alone(
    rng: np.random.Generator,
) -> None:
    """A slow loop over cells gives the same; 300 frames take two pieces."""
    maps = rng.random((300, 7, 7, 6)).astype(np.float32)
    features = Features(maps, np.arange(300) / 5, 60.0)
    axes = rng.normal(size=(6, 4)).astype(np.float32)
    torch.manual_seed(3)
    control = Control(
        Projection(np.zeros(6, np.float32), axes, 0.5),
        FrameClassifier(dimensions=4, channels=3, hidden=5, dropout=0.5),
    )
    found = activation_maps(features, control)
    assert found.shape == (300, 7, 7, 3)
    for t, i, j in [(0, 0, 0), (255, 3, 6), (256, 6, 0), (299, 2, 2)]:
        cell = maps[t, i, j]
        root = np.sqrt(cell) / np.linalg.norm(np.sqrt(cell))
        described = root @ axes
        described = torch.from_numpy(described / np.linalg.norm(described))
        with torch.inference_mode():
            wanted = control.classifier(described[None]).softmax(1)[0].numpy()
        assert found[t, i, j] == pytest.approx(wanted, abs=1e-5)
