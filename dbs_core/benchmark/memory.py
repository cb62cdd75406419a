"""Peak memory of imprint and FCN, in a process of its own; times of long videos.

`python -m dbs_core.benchmark.memory JOB` maps the frames of a file, makes the imprint
and labels it, and prints one line of JSON. Base is the process with its libraries
loaded and used once, peak the most that the kernel ever counted, so the figure may be
too high but never too low; pages of the mapped file count too.
"""

import gc
import json
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch

from dbs_core.benchmark.imprint_times import SAMPLED_CELLS, fitted, locating
from dbs_core.benchmark.material import Material, as_features
from dbs_core.benchmark.scoring_times import CHANNELS
from dbs_core.benchmark.timing import timed
from dbs_core.method.backprojection.settings import TargetSettings
from dbs_core.method.features.projection import Projection, fit_projection
from dbs_core.method.imprint.settings import EpitomeSettings
from dbs_core.method.pipeline import label_cells
from dbs_core.method.segmentation.fcn import ImprintFCN
from dbs_core.method.segmentation.settings import DescriptorSettings
from dbs_core.records import Features, ImprintFit
from dbs_core.runtime import files, store
from dbs_core.runtime.errors import InputError

WARM_FRAMES = 8
MB = 1024
"""Kilobytes of the kernel in one."""


@dataclass(frozen=True)
class Job:
    """What the process shall measure: a file of float16 maps and how to fit it."""

    path: str
    projections: str
    shape: tuple[int, int, int, int]
    grid: int
    device: str
    threads: int


def write_maps(path: Path, maps: np.ndarray, frames: int) -> tuple[int, int, int, int]:
    """Write frames to a file, from the first again until there are so many."""
    with files.atomic(path) as file:
        for first in range(0, frames, len(maps)):
            file.write(maps[: frames - first].tobytes())
    return frames, maps.shape[1], maps.shape[2], maps.shape[3]


def write_projections(
    path: Path, material: Material, settings: EpitomeSettings
) -> None:
    """Learn the two projections here, so that the process need not."""
    cells = material.maps.reshape(-1, material.maps.shape[-1])
    some = cells[:: max(1, len(cells) // SAMPLED_CELLS)].astype(np.float32)
    locate = locating(material, settings)
    describe = fit_projection(some, DescriptorSettings().dimensions, power=0.5)
    arrays = {
        **{f"locate_{name}": array for name, array in _arrays(locate).items()},
        **{f"describe_{name}": array for name, array in _arrays(describe).items()},
    }
    files.write_arrays(path, arrays)


def read_projections(path: Path) -> tuple[Projection, Projection]:
    """Read them back: for locating, for descriptors."""
    arrays, _ = files.read_arrays(path)
    return (
        Projection(arrays["locate_mean"], arrays["locate_axes"]),
        Projection(arrays["describe_mean"], arrays["describe_axes"], 0.5),
    )


def _arrays(projection: Projection) -> dict[str, np.ndarray]:
    return {"mean": projection.mean, "axes": projection.axes}


def measured(job: Job) -> dict[str, float]:
    """Run the job in a fresh process.

    Raises:
        InputError: it ended with an error.
    """
    done = subprocess.run(
        [sys.executable, "-m", "dbs_core.benchmark.memory", json.dumps(asdict(job))],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        last = done.stderr.strip().splitlines() or [f"exit code {done.returncode}"]
        raise InputError(f"memory measurement failed ({last[-1]})", where=job.path)
    return json.loads(done.stdout)


def measure_here(job: Job) -> dict[str, float]:
    """Fit and label, and say how far this process grew (MB), and the time."""
    torch.set_num_threads(job.threads)
    maps = np.memmap(job.path, np.float16, "r").reshape(job.shape)
    settings = EpitomeSettings(grid=job.grid, search="fast")
    locate, describe = read_projections(Path(job.projections))
    width = describe.axes.shape[1]
    network = ImprintFCN(architecture="C3", dimensions=width, channels=CHANNELS)

    def work(features: Features) -> ImprintFit:
        return _fit_and_label(features, locate, describe, network, settings, job.device)

    work(as_features(np.array(maps[:WARM_FRAMES])))
    gc.collect()
    base_kb = _status("VmRSS")
    seconds, fit = timed(lambda: work(as_features(maps)), job.device)
    return {
        "peak_mb": (_status("VmHWM") - base_kb) / MB,
        "seconds": seconds,
        "iterations": len(fit.log_likelihood),
    }


def _fit_and_label(
    features: Features,
    locate: Projection,
    describe: Projection,
    network: ImprintFCN,
    settings: EpitomeSettings,
    device: str,
) -> ImprintFit:
    fit = fitted(features, locate, settings, device)
    tau = TargetSettings().mask_tau
    label_cells(
        fit.imprint, fit.placement, describe, network, mask_tau=tau, device=device
    )
    return fit


def _status(name: str) -> float:
    """Give a figure of the kernel's on this process, in kB; NaN off Linux."""
    try:
        lines = Path("/proc/self/status").read_text().splitlines()
    except OSError:
        return float("nan")
    kept = dict(line.split(":", 1) for line in lines if ":" in line)
    return float(kept[name].split()[0])


def job_of(text: str) -> Job:
    """Read a job from the command line."""
    value: Mapping[str, object] = json.loads(text)
    return store.from_json(Job, value)


if __name__ == "__main__":
    sys.stdout.write(json.dumps(measure_here(job_of(sys.argv[1]))) + "\n")
