"""The EM on the torus: against the float64 reference, and by its properties.

METHOD section 11, 1-4. The reference has tests of its own, against the equations.
"""

import itertools
from typing import get_args

import numpy as np
import pytest
import torch

from dbs_core.method.backprojection.annotation_maps import assigned_mask
from dbs_core.method.backprojection.frame_scores import to_frames
from dbs_core.method.features.projection import Projection
from dbs_core.method.imprint import accumulation, em
from dbs_core.method.imprint.comparing import Epitome
from dbs_core.method.imprint.fitting import fit
from dbs_core.method.imprint.posterior import Posterior
from dbs_core.method.imprint.settings import EpitomeSettings, Start
from dbs_core.method.segmentation.descriptors import descriptors
from dbs_core.method.segmentation.fcn import ImprintFCN, segment
from tests.core.made_frames import generator, plain, scenes
from tests.core.method.imprint import exact_em as exact

SHAPES = [
    pytest.param((8, 8), (3, 3), 4, id="E=8, W=3"),
    pytest.param((6, 9), (2, 4), 3, id="neither grid nor window square"),
]
SMALL = EpitomeSettings(grid=16, iterations=6)


def random_epitome(rng, grid, d, shared=False):
    mean = rng.normal(size=(*grid, d)).astype(np.float32)
    variance = rng.uniform(0.5, 2, (*grid, 1 if shared else d)).astype(np.float32)
    return Epitome(torch.from_numpy(mean), torch.from_numpy(variance))


def as_exact(epitome):
    mean = epitome.mean.double().numpy()
    variance = epitome.variance.double().numpy()
    return exact.ExactEpitome(mean, np.broadcast_to(variance, mean.shape).copy())


def random_frames(rng, t, window, d, scale=1.0):
    return torch.from_numpy((scale * rng.normal(size=(t, *window, d))).astype("f4"))


def listed(q, floor=0.0):
    """Make a posterior of an array [t, gh, gw]."""
    flat = torch.from_numpy(q.reshape(len(q), -1)).float()
    frame, origin = (flat > floor).nonzero(as_tuple=True)
    return Posterior(frame.contiguous(), origin.contiguous(), flat[frame, origin])


def as_array(posterior, t, grid):
    q = np.zeros((t, grid[0] * grid[1]))
    q[posterior.frame.numpy(), posterior.origin.numpy()] = posterior.weight.numpy()
    return q.reshape(t, *grid)


class TestEStep:
    @pytest.mark.parametrize("shared", [False, True])
    @pytest.mark.parametrize(("grid", "window", "d"), SHAPES)
    def test_equals_the_reference(self, rng, grid, window, d, shared):
        frames, epitome = (
            random_frames(rng, 7, window, d),
            random_epitome(rng, grid, d, shared),
        )
        posterior, best, total = em.e_step(frames, epitome)
        wanted = exact.e_step(frames.double().numpy(), as_exact(epitome))
        np.testing.assert_allclose(as_array(posterior, 7, grid), wanted, atol=1e-5)
        np.testing.assert_array_equal(best, wanted.reshape(7, -1).argmax(1))
        likelihood = exact.log_likelihood(frames.double().numpy(), as_exact(epitome))
        assert total == pytest.approx(likelihood, rel=1e-6)

    def test_does_not_depend_on_chunks(self, rng, monkeypatch):
        frames, epitome = (
            random_frames(rng, 8, (3, 3), 4),
            random_epitome(rng, (8, 8), 4),
        )
        whole, best, total = em.e_step(frames, epitome)
        monkeypatch.setattr(em, "CHUNK", 3)
        parts, best_of_parts, total_of_parts = em.e_step(frames, epitome)
        np.testing.assert_allclose(
            as_array(parts, 8, (8, 8)), as_array(whole, 8, (8, 8)), atol=1e-6
        )
        np.testing.assert_array_equal(best_of_parts, best)
        assert total_of_parts == pytest.approx(total, rel=1e-6)

    def test_far_off_frames_stay_finite(self, rng):
        """In log space: densities of e^-100000 are no zero divided by zero."""
        frames = random_frames(rng, 3, (3, 3), 4, scale=300)
        posterior, _, total = em.e_step(frames, random_epitome(rng, (8, 8), 4))
        assert np.isfinite(total)
        np.testing.assert_allclose(
            as_array(posterior, 3, (8, 8)).sum((1, 2)), 1, atol=1e-5
        )

    def test_identical_frames_lie_alike(self, rng):
        frames = random_frames(rng, 6, (3, 3), 4, scale=0.3)
        frames[4] = frames[1]
        posterior, best, _ = em.e_step(frames, random_epitome(rng, (8, 8), 4))
        q = as_array(posterior, 6, (8, 8))
        np.testing.assert_allclose(q[4], q[1], atol=1e-6)
        assert best[4] == best[1]


