"""How an imprint is learnt: the settings of the EM, full or fast."""

from dataclasses import dataclass, replace
from typing import Literal, get_args

from dbs_core.runtime.errors import InputError
from dbs_core.runtime.ranges import require_range

Search = Literal["full", "fast"]
ImprintModel = Literal["epitome", "counting-grid"]


WINDOW_CELLS = 49
"""Of a frame in the paper."""


FAST_TOLERANCES = 20
"""How many times as much as the full search the fast one lets the likelihood grow."""


Start = Literal["tiled", "snake", "sorted", "overlapping", "noise"]


@dataclass(frozen=True)
class StoppingRule:
    """When an EM stops: after its iterations, or where the likelihood stands still."""

    iterations: int
    tolerance: float
    """Standing still is growing by no more than this share of itself."""
    settling: int = 0
    """Iterations before standing still is looked for."""


@dataclass(frozen=True)
class EpitomeSettings:
    """How an imprint is learnt; the only home of these defaults."""

    model: ImprintModel = "epitome"
    """`counting-grid` is the epitome's predecessor, a baseline: of these settings it
    has `grid` and `keep` alone (METHOD section 1.5)."""
    grid: int = 48
    """Cells along each side, 16 to 64 (PAPER Table 1)."""
    locate_dimensions: int = 128
    """Principal axes in which the EM works (METHOD section 2.3)."""
    start: Start = "tiled"
    """Initial means; see initial_mean.py."""
    variance: float = 0.1
    """Initial variance of every cell and dimension (AUTHOR's folder names)."""
    learn_variance: bool = True
    """Eq. 4; without it the initial variance stays, and the E step costs half. The
    fast search never learns it."""
    variance_floor: float = 1e-3
    """For l2-normalised features; METHOD section 1.4."""
    iterations: int = 20
    """At most; a tiled start settles in 3 to 6."""
    tolerance: float = 1e-4
    """Stop when the log-likelihood grows by less than this share of itself."""
    keep: int = 8
    """Locations kept of each frame's posterior."""
    search: Search = "full"
    """`full` is Eq. 1-4 to the letter. `fast` (ours) does without Eq. 4 and stops
    sooner: what frames do afterwards is hardly seen in the likelihood. From a noise
    start, where posteriors are flat, it is the full search too."""

    def __post_init__(self) -> None:
        if not 16 <= self.grid <= 64:
            raise InputError("grid size", wanted="16 to 64 cells", got=self.grid)
        counts = ("locate_dimensions", "iterations", "keep")
        require_range(self, counts, 1, what="imprint's")
        require_range(self, ("variance", "variance_floor"), 0, what="imprint's")
        require_range(self, ("tolerance",), -1, what="imprint's")  # < 0: never stops
        if self.search not in get_args(Search):
            raise InputError(
                "search", wanted=" or ".join(get_args(Search)), got=self.search
            )
        if self.model not in get_args(ImprintModel):
            raise InputError(
                "imprint", wanted=" or ".join(get_args(ImprintModel)), got=self.model
            )

    def of_maps(self, window: tuple[int, int]) -> "EpitomeSettings":
        """Give the settings for maps of a size: of fewer cells each must say more.

        The variances are the paper's, whose frames have 49 cells to tell them apart;
        pooled ones have one, and with 49 times the variance all would lie everywhere.
        """
        share = window[0] * window[1] / WINDOW_CELLS
        if share >= 1:
            return self
        return replace(
            self,
            variance=self.variance * share,
            variance_floor=self.variance_floor * share,
        )

    @property
    def fast(self) -> bool:
        """Whether the search is the quick one."""
        return self.search == "fast" and self.start != "noise"

    def written_out(self) -> "EpitomeSettings":
        """Give the same with what the fast search does otherwise set one by one."""
        if not self.fast:
            return self
        return replace(
            self,
            search="full",
            learn_variance=False,
            tolerance=max(FAST_TOLERANCES * self.tolerance, -1.0),  # < 0: never stops
        )

    @property
    def rule(self) -> StoppingRule:
        """When the EM stops."""
        return StoppingRule(self.iterations, self.tolerance)


MetricKind = Literal["pca", "labels"]


@dataclass(frozen=True)
class MetricSettings:
    """Where the EM's axes come from, and how labels shape them."""

    kind: MetricKind = "pca"
    """`pca` is METHOD section 2.3; `labels` starts there."""
    epochs: int = 5
    frames: int = 256
    """Of each video, drawn anew in every epoch."""
    grid: int = 24
    """As many frames a cell as 1024 on 48 x 48."""
    iterations: int = 4
    """Of the EM before the one that gradients run through."""
    temperature: float = 49.0
    """Divides the log joint: a frame's 49 cells are far from independent, and a
    posterior that is all but certain has no gradient."""
    learning_rate: float = 3e-4

    def __post_init__(self) -> None:
        counts = ("epochs", "frames", "iterations", "grid")
        require_range(self, counts, 1, what="metric's")
