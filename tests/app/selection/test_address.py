"""The view in the address: it comes back as it went, and bad links land near."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from explorer.selection.address import (
    LAYERS,
    VIEW,
    Limits,
    View,
    committed_view,
    read_score,
    read_tiou,
    read_view,
)
from explorer.selection.links import closest

LIMITS = Limits(duration_s=60.0, grid=(48, 32), detections=5, truths=3)
VIEWS = some.builds(
    View,
    time_s=some.none() | some.integers(0, 6000).map(lambda n: n / 100),
    cell=some.none() | some.tuples(some.integers(0, 47), some.integers(0, 31)),
    detection=some.none() | some.integers(0, 4),
    layer=some.sampled_from(list(LAYERS)),
    truth=some.none() | some.integers(0, 2),
    zoom=some.none()
    | some.tuples(some.integers(0, 2900), some.integers(2950, 6000)).map(
        lambda span: (span[0] / 100, span[1] / 100)
    ),
    heat=some.none() | some.integers(0, 100).map(lambda n: n / 100),
    which=some.sampled_from(["place", "score"]),
)


@given(VIEWS)
def test_a_view_comes_back_from_its_address(view: View) -> None:
    assert read_view(view.query(), LIMITS) == (view, ())


@given(some.dictionaries(some.sampled_from(VIEW), some.text()))
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
        pytest.param({"truth": "3"}, View(), "3", id="one truth too far"),
        pytest.param(
            {"zoom": "9-99"}, View(zoom=(9, 60)), None, id="zoom to beyond the end"
        ),
        pytest.param({"zoom": "9-2"}, View(), "9-2", id="zoom to before its start"),
        pytest.param({"zoom": "nan-inf"}, View(), "nan", id="zoom by no numbers"),
        pytest.param({"heat": "2"}, View(), "2", id="more than opaque"),
        pytest.param({"heat": "nan"}, View(), "nan", id="no opacity"),
        pytest.param({"map": "x"}, View(), "x", id="no such heat map"),
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
    more = {"zoom": "2-4.5", "heat": 0, "truth": 1}
    assert committed_view(more, LIMITS) == View(truth=1, zoom=(2, 4.5), heat=0)
    assert committed_view(None, LIMITS) == View()
    assert committed_view({"t": {"a": 1}}, LIMITS) == View()


def test_the_closest_is_alike_or_none() -> None:
    names = ["video_test_0000001", "video_test_0000012", "other"]
    assert closest("video_test_000012", names) == "video_test_0000012"
    assert closest("zzz", names) == ""


def test_what_judges_is_read_or_said_to_be_unfit() -> None:
    notes: list[str] = []
    assert read_score(None, notes) is None
    assert read_score("all", notes) == "all"
    assert read_score("0.3", notes) == 0.3
    assert read_tiou(None, (0.3, 0.5), 0.5, notes) == 0.5
    assert read_tiou("0.3", (0.3, 0.5), 0.5, notes) == 0.3
    assert notes == []
    for unfit in ("nan", "inf", "much", ""):
        assert read_score(unfit, notes) is None
        assert read_tiou(unfit, (0.3, 0.5), 0.5, notes) == 0.5
    assert len(notes) == 8
