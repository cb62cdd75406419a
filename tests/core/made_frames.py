"""Small videos of known content for the tests of the EM."""

import numpy as np
import torch

from dbs_core.method.features.projection import Projection
from dbs_core.records import Features


def plain(d):
    """A projection that only scales cells to unit length."""
    return Projection(np.zeros(d, np.float32), np.eye(d, dtype=np.float32))


def features_of(maps, start_s=0.0):
    times = start_s + 0.2 * np.arange(len(maps))
    return Features(maps.astype(np.float32), times, float(times[-1]) + 0.2)


def scenes(rng, count=4, length=12, d=6, noise=0.15):
    """A video of `count` scenes, each one picture with noise, and a slow pan."""
    maps = []
    for _ in range(count):
        wide = rng.normal(size=(7, 11, d))
        for i in range(length):
            left = i * 4 // (length - 1)
            seen = wide[:, left : left + 7]
            maps.append(seen + noise * rng.normal(size=seen.shape))
    return features_of(np.stack(maps))


def generator(seed=0):
    return torch.Generator().manual_seed(seed)
