"""Progress on a terminal or in a log, and how much memory it took."""

import resource
import sys
import time

from dbs_core.runtime.errors import printable
from dbs_core.runtime.progress import Progress, Step

QUIET_S = 5.0
"""Seconds between two lines of a log that is no terminal."""


class Console:
    """Prints progress to standard error: one moving line, or a line now and then."""

    def __init__(self) -> None:
        self._terminal = sys.stderr.isatty()
        self._last = 0.0
        self._stage = ""
        self._started = time.monotonic()

    def __call__(self, step: Step) -> None:
        """Show a step, if it is time to."""
        now = time.monotonic()
        pause = 0.1 if self._terminal else QUIET_S
        if step.stage == self._stage and now - self._last < pause:
            return
        self._stage, self._last = step.stage, now
        share = f"{step.done}/{step.total}" if step.total > 1 else ""
        minutes, seconds = divmod(int(now - self._started), 60)
        line = f"[{minutes:d}:{seconds:02d}] {step.stage:<10} {share:>9} "
        line += printable(step.detail)
        if self._terminal:
            print(f"\r{line[:100]:<100}", end="", file=sys.stderr, flush=True)
        else:
            print(line, file=sys.stderr, flush=True)

    def done(self, message: str) -> None:
        """End the moving line with a message."""
        lead = "\r" + " " * 100 + "\r" if self._terminal else ""
        print(lead + printable(message), file=sys.stderr, flush=True)

    @property
    def progress(self) -> Progress:
        """The console as the engine's progress."""
        return Progress(self)


def closing_line(started: float) -> str:
    """Say how long it took and the most memory that was held."""
    seconds = time.monotonic() - started
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return f"{seconds:.1f} s, peak memory {peak_mb:.0f} MB"


def say(text: str) -> None:
    """Print what a command found; names in it are text and move no cursor."""
    print(printable(text))
