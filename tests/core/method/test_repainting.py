"""Painted cells: what changes by them, and what does not."""

from dataclasses import replace

import numpy as np
import pytest

from dbs_core.method.fusion import fuse
from dbs_core.method.labels_to_spans import localise, project
from dbs_core.method.repainting import repaint
from dbs_core.method.settings import Settings
from dbs_core.records import FrameScores, VideoResult
from dbs_core.runs.places import SAMPLE
from dbs_core.runs.run import Run
from dbs_core.runtime import store
from dbs_core.runtime.errors import InputError
from tests.core.make_result import make_result

BARE = replace(Settings(), head=replace(Settings().head, kind="none"), smoothing=0.0)


def found_in(result: VideoResult, settings: Settings) -> VideoResult:
    """The result that its label map gives, without a head."""
    frames = project(result.grid, result.placement, settings)
    proposals, candidates = localise(frames, settings)
    return replace(result, frames=frames, proposals=proposals, candidates=candidates)


def same_spans(one: VideoResult, other: VideoResult) -> None:
    for a, b in ((one.detections, other.detections), (one.proposals, other.proposals)):
        np.testing.assert_array_equal(a.spans_s, b.spans_s)
        np.testing.assert_array_equal(a.scores, b.scores)
        np.testing.assert_array_equal(a.labels, b.labels)


def cells_of(result: VideoResult, frames: range) -> set[tuple[int, int]]:
    """The cells that frames' windows cover, one by one."""
    (gh, gw), (h, w) = result.placement.grid, result.placement.window
    return {
        ((int(row) + i) % gh, (int(column) + j) % gw)
        for row, column in result.placement.best[list(frames)]
        for i in range(h)
        for j in range(w)
    }


def test_without_paint_the_samples_results_stay_as_they_are():
    run = Run.open(SAMPLE)
    settings = store.from_json(Settings, run.info.settings)
    for result in run.results(run.splits[0]):
        assert result.reach_s is not None
        same = repaint(result, {}, settings)
        np.testing.assert_array_equal(
            same.frames.probability, result.frames.probability
        )
        same_spans(same, result)


@pytest.mark.parametrize("projection", ["argmax", "soft"])
def test_frame_scores_are_those_of_the_painted_map(projection):
    """By a loop over each frame's windows and cells."""
    settings = replace(BARE, projection=projection)
    result = found_in(replace(make_result(), projection=projection), settings)
    paint = {(3, 4): 2, (3, 5): 2, (9, 9): 0, (0, 15): 1}
    got = repaint(result, paint, settings)
    mask, (gh, gw) = result.grid.mask, result.placement.grid
    for t in range(len(result.placement)):
        total = np.zeros(3)
        weights = result.placement.weights[t] if projection == "soft" else [1.0]
        for k, weight in enumerate(weights):
            row, column = result.placement.locations[t, k].astype(int)
            seen = [
                np.eye(3)[paint[cell]]
                if cell in paint
                else result.grid.probability[cell]
                for i in range(7)
                for j in range(7)
                if mask[cell := ((row + i) % gh, (column + j) % gw)]
            ]
            total += weight * np.mean(seen, axis=0) / np.sum(weights)
        np.testing.assert_allclose(got.frames.probability[t], total, atol=1e-5)
    proposals, candidates = localise(got.frames, settings)
    np.testing.assert_array_equal(got.proposals.spans_s, proposals.spans_s)
    np.testing.assert_array_equal(
        got.candidates.segments.scores, candidates.segments.scores
    )


@pytest.mark.parametrize("label", [0, 1, 2])
def test_all_cells_of_some_frames_give_them_that_class(label):
    result = found_in(make_result(), BARE)
    paint = dict.fromkeys(cells_of(result, range(2, 5)), label)
    got = repaint(result, paint, BARE)
    np.testing.assert_allclose(got.frames.probability[2:5, label], 1, atol=1e-5)
    others = got.frames.probability[:, label] - result.frames.probability[:, label]
    assert (others > -1e-6).all(), "cells of that class can only speak for it"
    with_head = repaint(
        replace(result, projected=result.frames, reach_s=np.ones((10, 2), np.float32)),
        paint,
        Settings(smoothing=0.0),
    )
    half = (result.frames.probability[2:5, label] + 1) / 2
    np.testing.assert_allclose(
        with_head.frames.probability[2:5, label], half, atol=1e-5
    )
    np.testing.assert_allclose(
        with_head.projected.probability[2:5, label], 1, atol=1e-5
    )
    assert with_head.reach_s is not None


def test_cells_without_frames_say_nothing():
    result = found_in(make_result(), BARE)
    free = [tuple(cell) for cell in np.argwhere(~result.grid.mask).tolist()]
    got = repaint(result, dict.fromkeys(free, 1), BARE)
    np.testing.assert_array_equal(got.frames.probability, result.frames.probability)


def test_of_fused_streams_the_paint_reaches_one():
    """As if the first had been painted and then fused."""
    first, second = (found_in(make_result(seed=seed), BARE) for seed in (0, 1))
    paint = dict.fromkeys(cells_of(first, range(4)), 1)
    wanted = fuse(repaint(first, paint, BARE), second, BARE, 0.7)
    got = repaint(fuse(first, second, BARE, 0.7), paint, BARE, weight=0.7)
    np.testing.assert_allclose(
        got.frames.probability, wanted.frames.probability, atol=1e-5
    )
    np.testing.assert_allclose(got.maps, wanted.maps, atol=2e-3)
    np.testing.assert_allclose(
        got.detections.spans_s, wanted.detections.spans_s, atol=1e-6
    )
    same_spans(
        repaint(fuse(first, second, BARE, 0.7), {}, BARE, weight=0.7),
        fuse(first, second, BARE, 0.7),
    )


def test_of_fused_heads_the_paint_reaches_the_scores_beside_them():
    reach = np.full((10, 2), 0.5, np.float32)

    def headed(seed: int, paint: dict[tuple[int, int], int]) -> VideoResult:
        """Half the scores are of a head that says the same whatever is painted."""
        plain = found_in(make_result(seed=seed), BARE)
        own = repaint(plain, paint, BARE).frames
        told = plain.control
        mixed = (own.probability + told.probability) / 2
        frames = FrameScores(mixed, own.times_s, own.duration_s)
        return replace(plain, frames=frames, projected=own, reach_s=reach)

    settings = Settings(smoothing=0.0)
    paint = dict.fromkeys(cells_of(make_result(), range(4)), 2)
    wanted = fuse(headed(0, paint), headed(1, {}), settings, 0.6)
    got = repaint(
        fuse(headed(0, {}), headed(1, {}), settings, 0.6), paint, settings, weight=0.6
    )
    np.testing.assert_allclose(
        got.frames.probability, wanted.frames.probability, atol=1e-5
    )
    np.testing.assert_allclose(
        got.projected.probability, wanted.projected.probability, atol=1e-5
    )


@pytest.mark.parametrize(
    ("paint", "told"),
    [
        ({(16, 0): 1}, "no such cell"),
        ({(0, -1): 1}, "no such cell"),
        ({(0, 0): 3}, "class"),
    ],
)
def test_what_is_not_there_is_refused(paint, told):
    with pytest.raises(InputError, match=told):
        repaint(make_result(), paint, Settings())
