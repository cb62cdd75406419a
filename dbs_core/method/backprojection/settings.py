"""Annotation maps and the mask of assigned cells."""

from dataclasses import dataclass
from typing import Literal

from dbs_core.runtime.ranges import require_range

TargetKind = Literal["purity", "eq5"]


@dataclass(frozen=True)
class TargetSettings:
    """Annotation maps and the mask of assigned cells."""

    kind: TargetKind = "purity"
    """`eq5` is the paper's."""
    tau: float = 4.0
    """Eq. 5's threshold, in frames."""
    mask_tau: float = 0.1
    """Frames a location must exceed to count as assigned. 0.1: a tenth of a frame is
    enough, since a frame may lie on several places at once; where frames spread over
    the grid the paper's 4 would drop most of them."""

    def __post_init__(self) -> None:
        require_range(self, ("tau", "mask_tau"), 0, what="targets'")
