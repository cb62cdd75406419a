"""How cells are described, which FCN labels them, how it and the control learn."""

from dataclasses import dataclass, field
from typing import Literal

from dbs_core.runtime import store
from dbs_core.runtime.ranges import require_range


@dataclass(frozen=True)
class ControlSettings:
    """The classifier and its training."""

    hidden: int = 256
    dropout: float = 0.5
    epochs: int = 30
    batch: int = 256
    learning_rate: float = 1e-3

    def __post_init__(self) -> None:
        require_range(self, ("hidden", "epochs", "batch"), 1, what="control's")
        require_range(self, ("dropout",), 0, 1, what="control's")


Architecture = Literal["C1", "C2", "C3", "C4", "F3", "P3"]


@dataclass(frozen=True)
class DescriptorSettings:
    """METHOD section 2.5: signed square root, l2, PCA, l2."""

    dimensions: int = 256
    """Kept axes, also the FCN's width (PAPER: 512 of 1024)."""
    power: float = 0.5
    whiten: bool = False
    """PAPER whitens; with ImageNet features that lifts noise (FINDINGS)."""

    def __post_init__(self) -> None:
        require_range(self, ("dimensions",), 1, what="descriptor")
        require_range(self, ("power",), 0.01, 10, what="descriptor")


@dataclass(frozen=True)
class TrainingSettings:
    """How the FCN is trained; PAPER's values where it gives them."""

    epochs: int = 30
    """PAPER: 10, on 90 times as many imprints."""
    batch: int = 4
    """PAPER: 16; few imprints make few steps."""
    learning_rate: float = 1e-3
    """Adam's default (METHOD section 4: OPEN)."""
    weight_decay: float = 0.0
    loss: Literal["windows", "cells"] = "windows"
    """`cells` is the paper's: cross-entropy with the annotation map."""
    augment: bool = True
    """Random cyclic shifts of each imprint (ours)."""
    mirror: bool = False
    """Augmented, mirror every other imprint left-right as well; no gain here."""
    held_out: bool = field(default=True, metadata=store.LATER)
    """Train once more, shorter and on two thirds, to calibrate scores and choose the
    threshold on the rest; without, the run has neither."""

    def __post_init__(self) -> None:
        require_range(self, ("epochs", "batch"), 1, what="training")
