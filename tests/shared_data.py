"""Where the real videos and annotations lie that we may use but not ship.

`DBS_SHARED` names the folder, else `../shared` beside the project. Where it is
absent a test skips and says so; when `CI` is set it must be there.
"""

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


def shared_data(*parts: str) -> Path:
    """Give the path of a file or folder of the shared data, or skip the test."""
    return shared_file("data", *parts)


def shared_file(*parts: str) -> Path:
    """Give the path of a file beside the shared data, or skip the test."""
    shared = Path(os.environ.get("DBS_SHARED", ROOT.parent / "shared"))
    path = shared.joinpath(*parts)
    if not path.exists():
        message = f"shared data not found: {path} (set DBS_SHARED to its folder)"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    return path
