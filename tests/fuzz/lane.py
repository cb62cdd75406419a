"""Runs the worker over many inputs: started again where it dies or hangs."""

import json
import queue
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

from tests.fuzz.readers import READERS
from tests.fuzz.worker import Outcome

ROOT = Path(__file__).resolve().parent.parent.parent
PATIENCE_S = 60.0
"""Wall clock for one input, on a machine that is busy with other things too."""
MOST_S, MOST_MB = 10.0, 300.0
"""CPU seconds and megabytes that a damaged file may cost."""


class Lane:
    """One worker process, and what it was asked last."""

    def __init__(self, corpus: Path, scratch: Path, seed: int) -> None:
        self._command = [
            *(sys.executable, "-m", "tests.fuzz.worker"),
            *map(str, (corpus, scratch, seed)),
        ]
        self._start()

    def _start(self) -> None:
        self._process = subprocess.Popen(
            self._command,
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        self._lines: queue.Queue[str] = queue.Queue()
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        process, lines = self._process, self._lines
        for line in process.stdout or ():
            lines.put(line)
        lines.put("")

    def outcomes(self, numbers: Sequence[int]) -> Iterator[Outcome]:
        """Give what became of each input."""
        for number in numbers:
            yield self._asked(f"{number}", number, number % len(READERS))

    def of_file(self, which: int, path: Path) -> Outcome:
        """Give what becomes of a file that a reader is given."""
        return self._asked(f"{which} {path}", which, which)

    def _asked(self, question: str, number: int, which: int) -> Outcome:
        assert self._process.stdin is not None
        self._process.stdin.write(f"{question}\n")
        self._process.stdin.flush()
        try:
            line = self._lines.get(timeout=PATIENCE_S)
        except queue.Empty:
            line = "hangs"
        if line.startswith("{"):
            return Outcome(**json.loads(line))
        self.close()
        what = line or f"died with {self._process.returncode}"
        self._start()
        return Outcome(number, READERS[which].name, "", what, "", 0.0, 0.0)

    def close(self) -> None:
        """End the worker."""
        with self._process as process:  # closes its pipes too
            process.kill()


def why_failed(found: Outcome) -> str:
    """Say what is wrong with an outcome; "" where nothing is."""
    if found.outcome not in ("read", "refused"):
        return found.outcome
    if found.seconds > MOST_S:
        return f"{found.seconds:.1f} s"
    return f"{found.megabytes:.0f} MB" if found.megabytes > MOST_MB else ""
