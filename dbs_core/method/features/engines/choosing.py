"""Which engine takes frames through a network: OpenVINO on a CPU, else PyTorch."""

import logging
from pathlib import Path

from torch import nn

from dbs_core.method.features.backbone import Backbone, PyTorchBackbone
from dbs_core.method.features.engines.engine import Engine
from dbs_core.method.features.engines.openvino_engine import openvino_engine
from dbs_core.method.features.engines.openvino_package import Unusable, openvino
from dbs_core.method.features.engines.pytorch import PyTorchEngine
from dbs_core.method.features.settings import Precision
from dbs_core.runtime.errors import InputError

LOG = logging.getLogger("dbs_core")
"""Its lines go to standard error where nobody has said otherwise."""


def engine_for(network: Backbone, precision: Precision, root: Path) -> Engine:
    """Open the engine of a network on a CPU.

    Args:
        network: of PyTorch, or any other backbone, which is then simply called.
        precision: of its sums.
        root: folder where a converted network is kept.

    Raises:
        InputError: bfloat16 is wanted, and OpenVINO or the CPU cannot give it.
        CannotWrite: a converted network cannot be kept.
    """
    try:
        return openvino_engine(_of_pytorch(network), precision, root)
    except _NotOfPyTorch:
        if precision != "float32":
            raise no_bfloat16("a backbone that PyTorch does not run") from None
    except Unusable as error:
        if precision != "float32":
            raise no_bfloat16(error) from error
        LOG.warning(
            "note: %s: not through OpenVINO, %s; PyTorch makes the same features, "
            "slower",
            network.name,
            error,
        )
    return PyTorchEngine(network, side_by_side=True)


def require_bfloat16(device: str) -> None:
    """Check, before any work, that bfloat16 can be had.

    Raises:
        InputError: not on this device, without OpenVINO, or not on this CPU.
    """
    if device != "cpu":
        raise no_bfloat16(f"device {device}")
    try:
        able = openvino().Core().get_property("CPU", "OPTIMIZATION_CAPABILITIES")
    except (Unusable, RuntimeError) as error:
        raise no_bfloat16(error) from error
    if "BF16" not in able:
        raise no_bfloat16("a CPU without it")


def no_bfloat16(why: object) -> InputError:
    """Say that bfloat16 cannot be had."""
    return InputError(
        "no features in bfloat16 here",
        wanted="OpenVINO, and a CPU that computes bfloat16",
        got=why,
        cure="use --precision float32",
    )


class _NotOfPyTorch(Exception):
    """A backbone that is no module."""


def _of_pytorch(network: Backbone) -> PyTorchBackbone:
    if isinstance(network, PyTorchBackbone) and isinstance(network.module, nn.Module):
        return network
    raise _NotOfPyTorch
