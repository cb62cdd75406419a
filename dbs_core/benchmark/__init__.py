"""How fast this machine runs every part of the method: what `benchmark` measures."""

from dbs_core.benchmark.running import measure
from dbs_core.benchmark.sizes import FULL, QUICK, Sizes

__all__ = ["FULL", "QUICK", "Sizes", "measure"]
