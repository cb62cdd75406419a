"""A video with what was found drawn into it: heat map, names, and the time axis below.

Comes in: a result and its video. Goes out: an H.264 copy, at most 640 wide, whose
frames keep their own times.
"""

from functools import cached_property, lru_cache
from pathlib import Path

import cv2
import numpy as np
from jaxtyping import UInt8
from matplotlib.colors import to_rgb

from dbs_core.evaluation.protocols.rules import THUMOS, Rule
from dbs_core.evaluation.video_matches import TIOU
from dbs_core.method.backprojection.heat import Heat, heat_maps
from dbs_core.method.backprojection.windows import frame_index
from dbs_core.method.video.browser_copy import write_painted
from dbs_core.pictures.heat_maps import score_top
from dbs_core.pictures.palette import PRINT, Palette
from dbs_core.pictures.printing import colour_map, new_figure, pixels_of
from dbs_core.pictures.timeline import ROWS, draw_rows, row_height
from dbs_core.records import ClassList, Segment, Segments, VideoResult, classes_present
from dbs_core.runtime.progress import SILENT, Progress

DPI = 100
ROW = 30
"""Pixels of one unit of the time axis' rows."""
LEFT, RIGHT = 104, 10
"""Pixels beside the time axis: for the names, and for the last number."""
NAMED = 3
"""Spans that are named at once, of the truth and of what was found."""


def write_annotated(
    result: VideoResult,
    classes: ClassList,
    label: int,
    video: Path,
    out: Path,
    progress: Progress = SILENT,
    *,
    rule: Rule = THUMOS,
    tiou: float = TIOU,
    kind: Heat = "place",
) -> None:
    """Write a video with truth, detections and a class's heat map drawn in.

    Args:
        result: of the video.
        classes: what labels mean.
        label: the class whose heat map lies over the frames.
        video: the file.
        out: where to; an MP4, whole or absent.
        progress: told how far it is.
        rule: how detections are judged.
        tiou: from which overlap on one is right.
        kind: which heat map of the class.

    Raises:
        InputError: the video cannot be read, or `out` not written.
        Cancelled: `progress` says so.
    """
    painter = Annotator(result, classes, label, PRINT, rule, tiou, kind)
    write_painted(video, out, painter, "Drawing into the video", progress)


class Annotator:
    """Paints the frames of one video."""

    def __init__(
        self,
        result: VideoResult,
        classes: ClassList,
        label: int,
        colours: Palette,
        rule: Rule = THUMOS,
        tiou: float = TIOU,
        kind: Heat = "place",
    ) -> None:
        self._rule, self._tiou = rule, tiou
        self._result, self._classes, self._label = result, classes, label
        self._colours, self._top = colours, score_top(result, label)
        self._kind: Heat = kind
        self._axis = np.zeros((0, 0, 3), np.uint8)
        self._words = lru_cache(256)(self._drawn_words)

    @cached_property
    def _maps(self) -> np.ndarray:
        heat = heat_maps(self._result, self._label, self._kind)
        return np.clip(heat / self._top, 0, 1).astype(np.float32)

    @cached_property
    def _colour_table(self) -> np.ndarray:
        return (colour_map(self._colours)(np.arange(256))[:, :3] * 255).astype(
            np.float32
        )

    def canvas(self, size: tuple[int, int]) -> tuple[int, int]:
        """Draw the time axis for a width; gives the size of frame and axis."""
        width, height = size
        self._axis = self._drawn_axis(width)
        return width, height + len(self._axis)

    def paint(
        self, time_s: float, image: UInt8[np.ndarray, "height width 3"]
    ) -> UInt8[np.ndarray, "tall wide 3"]:
        """Lay the heat map over a frame, name what is there, and mark the time."""
        painted = np.concatenate([image, self._axis])
        height, width = image.shape[:2]
        self._lay_heat(painted[:height], time_s)
        self._name_spans(painted[:height], time_s)
        share = min(time_s / self._result.info.duration_s, 1.0)
        left, right = _margins(width)
        x = min(round(left + (width - left - right) * share), width - 2)
        painted[height:, x : x + 2] = np.round(
            np.multiply(to_rgb(self._colours.text), 255)
        )
        return painted

    def _lay_heat(self, image: np.ndarray, time_s: float) -> None:
        height, width = image.shape[:2]
        box = self._result.geometry
        rows = slice(round(box.y0 * height), round(box.y1 * height))
        columns = slice(round(box.x0 * width), round(box.x1 * width))
        seen = image[rows, columns]
        index = frame_index(self._result.placement.starts_s, time_s)
        size = seen.shape[1], seen.shape[0]
        heat = cv2.resize(self._maps[index], size, interpolation=cv2.INTER_LINEAR)
        colour = self._colour_table[(heat * 255).astype(np.uint8)]
        weight = (0.55 * heat)[..., None]
        seen[:] = (seen * (1 - weight) + colour * weight).astype(np.uint8)

    def _name_spans(self, image: np.ndarray, time_s: float) -> None:
        known = self._result.truth.segments if self._result.truth else Segments.empty()
        lines = [
            *(f"true: {self._name(i.label)}" for i in _at(known, time_s)),
            *(
                f"found: {self._name(i.label)} {i.score:.2f}"
                for i in _at(self._result.detections, time_s)
            ),
        ]
        y = 0
        for line in lines:
            words = self._words(line)[: max(len(image) - y, 0), : image.shape[1]]
            image[y : y + len(words), : words.shape[1]] = words
            y += len(words)

    def _name(self, label: int) -> str:
        return self._classes.name_of(label)

    def _drawn_words(self, text: str) -> np.ndarray:
        """Draw a line of text on its own ground, 20 pixels high."""
        colours = self._colours
        figure = new_figure(0.15 * len(text) + 0.2, 0.2, colours)
        left = 0.05 / figure.get_figwidth()
        figure.text(left, 0.5, text, va="center", fontsize=9, color=colours.text)
        drawn = pixels_of(figure, DPI)
        inked = np.flatnonzero((drawn != drawn[0, -1]).any((0, 2)))
        return drawn[:, : int(inked.max(initial=0)) + 6]

    def _drawn_axis(self, width: int) -> np.ndarray:
        """Draw truth and detections over time; an even number of pixels high."""
        result, colours = self._result, self._colours
        present = [*dict.fromkeys([*classes_present(result), self._label])][:ROWS]
        tall = sum(row_height(result, item) for item in present)
        height = 2 * round((ROW * tall + 30) / 2)
        # A hair more: a size that is a little less than whole loses a pixel.
        figure = new_figure((width + 0.01) / DPI, (height + 0.01) / DPI, colours)
        left, right = _margins(width)
        across = left / width, (width - left - right) / width
        axes = figure.add_axes((across[0], 24 / height, across[1], 1 - 30 / height))
        middles = draw_rows(
            axes, result, present, self._classes, colours, self._rule, self._tiou
        )
        axes.set_yticks(middles, [self._name(item)[:16] for item in present])
        axes.set_xlim(0, result.info.duration_s)
        axes.tick_params(labelsize=7)
        return pixels_of(figure, DPI)


def _margins(width: int) -> tuple[int, int]:
    """Give the pixels beside the time axis; of a narrow video never all."""
    return min(LEFT, 2 * width // 5), min(RIGHT, width // 10)


def _at(segments: Segments, time_s: float) -> list[Segment]:
    there = (segments.spans_s[:, 0] <= time_s) & (time_s < segments.spans_s[:, 1])
    return list(segments.select(there).best_first()[:NAMED])
