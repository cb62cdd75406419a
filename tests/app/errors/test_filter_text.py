"""Filters survive an address; what is none is no filter."""

import pytest

from dbs_core.evaluation.diagnosis.picked import Picked
from explorer.errors.filter_text import from_text, to_text

SOME = (
    Picked(),
    Picked(kinds=("label", "missed"), classes=("Golf Swing & co", "a=b")),
    Picked(stages=("never proposed",), step=3),
    Picked(bin=("length", 4), score=(0.05, 0.5), length_s=(3.0, float("inf"))),
    Picked(cell=("", "Diving")),
    Picked(kinds=("true",), score=(0.0000123456789, float("inf"))),
)


@pytest.mark.parametrize("picked", SOME, ids=str)
def test_they_come_back(picked: Picked) -> None:
    assert from_text(to_text(picked)) == picked


@pytest.mark.parametrize(
    "text",
    ["step=x", "step=-1", "bin=length", "score=a-b", "score=5-1", "truth=a", "%"],
)
def test_what_does_not_parse_is_no_filter(text: str) -> None:
    assert from_text(text) == Picked()
