"""Loading packages that are no requirement of the project, and their networks."""

import importlib
import sys
from collections.abc import Callable
from types import ModuleType
from typing import TypeVar

import torch

from dbs_core.runtime.errors import InputError, reason

Loaded = TypeVar("Loaded")

INSTALLED = {
    "timm": "timm==1.0.31 torchvision==0.28.0",
    "torchvision": "torchvision==0.28.0",
}
"""What pip installs for a package: the releases that were tried with this PyTorch."""

_OPERATORS = (
    "nms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor",
    "qnms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor",
)
_declared: list[torch.library.Library] = []


def package(name: str) -> ModuleType:
    """Import an optional package.

    Raises:
        InputError: it is not installed, or does not load.
    """
    try:
        return _imported(name)
    except ModuleNotFoundError as error:
        raise InputError(
            f"the package {name} is not installed",
            where=f"backbone {name}:",
            got=error,
            cure=f"install it: pip install {INSTALLED[name]}",
        ) from error
    except (ImportError, RuntimeError, OSError, AttributeError) as error:
        raise InputError(
            f"the package {name} does not load ({reason(error)})",
            cure="install the release that belongs to this PyTorch",
        ) from error


def _imported(name: str) -> ModuleType:
    """Import; torchvision beside a CPU-only PyTorch needs two operators declared.

    Its compiled part does not load there, and its import then asks for operators
    that only boxes need. They are declared, never called.
    """
    try:
        return importlib.import_module(name)
    except RuntimeError as error:
        if "torchvision::nms" not in str(error) or _declared:
            raise
    for module in [m for m in sys.modules if m.split(".")[0] in ("torchvision", name)]:
        del sys.modules[module]
    fragment = torch.library.Library("torchvision", "FRAGMENT")
    for operator in _OPERATORS:
        fragment.define(operator)
    _declared.append(fragment)  # an operator lives as long as its library does
    return importlib.import_module(name)


def made(name: str, make: Callable[[], Loaded]) -> Loaded:
    """Make a network of a package, which may have to fetch its weights.

    Raises:
        InputError: the package knows no such network, or has no weights for it here.
    """
    try:
        return make()
    except InputError:
        raise
    # Packages raise what their downloaders raise: any kind of error.
    except Exception as error:
        raise InputError(
            f"no such network, or its weights cannot be had ({_first_line(error)})",
            where=name,
            cure="check the name; offline, put the weights into the package's cache",
        ) from error


def _first_line(error: Exception) -> str:
    lines = str(error).strip().splitlines()
    return (lines[0] if lines else type(error).__name__)[:200]
