"""Who stops reading (`| head`) gets no traceback."""

import subprocess
import sys

import pytest

from dbs_core.cli import main as cli
from dbs_core.cli.main import UNREAD, main
from tests.shared_data import ROOT


@pytest.mark.parametrize("words", [("sample",), ("errors", "--run", "sample")])
def test_it_ends_without_a_word(words):
    command = [sys.executable, "-m", "dbs_core", *words]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    with subprocess.Popen(command, cwd=ROOT, **pipes) as done:
        done.stdout.close()  # before a word is said
        assert done.stderr.read() == ""
    assert done.returncode == UNREAD


def test_another_pipe_that_breaks_is_an_error(monkeypatch, capsys):
    def broken(args):
        raise BrokenPipeError("a worker's")

    monkeypatch.setattr(
        cli.importlib.import_module("dbs_core.cli.sample"), "run", broken
    )
    with pytest.raises(BrokenPipeError, match="a worker's"):
        main(["sample"])
