"""Which names mean one video or one class, and which do not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dbs_core.datasets.names import by_key, folded, plain_id, without_ending


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("a", "a"),
        ("v_a", "a"),
        ("v_a.mp4", "a"),
        (" a.MKV ", "a"),
        ("v_.mp4", "v_"),
        ("v_", "v_"),
        (".mp4", ".mp4"),
        ("2019.01.27", "2019.01.27"),
        ("_v_a", "_v_a"),
    ],
)
def test_a_video_s_id_without_ending_and_prefix(name, plain):
    assert plain_id(name) == plain


def test_only_a_video_s_ending_is_taken_off():
    assert without_ending("a.mp4.mp4") == "a.mp4"
    assert without_ending("clip.1") == "clip.1"
    assert without_ending("v_a") == "v_a"


@pytest.mark.parametrize(
    "name", ["CleanAndJerk", "clean_and_jerk", "Clean and jerk", " CLEAN-and-Jerk"]
)
def test_spellings_of_one_class(name):
    assert folded(name) == "cleanandjerk"


@given(st.text(max_size=12))
def test_folding_again_changes_nothing(name):
    assert folded(folded(name)) == folded(name)


def test_a_key_of_two_names_is_none():
    assert by_key(["Ab", "A_b", "c", "c"], folded) == {"c": "c"}
