"""The few names of the explorer's state in the address, and what they may say.

Run, split, video and class are those of the sidebar, score and tIoU judge on all pages,
the rest is the player's: it is written on commit (pause, click), never while playing.
Unknown names are ignored; values that do not parse are dropped with a note.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TypeVar

from dbs_core.method.backprojection.heat import WORDS
from explorer.sources.paint_text import is_painted

Value = TypeVar("Value")
SCHEMA = "1"
CHOICE = ("run", "split", "video", "cls")
JUDGING = ("score", "tiou")
VIEW = ("t", "cell", "det", "truth", "layer", "zoom", "heat", "map", "paint")
OF_PAGES: Mapping[str, Mapping[str, object]] = {
    "explore": {"panel": None},
    "errors": {
        "err_source": "this run",
        "err_chart": "AP of each class",
        "err_curve": None,
        "pick": None,
        **dict.fromkeys(("other_file", "other_truth", "other_videos"), ""),
        "other_split": "",
        "other_rule": "the truth's kind",
    },
    "compare": {
        "compare_with": None,
        "compare_file": None,
        "compare_labels": "auto",
        "compare_chart": "Classes",
        "compare_list": "fixed",
        **dict.fromkeys(("compare_class", "compare_video")),
    },
    "what_if": {
        "set": "",
        "anew": "",
        "wi_of": "its detections",
        "wi_with": None,
        "wi_source": "this run",
        **dict.fromkeys(("other_file", "other_truth", "other_videos"), ""),
        "other_split": "",
        "other_rule": "the truth's kind",
    },
    "paper": {"paper_part": "Figures", "paper_figure": 1},
    "result_file": {
        **dict.fromkeys(("other_file", "other_truth", "other_videos"), ""),
        "other_split": "",
        "other_rule": "the truth's kind",
        "other_video": None,
        "other_cls": None,
        "other_panel": None,
    },
}
"""What else a page keeps in the address, and what it is when nothing is said."""
LAYERS = {
    "mosaic": "Mean image",
    "segmentation": "Segmentation",
    "score": "Class score",
    "posterior": "Posterior",
    "occupancy": "Occupancy",
    "annotation": "Annotation",
    "entropy": "Entropy",
}


@dataclass(frozen=True)
class View:
    """Where the player stands: all of it is in the address.

    `zoom` is the part of the timeline in view (None: all of it), `heat` the opacity of
    the heat map (0: off; None: as the player opens), `which` of the heat maps, `paint`
    the painted cells.
    """

    time_s: float | None = None
    cell: tuple[int, int] | None = None
    detection: int | None = None
    layer: str = "mosaic"
    truth: int | None = None
    zoom: tuple[float, float] | None = None
    heat: float | None = None
    which: str = "place"
    paint: str = ""

    def query(self) -> dict[str, str]:
        """Give the view's part of the address; what is at rest is left out."""
        rest = View()
        found = {
            "t": _known(self.time_s, number),
            "cell": _known(self.cell, lambda cell: f"{cell[0]}-{cell[1]}"),
            "det": _known(self.detection, str),
            "truth": _known(self.truth, str),
            "layer": _known(None if self.layer == rest.layer else self.layer, str),
            "zoom": _known(self.zoom, lambda span: "-".join(map(number, span))),
            "heat": _known(self.heat, number),
            "paint": self.paint or None,
            "map": _known(None if self.which == rest.which else self.which, str),
        }
        return {name: text for name, text in found.items() if text is not None}


def _known(value: Value | None, text: Callable[[Value], str]) -> str | None:
    return None if value is None else text(value)


def number(value: float, places: int = 2) -> str:
    """Write a number as short as it is read again."""
    return f"{value:.{places}f}".rstrip("0").rstrip(".")


@dataclass(frozen=True)
class Limits:
    """What a video offers: a view beyond it lands on the nearest that exists.

    Without an imprint there is no grid, and no cell to show.
    """

    duration_s: float
    grid: tuple[int, int] | None
    detections: int
    truths: int = 0


