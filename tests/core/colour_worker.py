"""What a Dask worker of the tests loads first: the network that costs nothing.

With DBS_TEST_SLOW_S it costs so many seconds a batch, for who wants to come between.
"""

import os
import time

import dbs_core.method.features.backbones.opening as opening
from tests.core.small_model import MeanColours

SLOW_S = float(os.environ.get("DBS_TEST_SLOW_S", "0"))


class Slow(MeanColours):
    """The same colours, later."""

    def __call__(self, frames):
        time.sleep(SLOW_S)
        return super().__call__(frames)


opening.EfficientNetLite0 = lambda device: Slow()
