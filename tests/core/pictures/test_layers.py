"""Maps of cells, against loops."""

from dataclasses import replace

import numpy as np

from dbs_core.pictures.layers import occupied_map
from dbs_core.pictures.truth_map import truth_maps
from dbs_core.records import VideoResult
from tests.core.make_result import make_result


def cells(result: VideoResult, frame: int, k: int) -> list[tuple[int, int]]:
    row, column = (int(x) for x in result.placement.locations[frame, k])
    return [((row + i) % 16, (column + j) % 16) for i, j in np.ndindex(7, 7)]


def test_occupied_are_the_cells_of_the_likeliest_windows():
    result = make_result()
    held = {cell for t in range(10) for cell in cells(result, t, 0)}
    found = occupied_map(result.placement)
    assert {tuple(x) for x in np.argwhere(found == 1).tolist()} == held
    assert np.isnan(found).sum() == 256 - len(held)


def test_truth_is_shared_among_the_frames_of_a_cell():
    """Frames 2 and 3 lie in the action, 8 and 9 in the ambiguous span."""
    result = make_result()
    mass = np.zeros((16, 16, 3))
    for t, label in enumerate([0, 0, 1, 1, 0, 0, 0, 0]):
        for k in range(2):
            for cell in cells(result, t, k):
                mass[cell][label] += result.placement.weights[t, k]
    total = mass.sum(axis=-1)
    maps = truth_maps(result, (1, 0))
    assert maps is not None
    for label, found in zip((1, 0), maps, strict=True):
        with np.errstate(invalid="ignore"):
            wanted = np.where(total > 1e-6, mass[..., label] / total, np.nan)
        np.testing.assert_allclose(found, wanted, atol=1e-5)
    assert truth_maps(replace(result, truth=None), (1,)) is None
