"""Seconds of named stages: a path enters the clock by name wherever a stage begins."""

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field

Stage = Callable[[str], AbstractContextManager[object]]
"""What a path enters around each of its stages: a clock, or `nullcontext`."""


@dataclass(frozen=True)
class StageClock:
    """Seconds by stage; of one that is entered again, the sum."""

    device: str = "cpu"
    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def __call__(self, stage: str) -> Iterator[None]:
        """Add the time that the body takes to a stage's."""
        wait_for(self.device)
        began = time.perf_counter()
        yield
        wait_for(self.device)
        took_s = time.perf_counter() - began
        self.seconds[stage] = self.seconds.get(stage, 0.0) + took_s


def wait_for(device: str) -> None:
    """Let a GPU finish: its calls return before their work is done."""
    if device.startswith("cuda"):
        import torch

        torch.cuda.synchronize(device)
