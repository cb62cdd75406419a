"""Bars over time for print: truth and detections of each class, named beside."""

from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from dbs_core.paper.figures.sheet import SMALL, time_axis
from dbs_core.paper.figures.subject import Subject
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


def _row(
    axes: Axes, subject: Subject, segments: Segments, place: int, alpha: float
) -> None:
    colours = subject.colours
    # Long bars first, so that a short one is never hidden.
    length = segments.spans_s[:, 0] - segments.spans_s[:, 1]
    for i in length.argsort(kind="stable"):
        start, end = (float(x) for x in segments.spans_s[i])
        colour = colours[int(segments.labels[i])]
        shape = Rectangle((start, place + 0.14), end - start, 0.72, fc=colour)
        shape.set(ec="white", lw=0.4, alpha=alpha)
        axes.add_patch(shape)
