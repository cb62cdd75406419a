"""Pictures of the imprint's layers."""

from dataclasses import replace

import numpy as np
from matplotlib.colors import to_rgb

from dbs_core.method.backprojection.windows import coverage
from dbs_core.pictures.imprint import layer_picture, paint_labels
from dbs_core.pictures.layers import NO_FRAME, segmentation_map
from dbs_core.pictures.palette import PRINT
from dbs_core.records import ClassList, GridScores
from tests.core.make_result import make_result

CLASSES = ClassList(("Run", "Jump"), (7, 9))


def test_cells_of_too_few_frames_have_no_class():
    """As with the paper's mask of 4 frames, where short actions fall below it."""
    made = make_result()
    result = replace(
        made, grid=GridScores(made.grid.probability, np.zeros((16, 16), bool))
    )
    labels = segmentation_map(result.grid)
    assert (labels == NO_FRAME).all()
    image, painted = paint_labels(result, labels, PRINT)
    assert painted == {}
    used = coverage(result.placement.best, result.placement) > 0
    np.testing.assert_allclose(
        image[used], np.tile(to_rgb(PRINT.border), (used.sum(), 1))
    )
    picture = layer_picture(result, "segmentation", 1, 0, CLASSES, PRINT)
    assert picture("png")[:4] == b"\x89PNG"