def read_view(query: Mapping[str, str], limits: Limits) -> tuple[View, tuple[str, ...]]:
    """Read the view of an address, and say what in it did not fit this video."""
    notes: list[str] = []
    view = View(
        time_s=_time(query.get("t"), limits, notes),
        cell=_cell(query.get("cell"), limits, notes),
        detection=_row("detection", query.get("det"), limits.detections, notes),
        truth=_row("truth", query.get("truth"), limits.truths, notes),
        zoom=_zoom(query.get("zoom"), limits, notes),
        heat=_heat(query.get("heat"), notes),
        paint=_paint(query.get("paint"), limits, notes),
    )
    layer = query.get("layer", "mosaic")
    if layer in LAYERS:
        view = replace(view, layer=layer)
    else:
        notes.append(f"There is no layer “{layer}”; this is the mean image.")
    kind = query.get("map", "place")
    if kind in WORDS:
        view = replace(view, which=kind)
    else:
        notes.append(f"There is no heat map “{kind}”; this is where it happens.")
    return view, tuple(notes)


def _time(text: str | None, limits: Limits, notes: list[str]) -> float | None:
    if text is None:
        return None
    try:
        wanted = float(text)
        inside = min(max(wanted, 0.0), limits.duration_s)  # NaN stays NaN
    except ValueError:
        wanted = inside = float("nan")
    if not inside >= 0:
        notes.append(f"“{text}” is not a time in seconds; this is the start.")
        return None
    if inside != wanted:
        notes.append(
            f"The link asks for {text} s; this video lasts {limits.duration_s:.1f} s."
        )
    return inside


def _cell(text: str | None, limits: Limits, notes: list[str]) -> tuple[int, int] | None:
    if text is None:
        return None
    row, _, column = text.partition("-")
    if not (row.isdecimal() and column.isdecimal() and len(text) < 12):
        notes.append(f"“{text}” is not a cell (row-column).")
        return None
    if limits.grid is None:
        notes.append(f"There is no imprint here, so no cell {text}.")
        return None
    cell = int(row), int(column)
    near = min(cell[0], limits.grid[0] - 1), min(cell[1], limits.grid[1] - 1)
    if near != cell:
        notes.append(f"The imprint has no cell {text}; this is the nearest one.")
    return near


def _row(what: str, text: str | None, count: int, notes: list[str]) -> int | None:
    if text is None:
        return None
    if text.isdecimal() and len(text) < 9 and int(text) < count:
        return int(text)
    notes.append(f"This video has no {what} {text}; it has {count} (from 0).")
    return None


ZOOM = re.compile(r"(\d{1,6}(?:\.\d{1,6})?)-(\d{1,6}(?:\.\d{1,6})?)", re.ASCII)


def _zoom(
    text: str | None, limits: Limits, notes: list[str]
) -> tuple[float, float] | None:
    if text is None:
        return None
    if found := ZOOM.fullmatch(text):
        start, end = (round(float(part), 2) for part in found.groups())
        end = min(end, round(limits.duration_s, 2))
        if start < end:
            return start, end
    notes.append(f"“{text}” is no part of this video (seconds); all of it is shown.")
    return None


def _heat(text: str | None, notes: list[str]) -> float | None:
    if text is None:
        return None
    try:
        wanted = float(text)
    except ValueError:
        wanted = float("nan")
    if 0 <= wanted <= 1:
        return round(wanted, 2)
    notes.append(f"“{text}” is no opacity from 0 to 1.")
    return None


def _paint(text: str | None, limits: Limits, notes: list[str]) -> str:
    """Check painted cells; which classes there are is the server's to say."""
    if not text:
        return ""
    if is_painted(text, limits.grid):
        return text
    notes.append("The painted cells of the link are none of this imprint's.")
    return ""


def read_score(text: str | None, notes: list[str]) -> float | str | None:
    """Read a score threshold: None is the run's own, "all" is none at all."""
    if text in (None, "all"):
        return text
    try:
        wanted = float(str(text))
    except ValueError:
        wanted = float("nan")
    if abs(wanted) < float("inf"):
        return round(wanted, 4)
    notes.append(f"“{text}” is no score; this is the run's own threshold.")
    return None


def read_tiou(
    text: str | None, known: tuple[float, ...], rest: float, notes: list[str]
) -> float:
    """Read a tIoU, one of those that the rule knows."""
    if text is None:
        return rest
    for value in known:
        if text in (number(value), str(value)):
            return value
    notes.append(f"“{text}” is no tIoU of the rule; this is {number(rest)}.")
    return rest


def committed_view(value: Mapping[str, object] | None, limits: Limits) -> View:
    """Read what the player committed; it is checked like an address."""
    value = value or {}
    query = {str(k): str(v) for k, v in value.items() if v is not None}
    return read_view(query, limits)[0]
