"""The notebook runs from top to bottom and says what it said."""

import json
import re
import subprocess
import sys

import pytest

from tests.shared_data import ROOT

NOTEBOOK = ROOT / "docs" / "imprint.ipynb"
CELLS = json.loads(NOTEBOOK.read_text())["cells"]


@pytest.mark.slow
@pytest.mark.usefixtures("default_threads")
def test_it_runs_and_says_what_it_said() -> None:
    """Stale? `python -m docs.run_notebook`, and look at it."""
    command = [sys.executable, "-m", "docs.run_notebook", "--check"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_its_links_lead_somewhere() -> None:
    text = "".join(
        "".join(cell["source"]) for cell in CELLS if cell["cell_type"] == "markdown"
    )
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        assert (NOTEBOOK.parent / target).exists(), target


def test_it_names_no_machine() -> None:
    shown = json.dumps([cell.get("outputs", []) for cell in CELLS])
    assert str(ROOT) not in shown
    assert '"stderr"' not in shown
