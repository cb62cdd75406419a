"""Flow between the neighbours of pictures in memory: what a benchmark calls."""

from itertools import pairwise

import numpy as np
from jaxtyping import UInt8

from dbs_core.method.features.flow.methods import estimator
from dbs_core.method.features.flow.stacks import quantised
from dbs_core.method.features.settings import FlowMethod


def flows_between(
    greys: UInt8[np.ndarray, "n height width"], method: FlowMethod = "dis"
) -> UInt8[np.ndarray, "n1 height width 2"]:
    """Give the flow, in bytes, from each picture to the next: one fewer than pictures.

    Raises:
        InputError: the flow method is not there.
    """
    estimate = estimator(method)
    flows = [quantised(estimate(a, b)) for a, b in pairwise(greys)]
    return np.stack(flows) if flows else np.zeros((0, *greys.shape[1:], 2), np.uint8)
