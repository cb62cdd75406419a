"""The few names of the explorer's state, in the session and in the address.

`run`, `split`, `video` and `cls` belong to the selectors of the sidebar, which
Streamlit itself keeps in the address. Moment, cell, detection and layer are the
player's: they are written to the address on commit (pause, click), never while
playing. Unknown names are ignored; values that do not parse are dropped with a note.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

SCHEMA = "1"
CHOICE = ("run", "split", "video", "cls")
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
    """Where the player stands: all of it is in the address."""

    time_s: float | None = None
    cell: tuple[int, int] | None = None
    detection: int | None = None
    layer: str = "mosaic"

    def query(self) -> dict[str, str]:
        """Give the view's part of the address; what is at rest is left out."""
        found = {"v": SCHEMA}
        if self.time_s is not None:
            found["t"] = f"{self.time_s:.2f}".rstrip("0").rstrip(".")
        if self.cell is not None:
            found["cell"] = f"{self.cell[0]}-{self.cell[1]}"
        if self.detection is not None:
            found["det"] = str(self.detection)
        if self.layer != "mosaic":
            found["layer"] = self.layer
        return found


@dataclass(frozen=True)
class Limits:
    """What a video offers: a view beyond it lands on the nearest that exists."""

    duration_s: float
    grid: tuple[int, int]
    detections: int


def read_view(query: Mapping[str, str], limits: Limits) -> tuple[View, tuple[str, ...]]:
    """Read the view of an address, and say what in it did not fit this video."""
    notes: list[str] = []
    view = View(
        time_s=_time(query.get("t"), limits, notes),
        cell=_cell(query.get("cell"), limits, notes),
        detection=_detection(query.get("det"), limits, notes),
    )
    layer = query.get("layer", "mosaic")
    if layer in LAYERS:
        view = replace(view, layer=layer)
    else:
        notes.append(f"There is no layer “{layer}”; this is the mean image.")
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
    cell = int(row), int(column)
    near = min(cell[0], limits.grid[0] - 1), min(cell[1], limits.grid[1] - 1)
    if near != cell:
        notes.append(f"The imprint has no cell {text}; this is the nearest one.")
    return near


def _detection(text: str | None, limits: Limits, notes: list[str]) -> int | None:
    if text is None:
        return None
    if text.isdecimal() and len(text) < 9 and int(text) < limits.detections:
        return int(text)
    notes.append(
        f"This video has no detection {text}; it has {limits.detections} (from 0)."
    )
    return None


def committed_view(value: Mapping[str, object] | None, limits: Limits) -> View:
    """Read what the player committed; it is checked like an address."""
    value = value or {}
    query = {str(k): str(v) for k, v in value.items() if v is not None}
    return read_view(query, limits)[0]
