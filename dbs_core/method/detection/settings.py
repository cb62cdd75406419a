"""TAG's values, CDC's values, the temporal head."""

from dataclasses import dataclass
from typing import Literal

from dbs_core.runtime.errors import InputError
from dbs_core.runtime.ranges import WIDEST, require_few, require_range

HeadKind = Literal["none", "conv", "pyramid"]


@dataclass(frozen=True)
class HeadSettings:
    """The network, its training, and how its spans become detections."""

    kind: HeadKind = "pyramid"
    """`none` is the paper's DBS; `conv` decides at one scale, `pyramid` at several:
    chosen on folds of ucf9-untrimmed's training videos (docs/measured.md). On the two
    dozen short videos of the sample `conv` finds more."""
    width: int = 128
    dilations: tuple[int, ...] = (1, 2, 4, 8, 16, 32)
    """Of one block each (`conv`): a frame sees 63 to either side, 13 s."""
    ranges: tuple[int, ...] = (0, 5, 4, 10, 8, 20, 16, 40, 32, 100_000)
    """Two numbers for each level of the `pyramid`: how far, in samples, the farther
    end of the actions may lie that its points answer for."""
    centre: float = 1.5
    """Points farther than so many strides from an action's middle do not answer for
    it (`pyramid`)."""
    dropout: float = 0.2
    input_dropout: float = 0.3
    epochs: int = 40
    batch: int = 4
    learning_rate: float = 1e-3
    weight_decay: float = 0.05
    averaging: float = 0.99
    """Decay of the running mean of weights that is kept."""
    splice: float = 0.5
    """Share of training videos that are cut and joined with another."""
    share: float = 0.5
    """Weight of the head's class scores; the imprint's own have the rest."""
    floor: float = 0.05
    """Score that a frame's class must exceed for its span to be a candidate."""
    overlap: float = 0.3
    """Of two spans of one class with a higher IoU the lower score goes."""

    def __post_init__(self) -> None:
        require_range(self, ("epochs", "batch", "width"), 1, what="head's")
        require_range(self, ("dilations",), 1, 1024, what="head's")
        require_range(self, ("ranges",), 0, 100_000, what="head's")
        require_range(self, ("centre",), 0.5, 100, what="head's")
        if not self.ranges or len(self.ranges) % 2:
            raise InputError("head's ranges", wanted="two numbers a level")
        shares = ("dropout", "input_dropout", "splice", "share", "floor", "overlap")
        require_range(self, shares, 0, 1, what="head's")
        require_few(self, ("dilations", "ranges"), what="head's")

    @property
    def levels(self) -> int:
        """Levels of the pyramid; each has half the samples of the one before."""
        return len(self.ranges) // 2


@dataclass(frozen=True)
class ProposalSettings:
    """TAG's released values."""

    thresholds: tuple[float, ...] = (
        0.01, 0.05, 0.1, 0.15, 0.25, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95,
    )  # fmt: skip
    """Actionness a frame must exceed."""
    tolerances: tuple[float, ...] = (0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8, 1.0)
    """Share of frames below the threshold that a group may hold."""
    smoothing: float = 0.0
    """Standard deviation of a Gaussian over each curve before grouping, in samples.
    TAG has 3 on the raw actionness; our frame scores come smoothed already."""
    overlap: float = 0.9
    """Of two boxes with a higher IoU the one of lower score goes."""
    per_class: bool = True
    """Group every class's score too, not only the actionness (ours): actions of
    two classes that touch have no gap in the actionness to be told apart by."""

    def __post_init__(self) -> None:
        shares = ("thresholds", "tolerances", "overlap")
        require_range(self, shares, 0, 1, what="proposals'")
        require_few(self, ("thresholds", "tolerances"), what="proposals'")
        require_range(self, ("smoothing",), 0, WIDEST, what="proposals'")


@dataclass(frozen=True)
class RefinementSettings:
    """CDC's released values, and METHOD section 7's headline choice of NMS."""

    extension: float = 1 / 8
    """Share of the proposal's length added at each end."""
    overlap: float = 0.3
    """Of two detections of one class with a higher IoU the lower score goes
    (METHOD section 7's headline: 0.4)."""
    classes: Literal["all", "best"] = "all"
    """`best` is CDC's: the class of highest mean, or none when that is background.
    `all` (ours) tries every action whose mean exceeds `floor`."""
    floor: float = 0.1
    """Mean score that a class must exceed to be tried."""
    score: Literal["contrast", "mean"] = "contrast"
    """`mean` is CDC's: the mean class score inside. `contrast` (ours) takes off the
    mean beside the span, or the best few frames of an action outrank all of it."""
    ring: float = 0.25
    """Width of what counts as beside, at each end, as a share of the length."""

    def __post_init__(self) -> None:
        require_range(self, ("overlap", "floor"), 0, 1, what="refinement's")
        require_range(self, ("extension", "ring"), 0, 10, what="refinement's")
