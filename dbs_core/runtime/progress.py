"""How long work tells what it is doing, and learns that it should stop."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from dbs_core.runtime.errors import Cancelled


@dataclass(frozen=True)
class Step:
    """One piece of progress: `done` of `total` of a stage, and what it is about."""

    stage: str
    done: int
    total: int
    detail: str = ""

    @property
    def share(self) -> float:
        """How much of the stage is done, 0 to 1."""
        return min(self.done / max(self.total, 1), 1.0)


def _silent(step: Step) -> None:
    """Say nothing."""


def _never() -> bool:
    return False


@dataclass(frozen=True)
class Progress:
    """Where a long job reports to. Calling it raises Cancelled when asked to stop."""

    report: Callable[[Step], None] = _silent
    cancelled: Callable[[], bool] = _never

    def __call__(self, stage: str, done: int, total: int, detail: str = "") -> None:
        """Report, then stop if the user asked for it.

        Raises:
            Cancelled: `cancelled()` is true.
        """
        self.report(Step(stage, done, total, detail))
        if self.cancelled():
            raise Cancelled(stage)

    def within(self, stage: str, done: int, total: int, detail: str) -> "Progress":
        """Report a step; give a progress whose steps are told as that one's detail.

        For work of many parts, whose own steps would hide how far it is.

        Raises:
            Cancelled: `cancelled()` is true.
        """
        self(stage, done, total, detail)

        def report(step: Step) -> None:
            inner = f"{detail}: {step.stage} {step.done + 1} of {step.total}"
            self.report(Step(stage, done, total, inner))

        return Progress(report, self.cancelled)

    def about(self, what: str) -> "Progress":
        """Give a progress whose steps' details say first what they are about."""

        def report(step: Step) -> None:
            detail = f"{what}: {step.detail}" if step.detail else what
            self.report(replace(step, detail=detail))

        return Progress(report, self.cancelled)


SILENT = Progress()
