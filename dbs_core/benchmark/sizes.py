"""How much is measured: all of it, or what fits into a minute."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Sizes:
    """Sizes of every measurement."""

    frames: int = 1150
    """230 s at 5 Hz: the length of which the paper gives its time."""
    dimensions: int = 1024
    """Channels of the maps: BN-Inception's, the paper's; wider maps are cut."""
    grid: int = 48
    other_grids: tuple[int, ...] = (24, 32, 64)
    exact_frames: int = 1150
    """Frames the exact EM sees; its time is scaled linearly to `frames`."""
    repeats: int = 5
    """Of short measurements, the least time counts: others use the machine too."""
    growth: tuple[int, ...] = (300, 1150, 4600, 18000, 36000)
    """Frames whose times are compared, from a file: one minute to two hours."""
    growth_dimensions: int = 256
    """Channels of that file: 0.9 GB for two hours; with 1024 it would be 3.6."""
    flow_pairs: int = 40
    gemm: int = 2048
    """Side of the square matrices that tell the machine's limit."""


FULL = Sizes()
QUICK = Sizes(
    other_grids=(),
    exact_frames=150,
    repeats=2,
    growth=(),
    flow_pairs=6,
    gemm=1024,
)
