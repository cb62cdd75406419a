"""Error lines: what, wanted, got, cure, on one line."""

import os

import pytest

from dbs_core.runtime.errors import InputError


@pytest.mark.parametrize(
    ("error", "line"),
    [
        (InputError("no such file"), "no such file"),
        (InputError("no such file", where="a.mp4"), "a.mp4: no such file"),
        (
            InputError("grid size", wanted="16 to 64", got=8),
            "grid size, wanted 16 to 64, got 8",
        ),
        (InputError("w", got=0, wanted=0), "w, wanted 0, got 0"),
        (InputError("full", cure="free some space."), "full. Free some space."),
    ],
)
def test_says_what_where_wanted_got_and_cure(error, line):
    assert str(error) == line


def test_is_one_line_whatever_a_file_name_holds():
    error = InputError("bad\nname", where="a\r\n\tb.mp4", got="x\ny", cure="do\nit")
    assert str(error) == "a b.mp4: bad name, got x y. Do it."


def test_can_be_printed_whatever_a_file_name_holds():
    """Bytes that are no UTF-8 come from a folder, lone surrogates from JSON."""
    error = InputError("bad name", where=os.fsdecode(b"caf\xe9"), got="\ud800")
    assert str(error).encode() == rb"caf\udce9: bad name, got \ud800"


def test_is_a_value_error():
    assert isinstance(InputError("x"), ValueError)
