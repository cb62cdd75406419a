"""Tables come back from their files as they were, and hold what they say."""

import csv
import io
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dbs_core.paper.tables.printed import PRINTED
from dbs_core.paper.tables.table import PaperTable, Provenance, TableRow, beside
from dbs_core.paper.tables.writing import (
    provenance_of,
    read_table,
    read_tables,
    to_csv,
    to_json,
    to_markdown,
    write_table,
)
from dbs_core.runtime.errors import InputError

HOSTILE = "a|b <img src=x> *c* `d`\nrow"
MADE = Provenance(
    "small set (6 classes)",
    "Net, RGB, 5 fps",
    "trained here",
    (0, 1, 2),
    {"torch": "2"},
    "python -m dbs_core tables --data D --table 4",
)
OURS = PaperTable(
    "4",
    "Appearance, motion, and both",
    ("0.1", "0.5"),
    (
        TableRow("RGB", (61.25, 42.0)),
        TableRow("control", (50.0, None)),
        TableRow("time", (1.5, 2.0), None, "s"),
    ),
    provenance=MADE,
)
cells = st.none() | st.floats(-1e6, 1e6)


@st.composite
def parts(draw: st.DrawFn) -> tuple:
    """The parts of a table; it is built outside, since checks draw numbers too."""
    columns = tuple(draw(st.lists(st.text(max_size=9), min_size=1, max_size=5)))
    width = st.lists(cells, min_size=len(columns), max_size=len(columns)).map(tuple)
    unit = st.sampled_from(["%", "s", ""])
    row = st.tuples(st.text(), width, st.none() | width, unit)
    text = st.text(max_size=20)
    rows = draw(st.lists(row, max_size=4))
    return draw(text), columns, rows, draw(text), draw(text), draw(st.booleans())


def built(given: tuple) -> PaperTable:
    title, columns, rows, note, source, made = given
    return PaperTable(
        "9",
        title,
        columns,
        tuple(TableRow(*row) for row in rows),
        note,
        source,
        MADE if made else None,
    )


@given(given_parts=parts())
def test_json_gives_the_same_table(
    given_parts: tuple, tmp_path_factory: pytest.TempPathFactory
) -> None:
    table = built(given_parts)
    path = tmp_path_factory.mktemp("t") / "table9.json"
    path.write_text(json.dumps(to_json(table)))
    assert read_table(path) == table


@given(given_parts=parts())
def test_csv_holds_every_cell(given_parts: tuple) -> None:
    table = built(given_parts)
    rows = list(csv.reader(io.StringIO(to_csv(table), newline="")))
    assert len(rows) == len(table.rows) + 1
    for row, line in zip(table.rows, rows[1:], strict=True):
        both = (*row.values, *(row.printed or (None,) * len(table.columns)))
        for value, cell in zip(both, line[2:], strict=True):
            if value is None:
                assert cell == ""
            else:
                assert float(cell) == pytest.approx(value, rel=1e-5)


@given(given_parts=parts())
def test_every_line_of_the_markdown_table_has_the_same_cells(
    given_parts: tuple,
) -> None:
    table = built(given_parts)
    lines = [x for x in to_markdown(table).split("\n") if x.startswith("| ")]
    bars = {line.replace("\\\\", "").replace("\\|", "").count("|") for line in lines}
    assert bars == {len(table.columns) + 2}


def test_names_are_text_in_markdown() -> None:
    table = PaperTable("x", HOSTILE, ("a",), (TableRow(HOSTILE, (1.0,)),))
    text = to_markdown(table)
    assert "\\<img src=x\\>" in text
    assert "a\\|b" in text
    assert "\\*c\\*" in text


def test_printed_values_go_beside_ours_by_name() -> None:
    both = beside(OURS, PRINTED["4"])
    assert [row.name for row in both.rows] == ["RGB", "control", "time", "Flow", "R+F"]
    assert both.rows[0].printed == (50.7, 31.5)
    assert both.rows[1].printed is None
    assert both.rows[3].values == (None, None)
    assert both.rows[4].printed == (56.7, 34.3)
    assert both.provenance == MADE


def test_a_column_that_the_paper_lacks_is_none() -> None:
    wide = PaperTable("4", "t", ("0.5", "0.9"), (TableRow("RGB", (1.0, 2.0)),))
    assert beside(wide, PRINTED["4"]).rows[0].printed == (31.5, None)


def test_the_line_says_both_sides() -> None:
    line = provenance_of(OURS)
    assert (
        "small set (6 classes); Net, RGB, 5 fps; trained here, seeds 0, 1, 2." in line
    )
    assert "The paper: THUMOS'14" in line
    assert "not computed yet" in provenance_of(PRINTED["1"])


def test_three_files_a_table(tmp_path: Path) -> None:
    paths = write_table(tmp_path, OURS)
    assert [p.name for p in paths] == ["table4.json", "table4.csv", "table4.md"]
    assert "61.2" in paths[2].read_text()
    assert "61.25" in paths[1].read_text()
    before = [p.read_bytes() for p in paths]
    write_table(tmp_path, OURS)
    assert [p.read_bytes() for p in paths] == before


def test_a_folder_gives_numbers_first_and_says_what_is_damaged(tmp_path: Path) -> None:
    control = PaperTable("control", "ours", ("a",), (TableRow("x", (1.0,)),))
    for table in (control, PRINTED["8"], PRINTED["2"]):
        write_table(tmp_path, table)
    (tmp_path / "table3.json").write_text('{"schema": 1, "key": "3"}')
    (tmp_path / "table5.json").write_text("no json")
    found, problems = read_tables(tmp_path)
    assert [table.key for table in found] == ["2", "8", "control"]
    assert len(problems) == 2
    assert "table3.json" in problems[0]
    assert read_tables(tmp_path / "none") == ((), ())


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"schema": 7}, "version 7"),
        ({"columns": ["a"]}, "wanted 1 cells, got 2"),
        ({"title": 3}, "wanted text, got 3"),
        ({"rows": [{"name": "x"}]}, "printed"),
        ({"rows": None}, "NoneType"),
    ],
)
def test_a_table_that_does_not_fit_is_one_line(
    change: dict[str, object], said: str, tmp_path: Path
) -> None:
    path = tmp_path / "table4.json"
    path.write_text(json.dumps(to_json(OURS) | change))
    with pytest.raises(InputError, match=said):
        read_table(path)


def test_a_row_of_infinity_is_refused() -> None:
    with pytest.raises(ValueError, match="inf"):
        TableRow("x", (float("inf"),))


@pytest.mark.parametrize("kind", ["json", "csv", "md"])
def test_somebody_elses_file_of_that_name_stays(tmp_path, kind):
    path = tmp_path / f"{OURS.stem}.{kind}"
    path.write_text("chapter 1")
    with pytest.raises(InputError, match=r"no table of ours|no valid JSON"):
        write_table(tmp_path, OURS)
    assert [p.name for p in tmp_path.iterdir()] == [path.name]
    assert path.read_text() == "chapter 1"
