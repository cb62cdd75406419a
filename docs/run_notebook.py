"""Runs docs/imprint.ipynb from its first cell to its last, and keeps what it shows.

`python -m docs.run_notebook` from the project's top, with the packages of
`tests/requirements.txt`. With `--check` the file stays as it is: exit code 1 says that
its words or figures are not today's.
"""

import sys
from itertools import zip_longest
from pathlib import Path

import nbformat
from nbclient import NotebookClient

ROOT = Path(__file__).resolve().parent.parent
NOTEBOOK = ROOT / "docs" / "imprint.ipynb"
LONGEST_S = 300
KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}


def execute(notebook: nbformat.NotebookNode) -> None:
    """Run all cells from the project's top.

    Raises:
        CellExecutionError: a cell failed.
    """
    place = {"metadata": {"path": str(ROOT)}}
    NotebookClient(notebook, timeout=LONGEST_S, resources=place).execute()
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)  # when it ran
    notebook.metadata = {"kernelspec": KERNEL}


def said(notebook: nbformat.NotebookNode) -> list[str]:
    """Give what the cells print, and tables as text; pictures are left out."""
    outputs = [one for cell in notebook.cells for one in cell.get("outputs", [])]
    return [one.get("text") or one.data.get("text/plain", "") for one in outputs]


def main() -> int:
    """Run it; write it, or say whether it says the same."""
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    before = said(notebook)
    execute(notebook)
    if sys.argv[1:] != ["--check"]:
        nbformat.write(notebook, NOTEBOOK)
        return 0
    for old, new in zip_longest(before, said(notebook)):
        if old != new:
            sys.stdout.write(f"stale: {old!r} is {new!r} now\n")
    return int(before != said(notebook))


if __name__ == "__main__":
    raise SystemExit(main())
