"""docs/formats.md names every reader and writer, and says what the code does."""

import csv
import json
import re
import sys

import pytest

from dbs_core.cli.main import main
from dbs_core.datasets import formats
from dbs_core.datasets.formats import frame_checks, text
from dbs_core.datasets.formats.reading import LabelNumbers
from dbs_core.runtime import npz
from tests.shared_data import ROOT, shared_data

PAGE = (ROOT / "docs" / "formats.md").read_text()


def test_every_reader_and_writer_is_on_the_page_and_no_other():
    doors = {n for n in formats.__all__ if n.split("_")[0] in ("load", "read", "write")}
    named = set(re.findall(r"`((?:load|read|write)_\w+)`", PAGE))
    assert named == doors


def test_the_page_names_every_way_to_read_numbers():
    for option in LabelNumbers.__args__:
        assert option == "auto" or f"`{option}`" in PAGE or f"--labels {option}" in PAGE


@pytest.fixture
def printed(capsys, tmp_path):
    figures = tmp_path / "figures.json"
    words = ["score", "--protocol", "activitynet", "--tiou", "0.5", "--exclude", "210"]
    words += ["--truth", shared_data("thumos14"), "--json", figures]
    words += ["--detections", shared_data("detections", "rc3d_thumos14_test.txt")]
    assert main([str(word) for word in words]) == 0
    return capsys.readouterr(), json.loads(figures.read_text())


def test_what_stands_under_a_figure_is_what_is_printed(printed):
    """R-C3D's public file by ActivityNet's rule, without the listed videos: 42.54."""
    said, figures = printed
    shown = PAGE.split("```\n")[1].replace(", ...", "").strip()
    for line in shown.splitlines():
        assert line in said.out
    assert round(figures["average"], 2) == 42.54


def test_the_page_names_every_member_of_the_json(printed):
    _, figures = printed
    listed = PAGE.split("`--json` has the same")[1]
    assert set(figures) == set(re.findall(r"`(\w+)`", listed))


def test_the_budgets_are_those_of_the_code():
    said = PAGE.split("## How much a file may cost")[1].split("## What stands")[0]
    for low, high in (
        (f"{text.FLOOR >> 20} MiB", f"{text.RATIO} times its own size"),
        (f"{text.ROOM_FLOOR >> 20} MiB", f"{text.ROOM_RATIO} times the file's"),
        (f"{npz.FLOOR >> 20} MiB", f"{npz.RATIO} times their own size"),
        (f"{frame_checks.FLOOR} scores", f"{frame_checks.RATIO} a byte"),
        (f"numbers of {sys.get_int_max_str_digits()} digits", "cells of 131072"),
    ):
        assert low in said, low
        assert high in said, high
    assert csv.field_size_limit() == 131072
