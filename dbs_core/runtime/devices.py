"""Where PyTorch computes: the CPU, or a GPU if there is one."""

import torch

from dbs_core.runtime.errors import InputError


def require_device(name: str) -> str:
    """Give a device's name if there is such a device here.

    Raises:
        InputError: there is none.
    """
    try:
        torch.empty(0, device=name)
    except (RuntimeError, AssertionError, NotImplementedError) as error:
        reason = str(error).splitlines()[0]
        raise InputError(f"no device {name!r} here ({reason})") from None
    return name
