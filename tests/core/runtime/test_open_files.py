"""A process may map the features of more videos than files are usually open."""

import subprocess
import sys

import pytest

pytest.importorskip("resource")

MAPPING = """
import resource, sys
import numpy as np
from dbs_core.runtime.errors import InputError
from dbs_core.runtime.open_files import allow_open_files
hard = {hard}
resource.setrlimit(resource.RLIMIT_NOFILE, (128, hard))
try:
    allow_open_files(300)
except InputError as error:
    print(error)
    sys.exit()
np.zeros(4, np.float16).tofile({path!r})
kept = [np.memmap({path!r}, np.float16, "r") for _ in range(300)]
print(len(kept), "mapped")
"""


def said(path, hard):
    code = MAPPING.format(path=str(path), hard=hard)
    found = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    return found.stdout.strip()


def test_as_many_as_are_asked_for_can_be_mapped(tmp_path):
    assert said(tmp_path / "maps", 4096) == "300 mapped"


def test_what_the_system_does_not_allow_is_one_line(tmp_path):
    line = said(tmp_path / "maps", 200)
    assert "300 videos" in line
    assert "556" in line
    assert "got 200" in line
    assert "ulimit -Hn" in line
    assert len(line.splitlines()) == 1
