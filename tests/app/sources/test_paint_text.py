"""Painted cells in an address: read as written, and refused where they are none."""

import pytest

from dbs_core.runtime.errors import InputError
from explorer.sources.paint_text import LONGEST, read_paint


def test_runs_of_cells_are_read_row_by_row() -> None:
    assert read_paint("", (4, 5), 2) == {}
    assert read_paint("2_3-5.19~0_7", (4, 5), 2) == {
        (0, 3): 2,
        (0, 4): 2,
        (1, 0): 2,
        (3, 4): 2,
        (1, 2): 0,
    }


@pytest.mark.parametrize(
    "text",
    [
        *("1", "1_", "_1", "1_2-", "1_2,3", "1_-2", "a_1", "1_2~", "~1_2", " 1_2"),
        *("1_2\n", "1_٣", "1_20", "1_5-4", "1_0-20", "3_1", "1_999999999"),
        *("<b>1_2</b>", "1_2 ", "1" * 9 + "_1"),
        "1_" + ".".join(["0"] * LONGEST),
    ],
)
def test_what_says_no_cells_is_refused(text: str) -> None:
    with pytest.raises(InputError) as told:
        read_paint(text, (4, 5), 2)
    assert len(str(told.value)) < 200
