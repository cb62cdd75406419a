"""Converted networks, kept beside the features by all that decides them."""

import hashlib
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import torch

from dbs_core.method.features.backbone import INPUT_SIZE, PyTorchBackbone
from dbs_core.method.features.engines.conversion import BATCH
from dbs_core.method.features.engines.openvino_package import Unusable, openvino
from dbs_core.method.features.settings import Precision
from dbs_core.runtime import files, npz, store
from dbs_core.runtime.errors import InputError, reason

SUFFIX = ".openvino.npz"
SCHEMA = 1
"""Another number for another way of converting."""


def place_of(root: Path, network: PyTorchBackbone, precision: Precision) -> Path:
    """Name the file of a network: by its weights, versions, precision and shapes."""
    assert network.module is not None
    digest = hashlib.sha256(repr(network.module).encode())
    for name, tensor in sorted(network.module.state_dict().items()):
        digest.update(f"{name} {tensor.dtype} {tuple(tensor.shape)}".encode())
        digest.update(np.ascontiguousarray(tensor.detach().cpu().numpy()).tobytes())
    shapes = (BATCH, INPUT_SIZE, network.channels)
    versions = (SCHEMA, openvino().__version__, torch.__version__)
    key = store.fingerprint(
        network.name, digest.hexdigest(), versions, precision, shapes
    )
    return root / f"{key}{SUFFIX}"


def read(path: Path) -> Any | None:
    """Read a kept network; None where there is none, or only a damaged one."""
    try:
        arrays = npz.read_npz(path, ("graph", "weights"))
        graph, weights = arrays["graph"].tobytes(), arrays["weights"]
        ov = openvino()
        return ov.Core().read_model(graph, ov.Tensor(weights))
    except (InputError, LookupError, RuntimeError, TypeError):
        return None


def write(path: Path, model: Any) -> None:
    """Keep a network: one file, whole or absent.

    Raises:
        CannotWrite: the disk is full or the folder cannot be written.
        Unusable: OpenVINO cannot write it.
    """
    with tempfile.TemporaryDirectory(prefix="dbs-network-") as folder:
        graph = Path(folder) / "network.xml"
        try:
            openvino().save_model(model, graph, compress_to_fp16=False)
            parts = graph.read_bytes(), graph.with_suffix(".bin").read_bytes()
        except (RuntimeError, OSError) as error:
            raise Unusable(f"it cannot be written ({reason(error)})") from error
    named = zip(("graph", "weights"), parts, strict=True)
    files.write_arrays(path, {n: np.frombuffer(p, np.uint8) for n, p in named})
