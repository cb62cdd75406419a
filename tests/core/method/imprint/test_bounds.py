"""What Eq. 1 cannot exceed: held to the float64 reference, location by location."""

import numpy as np
import pytest
import torch

from dbs_core.method.imprint import bounds, byte_products, em, few_places
from dbs_core.method.imprint.bounds import bound_of, halved_bound_of
from dbs_core.method.imprint.comparing import Comparison, Epitome
from dbs_core.method.imprint.torus import cell_box
from tests.core.method.imprint import exact_em as exact

D = 5
FRAMES = 10_000
"""Enough to make a bound worth it."""
SHAPES = [
    pytest.param((12, 12), (7, 7), id="a few blocks more"),
    pytest.param((50, 40), (6, 6), id="the fewest blocks"),
    pytest.param((9, 14), (7, 6), id="neither grid nor window square"),
]


@pytest.fixture(params=[True, False], ids=["bytes", "float32"])
def in_bytes(request, monkeypatch):
    """Compare in bytes, which PyTorch can anywhere, or in float32."""
    monkeypatch.setattr(byte_products, "multiplies_bytes", lambda device: request.param)
    monkeypatch.setattr(bounds, "PAYING", 0)
    return request.param


def epitome_of(rng, grid, *, alike=False):
    mean = rng.normal(size=(*grid, D))
    mean /= np.linalg.norm(mean, axis=-1, keepdims=True)
    # As learnt ones are: most at the floor, some wide.
    variance = rng.choice([1e-3, 2e-3, 0.05], (*grid, D))
    if alike:
        variance[:] = 0.1
    return Epitome(torch.from_numpy(mean).float(), torch.from_numpy(variance).float())


def windows_seen(rng, epitome, window, t, noise):
    """Frames cut out of the imprint, so that each is at home somewhere."""
    mean = epitome.mean.numpy()
    (gh, gw), (h, w) = mean.shape[:2], window
    at = np.stack([rng.integers(0, gh, t), rng.integers(0, gw, t)], 1)
    frames = np.stack(
        [mean[np.ix_((m + np.arange(h)) % gh, (n + np.arange(w)) % gw)] for m, n in at]
    )
    frames = frames + noise * rng.normal(size=frames.shape)
    return torch.from_numpy(frames).float(), at[:, 0] * gw + at[:, 1]


def bound(epitome, window):
    variance = epitome.variance
    spread = cell_box(variance.log().sum(-1), window).flatten()
    if bool(variance.amin() == variance.amax()):
        variance = float(variance.amax())
    return bound_of(epitome.mean, variance, spread, window, FRAMES)


def joint(frames, epitome):
    reference = exact.ExactEpitome(
        epitome.mean.double().numpy(), epitome.variance.double().numpy()
    )
    return exact.log_joint(frames.double().numpy(), reference).reshape(len(frames), -1)


class TestBound:
    @pytest.mark.parametrize("scale", [1.0, 30.0])
    @pytest.mark.parametrize(("grid", "window"), SHAPES)
    def test_is_never_exceeded(self, rng, in_bytes, grid, window, scale):
        epitome = epitome_of(rng, grid)
        frames, _ = windows_seen(rng, epitome, window, 3, 0.05)
        above = bound(epitome, window).above(frames * scale)
        assert (above.double().numpy() >= joint(frames * scale, epitome)).all()

    def test_of_one_variance_is_never_exceeded(self, rng, monkeypatch):
        monkeypatch.setattr(byte_products, "multiplies_bytes", lambda device: True)
        epitome = epitome_of(rng, (12, 12), alike=True)
        frames, _ = windows_seen(rng, epitome, (7, 7), 6, 0.05)
        above, wanted = bound(epitome, (7, 7)).above(frames), joint(frames, epitome)
        assert (above.double().numpy() >= wanted).all()
        assert (above.double().numpy() <= wanted + 40).all()  # and close

    @pytest.mark.parametrize("scale", [1.0, 30.0])
    def test_of_half_the_axes_is_never_exceeded(self, rng, monkeypatch, scale):
        monkeypatch.setattr(bounds, "HALVED", 0)
        epitome = epitome_of(rng, (12, 12), alike=True)
        frames, _ = windows_seen(rng, epitome, (7, 7), 6, 0.05)
        above = halved_bound_of(epitome.mean, 0.1, (7, 7)).above(frames * scale)
        assert (above.double().numpy() >= joint(frames * scale, epitome)).all()

    def test_half_the_axes_do_on_large_grids_of_one_variance(self, rng):
        small, large = (epitome_of(rng, (n, n)) for n in (32, 48))
        assert halved_bound_of(small.mean, 0.1, (7, 7)) is None
        assert halved_bound_of(large.mean, large.variance, (7, 7)) is None
        assert halved_bound_of(large.mean, 0.1, (7, 7)) is not None

    def test_tells_locations_apart(self, rng, in_bytes):
        """Of all locations but the frame's own next to none is left."""
        epitome = epitome_of(rng, (48, 48))
        frames, home = windows_seen(rng, epitome, (7, 7), 3, 0.03)
        above = bound(epitome, (7, 7)).above(frames)
        own = torch.from_numpy(joint(frames, epitome)[np.arange(3), home]).float()
        assert (above >= own[:, None] - 20).sum() < 3 * 10

    def test_is_none_for_few_frames(self, rng):
        epitome = epitome_of(rng, (24, 24))
        spread = cell_box(epitome.variance.log().sum(-1), (7, 7)).flatten()
        parts = epitome.mean, epitome.variance, spread, (7, 7)
        assert bound_of(*parts, 20) is None
        assert bound_of(*parts, 2000) is not None

    def test_is_none_for_windows_of_few_cells(self, rng):
        assert bound(epitome_of(rng, (12, 12)), (3, 7)) is None
        assert bound(epitome_of(rng, (12, 12)), (1, 1)) is None