class TestMStep:
    @pytest.mark.parametrize("dense", [0, 10**9], ids=["dense", "listed"])
    @pytest.mark.parametrize(("grid", "window", "d"), SHAPES)
    def test_equals_the_reference(self, rng, monkeypatch, grid, window, d, dense):
        """Both routes, for a posterior that is spread over the whole grid."""
        monkeypatch.setattr(accumulation, "DENSE", dense)
        monkeypatch.setattr(
            accumulation, "CHUNK", 64
        )  # so that a list has several parts
        frames, old = random_frames(rng, 9, window, d), random_epitome(rng, grid, d)
        q = rng.dirichlet(np.ones(grid[0] * grid[1]), 9).reshape(9, *grid)
        settings = EpitomeSettings(variance_floor=1e-3)
        found = em.m_step(frames, listed(q), old, settings)
        wanted = exact.m_step(
            frames.double().numpy(), q, as_exact(old), variance_floor=1e-3
        )
        np.testing.assert_allclose(found.mean, wanted.mean, atol=1e-5)
        np.testing.assert_allclose(found.variance, wanted.variance, atol=1e-5)

    def test_peaked_and_empty_cells(self, rng):
        """Cells without frames keep their parameters, the others get the floor."""
        frames, old = random_frames(rng, 1, (2, 4), 3), random_epitome(rng, (6, 9), 3)
        q = np.zeros((1, 6, 9))
        q[0, 5, 7] = 1  # covers rows 5, 0 and columns 7, 8, 0, 1
        found = em.m_step(frames, listed(q), old, EpitomeSettings())
        covered = np.zeros((6, 9), bool)
        covered[np.ix_([5, 0], [7, 8, 0, 1])] = True
        np.testing.assert_array_equal(found.mean[~covered], old.mean[~covered])
        np.testing.assert_array_equal(found.variance[~covered], old.variance[~covered])
        np.testing.assert_allclose(found.mean[0, 1], frames[0, 1, 3], atol=1e-6)
        np.testing.assert_allclose(
            found.variance[covered], EpitomeSettings().variance_floor
        )

    def test_fixed_variance_is_kept(self, rng):
        frames, old = random_frames(rng, 4, (3, 3), 4), random_epitome(rng, (8, 8), 4)
        posterior, _, _ = em.e_step(frames, old)
        settings = EpitomeSettings(learn_variance=False)
        assert em.m_step(frames, posterior, old, settings).variance is old.variance


