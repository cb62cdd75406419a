"""Networks of the timm package, by its own names; weights from its own cache."""

from typing import Any

import torch
from torch import nn

from dbs_core.method.features.backbones.normalised import (
    Look,
    NormalisedNetwork,
    is_map,
)
from dbs_core.method.features.backbones.optional_packages import made, package
from dbs_core.runtime.errors import InputError


def timm_backbone(
    name: str, device: torch.device | str = "cpu", *, pretrained: bool = True
) -> NormalisedNetwork:
    """Open a network of timm, such as `resnet50` or `convnext_tiny.fb_in1k`.

    Args:
        name: as timm lists it.
        device: cpu or cuda.
        pretrained: random weights otherwise, for tests.

    Raises:
        InputError: timm, the network or its weights are missing; it gives no map.
    """
    timm = package("timm")
    shown = f"timm:{name}"
    network: nn.Module = made(
        shown, lambda: timm.create_model(name, pretrained=pretrained)
    )
    config = timm.data.resolve_model_data_config(network)
    tag = (getattr(network, "pretrained_cfg", None) or {}).get("tag") or "default"
    return NormalisedNetwork(
        f"timm:{name.split('.')[0]}-{tag if pretrained else 'random'}",
        network,
        _look(network, shown),
        mean=config["mean"],
        std=config["std"],
        device=device,
    )


def _look(network: Any, shown: str) -> Look:
    """Take what comes before pooling, channels first whichever way it comes."""

    def look(pictures: torch.Tensor) -> torch.Tensor:
        maps = network.forward_features(pictures)
        if not is_map(maps):
            maps = _from_tokens(network, maps, shown)
        channels = int(network.num_features)
        if maps.shape[1] != channels and maps.shape[-1] == channels:
            maps = maps.permute(0, 3, 1, 2)
        return maps

    return look


def _from_tokens(network: Any, tokens: torch.Tensor, shown: str) -> torch.Tensor:
    """Lay the patch tokens [b, n, d] of a transformer out as their picture."""
    grid = getattr(getattr(network, "patch_embed", None), "grid_size", None)
    if tokens.ndim != 3 or grid is None:
        raise InputError(
            "gives no map of cells",
            where=shown,
            got=f"an output of shape {tuple(tokens.shape)}",
            cure="choose a convolutional network",
        )
    patches = tokens[:, tokens.shape[1] - grid[0] * grid[1] :]
    return patches.transpose(1, 2).reshape(len(tokens), -1, *grid)
