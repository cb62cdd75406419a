"""The picture of a sampled frame: the video's, or without video the imprint's."""

from dataclasses import replace
from pathlib import Path

import numpy as np

from dbs_core.pictures.stills import WHOLE, imprint_patch, still, still_or_patch
from tests.core.make_result import make_result
from tests.core.make_video import write_video

FRAME = 3


def test_the_frame_is_the_video_s_while_that_is_there(tmp_path: Path) -> None:
    path = write_video(tmp_path / "a.mp4", 50)
    result = make_result()
    image, geometry = still_or_patch(path, result, FRAME)
    np.testing.assert_array_equal(image, still(path, 0.2 * FRAME))
    assert geometry == result.geometry


def test_without_the_video_it_is_the_imprint_s_patch(tmp_path: Path) -> None:
    """All of which the features see; it goes on across the border of the torus."""
    made = make_result()
    locations = np.array(made.placement.locations)
    locations[FRAME, 0] = (12, 3)
    result = replace(made, placement=replace(made.placement, locations=locations))
    image, geometry = still_or_patch(tmp_path / "gone.mp4", result, FRAME)
    rows = [row % 16 for row in range(12, 19)]
    wanted = np.concatenate([result.mosaic[12 * r : 12 * r + 12, 36:120] for r in rows])
    np.testing.assert_array_equal(image, wanted)
    np.testing.assert_array_equal(
        image, imprint_patch(result.mosaic, result.placement, FRAME)
    )
    assert geometry == WHOLE
