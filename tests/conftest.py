"""Fixtures for every test: explicit seeds, deterministic torch, few threads."""

import numpy as np
import pytest
import torch


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(20190127)


@pytest.fixture(autouse=True, scope="session")
def _deterministic_torch() -> None:
    torch.use_deterministic_algorithms(True)
