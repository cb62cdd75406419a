"""What the machine can do at best: the ruler for the stages' figures."""

import torch

from dbs_core.benchmark.timing import timed

COPIED_MB = 256
"""Larger than any cache."""


def limits(device: str, side: int, repeats: int) -> dict[str, object]:
    """Give float32 and byte products a second, and bytes copied a second.

    A product and its sum count as two operations, a copied byte once.
    """
    a = torch.rand(side, side, device=device)
    seconds, _ = timed(lambda: a @ a, device, repeats + 1)
    found: dict[str, object] = {
        "threads": torch.get_num_threads(),
        "gemm_gflops": 2 * side**3 / seconds / 1e9,
    }
    source = torch.ones(COPIED_MB << 20, dtype=torch.uint8, device=device)
    target = torch.empty_like(source)
    seconds, _ = timed(lambda: target.copy_(source), device, repeats + 1)
    found["memcpy_gb_per_second"] = len(source) / seconds / 1e9
    if torch.device(device).type == "cpu" and hasattr(torch, "_int_mm"):
        b = torch.ones(side, side, dtype=torch.int8)
        seconds, _ = timed(lambda: torch._int_mm(b, b), device, repeats + 1)
        found["byte_gemm_gops"] = 2 * side**3 / seconds / 1e9
    return found
