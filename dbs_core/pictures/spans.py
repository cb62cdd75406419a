"""The time axis of a result file: truth and detections, for the screen and a paper."""

from dbs_core.evaluation.protocols.rules import THUMOS, Rule
from dbs_core.evaluation.video_matches import TIOU
from dbs_core.pictures.palette import Palette
from dbs_core.pictures.printing import Picture, new_figure, picture_of
from dbs_core.pictures.timeline import ROWS, draw_rows, row_height
from dbs_core.records import ClassList, Spans, classes_present


def spans_picture(
    video: Spans,
    classes: ClassList,
    colours: Palette,
    between_s: tuple[float, float],
    time_s: float | None = None,
    rule: Rule = THUMOS,
    tiou: float = TIOU,
) -> Picture:
    """Draw a row a class, truth above detections, for a part of the time."""
    present = classes_present(video)[:ROWS]
    tall = sum(row_height(video, label) for label in present)
    figure = new_figure(10.0, 0.7 + 0.55 * tall, colours)
    axes = figure.subplots()
    middles = draw_rows(axes, video, present, classes, colours, rule, tiou)
    axes.set_yticks(middles, [classes.name_of(label) for label in present])
    axes.set_xlim(*between_s)
    axes.set_xlabel("seconds", fontsize=8)
    if time_s is not None:
        axes.axvline(time_s, color=colours.primary, lw=1)
    return picture_of(figure)
