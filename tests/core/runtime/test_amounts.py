"""Amounts in words."""

import pytest

from dbs_core.runtime.amounts import many


@pytest.mark.parametrize(
    ("number", "thing", "said"),
    [
        (0, "note", "0 notes"),
        (1, "note", "1 note"),
        (2, "note", "2 notes"),
        (1, "class", "1 class"),
        (20, "class", "20 classes"),
        (1, "positive frame", "1 positive frame"),
    ],
)
def test_one_is_not_many(number: int, thing: str, said: str) -> None:
    assert many(number, thing) == said
