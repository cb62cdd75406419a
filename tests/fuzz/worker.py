"""A process that reads damaged files one after the other, and says how each went.

    python -m tests.fuzz.worker CORPUS SCRATCH SEED

Numbers come in, one a line, or the number of a reader and a file for it; a line of
JSON goes out for each.
"""

import json
import resource
import shutil
import sys
import time
import traceback
import warnings
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from dbs_core.runtime.errors import InputError, printable
from tests.fuzz.mutations import damage, odd_place
from tests.fuzz.readers import READERS, copy_of

ROOM = 3 << 30
"""Bytes of address space beside what the program itself takes."""
ODD = 0.04


@dataclass(frozen=True)
class Outcome:
    """What became of one input: "read", "refused", or what failed."""

    number: int
    reader: str
    damage: str
    outcome: str
    line: str
    seconds: float
    megabytes: float


def damaged(corpus: Path, into: Path, seed: int, number: int) -> tuple[int, Path, str]:
    """Make the input of a number: the same for the same seed."""
    rng = np.random.default_rng([seed, number])
    which = number % len(READERS)
    path = copy_of(corpus, which, into)
    if rng.random() < ODD:
        path.unlink()
        return which, path, odd_place(rng, path)
    done, content = damage(rng, READERS[which].kind, path.read_bytes())
    path.write_bytes(content)
    return which, path, done


def outcome(corpus: Path, scratch: Path, seed: int, number: int) -> Outcome:
    """Read one damaged file."""
    folder = scratch / str(number)
    which, path, done = damaged(corpus, folder, seed, number)
    found = read(which, path, number, done)
    shutil.rmtree(folder, ignore_errors=True)
    return found


def read(which: int, path: Path, number: int, done: str) -> Outcome:
    """Let a reader read a file, and watch it."""
    before = _memory("VmRSS")
    _forget_peak()
    started = time.process_time()
    result, line = "read", ""
    try:
        READERS[which].read(path)
    except InputError as error:
        result, line = "refused", str(error)
        if line != printable(line) or "\n" in line or len(line) > 2000:
            result = "no line"
    except BaseException:  # noqa: BLE001 - that is what is looked for
        result, line = "trace", traceback.format_exc()[-3000:]
    seconds = time.process_time() - started
    grown = max(0.0, _memory("VmHWM") - before)
    return Outcome(number, READERS[which].name, done, result, line, seconds, grown)


def _memory(name: str) -> float:
    """Give a figure of this process in MB."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(name):
            return int(line.split()[1]) / 1024
    return 0.0


def _forget_peak() -> None:
    Path("/proc/self/clear_refs").write_text("5")


def main() -> None:
    """Answer until the input ends."""
    warnings.simplefilter("ignore")
    corpus, scratch, seed = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
    used = int(_memory("VmSize") * 2**20)
    resource.setrlimit(resource.RLIMIT_AS, (used + ROOM, used + ROOM))
    for line in sys.stdin:
        number, _, path = line.strip().partition(" ")
        if path:
            found = read(int(number), Path(path), int(number), "")
        else:
            found = outcome(corpus, scratch, seed, int(number))
        sys.stdout.write(json.dumps(asdict(found)) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