class TestIterations:
    @pytest.mark.parametrize("learn_variance", [True, False])
    def test_follow_the_reference(self, rng, learn_variance):
        t, grid = 40, (8, 8)
        frames, epitome = random_frames(rng, t, (3, 3), 4), random_epitome(rng, grid, 4)
        settings = EpitomeSettings(learn_variance=learn_variance)
        wanted = exact.fit(
            frames.double().numpy(),
            as_exact(epitome),
            iterations=4,
            variance_floor=settings.variance_floor,
            learn_variance=learn_variance,
        )
        for step in range(4):
            posterior, _, total = em.e_step(frames, epitome)
            epitome = em.m_step(frames, posterior, epitome, settings)
            assert total == pytest.approx(wanted.log_likelihood[step], rel=1e-5)
        np.testing.assert_allclose(
            as_array(posterior, t, grid), wanted.posterior, atol=1e-3
        )
        np.testing.assert_allclose(epitome.mean, wanted.epitome.mean, atol=1e-3)

    @pytest.mark.parametrize("learn_variance", [True, False])
    def test_likelihood_never_falls_without_a_floor(self, rng, learn_variance):
        """By more than float32 can tell: 1e-6 of itself, every step."""
        frames, epitome = (
            random_frames(rng, 150, (3, 3), 4),
            random_epitome(rng, (8, 8), 4),
        )
        settings = EpitomeSettings(variance_floor=0.0, learn_variance=learn_variance)
        steps = []
        for _ in range(12):
            posterior, _, total = em.e_step(frames, epitome)
            epitome = em.m_step(frames, posterior, epitome, settings)
            steps.append(total)
        assert np.all(np.diff(steps) >= -1e-6 * np.abs(steps[1:]))
        assert steps[-1] > steps[0]

    @pytest.mark.parametrize("seed", range(3))
    @pytest.mark.parametrize("start", get_args(Start))
    def test_likelihood_never_falls_in_a_fit(self, start, seed):
        video = scenes(np.random.default_rng(seed))
        settings = EpitomeSettings(grid=16, start=start, tolerance=0.0)
        found = fit(video, plain(6), settings, generator=generator(seed))
        # f^2 / variance reaches 49 cells / floor in each frame; float32 rounds that
        rounding = 1e-7 * len(video) * 49 / settings.variance_floor
        assert np.all(np.diff(found.log_likelihood) >= -rounding)
        assert np.ptp(found.log_likelihood) > 100 * rounding

    def test_order_of_frames_does_not_matter(self, rng):
        t, grid = 30, (8, 8)
        frames, start = random_frames(rng, t, (3, 3), 4), random_epitome(rng, grid, 4)
        order = rng.permutation(t)
        results = []
        for chosen in (frames, frames[torch.from_numpy(order)]):
            epitome = start
            for _ in range(3):
                posterior, _, total = em.e_step(chosen, epitome)
                epitome = em.m_step(chosen, posterior, epitome, EpitomeSettings())
            results.append((as_array(posterior, t, grid), epitome.mean, total))
        (q, mean, total), (q_mixed, mean_mixed, total_mixed) = results
        np.testing.assert_allclose(q_mixed, q[order], atol=1e-4)
        np.testing.assert_allclose(mean_mixed, mean, atol=1e-4)
        assert total_mixed == pytest.approx(total, rel=1e-6)

    def test_without_noise_the_posterior_stays_uniform(self, rng):
        """The documented failure of METHOD section 1.4: nothing breaks the tie."""
        frames = random_frames(rng, 10, (3, 3), 4)
        mean = frames.mean((0, 1, 2)).expand(8, 8, 4).contiguous()
        epitome = Epitome(mean, torch.full((8, 8, 4), 0.1))
        for _ in range(4):
            posterior, _, _ = em.e_step(frames, epitome)
            epitome = em.m_step(frames, posterior, epitome, EpitomeSettings())
            q = as_array(posterior, 10, (8, 8))
            np.testing.assert_allclose(q, 1 / 64, rtol=1e-3)


