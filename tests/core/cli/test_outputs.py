"""A file that a command is told to write: ours is replaced, nobody else's."""

import json

import pytest

from dbs_core.cli.outputs import write_figures, write_table
from dbs_core.datasets.formats.csv_table import table
from dbs_core.runtime.errors import InputError

FIGURES = {"counted": {"videos": 3}, "map": {"0.5": 12.5}}


@pytest.mark.parametrize(
    "content", [b"", b"\x89PNG", b"chapter 1", b"[1]", b'{"thesis": 1}', b"null"]
)
def test_somebody_elses_file_stays(tmp_path, content):
    path = tmp_path / "thesis.json"
    path.write_bytes(content)
    with pytest.raises(InputError, match=r"thesis.json: a file that this .*another"):
        write_figures(path, FIGURES)
    assert path.read_bytes() == content


def test_figures_of_an_earlier_call_are_replaced(tmp_path):
    path = tmp_path / "new" / "figures.json"
    for figures in (FIGURES, FIGURES | {"map": {"0.5": 50.0}, "average": 1.0}):
        write_figures(path, figures)
        assert json.loads(path.read_text()) == figures


ROWS = [{"video": "a,b", "score": 0.5, "stage": None}]
COLUMNS = ("video", "score", "stage")


@pytest.mark.parametrize("name", ["rows.csv", "rows.csv.gz"])
def test_a_table_is_written_and_replaced(tmp_path, name):
    path = tmp_path / name
    for rows in (ROWS, 2 * ROWS):
        write_table(path, COLUMNS, rows)
        _, found = table(path)
        assert found == [[*COLUMNS], *[["a,b", "0.5", ""]] * len(rows)]


@pytest.mark.parametrize("content", ["", "video,score\n", "chapter,title\n"])
def test_somebody_elses_table_stays(tmp_path, content):
    path = tmp_path / "rows.csv"
    path.write_text(content)
    with pytest.raises(InputError, match="a file that this command did not write"):
        write_table(path, COLUMNS, ROWS)
    assert path.read_text() == content
