"""Killed at any moment, nothing is lost: the same command goes on to the same bytes.

Ten kills with a fixed seed; `pytest tests/kills --kills 100` for more. Every command
runs in a process of its own and gets SIGKILL somewhere in its work, some again while
they go on; then it is given once more. What stands at the end must be, byte for byte,
what an undisturbed run leaves, with nothing half-written beside it.
"""

import hashlib
import json
import random
import shutil
import time
from dataclasses import dataclass, field
from multiprocessing.context import ForkServerProcess
from pathlib import Path

import pytest

from dbs_core.runtime.files import read_arrays
from tests.core.colour_dataset import write_dataset
from tests.kills.loaded import begin

pytestmark = pytest.mark.slow

SEED = 20190127
AGAIN = 0.3
"""How often what goes on is killed too."""
SMALL = ("--grid", "16", "--epochs", "2", "--dimensions", "4")
COMMANDS = ("train", "detect", "fuse", "tables")


@dataclass
class Place:
    """One folder in which everything happens, and what it should hold when."""

    data: Path
    work: Path
    kept: Path
    said: Path
    seconds: dict[str, float] = field(default_factory=dict)
    """How long each command works, undisturbed."""

    def words(self, command: str) -> list[str]:
        """The command line of a command, or of what must go before."""
        run, other = self.work / "run", self.work / "other"
        words = {
            "train": (
                *("train", self.data, "--run", run),
                *("--members", "2", *SMALL),
            ),
            "train other": ("train", self.data, "--run", other, "--seed", "1", *SMALL),
            "detect": ("detect", self.data, "--run", run),
            "detect other": ("detect", self.data, "--run", other),
            "fuse": ("fuse", "--run", run, "--run", other, "--to", self.work / "fused"),
            "tables": (
                *("tables", "--data", self.data, "--runs", self.work / "tables"),
                *("--quick", "--table", "2", *SMALL),
            ),
        }
        return [str(word) for word in words[command]]

    def begin(self, command: str) -> ForkServerProcess:
        """Start a command; gives it when its libraries are loaded."""
        return begin(self.words(command), self.said, *COMMANDS)

    def finish(self, command: str) -> None:
        """Run a command to its end."""
        process, started = self.begin(command), time.monotonic()
        process.join(timeout=300)
        assert process.exitcode == 0, self.said.read_text(errors="replace")
        process.close()
        self.seconds.setdefault(command, time.monotonic() - started)

    def before(self, command: str) -> Path:
        """Where it is kept what a command finds."""
        return self.kept / f"before {command}"

    def after(self, command: str) -> dict[str, str]:
        """What a command leaves: every file with its digest."""
        return digests(self.kept / f"after {command}")

    def keep(self, name: str) -> None:
        """Keep a copy of everything."""
        shutil.copytree(self.work, self.kept / name)

    def put_back(self, command: str) -> None:
        """Make everything as it is before a command."""
        shutil.rmtree(self.work)
        shutil.copytree(self.before(command), self.work)


def digests(root: Path) -> dict[str, str]:
    """Give every file below a folder with its digest."""
    return {
        str(path.relative_to(root)): hashlib.sha256(content(path)).hexdigest()
        for path in sorted(root.rglob("*"))
        if path.is_file()
    }


def content(path: Path) -> bytes:
    """Give a file's bytes; of summaries all but when the results were written."""
    if not path.name.startswith("summaries-"):
        return path.read_bytes()
    arrays, header = read_arrays(path)
    assert len(header.pop("stamp")) == len(header["key"])
    numbers = {name: array.tolist() for name, array in arrays.items()}
    return json.dumps([header, numbers], sort_keys=True).encode()


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Place:
    root = tmp_path_factory.mktemp("kills")
    folders = (root / name for name in ("work", "kept", "said.txt"))
    made = Place(write_dataset(root / "data"), *folders)
    made.work.mkdir()
    for command in COMMANDS:
        made.keep(f"before {command}")
        made.finish(command)
        made.keep(f"after {command}")
        if command in ("train", "detect"):
            made.finish(f"{command} other")
    return made


def test_nothing_is_lost(place: Place, pytestconfig: pytest.Config) -> None:
    """Every kill is of the next command in turn, at a moment drawn at random."""
    count, drawn = pytestconfig.getoption("kills"), random.Random(SEED)
    killed, odd = 0, []
    while killed < count:
        command = COMMANDS[killed % len(COMMANDS)]
        place.put_back(command)
        moments = [drawn.uniform(0, place.seconds[command])]
        if drawn.random() < AGAIN:
            moments.append(drawn.uniform(0, place.seconds[command]))
        for moment in moments:
            process = place.begin(command)
            time.sleep(moment)
            process.kill()
            process.join()
            process.close()
            killed += 1
        place.finish(command)
        wanted, found = place.after(command), digests(place.work)
        for name in sorted(wanted.keys() | found.keys()):
            if wanted.get(name) != found.get(name):
                odd.append(f"{command} killed after {moments} s: {name}")
    assert odd == [], f"{killed} kills"
