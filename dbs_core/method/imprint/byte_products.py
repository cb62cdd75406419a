"""Frames and windows as rows of bytes, whose products tell most locations apart.

Where a processor multiplies bytes natively, the products of all frames with all
windows are four times as fast as in float32, and the same on any number of cores. What
rounding may change of them is bounded (`bounds.py`), so it decides nothing.
"""

import torch
from jaxtyping import Float32, Int8

BYTE = 127
"""Largest magnitude of a rounded value."""


def multiplies_bytes(device: torch.device) -> bool:
    """Say whether this machine has instructions for sums of products of bytes."""
    known = getattr(torch.cpu, "_is_vnni_supported", lambda: False)
    return device.type == "cpu" and hasattr(torch, "_int_mm") and bool(known())


def in_bytes(
    rows: Float32[torch.Tensor, "t values"],
) -> tuple[Int8[torch.Tensor, "t values"], Float32[torch.Tensor, "t 1"]]:
    """Round rows to bytes, each by its largest magnitude, which is given too."""
    largest = rows.abs().amax(1, keepdim=True).clamp(min=1e-12)
    return (rows * (BYTE / largest)).round().to(torch.int8), largest


def windows_in_bytes(
    grid: Float32[torch.Tensor, "gh gw d"], window: tuple[int, int]
) -> tuple[Int8[torch.Tensor, "locations values"], float]:
    """Write every window of the torus out as a row of bytes.

    All are rounded by the grid's largest magnitude, which is given too.
    """
    scale = float(grid.abs().max().clamp(min=1e-12))
    rounded = (grid * (BYTE / scale)).round().to(torch.int8)
    (gh, gw, d), (h, w) = grid.shape, window
    rows = torch.arange(gh + h - 1) % gh
    columns = torch.arange(gw + w - 1) % gw
    padded = rounded[rows][:, columns].contiguous()
    wide = (gw + w - 1) * d
    windows = padded.as_strided((gh, gw, h, w * d), (wide, d, wide, 1))
    return windows.reshape(gh * gw, h * w * d), scale
