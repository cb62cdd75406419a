"""Features of a small made video, for what a run learns from."""

import numpy as np
import pytest

from dbs_core.records import Features

T = 40
"""Its frames, 5 a second."""


@pytest.fixture
def features(rng: np.random.Generator) -> Features:
    maps = rng.random((T, 7, 7, 6)).astype(np.float16)
    return Features(maps, np.arange(T) * 0.2, T * 0.2)
