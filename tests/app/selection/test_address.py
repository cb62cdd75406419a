"""The view in the address: it comes back as it went, and bad links land near."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from explorer.selection.address import LAYERS, Limits, View, committed_view, read_view
from explorer.selection.links import closest

LIMITS = Limits(duration_s=60.0, grid=(48, 32), detections=5)
VIEWS = some.builds(
    View,
    time_s=some.none() | some.integers(0, 6000).map(lambda n: n / 100),
    cell=some.none() | some.tuples(some.integers(0, 47), some.integers(0, 31)),
    detection=some.none() | some.integers(0, 4),
    layer=some.sampled_from(list(LAYERS)),
)


@given(VIEWS)
def test_a_view_comes_back_from_its_address(view: View) -> None:
    assert read_view(view.query(), LIMITS) == (view, ())


@given(some.dictionaries(some.sampled_from(["t", "cell", "det", "layer"]), some.text()))
def test_no_address_breaks_the_page(query: dict[str, str]) -> None:
    view, notes = read_view(query, LIMITS)
    assert view.time_s is None or 0 <= view.time_s <= 60
    assert view.layer in LAYERS
    assert len(notes) <= len(query)


@pytest.mark.parametrize(
    ("query", "view", "said"),
    [
        pytest.param({"t": "99"}, View(time_s=60.0), "99", id="past the end"),
        pytest.param({"t": "-3"}, View(time_s=0.0), "-3", id="before the start"),
        pytest.param({"t": "nan"}, View(), "nan", id="no number"),
        pytest.param({"t": "soon"}, View(), "soon", id="a word"),
        pytest.param({"cell": "50-3"}, View(cell=(47, 3)), "50-3", id="off the grid"),
        pytest.param({"cell": "5"}, View(), "5", id="half a cell"),
        pytest.param({"det": "5"}, View(), "5", id="one detection too far"),
        pytest.param({"det": "²"}, View(), "²", id="a digit that is no number"),
        pytest.param({"layer": "x"}, View(), "x", id="no such layer"),
        pytest.param({"colour": "red"}, View(), None, id="unknown names are ignored"),
    ],
)
def test_stale_links_land_near_and_say_so(
    query: dict[str, str], view: View, said: str | None
) -> None:
    found, notes = read_view(query, LIMITS)
    assert found == view
    assert len(notes) == (said is not None)
    assert said is None or said in notes[0]


def test_what_the_player_commits_is_checked_like_an_address() -> None:
    value = {"t": 12.5, "cell": "3-4", "det": None, "layer": "entropy", "more": [1]}
    assert committed_view(value, LIMITS) == View(12.5, (3, 4), None, "entropy")
    assert committed_view(None, LIMITS) == View()
    assert committed_view({"t": {"a": 1}}, LIMITS) == View()


def test_the_closest_is_alike_or_none() -> None:
    names = ["video_test_0000001", "video_test_0000012", "other"]
    assert closest("video_test_000012", names) == "video_test_0000012"
    assert closest("zzz", names) == ""
