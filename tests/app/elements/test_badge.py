"""The badge: what is on show, and what is not the paper's."""

from dataclasses import replace

import pytest

from dbs_core.records import ClassList
from dbs_core.runs.provenance import data_of
from dbs_core.runs.run import RunInfo
from explorer.elements.badge import badge_of
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
    """The badge and the line under figures and tables say the same of each list."""
    for classes, official in lists():
        run = info("thumos14", classes)
        badge = badge_of(run)
        assert (badge.text == "THUMOS'14") == official
        assert badge.short.startswith("data") == (not official)
        assert data_of(run).startswith("THUMOS'14 (") == official


def lists() -> list[tuple[ClassList, bool]]:
    """The official list, and lists near it: each with whether it is THUMOS'14's."""
    lines = shared_data("thumos14", "detclasslist.txt").read_text().splitlines()
    words, names = zip(*(line.split() for line in lines), strict=True)
    ids = tuple(map(int, words))
    return [
        (ClassList(names, ids), True),
        (ClassList(names[::-1], ids[::-1]), True),
        (ClassList(names[1:], ids[1:]), False),
        (ClassList((*names, "Curling"), (*ids, 101)), False),
        (ClassList(tuple(f"c{i}" for i in range(20)), ids), False),
        (ClassList(names, tuple(range(1, 21))), False),
        (ClassList((names[1], names[0], *names[2:]), ids), False),
    ]


def test_a_sample_says_how_many_classes_are_thumos() -> None:
    two = ClassList(("GolfSwing", "Diving", "Curling"), (33, 26, 1))
    assert "3 classes, 2 of them THUMOS'14's" in badge_of(info("sample", two)).long


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
