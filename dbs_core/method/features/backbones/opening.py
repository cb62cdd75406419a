"""Which network a name means: the one door to all of them.

A name is what a user writes (`timm:resnet18`); the backbone's own `name` says the
weights too, and is part of every cache key and of the model. Packages that are no
requirement of the project are loaded only when they are named.
"""

from collections.abc import Callable
from pathlib import Path

import torch

from dbs_core.method.features.backbone import Backbone
from dbs_core.method.features.backbones.bn_inception import BNInceptionFile
from dbs_core.method.features.backbones.efficientnet import EfficientNetLite0
from dbs_core.method.features.backbones.from_timm import timm_backbone
from dbs_core.method.features.backbones.from_torchvision import torchvision_backbone
from dbs_core.method.features.settings import DEFAULT, NAMES
from dbs_core.runtime.errors import InputError

Opener = Callable[[str, torch.device | str], Backbone]

_OPENERS: dict[str, Opener] = {
    "timm": timm_backbone,
    "torchvision": torchvision_backbone,
    "bn-inception": lambda file, device: BNInceptionFile(Path(file), device),
}


def open_backbone(name: str, device: torch.device | str = "cpu") -> Backbone:
    """Load the network of a name; `maps:FOLDER` is none (`streams.named_backbone`).

    Raises:
        InputError: no such name; or its package, network or weights are missing or
            not what they should be.
    """
    if name == DEFAULT:
        return EfficientNetLite0(device)
    kind, _, what = name.partition(":")
    if kind not in _OPENERS or not what:
        raise InputError("no such backbone", wanted=NAMES, got=name or "nothing")
    return _OPENERS[kind](what, device)
