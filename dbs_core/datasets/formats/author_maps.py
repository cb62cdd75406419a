"""The first author's stored annotation maps of THUMOS'14 (METHOD section 3.3).

`EPmaps_info_val.mat` and `EPmaps_info_test.mat`: for every video, in the order of
names, a map [E, E, 21] of 0 and 1, background last, and a mask [E, E] of assigned cells
(E = 32, tau = 2, mirrored entries). Matlab's format 5 holds arrays, no code.
"""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from jaxtyping import Bool
from scipy.io import loadmat
from scipy.io.matlab import MatReadError

from dbs_core.runtime.errors import InputError, reason

FILES = {"validation": "EPmaps_info_val.mat", "test": "EPmaps_info_test.mat"}
Map = tuple[Bool[np.ndarray, "gh gw c"], Bool[np.ndarray, "gh gw"]]


def author_maps(folder: Path, split: str) -> Iterator[Map]:
    """Read the maps of a split: actions of each cell, and which cells hold frames.

    Raises:
        InputError: the file is missing, damaged, or holds something else.
    """
    path = folder / FILES[split]
    try:
        stored = loadmat(path, squeeze_me=True)["EPmaps"]
        for one in np.atleast_1d(stored):
            yield one["EPmap"][..., :-1].astype(bool), one["mask"].astype(bool)
    except FileNotFoundError:
        raise InputError(
            "no stored maps", where=path, cure="name their folder"
        ) from None
    except (
        KeyError,
        IndexError,
        ValueError,
        TypeError,
        OSError,
        MatReadError,
    ) as error:
        raise InputError(f"no stored maps ({reason(error)})", where=path) from error
