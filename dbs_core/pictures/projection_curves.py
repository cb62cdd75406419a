"""A class's score per frame by both equations, and what it is compared with."""

from dataclasses import dataclass
from typing import Literal

from dbs_core.evaluation.projections import Projections
from dbs_core.pictures.palette import GREY, Palette
from dbs_core.records import FrameScores, VideoResult


@dataclass(frozen=True)
class Curve:
    """One curve, told from the others by its dash as well as by its colour."""

    name: str
    scores: FrameScores
    colour: str
    dash: Literal["solid", "dot", "dash", "dashdot"]


def projection_curves(
    result: VideoResult, both: Projections, colours: Palette
) -> list[Curve]:
    """Give Eq. 7 and Eq. 6; the control's and the temporal head's scores if any."""
    curves = [
        Curve("Eq. 7 (argmax)", both.hard, colours.primary, "solid"),
        Curve("Eq. 6 (soft)", both.soft, colours.text, "dot"),
    ]
    if result.control is not None:
        curves.append(Curve("control, no imprint", result.control, GREY, "dash"))
    if result.reach_s is not None:
        head = Curve("with temporal head", result.frames, colours.right, "dashdot")
        curves.append(head)
    return curves
