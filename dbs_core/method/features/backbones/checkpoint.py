"""Weights of a file the user names: read without running code, fitted by name.

Conversions of one network differ in wrapping: a `state_dict` inside a dictionary,
names that begin with `module.` or `base_model.`, batch norms with a leading axis of
1 from Caffe. All of that is undone; what then does not fit is named.
"""

import re
import zipfile
from collections.abc import Iterable
from pathlib import Path

import torch
from torch import nn

from dbs_core.runtime import npz
from dbs_core.runtime.errors import InputError

WRAPPERS = ("state_dict", "model", "model_state")
PREFIXES = ("module.", "base_model.", "backbone.")
CLASSIFIERS = ("fc", "last_linear", "new_fc", "fc-action", "classifier", "cls_head")
"""First parts of layers after the map: not needed."""
SHOWN = 3


def read_weights(file: Path) -> dict[str, torch.Tensor]:
    """Read a state dict under its plain names.

    Budget: as `npz.read_npz`, told by its directory before PyTorch unpacks it.

    Raises:
        InputError: no such file, no weights in it, or objects that would run code.
    """
    if not file.is_file():
        raise InputError("no such checkpoint file", where=file, cure="check the path")
    if zipfile.is_zipfile(file):
        npz.require_small(file)
    try:
        value = torch.load(file, map_location="cpu", weights_only=True)
    # On damaged or unsafe files torch raises errors of many kinds.
    except Exception as error:
        raise InputError(
            "cannot be read as plain weights",
            where=file,
            got=_plainly(error),
            cure="save the network's state_dict() alone with torch.save",
        ) from error
    for wrapper in WRAPPERS:
        if isinstance(value, dict) and isinstance(value.get(wrapper), dict):
            value = value[wrapper]
    weights = _tensors(value)
    if not weights:
        raise InputError(
            "no weights in it", where=file, wanted="a state dict of tensors"
        )
    return weights


def _plainly(error: Exception) -> str:
    """Give the first line of what PyTorch says, without its colours."""
    text = re.sub(r"\x1b\[[0-9;]*m", "", str(error)).strip()
    return (text or type(error).__name__).splitlines()[0][:160]


def _tensors(value: object) -> dict[str, torch.Tensor]:
    if not isinstance(value, dict):
        return {}
    return {
        _plain(name): tensor
        for name, tensor in value.items()
        if isinstance(name, str) and isinstance(tensor, torch.Tensor)
    }


def _plain(name: str) -> str:
    """Take wrappers' names off, however many."""
    while prefix := next((p for p in PREFIXES if name.startswith(p)), ""):
        name = name.removeprefix(prefix)
    return name


def fill(network: nn.Module, weights: dict[str, torch.Tensor], file: Path) -> None:
    """Give a network its weights, every one of them.

    Raises:
        InputError: layers are missing, left over or of another shape, or not finite.
    """
    wanted = {
        name: tensor
        for name, tensor in network.state_dict().items()
        if not name.endswith("num_batches_tracked")
    }
    given = {name: t for name, t in weights.items() if not _ignored(name)}
    fitted = {
        name: _fitted(given[name], wanted[name]) for name in wanted if name in given
    }
    problems = [
        _listed("missing", (name for name in wanted if name not in given)),
        _listed("left over", (name for name in given if name not in wanted)),
        _listed(
            "of another shape",
            (
                f"{name} {tuple(given[name].shape)} for {tuple(wanted[name].shape)}"
                for name, tensor in fitted.items()
                if tensor is None
            ),
        ),
        _listed(
            "not finite",
            (n for n, t in fitted.items() if t is not None and not t.isfinite().all()),
        ),
    ]
    if found := "; ".join(problem for problem in problems if problem):
        raise InputError(
            "weights of another network",
            where=file,
            got=found,
            cure=f"give a checkpoint of {type(network).__name__}",
        )
    network.load_state_dict(
        {name: tensor for name, tensor in fitted.items() if tensor is not None},
        strict=False,
    )


def _ignored(name: str) -> bool:
    return name.endswith("num_batches_tracked") or name.split(".")[0] in CLASSIFIERS


def _fitted(tensor: torch.Tensor, wanted: torch.Tensor) -> torch.Tensor | None:
    """Bring a tensor to the wanted shape by dropping leading axes of 1, or None.

    Shapes first: a tensor may say that it is far larger than what is stored of it.
    """
    if tensor.layout != torch.strided or tensor.is_quantized or tensor.is_meta:
        return None
    while tensor.ndim > wanted.ndim and tensor.shape[0] == 1:
        tensor = tensor[0]
    return tensor.float() if tensor.shape == wanted.shape else None


def _listed(what: str, names: Iterable[str]) -> str:
    """Name the first few of what is wrong, and count the rest."""
    every = list(names)
    if not every:
        return ""
    more = f" and {len(every) - SHOWN} more" if len(every) > SHOWN else ""
    return f"{what}: {', '.join(every[:SHOWN])}{more}"
