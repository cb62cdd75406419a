"""docs/formats.md names every reader and writer, and says what the code does."""

import json
import re

import pytest

from dbs_core.cli.main import main
from dbs_core.datasets import formats
from dbs_core.datasets.formats.reading import LabelNumbers
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
