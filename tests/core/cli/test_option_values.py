"""Values of options: read, refused in one line, or refused with the usage."""

import argparse

import numpy as np
import pytest

from dbs_core.cli.main import main
from dbs_core.cli.option_values import (
    Parser,
    filter_width,
    positive,
    seed,
    share,
    thresholds,
)
from dbs_core.runtime.errors import InputError


def parsed(kind, text):
    parser = Parser()
    parser.add_argument("--x", type=kind)
    return parser.parse_args(["--x", text]).x


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        (seed, "0", 0),
        (seed, "18446744073709551615", 2**64 - 1),
        (filter_width, "0", 0),
        (filter_width, "5", 5),
        (share, "0.7", 0.7),
        (share, "1", 1.0),
        (positive, "7.5", 7.5),
    ],
)
def test_values_in_range_are_read(kind, text, value):
    assert parsed(kind, text) == value


@pytest.mark.parametrize(
    ("kind", "text", "message"),
    [
        (seed, "-1", "--x: wanted a whole number, 0 or more, got -1"),
        (filter_width, "4", "--x: wanted 0 or an odd number, got 4"),
        (filter_width, "-1", "--x: wanted 0 or an odd number, got -1"),
        (share, "1.5", "--x: wanted 0 to 1, got 1.5"),
        (share, "nan", "--x: wanted 0 to 1, got nan"),
        (positive, "0", "--x: wanted a number above 0, got 0"),
        (positive, "inf", "--x: wanted a number above 0, got inf"),
    ],
)
def test_values_out_of_range_are_one_line(kind, text, message):
    with pytest.raises(InputError) as caught:
        parsed(kind, text)
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["train", "DATA", "--run", "R", "--seed", "-1"], "--seed: wanted a whole"),
        (["library", "DATA", "--run", "R", "--seed", "-1"], "--seed: wanted a whole"),
        (["tables", "--data", "DATA", "--seeds", "1", "-1"], "--seeds: wanted a whole"),
        (["tables", "--data", "DATA", "--weight", "2"], "--weight: wanted 0 to 1"),
        (["fuse", "--run", "A", "--to", "B", "--weight", "-1"], "--weight: wanted 0"),
        (["explore", "--port", "0"], "--port: wanted a whole number, 1 to 65535"),
    ],
)
def test_every_command_refuses_them_in_one_line_before_the_work(words, message, capsys):
    """The files that are named need not even be there."""
    assert main(words) == 2
    said = capsys.readouterr().err
    assert said.startswith(f"error: {message}")
    assert said.count("\n") == 1


@pytest.mark.parametrize("kind", [seed, filter_width, share])
def test_words_that_are_no_value_get_the_usage(kind, capsys):
    with pytest.raises(SystemExit) as end:
        parsed(kind, "big")
    assert end.value.code == 2
    said = capsys.readouterr().err
    assert "usage:" in said
    assert "got 'big'" in said


def test_another_parser_refuses_them_in_its_own_way():
    parser = argparse.ArgumentParser(exit_on_error=False)
    parser.add_argument("--x", type=seed)
    with pytest.raises(argparse.ArgumentError, match="got -1"):
        parser.parse_args(["--x", "-1"])


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("0.7,0.3,0.5", [0.3, 0.5, 0.7]),
        ("0.7, 0.3", [0.3, 0.7]),
        ("0.5 0.5", [0.5]),
        ("0.7 0.3:0.1:0.5", [*np.linspace(0.3, 0.5, 3).tolist(), 0.7]),
        ("0:0.5:1", [0, 0.5, 1]),
    ],
)
def test_thresholds_come_rising_each_once(text, values):
    assert thresholds(text).tolist() == values


@pytest.mark.parametrize(
    ("text", "cure"),
    [
        ("0.3:0.7:0.1", "The step stands in the middle: 0.3:0.1:0.7."),
        ("0.5:0.95:0.05", "The step stands in the middle: 0.5:0.05:0.95."),
        ("0.1:0.2:0.1", "The step stands in the middle: 0.1:0.1:0.2."),
        ("0.5:0.1:0.95", "Steps of 0.1 from 0.5 do not reach 0.95."),
        ("0.5:0.1:0.5", "Steps of 0.1 from 0.5 do not reach 0.5."),
        ("0.5:-0.1:0.1", "Steps of -0.1 from 0.5 do not reach 0.1."),
        ("30,50", "from 0 to 1, got '30,50'"),
    ],
)
def test_thresholds_that_are_none_say_what_would_be(text, cure):
    with pytest.raises(InputError, match="no thresholds") as caught:
        thresholds(text)
    assert str(caught.value).endswith(cure)
