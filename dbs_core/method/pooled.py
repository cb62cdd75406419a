"""What an imprint of pooled features is like, where nobody says.

A row of pooled features is a map of one cell, so that the imprint of a video is a map
of its moments: the 2304 cells of the default grid hold 165 of them far apart, and a
3 x 3 FCN sees nothing beside them. Here a video of usual length has about one cell a
row, and rows that follow each other start side by side.
"""

import math
from statistics import median

from dbs_core.method.features.map_folder import MapFolder
from dbs_core.method.features.settings import FeatureSettings
from dbs_core.method.imprint.settings import EpitomeSettings

SMALLEST = 16
"""Cells along a side of a grid; the default is the largest that is chosen here."""

POOLED = ("epitome.grid", "epitome.start", "architecture")
"""Paths of the settings that are chosen."""


def pooled_choices(features: FeatureSettings) -> dict[str, object]:
    """Give settings, by their path, for a folder of pooled features; none for others.

    Raises:
        InputError: as `MapFolder`.
    """
    if features.maps is None:
        return {}
    folder = MapFolder(features.maps, features.channels, features.stream)
    if folder.size != (1, 1):
        return {}
    side = math.ceil(math.sqrt(median(folder.rows)))
    grid = min(max(side, SMALLEST), EpitomeSettings().grid)
    return dict(zip(POOLED, (grid, "snake", "C3"), strict=True))
