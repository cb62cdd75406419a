"""The time axis of a video for a paper: truth, detections, score of one class."""

from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from dbs_core.records import ClassList, Segments, VideoResult
from explorer.figures.printing import Picture, new_figure, picture_of, quiet
from explorer.matches import judge
from explorer.palette import Palette, colour_slots
from explorer.presence import classes_present

ROWS = 8


def timeline_picture(
    result: VideoResult,
    label: int,
    classes: ClassList,
    colours: Palette,
    time_s: float | None = None,
) -> Picture:
    """Draw a row a class, truth above detections, and the score of a class below."""
    present = list(dict.fromkeys([*classes_present(result), label]))[:ROWS]
    slots = colour_slots(present, len(classes))
    figure = new_figure(8.0, 1.5 + 0.42 * len(present), colours)
    rows, curve = figure.subplots(
        2,
        1,
        sharex=True,
        height_ratios=[len(present), 1.6],
        gridspec_kw={"hspace": 0.1},
    )
    for place, item in enumerate(present):
        slot = slots[item]
        colour = colours.categories[slot] if slot >= 0 else "#8A94A0"
        draw_class(rows, result, item, place, colour, colours)
    quiet(rows, colours).set_ylim(len(present), 0)
    names = [classes.name_of(item) for item in present]
    rows.set_yticks([i + 0.5 for i in range(len(present))], names)
    rows.tick_params(axis="x", length=0)
    _draw_score(curve, result, label, classes, colours)
    if time_s is not None:
        for axes in (rows, curve):
            axes.axvline(time_s, color=colours.primary, lw=1)
    return picture_of(figure)


def draw_class(
    axes: Axes, result: VideoResult, label: int, place: int, colour: str, theme: Palette
) -> None:
    truth = result.truth.segments if result.truth else Segments.empty()
    found = result.detections
    matches = judge(result)
    for i in range(len(truth)):
        if truth.labels[i] == label:
            missed = matches is not None and matches.found_by[i] < 0
            style = (
                {"fill": False, "ls": "--", "ec": colour} if missed else {"fc": colour}
            )
            _box(axes, truth.spans_s[i], place + 0.1, style)
    for i in range(len(found)):
        if found.labels[i] != label:
            continue
        style = {"fc": colour, "alpha": 0.75}
        if matches is not None and matches.verdicts[i] == "right":
            style = {"fc": theme.right}
        elif matches is not None and matches.verdicts[i] == "wrong":
            style = {"fill": False, "hatch": "//////", "ec": theme.wrong}
        _box(axes, found.spans_s[i], place + 0.52, style)


def _box(axes: Axes, span: object, y: float, style: dict[str, object]) -> None:
    start, end = span  # type: ignore[misc]
    axes.add_patch(Rectangle((start, y), end - start, 0.34, lw=0.8, **style))


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
