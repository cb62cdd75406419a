"""The EM's replay: which iterations, and how many frames lie on each cell."""

import numpy as np

from dbs_core.pictures.em_replay import STEPS_SHOWN, replay, shown_steps
from tests.core.make_result import make_result


def test_a_long_trace_is_thinned_to_both_ends():
    assert shown_steps(0) == ()
    assert shown_steps(1) == (0,)
    shown = shown_steps(500)
    assert len(shown) <= STEPS_SHOWN
    assert (shown[0], shown[-1]) == (0, 499)


def test_maps_count_frames_cell_by_cell():
    result = make_result()
    found = replay(result, 4)
    assert found.steps == (0, 1, 2)
    every = []
    for step, values in zip(found.steps, found.maps, strict=True):
        count = np.zeros((16, 16))
        for row, column in result.trace[step].astype(int):
            for i, j in np.ndindex(7, 7):
                count[(row + i) % 16, (column + j) % 16] += 1
        np.testing.assert_array_equal(np.isnan(values), count == 0)
        np.testing.assert_array_equal(np.nan_to_num(values), count)
        every.append(count)
    assert found.origins == tuple(tuple(x) for x in result.trace[:, 4].tolist())
    assert found.top == np.percentile(every, 99.5)
