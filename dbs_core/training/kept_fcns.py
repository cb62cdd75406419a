"""FCNs that were trained before on the very same samples: not trained twice.

Runs that differ behind the FCN only (heads, proposals, a fold tried again) learn the
same one; it is the most expensive step of a training. Kept with the features, by what
the samples hold, settings and seed.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import torch

from dbs_core.method.segmentation.fcn import ImprintFCN
from dbs_core.runtime import files, store
from dbs_core.runtime.errors import InputError
from dbs_core.training.learner import Learner
from dbs_core.training.samples import TrainingSet

VERSION = 2
"""Of the training; one that gives other weights has another. 2: of cells alone where
the network looks at each by itself."""


def kept_at(samples: TrainingSet, learner: Learner) -> Path:
    """Give the file of the FCN that these samples, settings and seed lead to."""
    settings = learner.settings
    # Whether a threshold is chosen afterwards does not matter here.
    training = replace(settings.training, held_out=True)
    key = store.fingerprint(
        VERSION,
        torch.__version__,
        settings.architecture,
        settings.dropout,
        training,
        settings.target,
        samples.window,
        learner.seed,
        learner.device,
        _digest(samples),
    )
    return learner.cache.root / "networks" / f"{key}.npz"


def _digest(samples: TrainingSet) -> str:
    """Hash what the samples hold, and in which form."""
    found = hashlib.sha256()
    for part in (samples.descriptors, samples.masses, samples.masks):
        found.update(f"{part.shape} {part.dtype}".encode())
        for one in part:  # of a file on disk a sample at a time
            found.update(one.tobytes())
    return found.hexdigest()


def keep_fcn(path: Path, network: ImprintFCN, losses: Sequence[float]) -> None:
    """Write an FCN and the loss of each epoch.

    Raises:
        CannotWrite: the disk is full.
    """
    weights = {name: part.numpy() for name, part in network.state_dict().items()}
    files.write_arrays(path, weights, {"losses": list(losses)})


def take_up(path: Path, network: ImprintFCN) -> tuple[float, ...] | None:
    """Load the weights into a network; its losses, or None where none can be read."""
    if not path.exists():
        return None
    try:
        weights, header = files.read_arrays(path)
        found = {name: torch.from_numpy(part) for name, part in weights.items()}
        network.load_state_dict(found)
        return tuple(float(loss) for loss in header["losses"])
    except (InputError, RuntimeError, *store.MISFITS):
        return None  # damaged: trained anew, and kept again
