"""Bars over time for print: truth and detections of each class, named beside."""

from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from dbs_core.paper.figures.sheet import SMALL, time_axis
from dbs_core.paper.figures.subject import Subject
from dbs_core.pictures.palette import PRINT
from dbs_core.pictures.timeline import pack_lanes
from dbs_core.records import Segments


def draw_bars(axes: Axes, subject: Subject) -> None:
    """Draw truth above detections over the time shown, in the colours of classes."""
    rows = [("detected", subject.found, 0.78)]
    if subject.result.truth is not None:
        rows.insert(0, ("truth", subject.truth, 1.0))
    for place, (_, segments, alpha) in enumerate(rows):
        _row(axes, subject, segments, place, alpha)
    axes.set_ylim(len(rows), 0)
    axes.set_yticks(
        [place + 0.5 for place in range(len(rows))], [name for name, _, _ in rows]
    )
    axes.tick_params(axis="y", length=0, pad=3, labelsize=SMALL)
    time_axis(axes, *subject.span_s())


def draw_truth_bar(axes: Axes, subject: Subject) -> None:
    """Draw the truth over the time shown as one bar, on background."""
    start, end = subject.span_s()
    axes.add_patch(Rectangle((start, 0), end - start, 1, fc=PRINT.border))
    for i, low, height in _lanes(subject.truth):
        _bar(axes, subject, subject.truth, i, low, height)
    axes.set_ylim(1, 0)
    time_axis(axes, start, end)


def _row(
    axes: Axes, subject: Subject, segments: Segments, place: int, alpha: float
) -> None:
    for i, low, height in _lanes(segments):
        top = place + 0.14 + 0.72 * low
        _bar(axes, subject, segments, i, top, 0.72 * height, alpha)


def _lanes(segments: Segments) -> list[tuple[int, float, float]]:
    """Give number, top and height of each span, in shares of the bar they share.

    Those that overlap, of one class or several, lie below each other. Of more than
    there are lanes long ones come first, so that a short one is never hidden.
    """
    order = segments.time_order
    lane = dict(zip(order.tolist(), pack_lanes(segments.spans_s[order]), strict=True))
    height = 1 / (max(lane.values(), default=0) + 1)
    length = segments.spans_s[:, 0] - segments.spans_s[:, 1]
    return [
        (i, lane[i] * height, height) for i in length.argsort(kind="stable").tolist()
    ]


def _bar(
    axes: Axes,
    subject: Subject,
    segments: Segments,
    i: int,
    top: float,
    height: float,
    alpha: float = 1.0,
) -> None:
    start, end = (float(x) for x in segments.spans_s[i])
    colour = subject.colours[int(segments.labels[i])]
    shape = Rectangle((start, top), end - start, height, fc=colour)
    shape.set(ec="white", lw=0.4, alpha=alpha)
    axes.add_patch(shape)
