"""Which pairs of neighbouring frames a sampled frame's flows come from.

METHOD section 2.1: five flows between native frames, starting at the sampled one. A
video is read once: frames wait only until the last sample that needs them, and a pair
that two samples share is looked at once. Pairs that no sample needs are not looked at.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from typing import Generic, TypeVar

Frame = TypeVar("Frame")
Flow = TypeVar("Flow")

PAIRS = 5
"""Flows of one sample (TSN)."""


def with_flows(
    frames: Iterable[tuple[float, Frame]],
    chosen: Iterable[tuple[float, Frame]],
    between: Callable[[Frame, Frame], Flow],
    count: int = PAIRS,
) -> Iterator[tuple[float, Frame, tuple[Flow, ...]]]:
    """Give each chosen frame with the flows of the pairs that start there.

    Where the video ends sooner its last flow is repeated; a video of one frame has
    none, then the tuple is empty.

    Args:
        frames: (seconds, frame) of all frames, times increasing.
        chosen: some of them, in the same order.
        between: gives the flow from a frame to the next one.
        count: pairs wanted of each.
    """
    window = _Window(iter(frames), between, count)
    for time_s, frame in chosen:
        window.move_to(time_s)
        yield time_s, frame, window.flows()


class _Window(Generic[Frame, Flow]):
    """The frames from the chosen one on, and one before it for the video's end."""

    def __init__(
        self,
        frames: Iterator[tuple[float, Frame]],
        between: Callable[[Frame, Frame], Flow],
        count: int,
    ) -> None:
        self._frames = frames
        self._between = between
        self._count = count
        self._before: Frame | None = None
        self._held: deque[tuple[float, Frame]] = deque()
        self._known: deque[Flow] = deque()
        """Flow from the i-th held frame to the next."""

    def move_to(self, time_s: float) -> None:
        """Let go of what lies before a time, and read as far ahead as is needed."""
        self._read(1)
        while self._held and self._held[0][0] < time_s:
            self._before = self._held.popleft()[1]
            if self._known:
                self._known.popleft()
            self._read(1)
        self._read(self._count + 1)

    def flows(self) -> tuple[Flow, ...]:
        """Give the flows from the first held frame on, the last one repeated."""
        held = [frame for _, frame in self._held]
        for i in range(len(self._known), len(held) - 1):
            self._known.append(self._between(held[i], held[i + 1]))
        found = list(self._known)
        if not found and self._before is not None:
            found = [self._between(self._before, held[0])]
        return tuple(found + found[-1:] * (self._count - len(found)))

    def _read(self, count: int) -> None:
        """Hold so many frames, or all that are left."""
        while len(self._held) < count:
            following = next(self._frames, None)
            if following is None:
                return
            self._held.append(following)
