"""Frames a second of the backbone alone: PyTorch, OpenVINO, and OpenVINO in bfloat16.

Real frames that lie decoded in memory, in batches as the features' stage makes them.
Engines take turns, round by round, so that whatever else the machine does falls on all
of them; of each the best round counts.
"""

import itertools
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from jaxtyping import UInt8

from dbs_core.benchmark.timing import timed
from dbs_core.method.features.engines.engine import Engine
from dbs_core.method.features.network_input import seen
from dbs_core.method.features.network_maps import NetworkMaps
from dbs_core.method.features.settings import FeatureSettings
from dbs_core.runtime.errors import InputError
from dbs_core.runtime.threads import fixed_threads, side_by_side

FRAMES = 64
"""Of a round; a shorter video's come again."""


def sources(given: NetworkMaps, device: str) -> dict[str, NetworkMaps]:
    """Give what is compared, by what its figures' names begin with; the given is "".

    Args:
        given: the run's own.
        device: on another than a CPU there is nothing to compare.
    """
    found = {"": given}
    if device == "cpu" and given.precision == "float32":
        found["pytorch_"] = NetworkMaps(given.network)
        found["bfloat16_"] = NetworkMaps(given.network, True, "bfloat16")
    return found


def engines(compared: Mapping[str, NetworkMaps], root: Path) -> dict[str, Engine]:
    """Make their engines, but for a precision that this CPU has not.

    Args:
        compared: as `sources` gives them.
        root: folder where converted networks are kept.
    """
    made = {}
    for name, source in compared.items():
        try:
            made[name] = source.engine(root)
        except InputError:
            continue
    return made


def engine_rows(
    path: Path, settings: FeatureSettings, compared: Mapping[str, Engine], rounds: int
) -> dict[str, object]:
    """Give each engine's frames a second, and how many times PyTorch's they are."""
    frames = first_frames(path, settings)
    best = dict.fromkeys(compared, np.inf)
    for name, engine in [*compared.items()] * rounds:
        best[name] = min(best[name], seconds_of(engine, frames, settings.batch))
    found: dict[str, object] = {
        f"{name}backbone_frames_per_second": len(frames) / best[name] for name in best
    }
    if "pytorch_" in best:
        for name in best.keys() - {"pytorch_"}:
            found[f"{name}backbone_over_pytorch"] = best["pytorch_"] / best[name]
    return found


def first_frames(
    path: Path, settings: FeatureSettings
) -> UInt8[np.ndarray, "n 224 224 channels"]:
    """Decode a video's first sampled frames, as many as a round has."""
    taken = [one.input for one in itertools.islice(seen(path, settings), FRAMES)]
    return np.stack([taken[n % len(taken)] for n in range(FRAMES)])


def seconds_of(
    engine: Engine, frames: UInt8[np.ndarray, "n 224 224 channels"], batch: int
) -> float:
    """Time an engine on frames, with as many batches at once as it takes."""
    batches: Sequence[np.ndarray] = [
        frames[first : first + batch] for first in range(0, len(frames), batch)
    ]

    def through() -> None:
        for _ in side_by_side(engine, batches, engine.workers):
            pass

    with fixed_threads():
        return timed(through)[0]
