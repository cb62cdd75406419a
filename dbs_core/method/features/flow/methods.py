"""Dense optical flow between two frames, by a method of choice (OpenCV).

Two upright grey pictures in, pixels of motion out: `flow[y, x]` is how far (right,
down) what is at (x, y) of the first lies away in the second. METHOD section 2.1 has
TV-L1, which OpenCV keeps in its contrib package. The default is DIS: as close to the
truth on what was measured (FINDINGS section 2), and hundreds of times as fast.
"""

from collections.abc import Callable
from typing import Any

import cv2
import numpy as np

from dbs_core.runtime.errors import InputError

Estimator = Callable[[np.ndarray, np.ndarray], np.ndarray]


def estimator(method: str) -> Estimator:
    """Give the function that finds the flow from one grey picture to another.

    `method` is one of `FlowMethod`.

    Raises:
        InputError: no such method, or this OpenCV does not have it.
    """
    if method not in _METHODS:
        raise InputError(
            "optical flow method", wanted=" or ".join(_METHODS), got=repr(method)
        )
    return _METHODS[method]()


def _dis() -> Estimator:
    """Dense inverse search (Kroeger et al. 2016), OpenCV's medium preset."""
    return _calling(cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM))


def _farneback() -> Estimator:
    """Polynomial expansion (Farneback 2003), three octaves, a window of 15 pixels."""
    return _calling(
        cv2.FarnebackOpticalFlow.create(
            numLevels=3, pyrScale=0.5, winSize=15, numIters=3, polyN=5, polySigma=1.2
        )
    )


def _tvl1() -> Estimator:
    """Total variation and L1 (Zach et al. 2007), OpenCV's defaults: METHOD's."""
    contrib = getattr(cv2, "optflow", None)
    if contrib is None:
        raise InputError(
            "TV-L1 optical flow is not in this OpenCV",
            got=f"OpenCV {cv2.__version__} without its contrib modules",
            cure="choose --flow-method dis, or install opencv-contrib-python-headless "
            "in place of opencv-python-headless",
        )
    return _calling(contrib.DualTVL1OpticalFlow_create())


def _calling(dense: Any) -> Estimator:
    """Give the function that asks one of OpenCV's, without a flow to start from."""
    return lambda first, second: dense.calc(first, second, None)


_METHODS: dict[str, Callable[[], Estimator]] = {
    "dis": _dis,
    "farneback": _farneback,
    "tvl1": _tvl1,
}
