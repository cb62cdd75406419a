"""A sorted map of vectors on a torus: what is alike comes to lie side by side."""

import numpy as np
import pytest
import torch
from scipy.spatial.distance import cdist

from dbs_core.method.imprint.sorting import sorted_sites


def generator(seed=0):
    return torch.Generator().manual_seed(seed)


def beside(sites):
    """Say which sites touch on the torus, by walking one step down and across."""
    number = np.arange(np.prod(sites)).reshape(sites)
    return [np.roll(number, -1, axis).flatten() for axis in (0, 1)]


def unlikeness_of_neighbours(vectors, at, sites):
    far = cdist(vectors, vectors)
    steps = [far[at, at[near]].mean() for near in beside(sites)]
    return np.mean(steps) / far.mean()


@pytest.mark.parametrize("sites", [(1, 1), (1, 5), (4, 3), (7, 7), (20, 20)])
def test_every_vector_has_one_site(rng, sites):
    count = sites[0] * sites[1]
    at = sorted_sites(rng.normal(size=(count, 3)), sites, generator())
    assert sorted(at.tolist()) == list(range(count))


@pytest.mark.parametrize("sites", [(7, 7), (12, 12), (20, 20)])
def test_neighbours_are_alike(rng, sites):
    """Points of a square, in many dimensions; a random map is at 1.

    A square folded onto the torus by hand is at 2 / 7 / 0.52 = 0.55 on 7 x 7.
    """
    plane = rng.uniform(size=(sites[0] * sites[1], 2))
    vectors = plane @ rng.normal(size=(2, 30))
    at = sorted_sites(vectors, sites, generator())
    assert unlikeness_of_neighbours(vectors, at, sites) < 0.6


def test_groups_of_equal_vectors_lie_together(rng):
    """Four groups of nine on 6 x 6: in blocks, 2 of 3 neighbours are of one's own."""
    group = rng.permutation(np.repeat(np.arange(4), 9))
    laid = group[sorted_sites(np.eye(4)[group], (6, 6), generator())]
    own = np.mean([laid == laid[near] for near in beside((6, 6))])
    assert own > 0.55  # by chance 0.23


def test_the_generator_decides(rng):
    vectors = rng.normal(size=(49, 5))
    first, again, other = (
        sorted_sites(vectors, (7, 7), generator(seed)) for seed in (1, 1, 2)
    )
    assert first.tolist() == again.tolist()
    assert first.tolist() != other.tolist()
