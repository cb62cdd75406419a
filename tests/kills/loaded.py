"""Commands in processes of their own that come with all libraries loaded.

Loading them takes longer than the small commands that are killed here work. Python's
server of forks loads them once; a command is a fork of it.
"""

import os
import sys
from multiprocessing import get_context
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerProcess
from pathlib import Path

from dbs_core.cli.main import main
from dbs_core.method.features.backbones import opening
from tests.core.small_model import MeanColours

FORKS = get_context("forkserver")


def begin(words: list[str], said: Path, *loaded: str) -> ForkServerProcess:
    """Start a command; gives it when it has begun.

    Args:
        words: the command line.
        said: the file that gets what it prints.
        loaded: commands whose modules the first process of all loads, for the others.
    """
    FORKS.set_forkserver_preload(
        [__name__, *(f"dbs_core.cli.{command}" for command in loaded)]
    )
    begun, tell = FORKS.Pipe(duplex=False)
    process = FORKS.Process(target=_run, args=(words, str(said), tell))
    with begun:
        with tell:
            process.start()
        assert begun.recv() == "begun"
    return process


def _run(words: list[str], said: str, tell: Connection) -> None:
    with Path(said).open("wb") as out:
        os.dup2(out.fileno(), 1)
        os.dup2(out.fileno(), 2)
    opening.EfficientNetLite0 = lambda device: MeanColours()
    with tell:
        tell.send("begun")
    sys.exit(main(words))
