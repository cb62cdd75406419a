"""The time axis of a video for a paper: truth, detections, score of one class."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from jaxtyping import Float64
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from dbs_core.evaluation.protocols.rules import THUMOS, Rule
from dbs_core.evaluation.video_matches import TIOU, Matches, judge
from dbs_core.pictures.palette import GREY, Palette, class_colours
from dbs_core.pictures.printing import Picture, new_figure, picture_of, quiet
from dbs_core.records import ClassList, Segments, Spans, VideoResult, classes_present

ROWS = 8
LANE, GAP, LANES = 0.34, 0.2, 5


def timeline_picture(
    result: VideoResult,
    label: int,
    classes: ClassList,
    colours: Palette,
    time_s: float | None = None,
    rule: Rule = THUMOS,
    tiou: float = TIOU,
) -> Picture:
    """Draw a row a class, truth above detections, and the score of a class below."""
    present = list(dict.fromkeys([*classes_present(result), label]))[:ROWS]
    tall = sum(row_height(result, item) for item in present)
    figure = new_figure(8.0, 1.2 + 0.55 * tall, colours)
    rows, curve = figure.subplots(
        2, 1, sharex=True, height_ratios=[tall, 1.3], gridspec_kw={"hspace": 0.12}
    )
    middles = draw_rows(rows, result, present, classes, colours, rule, tiou)
    rows.set_yticks(middles, [classes.name_of(item) for item in present])
    rows.tick_params(axis="x", length=0)
    _draw_score(curve, result, label, classes, colours)
    if time_s is not None:
        for axes in (rows, curve):
            axes.axvline(time_s, color=colours.primary, lw=1)
    return picture_of(figure)


def draw_rows(
    axes: Axes,
    result: Spans,
    labels: Sequence[int],
    classes: ClassList,
    colours: Palette,
    rule: Rule = THUMOS,
    tiou: float = TIOU,
) -> list[float]:
    """Draw a row a class from the top down; gives the middle of each row."""
    painted = class_colours(labels, len(classes), colours)
    matches, top, middles = judge(result, rule, tiou=tiou), 0.0, []
    for label in labels:
        colour = painted[label]
        _draw_truth(axes, result, label, top, colour, matches)
        found = top + LANE * _lanes_of_truth(result, label)
        _draw_found(axes, result, label, found, colour, matches, colours)
        middles.append(top + row_height(result, label) / 2 - GAP / 2)
        top += row_height(result, label)
    quiet(axes, colours).set_ylim(top, 0)
    return middles


def row_height(result: Spans, label: int) -> float:
    """Give the height of a row: lanes for truths and for detections that overlap."""
    of_class = result.detections.labels == label
    lanes = pack_lanes(result.detections.spans_s[of_class])
    above = _lanes_of_truth(result, label)
    return LANE * (above + max(lanes, default=0) + 1) + GAP


def _lanes_of_truth(result: Spans, label: int) -> int:
    """Count the lanes of a class's truths, one at least: actions of it may overlap."""
    return max((lane for _, lane in _truth_lanes(result, label)), default=0) + 1


def _truth_lanes(result: Spans, label: int) -> list[tuple[int, int]]:
    """Give number and lane of each truth of a class, by their starts."""
    truth = result.truth.segments if result.truth else Segments.empty()
    order = truth.time_order
    mine = order[truth.labels[order] == label]
    return list(zip(mine.tolist(), pack_lanes(truth.spans_s[mine]), strict=True))


def _draw_truth(
    axes: Axes,
    result: Spans,
    label: int,
    y: float,
    colour: str,
    matches: Matches | None,
) -> None:
    truth = result.truth.segments if result.truth else Segments.empty()
    for i, lane in _truth_lanes(result, label):
        missed = matches is not None and matches.found_by[i] < 0
        empty = {"fill": False, "ls": "--", "ec": colour}
        style = empty if missed else {"fc": colour}
        _box(axes, truth.spans_s[i], y + lane * LANE, style)


def _draw_found(
    axes: Axes,
    result: Spans,
    label: int,
    y: float,
    colour: str,
    matches: Matches | None,
    theme: Palette,
) -> None:
    styles: dict[str, Any] = {
        "right": {"fc": theme.right},
        "wrong": {"fill": False, "hatch": "//////", "ec": theme.wrong},
        "ignored": {"fill": False, "ec": GREY},
    }
    found = result.detections
    mine = np.flatnonzero(found.labels == label)
    for i, lane in zip(mine, pack_lanes(found.spans_s[mine]), strict=True):
        plain: Any = {"fc": colour, "alpha": 0.75}
        style = styles[matches.verdicts[i]] if matches is not None else plain
        _box(axes, found.spans_s[i], y + lane * LANE, style)


def pack_lanes(spans_s: Float64[np.ndarray, "n 2"]) -> list[int]:
    """Give each span, in their order, the first lane where it overlaps none."""
    lanes: list[list[np.ndarray]] = []
    places: list[int] = []
    for span in spans_s:
        free = (
            place
            for place, taken in enumerate(lanes)
            if all(span[1] <= other[0] or span[0] >= other[1] for other in taken)
        )
        place = next(free, min(len(lanes), LANES - 1))
        if place == len(lanes):
            lanes.append([])
        lanes[place].append(span)
        places.append(place)
    return places


def _box(axes: Axes, span: Float64[np.ndarray, " 2"], y: float, style: Any) -> None:
    size = float(span[1] - span[0]), LANE * 0.8
    axes.add_patch(Rectangle((float(span[0]), y), *size, lw=0.8, **style))


def _draw_score(
    axes: Axes, result: VideoResult, label: int, classes: ClassList, colours: Palette
) -> None:
    frames = result.frames
    axes.stairs(
        frames.probability[:, label],
        frames.edges_s,
        color=colours.text,
        lw=1,
        baseline=None,
    )
    quiet(axes, colours).set_ylim(0, 1)
    axes.set_xlim(0, result.info.duration_s)
    axes.set_yticks([0, 1])
    axes.set_xlabel("seconds", fontsize=8)
    axes.set_ylabel(
        f"score\n{classes.name_of(label)}", fontsize=7, color=colours.text, rotation=0
    )
    axes.yaxis.set_label_coords(-0.07, 0.2)
    axes.yaxis.label.set_horizontalalignment("right")
