"""Projections of cells: against sklearn's PCA and METHOD sections 2.3 and 2.5."""

import numpy as np
import pytest
import torch
from sklearn.decomposition import PCA

from dbs_core.method.features.projection import fit_projection, l2

D = 12


@pytest.fixture
def cells(rng):
    """Feature cells with a few strong axes, as a network's: non-negative."""
    mixed = rng.normal(size=(2000, D)) @ rng.normal(size=(D, D))
    return np.maximum(mixed, 0).astype(np.float32)


def normalised(cells, power):
    """METHOD section 2.5, first two steps, by the letter."""
    raised = np.sign(cells) * np.abs(cells.astype(np.float64)) ** power
    length = np.linalg.norm(raised, axis=1, keepdims=True)
    return np.divide(raised, length, out=np.zeros_like(raised), where=length > 0)


def unit(rows):
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


@pytest.mark.parametrize("power", [1.0, 0.5])
@pytest.mark.parametrize("whiten", [False, True])
def test_is_pca_up_to_the_signs_of_axes(cells, power, whiten):
    found = fit_projection(cells, 5, power=power, whiten=whiten)
    projected = found(torch.from_numpy(cells)).numpy()
    normal = normalised(cells, power)
    wanted = unit(PCA(5, whiten=whiten, svd_solver="full").fit_transform(normal))
    signs = np.sign((projected * wanted).sum(0))
    np.testing.assert_allclose(projected, wanted * signs, atol=1e-4)


def test_whitened_training_cells_have_identity_covariance(cells):
    """METHOD section 11, 7: before the final l2, dividing by n."""
    found = fit_projection(cells, 8, power=0.5, whiten=True)
    before = (normalised(cells, 0.5) - found.mean) @ found.axes.astype(np.float64)
    np.testing.assert_allclose(before.mean(0), 0, atol=1e-5)
    covariance = before.T @ before / len(before)
    np.testing.assert_allclose(covariance, np.eye(8), atol=1e-3)


def test_unwhitened_axes_are_a_rotation(cells):
    axes = fit_projection(cells, D).axes.astype(np.float64)
    np.testing.assert_allclose(axes.T @ axes, np.eye(D), atol=1e-6)


def test_result_has_unit_length(cells):
    found = fit_projection(cells, 4, power=0.5)(torch.from_numpy(cells))
    np.testing.assert_allclose(found.norm(dim=-1), 1, atol=1e-5)


def test_any_leading_axes_and_half_precision(cells):
    found = fit_projection(cells, 4)
    maps = torch.from_numpy(cells[:98]).reshape(2, 7, 7, D)
    assert found(maps).shape == (2, 7, 7, 4)
    np.testing.assert_allclose(found(maps.half()), found(maps), atol=2e-3)


@pytest.mark.parametrize("whiten", [False, True])
def test_cell_of_zeros_stays_finite(cells, whiten):
    found = fit_projection(cells, 4, power=0.5, whiten=whiten)
    assert torch.isfinite(found(torch.zeros(1, D))).all()
    assert torch.equal(l2(torch.zeros(1, D)), torch.zeros(1, D))


@pytest.mark.parametrize("whiten", [False, True])
def test_keeps_only_axes_along_which_the_cells_vary(rng, whiten):
    """Three cells span two axes; a third would be noise, blown up by whitening."""
    few = rng.uniform(0.1, 1, (3, D)).astype(np.float32)
    found = fit_projection(few, 8, whiten=whiten)
    assert found.axes.shape == (D, 2)
    assert np.isfinite(found.axes).all()


@pytest.mark.parametrize("value", [0, 1, 0.3])
def test_cells_that_are_all_alike_stay_finite(value):
    alike = np.full((5, D), value, np.float32)
    found = fit_projection(alike, 8, whiten=True)
    assert found.axes.shape[1] >= 1
    assert torch.isfinite(found(torch.from_numpy(alike))).all()


def test_the_sign_of_an_axis_is_fixed(cells):
    """An eigenvector and its negative are the same axis: the largest entry decides."""
    axes = fit_projection(cells, 6).axes
    peaks = axes[np.abs(axes).argmax(0), np.arange(6)]
    assert np.all(peaks > 0)
    np.testing.assert_allclose(
        fit_projection(cells[::-1].copy(), 6).axes, axes, atol=1e-4
    )