def homely(rng, noise):
    """An imprint of one variance whose axes weaken, as principal ones do; frames."""
    epitome = epitome_of(rng, (48, 48), alike=True)
    weaker = torch.tensor([1.0, 0.8, 0.5, 0.2, 0.1])
    epitome = Epitome(epitome.mean * weaker, torch.full((48, 48, 1), 0.01))
    frames, _ = windows_seen(rng, epitome, (7, 7), 40, noise)
    return epitome, frames


class TestHalvedAxes:
    def test_are_compared_where_they_tell_enough(self, rng, monkeypatch):
        monkeypatch.setattr(byte_products, "multiplies_bytes", lambda device: True)
        epitome, frames = homely(rng, 0.01)
        assert len(Comparison.of(epitome, frames).bounds) == 2
        vague = Epitome(epitome.mean, epitome.variance * 100)
        assert len(Comparison.of(vague, frames).bounds) == 1

    def test_change_no_posterior(self, rng, monkeypatch):
        monkeypatch.setattr(byte_products, "multiplies_bytes", lambda device: True)
        epitome, frames = homely(rng, 0.1)
        assert len(Comparison.of(epitome, frames).bounds) == 2
        found = em.e_step(frames, epitome)
        monkeypatch.setattr(bounds, "HALVED", 48 * 48 + 1)
        assert len(Comparison.of(epitome, frames).bounds) == 1
        q, best, total = found
        other, other_best, other_total = em.e_step(frames, epitome)
        np.testing.assert_array_equal(q.frame, other.frame)
        np.testing.assert_array_equal(q.origin, other.origin)
        np.testing.assert_allclose(q.weight, other.weight, rtol=1e-5)
        np.testing.assert_array_equal(best, other_best)
        assert total == pytest.approx(other_total, rel=1e-6)


class TestFewPlaces:
    @pytest.mark.parametrize("alike", [False, True])
    def test_are_the_posterior_of_all(self, rng, in_bytes, alike):
        epitome = epitome_of(rng, (12, 12), alike=alike)
        frames, _ = windows_seen(rng, epitome, (7, 7), 9, 0.05)
        # Halfway between two cells' windows: the posterior has more than one place.
        frames[3] = (frames[1] + frames[2]) / 2
        posterior, best, total = em.e_step(frames, epitome)
        reference = joint(frames, epitome)
        top = reference.max(1, keepdims=True)
        evidence = top[:, 0] + np.log(np.exp(reference - top).sum(1))
        wanted = np.exp(reference - evidence[:, None])
        found = np.zeros_like(wanted)
        found[posterior.frame.numpy(), posterior.origin.numpy()] = posterior.weight
        np.testing.assert_allclose(found, wanted, atol=2e-3)
        np.testing.assert_array_equal(best, reference.argmax(1))
        assert total == pytest.approx(evidence.sum(), abs=0.01)

    def test_all_are_looked_at_where_many_can_hold_a_frame(self, rng, in_bytes):
        """Wide variances and equal cells: the posterior is flat."""
        mean = torch.full((12, 12, D), 0.3) + 1e-4 * torch.randn(12, 12, D)
        variance = torch.full((12, 12, D), 10.0) + torch.rand(12, 12, D)
        frames = torch.from_numpy(rng.normal(size=(4, 7, 7, D))).float()
        epitome = Epitome(mean, variance)
        spread = cell_box(variance.log().sum(-1), (7, 7)).flatten()
        above = bound(epitome, (7, 7)).above(frames)
        parts = mean, variance.reciprocal(), spread
        assert few_places.few_places(frames, above, *parts, most=4.0) is None
        posterior, _, _ = em.e_step(frames, epitome)
        assert len(posterior.frame) == 4 * 144
