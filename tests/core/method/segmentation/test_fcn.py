"""The FCN: PAPER Table 2's layers, and a torus that has no corner."""

import numpy as np
import pytest
import torch

from dbs_core.method.segmentation.fcn import ImprintFCN, segment, surroundings

D, C, E = 6, 4, 12


def network(architecture, dimensions=D, channels=C, **options):
    torch.manual_seed(3)
    return ImprintFCN(
        architecture=architecture, dimensions=dimensions, channels=channels, **options
    )


@pytest.fixture
def descriptors(rng):
    return rng.normal(size=(E, E + 3, D)).astype(np.float32)


ALL = pytest.mark.parametrize("architecture", ["C1", "C2", "C3", "C4", "F3"])
EVERYWHERE = np.ones((E, E + 3), bool)


@ALL
def test_probabilities_of_each_cell_sum_to_one(architecture, descriptors):
    scores = segment(network(architecture), descriptors, EVERYWHERE)
    assert scores.probability.shape == (E, E + 3, C)
    np.testing.assert_allclose(scores.probability.sum(-1), 1, atol=1e-5)
    assert np.ptp(scores.probability) > 0.01


@ALL
def test_shifting_the_torus_shifts_the_scores(architecture, descriptors):
    """METHOD 11, 2: circular padding."""
    model, shift = network(architecture), (5, -4)
    scores = segment(model, descriptors, EVERYWHERE).probability
    moved = segment(model, np.roll(descriptors, shift, (0, 1)), EVERYWHERE).probability
    np.testing.assert_allclose(moved, np.roll(scores, shift, (0, 1)), atol=1e-5)


@pytest.mark.parametrize("architecture", ["C3", "F3", "P3"])
def test_bfloat16_is_near_and_its_probabilities_are_float32(architecture, rng):
    """Eight bits of mantissa: each product is right to 2^-8, their sum to less."""
    model = network(architecture, 64)
    given = rng.normal(size=(E, E + 3, 64)).astype(np.float32)
    full = segment(model, given, EVERYWHERE).probability
    short = segment(model, given, EVERYWHERE, precision="bfloat16").probability
    assert short.dtype == np.float32
    np.testing.assert_allclose(short.sum(-1), 1, atol=1e-6)
    assert 0 < np.abs(short - full).max() < 0.02
    again = segment(model, given, EVERYWHERE, precision="bfloat16").probability
    np.testing.assert_array_equal(again, short)
    assert all(one.dtype == torch.float32 for one in model.parameters())
    np.testing.assert_array_equal(segment(model, given, EVERYWHERE).probability, full)


def test_c3_has_the_papers_number_of_parameters():
    """METHOD section 4: two layers of 512 and one of 21, 4.82 million."""
    parameters = network("C3", 512, 21).parameters()
    assert sum(p.numel() for p in parameters) == (
        2 * (512 * 512 * 9 + 512) + 21 * 512 * 9 + 21
    )


@pytest.mark.parametrize(
    ("architecture", "reach"), [("C1", 1), ("C2", 2), ("C3", 3), ("C4", 4), ("F3", 0)]
)
def test_a_cell_sees_as_far_as_its_layers(architecture, reach, descriptors):
    """Each 3 x 3 layer reaches one cell further, over the border too."""
    model = network(architecture)
    scores = segment(model, descriptors, EVERYWHERE).probability
    other = descriptors.copy()
    other[0, 0] += 3
    changed = np.abs(segment(model, other, EVERYWHERE).probability - scores).max(-1)
    rows = np.minimum(np.arange(E), E - np.arange(E))
    columns = np.minimum(np.arange(E + 3), E + 3 - np.arange(E + 3))
    near = np.maximum(rows[:, None], columns[None]) <= reach
    np.testing.assert_array_equal(changed > 1e-7, near)


def test_dropout_is_off_when_segmenting(descriptors):
    model = network("C3", dropout=0.5).train()
    first, second = (segment(model, descriptors, EVERYWHERE) for _ in range(2))
    np.testing.assert_array_equal(first.probability, second.probability)


def test_mask_is_handed_on(descriptors):
    mask = np.zeros((E, E + 3), bool)
    mask[2, 3] = True
    np.testing.assert_array_equal(segment(network("C1"), descriptors, mask).mask, mask)


class TestSurroundings:
    def test_is_a_loop_over_the_assigned_cells_around(self, rng):
        grid = rng.normal(size=(3, 9, 9)).astype(np.float32)
        grid[:, rng.random((9, 9)) < 0.3] = 0
        assigned = np.abs(grid).sum(axis=0) > 0
        wanted = np.zeros_like(grid)
        for y, x in np.argwhere(assigned):
            near = [
                ((y + i) % 9, (x + j) % 9) for i in range(-3, 4) for j in range(-3, 4)
            ]
            held = [grid[:, a, b] for a, b in near if assigned[a, b]]
            wanted[:, y, x] = 2 * np.mean(held, axis=0)
        found = surroundings(torch.from_numpy(grid)[None])[0]
        np.testing.assert_allclose(found, wanted, atol=1e-5)
