"""One method's figures and what its row is called."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np

NAMES = {
    "dbs": "DBS",
    "dbs_without_head": "DBS without temporal head",
    "control": "control (no imprint)",
    "control_head": "control with temporal head",
    "ceiling_labels": "perfect labels",
    "ceiling_imprint": "perfect labels on the imprint",
}
SHORT = {
    "dbs": "DBS",
    "dbs_without_head": "no head",
    "control": "control",
    "control_head": "control+head",
    "ceiling_labels": "labels",
    "ceiling_imprint": "on imprint",
}
"""For narrow columns."""


Key = TypeVar("Key")
TIOU = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7)


@dataclass(frozen=True)
class Row:
    """One method's figures, in percent. `per_class` is AP at tIoU 0.5 by name."""

    name: str
    frame_map: float
    detection_map: Mapping[float, float]
    per_class: Mapping[str, float]
    frame_per_class: Mapping[str, float]

    @property
    def average(self) -> float:
        """The mean over the thresholds: ActivityNet's average mAP at its own."""
        return float(np.mean(list(self.detection_map.values())))

    def as_json(self) -> dict[str, object]:
        """Give the figures as the command line writes them."""
        return {
            "frame_map": self.frame_map,
            "map": {f"{tiou:g}": value for tiou, value in self.detection_map.items()},
            "per_class": dict(self.per_class),
            "frame_per_class": dict(self.frame_per_class),
        }


def mean_row(rows: Sequence[Row]) -> Row:
    """Average one method's figures over runs of other seeds."""

    def mean(columns: Sequence[Mapping[Key, float]]) -> dict[Key, float]:
        return {key: float(np.mean([c[key] for c in columns])) for key in columns[0]}

    return Row(
        rows[0].name,
        float(np.mean([row.frame_map for row in rows])),
        mean([row.detection_map for row in rows]),
        mean([row.per_class for row in rows]),
        mean([row.frame_per_class for row in rows]),
    )


def row_of(name: str, value: Mapping[str, Any]) -> Row:
    """Read a row as `Row.as_json` writes it; KeyError or ValueError if it is none."""
    return Row(
        name,
        float(value["frame_map"]),
        {float(tiou): float(found) for tiou, found in value["map"].items()},
        dict(value["per_class"]),
        dict(value["frame_per_class"]),
    )
