"""A file that a command is told to write: ours is replaced, nobody else's."""

import json

import pytest

from dbs_core.cli.outputs import write_figures
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
