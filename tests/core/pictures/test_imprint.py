"""Pictures of the imprint's layers."""

from dataclasses import replace

import numpy as np
from matplotlib.colors import to_rgb

from dbs_core.method.backprojection.windows import coverage
from dbs_core.pictures.imprint import layer_picture, mosaic_face, paint_labels
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


def test_the_face_hides_the_cells_that_hold_no_frame_and_no_other():
    result = make_result()
    held = np.zeros((16, 16), bool)
    for row, column in result.placement.best.astype(int):
        for i in range(7):
            for j in range(7):
                held[(row + i) % 16, (column + j) % 16] = True
    face, side = mosaic_face(result, PRINT), 12
    assert not held.all()
    for row in range(16):
        for column in range(16):
            cell = np.s_[
                row * side : (row + 1) * side, column * side : (column + 1) * side
            ]
            if held[row, column]:
                np.testing.assert_array_equal(face[cell], result.mosaic[cell])
            else:
                assert (face[cell] == 0xF2).all()  # the paper's panels: #F2F2F2
