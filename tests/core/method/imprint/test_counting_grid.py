"""The counting grid against its formulas by plain loops, and what it must do."""

import numpy as np
import pytest
import torch

from dbs_core.method.features.projection import fit_projection
from dbs_core.method.imprint import counting_grid as cg
from dbs_core.method.imprint.fitting import fit
from dbs_core.method.imprint.settings import EpitomeSettings
from dbs_core.records import Features
from dbs_core.runtime.errors import Cancelled, InputError
from dbs_core.runtime.progress import Progress
from dbs_core.runtime.seeds import generator_for

GRID, D = 16, 3
SETTINGS = EpitomeSettings(model="counting-grid", grid=GRID)


@pytest.fixture
def pi():
    grid = torch.rand(GRID, GRID, D, generator=torch.Generator().manual_seed(0)) + 0.1
    return grid / grid.sum(-1, keepdim=True)


@pytest.fixture
def sectors():
    maps = torch.rand(2, 7, 7, D, generator=torch.Generator().manual_seed(1))
    return cg.sectors_of(maps) / cg.COUNTS


def scenes(count=24, kinds=3, seed=0):
    """Frames of a few kinds, each with features of its own, and noise."""
    rng = np.random.default_rng(seed)
    looks = rng.random((kinds, 7, 7, 8)).astype(np.float32) ** 4
    kind = np.arange(count) % kinds
    maps = looks[kind] + 0.02 * rng.random((count, 7, 7, 8)).astype(np.float32)
    times = np.arange(count) * 0.2
    return Features(maps.astype(np.float16), times, count * 0.2), kind


def fitted(features, settings=SETTINGS, seed=0, **options):
    locate = fit_projection(np.random.default_rng(0).random((50, 8)), 4)
    generator = generator_for(seed, "x")
    return fit(features, locate, settings, generator=generator, **options)


def brute_h(pi):
    h = torch.zeros_like(pi)
    for x in range(GRID):
        for y in range(GRID):
            for i in range(2):
                for j in range(2):
                    h[x, y] += pi[(x + i) % GRID, (y + j) % GRID] / 4
    return h


def brute_joint(sectors, h):
    joint = torch.zeros(len(sectors), GRID, GRID)
    for x in range(GRID):
        for y in range(GRID):
            for r in range(4):
                for c in range(4):
                    cell = h[(x + 2 * r) % GRID, (y + 2 * c) % GRID]
                    joint[:, x, y] += sectors[:, r, c] @ cell.log()
    return joint


def test_sectors_hold_the_same_counts_everywhere():
    maps = torch.rand(3, 7, 7, 5)
    found = cg.sectors_of(maps)
    assert found.shape == (3, 4, 4, 5)
    torch.testing.assert_close(found.sum(-1), torch.full((3, 4, 4), cg.COUNTS))


def test_the_e_step_is_its_formula(pi, sectors):
    h = cg.sector_means(pi)
    torch.testing.assert_close(h, brute_h(pi))
    torch.testing.assert_close(
        cg.log_joint(sectors, h), brute_joint(sectors, h), atol=1e-4, rtol=1e-4
    )


def test_the_m_step_is_its_formula(pi, sectors):
    h = cg.sector_means(pi)
    q = torch.rand(2, GRID, GRID, generator=torch.Generator().manual_seed(2))
    wanted = torch.full_like(pi, 0.01)
    for x in range(GRID):
        for y in range(GRID):
            for r in range(4):
                for c in range(4):
                    at = (x + 2 * r) % GRID, (y + 2 * c) % GRID
                    count = (q[:, x, y, None] * sectors[:, r, c]).sum(0)
                    for i in range(2):
                        for j in range(2):
                            cell = (at[0] + i) % GRID, (at[1] + j) % GRID
                            wanted[cell] += pi[cell] * count / h[at]
    wanted = wanted / wanted.sum(-1, keepdim=True)
    found = cg.m_step(pi, h, cg.laid(q, sectors), 0.01)
    torch.testing.assert_close(found, wanted, atol=1e-5, rtol=1e-4)


def test_alike_frames_share_a_place_and_others_do_not():
    features, kind = scenes()
    best = fitted(features).placement.best
    for one in range(3):
        assert len(np.unique(best[kind == one], axis=0)) == 1
    assert len(np.unique(best, axis=0)) == 3


def test_it_gets_likelier_and_settles():
    found = fitted(scenes()[0])
    assert found.converged
    assert found.log_likelihood[-1] > found.log_likelihood[0]
    assert len(found.log_likelihood) > cg.RULE.settling


def test_what_follows_is_as_with_an_epitome():
    """Means of all features in the cells where the frames lie."""
    features, _ = scenes()
    found = fitted(features)
    assert found.placement.grid == (GRID, GRID)
    assert found.placement.window == (7, 7)
    assert found.imprint.mean.shape == (GRID, GRID, 8)
    assert found.imprint.usage.sum() == pytest.approx(len(features) * 49, rel=1e-3)


def test_the_same_seed_gives_the_same_bytes():
    features, _ = scenes()
    one, again = fitted(features), fitted(features)
    assert one.imprint.mean.tobytes() == again.imprint.mean.tobytes()
    other = fitted(features, seed=1)
    assert (one.placement.locations != other.placement.locations).any()


@pytest.mark.parametrize("side", [3, 14])
def test_maps_that_do_not_fill_a_frame_are_refused(side):
    maps = np.ones((4, side, side, 8), np.float16)
    with pytest.raises(InputError, match=f"7 or 8 cells.*got {side} x {side}"):
        fitted(Features(maps, np.arange(4) * 0.2, 0.8))


def test_can_be_stopped():
    with pytest.raises(Cancelled):
        fitted(scenes()[0], progress=Progress(cancelled=lambda: True))


def test_frames_of_nothing_go_through():
    blank = Features(np.zeros((6, 7, 7, 8), np.float16), np.arange(6) * 0.2, 1.2)
    assert np.isfinite(fitted(blank).imprint.mean).all()
