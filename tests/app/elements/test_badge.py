"""The badge: what is on show, and what is not the paper's."""

from dataclasses import replace

import pytest

from dbs_core.records import ClassList
from dbs_core.runs.run import RunInfo
from explorer.elements.badge import THUMOS_CLASSES, badge_of
from tests.shared_data import shared_data

FIVE = ClassList(tuple("abcde"), (21, 33, 45, 85, 92))


def info(kind: str, classes: ClassList = FIVE) -> RunInfo:
    return RunInfo("x", kind, "", classes, {}, 3, {})


@pytest.mark.parametrize(
    ("kind", "text", "short"),
    [
        ("sample", "rendered sample", "data (rendered)"),
        ("ucf101", "UCF101", "data,"),
        ("video", "your video", "data (yours)"),
        ("thumos14", "THUMOS'14 layout, other data", "data,"),
    ],
)
def test_the_badge_names_the_data(kind: str, text: str, short: str) -> None:
    badge = badge_of(info(kind))
    assert badge.text == text
    assert badge.short.startswith(short)
    assert "features" in badge.short
    assert "seed 3" in badge.long


def test_only_the_official_classes_are_thumos() -> None:
    """The official list of classes, and one class short of it."""
    lines = shared_data("thumos14", "detclasslist.txt").read_text().splitlines()
    ids, names = zip(*(line.split() for line in lines), strict=True)
    official = ClassList(names, tuple(map(int, ids)))
    assert set(official.official_ids) == THUMOS_CLASSES
    badge = badge_of(info("thumos14", official))
    assert badge.text == "THUMOS'14"
    assert not badge.short.startswith("data")
    fewer = ClassList(official.names[1:], official.official_ids[1:])
    assert badge_of(info("thumos14", fewer)).text != "THUMOS'14"


def test_names_from_files_are_not_in_it() -> None:
    features = {"backbone": "<img src=x>", "stream": "<img src=x>"}
    hostile = replace(
        info("thumos14"),
        name="<img src=x>",
        kind="<img src=x>",
        settings={"features": features},
    )
    badge = badge_of(hostile)
    for text in (badge.text, badge.short, badge.long):
        assert "<img" not in text.replace(r"\<", "")
