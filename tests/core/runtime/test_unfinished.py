"""What is not finished: held while somebody works on it, cleared when nobody does."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from dbs_core.runtime import files
from dbs_core.runtime.unfinished import PREFIX, clear, clear_below, part_folder

WRITER = """
import sys, time
from pathlib import Path
from dbs_core.runtime import files
with files.atomic(Path(sys.argv[1])) as file:
    file.write(b"half")
    file.flush()
    print("begun", flush=True)
    sys.stdin.readline()
    file.write(b" and half")
"""


@contextmanager
def writer(path: Path) -> Iterator[subprocess.Popen[str]]:
    """A process that has begun to write a file and waits for a line."""
    process = subprocess.Popen(
        [sys.executable, "-c", WRITER, str(path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(files.__file__).parents[2],
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "begun\n"
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def parts(folder: Path) -> list[Path]:
    return sorted(folder.rglob(f"{PREFIX}*"))


def test_what_a_killed_process_left_goes_with_the_next_write(tmp_path):
    with writer(tmp_path / "a") as process:
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
    assert len(parts(tmp_path)) == 1
    files.write_bytes(tmp_path / "b", b"whole")
    assert [p.name for p in tmp_path.iterdir()] == ["b"]


def test_what_another_process_writes_stays(tmp_path):
    with writer(tmp_path / "a") as process:
        files.write_bytes(tmp_path / "b", b"whole")
        clear(tmp_path)
        process.communicate("go on\n")
    assert (tmp_path / "a").read_bytes() == b"half and half"
    assert parts(tmp_path) == []


def test_nobody_elses_files_go(tmp_path):
    """Other programs have part files too, and so had our earlier versions."""
    theirs = [tmp_path / ".part-abc", tmp_path / ".part-1234.mp4"]
    for path in theirs:
        path.write_bytes(b"theirs")
    files.write_bytes(tmp_path / "b", b"whole")
    assert all(path.read_bytes() == b"theirs" for path in theirs)


def test_folders_are_cleared_with_all_in_them(tmp_path):
    with part_folder(tmp_path / "deep") as held:
        (held / "file").write_bytes(b"x")
        clear_below(tmp_path)
        assert (held / "file").exists()
        left = held.with_name(f"{held.name}-of-a-dead-one")
        shutil.copytree(held, left)
    assert left in parts(tmp_path)
    clear_below(tmp_path)
    assert parts(tmp_path) == []


@pytest.mark.parametrize("error", [KeyboardInterrupt, OSError])
def test_scratch_goes_with_its_block_and_passes_errors_on(tmp_path, error):
    def interrupted():
        with files.scratch(tmp_path) as path:
            files.allocate(path, 1000)
            raise error("stop")

    with pytest.raises(error, match="stop"):
        interrupted()
    assert parts(tmp_path) == []