class TestShift:
    """METHOD section 11, 2: the torus has no corner."""

    SHIFT = (3, -5)

    @pytest.fixture
    def pair(self, rng, monkeypatch):
        """The same video from one start, and from that start rolled on the torus."""
        video, settings = scenes(rng), SMALL
        original = fit(video, plain(6), settings, generator=generator())
        started = em.start

        def rolled(*args):
            begin = started(*args)
            return Epitome(
                begin.mean.roll(self.SHIFT, (0, 1)),
                begin.variance.roll(self.SHIFT, (0, 1)),
            )

        monkeypatch.setattr(em, "start", rolled)
        return original, fit(video, plain(6), settings, generator=generator())

    def roll(self, grid):
        return np.roll(grid, self.SHIFT, axis=(0, 1))

    def test_posterior_and_means_shift(self, pair):
        first, second = pair
        moved = (first.placement.locations + np.array(self.SHIFT)) % 16
        used = first.placement.weights > 1e-3
        np.testing.assert_array_equal(second.placement.best, moved[:, 0])
        np.testing.assert_array_equal(second.placement.locations[used], moved[used])
        np.testing.assert_allclose(
            second.placement.weights, first.placement.weights, atol=1e-4
        )
        np.testing.assert_allclose(
            second.imprint.mean, self.roll(first.imprint.mean), atol=1e-4
        )
        np.testing.assert_allclose(
            second.log_likelihood, first.log_likelihood, rtol=1e-5
        )

    def test_mask_and_score_maps_shift_and_frame_scores_stay(self, pair, rng):
        cells = rng.normal(size=(6, 6)).astype(np.float32)
        describe = Projection(np.zeros(6, np.float32), cells, 0.5)
        torch.manual_seed(0)
        network = ImprintFCN(architecture="C3", dimensions=6, channels=4)
        grids, frames = [], []
        for found in pair:
            mask = assigned_mask(found.placement, 0.5)
            described = descriptors(found.imprint, mask, describe)
            grids.append(segment(network, described, mask))
            frames.append(to_frames(grids[-1], found.placement).probability)
        np.testing.assert_array_equal(grids[1].mask, self.roll(grids[0].mask))
        np.testing.assert_allclose(
            grids[1].probability, self.roll(grids[0].probability), atol=1e-4
        )
        np.testing.assert_allclose(frames[1], frames[0], atol=1e-4)
        assert np.ptp(frames[0], axis=0).max() > 1e-3


class TestRecovery:
    def test_known_imprint_is_refitted(self, rng):
        """From a shifted, blurred guess, the means and origins that made the data."""
        t, grid, d, noise = 400, (16, 16), 5, 0.1
        truth = rng.normal(size=(*grid, d))
        origins = np.stack([rng.integers(0, 16, t), rng.integers(0, 16, t)], 1)
        step = np.arange(7)
        frames = np.stack(
            [truth[np.ix_((m + step) % 16, (n + step) % 16)] for m, n in origins]
        )
        frames = torch.from_numpy(
            frames + noise * rng.normal(size=frames.shape)
        ).float()
        wanted = np.roll(truth, (4, 9), (0, 1))
        guess = wanted + 0.7 * rng.normal(size=truth.shape)
        epitome = Epitome(torch.from_numpy(guess).float(), torch.ones(*grid, d))
        for _ in range(6):
            posterior, best, _ = em.e_step(frames, epitome)
            epitome = em.m_step(frames, posterior, epitome, EpitomeSettings())
        # a cell's mean is over some 77 values of deviation 0.1
        assert np.abs(epitome.mean.numpy() - wanted).max() < 6 * noise / np.sqrt(77)
        np.testing.assert_allclose(epitome.variance.numpy().mean(), noise**2, rtol=0.05)
        moved = (origins + np.array([4, 9])) % 16
        np.testing.assert_array_equal(best, moved[:, 0] * 16 + moved[:, 1])

    @pytest.mark.parametrize("start", ["tiled", "snake", "sorted"])
    def test_frames_are_read_back_from_where_they_lie(self, rng, start):
        """The window at a frame's place shows that frame: nine tenths of it."""
        video = scenes(rng, noise=0.05)
        settings = EpitomeSettings(grid=32, start=start)
        found = fit(video, plain(6), settings, generator=generator())
        step = np.arange(7)
        seen = np.stack(
            [
                found.imprint.mean[np.ix_((m + step) % 32, (n + step) % 32)]
                for m, n in found.placement.best
            ]
        )
        error = ((seen - video.maps) ** 2).mean()
        assert error < 0.1 * video.maps.var()

    def test_scenes_share_no_place(self, rng):
        settings = EpitomeSettings(grid=32)
        found = fit(scenes(rng), plain(6), settings, generator=generator())
        places = [
            {tuple(place) for place in scene}
            for scene in found.placement.best.reshape(4, 12, 2).tolist()
        ]
        for a, b in itertools.combinations(places, 2):
            assert not a & b
