"""What is said of where figures come from."""

from dataclasses import replace

import pytest

from dbs_core.records import ClassList
from dbs_core.runs.provenance import data_of, features_of, provenance_line
from dbs_core.runs.run import RunInfo

INFO = RunInfo("x", "sample", "", ClassList(("a", "b"), (1, 2)), {}, 3, {})


@pytest.mark.parametrize(
    ("features", "said"),
    [
        ({}, "EfficientNet-Lite0, ImageNet weights, RGB, 5 fps"),
        (
            {"stream": "flow", "rate_hz": 2.5},
            "EfficientNet-Lite0, ImageNet weights, optical flow, 2.5 fps",
        ),
        (
            {"backbone": "timm:resnet18"},
            "timm resnet18 with the user's weights, RGB, 5 fps",
        ),
        (
            {"backbone": "bn-inception:/home/me/tsn.pth"},
            "BN-Inception, weights from a file, RGB, 5 fps",
        ),
        ({"backbone": "maps:/home/me"}, "maps made elsewhere, RGB, 5 fps"),
    ],
)
def test_features_by_name(features, said):
    assert features_of(replace(INFO, settings={"features": features})) == said


def test_a_fused_run_has_two_streams():
    fused = replace(INFO, streams=("rgb", "flow"))
    assert "RGB and optical flow" in features_of(fused)


@pytest.mark.parametrize(
    ("members", "said"),
    [
        (1, "trained here, seed 3."),
        (2, "mean of 2 members, seeds 3 and 1003; the imprint shown is the first"),
        (3, "mean of 3 members, seeds 3, 1003 and 2003; the imprint shown is"),
        ("x", "trained here, seed 3."),
        (10**9, "trained here, seed 3."),
    ],
)
def test_members_are_named_by_their_seeds(members, said):
    assert said in provenance_line(replace(INFO, settings={"members": members}))


def test_the_line_says_both_sides():
    line = provenance_line(INFO)
    assert line.startswith("This run: rendered sample (2 classes)")
    assert "seed 3" in line
    assert "The paper: THUMOS'14" in line


def test_twenty_classes_in_its_layout_are_not_thumos14():
    """Neither by their number, nor by official ids beside other names."""
    ids = (*(7, 9, 12, 21, 22, 23, 24, 26, 31, 33, 36, 40, 45, 51), 68, 79, 85, 92)
    twenty = ClassList(tuple(f"c{i}" for i in range(20)), (*ids, 93, 97))
    run = replace(INFO, kind="thumos14", dataset="/data/mine", classes=twenty)
    assert data_of(run) == "mine (20 classes)"
    assert "This run: mine (20 classes)" in provenance_line(run)
