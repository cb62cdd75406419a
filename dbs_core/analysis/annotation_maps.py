"""Statistics of annotation maps: how much is assigned, how labels bleed and meet.

The same for the author's stored maps and ours (METHOD section 3.3).
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool

from dbs_core.errors import InputError


@dataclass(frozen=True)
class MapStatistics:
    """Figures of a set of maps, in percent of cells.

    `assigned` of all cells: mean, median and tenth percentile over videos. `action` of
    the assigned ones have an action, `several` of all cells have two or more.
    """

    videos: int
    assigned: float
    assigned_median: float
    assigned_low: float
    action: float
    several: float


def map_statistics(
    maps: Iterable[tuple[Bool[np.ndarray, "gh gw c"], Bool[np.ndarray, "gh gw"]]],
) -> MapStatistics:
    """Count over maps of actions (no background) with their masks.

    Raises:
        InputError: there is no map.
    """
    shares, assigned, action, several, cells = [], 0, 0, 0, 0
    for actions, mask in maps:
        number = (actions & mask[..., None]).sum(axis=-1)
        shares.append(float(mask.mean()))
        assigned += int(mask.sum())
        action += int((number > 0).sum())
        several += int((number > 1).sum())
        cells += mask.size
    if not shares:
        raise InputError("no annotation map")
    return MapStatistics(
        len(shares),
        100 * float(np.mean(shares)),
        100 * float(np.median(shares)),
        100 * float(np.quantile(shares, 0.1)),
        100 * action / max(assigned, 1),
        100 * several / cells,
    )
