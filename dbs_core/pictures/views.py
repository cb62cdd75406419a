"""Pictures of a result for a notebook or a script: they show and save themselves."""

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from dbs_core.method.backprojection.heat import Heat
from dbs_core.method.backprojection.windows import frame_index
from dbs_core.pictures.heat_maps import frame_picture
from dbs_core.pictures.palette import PRINT
from dbs_core.pictures.printing import KINDS, Picture
from dbs_core.pictures.stills import still
from dbs_core.pictures.timeline import timeline_picture
from dbs_core.records import ClassList, VideoResult, classes_present
from dbs_core.runtime import files
from dbs_core.runtime.errors import InputError
from dbs_core.runtime.given_paths import given_path


@dataclass(frozen=True)
class Drawn:
    """A picture: a notebook shows it, `save` writes it."""

    title: str
    picture: Picture = field(repr=False)

    def _repr_png_(self) -> bytes:
        """Give what a notebook shows."""
        return self.picture("png")

    def save(self, path: str | Path) -> Path:
        """Write it as the file's ending says: .png, .svg or .pdf.

        Raises:
            InputError: another ending, or the file cannot be written.
        """
        place = given_path(path)
        kind = place.suffix[1:].lower()
        if kind not in KINDS:
            raise InputError(
                "no such kind of picture",
                where=place,
                wanted=" or ".join(f".{known}" for known in KINDS),
                got=place.suffix or "no ending",
            )
        files.write_bytes(place, self.picture(kind))
        return place


def heat_map(
    result: VideoResult,
    at_s: float | None = None,
    label: str | int | None = None,
    *,
    video: str | Path | None = None,
    kind: Heat = "place",
) -> Drawn:
    """Draw the frame at a time, with where a class is seen in it (Eq. 6, 7).

    Args:
        result: of the video.
        at_s: seconds (default: the middle of the best detection, of `label` if named).
        label: the class's name or label (default: that of the best detection at this
            time, else the class that scores highest there).
        video: where the file lies now, if it moved.
        kind: "place", the class's score weighted by where, around then, frames
            are unusual (where the result knows it), or "score", that alone.

    Raises:
        InputError: no such class or time, the file is not there, or features are of
            one cell a frame.
    """
    if result.placement.window == (1, 1):
        raise InputError(
            "no heat map of features of one cell a frame",
            where=result.video_id,
            cure="they do not say where in the picture; timeline(result) says when",
        )
    classes = _classes(result)
    number = None if label is None else class_label(label, classes)
    time_s = _best_time(result, number) if at_s is None else float(at_s)
    index = _index(result, time_s)
    number = _strongest(result, index, time_s) if number is None else number
    shown_s = float(result.placement.times_s[index])
    title = f"{classes.name_of(number)}, {shown_s:.1f} s"
    image = still(given_path(video) if video else result.video_file, shown_s)
    return Drawn(title, frame_picture(result, image, number, index, PRINT, title, kind))


def timeline(
    result: VideoResult,
    label: str | int | None = None,
    *,
    at_s: float | None = None,
) -> Drawn:
    """Draw truth and detections over time, and a class's score below.

    Args:
        result: of the video.
        label: whose score (default: the best detection's, else the highest there is).
        at_s: seconds, to mark a moment.

    Raises:
        InputError: no such class.
    """
    classes = _classes(result)
    number = first_label(result) if label is None else class_label(label, classes)
    picture = timeline_picture(result, number, classes, PRINT, at_s)
    return Drawn(f"{result.video_id}, {classes.name_of(number)}", picture)


def _classes(result: VideoResult) -> ClassList:
    """Give the result's classes; numbers for names where it does not know them."""
    if result.classes is not None:
        return result.classes
    numbers = tuple(range(1, result.grid.probability.shape[-1]))
    return ClassList(tuple(f"class {number}" for number in numbers), numbers)


def class_label(label: str | int, classes: ClassList) -> int:
    """Look up a class by its name or label; 0 and "background" are none of them."""
    if label in classes.names:
        return classes.label_of(str(label))
    if isinstance(label, int) and label in range(1, classes.channels):
        return label
    raise InputError("no such class", wanted=" or ".join(classes.names), got=label)


def _best_time(result: VideoResult, label: int | None) -> float:
    """Give the middle of the best detection, or the middle of the video."""
    found = result.detections
    mine = found if label is None else found[found.labels == label]
    return float(mine.spans_s[0].mean()) if len(mine) else result.frames.duration_s / 2


def _index(result: VideoResult, time_s: float) -> int:
    """Give the sampled frame at a time.

    Raises:
        InputError: the time lies outside the video.
    """
    duration_s = result.frames.duration_s
    if not 0 <= time_s <= duration_s:
        raise InputError(
            "no such time",
            where=result.video_id,
            wanted=f"0 to {duration_s:.1f} s",
            got=f"{time_s:g} s",
        )
    return frame_index(result.placement.starts_s, time_s)


def _strongest(result: VideoResult, index: int, time_s: float) -> int:
    """Give the best detection's class at a time, else the highest score's."""
    at_s = (one for one in result.detections if one.start_s <= time_s < one.end_s)
    scores = result.frames.probability[index, 1:]
    return next((one.label for one in at_s), int(scores.argmax()) + 1)


def first_label(result: VideoResult) -> int:
    """Give the class to show first: found, else true, else the highest score's."""
    known = [*result.detections.labels.tolist(), *classes_present(result)]
    highest = int(np.max(result.frames.probability[:, 1:], axis=0).argmax()) + 1
    return next(iter(known), highest)
