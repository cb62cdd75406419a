"""Error lines: what, wanted, got, cure, on one line."""

import ast
import os

import pytest

from dbs_core.runtime.errors import InputError, reason
from tests.shared_data import ROOT


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


def test_an_error_of_the_system_is_said_in_words(tmp_path):
    with pytest.raises(OSError) as caught:  # noqa: PT011 - any text of it
        (tmp_path / "none").read_bytes()
    error = InputError("cannot read", where="a.mp4", because=caught.value)
    assert str(error) == "a.mp4: cannot read (No such file or directory)"
    assert reason(ValueError()) == "ValueError"


def test_no_message_quotes_an_error_of_the_system():
    """Its own text has a number and the path again: `[Errno 2] ...: 'a.mp4'`."""
    for path in [p for name in ("dbs_core", "explorer") for p in files(name)]:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ExceptHandler) and node.type:
                quoted = f"{{{node.name}}}" in ast.unparse(node)
                assert not (quoted and "OSError" in ast.unparse(node.type)), path


def files(package):
    return sorted((ROOT / package).rglob("*.py"))
