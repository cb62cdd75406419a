"""Networks of the torchvision package, by its own names; weights from its own cache."""

import torch
from torch import nn

from dbs_core.method.features.backbones.normalised import (
    Look,
    NormalisedNetwork,
    is_map,
)
from dbs_core.method.features.backbones.optional_packages import made, package
from dbs_core.runtime.errors import InputError

IMAGENET_MEAN = (0.485, 0.456, 0.406)
IMAGENET_STD = (0.229, 0.224, 0.225)


def torchvision_backbone(
    name: str, device: torch.device | str = "cpu", *, pretrained: bool = True
) -> NormalisedNetwork:
    """Open a classifier of torchvision, such as `resnet50`, with its best weights.

    Args:
        name: as torchvision lists it.
        device: cpu or cuda.
        pretrained: random weights otherwise, for tests.

    Raises:
        InputError: torchvision, the network or its weights are missing; no map.
    """
    models = package("torchvision").models
    shown = f"torchvision:{name}"
    weights = made(shown, lambda: models.get_model_weights(name).DEFAULT)
    network: nn.Module = made(
        shown, lambda: models.get_model(name, weights=weights if pretrained else None)
    )
    expected = weights.transforms()
    return NormalisedNetwork(
        f"{shown}-{weights.name if pretrained else 'random'}",
        network,
        last_map(network, shown),
        mean=getattr(expected, "mean", IMAGENET_MEAN),
        std=getattr(expected, "std", IMAGENET_STD),
        device=device,
    )


def last_map(network: nn.Module, shown: str) -> Look:
    """Give what the network makes of pictures up to its last feature map.

    The map is the output of the last module to finish with one, before pooling and
    classifier. A module that works on a sequence after it (a transformer's) means
    that there is none.
    """
    found: list[torch.Tensor] = []

    def keep(module: nn.Module, arguments: object, output: object) -> None:
        if is_map(output):
            assert isinstance(output, torch.Tensor)
            found[:] = [output]
        elif isinstance(output, torch.Tensor) and output.ndim == 3:
            found.clear()

    for module in network.modules():
        module.register_forward_hook(keep)

    def look(pictures: torch.Tensor) -> torch.Tensor:
        found.clear()
        network(pictures)
        if not found:
            raise InputError(
                "gives no map of cells",
                where=shown,
                cure="choose a convolutional network",
            )
        return found.pop()

    return look
