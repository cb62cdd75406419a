"""A data set with a known answer: each class has its colour, for `MeanColours`.

Running is red, Jumping blue, background grey; a pattern on top gives each video and
place in it a face of its own. THUMOS'14 layout, videos of a few seconds.
"""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np

from tests.core.small_model import CLASSES

Action = tuple[float, float, str]
SECONDS = 8.0
RATE = 10
COLOURS = {"": (110, 110, 110), "Running": (200, 60, 60), "Jumping": (60, 60, 200)}

VIDEOS: Mapping[str, Sequence[Action]] = {
    "video_validation_0000001": ((1.0, 3.0, "Running"), (5.0, 7.0, "Jumping")),
    "video_validation_0000002": ((2.0, 4.0, "Jumping"), (5.0, 7.0, "Running")),
    "video_test_0000001": ((1.0, 4.0, "Jumping"), (5.0, 7.0, "Running")),
    "video_test_0000002": ((3.0, 6.0, "Running"),),
}


def write_actions(path: Path, actions: Sequence[Action], seed: int = 0) -> Path:
    """Write a video whose colour says what is done."""
    rng = np.random.default_rng(seed)
    faces = {name: rng.normal(0, 8, (7, 7, 3)) for name in COLOURS}
    with av.open(str(path), "w") as container:
        stream: Any = container.add_stream("libx264", rate=Fraction(RATE))
        stream.width, stream.height, stream.pix_fmt = 298, 224, "yuv420p"
        for number in range(round(SECONDS * RATE)):
            time = number / RATE
            shown = next((c for a, b, c in actions if a <= time < b), "")
            cells = COLOURS[shown] + faces[shown] + rng.normal(0, 2, (7, 7, 3))
            image = np.zeros((224, 298, 3), np.uint8)
            image[:, 37:261] = np.kron(cells, np.ones((32, 32, 1))).clip(0, 255)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(image, "rgb24")))
        container.mux(stream.encode(None))
    return path


def write_dataset(root: Path, videos: Mapping[str, Sequence[Action]] = VIDEOS) -> Path:
    """Write videos, annotation and class list."""
    for number, (video_id, actions) in enumerate(videos.items()):
        split = video_id.split("_")[1]
        (root / split).mkdir(parents=True, exist_ok=True)
        write_actions(root / split / f"{video_id}.mp4", actions, number)
    return write_annotation(root, videos)


def write_annotation(
    root: Path, videos: Mapping[str, Sequence[Action]] = VIDEOS
) -> Path:
    """Write annotation and class list, without a video."""
    root.mkdir(parents=True, exist_ok=True)
    lines = (
        f"{number} {name}\n"
        for number, name in zip(CLASSES.official_ids, CLASSES.names, strict=True)
    )
    (root / "detclasslist.txt").write_text("".join(lines))
    for split, short in (("validation", "val"), ("test", "test")):
        folder = root / f"annotation_{short}"
        folder.mkdir(exist_ok=True)
        for name in CLASSES.names:
            (folder / f"{name}_{short}.txt").write_text(
                "".join(
                    f"{video_id}  {start} {end}\n"
                    for video_id, actions in videos.items()
                    for start, end, shown in actions
                    if shown == name and video_id.split("_")[1] == split
                )
            )
    return root
