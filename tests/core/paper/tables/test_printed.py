"""The printed values are the paper's, line by line of its text."""

import re

import pytest

from dbs_core.paper.tables.printed import PRINTED
from dbs_core.paper.tables.table import TableRow
from tests.shared_data import shared_file

WIDTHS = {"4": 5, "5": 1, "6": 7, "7": 4, "8": 4}


@pytest.fixture(scope="module")
def lines() -> list[str]:
    return shared_file("paper.txt").read_text().splitlines()


def above_caption(lines: list[str], key: str) -> list[str]:
    """The lines that can belong to a table: from the caption before to its own."""
    captions = [i for i, x in enumerate(lines) if re.match(r"(Table|Figure) \d:", x)]
    (own,) = (i for i in captions if lines[i].startswith(f"Table {key}:"))
    before = max((i for i in captions if i < own), default=0)
    return lines[max(before, own - 30) : own]


def as_typed(row: TableRow) -> str:
    def cell(value: float | None) -> str:
        if value is None:
            return "—"
        if row.unit == "":
            return f"{value:.0f}" if value < 1000 else f"{value / 1000:.1f}k"
        return f"{value:.2f}" if row.unit == "s" else f"{value:.1f}"

    assert row.printed is not None
    return " ".join(cell(v) for v in row.printed)


@pytest.mark.parametrize("key", list(PRINTED))
def test_every_row_stands_in_the_paper(key: str, lines: list[str]) -> None:
    text = above_caption(lines, key)
    for row in PRINTED[key].rows:
        (line,) = (x for x in text if x.endswith(f" {as_typed(row)}"))
        if key in "5678" and "stream" not in row.name:  # the paper writes "steam"
            assert row.name.split()[0] in line


@pytest.mark.parametrize("key", list(WIDTHS))
def test_no_row_of_the_paper_is_left_out(key: str, lines: list[str]) -> None:
    cell = r"(?:\d+\.\d|—)"
    rows = re.compile(rf"\D.*[ )]{cell}(?: {cell}){{{WIDTHS[key] - 1}}}$")
    found = [
        x for x in above_caption(lines, key) if rows.match(x) and "threshold" not in x
    ]
    heading = [x for x in found if x.startswith("IoU 0.1")]
    assert len(found) - len(heading) == len(PRINTED[key].rows)


def test_the_figures_that_the_text_repeats_agree() -> None:
    dbs = {key: PRINTED[key].rows[-1].printed for key in "123456"}
    assert dbs["1"][2] == max(dbs["2"]) == dbs["3"][-1] == 31.5
    assert dbs["4"] == dbs["6"][:5]  # R+F is the DBS of the comparison
    assert PRINTED["4"].rows[0].printed[-1] == 31.5


def test_nothing_is_computed_in_them() -> None:
    assert list(PRINTED) == list("12345678")
    assert not any(table.computed or table.provenance for table in PRINTED.values())
